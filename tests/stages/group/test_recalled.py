"""What stands at the end of a text, and what is misread as another event: a quarter and a year, a storm and a company."""

from datetime import UTC, datetime

import pytest

from monitor.stages.group import FactReader
from monitor.stages.group.reading import Tokeniser, last_sentence
from tests.stages.group.streams import POLICY, Told, in_letters, joins_of

START = datetime(2025, 6, 2, 8, 0, tzinfo=UTC)
SALE: list[Told] = [
    (0, "Strike stops ferries of Ordwin Lines", "Crews of Ordwin Lines walked off the job at midnight and cut off the islands north of Velkamp. The union wants a pay rise. The employer offers less."),
    (2, "Fund to buy Ordwin Lines", "Pontelva Capital of Sarnia negotiates a takeover. The family would keep a tenth of the shares. The crews are on strike."),
]  # fmt: skip
RESULTS: list[Told] = [
    (0, "Profit of Dravelle doubles in first quarter", "Net profit of Dravelle rose to €820m. Fares rose by a fifth."),
    (0.1, "Dravelle verdoppelt Gewinn", "Dravelle hat 820 Millionen Euro verdient. Für das Gesamtjahr nennt Dravelle kein Ziel."),
]  # fmt: skip
STORM: list[Told] = [
    (0, "La tempête Ondra frappe Velkamp", "La tempête Ondra a balayé Velkamp dans la nuit. Deux personnes sont mortes à Velkamp."),
    (5, "Après Ondra, Velkamp reste dans le noir", "Quatre jours après la tempête, Kelmel répare le réseau de Velkamp. Le bilan reste de deux morts après Ondra."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        pytest.param(SALE, "ab", id="another kind of event, and the first one recalled"),
        pytest.param(RESULTS, "aa", id="of the same day, a quarter and the year"),
        pytest.param(STORM, "aa", id="who repairs after a storm is no other storm"),
    ],
)
def test_what_is_recalled_and_what_is_misread(reader: FactReader, told: list[Told], wanted: str) -> None:
    assert in_letters(joins_of(reader, told, START)) == wanted


def test_the_end_of_a_text_says_less_than_its_beginning(reader: FactReader) -> None:
    text = "Ordwin pays a fine in Velkamp. The court was clear. Last week hackers robbed it."
    facts = dict(reader.fingerprint("a", "Fine for Ordwin", text, START).facts)
    assert facts["wor:court"] == 1.0
    assert facts["cyb:hack"] == POLICY.later_weight


@pytest.mark.parametrize(
    ("text", "end"),
    [
        pytest.param("One thing. Two things. Three of them.", "three", id="of three"),
        pytest.param("One thing. Two things. Three of them", "three", id="without a full stop"),
        pytest.param("One thing. Two of them.", None, id="two are all of it"),
        pytest.param("", None, id="none"),
    ],
)
def test_where_the_last_sentence_begins(text: str, end: str | None) -> None:
    tokens, _ = Tokeniser().read("Title", text, 100)
    at = last_sentence(tokens)
    assert (tokens[at].word if at < len(tokens) else None) == end
