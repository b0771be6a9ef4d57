"""
What stands around a name by the meaning of its words, and for which roles that speaks.

Bindings and cues tell what we know to look for. Here every word near a name counts by its class of meaning
(`meanings.py`): those in its sentence, those near it on either side, those right beside it, those of the sentences
before and after. The weights are learnt by `python -m tools.fit_weights`; they hold in all languages, and know no word.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from monitor.domain.lexicon import Wording
from monitor.stages.detect.meanings import MeaningIndex
from monitor.stages.detect.passage import Passage, Sentence

_WORD = re.compile(r"[^\W_]+")
_MARKS = {",": "m:comma", "?": "m:asks", **dict.fromkeys(":;–—", "m:break"), **dict.fromkeys("()", "m:aside")}
_MARKS |= dict.fromkeys('"“”«»„', "m:quote")
_MARK = re.compile("[" + re.escape("".join(_MARKS)) + "]")
_NUMBER, _OTHER, _SELF, _STRANGER = ("m:number",), ("m:other",), ("m:self",), ("m:stranger",)
# How many telling words on either side are looked at, how many of them are near, and how many beside.
_REACH, _NEAR, _BESIDE = 8, 3, 1
_MOST = 3.0
# The sums are logits of a model of their own: halved, they are of the size of other parts.
_SHARE = 0.5

# (start, end, sentence, value): where an entity is named (1) or meant (less).
Place = tuple[int, int, int, float]
# (start, end, classes of meaning)
_Token = tuple[int, int, tuple[str, ...]]


class Surroundings:
    """One article as the meanings of its words; each sentence is read when it is first asked for."""

    def __init__(
        self, passage: Passage, named: Mapping[int, Sequence[tuple[int, int, int]]], meanings: MeaningIndex
    ) -> None:
        """*named* holds, by sentence, (start, end, entity) of all names and of words that mean somebody named."""
        self._passage, self._named, self._meanings = passage, named, meanings
        self._tokens: dict[int, list[_Token]] = {}
        self._bags: dict[int, frozenset[str]] = {}

    def signs(self, entity: int, places: Iterable[Place]) -> dict[str, float]:
        """What stands around *entity* at *places*: sign -> value in (0, 1]."""
        signs: dict[str, float] = {}
        numbers = set()
        for start, end, number, value in places:
            numbers.add(number)
            for sign in self._around(entity, start, end, number):
                if signs.get(sign, 0.0) < value:
                    signs[sign] = value
        for number in numbers:
            for side, beside in (("P", number - 1), ("N", number + 1)):
                signs.update((f"{side}:{code}", 1.0) for code in self._bag(beside))
        return signs

    def _around(self, entity: int, start: int, end: int, number: int) -> Iterable[str]:
        kind = "T" if self._passage.sentences[number].in_title else ""
        for code in self._bag(number):
            yield f"S:{code}"
            if kind:
                yield f"T:{code}"
        tokens = self._read(number) + self._names(number, entity)
        left = sorted((token for token in tokens if token[1] <= start), reverse=True)[:_REACH]
        right = sorted(token for token in tokens if token[0] >= end)[:_REACH]
        for side, words in (("L", left), ("R", right)):
            for place, (_, _, codes) in enumerate(words):
                for code in codes:
                    yield f"{side}8:{code}"
                    if place < _NEAR:
                        yield f"{side}3:{code}"
                    if place < _BESIDE:
                        yield f"{side}1:{code}"

    def _names(self, number: int, entity: int) -> list[_Token]:
        return [(start, end, _SELF if own == entity else _OTHER) for start, end, own in self._named.get(number, ())]

    def _stranger(self, sentence: Sentence, start: int) -> tuple[str, ...]:
        """A word that means nothing and has a capital is the name of somebody that nobody watches."""
        is_named = start > sentence.start and self._passage.clean[start].isupper()
        return _STRANGER if is_named and not (sentence.is_headline_case or sentence.is_caps) else ()

    def _bag(self, number: int) -> frozenset[str]:
        bag = self._bags.get(number)
        if bag is None:
            is_there = 0 <= number < len(self._passage.sentences)
            read = self._read(number) if is_there else []
            codes = (code for _, _, own in read for code in own if code[:2] != "m:")
            bag = self._bags[number] = frozenset(codes)
        return bag

    def _read(self, number: int) -> list[_Token]:
        """The words of a sentence that mean something, names apart, and its marks."""
        tokens = self._tokens.get(number)
        if tokens is None:
            sentence, passage = self._passage.sentences[number], self._passage
            named = [(start, end) for start, end, _ in self._named.get(number, ())]
            tokens = [
                (mark.start(), mark.end(), (_MARKS[mark[0]],))
                for mark in _MARK.finditer(passage.clean, sentence.start, sentence.end)
            ]
            for word in _WORD.finditer(passage.norm, sentence.start, sentence.end):
                start, end = word.span()
                codes = _NUMBER if word[0].isdigit() else self._meanings.of(word[0]) or self._stranger(sentence, start)
                if codes and not any(start < last and first < end for first, last in named):
                    tokens.append((start, end, codes))
            self._tokens[number] = tokens
        return tokens


class SurroundingsReader:
    """Weighs what stands around names."""

    def __init__(self, learnt: Wording) -> None:
        self._outcomes, self._biases = learnt.outcomes, learnt.biases
        self._rows = {sign: _row(written, len(learnt.outcomes)) for sign, written in learnt.rows.items()}

    def parts(self, signs: Mapping[str, float]) -> dict[str, float]:
        """For each role how much *signs* speak for it: a part of the model of roles, -3 to 3; none without weights."""
        if not self._outcomes:
            return {}
        sums = list(self._biases)
        # In an order of their own: the same article must come out alike in every process.
        for sign, value in sorted(signs.items()):
            for place, weight in enumerate(self._rows.get(sign, ())):
                sums[place] += weight * value
        mean = sum(sums) / len(sums)
        scores = zip(self._outcomes, sums, strict=True)
        return {f"around:{name}": max(-_MOST, min(_SHARE * (total - mean), _MOST)) for name, total in scores}


def _row(written: str, size: int) -> tuple[float, ...]:
    row = [0.0] * size
    for pair in written.split():
        number, _, weight = pair.partition(":")
        row[int(number)] = float(weight)
    return tuple(row)
