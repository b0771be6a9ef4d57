"""Who did it is told apart from what was done, and no attack from one."""

from monitor.domain.finding import AttackType, Status
from tests.detectors import detector_of

DETECTOR = detector_of()


def concepts(text: str) -> set[str]:
    reading = DETECTOR.read("1", "", text, None, None)
    return {concept for sentence in reading.passage.sentences for _, _, concept in sentence.hits}


def test_a_ransomware_gang_is_a_gang() -> None:
    told = concepts("The ransomware gang threatens on its leak site to publish drawings of the company.")
    assert "gang" in told
    assert "ransomware" not in told
    assert "ransomware" in concepts("The gang says that its ransomware has locked the servers of the company.")


def test_an_outage_that_was_no_attack_is_an_outage_alone() -> None:
    analysis = DETECTOR.analyse(
        "1",
        "Tills of the chain fail for a morning",
        "The tills of the chain were down for three hours on Monday. It was not a cyberattack, the company said: "
        "a faulty update had brought the systems down.",
    )
    assert {(attack.type, attack.status) for attack in analysis.attacks} == {(AttackType.OUTAGE, Status.CONFIRMED)}
