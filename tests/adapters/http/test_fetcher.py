"""The fetcher against a real server on loopback: documents, what proves that they are known, and their size."""

import asyncio
import dataclasses
import gzip
import hashlib
import zlib
from datetime import timedelta

import brotli
import pytest
from aiohttp import web

from monitor.adapters.http.fetcher import HttpFetcher
from tests.adapters.http.places import BODY, POLICY, failed, feed_at, fetch, fine, state_of
from tests.builders import NOW


async def test_a_document_comes_with_its_hash_and_headers(site, fetcher):
    fetched = await fetch(fetcher, f"{site.base}/feed")
    assert (fetched.status, fetched.body) == (200, BODY)
    assert fetched.body_hash == hashlib.sha256(BODY).hexdigest()
    assert fetched.headers["content-type"].startswith("application/rss+xml")
    assert site.asked[0].headers["User-Agent"] == "NewsMonitor/1.2 (+https://example.org)"


async def test_both_validators_are_sent_verbatim(site, fetcher):
    async def unchanged(request):
        return web.Response(status=304)

    site.handler = unchanged
    known = {"etag": 'W/"a b"', "last_modified": "yesterday, or so", "last_full_at": NOW}
    fetched = await fetch(fetcher, f"{site.base}/feed", **known)
    assert (fetched.status, fetched.body, fetched.body_hash) == (304, None, "")
    asked = site.asked[0].headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('W/"a b"', "yesterday, or so")


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"last_full_at": NOW - timedelta(hours=25)}, id="a day has passed"),
        pytest.param({"last_full_at": NOW, "failures": 1}, id="it failed the last time"),
        pytest.param({"last_full_at": NOW + timedelta(days=9)}, id="the clock was set back"),
        pytest.param({}, id="never read in full"),
    ],
)
async def test_validators_are_left_out_when_only_a_document_is_proof(site, fetcher, known):
    fetched = await fetch(fetcher, f"{site.base}/feed", etag='"x"', **known)
    assert fetched.body == BODY
    assert "If-None-Match" not in site.asked[0].headers


async def test_a_body_that_is_known_is_not_handed_on(site, fetcher):
    known = hashlib.sha256(BODY).hexdigest()
    fetched = await fetch(fetcher, f"{site.base}/feed", body_hash=known)
    assert (fetched.status, fetched.body, fetched.body_hash) == (200, None, known)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        pytest.param("gzip", gzip.compress(BODY), id="gzip"),
        pytest.param("deflate", zlib.compress(BODY), id="deflate"),
        pytest.param("br", brotli.compress(BODY), id="brotli"),
    ],
)
async def test_compressed_bodies_are_read(site, fetcher, encoding, packed):
    async def compressed(request):
        assert encoding in request.headers["Accept-Encoding"]
        return web.Response(body=packed, headers={"Content-Encoding": encoding})

    site.handler = compressed
    assert (await fetch(fetcher, f"{site.base}/feed")).body == BODY


@pytest.mark.parametrize("encoding", ["gzip", "br"])
async def test_a_bomb_is_given_up_at_the_limit(site, fetcher, encoding):
    packed = {"gzip": gzip.compress, "br": brotli.compress}[encoding](bytes(20_000_000))

    async def bomb(request):
        return web.Response(body=packed, headers={"Content-Encoding": encoding})

    site.handler = bomb
    error = await failed(fetcher, f"{site.base}/feed")
    assert "answers with more than 0.191 MiB" in str(error)


async def test_a_body_that_announces_too_much_is_not_read(site, fetcher):
    async def long(request):
        return web.Response(body=bytes(POLICY.max_body_bytes + 1))

    site.handler = long
    assert "answers with more than" in str(await failed(fetcher, f"{site.base}/feed"))


async def test_one_host_is_asked_by_a_few_at_once(site):
    policy = dataclasses.replace(POLICY, per_host=2)
    fetcher = HttpFetcher(policy, ["127.0.0.0/8"], "x")
    running, most, gate = 0, 0, asyncio.Event()

    async def counted(request):
        nonlocal running, most
        running += 1
        most = max(most, running)
        if most == 2:
            gate.set()
        await gate.wait()
        running -= 1
        return await fine(request)

    site.handler = counted
    await asyncio.gather(*(fetch(fetcher, f"{site.base}/{number}") for number in range(8)))
    await fetcher.close()
    assert most == 2
    assert len(site.asked) == 8


async def test_an_adopted_address_is_used_until_the_operator_gives_another(site, fetcher):
    feed = feed_at(f"{site.base}/old")
    moved = dataclasses.replace(state_of(feed), url=f"{site.base}/new", adopted_from=feed.url, etag='"e"')
    await fetcher.fetch(feed, dataclasses.replace(moved, last_full_at=NOW), NOW)
    await fetcher.fetch(feed_at(f"{site.base}/other"), dataclasses.replace(moved, last_full_at=NOW), NOW)
    assert [request.path for request in site.asked] == ["/new", "/other"]
    assert [request.headers.get("If-None-Match") for request in site.asked] == ['"e"', None]
