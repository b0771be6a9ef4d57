"""How long ago something was: "six weeks after the attack" is a day, and it ties a follow-up to the event of that day."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.stages.group import FactReader
from monitor.stages.group.elapsed import AGO, counts_back_to

NOW = datetime(2025, 6, 20, 8, 0, tzinfo=UTC)


def days_back(reader: FactReader, language: str, text: str) -> list[str]:
    print_ = reader.fingerprint("a", "Xyz", f"Xyz. {text}. Xyz xyz.", NOW, language=language)
    return [key[len(AGO) :].partition("~")[0] for key, _ in print_.facts if key.startswith(AGO)]


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Six weeks after ransomware struck, it sells again", "2025-05-09"),
        ("en", "A week later it paid", "2025-06-13"),
        ("nl", "Na elf dagen rijden de treinen", "2025-06-09"),
        ("de", "Fünf Monate nach der Übernahme", "2025-01-21"),
        ("de", "Ein Jahr nach dem Untergang der Fähre", "2024-06-20"),
        ("fr", "Une semaine après le départ", "2025-06-13"),
        ("fr", "Deux semaines plus tard", "2025-06-06"),
        ("es", "Cinco meses después avisa", "2025-01-21"),
        ("it", "Quattro mesi dopo il primo attacco", "2025-02-20"),
        ("pt", "Duas semanas depois o banco", "2025-06-06"),
    ],
)
def test_a_span_before_now_is_a_day(reader: FactReader, language: str, text: str, day: str) -> None:
    assert days_back(reader, language, text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "Later this week they meet",
        "It was robbed 10 days ago",
        "It ran for six weeks",
        "The first day after",
        "1,100 days after the fire",
    ],
)
def test_no_span_before_now(reader: FactReader, text: str) -> None:
    assert days_back(reader, "en", text) == []


@pytest.mark.parametrize(
    ("days", "where", "is_meant"),
    [
        pytest.param(43, "ahead", True, id="six weeks and a day"),
        pytest.param(58, "ahead", False, id="eight weeks are not six"),
        pytest.param(43, "at the end", False, id="what is recalled at the end is another event"),
    ],
)
def test_it_counts_back_to_the_event(reader: FactReader, days: int, where: str, is_meant: bool) -> None:
    span = "Six weeks after the attack it sells again."
    texts = {"ahead": f"{span} All is well. Nobody was hurt.", "at the end": f"All is well. Nobody was hurt. {span}"}
    facts = dict(reader.fingerprint("a", "Shop sells again", texts[where], NOW, language="en").facts)
    assert counts_back_to(facts, NOW - timedelta(days=days)) is is_meant
