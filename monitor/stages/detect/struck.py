"""
Who is under attack now: what the role, the attack and the topic say of an entity together.

Each of the three has a model of its own, and none is sure. Here their scores are parts, and so are the products of each
two: what a sure victim adds where the attack holds, it does not add where none may have happened. The weights are
learnt by `python -m tools.fit_weights`, from scores that saw none of the cases they are learnt from.
"""

import math
from collections.abc import Mapping
from itertools import combinations_with_replacement

from monitor.domain.finding import Role
from monitor.domain.lexicon import Weights
from monitor.stages.detect.deeds import Reads, live_share
from monitor.stages.detect.scoring import heaviest_first, squash

# Scores are logits, cut here and brought to the size of other parts.
_MOST, _SIZE = 7.0, 3.0
# How steeply an article that is hardly about attacks at all speaks against an alarm.
_TOPIC = 3.0
_SAID = ("under", "live", "any")
# Parts of the model of roles that tell how prominently somebody is named, and what else is told of others.
_PROMINENT = (
    "in-title", "in-lead", "later", "first", "only", "often", "with-attack", "with-feared-attack", "never-with-attack",
    "bound:strongly", "bound:others", "bound:stranger",
)  # fmt: skip


class StruckReader:
    """Weighs whether somebody is under attack."""

    def __init__(self, weights: Weights, least: float) -> None:
        """*least* is the share from which on somebody is."""
        self._weights, self.least = weights, least

    def share(self, parts: Mapping[str, float]) -> float:
        """How likely it is, in [0, 1]."""
        return squash(sum(self._weights.get(part, 0.0) * value for part, value in parts.items()))

    def parts_of(self, parts: Mapping[str, float]) -> list[tuple[str, float]]:
        """What each part adds, the heaviest first."""
        return heaviest_first(parts, self._weights)


def struck_parts(
    shares: Mapping[str, float],
    others: float,
    reads: Reads,
    about: float,
    said: Mapping[str, float],
    told: Mapping[str, float],
) -> dict[str, float]:
    """
    The parts of one entity.

    Args:
        shares: Of each role.
        others: The highest share as a victim of any other entity.
        reads: How sure the text is of each kind of attack, by the sentences about the entity.
        about: The score of the article as one about attacks.
        said: What the words of the whole article speak for.
        told: The parts of its role.
    """
    victim, live = shares[Role.VICTIM], live_share(reads)
    scores = {"victim": _logit(victim), "live": _logit(live), "topic": _cut(_TOPIC * about), "others": others}
    scores |= {f"words:{outcome}": said.get(outcome, 0.0) for outcome in _SAID}
    parts = {"bias": 1.0, **{name: score / _SIZE for name, score in scores.items()}}
    for one, other in combinations_with_replacement(tuple(scores), 2):
        parts[f"{one}&{other}"] = parts[one] * parts[other]
    parts["all"] = victim * live * squash(_TOPIC * about)
    parts["least"] = min(parts["victim"], parts["live"], parts["topic"])
    parts["ahead"] = victim - others
    parts |= {name: told[name] for name in _PROMINENT if name in told}
    parts |= {f"kind:{kind}": 1.0 for kind in reads}
    parts |= {f"status:{read.status}": 1.0 for read in reads.values()}
    return parts


def _logit(share: float) -> float:
    low = squash(-_MOST)
    share = max(low, min(share, 1.0 - low))
    return math.log(share / (1.0 - share))


def _cut(score: float) -> float:
    return max(-_MOST, min(score, _MOST))
