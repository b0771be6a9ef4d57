"""How well an article fits a story: what both state, and the sum of signs that this makes."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import SIGN, StoryId
from monitor.stages.group.article_facts import ArticleFacts
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.folding import skeleton
from monitor.stages.group.leads import repeated_lead, shared_headline, shared_lead, story_lead
from monitor.stages.group.likeness import likeness_to_story, relief
from monitor.stages.group.moulds import shared_text
from monitor.stages.group.profile import FIRMEST, Member, StoryProfile, fingerprint_of, firm_share
from monitor.stages.group.signs import Likeness, Scales, plain_signs, told_signs
from monitor.stages.group.window import GroupWindow

_SHOWN_FACTS = 15
_COMPARED_AGAIN, _HEADLINES = 20, 8
_LONG_WORD = 7  # "w:" and five letters
_SUREST, _NEARLY_SURE = 30.0, 0.9999
# How many signs are told of, and how much each must add at least.
_SHOWN_SIGNS, _LEAST_SIGN = 6, 0.3
_KIND_NAMES = {
    "e": "entity", "n": "name", "b": "names", "p": "country", "c": "city", "s": "score", "d": "day",
    "m": "month", "i": "identifier", "u": "link", "w": "word", "t": "attack", "period": "period",
    "k": "name by sound", "g": "body or person", "h": "storm",
}  # fmt: skip

Shared = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Match:
    """
    How well an article fits a story.

    ``share`` is how sure it is that both tell of one event, in [0, 1]; ``shared`` are the facts that both state, with
    their worth, ``signs`` what each sign adds to the sum that makes the share, and ``alike`` is what a user's model of
    meaning says, None where there is none.
    """

    story_id: StoryId
    share: float
    shared: tuple[tuple[str, float], ...]
    signs: Mapping[str, float]
    alike: float | None = None

    @property
    def score(self) -> float:
        """The share as people are told of it: whatever is not a copy is never quite sure."""
        return min(_NEARLY_SURE, round(self.share, 4))

    def shown(self) -> tuple[tuple[str, str, float], ...]:
        """The shared facts that weighed most and the heaviest signs, as (kind, value, weight) for people to read."""
        facts = sorted((fact for fact in self.shared if fact[1] > 0), key=lambda fact: (-fact[1], fact[0]))
        signs = sorted(self.signs.items(), key=lambda sign: (-abs(sign[1]), sign[0]))
        heavy = [(SIGN, name, round(added, 2)) for name, added in signs if abs(added) >= _LEAST_SIGN and name != "bias"]
        model = () if self.alike is None else (("embedding", "likeness", round(self.alike, 2)),)
        return (
            *((*_named(key), round(worth, 2)) for key, worth in facts[:_SHOWN_FACTS]),
            *heavy[:_SHOWN_SIGNS],
            *model,
        )


def best_match(
    told: ArticleFacts,
    story: StoryProfile,
    window: GroupWindow,
    policy: GroupPolicy,
    *,
    evidence: float = 0.0,
    least: float = 0.0,
) -> Match | None:
    """Compare an article with a story and, where a person made it of several, with each of these: the best counts."""
    whole = compare(told, story, window, policy, evidence=evidence, least=least)
    if not window.is_united(story.id):
        return whole

    def fit(member: Member, strand: StoryProfile) -> float | None:
        one = told_of(fingerprint_of(member), window, policy)
        match = compare(one, strand, window, policy, evidence=policy.evidence)
        return match.share - policy.join if match else None

    strands = window.strands_of(story.id, fit)
    matches = [compare(told, strand, window, policy, evidence=evidence, least=least) for strand in strands]
    return max(filter(None, (whole, *matches)), key=lambda match: match.share, default=None)


def compare(
    told: ArticleFacts,
    story: StoryProfile,
    window: GroupWindow,
    policy: GroupPolicy,
    *,
    evidence: float = 0.0,
    least: float = 0.0,
) -> Match | None:
    """
    Compare an article with a story; None where it shares too little whatever else holds.

    *evidence* is how much rarity the shared facts must carry, and *least* the share below which nobody asks what it is.
    """
    measured = _measure(told, story, window, policy, evidence)
    if measured is None:
        return None
    shared, likeness = measured
    vector, known = told.fingerprint.vector, story.known()
    alike = likeness_to_story(vector, latest(story)) if vector else None
    relieved = relief(alike, policy)
    asked = (told, shared, likeness, known, policy)
    added = window.scales.weigh(plain_signs(*asked))
    hope = sum(added.values(), window.scales.most_left(told, likeness, known, policy) + relieved)
    if not _weigh_while_hoped(added, told_signs(*asked), window.scales, hope, least):
        return None
    return Match(story.id, _squash(sum(added.values(), 0.0) + relieved), tuple(shared), added, alike)


def _weigh_while_hoped(
    added: dict[str, float], signs: Iterable[tuple[str, float]], scales: Scales, hope: float, least: float
) -> bool:
    """Add what signs add while the *hope* of all that is left reaches *least*; answers whether it did to the end."""
    if least >= 1.0:
        return False
    bar = math.log(least / (1.0 - least)) if least > 0.0 else -math.inf
    for sign, strength in signs:
        weight = scales.weight(sign) * strength
        if weight < 0.0:
            hope += weight
        if hope < bar:
            return False
        added[sign] = weight
    return hope >= bar


def signs_of_candidates(
    fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy
) -> Iterator[tuple[StoryProfile, Mapping[str, float]]]:
    """The stories that an article is compared with, each with all signs: what weights are learnt from."""
    told = told_of(fingerprint, window, policy)
    for story in window.candidates(fingerprint.article_id, told.values):
        measured = _measure(told, story, window, policy, policy.evidence)
        if measured is not None:
            asked = (told, *measured, story.known(), policy)
            yield story, dict(plain_signs(*asked)) | dict(told_signs(*asked))


def told_of(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> ArticleFacts:
    """An article laid out by what its facts are worth in the window."""
    return ArticleFacts(fingerprint, window.values(fingerprint), policy.headline_weight)


def latest(story: StoryProfile, most: int = _COMPARED_AGAIN) -> Iterable[Member]:
    """The articles that a story took in last."""
    return islice(reversed(story.members.values()), most)


def _measure(
    told: ArticleFacts, story: StoryProfile, window: GroupWindow, policy: GroupPolicy, evidence: float
) -> tuple[Shared, Likeness] | None:
    """The facts that both state, each with its worth, and how alike both are; None where it is too little."""
    fingerprint, values, norms = told.fingerprint, told.values, told.norms
    has_words = fingerprint.language in story.languages
    share, prominence = firm_share(len(story.members)), told.prominence
    shared, product = [], 0.0
    for key, total in story.common(values):
        firm = total * share
        value = values[key]
        other = value / prominence[key] * (firm if firm < FIRMEST else FIRMEST)
        if not has_words and key.startswith("w:"):
            # The same letters in another language are no common word: a name in lower case, or a loanword.
            other *= policy.foreign_word if len(key) >= _LONG_WORD else 0.0
        elif key.startswith("k:") and not _is_printed_alike(key, story, values, fingerprint.language):
            other *= policy.sound_alone
        product += value * other
        shared.append((key, value if value < other else other))
    # Before the story is measured: most candidates share a rare word or two and nothing else.
    if sum([worth for _, worth in shared], 0.0) < evidence:
        return None
    cover = product / (norms[has_words] * window.norm(story, has_words=has_words))
    return (shared, _likeness(told, story, window, policy, cover)) if cover >= policy.least_cover else None


def _likeness(
    told: ArticleFacts, story: StoryProfile, window: GroupWindow, policy: GroupPolicy, cover: float
) -> Likeness:
    fingerprint = told.fingerprint
    theirs = story_lead(story, window.weight)
    words = frozenset(fingerprint.sketch)
    texts = [
        shared_text(fingerprint.sketch, member.sketch, policy.sketch_size)
        for member in latest(story)
        if not words.isdisjoint(member.sketch)
    ]
    headlines = (member.headline for member in latest(story, _HEADLINES))
    return Likeness(
        cover=cover,
        lead=shared_lead(told.lead, theirs) if told.statements > policy.lead_facts else 1.0,
        repeated=repeated_lead(told.facts, theirs, policy.event_share),
        copied=max(texts, default=0.0),
        headline=shared_headline(told.headline, headlines, window.weight),
        tongues=len(story.languages),
        is_worded_alike=fingerprint.language in story.languages,
    )


def _squash(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-_SUREST, min(_SUREST, score))))


def _is_printed_alike(key: str, story: StoryProfile, values: Mapping[str, float], language: str) -> bool:
    """Whether a name that sounds like one of the story is also spelled so there, and counts as a name already."""
    sound = key[2:]
    return any(name.startswith("n:") and skeleton(name[2:], language) == sound for name, _ in story.common(values))


def _named(key: str) -> tuple[str, str]:
    if key.startswith("#"):
        figure, sign = (key[1:-1], key[-1]) if key[-1] in "$%" else (key[1:], "")
        return ("number", f"{Decimal(figure):f}{sign}")
    kind, _, value = key.partition(":")
    return (_KIND_NAMES.get(kind, "concept"), value)
