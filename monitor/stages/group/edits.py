"""What people said of stories: merge, split, pin. It holds against everything that grouping finds by itself."""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from monitor.domain.article import ArticleId
from monitor.domain.story import EditKind, StoryEdit, StoryId
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.window import GroupWindow


def apply_edits(
    edits: Iterable[StoryEdit], window: GroupWindow, heirs: Mapping[StoryId, StoryId] = MappingProxyType({})
) -> None:
    """
    Bring the window to what people said, oldest first. Doing it again changes nothing.

    *heirs* maps stories that are part of others by now to these: who left the one stays out of the other.
    """
    for edit in edits:
        if edit.kind is EditKind.MERGE:
            window.merge(edit.story_id, StoryId(edit.other))
            window.unite(heirs.get(edit.story_id, edit.story_id))
        elif edit.kind is EditKind.PIN:
            window.pin(edit.story_id)
        else:
            article_id = ArticleId(edit.other)
            window.keep_apart(article_id, edit.story_id)
            window.keep_apart(article_id, heirs.get(edit.story_id, edit.story_id))
            if window.story_of(article_id) == edit.story_id:
                window.move(article_id, split_story_id(article_id, edit.story_id))


def catch_up(members: Iterable[tuple[Fingerprint, StoryId]], window: GroupWindow) -> None:
    """Take into *window* what others did to stories: articles that came, were edited, or changed their story."""
    for fingerprint, story_id in members:
        article_id = ArticleId(fingerprint.article_id)
        if window.story_of(article_id) is None:
            window.add(fingerprint, story_id)
            continue
        window.revise(fingerprint)
        if window.story_of(article_id) != story_id:
            window.move(article_id, story_id)


def stories_named(edit: StoryEdit) -> frozenset[StoryId]:
    """The stories that an edit is about."""
    if edit.kind is EditKind.MERGE:
        return frozenset({edit.story_id, StoryId(edit.other)})
    if edit.kind is EditKind.SPLIT:
        return frozenset({edit.story_id, split_story_id(ArticleId(edit.other), edit.story_id)})
    return frozenset({edit.story_id})


def split_story_id(article_id: ArticleId, story_id: StoryId) -> StoryId:
    """The id of the story that an article opens when a person takes it out of another."""
    return StoryId(f"st-{hashlib.sha256(f'{story_id} without {article_id}'.encode()).hexdigest()[:12]}")
