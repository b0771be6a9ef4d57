"""
Whether a word that could be a watched name is one here: the evidence, as named parts.

Each candidate collects parts (letters, grammar, company it keeps); the weights add them up. What is
strong in one place lifts the others of the same article: one sense for each article.
"""

import re
from collections.abc import Mapping, Sequence

from monitor.domain.finding import Part
from monitor.domain.lexicon import LanguagePack, Lexicon, Weights
from monitor.domain.watchlist import Entity
from monitor.stages.detect.bearers import Bearers
from monitor.stages.detect.conclusion import heaviest_parts
from monitor.stages.detect.contexts import OWN, WORD, ContextReader, Contexts, sort_of
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.letters import LetterReader, Standing
from monitor.stages.detect.meanings import NO_MEANINGS, MeaningIndex
from monitor.stages.detect.memo import Memo
from monitor.stages.detect.names import Candidate, NameKind
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.scoring import add_brief, heaviest_first
from monitor.stages.detect.senses import Sighting, expanded_otherwise, mark_topic, share_sense

_WORD_BEFORE = re.compile(r"([^\W_][\w.’'&-]*+)([ \u00a0]|\s[\"“„«'‘]|[-–])?\Z")
_WORD_AFTER = re.compile(r"([ \u00a0-])([^\W_][\w’'&-]*)")
_POSSESSIVE = re.compile(r"(?:[’'`´]s?\b|[’'](?=\s))")
# "Tim, 9 anni," and "Tim (9)" are people; "UBS 2,4 Millionen" is not.
_AGE = re.compile(r",? \(?\d{1,2}(?:\)|,(?!\d)| (?:anni|ans|años|anos|jaar|jahre|years)\b)")
_APOSTROPHES = frozenset("’'`´")
_MOST_REASONS = 4096
_INITIAL = re.compile(r"[A-Z]\.\Z")
# Beyond these scores a word is no name, or is one, whatever stands around it: that adds three at most, and takes three
# from words, one from names that are nothing else.
_NO_NAME, _NAME = -2.5, {OWN: 2.5, WORD: 4.5}


class MentionReader:
    """Reads candidates in the light of a language and of the entities they may name."""

    def __init__(self, entities: Sequence[Entity], lexicon: Lexicon, weights: Weights) -> None:
        packs = lexicon.packs
        self._entities = entities
        self._packs = {pack.language: pack for pack in packs}
        self._everywhere = frozenset[str]().union(*(pack.common_words for pack in packs))
        self._places = frozenset[str]().union(*(pack.places for pack in packs))
        self._towns = lexicon.towns
        self._bearers = Bearers(lexicon)
        self._given = self._bearers.given
        self._letters = LetterReader(lexicon, self._given, self._places)
        self.contexts = ContextReader(lexicon.contexts)
        self._weights = weights
        self._reasons: Memo[tuple[tuple[str, float], ...], Sequence[Part]] = Memo(
            lambda parts: heaviest_parts("name", heaviest_first(dict(parts), weights)), _MOST_REASONS
        )
        # Of each entity the words of its context, the same to look up at once, and those of them that are phrases.
        self._contexts: dict[int, tuple[Sequence[str], frozenset[str], Sequence[str]]] = {}

    def read(
        self,
        passage: Passage,
        candidates: Sequence[Candidate],
        beside: Mapping[str, Sequence[str]],
        meanings: MeaningIndex = NO_MEANINGS,
    ) -> list[Sighting]:
        """
        A sighting for each candidate and entity, scored; excluded phrases and boilerplate are left out.

        *beside* are words that say something of a name where they touch it, with their concepts; *meanings* those of
        the words of the language.
        """
        pack = self._packs.get(passage.language)
        sightings = []
        names_at = {candidate.start for candidate in candidates}
        for candidate in candidates:
            number = passage.sentence_at(candidate.start)
            if number is None:
                continue
            surface = passage.norm[candidate.start : candidate.end]
            written = _as_written(passage, candidate, number, surface)
            for name in candidate.names:
                word = (name.written, name.kind, self._entities[name.entity].ambiguous, *written)
                sighting = Sighting(candidate, name, number, surface, self._letters.parts(word))
                self._neighbours(sighting, passage, pack, names_at)
                _touch(sighting, passage, beside)
                self._standing(sighting, passage)
                sightings.append(sighting)
        self._article(sightings, passage)
        self._bearers.mark(sightings, passage, self._entities)
        weight_of, brevity = self._weights.get, passage.brevity
        for sighting in sightings:
            add_brief(sighting.parts, brevity)
            sighting.score = sum([weight_of(part, 0.0) * value for part, value in sighting.parts.items()])
        self._surrounded(sightings, passage, meanings)
        share_sense(sightings, self._weights)
        return sightings

    def _surrounded(self, sightings: Sequence[Sighting], passage: Passage, meanings: MeaningIndex) -> None:
        """What stands around those of which letters and neighbours leave doubt."""
        doubtful = [
            one
            for one in sightings
            if _NO_NAME < one.score < _NAME[WORD] and (one.score < _NAME[OWN] or sort_of(one) == WORD)
        ]
        if doubtful:
            contexts, weight = Contexts(passage, meanings), self._weights.get("around", 1.0)
            for sighting in doubtful:
                entity = self._entities[sighting.name.entity]
                sighting.parts["around"] = self.contexts.score(contexts, sighting, entity)
                sighting.score += weight * sighting.parts["around"]

    def reasons(self, sighting: Sighting) -> Sequence[Part]:
        """The heaviest of what adds to the score. Much of what is read is written in the same few ways."""
        return self._reasons[tuple(sighting.parts.items())]

    def _neighbours(self, sighting: Sighting, passage: Passage, pack: LanguagePack | None, names_at: set[int]) -> None:
        candidate, parts = sighting.candidate, sighting.parts
        sentence = passage.sentences[sighting.sentence]
        capitals_tell = not (sentence.is_headline_case or sentence.is_caps)
        if capitals_tell and " " not in sighting.surface.strip():
            self._names_around(sighting, passage, pack, names_at)
        tail = passage.clean[candidate.end : candidate.end + 3]
        if tail[:1] in _APOSTROPHES and _POSSESSIVE.match(tail):
            parts["possessive"] = 1.0
        may_be_aged = sighting.name.kind is not NameKind.PERSON and not tail[1:2].isalpha()
        if may_be_aged and _AGE.match(passage.clean, candidate.end):
            parts["age-after"] = 1.0
        self._cues_around(sighting, sentence, passage.clean)

    def _names_around(
        self, sighting: Sighting, passage: Passage, pack: LanguagePack | None, names_at: set[int]
    ) -> None:
        clean, candidate, parts = passage.clean, sighting.candidate, sighting.parts
        sentence = passage.sentences[sighting.sentence]
        # Words in small letters, which most are, tell nothing here.
        ahead = clean[candidate.end : candidate.end + 2]
        after = None if ahead[:1] == " " and ahead[1:].islower() else _WORD_AFTER.match(clean, candidate.end)
        if after and after[2][0].isupper() and after.start(2) not in names_at:
            hyphen = after[1] == "-"
            german = pack is not None and pack.nouns_are_capitalised
            if hyphen:
                parts["hyphen-name-after" if not german or after[2].isupper() else "hyphen-noun-after"] = 1.0
            elif not _is_legal_form(after[2]):
                kind = "noun-after" if german else "capital-after"
                # "Renault Portugal", "Klinikum Fulda": a branch of it, more often than somebody else.
                parts["place-after" if self._is_place(after[2]) else kind] = 1.0
                is_told = german and any(hit[0] == after.start(2) for hit in sentence.hits)
                if not is_told and fold_words(clean[candidate.start : candidate.end]) in self._given:
                    parts["surname-after"] = 1.0
        elif after and after[1] == "-":
            parts["compound-after"] = 1.0
        elif after and after[2].isdigit():
            parts["number-after"] = 1.0
        # From the blank before that word on: it has none in it.
        first = max(sentence.start, candidate.start - 30)
        first = max(first, clean.rfind(" ", first, candidate.start - 2))
        behind = clean[first : candidate.start].strip()
        before = None if behind.islower() and behind.isalpha() else _WORD_BEFORE.search(clean, first, candidate.start)
        if before and before[2] in {" ", "\u00a0", "-", "–"}:
            self._word_before(sighting, before[1], before.start(1), before[2], sentence, names_at, pack)

    def _is_place(self, word: str) -> bool:
        folded = fold_words(word)
        return folded in self._towns or folded in self._bearers.places

    def _word_before(
        self,
        sighting: Sighting,
        word: str,
        at: int,
        joint: str,
        sentence: Sentence,
        names_at: set[int],
        pack: LanguagePack | None,
    ) -> None:
        parts = sighting.parts
        if not word[0].isupper():
            if word.isdigit():
                parts["number-before"] = 1.0
            return
        folded = fold_words(word)
        if (folded in self._given and not (pack and folded in pack.function_words)) or (
            _INITIAL.fullmatch(word) and at not in names_at
        ):
            parts["given-before"] = 1.0
        elif joint in "-–":
            parts["hyphen-name-before"] = 1.0
        elif (
            at > sentence.start
            and at not in names_at
            and (pack is None or not (pack.nouns_are_capitalised or folded in pack.function_words))
        ):
            parts["common-before" if folded in self._everywhere else "capital-before"] = 1.0

    def _cues_around(self, sighting: Sighting, sentence: Sentence, clean: str) -> None:
        (begin, stop, _), parts = sighting.candidate, sighting.parts
        first, last = begin - _NEAR_REACH, stop + _NEAR_REACH
        for start, end, concept in sentence.hits:
            if end < first or start > last:
                continue
            if end <= begin:
                side, between = 0, clean[end:begin]
            elif start >= stop:
                side, between = 1, clean[stop:start]
            else:
                continue
            if concept in _BESIDE and len(between) <= 2 and ":" not in between:
                parts[_BESIDE[concept][side]] = 1.0
            elif concept in _NEARBY:
                parts[_NEARBY[concept][side]] = 1.0
        if not sentence.concepts.isdisjoint(_COMPUTING):
            parts["computing-in-sentence"] = 1.0
        _mark_venues(sighting, sentence)

    def _standing(self, sighting: Sighting, passage: Passage) -> None:
        """What speaks against a name that stands where any word is written so: first, or after "the"."""
        parts, end = sighting.parts, sighting.candidate.end
        parts.pop("relative-before", None)
        if "by_prep-after" in parts:
            # "X von Hackern": by whom, as well as whose and where.
            parts.pop("of_prep-after", None)
            parts.pop("at_prep-after", None)
        if passage.clean[end : end + 1] != ",":
            parts.pop("relative-after", None)  # ", which": a name and what is told of it
        if "case:start" in parts and "does-after" not in parts and "possessive" not in parts:
            parts["start-alone"] = 1.0
            if parts.keys() & {"word:ordinary", "word:function", "word:place"}:
                parts["start-alone&ordinary"] = 1.0
        if sighting.surface in self._places:
            self._mark_place(sighting, passage)
        if "the-before" in parts and self._takes_no_article(sighting, passage):
            parts["the-alone"] = 1.0

    def _mark_place(self, sighting: Sighting, passage: Passage) -> None:
        """In, of, or beside another town, over one word at most: "from Salzburg to Zurich"."""
        parts, candidate = sighting.parts, sighting.candidate
        for preposition in ("in", "of"):
            if f"{preposition}_prep-before" in parts:
                parts[f"{preposition}-a-place"] = 1.0
        before = passage.norm[max(0, candidate.start - _PLACE_REACH) : candidate.start].split()[-2:]
        after = passage.norm[candidate.end : candidate.end + _PLACE_REACH].split()[:2]
        # Banks and carriers are called after towns, too, and stand beside each other.
        if any(word in self._towns and word not in self._places for word in before + after):
            parts["among-places"] = 1.0

    def _takes_no_article(self, sighting: Sighting, passage: Passage) -> bool:
        """Whether "the" before the name belongs to it alone ("in the Amazon."), where names take none."""
        pack = self._packs.get(passage.language)
        if pack is None or pack.names_take_article or sighting.name.kind is NameKind.BARE:
            return False
        after = _WORD_AFTER.match(passage.clean, sighting.candidate.end)
        return after is None or fold_words(after[2]) in pack.function_words

    def _article(self, sightings: Sequence[Sighting], passage: Passage) -> None:
        surfaces: dict[int, set[str]] = {}
        lower = set()
        for sighting in sightings:
            if "case:lower" in sighting.parts:
                lower.add(sighting.surface)
            else:
                surfaces.setdefault(sighting.name.entity, set()).add(sighting.surface)
        expanded = expanded_otherwise(sightings, passage, self._entities)
        mark_topic(sightings, passage)
        # Once for each entity: the whole text is looked through, and a name may stand in it a million times.
        contexts = {entity: self._context(entity, passage) for entity in {s.name.entity for s in sightings}}
        for sighting in sightings:
            surface, parts = sighting.surface, sighting.parts
            if (sighting.name.entity, surface) in expanded:
                parts["stands-for-others"] = 1.0
            own = surfaces.get(sighting.name.entity, ())
            if (len(own) > 1 or surface in lower) and any(surface not in other for other in own):
                parts["other-name"] = 1.0
            if surface in lower and "case:lower" not in parts:
                parts["also-lower"] = 1.0
            parts["context"] = min(contexts[sighting.name.entity], 2)

    def _context(self, entity: int, passage: Passage) -> int:
        known = self._contexts.get(entity)
        if known is None:
            told = [fold_words(word) for word in self._entities[entity].context]
            known = self._contexts[entity] = (told, frozenset(told), [word for word in told if " " in word])
        words, single, phrases = known
        if not words:
            return 0
        # Most stand nowhere: to look that up costs a tenth of reading the text for each.
        printed, norm = passage.printed, passage.norm
        is_said = not single.isdisjoint(printed)
        said = [word for word in words if " " in word or word in printed] if is_said else phrases
        return sum([f" {word} " in norm for word in said])


def _as_written(passage: Passage, candidate: Candidate, number: int, surface: str) -> tuple[str, str, Standing, str]:
    """How the word of *candidate* is written in its sentence, as letters are read."""
    clean, sentence, start = passage.clean, passage.sentences[number], candidate.start
    opens = not any(map(str.isalnum, clean[sentence.start : start]))
    standing = (sentence.is_caps, sentence.is_headline_case, opens)
    return clean[start : candidate.end], surface, standing, passage.language


# What touches a name, or stands near it, and what that is called before and after it.
_BESIDE = {
    concept: (f"{concept}-before", f"{concept}-after")
    for concept in (
        "determiner", "company_noun", "press_noun", "venue", "legal_form", "at_prep", "in_prep", "of_prep", "by_prep",
        "does", "the", "title_word", "relative",
        # "Conti ransomware", "the Play gang": those who do it.
        "gang", "ransomware", "malware",
    )
}  # fmt: skip
_NEARBY = {
    concept: (f"{concept}-near-before", f"{concept}-near-after")
    for concept in (
        "say", "admit", "warn", "company_noun", "press_noun", "customer", "product", "according", "victim_verb",
        "for_others", "probes", "blame", "turns_to",
    )
}  # fmt: skip
# Blanks between a name and a word that touches it, and the longest such word.
_GAPS, _LONGEST_WORD = (1, 2), 24
_PLACE_REACH, _NEAR_REACH = 24, 16
_OF_REACH, _POSSESSIVE_REACH = 6, 4
_COMPUTING = frozenset({"cyber", "hack", "cyberattack", "ransomware", "malware", "breach", "phishing", "ddos", "flaw"})


_OWN_WORDS = frozenset({"word:own", "words:several"})


def _touch(sighting: Sighting, passage: Passage, beside: Mapping[str, Sequence[str]]) -> None:
    """What the words say that touch the name, in its sentence."""
    norm, start, end = passage.norm, sighting.candidate.start, sighting.candidate.end
    sentence, parts = passage.sentences[sighting.sentence], sighting.parts
    # "Judge: Bunq may dismiss a director" names no judge, and "Bunq: the new chief" says nothing of Bunq.
    is_told = start > 1 and passage.clean[start - 2] == ":"
    for concept in () if is_told else beside.get(_word_before(norm, sentence.start, start), ()):
        parts[f"{concept}-before"] = 1.0
    tells = passage.clean[end : end + 1] == ":"
    for concept in () if tells else beside.get(_word_after(norm, end, sentence.end), ()):
        parts[f"{concept}-after"] = 1.0


def _word_before(norm: str, first: int, start: int) -> str:
    """The word of *norm*, begun at *first* or later, with a blank or two to *start*; else ""."""
    for gap in _GAPS:
        close = start - gap
        if close > first and norm[close] == " " != norm[close - 1]:
            begin = norm.rfind(" ", max(first - 1, close - _LONGEST_WORD - 1, 0), close) + 1
            return norm[begin:close] if begin >= first else ""
    return ""


def _word_after(norm: str, end: int, last: int) -> str:
    """The word of *norm*, begun before *last*, with a blank or two from *end*; else ""."""
    for gap in _GAPS:
        begin = end + gap
        if begin < last and norm[begin - 1] == " " != norm[begin]:
            return norm[begin : begin + _LONGEST_WORD + 1].partition(" ")[0]
    return ""


def _mark_venues(sighting: Sighting, sentence: Sentence) -> None:
    """What a place has: "Ayuntamiento de Santander", "rue d'Orange" in Romance languages, "Toyota's town hall"."""
    if "venue" not in sentence.concepts:
        return
    start, end, parts = sighting.candidate.start, sighting.candidate.end, sighting.parts
    venues = [(first, last) for first, last, concept in sentence.hits if concept == "venue"]
    if "of_prep-before" in parts and parts.keys().isdisjoint(_OWN_WORDS):
        if any(0 <= start - last <= _OF_REACH for _, last in venues):
            parts["venue-of-before"] = 1.0
    elif "possessive" in parts and any(0 < first - end <= _POSSESSIVE_REACH for first, _ in venues):
        parts["venue-of-its-own"] = 1.0


_LEGAL_FORMS = frozenset("inc corp plc ltd llc group groep ag nv bv sa spa se gmbh".split())


def _is_legal_form(word: str) -> bool:
    return word.rstrip(".").lower() in _LEGAL_FORMS
