"""The sentences that say it: each once, those who are attacked first, with every watched name in it marked."""

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.domain.finding import Role, Span
from monitor.domain.story import Quote, Source, StoryEntity
from monitor.domain.wording import Wording
from monitor.stages.compose.neutral import clean, cut, host_of, safe_url
from monitor.stages.compose.outline import Line, Run

_SENTENCE = 400


def quotes(
    entities: Sequence[StoryEntity],
    sources: Sequence[Source],
    most: int,
    chosen: Sequence[Quote] = (),
    words: Wording | None = None,
) -> Iterator[Line]:
    """
    At most *most* quotes: those *chosen*, else of *entities* in their order; what only names a press outlet comes last.

    Entities with the same sentence share one quote. One in another language than that of *words* says which.
    """
    voices = {source.article_id: source for source in sources}
    ranked = sorted(entities, key=lambda one: one.role is Role.SOURCE)
    said = chosen or [Quote(one.evidence, one.article_id, one.marks) for one in ranked if one.evidence]
    grouped: dict[str, Quote] = {}
    for quote in said:
        grouped.setdefault(quote.text, quote)
    for sentence, quote in list(grouped.items())[:most]:
        voice = voices.get(quote.article_id)
        url = safe_url(voice.url) if voice else ""
        note = foreign(voice.language, words) if voice and words else ""
        named = [entity for entity in entities if entity.evidence == sentence]
        yield Line(marked(sentence, named, entities, quote.marks), url, host_of(url), note)


def foreign(language: str, words: Wording) -> str:
    """The name of a language that is not the reader's; empty for the reader's own, and where we have no name for it."""
    key = f"language.{language}"
    return words.say(key) if language != words.language and words.knows(key) else ""


def marked(
    sentence: str,
    named: Iterable[StoryEntity],
    others: Iterable[StoryEntity] = (),
    marks: Iterable[Span] = (),
) -> tuple[Run, ...]:
    """*sentence* in runs, with *marks* marked, and what names *named*, or *others* by a name of theirs."""
    runs: list[Run] = []
    done, room = 0, _SENTENCE
    places = {place for entity in named for place in _places(sentence, entity)} | set(_fitting(sentence, marks))
    places |= {place for entity in others for place in _named(sentence, entity)}
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < done or end - done > room:
            continue
        runs += [Run(_piece(sentence[done:start])), Run(_piece(sentence[start:end]), is_marked=True)]
        room -= end - done
        done = end
    rest = sentence[done:]
    runs.append(Run(_piece(rest) if len(rest) <= room else cut(_piece(rest[: room + 1]), room)))
    return tuple(run for run in runs if run.text)


def _fitting(sentence: str, marks: Iterable[Span]) -> Iterator[tuple[int, int]]:
    for span in marks:
        if 0 <= span.start < span.end <= len(sentence) and span.surface in {"", sentence[span.start : span.end]}:
            yield span.start, span.end


def _places(sentence: str, entity: StoryEntity) -> list[tuple[int, int]]:
    """Where detection saw the entity; where that does not fit the sentence, where its name stands."""
    seen = list(_fitting(sentence, entity.marks))
    if not seen and (found := re.search(re.escape(entity.name), sentence, re.IGNORECASE)) and entity.name:
        seen = [found.span()]
    return seen


def _named(sentence: str, entity: StoryEntity) -> Iterator[tuple[int, int]]:
    """Where a name of an entity stands that detection saw elsewhere: whole words, spelled alike."""
    for name in {entity.name, *(span.surface for span in entity.marks)} - {""}:
        yield from (found.span() for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence))


def _piece(text: str) -> str:
    # A piece keeps the blanks at its ends, they part it from its neighbours.
    inner = clean(text, _SENTENCE)
    if not inner:
        return " " if text[:1].isspace() else ""
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if text[-1:].isspace() else ''}"
