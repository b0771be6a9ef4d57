"""What an alert says after its first message, on a real store, with real lanes: each piece of news once, and no more."""

from datetime import timedelta

import pytest

from monitor.domain.alert import Reason
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.watchlist import Severity
from tests.pipeline.newsroom import BOTH, Open, first_told
from tests.story_builders import info_rule, rule

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
    pytest.param(
        {"text": "La rançon demandée est de 10 M€.", "language": "fr"},
        {"text": "La rançon demandée est de 1,5 Md€, pas de 10 M€.", "language": "fr"}, "numbers-changed",
        id="a higher ransom, written short",
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


async def test_an_outage_beside_an_attack_hides_neither_its_denial_nor_its_return(opened: Open) -> None:
    room = opened()
    await first_told(room)
    room.tell("down", kind=AttackType.OUTAGE, status=Status.CONFIRMED, owner="first.example")
    await room.later(minutes=5)
    assert room.told() == ["opened"]
    room.tell("denial", status=Status.DENIED)
    await room.later(minutes=5)
    assert room.told() == ["opened", "updated: denied-or-corrected"]
    assert "Acme - ransomware, denied - " in room.said()[-1]["subject"]
    room.tell("again", status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told()[2:] == ["updated: status-stronger more-sources"]


async def test_an_attack_that_is_corrected_to_an_outage_is_told_and_so_is_one_that_was_one_after_all(
    opened: Open,
) -> None:
    room = opened()
    await first_told(room)
    room.tell("first", kind=AttackType.OUTAGE, status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told() == ["opened", "updated: denied-or-corrected"]
    room.tell("after-all", status=Status.CONFIRMED)
    await room.later(minutes=5)
    assert room.told()[2:] == ["updated: status-stronger"]


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
    (alert,) = room.catalogue.alerts()
    told = room.catalogue.told_on(str(alert.id), "log")
    assert [reason for _, reason in told] == [Reason.NEW_STORY, Reason.MORE_SOURCES, Reason.MORE_SOURCES]
    assert [at.isoformat() for at, _ in told[1:]] == [one["time"] for one in room.said()[1:]]
    assert room.catalogue.told_on(str(alert.id), "elsewhere") == ()


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
        return saved(*arguments, **more)

    room.store.save_assessment = late
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


async def test_outlets_that_go_on_to_repeat_a_fact_and_its_denial_ring_less_and_less(opened: Open) -> None:
    room = opened()
    await first_told(room, status=Status.CONFIRMED)
    for number in range(20):
        room.tell(f"paper-{number}", status=(Status.DENIED, Status.CONFIRMED)[number % 2])
        await room.later(minutes=5)
    turns = [change for one in room.said() for change in one["data"]["changes"] if change != "more-sources"]
    assert turns == ["new-story", "denied-or-corrected", "status-stronger"]
    for number in range(2):
        room.tell(f"last-{number}", status=Status.DENIED)
        await room.later(minutes=5)
    assert room.told()[-1] == "updated: denied-or-corrected"
    assert room.said()[-1]["data"]["story"]["state"] == "denied"


async def test_the_bare_claim_once_more_does_not_undo_the_denial_of_a_fact(opened: Open) -> None:
    room = opened()
    await first_told(room, status=Status.CONFIRMED)
    room.tell("second", status=Status.DENIED)
    await room.later(minutes=5)
    room.tell("third", owner="first.example", status=Status.ALLEGED, text="What the gang claimed.")
    room.tell("first", status=Status.CONFIRMED, text="Edited.")
    await room.later(minutes=5)
    assert room.told() == ["opened", "updated: denied-or-corrected"]
