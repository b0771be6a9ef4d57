"""The sentence around a place in an article, with the marks that a reader should see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.domain.article import Article
from monitor.domain.finding import Span

LONGEST = 400
_END = re.compile(r"[.!?…]['\"”»’)]*\s|\n")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the places in it that name the entity; marks count within the sentence."""

    text: str
    marks: tuple[Span, ...]


def sentence_around(article: Article, place: Span, names: Iterable[Span]) -> Sentence:
    """The sentence of *article* that holds *place*, at most `LONGEST` characters of it."""
    body = article.title if place.field == "title" else article.text
    start, end = _bounds(body, place)
    text = body[start:end]
    inside = [span for span in names if span.field == place.field and start <= span.start and span.end <= end]
    marks = tuple(Span("evidence", span.start - start, span.end - start, span.surface) for span in sorted(inside))
    return Sentence(text, marks)


def _bounds(body: str, place: Span) -> tuple[int, int]:
    """Where the sentence begins and ends; a very long one is cut around the place."""
    low = max(0, place.start - LONGEST)
    start = low
    for match in _END.finditer(body, low, max(low, place.start)):
        start = match.end()
    high = min(len(body), max(start, place.end) + LONGEST)
    stop = _END.search(body, min(place.end, high), high)
    end = stop.end() if stop else high
    if end - start > LONGEST:
        start = max(start, place.start - LONGEST // 2)
        end = min(end, start + LONGEST)
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return start, end
