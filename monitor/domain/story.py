"""Stories: all coverage of one event, in any language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Span, Status
from monitor.domain.watchlist import EntityId

StoryId = NewType("StoryId", str)


class StoryState(StrEnum):
    """How far the story has come."""

    RUMOUR = "rumour"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    OVER = "over"


# The kind of shared fact that is a person's word, of what speaks for a join or against it, and of the story that the
# article was taken out of.
BY_PERSON, SIGN, PARTED = "person", "sign", "parted"


@dataclass(frozen=True, slots=True)
class Join:
    """
    Why an article stands in a story: the shared facts that made it, with their weights.

    ``score`` is how sure it is that the article tells of the story's event, in [0, 1]; 1 for a copy.
    """

    article_id: ArticleId
    story_id: StoryId
    score: float
    shared: tuple[tuple[str, str, float], ...]
    duplicate_of: ArticleId | None = None

    @property
    def merged_by(self) -> str:
        """The person who made it part of the story; empty where shared facts did."""
        return next((value for kind, value, _ in self.shared if kind == BY_PERSON), "")

    @property
    def parted_from(self) -> StoryId | None:
        """The story that it stood in until an article came that tells of its own event; None where there is none."""
        return next((StoryId(value) for kind, value, _ in self.shared if kind == PARTED), None)

    @property
    def facts(self) -> tuple[tuple[str, str, float], ...]:
        """What both say, as (kind, value, weight)."""
        return tuple([one for one in self.shared if one[0] not in (SIGN, PARTED)])

    @property
    def signs(self) -> tuple[tuple[str, float], ...]:
        """What spoke most for the join and against it, and how much each sign added."""
        return tuple([(name, added) for kind, name, added in self.shared if kind == SIGN])


@dataclass(frozen=True, slots=True)
class StoryEntity:
    """The strongest that any article of the story says of an entity, and the sentence that says it."""

    entity_id: EntityId
    name: str
    role: Role
    confidence: float
    statuses: Mapping[AttackType, Status]
    article_id: ArticleId
    evidence: str = ""
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of an article that tells what is new, about entities or about none; marks count within it."""

    text: str
    article_id: ArticleId
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """
    One voice in a story. ``independent`` is False for wire copies, same owner and same author.

    ``outlet`` is whose article it is, where its feed names one and the address does not tell.
    """

    article_id: ArticleId
    title: str
    url: str
    language: str
    owner: str
    published_at: datetime
    independent: bool
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """
    All coverage of one event as known now.

    ``updated_at`` is when we last saw an article of it, ``newest_at`` when its latest article was
    published. ``confirmed_at`` is the first time that the victim itself or an authority said so.
    ``rings`` is False while all its articles are history (a first run, a new feed, a restored backup);
    ``is_timeless`` marks stories from sources that ring always, whatever their age.
    ``numbers`` are the key figures: what was taken or asked, such as "6200000" and "1500000000$" (any currency);
    ``taken_back`` are figures that somebody gave and an article says are wrong.
    """

    id: StoryId
    state: StoryState
    headline: str
    headlines: Mapping[str, str]
    first_reported_at: datetime
    updated_at: datetime
    sources: tuple[Source, ...]
    entities: tuple[StoryEntity, ...]
    attacks: Mapping[AttackType, Status]
    numbers: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    newest_at: datetime | None = None
    rings: bool = True
    is_timeless: bool = False
    taken_back: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source.language for source in self.sources))

    @property
    def independent_sources(self) -> int:
        return sum(source.independent for source in self.sources)


class EditKind(StrEnum):
    """``merge``: story *other* joins the story; ``split``: article *other* leaves it; ``pin``: it is not merged."""

    MERGE = "merge"
    SPLIT = "split"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class StoryEdit:
    """One word of a person on a story."""

    kind: EditKind
    story_id: StoryId
    other: str = ""


@dataclass(frozen=True, slots=True)
class NotedEdit:
    """A person's word on a story, who said it and when."""

    edit: StoryEdit
    author: str
    at: datetime
