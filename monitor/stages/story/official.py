"""Official confirmations and key figures: read from the words of an article."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from monitor.domain.article import Article
from monitor.domain.finding import Analysis, Role, Span, Status, strongest_statuses, without_outage
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.facts import FactReader
from monitor.stages.group.folding import fold
from monitor.stages.story.evidence import sentences_of, text_at
from monitor.stages.story.official_voice import Voices, any_of, said_by

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)")
_WORD = re.compile(r"[^\W\d_][\w'’&-]*")
_READ_CHARACTERS = 4_000
_FIGURES_CHARACTERS = 700
_SMALLEST_FIGURE = 1_000.0
_REMEMBERED = 2_000
_WORDS_REMEMBERED = 50_000
_NOT = "cue:not"
_INSTEAD, _BUT = "instead", "but"
# What may stand behind "not" or "instead of": "the 90,000 customers", "the first told 15 million euros", "six million".
_NUMBER = r"[$€£]?\s?\d(?:[\d.,'’]|\s(?=\d{3}(?!\d)))*"
_NEXT_NUMBER = re.compile(
    rf"(?:\s+|(?<=['’]))(?:(?:[^\W\d]+['’\s]\s*){{0,3}}?{_NUMBER}(?:\s*(?:d['’])?[^\W\d]+){{0,2}}"
    r"|[^\W\d]+(?:\s+[^\W\d]+){1,3})"
)
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class OfficialMemory:
    """What was read of articles lately: a story that grows is told anew from all of them with each one."""

    confirmed: dict[tuple[Article, tuple[Span, ...]], Span | None] = field(default_factory=dict)
    figures: dict[Article, tuple[tuple[float, str], ...]] = field(default_factory=dict)
    taken_back: dict[Article, frozenset[tuple[float, str]]] = field(default_factory=dict)
    voices: dict[str, Voices] = field(default_factory=dict)

    def voices_in(self, language: str, lexicon: ConceptLexicon) -> Voices:
        """What is known of the words of *language*; a new one where much is kept."""
        known = self.voices.get(language)
        if known is None or len(known) > _WORDS_REMEMBERED:
            known = self.voices[language] = Voices(language, lexicon)
        return known


def _once(kept: dict[K, V], key: K, read: Callable[[], V]) -> V:
    """What was *kept* under *key*, or else is *read* now; all is forgotten where much is kept."""
    if key not in kept:
        if len(kept) >= _REMEMBERED:
            kept.clear()
        kept[key] = read()
    return kept[key]


def confirms_officially(article: Article, analysis: Analysis, reader: FactReader, memory: OfficialMemory) -> bool:
    """Whether the article reports an attack as a fact and the victim or an authority says so in it."""
    return official_word(article, analysis, reader, memory) is not None


def official_word(article: Article, analysis: Analysis, reader: FactReader, memory: OfficialMemory) -> Span | None:
    """The sentence of an article on an attack that is told as a fact in which the victim or an authority says so."""
    # Who denies an attack and speaks of an outage confirms none.
    told = without_outage(strongest_statuses(analysis.attacks))
    if Status.CONFIRMED not in told.values():
        return None
    named = tuple(span for finding in analysis.findings if finding.role is Role.VICTIM for span in finding.spans)
    voices = memory.voices_in(article.language, reader.lexicon)
    return _once(memory.confirmed, (article, named), lambda: next(_official(article, named, voices), None))


def _official(article: Article, named: Sequence[Span], voices: Voices) -> Iterator[Span]:
    # A headline stands among the sources anyway: where the text says so too, that is the word to quote.
    for part, body in (("text", article.text[:_READ_CHARACTERS]), ("title", article.title)):
        verbs = voices.verbs_in(body)
        speakers = [(span.start, span.end) for span in named if span.field == part]
        for match in _SENTENCE.finditer(body) if verbs else ():
            held = [verb for verb in verbs if match.start() <= verb[0] < match.end()]
            verb = said_by(match, held, speakers, voices) if held else None
            if verb is not None:
                yield _around(article, Span(part, *verb))


def _around(article: Article, place: Span) -> Span:
    sentences = sentences_of(article, _READ_CHARACTERS)
    return next((one for one in sentences if one.field == place.field and one.end >= place.end), place)


def key_numbers(article: Article, reader: FactReader, memory: OfficialMemory) -> tuple[tuple[float, str], ...]:
    """Counts and sums (unit "$", whatever the currency) of a thousand or more at the head of an article."""
    return _once(memory.figures, article, lambda: tuple(_figures(article, reader)))


def taken_back(article: Article, reader: FactReader, memory: OfficialMemory) -> frozenset[tuple[float, str]]:
    """Figures that an article says are wrong, beside a smaller one: "9,000, not 90,000", "instead of 90,000"."""
    return _once(memory.taken_back, article, lambda: frozenset(_taken_back(article, reader)))


def repeats_wrong(
    said: str, article: Article, wrong: Sequence[str], reader: FactReader, memory: OfficialMemory
) -> bool:
    """Whether a headline or sentence of an article gives one of the figures that are *wrong*, and is no correction."""
    if not wrong or taken_back(article, reader, memory):
        return False
    return any(written(value, unit) in wrong for value, unit in _counted(said, article, reader))


def _taken_back(article: Article, reader: FactReader) -> Iterator[tuple[float, str]]:
    for place in sentences_of(article, _FIGURES_CHARACTERS):
        said = reader.spelt_out(text_at(article, place), article.language)
        # Without a figure nothing can be taken back, and most sentences have none.
        for end, is_instead in _corrections(said, article.language, reader) if _DIGIT.search(said) else ():
            behind = _NEXT_NUMBER.match(said, end)
            denied = set(_counted(behind.group(), article, reader)) if behind else set()
            if behind and denied:
                right = said[behind.end() :] if is_instead else _behind_but(said, end, article.language, reader)
                rest = set(_counted(said[:end] + right, article, reader))
                # "15 million euros, not 25 million": the second is money too.
                rights = [(wrong, unit) for wrong in denied for value, unit in rest if value < wrong[0]]
                yield from {(value, one) for (value, unit), right in rights for one in (unit, max(unit, right))}


def _behind_but(said: str, start: int, language: str, reader: FactReader) -> str:
    """The right figure of "not 90,000 but 9,000"; empty of "not only 90,000 but 9,000 more"."""
    but = _words(_BUT, language, reader).search(said, start)
    right = _NEXT_NUMBER.match(said, but.end()) if but else None
    return right.group() if right else ""


def _corrections(said: str, language: str, reader: FactReader) -> Iterator[tuple[int, bool]]:
    """Where a word ends behind which a wrong figure may stand, and whether it says that another one is in its place."""
    for word in _WORD.finditer(said):
        if _NOT in reader.lexicon.concepts_of(fold(word.group()), language):
            yield word.end(), False
    for phrase in _words(_INSTEAD, language, reader).finditer(said):
        yield phrase.end(), True


def _words(concept: str, language: str, reader: FactReader) -> re.Pattern[str]:
    return any_of(reader.lexicon.phrases_of(concept, language))


def _counted(said: str, article: Article, reader: FactReader) -> Iterator[tuple[float, str]]:
    """The figures of a piece of an article."""
    yield from reader.figures("", said, article.published_at, article.language)


def _figures(article: Article, reader: FactReader) -> Iterable[tuple[float, str]]:
    text = article.text[:_FIGURES_CHARACTERS]
    for value, unit in dict.fromkeys(reader.figures(article.title, text, article.published_at, article.language)):
        if value >= _SMALLEST_FIGURE:
            yield value, unit


def figure_place(article: Article, number: str, reader: FactReader) -> Span | None:
    """The first sentence that gives a key figure such as "6200000" or "40000000$", of the text before the title."""
    sentences = sorted(sentences_of(article, _FIGURES_CHARACTERS), key=lambda span: span.field == "title")
    for sentence in sentences:
        said = text_at(article, sentence)
        if any(written(value, unit) == number for value, unit in _counted(said, article, reader)):
            return sentence
    return None


def written(value: float, unit: str) -> str:
    """A key figure as stories hold it."""
    return f"{value:.0f}{unit}"
