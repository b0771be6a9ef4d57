"""What detection says of one article. The vocabulary is closed and stable: see docs/glossary.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.watchlist import EntityId


class AttackType(StrEnum):
    """The kind of an attack."""

    RANSOMWARE = "ransomware"
    EXTORTION = "extortion"
    DATA_BREACH = "data-breach"
    DATA_LEAK = "data-leak"
    DDOS = "ddos"
    PHISHING = "phishing"
    SUPPLY_CHAIN = "supply-chain"
    EXPLOITATION = "exploitation"
    VULNERABILITY = "vulnerability"
    MALWARE = "malware"
    ESPIONAGE = "espionage"
    ACCOUNT_TAKEOVER = "account-takeover"
    DEFACEMENT = "defacement"
    CRYPTO_THEFT = "crypto-theft"
    FRAUD = "fraud"
    INSIDER = "insider"
    SABOTAGE = "sabotage"
    OUTAGE = "outage"
    CYBERATTACK = "cyberattack"


class Role(StrEnum):
    """What a watched entity is in an article; listed strongest first."""

    VICTIM = "victim"
    SUPPLIER = "supplier"
    ACTOR = "actor"
    RESPONDER = "responder"
    SOURCE = "source"
    MENTIONED = "mentioned"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return _ROLE_RANK[self]


class Status(StrEnum):
    """How sure the text is of an attack; listed strongest first."""

    CONFIRMED = "confirmed"
    ALLEGED = "alleged"
    DENIED = "denied"
    THWARTED = "thwarted"
    BACKGROUND = "background"
    HYPOTHETICAL = "hypothetical"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return _STATUS_RANK[self]


_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}
_STATUS_RANK = {status: rank for rank, status in enumerate(Status)}
LIVE = frozenset({Status.CONFIRMED, Status.ALLEGED})
_TOLD = LIVE | {Status.DENIED, Status.THWARTED}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """
    A place in an article: ``field[start:end]`` in code points, ``field`` being title or text.

    ``surface`` is what stands there, where that is told.
    """

    field: str
    start: int
    end: int
    surface: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a score; a score is the sum of its parts, squashed into [0, 1]."""

    name: str
    weight: float
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One article's claim about one entity: its role, how sure we are that it is meant, and the places.

    ``surplus`` is how far above the threshold it is for being under attack, in shares of one; None where it is not.
    """

    entity_id: EntityId
    role: Role
    confidence: float
    spans: tuple[Span, ...]
    parts: tuple[Part, ...] = ()
    surplus: float | None = None


@dataclass(frozen=True, slots=True)
class Attack:
    """One kind of attack in an article, with its status and victims (entity ids, else names as printed)."""

    type: AttackType
    status: Status
    victims: tuple[str, ...]
    confidence: float
    evidence: tuple[Span, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    All that detection says of one article, in the form of `monitor analyze`.

    ``fault`` is why it says nothing, where the program failed on the article.
    """

    article_id: str
    language: str
    findings: tuple[Finding, ...]
    attacks: tuple[Attack, ...]
    under_attack: tuple[EntityId, ...]
    lexicon_version: str = ""
    # Language-free facts for grouping: (kind, value) such as ("name", "scattered spider") or ("cve", "CVE-2025-1").
    facts: tuple[tuple[str, str], ...] = ()
    fault: str = ""

    @property
    def is_off_topic(self) -> bool:
        """It tells of nobody who is watched, and of no attack."""
        return not self.findings and not self.attacks


def strongest_statuses(attacks: Iterable[Attack]) -> dict[AttackType, Status]:
    """The strongest status of each kind of attack."""
    strongest: dict[AttackType, Status] = {}
    for attack in attacks:
        known = strongest.get(attack.type)
        if known is None or attack.status.rank < known.rank:
            strongest[attack.type] = attack.status
    return strongest


def without_outage(statuses: Mapping[AttackType, Status]) -> Mapping[AttackType, Status]:
    """*statuses* without an outage, which is no attack, where one is told of beside it: done, failed or denied."""
    attacks: dict[AttackType, Status] = {**statuses}
    attacks.pop(AttackType.OUTAGE, None)
    return statuses if _TOLD.isdisjoint(attacks.values()) else attacks
