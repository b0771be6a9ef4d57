"""Who is told of feeds that are unwell, and that a hundred of them are one message."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from monitor.adapters.packaged.messages import load_wordings
from monitor.domain.feed import Feed, FeedId, Health
from monitor.domain.notification import Channel, ChannelId, ChannelKind, NoticeRule, QuietHours
from monitor.domain.watchlist import Severity
from monitor.stages.compose.notification import fold_notifications
from monitor.stages.feeds.notices import FeedNotice, feed_notifications
from tests.builders import NOW

WORDS = load_wordings()
FIVE = timedelta(minutes=5)
OPS, DESK = (Channel(ChannelId(name), ChannelKind.WEBHOOK, "https://chat.example/x") for name in ("ops", "desk"))
MUTE = Channel(ChannelId("mute"), ChannelKind.WEBHOOK, "https://chat.example/x", notices=False)


def ill(name: str = "press", health: Health = Health.BLOCKED, tags: tuple[str, ...] = ()) -> FeedNotice:
    return FeedNotice(Feed(FeedId(name), "https://example.org/", tags=tags), health, f"the server refuses {name}")


def tell(*told: FeedNotice, rules: tuple[NoticeRule, ...] = (), gather: timedelta = FIVE):
    return feed_notifications(told, rules, (OPS, DESK, MUTE), lambda _: WORDS["en"], NOW, gather)


def listeners(*told: FeedNotice, rules: tuple[NoticeRule, ...]) -> list[str]:
    return [str(one.channel) for one in tell(*told, rules=rules)]


def test_without_rules_all_channels_are_told_that_take_notices():
    assert listeners(ill(), rules=()) == ["ops", "desk"]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param(NoticeRule(channels=("desk",)), ["desk"], id="a channel"),
        pytest.param(NoticeRule(channels=("mute",)), ["mute"], id="by name, also one that takes no others"),
        pytest.param(NoticeRule(), ["ops", "desk"], id="without channels"),
        pytest.param(NoticeRule(states=frozenset({"blocked", "gone"}), channels=("ops",)), ["ops"], id="its state"),
        pytest.param(NoticeRule(states=frozenset({"silent"}), channels=("ops",)), [], id="another state"),
        pytest.param(NoticeRule(tags=frozenset({"dutch"}), channels=("ops",)), ["ops"], id="its tag"),
        pytest.param(NoticeRule(tags=frozenset({"french"}), channels=("ops",)), [], id="another tag"),
    ],
)
def test_a_rule_chooses_feeds_states_and_channels(rule, told):
    assert listeners(ill(tags=("dutch",)), rules=(rule,)) == told


@pytest.mark.parametrize(
    ("health", "over", "told"),
    [
        pytest.param(Health.FINE, {Health.SILENT}, ["ops"], id="of what they were told"),
        pytest.param(Health.FINE, {Health.BLOCKED}, ["desk"], id="not of what others were told"),
        pytest.param(Health.FINE, {Health.SILENT, Health.BLOCKED}, ["ops", "desk"], id="of one illness after another"),
        pytest.param(Health.SLOW, {Health.SILENT}, ["ops"], id="where it is well and slow"),
        pytest.param(Health.SILENT, {Health.BLOCKED}, ["ops", "desk"], id="of one that gave way to another"),
        pytest.param(Health.FINE, {Health.GONE}, [], id="of what nobody was told"),
        pytest.param(Health.FINE, set(), ["ops", "desk"], id="no illness but a new address"),
    ],
)
def test_recovery_is_told_to_those_who_were_told_of_the_illness(health, over, told):
    rules = tuple(
        NoticeRule(states=frozenset({state}), channels=(name,))
        for state, name in (("silent", "ops"), ("blocked", "desk"))
    )
    assert listeners(replace(ill(health=health), over=frozenset(over)), rules=rules) == told


def test_of_two_rules_the_louder_one_speaks_and_once():
    rules = (NoticeRule(channels=("ops",)), NoticeRule(channels=("ops",), severity=Severity.CRITICAL))
    (one,) = tell(ill(), rules=rules)
    assert one.severity is Severity.CRITICAL


def test_they_wait_for_the_end_of_the_span_and_are_told_apart_by_nothing_else():
    first, second = tell(ill("a"), ill("b"), rules=(NoticeRule(channels=("ops",)),))
    assert first.fold_key == second.fold_key != ""
    assert NOW < first.not_before <= NOW + FIVE
    assert first.id != second.id
    assert tell(ill("a"), rules=(NoticeRule(channels=("ops",)),))[0].id == first.id


def test_without_gathering_each_leaves_at_once():
    (one,) = tell(ill(), rules=(NoticeRule(channels=("ops",)),), gather=timedelta(0))
    assert (one.fold_key, one.not_before) == ("", NOW)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_hundred_feeds_are_one_message_that_names_them_all(language):
    held = tell(*(ill(f"feed-{number}") for number in range(100)), rules=(NoticeRule(channels=("ops",)),))
    ((message, members),) = fold_notifications(held[0].fold_key, held, OPS, WORDS[language], NOW)
    assert len(members) == 100
    assert "100" in message.message.subject
    assert all(f"feed-{number}" in message.message.plain for number in range(100))
    assert '"type":"monitor.notice"' in message.message.fields


def test_of_a_few_the_reasons_are_told():
    held = tell(ill("a"), ill("b"), rules=(NoticeRule(channels=("ops",)),))
    ((message, _),) = fold_notifications(held[0].fold_key, held, OPS, WORDS["en"], NOW)
    assert "the server refuses a" in message.message.plain
    assert "the server refuses b" in message.message.plain


def test_one_alone_stays_as_it_is():
    held = tell(ill(), rules=(NoticeRule(channels=("ops",)),))
    ((message, members),) = fold_notifications(held[0].fold_key, held, OPS, WORDS["en"], NOW)
    assert members == held
    assert message.message == held[0].message
    assert (message.fold_key, message.id != held[0].id) == ("", True)


@pytest.mark.parametrize(("severity", "hour"), [(Severity.WARNING, 7), (Severity.CRITICAL, 23)])
def test_quiet_hours_hold_them_until_their_end_unless_they_are_grave(severity, hour):
    night = replace(OPS, quiet=QuietHours(time(22), time(7)))
    late = NOW.replace(hour=23)
    rule = NoticeRule(channels=("ops",), severity=severity)
    made = feed_notifications([ill("a"), ill("b")], (rule,), [night], lambda _: WORDS["en"], late, FIVE)
    assert len({one.fold_key for one in made}) == 1
    assert {one.not_before.hour for one in made} == {hour}


def test_that_a_feed_is_well_again_wakes_nobody():
    rule = NoticeRule(channels=("ops",), severity=Severity.CRITICAL)
    night = replace(OPS, quiet=QuietHours(time(22), time(7)))
    well = replace(ill(health=Health.FINE), over=frozenset({Health.BLOCKED}))
    (one,) = feed_notifications([well], (rule,), [night], lambda _: WORDS["en"], NOW.replace(hour=23), FIVE)
    assert (one.severity, one.not_before.hour) == (Severity.INFO, 7)


@pytest.mark.parametrize(
    ("health", "over", "subject"),
    [
        (Health.WALLED, set(), "NOTICE - The feed press cannot be read"),
        (Health.CHANGED, set(), "NOTICE - The feed press is not what it was"),
        (Health.OVERFLOWING, set(), "NOTICE - Entries of the feed press may have been missed"),
        (Health.FINE, {Health.CHANGED}, "NOTICE - The feed press is well again"),
        (Health.SLOW, {Health.CHANGED}, "NOTICE - The feed press is well again"),
        (Health.FINE, set(), "NOTICE - About the feed press"),
    ],
)
def test_the_subject_says_what_happened(health, over, subject):
    assert tell(replace(ill(health=health), over=frozenset(over)))[0].message.subject == subject


def test_a_feed_that_falls_ill_twice_a_day_is_told_of_twice():
    def told_at(hours: int) -> list[str]:
        later = NOW + timedelta(hours=hours)
        return [one.id for one in feed_notifications([ill()], (), (OPS,), lambda _: WORDS["en"], later, FIVE)]

    assert told_at(0) == told_at(0) != told_at(2)
