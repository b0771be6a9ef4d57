"""
What speaks for an article being part of a story, and against it: signs, each with its strength.

`GroupWeights.signs` has the weight of each. Their sum says how sure it is that the article tells of the story's event;
`python -m tools.fit_grouping` learns the weights from labelled streams (docs/stories.md).
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.article_facts import ArticleFacts, amounts_of
from monitor.stages.group.conflicts import contradictions, days_apart
from monitor.stages.group.leads import sureness_of
from monitor.stages.group.profile import StoryFacts
from monitor.stages.group.ties import count_names, one_victim

# What brings amounts of all kinds to about one.
_WORTH_SHARED, _RARITY = 10.0, 5.0
_COVER, _SIZE, _AGE, _TONGUES, _NAMES = 4.0, 0.5, 1 / 3, 1 / 3, 0.25
_WEEK = math.log2(1.0 + 7.0) * _AGE
_LONGEST_HOURS, _SHORTEST_HOURS = 48.0, 3.0
_PLACES = ("rarest", "second-rarest", "third-rarest")
# One in four hundred articles tells of it, where a name is concerned.
_RARE = 6.0
_FEW, _MANY = 6, 3
_REPEATED = ("repeated", "repeated-anew", "repeated-of-strangers")
# Of what `told_signs` finds, all that may speak for one event, with these; the rest parts two.
_LATER = ("looks-back", "counts-back")
_VICTIM = ("one-victim", "one-name-attacked")
_AGAIN = "cue:again"


class Likeness(NamedTuple):
    """
    How alike article and story are.

    ``cover`` is the share of what both say that they share, ``lead`` how alike what both lead with is, ``repeated`` how
    much of what the story leads with the article repeats, ``copied`` how much of the text of one of the story's
    articles, and ``headline`` how alike its headline is to one of theirs, all in [0, 1]. ``tongues`` are the languages
    of the story; texts in one language are worded alike.
    """

    cover: float
    lead: float
    repeated: float
    copied: float
    headline: float
    tongues: int
    is_worded_alike: bool


class Scales:
    """Weighs signs."""

    __slots__ = ("_again", "_later", "_repeated", "_victim", "_weights")

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._again = max(0.0, weights.get("again", 0.0))
        self._later = sum([max(0.0, weights.get(sign, 0.0)) for sign in _LATER], 0.0)
        self._victim = max([0.0, *(weights.get(sign, 0.0) for sign in _VICTIM)])
        self._repeated = max([0.0, *(weights.get(sign, 0.0) for sign in _REPEATED)])

    def weigh(self, signs: Iterable[tuple[str, float]]) -> dict[str, float]:
        """What each sign adds."""
        weights = self._weights
        return {sign: weights[sign] * strength for sign, strength in signs if sign in weights}

    def weight(self, sign: str) -> float:
        """What a sign adds where it holds fully."""
        return self._weights.get(sign, 0.0)

    def most_left(self, told: ArticleFacts, likeness: Likeness, story: StoryFacts, policy: GroupPolicy) -> float:
        """What `told_signs` can add at most."""
        later = self._later if days_apart(told.fingerprint, story) > policy.again_days else 0.0
        again = self._again if _AGAIN in told.facts else 0.0
        return self._repeated * likeness.repeated + self._victim + later + again


def plain_signs(
    told: ArticleFacts, shared: Sequence[tuple[str, float]], likeness: Likeness, story: StoryFacts, policy: GroupPolicy
) -> Iterator[tuple[str, float]]:
    """The signs that are read quickly: amounts and times. *shared* are the facts that both state, with their worth."""
    yield "bias", 1.0
    yield from told.amounts
    yield from ((f"shared:{kind}", worth / _WORTH_SHARED) for kind, worth in amounts_of(shared).items())
    keys = {key for key, _ in shared}
    yield "names", min(policy.names_most, count_names(keys)) * _NAMES
    yield from _in_time(told, likeness, story, policy)
    yield from _alike(told, likeness, story, policy)
    yield from _rare(told, keys)
    yield from _headed(told, story)


def told_signs(
    told: ArticleFacts, shared: Sequence[tuple[str, float]], likeness: Likeness, story: StoryFacts, policy: GroupPolicy
) -> Iterator[tuple[str, float]]:
    """The signs in what is told: contradictions, ties, and how much of the story's lead the article repeats."""
    facts, fingerprint, keys = told.facts, told.fingerprint, [key for key, _ in shared]
    days = days_apart(fingerprint, story)
    victim = one_victim(facts, keys, story, days, sureness_of(fingerprint.language), policy)
    if victim:
        yield victim, 1.0
    found = set()
    for sign in contradictions(fingerprint, facts, keys, likeness.lead, story, policy):
        if not (victim and sign == "other-day"):
            found.add(sign)
            yield sign, 1.0
    fades = policy.repeated_fades * math.log2(1.0 + days / policy.repeated_days)
    # What happens again is told in the same words, of another day; and so is what happens to strangers.
    is_anew = "other-day" in found and days > policy.silence_days
    are_strangers = "strangers" in found or "abroad" in found
    sign = "repeated-anew" if is_anew else "repeated-of-strangers" if are_strangers else "repeated"
    yield sign, likeness.repeated * max(0.0, 1.0 - fades)


def _in_time(
    told: ArticleFacts, likeness: Likeness, story: StoryFacts, policy: GroupPolicy
) -> Iterator[tuple[str, float]]:
    """How long after the story's articles the article comes: hours count at first, later doublings of days."""
    span = min(policy.running_most, (story.last_at - story.first_at) / timedelta(days=1))
    yield "running", math.log2(1.0 + span)
    if not (told.fingerprint.is_dated and story.is_dated):
        return
    hours = min(_LONGEST_HOURS, abs(told.fingerprint.at - story.last_at) / timedelta(hours=1))
    age = math.log2(1.0 + abs(told.fingerprint.at - story.first_at) / timedelta(days=1)) * _AGE
    yield "hours", math.log2(1.0 + hours / _SHORTEST_HOURS) * _AGE
    yield "age", age
    yield "age-beyond-a-week", max(0.0, age - _WEEK)
    if likeness.is_worded_alike:
        yield "age-in-one-tongue", age


def _alike(
    told: ArticleFacts, likeness: Likeness, story: StoryFacts, policy: GroupPolicy
) -> Iterator[tuple[str, float]]:
    cover, statements = likeness.cover * _COVER, told.statements
    yield "cover", cover
    yield "copied", likeness.copied
    yield "headline-alike", likeness.headline
    yield "size", math.log2(story.size) * _SIZE
    yield "tongues", likeness.tongues * _TONGUES
    if story.size == 1:
        yield "of-one", 1.0
        yield "cover-of-one", cover
    if likeness.is_worded_alike:
        yield "one-tongue", 1.0
        yield "one-tongue-long", min(1.0, statements / policy.wording_facts)
        yield "cover-in-one-tongue", cover
    # Long texts on one event share much, short ones may share little: little tells more of long ones.
    yield "long", min(1.0, max(0, statements - policy.short_facts) / policy.short_facts)
    if statements > policy.lead_facts:
        length = min(1.0, statements / policy.lead_facts - 1.0)
        yield "other-lead-text", length * max(0.0, 1.0 - likeness.lead / policy.lead_overlap)


def _rare(told: ArticleFacts, shared: Collection[str]) -> Iterator[tuple[str, float]]:
    """How rare the rarest facts are that both tell, how many are rare, and of the article's rarest, how many."""
    both = [rarity for key, rarity in told.rarest if key in shared]
    yield from ((place, rarity / _RARITY) for place, rarity in zip(_PLACES, both, strict=False))
    yield "many-rare", sum([rarity > _RARE for rarity in both]) / _RARITY
    yield "rarest-told", sum([key in shared for key, _ in told.rarest[:_FEW]]) / _FEW
    yield "doubles", min(_MANY, sum([key[:2] == "b:" for key in shared])) / _MANY


def _headed(told: ArticleFacts, story: StoryFacts) -> Iterator[tuple[str, float]]:
    """How much of what the article's headline names the story never says, and how many of its words it says as well."""
    missed = words = 0.0
    for key, rarity in told.headline.items():
        if key[:2] == "w:":
            words += rarity * (key in story.facts)
        elif key not in story.facts:
            missed += rarity
    yield "headline-missed", missed / _WORTH_SHARED
    yield "headline-word-shared", words / _WORTH_SHARED
