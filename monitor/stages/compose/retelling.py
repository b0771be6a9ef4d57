"""
What the program says of itself in English, in the reader's language.

Reasons are made, stored and logged in English. The texts ``told.<group>.<key>`` of all languages hold these sentences:
the English one is what a sentence is recognised by, its gaps are filled in the other one. A gap that has the name of a
group holds a text of that group (``{health}``, ``{health2}``), one named ``reason`` any text, ``host`` one word and
``count`` a number.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from monitor.domain.wording import Wording

_ROOT = "told."
_ANY = {"count": r"[\d.,]+", "host": r"\S+", "reason": r".+"}


@dataclass(frozen=True, slots=True)
class _Template:
    key: str
    pattern: re.Pattern[str]
    gaps: tuple[str, ...]


def retold(text: str, words: Wording, group: str = "text") -> str:
    """*text* in the language of *words* as far as it is known there; what a library or a server said stays as it is."""
    return _retold(text, words, group, _grammar(tuple(words.english.items()))) or text


def _retold(text: str, words: Wording, group: str, grammar: Mapping[str, tuple[_Template, ...]]) -> str | None:
    for template in grammar.get(group, ()):
        found = template.pattern.fullmatch(text)
        values = _values(template, found, words, grammar) if found else None
        if values is not None:
            return words.say(template.key, **values)
    return None


def _values(
    template: _Template, found: re.Match[str], words: Wording, grammar: Mapping[str, tuple[_Template, ...]]
) -> dict[str, str] | None:
    """What the gaps of *template* hold, told as well; None where one holds nothing of its group."""
    values: dict[str, str] = {}
    for gap in template.gaps:
        kind = _kind(gap)
        told = _retold(found[gap], words, "text" if kind == "reason" else kind, grammar)
        if told is None and kind in grammar:
            return None
        values[gap] = told or found[gap]
    return values


@functools.lru_cache(maxsize=4)
def _grammar(english: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[_Template, ...]]:
    groups: dict[str, list[tuple[int, _Template]]] = {}
    for key, text in english:
        if key.startswith(_ROOT):
            parts = list(Formatter().parse(text))
            gaps = tuple(gap for _, gap, _, _ in parts if gap)
            pattern = "".join(re.escape(fixed) + (_gap(gap) if gap else "") for fixed, gap, _, _ in parts)
            template = _Template(key, re.compile(pattern, re.DOTALL), gaps)
            groups.setdefault(key.split(".")[1], []).append((sum(len(fixed) for fixed, *_ in parts), template))
    # The one that says most by itself goes first: any sentence holds a colon.
    return {group: tuple(one for _, one in sorted(found, key=lambda pair: -pair[0])) for group, found in groups.items()}


def _gap(name: str) -> str:
    return f"(?P<{name}>{_ANY.get(_kind(name), '.+?')})"


def _kind(gap: str) -> str:
    return gap.rstrip("0123456789")
