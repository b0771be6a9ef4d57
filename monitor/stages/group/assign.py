"""Which story an article belongs to, and why."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

from monitor.domain.article import ArticleId
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import Join, StoryId
from monitor.stages.group.conflicts import Likeness, bar
from monitor.stages.group.contrasts import are_about_others
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.folding import skeleton
from monitor.stages.group.leads import Lead, lead_of, repeated_lead, shared_lead, story_lead
from monitor.stages.group.likeness import likeness_to_story, relief
from monitor.stages.group.profile import FIRMEST, Member, StoryProfile, fingerprint_of, firm_share, firmness
from monitor.stages.group.templates import is_from_one_mould, names_others, shared_text
from monitor.stages.group.window import GroupWindow

_SHOWN_FACTS = 15
_TOPICS = ("cyb:", "eco:", "wor:", "spo:")
_AGAIN = "cue:again"
_FEW_CONCEPTS = 2
_COMPARED_AGAIN = 20
_LONG_WORD = 7  # "w:" and five letters
_KIND_NAMES = {
    "e": "entity", "n": "name", "b": "names", "p": "country", "c": "city", "s": "score", "d": "day",
    "m": "month", "i": "identifier", "u": "link", "w": "word", "t": "attack", "period": "period",
    "k": "name by sound", "g": "body or person", "h": "storm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """
    How well an article fits a story.

    ``cover`` is the share of what both say that they share, in [0, 1]; ``evidence`` the rarity that
    the shared facts carry; ``bar`` what ``cover`` must reach here; ``alike`` what a user's model of
    meaning says, None where there is none.
    """

    story_id: StoryId
    cover: float
    evidence: float
    bar: float
    shared: tuple[tuple[str, float], ...]
    alike: float | None = None

    @property
    def margin(self) -> float:
        return self.cover - self.bar


def group(
    fingerprints: Iterable[Fingerprint],
    window: GroupWindow,
    policy: GroupPolicy,
    stood: Mapping[ArticleId, StoryId] = MappingProxyType({}),
) -> list[Join]:
    """
    Put new articles into stories, oldest first; the order of articles of one minute does not matter.

    An article that the window already holds keeps its story, so that grouping twice is grouping once;
    so does one that it holds no more, where *stood* tells in which story it was.
    """
    ordered = sorted(fingerprints, key=lambda one: (one.at.replace(second=0, microsecond=0), one.article_id))
    joins = []
    for fingerprint in ordered:
        held = stood.get(ArticleId(fingerprint.article_id))
        if held is not None:
            window.add(fingerprint, held)
        joins.append(assign(fingerprint, window, policy))
    # A story that was merged meanwhile goes by the name of the older one.
    return [replace(join, story_id=window.story_of(join.article_id) or join.story_id) for join in joins]


def assign(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> Join:
    """
    Put one article into the story that it fits best, or into a new one, and say why.

    An article that fits two stories may show that they are one: they are merged in the window, which
    tells of it in `GroupWindow.take_merges`.
    """
    article_id = ArticleId(fingerprint.article_id)
    known = window.story_of(article_id)
    if known is not None:
        return _rejoined(fingerprint, known, window, policy)
    copied = find_copy(fingerprint, window, policy)
    if copied is not None:
        return _joined_by_copy(fingerprint, copied, window)
    matches = sorted(all_matches(fingerprint, window, policy), key=lambda match: (-match.margin, match.story_id))
    story_id = matches[0].story_id if matches else new_story_id(article_id)
    window.add(fingerprint, story_id)
    if not matches:
        return Join(article_id, story_id, 0.0, ())
    for other in matches[1:]:
        _merge_if_one(story_id, other.story_id, window, policy)
    best = matches[0]
    return Join(article_id, window.story_of(article_id) or story_id, round(best.cover, 4), shown_facts(best))


def _merge_if_one(one: StoryId, other: StoryId, window: GroupWindow, policy: GroupPolicy) -> None:
    """Merge two stories that an article fits both, where what they say together fits as well."""
    stories = [window.stories[story_id] for story_id in (one, other) if story_id in window.stories]
    if len(stories) < 2 or not window.may_merge(*stories):
        return
    kept, gone = sorted(stories, key=lambda story: (story.first_at, story.id))
    if are_about_others(kept.known(), gone.known(), policy.headline_weight):
        return
    language = next(iter(gone.members.values())).language
    whole = Fingerprint("", gone.first_at, language, _told_together(gone), is_dated=gone.is_dated)
    held = {key: gone.strength(key) for key in sorted(gone.facts)}
    values = {key: window.weight(key) * strength for key, strength in held.items()}
    match = best_match(Told(whole, values, held), kept, window, policy)
    if match is not None and match.margin >= policy.merge:
        opener = next((name for name in map(ArticleId, gone.members) if new_story_id(name) == gone.id), None)
        if opener is not None:
            window.bridge(Join(opener, kept.id, round(match.cover, 4), shown_facts(match)))
        window.merge(kept.id, gone.id)


def _told_together(story: StoryProfile) -> tuple[tuple[str, float], ...]:
    """
    What a story tells, as one article would: with the prominence that it has in one of them where most say it.

    As a sum all that two articles mention would stand in a headline; and what one of them says of another attack, for
    which the story was opened, would be lost among what others do not say.
    """
    most: dict[str, list[float]] = {}
    for member in story.members.values():
        for key, weight in member.facts():
            most.setdefault(key, []).append(weight)
    half = len(story.members) / 2
    return tuple(
        (key, max(weights) if key == _AGAIN or len(weights) > half else story.strength(key))
        for key, weights in sorted(most.items())
    )


def all_matches(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> list[Match]:
    """All stories whose bar the article clears."""
    told = Told(fingerprint, window.values(fingerprint))
    found = []
    for story in window.candidates(fingerprint.article_id, told.values):
        match = best_match(told, story, window, policy, evidence=policy.evidence)
        if match is None or match.margin < 0:
            continue
        if not is_from_one_mould(fingerprint, _latest(story), policy):
            found.append(match)
    return found


def best_match(
    told: "Told", story: StoryProfile, window: GroupWindow, policy: GroupPolicy, *, evidence: float = 0.0
) -> Match | None:
    """Compare an article with a story and, where a person made it of several, with each of these: the best counts."""
    whole = compare(told, story, window, policy, evidence=evidence)
    if not window.is_of_parts(story.id):
        return whole

    def fit(member: Member, part: StoryProfile) -> float | None:
        one = fingerprint_of(member)
        match = compare(Told(one, window.values(one)), part, window, policy, evidence=policy.evidence)
        return match.margin if match else None

    matches = [compare(told, part, window, policy, evidence=evidence) for part in window.parts_of(story.id, fit)]
    return max(filter(None, (whole, *matches)), key=lambda match: match.margin, default=None)


def _latest(story: StoryProfile) -> Iterable[Member]:
    return islice(reversed(story.members.values()), _COMPARED_AGAIN)


def find_copy(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> Member | None:
    """The article of the window whose text this one repeats: wire copy, syndication or an edit."""
    if len(fingerprint.sketch) < policy.sketch_size // 2:
        return _find_same(fingerprint, window, policy)
    best, best_share = None, policy.copy_share
    for other in window.copies_of(fingerprint):
        share = shared_text(fingerprint.sketch, other.sketch, policy.sketch_size)
        if share > best_share and not names_others(dict(fingerprint.facts), dict(other.facts()), policy):
            best, best_share = other, share
    return best


def _find_same(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> Member | None:
    """Of a text too short to tell a copy from a set phrase: the very same one, of the same day."""
    if len(fingerprint.sketch) < policy.shortest_copy:
        return None
    for other in window.copies_of(fingerprint):
        if tuple(other.sketch) == fingerprint.sketch and abs(other.at - fingerprint.at) <= policy.short_copy_within:
            return other
    return None


def _joined_by_copy(fingerprint: Fingerprint, copied: Member, window: GroupWindow) -> Join:
    original = ArticleId(copied.article_id)
    story_id = window.story_of(original) or new_story_id(original)
    window.add(fingerprint, story_id)
    return Join(ArticleId(fingerprint.article_id), story_id, 1.0, (("text", original, 1.0),), duplicate_of=original)


def _rejoined(fingerprint: Fingerprint, story_id: StoryId, window: GroupWindow, policy: GroupPolicy) -> Join:
    """An article again, perhaps edited: it stays, with what it shares with the rest of its story."""
    article_id = ArticleId(fingerprint.article_id)
    window.revise(fingerprint)
    story = window.stories[story_id]
    others = [member for member in story.members.values() if member.article_id != article_id]
    rest = StoryProfile(story.id, story.first_at, story.last_at)
    for member in others[:_COMPARED_AGAIN]:
        rest.enter(member)
    match = compare(Told(fingerprint, window.values(fingerprint)), rest, window, policy) if others else None
    copied = find_copy(fingerprint, window, policy)
    original = ArticleId(copied.article_id) if copied is not None else None
    if match is None:
        return Join(article_id, story_id, 0.0, (), duplicate_of=original)
    return Join(article_id, story_id, round(match.cover, 4), shown_facts(match), duplicate_of=original)


def new_story_id(article_id: ArticleId) -> StoryId:
    """The id of the story that an article opens; the same article always opens the same story."""
    return StoryId(f"st-{hashlib.sha256(article_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}")


def shown_facts(match: Match) -> tuple[tuple[str, str, float], ...]:
    """The shared facts that weighed most, as (kind, value, weight) for people to read."""
    best = sorted((fact for fact in match.shared if fact[1] > 0), key=lambda fact: (-fact[1], fact[0]))[:_SHOWN_FACTS]
    told = () if match.alike is None else (("embedding", "likeness", round(match.alike, 2)),)
    return (*((*_named(key), round(worth, 2)) for key, worth in best), *told)


def _named(key: str) -> tuple[str, str]:
    if key.startswith("#"):
        return ("number", key[1:])
    kind, _, value = key.partition(":")
    return (_KIND_NAMES.get(kind, "concept"), value)


class Told:
    """
    What an article says, laid out once for all stories that it is compared with.

    *values* are its facts with their worth: their rarity times their *prominence*, by itself that of ``facts``.
    """

    __slots__ = ("_lead", "facts", "fingerprint", "norms", "prominence", "statements", "values")

    def __init__(
        self, fingerprint: Fingerprint, values: Mapping[str, float], prominence: Mapping[str, float] | None = None
    ) -> None:
        self.fingerprint = fingerprint
        self.values = values
        self.facts = dict(fingerprint.facts)
        self.prominence = self.facts if prominence is None else prominence
        self.statements = sum([key[:2] != "w:" for key in values])
        self.norms = (norm(values, has_words=False), norm(values, has_words=True))
        self._lead: Lead | None = None

    @property
    def lead(self) -> Lead:
        if self._lead is None:
            self._lead = lead_of(self.values, self.facts, self.fingerprint.language)
        return self._lead


def compare(
    told: Told, story: StoryProfile, window: GroupWindow, policy: GroupPolicy, *, evidence: float = 0.0
) -> Match | None:
    """
    Compare an article with a story; None where it shares too little whatever else holds.

    *evidence* is how much rarity the shared facts must carry.
    """
    fingerprint, values, norms = told.fingerprint, told.values, told.norms
    has_words = fingerprint.language in story.languages
    size = len(story.members)
    share, prominence = firm_share(size), told.prominence
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
    rarity = sum([worth for _, worth in shared], 0.0)
    if rarity < evidence:
        return None
    cover = product / (norms[has_words] * window.norm(story, has_words=has_words))
    alike = likeness_to_story(fingerprint.vector, _latest(story)) if fingerprint.vector else None
    lowered = relief(alike, policy)
    if cover < policy.least_cover - lowered:
        return None
    known = story.known()
    topic = _topic_overlap(values, known.facts, size)
    is_long = told.statements > policy.lead_facts
    theirs = story_lead(story, window.weight)
    lead = shared_lead(told.lead, theirs) if is_long else 1.0
    repeated = repeated_lead(told.facts, theirs, policy.event_share)
    likeness = Likeness(topic, lead, repeated, told.statements, is_worded_alike=has_words)
    height = bar(fingerprint, told.facts, [key for key, _ in shared], likeness, known, policy)
    return Match(story.id, cover, rarity, height - lowered, tuple(shared), alike)


def _is_printed_alike(key: str, story: StoryProfile, values: Mapping[str, float], language: str) -> bool:
    """Whether a name that sounds like one of the story is also spelled so there, and counts as a name already."""
    sound = key[2:]
    return any(name.startswith("n:") and skeleton(name[2:], language) == sound for name, _ in story.common(values))


def _topic_overlap(values: Mapping[str, float], facts: Mapping[str, float], size: int) -> float:
    """The share of an article's concepts that the story has too; 1 where the article names few."""
    total = common = 0.0
    count = 0
    for key, value in values.items():
        if key.startswith(_TOPICS):
            count += 1
            total += value
            common += value * min(1.0, firmness(facts.get(key, 0.0), size))
    return common / total if count >= _FEW_CONCEPTS else 1.0


def norm(values: Mapping[str, float], *, has_words: bool) -> float:
    """The length of a text's facts; words are left out where the other text is in another language."""
    if has_words:
        return math.sqrt(sum([worth * worth for worth in values.values()], 0.0)) or 1.0
    return math.sqrt(sum([worth * worth for key, worth in values.items() if key[:2] != "w:"], 0.0)) or 1.0
