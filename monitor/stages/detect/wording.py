"""
What whole articles are worded like: all that is said in a text, weighed for each kind of attack and each status.

Frames hold where cues stand together as we expect. Words tell the rest: a text of "SIM", "number" and "shop" is about
accounts taken over, though no frame says so. Three sorts of signs are weighed: plain words (each by itself, by its
first five letters and by its last six, since compounds end in their noun), cues and the meanings of words
(`meanings.py`); the last two hold in all languages, and again for those in the title. Each counts by how rare it is,
and each sort by the length of the text (tf-idf with cosine normalisation, Salton and Buckley 1988). The weights are
learnt from labelled articles by `python -m tools.fit_weights`; no company that is watched or in the catalogue is among
them.
"""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from monitor.domain.finding import AttackType
from monitor.domain.lexicon import SignWeights
from monitor.stages.detect.attacks import Event
from monitor.stages.detect.meanings import NO_MEANINGS, MeaningIndex
from monitor.stages.detect.memo import Memo
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.scoring import Packing

_SHORTEST, _HEAD, _TAIL = 3, 5, 6
# Three sorts of signs make strong sums: they are halved, and held within bounds, beyond which they say nothing more.
_SHARE, _MOST = 0.5, 3.0
# How many signs are kept ready to be added up: a row takes 0.3 KB.
_MOST_SIGNS = 32_768
# A kind that no frame tells of is told by the words alone from this score on: where they hold it for likelier than not.
_TOLD = 0.0
# Articles that say nothing of these are about no attack, whatever their words are; most of the world's news.
_HINTS = frozenset(
    {
        "cyber", "data", "account", "systems", "steal", "fraud", "homepage", "outage", "unreachable", "insider",
        "message", "credential",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """How much the words of an article speak for each outcome, in logits, -3 to 3; nothing where none were weighed."""

    scores: Mapping[str, float]

    def of(self, outcome: str) -> float:
        return self.scores.get(outcome, 0.0)


NOTHING_SAID = Said({})


def stems_of(word: str) -> tuple[str, ...]:
    """A folded word as it is looked up: whole, its beginning, its end."""
    if len(word) > _TAIL + 1:
        return word, word[:_HEAD] + "*", "*" + word[-_TAIL:]
    return (word, word[:_HEAD] + "*") if len(word) >= _HEAD else (word,)


def is_weighed(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()


def words_of(passage: Passage, sentence: Sentence) -> Iterator[str]:
    """The folded words of *sentence* that are weighed."""
    return filter(is_weighed, passage.norm[sentence.start : sentence.end].split())


def cue_signs(passage: Passage) -> set[str]:
    """The cues of a text as signs; those of its title once more."""
    return {f"!{concept}" for concept in passage.concepts} | {
        f"!T:{concept}" for sentence in passage.sentences if sentence.in_title for concept in sentence.concepts
    }


def meaning_signs(passage: Passage, meanings: MeaningIndex) -> set[str]:
    """The meanings of the words of a text as signs; those of its title once more."""
    in_title = " ".join([passage.norm[s.start : s.end] for s in passage.sentences if s.in_title])
    return {f"={code}" for code in _meant(passage.words, meanings)} | {
        f"=T:{code}" for code in _meant(set(in_title.split()), meanings)
    }


def _meant(words: Set[str], meanings: MeaningIndex) -> set[str]:
    return set(chain(*map(meanings.of, words)))


class WordingReader:
    """Weighs the words of articles."""

    def __init__(self, wording: SignWeights) -> None:
        self._wording = wording
        self._numbers = {outcome: number for number, outcome in enumerate(wording.outcomes, 1)}
        # Of each sign the square of its rarity and, for each outcome, its rarity times its weight.
        self._packing = Packing(1 + len(wording.outcomes))
        # Signs and words of all languages: were they forgotten as often as those of one, news in seven of them would
        # spend a quarter of its time on reading the same rows again.
        self._row_of = Memo(self._row, _MOST_SIGNS).__getitem__
        self._stems_of = Memo(self._known_stems, _MOST_SIGNS).__getitem__
        # The rows of the stems of a word together; None of a word that is not weighed.
        self._row_of_word = Memo(self._sum_of_stems)

    def read(self, passage: Passage, events: Sequence[Event], meanings: MeaningIndex = NO_MEANINGS) -> Said:
        """What the words say of a passage whose sentences tell of *events*."""
        if not self._numbers or not (events or self.is_hinted(passage)):
            return NOTHING_SAID
        stems = set(chain(*map(self._stems_of, passage.words)))
        sums = list(self._wording.biases)
        for signs in (stems, cue_signs(passage), meaning_signs(passage, meanings)):
            square, *totals = self._packing.unpack(sum(map(self._row_of, signs)))
            length = math.sqrt(square) or 1.0
            sums = [one + total / length for one, total in zip(sums, totals, strict=True)]
        scores = zip(self._numbers, sums, strict=True)
        return Said({name: max(-_MOST, min(_SHARE * total, _MOST)) for name, total in scores})

    @staticmethod
    def is_hinted(passage: Passage) -> bool:
        """Whether words may tell of an attack that no frame tells of."""
        return not passage.concepts.isdisjoint(_HINTS)

    def events(self, passage: Passage, said: Said, told: Sequence[Event]) -> list[Event]:
        """An event for each kind that the words speak for and no frame has *told*: in the sentence that says most."""
        if not said.scores:
            return []
        known = {event.type for event in told}
        kinds = [kind for kind in AttackType if kind not in known and said.of(kind) > _TOLD]
        sentences = list(map(functools.partial(self._rows, passage), passage.sentences)) if kinds else []
        return [event for kind in kinds if (event := self._heaviest(passage, kind, sentences)) is not None]

    def _rows(self, passage: Passage, sentence: Sentence) -> list[tuple[str, int]]:
        """The words of *sentence* that are weighed, each once, with all that their stems weigh."""
        words, row_of = dict.fromkeys(passage.norm[sentence.start : sentence.end].split()), self._row_of_word
        return [(word, row) for word in words if (row := row_of[word]) is not None]

    def _heaviest(
        self, passage: Passage, kind: AttackType, sentences: Sequence[Sequence[tuple[str, int]]]
    ) -> Event | None:
        best: tuple[float, int, str] | None = None
        unpack, outcome = self._packing.unpack_one, self._numbers[kind]
        for number, words in enumerate(sentences):
            weights = [unpack(row, outcome) for _, row in words]
            total = sum(weights)
            if words and (best is None or total > best[0]):
                best = (total, number, max(zip(weights, words, strict=True))[1][0])
        if best is None:
            return None
        sentence = passage.sentences[best[1]]
        start = f" {passage.norm[sentence.start : sentence.end]} ".index(f" {best[2]} ") + sentence.start
        end = start + len(best[2])
        # "A ransomware gang" is nobody's ransomware.
        if any(concept == "gang" and first <= start and end <= last for first, last, concept in sentence.hits):
            return None
        return Event(kind, best[1], (), start, end)

    def _sum_of_stems(self, word: str) -> int | None:
        return sum(map(self._row_of, self._stems_of(word))) if is_weighed(word) else None

    def _known_stems(self, word: str) -> tuple[str, ...]:
        """The stems of *word* that have weights; none of a word that is not weighed."""
        rows = self._wording.rows
        return tuple(stem for stem in stems_of(word) if stem in rows) if is_weighed(word) else ()

    def _row(self, sign: str) -> int:
        written, *pairs = self._wording.rows.get(sign, "0").split()
        rarity = float(written)
        split = [pair.split(":") for pair in pairs]
        weights = [(int(number) + 1, rarity * float(weight)) for number, weight in split]
        return self._packing.pack_some([(0, rarity * rarity), *weights])
