"""What the articles of a story said together, kept in little memory."""

import itertools
import math
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from sys import intern

from monitor.domain.story import StoryId
from monitor.stages.group.fingerprint import Fingerprint

FIRMEST = 1.3
_SMALL_STORY = 12
_NOTHING = 1e-4
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
    vector: bytes = b""
    headline: tuple[str, ...] = ()

    def facts(self) -> Iterator[tuple[str, float]]:
        return zip(self.keys, self.weights, strict=True)


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What a story says, laid out once for many questions."""

    facts: Mapping[str, float]
    size: int
    first_at: datetime
    last_at: datetime
    is_dated: bool

    def strength(self, key: str) -> float:
        """How firmly the story holds a fact."""
        return firmness(self.facts.get(key, 0.0), self.size)


def firmness(total: float, size: int) -> float:
    """
    How firmly a story of *size* articles holds a fact whose prominence sums up to *total*.

    While a story is small a fact of some of its articles counts for more than its share, since each tells
    another part; in a large one it counts by its share, or everything said of it once would draw in more.
    """
    return min(FIRMEST, total * firm_share(size))


@lru_cache(maxsize=4096)
def firm_share(size: int) -> float:
    """What the sum of prominence over *size* articles is divided by, as a factor."""
    return min(1.0, math.sqrt(_SMALL_STORY / size)) / math.sqrt(size)


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
    lead: tuple[Mapping[str, float], float] | None = None
    is_dated: bool = False
    _sums: dict[str, float] | None = None

    @property
    def facts(self) -> Mapping[str, float]:
        """Each fact with the sum of its prominence over the articles."""
        if self._sums is not None:
            return self._sums
        return {key: weight for member in self.members.values() for key, weight in member.facts()}

    def totals(self) -> Iterable[tuple[str, float]]:
        """Each fact with the sum of its prominence over the articles, without a table of them where there is none."""
        if self._sums is not None:
            return self._sums.items()
        return itertools.chain.from_iterable([member.facts() for member in self.members.values()])

    def common(self, values: Mapping[str, float]) -> list[tuple[str, float]]:
        """The facts of a text that the story has too, with the sum of their prominence here."""
        sums = self._sums
        if sums is not None:
            return [(key, sums[key]) for key in values if key in sums]
        return [fact for member in self.members.values() for fact in member.facts() if fact[0] in values]

    def strength(self, key: str) -> float:
        """How firmly the story holds a fact."""
        return firmness(self.facts.get(key, 0.0), len(self.members))

    def known(self) -> StoryFacts:
        """What the story says now; not to be kept, since it may be its own table."""
        return StoryFacts(self.facts, len(self.members), self.first_at, self.last_at, self.is_dated)

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
            self.norms = self.lead = None
        return new

    def leave(self, member: Member) -> list[str]:
        """Let an article go; answers the facts that the story has no more."""
        del self.members[member.article_id]
        self.norms = self.lead = None
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

    def prune(self, most: int, spared: Collection[str] = ()) -> list[str]:
        """Forget the weakest facts of a long story, other than the *spared*; answers them."""
        if self._sums is None or len(self._sums) <= 2 * most:
            return []
        weakest = sorted(self._sums.items(), key=lambda item: (item[1], item[0]))[: len(self._sums) - most]
        gone = [key for key, _ in weakest if key not in spared]
        for key in gone:
            del self._sums[key]
        self.norms = self.lead = None
        return gone


def member_of(fingerprint: Fingerprint, headline_weight: float) -> Member:
    """A fingerprint as the window keeps it; what has *headline_weight* stands in the headline."""
    return Member(
        fingerprint.article_id,
        fingerprint.at,
        intern(fingerprint.language),
        tuple([intern(key) for key, _ in fingerprint.facts]),
        array("f", [weight for _, weight in fingerprint.facts]),
        array("L", fingerprint.sketch),
        fingerprint.is_dated,
        fingerprint.vector,
        tuple([intern(key) for key, weight in fingerprint.facts if weight >= headline_weight]),
    )


def fingerprint_of(member: Member) -> Fingerprint:
    """What the window keeps of an article as a fingerprint again."""
    return Fingerprint(
        member.article_id,
        member.at,
        member.language,
        tuple(member.facts()),
        tuple(member.sketch),
        is_dated=member.is_dated,
        vector=member.vector,
    )
