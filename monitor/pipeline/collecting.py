"""Collecting: feeds that are due are fetched, parsed and saved, until none is."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.errors import FetchError, FetchFault, ParseError, fault_of, is_of_the_piece
from monitor.domain.feed import Feed, FeedKind, FeedState
from monitor.domain.policy import Policy
from monitor.domain.report import CollectReport, FeedFailure, FeedNote
from monitor.pipeline.under_way import Polled, Room, UnderWay
from monitor.ports import Clock, Fetcher, Parsed, Parser, Poll, PollSaved, Store
from monitor.stages.feeds.plan import plan_failure, plan_success

# Where feeds are always due, a run never ends: what came of it is told this often at the latest.
_REPORT_S = 10.0


@dataclass(frozen=True, slots=True)
class Intake:
    """How one kind of feed is read."""

    fetcher: Fetcher
    parser: Parser


@dataclass(slots=True)
class _Tally:
    since_s: float
    due: int = 0
    unchanged: int = 0
    entries: int = 0
    new: int = 0
    edited: int = 0
    new_hubs: int = 0
    notices: list[FeedNote] = field(default_factory=list)
    failures: list[FeedFailure] = field(default_factory=list)

    def is_due(self, now_s: float) -> bool:
        """Whether it is time to tell: at once of what people are to hear."""
        return bool(self.notices) or now_s - self.since_s >= _REPORT_S

    def report(self, now_s: float) -> CollectReport:
        return CollectReport(
            due=self.due,
            unchanged=self.unchanged,
            failures=tuple(self.failures),
            entries=self.entries,
            articles_new=self.new,
            articles_edited=self.edited,
            new_hubs=self.new_hubs,
            notices=tuple(self.notices),
            took_s=now_s - self.since_s,
        )


async def collect(
    clock: Clock,
    store: Store,
    intakes: Mapping[FeedKind, Intake],
    policy: Policy,
    *,
    shard: int | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    on_saved: Callable[[], None] = lambda: None,
    on_polled: Callable[[], None] = lambda: None,
    on_report: Callable[[CollectReport], Awaitable[None]] | None = None,
) -> CollectReport:
    """
    Poll until nothing is due. Feeds are claimed as others finish, so that a slow one holds up no other.

    What finishes together is saved together, articles and validators in one transaction. *on_saved*
    is called when there is something new to assess, *on_polled* whenever polls were saved; *on_report* is told
    now and then what came of it, and then what is returned is the rest.

    Raises:
        StoreError: nothing of the unsaved polls is kept; their feeds are polled again when their lease ends.
    """
    now_s = asyncio.get_running_loop().time
    tally = _Tally(now_s())
    under_way = UnderWay(
        lambda feed, state: _poll(feed, state, store, intakes, clock, policy),
        _room(policy),
        is_stopping,
        now_s,
    )
    try:
        while True:
            if count := under_way.wanted():
                claimed = await asyncio.to_thread(store.claim_due_feeds, clock(), count, policy.poll.lease, shard)
                tally.due += len(claimed)
                under_way.take(claimed, count)
            if under_way.is_over:
                break
            if polled := await under_way.ended():
                await _save(store, polled, clock(), tally, on_saved)
                on_polled()
            if on_report is not None and tally.is_due(now_s()):
                told, tally = tally.report(now_s()), _Tally(now_s())
                await on_report(told)
    finally:
        under_way.cancel()
    if left := under_way.left():
        # Stopping: nobody need wait for the end of their lease.
        tally.due -= len(left)
        await asyncio.to_thread(store.release_feeds, left)
    return tally.report(now_s())


def _room(policy: Policy) -> Room:
    fetch = policy.fetch
    # Who waits for longer than that might end after its lease.
    patience = policy.poll.lease / 2
    return Room(fetch.concurrency, fetch.overtime, fetch.grace.total_seconds(), patience.total_seconds())


async def _poll(
    feed: Feed,
    state: FeedState,
    store: Store,
    intakes: Mapping[FeedKind, Intake],
    clock: Clock,
    policy: Policy,
) -> Polled:
    try:
        return await _read(feed, state, store, intakes[feed.kind], clock, policy)
    except (FetchError, ParseError) as error:
        return _failed(feed, state, error, clock(), policy)
    except Exception as error:
        if not is_of_the_piece(error):
            raise
        # Strangers wrote what it failed on: it is this feed that is not read, and no other.
        fault = ParseError(f"the program failed on what it sent, which is worth a report: {fault_of(error)}")
        return _failed(feed, state, fault, clock(), policy)


def _failed(feed: Feed, state: FeedState, error: FetchError | ParseError, now: datetime, policy: Policy) -> Polled:
    next_state, notices = plan_failure(feed, state, error, now, policy.poll)
    kind = error.kind if isinstance(error, FetchError) else FetchFault.FAILED
    failure = FeedFailure(feed.id, str(error), next_state.next_check_at, kind)
    return Polled(Poll(next_state, notices=notices), state.told, failure=failure)


async def _read(feed: Feed, state: FeedState, store: Store, intake: Intake, clock: Clock, policy: Policy) -> Polled:
    fetched = await intake.fetcher.fetch(feed, state, clock())
    parsed: Parsed | None = None
    if fetched.body is not None:
        known = await asyncio.to_thread(store.known_entries, feed.id)
        parsed = await intake.parser.parse(feed, state, fetched, known, clock())
    document = parsed.document if parsed else None
    new_count = len(parsed.articles) if parsed else 0
    next_state, notices = plan_success(feed, state, fetched, document, new_count, clock(), policy.poll)
    notes = (*notices, *fetched.notes, *(parsed.notes if parsed else ()))
    poll = Poll(next_state, parsed.articles, notes, parsed.listed) if parsed else Poll(next_state, (), notes)
    has_new_hub = next_state.hub_url not in {None, state.hub_url}
    count = parsed.entries if parsed else 0
    return Polled(poll, state.told, count, is_unchanged=parsed is None, has_new_hub=has_new_hub)


async def _save(
    store: Store, polled: Sequence[Polled], now: datetime, tally: _Tally, on_saved: Callable[[], None]
) -> None:
    saved = await asyncio.to_thread(_saved, store, [one.poll for one in polled], now)
    tally.unchanged += sum(one.is_unchanged for one in polled)
    tally.entries += sum(one.entries for one in polled)
    tally.new_hubs += sum(one.has_new_hub for one in polled)
    tally.new += sum(one.new for one in saved)
    tally.edited += sum(one.edited for one in saved)
    tally.failures += [one.failure for one in polled if one.failure is not None]
    tally.failures += [FeedFailure(one.feed_id, one.fault, now) for one in saved if one.fault]
    tally.notices += [
        FeedNote(str(one.poll.state.feed_id), notice, one.over) for one in polled for notice in one.poll.notices
    ]
    if any(one.new or one.edited for one in saved):
        on_saved()


def _saved(store: Store, polls: Sequence[Poll], now: datetime) -> tuple[PollSaved, ...]:
    """
    Save *polls* together; where one of them cannot be, each by itself, and of that one the articles that can be.

    What is left out is asked for again with the next poll: nothing says then that the document is known.
    """
    try:
        return store.save_polls(polls, now)
    except Exception as error:
        if not is_of_the_piece(error):
            raise
        if len(polls) > 1:
            return tuple(saved for poll in polls for saved in _saved(store, (poll,), now))
        fault = fault_of(error)
    (poll,) = polls
    forgetful = replace(poll.state, etag=None, last_modified=None, body_hash=None)
    whole = PollSaved(poll.state.feed_id, fault=f"the store does not take all that it published: {fault}")
    if len(poll.articles) > 1:
        for article in poll.articles:
            one = _saved(store, (Poll(forgetful, (article,)),), now)[0]
            whole = replace(whole, new=whole.new + one.new, edited=whole.edited + one.edited)
    else:
        store.save_polls([Poll(forgetful)], now)
    return (whole,)
