"""The names of companies by their first word, as texts are cut."""

from collections.abc import Iterable
from typing import NamedTuple

from monitor.stages.group.folding import fold
from monitor.stages.group.reading import Shape, Tokeniser


class Alias(NamedTuple):
    """A company's name behind its first word; ``is_caps`` where it is one word that is printed in capitals."""

    rest: tuple[str, ...]
    entity: str
    is_caps: bool


def alias_index(names: Iterable[tuple[str, str]], words: Tokeniser) -> dict[str, tuple[Alias, ...]]:
    """An index of company names for `FactReader`, from (name, entity id); longer names come first."""
    index: dict[str, list[Alias]] = {}
    for name, entity in names:
        # Most names are words alone, which need no reading: 27,000 names take a third of the time.
        is_plain = name.replace(" ", "").isalpha()
        parts = [fold(word) for word in name.split()] if is_plain else _words_of_name(name, words)
        # "Security.nl" would be read as the word "security".
        if parts and ("." not in name or " " in name):
            index.setdefault(parts[0], []).append(Alias(tuple(parts[1:]), entity, len(parts) == 1 and name.isupper()))
    return {first: tuple(sorted(rest, key=lambda item: (-len(item.rest), item))) for first, rest in index.items()}


def _words_of_name(name: str, words: Tokeniser) -> list[str]:
    """
    The words of a name with more than letters in it; none where a figure is what tells it from any word.

    "3 UK" and "9News" would be read wherever a text says "UK" and "News"; "23andMe" is told by its capitals.
    """
    tokens, folded = words.read(name, "", 20)
    tokens = [token for token in tokens if token.shape is not Shape.BREAK]
    has_figure = any(token.shape is Shape.NUMBER for token in tokens)
    is_odd = " " not in name and tokens[-1].shape is Shape.ACRONYM and len(tokens[-1].word) > 1
    return folded if not has_figure or is_odd else []
