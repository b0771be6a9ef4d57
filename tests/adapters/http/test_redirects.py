"""Where the fetcher lets itself be sent, and what it takes along: redirects, secrets, addresses of our own network."""

import dataclasses
from datetime import timedelta

import pytest
from aiohttp import web

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.domain.errors import FetchFault
from tests.adapters.http.places import BODY, POLICY, failed, fetch, fine
from tests.loopback import Answer


def _redirecting(codes: dict[str, tuple[int, str]]) -> Answer:
    async def handler(request):
        if request.path in codes:
            status, target = codes[request.path]
            return web.Response(status=status, headers={"Location": target})
        return await fine(request)

    return handler


@pytest.mark.parametrize(
    ("codes", "permanent"),
    [
        pytest.param({"/a": (301, "/b"), "/b": (308, "/c")}, "/c", id="every hop is permanent"),
        pytest.param({"/a": (301, "/b"), "/b": (302, "/c")}, None, id="one hop is not"),
        pytest.param({"/a": (307, "/c")}, None, id="temporary"),
        pytest.param({}, None, id="no hop"),
    ],
)
async def test_a_permanent_address_is_told_when_every_hop_was(site, fetcher, codes, permanent):
    site.handler = _redirecting(codes)
    fetched = await fetch(fetcher, f"{site.base}/a")
    assert fetched.body == BODY
    assert fetched.permanent_url == (permanent and f"{site.base}{permanent}")


async def test_endless_redirects_are_a_failure(site, fetcher):
    site.handler = _redirecting({f"/{number}": (302, f"/{number + 1}") for number in range(20)})
    assert "redirects more than 10 times: give the address" in str(await failed(fetcher, f"{site.base}/0"))
    assert len(site.asked) == 11


async def test_a_circle_is_noticed_when_it_closes(site, fetcher):
    site.handler = _redirecting({"/a": (302, "/b"), "/b": (302, "/a")})
    assert "redirects in a circle: give the address" in str(await failed(fetcher, f"{site.base}/a"))
    assert len(site.asked) == 2


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "http://[", "data:,x"])
async def test_redirects_to_other_schemes_are_refused(site, fetcher, target):
    site.handler = _redirecting({"/a": (302, target)})
    error = await failed(fetcher, f"{site.base}/a")
    assert error.kind is FetchFault.REFUSED


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "nonsense", "", "http://"])
async def test_only_http_addresses_are_fetched(fetcher, url):
    assert (await failed(fetcher, url)).kind is FetchFault.REFUSED


async def test_credentials_stay_with_their_origin(site, other, fetcher):
    site.handler = _redirecting({"/a": (302, "/b"), "/b": (302, f"{other.base}/c")})
    url = site.base.replace("http://", "http://reader:secret@") + "/a"
    fetched = await fetch(fetcher, url, options={"headers": {"X-Key": "k"}})
    assert fetched.body == BODY
    assert [request.headers.get("Authorization", "")[:6] for request in site.asked] == ["Basic ", "Basic "]
    assert site.asked[1].headers["X-Key"] == "k"
    assert "Authorization" not in other.asked[0].headers
    assert "X-Key" not in other.asked[0].headers
    assert "secret" not in fetched.url


async def test_credentials_in_a_redirect_are_dropped(site, other, fetcher):
    site.handler = _redirecting({"/a": (302, other.base.replace("http://", "http://evil:word@") + "/c")})
    await fetch(fetcher, f"{site.base}/a")
    assert "Authorization" not in other.asked[0].headers


async def test_cookies_are_not_kept(site, fetcher):
    async def sets_cookie(request):
        return web.Response(body=BODY, headers={"Set-Cookie": "id=1"})

    site.handler = sets_cookie
    await fetch(fetcher, f"{site.base}/a")
    await fetch(fetcher, f"{site.base}/a")
    assert "Cookie" not in site.asked[1].headers


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "user@127.0.0.1"],
)
async def test_private_addresses_are_refused_in_every_spelling(site, host):
    fetcher = HttpFetcher(POLICY, [], "x")
    port = site.base.rpartition(":")[2]
    error = await failed(fetcher, f"http://{host}:{port}/feed")
    await fetcher.close()
    assert site.asked == []
    assert error.kind is FetchFault.REFUSED
    assert "allow_private_addresses" in str(error)


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "0177.0.0.1"])
async def test_numbers_that_are_no_address_lead_nowhere(site, host):
    # Whatever comes of it, also where no name server answers.
    fetcher = HttpFetcher(dataclasses.replace(POLICY, connect_timeout=timedelta(seconds=1)), [], "x")
    await failed(fetcher, f"http://{host}:{site.base.rpartition(':')[2]}/feed")
    await fetcher.close()
    assert site.asked == []


async def test_a_redirect_to_a_private_address_is_refused(site, other):
    fetcher = HttpFetcher(POLICY, ["127.0.0.1/32"], "x")
    site.handler = _redirecting({"/a": (302, f"{other.base}/b")})
    error = await failed(fetcher, f"{site.base}/a")
    await fetcher.close()
    assert error.kind is FetchFault.REFUSED
    assert "redirects to where we do not go" in str(error)
    assert "allow_private_addresses" not in str(error)
    assert other.asked == []


@pytest.mark.parametrize("port", [22, 25, 6379])
async def test_a_redirect_to_a_port_of_something_else_connects_to_nobody(site, fetcher, port):
    # The address is a public one, and is refused before a packet leaves.
    site.handler = _redirecting({"/a": (302, f"http://8.8.8.8:{port}/%0D%0AQUIT")})
    error = await failed(fetcher, f"{site.base}/a")
    assert error.kind is FetchFault.REFUSED
    assert str(error) == (
        "127.0.0.1 redirects to where we do not go (8.8.8.8 is named with a port of something else than the web)"
    )


async def test_a_feed_at_a_port_of_something_else_is_told_how_to_be_reached(fetcher):
    error = await failed(fetcher, "http://8.8.8.8:6000/feed")
    assert error.kind is FetchFault.REFUSED
    assert "where no web server listens: add its network to allow_private_addresses" in str(error)
