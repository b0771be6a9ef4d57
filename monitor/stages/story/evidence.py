"""The sentence around a place in an article, with the marks that a reader should see."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.domain.article import Article
from monitor.domain.finding import Span

LONGEST = 400
# No sentence ends behind a scale that is cut short: "a loss of 3 Mrd. €".
_END = re.compile(r"(?<!\d (?:Mio|Mrd|Mia|Tsd|mln|mld|mrd))[.!?…]['\"”»’)]*\s|\n")


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence and the places in it that name the entity; marks count within the sentence."""

    text: str
    marks: tuple[Span, ...]


def sentences_of(article: Article, most: int) -> Iterator[Span]:
    """The sentences of the title and of the first *most* characters of the text, none of them empty."""
    for field, body in (("title", article.title), ("text", article.text[:most])):
        start = 0
        for end in (*(match.end() for match in _END.finditer(body)), len(body)):
            left = end - len(body[start:end].lstrip())
            right = start + len(body[start:end].rstrip())
            if left < right:
                yield Span(field, left, right)
            start = end


def text_at(article: Article, place: Span) -> str:
    """What stands at *place*."""
    return (article.title if place.field == "title" else article.text)[place.start : place.end]


def sentence_around(article: Article, place: Span, names: Iterable[Span]) -> MarkedSentence:
    """The sentence of *article* that holds *place*, at most `LONGEST` characters of it."""
    body = article.title if place.field == "title" else article.text
    return whole_sentence(article, Span(place.field, *_bounds(body, place)), names)


def whole_sentence(article: Article, place: Span, names: Iterable[Span]) -> MarkedSentence:
    """The sentence that *place* is, at most `LONGEST` characters of it."""
    start, end = place.start, min(place.end, place.start + LONGEST)
    inside = [span for span in names if span.field == place.field and start <= span.start and span.end <= end]
    marks = tuple(Span("evidence", span.start - start, span.end - start, span.surface) for span in sorted(inside))
    return MarkedSentence(text_at(article, Span(place.field, start, end)), marks)


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


def holds(sentence: Span, span: Span) -> bool:
    """Whether a place of an article lies within a sentence of it."""
    return sentence.field == span.field and sentence.start <= span.start and span.end <= sentence.end
