"""What a name tells of its bearer, where the catalogue does not: a "Zeitung" is press, a "gemeente" a public body."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from monitor.adapters.yaml_settings.document import read_document
from monitor.domain.errors import ConfigError
from monitor.domain.watchlist import Entity
from monitor.lexicon import LEXICON
from monitor.stages.detect.folding import fold_words

_FILE = LEXICON / "name-words.yaml"
_LONGEST_PHRASE = 3


class _Lists(NamedTuple):
    """The kind and sector of each list, and the numbers of the lists in which a word, phrase or ending stands."""

    told: Sequence[tuple[str, str]]
    words: Mapping[str, int]
    endings: Mapping[str, int]


def told_by_name(entity: Entity) -> Entity:
    """*entity* with the kind and sector that its name tells, or else an alias; as it is where none tells any."""
    lists = _lists()
    for name in (entity.name, *entity.aliases):
        found = min(_found(fold_words(name).split(), lists), default=None)
        if found is not None:
            kind, sector = lists.told[found]
            return dataclasses.replace(entity, kind=kind, sector=sector)
    return entity


def _found(words: Sequence[str], lists: _Lists) -> Iterator[int]:
    for start, word in enumerate(words):
        phrases = (" ".join(words[start : start + length]) for length in range(1, _LONGEST_PHRASE + 1))
        yield from (lists.words[phrase] for phrase in phrases if phrase in lists.words)
        if word.endswith(tuple(lists.endings)):
            yield from (number for ending, number in lists.endings.items() if word.endswith(ending))


@functools.cache
def _lists() -> _Lists:
    document = read_document(_FILE.name, _FILE.read_bytes())
    if document.faults:
        raise ConfigError(tuple(document.faults))
    told, words, endings = [], dict[str, int](), dict[str, int]()
    lists = document.value if isinstance(document.value, dict) else {}
    for number, (key, listed) in enumerate(lists.items()):
        kind, sector = key.split()
        told.append((kind, sector))
        for word in listed.split():
            held = endings if word.startswith("*") else words
            held.setdefault(word.removeprefix("*").replace("-", " "), number)
    return _Lists(told, words, endings)
