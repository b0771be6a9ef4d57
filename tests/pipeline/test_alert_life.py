"""The life of an alert, on a real store, with real lanes: it opens once, speaks when there is news, and closes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.domain.alert import Reason
from monitor.domain.finding import Role, Status
from monitor.domain.notification import Channel, ChannelId, ChannelKind
from monitor.domain.watchlist import Rule, Severity
from tests.adapters.senders.receivers import mailbox
from tests.pipeline.newsroom import Newsroom, to_file
from tests.story_builders import info_rule, rule

BOTH = ["acme", "zeta"]
Open = Callable[..., Newsroom]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    rooms: list[Newsroom] = []

    def make(*rules: Rule, **more: object) -> Newsroom:
        more.setdefault("channels", [to_file("log", tmp_path)])
        rooms.append(Newsroom(tmp_path, rules or (rule(entities=BOTH),), **more))  # type: ignore[arg-type]
        return rooms[-1]

    yield make
    for room in rooms:
        room.close()


async def first_told(room: Newsroom, **what: object) -> None:
    """The first article, told."""
    room.tell("first", **what)  # type: ignore[arg-type]
    await room.later(seconds=0)
    await room.later(minutes=5)
    assert room.told() == ["opened"]


async def test_the_first_message_waits_for_the_second_outlet_and_holds_both(opened: Open) -> None:
    room = opened()
    room.tell("first")
    await room.later(seconds=0)
    room.tell("second")
    await room.later(seconds=20)
    assert room.told() == []
    await room.later(seconds=10)
    (message,) = room.said()
    assert message["type"] == "monitor.alert.opened"
    assert [one["url"] for one in message["data"]["sources"]] == [
        "https://first.example/one",
        "https://second.example/one",
    ]
    await room.later(hours=1)
    assert len(room.said()) == 1


async def test_two_outlets_at_once_need_not_wait(opened: Open) -> None:
    room = opened()
    room.tell("first")
    room.tell("second")
    await room.later(seconds=0)
    assert room.told() == ["opened"]


UPDATES = [
    pytest.param({}, {"status": Status.CONFIRMED}, "status-stronger", id="the claim is a fact"),
    pytest.param({}, {"roles": {"acme": Role.VICTIM, "zeta": Role.VICTIM}}, "entity-added", id="another one is drawn in"),
    pytest.param(
        {"status": Status.CONFIRMED}, {"status": Status.CONFIRMED, "text": "Acme confirmed the attack."},
        "officially-confirmed", id="the victim says so",
    ),
    pytest.param(
        {"text": "The gang says it stole data of 20,000 customers."},
        {"text": "The gang says it stole data of 941,000 customers."}, "numbers-changed", id="more records",
    ),
    pytest.param({}, {"status": Status.DENIED}, "denied-or-corrected", id="the victim denies it"),
    pytest.param(
        {"status": Status.CONFIRMED}, {"status": Status.DENIED}, "denied-or-corrected", id="a fact is taken back",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "news", "reason"), UPDATES)
async def test_each_material_change_is_told_exactly_once(opened: Open, before: dict, news: dict, reason: str) -> None:
    room = opened()
    await first_told(room, **before)
    room.tell("news", **news)
    await room.later(minutes=5)
    assert room.told() == ["opened", f"updated: {reason}"]
    for number in range(4):
        # Edits of it, outlets that repeat it, and another start of the service change nothing.
        room.tell("news", **{**news, "text": f"{news.get('text', 'More.')} Edition {number}."})
        await room.later(minutes=5)
        room.restart()
        await room.later(minutes=5)
    room.tell("copy", owner="first.example", **news)
    await room.later(minutes=5)
    assert room.told() == ["opened", f"updated: {reason}"]


async def test_a_figure_that_grows_is_told_though_the_first_one_was_no_news(opened: Open) -> None:
    room = opened()
    await first_told(room)
    room.tell("first", text="The gang says it stole data of 20,000 customers.")
    await room.later(minutes=5)
    assert room.told() == ["opened"]
    room.tell("first", text="The gang says it stole data of 941,000 customers.")
    await room.later(minutes=5)
    assert room.told() == ["opened", "updated: numbers-changed"]
    assert "Figures: 941,000; before: 20,000" in room.said()[-1]["data"]["text"]


async def test_a_stronger_role_is_told_once(opened: Open) -> None:
    room = opened(info_rule(entities=BOTH))
    await first_told(room, roles={"acme": Role.MENTIONED})
    room.tell("second")
    room.tell("third", roles={"acme": Role.SUPPLIER})
    await room.later(minutes=5)
    assert room.told() == ["opened", "updated: role-stronger more-sources"]


async def test_the_third_and_the_tenth_source_are_told_and_none_between(opened: Open) -> None:
    room = opened()
    await first_told(room)
    for number in range(2, 13):
        room.tell(f"outlet-{number}")
        await room.later(minutes=5)
    assert room.told() == ["opened", "updated: more-sources", "updated: more-sources"]
    assert [one["data"]["story"]["independent_sources"] for one in room.said()] == [1, 3, 10]


async def test_the_first_message_is_what_the_next_compares_with(opened: Open) -> None:
    room = opened()
    room.tell("first")
    await room.later(seconds=0)
    room.tell("second")
    await room.later(seconds=30)
    room.tell("third")
    await room.later(minutes=5)
    first, third = room.said()
    assert "2 sources" in first["subject"]
    assert "3 independent sources by now, 2 before." in third["data"]["text"]


async def test_a_rule_that_got_louder_says_so_once(opened: Open) -> None:
    room = opened(rule(severity=Severity.WARNING))
    await first_told(room)
    room.configure([rule(severity=Severity.CRITICAL)], room.channels)
    for number in range(2):
        room.tell("first", text=f"Edition {number}.")
        await room.later(minutes=5)
    assert room.told() == ["opened", "updated: severity-rose"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"key": "first", "text": "The same, with a comma more."}, id="an edit"),
        pytest.param(
            {"key": "first", "feed_id": "elsewhere", "text": "As a teaser."}, id="the same article by another feed"
        ),
        pytest.param({"key": "second"}, id="more of the same"),
        pytest.param({"key": "second", "owner": "first.example"}, id="the same owner again"),
        pytest.param({"key": "second", "rings": False}, id="the history of a new feed"),
        pytest.param({"key": "second", "status": Status.BACKGROUND}, id="a look back"),
        pytest.param({"key": "second", "roles": {"acme": Role.MENTIONED}}, id="a weaker role"),
    ],
)
async def test_what_is_no_news_says_nothing(opened: Open, more: dict) -> None:
    room = opened()
    await first_told(room)
    room.tell(**more)
    await room.later(minutes=5)
    assert room.told() == ["opened"]
    assert room.reasons() <= {str(Reason.NEW_STORY), str(Reason.NOTHING_NEW)}


async def test_old_news_published_again_opens_nothing(opened: Open) -> None:
    room = opened()
    room.tell("old", published_at=room.now - timedelta(days=30))
    await room.later(minutes=5)
    assert room.told() == []
    assert room.reasons() == {str(Reason.TOO_OLD)}


async def test_history_adds_no_update_to_a_live_alert_until_something_new_rings(opened: Open) -> None:
    room = opened()
    await first_told(room)
    for number in range(9):
        room.tell(f"history-{number}", status=Status.CONFIRMED, rings=False)
    await room.later(minutes=5)
    assert room.told() == ["opened"]
    assert str(Reason.HISTORY) in room.reasons()
    room.tell("live", status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told()[1:] == ["updated: status-stronger more-sources"]


async def test_a_cool_down_holds_what_can_wait_and_says_it_afterwards(opened: Open) -> None:
    room = opened(rule(cooldown=timedelta(hours=1)))
    await first_told(room)
    for number in range(3):
        room.tell(f"outlet-{number}")
    await room.later(minutes=5)
    assert room.told() == ["opened"]
    assert str(Reason.COOLING_DOWN) in room.reasons()
    room.restart()
    await room.later(minutes=51)
    assert room.told() == ["opened", "updated: more-sources"]


async def test_a_cool_down_never_holds_what_is_graver(opened: Open) -> None:
    room = opened(rule(cooldown=timedelta(hours=1)))
    await first_told(room)
    room.tell("second", status=Status.CONFIRMED)
    await room.later(minutes=1)
    assert room.told() == ["opened", "updated: status-stronger"]


async def test_of_two_rules_that_cool_down_each_speaks_at_its_own_time(opened: Open) -> None:
    quick = rule("quick", cooldown=timedelta(hours=1), severity=Severity.WARNING)
    slow = rule("slow", cooldown=timedelta(hours=3), severity=Severity.WARNING)
    room = opened(quick, slow)
    room.tell("first")
    await room.later(seconds=0)
    await room.later(minutes=5)
    assert room.told() == ["opened", "opened"]
    for number in range(3):
        room.tell(f"outlet-{number}")
    await room.later(minutes=5)
    await room.later(minutes=51)
    assert [one["data"]["rule"] for one in room.said()[2:]] == ["quick"]
    await room.later(hours=2)
    assert [one["data"]["rule"] for one in room.said()[2:]] == ["quick", "slow"]


@pytest.mark.parametrize(("asks", "says"), [(True, ["opened", "closed"]), (False, ["opened"])])
async def test_an_alert_closes_once_and_says_so_where_the_rule_asks(opened: Open, asks: bool, says: list[str]) -> None:
    room = opened(rule(notify_closed=asks))
    await first_told(room)
    for _ in range(3):
        await room.later(days=15)
    assert room.told() == says
    assert [alert.is_closed for alert in room.catalogue.alerts()] == [True]
    assert [one["data"]["story"]["state"] for one in room.said()[1:]] == ["over"] * asks


async def test_an_alert_whose_rule_is_gone_closes_without_a_word(opened: Open) -> None:
    room = opened()
    await first_told(room)
    room.configure([rule("another")], room.channels)
    await room.later(days=15)
    assert room.told() == ["opened"]
    assert [alert.is_closed for alert in room.catalogue.alerts()] == [True]


async def test_news_opens_a_closed_alert_again(opened: Open) -> None:
    room = opened(rule(notify_closed=True))
    await first_told(room)
    await room.later(days=15)
    room.tell("late", status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told() == ["opened", "closed", "updated: status-stronger"]
    assert [alert.is_closed for alert in room.catalogue.alerts()] == [False]


async def test_the_alert_on_a_victim_mutes_the_one_that_only_names_it(opened: Open) -> None:
    room = opened(rule(entities=BOTH), info_rule(entities=BOTH))
    await first_told(room)
    assert [one["data"]["rule"] for one in room.said()] == ["under-attack"]
    assert str(Reason.INHIBITED) in room.reasons()


async def test_an_alert_is_muted_where_the_louder_one_is_heard_and_nowhere_else(opened: Open, tmp_path: Path) -> None:
    ways = [to_file("pager", tmp_path, is_default=False), to_file("mail", tmp_path), to_file("both", tmp_path)]
    loud, soft = rule(entities=BOTH, channels=("pager", "both")), info_rule(entities=BOTH, notify_closed=True)
    room = opened(loud, soft, channels=ways)
    room.tell("first")
    await room.later(seconds=0)
    await room.later(minutes=5)
    room.tell("second", status=Status.CONFIRMED)
    await room.later(minutes=5)
    await room.later(days=15)
    heard = {way.id: [(one["data"]["rule"], one["data"]["closed"]) for one in room.said(way.id)] for way in ways}
    assert heard == {
        "pager": [("under-attack", False)] * 2,
        "mail": [("in-the-news", False)] * 2 + [("in-the-news", True)],
        "both": [("under-attack", False)] * 2,
    }


async def test_a_message_that_left_while_it_was_being_rewritten_is_followed_by_what_is_new(opened: Open) -> None:
    room = opened()
    room.tell("first")
    room.assess()
    room.wait(seconds=30)
    room.tell("second", status=Status.CONFIRMED)
    # The lane takes the message between the moment at which assess read it and that at which it saves.
    saved = room.store.save_assessment
    claimed = []

    def late(*arguments: object, **more: object) -> int:
        claimed.extend(room.store.claim_notifications(room.channels[0].id, room.now, 9, timedelta(minutes=1)))
        return saved(*arguments, **more)  # type: ignore[arg-type]

    room.store.save_assessment = late  # type: ignore[method-assign]
    room.assess()
    del room.store.save_assessment
    room.store.release_notifications(claimed)
    await room.later(minutes=5)
    assert room.told() == ["opened", "updated: status-stronger"]


async def test_an_update_that_waits_stays_as_it_is_whatever_comes_after_it(opened: Open) -> None:
    room = opened()
    await first_told(room)
    path = room.folder / "log.jsonl"
    path.rename(room.folder / "aside")
    path.mkdir()
    for number in range(4):
        # The channel takes nothing and rests meanwhile, so that what follows has not been tried.
        room.tell(
            f"noise-{number}",
            "elsewhere",
            roles={"zeta": Role.VICTIM},
            status=(Status.ALLEGED, Status.CONFIRMED)[number % 2],
        )
        await room.later(seconds=1)
    room.tell("second", status=Status.CONFIRMED)
    room.assess()
    room.tell("third", owner="second.example", status=Status.CONFIRMED)
    room.assess()
    room.tell("fourth", status=Status.CONFIRMED)
    room.assess()
    path.rmdir()
    (room.folder / "aside").rename(path)
    for _ in range(20):
        await room.later(minutes=5)
    about = [one for one in room.said() if one["data"]["under_attack"] == ["acme"]]
    assert [one["data"]["changes"] for one in about] == [["new-story"], ["status-stronger"], ["more-sources"]]


async def test_an_acknowledgement_survives_an_assessment_in_hand(opened: Open) -> None:
    room = opened()
    await first_told(room)
    (alert,) = room.catalogue.alerts()
    room.tell("second", status=Status.CONFIRMED)
    saved = room.store.save_assessment

    def late(*arguments: object, **more: object) -> int:
        room.store.acknowledge(alert.id, "Kim", room.now)
        return saved(*arguments, **more)  # type: ignore[arg-type]

    room.store.save_assessment = late  # type: ignore[method-assign]
    room.assess()
    (after,) = room.catalogue.alerts()
    assert (after.acknowledged_by, after.version) == ("Kim", 2)
    assert replace(after, acknowledged_by="") != after


async def test_the_mails_of_an_alert_are_one_thread_until_it_gets_louder(opened: Open, tmp_path: Path) -> None:
    with mailbox() as box:
        url = f"mailto://127.0.0.1:{box.port}?from=monitor@ours.example&to=soc@theirs.example"
        way = Channel(ChannelId("mail"), ChannelKind.APPRISE, target=url, is_default=True)
        calm, loud = (rule(severity=severity, notify_closed=True) for severity in (Severity.WARNING, Severity.CRITICAL))
        room = opened(calm, channels=[way])
        room.tell("first")
        await room.later(seconds=0)
        await room.later(minutes=5)
        room.tell("second", status=Status.CONFIRMED)
        await room.later(minutes=5)
        room.configure([loud], [way])
        room.tell("second", status=Status.CONFIRMED, text="Edited.")
        await room.later(minutes=5)
        await room.later(days=15)
        await room.close_lanes()
        mails = [message_from_bytes(envelope.original_content, policy=policy.SMTP) for envelope in box.mails]
    assert [mail["Subject"] for mail in mails] == [
        "WARNING - Acme - ransomware, claimed by attackers - 1 source",
        "Re: WARNING - Acme - ransomware, claimed by attackers - 1 source",
        "CRITICAL - Acme - ransomware, confirmed - 2 sources",
        "Re: CRITICAL - Acme - ransomware, confirmed - 2 sources",
    ]
    (root,) = {mail["References"] for mail in mails}
    assert [mail["In-Reply-To"] for mail in mails] == [None, root, root, root]
    assert len({mail["Message-ID"] for mail in mails}) == 4


async def test_a_rule_that_is_gone_says_nothing_more(opened: Open) -> None:
    room = opened()
    await first_told(room)
    room.configure([rule("another", entities=["zeta"])], room.channels)
    room.tell("second", status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told() == ["opened"]
