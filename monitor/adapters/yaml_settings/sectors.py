"""
What somebody means by the sector that a watchlist gives a company: "banking" is finance.

Words that we do not know say nothing: what the catalogue or the name tells stays. So it does where it is narrower than
what is written: who calls an authority "government" does not say that it is none.
"""

import functools
from collections.abc import Mapping
from typing import NamedTuple

from monitor.adapters.yaml_settings.document import read_document
from monitor.domain.errors import ConfigError
from monitor.lexicon import LEXICON
from monitor.stages.detect.folding import fold_words

_FILE = LEXICON / "sectors.yaml"


class _Sectors(NamedTuple):
    """The sector that each word stands for, and the narrower ones of each."""

    meant: Mapping[str, str]
    holds: Mapping[str, frozenset[str]]


def sector_of(written: str, told: str) -> str:
    """The sector of a company of which *written* stands in the watchlist, and *told* in the catalogue or its name."""
    sectors = _sectors()
    meant = sectors.meant.get(fold_words(written).strip(), "")
    return told if not meant or told in sectors.holds[meant] else meant


def is_sector(written: str) -> bool:
    """Whether *written* says anything."""
    return fold_words(written).strip() in _sectors().meant


def sectors() -> list[str]:
    """The sectors there are, in order."""
    return sorted(_sectors().holds)


@functools.cache
def _sectors() -> _Sectors:
    document = read_document(_FILE.name, _FILE.read_bytes())
    if document.faults:
        raise ConfigError(tuple(document.faults))
    meant, holds = dict[str, str](), dict[str, frozenset[str]]()
    told = document.value if isinstance(document.value, dict) else {}
    for sector, words in told.items():
        holds[sector] = frozenset(words.get("holds", "").split())
        meant |= {fold_words(word).strip(): sector for word in (sector, *words.get("called", "").split())}
    return _Sectors(meant, holds)
