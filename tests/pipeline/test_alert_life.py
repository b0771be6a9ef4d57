"""The life of an alert, on a real store, with real lanes: it opens once, keeps its manners, and closes."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.domain.alert import Reason
from monitor.domain.finding import Status
from monitor.domain.notification import Channel, ChannelId, ChannelKind
from monitor.domain.watchlist import Severity
from tests.adapters.senders.receivers import mailbox
from tests.pipeline.newsroom import BOTH, Open, first_told, settle, to_file
from tests.story_builders import info_rule, rule


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


@pytest.mark.parametrize("status", [Status.ALLEGED, Status.CONFIRMED])
async def test_all_that_the_first_message_says_is_new(opened: Open, status: Status) -> None:
    room = opened()
    room.tell("first")
    await room.later(seconds=0)
    room.tell("second", status=status)
    await room.later(seconds=30)
    (message,) = room.said()
    assert (message["data"]["reason"], message["data"]["changes"]) == ("new-story", ["new-story"])
    assert "a new story that fits the rule" in message["data"]["text"]


async def test_two_outlets_at_once_need_not_wait(opened: Open) -> None:
    room = opened()
    room.tell("first")
    room.tell("second")
    await room.later(seconds=0)
    assert room.told() == ["opened"]


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
    again = "There is news again of a story that was over."
    assert [again in one["data"]["text"] for one in room.said()] == [False, False, True]
    room.tell("later", status=Status.DENIED)
    await room.later(minutes=5)
    assert again not in room.said()[-1]["data"]["text"]
    assert [alert.is_closed for alert in room.catalogue.alerts()] == [False]


async def test_more_of_the_same_after_the_end_rings_no_softer_rule(opened: Open) -> None:
    room = opened(rule(entities=BOTH, notify_closed=True), info_rule(entities=BOTH))
    await first_told(room)
    await room.later(days=15)
    assert room.told() == ["opened", "closed"]
    room.restart()
    room.tell("second")
    await settle(room)
    assert room.told() == ["opened", "closed"]
    # Where the louder rule is gone, the softer one speaks of it.
    room.configure([info_rule(entities=BOTH)], room.channels)
    room.tell("third")
    await settle(room)
    assert room.told() == ["opened", "closed", "opened"]


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


async def test_an_acknowledgement_survives_an_assessment_in_hand(opened: Open) -> None:
    room = opened()
    await first_told(room)
    (alert,) = room.catalogue.alerts()
    room.tell("second", status=Status.CONFIRMED)
    saved = room.store.save_assessment

    def late(*arguments: object, **more: object) -> int:
        room.store.acknowledge(alert.id, "Kim", room.now)
        return saved(*arguments, **more)

    room.store.save_assessment = late
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


async def test_no_mail_of_a_denial_says_that_it_is_confirmed(opened: Open) -> None:
    with mailbox() as box:
        url = f"mailto://127.0.0.1:{box.port}?from=monitor@ours.example&to=soc@theirs.example"
        way = Channel(ChannelId("mail"), ChannelKind.APPRISE, target=url, is_default=True)
        room = opened(rule(), channels=[way])
        for key, status in (
            ("first", Status.CONFIRMED),
            ("denial", Status.DENIED),
            ("another", Status.DENIED),
            ("third", Status.DENIED),
            ("after-all", Status.CONFIRMED),
        ):
            room.tell(key, status=status)
            await room.later(seconds=0)
            await room.later(minutes=5)
        room.tell("official", status=Status.CONFIRMED, text="Acme confirmed the attack.")
        await room.later(minutes=5)
        await room.close_lanes()
        mails = [message_from_bytes(envelope.original_content, policy=policy.SMTP) for envelope in box.mails]
    subjects = [str(mail["Subject"]) for mail in mails]
    assert "Acme - ransomware, confirmed" in subjects[0]
    assert "Acme - ransomware, denied - " in subjects[1]
    assert not subjects[1].startswith("Re: ")
    # What follows a denial stays with it, until it was an attack after all.
    turn = next(number for number, text in enumerate(subjects) if number > 1 and "confirmed" in text)
    assert set(subjects[2:turn]) <= {f"Re: {subjects[1]}"}
    assert not subjects[turn].startswith("Re: ")
    assert set(subjects[turn + 1 :]) == {f"Re: {subjects[turn]}"}
    # Mail programs that go by references show all of it together.
    assert len({mail["References"] for mail in mails}) == 1


async def test_a_rule_that_is_gone_says_nothing_more(opened: Open) -> None:
    room = opened()
    await first_told(room)
    room.configure([rule("another", entities=["zeta"])], room.channels)
    room.tell("second", status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told() == ["opened"]
