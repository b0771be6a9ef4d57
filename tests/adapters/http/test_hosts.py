"""Care for hosts: distance, rest, and who is a host of somebody else."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from monitor.adapters.database.feed_rows import shard_of
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.http.hosts import Hosts
from monitor.domain.policy import FetchPolicy
from monitor.ports import SHARDS
from monitor.stages.sites import domain_of, is_public_name, site_of
from tests.builders import NOW
from tests.stores import open_database

POLICY = FetchPolicy(host_spacing=timedelta(milliseconds=30), per_host=4, concurrency=2)


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("www.example.org", "example.org"),
        ("a.b.news.co.uk", "news.co.uk"),
        ("news.com.au", "news.com.au"),
        ("www.paper.tokyo.jp", "paper.tokyo.jp"),
        ("noticias.folha.jor.br", "folha.jor.br"),
        ("www.health.qld.gov.au", "health.qld.gov.au"),
        ("alice.blogspot.com", "blogspot.com"),
        ("co.uk", "co.uk"),
        ("www.example.unheard-of", "example.unheard-of"),
        ("a..b", "a..b"),
        ("xn--80ak6aa92e.xn--p1ai", "xn--80ak6aa92e.xn--p1ai"),
        ("example.com", "example.com"),
        ("Rss.NYTimes.com.", "nytimes.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("rsshub", "rsshub"),
        ("feeds.lan", "feeds.lan"),
    ],
)
def test_the_registered_part_of_a_name(name, domain):
    assert domain_of(name) == domain


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("www.example.org", "example.org"),
        ("alice.blogspot.com", "alice.blogspot.com"),
        ("www.bob.github.io", "bob.github.io"),
        ("blogspot.com", "blogspot.com"),
        ("rsshub", "rsshub"),
        ("127.0.0.1", "127.0.0.1"),
        ("www1.folha.uol.com.br", "folha.uol.com.br"),
        ("piaui.folha.uol.com.br", "piaui.folha.uol.com.br"),
        ("economia.uol.com.br", "uol.com.br"),
        ("finance.yahoo.com", "yahoo.com"),
    ],
)
def test_whose_word_it_is(name, site):
    assert site_of(name) == site


@pytest.mark.parametrize("name", ["localhost", "rsshub", "10.0.0.1", "::1", "box.local", "a.internal"])
def test_hosts_of_our_own_network_are_not_public(name):
    assert not is_public_name(name)


async def test_requests_to_a_public_host_keep_their_distance():
    hosts, starts = Hosts(POLICY), []

    async def ask(name):
        async with hosts.slot(name):
            starts.append(asyncio.get_running_loop().time())

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(ask("example.org") for _ in range(4)))
    # Not from one to the next: one that is late brings them closer.
    assert all(start - began >= 0.03 * number - 0.002 for number, start in enumerate(starts))


async def test_a_host_may_wish_for_more_distance():
    hosts = Hosts(POLICY)
    hosts.keep_distance("box.lan", 0.05)
    started = asyncio.get_running_loop().time()
    for _ in range(2):
        async with hosts.slot("box.lan"):
            last = asyncio.get_running_loop().time()
    assert last - started >= 0.04


async def test_rest_holds_for_the_domain_and_not_for_our_own_network():
    hosts = Hosts(POLICY)
    hosts.rest("rss.example.org", 60)
    hosts.rest("127.0.0.1", 60)
    assert 50 < hosts.rest_left_s("www.example.org") <= 60
    assert hosts.rest_left_s("other.org") == 0
    assert hosts.rest_left_s("127.0.0.1") == 0


async def test_one_tenant_of_a_host_does_not_silence_its_neighbours():
    hosts = Hosts(dataclasses.replace(POLICY, host_rest=timedelta(seconds=60)))
    hosts.rest("evil.github.io", 3600)
    assert 3500 < hosts.rest_left_s("evil.github.io") <= 3600
    assert 3500 < hosts.rest_left_s("feeds.evil.github.io") <= 3600
    assert 50 < hosts.rest_left_s("good.github.io") <= 60
    hosts.rest("news.bbc.co.uk", 3600)
    assert 3500 < hosts.rest_left_s("feeds.bbc.co.uk") <= 3600


async def test_what_hosts_asked_of_one_worker_holds_for_another(tmp_path):
    one, other = Hosts(POLICY), Hosts(POLICY)
    one.rest("rss.example.org", 60)
    one.keep_distance("slow.example.com", 0.2)
    async with one.slot("slow.example.com"), one.slot("example.net"):
        started = asyncio.get_running_loop().time()
    database = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    store, shard = DatabaseStore(database), shard_of("slow.example.com")
    assert set(one.wishes()) == {"example.org", "slow.example.com"}
    store.save_wishes(shard, one.wishes(), NOW)
    assert set(store.load_wishes((shard + 1) % SHARDS, NOW)) == {"example.org"}
    other.respect(store.load_wishes(shard, NOW + timedelta(seconds=10)))
    assert 40 < other.rest_left_s("www.example.org") <= 50
    other.respect(store.load_wishes(shard, NOW))
    async with other.slot("slow.example.com"):
        assert asyncio.get_running_loop().time() - started >= 0.15
    store.save_wishes(shard, {}, NOW)
    assert store.load_wishes(shard, NOW) == {}
    database.close()


async def test_who_waits_for_a_host_holds_up_no_other():
    policy = dataclasses.replace(POLICY, per_host=1, concurrency=2)
    hosts, gate, done = Hosts(policy), asyncio.Event(), []

    async def ask(name, until=None):
        async with hosts.slot(name):
            if until:
                await until.wait()
            done.append(name)

    slow = [asyncio.create_task(ask("slow.lan", gate)) for _ in range(5)]
    await ask("fast.lan")
    assert done == ["fast.lan"]
    gate.set()
    await asyncio.gather(*slow)
    assert len(done) == 6
