"""How long ago an article says that something happened: "six weeks after the attack" names its day, in any language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.quantities import number_value
from monitor.stages.group.reading import Shape, Token

AGO = "ago:"
# Before the number, and behind the unit.
_REACH = 2
_MOST = 99
_ONE = frozenset("a one een ein eine einem einer einen un une una um uma".split())
# Who says "two weeks" may mean twelve days; who says "a year" may mean ten months.
_ROUNDED, _VAGUE, _LEAST_DAYS = 0.6, 0.12, 1.5
_YEAR, _SEASON = 365, 90.0
_AHEAD = 1.0


def elapsed_fact(
    tokens: Sequence[Token], index: int, unit: int, at: datetime, lexicon: ConceptLexicon, language: str
) -> str | None:
    """
    The day that a unit of time at *index*, *unit* days long, counts back to, where a word by it says "after" or "ago".

    As a fact: the day, and by how many days it may be off. None where nothing is counted back.
    """
    number = _number(tokens[index - 1], lexicon, language) if index else None
    if number is None:
        return None
    around = (*tokens[max(0, index - 1 - _REACH) : index - 1], *tokens[index + 1 : index + 1 + _REACH])
    if not any("cue:elapsed" in lexicon.concepts_of(token.word, language) for token in around):
        return None
    days = number * unit
    slack = _SEASON if unit >= _YEAR else max(_LEAST_DAYS, _ROUNDED * unit + _VAGUE * days)
    try:
        day = at.date() - timedelta(days=days)
    except OverflowError:
        return None
    return f"{AGO}{day.isoformat()}~{slack:g}"


def _number(before: Token, lexicon: ConceptLexicon, language: str) -> float | None:
    """The number that stands before a unit; an article is a one."""
    if before.shape is Shape.NUMBER:
        value = number_value(before.word)
        return value if value is not None and value <= _MOST else None
    if before.word in _ONE:
        return 1.0
    numbers = (one[4:] for one in lexicon.concepts_of(before.word, language) if one.startswith("num:"))
    return next(map(float, numbers), None)


def counts_back_to(facts: Mapping[str, float], first_at: datetime) -> bool:
    """Whether an article says, not only at its end, how long ago a day was on which or near which *first_at* lies."""
    return any(
        weight >= _AHEAD and abs((day - first_at.date()).days) <= slack for day, slack, weight in _days_back(facts)
    )


def _days_back(facts: Mapping[str, float]) -> Iterable[tuple[date, float, float]]:
    for key, weight in facts.items():
        if key[:4] == AGO:
            day, _, slack = key[4:].partition("~")
            yield date.fromisoformat(day), float(slack), weight
