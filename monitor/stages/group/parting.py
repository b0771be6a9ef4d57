"""
Repairs a first wrong join: an article takes along what tells of its own event out of a story that tells of another.

The first report of an event may join the story of a look-alike, and all that follows would follow it. The second report
shows it: the two are far more alike than either is to the rest of the story.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from monitor.domain.article import ArticleId
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import PARTED, Join, StoryId
from monitor.stages.group.article_facts import ArticleFacts
from monitor.stages.group.comparing import Match, compare, latest, told_of
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.moulds import is_from_one_mould, shared_text
from monitor.stages.group.profile import Member, StoryProfile, fingerprint_of
from monitor.stages.group.together import told_together
from monitor.stages.group.window import GroupWindow

# The articles of a story that are looked at, those compared one by one, and how many of the others are asked.
_LOOKED_AT, _COMPARED, _ASKED = 16, 4, 6
_LEAST_OTHERS, _MOST_TAKEN = 3, 3
# What comes sooner after the first report of a story tells of another event so seldom that nobody asks.
_SOONEST = timedelta(hours=12)
# Log-odds: no fit counts for more or less; what surely fits its story takes nothing out; and by how much more than the
# rest what is taken must fit.
_MOST, _SURELY, _FAR = 8.0, 5.0, 3.0
# The signs that take time, in their order.
_FITS = ("taken-fit-left", "left-fit-taken", "left-fit-left")


class Parting(NamedTuple):
    """
    Articles that an article may take out of its story, those that stay (of late), and what speaks for it by name.

    ``match`` is how well the article fits what it takes. ``signs`` are read once, each when it is asked for.
    """

    taken: Sequence[Member]
    left: Sequence[Member]
    match: Match
    signs: Iterator[tuple[str, float]]


def part(told: ArticleFacts, joined: Match, opened: StoryId, window: GroupWindow, policy: GroupPolicy) -> bool:
    """
    Let an article open the story *opened* with what it takes out of the one that it *joined*, if it should.

    `GroupWindow.take_bridges` tells why what was taken stands there. Answers whether anything was.
    """
    weights = window.parting
    best, most = None, 0.0
    story = window.stories[joined.story_id]
    for found in _partings(told, story, _sureness(joined.share), window, policy) if weights else ():
        sure = _weigh_while_hoped(found.signs, weights, most)
        if sure > most:
            best, most = found, sure
    if best is None:
        return False
    window.move(ArticleId(told.fingerprint.article_id), opened)
    for member in best.taken:
        taken = ArticleId(member.article_id)
        window.move(taken, opened)
        shared = (*best.match.shown(), (PARTED, joined.story_id, 1.0))
        window.bridge(Join(taken, opened, best.match.score, shared))
    return True


def _weigh_while_hoped(signs: Iterable[tuple[str, float]], weights: Mapping[str, float], least: float) -> float:
    """What *signs* say together; not more than *least* as soon as what is left cannot bring it there."""
    hopes = {sign: abs(weights.get(sign, 0.0)) * _MOST for sign in _FITS}
    sure, hope = 0.0, sum(hopes.values())
    for sign, strength in signs:
        sure += weights.get(sign, 0.0) * strength
        hope -= hopes.get(sign, 0.0)
        if sign in hopes and sure + hope <= least:
            return least
    return sure


def partings(fingerprint: Fingerprint, join: Join, window: GroupWindow, policy: GroupPolicy) -> Iterator[Parting]:
    """
    What an article may take out of the story where `assign` put it as *join* says.

    It is what weights of parting are learnt from, with a window that has none and parts nothing.
    """
    if join.shared and join.duplicate_of is None:
        story = window.stories[window.story_of(join.article_id) or join.story_id]
        yield from _partings(told_of(fingerprint, window, policy), story, _sureness(join.score), window, policy)


def _partings(
    told: ArticleFacts, story: StoryProfile, sure: float, window: GroupWindow, policy: GroupPolicy
) -> Iterator[Parting]:
    """
    What an article may take out of the *story* that it joined so *sure*: the articles that it fits best.

    What people merged or pinned stays as it is.
    """
    if len(story.members) <= _LEAST_OTHERS or sure > _SURELY or not window.may_part(story.id):
        return
    if told.fingerprint.at - story.first_at < _SOONEST:
        return
    article_id = told.fingerprint.article_id
    members = [member for member in latest(story, _LOOKED_AT + 1) if member.article_id != article_id]
    closest = _best_fitting(told, members, sure, window, policy)
    tried = 0
    for most in range(1, min(_MOST_TAKEN, len(closest)) + 1):
        taken = _with_copies(closest[:most], members, policy)
        if tried < len(taken) < len(members):
            tried = len(taken)
            left = [member for member in members if member not in taken]
            yield from _weighed(told, taken, left, sure, window, policy)


def _weighed(
    told: ArticleFacts,
    taken: Sequence[Member],
    left: Sequence[Member],
    least: float,
    window: GroupWindow,
    policy: GroupPolicy,
) -> Iterator[Parting]:
    """This parting, if the article fits what it would take surer than *least*, and far better than the rest."""
    own = _profile(taken)
    match = compare(told, own, window, policy)
    fits_own = _sureness(match.share) if match else -_MOST
    if match is None or fits_own < max(0.0, least):
        return
    rest = _profile(left)
    fits_rest = _fit(told, rest, window, policy)
    if fits_own - fits_rest < _FAR:
        return
    yield Parting(taken, left, match, _signs(told, own, rest, (fits_own, fits_rest), window, policy))


def _signs(
    told: ArticleFacts,
    taken: StoryProfile,
    left: StoryProfile,
    fits: tuple[float, float],
    window: GroupWindow,
    policy: GroupPolicy,
) -> Iterator[tuple[str, float]]:
    """What speaks for parting, quick signs first; *fits* are how well the article fits either side."""
    yield from (("bias", 1.0), ("one-left", float(len(left.members) == 1)))
    yield from zip(("fits-taken", "fits-left"), fits, strict=True)
    yield "taken-fit-left", _fit(told_together(taken, window, policy), left, window, policy)
    members = tuple(left.members.values())
    asked = [(told_of(fingerprint_of(member), window, policy), member) for member in members[:_ASKED]]
    both = _profile([*taken.members.values(), window.member(told.fingerprint.article_id)])
    drawn = [_fit(one, both, window, policy) for one, _ in asked]
    yield "left-would-join", _mean([float(fit > 0.0) for fit in drawn])
    yield "left-fit-taken", _mean(drawn)
    if len(members) == 1:
        return
    others = [(one, _profile([other for other in members if other is not member])) for one, member in asked]
    yield "left-fit-left", _mean([_fit(one, rest, window, policy) for one, rest in others])


def _best_fitting(
    told: ArticleFacts, members: Iterable[Member], least: float, window: GroupWindow, policy: GroupPolicy
) -> list[Member]:
    """Of the articles that share most with this one, those that it would join, the best first, if that is *least*."""
    stated = {key: worth for key, worth in told.values.items() if key[:2] != "w:"}
    likely = sorted(members, key=lambda one: (-_shared_share(stated, one), one.article_id))[:_COMPARED]
    fits = [(fit, member) for member in likely if (fit := _fit_of_one(told, member, window, policy)) > 0.0]
    fits.sort(key=lambda one: (-one[0], one[1].article_id))
    return [member for _, member in fits] if fits and fits[0][0] >= least else []


def _shared_share(stated: Mapping[str, float], member: Member) -> float:
    return sum([stated[key] for key in member.keys if key in stated], 0.0) / math.sqrt(len(member.keys) + 1.0)


def _fit_of_one(told: ArticleFacts, member: Member, window: GroupWindow, policy: GroupPolicy) -> float:
    match = compare(told, _profile([member]), window, policy, evidence=policy.evidence, least=policy.join)
    if match is None or is_from_one_mould(told.fingerprint, [member], policy):
        return -_MOST
    return _sureness(match.share)


def _with_copies(taken: list[Member], members: Sequence[Member], policy: GroupPolicy) -> list[Member]:
    """*taken* and what repeats their texts: copies stand where the original does."""
    for member in taken:
        taken += [
            other
            for other in members
            if other not in taken
            and shared_text(tuple(member.sketch), tuple(other.sketch), policy.sketch_size) > policy.copy_share
        ]
    return taken


def _profile(members: Sequence[Member]) -> StoryProfile:
    profile = StoryProfile(StoryId(""), members[0].at, members[0].at)
    for member in members:
        profile.enter(member)
    return profile


def _fit(told: ArticleFacts, story: StoryProfile, window: GroupWindow, policy: GroupPolicy) -> float:
    """How well an article fits a story, as log-odds."""
    match = compare(told, story, window, policy)
    return _sureness(match.share) if match else -_MOST


def _sureness(share: float) -> float:
    """A share as log-odds."""
    share = min(max(share, 1e-9), 1.0 - 1e-9)
    return max(-_MOST, min(_MOST, math.log(share / (1.0 - share))))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
