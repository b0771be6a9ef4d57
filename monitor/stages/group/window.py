"""The stories that an article may join: an index in memory of what their articles said."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.article import ArticleId
from monitor.domain.group_policy import GroupPolicy, GroupWeights
from monitor.domain.story import Join, StoryId
from monitor.stages.group.copies import CopyIndex
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.profile import FIRMEST, Member, StoryProfile, firm_share, member_of
from monitor.stages.group.signs import Scales
from monitor.stages.group.strands import Fit, Strands

_KINDS = {
    "e": "entity", "n": "name", "b": "pair", "p": "country", "c": "city", "#": "number", "s": "score",
    "d": "day", "m": "month", "i": "identifier", "u": "link", "w": "word", "t": "attack", "k": "sound", "h": "name",
}  # fmt: skip
# The share of stories that carry a fact of a kind, until the window has seen enough to know better.
_PRIORS = {
    "e": 0.001, "n": 0.0004, "b": 0.0002, "#": 0.001, "s": 0.01, "d": 0.03, "m": 0.05, "i": 0.0001,
    "u": 0.0001, "w": 0.004, "t": 0.02, "k": 0.0005, "h": 0.0004,
}  # fmt: skip
_UNWEIGHED = frozenset({"ago", "cue", "mag", "past", "q", "v"})
_GROWN = 1.02
_FEW = 32
_SWEEP_EVERY = timedelta(days=1)


Posting = StoryProfile | list[StoryProfile] | int


class _Weights(dict[str, float]):
    """What facts are worth; each is weighed when it is first asked for."""

    __slots__ = ("_weigh",)

    def __init__(self, weigh: Callable[[str], float]) -> None:
        super().__init__()
        self._weigh = weigh

    def __missing__(self, key: str) -> float:
        worth = self[key] = self._weigh(key)
        return worth


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
        self.scales = Scales(weights.signs)
        self.parting = weights.parting
        self._stories: dict[StoryId, StoryProfile] = {}
        self._story_of: dict[str, StoryProfile] = {}  # in order of arrival
        self._index: dict[str, Posting] = {}
        self._counts: dict[str, int] = {}
        self._copies = CopyIndex()
        self._weights = _Weights(self._weigh)
        self._weighed_at = 0
        self._barred: set[tuple[str, StoryId]] = set()
        self._pinned: set[StoryId] = set()
        self._strands: dict[StoryId, Strands] = {}
        self._merges: list[tuple[StoryId, StoryId]] = []
        self._bridges: list[Join] = []
        self._swept: datetime | None = None

    def __len__(self) -> int:
        return len(self._story_of)

    @property
    def stories(self) -> Mapping[StoryId, StoryProfile]:
        return self._stories

    def story_of(self, article_id: ArticleId) -> StoryId | None:
        """The story an article stands in, where the window still holds it."""
        story = self._story_of.get(article_id)
        return story.id if story else None

    def member(self, article_id: str) -> Member:
        """An article that the window holds."""
        return self._story_of[article_id].members[article_id]

    def weight(self, key: str) -> float:
        """Rarity times the weight of the kind: what a fact is worth when two texts share it."""
        return self._weights[key]

    def values(self, fingerprint: Fingerprint) -> dict[str, float]:
        """The facts of an article with their worth: rarity times prominence."""
        weights = self._weights
        return {key: weights[key] * prominence for key, prominence in fingerprint.facts}

    def _weigh(self, key: str) -> float:
        kind = "#" if key[0] == "#" else key.partition(":")[0]
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
            share, weights = firm_share(len(story.members)), self._weights
            for key, total in story.totals():
                firm = total * share
                worth = weights[key] * (firm if firm < FIRMEST else FIRMEST)
                if key[:2] == "w:":
                    words += worth * worth
                else:
                    others += worth * worth
            story.norms = (math.sqrt(others) or 1.0, math.sqrt(others + words) or 1.0)
        return story.norms[has_words]

    def candidates(self, article_id: str, values: Mapping[str, float]) -> list[StoryProfile]:
        """The stories that share most of an article's rare facts; *values* maps its facts to their worth."""
        left, counts, index = self._policy.postings_read, self._counts, self._index
        found: dict[StoryProfile, float] = defaultdict(float)
        for _, key in sorted([(counts[name], name) for name in values if name in counts]):
            posting = index.get(key)
            worth = values[key]
            if isinstance(posting, StoryProfile):
                left -= 1
                found[posting] += worth
            elif isinstance(posting, list):
                left -= len(posting)
                if left < 0:
                    break
                for story in posting:
                    found[story] += worth
        least = self._policy.candidate_worth
        worth_it = [story for story, worth in found.items() if worth >= least]
        best = sorted(worth_it, key=found.__getitem__, reverse=True)[: self._policy.candidates]
        return [story for story in best if (article_id, story.id) not in self._barred]

    def copies_of(self, fingerprint: Fingerprint) -> Iterator[Member]:
        """Articles of the window that may be copies of this one, other than those a person parted it from."""
        for other in self._copies.alike(fingerprint.article_id, fingerprint.sketch):
            if (fingerprint.article_id, self._story_of[other.article_id].id) not in self._barred:
                yield other

    def add(self, fingerprint: Fingerprint, story_id: StoryId) -> None:
        """Put an article into a story, opening the story where it is new; a second time changes nothing."""
        if fingerprint.article_id in self._story_of:
            return
        member = member_of(fingerprint, self._policy.headline_weight)
        self._copies.enter(member)
        self._count(member, 1)
        self._enter(member, story_id)
        while len(self._story_of) > self._policy.max_articles:
            self._forget(next(iter(self._story_of)))
        if len(self._story_of) > self._weighed_at * _GROWN:
            self._weights.clear()
            self._weighed_at = len(self._story_of)

    def forget_before(self, moment: datetime) -> None:
        """Take out what was published before *moment*; looks for it once a day."""
        if self._swept is not None and moment - self._swept < _SWEEP_EVERY:
            return
        self._swept = moment
        old = [name for name, story in self._story_of.items() if story.members[name].at < moment]
        for article_id in old:
            self._forget(article_id)

    def _count(self, member: Member, step: int) -> None:
        counts, weights = self._counts, self._weights
        for key in member.keys:
            count = counts.get(key, 0) + step
            if count:
                counts[key] = count
            else:
                del counts[key]
            # One more of many changes next to nothing, and weighing takes a logarithm.
            if (count < _FEW or count % _FEW == 0) and key in weights:
                del weights[key]

    def revise(self, fingerprint: Fingerprint) -> None:
        """Take the new text of an article that was edited; it stays in its story."""
        story = self._story_of[fingerprint.article_id]
        before = story.members[fingerprint.article_id]
        member = member_of(fingerprint, self._policy.headline_weight)
        self._copies.leave(before)
        self._copies.enter(member)
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
        is_united = gone in self._strands
        for article_id in list(story.members):
            self.move(ArticleId(article_id), kept)
        if is_united:
            self.unite(kept)
        # What a person took out of the one does not come back through the other.
        self._barred |= {(article_id, kept) for article_id, barred in self._barred if barred == gone}
        self._merges.append((gone, kept))

    def unite(self, story_id: StoryId) -> None:
        """Remember that a person made this story of several, so that what fits one of them joins it."""
        story = self._stories.get(story_id)
        if story is not None and story_id not in self._strands:
            self._strands[story_id] = Strands(story_id)
            self._strands[story_id].enter(story.members.values())

    def strands_of(self, story_id: StoryId, fit: Fit) -> Iterable[StoryProfile]:
        """The strands of a story that a person made of several."""
        return self._strands[story_id].settled(fit, self._policy.story_facts)

    def is_united(self, story_id: StoryId) -> bool:
        """Whether a person made this story of several."""
        return story_id in self._strands

    def take_merges(self) -> tuple[tuple[StoryId, StoryId], ...]:
        """The merges since the last call as (gone, kept); no kept story is one that went later."""
        heirs: dict[StoryId, StoryId] = {}
        for gone, kept in self._merges:
            heirs = {one: kept if heir == gone else heir for one, heir in heirs.items()}
            heirs[gone] = kept
        self._merges = []
        return tuple(heirs.items())

    def bridge(self, join: Join) -> None:
        """Note why an article stands in another story since two were merged, or since it was taken along into one."""
        self._bridges.append(join)

    def take_bridges(self) -> tuple[Join, ...]:
        """What `bridge` noted since the last call, by the stories' names of now."""
        bridges, self._bridges = self._bridges, []
        return tuple(replace(one, story_id=self.story_of(one.article_id) or one.story_id) for one in bridges)

    def keep_apart(self, article_id: ArticleId, story_id: StoryId) -> None:
        """Never put this article into that story."""
        self._barred.add((article_id, story_id))

    def pin(self, story_id: StoryId) -> None:
        """Never merge or part this story by itself."""
        self._pinned.add(story_id)

    def may_part(self, story_id: StoryId) -> bool:
        """Whether no person has said that this story is what it is."""
        return story_id not in self._pinned and story_id not in self._strands

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
        index = self._index
        for key in story.enter(member):
            # Most facts of an article are new, or few stories have them.
            if key not in index:
                index[key] = story
            else:
                self._post(key, story)
        strands = self._strands.get(story_id)
        if strands is not None:
            strands.enter((member,))
        for key in story.prune(self._policy.story_facts, strands.keys() if strands else ()):
            self._withdraw(key, story)
        self._story_of[member.article_id] = story

    def _post(self, key: str, story: StoryProfile) -> None:
        posting = self._index[key]
        if isinstance(posting, list):
            if len(posting) < self._policy.postings_read:
                posting.append(story)
            else:
                # A fact of so many stories is never read when candidates are sought: its number is enough.
                self._index[key] = len(posting) + 1
        elif isinstance(posting, StoryProfile):
            self._index[key] = [posting, story]
        else:
            self._index[key] = posting + 1

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
        index = self._index
        for key in story.leave(member):
            if index.get(key) is story:
                del index[key]
            else:
                self._withdraw(key, story)
        if story.id in self._strands:
            self._strands[story.id].leave(member)
        if not story.members:
            self._strands.pop(story.id, None)
            for key in tuple(story.facts):
                self._withdraw(key, story)
            del self._stories[story.id]

    def _forget(self, article_id: str) -> None:
        """Take an article out again, with its facts."""
        story = self._story_of.pop(article_id)
        member = story.members[article_id]
        self._leave(member, story)
        self._count(member, -1)
        self._copies.leave(member)
