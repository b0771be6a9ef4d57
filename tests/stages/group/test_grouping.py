"""Grouping: what belongs together, what does not, and the laws that hold whatever comes."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.article import ArticleId
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import SIGN, EditKind, StoryEdit, StoryId
from monitor.stages.group import (
    FactReader,
    Fingerprint,
    GroupWindow,
    apply_edits,
    assign,
    group,
    new_story_id,
    pack,
    split_story_id,
    unpack,
)

START = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)  # a Monday
POLICY = GroupPolicy()
EVALUATION = Path(__file__).parents[2] / "evaluation"

BREACH_EN = (
    "Kelvora says thieves took data of 340,000 customers",
    "The Danish travel agency Kelvora has confirmed that intruders copied names and passport numbers of 340,000 "
    "customers from its booking system on Sunday. The police in Aarhus investigates.",
)
BREACH_DE = (
    "Daten von 340.000 Kunden bei Kelvora gestohlen",
    "Beim dänischen Reiseveranstalter Kelvora haben Unbekannte am Sonntag Namen und Passnummern von 340.000 Kunden "
    "aus dem Buchungssystem kopiert. Die Polizei in Aarhus ermittelt.",
)
BREACH_ES = (
    "Roban datos de 340.000 clientes de la agencia Kelvora",
    "La agencia de viajes danesa Kelvora confirma que unos intrusos copiaron el domingo los nombres y números de "
    "pasaporte de 340.000 clientes. La policía de Aarhus investiga el ataque.",
)
FOLLOW_UP = (
    "Kelvora customers find passports for sale",
    "Passport numbers stolen from the Danish travel agency Kelvora in March are offered on a forum. The company has "
    "told the customers concerned, and the data watchdog asks why that took so long.",
)
OTHER_SHOP = (
    "Bramholt closes web shop after break-in",
    "The Swedish furniture chain Bramholt has taken its web shop offline after hackers were noticed in its network. "
    "Whether customer data was taken is not known yet. The shops are open.",
)
NEW_CHIEF = (
    "Kelvora names Sorensen as chief executive",
    "The board of Kelvora has appointed the head of finance, Ida Sorensen, as chief executive. She succeeds the founder, "
    "who retires in the summer. The shares rose.",
)
SECOND_BREACH = (
    "Kelvora hacked again: second breach in a year",
    "The travel agency Kelvora has been hacked for the second time. On Monday attackers took e-mail addresses and "
    "bookings of some customers, it said. A new attack was feared since the spring.",
)
MATCH_ONE = (
    "Real Madrid beat Barcelona 3-1",
    "Vinicius scored twice on Sunday as Real Madrid won the clásico in the Bernabéu. Barcelona had led at half-time.",
)
MATCH_TWO = (
    "Barcelona beat Real Madrid 2-0 in clásico",
    "Two goals by Yamal gave Barcelona the victory over Real Madrid on Sunday in Montjuïc. It was their tenth win in a row.",
)
RESULTS_Q1 = (
    "Norvik profit rises in first quarter",
    "The Norwegian fish farmer Norvik earned 120 million euros in the first quarter, more than expected. Revenue grew.",
)
RESULTS_Q2 = (
    "Norvik profit falls in second quarter",
    "The Norwegian fish farmer Norvik earned 80 million euros in the second quarter, less than expected. Revenue fell.",
)


def fingerprint(reader: FactReader, name: str, article: tuple[str, str], days: float = 0.0) -> Fingerprint:
    return reader.fingerprint(name, *article, START + timedelta(days=days))


def new_window(reader: FactReader, policy: GroupPolicy = POLICY) -> GroupWindow:
    return GroupWindow(policy, load_group_weights(), reader.lexicon.priors)


def stories_of(reader: FactReader, *articles: tuple[tuple[str, str], float]) -> list[str]:
    """The story of each article, as a letter in the order in which the stories were opened."""
    window = new_window(reader)
    prints = [fingerprint(reader, str(n), article, days) for n, (article, days) in enumerate(articles)]
    letters: dict[str, str] = {}
    joins = {join.article_id: join.story_id for join in group(prints, window, POLICY)}
    return [letters.setdefault(joins[ArticleId(one.article_id)], "abcdefgh"[len(letters)]) for one in prints]


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        pytest.param([(BREACH_EN, 0), (BREACH_DE, 0.1), (BREACH_ES, 0.3)], "aaa", id="one event in three languages"),
        pytest.param([(BREACH_DE, 0), (FOLLOW_UP, 12)], "aa", id="a follow-up after days"),
        pytest.param([(BREACH_EN, 0), (OTHER_SHOP, 1)], "ab", id="two shops hit in one week"),
        pytest.param([(BREACH_EN, 0), (NEW_CHIEF, 2)], "ab", id="a breach and a new chief"),
        pytest.param([(BREACH_EN, 0), (SECOND_BREACH, 330)], "ab", id="hacked twice a year apart"),
        pytest.param([(MATCH_ONE, 0), (MATCH_TWO, 160)], "ab", id="two matches of the same clubs"),
        pytest.param([(RESULTS_Q1, 0), (RESULTS_Q2, 91)], "ab", id="two quarters of one company"),
    ],
)
def test_what_belongs_together(
    reader: FactReader, articles: list[tuple[tuple[str, str], float]], expected: str
) -> None:
    assert "".join(stories_of(reader, *articles)) == expected


def test_a_join_tells_the_shared_facts(reader: FactReader) -> None:
    window = new_window(reader)
    _, join = group([fingerprint(reader, "1", BREACH_EN), fingerprint(reader, "2", BREACH_DE, 0.1)], window, POLICY)
    told = {(kind, value) for kind, value, weight in join.shared if weight > 0}
    assert {("name", "kelvora"), ("number", "340000"), ("name", "aarhus"), ("country", "dk")} <= told


def test_the_same_wire_text_is_a_copy_and_an_edit_keeps_its_story(reader: FactReader) -> None:
    window = new_window(reader)
    wired = (f"UPDATE 1-{BREACH_EN[0]}", BREACH_EN[1] + " (Reporting by our desk)")
    first, copy = group([fingerprint(reader, "1", BREACH_EN), fingerprint(reader, "2", wired, 0.05)], window, POLICY)
    assert (copy.story_id, copy.duplicate_of) == (first.story_id, "1")
    edited = assign(fingerprint(reader, "2", (wired[0], wired[1] + " Corrects the number."), 0.05), window, POLICY)
    assert edited.story_id == first.story_id
    assert len(window) == 2


def test_undated_articles_join_stories_of_any_time(reader: FactReader) -> None:
    window = new_window(reader)
    first = assign(fingerprint(reader, "1", BREACH_EN), window, POLICY)
    undated = reader.fingerprint("2", *BREACH_DE, START + timedelta(days=900), is_dated=False)
    assert assign(undated, window, POLICY).story_id == first.story_id


ARTICLES = [BREACH_EN, BREACH_DE, BREACH_ES, OTHER_SHOP, NEW_CHIEF, MATCH_ONE, RESULTS_Q1]
LAWS = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAWS
@given(order=st.permutations(range(len(ARTICLES))))
def test_order_within_a_minute_does_not_matter(reader: FactReader, order: list[int]) -> None:
    prints = [fingerprint(reader, str(n), article, n / 86_400) for n, article in enumerate(ARTICLES)]
    expected = {join.article_id: join.story_id for join in group(prints, new_window(reader), POLICY)}
    found = {join.article_id: join.story_id for join in group([prints[n] for n in order], new_window(reader), POLICY)}
    assert found == expected


@LAWS
@given(chosen=st.lists(st.tuples(st.sampled_from(range(len(ARTICLES))), st.integers(0, 40)), max_size=12))
def test_grouping_twice_is_grouping_once(reader: FactReader, chosen: list[tuple[int, int]]) -> None:
    prints = [fingerprint(reader, f"{n}-{day}", ARTICLES[n], day) for n, day in chosen]
    window = new_window(reader)
    once = {join.article_id: join.story_id for join in group(prints, window, POLICY)}
    size, stories = len(window), {story_id: len(story.members) for story_id, story in window.stories.items()}
    again = {join.article_id: join.story_id for join in group(prints, window, POLICY)}
    assert again == once
    assert (len(window), {story_id: len(story.members) for story_id, story in window.stories.items()}) == (
        size,
        stories,
    )
    fresh = {join.article_id: join.story_id for join in group(prints, new_window(reader), POLICY)}
    assert fresh == once


@LAWS
@given(days=st.lists(st.floats(-3_000, 3_000), min_size=1, max_size=8))
def test_clocks_may_jump(reader: FactReader, days: list[float]) -> None:
    prints = [fingerprint(reader, str(n), ARTICLES[n % len(ARTICLES)], day) for n, day in enumerate(days)]
    window = new_window(reader)
    joins = list(itertools.chain.from_iterable(group([one], window, POLICY) for one in prints))
    assert [join.article_id for join in joins] == [one.article_id for one in prints]
    # However they came, each that is still in the window stands in one story, and stays there when it comes again.
    members = [key for story in window.stories.values() for key in story.members]
    assert len(members) == len(set(members)) == len(window)
    held = {key: window.story_of(ArticleId(key)) for key in members}
    again = {join.article_id: join.story_id for join in group(prints, window, POLICY) if join.article_id in held}
    assert again == held


def test_the_window_is_bounded_and_forgets_the_oldest(reader: FactReader) -> None:
    policy = GroupPolicy(max_articles=5)
    window = new_window(reader, policy)
    for number in range(40):
        assign(
            fingerprint(
                reader, str(number), (f"Event {number}", f"Quorven{number} told of {number}7,123 things."), number
            ),
            window,
            policy,
        )
    assert len(window) == 5
    assert window.story_of(ArticleId("0")) is None
    assert window.story_of(ArticleId("39")) is not None
    assert sum(len(story.members) for story in window.stories.values()) == 5


def test_a_flood_of_one_story_stays_bounded(reader: FactReader) -> None:
    policy = GroupPolicy(story_facts=60)
    window = new_window(reader, policy)
    for number in range(300):
        text = f"{BREACH_EN[1]} Witness Orlen{number} Vask{number} saw {number}5,111 lamps near Tull{number} in Rem{number}."
        window.add(fingerprint(reader, str(number), (BREACH_EN[0], text), number / 1_000), StoryId("st-flood"))
    story = window.stories[StoryId("st-flood")]
    assert len(story.members) == 300
    assert len(story.facts) <= 2 * policy.story_facts
    assert story.strength("n:kelvora") > 0.9


def test_a_restart_resumes_where_it_was(reader: FactReader) -> None:
    window = new_window(reader)
    prints = [fingerprint(reader, "1", BREACH_EN), fingerprint(reader, "2", OTHER_SHOP, 1)]
    joins = group(prints, window, POLICY)
    again = new_window(reader)
    for one, join in zip(prints, joins, strict=True):
        again.add(unpack(pack(one)), join.story_id)
    late = fingerprint(reader, "3", BREACH_ES, 2)
    resumed, uninterrupted = assign(late, again, POLICY), assign(late, window, POLICY)
    assert resumed.story_id == uninterrupted.story_id
    assert [fact[:2] for fact in resumed.shared] == [fact[:2] for fact in uninterrupted.shared]
    # How long a story is was measured when it grew, here and there at another time.
    weights = [[weight for _, _, weight in join.shared] for join in (resumed, uninterrupted)]
    assert weights[0] == pytest.approx(weights[1], abs=0.02)


def test_late_evidence_merges_two_stories_and_tells_of_it(reader: FactReader) -> None:
    window = new_window(reader)
    window.add(fingerprint(reader, "1", BREACH_EN), StoryId("st-one"))
    window.add(fingerprint(reader, "2", BREACH_DE, 0.1), StoryId("st-two"))
    (join,) = group([fingerprint(reader, "3", BREACH_ES, 0.2)], window, POLICY)
    assert join.story_id == "st-one"
    assert window.take_merges() == (("st-two", "st-one"),)
    assert window.take_merges() == ()
    assert set(window.stories) == {"st-one"}


@pytest.mark.parametrize("facts", [3, 10])
def test_stories_that_forgot_some_of_what_they_told_are_merged_all_the_same(reader: FactReader, facts: int) -> None:
    lines = (EVALUATION / "stories.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    policy = GroupPolicy(story_facts=facts, join=0.3, merge=0.3)
    window = GroupWindow(policy, load_group_weights(), {})
    prints = [
        reader.fingerprint(row["id"], row["title"], row["text"], datetime.fromisoformat(row["published"]))
        for row in rows
    ]
    assert len(group(prints, window, policy)) == len(rows)
    assert window.take_merges()


def test_what_people_said_sticks(reader: FactReader) -> None:
    window = new_window(reader)
    window.add(fingerprint(reader, "1", BREACH_EN), StoryId("st-one"))
    window.add(fingerprint(reader, "2", BREACH_DE, 0.1), StoryId("st-two"))
    apply_edits([StoryEdit(EditKind.PIN, StoryId("st-two"))], window)
    group([fingerprint(reader, "3", BREACH_ES, 0.2)], window, POLICY)
    assert {"st-one", "st-two"} <= set(window.stories), "a pinned story is not merged by itself"
    apply_edits([StoryEdit(EditKind.MERGE, StoryId("st-one"), "st-two")], window)
    assert set(window.stories) == {"st-one"}, "but by a person"
    leave = StoryEdit(EditKind.SPLIT, StoryId("st-one"), "2")
    apply_edits([leave, leave], window)
    assert window.story_of(ArticleId("2")) == split_story_id(ArticleId("2"), StoryId("st-one"))
    assert len(window.stories[StoryId("st-one")].members) == 2


MUSEUM_EN = (
    "Thieves take bronze horse from Zwolle museum",
    "A bronze horse by Aldert Ruys was stolen from the museum of Zwolle before dawn on Monday. The police in Overijssel "
    "is looking for a white van.",
)
MUSEUM_NL = (
    "Bronzen paard van Aldert Ruys teruggevonden in sloot bij Zwolle",
    "Het bronzen paard dat maandag uit het museum van Zwolle werd gestolen, lag in een sloot. De politie in Overijssel "
    "zoekt nog naar een witte bestelbus.",
)


def united(reader: FactReader, *, was_restarted: bool) -> GroupWindow:
    """Two stories that nothing joins but a person's word, the first of them the larger by far."""
    window = new_window(reader)
    for number, text in enumerate((BREACH_EN, BREACH_DE, BREACH_ES, FOLLOW_UP) * 6):
        window.add(fingerprint(reader, f"b{number}", text, number / 100), StoryId("st-breach"))
    window.add(fingerprint(reader, "m1", MUSEUM_EN, 0.5), StoryId("st-breach" if was_restarted else "st-museum"))
    apply_edits([StoryEdit(EditKind.MERGE, StoryId("st-breach"), "st-museum")], window)
    return window


@pytest.mark.parametrize("was_restarted", [False, True])
def test_follow_ups_of_both_halves_join_what_a_person_merged(reader: FactReader, was_restarted: bool) -> None:
    window = united(reader, was_restarted=was_restarted)
    late = [fingerprint(reader, "m2", MUSEUM_NL, 2), fingerprint(reader, "b9", FOLLOW_UP, 2)]
    assert {join.story_id for join in group(late, window, POLICY)} == {"st-breach"}
    (other,) = group([fingerprint(reader, "o1", OTHER_SHOP, 2)], window, POLICY)
    assert other.story_id != "st-breach"


def test_a_long_half_does_not_make_a_merged_story_forget_the_short_one(reader: FactReader) -> None:
    policy = GroupPolicy(story_facts=60)
    window = new_window(reader, policy)
    window.add(fingerprint(reader, "m1", MUSEUM_EN), StoryId("st-museum"))
    window.add(fingerprint(reader, "b0", BREACH_EN), StoryId("st-breach"))
    apply_edits([StoryEdit(EditKind.MERGE, StoryId("st-breach"), "st-museum")], window)
    for number in range(60):
        text = f"{BREACH_EN[1]} Witness Orlen{number} Vask{number} saw {number}5,111 lamps near Tull{number} in Rem{number}."
        (join,) = group([fingerprint(reader, f"b{number}x", (BREACH_EN[0], text), number / 1_000)], window, policy)
        assert join.story_id == "st-breach"
    (join,) = group([fingerprint(reader, "m2", MUSEUM_NL, 2)], window, policy)
    assert join.story_id == "st-breach"


def test_a_merged_story_that_is_merged_again_keeps_its_halves(reader: FactReader) -> None:
    window = united(reader, was_restarted=False)
    window.merge(StoryId("st-older"), StoryId("st-breach"))
    (join,) = group([fingerprint(reader, "m2", MUSEUM_NL, 2)], window, POLICY)
    assert join.story_id == "st-older"


def test_halves_lose_what_the_window_forgets(reader: FactReader) -> None:
    window = united(reader, was_restarted=False)
    group([fingerprint(reader, "b9", FOLLOW_UP, 1)], window, POLICY)
    window.move(ArticleId("m1"), StoryId("st-elsewhere"))
    (join,) = group([fingerprint(reader, "m2", MUSEUM_NL, 2)], window, POLICY)
    assert join.story_id == "st-elsewhere"
    window.forget_before(START + timedelta(days=30))
    assert not window.stories


def test_story_ids_derive_from_the_first_article() -> None:
    assert new_story_id(ArticleId("x")) == new_story_id(ArticleId("x"))
    assert new_story_id(ArticleId("x")) != new_story_id(ArticleId("y"))


@LAWS
@given(chosen=st.lists(st.tuples(st.sampled_from(range(len(ARTICLES))), st.integers(0, 20)), max_size=12))
def test_no_join_without_stored_facts(reader: FactReader, chosen: list[tuple[int, int]]) -> None:
    window = new_window(reader)
    joins = group([fingerprint(reader, f"{n}-{day}", ARTICLES[n], day) for n, day in chosen], window, POLICY)
    bridges = {join.article_id for join in window.take_bridges()}
    merged = {gone for gone, _ in window.take_merges()}
    for join in joins:
        opened = new_story_id(join.article_id)
        assert join.shared or join.story_id == opened or (opened in merged and join.article_id in bridges)
        assert all(kind and value and (weight > 0 or kind == SIGN) for kind, value, weight in join.shared)
        assert not join.shared or join.score > 0
