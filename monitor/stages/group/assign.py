"""Which story an article belongs to, and why."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from monitor.domain.article import ArticleId
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import Join, StoryId
from monitor.stages.group.article_facts import ArticleFacts
from monitor.stages.group.comparing import Match, best_match, compare, latest, told_of
from monitor.stages.group.contrasts import are_about_others
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.moulds import is_from_one_mould, names_others, shared_text
from monitor.stages.group.parting import part
from monitor.stages.group.profile import Member, StoryProfile
from monitor.stages.group.together import told_together
from monitor.stages.group.window import GroupWindow

_COMPARED_AGAIN = 20


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
    tells of it in `GroupWindow.take_merges`. One that fits some articles of a story far better than the others
    takes these along into a story of their own: `GroupWindow.take_bridges` tells of it.
    """
    article_id = ArticleId(fingerprint.article_id)
    known = window.story_of(article_id)
    if known is not None:
        return _rejoined(fingerprint, known, window, policy)
    copied = find_copy(fingerprint, window, policy)
    if copied is not None:
        return _joined_by_copy(fingerprint, copied, window)
    told = told_of(fingerprint, window, policy)
    candidates = window.candidates(article_id, told.values)
    matches = sorted(_matches(told, candidates, window, policy), key=lambda match: (-match.share, match.story_id))
    opened = new_story_id(article_id)
    story_id = matches[0].story_id if matches else opened
    window.add(fingerprint, story_id)
    if not matches:
        return Join(article_id, opened, 0.0, ())
    for other in matches[1:]:
        _merge_if_one(story_id, other.story_id, window, policy)
    joined = replace(matches[0], story_id=window.story_of(article_id) or story_id)
    if part(told, joined, opened, window, policy):
        return Join(article_id, opened, 0.0, ())
    return Join(article_id, joined.story_id, joined.score, joined.shown())


def _merge_if_one(one: StoryId, other: StoryId, window: GroupWindow, policy: GroupPolicy) -> None:
    """Merge two stories that an article fits both, where what they say together fits as well."""
    stories = [window.stories[story_id] for story_id in (one, other) if story_id in window.stories]
    if len(stories) < 2 or not window.may_merge(*stories):
        return
    kept, gone = sorted(stories, key=lambda story: (story.first_at, story.id))
    if are_about_others(kept.known(), gone.known(), policy.headline_weight):
        return
    match = best_match(told_together(gone, window, policy), kept, window, policy)
    if match is not None and match.share >= policy.merge:
        opener = next((name for name in map(ArticleId, gone.members) if new_story_id(name) == gone.id), None)
        if opener is not None:
            window.bridge(Join(opener, kept.id, match.score, match.shown()))
        window.merge(kept.id, gone.id)


def _matches(
    told: ArticleFacts, candidates: Iterable[StoryProfile], window: GroupWindow, policy: GroupPolicy
) -> Iterator[Match]:
    """All stories of which it is sure enough that the article tells of their event."""
    for story in candidates:
        match = best_match(told, story, window, policy, evidence=policy.evidence, least=policy.join)
        if match is None or match.share < policy.join:
            continue
        if not is_from_one_mould(told.fingerprint, latest(story), policy):
            yield match


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
    match = compare(told_of(fingerprint, window, policy), rest, window, policy) if others else None
    copied = find_copy(fingerprint, window, policy)
    original = ArticleId(copied.article_id) if copied is not None else None
    if match is None:
        return Join(article_id, story_id, 0.0, (), duplicate_of=original)
    return Join(article_id, story_id, match.score, match.shown(), duplicate_of=original)


def new_story_id(article_id: ArticleId) -> StoryId:
    """The id of the story that an article opens; the same article always opens the same story."""
    return StoryId(f"st-{hashlib.sha256(article_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}")
