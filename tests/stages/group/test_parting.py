"""A second report of another event takes the first one out of the story that it joined wrongly."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.article import ArticleId
from monitor.domain.story import EditKind, StoryEdit, StoryId
from monitor.stages.group import FactReader, GroupWindow, apply_edits, assign, group, new_story_id
from tests.stages.group.test_grouping import (
    BREACH_DE,
    BREACH_EN,
    BREACH_ES,
    OTHER_SHOP,
    POLICY,
    fingerprint,
    new_window,
)

FINE_EN = (
    "Watchdog fines Kelvora for stolen passport numbers",
    "The Danish data watchdog Datatilsynet has fined the travel agency Kelvora 12 million kroner. Director Lone Friis "
    "called the passwords a disgrace.",
)
FINE_DE = (
    "Datatilsynet: Kelvora muss 12 Millionen Kronen zahlen",
    "Die dänische Datenschutzbehörde Datatilsynet verlangt vom Reiseveranstalter Kelvora 12 Millionen Kronen Bußgeld. "
    "Direktorin Lone Friis nannte die Passwörter eine Schande.",
)
FINE_FR = (
    "Datatilsynet inflige 12 millions de couronnes à Kelvora",
    "L'autorité danoise Datatilsynet inflige une amende de 12 millions de couronnes à l'agence de voyages Kelvora. "
    "La directrice Lone Friis parle de mots de passe honteux.",
)
BREACH = {"b1": BREACH_EN, "b2": BREACH_DE, "b3": BREACH_ES}
STORY = StoryId("st-breach")


def of_one_story(reader: FactReader, window: GroupWindow) -> None:
    """The breach, and the first report of a fine for it, which joined its story."""
    for number, (name, told) in enumerate({**BREACH, "f1": FINE_EN}.items()):
        window.add(fingerprint(reader, name, told, 10 if name == "f1" else number / 10), STORY)


def stories(window: GroupWindow, names: Iterable[str]) -> dict[str, StoryId | None]:
    return {name: window.story_of(ArticleId(name)) for name in names}


def test_a_second_report_takes_the_first_one_out_and_says_why(reader: FactReader) -> None:
    window = new_window(reader)
    of_one_story(reader, window)
    join = assign(fingerprint(reader, "f2", FINE_DE, 10.1), window, POLICY)
    opened = new_story_id(ArticleId("f2"))
    assert (join.story_id, join.shared) == (opened, ())
    assert stories(window, ["f1", "f2", *BREACH]) == {"f1": opened, "f2": opened} | dict.fromkeys(BREACH, STORY)
    (taken,) = window.take_bridges()
    assert (taken.article_id, taken.story_id, taken.parted_from) == ("f1", opened, STORY)
    assert {("name", "datatilsynet"), ("number", "12000000")} <= {fact[:2] for fact in taken.facts}
    assert "parted" not in {kind for kind, _, _ in taken.facts}
    assert taken.score > 0.5
    # What follows joins whichever it tells of, and coming again changes nothing.
    later = group([fingerprint(reader, "f3", FINE_FR, 10.2), fingerprint(reader, "f2", FINE_DE, 10.1)], window, POLICY)
    assert {one.story_id for one in later} == {opened}
    assert not window.take_bridges()
    assert not window.take_merges()


def test_a_window_that_is_filled_anew_goes_on_from_there(reader: FactReader) -> None:
    window, again = new_window(reader), new_window(reader)
    of_one_story(reader, window)
    second = fingerprint(reader, "f2", FINE_DE, 10.1)
    assign(second, window, POLICY)
    prints = {name: fingerprint(reader, name, told, n / 10) for n, (name, told) in enumerate(BREACH.items())}
    prints |= {"f1": fingerprint(reader, "f1", FINE_EN, 10), "f2": second}
    for name, one in prints.items():
        held = window.story_of(ArticleId(name))
        assert held is not None
        again.add(one, held)
    third = fingerprint(reader, "f3", FINE_FR, 10.2)
    assert assign(third, again, POLICY).story_id == assign(third, window, POLICY).story_id
    assert window.story_of(ArticleId("f3")) == window.story_of(ArticleId("f1"))


def test_a_copy_goes_along_with_its_original(reader: FactReader) -> None:
    window = new_window(reader)
    of_one_story(reader, window)
    copy = assign(fingerprint(reader, "f1-copy", FINE_EN, 10.01), window, POLICY)
    assert (copy.duplicate_of, copy.story_id) == ("f1", STORY)
    opened = assign(fingerprint(reader, "f2", FINE_DE, 10.1), window, POLICY).story_id
    assert set(stories(window, ["f1", "f1-copy", "f2"]).values()) == {opened} != {STORY}


@pytest.mark.parametrize(
    "edit", [StoryEdit(EditKind.PIN, STORY), StoryEdit(EditKind.MERGE, STORY, "st-shop")], ids=["pinned", "merged"]
)
def test_what_people_said_of_a_story_holds(reader: FactReader, edit: StoryEdit) -> None:
    window = new_window(reader)
    of_one_story(reader, window)
    window.add(fingerprint(reader, "shop", OTHER_SHOP, 1), StoryId("st-shop"))
    apply_edits([edit], window)
    assign(fingerprint(reader, "f2", FINE_DE, 10.1), window, POLICY)
    assert window.story_of(ArticleId("f1")) == STORY
    assert not window.take_bridges()


def test_more_of_the_same_event_takes_nothing(reader: FactReader) -> None:
    window = new_window(reader)
    for number, (name, told) in enumerate(BREACH.items()):
        window.add(fingerprint(reader, name, told, number / 10), STORY)
    dutch = (
        "Gegevens van 340.000 klanten gestolen bij Kelvora",
        "Bij het Deense reisbureau Kelvora zijn zondag namen en paspoortnummers van 340.000 klanten uit het "
        "boekingssysteem gekopieerd. De politie in Aarhus doet onderzoek.",
    )
    assert assign(fingerprint(reader, "b4", dutch, 0.5), window, POLICY).story_id == STORY
    assert set(stories(window, BREACH).values()) == {STORY}


def test_without_weights_nothing_is_parted(reader: FactReader) -> None:
    window = GroupWindow(POLICY, replace(load_group_weights(), parting={}), reader.lexicon.priors)
    of_one_story(reader, window)
    assign(fingerprint(reader, "f2", FINE_DE, 10.1), window, POLICY)
    assert window.story_of(ArticleId("f1")) == STORY
