"""The numbers and times in an article, as facts."""

from dataclasses import dataclass, field
from datetime import datetime

from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.elapsed import elapsed_fact
from monitor.stages.group.notes import Notes
from monitor.stages.group.numerals import Numerals, number_of
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

_THOUSAND, _MILLION = 1e3, 1e6
# What may stand between a number and what is counted in it: "Mio. Euro", "millions d'euros", "half a million".
_BETWEEN = frozenset({"", "de", "di", "a", "er", "of"})


@dataclass(slots=True)
class Measures:
    """Reads what is counted, and when, among the tokens of an article that was published *at* a moment."""

    tokens: list[Token]
    at: datetime
    language: str
    lexicon: ConceptLexicon
    notes: Notes
    # What is counted, with "$" where it is money: facts leave that out where outlets may.
    figures: list[tuple[float, str]] = field(default_factory=list)

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
        value *= float(scale) if scale else 1.0
        fact = number_fact(value, money=money, percent=percent, scaled=scale is not None)
        if fact:
            self.notes.add(fact, weight)
        if fact and not percent:
            # "2 mil milhões": thousands of millions.
            further = self._kind_at(after, "scale") if scale and float(scale) == _THOUSAND else None
            unit_at = after if further is None else after + 1
            is_money = money or self._ahead(unit_at - 1, "money") is not None
            self._count(value * float(further or 1), is_money=is_money)
        return after - index

    def _count(self, value: float, *, is_money: bool) -> None:
        self.figures.append((float(f"{value:.3g}"), "$" if is_money else ""))

    def _ahead(self, index: int, kind: str) -> str | None:
        """The value of a structure word right after *index*, over "de" and "." in between."""
        for step in (1, 2):
            found = self._kind_at(index + step, kind)
            if found is not None:
                return found
            if self._word(index + step) not in _BETWEEN:
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
        elif kind == "num" and float(value) < _THOUSAND:
            self._number_word(float(value), index, weight)
        elif kind in {"num", "scale"}:
            self._number_words(index, is_whole=kind == "num")
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
        # As the weights of grouping were learnt: by the last word before the scale.
        scale = self._ahead(index, "scale")
        if scale is None:
            return
        after = next(step for step in (1, 2) if self._kind_at(index + step, "scale"))
        money = self._kind_at(index + after + 1, "money") is not None
        fact = number_fact(value * float(scale), money=money, percent=False, scaled=True)
        if fact:
            self.notes.add(fact, weight)

    def _number_words(self, index: int, *, is_whole: bool) -> None:
        """Count the number in words that ends at *index*, a scale or a *whole* number: "twenty-five million"."""
        numerals = self.lexicon.numerals(self.language)
        own, following = numerals[self._word(index)], self._kind_at(index + 1, "scale")
        if not own or (following is not None and float(following) > own[-1]):
            return
        parts, is_money = (*self._counted_before(index, numerals), *own), self._ahead(index, "money") is not None
        if len(parts) > 1 or is_whole or (own[0] >= _MILLION and self._is_one(index - 1)):
            self._count(number_of(parts), is_money=is_money)

    def _counted_before(self, index: int, numerals: Numerals) -> list[float]:
        """The numbers in words right before *index*: "half a", "three and a half", "twenty-five"."""
        parts: list[float] = []
        place = index - 1
        if self._word(place) in _BETWEEN and numerals[self._word(place - 1)]:
            place -= 1
        while place >= 0:
            found, is_of_half = numerals[self._word(place)], bool(parts) and parts[0] < 1 and self._is_one(place)
            if not found and not is_of_half and not (parts and self._word(place) in numerals.joiners):
                break
            parts[:0] = found
            place -= 1
        # What follows a number in digits was counted with it: "2 mil milhões".
        return [] if place >= 0 and self.tokens[place].shape is Shape.NUMBER else parts

    def _word(self, index: int) -> str:
        return self.tokens[index].word if 0 <= index < len(self.tokens) else "-"

    def _is_one(self, index: int) -> bool:
        return self._word(index) in self.lexicon.ones(self.language)
