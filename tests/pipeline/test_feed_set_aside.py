"""A feed that the program itself fails on: no other is held up, and what can be kept of it is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.domain.feed import Feed, FeedKind, FeedState, Fetched
from monitor.pipeline import Intake, collect
from monitor.ports import Parsed
from tests.pipeline.test_polite_rounds import HOUR, POLICY, Round, document, page, rounds


class FailingFetcher:
    """Fails on one feed, as on an answer that nobody thought of."""

    def __init__(self, source: Intake) -> None:
        self._fetcher = source.fetcher

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:
        if feed.id == "bad":
            raise UnicodeError("label empty or too long")
        return await self._fetcher.fetch(feed, state, now)

    async def close(self) -> None:
        await self._fetcher.close()


class LettingThrough:
    """A parser that lets through what no store takes: half of a pair of surrogates."""

    def __init__(self, source: Intake) -> None:
        self._parser = source.parser

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        parsed = await self._parser.parse(feed, state, fetched, known, now)
        articles = (replace(one, title="\ud800") if one.title == "Bad" else one for one in parsed.articles)
        return replace(parsed, articles=tuple(articles))

    async def close(self) -> None:
        await self._parser.close()


async def failures(round_: Round) -> dict[str, str]:
    round_.now += HOUR
    report = await collect(lambda: round_.now, round_.store, {FeedKind.WEB: round_.source}, POLICY)
    return {str(one.feed_id): one.reason for one in report.failures}


async def test_a_feed_that_the_program_fails_on_is_one_that_fails(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        round_.source = replace(round_.source, fetcher=FailingFetcher(round_.source))
        round_.answers |= {"/bad": page(document("A")), "/good": page(document("B"))}
        round_.poll("bad", "good")
        found = await failures(round_)
        assert list(found) == ["bad"]
        assert "the program failed" in found["bad"]
        assert "UnicodeError in fetch" in found["bad"]
        assert round_.titles() == ["B"]
        assert round_.state("bad").failures == 1
        assert round_.state("bad").next_check_at > round_.now


async def test_what_the_store_refuses_costs_nobody_else_anything(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        sound = round_.source
        round_.source = replace(sound, parser=LettingThrough(sound))
        round_.answers |= {
            "/some": page(document("A", "Bad", "C"), ETag='"1"'),
            "/bad": page(document("Bad"), ETag='"1"'),
            "/good": page(document("B")),
        }
        round_.poll("some", "bad", "good")
        found = await failures(round_)
        assert sorted(found) == ["bad", "some"]
        assert "does not take" in found["some"]
        assert "UnicodeEncodeError" in found["some"]
        assert round_.titles() == ["A", "B", "C"]
        # It is asked for again, since nothing says that it is known.
        assert round_.state("some").etag is None
        assert round_.state("some").next_check_at > round_.now
        round_.source = sound
        assert await failures(round_) == {}
        assert round_.titles() == ["A", "B", "Bad", "Bad", "C"]
