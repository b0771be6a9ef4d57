"""A shell grants 1,024 open files, and there are more feeds than that: connections end in time, and nobody else is to blame."""

import asyncio
import errno
import json
import resource
import subprocess
import sys

import aiohttp.web
import pytest

from monitor.adapters.descriptors import at_once, idle_s, take_all
from monitor.adapters.http.faults import read_fault
from monitor.domain.errors import FetchFault
from monitor.domain.policy import FetchPolicy

_HOSTS, _DESCRIPTORS = 500, 128
# Asks so many hosts once, in a process that may open far fewer files, and prints what came of it.
_ASK_ALL = """
import asyncio, json, resource, sys
from datetime import UTC, datetime
from yarl import URL
from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.http.client import HttpClient, Request
from monitor.domain.errors import FetchError
from monitor.domain.policy import FetchPolicy

hosts, descriptors, port = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
client = HttpClient(FetchPolicy(concurrency=16), AddressGuard(["127.0.0.0/8"]), "test")

async def ask(number):
    url = URL(f"http://127.0.{1 + number // 250}.{1 + number % 250}:{port}/")
    try:
        return (await client.get(Request(url, {}, 1_000), datetime.now(UTC))).status
    except FetchError as error:
        return str(error)

async def ask_all():
    answers = await asyncio.gather(*map(ask, range(hosts)))
    await client.close()
    print(json.dumps({str(answer): answers.count(answer) for answer in set(answers)}))

asyncio.run(ask_all())
"""


async def _answers(asked: aiohttp.web.Request) -> aiohttp.web.Response:
    return aiohttp.web.Response(text="news")


async def _ask_all() -> dict[str, int]:
    site = aiohttp.web.Application()
    site.router.add_get("/", _answers)
    runner = aiohttp.web.AppRunner(site)
    await runner.setup()
    # Each of 127.0.0.0/8 is a host of its own, and the system lets no socket listen at just these.
    await aiohttp.web.TCPSite(runner, "0.0.0.0", 0).start()
    port = str(runner.addresses[0][1])
    try:
        asked = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _ASK_ALL, str(_HOSTS), str(_DESCRIPTORS), port), stdout=subprocess.PIPE
        )
        printed, _ = await asked.communicate()
    finally:
        await runner.cleanup()
    told: dict[str, int] = json.loads(printed)
    return told


def test_four_times_as_many_hosts_as_files_may_be_open_are_all_read() -> None:
    assert asyncio.run(_ask_all()) == {"200": _HOSTS}


def test_the_limit_is_raised_as_far_as_it_may() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    hard = before[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))

        assert take_all() == hard
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("descriptors", "seconds"), [(1_024, 0.0), (20_000, 1.5), (1_048_576, 15.0), (resource.RLIM_INFINITY, 15.0)]
)
def test_fewer_descriptors_make_idle_connections_end_sooner(descriptors: int, seconds: float) -> None:
    assert idle_s(descriptors) == pytest.approx(seconds)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS])
def test_no_feed_is_to_blame_where_this_machine_opens_no_more(number: int) -> None:
    fault = read_fault(OSError(number, "none left"), "news.example", FetchPolicy())

    assert fault.kind is FetchFault.OFFLINE
    assert "LimitNOFILE" in str(fault)
    assert "news.example" not in str(fault)


@pytest.mark.parametrize(
    ("descriptors", "requests"),
    [
        pytest.param(-1, 256, id="no limit"),
        pytest.param(1_024, 256, id="a shell's"),
        pytest.param(512, 153, id="fewer: a part of them"),
        pytest.param(64, 64, id="hardly any: as many as there are places for polls"),
    ],
)
def test_no_more_requests_run_than_may_be_open(descriptors: int, requests: int) -> None:
    assert at_once(descriptors, wanted=256, least=64) == requests
