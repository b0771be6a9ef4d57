"""A long article that tells of an attack in passing is not about attacks."""

from tests.detectors import detector_of

ROW = "The council talked of roads, of the school and of the fair in June."
DETECTOR = detector_of()


def passing(title: str, sentences: list[str]) -> float:
    reading = DETECTOR.read("1", title, " ".join(sentences), None, None)
    return DETECTOR.attacks.about(reading.passage, reading.events).get("passing", 0.0)


def test_one_sentence_in_thirty_is_in_passing() -> None:
    attack = "A cyberattack hit the brewer."
    assert passing("Council meets", [attack] + [ROW] * 29) > 2.0
    assert passing("Council meets", [attack] * 5 + [ROW] * 29) == 0.0
    assert passing("Cyberattack hits brewer", [attack] + [ROW] * 29) == 0.0
    assert passing("Council meets", [ROW] * 30) == 0.0
