"""Gaps on the ways from rules to channels: what is right as configuration, and will surprise all the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.domain.notification import Channel, ChannelId
from monitor.domain.watchlist import Digest, EntityId, Rule
from monitor.stages.channels.hours import is_within
from monitor.stages.channels.route import closed_because, tags_of

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# A Monday of winter and one of summer: zones change their clocks at different times.
_WEEKS = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC))
_MOST_LISTED = 3
Tags = Mapping[EntityId, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Gap:
    """One surprise, about a rule or a channel, or the whole where both are empty; ``key`` is where in it."""

    text: str
    rule_id: str = ""
    channel: str = ""
    key: str = ""


def gaps(rules: Sequence[Rule], channels: Sequence[Channel], tags: Tags) -> tuple[Gap, ...]:
    """
    Everything that keeps alerts from people, or a channel from ever being used, by what is written.

    Args:
        tags: Of the watched entities.
    """
    return tuple(_all(rules, channels, tags))


def _all(rules: Sequence[Rule], channels: Sequence[Channel], tags: Tags) -> Iterator[Gap]:
    if not channels:
        yield Gap("there is no channel: alerts are stored, `monitor alerts list` shows them, and nobody is told")
        return
    for number, rule in enumerate(rules):
        yield from _of_rule(rule, channels, tags)
        yield from _said_before(rule, rules[:number], channels, tags)
    for channel in channels:
        yield from _of_channel(channel, rules, channels, tags)
    for circle in _circles(channels):
        way = " -> ".join((*circle, circle[0]))
        yield Gap(
            f"fallbacks run in a circle ({way}): where all of them are down, nobody else is told",
            channel=circle[0],
            key="fallback",
        )
    if not any(channel.notices for channel in channels):
        yield Gap("no channel takes notices: nobody is told when feeds or channels fail")


def _of_rule(rule: Rule, channels: Sequence[Channel], tags: Tags) -> Iterator[Gap]:
    def gap(text: str, key: str = "") -> Gap:
        return Gap(text, rule_id=str(rule.id), key=key)

    if not rule.entity_ids:
        yield gap("it watches nobody")
        return
    shut = {
        channel.id: closed_because(rule, rule.severity, tags_of(rule.entity_ids, tags), channel) for channel in channels
    }
    ways = [channel for channel in channels if not shut[channel.id]]
    if not ways:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in shut.items())
        yield gap(f"no channel takes its alerts, they are only stored ({reasons})", "channels")
        return
    yield from (gap(text) for text in _unheard(rule, ways, tags))


def _said_before(rule: Rule, earlier: Sequence[Rule], channels: Sequence[Channel], tags: Tags) -> Iterator[Gap]:
    """Whom a rule of another watchlist tells the same channels of as well, as loudly: each story would come twice."""
    for other in earlier:
        both = rule.entity_ids & other.entity_ids
        if not both or not _ask_alike(rule, other):
            continue
        of_both = tags_of(both, tags)
        twice = [
            channel.id
            for channel in channels
            if not any(closed_because(one, one.severity, of_both, channel) for one in (rule, other))
        ]
        if twice:
            yield Gap(
                f"{', '.join(twice)} will hear twice of {_few(sorted(both))}: from it and from {other.id} of the"
                f" watchlist {other.watchlist}; leave them out of one, or give it other channels",
                rule_id=str(rule.id),
                key="entities",
            )


def _ask_alike(rule: Rule, other: Rule) -> bool:
    """Whether one story may meet both, and neither is muted by the other, which is louder."""
    return (
        rule.watchlist != other.watchlist
        and rule.severity is other.severity
        and not rule.text
        and not other.text
        and not rule.roles.isdisjoint(other.roles)
        and not rule.attacks.isdisjoint(other.attacks)
        and not rule.statuses.isdisjoint(other.statuses)
    )


def _unheard(rule: Rule, ways: Sequence[Channel], tags: Tags) -> Iterator[str]:
    """What alerts of a rule none of its *ways* takes."""
    names = ", ".join(way.id for way in ways)
    if all(way.tags for way in ways):
        wanted = frozenset(tag for way in ways for tag in way.tags)
        left = sorted(name for name in rule.entity_ids if wanted.isdisjoint(tags.get(name, ())))
        if left:
            yield (
                f"nobody is told of {len(left)} of its {len(rule.entity_ids)} companies ({_few(left)}): {names} only"
                f" takes companies tagged {', '.join(sorted(wanted))}"
            )
    if all(way.languages for way in ways):
        spoken = ", ".join(sorted({language for way in ways for language in way.languages}))
        yield f"nobody is told of stories that no outlet tells in {spoken}: {names} takes no others"
    if all(way.hours is not None for way in ways):
        hours = list(dict.fromkeys(span for week in _WEEKS for span in _uncovered(ways, week)))
        if hours:
            yield (
                f"nobody is told of what comes up {_few(hours)}: {names} takes nothing then, and nothing is held;"
                " `quiet` instead of `hours` would hold it"
            )


def _uncovered(ways: Sequence[Channel], monday: datetime) -> Iterator[str]:
    """The spans of a week in which none of *ways* is open, by the clock of the first one."""
    opens, ends = _edges(ways, monday)
    if not opens:
        yield "at any time"
        return
    zone = ZoneInfo(ways[0].timezone)
    for moment in ends:
        if not any(way.hours is not None and is_within(way.hours, moment, way.timezone) for way in ways):
            until = next(iter(edge for edge in opens if edge > moment), opens[0])
            yield f"from {_named(moment, zone)} to {_named(until, zone)} ({ways[0].timezone})"


def _edges(ways: Sequence[Channel], monday: datetime) -> tuple[list[datetime], list[datetime]]:
    """When hours begin and when they end in the week from *monday*, in UTC."""
    opens, ends = set(), set()
    for way in ways:
        if way.hours is None:
            continue
        for day in sorted(way.hours.days):
            date = (monday + timedelta(days=day)).date()
            begins = datetime.combine(date, way.hours.start, tzinfo=ZoneInfo(way.timezone))
            after = timedelta(days=1) if way.hours.end <= way.hours.start else timedelta(0)
            opens.add(begins.astimezone(UTC))
            ends.add(datetime.combine(date + after, way.hours.end, tzinfo=begins.tzinfo).astimezone(UTC))
    return sorted(opens), sorted(ends)


def _named(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local:%H:%M}"


def _of_channel(channel: Channel, rules: Sequence[Rule], channels: Sequence[Channel], tags: Tags) -> Iterator[Gap]:
    def gap(text: str, key: str = "") -> Gap:
        return Gap(text, channel=channel.id, key=key)

    is_fallback = any(other.fallback == channel.id for other in channels)
    shut = {
        str(rule.id): closed_because(rule, rule.severity, tags_of(rule.entity_ids, tags), channel) for rule in rules
    }
    if rules and all(shut.values()) and not is_fallback:
        reasons = "; ".join(dict.fromkeys(_turned(reason) for reason in shut.values()))
        yield gap(f"no rule leads to it, nor is it anybody's fallback: it never gets an alert ({reasons})")
    quiet = channel.quiet
    if quiet is not None and channel.min_severity.rank >= quiet.pierce.rank:
        yield gap(f"its quiet hours hold nothing: all that it takes is {quiet.pierce} or graver", "quiet")
    if channel.empty_digest and channel.digest is Digest.NONE:
        yield gap("it says nothing without `digest`: there is no regular message that could be empty", "empty_digest")


def _turned(reason: str) -> str:
    """The reason of a rule, as it reads at the channel."""
    return "other channels are named by rules" if reason.startswith("the rule names") else reason


def _circles(channels: Sequence[Channel]) -> Iterator[list[str]]:
    """Each circle of fallbacks once, from its first channel on."""
    following = {channel.id: channel.fallback for channel in channels}
    seen: set[ChannelId] = set()
    for channel in channels:
        way: list[ChannelId] = []
        step: ChannelId | None = channel.id
        while step is not None and step in following and step not in seen:
            seen.add(step)
            way.append(step)
            step = following[step]
        if step in way:
            yield [str(name) for name in way[way.index(step) :]]


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    rest = f" and {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
    return ", ".join(listed[:_MOST_LISTED]) + rest
