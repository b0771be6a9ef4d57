"""What `monitor check` warns of: alerts that would reach nobody, and channels that nothing reaches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

import pytest

from monitor.domain.notification import Channel, ChannelId, ChannelKind, QuietHours
from monitor.domain.watchlist import Digest, EntityId, Rule, RuleId, Severity
from monitor.stages.channels.ways import gaps
from tests.story_builders import rule

WEEKDAYS = frozenset(range(5))
OFFICE = QuietHours(time(8), time(18), WEEKDAYS)
NIGHT = QuietHours(time(18), time(8))
WARN, CRIT = rule("warn", severity=Severity.WARNING), rule("crit")
TAGGED = {EntityId("acme"): frozenset({"tier-1"})}


def way(name: str = "screen", **more: object) -> Channel:
    fields: dict[str, object] = {"is_default": True, **more}
    return Channel(ChannelId(name), ChannelKind.CONSOLE, **fields)


def said(rules: Sequence[Rule], *channels: Channel) -> list[str]:
    return [f"{gap.rule_id}{gap.channel}: {gap.text}" for gap in gaps(rules, channels, TAGGED)]


def test_a_company_in_two_watchlists_would_be_told_of_twice() -> None:
    def doubled(**more: object) -> list[str]:
        rules = [CRIT, replace(CRIT, **{"id": RuleId("theirs"), "watchlist": "theirs"} | more)]
        return [one for one in said(rules, way(), way("pager", is_default=False)) if "twice" in one]

    (told,) = doubled()
    assert told.startswith(
        f"theirs: screen will hear twice of acme: from it and from crit of the watchlist {CRIT.watchlist};"
    )
    assert doubled(watchlist=CRIT.watchlist) == []
    assert doubled(severity=Severity.WARNING) == []
    assert doubled(text="drill") == []
    assert doubled(roles=frozenset({"supplier"})) == []
    assert doubled(entity_ids=frozenset({EntityId("borealis")})) == []
    assert doubled(channels=("pager",)) == []


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param([way()], id="one for all"),
        pytest.param([way(hours=OFFICE), way("night", hours=NIGHT), way("log")], id="one is always there"),
        pytest.param([way(hours=QuietHours(time(8), time(20))), way("n", hours=QuietHours(time(20), time(8)))], id="day and night"),
        pytest.param([way(), way("spare", is_default=False), way("mail", fallback=ChannelId("spare"))], id="a fallback"),
        pytest.param([way(tags=frozenset({"tier-1"}))], id="the only tag there is"),
        pytest.param([way(), way("grave", min_severity=Severity.CRITICAL)], id="one for what is grave"),
        pytest.param([way(quiet=NIGHT, min_severity=Severity.WARNING)], id="quiet hours that hold something"),
    ],
)  # fmt: skip
def test_nothing_is_said_where_all_alerts_reach_somebody(ways: list[Channel]) -> None:
    assert said([WARN, CRIT], *ways) == []


@pytest.mark.parametrize(
    ("rules", "ways", "warns"),
    [
        pytest.param(
            [WARN], [],
            [": there is no channel: alerts are stored, `monitor alerts list` shows them, and nobody is told"],
            id="no channel",
        ),
        pytest.param(
            [WARN], [way("named", is_default=False), way("grave", min_severity=Severity.CRITICAL)],
            [
                "warn: no channel takes its alerts, they are only stored (named: it is no default channel, and the rule"
                " names none; grave: it takes critical and above)",
                "named: no rule leads to it, nor is it anybody's fallback: it never gets an alert (it is no default"
                " channel, and the rule names none)",
                "grave: no rule leads to it, nor is it anybody's fallback: it never gets an alert (it takes critical and"
                " above)",
            ],
            id="a rule that no channel takes",
        ),
        pytest.param(
            [rule("crit", channels=("log",)), WARN], [way("log", is_default=False), way("screen"), way("other", watchlists=frozenset({"b"}))],
            [
                "other: no rule leads to it, nor is it anybody's fallback: it never gets an alert (other channels are named"
                " by rules; it takes the watchlists b)"
            ],
            id="a watchlist that no rule is in",
        ),
        pytest.param(
            [CRIT], [way(hours=OFFICE, timezone="Europe/Amsterdam")],
            [
                "crit: nobody is told of what comes up from Mon 18:00 to Tue 08:00 (Europe/Amsterdam), from Tue 18:00 to"
                " Wed 08:00 (Europe/Amsterdam), from Wed 18:00 to Thu 08:00 (Europe/Amsterdam) and 2 more: screen takes"
                " nothing then, and nothing is held; `quiet` instead of `hours` would hold it"
            ],
            id="only in office hours",
        ),
        pytest.param(
            [CRIT], [way(hours=OFFICE), way("night", hours=NIGHT)],
            [
                "crit: nobody is told of what comes up from Sat 08:00 to Sat 18:00 (UTC), from Sun 08:00 to Sun 18:00"
                " (UTC): screen, night takes nothing then, and nothing is held; `quiet` instead of `hours` would hold it"
            ],
            id="the days of a weekend",
        ),
        pytest.param(
            [CRIT], [way(hours=QuietHours(time(8), time(18), frozenset()))],
            [
                "crit: nobody is told of what comes up at any time: screen takes nothing then, and nothing is held;"
                " `quiet` instead of `hours` would hold it"
            ],
            id="on no day at all",
        ),
        pytest.param(
            [rule("crit", entities=["acme", "zeta"])], [way(tags=frozenset({"tier-1"}))],
            [
                "crit: nobody is told of 1 of its 2 companies (zeta): screen only takes companies tagged tier-1"
            ],
            id="a company without the tag",
        ),
        pytest.param(
            [CRIT], [way(languages=frozenset({"nl"})), way("b", languages=frozenset({"de"}))],
            ["crit: nobody is told of stories that no outlet tells in de, nl: screen, b takes no others"],
            id="languages that nobody takes",
        ),
        pytest.param([rule("crit", entities=[])], [way()], ["crit: it watches nobody"], id="nobody is watched"),
        pytest.param(
            [CRIT], [way("a", fallback=ChannelId("b")), way("b", fallback=ChannelId("c")), way("c", fallback=ChannelId("b"))],
            ["b: fallbacks run in a circle (b -> c -> b): where all of them are down, nobody else is told"],
            id="fallbacks in a circle, told once",
        ),
        pytest.param(
            [CRIT], [way(quiet=NIGHT, min_severity=Severity.CRITICAL)],
            ["screen: its quiet hours hold nothing: all that it takes is critical or graver"],
            id="quiet hours that hold nothing",
        ),
        pytest.param(
            [CRIT], [way(empty_digest=True), way("b", digest=Digest.DAILY, empty_digest=True)],
            ["screen: it says nothing without `digest`: there is no regular message that could be empty"],
            id="an empty digest without a digest",
        ),
        pytest.param(
            [CRIT], [way(notices=False)], [": no channel takes notices: nobody is told when feeds or channels fail"],
            id="nobody hears of faults",
        ),
    ],
)  # fmt: skip
def test_what_would_reach_nobody_is_said(rules: list[Rule], ways: list[Channel], warns: list[str]) -> None:
    assert said(rules, *ways) == warns
