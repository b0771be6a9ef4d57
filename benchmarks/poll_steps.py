"""
Where the CPU of a first poll goes: each step by itself, in one process, in ms an article.

Beside them stand the floors: what the libraries written in C take for their part of it, whatever Python does around them.
"""

import functools
import sqlite3
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loopback import document

_ITEMS = 30
_SAVED_AT_ONCE = 4
_NOW = datetime(2026, 11, 27, tzinfo=UTC)


class _Clock:
    """CPU seconds by step; what a step does within another one is counted in both."""

    def __init__(self) -> None:
        self.took: defaultdict[str, float] = defaultdict(float)

    def timed(self, step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return work(*given, **named)
            finally:
                self.took[step] += time.process_time() - began

        return clocked


def steps(count: int) -> int:
    """Print what each step takes of a first poll of *count* feeds."""
    from monitor.adapters.long_lived import settle, spare_memory

    spare_memory()
    clock = _Clock()
    documents = [document(number, _ITEMS) for number in range(count)]
    with tempfile.TemporaryDirectory() as name:
        texts = _collected(Path(name), documents, clock, settle)
        _floors(Path(name), documents, texts, clock)
    for step, seconds in clock.took.items():
        print(f"{step:<44} {1000 * seconds / (count * _ITEMS):.3f} ms an article")
    return 0


def _collected(folder: Path, documents: Sequence[bytes], clock: _Clock, settle: Callable[[], None]) -> list[str]:
    from poll_growth import configure

    import monitor.adapters.parse_workers.child as child
    from monitor.adapters.packaged.lexicon import load_lexicon
    from monitor.adapters.parse_workers.messages import PARSED, Job, Setting
    from monitor.adapters.yaml_settings.load import load_settings
    from monitor.app import feeds_of, open_brain, open_desk, open_store
    from monitor.domain.feed import Fetched
    from monitor.ports import Poll
    from monitor.stages.feeds.plan import plan_success

    configure(folder, len(documents), 80)
    settings = load_settings(folder / "config", {})
    setting = Setting(settings.policy.parse, settings.policy.normalise, load_lexicon())
    language_of = functools.partial(child.detect_language, lexicon=setting.lexicon)
    language_of("", "")
    brain = open_brain(settings)
    brain.pool.detector.analyse("", "The police", "They said that it was hacked on the day.")  # makes the cues
    child.parse_document = clock.timed("parse", child.parse_document)
    child.normalise = clock.timed("normalise", child.normalise)
    pass_on = clock.timed("pass on as JSON", lambda parsed: PARSED.validate_json(PARSED.dump_json(parsed)))
    polls = []
    with open_store(settings, _NOW) as store:
        store.sync_feeds(feeds_of(settings), _NOW - timedelta(hours=1))
        desk = open_desk(settings, store, brain, _NOW)
        settle()
        claimed = store.claim_due_feeds(_NOW, len(documents), timedelta(hours=1))
        for (feed, state), body in zip(claimed, documents, strict=True):
            fetched = Fetched(feed.id, 200, feed.url, body, {"content-type": "application/rss+xml"})
            parsed = pass_on(child.read(Job(feed, state, fetched, {}, _NOW), setting, language_of))
            new, _ = plan_success(
                feed, state, fetched, parsed.document, len(parsed.articles), _NOW, settings.policy.poll
            )
            polls.append(Poll(new, parsed.articles))
        save = clock.timed("store", store.save_polls)
        for start in range(0, len(polls), _SAVED_AT_ONCE):
            save(polls[start : start + _SAVED_AT_ONCE], _NOW)
        texts = [f"{one.title}\n{one.text}" for poll in polls for one in poll.articles]
        _assess(desk, clock)
        brain.close()
    return texts


def _assess(desk: Any, clock: _Clock) -> None:
    import monitor.stages.read_article as reading
    from monitor.pipeline import assess
    from monitor.stages.detect import Detector
    from monitor.stages.read_article import batch_of, read_article

    Detector.analyse = clock.timed("detect", Detector.analyse)
    reading.fingerprint_of = clock.timed("facts for grouping", reading.fingerprint_of)
    store = type(desk.store)
    store.take_unassessed = clock.timed("take what is to be assessed", store.take_unassessed)
    pool = desk.read.__self__.pool
    alone = replace(
        desk,
        read=lambda articles, members: batch_of(
            read_article(one, one.id in members, pool.detector, pool.facts) for one in articles
        ),
        begin=None,
    )
    round_of = clock.timed("assess in all (group, judge and save besides)", assess)
    while round_of(_NOW, alone).articles:
        pass


def _floors(folder: Path, documents: Sequence[bytes], texts: Sequence[str], clock: _Clock) -> None:
    from lxml import etree

    clock.timed(
        "floor: trees of the documents (lxml)", lambda: [etree.fromstring(one) for one in map(_sound, documents)]
    )()
    clock.timed("floor: texts packed (zlib)", lambda: [zlib.compress(one.encode()) for one in texts])()
    clock.timed("floor: index of words (SQLite's FTS5)", _indexed)(folder / "words.db", texts)


def _sound(body: bytes) -> bytes:
    return body.replace(b"&utm", b"&amp;utm")


def _indexed(file: Path, texts: Sequence[str]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    for start in range(0, len(texts), _SAVED_AT_ONCE * _ITEMS):
        connection.execute("BEGIN")
        rows = enumerate(texts[start : start + _SAVED_AT_ONCE * _ITEMS], start)
        connection.executemany("INSERT INTO words (rowid, body) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    connection.close()
