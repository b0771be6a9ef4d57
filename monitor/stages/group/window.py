"""The stories that an article may join: an index in memory of what their articles said."""

import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from sys import intern

from monitor.domain.article import ArticleId
from monitor.domain.policy import GroupPolicy, GroupWeights
from monitor.domain.story import StoryId
from monitor.stages.group.fingerprint import Fingerprint

_KINDS = {
    "e": "entity", "n": "name", "b": "pair", "p": "country", "c": "city", "#": "number", "s": "score",
    "d": "day", "m": "month", "i": "identifier", "u": "link", "w": "word", "t": "attack",
}  # fmt: skip
# The share of stories that carry a fact of a kind, until the window has seen enough to know better.
_PRIORS = {
    "e": 0.001, "n": 0.0004, "b": 0.0002, "#": 0.001, "s": 0.01, "d": 0.03, "m": 0.05, "i": 0.0001,
    "u": 0.0001, "w": 0.004, "t": 0.02,
}  # fmt: skip
_UNWEIGHED = frozenset({"cue", "q", "season"})
_LEADING_HASHES = 6
_COPIES_KEPT = 64
_GROWN = 1.02
_FIRMEST = 1.3
_SMALL_STORY = 12
_NOTHING = 1e-4
_FEW = 32
_OFTEN_MEASURED = 16


@dataclass(slots=True, eq=False)
class Member:
    """One article in the window, in little memory: its facts as parallel rows of keys and prominence."""

    article_id: str
    at: datetime
    language: str
    keys: tuple[str, ...]
    weights: "array[float]"
    sketch: "array[int]"
    is_dated: bool = True

    def facts(self) -> Iterator[tuple[str, float]]:
        return zip(self.keys, self.weights, strict=True)


def firmness(total: float, size: int) -> float:
    """
    How firmly a story of *size* articles holds a fact whose prominence sums up to *total*.

    While a story is small a fact of some of its articles counts for more than its share, since each tells
    another part; in a large one it counts by its share, or everything said of it once would draw in more.
    """
    return min(_FIRMEST, total / math.sqrt(size) * min(1.0, math.sqrt(_SMALL_STORY / size)))


@dataclass(slots=True, eq=False)
class StoryProfile:
    """
    What the articles of one story said together. Facts of a story of one article are read from it.

    ``is_dated`` where the date of any of its articles is known; its times are those of the dated ones.
    """

    id: StoryId
    first_at: datetime
    last_at: datetime
    members: dict[str, Member] = field(default_factory=dict)
    languages: set[str] = field(default_factory=set)
    norms: tuple[float, float] | None = None
    is_dated: bool = False
    _sums: dict[str, float] | None = None

    @property
    def facts(self) -> Mapping[str, float]:
        """Each fact with the sum of its prominence over the articles."""
        if self._sums is not None:
            return self._sums
        return {key: weight for member in self.members.values() for key, weight in member.facts()}

    def strength(self, key: str) -> float:
        """How firmly the story holds a fact: the root of the share of its articles that state it."""
        return firmness(self.facts.get(key, 0.0), len(self.members))

    def enter(self, member: Member) -> list[str]:
        """Take an article in; answers the facts that are new to the story."""
        if member.is_dated and self.is_dated:
            self.first_at, self.last_at = min(self.first_at, member.at), max(self.last_at, member.at)
        elif member.is_dated:
            self.first_at, self.last_at, self.is_dated = member.at, member.at, True
        self.languages.add(member.language)
        if not self.members:
            self.members[member.article_id] = member
            return list(member.keys)
        sums = self._sums = dict(self.facts) if self._sums is None else self._sums
        self.members[member.article_id] = member
        new = [key for key in member.keys if key not in sums]
        for key, weight in member.facts():
            sums[key] = sums.get(key, 0.0) + weight
        # What many articles say changes little with one more, and measuring reads all facts.
        if len(self.members) <= _OFTEN_MEASURED or len(self.members) % _OFTEN_MEASURED == 0:
            self.norms = None
        return new

    def leave(self, member: Member) -> list[str]:
        """Let an article go; answers the facts that the story has no more."""
        del self.members[member.article_id]
        self.norms = None
        if self._sums is None:
            return list(member.keys)
        gone = []
        for key, weight in member.facts():
            left = self._sums.get(key, 0.0) - weight
            if left > _NOTHING and self.members:
                self._sums[key] = left
            elif self._sums.pop(key, None) is not None:
                gone.append(key)
        return gone

    def prune(self, most: int) -> list[str]:
        """Forget the weakest facts of a long story; answers them."""
        if self._sums is None or len(self._sums) <= 2 * most:
            return []
        weakest = sorted(self._sums.items(), key=lambda item: (item[1], item[0]))[: len(self._sums) - most]
        for key, _ in weakest:
            del self._sums[key]
        self.norms = None
        return [key for key, _ in weakest]


Posting = StoryProfile | list[StoryProfile] | int


class GroupWindow:
    """
    Stories of late with an inverted index from facts to stories.

    Candidates come through rare facts only and a bounded number of index entries is read for an
    article, so that its cost hardly grows with the window. Articles leave oldest first when the
    window is full, and their facts with them.
    """

    def __init__(self, policy: GroupPolicy, weights: GroupWeights, priors: Mapping[str, float]) -> None:
        self._policy = policy
        self._kind_weights = {kind: float(getattr(weights, name)) for kind, name in _KINDS.items()}
        self._concept_weight = weights.concept
        self._priors = priors
        self._stories: dict[StoryId, StoryProfile] = {}
        self._story_of: dict[str, StoryProfile] = {}  # in order of arrival
        self._index: dict[str, Posting] = {}
        self._counts: dict[str, int] = {}
        self._copies: dict[int, list[Member]] = {}
        self._weights: dict[str, float] = {}
        self._weighed_at = 0
        self._barred: set[tuple[str, StoryId]] = set()
        self._pinned: set[StoryId] = set()
        self._merges: list[tuple[StoryId, StoryId]] = []

    def __len__(self) -> int:
        return len(self._story_of)

    @property
    def stories(self) -> Mapping[StoryId, StoryProfile]:
        return self._stories

    def story_of(self, article_id: ArticleId) -> StoryId | None:
        """The story an article stands in, where the window still holds it."""
        story = self._story_of.get(article_id)
        return story.id if story else None

    def weight(self, key: str) -> float:
        """Rarity times the weight of the kind: what a fact is worth when two texts share it."""
        known = self._weights.get(key)
        if known is None:
            known = self._weights[key] = self._weigh(key)
        return known

    def _weigh(self, key: str) -> float:
        kind = key[: key.index(":")] if ":" in key else "#"
        if kind in _UNWEIGHED:
            return 0.0
        prior = self._priors.get(key) or _PRIORS.get(kind, 0.01)
        background = self._policy.background_articles
        share = (self._counts.get(key, 0) + background * prior) / (len(self._story_of) + background)
        return -math.log(min(1.0, share)) * self._kind_weights.get(kind, self._concept_weight)

    def norm(self, story: StoryProfile, *, has_words: bool) -> float:
        """The length of a story's facts, with or without words of its languages; kept until it grows."""
        if story.norms is None:
            words = others = 0.0
            size = len(story.members)
            for key, total in story.facts.items():
                square = (self.weight(key) * firmness(total, size)) ** 2
                if key.startswith("w:"):
                    words += square
                else:
                    others += square
            story.norms = (math.sqrt(others) or 1.0, math.sqrt(others + words) or 1.0)
        return story.norms[has_words]

    def candidates(self, article_id: str, values: Mapping[str, float]) -> list[StoryProfile]:
        """The stories that share most of an article's rare facts; *values* maps its facts to their worth."""
        left = self._policy.postings_read
        found: dict[StoryProfile, float] = {}
        known = [(self._counts[name], name) for name in values if name in self._counts]
        for _, key in sorted(known):
            posting = self._index.get(key)
            if posting is None or isinstance(posting, int):
                continue
            stories = (posting,) if isinstance(posting, StoryProfile) else posting
            left -= len(stories)
            if left < 0:
                break
            worth = values[key]
            for story in stories:
                found[story] = found.get(story, 0.0) + worth
        best = nlargest(self._policy.candidates, found, key=found.__getitem__)
        return [story for story in best if (article_id, story.id) not in self._barred]

    def copies_of(self, fingerprint: Fingerprint) -> Iterator[Member]:
        """Articles of the window that share two leading hashes with this one and may be copies of it."""
        seen: set[str] = {fingerprint.article_id}
        twice: set[str] = {fingerprint.article_id}
        for mark in fingerprint.sketch[:_LEADING_HASHES]:
            others = self._copies.get(mark, ())
            if len(others) == _COPIES_KEPT:
                continue  # a phrase of many texts
            for other in others:
                if other.article_id not in seen:
                    seen.add(other.article_id)
                elif other.article_id not in twice:
                    twice.add(other.article_id)
                    yield other

    def add(self, fingerprint: Fingerprint, story_id: StoryId) -> None:
        """Put an article into a story, opening the story where it is new; a second time changes nothing."""
        if fingerprint.article_id in self._story_of:
            return
        member = _kept(fingerprint)
        for mark in member.sketch[:_LEADING_HASHES]:
            marked = self._copies.setdefault(mark, [])
            if len(marked) < _COPIES_KEPT:
                marked.append(member)
        self._count(member, 1)
        self._enter(member, story_id)
        while len(self._story_of) > self._policy.max_articles:
            self._forget(next(iter(self._story_of)))
        if len(self._story_of) > self._weighed_at * _GROWN:
            self._weights.clear()
            self._weighed_at = len(self._story_of)

    def _count(self, member: Member, step: int) -> None:
        for key in member.keys:
            count = self._counts.get(key, 0) + step
            if count:
                self._counts[key] = count
            else:
                del self._counts[key]
            # One more of many changes next to nothing, and weighing takes a logarithm.
            if count < _FEW or count % _FEW == 0:
                self._weights.pop(key, None)

    def revise(self, fingerprint: Fingerprint) -> None:
        """Take the new text of an article that was edited; it stays in its story."""
        story = self._story_of[fingerprint.article_id]
        before = story.members[fingerprint.article_id]
        member = _kept(fingerprint)
        if member.keys != before.keys:
            self._count(before, -1)
            self._count(member, 1)
            self._leave(before, story)
            self._enter(member, story.id)

    def move(self, article_id: ArticleId, story_id: StoryId) -> None:
        """Put an article of the window into another story."""
        story = self._story_of.get(article_id)
        if story is not None and story.id != story_id:
            member = story.members[article_id]
            self._leave(member, story)
            self._enter(member, story_id)

    def merge(self, kept: StoryId, gone: StoryId) -> None:
        """Put all articles of one story into another; `take_merges` tells of it."""
        story = self._stories.get(gone)
        if story is None or kept == gone:
            return
        for article_id in list(story.members):
            self.move(ArticleId(article_id), kept)
        self._merges.append((gone, kept))

    def take_merges(self) -> tuple[tuple[StoryId, StoryId], ...]:
        """The merges since the last call as (gone, kept); no kept story is one that went later."""
        heirs: dict[StoryId, StoryId] = {}
        for gone, kept in self._merges:
            heirs = {one: kept if heir == gone else heir for one, heir in heirs.items()}
            heirs[gone] = kept
        self._merges = []
        return tuple(heirs.items())

    def keep_apart(self, article_id: ArticleId, story_id: StoryId) -> None:
        """Never put this article into that story."""
        self._barred.add((article_id, story_id))

    def pin(self, story_id: StoryId) -> None:
        """Never merge this story by itself."""
        self._pinned.add(story_id)

    def may_merge(self, one: StoryProfile, other: StoryProfile) -> bool:
        """Whether no person has said that the two are what they are."""
        if one.id in self._pinned or other.id in self._pinned:
            return False
        pairs = ((member, two.id) for two, three in ((one, other), (other, one)) for member in three.members)
        return self._barred.isdisjoint(pairs)

    def _enter(self, member: Member, story_id: StoryId) -> None:
        story = self._stories.get(story_id)
        if story is None:
            story = self._stories[story_id] = StoryProfile(story_id, member.at, member.at)
        for key in story.enter(member):
            self._post(key, story)
        for key in story.prune(self._policy.story_facts):
            self._withdraw(key, story)
        self._story_of[member.article_id] = story

    def _post(self, key: str, story: StoryProfile) -> None:
        posting = self._index.get(key)
        if posting is None:
            self._index[key] = story
        elif isinstance(posting, StoryProfile):
            self._index[key] = [posting, story]
        elif isinstance(posting, int):
            self._index[key] = posting + 1
        elif len(posting) >= self._policy.postings_read:
            # A fact of so many stories is never read when candidates are sought: its number is enough.
            self._index[key] = len(posting) + 1
        else:
            posting.append(story)

    def _withdraw(self, key: str, story: StoryProfile) -> None:
        posting = self._index.get(key)
        if posting is story or posting == 1:
            del self._index[key]
        elif isinstance(posting, int):
            self._index[key] = posting - 1
        elif isinstance(posting, list) and story in posting:
            posting.remove(story)
            if len(posting) == 1:
                self._index[key] = posting[0]

    def _leave(self, member: Member, story: StoryProfile) -> None:
        for key in story.leave(member):
            self._withdraw(key, story)
        if not story.members:
            for key in tuple(story.facts):
                self._withdraw(key, story)
            del self._stories[story.id]

    def _forget(self, article_id: str) -> None:
        """Take the oldest article out again, with its facts."""
        story = self._story_of.pop(article_id)
        member = story.members[article_id]
        self._leave(member, story)
        self._count(member, -1)
        for mark in member.sketch[:_LEADING_HASHES]:
            marked = [other for other in self._copies.get(mark, ()) if other is not member]
            if marked:
                self._copies[mark] = marked
            else:
                self._copies.pop(mark, None)


def _kept(fingerprint: Fingerprint) -> Member:
    return Member(
        fingerprint.article_id,
        fingerprint.at,
        intern(fingerprint.language),
        tuple(intern(key) for key, _ in fingerprint.facts),
        array("f", (weight for _, weight in fingerprint.facts)),
        array("L", fingerprint.sketch),
        fingerprint.is_dated,
    )
