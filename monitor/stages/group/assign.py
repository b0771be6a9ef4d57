"""Which story an article belongs to, and why."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.domain.article import ArticleId
from monitor.domain.policy import GroupPolicy
from monitor.domain.story import Join, StoryId
from monitor.stages.group.conflicts import bar
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.window import GroupWindow, StoryProfile

_SHOWN_FACTS = 15
_TOPICS = ("cyb:", "eco:", "wor:", "spo:")
_FEW_CONCEPTS = 2
_LONG_WORD = 7  # "w:" and five letters
_KIND_NAMES = {
    "e": "entity", "n": "name", "b": "names", "p": "country", "c": "city", "s": "score", "d": "day",
    "m": "month", "i": "identifier", "u": "link", "w": "word", "t": "attack", "period": "period",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """
    How well an article fits a story.

    ``cover`` is the share of what both say that they share, in [0, 1]; ``evidence`` the rarity that
    the shared facts carry; ``bar`` what ``cover`` must reach here.
    """

    story_id: StoryId
    cover: float
    evidence: float
    bar: float
    shared: tuple[tuple[str, float], ...]

    @property
    def margin(self) -> float:
        return self.cover - self.bar


def group(fingerprints: Iterable[Fingerprint], window: GroupWindow, policy: GroupPolicy) -> list[Join]:
    """
    Put new articles into stories, oldest first; the order of articles of one minute does not matter.

    An article that the window already holds keeps its story, so that grouping twice is grouping once.
    """
    ordered = sorted(fingerprints, key=lambda one: (one.at.replace(second=0, microsecond=0), one.article_id))
    return [assign(fingerprint, window, policy) for fingerprint in ordered]


def assign(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> Join:
    """Put one article into the story that it fits best, or into a new one, and say why."""
    article_id = ArticleId(fingerprint.article_id)
    known = window.story_of(article_id)
    if known is not None:
        return Join(article_id, known, 1.0, ())
    copied = find_copy(fingerprint, window, policy)
    if copied is not None:
        story_id = window.story_of(ArticleId(copied.article_id))
        if story_id is not None:
            window.add(fingerprint, story_id)
            shared = (("text", copied.article_id, 1.0),)
            return Join(article_id, story_id, 1.0, shared, duplicate_of=ArticleId(copied.article_id))
    match = best_match(fingerprint, window, policy)
    story_id = match.story_id if match else new_story_id(article_id)
    window.add(fingerprint, story_id)
    if match is None:
        return Join(article_id, story_id, 0.0, ())
    return Join(article_id, story_id, round(match.cover, 4), shown_facts(match))


def best_match(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> Match | None:
    """The story whose bar the article clears by most, None where it clears none."""
    values = {key: window.weight(key) * prominence for key, prominence in fingerprint.facts}
    matches = [compare(fingerprint, values, story, window, policy) for story in window.candidates(values)]
    fitting = [match for match in matches if match.margin >= 0 and match.evidence >= policy.evidence]
    return max(fitting, key=lambda match: (match.margin, match.story_id), default=None)


def find_copy(fingerprint: Fingerprint, window: GroupWindow, policy: GroupPolicy) -> Fingerprint | None:
    """The article of the window whose text this one repeats: wire copy, syndication or an edit."""
    ours = set(fingerprint.sketch)
    if len(ours) < policy.sketch_size // 2:
        return None
    best, best_share = None, policy.copy_share
    for other in window.copies_of(fingerprint):
        both = ours | set(other.sketch)
        smallest = set(sorted(both)[: policy.sketch_size])
        share = len(smallest & ours & set(other.sketch)) / len(smallest)
        if share > best_share:
            best, best_share = other, share
    return best


def new_story_id(article_id: ArticleId) -> StoryId:
    """The id of the story that an article opens; the same article always opens the same story."""
    return StoryId(f"st-{hashlib.sha256(article_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}")


def shown_facts(match: Match) -> tuple[tuple[str, str, float], ...]:
    """The shared facts that weighed most, as (kind, value, weight) for people to read."""
    best = sorted(match.shared, key=lambda fact: (-fact[1], fact[0]))[:_SHOWN_FACTS]
    return tuple((*_named(key), round(worth, 2)) for key, worth in best)


def _named(key: str) -> tuple[str, str]:
    if key.startswith("#"):
        return ("number", key[1:])
    kind, _, value = key.partition(":")
    return (_KIND_NAMES.get(kind, "concept"), value)


def compare(
    fingerprint: Fingerprint, values: Mapping[str, float], story: StoryProfile, window: GroupWindow, policy: GroupPolicy
) -> Match:
    """Compare an article with a story; *values* maps the article's facts to their worth."""
    has_words = fingerprint.language in story.languages
    shared, product = [], 0.0
    for key, value in values.items():
        strength = story.strength(key)
        if strength:
            other = window.weight(key) * strength
            if not has_words and key.startswith("w:"):
                # The same letters in another language are no common word: a name in lower case, or a loanword.
                other *= policy.foreign_word if len(key) >= _LONG_WORD else 0.0
            product += value * other
            shared.append((key, min(value, other)))
    topic = _topic_overlap(values, story)
    cover = product / (norm(values, has_words=has_words) * window.norm(story, has_words=has_words)) if product else 0.0
    evidence = sum(worth for _, worth in shared)
    height = bar(fingerprint, [key for key, _ in shared], topic, story, policy)
    return Match(story.id, cover, evidence, height, tuple(shared))


def _topic_overlap(values: Mapping[str, float], story: StoryProfile) -> float:
    """The share of an article's concepts that the story has too; 1 where the article names few."""
    total = common = 0.0
    count = 0
    for key, value in values.items():
        if key.startswith(_TOPICS):
            count += 1
            total += value
            common += value * min(1.0, story.strength(key))
    return common / total if count >= _FEW_CONCEPTS else 1.0


def norm(values: Mapping[str, float], *, has_words: bool) -> float:
    """The length of a text's facts; words are left out where the other text is in another language."""
    return math.sqrt(sum(v * v for key, v in values.items() if has_words or not key.startswith("w:"))) or 1.0
