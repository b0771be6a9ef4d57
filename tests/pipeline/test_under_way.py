"""Tests of the polls of one round: what is claimed ahead, what is saved together, and how it ends."""

import asyncio
from collections.abc import Callable

import pytest

from monitor.domain.feed import Feed, FeedId, FeedState, Health
from monitor.pipeline.under_way import Polled, Room, UnderWay
from monitor.ports import Poll
from tests.adapters.database.store_builders import article
from tests.builders import NOW

ROOM = 4
BESIDE = 2


class Sites:
    """Feeds that answer when told to."""

    def __init__(self) -> None:
        self.asked: dict[str, asyncio.Future[bool]] = {}
        self.now_s = 1000.0

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        self.asked[feed.id] = asyncio.get_running_loop().create_future()
        has_news = await self.asked[feed.id]
        return Polled(Poll(state, notices=("moved",) if has_news else ()), Health.FINE, is_unchanged=not has_news)

    async def answer(self, *names: str, news: bool = False) -> None:
        for name in names:
            self.asked[name].set_result(news)
        await settled()


async def settled() -> None:
    """Let everything happen that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def feeds(*names: str) -> list[tuple[Feed, FeedState]]:
    addresses = {name: f"https://example.org/{name}" for name in names}
    return [(Feed(FeedId(name), url), FeedState(FeedId(name), NOW, url)) for name, url in addresses.items()]


def begun(sites: Sites, is_stopping: Callable[[], bool] = lambda: False) -> UnderWay:
    return UnderWay(sites.poll, Room(ROOM, BESIDE), is_stopping, lambda: sites.now_s)


def names(polled: list[Polled]) -> list[str]:
    return [one.poll.state.feed_id for one in polled]


async def test_the_next_feed_is_polled_as_soon_as_one_answered() -> None:
    sites = Sites()
    polls = begun(sites)
    assert polls.wanted() == ROOM
    polls.take(feeds(*"abcdef"), ROOM)
    await settled()
    assert set(sites.asked) == set("abcd")
    await sites.answer("b")
    assert set(sites.asked) == set("abcde")
    polls.cancel()


async def test_polls_without_news_are_saved_together() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds(*"abcd"), 9)
    await settled()
    await sites.answer("a")
    await sites.answer("b", "c")
    assert await polls.ended() == []  # too early
    sites.now_s += 1
    assert names(await polls.ended()) == ["a", "b", "c"]
    polls.cancel()


async def test_news_are_not_kept_waiting() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds(*"abcd"), 9)
    await settled()
    await sites.answer("a")
    await sites.answer("b", news=True)
    assert names(await polls.ended()) == ["a", "b"]
    polls.cancel()


@pytest.mark.parametrize("rings", [True, False])
def test_nobody_waits_for_history(rings: bool) -> None:
    ((_, state),) = feeds("a")
    assert Polled(Poll(state, (article("x", rings=rings),)), ()).is_news is rings


async def test_the_last_ones_are_saved_at_once() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds("a", "b"), ROOM)
    await settled()
    await sites.answer("a", "b")
    assert names(await polls.ended()) == ["a", "b"]
    assert polls.wanted() > 0
    polls.take([], ROOM)
    assert polls.is_over


async def test_nothing_is_claimed_ahead_of_slow_feeds() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds(*"abcd"), ROOM)
    await settled()
    assert polls.wanted() == 0
    polls.cancel()


async def test_feeds_that_answer_quickly_are_claimed_ahead() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds(*"abcd"), ROOM)
    await settled()
    sites.now_s += 0.01
    await sites.answer(*"abcd")
    assert len(await polls.ended()) == ROOM
    polls.take(feeds(*"efghijkl"), 8)
    await settled()
    assert set(sites.asked) == set("abcdefgh")
    assert len(polls.waiting) == ROOM
    # Four answers in a hundredth of a second: as many as there are twice the places for are claimed in advance.
    await sites.answer(*"efgh")
    await sites.answer(*"ijkl")
    assert polls.wanted() == 3 * ROOM
    polls.cancel()


async def test_who_stops_begins_nothing_and_gives_back_what_waits() -> None:
    sites, stopping = Sites(), []
    polls = begun(sites, lambda: bool(stopping))
    polls.take(feeds(*"abcdef"), ROOM)
    await settled()
    stopping.append(True)
    await sites.answer(*"abcd")
    assert polls.wanted() == 0
    assert set(sites.asked) == set("abcd")
    assert len(await polls.ended()) == ROOM
    assert polls.is_over
    assert [state.feed_id for state in polls.left()] == ["e", "f"]


async def test_what_nobody_answers_for_ends_the_round() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds("a", "b"), ROOM)
    await settled()
    sites.asked["a"].set_exception(LookupError("a fault of ours"))
    await settled()
    assert not polls.is_over
    with pytest.raises(LookupError):
        await polls.ended()
    polls.cancel()


async def test_a_poll_that_takes_long_leaves_its_place_to_others() -> None:
    sites = Sites()
    polls = begun(sites)
    polls.take(feeds(*"abcdefgh"), ROOM)
    await settled()
    assert set(sites.asked) == set("abcd")
    sites.now_s += 3
    assert await polls.ended() == []
    await settled()
    # Two may go on beside the others, and no more.
    assert set(sites.asked) == set("abcdef")
    await sites.answer("a", news=True)
    assert names(await polls.ended()) == ["a"]
    await settled()
    assert set(sites.asked) == set("abcdefg")
    polls.cancel()


async def test_feeds_that_hang_each_time_take_no_place_of_others() -> None:
    sites = Sites()
    polls = begun(sites)
    bad = [(feed, state.but(failures=1)) for feed, state in feeds(*"vwxyz")]
    slow = [(feed, state.but(health=Health.SLOW)) for feed, state in feeds("s")]
    polls.take([*slow, *bad, *feeds(*"abcd")], 10)
    await settled()
    assert set(sites.asked) == set("svabcd")
    assert polls.wanted() == 0
    await sites.answer("s", *"ab")
    assert set(sites.asked) == set("svabcdw")
    assert polls.wanted() == 2
    # What waited long was claimed anew by then.
    sites.now_s += 61
    await sites.answer("v")
    assert set(sites.asked) == set("svabcdw")
    polls.cancel()
