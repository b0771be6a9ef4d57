"""Which sentences are quoted, and what is marked in them."""

from dataclasses import replace

import pytest

from monitor.domain.finding import Role, Span, Status
from monitor.domain.story import StoryEntity
from monitor.stages.compose.quotes import marked, quotes
from tests.occasions import SOURCES, entity


def shown(sentence: str, *named: StoryEntity) -> str:
    return "".join(f"[{run.text}]" if run.is_marked else run.text for run in marked(sentence, named))


def placed(name: str, sentence: str, *places: tuple[int, int]) -> StoryEntity:
    spans = tuple(Span("evidence", start, end, sentence[start:end]) for start, end in places)
    return replace(entity(name, Role.VICTIM, sentence), marks=spans)


@pytest.mark.parametrize(
    ("sentence", "places", "result"),
    [
        pytest.param("Apple and Apple", ((0, 5), (10, 15)), "[Apple] and [Apple]", id="each place"),
        pytest.param("Apple Inc.", ((0, 5), (0, 10)), "[Apple Inc.]", id="overlapping places: the longer"),
        pytest.param("Hit: Apple", ((5, 99),), "Hit: [Apple]", id="place beyond the end"),
        pytest.param("Hit: APPLE", (), "Hit: [APPLE]", id="no place, but the name"),
        pytest.param("Straße: apple", (), "Straße: [apple]", id="letters that grow when folded"),
        pytest.param("Somebody else", (), "Somebody else", id="not named at all"),
    ],
)
def test_marks(sentence: str, places: tuple[tuple[int, int], ...], result: str) -> None:
    assert shown(sentence, placed("Apple", sentence, *places)) == result


def test_a_long_sentence_is_cut_and_says_so() -> None:
    text = shown("Apple " + "very long " * 200, entity("Apple", Role.VICTIM))
    assert text.startswith("[Apple] very long")
    assert text.endswith("…")
    assert len(text) < 420


def test_companies_with_one_sentence_share_one_quote() -> None:
    sentence = "Apple, Google and Microsoft were there."
    named = [entity(name, Role.MENTIONED, sentence) for name in ("Apple", "Google", "Microsoft")]
    (line,) = quotes(named, SOURCES, 5)
    assert [run.text for run in line.runs if run.is_marked] == ["Apple", "Google", "Microsoft"]
    assert line.url == "https://news.example/apple?id=5"


def test_press_outlets_come_last_and_no_more_than_wanted() -> None:
    cited = entity("Bloomberg", Role.SOURCE, "Bloomberg has seen the list.")
    attacked = entity("Apple", Role.VICTIM, "Apple was hit.", ransomware=Status.CONFIRMED)
    lines = list(quotes([cited, attacked, entity("IBM", Role.MENTIONED)], SOURCES, 5))
    assert [line.text for line in lines] == ["Apple was hit.", "Bloomberg has seen the list."]
    assert len(list(quotes([cited, attacked], SOURCES, 1))) == 1


def test_every_watched_name_in_a_quote_is_marked_whoever_it_is_quoted_for() -> None:
    first = "Tim Cook (Apple) and Pineapple Ltd met IBM."
    apple = replace(placed("Apple", "Tim Cook spoke.", (0, 8)), evidence="Tim Cook spoke.")
    lines = quotes([entity("IBM", Role.VICTIM, first), apple], SOURCES, 5)
    assert [[run.text for run in line.runs if run.is_marked] for line in lines] == [
        ["Tim Cook", "Apple", "IBM"],
        ["Tim Cook"],
    ]
