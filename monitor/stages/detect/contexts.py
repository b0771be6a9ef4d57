"""
What stands around a word that could be a name, and in its article, by the meaning of the words: whether that speaks for
the company or for something else.

"Orange" beside a price plan is a company, beside a peel it is none. Every word near the name and in the article counts
by its class of meaning (`meanings.py`), and so do the kind and the trade of who bears the name, and the language. The
weights are learnt by `python -m tools.fit_weights`; they hold in all languages, and know no word. Each sign has two:
one for names that are nothing but names, one for those that are words, places or people as well.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, repeat

from monitor.domain.lexicon import SignWeights
from monitor.domain.watchlist import Entity
from monitor.stages.detect.meanings import MeaningIndex
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.scoring import Packing, read_row
from monitor.stages.detect.senses import Sighting

# What names are, as far as letters tell: the outcomes of the table.
OWN, WORD = "own", "word"
_OWN_WORDS = frozenset({"word:own", "words:several"})
_KNOWN = "known:"
# The sum is held to this much. A name that is nothing else is hardly ever anything else: little speaks against it.
_MOST, _LEAST = 3.0, {OWN: -1.0, WORD: -3.0}
# (where, classes of meaning): A the article, S the sentence, T the same as a title, L1 to R3 the nearest word on either
# side and the nearest three, K who bears the name.
Told = Iterator[tuple[str, Collection[str]]]
_WHERES = ("A", "K", "S", "T", "L1", "L3", "R1", "R3")
# Three words are no longer than this.
_REACH = 48


def sort_of(sighting: Sighting) -> str:
    """Whether the letters are a name and nothing else, as far as our lists know."""
    parts = sighting.parts
    return WORD if parts.keys().isdisjoint(_OWN_WORDS) or any(part.startswith(_KNOWN) for part in parts) else OWN


class Contexts:
    """One article, for all words in it that could be names."""

    def __init__(self, passage: Passage, meanings: MeaningIndex) -> None:
        self._passage, self._meant = passage, meanings.of
        self._article = self._of(passage.words)
        # What was added up of a sentence, by its number: several names stand in one.
        self.sums: dict[int, int] = {}

    def told(self, sighting: Sighting, entity: Entity) -> Told:
        """All that bears on whether *sighting* is *entity*."""
        return chain(self.of_sentence(sighting.sentence), self.of_entity(entity), self.beside(sighting))

    def of_sentence(self, number: int) -> Told:
        """The article and a sentence of it."""
        sentence = self._passage.sentences[number]
        codes = self._of(self._passage.norm[sentence.start : sentence.end].split())
        yield "A", self._article
        yield "S", codes
        if sentence.in_title:
            yield "T", codes

    def of_entity(self, entity: Entity) -> Told:
        """Who bears the name, and in which language."""
        yield "K", (f"kind:{entity.kind}", f"sector:{entity.sector}", f"language:{self._passage.language}")

    def beside(self, sighting: Sighting) -> Told:
        """The words next to the name, in its sentence."""
        norm, (start, end) = self._passage.norm, (sighting.candidate.start, sighting.candidate.end)
        sentence = self._passage.sentences[sighting.sentence]
        before = norm[max(sentence.start, start - _REACH) : start].split()
        after = norm[end : min(sentence.end, end + _REACH)].split()
        yield "L1", self._of(before[-1:])
        yield "L3", self._of(before[-3:])
        yield "R1", self._of(after[:1])
        yield "R3", self._of(after[:3])

    def _of(self, words: Iterable[str]) -> set[str]:
        return set(chain(*map(self._meant, words)))


def signs_of(told: Told) -> Iterator[str]:
    """What is *told* as signs: "L3:steal"."""
    return (f"{where}:{code}" for where, codes in told for code in codes)


class ContextReader:
    """Weighs what is told of words that could be names."""

    def __init__(self, learnt: SignWeights) -> None:
        self._number = {outcome: number for number, outcome in enumerate(learnt.outcomes)}
        self._biases = learnt.biases
        self._packing = Packing(len(learnt.outcomes), are_sums_small=True)
        self._rows: dict[str, dict[str, int]] = {where: {} for where in _WHERES}
        for sign, written in learnt.rows.items():
            where, _, code = sign.partition(":")
            self._rows[where][code] = self._packing.pack(read_row(written, len(learnt.outcomes)))

    def score(self, contexts: Contexts, sighting: Sighting, entity: Entity) -> float:
        """How much *contexts* speak for *sighting* being *entity*, -3 to 3; nothing without weights."""
        sort = sort_of(sighting)
        number = self._number.get(sort)
        if number is None:
            return 0.0
        around = contexts.sums.get(sighting.sentence)
        if around is None:
            around = contexts.sums[sighting.sentence] = self._sum(contexts.of_sentence(sighting.sentence))
        total = around + self._sum(contexts.of_entity(entity)) + self._sum(contexts.beside(sighting))
        score = self._biases[number] + self._packing.unpack_one(total, number)
        return max(_LEAST[sort], min(score, _MOST))

    def _sum(self, told: Told) -> int:
        rows = self._rows
        return sum([sum(map(rows[where].get, codes, repeat(0))) for where, codes in told])
