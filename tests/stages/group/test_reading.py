"""Tests for how texts are cut into tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.group.aliases import alias_index
from monitor.stages.group.reading import Token, Tokeniser, words_of

TEXTS = (
    "Acme|was|hit.|(yesterday)|–|word—|\n|a\tb|$|5|1.000,5|%|M&S|&|l'Équipe|Co-op|U.S.|CVE-2024-1234|“Quoted”|a:\n\nB"
)
PIECES = st.sampled_from([*TEXTS.split("|"), "https://x.example/y", "\u00a0", "", "ß", "|", "x" * 50])
WARM = Tokeniser()


def at_once(text: str, most: int) -> list[Token]:
    """The tokens of *text*, cut as one piece."""
    tokens: list[Token] = []
    Tokeniser()._cut_piece(text, 0, len(text), (True, False), tokens, most)
    return tokens


@given(st.lists(PIECES, max_size=40), st.sampled_from([" ", "", " \n"]), st.integers(1, 60))
def test_piece_by_piece_gives_what_the_whole_gives(pieces: list[str], joint: str, most: int) -> None:
    text = joint.join(pieces)
    tokens, words = WARM.read("", text, most)
    assert tokens[1:] == at_once(text, most)
    assert words == words_of(tokens)
    assert WARM.read("", text, most) == (tokens, words)


def test_a_dash_at_the_end_is_no_end_of_a_sentence() -> None:
    words = Tokeniser()
    assert len(words.read("", "one – two", 20)[0]) == 4
    assert len(words.read("", "one –", 20)[0]) == 2


@pytest.mark.parametrize("name", ["3 UK", "9News", "Channel 4", "1&1", "3M"])
def test_a_name_that_only_a_figure_tells_from_any_word_is_left_out(name: str) -> None:
    assert alias_index([(name, "x")], Tokeniser()) == {}


@pytest.mark.parametrize(
    "name",
    [
        "Crédit Mutuel",
        "Müller",
        "FC Łódź",
        "Κύπρος Air",
        "ИТАР ТАСС",
        "La Razón",
        "L'Équipe",
        "Yahoo!",
        "23andMe",
        "AT&T",
    ],
)
def test_a_name_is_indexed_under_the_words_that_a_text_has_of_it(name: str) -> None:
    tokeniser = Tokeniser()
    ((first, rests),) = alias_index([(name, "x")], tokeniser).items()
    (alias,) = rests
    assert [first, *alias.rest] == tokeniser.read("", f"They met {name} today", 20)[1][2:-1]
    assert alias.entity == "x"


@pytest.mark.parametrize(("name", "is_caps"), [("TIM", True), ("Tim", False), ("LA POSTE", False)])
def test_capitals_tell_of_a_name_of_one_word(name: str, is_caps: bool) -> None:
    ((alias,),) = alias_index([(name, "x")], Tokeniser()).values()
    assert alias.is_caps is is_caps
