"""Routing: which channel hears of an alert, and when; local hours with their odd days."""

from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.domain.alert import Planned, Timing, Verdict
from monitor.domain.notification import Channel, ChannelId, ChannelKind, QuietHours
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Story
from monitor.domain.watchlist import Digest, EntityId, Rule, Severity
from monitor.stages.channels.hours import end_of, is_within, last_period, next_period
from monitor.stages.channels.route import fold_storms, next_channel, route
from monitor.stages.decide.reasons import History, alert_after, closing, decide
from monitor.stages.rules.expression import IndexedText
from tests.builders import NOW
from tests.story_builders import entity, rule, story

POLICY = AlertPolicy()
TAGS = {EntityId("acme"): frozenset({"tier-1"})}
NIGHT = QuietHours(time(22), time(7))
BERLIN = "Europe/Berlin"


def channel(name: str = "chat", **more: object) -> Channel:
    return Channel(ChannelId(name), ChannelKind.CONSOLE, is_default=True, **more)


def planned(
    *channels: Channel, of: Rule | None = None, at: datetime = NOW, about: Story | None = None
) -> tuple[Planned, ...]:
    of, about = of or rule(), about or story(entity(), newest_at=at)
    verdict: Verdict = decide(about, of, History(), (), IndexedText(""), at, POLICY)
    made = alert_after(verdict, about, None)
    assert made is not None
    return route(made, verdict, of, about, channels, TAGS, at, POLICY)


@pytest.mark.parametrize(
    ("one", "of", "hears"),
    [
        pytest.param(channel(), rule(), True, id="a default channel"),
        pytest.param(channel(), rule(channels=("mail",)), False, id="the rule names others"),
        pytest.param(channel(min_severity=Severity.CRITICAL), rule(severity=Severity.WARNING), False, id="too soft"),
        pytest.param(channel(tags=frozenset({"tier-1"})), rule(), True, id="tag"),
        pytest.param(channel(tags=frozenset({"tier-2"})), rule(), False, id="another tag"),
        pytest.param(channel(watchlists=frozenset({"else"})), rule(), False, id="another watchlist"),
        pytest.param(channel(languages=frozenset({"nl"})), rule(), False, id="another language"),
        pytest.param(channel(hours=QuietHours(time(8), time(18))), rule(), True, id="office hours"),
        pytest.param(channel(hours=QuietHours(time(18), time(8))), rule(), False, id="out of hours"),
    ],
)
def test_who_hears(one, of, hears):
    assert bool(planned(one, of=of)) is hears


def test_the_first_message_waits_for_the_second_outlet():
    (plan,) = planned(channel())
    assert (plan.timing, plan.not_before) == (Timing.SINGLE, NOW + POLICY.group_wait)


def test_quiet_hours_hold_and_fold_but_what_is_grave_pierces_them():
    late = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    quiet = channel(quiet=NIGHT, timezone=BERLIN)
    (soft,) = planned(quiet, of=rule(severity=Severity.WARNING), at=late)
    (grave,) = planned(quiet, at=late)
    assert (soft.timing, soft.not_before) == (Timing.FOLDED, datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    assert grave.timing is Timing.SINGLE
    (next_one,) = planned(quiet, of=rule(severity=Severity.WARNING), at=late + timedelta(hours=3))
    assert next_one.fold_key == soft.fold_key


def test_that_it_is_over_wakes_nobody():
    late = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    of, about = rule(notify_closed=True), story(entity(), updated_at=late - timedelta(days=20))
    alert = alert_after(decide(about, of, History(), (), IndexedText(""), late, POLICY), about, None)
    assert alert is not None
    over = closing(alert, of, about, (), IndexedText(""), late, POLICY)
    assert over is not None
    (plan,) = route(alert, over, of, about, [channel(quiet=NIGHT, timezone=BERLIN)], TAGS, late, POLICY)
    assert (over.severity, plan.timing) == (Severity.CRITICAL, Timing.FOLDED)


def test_a_digest_has_the_name_of_its_period():
    (plan,) = planned(channel(digest=Digest.DAILY, timezone=BERLIN))
    assert (plan.timing, plan.fold_key) == (Timing.DIGEST, "digest:chat:daily:2026-11-26")
    assert plan.not_before == datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


def test_a_storm_folds_into_one_list_and_drops_nothing():
    (plan,) = planned(channel(per_minute=3))
    flood = [plan] * 10
    folded = fold_storms(
        flood,
        Severity.CRITICAL,
        {"chat": [(NOW - timedelta(seconds=20), Severity.CRITICAL)]},
        [channel(per_minute=3)],
        NOW,
    )
    assert [one.timing for one in folded] == [Timing.SINGLE] * 2 + [Timing.FOLDED] * 8
    assert len({one.fold_key for one in folded[2:]}) == 1


def test_a_storm_at_the_edge_of_quiet_hours_waits_for_their_end():
    late = datetime(2026, 11, 25, 21, 59, 30, tzinfo=UTC)
    chat = channel(per_minute=1, quiet=NIGHT)
    (plan,) = planned(chat, of=rule(severity=Severity.WARNING), at=late - timedelta(minutes=1))
    _, held = fold_storms([plan, plan], Severity.WARNING, {}, [chat], late)
    assert held.not_before == datetime(2026, 11, 26, 7, tzinfo=UTC)


def test_fallback_chains_end_and_do_not_circle():
    chain = [channel("a", fallback=ChannelId("b")), channel("b", fallback=ChannelId("a")), channel("c")]
    assert next_channel(ChannelId("a"), chain, ()) == "b"
    assert next_channel(ChannelId("b"), chain, [ChannelId("a")]) is None
    assert next_channel(ChannelId("c"), chain, ()) is None


@pytest.mark.parametrize(
    ("hours", "at", "within"),
    [
        pytest.param(NIGHT, datetime(2026, 11, 25, 23, 0, tzinfo=UTC), True, id="over midnight"),
        pytest.param(NIGHT, datetime(2026, 11, 25, 12, 0, tzinfo=UTC), False, id="noon"),
        pytest.param(QuietHours(time(9), time(9)), NOW, False, id="equal start and end silence nobody for ever"),
        pytest.param(
            QuietHours(time(22), time(7), frozenset({4})), datetime(2026, 11, 28, 2, tzinfo=UTC), True, id="Friday's"
        ),
        pytest.param(
            QuietHours(time(22), time(7), frozenset({5})), datetime(2026, 11, 28, 2, tzinfo=UTC), False, id="not yet"
        ),
    ],
)
def test_hours(hours, at, within):
    assert is_within(hours, at, "UTC") is within
    if within:
        assert end_of(hours, at, "UTC") > at


@pytest.mark.parametrize(
    ("day", "at"),
    [
        pytest.param(datetime(2026, 3, 28, 12, tzinfo=UTC), time(2, 30), id="an hour that does not exist"),
        pytest.param(datetime(2026, 10, 24, 12, tzinfo=UTC), time(2, 30), id="an hour that comes twice"),
    ],
)
def test_one_digest_a_day_also_when_clocks_change(day, at):
    names, moment = [], day
    for _ in range(60 * 3):
        moment += timedelta(minutes=20)
        names.append(next_period(Digest.DAILY, at, moment, BERLIN)[0])
    assert len(set(names)) == 3
    assert names == sorted(names)


def test_periods_of_other_lengths():
    assert next_period(Digest.WEEKLY, time(8), NOW, "UTC") == (
        "weekly:2026-11-30",
        datetime(2026, 11, 30, 8, tzinfo=UTC),
    )
    assert next_period(Digest.HOURLY, time(8), NOW, "UTC") == ("hourly:2026-11-25T10:00", NOW + timedelta(hours=1))
    assert next_period(Digest.HOURLY, time(8), NOW, "Asia/Kolkata") == (
        "hourly:2026-11-25T09:30",
        NOW + timedelta(minutes=30),
    )
    assert last_period(Digest.DAILY, time(8), NOW, "UTC") == ("daily:2026-11-25", NOW - timedelta(hours=1))
