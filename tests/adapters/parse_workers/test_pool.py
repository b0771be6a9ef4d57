"""Documents are read in processes that may be killed and may do nothing but compute."""

import asyncio
import dataclasses
import json
import pickle
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers import processes
from monitor.adapters.parse_workers.messages import reading_part
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.article import Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched
from monitor.domain.policy import NormalisePolicy, ParsePolicy
from tests.builders import NOW
from tests.feed_documents import rss
from tests.hostile.documents import Hostile, all_cases
from tests.once import made_once

POLICY = ParsePolicy(time_limit=timedelta(seconds=4), thorough_limit=timedelta(milliseconds=400))
FEED = Feed(FeedId("example"), "https://example.org/feed.xml")
STATE = FeedState(FEED.id, NOW, FEED.url, last_success_at=NOW)
GOOD = rss("<title>Bank breached</title><link>https://example.org/1</link>").encode()
HANGING = rss("<title>Kept</title>", f"<author>{'a' * 200_000}</author>").replace("</channel>", "</oops>").encode()
CASES = all_cases()


@pytest.fixture
async def workers():
    made = ParseWorkers(POLICY, NormalisePolicy(), load_lexicon())
    yield made
    await made.close()


async def read(workers: ParseWorkers, body: bytes, content_type: str = "application/xml") -> Parsed:
    fetched = Fetched(FEED.id, 200, FEED.url, body, {"content-type": content_type})
    return await workers.parse(FEED, STATE, fetched, {}, NOW)


async def test_a_document_becomes_articles(workers: ParseWorkers) -> None:
    parsed = await read(workers, GOOD)
    assert [article.title for article in parsed.articles] == ["Bank breached"]
    assert parsed.articles[0].first_seen_at == NOW
    assert parsed.document.entries[0].link == "https://example.org/1"


async def test_what_is_known_is_not_sent_back(workers: ParseWorkers) -> None:
    first = await read(workers, GOOD)
    known = {article.identity: article.entry_hash for article in first.articles}
    again = await workers.parse(FEED, STATE, Fetched(FEED.id, 200, FEED.url, GOOD, {}), known, NOW)
    assert (again.articles, again.unchanged) == ((), 1)


async def test_a_document_that_hangs_is_killed_and_salvaged(workers: ParseWorkers) -> None:
    parsed = await read(workers, HANGING)
    assert [article.title for article in parsed.articles] == ["Kept"]
    assert workers.killed == 1
    assert len((await read(workers, GOOD)).articles) == 1


async def test_a_document_is_not_to_blame_for_a_process_that_is_given_no_time(workers: ParseWorkers) -> None:
    await read(workers, GOOD)
    (process,) = workers._processes.idle
    process.send_signal(signal.SIGSTOP)  # as on a machine that has better things to do
    reading = asyncio.create_task(read(workers, GOOD))
    await asyncio.sleep(2 * POLICY.thorough_limit.total_seconds())
    process.send_signal(signal.SIGCONT)
    assert [article.title for article in (await reading).articles] == ["Bank breached"]
    assert workers.killed == 0
    assert process in workers._processes.idle
    assert workers.longest_s < POLICY.thorough_limit.total_seconds()


async def test_a_process_that_is_never_given_any_time_is_not_waited_for_forever(workers: ParseWorkers) -> None:
    await read(workers, GOOD)
    workers._processes.idle[0].send_signal(signal.SIGSTOP)
    assert len((await read(workers, GOOD)).articles) == 1
    assert workers.killed == 1


async def test_others_are_read_while_one_hangs() -> None:
    workers = ParseWorkers(
        dataclasses.replace(POLICY, thorough_limit=timedelta(seconds=2.5)), NormalisePolicy(), load_lexicon()
    )
    order = []

    async def note(name: str, body: bytes) -> None:
        await read(workers, body)
        order.append(name)

    # Both are there already: on a busy machine a start takes longer than the hanging one is borne.
    await asyncio.gather(read(workers, GOOD), read(workers, GOOD))
    await asyncio.gather(note("hanging", HANGING), *(note("good", GOOD) for _ in range(30)))
    await workers.close()
    assert order == ["good"] * 30 + ["hanging"]


async def test_a_document_that_eats_memory_is_refused() -> None:
    small = dataclasses.replace(POLICY, memory_bytes=400 * 2**20, thorough_limit=timedelta(seconds=2))
    workers = ParseWorkers(small, NormalisePolicy(), load_lexicon())
    try:
        with pytest.raises(ParseError, match="more than 4 s or 400 MiB"):
            await read(workers, b'{"items": [' + b"[0]," * 6_000_000)
        assert len((await read(workers, GOOD)).articles) == 1
    finally:
        await workers.close()


async def test_a_reading_that_is_called_off_leaves_no_answer_behind(workers: ParseWorkers) -> None:
    await read(workers, GOOD)
    task = asyncio.create_task(read(workers, HANGING))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [article.title for article in (await read(workers, GOOD)).articles] == ["Bank breached"]


async def test_a_process_with_an_answer_that_nobody_reads_can_be_ended(workers: ParseWorkers) -> None:
    long = rss(*(f"<title>Item {n}</title><description>{'word ' * 2000}</description>" for n in range(200))).encode()
    for _ in range(3):
        task = asyncio.create_task(read(workers, long))
        await asyncio.sleep(0.6)  # somewhere within the answer
        task.cancel()
        await asyncio.wait([task], timeout=20)
        assert task.done()
    assert len((await read(workers, GOOD)).articles) == 1


async def test_faults_come_back_in_words(workers: ParseWorkers) -> None:
    with pytest.raises(ParseError, match="the server shows a captcha") as caught:
        await read(workers, b"<html><title>Just a moment...</title></html>", "text/html")
    assert caught.value.is_wall


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Parsed | ParseError]:
    """What comes of every hostile document, all read by the same two workers, good ones between them."""

    async def one(workers: ParseWorkers, case: Hostile) -> Parsed | ParseError:
        try:
            return await read(workers, case.body, case.content_type)
        except ParseError as error:
            return error

    async def everything() -> dict[str, Parsed | ParseError]:
        workers = ParseWorkers(POLICY, NormalisePolicy(), load_lexicon())
        found = dict(
            zip(
                [case.name for case in CASES],
                await asyncio.gather(*(one(workers, case) for case in CASES)),
                strict=True,
            )
        )
        assert workers.killed >= sum(case.hangs for case in CASES)
        assert len((await read(workers, GOOD)).articles) == 1
        await workers.close()
        return found

    return made_once(tmp_path_factory, "answers", lambda: asyncio.run(everything()))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_hostile_documents(case: Hostile, answers: dict[str, Parsed | ParseError]) -> None:
    answer = answers[case.name]
    if isinstance(answer, ParseError):
        assert case.may_fail, str(answer)
        assert "fault of ours" not in str(answer)
        return
    titles = [article.title for article in answer.articles]
    assert set(case.kept) <= set(titles)
    for article in answer.articles:
        assert len(article.title) <= 500
        assert len(article.text) <= 100_001
        assert article.url == "" or article.url.startswith(("http://", "https://"))
        assert article.title.isprintable()
        shown = article.title + article.text
        assert not {"\0", "\x1b", "\x9b", "\u202e", "\u200b", "\ufeff", "\ud800"} & set(shown)
        # A title is plain text and may speak of scripts; what was markup has none left.
        assert "<script" not in article.text.lower()
        assert "root:" not in shown


_ATTEMPTS = {
    "open a file": "open('/etc/hostname')",
    "list a folder and read": "import pathlib; pathlib.Path('/etc/hostname').read_bytes()",
    "write a file": "open('written-by-worker', 'w')",
    "write beside its code": "import monitor; open(monitor.__file__ + 'x', 'wb')",
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "ask for a name": "import socket; socket.getaddrinfo('localhost', 80)",
    "fetch by feedparser": "import feedparser; assert feedparser.parse('http://127.0.0.1:9/').bozo_exception is None",
    "start a program": "import subprocess; subprocess.run(['true'])",
    "start a shell": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "remove a file": "import os; os.remove('/nowhere/at-all')",
}


# Each attempt in a fork, locked down for itself.
_TRIED = """
import json, os, sys
from monitor.adapters.parse_workers import child as parse_child

def tried(attempt):
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(tells, 2)
        parse_child._lock_down(900 * 2**20)
        exec(attempt)
        os._exit(0)
    os.close(tells)
    with os.fdopen(told) as words:
        said = words.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said

print(json.dumps({name: tried(attempt) for name, attempt in json.load(sys.stdin).items()}))
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """How each attempt ended, and what it said."""
    folder = tmp_path_factory.mktemp("locked")
    done = subprocess.run(
        [sys.executable, "-c", _TRIED],
        input=json.dumps(_ATTEMPTS),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    assert list(folder.iterdir()) == []
    found: dict[str, tuple[int, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("attempt", _ATTEMPTS)
def test_a_worker_may_not(attempt: str, tried: dict[str, tuple[int, str]]) -> None:
    code, said = tried[attempt]
    assert code != 0
    assert "PermissionError" in said or "AssertionError" in said


def test_a_worker_is_told_no_secrets(monkeypatch) -> None:
    monkeypatch.setenv("MONITOR_WEB__TOKEN", "canary-in-the-environment")
    monkeypatch.setenv("SOC_CHAT_URL", "https://chat.example/canary")

    async def environment() -> bytes:
        workers = ParseWorkers(POLICY, NormalisePolicy(), load_lexicon())
        await read(workers, GOOD)
        (process,) = workers._processes.all
        held = Path(f"/proc/{process.pid}/environ").read_bytes()
        await workers.close()
        return held

    assert b"canary" not in asyncio.run(environment())


def test_a_worker_is_told_little_of_the_lexicon() -> None:
    assert len(pickle.dumps(reading_part(load_lexicon()))) < 50_000


def test_answers_are_json_and_nothing_that_runs() -> None:
    from monitor.adapters.parse_workers.pool import _parsed

    for answer in (b"", b"{}", b"[]", b"\x80\x04.", json.dumps({"document": 5}).encode()):
        with pytest.raises(ParseError, match="an answer that is none"):
            _parsed(answer)


async def test_documents_that_hang_give_their_place_to_others() -> None:
    policy = dataclasses.replace(POLICY, workers=1, grace=timedelta(milliseconds=50), overtime=2)
    made = ParseWorkers(policy, NormalisePolicy(), load_lexicon())
    hanging = [asyncio.create_task(read(made, HANGING)) for _ in range(2)]
    await asyncio.sleep(0)  # they are in line before the good one
    good = asyncio.create_task(read(made, GOOD))
    await asyncio.wait([good, *hanging], return_when=asyncio.FIRST_COMPLETED)
    is_first = good.done()
    salvaged = await asyncio.gather(*hanging)
    await made.close()
    assert is_first
    assert [article.title for parsed in salvaged for article in parsed.articles] == ["Kept", "Kept"]


async def test_a_process_that_was_needed_beside_is_kept_for_a_while(monkeypatch) -> None:
    patient = dataclasses.replace(POLICY, time_limit=timedelta(seconds=60), thorough_limit=timedelta(seconds=60))
    policy = dataclasses.replace(patient, workers=1, grace=timedelta(milliseconds=50), overtime=1)
    made = ParseWorkers(policy, NormalisePolicy(), load_lexicon())
    await read(made, GOOD)
    (first,) = made._processes.idle
    first.send_signal(signal.SIGSTOP)
    slow = asyncio.create_task(read(made, GOOD))
    await asyncio.sleep(0)  # it has the place and the process before the next one asks
    await read(made, GOOD)
    first.send_signal(signal.SIGCONT)
    await slow
    kept = list(made._processes.idle)
    monkeypatch.setattr(processes, "_SPARE_S", 0.0)
    await read(made, GOOD)
    left = list(made._processes.idle)
    await made.close()
    assert (len(kept), left) == (2, [first])
