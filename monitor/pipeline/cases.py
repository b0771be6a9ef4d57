"""The stories that a batch changes, each with all that is known of it and was told of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.domain.alert import Alert
from monitor.domain.article import Article, ArticleId
from monitor.domain.finding import Analysis
from monitor.domain.notification import NotificationId, Sent
from monitor.domain.story import Join, Story, StoryId
from monitor.ports import Store, StoryRecord
from monitor.stages.decide.judge import Case
from monitor.stages.decide.merged import parted, untold
from monitor.stages.story.summary import Background, summarise


@dataclass(frozen=True, slots=True)
class Grouped:
    """
    What grouping made of a batch.

    ``joins`` say where its own articles stand, ``late`` why those of before stand where they do now, where that is new;
    ``merged`` maps stories that are part of others now to these.
    """

    articles: Sequence[Article]
    analyses: Mapping[ArticleId, Analysis]
    joins: Mapping[ArticleId, Join]
    late: Mapping[ArticleId, Join]
    merged: Mapping[StoryId, StoryId]

    def heir(self, story_id: StoryId) -> StoryId:
        """The story that *story_id* is part of now."""
        return self.merged.get(story_id, story_id)

    def home(self, story_id: StoryId, article_id: ArticleId) -> StoryId:
        """Where an article belongs that stood in *story_id* before the batch."""
        late = self.late.get(article_id)
        return late.story_id if late is not None and late.parted_from else self.heir(story_id)

    def partings(self) -> dict[tuple[StoryId, StoryId], frozenset[ArticleId]]:
        """The articles of before that left a story for another one, by these two."""
        gone: dict[tuple[StoryId, StoryId], set[ArticleId]] = {}
        for article_id, join in self.late.items():
            if join.parted_from and self.heir(join.parted_from) != join.story_id:
                gone.setdefault((self.heir(join.parted_from), join.story_id), set()).add(article_id)
        return {stories: frozenset(articles) for stories, articles in gone.items()}


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    Cases to judge; ``parted`` are alerts that followed articles out of a story, ``late`` is as in `Grouped`.

    ``withdrawn`` are messages that wait about alerts of which nothing is left.
    """

    cases: Sequence[Case]
    parted: Sequence[Alert]
    withdrawn: Sequence[NotificationId]
    late: Mapping[ArticleId, Join]


def gather(grouped: Grouped, revisited: Iterable[StoryId], store: Store, background: Background) -> Gathered:
    """
    The stories that changed, each with all its articles: those of the store and those of this batch.

    What stories that were merged held and told goes along, and so does what is told of articles that left one.
    """
    fresh: dict[StoryId, list[Article]] = {grouped.heir(story_id): [] for story_id in revisited}
    fresh |= {kept: [] for kept in grouped.merged.values() if kept not in grouped.merged}
    fresh |= {story_id: [] for stories in grouped.partings() for story_id in stories}
    for article in grouped.articles:
        fresh.setdefault(grouped.joins[article.id].story_id, []).append(article)
    wanted = [*fresh, *grouped.merged]
    records = store.load_stories(wanted)
    parts: dict[StoryId, list[StoryRecord]] = {}
    for key in wanted:
        for part in _shared_out(records[key], grouped) if key in records else ():
            parts.setdefault(part.story_id, []).append(part)
    cases = {
        story_id: _whole(_new(story_id, added, grouped), parts.get(story_id, ())) for story_id, added in fresh.items()
    }
    alerts: dict[StoryId, list[Alert]] = {}
    for alert in store.load_alerts(wanted):
        alerts.setdefault(grouped.heir(alert.story_id), []).append(alert)
    told = _told(alerts, store)
    changed = _part_alerts(alerts, told, cases, grouped, background)
    over = {alert.id for alert in changed if alert.is_closed}
    withdrawn = [
        one.notification.id
        for sent in told.values()
        for one in sent
        if one.is_untried and one.notification.alert_id in over
    ]
    told = {story_id: [one for one in sent if one.notification.id not in withdrawn] for story_id, sent in told.items()}
    whole = [
        replace(case, alerts=tuple(alerts.get(story_id, ())), messages=tuple(told.get(story_id, ())))
        for story_id, case in cases.items()
        if case.articles
    ]
    held = {join.article_id: join for joined in parts.values() for part in joined for join in part.joins}
    return Gathered(whole, changed, withdrawn, {key: held.get(key, join) for key, join in grouped.late.items()})


def _new(story_id: StoryId, added: Sequence[Article], grouped: Grouped) -> Case:
    return Case(
        story_id,
        tuple(added),
        tuple(grouped.analyses[article.id] for article in added),
        tuple(grouped.joins[article.id] for article in added),
    )


def _shared_out(record: StoryRecord, grouped: Grouped) -> Iterator[StoryRecord]:
    """What the store holds of a story, by the stories that it belongs to now: mostly one."""
    homes = {article.id: grouped.home(record.story_id, article.id) for article in record.articles}
    # A copy stays one wherever it stands.
    joins = [replace(grouped.late.get(join.article_id, join), duplicate_of=join.duplicate_of) for join in record.joins]
    for home in dict.fromkeys(homes.values()):
        yield StoryRecord(
            home,
            tuple(article for article in record.articles if homes[article.id] == home),
            tuple(analysis for analysis in record.analyses if homes[ArticleId(analysis.article_id)] == home),
            tuple(join for join in joins if homes[join.article_id] == home),
        )


def _whole(new: Case, parts: Sequence[StoryRecord]) -> Case:
    """*new* with what the store holds of the story: of an article that stands in both as it is now."""
    articles = {article.id: article for article in (*(one for part in parts for one in part.articles), *new.articles)}
    analyses = {one.article_id: one for one in (*(one for part in parts for one in part.analyses), *new.analyses)}
    joins = {join.article_id: join for part in parts for join in part.joins}
    # Why it stands there stays as it was found at first.
    joins |= {join.article_id: join for join in new.joins if join.article_id not in joins}
    return replace(
        new, articles=tuple(articles.values()), analyses=tuple(analyses.values()), joins=tuple(joins.values())
    )


def _told(alerts: Mapping[StoryId, Sequence[Alert]], store: Store) -> dict[StoryId, list[Sent]]:
    """The messages of each story's alerts."""
    told: dict[StoryId, list[Sent]] = {}
    story_of = {alert.id: story_id for story_id, held in alerts.items() for alert in held}
    for one in store.load_messages(list(story_of)):
        if one.notification.alert_id is not None:
            told.setdefault(story_of[one.notification.alert_id], []).append(one)
    return told


def _part_alerts(
    alerts: dict[StoryId, list[Alert]],
    told: Mapping[StoryId, Sequence[Sent]],
    cases: Mapping[StoryId, Case],
    grouped: Grouped,
    background: Background,
) -> tuple[Alert, ...]:
    """Let *alerts* follow the articles that left a story: what was told of these is told of where they stand now."""
    changed: dict[str, Alert] = {}
    for (left, opened), gone in grouped.partings().items():
        moved = tuple(article for article in cases[opened].articles if article.id in gone)
        if not (left in alerts and moved):
            continue
        seen_at = min(article.first_seen_at for article in moved)
        stays, leaves = _summary(cases[left], background), _summary(replace(cases[opened], articles=moved), background)
        unheard = untold(alerts[left], told.get(left, ()))
        for alert in list(parted(alerts[left], unheard, seen_at, stays, leaves)):
            held = alerts.setdefault(alert.story_id, [])
            held[:] = [*(one for one in held if one.id != alert.id), alert]
            changed[alert.id] = alert
    return tuple(changed.values())


def _summary(case: Case, background: Background) -> Story:
    return summarise(case.story_id, case.articles, case.analyses, case.joins, background)
