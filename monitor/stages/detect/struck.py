"""
Who is under attack now: what the role, the attack, its kind and the topic say of an entity together.

Each of them has a model of its own, and none is sure. Here their scores are parts, and so are the products of each two:
what a sure victim adds where the attack holds, it does not add where none may have happened. The weights are
learnt by `python -m tools.fit_weights`, from scores that saw none of the cases they are learnt from.
"""

import math
from collections.abc import Mapping
from itertools import combinations_with_replacement, repeat
from operator import mul

from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.lexicon import Weights
from monitor.stages.detect.conclusion import Portrait
from monitor.stages.detect.deeds import live_share
from monitor.stages.detect.scoring import heaviest_first, squash

# Scores are logits, cut here and brought to the size of other parts.
_MOST, _SIZE = 7.0, 3.0
_LEAST = squash(-_MOST)
# How steeply an article that is hardly about attacks at all speaks against an alarm.
_TOPIC = 3.0
_SAID = ("under", "live", "any")
_SCORES = ("victim", "live", "topic", "kind", "others", *(f"words:{outcome}" for outcome in _SAID))
# The scores and the products of each two of them.
_SUMMED = ("bias", *_SCORES, *map("&".join, combinations_with_replacement(_SCORES, 2)))
_KINDS, _STATUSES = {kind: f"kind:{kind}" for kind in AttackType}, {status: f"status:{status}" for status in Status}


class StruckReader:
    """Weighs whether somebody is under attack."""

    def __init__(self, weights: Weights, least: float) -> None:
        """*least* is the share from which on somebody is."""
        self._weights, self.least = weights, least

    def share(self, parts: Mapping[str, float]) -> float:
        """How likely it is, in [0, 1]."""
        return squash(sum(map(mul, map(self._weights.get, parts, repeat(0.0)), parts.values())))

    def parts_of(self, parts: Mapping[str, float]) -> list[tuple[str, float]]:
        """What each part adds, the heaviest first."""
        return heaviest_first(parts, self._weights)


def struck_parts(told: Portrait, others: float, about: float, said: Mapping[str, float]) -> dict[str, float]:
    """
    The parts of one entity of which something is *told*; none where no attack on it can hold.

    Args:
        told: What the article tells of it.
        others: The highest share as a victim of any other entity.
        about: The score of the article as one about attacks.
        said: What the words of the whole article speak for.
    """
    held = live_share(told.reads)
    live = held or max((read.live for read in told.doubted.values()), default=0.0)
    if not live:
        return {}
    victim = told.shares[Role.VICTIM]
    known = _logit(victim), _logit(live), _cut(_TOPIC * about), _cut(told.kind)
    scores = (*known, others, *(said.get(one, 0.0) for one in _SAID))
    sized = [score / _SIZE for score in scores]
    products = [one * other for one, other in combinations_with_replacement(sized, 2)]
    parts = {**told.parts, **dict(zip(_SUMMED, [1.0, *sized, *products], strict=True))}
    parts["all"] = victim * live * squash(_TOPIC * about)
    parts["least"] = min(parts["victim"], parts["live"], parts["topic"])
    parts["ahead"] = victim - others
    if not held:
        parts["not-live"] = 1.0
    if brevity := told.parts.get("brief&bias", 0.0):
        parts.update((f"brief&{name}", brevity * score) for name, score in zip(_SCORES, sized, strict=True))
    parts |= {_KINDS[kind]: 1.0 for kind in told.reads}
    parts |= {_STATUSES[read.status]: 1.0 for read in told.reads.values()}
    return parts


def _logit(share: float) -> float:
    share = max(_LEAST, min(share, 1.0 - _LEAST))
    return math.log(share / (1.0 - share))


def _cut(score: float) -> float:
    return max(-_MOST, min(score, _MOST))
