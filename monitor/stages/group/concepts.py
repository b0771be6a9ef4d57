"""The concept lexicon: words of seven languages that mean the same, for grouping across languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.stages.group.folding import fold, pieces
from monitor.stages.group.language import guess_language, index_languages
from monitor.stages.group.numerals import Numerals

COMPOUNDING = frozenset({"de", "nl"})
_SHORTEST_INNER_STEM = 5
_MEMO_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Concept:
    """
    One meaning and how it is said: ``words[language]`` holds words, ``stem*`` and phrases.

    ``prior`` is the share of all news articles that carry it, a guess that counts until the
    window has seen enough articles to know better.
    """

    id: str
    prior: float
    words: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Vocabulary:
    exact: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    inner: dict[str, tuple[str, ...]] = field(default_factory=dict)
    longest: int = 0


class Seconds(NamedTuple):
    """How the second word of phrases that begin with one word may read: as one of some words, or begin."""

    words: frozenset[str]
    stems: tuple[str, ...]


class ConceptLexicon:
    """
    Finds concepts by word and by phrase.

    A word takes the concepts of its exact entry, else of the longest stem that begins it. In
    languages that write compounds as one word, stems inside a long word count as well. *apart* are concepts that
    are no facts: only `phrases_of` knows them.
    """

    def __init__(
        self, concepts: Iterable[Concept], stopwords: Mapping[str, Iterable[str]], apart: Iterable[Concept] = ()
    ) -> None:
        self.priors: dict[str, float] = {}
        self._apart = {(one.id, language): words for one in apart for language, words in one.words.items()}
        self.stopwords = {language: frozenset(map(fold, words)) for language, words in stopwords.items()}
        self._languages = index_languages({name: sorted(words) for name, words in self.stopwords.items()})
        self._vocabularies: dict[str, _Vocabulary] = {}
        self._phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
        self._memo: dict[tuple[str, str], tuple[str, ...]] = {}
        self._carriers: dict[tuple[str, frozenset[str]], _Carriers] = {}
        self._seconds: dict[str, dict[str, Seconds]] = {}
        self._numerals: dict[str, Numerals] = {}
        for concept in concepts:
            self.priors[concept.id] = concept.prior
            for language, words in concept.words.items():
                for word in words:
                    self._add(language, word, concept.id)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._vocabularies)

    def guess_language(self, words: Iterable[str]) -> str:
        """The language of folded *words* by the function words among them; "und" where none is known."""
        return guess_language(words, self._languages)

    def concepts_of(self, word: str, language: str) -> tuple[str, ...]:
        """The concept ids of a folded *word*; empty where the language or the word is unknown."""
        key = (language, word)
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) > _MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[key] = self._look_up(word, language)
        return found

    def carriers_of(self, concepts: frozenset[str], language: str) -> Mapping[str, bool]:
        """Whether a word means any of *concepts*, for any folded word: quicker than `concepts_of` of each."""
        known = self._carriers.get((language, concepts))
        if known is None or len(known) > _MEMO_LIMIT:
            known = self._carriers[language, concepts] = _Carriers(self, concepts, language)
        return known

    def seconds(self, language: str) -> Mapping[str, Seconds]:
        """For each word with which phrases begin how they may go on."""
        found = self._seconds.get(language)
        if found is None:
            begun = self._phrases.get(language, {})
            found = self._seconds[language] = {
                word: _seconds_of([rest[0] for rest, _ in phrases]) for word, phrases in begun.items()
            }
        return found

    def phrases_from(self, word: str, language: str) -> list[tuple[tuple[str, ...], str]]:
        """Phrases that begin with *word*: the words that must follow, and the concept."""
        return self._phrases.get(language, {}).get(word, [])

    def numerals(self, language: str) -> Numerals:
        """The numbers in words of a language; empty where it is unknown."""
        found = self._numerals.get(language)
        if found is None:
            vocabulary = self._vocabularies.get(language, _Vocabulary())
            values = ((word, one.partition(":")) for word, ids in vocabulary.exact.items() for one in ids)
            words = {word: float(value) for word, (kind, _, value) in values if kind in {"num", "scale"}}
            joiners = map(fold, self.phrases_of("and", language))
            found = self._numerals[language] = Numerals(words, joiners)
        return found

    def ones(self, language: str) -> frozenset[str]:
        """Folded words for one of a thing."""
        return frozenset(map(fold, self.phrases_of("one", language)))

    def phrases_of(self, concept: str, language: str) -> tuple[str, ...]:
        """How a *concept* that is no fact is said, as printed; nothing where the language is unknown."""
        return self._apart.get((concept, language), ())

    def _add(self, language: str, word: str, concept: str) -> None:
        vocabulary = self._vocabularies.setdefault(language, _Vocabulary())
        # As texts are cut: "break-in" is two words, "l'euro" is one.
        parts = tuple(fold(piece) for part in word.split() for piece in pieces(part.removesuffix("*")))
        if word.endswith("*"):
            parts = (*parts[:-1], parts[-1] + "*")
        if len(parts) > 1:
            self._phrases.setdefault(language, {}).setdefault(parts[0], []).append((parts[1:], concept))
            return
        target = vocabulary.exact
        text = parts[0]
        if text.endswith("*"):
            text, target = text[:-1], vocabulary.stems
            vocabulary.longest = max(vocabulary.longest, len(text))
        target[text] = (*target.get(text, ()), concept)
        if language in COMPOUNDING and len(text) >= _SHORTEST_INNER_STEM:
            vocabulary.inner[text] = target[text]

    def _look_up(self, word: str, language: str) -> tuple[str, ...]:
        vocabulary = self._vocabularies.get(language)
        if vocabulary is None:
            return ()
        exact = vocabulary.exact.get(word)
        if exact is not None:
            return exact
        found: tuple[str, ...] = ()
        for end in range(min(len(word), vocabulary.longest), 1, -1):
            stem = vocabulary.stems.get(word[:end])
            if stem is not None:
                found = stem
                break
        if language in COMPOUNDING and len(word) > 2 * _SHORTEST_INNER_STEM - 2:
            found = (*found, *self._inside(word, vocabulary))
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _inside(word: str, vocabulary: _Vocabulary) -> Iterable[str]:
        """Concepts of stems within a compound: "Hackerangriff" is also an attack."""
        size = len(word)
        for start in range(3, size - _SHORTEST_INNER_STEM + 1):
            for end in range(size, start + _SHORTEST_INNER_STEM - 1, -1):
                inner = vocabulary.inner.get(word[start:end])
                if inner is not None:
                    yield from inner
                    break
        for end in range(size - 3, _SHORTEST_INNER_STEM - 1, -1):
            first = vocabulary.inner.get(word[:end])
            if first is not None:
                yield from first
                return


class _Carriers(dict[str, bool]):
    """Words as they are asked for, and whether they mean any of some concepts."""

    def __init__(self, lexicon: ConceptLexicon, concepts: frozenset[str], language: str) -> None:
        self._lexicon, self._concepts, self._language = lexicon, concepts, language

    def __missing__(self, word: str) -> bool:
        found = self[word] = not self._concepts.isdisjoint(self._lexicon.concepts_of(word, self._language))
        return found


def _seconds_of(words: Iterable[str]) -> Seconds:
    whole = frozenset(word for word in words if not word.endswith("*"))
    return Seconds(whole, tuple({word[:-1]: None for word in words if word.endswith("*")}))


def parse_concepts(lines: Iterable[str], languages: tuple[str, ...]) -> Iterable[Concept]:
    """
    Read a concept table: ``id (prior): cell | cell | ...``, one cell a language, words comma-separated.

    A line ``@prior 0.02`` sets the prior of the lines below it; ``=`` repeats the first cell;
    ``#`` begins a comment. One cell alone stands for all languages.

    Raises:
        ValueError: a line of another form, with its number.
    """
    prior = 0.01
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("@prior"):
            prior = float(line.split()[1])
            continue
        head, colon, body = line.partition(": ")
        cells = [cell.strip() for cell in body.split("|")]
        if not colon or len(cells) not in (1, len(languages)):
            raise ValueError(
                f"line {number}: expected 'id: ' and {len(languages)} cells, found {len(cells)}: {line[:60]}"
            )
        name, _, own = head.partition(" (")
        if len(cells) == 1:
            cells = cells * len(languages)
        words = {
            language: tuple(word.strip() for word in (cells[0] if cell == "=" else cell).split(",") if word.strip())
            for language, cell in zip(languages, cells, strict=True)
        }
        yield Concept(name.strip(), float(own.rstrip(")")) if own else prior, words)
