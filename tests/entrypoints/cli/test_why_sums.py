"""That the numbers which `monitor why` prints come to the confidence that it prints."""

import re
from datetime import UTC, datetime

import pytest

from monitor.domain.finding import Analysis
from monitor.domain.watchlist import Entity, EntityId
from monitor.entrypoints.cli.why_sums import attack_sums, finding_sums
from tests.detectors import detector_of

FIRMS = (Entity(EntityId("acme"), "Acme Widgets"), Entity(EntityId("nordwick"), "Nordwick", sector="cybersecurity"))
TEXTS = (
    "Hackers broke into Acme Widgets and stole the data of its customers. Nordwick investigates.",
    "A gang claims that it encrypted servers of Acme Widgets, which says nothing.",
    "Acme Widgets met Nordwick to talk about ransomware, which could strike anybody.",
)


def analysed(text: str) -> Analysis:
    return detector_of(FIRMS).analyse("a", text.partition(".")[0], text, datetime(2026, 11, 28, tzinfo=UTC), "en")


@pytest.mark.parametrize("text", TEXTS)
def test_the_sums_of_a_finding_come_to_its_confidence(text: str) -> None:
    for finding in analysed(text).findings:
        told = finding_sums(finding)
        factors = [float(told["name"].partition(" ")[0])]
        if finding.role != "mentioned":
            factors = [float(one) for one in re.findall(r"[\d.]+", told[str(finding.role)])][1:]
        assert abs(factors[0] * (factors[1:] or [1.0])[0] - finding.confidence) < 0.011


@pytest.mark.parametrize("text", TEXTS)
def test_the_sums_of_an_attack_come_to_its_confidence(text: str) -> None:
    analysis = analysed(text)
    assert analysis.attacks
    for attack in analysis.attacks:
        about, kind, product, status = (float(line.strip("= ").split()[0]) for line in attack_sums(attack))
        assert abs(about * kind - product) < 0.011
        assert abs(product - attack.confidence) < 0.006
        assert 0 <= status <= 1


def test_who_is_under_attack_is_so_by_what_is_enough() -> None:
    (struck,) = (one for one in analysed(TEXTS[0]).findings if one.surplus is not None)
    likely, enough = (float(one) for one in re.findall(r"[\d.]+", finding_sums(struck)["under-attack"]))
    assert likely >= enough > 0
