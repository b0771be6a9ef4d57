"""Whole rounds against a server that keeps count: what is sent, when it is asked again, and what is said about it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.http.fetcher import HttpFetcher
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Health
from monitor.domain.lexicon import Lexicon
from monitor.domain.policy import ParsePolicy, Policy
from monitor.pipeline import Intake, collect
from tests.builders import NOW
from tests.feed_documents import rss
from tests.loopback import NamesOfOurs, serving
from tests.stores import open_database

POLICY = Policy(parse=ParsePolicy(workers=1))
NOTHING = Lexicon((), (), {})
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Answer = Callable[[web.Request], web.StreamResponse]


@dataclass
class Round:
    """A server with one answer a path, and a store that polls it; the clock is the test's."""

    store: DatabaseStore
    source: Intake
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    now: datetime = NOW
    base: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
        return self.answers[request.path](request)

    def poll(self, *names: str) -> None:
        self.store.sync_feeds([Feed(FeedId(name), f"{self.base}/{name}") for name in names], self.now)

    async def after(self, span: timedelta) -> None:
        """Time passes, and what is due is polled."""
        self.now += span
        self.asked.clear()
        report = await collect(lambda: self.now, self.store, {FeedKind.WEB: self.source}, POLICY)
        self.said += [note.text for note in report.notices]

    def state(self, name: str) -> FeedState:
        return next(state for feed, state in DatabaseCatalogue(self.store.database).feeds() if feed.id == name)

    def titles(self) -> list[str]:
        return sorted(str(row["title"]) for row in DatabaseCatalogue(self.store.database).articles())


@asynccontextmanager
async def rounds(folder: Path) -> AsyncIterator[Round]:
    fetcher = HttpFetcher(POLICY.fetch, ["127.0.0.0/8"], "NewsMonitor/1")
    workers = ParseWorkers(POLICY.parse, POLICY.normalise, NOTHING)
    database = open_database(f"sqlite:///{folder / 'monitor.db'}")
    found = Round(DatabaseStore(database), Intake(fetcher, workers))
    try:
        async with serving(found.answer) as found.base:
            yield found
    finally:
        await workers.close()
        await fetcher.close()
        database.close()


def document(*titles: str) -> str:
    return rss(*(f"<title>{title}</title><guid isPermaLink='false'>{title}</guid>" for title in titles))


def page(text: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.Response(text=text, headers={"Content-Type": "application/xml", **named})


async def test_validators_go_back_until_a_day_has_passed(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        stamp = "Wed, 25 Nov 2026 08:00:00 GMT"
        round_.answers["/etag"] = lambda request: (
            web.Response(status=304)
            if "If-None-Match" in request.headers
            else page(document("A"), ETag='W/"x,1"', Last_Modified=stamp)(request)
        )
        round_.poll("etag")
        await round_.after(HOUR)
        assert "if-none-match" not in round_.asked[0][1]
        await round_.after(2 * HOUR)
        ((_, headers),) = round_.asked
        assert (headers["if-none-match"], headers["if-modified-since"]) == ('W/"x,1"', stamp)
        # A server that never lets go of its ETag: once a day it is asked without.
        await round_.after(DAY)
        ((_, headers),) = round_.asked
        assert not {"if-none-match", "if-modified-since"} & set(headers)
        assert round_.state("etag").etag == 'W/"x,1"'


async def test_an_address_that_moved_for_good_is_adopted_when_it_held(tmp_path: Path) -> None:
    def moved(_: web.Request) -> web.StreamResponse:
        raise web.HTTPMovedPermanently("/new")

    async with rounds(tmp_path) as round_:
        round_.answers |= {"/old": moved, "/new": page(document("A"))}
        round_.poll("old")
        for _ in range(POLICY.poll.redirect_holds):
            await round_.after(2 * HOUR)
            assert [path for path, _ in round_.asked] == ["/old", "/new"]
        await round_.after(2 * HOUR)
        assert [path for path, _ in round_.asked] == ["/new"]
        assert [text for text in round_.said if "moved for good" in text] == round_.said != []


async def test_who_asks_for_patience_gets_it_and_who_is_gone_is_told_of(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        until = NOW + HOUR + 5 * HOUR
        round_.answers |= {
            "/seconds": lambda _: web.Response(status=429, headers={"Retry-After": "7200"}),
            "/date": lambda _: web.Response(status=503, headers={"Retry-After": format_datetime(until, usegmt=True)}),
            "/gone": lambda _: web.Response(status=410),
        }
        round_.poll("seconds", "date", "gone")
        await round_.after(HOUR)
        waits = {name: round_.state(name).next_check_at - round_.now for name in ("seconds", "date", "gone")}
        assert 2 * HOUR <= waits["seconds"] <= 2.2 * HOUR
        assert 5 * HOUR <= waits["date"] <= 5.5 * HOUR
        assert 6 * DAY <= waits["gone"] <= 7 * DAY
        assert (round_.state("gone").health, len(round_.said)) == (Health.GONE, 1)
        await round_.after(HOUR)
        assert round_.asked == []
        # It is asked on all the same, and says so when it is back.
        round_.answers["/gone"] = page(document("Back"))
        await round_.after(8 * DAY)
        assert round_.state("gone").health is Health.FINE
        assert round_.said[-1] == "is well again; it was gone"


async def test_the_feeds_of_a_host_are_left_alone_for_as_long_as_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aiohttp, "AsyncResolver", NamesOfOurs)
    async with rounds(tmp_path) as round_:
        round_.answers |= {"/a": page(document("A")), "/b": page(document("B"))}
        names = {"a": "www.paper.example", "b": "rss.paper.example"}
        feeds = [
            Feed(
                FeedId(name),
                f"{round_.base.replace('127.0.0.1', host)}/{name}",
                every=HOUR if name == "a" else 3 * HOUR,
            )
            for name, host in names.items()
        ]
        round_.store.sync_feeds(feeds, NOW)
        await round_.after(HOUR)
        round_.answers["/a"] = lambda _: web.Response(status=429, headers={"Retry-After": str(20 * 3600)})
        await round_.after(2 * HOUR)
        assert round_.titles() == ["A", "B"]
        assert (round_.state("a").health, round_.state("a").failures) == (Health.BLOCKED, 1)
        # The other one becomes due meanwhile: it is not asked, which is no failure of its, and says why.
        await round_.after(2 * HOUR)
        asleep = round_.state("b")
        assert round_.asked == []
        assert (asleep.health, asleep.failures) == (Health.BLOCKED, 0)
        assert "asks for patience for" in asleep.health_reason
        assert 18 * HOUR < asleep.next_check_at - round_.now < 24 * HOUR


async def test_walls_and_complaints_are_no_news_and_heal_by_a_document_only(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        wall = "<!DOCTYPE html><html><body>Wij en onze 80 partners plaatsen cookies. Akkoord. Weigeren.</body></html>"
        round_.answers["/feed"] = page(document("A"), ETag='"1"')
        round_.poll("feed")
        await round_.after(HOUR)
        for body in (wall, document("Bridge returned error 403! (20447)", "De feed kon niet worden opgehaald")):
            round_.answers["/feed"] = page(body)
            for _ in range(4):
                await round_.after(2 * DAY)
            assert round_.state("feed").health in {Health.WALLED, Health.CHANGED}
        assert round_.titles() == ["A"]
        round_.answers["/feed"] = lambda _: web.Response(status=304)
        await round_.after(2 * DAY)
        # It was asked for a document, not for changes.
        assert round_.state("feed").health is Health.FAILING
        round_.answers["/feed"] = page(document("A", "B"))
        await round_.after(2 * DAY)
        assert (round_.state("feed").health, round_.titles()) == (Health.FINE, ["A", "B"])


async def test_a_feed_that_stays_empty_stays_changed_and_is_told_of_once(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        round_.answers["/news"] = page(document("A", "B"))
        round_.poll("news")
        await round_.after(HOUR)
        round_.answers["/news"] = page(document())
        for _ in range(4):
            await round_.after(2 * HOUR)
            assert round_.state("news").health is Health.CHANGED
        assert round_.said == ["the feed is empty, although it held entries before"]
        round_.answers["/news"] = page(document("A", "B", "C"))
        await round_.after(2 * HOUR)
        assert round_.said[1:] == ["is well again; it was changed"]


async def test_an_empty_document_that_comes_back_after_a_page_for_people_heals_nothing(tmp_path: Path) -> None:
    async with rounds(tmp_path) as round_:
        round_.answers["/news"] = page(document("A", "B"))
        round_.poll("news")
        await round_.after(HOUR)
        for _ in range(2):
            for body in ("<!doctype html><title>Sorry</title><p>We will be back.", document()):
                round_.answers["/news"] = page(body)
                for _ in range(3):
                    await round_.after(2 * DAY)
                    is_first = body != document() and not round_.state("news").ailment_reason
                    assert is_first or round_.state("news").health is Health.CHANGED
        assert "empty" in round_.state("news").health_reason
        assert not [text for text in round_.said if "well again" in text]
        round_.answers["/news"] = page(document("A", "B"))
        await round_.after(2 * DAY)
        assert (round_.state("news").health, round_.state("news").ailment) == (Health.FINE, Health.FINE)
