"""
What an entity is in an article: what stands around its name, and around the words that mean it.

Grammar is told in concepts, not in words, so the same parts hold in every language:
``L:at_prep:beside`` is "a preposition of place right before the name".
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.domain.finding import AttackType, Role
from monitor.domain.lexicon import SignWeights, Weights
from monitor.domain.watchlist import Entity
from monitor.stages.detect.attacks import Event
from monitor.stages.detect.bindings import Bindings, bind
from monitor.stages.detect.echoes import Cast
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.headlines import Nameless, fit_of, nameless
from monitor.stages.detect.labels import is_marked_as_made_up
from monitor.stages.detect.meanings import MeaningIndex
from monitor.stages.detect.memo import Memo
from monitor.stages.detect.names import NameKind
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.scoring import Outcomes, add_brief
from monitor.stages.detect.senses import Sighting
from monitor.stages.detect.series import Series
from monitor.stages.detect.surroundings import Place, Surroundings, SurroundingsReader

_ATTACK = frozenset(
    {
        "ransomware", "cyberattack", "hack", "breach", "ddos", "malware", "takeover", "deface", "crypto_theft",
        "intrude", "attack_word", "breach_weak", "encrypt", "outage", "phishing", "hit_noun",
    }
)  # fmt: skip
# These tell something of an entity wherever in its sentence they stand; all others only near its name.
_WIDE = frozenset(
    {
        "not_affected", "intact", "deny", "call_in", "insure", "drill", "fiction", "law", "advert", "thwart", "deal",
        "feared",
    }
)  # fmt: skip
_GRAMMAR = frozenset(
    {
        "victim_verb", "at_prep", "of_prep", "by_prep", "say", "admit", "warn", "research", "help", "punish", "insure",
        "according", "press_noun", "actor_verb", "product", "customer", "not_affected", "flaw", "patch", "exploit",
        "steal", "data", "systems", "supply", "gang", "pose", "fake", "market", "drill", "law", "advert", "deny",
        "claim", "no_attack", "thwart", "unreachable", "account", "insider", "ransom_demand", "espionage", "message",
        "hijack", "leak_site", "past_time", "aftermath", "intact", "fraud", "phishing", "fiction",
        "call_in", "block", "rival", "among", "client_of", "made_by", "study", "parent", "accuse", "deal", "summoned",
        "blame", "counts", "for_others", "probes", "own_probe", "blamed",
        "for_own", "turns_to",
    }
)  # fmt: skip
_TOLD = _ATTACK | _GRAMMAR
_BREAK = re.compile(r"[,;:–—()]")
_SIGNED = re.compile(r"\w\W* [-–—|] \Z")
_ECHO_VALUE = 0.6
# What the words of the whole article say that bears on who is its victim.
_SAID = ("under", "live")
# Characters between a cue and the name.
_NEAR, _BESIDE = 60, 5
# A sentence with one of these tells of attacks that are feared, forbidden or made up: it has no victim.
_FEARED = frozenset({"hypo", "drill", "law", "advert", "advice", "fiction", "statistic"})
# These kinds rarely have the company that is named as their victim: it is imitated, or made what has the flaw.
_SIDEWAYS = frozenset(
    {
        AttackType.PHISHING,
        AttackType.FRAUD,
        AttackType.VULNERABILITY,
        AttackType.EXPLOITATION,
        AttackType.ACCOUNT_TAKEOVER,
    }
)
_ELSEWHERE = frozenset({"intact", "elsewhere"})
_KINDS = ("press", "agency", "security-vendor", "public-body")
_WITH, _TYPES = {kind: f"with:{kind}" for kind in AttackType}, {kind: f"type:{kind}" for kind in AttackType}
# Of these the sector tells more than the kind does.
_TRADING = frozenset({"company", "public-body"})


def places_of(sightings: Sequence[Sighting], echoes: Sequence[tuple[int, int, int]], series: Series) -> list[Place]:
    """Where one entity is named or meant, alone or in a row; a word that means it tells less of it than its name."""
    named = [(*series.span(s.candidate.start, s.candidate.end), s.sentence, 1.0) for s in sightings]
    return named + [(*series.span(start, end), number, _ECHO_VALUE) for start, end, number in echoes]


class RoleReader:
    """Reads the roles of entities."""

    def __init__(
        self,
        weights: Weights,
        insuring: frozenset[str] = frozenset(),
        homes: Mapping[str, frozenset[str]] | None = None,
        surroundings: SurroundingsReader | None = None,
        trades: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """
        *insuring* are beginnings of words such as "insurer": an entity known by one of them insures.

        *homes* are the countries of each language, *trades* words of each sector.
        """
        self.outcomes = Outcomes(weights, [str(role) for role in Role])
        self._insuring = tuple(sorted(insuring))
        self._homes, self._trades = homes or {}, trades or {}
        self.surroundings = surroundings or SurroundingsReader(SignWeights())
        # By the whole entity: other watchlists may tell something else of the same id.
        self._kinds = Memo(self._kind)

    def _kind(self, entity: Entity) -> str:
        """The kind of *entity*, an insurer told by its names and context."""
        known = fold_words(" ".join((entity.name, *entity.aliases, *entity.context))).split()
        insures = entity.kind not in _KINDS and (
            entity.sector == "insurance" or any(word.startswith(self._insuring) for word in known)
        )
        return "insurer" if insures else entity.kind

    def parts(
        self,
        entity: Entity,
        sightings: Sequence[Sighting],
        echoes: Sequence[tuple[int, int, int]],
        passage: Passage,
        types: frozenset[AttackType],
        company: "Company",
    ) -> dict[str, float]:
        """All parts of one entity; *echoes* are (start, end, sentence) of words that mean it, such as "the bank"."""
        parts: dict[str, float] = {"bias": 1.0}
        by_sentence, feared = company.events, company.feared
        places = places_of(sightings, echoes, company.series)
        for start, end, number, value in places:
            _around(parts, start, end, passage.sentences[number], passage, value)
            for event in by_sentence.get(number, ()):
                _raise(parts, _WITH[event.type], value)
            if number in by_sentence:
                _raise(parts, "with-feared-attack" if number in feared else "with-attack", value)
            if number + 1 in by_sentence and number + 1 not in feared:
                _raise(parts, "before-attack", value)
        if "with-attack" not in parts:
            parts["never-with-attack"] = 1.0
        elif "neg:sentence" in parts:
            parts["with-attack&neg"] = 1.0
        self._whole(parts, entity, sightings, passage, types)
        _sense(parts, sightings)
        _among(parts, sightings, company, frozenset(by_sentence) - feared)
        _nearest(parts, sightings, company, by_sentence)
        _bound(parts, sightings, company.bindings)
        _spared(parts, passage, types)
        parts.update(fit_of(entity, company.headline, self._trades))
        if is_marked_as_made_up(passage):
            parts["made-up"] = 1.0
        parts.update(self.surroundings.parts(company.surroundings.around(sightings[0].name.entity, places)))
        parts.update((f"words:{outcome}", company.said[outcome]) for outcome in _SAID if outcome in company.said)
        add_brief(parts, passage.brevity)
        return parts

    def _whole(
        self,
        parts: dict[str, float],
        entity: Entity,
        sightings: Sequence[Sighting],
        passage: Passage,
        types: frozenset[AttackType],
    ) -> None:
        titled = [s for s in sightings if passage.sentences[s.sentence].in_title]
        signing = [s for s in titled if _signs(passage, s)]
        if len(titled) > len(signing):
            parts["in-title"] = 1.0
        elif signing:
            parts["signs-title"] = 1.0
        first = min(s.sentence for s in sightings)
        lead = next((number for number, s in enumerate(passage.sentences) if not s.in_title), 0)
        parts["in-lead" if first <= lead else "later" if first > lead + 2 else "early"] = 1.0
        if len(sightings) > 2:
            parts["often"] = 1.0
        parts.update([(_TYPES[kind], 1.0) for kind in types])
        if "in-title" in parts or "in-lead" in parts:
            parts.update([(f"leading&{_TYPES[kind]}", 1.0) for kind in types])
        if not types:
            parts["untold"] = 1.0
        elif types <= _SIDEWAYS:
            parts["sideways"] = 1.0
        self._known(parts, entity, passage.language, types)
        if len(passage.sentences) > 14:
            parts["long"] = 1.0

    def _known(self, parts: dict[str, float], entity: Entity, language: str, types: frozenset[AttackType]) -> None:
        """What is known of the entity before anything is read: its kind, its trade, and whether it is from here."""
        sort = self._kinds[entity]
        if sort != "company":
            parts[f"is:{sort}"] = 1.0
        trade = f"sector:{entity.sector}" if entity.kind in _TRADING and entity.sector else f"is:{sort}"
        if trade != "is:company":
            parts[trade] = 1.0
            # Shops are struck by ransomware; who makes programs has the flaw.
            parts.update([(f"{trade}&{_TYPES[kind]}", 1.0) for kind in types])
        if entity.country:
            parts["at-home" if entity.country in self._homes.get(language, ()) else "from-abroad"] = 1.0


class Tongue(NamedTuple):
    """The words of a language: which a capital makes no name (None where it says nothing), and what they mean."""

    ordinary: frozenset[str] | None
    meanings: MeaningIndex


@dataclass(frozen=True, slots=True)
class Company:
    """
    The entities an article names, the press apart: who comes first, and in which sentences anybody is named.

    Those in a row ("X and Y") come first together, and are the topic of a sentence together.

    ``events`` are the attacks told, by sentence; ``feared`` sentences tell of what may come. ``said`` is what the words
    of the whole article speak for; ``headline`` what one says that tells of an attack and names nobody.
    """

    first: frozenset[int]
    others: int
    named_in: frozenset[int]
    topics: Mapping[int, frozenset[int]]
    places: Mapping[int, Sequence[tuple[int, frozenset[int]]]]
    series: Series
    bindings: Bindings
    events: Mapping[int, Sequence[Event]]
    feared: frozenset[int]
    surroundings: Surroundings
    said: Mapping[str, float]
    headline: Nameless | None


def company_of(
    sightings: Sequence[Sighting],
    cast: Cast,
    passage: Passage,
    echoes: Mapping[int, Sequence[tuple[int, int, int]]],
    tongue: Tongue,
    events: Sequence[Event],
    said: Mapping[str, float],
) -> Company:
    """Press, as *cast* has it, counts only where nobody else is named."""
    meant: dict[int, list[tuple[int, int, int]]] = {}
    for sighting in sightings:
        candidate = sighting.candidate
        meant.setdefault(sighting.sentence, []).append((candidate.start, candidate.end, sighting.name.entity))
    for entity, spans in echoes.items():
        for begin, end, sentence in spans:
            meant.setdefault(sentence, []).append((begin, end, entity))
    series = Series(passage, meant)
    placed = sorted((s.candidate.start, s.name.entity, s.sentence) for s in sightings)
    actors = [place for place in placed if place[1] not in cast.press] or placed
    places: dict[int, list[tuple[int, frozenset[int]]]] = {}
    for start, entity, sentence in actors:
        places.setdefault(sentence, []).append((start, series.members(start, entity)))
    topics: dict[int, frozenset[int]] = {}
    current: frozenset[int] = frozenset()
    for number in range(len(passage.sentences)):
        current = places[number][0][1] if number in places else current
        if current:
            topics[number] = current
    first = series.members(actors[0][0], actors[0][1]) if actors else frozenset()
    bindings = bind(passage, meant, tongue.ordinary)
    told = _by_sentence(events)
    feared = frozenset(number for number in told if passage.sentences[number].concepts & _FEARED)
    others = len({entity for _, entity, _ in actors})
    surroundings = Surroundings(passage, meant, tongue.meanings)
    headline = nameless(passage, {s.sentence for s in sightings}, told)
    return Company(
        first, others, frozenset(places), topics, places, series, bindings, told, feared, surroundings, said, headline
    )


def _by_sentence(events: Sequence[Event]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(event.sentence, []).append(event)
    return found


def _signs(passage: Passage, sighting: Sighting) -> bool:
    """Whether a name stands where outlets sign the titles of others: "Council hit by hackers - Sky News"."""
    start, end = sighting.candidate.start, sighting.candidate.end
    return _SIGNED.search(passage.clean, 0, start) is not None and not passage.clean[end : passage.title_end].strip()


def _sense(parts: dict[str, float], sightings: Sequence[Sighting]) -> None:
    """Whether the article knows the entity only by a product, a person, a subsidiary or a domain."""
    kinds = {s.name.kind for s in sightings}
    if len(kinds) == 1 and NameKind.NAME not in kinds:
        parts[f"only-as:{next(iter(kinds))}"] = 1.0


def _spared(parts: dict[str, float], passage: Passage, types: frozenset[AttackType]) -> None:
    """Somebody's own systems are intact: with data of its own taken it is a victim still, else not."""
    said = passage.concepts
    if "intact" in said:
        parts["intact-told"] = 1.0
        if "bound:asset-of" in parts or "bound:asset-at" in parts:
            parts["intact&asset"] = 1.0
    if AttackType.MALWARE in types and "spread" in said:
        # A pest that goes round: those who catch it are many, and rarely the company that is named.
        parts["spreading"] = 1.0
    if AttackType.ACCOUNT_TAKEOVER in types:
        for concept in sorted(said & _ELSEWHERE):
            parts[f"takeover&{concept}"] = 1.0


def _bound(parts: dict[str, float], sightings: Sequence[Sighting], bindings: Bindings) -> None:
    """Bindings of the entity itself; and, where it has no strong one, that others have."""
    entity = sightings[0].name.entity
    own = bindings.of(entity)
    parts.update(own)
    if "bound:strongly" in own:
        return
    if any("bound:strongly" in other for number, other in bindings.parts.items() if number != entity):
        parts["bound:others"] = 1.0
    if bindings.stranger:
        parts["bound:stranger"] = bindings.stranger
    if "bound:verb:not_affected" in own and ("bound:others" in parts or bindings.stranger):
        # Others are struck, and of this one it is said that it was not.
        parts["spared"] = 1.0


def _nearest(
    parts: dict[str, float],
    sightings: Sequence[Sighting],
    company: Company,
    by_sentence: Mapping[int, Sequence[Event]],
) -> None:
    """Whether, of several entities in a sentence that tells of an attack, this one stands nearest to its words."""
    own = sightings[0].name.entity
    for number in {s.sentence for s in sightings}:
        places, events = company.places.get(number, ()), by_sentence.get(number, ())
        if not events or len({members for _, members in places}) < 2:
            continue
        for event in events:
            nearest = min(
                places, key=lambda place: (min(abs(place[0] - event.start), abs(place[0] - event.end)), place[0])
            )
            parts["nearest-to-attack" if own in nearest[1] else "farther-from-attack"] = 1.0


def _among(parts: dict[str, float], sightings: Sequence[Sighting], company: Company, attacked: frozenset[int]) -> None:
    """Where the entity stands among the others, and whether sentences that tell of an attack on nobody are about it."""
    own = sightings[0].name.entity
    nobodys = [number for number in attacked if number not in company.named_in]
    share = sum(own in company.topics.get(number, company.first) for number in nobodys) / max(len(nobodys), 1)
    if share:
        parts["topic-of-attack"] = share
    if attacked and "never-with-attack" in parts and not share:
        # However prominent it is, the attacks are told of others.
        parts["attack-on-others"] = 1.0
    elif own in company.first:
        parts["first"] = 1.0
        parts["only" if company.others == 1 else "first-of-several"] = 1.0


def _raise(parts: dict[str, float], part: str, value: float) -> None:
    if parts.get(part, 0.0) < value:
        parts[part] = value


def _around(parts: dict[str, float], start: int, end: int, sentence: Sentence, passage: Passage, value: float) -> None:
    clean = passage.clean
    # Beyond these nothing is near.
    first = max([match.end() for match in _BREAK.finditer(clean, max(start - _NEAR, 0), start)], default=start - _NEAR)
    found = _BREAK.search(clean, end, end + _NEAR)
    last = found.start() if found else end + _NEAR
    told: list[str] = []
    for hit_start, hit_end, concept in sentence.hits:
        if concept in _TOLD:
            if hit_end <= start:
                told += _told(concept, "L", hit_end >= first, start - hit_end <= _BESIDE)
            elif hit_start >= end:
                told += _told(concept, "R", hit_start <= last, hit_start - end <= _BESIDE)
    if clean[end : end + 1] in {"'", "’"}:
        told.append("possessive")
    held = parts.get
    parts.update([(part, value) for part in told if held(part, 0.0) < value])


@functools.cache
def _told(concept: str, side: str, is_near: bool, is_beside: bool) -> tuple[str, ...]:
    """The nearer a cue, the more parts tell of it: what holds of "beside" holds of "near" as well."""
    places = [where for where, holds in (("near", is_near), ("beside", is_beside)) if holds]
    parts = []
    if concept in _ATTACK:
        parts += [f"{side}:ATTACK:{where}" for where in ("sentence", *places)]
    if concept in _GRAMMAR:
        parts += [f"{side}:{concept}:{where}" for where in places]
    if concept in _WIDE:
        parts.append(f"{concept}:sentence")
    return tuple(parts)
