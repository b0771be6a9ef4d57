"""Stories that the program parts by itself, from the store to who hears of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.domain.story import EditKind
from tests.pipeline.newsroom import to_file
from tests.pipeline.test_story_life import DK, DK_DE, DK_ES, Wire, why
from tests.stages.group.test_parting import FINE_DE, FINE_EN, FINE_FR
from tests.story_builders import rule

BREACH = {"en": DK, "de": DK_DE, "es": DK_ES}


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    found = Wire(tmp_path, [rule("hit", entities=["kelvora", "bramholt"])], [to_file("log", tmp_path)])
    yield found
    found.close()


async def of_one_story(wire: Wire, victims: str = "kelvora", **more: object) -> str:
    """The breach, told; and the first report of a fine for it, which joins its story."""
    for language, told in BREACH.items():
        wire.publish(language, told, language, victim="kelvora")
    await wire.later(minutes=5)
    assert wire.told() == ["opened"]
    await wire.later(days=10)
    wire.publish("fine", FINE_EN, victim=victims, **more)
    whole = wire.of("en")
    assert wire.of("fine") == whole
    await wire.later(minutes=5)
    return whole


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_second_report_parts_the_story_for_good_and_says_why(wire: Wire, restarts: bool) -> None:
    whole = await of_one_story(wire)
    wire.publish("fine-de", FINE_DE, "de", victim="kelvora")
    opened = wire.of("fine-de")
    assert (wire.of("fine"), {wire.of(key) for key in BREACH}) == (opened, {whole})
    assert sorted(wire.members(), key=sorted) == [set(BREACH), {"fine", "fine-de"}]
    assert ("parted", whole, 1.0) in why(wire, "fine")
    assert ("name", "datatilsynet") in {fact[:2] for fact in why(wire, "fine")}
    assert why(wire, "fine-de") == []
    if restarts:
        wire.restart()
    wire.publish("fine-fr", FINE_FR, "fr", victim="kelvora")
    assert sorted(wire.members(), key=sorted) == [set(BREACH), {"fine", "fine-de", "fine-fr"}]


async def test_an_event_of_which_nobody_heard_rings_in_its_own_right(wire: Wire) -> None:
    await of_one_story(wire, rings=False)
    assert wire.told() == ["opened"], "the first report of it was history"
    wire.publish("fine-de", FINE_DE, "de", victim="kelvora")
    await wire.later(minutes=5)
    assert wire.told() == ["opened", "opened"]
    assert wire.said()[1]["data"]["story"]["id"] == wire.of("fine")


async def test_what_was_told_already_does_not_ring_again(wire: Wire) -> None:
    whole = await of_one_story(wire, "kelvora bramholt")
    assert wire.told() == ["opened", "updated: entity-added numbers-changed"]
    wire.publish("fine-de", FINE_DE, "de", victim="kelvora")
    await wire.later(minutes=5)
    assert wire.told() == ["opened", "updated: entity-added numbers-changed"]
    alerts = {str(one.story_id): {str(entity.entity_id) for entity in one.entities} for one in wire.catalogue.alerts()}
    assert alerts == {whole: {"kelvora"}, wire.of("fine"): {"kelvora", "bramholt"}}


async def test_a_pinned_story_stays_whole(wire: Wire) -> None:
    whole = await of_one_story(wire)
    wire.say(EditKind.PIN, whole)
    wire.publish("fine-de", FINE_DE, "de", victim="kelvora")
    assert wire.of("fine") == whole
