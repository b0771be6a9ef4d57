"""The stories that an article may join: an index in memory of what their articles said."""

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.domain.article import ArticleId
from monitor.domain.policy import GroupPolicy, GroupWeights
from monitor.domain.story import StoryId
from monitor.stages.group.fingerprint import Fingerprint

_KINDS = {
    "e": "entity", "n": "name", "b": "pair", "p": "country", "c": "city", "#": "number", "s": "score",
    "d": "day", "m": "month", "i": "identifier", "u": "link", "w": "word", "t": "attack",
}  # fmt: skip
_PRIORS = {
    "e": 0.001,
    "n": 0.0004,
    "b": 0.0002,
    "#": 0.001,
    "s": 0.01,
    "d": 0.03,
    "m": 0.05,
    "i": 0.0001,
    "u": 0.0001,
    "w": 0.004,
    "t": 0.02,
}
_UNWEIGHED = frozenset({"cue", "q", "season"})
_LEADING_HASHES = 4
_COPIES_KEPT = 64
_SWEEP_AFTER = 1_000
_NOTHING = 1e-6


@dataclass(slots=True)
class StoryProfile:
    """What the articles of one story said together; ``facts`` sums their prominence."""

    id: StoryId
    first_at: datetime
    last_at: datetime
    facts: dict[str, float] = field(default_factory=dict)
    members: list[Fingerprint] = field(default_factory=list)
    victims: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    norms: tuple[float, float] | None = None
    is_dated: bool = True

    def strength(self, key: str) -> float:
        """How firmly the story holds a fact: the share of its articles that state it, softened."""
        total = self.facts.get(key)
        return 0.0 if total is None else min(1.3, total / math.sqrt(len(self.members)))


class GroupWindow:
    """
    Stories of late with an inverted index from facts to stories.

    Candidates come through rare facts only and at most ``postings_read`` entries are read for an
    article, so that its cost does not grow with the window. Articles leave oldest first when the
    window is full, and their facts with them.
    """

    def __init__(self, policy: GroupPolicy, weights: GroupWeights, priors: Mapping[str, float]) -> None:
        self._policy = policy
        self._kind_weights = {kind: float(getattr(weights, name)) for kind, name in _KINDS.items()}
        self._concept_weight = weights.concept
        self._priors = dict(priors)
        self._stories: dict[StoryId, StoryProfile] = {}
        self._story_of: dict[ArticleId, StoryId] = {}
        self._postings: dict[str, list[StoryId]] = {}
        self._counts: dict[str, int] = {}
        self._arrivals: deque[Fingerprint] = deque()
        self._copies: dict[int, list[Fingerprint]] = {}
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._arrivals)

    @property
    def stories(self) -> Mapping[StoryId, StoryProfile]:
        return self._stories

    def story_of(self, article_id: ArticleId) -> StoryId | None:
        """The story an article stands in, where the window still holds it."""
        return self._story_of.get(article_id)

    def weight(self, key: str) -> float:
        """Rarity times the weight of the kind: what a fact is worth when two texts share it."""
        kind = key[: key.index(":")] if ":" in key else "#"
        if kind in _UNWEIGHED:
            return 0.0
        background = self._policy.background_articles
        prior = self._priors.get(key)
        if prior is None:
            prior = _PRIORS.get(kind, 0.01)
        share = (self._counts.get(key, 0) + background * prior) / (len(self._arrivals) + background)
        return -math.log(min(1.0, share)) * self._kind_weights.get(kind, self._concept_weight)

    def norm(self, story: StoryProfile, *, has_words: bool) -> float:
        """The length of a story's facts, with or without words of its languages; kept until it grows."""
        if story.norms is None:
            words = others = 0.0
            for key in story.facts:
                square = (self.weight(key) * story.strength(key)) ** 2
                if key.startswith("w:"):
                    words += square
                else:
                    others += square
            story.norms = (math.sqrt(others) or 1.0, math.sqrt(others + words) or 1.0)
        return story.norms[has_words]

    def candidates(self, values: Mapping[str, float]) -> list[StoryProfile]:
        """The stories that share most of an article's rare facts; *values* maps its facts to their worth."""
        left = self._policy.postings_read
        found: dict[StoryId, float] = {}
        for key in sorted(values, key=lambda name: (self._counts.get(name, 0), name)):
            postings = self._postings.get(key)
            if postings is None:
                continue
            left -= len(postings)
            if left < 0:
                break
            worth = values[key]
            for story_id in postings:
                found[story_id] = found.get(story_id, 0.0) + worth
        best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[: self._policy.candidates]
        return [self._stories[story_id] for story_id, _ in best if story_id in self._stories]

    def copies_of(self, fingerprint: Fingerprint) -> Iterator[Fingerprint]:
        """Articles of the window that share a leading hash with this one and may be copies of it."""
        seen = {fingerprint.article_id}
        for mark in fingerprint.sketch[:_LEADING_HASHES]:
            for other in self._copies.get(mark, ()):
                if other.article_id not in seen:
                    seen.add(other.article_id)
                    yield other

    def add(self, fingerprint: Fingerprint, story_id: StoryId) -> None:
        """Put an article into a story, opening the story where it is new; a second time changes nothing."""
        article_id = ArticleId(fingerprint.article_id)
        if article_id in self._story_of:
            return
        self._story_of[article_id] = story_id
        self._arrivals.append(fingerprint)
        for key, _ in fingerprint.facts:
            self._counts[key] = self._counts.get(key, 0) + 1
        for mark in fingerprint.sketch[:_LEADING_HASHES]:
            marked = self._copies.setdefault(mark, [])
            if len(marked) < _COPIES_KEPT:
                marked.append(fingerprint)
        self._enter(fingerprint, story_id)
        while len(self._arrivals) > self._policy.max_articles:
            self._forget(self._arrivals.popleft())

    def move(self, article_id: ArticleId, story_id: StoryId) -> None:
        """Put an article of the window into another story, as a person or late evidence asks."""
        before = self._story_of.get(article_id)
        if before is None or before == story_id:
            return
        old = self._stories[before]
        fingerprint = next(member for member in old.members if member.article_id == article_id)
        self._leave(fingerprint, old)
        self._story_of[article_id] = story_id
        self._enter(fingerprint, story_id)

    def merge(self, kept: StoryId, dropped: StoryId) -> None:
        """Put all articles of one story into another."""
        story = self._stories.get(dropped)
        for member in list(story.members) if story else ():
            self.move(ArticleId(member.article_id), kept)

    def _enter(self, fingerprint: Fingerprint, story_id: StoryId) -> None:
        story = self._stories.get(story_id)
        if story is None:
            story = self._stories[story_id] = StoryProfile(story_id, fingerprint.at, fingerprint.at)
            story.is_dated = fingerprint.is_dated
        if fingerprint.is_dated:
            first, last = (story.first_at, story.last_at) if story.is_dated else (fingerprint.at, fingerprint.at)
            story.first_at, story.last_at = min(first, fingerprint.at), max(last, fingerprint.at)
            story.is_dated = True
        story.members.append(fingerprint)
        story.victims.update(fingerprint.victims)
        story.languages.add(fingerprint.language)
        story.norms = None
        for key, prominence in fingerprint.facts:
            known = story.facts.get(key)
            if known is None:
                self._post(key, story_id)
            story.facts[key] = prominence if known is None else known + prominence

    def _post(self, key: str, story_id: StoryId) -> None:
        postings = self._postings.setdefault(key, [])
        # A fact of that many stories is never read when candidates are sought, so it need not be kept.
        if len(postings) <= self._policy.postings_read:
            postings.append(story_id)

    def _leave(self, fingerprint: Fingerprint, story: StoryProfile) -> None:
        story.members.remove(fingerprint)
        story.norms = None
        if not story.members:
            del self._stories[story.id]
            return
        for key, prominence in fingerprint.facts:
            left = story.facts.get(key, 0.0) - prominence
            if left > _NOTHING:
                story.facts[key] = left
            else:
                story.facts.pop(key, None)

    def _forget(self, fingerprint: Fingerprint) -> None:
        """Take the oldest article out again, with its facts."""
        story_id = self._story_of.pop(ArticleId(fingerprint.article_id))
        self._leave(fingerprint, self._stories[story_id])
        for key, _ in fingerprint.facts:
            left = self._counts[key] - 1
            if left:
                self._counts[key] = left
            else:
                del self._counts[key]
                self._postings.pop(key, None)
        for mark in fingerprint.sketch[:_LEADING_HASHES]:
            marked = [other for other in self._copies.get(mark, ()) if other is not fingerprint]
            if marked:
                self._copies[mark] = marked
            else:
                self._copies.pop(mark, None)
        self._forgotten += 1
        if self._forgotten >= max(_SWEEP_AFTER, self._policy.max_articles // 8):
            self._sweep()

    def _sweep(self) -> None:
        """Drop the entries of stories that are gone; done seldom, since it reads the whole index."""
        self._forgotten = 0
        for key, postings in self._postings.items():
            self._postings[key] = [story_id for story_id in postings if story_id in self._stories]
