"""Official confirmations and key figures: read from the words of an article."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.domain.article import Article
from monitor.domain.finding import Analysis, Role, Span, Status
from monitor.stages.group.facts import FactReader
from monitor.stages.group.folding import fold, pieces

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)")
_WORD = re.compile(r"[^\W\d_][\w'’&-]*")
_READ_CHARACTERS = 4_000
_FIGURES_CHARACTERS = 700
_SMALLEST_FIGURE = 1_000.0
_REMEMBERED = 2_000
_BEFORE = 40  # characters: "Acme, which runs 300 shops, has confirmed"
_BEHIND = 8  # "said Acme"
_AUTHORITIES = frozenset(
    {"wor:police", "wor:prosecutor", "wor:minister", "eco:regulator", "cyb:privacyregulator", "wor:spyagency"}
)


@dataclass(slots=True)
class OfficialMemory:
    """What was read of articles lately: a story that grows is told anew from all of them with each one."""

    confirmed: dict[tuple[Article, tuple[Span, ...]], bool] = field(default_factory=dict)
    figures: dict[Article, tuple[tuple[float, str], ...]] = field(default_factory=dict)


def confirms_officially(article: Article, analysis: Analysis, reader: FactReader, memory: OfficialMemory) -> bool:
    """Whether the article reports an attack as a fact and the victim or an authority says so in it."""
    if not any(attack.status is Status.CONFIRMED for attack in analysis.attacks):
        return False
    named = tuple(span for finding in analysis.findings if finding.role is Role.VICTIM for span in finding.spans)
    found = memory.confirmed.get((article, named))
    if found is None:
        if len(memory.confirmed) >= _REMEMBERED:
            memory.confirmed.clear()
        found = memory.confirmed[article, named] = _is_confirmed(article, named, reader)
    return found


def _is_confirmed(article: Article, named: Sequence[Span], reader: FactReader) -> bool:
    for part, body in (("title", article.title), ("text", article.text[:_READ_CHARACTERS])):
        for match in _SENTENCE.finditer(body):
            if _speaks(match, part, named, article.language, reader):
                return True
    return False


def key_numbers(article: Article, reader: FactReader, memory: OfficialMemory) -> tuple[tuple[float, str], ...]:
    """Counts and sums (unit "$", whatever the currency) of a thousand or more at the head of an article."""
    found = memory.figures.get(article)
    if found is None:
        if len(memory.figures) >= _REMEMBERED:
            memory.figures.clear()
        found = memory.figures[article] = tuple(_figures(article, reader))
    return found


def _figures(article: Article, reader: FactReader) -> Iterable[tuple[float, str]]:
    fingerprint = reader.fingerprint(
        "", article.title, article.text[:_FIGURES_CHARACTERS], article.published_at, language=article.language
    )
    for key, _ in fingerprint.facts:
        if key.startswith("#") and not key.endswith("%"):
            value = float(key[1:].removesuffix("$"))
            if value >= _SMALLEST_FIGURE:
                yield value, "$" if key.endswith("$") else ""


def _speaks(match: re.Match[str], field: str, named: Sequence[Span], language: str, reader: FactReader) -> bool:
    """Whether the victim or an authority is who says it: they stand right before or right behind the verb."""
    speakers = [(span.start, span.end) for span in named if span.field == field]
    verbs: list[tuple[int, int]] = []
    for word in _WORD.finditer(match.string, match.start(), match.end()):
        concepts = {
            concept for piece in pieces(word.group()) for concept in reader.lexicon.concepts_of(fold(piece), language)
        }
        if "cue:confirm" in concepts:
            verbs.append(word.span())
        if not concepts.isdisjoint(_AUTHORITIES):
            speakers.append(word.span())
    return any(
        0 <= verb[0] - speaker[1] <= _BEFORE or 0 <= speaker[0] - verb[1] <= _BEHIND
        for verb in verbs
        for speaker in speakers
    )
