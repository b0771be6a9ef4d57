"""A story as known now, from its articles and what detection says of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import islice

from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.finding import LIVE, Analysis, AttackType, Finding, Role, Status, strongest_statuses, without_outage
from monitor.domain.story import Join, Story, StoryEntity, StoryId, StoryState
from monitor.domain.watchlist import EntityId
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.facts import FactReader
from monitor.stages.rules.expression import IndexedText
from monitor.stages.rules.matching import worst_first
from monitor.stages.story.correction import Corrections
from monitor.stages.story.denial import denied, is_taken_back
from monitor.stages.story.official import (
    OfficialMemory,
    confirms_officially,
    key_numbers,
    repeats_wrong,
    taken_back,
    written,
)
from monitor.stages.story.telling import Read, concerning, places_of, telling_place
from monitor.stages.story.voices import owner_of, sources, texts_of

_MOST_TEXT = 300_000
_NUMBERS_FROM = 40
# The half-open spans, in code points and by position, of a text in a language that are no news.
Boilerplate = Callable[[str, str], Sequence[tuple[int, int]]]


def _all_is_news(_text: str, _language: str) -> Sequence[tuple[int, int]]:
    return ()


@dataclass(frozen=True, slots=True)
class Background:
    """
    What a summary needs to know beside the articles: printed names of entities, feeds whose stories
    ring at any age, the word lists that tell an official confirmation, what of a text is no news, feeds for
    which a person named an owner, and which sites and names are one outlet's (``houses``, as in ``sources``).
    ``memory`` spares a story that grows from reading its articles anew each time.
    """

    names: Mapping[EntityId, str]
    reader: FactReader
    timeless_feeds: frozenset[FeedId] = field(default_factory=frozenset)
    boilerplate: Boilerplate = field(default=_all_is_news, compare=False)
    owned_feeds: frozenset[FeedId] = field(default_factory=frozenset, kw_only=True)
    houses: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    memory: OfficialMemory = field(default_factory=OfficialMemory, compare=False)


def summarise(
    story_id: StoryId,
    articles: Sequence[Article],
    analyses: Sequence[Analysis],
    joins: Sequence[Join],
    background: Background,
) -> Story:
    """
    The story that *articles* (at least one) tell together.

    Its entities carry the strongest role that any article gives them; its attacks the strongest
    status. A claim that its victim has denied since, and that nobody confirmed, counts as denied; so does what was
    told as a fact and is taken back (`denial.py`).
    """
    ordered = sorted(articles, key=lambda article: (article.published_at, article.first_seen_at, article.id))
    read = read_of(ordered, analyses, background)
    attacks = strongest_statuses(attack for _, analysis in read for attack in analysis.attacks)
    confirmed_at = next(
        (a.published_at for a, one in read if confirms_officially(a, one, background.reader, background.memory)), None
    )
    state = _state(read, attacks, confirmed_at)
    is_denied = state is StoryState.DENIED
    entities = tuple(_entities(read, background.names, background.reader.lexicon, is_denied=is_denied))
    if is_denied:
        attacks = denied(attacks)
    wrong = _taken_back(read, background)
    right = [one for one in ordered if not repeats_wrong(one.title, one, wrong, background.reader, background.memory)]
    titled = _telling(right or ordered, read, is_denied=is_denied)
    return Story(
        id=story_id,
        state=state,
        headline=titled[0].title,
        headlines={article.language: article.title for article in reversed(titled)},
        first_reported_at=ordered[0].published_at,
        updated_at=max(article.first_seen_at for article in ordered),
        sources=tuple(sources(ordered, joins, background.owned_feeds, background.houses)),
        entities=worst_first(entities),
        attacks=attacks,
        numbers=_figures(read, background),
        taken_back=wrong,
        confirmed_at=confirmed_at,
        newest_at=ordered[-1].published_at,
        rings=_rings(ordered, joins, background.timeless_feeds),
        is_timeless=any(article.feed_id in background.timeless_feeds for article in ordered),
    )


def _telling(articles: list[Article], read: Read, *, is_denied: bool) -> list[Article]:
    """
    Those of *articles* whose headlines may stand for the story, in any language: where one tells of an attack now,
    none that only recalls or fears one, or tells of something else.
    """
    if is_denied:
        return articles
    live = {one.id for one, analysis in read if any(attack.status in LIVE for attack in analysis.attacks)}
    return [one for one in articles if one.id in live] or articles


def read_of(
    articles: Iterable[Article], analyses: Iterable[Analysis], background: Background
) -> list[tuple[Article, Analysis]]:
    """
    Each of *articles* that was read with what it says, oldest first: who denies what was told that day comes after it,
    also where a feed gives days without hours or both came out in one minute.

    That is what detection says of it, but for corrections, which take back what was told (`correction.py`).
    """
    by_id = {ArticleId(analysis.article_id): analysis for analysis in analyses}
    ordered = sorted(articles, key=lambda article: (_told_at(article), article.first_seen_at, article.id))
    corrections = Corrections(background.reader.lexicon)
    return [(one, corrections.heard(one, by_id[one.id])) for one in ordered if one.id in by_id]


def _told_at(article: Article) -> datetime:
    """When it was published; of a day without an hour, when it was seen, and at most that day's end."""
    day = article.published_at
    if day.time() != time():
        return day
    return min(max(day, article.first_seen_at), day + timedelta(days=1))


def as_of(story: Story, now: datetime, closes_after: timedelta) -> Story:
    """*story* as it stands by *now*: over where nothing was heard of it for *closes_after*."""
    return replace(story, state=StoryState.OVER) if now - story.updated_at >= closes_after else story


def text_of(articles: Sequence[Article], background: Background) -> IndexedText:
    """Titles and texts of a story's articles without what is no news in them, for text conditions."""
    return IndexedText(lambda: _news_of(articles, background.boilerplate))


def _news_of(articles: Iterable[Article], boilerplate: Boilerplate) -> str:
    parts: list[str] = []
    length = 0
    for article in articles:
        if length > _MOST_TEXT:
            break
        parts.append(article.title)
        start = 0
        for left, right in (*boilerplate(article.text, article.language), (len(article.text), len(article.text))):
            parts.append(article.text[start:left])
            start = max(start, right)
        length += sum(map(len, parts[-2:]))
    return "\n".join(parts)[:_MOST_TEXT]


def _state(read: Read, attacks: Mapping[AttackType, Status], confirmed_at: datetime | None) -> StoryState:
    statuses = set(without_outage(attacks).values())
    if is_taken_back(read):
        return StoryState.DENIED
    if confirmed_at is not None:
        return StoryState.CONFIRMED
    if Status.CONFIRMED in statuses or not statuses & {Status.ALLEGED, Status.DENIED}:
        return StoryState.REPORTED
    for _, analysis in reversed(read):
        told = {attack.status for attack in analysis.attacks}
        if Status.DENIED in told:
            return StoryState.DENIED
        if Status.ALLEGED in told:
            return StoryState.RUMOUR
    return StoryState.RUMOUR


def _entities(
    read: Read, names: Mapping[EntityId, str], lexicon: ConceptLexicon, *, is_denied: bool
) -> Iterable[StoryEntity]:
    roles: dict[EntityId, Role] = {}
    for _, analysis in read:
        for finding in analysis.findings:
            known = roles.setdefault(finding.entity_id, finding.role)
            roles[finding.entity_id] = min(known, finding.role, key=lambda one: one.rank)
    for entity_id, role in roles.items():
        own = places_of(entity_id, role, read)
        statuses = strongest_statuses(attack for place in own for attack in concerning(place.finding, place.analysis))
        if is_denied:
            statuses = denied(statuses)
        place, sentence = telling_place(own, lexicon, is_denied=is_denied and Status.DENIED in statuses.values())
        confidence = max(_confidence(place.finding, place.analysis) for place in own)
        name = names.get(entity_id, str(entity_id))
        told_in = place.article.id
        yield StoryEntity(entity_id, name, role, confidence, statuses, told_in, sentence.text, sentence.marks)


def _confidence(finding: Finding, analysis: Analysis) -> float:
    """How sure a role is; of a victim that is not concluded to be under attack also how sure its attack is."""
    own = [attack.confidence for attack in concerning(finding, analysis)]
    # Under attack is concluded from all of it together; how sure the kind of attack is says no more then.
    if finding.role is not Role.VICTIM or not own or finding.entity_id in analysis.under_attack:
        return finding.confidence
    return min(finding.confidence, max(own))


def _rings(ordered: Sequence[Article], joins: Sequence[Join], timeless: AbstractSet[FeedId]) -> bool:
    """
    Whether anything in the story is no history.

    What an outlet told is not told by the same text under another name: of small feeds nobody sees that they
    renamed all their entries.
    """
    ringing = [article for article in ordered if article.rings]
    if not ringing or len(ringing) == len(ordered):
        return bool(ringing)
    texts = texts_of({article.id for article in ordered}, joins)
    history = {(owner_of(article), texts[article.id]) for article in ordered if not article.rings}
    return any(
        article.feed_id in timeless or (owner_of(article), texts[article.id]) not in history for article in ringing
    )


def _figures(read: Read, background: Background) -> tuple[str, ...]:
    """
    The largest count and the largest sum that articles on a live attack give and none takes back, rounding aside.

    Who takes a figure back gives the one that holds: whatever was told before it in this unit is over as well.
    """
    largest: dict[str, float] = {}
    wrong = set(_taken_back(read, background))
    for article in _counting(read):
        for _, unit in taken_back(article, background.reader, background.memory):
            largest.pop(unit, None)
        for value, unit in key_numbers(article, background.reader, background.memory):
            if written(value, unit) not in wrong:
                largest[unit] = max(value, largest.get(unit, 0.0))
    return tuple(written(value, unit) for unit, value in sorted(largest.items()))


def _taken_back(read: Read, background: Background) -> tuple[str, ...]:
    """Figures that an article on the attack says are wrong."""
    wrong = {one for article in _counting(read) for one in taken_back(article, background.reader, background.memory)}
    return tuple(written(value, unit) for value, unit in sorted(wrong))


def _counting(read: Read) -> list[Article]:
    live = (article for article, analysis in read if any(attack.status in LIVE for attack in analysis.attacks))
    return list(islice(live, _NUMBERS_FROM))
