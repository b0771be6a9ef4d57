"""What an article says, laid out once for all stories that it is compared with."""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.leads import Lead, lead_of

# Concepts that are summed by their field; those of other fields together.
_FIELDS = frozenset({"cyb", "eco", "wor", "spo", "cue"})
_OTHER_FIELD = "x"
_KINDS_KEPT = 100_000
# What brings amounts of all kinds to about one.
_WORTH_TOLD = 20.0


class ArticleFacts:
    """
    An article by its facts: *values* are these with their worth, their rarity times their *prominence*, by itself that
    of the fingerprint.

    ``statements`` are how many facts it gives, single words aside; ``amounts`` what they are worth by kind, as signs;
    ``rarest`` the facts and their rarity, the rarest first, words aside; ``headline`` what stands in the headline (a
    prominence of *headline_weight*), with its rarity.
    """

    __slots__ = (
        "_lead", "amounts", "facts", "fingerprint", "headline", "norms", "prominence", "rarest", "statements", "values",
    )  # fmt: skip

    def __init__(
        self,
        fingerprint: Fingerprint,
        values: Mapping[str, float],
        headline_weight: float,
        prominence: Mapping[str, float] | None = None,
    ) -> None:
        self.fingerprint = fingerprint
        self.values = values
        self.facts = dict(fingerprint.facts)
        self.prominence = self.facts if prominence is None else prominence
        self.amounts = [(f"told:{kind}", worth / _WORTH_TOLD) for kind, worth in amounts_of(values.items()).items()]
        self.norms = (norm(values, has_words=False), norm(values, has_words=True))
        rarity = {key: worth / self.prominence[key] for key, worth in values.items()}
        stated = [(key, rare) for key, rare in rarity.items() if key[:2] != "w:"]
        self.statements = len(stated)
        self.rarest = sorted(stated, key=lambda fact: (-fact[1], fact[0]))
        self.headline = {key: rarity[key] for key, weight in self.facts.items() if weight >= headline_weight}
        self._lead: Lead | None = None

    @property
    def lead(self) -> Lead:
        if self._lead is None:
            self._lead = lead_of(self.values, self.facts, self.fingerprint.language)
        return self._lead


def amounts_of(facts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """What *facts* are worth by kind."""
    amounts: dict[str, float] = {}
    for key, worth in facts:
        kind = _kind(key)
        amounts[kind] = amounts.get(kind, 0.0) + worth
    return amounts


@lru_cache(maxsize=_KINDS_KEPT)
def _kind(key: str) -> str:
    if key[0] == "#":
        return "#"
    kind = key.partition(":")[0]
    return kind if len(kind) == 1 or kind in _FIELDS else _OTHER_FIELD


def norm(values: Mapping[str, float], *, has_words: bool) -> float:
    """The length of a text's facts; words are left out where the other text is in another language."""
    if has_words:
        return math.sqrt(sum([worth * worth for worth in values.values()], 0.0)) or 1.0
    return math.sqrt(sum([worth * worth for key, worth in values.items() if key[:2] != "w:"], 0.0)) or 1.0
