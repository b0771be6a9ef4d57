"""
What stands around a name by the meaning of its words, and for which roles that speaks; of victims, for being under
attack now or not.

Bindings and cues tell what we know to look for. Here every word near a name counts by its class of meaning
(`meanings.py`): those in its sentence, those near it on either side, those right beside it, those of the sentences
before and after. The weights are learnt by `python -m tools.fit_weights`; they hold in all languages, and know no word.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import accumulate, chain

from monitor.domain.lexicon import SignWeights
from monitor.stages.detect.meanings import NUMBER, Codes, MeaningIndex
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.scoring import Packing, read_row

_ODD = re.compile(r"[^\w ]|_")
_MARKS = {",": "m:comma", "?": "m:asks", **dict.fromkeys(":;–—", "m:break"), **dict.fromkeys("()", "m:aside")}
_MARKS |= dict.fromkeys('"“”«»„', "m:quote")
_MARK = re.compile("[" + re.escape("".join(_MARKS)) + "]")
_OTHER, _SELF, _STRANGER = ("m:other",), ("m:self",), ("m:stranger",)
# How many telling words on either side are looked at, how many of them are near, and how many beside.
_REACH, _NEAR, _BESIDE = 8, 3, 1
_REACHES = (_REACH, _NEAR, _BESIDE)
_SIDES = (("L8", "L3", "L1"), ("R8", "R3", "R1"))
_WHERES = ("S", "T", "P", "N", "B", *_SIDES[0], *_SIDES[1])
# Whoever is first named so many sentences after the opening one comes late: compared, asked, or looking on.
_LATE = 2
_MOST = 3.0
# The sums are logits of a model of their own: halved, they are of the size of other parts.
_SHARE = 0.5

# (start, end, sentence, value): where an entity is named (1) or meant (less).
Place = tuple[int, int, int, float]
# What stands around an entity: value -> where (S, T: in its sentence, L1, R8: on which side and how near, P, N: in the
# sentence before or after, B: in the sentence that names it first, where that comes late) -> classes of meaning. What
# stands there with two values has the higher one.
Around = Mapping[float, Mapping[str, Set[str]]]
# (start, end, classes of meaning)
_Token = tuple[int, int, Codes]


class Surroundings:
    """One article as the meanings of its words; each sentence is read when it is first asked for."""

    def __init__(
        self, passage: Passage, named: Mapping[int, Sequence[tuple[int, int, int]]], meanings: MeaningIndex
    ) -> None:
        """*named* holds, by sentence, (start, end, entity) of all names and of words that mean somebody named."""
        self._passage, self._named, self._meanings = passage, named, meanings
        self._opening = next((number for number, one in enumerate(passage.sentences) if not one.in_title), 0)
        self._meant: dict[int, tuple[list[str], list[Codes]]] = {}
        self._tokens: dict[int, list[_Token]] = {}
        self._bags: dict[int, set[str]] = {}

    def around(self, entity: int, places: Iterable[Place]) -> Around:
        """What stands around *entity* at *places*."""
        found: dict[float, dict[str, Set[str]]] = {1.0: {}}
        numbers = set()
        for start, end, number, value in places:
            numbers.add(number)
            self._add(found.setdefault(value, {}), entity, start, end, number)
        whole, first = found[1.0], min(numbers)
        if first >= self._opening + _LATE:
            whole["B"] = self._bag(first)
        whole["P"] = _joined([self._bag(number - 1) for number in numbers])
        whole["N"] = _joined([self._bag(number + 1) for number in numbers])
        return found if len(found) == 1 else dict(_once(found))

    def _add(self, told: dict[str, Set[str]], entity: int, start: int, end: int, number: int) -> None:
        """Add to what is *told* what stands around one place."""
        bag = self._bag(number)
        told["S"] = bag | told["S"] if "S" in told else bag
        if self._passage.sentences[number].in_title:
            told["T"] = bag | told["T"] if "T" in told else bag
        for wheres, codes in zip(_SIDES, self._beside(entity, start, end, number), strict=True):
            for where, most in zip(wheres, _REACHES, strict=True):
                told[where] = set(chain(told.get(where, ()), *codes[:most]))

    def _beside(self, entity: int, start: int, end: int, number: int) -> tuple[list[Codes], list[Codes]]:
        """The telling words, names and marks on either side, the nearest first."""
        tokens = self._read(number)
        # Words and marks follow each other, so that only the nearest need be looked at.
        after = before = bisect_left(tokens, (start,))
        if before and tokens[before - 1][1] > start:
            before -= 1
        after = bisect_left(tokens, (end,), before)
        left, right = tokens[max(before - _REACH, 0) : before], tokens[after : after + _REACH]
        names = [
            (first, last, _SELF if own == entity else _OTHER)
            for first, last, own in self._named.get(number, ())
            if last <= start or first >= end
        ]
        if names:
            left = sorted([*left, *(name for name in names if name[1] <= start)])[-_REACH:]
            right = sorted([*right, *(name for name in names if name[0] >= end)])
        return [codes for _, _, codes in reversed(left)], [codes for _, _, codes in right[:_REACH]]

    def _bag(self, number: int) -> set[str]:
        """What the words of a sentence mean, numbers and names apart; of one that is not there, nothing."""
        bag = self._bags.get(number)
        if bag is None:
            is_there = 0 <= number < len(self._passage.sentences)
            bag = self._bags[number] = set(chain(*self._words(number)[1])) if is_there else set()
            bag.difference_update(NUMBER)
        return bag

    def _read(self, number: int) -> list[_Token]:
        """The words of a sentence that mean something, names apart, and its marks, by position."""
        tokens = self._tokens.get(number)
        if tokens is None:
            sentence, clean = self._passage.sentences[number], self._passage.clean
            capitals_tell = not (sentence.is_headline_case or sentence.is_caps)
            marks = _MARK.finditer(clean, sentence.start, sentence.end)
            tokens = [(mark.start(), mark.end(), (_MARKS[mark[0]],)) for mark in marks]
            words, meant = self._words(number)
            starts = list(accumulate([len(word) + 1 for word in words], initial=sentence.start))
            tokens += [
                (at, at + len(word), codes) for at, word, codes in zip(starts, words, meant, strict=False) if codes
            ]
            if capitals_tell:
                # A word that means nothing and has a capital is the name of somebody that nobody watches.
                tokens += [
                    (at, at + len(word), _STRANGER)
                    for at, word, codes in zip(starts, words, meant, strict=False)
                    if word and not codes and clean[at].isupper() and at > sentence.start
                ]
            tokens.sort()
            self._tokens[number] = tokens
        return tokens

    def _words(self, number: int) -> tuple[list[str], list[Codes]]:
        """The words of a sentence and what they mean, by position: nothing where names, marks and blanks stand."""
        words = self._meant.get(number)
        if words is None:
            sentence = self._passage.sentences[number]
            text = self._passage.norm[sentence.start : sentence.end]
            if not text.replace(" ", "").isalnum():
                text = _ODD.sub(" ", text)
            for first, last, _ in self._named.get(number, ()):
                # A word of which a part is a name says nothing of it.
                start = text.rfind(" ", 0, first - sentence.start) + 1
                end = text.find(" ", last - sentence.start)
                end = len(text) if end < 0 else end
                text = text[:start] + " " * (end - start) + text[end:]
            split = text.split(" ")
            words = self._meant[number] = (split, list(map(self._meanings.told.__getitem__, split)))
        return words


def _joined(bags: Sequence[Set[str]]) -> Set[str]:
    return bags[0] if len(bags) == 1 else set().union(*bags)


def _once(found: Mapping[float, Mapping[str, Set[str]]]) -> Iterator[tuple[float, Mapping[str, Set[str]]]]:
    """What is *found*, each with its highest value only."""
    seen: dict[str, Set[str]] = {}
    for value in sorted(found, reverse=True):
        told = found[value]
        yield value, {where: codes - seen[where] if where in seen else codes for where, codes in told.items()}
        seen.update({where: codes | seen[where] if where in seen else codes for where, codes in told.items()})


def signs_of(around: Around) -> dict[str, float]:
    """What stands around an entity as signs with their values: "L3:steal"."""
    return {f"{where}:{code}": value for value, told in around.items() for where in told for code in told[where]}


class SurroundingsReader:
    """Weighs what stands around names."""

    def __init__(self, learnt: SignWeights) -> None:
        self._names, self._biases = [f"around:{name}" for name in learnt.outcomes], learnt.biases
        self._packing = Packing(len(learnt.outcomes), are_sums_small=True)
        # By where a word stands, the weights of its classes.
        self._rows: dict[str, dict[str, int]] = {where: {} for where in _WHERES}
        for sign, written in learnt.rows.items():
            where, _, code = sign.partition(":")
            self._rows[where][code] = self._packing.pack(read_row(written, len(learnt.outcomes)))

    def parts(self, around: Around) -> dict[str, float]:
        """How much *around* speaks for each outcome, -3 to 3: a part of the model of roles; none without weights."""
        if not self._names:
            return {}
        sums, rows = list(self._biases), self._rows
        for value, told in around.items():
            known = chain.from_iterable([map(rows[where].get, codes) for where, codes in told.items()])
            total = sum(filter(None, known))
            sums = [one + value * more for one, more in zip(sums, self._packing.unpack(total), strict=True)]
        mean = sum(sums) / len(sums)
        scores = [_SHARE * (total - mean) for total in sums]
        if max(scores) > _MOST or min(scores) < -_MOST:
            scores = [max(-_MOST, min(one, _MOST)) for one in scores]
        return dict(zip(self._names, scores, strict=True))
