"""
What a message quotes: the sentences that say what it is about, in the reader's language where an article in it says so.

A denial is quoted from who denies, an official word from who gives it, a figure with the sentence it stands in; whoever
is new, or stronger than before, comes first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from monitor.domain.alert import Alert, Reason
from monitor.domain.article import Article
from monitor.domain.finding import Analysis, Role, Span, Status, without_outage
from monitor.domain.story import Quote, Story, StoryEntity, StoryState
from monitor.stages.compose.said import is_attacked
from monitor.stages.rules.matching import best_rank
from monitor.stages.story.evidence import whole_sentence
from monitor.stages.story.official import figure_place, key_numbers, official_word, repeats_wrong, written
from monitor.stages.story.summary import Background
from monitor.stages.story.telling import Read, places_of, telling_place

_MOST_FIGURES = 2
_DENIED = StoryState.DENIED


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a message is written: what is new in it, and the alert as its last message told it, None for a first one."""

    changes: tuple[Reason, ...] = ()
    before: Alert | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """Entities with the sentences chosen for them, and all that a message quotes, what it is about first."""

    entities: tuple[StoryEntity, ...]
    quotes: tuple[Quote, ...] = field(default_factory=tuple)


def quoted(
    story: Story,
    entities: Sequence[StoryEntity],
    read: Read,
    cause: Cause,
    language: str,
    background: Background,
) -> Quoted:
    """The quotes for a message to a reader of *language* about *entities* of a story, from its articles as read."""
    told = tuple(_retold(entity, read, cause, language, background) for entity in entities)
    by_language = sorted(read, key=lambda one: (one[0].language != language, one[0].published_at))
    quotes = [*_of_the_news(story, by_language, cause, background)]
    # A press outlet that is cited is the last that anybody wants to read of.
    ranked = sorted(told, key=lambda entity: (not _is_news(entity, cause), entity.role is Role.SOURCE))
    quotes += [Quote(one.evidence, one.article_id, one.marks) for one in ranked if one.evidence]
    if any(is_attacked(entity) for entity in told):
        # A figure says nothing without what is counted.
        quotes += _of_figures(story.numbers, by_language, background)
    first: dict[str, Quote] = {}
    for quote in _without_wrong(quotes, story, read, background) or quotes:
        first.setdefault(quote.text, quote)
    return Quoted(told, tuple(first.values()))


def _without_wrong(quotes: Sequence[Quote], story: Story, read: Read, background: Background) -> list[Quote]:
    """*quotes* without those that give a figure which was taken back."""
    articles = {article.id: article for article, _ in read}
    reader, memory = background.reader, background.memory
    return [
        quote
        for quote in quotes
        if (article := articles.get(quote.article_id)) is None
        or not repeats_wrong(quote.text, article, story.taken_back, reader, memory)
    ]


def _retold(entity: StoryEntity, read: Read, cause: Cause, language: str, background: Background) -> StoryEntity:
    """*entity* with the sentence for this reader."""
    places = places_of(entity.entity_id, entity.role, read)
    if not places:
        # No article says it any more: what was corrected is not quoted as if it stood.
        return replace(entity, evidence="", marks=()) if Reason.DENIED_OR_CORRECTED in cause.changes else entity
    was_denied = cause.before is not None and cause.before.told is not None and cause.before.told.state is _DENIED
    place, sentence = telling_place(
        places,
        background.reader.lexicon,
        is_denied=_is_denied(entity),
        language=language,
        is_newest=was_denied,
    )
    return replace(entity, article_id=place.article.id, evidence=sentence.text, marks=sentence.marks)


def _is_denied(entity: StoryEntity) -> bool:
    return min((status.rank for status in without_outage(entity.statuses).values()), default=9) == Status.DENIED.rank


def _is_news(entity: StoryEntity, cause: Cause) -> bool:
    """Whether an entity is new in an alert, or stronger or weaker than it was."""
    if cause.before is None:
        return False
    known = next((one for one in cause.before.entities if one.entity_id == entity.entity_id), None)
    return known is None or (known.role, best_rank(known)) != (entity.role, best_rank(entity))


def _of_the_news(story: Story, read: Read, cause: Cause, background: Background) -> Iterator[Quote]:
    """The official word and the figures, where they are what is new."""
    if Reason.OFFICIALLY_CONFIRMED in cause.changes:
        found = (
            (article, analysis, official_word(article, analysis, background.reader, background.memory))
            for article, analysis in read
        )
        yield from [_quote(article, analysis, span) for article, analysis, span in found if span is not None][:1]
    if Reason.NUMBERS_CHANGED in cause.changes:
        before = cause.before.told.numbers if cause.before is not None and cause.before.told is not None else ()
        yield from _of_figures([number for number in story.numbers if number not in before], read, background)


def _of_figures(numbers: Sequence[str], read: Read, background: Background) -> Iterator[Quote]:
    """The first sentence that gives each of *numbers*, of the first two of them."""
    for number in numbers[:_MOST_FIGURES]:
        giving = (one for one in read if number in _numbers_of(one[0], background))
        places = ((article, analysis, figure_place(article, number, background.reader)) for article, analysis in giving)
        quote = next((_quote(article, analysis, span) for article, analysis, span in places if span), None)
        if quote is not None:
            yield quote


def _numbers_of(article: Article, background: Background) -> set[str]:
    figures = key_numbers(article, background.reader, background.memory)
    return {written(value, unit) for value, unit in figures}


def _quote(article: Article, analysis: Analysis, place: Span) -> Quote:
    names = [span for finding in analysis.findings for span in finding.spans]
    sentence = whole_sentence(article, place, names)
    return Quote(sentence.text, article.id, sentence.marks)
