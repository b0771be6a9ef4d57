"""When a feed is asked again, and what we remember of it until then."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.domain.errors import FetchError, FetchFault, MonitorError
from monitor.domain.feed import Entry, Feed, FeedKind, FeedState, Fetched, ParsedFeed, shown_url
from monitor.domain.policy import PollPolicy
from monitor.stages.feeds.health import failure_health, remembered_keys, resting_health, success_health
from monitor.stages.feeds.link_header import linked
from monitor.stages.feeds.shape import with_shape

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LONGEST_VALIDATOR = 1024
_FEWEST_DATES = 3
_MOST_PER_DAY = 10_000.0
_MOST_DOUBLINGS = 16
# Sources that show their newest entries, so that those before may be missed. A folder shows all that it
# holds, and has no cadence; a mailbox shows what came since the last look.
_WINDOWS = frozenset({FeedKind.WEB, FeedKind.SITEMAP, FeedKind.JSON_API})


def plan_success(
    feed: Feed,
    state: FeedState,
    fetched: Fetched,
    parsed: ParsedFeed | None,
    new_count: int,
    now: datetime,
    policy: PollPolicy,
) -> tuple[FeedState, tuple[str, ...]]:
    """
    What to remember after *feed* answered, and notices in plain words.

    Args:
        parsed: The document; None where it did not change.
        new_count: How many of its entries are new or edited.

    Returns:
        The next state, whose ``next_check_at`` lies in ``[now, now + policy.longest]``.
    """
    before = _of_address(feed, state)
    learnt = _with_redirect(feed, before, fetched, policy)
    if parsed is not None:
        learnt = _with_document(feed, learnt, before, fetched, parsed, new_count, now, policy)
    health = success_health(before, learnt, fetched, parsed, now, policy)
    ailment, ailment_reason = health.ailment if parsed is not None else (learnt.ailment, learnt.ailment_reason)
    wait = _wait(feed, learnt, fetched, parsed, health.is_overflowing, now, policy)
    planned = learnt.but(
        **_answer(learnt, fetched, now, is_cut=parsed is not None and parsed.is_cut),
        ailment=ailment,
        ailment_reason=ailment_reason,
        # "Not modified" proves nothing after a failure: the feed is asked for all of it until a document comes.
        failures=0 if fetched.body_hash else before.failures,
        idle_hints=_idle_hints(before, new_count, now),
        interval=wait,
        next_check_at=_outside_skipped(feed, learnt, now + wait, now, policy),
        health=health.health,
        health_reason=health.reason,
        noted=health.noted,
        noted_before=health.told[:-1],
    )
    return planned, (*_moved(before, planned), *health.notices)


def _idle_hints(before: FeedState, new_count: int, now: datetime) -> int:
    # What was asked before its time was asked because of a hint.
    is_hinted = before.hub_url is not None and now < before.next_check_at
    return 0 if new_count else before.idle_hints + is_hinted


def plan_failure(
    feed: Feed, state: FeedState, error: MonitorError, now: datetime, policy: PollPolicy
) -> tuple[FeedState, tuple[str, ...]]:
    """
    What to remember after *feed* could not be read, and notices in plain words.

    No feed is given up: the wait doubles up to ``policy.longest``, after a 410 it is ``policy.gone_retry``.
    """
    before = _of_address(feed, state)
    if isinstance(error, FetchError) and error.kind is FetchFault.RESTING:
        wait = _within(timedelta(seconds=error.retry_after_s or 0), policy.shortest, policy.longest)
        next_check_at = now + _jittered(feed, before, wait, policy, policy.longest)
        seen, reason = resting_health(before, error)
        return before.but(next_check_at=next_check_at, health=seen, health_reason=reason), ()
    failed = before.but(failures=before.failures + 1, last_checked_at=now)
    if failed.adopted_from is not None and failed.failures >= policy.failing_after:
        # The new address does not hold what the redirect promised: the configured one may know better.
        failed = _forgetful(failed, feed.url)
    health = failure_health(failed, error, policy)
    planned = failed.but(
        next_check_at=now + _back_off(feed, failed, error, policy),
        health=health.health,
        health_reason=health.reason,
        noted=health.noted,
        noted_before=health.told[:-1],
    )
    return planned, health.notices


def _of_address(feed: Feed, state: FeedState) -> FeedState:
    """*state*, or what is left of it where the operator gave the feed another address."""
    address = state.address(feed)
    if address == state.url:
        return state
    return _forgetful(state, address).but(newest_guids=(), failures=0, usual=None, changed_at=None)


def _forgetful(state: FeedState, url: str) -> FeedState:
    return state.but(url=url, adopted_from=None, etag=None, last_modified=None, body_hash=None, redirect_url=None)


def _answer(state: FeedState, fetched: Fetched, now: datetime, *, is_cut: bool) -> dict[str, Any]:
    """What an answer changes of *state*: moments and validators. Nothing vouches for a document without its end."""
    is_full = fetched.status != 304
    headers = fetched.headers if not is_cut else {}
    return {
        "etag": _validator(headers.get("etag"), None if is_full else state.etag),
        "last_modified": _validator(headers.get("last-modified"), None if is_full else state.last_modified),
        "body_hash": None if is_cut else fetched.body_hash or state.body_hash,
        "last_checked_at": now,
        "last_success_at": now,
        "last_full_at": now if is_full else state.last_full_at,
    }


def _validator(given: str | None, kept: str | None) -> str | None:
    # What cannot be stored and sent back verbatim is worse than no validator.
    if not given:
        return kept
    return given if len(given) <= _LONGEST_VALIDATOR and given.isprintable() else None


def _with_redirect(feed: Feed, state: FeedState, fetched: Fetched, policy: PollPolicy) -> FeedState:
    target = fetched.permanent_url
    is_safe = target is not None and not (state.url.startswith("https:") and target.startswith("http:"))
    if target is None or not is_safe or target == state.url:
        # Most polls: nothing to note, and a copy costs as much as the rest of the plan.
        is_noted = state.redirect_url is not None or state.redirect_seen
        return state.but(redirect_url=None, redirect_seen=0) if is_noted else state
    seen = state.redirect_seen + 1 if target == state.redirect_url else 1
    if seen < policy.redirect_holds:
        return state.but(redirect_url=target, redirect_seen=seen)
    return state.but(url=target, adopted_from=feed.url, redirect_url=None, redirect_seen=0)


def _moved(before: FeedState, after: FeedState) -> tuple[str, ...]:
    if before.url == after.url or after.adopted_from is None:
        return ()
    to = shown_url(after.url)
    return (f"moved for good to {to}: it is read there from now on; change its address in the configuration",)


def _with_document(
    feed: Feed,
    state: FeedState,
    before: FeedState,
    fetched: Fetched,
    parsed: ParsedFeed,
    new_count: int,
    now: datetime,
    policy: PollPolicy,
) -> FeedState:
    dates = _dates(parsed.entries, now)
    newest = max(dates, default=now if new_count else None)
    if newest and state.newest_at:
        newest = max(newest, state.newest_at)
    if feed.kind in _WINDOWS:
        state = with_shape(state, parsed.shape, now, policy)
    return state.but(
        is_index=parsed.is_index,
        ttl=parsed.ttl,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
        hub_url=parsed.hub_url or linked(fetched.headers.get("link"), "hub", fetched.url),
        topic_url=parsed.self_url or linked(fetched.headers.get("link"), "self", fetched.url),
        last_changed_at=now if new_count else state.last_changed_at,
        newest_at=newest or state.newest_at,
        newest_guids=_remembered(feed, state, parsed, policy),
        publishes_per_day=None if feed.kind is FeedKind.FOLDER else _rate(before, dates, new_count, now, policy),
    )


def _remembered(feed: Feed, state: FeedState, parsed: ParsedFeed, policy: PollPolicy) -> tuple[str, ...]:
    if feed.kind not in _WINDOWS:
        return ()
    return remembered_keys(parsed.entries[: policy.remembered_guids]) or state.newest_guids


def _dates(entries: Iterable[Entry], now: datetime) -> list[datetime]:
    """When entries were published, leaving out what lies in the future."""
    given = (entry.published_at or entry.updated_at for entry in entries)
    return sorted(date for date in given if date is not None and date <= now)


def _keys(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for entry in entries for key in entry_keys(entry)))


def entry_keys(entry: Entry) -> tuple[str, ...]:
    """Short digests of what an entry is known by: its guid and its link."""
    return tuple(
        hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12] for name in (entry.guid, entry.link) if name
    )


def _rate(before: FeedState, dates: list[datetime], new_count: int, now: datetime, policy: PollPolicy) -> float | None:
    """Entries a day: from the dates in the document, else from what came since the last look; smoothed."""
    seen: float | None = None
    # What bears one and the same time was put there at once, and tells no pace.
    if len(set(dates)) >= _FEWEST_DATES:
        seen = len(dates) / max((now - dates[0]) / _DAY, 1 / _MOST_PER_DAY)
    elif new_count and before.last_success_at is not None:
        seen = new_count / max((now - before.last_success_at) / _DAY, 1 / _MOST_PER_DAY)
    if seen is None:
        return before.publishes_per_day
    seen = min(seen, _MOST_PER_DAY)
    if before.publishes_per_day is None:
        return seen
    return before.publishes_per_day * (1 - policy.learn_weight) + seen * policy.learn_weight


def _wait(
    feed: Feed,
    state: FeedState,
    fetched: Fetched,
    parsed: ParsedFeed | None,
    is_overflowing: bool,
    now: datetime,
    policy: PollPolicy,
) -> timedelta:
    """How long until the next look: what the operator said, else what was learnt and what the feed wishes."""
    if feed.every is not None:
        wait = feed.every
    else:
        wait = _learnt(state, parsed, now, policy)
        if is_overflowing:
            wait = min(wait, state.interval / 2)
        wait = _within(max(wait, _wish(state, fetched, now)), policy.shortest, policy.calmest)
    asked = retry_after_s(fetched.headers.get("retry-after"), now)
    if asked is not None:
        wait = max(wait, timedelta(seconds=min(asked, policy.longest.total_seconds())))
    return _jittered(feed, state, wait, policy, policy.longest)


def _learnt(state: FeedState, parsed: ParsedFeed | None, now: datetime, policy: PollPolicy) -> timedelta:
    rate = state.publishes_per_day
    if not rate:
        return policy.every
    if state.newest_at is not None and now - state.newest_at > _DAY:
        # A feed that fell silent is asked less often, though its cadence is not forgotten.
        rate = min(rate, _DAY / (now - state.newest_at))
    wait = _DAY / max(rate * policy.polls_per_item, 0.01)
    dates = _dates(parsed.entries, now) if parsed else []
    if len(dates) >= _FEWEST_DATES and dates[-1] > dates[0]:
        # At least twice while an entry travels through the document, or it may be gone before we look.
        wait = min(wait, (dates[-1] - dates[0]) / 2)
    return wait


def _wish(state: FeedState, fetched: Fetched, now: datetime) -> timedelta:
    """What the document and its headers ask for."""
    wishes = [state.ttl or timedelta(0)]
    fresh_s = _max_age(fetched.headers.get("cache-control", ""))
    if fresh_s is not None:
        # A cache in between has used up some of it already.
        wishes.append(timedelta(seconds=max(fresh_s - _seconds(fetched.headers.get("age", "")), 0)))
    elif (expires := _http_date(fetched.headers.get("expires"))) is not None:
        wishes.append(expires - now)
    return max(wishes)


def _max_age(cache_control: str) -> int | None:
    for directive in cache_control.lower().split(","):
        name, _, value = directive.strip().partition("=")
        digits = value.strip('" ')
        if name == "max-age" and digits.isascii() and digits.isdigit():
            return min(int(digits[:9]), 10 * 365 * 86400)
    return None


def _seconds(text: str) -> int:
    digits = text.strip()
    return int(digits[:9]) if digits.isascii() and digits.isdigit() else 0


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds until the moment a Retry-After header names, in either of its forms; None where it names none."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = _http_date(text)
    return None if moment is None else max((moment - now).total_seconds(), 0.0)


def _http_date(text: str | None) -> datetime | None:
    if not text or len(text) > 100:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _back_off(feed: Feed, state: FeedState, error: MonitorError, policy: PollPolicy) -> timedelta:
    if feed.kind is FeedKind.FOLDER:
        # One that is not there is looked for more and more rarely, and is soon seen where it comes.
        every = feed.every or policy.every
        wait = every * 2 ** min(state.failures - 1, _MOST_DOUBLINGS)
        return _within(wait, timedelta(seconds=1), min(max(policy.first_retry, every), policy.longest))
    kind = error.kind if isinstance(error, FetchError) else FetchFault.FAILED
    if kind is FetchFault.GONE:
        return _jittered(feed, state, policy.gone_retry, policy, policy.gone_retry)
    first = policy.blocked_retry if kind in {FetchFault.BLOCKED, FetchFault.REFUSED} else policy.first_retry
    wait = first * 2 ** min(state.failures - 1, _MOST_DOUBLINGS)
    if kind is FetchFault.OFFLINE:
        # When the network is back, all feeds shall be read soon, however long it was away.
        return _jittered(feed, state, min(wait, policy.every), policy, policy.longest)
    if isinstance(error, FetchError) and error.retry_after_s is not None:
        asked = timedelta(seconds=min(error.retry_after_s, policy.longest.total_seconds()))
        wait = max(asked, policy.shortest)
    return _jittered(feed, state, wait, policy, policy.longest)


def _jittered(feed: Feed, state: FeedState, wait: timedelta, policy: PollPolicy, most: timedelta) -> timedelta:
    """*wait* and up to a tenth more, by a hash: feeds that failed together do not come back together."""
    if feed.kind is FeedKind.FOLDER:
        return _within(wait, timedelta(0), most)
    digest = hashlib.sha256(f"{feed.id} {state.failures}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    # The longest wait is shortened instead, so that not all feeds end at the same one.
    return (
        wait * (1 + policy.jitter * share) if wait < most / (1 + policy.jitter) else most * (1 - policy.jitter * share)
    )


def _outside_skipped(feed: Feed, state: FeedState, at: datetime, now: datetime, policy: PollPolicy) -> datetime:
    """The first moment from *at* on that is in no hour or day (UTC) in which the feed says it does not change."""
    if feed.every is not None or not (state.skip_hours or state.skip_days):
        return at
    moment = at
    while moment < now + policy.longest - _HOUR:
        utc = moment.astimezone(UTC)
        if utc.hour not in state.skip_hours and utc.weekday() not in state.skip_days:
            return moment
        moment = utc.replace(minute=0, second=0, microsecond=0) + _HOUR + timedelta(minutes=utc.minute % 10)
    is_never = len(state.skip_hours) >= 24 or len(state.skip_days) >= 7
    return at if is_never else min(moment, now + policy.longest)


def _within(value: timedelta, least: timedelta, most: timedelta) -> timedelta:
    return max(least, min(value, most))
