"""Brings the stored stories to what a person said of them; the running service follows with its next round."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from monitor.domain.article import Article
from monitor.domain.errors import UsageError
from monitor.domain.finding import Analysis
from monitor.domain.story import BY_PERSON, EditKind, Join, Story, StoryEdit, StoryId
from monitor.ports import Assessment, Store, StoredMember, StoryRecord
from monitor.stages.decide.merged import parted, settled, untold
from monitor.stages.decide.reasons import told_of
from monitor.stages.group import pack, split_story_id
from monitor.stages.normalise.canonical_url import spellings
from monitor.stages.read_article import fingerprint_of
from monitor.stages.story.summary import Background, summarise


def edit_story(edit: StoryEdit, author: str, now: datetime, store: Store, background: Background) -> StoryEdit:
    """
    Note what a person said of a story and carry it out.

    Nobody is alerted for what was told already: an article that is taken out is judged as a story of its own with the
    next round, by what alerts said of it where it stood. The edit that is returned names an article by its id, also
    where a URL was given.

    Raises:
        UsageError: there is no such story, or the article does not stand in it.
    """
    other = StoryId(edit.other)
    wanted = [edit.story_id, other] if edit.kind is EditKind.MERGE else [edit.story_id]
    records = store.load_stories(wanted)
    for story_id in wanted:
        if story_id not in records:
            raise UsageError(f'no story has the id "{story_id}": `monitor stories list` shows them')
    if edit.kind is EditKind.MERGE:
        assessment = _merged(edit.story_id, other, author, now, records, store, background)
    elif edit.kind is EditKind.SPLIT:
        leaving = _member(edit.other, records[edit.story_id])
        edit = replace(edit, other=str(leaving.id))
        assessment = _split(leaving, records[edit.story_id], store, now, background)
    else:
        assessment = Assessment()
    store.save_story_edit(edit, author, now)
    store.save_assessment(assessment, now)
    return edit


def _merged(
    kept: StoryId,
    gone: StoryId,
    author: str,
    now: datetime,
    records: Mapping[StoryId, StoryRecord],
    store: Store,
    background: Background,
) -> Assessment:
    both = [records[kept], records[gone]]
    whole = StoryRecord(
        kept,
        tuple(article for record in both for article in record.articles),
        tuple(analysis for record in both for analysis in record.analyses),
        tuple(join for record in both for join in record.joins),
    )
    story, alerts = _summary(whole, background), store.load_alerts([kept, gone])
    merged = settled(alerts, store.load_messages([alert.id for alert in alerts]), kept)
    return Assessment(
        stories=(story,),
        joins=tuple(
            replace(join, story_id=kept, score=1.0, shared=((BY_PERSON, author, 1.0),))
            for join in records[gone].joins
            if not join.shared
        ),
        merged=((gone, kept),),
        # That two stories are one is no news by itself: their sources were counted before.
        alerts=tuple(alert if alert.is_closed else replace(alert, told=told_of(story)) for alert in merged.changed),
        withdrawn=merged.withdrawn,
        retold=tuple(merged.moved.items()),
        # Messages that wait are to tell all of it.
        revisits=((kept, now),),
    )


def _member(named: str, record: StoryRecord) -> Article:
    """The article of a story that has this id or URL."""
    meant = {named, *spellings(named)} - {""}
    found = next((article for article in record.articles if not meant.isdisjoint({article.id, article.url})), None)
    if found is None:
        shows = f"`monitor stories show {record.story_id}` lists them"
        raise UsageError(f'the story {record.story_id} holds no article "{named}": {shows}')
    return found


def _split(leaving: Article, record: StoryRecord, store: Store, now: datetime, background: Background) -> Assessment:
    if len(record.articles) == 1:
        raise UsageError(f"the story {record.story_id} holds this article only")
    article_id = leaving.id
    opened = split_story_id(article_id, record.story_id)
    analysis = next((one for one in record.analyses if one.article_id == article_id), None)
    left = StoryRecord(
        record.story_id,
        tuple(article for article in record.articles if article is not leaving),
        tuple(one for one in record.analyses if one is not analysis),
        tuple(join for join in record.joins if join.article_id != article_id),
    )
    join = Join(article_id, opened, 0.0, ())
    alone = StoryRecord(opened, (leaving,), (analysis,) if analysis else (), (join,))
    old, new = _summary(left, background), _summary(alone, background)
    alerts = store.load_alerts([record.story_id])
    messages = store.load_messages([alert.id for alert in alerts])
    changed = tuple(parted(alerts, untold(alerts, messages), leaving.first_seen_at, old, new))
    over = {alert.id for alert in changed if alert.is_closed}
    return Assessment(
        joins=(join,),
        fingerprints=(_fingerprinted(leaving, analysis, opened, background),),
        stories=(old, new),
        alerts=changed,
        withdrawn=tuple(
            one.notification.id for one in messages if one.is_untried and one.notification.alert_id in over
        ),
        revisits=((opened, now), (record.story_id, now)),
    )


def _summary(record: StoryRecord, background: Background) -> Story:
    return summarise(record.story_id, record.articles, record.analyses, record.joins, background)


def _fingerprinted(
    article: Article, analysis: Analysis | None, story_id: StoryId, background: Background
) -> StoredMember:
    fingerprint = fingerprint_of(article, analysis, background.reader)
    return StoredMember(article.id, story_id, pack(fingerprint), fingerprint.at)
