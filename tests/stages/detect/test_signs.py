"""Signs that folding takes away and names need: dots of domains, brackets and signs of tickers, the plus of a name."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.folding import fold
from monitor.stages.detect.names import NameIndex

INDEX = NameIndex(
    [
        Entity(id=EntityId("ford"), name="Ford", tickers=("F",)),
        Entity(id=EntityId("cvs"), name="CVS Health", aliases=("CVS",)),
        Entity(id=EntityId("un"), name="United Nations", aliases=("UN",)),
        Entity(id=EntityId("canal"), name="Canal+"),
        Entity(id=EntityId("news"), name="Kestrel Gazette", domains=("kestrel.de",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the rate (F) of failures", []),
        ("Ford Motor Company (F) fell", ["Ford", "F"]),
        ("shares (NYSE: F) fell", ["F"]),
        ("buy $F now", ["$F"]),
        ("Uns geht es gut", []),
        ("die Rolle der UNs", ["UN"]),
        ("they sent their CVs", []),
        ("they sent CVS a letter", ["CVS"]),
        ("am Canal de Isabel", []),
        ("abonniert Canal+ seit Mai", ["Canal"]),
        ("der Kestrel de Madrid", []),
        ("auf kestrel.de steht", ["kestrel.de"]),
    ],
)
def test_signs_tell_names_from_words(text: str, found: list[str]) -> None:
    folded = fold(text)
    candidates = INDEX.find(f" {folded.norm} ", folded.clean, True)
    assert [folded.clean[one.start : one.end] for one in candidates] == found
