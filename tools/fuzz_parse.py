"""
Coverage-guided fuzzing of parse and normalise: `python -m tools.fuzz_parse [--seconds 600] [--coverage] [FOLDER ...]`.

With `--coverage` and atheris installed (`pip install atheris`; it is no dependency of ours) libFuzzer chooses the
inputs, guided by branches and comparisons of ours, of feedparser and of the standard library's readers; without, a
small fuzzer of our own is guided by the lines of ours that an input reaches.

Starts from the shapes of `tests/feed_documents.py`, the hostile corpus, and the files of the folders given. An
input that reaches a line of ours that none reached before joins the corpus. Held against each input: nothing
but a ParseError is raised; what feedparser finds is not lost; articles are tidy, and known the second time.
What breaks a law is written to the folder `fuzz-findings`; exit code 1 where there is any.
"""

import argparse
import contextlib
import hashlib
import random
import signal
import sys
import time
import traceback
import types
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.policy import NormalisePolicy
from monitor.stages.normalise import normalise
from monitor.stages.normalise.plain_text import tidy
from monitor.stages.parse import parse_document
from tests.feed_documents import JUNK, defects, shapes
from tests.hostile.documents import all_cases
from tools.compare_parsers import missing

_GUIDED = ("monitor.stages.parse", "monitor.stages.normalise", "feedparser", "w3lib", "json.decoder", "json.scanner")
_OURS = ("monitor/stages/parse/", "monitor/stages/normalise/")
_LARGEST = 20_000
_LIMIT_S = 5
_HIDDEN = {"Cc", "Cs", "Co"}
_FEED = Feed(FeedId("fuzz"), "https://example.org/feed.xml")
_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_STATE = FeedState(_FEED.id, _NOW, _FEED.url, last_success_at=_NOW)
_POLICY = NormalisePolicy()
_TOKENS = (
    b"<item>", b"</item>", b"<title>", b"</title>", b"<link>", b"</link>", b"<![CDATA[", b"]]>", b"&", b"&amp;", b"&#",
    b"<!--", b"-->", b"<?", b"?>", b"<!DOCTYPE a [", b"]>", b"<guid>", b"<pubDate>", b"xml:base='http://[x'",
    b"xmlns:a='b'", b"<a:b/>",
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"{", b"[", b'"items":', b"<html>", b"type='html'", b"rel='self'", b"<source>",
    b"<media:title>", *(junk.encode() for junk in JUNK),
)  # fmt: skip


class SlowError(Exception):
    """An input took longer than a document may."""


class Coverage:
    """Which lines of ours were reached; only in the modules that are fuzzed, so that the rest runs at full speed."""

    def __init__(self) -> None:
        self.lines: set[tuple[str, int]] = set()

    def __enter__(self) -> "Coverage":
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: types.FrameType, _event: str, _argument: object) -> object:
        if not any(part in frame.f_code.co_filename for part in _OURS):
            return None
        return self._line

    def _line(self, frame: types.FrameType, event: str, _argument: object) -> object:
        if event == "line":
            self.lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


def _english(_text: str, _declared: str | None) -> str:
    return "en"


def mutated(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """*data* with some things changed, moved, doubled, left out, or taken from *other*."""
    text = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((1, 4, 20, 200)))
        way = chance.randrange(7)
        if way == 0:
            text[start:start] = chance.choice(_TOKENS)
        elif way == 1:
            del text[start:end]
        elif way == 2:
            text[start:start] = text[start:end] * chance.choice((1, 2, 30))
        elif way == 3 and text:
            text[chance.randrange(len(text))] = chance.randrange(256)
        elif way == 4:
            piece = chance.randrange(len(other) + 1)
            text[start:end] = other[piece : piece + chance.choice((10, 100, 1000))]
        elif way == 5:
            text[start:end] = chance.choice(_TOKENS)
        else:
            del text[start : len(text) if chance.random() < 0.1 else end]
    return bytes(text[:_LARGEST])


def broken_laws(data: bytes) -> Iterator[str]:
    """What an input shows to be wrong."""
    try:
        document = parse_document(_FEED, data, {}, _FEED.url, 500)
        parsed = normalise(_FEED, _STATE, document, {}, _NOW, _english, _POLICY)
    except ParseError:
        return
    for article in parsed.articles:
        if (
            not article.title.strip()
            or len(article.title) > _POLICY.max_title
            or _HIDDEN & set(map(unicodedata.category, article.title))
        ):
            yield f"title {article.title[:60]!r}"
        if tidy(article.text) != article.text or not unicodedata.is_normalized("NFC", article.text):
            yield f"text {article.text[:60]!r}"
        if article.url and not article.url.startswith(("http://", "https://")):
            yield f"url {article.url[:60]!r}"
        (article.title + article.text + article.guid + article.identity + article.url + article.author).encode()
    records = {article.identity: article.entry_hash for article in parsed.articles}
    again = normalise(_FEED, _STATE, document, records, _NOW, _english, _POLICY)
    if again.articles:
        yield f"not known again: {again.articles[0].identity[:60]!r}"


def examine(data: bytes) -> tuple[list[str], set[tuple[str, int]]]:
    """Faults that an input shows, and the lines it reached."""
    coverage = Coverage()
    return judged(data, coverage), coverage.lines


def judged(data: bytes, watch: contextlib.AbstractContextManager[object] | None = None) -> list[str]:
    """Faults that an input shows."""
    signal.setitimer(signal.ITIMER_REAL, _LIMIT_S)
    try:
        with watch or contextlib.nullcontext():
            faults = list(broken_laws(data))
        # What is no UTF-8 is guessed at, by feedparser in another way than by us: that is no loss.
        lost = missing(data, {}) if data.decode("utf-8", "ignore").encode() == data else ()
        return [*faults, *(f"lost: {fault}" for fault in lost)]
    except SlowError:
        return []  # feedparser may be slow; the service kills it, and the hostile corpus shows that
    except Exception:  # noqa: BLE001  # that is what is looked for
        return [traceback.format_exc(limit=-4)]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _alarm(_number: int, _frame: object) -> None:
    raise SlowError


def seeds(folders: list[str]) -> Iterator[bytes]:
    """Where fuzzing starts."""
    documents = dict(shapes())
    for name in list(documents)[::9]:
        yield documents[name].encode()
    for _, data in defects(documents[next(iter(documents))]):
        yield data
    yield from (case.body for case in all_cases() if len(case.body) < _LARGEST)
    for folder in folders:
        yield from (path.read_bytes() for path in sorted(Path(folder).rglob("*.xml")))


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--coverage", action="store_true", help="let libFuzzer choose the inputs, by atheris")
    parser.add_argument("folders", nargs="*")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _alarm)
    if given.coverage:
        return by_libfuzzer(given.seconds, given.seed, given.folders)
    return by_lines(given.seconds, given.seed, given.folders)


def by_lines(seconds: float, seed: int, folders: list[str]) -> int:
    """Fuzz with what an input reaches of our lines as the guide."""
    chance, reached, corpus = random.Random(seed), set[tuple[str, int]](), list[bytes]()
    findings: dict[str, bytes] = {}
    queue = list(seeds(folders))
    ends, tried = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        data = queue.pop() if queue else mutated(chance.choice(corpus), chance.choice(corpus), chance)
        tried += 1
        faults, lines = examine(data)
        if lines - reached or len(corpus) < 20:
            reached |= lines
            corpus.append(data[:_LARGEST])
        for fault in faults:
            findings.setdefault(_kind(fault), data)
    for kind, data in findings.items():
        _write(kind, data)
    print(
        f"{tried} inputs, {len(corpus)} in the corpus, {len(reached)} lines reached, {len(findings)} kinds of findings"
    )
    return 1 if findings else 0


def _write(kind: str, data: bytes) -> None:
    folder = Path("fuzz-findings")
    folder.mkdir(exist_ok=True)
    path = folder / f"{hashlib.sha256(kind.encode()).hexdigest()[:10]}.xml"
    path.write_bytes(data)
    print(f"{path}: {kind}", flush=True)


def by_libfuzzer(seconds: float, seed: int, folders: list[str]) -> int:
    """
    Fuzz by libFuzzer; what it finds to reach something new is kept in `fuzz-corpus` for the next time.

    libFuzzer ends the process itself when the time is up: the exit code tells of findings all the same, as a
    finding is written when it is made and the process that waits counts them.
    """
    import os

    found = _Findings()
    child = os.fork()
    if child == 0:
        _run_libfuzzer(seconds, seed, folders, found)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    many = len(list(found.folder.glob("*.xml"))) - found.before
    print(f"libFuzzer ended with {os.waitstatus_to_exitcode(status)}; {many} kinds of findings")
    return 1 if many or status else 0


class _Findings:
    """Kinds of faults, each written once."""

    def __init__(self) -> None:
        self.folder = Path("fuzz-findings")
        self.before = len(list(self.folder.glob("*.xml")))
        self._kinds: set[str] = set()

    def note(self, fault: str, data: bytes) -> None:
        kind = _kind(fault)
        if kind not in self._kinds:
            self._kinds.add(kind)
            _write(fault, data)


def _run_libfuzzer(seconds: float, seed: int, folders: list[str], found: _Findings) -> None:
    import atheris

    # instrument_imports would need our modules to be imported within it; they are here already.
    for name, module in list(sys.modules.items()):
        if name.startswith(_GUIDED) and getattr(module, "__file__", None):
            for value in list(vars(module).values()):
                _instrument(atheris, value, name)
    corpus = Path("fuzz-corpus")
    corpus.mkdir(exist_ok=True)
    for data in seeds(folders):
        (corpus / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data[:_LARGEST])

    def once(data: bytes) -> None:
        for fault in judged(data):
            found.note(fault, data)

    arguments = [f"-max_total_time={seconds:.0f}", f"-seed={seed + 1}", f"-max_len={_LARGEST}", "-timeout=60"]
    # The corpus is large and documents are long: fork-free, with a limit on memory as the service has one.
    atheris.Setup([sys.argv[0], *arguments, "-rss_limit_mb=2048", "-print_final_stats=1", str(corpus)], once)
    atheris.Fuzz()


def _instrument(atheris: Any, value: object, module: str) -> None:
    if isinstance(value, types.FunctionType) and value.__module__ == module:
        atheris.instrument_func(value)
    elif isinstance(value, type) and value.__module__ == module:
        for member in list(vars(value).values()):
            if isinstance(member, types.FunctionType):
                atheris.instrument_func(member)


def _kind(fault: str) -> str:
    """Faults that differ in letters and numbers only are one kind."""
    if "Traceback" in fault:
        return fault
    return " ".join("".join(char if char.isalpha() else " " for char in fault.partition("'")[0]).split())


if __name__ == "__main__":
    sys.exit(main())
