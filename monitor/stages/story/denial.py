"""Whether a story's victims deny what was told of them, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.domain.article import Article
from monitor.domain.finding import LIVE, Analysis, AttackType, Role, Status, strongest_statuses
from monitor.domain.watchlist import EntityId
from monitor.stages.story.telling import Read
from monitor.stages.story.voices import owner_of

# Whoever denies the one denies the others with it: what comes along with ransomware, or is the price of stolen data.
_DENIED_WITH = {
    AttackType.RANSOMWARE: frozenset({AttackType.EXTORTION, AttackType.DATA_BREACH, AttackType.MALWARE}),
    AttackType.DATA_BREACH: frozenset({AttackType.EXTORTION}),
    AttackType.CYBERATTACK: frozenset(AttackType),
}
# A kind that is read less surely, beside one that is read surely, is nothing that a victim would think of denying.
_SURE = 0.6


def is_taken_back(read: Read) -> bool:
    """
    Whether all that was told as a fact stands denied, by all that were told as its victims; *read* is oldest first.

    A denial of a part (no data were taken) takes nothing back, nor does one of several victims; and what is told as a
    fact after it stands again. Outlets go on to repeat both for days: each further turn takes twice as many of them
    in a row as the last one.
    """
    standing = _Standing()
    for article, analysis in read:
        standing.hear(article, analysis)
    return standing.is_denied


def denied(statuses: Mapping[AttackType, Status]) -> dict[AttackType, Status]:
    """*statuses* as they are in a story that is denied."""
    return {
        kind: Status.DENIED if status in LIVE and kind is not AttackType.OUTAGE else status
        for kind, status in statuses.items()
    }


@dataclass(slots=True)
class _Standing:
    """What was told so far, whether it stands denied, how often that turned, and who speaks for the next turn."""

    facts: set[AttackType] = field(default_factory=set)
    victims: set[EntityId] = field(default_factory=set)
    is_denied: bool = False
    turns: int = 0
    voices: set[str] = field(default_factory=set)

    def hear(self, article: Article, analysis: Analysis) -> None:
        told, named = _told(analysis), _victims(analysis)
        says_denied = self._denies_all(told, named)
        # Where facts are denied, the bare claim once more says nothing to it.
        if says_denied or Status.CONFIRMED in told.values() or (told and not self.facts):
            self._weigh(owner_of(article), says_denied=says_denied)
        self.facts.update(kind for kind, status in told.items() if status is Status.CONFIRMED)
        if not LIVE.isdisjoint(told.values()):
            self.victims |= named

    def _denies_all(self, told: Mapping[AttackType, Status], named: set[EntityId]) -> bool:
        if set(told.values()) != {Status.DENIED}:
            return False
        covered = set(told).union({AttackType.CYBERATTACK}, *(_DENIED_WITH.get(kind, ()) for kind in told))
        return bool(self.victims) and self.facts <= covered and self.victims <= named

    def _weigh(self, voice: str, *, says_denied: bool) -> None:
        if says_denied is self.is_denied:
            self.voices.clear()
            return
        self.voices.add(voice)
        if len(self.voices) >= 2 ** max(0, self.turns - 1):
            self.is_denied, self.turns = says_denied, self.turns + 1
            self.voices.clear()


def _told(analysis: Analysis) -> dict[AttackType, Status]:
    """The strongest status of each attack that an article tells as happening or denied; an outage is none."""
    least = min(_SURE, max((attack.confidence for attack in analysis.attacks), default=0.0))
    told = strongest_statuses(
        attack
        for attack in analysis.attacks
        if attack.confidence >= least and (attack.status in LIVE or attack.status is Status.DENIED)
    )
    told.pop(AttackType.OUTAGE, None)
    return told


def _victims(analysis: Analysis) -> set[EntityId]:
    return {finding.entity_id for finding in analysis.findings if finding.role is Role.VICTIM}
