"""
Who else bears a name: places, people, figures and other bodies that we know, and the signs around a name that one of
them is meant, or a company of its trade.
"""

import re
from collections.abc import Mapping, Sequence, Set

from monitor.domain.lexicon import Lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.senses import Sighting

_KINDS = {"places": "place", "surnames": "surname", "figures": "figure", "given": "given"}
# What tells a place where it stands before the name of one, and what tells that it is none.
_AROUND_PLACES = (
    "in_prep-before", "of_prep-before", "at_prep-before", "by_prep-before", "the-before", "does-after", "does-before",
    "start-alone", "possessive",
)  # fmt: skip
# "A1", "O2", "B52": roads, molecules and machines are called so.
_CODE = re.compile(r"[a-z]{1,2}\d{1,3}\Z")
_AND = r"(?:,|[ \u00a0]?&| (?:and|und|et|y|e|ed|en|or|oder|ou|o|of))"
_THE = r"(?:the |die |der |la |le |el |il |de |l['’])?"
_WORD = r"([^\W\d_][\w’'-]+)"
_LISTED_AFTER = re.compile(rf"{_AND} {_THE}{_WORD}")
_LISTED_BEFORE = re.compile(rf"{_WORD}{_AND} {_THE}\Z")
_LISTED_REACH = 30
# Looked for before the patterns are, which take ten times as long.
_JOINTS = tuple(f" {word} " for word in "and und et y e ed en or oder ou o of & the die der la le el il de".split())
_JOINED_AFTER = (",", "\u00a0&", *_JOINTS)
_JOINED_BEFORE = (", ", "l'", "l’", "\u00a0& ", *_JOINTS)
# "SANTANDER, 17 nov (EFE)", "Lima (dpa) -": where a report was written.
_DATELINE = re.compile(
    r"(?:, (?:\d{1,2}\.? [^\W\d]{3,}|[^\W\d]{3,9}\.? \d{1,2}\b)|,? \([A-Z][\w /]{1,20}\)| ?[–—] | - |\. [-–—])"
)
# How many words of a trade or a scene an article must hold to be about it: more tell no more.
_MUCH = 4
_NEAR = 60
_OWN_WORDS = frozenset({"word:own", "words:several"})
# "(AP)", "persbureau AP": who is told to be an agency or a company is no authority.
_FIRMS = frozenset({"press_noun-before", "company_noun-before", "press_noun-near-before"})


class Bearers:
    """What our word lists know of a name, beside the company."""

    def __init__(self, lexicon: Lexicon) -> None:
        packs = lexicon.packs
        self._known = {singular: lexicon.bearers.get(plural, frozenset()) for plural, singular in _KINDS.items()}
        self.places = self._known["place"] = self._known["place"].union(*(pack.places for pack in packs))
        self.given = self._known["given"] = self._known["given"].union(*(pack.given_names for pack in packs))
        self._borne = frozenset[str]().union(*self._known.values())
        self._trades, self._scenes = lexicon.trades, lexicon.scenes
        self._telling = frozenset[str]().union(*self._trades.values(), *self._scenes.values())
        self._countries = {pack.language: pack.countries for pack in packs}
        self._bodies = {pack.language: pack.bodies for pack in packs}

    def mark(self, sightings: Sequence[Sighting], passage: Passage, entities: Sequence[Entity]) -> None:
        """Add to each of *sightings* what speaks for or against its entity."""
        ends = {end for sighting in sightings for end in (sighting.candidate.start, sighting.candidate.end)}
        surfaces = [sighting.surface for sighting in sightings]
        borne, bodies = self._borne.intersection(surfaces), self._bodies.get(passage.language, {})
        # Names that nobody else bears and that are of no trade need no look at the text.
        is_told = bool(borne) or any(entities[s.name.entity].sector in self._trades for s in sightings)
        words = self._telling & passage.printed if is_told else frozenset()
        scenes = self._scenes_of(words) if borne else {}
        is_plain = passage.clean.isascii()
        # Once for each entity: a name may stand in a text a million times.
        told: dict[int, Mapping[str, float]] = {}
        for sighting, surface in zip(sightings, surfaces, strict=True):
            number = sighting.name.entity
            if number not in told:
                told[number] = self._of_entity(entities[number], words, passage)
            sighting.parts.update(told[number])
            if "case:lower" not in sighting.parts:
                if not is_plain or surface[-1:].isdigit():
                    _letters(sighting, surface, passage.clean)
                if surface in borne:
                    self._bearer(sighting, surface, passage, scenes)
            if "trade" in sighting.parts:
                self._trade_near(sighting, passage, entities[number])
            self._listed(sighting, passage, ends)
            if surface in bodies:
                self._body(sighting, surface, passage, entities[number])

    def _scenes_of(self, words: Set[str]) -> dict[str, float]:
        found = {scene: len(words & own) for scene, own in self._scenes.items()}
        return {f"scene:{scene}&known": min(count, _MUCH) / 2 for scene, count in found.items() if count}

    def _of_entity(self, entity: Entity, words: Set[str], passage: Passage) -> dict[str, float]:
        parts = {}
        if entity.country:
            parts["at-home" if entity.country in self._countries.get(passage.language, ()) else "abroad"] = 1.0
        if trade := self._trades.get(entity.sector):
            found = len(words & trade)
            parts["trade"] = min(found, _MUCH) / 2
            if not found:
                parts["no-trade"] = 1.0
        return parts

    def _bearer(self, sighting: Sighting, surface: str, passage: Passage, scenes: Mapping[str, float]) -> None:
        parts = sighting.parts
        kinds = [kind for kind, words in self._known.items() if surface in words]
        parts.update(scenes)
        parts.update({f"known:{kind}": 1.0 for kind in kinds})
        for sign, part in (("word:own", "own"), ("context", "context")):
            if parts.get(sign):
                parts.update({f"known:{kind}&{part}": 1.0 for kind in kinds})
        if "known:place" in parts:
            self._place(sighting, passage)

    def _place(self, sighting: Sighting, passage: Passage) -> None:
        parts, clean, start = sighting.parts, passage.clean, sighting.candidate.start
        parts.update({f"known:place&{sign}": 1.0 for sign in _AROUND_PLACES if sign in parts})
        begins = start in (0, passage.title_end + 2) or clean[start - 1] == "\n"
        if begins and _DATELINE.match(clean, sighting.candidate.end):
            parts["dateline"] = 1.0

    def _trade_near(self, sighting: Sighting, passage: Passage, entity: Entity) -> None:
        """Whether a word of its trade stands near; and of an everyday word, whether any stands anywhere."""
        trade = self._trades[entity.sector]
        parts, norm, candidate = sighting.parts, passage.norm, sighting.candidate
        is_word = parts.keys().isdisjoint(_OWN_WORDS)
        if "no-trade" in parts:
            if is_word:
                parts["no-trade&word"] = 1.0
            return
        before = norm[max(0, candidate.start - _NEAR) : candidate.start].split()[1:]
        after = norm[candidate.end : candidate.end + _NEAR].split()[:-1]
        if not (trade.isdisjoint(before) and trade.isdisjoint(after)):
            parts["trade-near"] = 1.0
        if is_word and parts["trade"] >= 1:
            parts["trade&word"] = 1.0

    def _listed(self, sighting: Sighting, passage: Passage, ends: Set[int]) -> None:
        """What stands in a row with the name: "Mars and Gemini", "Salzburg, Zurich"."""
        clean, (start, end) = passage.clean, (sighting.candidate.start, sighting.candidate.end)
        matches = []
        if clean.startswith(_JOINED_AFTER, end):
            matches.append(_LISTED_AFTER.match(clean, end))
        first = max(passage.sentences[sighting.sentence].start, start - _LISTED_REACH)
        if clean.endswith(_JOINED_BEFORE, first, start):
            matches.append(_LISTED_BEFORE.search(clean, first, start))
        for match in matches:
            if match and match[1][0].isupper():
                # "Bank of America and Nordwick": of a watched name only one word stands in the row.
                is_watched = not ends.isdisjoint(match.span(1))
                sort = self._sort(fold_words(match[1]), is_watched, "known:given" in sighting.parts)
                sighting.parts[f"listed:{sort}"] = 1.0

    def _sort(self, word: str, is_watched: bool, of_given: bool) -> str:
        """What *word* is that stands in a row with a name, which may be a given name."""
        if word in self.given and (of_given or not is_watched):
            return "given"
        return "watched" if is_watched else next((kind for kind, own in self._known.items() if word in own), "other")

    def _body(self, sighting: Sighting, surface: str, passage: Passage, entity: Entity) -> None:
        """Whether an abbreviation means another body in this language: "AP" is an authority in Dutch."""
        spelt = self._bodies[passage.language][surface]
        if not sighting.parts.keys().isdisjoint(_FIRMS) or _is_in_brackets(sighting, passage):
            return
        if entity.country in self._countries.get(passage.language, ()):
            return
        own = (fold_words(name) for name in (entity.name, *entity.aliases))
        if not any(spelt in name or name in spelt for name in own if name != surface):
            sighting.parts["other-body"] = 1.0


def _is_in_brackets(sighting: Sighting, passage: Passage) -> bool:
    start = sighting.candidate.start
    return passage.clean[start - 1 : start] == "("


def _letters(sighting: Sighting, surface: str, clean: str) -> None:
    """What signs and accents in its letters tell."""
    parts, written = sighting.parts, sighting.name.written
    if surface[-1:].isdigit() and _CODE.match(surface):
        parts["code"] = 1.0
        if "the-before" in parts:
            parts["code&the"] = 1.0
    found = clean[sighting.candidate.start : sighting.candidate.end]
    # A "Säge" is no Sage.
    if not found.isascii() and written.isascii() and len(found) == len(written):
        parts["accent-added"] = 1.0
