"""The sentences that say it: each once, those who are attacked first, with every watched name in it marked."""

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.domain.finding import Role
from monitor.domain.story import Source, StoryEntity
from monitor.stages.compose.neutral import clean, cut, host_of, safe_url
from monitor.stages.compose.outline import Line, Run

_SENTENCE = 400


def quotes(entities: Sequence[StoryEntity], sources: Iterable[Source], most: int) -> Iterator[Line]:
    """
    At most *most* quotes, in the order of *entities*; what only names a press outlet comes last.

    Entities with the same sentence share one quote.
    """
    links = {source.article_id: safe_url(source.url) for source in sources}
    grouped: dict[str, list[StoryEntity]] = {}
    for entity in sorted(entities, key=lambda one: one.role is Role.SOURCE):
        if entity.evidence:
            grouped.setdefault(entity.evidence, []).append(entity)
    for sentence, named in list(grouped.items())[:most]:
        url = links.get(named[0].article_id, "")
        yield Line(marked(sentence, named, entities), url, host_of(url))


def marked(sentence: str, named: Iterable[StoryEntity], others: Iterable[StoryEntity] = ()) -> tuple[Run, ...]:
    """*sentence* in runs, with the places marked that name one of *named*, or one of *others* by a name of theirs."""
    runs: list[Run] = []
    done, room = 0, _SENTENCE
    places = {place for entity in named for place in _places(sentence, entity)}
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


def _places(sentence: str, entity: StoryEntity) -> list[tuple[int, int]]:
    """Where detection saw the entity; where that does not fit the sentence, where its name stands."""
    seen = [
        (span.start, span.end)
        for span in entity.marks
        if 0 <= span.start < span.end <= len(sentence) and span.surface in {"", sentence[span.start : span.end]}
    ]
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
