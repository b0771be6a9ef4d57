"""
What the named parts of scores say, in plain English: "bound:blow-at" is 'an attack word, then "at" or "on", then the
name'.

Names have a grammar (`stages/detect/`), so most phrases are made from patterns: those of each sort of part, and the
words that fill them, are data (`monitor/lexicon/part-words.yaml`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.finding import Part, Role

Phrases = Mapping[str, str]
# How the names of parts begin, and the lists in which the rest is looked up. An attack has parts of no such beginning.
_LISTS: Mapping[str, Sequence[str]] = {
    "name": ("name",),
    **dict.fromkeys(map(str, Role), ("role",)),
    "under-attack": ("under-attack", "role"),
}
_SLOT = re.compile(r"\{(\w+)\}")
# What any word fills ends where a second name begins.
_ANY = "[^&]+"
# Where several are told at once, what they are words for is enough.
_SORT_OF_WORD = re.compile(r"(?:a word|words|a verb|a noun) (?:of|for|such as) ")


@dataclass(frozen=True, slots=True)
class ToldPart:
    """
    A part in words.

    ``of`` is what it tells of, empty for a part of an attack; ``phrase`` is empty where there is none; ``name`` is its
    name among those of its sort.
    """

    of: str
    phrase: str
    name: str


class PartWords:
    """The phrases of all parts that a score can have."""

    def __init__(self, models: Phrases, lists: Mapping[str, Phrases], words: Mapping[str, Phrases]) -> None:
        """
        *models* say of what the parts of each sort tell, *lists* hold their names and patterns with the phrases, and
        *words* what fills the patterns.
        """
        self._models, self._lists, self.words = models, lists, words
        self._patterns = {
            sort: [(_pattern(name), phrase) for name, phrase in phrases.items() if "{" in name]
            for sort, phrases in lists.items()
        }
        self._fillings: Mapping[str, Callable[[str, str], str]] = {
            "any": lambda _, text: text,
            "part": self.phrase,
            "frame": lambda _, text: self._frame(text),
        }

    def told(self, part: Part) -> ToldPart:
        """*part* in words."""
        model, _, name = part.name.partition(" ")
        if model in _LISTS:
            found = (self.phrase(sort, name) for sort in _LISTS[model])
            return ToldPart(self._models[model], next(filter(None, found), ""), name)
        return ToldPart("", self.phrase("attack", part.name), part.name)

    def model(self, sort: str) -> str:
        """What the parts of one sort tell of, by how their names begin."""
        return self._models[sort]

    def phrase(self, sort: str, name: str) -> str:
        """The phrase of a name among the parts of one sort; empty where there is none."""
        known = self._lists[sort].get(name)
        if known:
            return known
        return next(filter(None, self._by_pattern(sort, name)), "") or self._together(sort, name)

    def _by_pattern(self, sort: str, name: str) -> Iterator[str]:
        for pattern, phrase in self._patterns[sort]:
            match = pattern.fullmatch(name)
            filled = {slot: self._filled(sort, slot, text) for slot, text in match.groupdict().items()} if match else {}
            if filled and all(filled.values()):
                yield _SLOT.sub(lambda slot, words=filled: words[slot[1]], phrase)  # type: ignore[misc]

    def _filled(self, sort: str, slot: str, text: str) -> str:
        if slot in self._fillings:
            return self._fillings[slot](sort, text)
        return self.words[slot].get(text, "")

    def _together(self, sort: str, name: str) -> str:
        """Two that hold at once; of a product with itself, that it is one."""
        one, both, other = name.partition("&")
        first, second = (self.phrase(sort, one), self.phrase(sort, other)) if both else ("", "")
        if not (first and second):
            return ""
        return f"{first}, squared" if one == other else f"{first}, and {second}"

    def _frame(self, text: str) -> str:
        """A frame of `frames.yaml`: of words of which one is enough, the first stands for all."""
        kind, _, needs = text.partition(":")
        words = self.words["concept"]
        told = [need.partition("|") for need in needs.split(" + ")]
        if kind not in self.words["kind"] or not all(first in words for first, _, _ in told):
            return ""
        found = (_SORT_OF_WORD.sub("", words[first]) + (" or the like" if others else "") for first, _, others in told)
        return f"in one sentence: {', '.join(found)}"


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("".join(_escaped(name)))


def _escaped(name: str) -> Iterator[str]:
    # Every other piece is the name of a slot.
    for number, piece in enumerate(_SLOT.split(name)):
        yield f"(?P<{piece}>{_ANY if piece == 'any' else '.+'})" if number % 2 else re.escape(piece)
