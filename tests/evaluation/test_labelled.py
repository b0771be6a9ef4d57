"""Labelled cases are also read as by somebody who watches but one of those named."""

from monitor.domain.watchlist import Entity, EntityId
from tests.detectors import detector_of
from tools.labelled import alone

ENTITIES = (Entity(EntityId("kelmorin"), "Kelmorin"), Entity(EntityId("brackwell"), "Brackwell"))
IDS = [str(entity.id) for entity in ENTITIES]
DETECTOR = detector_of(ENTITIES)


def seen(case_id: str, text: str) -> set[str] | None:
    """Who is seen by the lone reader of a case in which both are named."""
    case = {"id": case_id, "mentions": {"kelmorin": "victim", "brackwell": "mentioned"}}
    lone = alone(case, DETECTOR.read("1", "", text, None, None), IDS)
    return None if lone is None else {IDS[sighting.name.entity] for sighting in lone.sightings}


def test_one_of_those_named_is_seen_and_always_the_same() -> None:
    text = "Hackers struck Kelmorin. Brackwell was not hit, and Kelmorin is at work."
    by_case = {number: seen(f"en-{number}", text) for number in range(40)}
    assert set(map(frozenset, filter(None, by_case.values()))) == {frozenset({"kelmorin"}), frozenset({"brackwell"})}
    assert by_case == {number: seen(f"en-{number}", text) for number in range(40)}


def test_who_is_named_alone_is_read_once() -> None:
    assert seen("en-1", "Hackers struck Kelmorin.") is None
