"""
What an entity is in an article: what stands around its name, and around the words that mean it.

Grammar is told in concepts, not in words, so the same parts hold in every language:
``L:at_prep:beside`` is "a preposition of place right before the name".
"""

from collections.abc import Sequence

from monitor.domain.finding import AttackType, Role
from monitor.domain.lexicon import Weights
from monitor.domain.watchlist import Entity
from monitor.stages.detect.attacks import Event
from monitor.stages.detect.mentions import Sighting
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.scoring import Outcomes

_ATTACK = frozenset(
    {
        "ransomware", "cyberattack", "hack", "breach", "ddos", "malware", "takeover", "deface", "crypto_theft", "intrude",
        "attack_word", "breach_weak", "encrypt", "outage", "phishing", "hit_noun",
    }
)  # fmt: skip
_GRAMMAR = frozenset(
    {
        "victim_verb", "at_prep", "of_prep", "by_prep", "say", "admit", "warn", "research", "help", "punish", "insure",
        "according", "press_noun", "actor_verb", "product", "customer", "company_noun", "not_affected", "flaw", "patch",
        "exploit", "steal", "data", "systems", "supply", "gang", "pose", "fake", "market", "drill", "law", "advert", "deny",
        "claim", "no_attack", "no_exploit", "hypo", "thwart", "flood", "unreachable", "account", "hijack", "insider",
        "leak_site", "sale", "threaten", "ransom_demand", "statistic", "fiction", "past_time", "aftermath", "message",
    }
)  # fmt: skip
_KINDS = ("press", "agency", "security-vendor", "public-body")


class RoleReader:
    """Reads the roles of entities."""

    def __init__(self, weights: Weights) -> None:
        self.outcomes = Outcomes(weights, [str(role) for role in Role])

    def parts(
        self,
        entity: Entity,
        sightings: Sequence[Sighting],
        echoes: Sequence[tuple[int, int, int]],
        passage: Passage,
        events: Sequence[Event],
        types: frozenset[AttackType],
    ) -> dict[str, float]:
        """All parts of one entity; *echoes* are (start, end, sentence) of words that mean it, such as "the bank"."""
        parts: dict[str, float] = {"bias": 1.0}
        by_sentence: dict[int, list[Event]] = {}
        for event in events:
            by_sentence.setdefault(event.sentence, []).append(event)
        places = [(s.candidate.start, s.candidate.end, s.sentence, "") for s in sightings]
        places += [(start, end, number, "echo:") for start, end, number in echoes]
        for start, end, number, prefix in places:
            sentence = passage.sentences[number]
            _around(parts, start, end, sentence, passage, prefix)
            for event in by_sentence.get(number, ()):
                parts[f"{prefix}with:{event.type}"] = 1.0
            if number in by_sentence:
                parts[f"{prefix}with-attack"] = 1.0
            elif not prefix:
                parts["without-attack"] = 1.0
            if number + 1 in by_sentence:
                parts["before-attack"] = 1.0
        self._whole(parts, entity, sightings, passage, types)
        return parts

    def _whole(
        self,
        parts: dict[str, float],
        entity: Entity,
        sightings: Sequence[Sighting],
        passage: Passage,
        types: frozenset[AttackType],
    ) -> None:
        if any(passage.sentences[s.sentence].in_title for s in sightings):
            parts["in-title"] = 1.0
        first = min(s.sentence for s in sightings)
        lead = next((number for number, s in enumerate(passage.sentences) if not s.in_title), 0)
        parts["in-lead" if first <= lead else "later" if first > lead + 2 else "early"] = 1.0
        if len(sightings) > 2:
            parts["often"] = 1.0
        for kind in types:
            parts[f"type:{kind}"] = 1.0
            if "in-title" in parts or "in-lead" in parts:
                parts[f"leading&type:{kind}"] = 1.0
        if entity.kind in _KINDS:
            parts[f"is:{entity.kind}"] = 1.0
        if len(passage.sentences) > 14:
            parts["long"] = 1.0


def _around(parts: dict[str, float], start: int, end: int, sentence: Sentence, passage: Passage, prefix: str) -> None:
    clean = passage.clean
    for hit_start, hit_end, concept in sentence.hits:
        is_attack = concept in _ATTACK
        if not is_attack and concept not in _GRAMMAR:
            continue
        if hit_end <= start:
            side, gap, between = "L", start - hit_end, clean[hit_end:start]
        elif hit_start >= end:
            side, gap, between = "R", hit_start - end, clean[end:hit_start]
        else:
            continue
        where = "beside" if gap <= 5 else "sentence" if gap > 60 or _has_break(between) else "near"
        if is_attack:
            parts[f"{prefix}{side}:ATTACK:{where}"] = 1.0
        if concept in _GRAMMAR or where != "sentence":
            parts[f"{prefix}{side}:{concept}:{where}"] = 1.0
    if clean[end : end + 1] in {"'", "’"}:
        parts[f"{prefix}possessive"] = 1.0


def _has_break(text: str) -> bool:
    return any(mark in text for mark in ",;:–—()")
