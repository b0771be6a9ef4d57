"""The small jobs beside the three: held messages that are due, closing, digests that are empty, pruning."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.adapters.database.retention import prune
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.notification import Channel, Notice, NoticeKind, Notification
from monitor.domain.report import AssessReport
from monitor.domain.settings import Settings
from monitor.domain.watchlist import Digest, Severity
from monitor.domain.wording import Wording
from monitor.entrypoints.notices import send_notice
from monitor.pipeline import Desk, close_quiet, in_halves
from monitor.stages.channels.hours import last_period, next_period
from monitor.stages.channels.route import quiet_until
from monitor.stages.compose.notification import as_it_stands, fold_notifications
from monitor.stages.decide.judge import Bench

_UNLISTED = Notice(
    NoticeKind.GENERAL,
    "messages",
    "the program failed on a list of messages: those that it could not list are sent one by one",
    "look for message.unlisted in the log, and report the fault that it names",
)


def fold_held(store: DatabaseStore, bench: Bench, now: datetime) -> Mapping[str, str]:
    """
    Send what was held for a digest, for quiet hours or in a storm, each key as one message (or a few).

    Returns:
        The messages that the program could not put into a list, each with the fault: they are sent as they stand.
    """
    channels = {channel.id: channel for channel in bench.channels}
    unlisted: dict[str, str] = {}
    for key, held in store.due_folds(now).items():
        channel = channels.get(held[0].channel)
        if channel is None:
            # The channel is gone from the configuration: its messages stay, visible, until it comes back.
            continue
        if _was_sent(store, key):
            # The clock was set back: the digest of this period is out, what came since is for the next one.
            _hold_for_next_period(store, key, held, channel)
            continue
        if len(held) == 1 and _hold(key) is Hold.STORM:
            # One alone is no storm, and says more than a list of one.
            store.fold_notifications([([held[0].id], as_it_stands(key, held[0], now))])
            continue
        for one, fault in in_halves(held, functools.partial(_fold, store, key, channel, bench.words(channel), now)):
            store.fold_notifications([([one.id], as_it_stands(key, one, now))])
            unlisted[str(one.id)] = fault
    if unlisted:
        send_notice(store, bench, _UNLISTED, None, now)
    return unlisted


def _fold(
    store: DatabaseStore, key: str, channel: Channel, words: Wording, now: datetime, held: Sequence[Notification]
) -> None:
    folds = fold_notifications(key, held, channel, words, now)
    store.fold_notifications([([member.id for member in members], message) for message, members in folds])


def _hold(key: str) -> Hold | None:
    read = FoldKey.read(key)
    return read.hold if read is not None else None


def _was_sent(store: DatabaseStore, key: str) -> bool:
    return _hold(key) is Hold.DIGEST and (store.was_folded(key) or store.get_mark(f"period:{key}") is not None)


def _hold_for_next_period(store: DatabaseStore, key: str, held: Sequence[Notification], channel: Channel) -> None:
    """*key* is that of a digest, and its messages know when it was due."""
    read, due = FoldKey.read(key), max(one.not_before for one in held)
    digest = Digest(read.details[0]) if read is not None else channel.digest
    name, until = next_period(digest, channel.digest_at, due, channel.timezone)
    store.hold_on([one.id for one in held], str(FoldKey(Hold.DIGEST, channel.id, (name,))), until)


@dataclass(frozen=True, slots=True)
class UpkeepReport:
    """How much was *done*, by the name of the job, and what came of closing alerts."""

    done: Mapping[str, int]
    closed: AssessReport


def upkeep(store: DatabaseStore, desk: Desk, now: datetime) -> UpkeepReport:
    """Everything that is due about once a minute."""
    closed = close_quiet(now, desk)
    done = {"close": closed.alerts, "empty-digest": _empty_digests(store, desk.bench, now)}
    return UpkeepReport({key: count for key, count in done.items() if count}, closed)


def prune_daily(store: DatabaseStore, settings: Settings, now: datetime) -> int:
    """Once a day, remove what is no longer kept; apart from the rest, which should not wait for it."""
    if not store.claim_period(f"prune:{now:%Y-%m-%d}", now):
        return 0
    return prune(store.database, settings.policy.retention, now)


def _empty_digests(store: DatabaseStore, bench: Bench, now: datetime) -> int:
    count = 0
    for channel in bench.channels:
        if channel.digest is Digest.NONE or not channel.empty_digest:
            continue
        name, due = last_period(channel.digest, channel.digest_at, now, channel.timezone)
        quiet = quiet_until(channel, Severity.INFO, due)
        if quiet is not None and channel.digest is Digest.HOURLY:
            continue
        key, due = str(FoldKey(Hold.DIGEST, channel.id, (name,))), quiet or due
        is_new = _is_new(store, channel, now)
        if due <= now and store.get_mark(f"period:{key}") is None and not store.has_fold(key):
            made = () if is_new else fold_notifications(key, (), channel, bench.words(channel), now)
            count += store.save_notifications([message for message, _ in made])
            # Marked afterwards: a crash between the two makes the same message again, which is known by its id.
            store.claim_period(key, now)
    return count


def _is_new(store: DatabaseStore, channel: Channel, now: datetime) -> bool:
    """Whether a channel is seen for the first time: it has no period behind it in which nothing happened."""
    key = str(FoldKey(Hold.DIGEST, channel.id))
    return store.get_mark(f"period:{key}") is None and store.claim_period(key, now)
