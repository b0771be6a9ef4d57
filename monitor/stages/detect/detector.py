"""The whole of detection for one article: pure, and the same for the daemon, the command and the tests."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from monitor.domain.finding import Analysis, Finding, Role
from monitor.domain.lexicon import LanguagePack, Lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect.attacks import AttackReader, Event
from monitor.stages.detect.boilerplate import BoilerplateIndex
from monitor.stages.detect.conclusion import Conclusion, Portrait, heaviest_parts
from monitor.stages.detect.cues import CueIndex
from monitor.stages.detect.deeds import NO_KINDS, Deeds, Reads, holding, kinds_of, not_holding
from monitor.stages.detect.echoes import Cast, Echo, find_echoes
from monitor.stages.detect.folding import fold, fold_words
from monitor.stages.detect.items import items_of, merged, split
from monitor.stages.detect.language import UNKNOWN, LanguageIndex
from monitor.stages.detect.meanings import NO_MEANINGS, MeaningIndex
from monitor.stages.detect.mentions import MentionReader
from monitor.stages.detect.names import Candidate, NameIndex
from monitor.stages.detect.passage import Passage, Sentence, lay_out
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.roles import Company, RoleReader, Tongue, company_of
from monitor.stages.detect.scoring import squash
from monitor.stages.detect.senses import Sighting
from monitor.stages.detect.sentences import split_sentences
from monitor.stages.detect.status import StatusReader
from monitor.stages.detect.struck import StruckReader, struck_parts
from monitor.stages.detect.surroundings import SurroundingsReader
from monitor.stages.detect.wording import NOTHING_SAID, Said, WordingReader
from monitor.stages.sites import folded

_JOINT = "\n\n"
_ATTRIBUTING = frozenset({"say", "according"})
_CITING = frozenset({"press_noun", "study"})
# Characters between these and the name of whoever may be meant.
_CITED_NEAR = 40
_LEAST_STEM = 7
# An article that scores this little below nought may be about attacks yet, where the share of one role is so high. It
# counts as barely about them then: too little for an alarm.
_DOUBTED, _PLAIN, _BARELY = 1.5, 0.8, 0.05
_NOTHING_TOLD = {"bias": 1.0}
# Where no attack is told of nobody is a victim of one.
_ROLES, _UNTOLD_ROLES = tuple(Role), (Role.SOURCE, Role.MENTIONED)
# Who is under attack is its victim, whatever else it may be.
_STRUCK = (Role.VICTIM,)
# A name is taken for one where it is more than three times likelier than anything else: a company told of in vain costs
# more than one overlooked in passing.
_LEAST_SCORE = 1.3
_SCORE = attrgetter("score")
# What a detector makes of the language packs, whoever is watched.
_LEARNT = (
    *("_lexicon", "_packs", "_attributions", "_cues", "_meanings", "_ordinary", "_languages", "_boilerplate"),
    *("attacks", "wording", "statuses", "roles", "_nothing_told", "_bystander", "struck"),
)


class Detector:
    """Finds the watched entities in articles, what happened, and to whom. Safe to share between threads."""

    def __init__(self, entities: Sequence[Entity], lexicon: Lexicon, like: "Detector | None" = None) -> None:
        """*like* is one of the same lexicon: what that made of the language packs is not made again."""
        if like is None:
            self._learn(lexicon)
        else:
            for name in _LEARNT:
                setattr(self, name, getattr(like, name))
        self.entities = tuple(entities)
        self._names = NameIndex(self.entities, self._attributions)
        self.mentions = MentionReader(self.entities, lexicon, lexicon.weights.get("mention", {}))
        self.cast = Cast(self.entities, lexicon.packs)

    def _learn(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._packs = {pack.language: pack for pack in lexicon.packs}
        attributing = (pack.cues.of(concept) for pack in lexicon.packs for concept in _ATTRIBUTING)
        attributions = (text.split() for texts in attributing for text in texts)
        self._attributions = frozenset(words[0] for words in attributions if len(words) == 1)
        # Made when the first article in a language comes: most installations read two or three of them.
        self._cues: dict[str, CueIndex] = {}
        self._meanings: dict[str, MeaningIndex] = {}
        self._ordinary = {pack.language: pack.common_words | pack.function_words for pack in lexicon.packs}
        self._languages = LanguageIndex(lexicon)
        self._boilerplate = BoilerplateIndex(lexicon.packs)
        weights = lexicon.weights
        self.attacks = AttackReader(lexicon.frames, weights)
        self.wording = WordingReader(lexicon.wording)
        self.statuses = StatusReader(weights.get("status", {}))
        self.roles = RoleReader(
            weights.get("role", {}),
            _stems(lexicon, "insure"),
            {pack.language: pack.countries for pack in lexicon.packs},
            SurroundingsReader(lexicon.surroundings),
            lexicon.trades,
        )
        # What most names are in most news: the same for all of them.
        self._nothing_told = self.roles.outcomes.shares(_NOTHING_TOLD)
        self._bystander = self._conclusion(Portrait(0, (), _NOTHING_TOLD, self._nothing_told, {}, {}, 0.0), {})
        self.struck = StruckReader(
            weights.get("under-attack", {}), weights.get("thresholds", {}).get("under-attack", 0.5)
        )

    def __reduce__(self) -> tuple[type["Detector"], tuple[tuple[Entity, ...], Lexicon]]:
        # The automata cannot be pickled; they are quick to build again.
        return Detector, (self.entities, self._lexicon)

    def watching(self, entities: Sequence[Entity]) -> "Detector":
        """The same for other entities: what was made of the language packs is not made again."""
        return Detector(entities, self._lexicon, self)

    def analyse(
        self,
        article_id: str,
        title: str,
        text: str,
        published: datetime | None = None,
        language: str | None = None,
        outlets: Iterable[str] = (),
    ) -> Analysis:
        """
        All that can be said of an article.

        Args:
            title, text: As given, HTML entities and all; spans refer to these, in code points.
            published: When, to tell old years from new; None where unknown.
            language: A hint, used where the text itself does not tell.
            outlets: The site and the name of the outlet, as far as they are known: some make their news up.
        """
        reading = self.read(article_id, title, text, published, language)
        if not self._lexicon.satire.isdisjoint(map(folded, outlets)):
            reading = replace(reading, passage=replace(reading.passage, is_satire=True))
        return self.conclude(reading)

    def read(self, article_id: str, title: str, text: str, published: datetime | None, language: str | None) -> Reading:
        """The article laid out, with its sightings and events: all evidence, no conclusion."""
        head, body = fold(title), fold(text)
        clean, norm = head.clean + _JOINT + body.clean, head.norm + "  " + body.norm
        spoken = self._languages.language_of(norm, language)
        if spoken == UNKNOWN and language in self._packs and len(norm.split()) < 12:
            spoken = str(language)
        pack = self._packs.get(spoken)
        padded = f" {norm} "
        candidates = self._names.find(padded, clean, bool(pack and pack.names_take_s))
        cues = self._cue_index(pack) if pack else None
        hits = cues.find(padded, clean, is_news=bool(candidates)) if cues else []
        if not candidates and not self.attacks.may_tell({concept for _, _, concept in hits}):
            # Nobody is named and nothing can be told: most of the world's news ends here.
            passage = lay_out(clean, norm, len(head.clean), spoken, [], [])
            return Reading(article_id, published, passage, (head, body), [], [])
        spans = self._sentences(clean, norm, len(head.clean) + len(_JOINT), spoken)
        passage = lay_out(clean, norm, len(head.clean), spoken, spans, hits)
        events = self.attacks.events(passage)
        is_weighed = events or (candidates and self._leaves_doubt(passage))
        said = self.wording.read(passage, events, self.meanings(spoken)) if is_weighed else NOTHING_SAID
        return Reading(
            article_id,
            published,
            passage,
            (head, body),
            self._sightings(passage, candidates, cues),
            [*events, *self.wording.events(passage, said, events)],
            said,
        )

    def _sightings(self, passage: Passage, candidates: Sequence[Candidate], cues: CueIndex | None) -> list[Sighting]:
        if not candidates:
            return []
        return self.mentions.read(passage, candidates, cues.beside if cues else {}, self.meanings(passage.language))

    def _leaves_doubt(self, passage: Passage) -> bool:
        """Whether plain words could yet make a text one about attacks of which no frame tells, or an item of it."""
        if not self.wording.is_hinted(passage):
            return False
        return self.attacks.about_score(self.attacks.about(passage, ())) > -_DOUBTED or bool(items_of(passage))

    def reads(self, language: str) -> bool:
        """Whether there is a pack for *language*."""
        return language in self._packs

    def meanings(self, language: str) -> MeaningIndex:
        """What the words of *language* mean; read when they are first asked for."""
        index = self._meanings.get(language)
        if index is None:
            pack = self._packs.get(language)
            index = self._meanings[language] = MeaningIndex(pack.meanings) if pack else NO_MEANINGS
        return index

    def _cue_index(self, pack: LanguagePack) -> CueIndex:
        index = self._cues.get(pack.language)
        if index is None:
            index = self._cues[pack.language] = _cues_of(pack, self.attacks.telling)
        return index

    def _sentences(self, clean: str, norm: str, body_start: int, language: str) -> list[tuple[int, int]]:
        pack = self._packs.get(language)
        abbreviations = pack.abbreviations if pack else frozenset()
        skipped = self._boilerplate.spans(clean, norm, body_start, language)
        sentences = split_sentences(clean, abbreviations)
        return _outside(skipped, sentences) if skipped else sentences

    def company(
        self,
        reading: Reading,
        sightings: Sequence[Sighting],
        echoes: Mapping[int, Sequence[Echo]],
        events: Sequence[Event],
    ) -> Company:
        """All that *sightings* and *echoes* name or mean in an article that tells of *events*."""
        language = reading.passage.language
        pack = self._packs.get(language)
        ordinary = None if pack is None or pack.nouns_are_capitalised else self._ordinary[language]
        tongue = Tongue(ordinary, self.meanings(language))
        return company_of(sightings, self.cast, reading.passage, echoes, tongue, events, reading.said.scores)

    def conclude(self, reading: Reading) -> Analysis:
        """What follows from the evidence; of a round-up, from that of each item by itself."""
        parts = self.parts(reading)
        return self._conclude(reading) if len(parts) == 1 else merged([self._conclude(part) for part in parts])

    def parts(self, reading: Reading) -> Sequence[Reading]:
        """The items of a round-up that may tell of attacks; any other article as it is."""
        items = items_of(reading.passage) if reading.events else ()
        return split(reading, items) if items else [reading]

    def _conclude(self, reading: Reading) -> Analysis:
        passage = reading.passage
        if not passage.sentences:
            return Analysis(reading.article_id, passage.language, (), (), (), self._lexicon.version)
        deeds, about, weighed = self.weighed(reading)
        findings, under, victims = [], [], {}
        for told, conclusion in weighed:
            entity = self.entities[told.number]
            findings.append(self._finding(reading, entity, told, conclusion))
            if conclusion.role is Role.VICTIM:
                victims[entity.id] = {kind: read.status for kind, read in conclusion.reads.items()}
            if conclusion.surplus is not None:
                under.append(entity.id)
        attacks = deeds.attacks(reading, victims, squash(about))
        return Analysis(
            reading.article_id, passage.language, tuple(findings), attacks, tuple(under), self._lexicon.version
        )

    def weighed(self, reading: Reading) -> tuple[Deeds, float, list[tuple[Portrait, Conclusion]]]:
        """The attacks of one item, its score as one about attacks, and of each entity what is told and what follows."""
        known = self._known(reading.sightings)
        # Without an event no kind holds, whatever the article is about.
        parts = self.attacks.about(reading.passage, reading.events, reading.said.scores) if reading.events else {}
        about = self.attacks.about_score(parts)
        is_doubted = -_DOUBTED < about <= 0 and bool(known and reading.events)
        kinds = kinds_of(reading, self.attacks) if about > 0 or is_doubted else NO_KINDS
        deeds = Deeds(reading, kinds, self.statuses)
        told = self._told(reading, known, deeds)
        if is_doubted and self._is_told_of_somebody(told, about):
            about = _BARELY
        elif is_doubted:
            deeds = Deeds(reading, NO_KINDS, self.statuses)
            told = self._told(reading, known, deeds)
        return deeds, about, list(zip(told, self._conclusions(told, about, reading.said), strict=True))

    def _told(self, reading: Reading, known: Mapping[int, Sequence[Sighting]], deeds: Deeds) -> list[Portrait]:
        """What is told of each of those *known* to be named."""
        passage, types = reading.passage, frozenset(deeds.types)
        everybody = [s for group in known.values() for s in group]
        echoes = find_echoes(passage, everybody, self.cast) if types else {}
        company: Company | None = None
        told = []
        for number, sightings in known.items():
            if types or self._may_be_source(number, sightings, passage):
                company = company or self.company(reading, everybody, echoes, deeds.events)
                own = echoes.get(number, ())
                parts = self.roles.parts(self.entities[number], sightings, own, passage, types, company)
                where = {s.sentence for s in sightings} | {echo[2] for echo in own}
                reads = deeds.on_somebody_in(where)
                held = holding(reads)
                doubted = {} if held else deeds.doubted_of(where, reads)
                shares, surest = self.roles.outcomes.shares(parts), deeds.surest(held or doubted)
                beside = company.series.beside(number)
                told.append(Portrait(number, sightings, parts, shares, reads, doubted, surest, beside))
            else:
                told.append(Portrait(number, sightings, _NOTHING_TOLD, self._nothing_told, {}, {}, 0.0))
        return told

    def _is_told_of_somebody(self, told: Sequence[Portrait], about: float) -> bool:
        """Whether somebody is so plainly struck, or looks into it, that a doubtful article is about attacks."""
        known = [one.shares for one in told if one.number not in self.cast.press]
        plain = max((max(shares[Role.VICTIM], shares[Role.RESPONDER]) for shares in known), default=0.0)
        return about + _DOUBTED * (plain - _PLAIN) / (1 - _PLAIN) > 0

    def _known(self, sightings: Sequence[Sighting]) -> dict[int, list[Sighting]]:
        """Sightings that count, by entity; where two entities share a name, the likelier one has it."""
        best: dict[int, Sighting] = {}
        for sighting in sightings:
            if sighting.score <= _LEAST_SCORE:
                continue
            held = best.get(sighting.candidate.start)
            if held is None or sighting.score > held.score:
                best[sighting.candidate.start] = sighting
        known: dict[int, list[Sighting]] = {}
        for sighting in best.values():
            known.setdefault(sighting.name.entity, []).append(sighting)
        return known

    def _may_be_source(self, number: int, sightings: Sequence[Sighting], passage: Passage) -> bool:
        return number in self.cast.press or any(_is_cited(s, passage.sentences[s.sentence]) for s in sightings)

    def _conclusions(self, told: Sequence[Portrait], about: float, said: Said) -> Iterator[Conclusion]:
        """What each is, and whether it is under attack, which makes it a victim whatever else it may be."""
        victims = [(one.shares[Role.VICTIM] if one.reads else 0.0, one.number) for one in told]
        likeliest = sorted(victims, reverse=True)
        for one in told:
            if one.parts is _NOTHING_TOLD:
                yield self._bystander
                continue
            # Those in a row with it are struck together with it, and not in its place.
            others = next((share for share, number in likeliest if number not in one.beside), 0.0)
            yield self._conclusion(one, struck_parts(one, others, about, said.scores))

    def _conclusion(self, told: Portrait, parts: Mapping[str, float]) -> Conclusion:
        """What *told* makes of an entity, with the *parts* of being under attack where an attack on it may hold."""
        allowed, reads, surplus = (_ROLES if told.reads else _UNTOLD_ROLES), told.reads, None
        above = self.struck.share(parts) - self.struck.least if parts else -1.0
        if above >= 0:
            allowed, reads, surplus = _STRUCK, _holding(told), round(above, 3)
        role = max(allowed, key=told.shares.__getitem__)
        if role is Role.VICTIM and surplus is None:
            reads = not_holding(told.reads)
        reasons = heaviest_parts(role, self.roles.outcomes.parts_of(role, told.parts))
        if surplus is not None:
            reasons += heaviest_parts("under-attack", self.struck.parts_of(parts))
        return Conclusion(role, told.shares[role], reads, surplus, parts, reasons)

    def _finding(self, reading: Reading, entity: Entity, told: Portrait, conclusion: Conclusion) -> Finding:
        places = sorted((s.candidate.start, s.candidate.end) for s in told.sightings)
        spans = tuple(reading.span(start, end) for start, end in places)
        strongest = max(told.sightings, key=_SCORE)
        parts = self.mentions.reasons(strongest)
        share = conclusion.share if conclusion.role is not Role.MENTIONED else 1.0
        confidence = round(squash(strongest.score) * share, 3)
        return Finding(entity.id, conclusion.role, confidence, spans, (*parts, *conclusion.reasons), conclusion.surplus)


def _holding(told: Portrait) -> Reads:
    """The attacks on somebody who is under attack: where none is told as holding, the likeliest to hold does."""
    if not told.doubted:
        return told.reads
    kind = max(told.doubted, key=lambda one: told.doubted[one].live)
    return {**told.reads, kind: told.doubted[kind]}


def _outside(skipped: Sequence[tuple[int, int]], sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of *sentences* is not *skipped*; both are in order."""
    spans = []
    at = 0
    for start, end in sentences:
        while at < len(skipped) and skipped[at][1] <= start:
            at += 1
        if at == len(skipped) or skipped[at][0] >= end:
            spans.append((start, end))
        elif skipped[at][0] > start:
            spans.append((start, skipped[at][0]))
    return spans


def _is_cited(sighting: Sighting, sentence: Sentence) -> bool:
    """Whether words near a name say that somebody tells, or has studied, something."""
    if sentence.concepts.isdisjoint(_CITING):
        return False
    first, last = sighting.candidate.start - _CITED_NEAR, sighting.candidate.end + _CITED_NEAR
    return any(end > first and start < last for start, end, concept in sentence.hits if concept in _CITING)


def _stems(lexicon: Lexicon, concept: str) -> frozenset[str]:
    """The beginnings of words ("insurer*") that all packs give for *concept*, the long ones."""
    written = (text for pack in lexicon.packs for text in pack.cues.of(concept))
    stems = (fold_words(text.strip("*")) for text in written if text.endswith("*") and " " not in text)
    return frozenset(stem for stem in stems if len(stem) >= _LEAST_STEM)


@functools.lru_cache(maxsize=16)
def _cues_of(pack: LanguagePack, telling: frozenset[str]) -> CueIndex:
    """The cues of a language, made once for all detectors of a process; two threads that make them make them alike."""
    return CueIndex(pack, telling)


@functools.lru_cache(maxsize=2)
def _watching_nobody(lexicon: Lexicon) -> Detector:
    """What all detectors of a process have in common, whoever is watched."""
    return Detector((), lexicon)


def build_detector(entities: Sequence[Entity], lexicon: Lexicon) -> Detector:
    """A detector for *entities*; the first of two that share a name has it where nothing else decides."""
    return _watching_nobody(lexicon).watching(entities)
