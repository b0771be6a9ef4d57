"""All names of all watched entities in one automaton, and the places in a text where one may stand."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold, fold_words


class NameKind(StrEnum):
    """What a name is to its entity."""

    NAME = "name"
    PERSON = "person"
    PRODUCT = "product"
    SUBSIDIARY = "subsidiary"
    DOMAIN = "domain"
    TICKER = "ticker"
    BARE = "bare"  # the name without its article: "(The) Washington Post", "(Le) Monde"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one entity, as written in the watchlist."""

    entity: int
    kind: NameKind
    written: str


class Candidate(NamedTuple):
    """A place where a name may stand: offsets into the clean text, and whose name it may be."""

    start: int
    end: int
    names: tuple[Name, ...]


_ARTICLE = re.compile(r"(?:the|de|het|die|der|das|le|la|les|l|el|los|las|il|lo|gli|i|o|os|as|a) (?=\S{3})")
# "Deutsche Bank" is "der Deutschen Bank" as well.
_GERMAN_ADJECTIVE = re.compile(r"(?:\w+sche|neue|freie|erste|allgemeine|vereinigte) \w")
# "$F", "NYSE: F" and "Nasdaq: AAPL"; in brackets alone, "(F)", a ticker follows the name of its company.
_TICKER_BEFORE = re.compile(r"\b(?:[A-Z]{2,8}|[A-Z][a-z]+(?: [A-Z]\w+)?) ?: ?\Z")
_TICKER_REACH, _BRACKET_REACH = 24, 60
_GENITIVE = ("s ", "es ")
# "Uns" is no genitive of UN, nor "Times" of Tim.
_LEAST_INFLECTED = 4
_NOTHING: Mapping[int, str] = {}
# Names as short as these begin a great many words: they are looked for with the blank after them, and with each ending.
_SHORT = 3
# Read so often a name tells nothing more, and each place takes a kilobyte.
_MOST_PLACES = 500


class NameIndex:
    """The names of *entities*, ready to be found in folded text."""

    def __init__(self, entities: Sequence[Entity], attributions: frozenset[str] = frozenset()) -> None:
        """*attributions* are words such as "told": "told Reuters" names Reuters, so it excludes nothing."""
        found: dict[str, list[Name]] = {}
        excluded: dict[str, dict[int, str]] = {}
        for number, entity in enumerate(entities):
            for surface, name in _names(number, entity):
                same = found.setdefault(surface, [])
                if name.kind is NameKind.EXCLUDED:
                    if attributions.intersection(surface.split()):
                        continue
                    excluded.setdefault(surface, {})[number] = name.written
                elif not any(other.entity == number and other.kind is not NameKind.BARE for other in same):
                    same.append(name)
        found.pop("", None)
        self._names = [tuple(names) for names in found.values()]
        self._marked = frozenset(index for index, names in enumerate(self._names) if any(map(_is_signed, names)))
        self._own = {
            number: tuple(f" {fold_words(own)} " for own in (entity.name, *entity.aliases, *entity.subsidiaries))
            for number, entity in enumerate(entities)
            if entity.tickers
        }
        self._excluded = {index: excluded[surface] for index, surface in enumerate(found) if surface in excluded}
        short = [(index, surface) for index, surface in enumerate(found) if len(surface) <= _SHORT]
        # What follows the names in the automaton: which of them stands there with an ending, and where it ends.
        self._inflected = [(index, 1 + len(surface)) for index, surface in short for _ in _GENITIVE]
        whole = [f" {surface} " if len(surface) <= _SHORT else f" {surface}" for surface in found]
        self._automaton = AhoCorasick(
            [*whole, *(f" {surface}{ending}" for _, surface in short for ending in _GENITIVE)]
        )

    def find(self, padded: str, clean: str, takes_genitive: bool) -> list[Candidate]:
        """
        Candidates in folded text with a blank before and after it, leftmost and longest first.

        A name ends where its word ends, or with a genitive s where the language has one. A phrase
        that an entity excludes hides the names of that entity alone. Of what stands there more often
        than in any article, the first places are candidates.
        """
        hits, hidden = self._hits(padded, clean, takes_genitive)
        candidates: list[Candidate] = []
        done = -1
        times: Counter[int] = Counter()
        for start, minus_end, index in hits:
            if start < done:
                continue
            names = self._names[index]
            if hidden and any(name.entity in hidden for name in names):
                names = _visible(names, hidden, start, -minus_end)
            end = -minus_end - 1
            if index in self._marked:
                names = tuple(name for name in names if self._is_written_so(name, padded, clean, start, end))
            if not names:
                continue
            done = end
            times[index] += 1
            if times[index] <= _MOST_PLACES:
                candidates.append(Candidate(start, end, names))
        return candidates

    def _hits(
        self, padded: str, clean: str, takes_genitive: bool
    ) -> tuple[list[tuple[int, int, int]], Mapping[int, Sequence[tuple[int, int]]]]:
        """Whole words that are names, by position, the longest first; and for each entity where it is excluded."""
        hits = []
        hidden: dict[int, list[tuple[int, int]]] = {}
        count = len(self._names)
        for index, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            if index >= count:
                index, length = self._inflected[index - count]
                end = start + length
            elif padded[end - 1] == " ":
                end -= 1
            if padded[end] == " " or (
                takes_genitive and padded.startswith(_GENITIVE, end) and _is_inflected(clean[start : end - 1])
            ):
                hits.append((start, -end, index))
                for entity, phrase in self._excluded.get(index, _NOTHING).items():
                    if _is_said(phrase, clean[start : end - 1]):
                        hidden.setdefault(entity, []).append((start, end))
        hits.sort()
        return hits, hidden

    def _is_written_so(self, name: Name, padded: str, clean: str, start: int, end: int) -> bool:
        """Whether the signs that folding takes away stand where *name* has them."""
        if name.kind is NameKind.DOMAIN:
            return "." in clean[start:end]
        if name.written.endswith("+"):
            return clean[end : end + 1] == "+"
        if name.kind is not NameKind.TICKER and name.written.isupper():
            # "MPs" are members of parliament, "CVs" papers: no MPS and no CVS.
            return not (clean[end - 1] == "s" and clean[start : end - 1].isupper())
        if name.kind is not NameKind.TICKER:
            return True
        if clean[start:end] != name.written:
            return False
        if name.written[0] == "$" or _TICKER_BEFORE.search(clean, max(0, start - _TICKER_REACH), start):
            return True
        before = padded[max(0, start - _BRACKET_REACH) : start + 1]
        return clean[start - 1 : start] == "(" and any(own in before for own in self._own.get(name.entity, ()))


def _visible(
    names: tuple[Name, ...], hidden: Mapping[int, Sequence[tuple[int, int]]], start: int, end: int
) -> tuple[Name, ...]:
    return tuple(
        name
        for name in names
        if not any(first <= start and end <= last for first, last in _near(hidden.get(name.entity, ()), start))
    )


def _is_said(phrase: str, told: str) -> bool:
    """Whether *told* is *phrase*: "de NOS" is not the French "de nos"; what is shouted whole may be."""
    return told.isupper() or not any(
        word.isupper() and not wanted.isupper() and len(word) > 1
        for word, wanted in zip(told.split(), phrase.split(), strict=False)
    )


def _near(spans: Sequence[tuple[int, int]], start: int) -> Sequence[tuple[int, int]]:
    """Those of *spans*, which are in order of their ends, that can hold *start*; the last few before it."""
    at = bisect_right(spans, (start, start))
    return spans[max(0, at - 2) : at + 2]


def _is_signed(name: Name) -> bool:
    """Whether a name holds signs that folding takes away, or needs some around it."""
    return (
        name.kind in (NameKind.DOMAIN, NameKind.TICKER)
        or name.written.endswith("+")
        or (name.written.isupper() and name.written.endswith("S"))
    )


def _is_inflected(surface: str) -> bool:
    return len(surface) >= _LEAST_INFLECTED or surface.isupper()


def _names(number: int, entity: Entity) -> Iterator[tuple[str, Name]]:
    groups = (
        (NameKind.NAME, (entity.name, *entity.aliases)),
        (NameKind.PERSON, entity.people),
        (NameKind.PRODUCT, entity.products),
        (NameKind.SUBSIDIARY, entity.subsidiaries),
        (NameKind.DOMAIN, entity.domains),
        (NameKind.EXCLUDED, entity.exclude),
        (NameKind.TICKER, (*entity.tickers, *(f"${ticker}" for ticker in entity.tickers))),
    )
    for kind, surfaces in groups:
        for written in surfaces:
            folded = fold_words(written)
            yield folded, Name(number, kind, written)
            spaced = fold(written).norm.strip()
            if spaced != folded:
                # "Dr. Oetker": in a text the sign is a blank as well.
                yield spaced, Name(number, kind, written)
            if kind is NameKind.NAME and _GERMAN_ADJECTIVE.match(folded):
                first, _, rest = folded.partition(" ")
                yield from ((f"{first}{ending} {rest}", Name(number, kind, written)) for ending in "nrs")
            bare = _ARTICLE.sub("", folded, count=1) if kind is NameKind.NAME else folded
            # "LA Times" has no article, "La Poste" and "the Guardian" have one.
            if bare != folded and not written.split()[0].isupper():
                yield bare, Name(number, NameKind.BARE, written[len(written) - len(bare) :])
