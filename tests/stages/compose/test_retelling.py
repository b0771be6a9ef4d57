"""What the program says of itself, in the reader's language."""

import ast
import re
import socket
from pathlib import Path
from string import Formatter

import aiohttp
import pytest

from monitor.adapters.http.faults import read_fault, status_fault
from monitor.adapters.packaged.messages import load_wordings, wording_for
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Health
from monitor.domain.notification import Channel, ChannelId, ChannelKind, Notice, NoticeKind
from monitor.domain.policy import FetchPolicy
from monitor.domain.wording import Wording
from monitor.stages.compose.notification import notice_notification
from monitor.stages.compose.retelling import retold
from monitor.stages.feeds.health import remembered_keys
from tests.builders import NOW
from tests.stages.planning import DAY, HOUR, MINUTE, document, entries, fail, fetched, state, succeed

ENGLISH = load_wordings()["en"]
OTHERS = [words for name, words in load_wordings().items() if name != "en"]
HOST = "news.example"
WALL = "the server shows a captcha instead of the feed: ask its owner, or set options.user_agent of this feed"
OPS = Channel(ChannelId("ops"), ChannelKind.FILE, "x.jsonl")


def notices_of_feeds() -> list[str]:
    """What is told of feeds that fall ill and recover, as `plan` makes it."""
    missing = status_fault(404, {}, HOST, None)
    quiet, silent = succeed(state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY), fetched(304))
    lost, failing = fail(20, missing, state())
    gone, said_gone = fail(1, status_fault(410, {}, HOST, None), state())
    walled, behind_wall = fail(9, ParseError(WALL, is_wall=True), quiet)
    known = state(newest_guids=remembered_keys(entries(9, name="old")), publishes_per_day=240.0)
    known = known.but(last_success_at=NOW - 4 * HOUR)
    full, overflowing = succeed(known, fetched(), document(10, 6 * MINUTE), 10)
    before, _ = succeed(state(), fetched(), document())
    _, empty = succeed(before, fetched(), document(entries=()))
    _, ended = succeed(state(), fetched(), document(has_ended=True), new=1)
    _, still = succeed(walled, fetched())
    _, well = succeed(lost, fetched(), document(), 1)
    _, both = succeed(walled, fetched(), document(), 3)
    assert (gone.health, full.health) == (Health.GONE, Health.OVERFLOWING)
    told = (silent, failing, said_gone, behind_wall, overflowing, empty, ended, still, well, both)
    assert all(len(one) == 1 for one in told)
    return [one[0] for one in told]


def faults() -> list[FetchError]:
    policy = FetchPolicy()
    statuses = (401, 402, 403, 404, 410, 418, 429, 500, 503)
    broken = (TimeoutError(), aiohttp.ServerDisconnectedError(), aiohttp.ClientPayloadError(), ConnectionResetError())
    return [
        *(status_fault(status, {}, HOST, None) for status in statuses),
        status_fault(403, {"cf-mitigated": "challenge"}, HOST, None),
        *(read_fault(error, HOST, policy) for error in broken),
        read_fault(aiohttp.SocketTimeoutError(), HOST, policy),
        read_fault(aiohttp.ConnectionTimeoutError(), HOST, policy),
        read_fault(_connecting(socket.gaierror(-2, "unknown")), HOST, policy),
        read_fault(_connecting(ConnectionRefusedError(111, "refused")), HOST, policy),
    ]


def _connecting(error: OSError) -> aiohttp.ClientConnectorError:
    key = aiohttp.client_reqrep.ConnectionKey(HOST, 8080, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, error)


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words.language)
@pytest.mark.parametrize("text", [*notices_of_feeds(), *map(str, faults())])
def test_what_is_told_of_feeds_is_told_in_the_readers_language(words: Wording, text: str) -> None:
    told = retold(text, words)
    assert told != text
    assert not re.search(r"\b(the|it|could|again|nothing|entries|with|this|asks|says|answers|its)\b", told), told
    for number in re.findall(r"\d+", text):
        assert number in told


def test_english_and_the_words_of_others_stay_as_they_are() -> None:
    text = "could not be read 3 times in a row (failing): Der Server mag nicht"
    assert retold(text, ENGLISH) == text
    assert retold(text, wording_for("de")) == "war 3-mal nacheinander nicht lesbar (unlesbar): Der Server mag nicht"
    assert retold("[Errno 5] whatever: libfoo", wording_for("de")) == "[Errno 5] whatever: libfoo"
    assert retold(f"{HOST} shows a certificate that is self-signed", wording_for("fr")).endswith("qui est autosigné")
    # A gap that wants a text of its group takes nothing else.
    odd = "could not be read 3 times in a row (tired): x"
    assert retold(odd, wording_for("de")) == odd


def test_a_notice_is_in_one_language_from_subject_to_step() -> None:
    notice = Notice(NoticeKind.CANARY_FAILED, "channel ops", "it took nothing", "run `monitor canary` to try it again,"
                    " and see the log for what failed")  # fmt: skip
    message = notice_notification(notice, OPS, wording_for("nl"), NOW).message
    assert message.subject == "MEDEDELING - De zelftest kanaal ops is mislukt"
    assert "het nam niets aan" in message.plain
    assert "probeer het nog eens met `monitor canary`" in message.plain


def test_each_sentence_that_is_recognised_is_one_that_the_program_says() -> None:
    said = "\n".join(sorted(_constants()))
    for key, text in ENGLISH.texts.items():
        if key.startswith("told."):
            for fixed, *_ in Formatter().parse(text):
                for part in re.split(r"; |: |, | \(|(?= since )", fixed):
                    assert part.strip(" ():") in said, f"{key}: {part}"


def _constants() -> set[str]:
    """All text that stands in the sources of the program."""
    found = set()
    for path in Path("monitor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found
