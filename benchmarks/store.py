"""
Claims: at least 1,000 articles/s are stored, searchable, with synchronous FULL; a store grows by less than
700 MiB for 100,000 articles; a search answers within 100 ms, and pruning goes at 1,000 articles/s or more.

Usage: python benchmarks/store.py [--articles 20000] [--store sqlite|postgres|URL]

Articles are made up: 400 words each from a long-tailed vocabulary, in polls of 30, with an analysis, a
fingerprint and a place in a story each, as the service stores them. Prints each figure with its ratio.
"""

import argparse
import dataclasses
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from claims import address

from monitor.adapters.database import migrate
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.retention import prune, size_bytes
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import Feed, FeedId
from monitor.domain.finding import Analysis
from monitor.domain.policy import RetentionPolicy
from monitor.domain.story import Join, Story, StoryId, StoryState
from monitor.ports import Assessment, Poll, StoredMember

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_POLL = 30
_SAVED_TOGETHER = 20


def articles(count: int) -> list[Article]:
    """Made-up articles, 400 words each."""
    chance = random.Random(7)
    syllables = "ka ro mi ten sol bra vi lu dor pe gan ri sto na fel qui".split()
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(50_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    return [
        Article(
            id=ArticleId(f"article-{n}"),
            feed_id=FeedId(f"f{n // _POLL % 100}"),
            guid=f"https://news-{n % 100}.example/articles/{n}",
            url=f"https://news-{n % 100}.example/articles/{n}",
            title=" ".join(chance.choices(words, weights, k=9)),
            text=" ".join(chance.choices(words, weights, k=400)),
            published_at=_NOW + timedelta(seconds=n),
            first_seen_at=_NOW + timedelta(seconds=n),
            language="en",
            content_hash=f"{n:064}",
            entry_hash=f"{n:064}",
        )
        for n in range(count)
    ]


def assessment(batch: Sequence[Article]) -> Assessment:
    """What assess saves with articles, about as large as it is in the service."""
    chance = random.Random(len(batch))
    story_ids = [StoryId(f"story-{one.id}") for one in batch]
    return Assessment(
        analyses=tuple(Analysis(one.id, "en", (), (), ()) for one in batch),
        joins=tuple(Join(one.id, key, 0.9, ()) for one, key in zip(batch, story_ids, strict=True)),
        fingerprints=tuple(
            StoredMember(one.id, key, chance.randbytes(1400), one.published_at)
            for one, key in zip(batch, story_ids, strict=True)
        ),
        stories=tuple(
            Story(key, StoryState.REPORTED, one.title, {"en": one.title}, _NOW, one.published_at, (), (), {})
            for one, key in zip(batch, story_ids, strict=True)
        ),
        done=tuple(one.id for one in batch),
    )


def measure(database: Database, count: int) -> None:
    made = articles(count)
    store, catalogue = DatabaseStore(database), DatabaseCatalogue(database)
    store.sync_feeds([Feed(FeedId(f"f{n}"), f"https://news-{n}.example/feed") for n in range(100)], _NOW)
    states = {state.feed_id: state for _, state in store.claim_due_feeds(_NOW + timedelta(hours=1), 100, timedelta(1))}
    empty = size_bytes(database)

    started = time.perf_counter()
    for start in range(0, count, _POLL * _SAVED_TOGETHER):
        part = made[start : start + _POLL * _SAVED_TOGETHER]
        polls = [
            Poll(dataclasses.replace(states[part[n].feed_id]), tuple(part[n : n + _POLL]))
            for n in range(0, len(part), _POLL)
        ]
        store.save_polls(polls, _NOW)
    rate = count / (time.perf_counter() - started)
    print(f"stored {rate:.0f} articles/s, {rate / 1000:.1f} times the 1000/s wanted", flush=True)

    started = time.perf_counter()
    for start in range(0, count, 256):
        store.save_assessment(assessment(made[start : start + 256]), _NOW)
    print(f"assessments saved: {count / (time.perf_counter() - started):.0f} articles/s", flush=True)

    grown = (size_bytes(database) - empty) / count * 100_000 / 2**20
    print(f"grows by {grown:.0f} MiB for 100,000 articles of {len(made[0].text)} characters", flush=True)

    chance, took = random.Random(3), []
    for _ in range(50):
        words = chance.choice(made).title.split()[:2]
        started = time.perf_counter()
        catalogue.search(" ".join(words))
        took.append(time.perf_counter() - started)
    print(f"a search takes {sorted(took)[25] * 1000:.1f} ms, at most {max(took) * 1000:.0f} ms", flush=True)

    started = time.perf_counter()
    gone = prune(database, RetentionPolicy(articles=timedelta(0)), _NOW + timedelta(seconds=count // 2))
    rate = gone / (time.perf_counter() - started)
    print(f"pruned {gone} articles, {rate:.0f}/s, {rate / 1000:.1f} times the 1000/s wanted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--store", nargs="*", default=["sqlite", "postgres"])
    options = parser.parse_args()
    for kind in options.store:
        with tempfile.TemporaryDirectory(prefix="store") as folder, address(kind, folder) as url:
            print(f"{kind}:", flush=True)
            database = Database(url)
            try:
                migrate.upgrade(database, _NOW)
                measure(database, options.articles)
            finally:
                database.close()


if __name__ == "__main__":
    main()
