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


NAMES_WITH_SIGNS = NameIndex(
    [
        Entity(id=EntityId("dr-brenko"), name="Dr. Brenko"),
        Entity(id=EntityId("yelp"), name="Yelp! Foods", aliases=("J. & K. Yelp",)),
        Entity(id=EntityId("ros"), name="ROS", exclude=("de ros", "ros dados")),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Hacker bei Dr. Brenko in Kiel", ["Dr. Brenko"], id="a full stop and a blank"),
        pytest.param("Hacker bei Dr Brenko in Kiel", ["Dr Brenko"], id="without the full stop"),
        pytest.param("one at Yelp! Foods, one at J. & K. Yelp", ["Yelp! Foods", "J. & K. Yelp"], id="other signs"),
        pytest.param("volgens de ROS gaat het goed", ["ROS"], id="an excluded phrase is written otherwise"),
        pytest.param("la couleur de ros dados", [], id="an excluded phrase"),
        pytest.param("A COR DE ROS", [], id="an excluded phrase that is shouted"),
    ],
)
def test_names_that_hold_signs_are_found_as_they_are_written(text: str, found: list[str]) -> None:
    folded = fold(text)
    candidates = NAMES_WITH_SIGNS.find(f" {folded.norm} ", folded.clean, False)
    assert [folded.clean[one.start : one.end] for one in candidates] == found
