"""Stories from article to person, on a real store with real facts: copies, edits, people's words, restarts, odd clocks."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.domain.article import ArticleId
from monitor.domain.finding import Status
from monitor.domain.story import EditKind, StoryEdit, StoryId, StoryState
from monitor.stages.story.summary import as_of
from tests.pipeline.newsroom import settle
from tests.pipeline.wire import DK, DK_DE, DK_ES, EARLY, FORUM, SNOW, Wire
from tests.story_builders import analysis, article


def why(wire: Wire, key: str) -> list[tuple[str, str, float]]:
    joins = {str(one.id): join for one, join in wire.catalogue.joins(wire.of(key))}
    return list(joins[key].shared)


def test_one_event_in_three_languages_is_one_story_with_stored_reasons(wire: Wire) -> None:
    wire.publish("en", DK, victim="kelvora", status=Status.CONFIRMED)
    wire.publish("de", DK_DE, "de", victim="kelvora", status=Status.CONFIRMED)
    wire.wait(hours=30)
    wire.publish("es", DK_ES, "es", victim="kelvora", status=Status.CONFIRMED)
    (story,) = wire.stories()
    assert (story.headline, story.languages, story.independent_sources) == (DK[0], ("en", "de", "es"), 3)
    assert story.headlines == {"en": DK[0], "de": DK_DE[0], "es": DK_ES[0]}
    assert [source.article_id for source in story.sources] == ["en", "de", "es"]
    assert story.first_reported_at == story.sources[0].published_at < story.updated_at < wire.now
    assert why(wire, "en") == []
    for key in ("de", "es"):
        assert {"kelvora", "aarhus", "340000", "dk"} <= {value for _, value, weight in why(wire, key) if weight > 0}


def test_wire_copy_syndication_owner_and_author_count_once(wire: Wire) -> None:
    wire.publish("agency", DK)
    wire.publish("paper", (f"UPDATE 1-{DK[0]}", f"{DK[1]} (Reporting by the Aarhus desk)"))
    wire.publish("sister", DK_DE, "de", owner="agency.example")
    wire.publish("freelance", DK_ES, "es", author="A. Reporter")
    wire.publish(
        "again", (DK_ES[0], f"{DK_ES[1]} Kelvora ha avisado a los clientes de Aarhus."), "es", author="a. reporter"
    )
    (story,) = wire.stories()
    assert [one.article_id for one in story.sources if one.independent] == ["agency", "freelance"]
    wire.publish("paper", (f"UPDATE 2-{DK[0]}", f"{DK[1]} (Reporting by the Aarhus desk, editing by another)"))
    assert wire.stories()[0].independent_sources == 2, "an edit of a copy is a copy still"


def test_eighty_outlets_with_one_wire_text_are_one_source(wire: Wire) -> None:
    for number in range(80):
        wire.publish(f"outlet-{number}", (DK[0], f"{DK[1]} Outlet {number}."))
    (story,) = wire.stories()
    assert (len(story.sources), story.independent_sources) == (80, 1)


async def test_late_evidence_merges_two_stories_tells_why_and_alerts_nobody_twice(wire: Wire) -> None:
    wire.publish("one", EARLY, victim="kelvora")
    wire.publish("two", FORUM, "de", victim="bramholt")
    first, second = wire.of("one"), wire.of("two")
    await wire.later(minutes=5)
    assert (first != second, wire.told()) == (True, ["opened", "opened"])
    wire.publish("three", (DK[0], f"{FORUM[1]} {DK[1]}"), victim="kelvora bramholt")
    await wire.later(minutes=5)
    assert wire.members() == [{"one", "two", "three"}]
    assert {wire.of(key) for key in ("one", "two", "three")} == {first}
    told = {value for key in ("two", "three") for _, value, _ in why(wire, key)}
    assert {"340.000", "340000"} & told, "the number that the late report shares with one of them is told"
    assert "aarhus" in told, "and so is the place that it shares with the other"
    assert wire.told() == ["opened", "opened", "updated: more-sources"], "the third source is news, the merge is none"
    assert {str(one.story_id): one.is_closed for one in wire.catalogue.alerts()} == {first: False, second: True}


async def test_a_merge_by_a_person_is_signed_and_rings_for_nobody(wire: Wire) -> None:
    wire.publish("one", DK, victim="kelvora")
    wire.publish("two", SNOW, victim="kelvora")
    await wire.later(minutes=5)
    first = wire.of("one")
    wire.say(EditKind.MERGE, first, wire.of("two"))
    await wire.later(minutes=5)
    wire.publish("three", (SNOW[0], f"{SNOW[1]} More of the same from Vrestal."), victim="kelvora")
    await wire.later(minutes=5)
    assert wire.members() == [{"one", "two", "three"}]
    assert why(wire, "two") == [("person", "Kim", 1.0)]
    assert wire.told() == ["opened", "opened"]
    assert [str(one.story_id) for one in wire.catalogue.alerts() if not one.is_closed] == [first]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("named", ["de", "https://de.example/de"])
def test_a_split_sticks_whatever_comes(wire: Wire, restarts: bool, named: str) -> None:
    wire.publish("en", DK)
    wire.publish("de", DK_DE, "de")
    whole = wire.of("en")
    wire.say(EditKind.SPLIT, whole, named)
    left = wire.of("de")
    assert left != whole
    if restarts:
        wire.restart()
    wire.publish("es", DK_ES, "es")
    wire.publish("de", (DK_DE[0], f"{DK_DE[1]} Der Artikel wurde ergänzt."), "de")
    assert (wire.of("de"), wire.of("en"), wire.of("es") in {whole, left}) == (left, whole, True)
    other = "es" if wire.of("es") == whole else "de"
    assert wire.of(other) in {whole, left}


def test_a_split_holds_for_the_story_that_its_story_becomes_part_of(wire: Wire) -> None:
    wire.publish("old", SNOW)
    wire.publish("en", DK)
    wire.publish("de", DK_DE, "de")
    wire.say(EditKind.SPLIT, wire.of("en"), "de")
    wire.say(EditKind.MERGE, wire.of("old"), wire.of("en"))
    for _ in range(2):
        wire.publish("es", DK_ES, "es")
        assert wire.of("de") not in {wire.of("old"), ""}
        wire.restart()
    assert wire.of("en") == wire.of("old")


async def test_an_article_that_was_taken_out_is_judged_at_once_and_rings_where_nobody_heard_of_it(wire: Wire) -> None:
    wire.publish("en", DK, victim="kelvora")
    await wire.later(minutes=5)
    # More of the same, as far as anybody knew: nothing is said of it.
    wire.publish("de", DK_DE, "de", victim="kelvora")
    await wire.later(minutes=5)
    assert wire.told() == ["opened"]
    wire.say(EditKind.SPLIT, wire.of("en"), "de")
    await settle(wire)
    assert wire.told() == ["opened", "opened"]
    assert wire.said()[1]["data"]["story"]["id"] == wire.of("de")


async def test_an_article_that_was_told_of_does_not_ring_again_where_it_is_taken_out(wire: Wire) -> None:
    wire.publish("en", DK, victim="kelvora")
    wire.publish("de", (DK_DE[0], f"{DK_DE[1]} Auch Bramholt ist betroffen."), "de", victim="kelvora bramholt")
    await wire.later(minutes=5)
    assert wire.told() == ["opened"]
    wire.say(EditKind.SPLIT, wire.of("en"), "de")
    await settle(wire)
    first, second = wire.of("en"), wire.of("de")
    told = {str(one.story_id): {str(entity.entity_id) for entity in one.entities} for one in wire.catalogue.alerts()}
    assert told == {first: {"kelvora"}, second: {"kelvora", "bramholt"}}
    assert [str(one.reason) for one in wire.catalogue.verdicts(StoryId(second))] == ["nothing-new"]
    # Neither does more of the same ring, nor is anything taken back where the article stood.
    wire.publish("en-2", (DK[0], f"{DK[1]} Kelvora wrote to its customers."), victim="kelvora")
    assert wire.of("en-2") == first
    await wire.later(minutes=5)
    assert wire.told() == ["opened"]
    # What is news is said, as the first message on the new story.
    wire.publish("de", DK_DE, "de", victim="kelvora bramholt", status=Status.CONFIRMED)
    await settle(wire)
    assert wire.told() == ["opened", "opened"]


async def test_nothing_is_left_of_an_alert_whose_only_article_was_taken_out(wire: Wire) -> None:
    wire.publish("en", DK)
    wire.publish("de", DK_DE, "de", victim="kelvora")
    await wire.later(minutes=5)
    wire.say(EditKind.SPLIT, wire.of("en"), "de")
    wire.publish("es", DK_ES, "es")
    await wire.later(minutes=5)
    assert wire.told() == ["opened"]
    assert {str(one.story_id): one.is_closed for one in wire.catalogue.alerts()} == {
        wire.of("en"): True,
        wire.of("de"): False,
    }


def test_a_merge_by_a_person_sticks_and_later_articles_honour_it(wire: Wire) -> None:
    wire.publish("en", DK, victim="kelvora")
    wire.publish("snow", SNOW)
    kept, gone = wire.of("en"), wire.of("snow")
    wire.say(EditKind.MERGE, kept, gone)
    wire.restart()
    wire.publish("snow-2", (SNOW[0], f"{SNOW[1]} The passes stay shut till Monday, the police in Vrestal said."))
    wire.publish("snow", (SNOW[0], f"{SNOW[1]} Corrects the name of a pass."))
    assert wire.members() == [{"en", "snow", "snow-2"}]
    merge = StoryEdit(EditKind.MERGE, StoryId(kept), gone)
    assert [(one.edit, one.author) for one in wire.catalogue.edits_on(kept)] == [(merge, "Kim")]
    assert {wire.of(key) for key in ("en", "snow", "snow-2")} == {kept}


@pytest.mark.parametrize("kind", [EditKind.SPLIT, EditKind.MERGE])
def test_what_a_person_says_while_articles_are_assessed_is_not_saved_over(wire: Wire, kind: EditKind) -> None:
    wire.publish("en", DK)
    wire.publish("de", DK_DE, "de")
    wire.publish("snow", SNOW)
    story, saved = wire.of("en"), wire.store.save_assessment

    def late(*arguments: object, **more: object) -> int:
        wire.store.save_assessment = saved  # type: ignore[method-assign]
        wire.say(kind, story, "de" if kind is EditKind.SPLIT else wire.of("snow"))
        return saved(*arguments, **more)  # type: ignore[arg-type]

    wire.store.save_assessment = late  # type: ignore[method-assign]
    wire.publish("es", DK_ES, "es")
    wire.publish("storm", ("Storm hits Lisbon", "A storm took roofs off houses in Lisbon on Monday, nobody was hurt."))
    split = [{"en", "es"}, {"de"}, {"snow"}, {"storm"}]
    merged = [{"en", "de", "es", "snow"}, {"storm"}]
    found = sorted(map(sorted, wire.members()))
    assert found == sorted(map(sorted, split if kind is EditKind.SPLIT else merged))


def test_a_pinned_story_is_not_drawn_into_another(wire: Wire) -> None:
    wire.publish("en", DK)
    wire.publish("de", DK_DE, "de")
    wire.say(EditKind.SPLIT, wire.of("en"), "de")
    wire.say(EditKind.PIN, wire.of("de"))
    wire.restart()
    wire.publish("es", DK_ES, "es")
    assert wire.of("en") != wire.of("de")


def test_a_pin_that_is_taken_back_is_noticed_whatever_else_was_said(wire: Wire) -> None:
    wire.publish("en", DK)
    wire.publish("snow", SNOW)
    wire.say(EditKind.PIN, wire.of("en"))
    wire.publish("snow-2", SNOW)
    assert wire.catalogue.pinned_by(wire.of("en")) == "Kim"
    # As many words as before, and other ones.
    wire.say(EditKind.PIN, wire.of("snow"))
    assert [wire.store.end_pin(StoryId(wire.of("en"))) for _ in range(2)] == [True, False]
    wire.publish("snow-3", SNOW)
    assert wire.desk.edits == (StoryEdit(EditKind.PIN, StoryId(wire.of("snow"))),)
    assert wire.catalogue.pinned_by(wire.of("en")) == ""


def test_a_restart_goes_on_where_the_process_was(tmp_path: Path) -> None:
    lines = (Path(__file__).parents[1] / "evaluation" / "stories-b.jsonl").read_text("utf-8").splitlines()
    rows = sorted((json.loads(line) for line in lines[:40]), key=lambda row: str(row["published"]))
    found = []
    for name, restarts in (("straight", False), ("broken", True)):
        folder = tmp_path / name
        folder.mkdir()
        wire = Wire(folder, [], [])
        for number, row in enumerate(rows):
            if restarts and number % 5 == 0:
                wire.restart()
            wire.publish(row["id"], (row["title"], row["text"]), row["lang"])
        found.append(
            (
                wire.store.stories_of([ArticleId(row["id"]) for row in rows]),
                {row["id"]: why(wire, row["id"]) for row in rows},
            )
        )
        wire.close()
    (straight, reasons), (broken, again) = found
    assert straight == broken
    # Rarity is remembered a while; the facts are the same, their weight within a rounding of what it was.
    assert {key: sorted(fact[:2] for fact in told) for key, told in reasons.items()} == {
        key: sorted(fact[:2] for fact in told) for key, told in again.items()
    }


def test_an_article_older_than_the_window_keeps_its_story_when_it_is_edited(wire: Wire) -> None:
    wire.wait(days=-500)
    wire.publish("en", DK)
    wire.publish("de", DK_DE, "de")
    first = wire.of("de")
    wire.wait(days=500)
    wire.restart()
    wire.publish("de", (DK_DE[0], f"{DK_DE[1]} Aktualisiert."), "de", published_at=wire.now - timedelta(days=500))
    assert wire.of("de") == wire.of("en") == first
    assert len(wire.stories()) == 1


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_by_an_hour_opens_no_second_story(wire: Wire, hours: int) -> None:
    wire.publish("en", DK, victim="kelvora")
    wire.wait(hours=hours)
    wire.publish("de", DK_DE, "de", victim="kelvora")
    wire.publish("en", DK, victim="kelvora")
    assert wire.members() == [{"en", "de"}]
    assert len(list(wire.catalogue.alerts())) == 1


def test_new_names_for_old_entries_make_copies_and_no_story(wire: Wire) -> None:
    short = ("Kelvora loses data of thousands of customers", "")
    for told in (DK, SNOW, short):
        wire.publish(f"a {told[0]}", told)
    stories = len(wire.stories())
    wire.wait(hours=5)
    for told in (DK, SNOW, short):
        wire.publish(f"b {told[0]}", told)
        assert wire.of(f"a {told[0]}") == wire.of(f"b {told[0]}")
    assert len(wire.stories()) == stories
    assert all(story.independent_sources <= 2 for story in wire.stories())


def test_many_items_in_one_round_are_grouped_in_bounded_batches(wire: Wire) -> None:
    news: Sequence[tuple[str, tuple[str, str]]] = [
        (
            f"m{n}",
            (f"Village {n} elects Quorven{n}", f"Quorven{n} won {n + 14}3 votes in Tull{n} near Rem{n}, it was said."),
        )
        for n in range(300)
    ]
    for key, told in news:
        made = replace(article(key, *told), content_hash=key)
        wire._scripts[made.id] = ("", analysis(key, {}))
    wire._save([replace(article(key, *told), content_hash=key) for key, told in news])
    wire.assess(limit=100)
    window = wire.desk.window
    assert window is not None
    assert len(window) == 300
    assert (
        sum(len(members) for members in wire.members()) == len({*map(wire.of, (key for key, _ in news))})
        or wire.members()
    )
    assert len({wire.of(key) for key, _ in news}) > 270


def test_a_story_that_nobody_adds_to_is_over_and_goes_on_when_somebody_does(wire: Wire) -> None:
    wire.publish("en", DK, victim="kelvora", status=Status.CONFIRMED)
    closes = wire.policy.closes_after
    (story,) = wire.stories()
    assert as_of(story, story.updated_at + closes - timedelta(seconds=1), closes).state is story.state
    assert as_of(story, story.updated_at + closes, closes).state is StoryState.OVER
    wire.wait(days=15)
    wire.publish("de", (f"{DK_DE[0]}: neue Spur", DK_DE[1]), "de", victim="kelvora", status=Status.CONFIRMED)
    assert as_of(wire.stories()[0], wire.now, closes).state is not StoryState.OVER
