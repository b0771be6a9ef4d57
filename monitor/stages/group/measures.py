"""The numbers and times in an article, as facts."""

from dataclasses import dataclass
from datetime import datetime

from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.elapsed import elapsed_fact
from monitor.stages.group.notes import Notes
from monitor.stages.group.quantities import (
    day_fact,
    iso_fact,
    month_fact,
    near_day_fact,
    number_fact,
    number_value,
    score_fact,
    weekday_fact,
)
from monitor.stages.group.reading import Shape, Token, millions


@dataclass(slots=True)
class Measures:
    """Reads what is counted, and when, among the tokens of an article that was published *at* a moment."""

    tokens: list[Token]
    at: datetime
    language: str
    lexicon: ConceptLexicon
    notes: Notes

    def number(self, index: int, weight: float) -> int:
        """Note the number at *index*, with the prominence *weight*; answers how many tokens it takes."""
        token = self.tokens[index]
        special = iso_fact(token.word) or score_fact(token.word)
        if special:
            self.notes.add(special, weight)
            return 1
        value = number_value(token.word)
        if value is None:
            return 1
        month = self._ahead(index, "month")
        if month is not None and value <= 31 and value == int(value):
            fact = day_fact(self.at, int(value), int(month))
            if fact:
                self.notes.add(fact, weight)
                return 2
        scale = self._ahead(index, "scale") or millions(self.tokens[index : index + 2])
        after = index + (2 if scale else 1)
        money = token.money or self._kind_at(after, "money") is not None
        percent = token.percent or self._kind_at(after, "unit") == "percent"
        factor = float(scale) if scale else 1.0
        fact = number_fact(value * factor, money=money, percent=percent, scaled=scale is not None)
        if fact:
            self.notes.add(fact, weight)
        return 2 if scale else 1

    def _ahead(self, index: int, kind: str) -> str | None:
        """The value of a structure word right after *index*, over "de" and "." in between."""
        for step in (1, 2):
            found = self._kind_at(index + step, kind)
            if found is not None:
                return found
            between = self.tokens[index + step].word if index + step < len(self.tokens) else "-"
            if between not in ("", "de", "di", "a", "er", "of"):
                return None
        return None

    def _kind_at(self, index: int, kind: str) -> str | None:
        if not 0 <= index < len(self.tokens):
            return None
        for concept in self.lexicon.concepts_of(self.tokens[index].word, self.language):
            head, _, value = concept.partition(":")
            if head == kind:
                return value
        return None

    def time(self, concept: str, index: int, weight: float) -> None:
        """Note the time, or the number in words, that a *concept* of the word at *index* tells of."""
        kind, _, value = concept.partition(":")
        if kind == "weekday":
            is_coming = "1" in {self._kind_at(index - 1, "coming"), self._kind_at(index + 1, "coming")}
            self.notes.add(weekday_fact(self.at, int(value), is_coming=is_coming), weight)
        elif kind == "day":
            self.notes.add(near_day_fact(self.at, int(value)), weight)
        elif kind == "month":
            self._month(int(value), index, weight)
        elif kind == "num":
            self._number_word(float(value), index, weight)
        elif kind == "span":
            fact = elapsed_fact(self.tokens, index, int(value), self.at, self.lexicon, self.language)
            if fact:
                self.notes.add(fact, weight)

    def _month(self, month: int, index: int, weight: float) -> None:
        if self.language in ("en", "de") and self.tokens[index].shape is Shape.LOWER:
            return  # "may", "march"
        after = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if after is not None and after.word.isdigit() and int(after.word) <= 31:
            fact = day_fact(self.at, int(after.word), month)
            if fact:
                self.notes.add(fact, weight)
                return
        self.notes.add(month_fact(self.at, month), weight)

    def _number_word(self, value: float, index: int, weight: float) -> None:
        scale = self._ahead(index, "scale")
        if scale is None:
            return
        after = next(step for step in (1, 2) if self._kind_at(index + step, "scale"))
        money = self._kind_at(index + after + 1, "money") is not None
        fact = number_fact(value * float(scale), money=money, percent=False, scaled=True)
        if fact:
            self.notes.add(fact, weight)
