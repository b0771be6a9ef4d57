"""What people said of stories: merge, split, pin. It holds against everything that grouping finds by itself."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.article import ArticleId
from monitor.domain.story import StoryId
from monitor.stages.group.window import GroupWindow


class EditKind(StrEnum):
    """``merge``: story *other* joins the story; ``split``: article *other* leaves it; ``pin``: it is not merged."""

    MERGE = "merge"
    SPLIT = "split"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Edit:
    """One word of a person on a story."""

    kind: EditKind
    story_id: StoryId
    other: str = ""


def apply_edits(edits: Iterable[Edit], window: GroupWindow) -> None:
    """Bring the window to what people said, oldest first. Doing it again changes nothing."""
    for edit in edits:
        if edit.kind is EditKind.MERGE:
            window.merge(edit.story_id, StoryId(edit.other))
        elif edit.kind is EditKind.PIN:
            window.pin(edit.story_id)
        else:
            article_id = ArticleId(edit.other)
            window.keep_apart(article_id, edit.story_id)
            if window.story_of(article_id) == edit.story_id:
                window.move(article_id, split_story_id(article_id, edit.story_id))


def split_story_id(article_id: ArticleId, story_id: StoryId) -> StoryId:
    """The id of the story that an article opens when a person takes it out of another."""
    return StoryId(f"st-{hashlib.sha256(f'{story_id} without {article_id}'.encode()).hexdigest()[:12]}")
