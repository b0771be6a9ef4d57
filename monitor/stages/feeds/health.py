"""How a feed is doing, with the reason in plain words, and what of it an operator should be told."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.errors import FetchError, FetchFault, MonitorError, ParseError
from monitor.domain.feed import Entry, FeedState, Fetched, Health, ParsedFeed
from monitor.domain.policy import PollPolicy
from monitor.stages.feeds.shape import departure

_DAY = timedelta(days=1)
# Health that speaks of the feed's content: only a document can clear it.
_OF_CONTENT = frozenset({Health.OVERFLOWING, Health.CHANGED, Health.WALLED})
# The same document again has the same ailment; an overflow is over with the next look.
_LASTING = frozenset({Health.CHANGED, Health.GONE})
# What may pass by itself is no verdict yet where the feed was read before.
_DOUBTED = frozenset({Health.FAILING, Health.CHANGED})
_TOLD_SOON = frozenset({Health.BLOCKED, Health.WALLED})
_TOLD_AT_ONCE = frozenset({Health.SILENT, Health.OVERFLOWING, Health.CHANGED, Health.GONE})
_LAST_TRY, _BEFORE_IT = "not read at the last try: ", "; before that: "
# Who is to be left alone for so long has as good as shut us out; shorter spans pass before anybody looks.
_LONG_REST, _TOLD_REST = timedelta(hours=1), timedelta(minutes=1)
# Slow is a matter of degree, and no illness.
_WELL = frozenset({Health.FINE, Health.SLOW})


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """The verdict on a feed; ``told`` are the illnesses told and not over, ``notices`` what is told now."""

    health: Health
    reason: str
    told: tuple[Health, ...]
    notices: tuple[str, ...] = ()

    @property
    def noted(self) -> Health:
        """The illness that was told last."""
        return self.told[-1] if self.told else Health.FINE

    @property
    def is_overflowing(self) -> bool:
        return self.health is Health.OVERFLOWING

    @property
    def ailment(self) -> tuple[Health, str]:
        """What ails the document that was read, as long as no other one is."""
        return (self.health, self.reason) if self.health in _LASTING else (Health.FINE, "")


def success_health(
    before: FeedState,
    after: FeedState,
    fetched: Fetched,
    parsed: ParsedFeed | None,
    now: datetime,
    policy: PollPolicy,
) -> FeedHealth:
    """The health of a feed that answered; *before* and *after* are what was known before and is known now."""
    health, reason = _answered(before, after, fetched, parsed, now, policy)
    over = () if health is before.health and health is not Health.FINE else _over(before, after, health, now, policy)
    lasting = tuple(one for one in before.told if one not in over)
    # What stays as it was has been told, or was not yet worth it.
    if health in _TOLD_AT_ONCE and health is not before.health and health not in lasting:
        return FeedHealth(health, reason, (*lasting, health), (f"{reason}{_ended(over, '; before that it was ')}",))
    if not over:
        return FeedHealth(health, reason, lasting)
    if not lasting and health in _WELL:
        return FeedHealth(health, reason, (), (f"is well again{_ended(over, '; it was ')}",))
    still = f"; still {' and '.join(lasting)}: {reason}" if lasting else ""
    return FeedHealth(health, reason, lasting, (f"is read again{_ended(over, '; it was ')}{still}",))


def _over(before: FeedState, after: FeedState, health: Health, now: datetime, policy: PollPolicy) -> tuple[Health, ...]:
    """The illnesses that were told and that an answer of this health puts an end to."""
    # An empty document, or another one, does not break a silence.
    is_silent = Health.SILENT in before.told and bool(_silence(after, now, policy))
    return tuple(one for one in before.told if one is not health and not (one is Health.SILENT and is_silent))


def _ended(over: tuple[Health, ...], words: str) -> str:
    return words + ", then ".join(over) if over else ""


def _answered(
    before: FeedState,
    after: FeedState,
    fetched: Fetched,
    parsed: ParsedFeed | None,
    now: datetime,
    policy: PollPolicy,
) -> tuple[Health, str]:
    if parsed is not None:
        of_content = _of_document(before, parsed, now) or _of_shape(before, after, parsed, policy)
        if of_content is not None:
            return of_content
    elif fetched.body_hash and before.ailment is not Health.FINE:
        # The same document as before, whatever stood in its place meanwhile.
        return before.ailment, before.ailment_reason
    elif _is_unproven(before, fetched):
        return before.health, _lasting_reason(before)
    return _of_time(after, fetched, now, policy)


def _is_unproven(before: FeedState, fetched: Fetched) -> bool:
    """Whether an answer without a document says nothing about a feed that was unwell."""
    if before.health is Health.GONE and not before.failures:
        return True  # the feed said so itself: what it says is read only when it changes
    if before.health in _OF_CONTENT:
        # The document read last is back where others stood in its place; where it is what ails the feed, it is not.
        is_back = bool(fetched.body_hash) and before.failures > 0
        return before.health is Health.OVERFLOWING or not is_back
    # "Not modified" may come from a cache in front of a broken server; the same document again is proof.
    return before.failures > 0 and not fetched.body_hash


def _of_document(before: FeedState, parsed: ParsedFeed, now: datetime) -> tuple[Health, str] | None:
    if parsed.has_ended:
        return Health.GONE, "the feed says of itself that it has ended: give its new address or switch it off"
    if not before.newest_guids:
        return None
    if not parsed.entries:
        return Health.CHANGED, "the feed is empty, although it held entries before"
    known = set(before.newest_guids)
    # Under new names they are the old ones: that is told once, and by whoever recognised them.
    if parsed.is_renamed or any(key in known for entry in parsed.entries for key in _keys(entry)):
        return None
    missed = _missed(before, len(parsed.entries), now)
    about = f"about {missed} entries" if missed else "some entries"
    return (
        Health.OVERFLOWING,
        f"none of the {len(parsed.entries)} entries was known: {about} may have passed between two looks,"
        " so it is asked more often now",
    )


def _of_shape(before: FeedState, after: FeedState, parsed: ParsedFeed, policy: PollPolicy) -> tuple[Health, str] | None:
    """A feed whose entries are not what they were stays changed until they are, or until that is usual."""
    if after.changed_at is None:
        return None
    found = departure(before, parsed.shape, policy) if parsed.shape is not None else ""
    return Health.CHANGED, found or before.health_reason


def _missed(before: FeedState, shown: int, now: datetime) -> int:
    if before.publishes_per_day is None or before.last_success_at is None:
        return 0
    return max(round(before.publishes_per_day * ((now - before.last_success_at) / _DAY)) - shown, 0)


def _of_time(after: FeedState, fetched: Fetched, now: datetime, policy: PollPolicy) -> tuple[Health, str]:
    if silence := _silence(after, now, policy):
        return Health.SILENT, silence
    if fetched.elapsed_s > policy.slow_after.total_seconds():
        return Health.SLOW, f"the last answer took {fetched.elapsed_s:.0f} s"
    if after.idle_hints >= policy.idle_hints_told:
        return Health.FINE, (
            f"its hub told of news {after.idle_hints} times and there was none: what it tells counts for less each time"
        )
    return Health.FINE, ""


def _silence(after: FeedState, now: datetime, policy: PollPolicy) -> str:
    """How long a feed that should have spoken has said nothing new; empty where it need not have."""
    rate, newest = after.publishes_per_day, after.newest_at
    if not rate or newest is None:
        return ""
    bearable = max(policy.silent_least, _DAY * min(policy.silent_after / rate, 3650.0))
    if now - newest <= bearable:
        return ""
    return f"nothing new for {_span(now - newest)}; it used to publish {_pace(rate)}"


def failure_health(failed: FeedState, error: MonitorError, policy: PollPolicy) -> FeedHealth:
    """The health of a feed that could not be read; ``failed.failures`` counts this time as well."""
    health = _failed(failed, error)
    reason = _words(error)
    if isinstance(error, FetchError) and error.kind is FetchFault.OFFLINE:
        return FeedHealth(failed.health, _passing_reason(failed, reason), failed.told)
    if health is Health.GONE:
        rarely = f"it is asked every {_span(policy.gone_retry)} from now on"
        reason = f"{reason}; {rarely}: give its new address or switch it off"
    elif health in _DOUBTED and failed.failures < policy.failing_after and failed.last_success_at is not None:
        return FeedHealth(failed.health, _passing_reason(failed, reason), failed.told)
    told_after = policy.failing_after if health in _TOLD_SOON else policy.told_after
    is_told = health is Health.GONE or failed.failures >= told_after
    if is_told and health not in failed.told:
        return FeedHealth(health, reason, (*failed.told, health), (_notice(failed, health, reason),))
    return FeedHealth(health, reason, failed.told)


def resting_health(state: FeedState, error: FetchError) -> tuple[Health, str]:
    """The health of a feed that was not asked, since its host wants to be left alone, and the reason."""
    if state.health in _WELL and _rest(error) >= _LONG_REST:
        return Health.BLOCKED, _words(error)
    return state.health, _passing_reason(state, _words(error))


def _rest(error: MonitorError) -> timedelta:
    """How long we were asked to wait."""
    asked_s = error.retry_after_s if isinstance(error, FetchError) else None
    return timedelta(seconds=min(asked_s or 0.0, 10 * 365 * 86_400))


def _words(error: MonitorError) -> str:
    rest = _rest(error)
    return f"{error}; it asks for patience for {_span(rest)}" if rest >= _TOLD_REST else str(error)


def _passing_reason(failed: FeedState, reason: str) -> str:
    """A failure that is no verdict yet, and what the verdict that stays was for."""
    lasting = _lasting_reason(failed)
    return f"{_LAST_TRY}{reason}{_BEFORE_IT}{lasting}" if lasting else f"{_LAST_TRY}{reason}"


def _lasting_reason(state: FeedState) -> str:
    """The reason without what was said of the last try, which an answer has taken back."""
    is_passing = state.health_reason.startswith(_LAST_TRY)
    return state.health_reason.partition(_BEFORE_IT)[2] if is_passing else state.health_reason


def _failed(failed: FeedState, error: MonitorError) -> Health:
    if isinstance(error, ParseError):
        if error.is_wall:
            return Health.WALLED
        return Health.CHANGED if failed.last_success_at is not None else Health.FAILING
    kinds = {FetchFault.GONE: Health.GONE, FetchFault.BLOCKED: Health.BLOCKED}
    if _rest(error) >= _LONG_REST:
        kinds[FetchFault.BUSY] = Health.BLOCKED
    return kinds.get(error.kind, Health.FAILING) if isinstance(error, FetchError) else Health.FAILING


def _notice(failed: FeedState, health: Health, reason: str) -> str:
    if health is Health.GONE:
        return reason
    return f"could not be read {failed.failures} times in a row ({health}): {reason}"


def remembered_keys(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Short digests of what *entries* are known by, each once: an overflow is when none of them is met again."""
    return tuple(dict.fromkeys(key for entry in entries for key in _keys(entry)))


def _keys(entry: Entry) -> tuple[str, ...]:
    names = (entry.guid, entry.link)
    return tuple(hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12] for name in names if name)


def _span(length: timedelta) -> str:
    hours = round(length / timedelta(hours=1))
    if not hours:
        return f"{max(round(length / timedelta(minutes=1)), 1)} min"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours / 24:.0f} days"


def _pace(rate: float) -> str:
    if rate >= 1.5:
        return f"{rate:.0f} entries a day"
    return "about daily" if rate > 2 / 3 else f"every {1 / rate:.0f} days"
