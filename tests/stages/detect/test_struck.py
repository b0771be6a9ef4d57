"""Who is under attack: the scores of role, attack and topic as parts of one more."""

import pytest

from monitor.domain.finding import AttackType, Role, Status
from monitor.stages.detect.deeds import Read
from monitor.stages.detect.struck import StruckReader, struck_parts
from tests.stages.detect.reading import analyse

SURE = {AttackType.RANSOMWARE: Read(Status.CONFIRMED, 0.9, 0.95)}
OUTAGE = {AttackType.OUTAGE: Read(Status.CONFIRMED, 0.9, 0.95)}


def shares(victim: float) -> dict[str, float]:
    return {str(role): (victim if role is Role.VICTIM else (1 - victim) / 5) for role in Role}


def test_scores_are_parts_and_so_are_the_products_of_two():
    parts = struck_parts(shares(0.9), 0.2, SURE, 2.0, {"under": 1.5}, {"in-title": 1.0, "bias": 1.0, "S:say": 1.0})

    assert parts["victim&live"] == pytest.approx(parts["victim"] * parts["live"])
    assert parts["words:under"] == 0.5
    assert parts["ahead"] == pytest.approx(0.7)
    assert parts["least"] == parts["victim"]
    assert {"in-title", "kind:ransomware", "status:confirmed"} <= parts.keys()
    assert "S:say" not in parts


def test_an_outage_is_no_attack_that_holds():
    parts = struck_parts(shares(0.9), 0.0, OUTAGE, 2.0, {}, {})

    assert parts["live"] < -2
    assert parts["all"] == 0.0


def test_shares_at_the_ends_stay_finite():
    parts = struck_parts(shares(1.0), 0.0, {AttackType.DDOS: Read(Status.CONFIRMED, 1.0, 1.0)}, 900.0, {}, {})

    assert [parts["victim"], parts["live"], parts["topic"]] == pytest.approx([7 / 3] * 3)


def test_the_share_is_the_sum_of_parts_squashed():
    reader = StruckReader({"victim": 2.0, "live": 1.0}, 0.5)

    assert reader.share({"victim": 0.5, "live": -1.0, "other": 9.0}) == 0.5
    assert reader.parts_of({"victim": 0.5, "live": -2.0}) == [("live", -2.0), ("victim", 1.0)]


def test_who_is_under_attack_is_a_victim_and_says_why():
    analysis = analyse("Nordwick hit by ransomware", "Nordwick confirmed on Monday that its servers were encrypted.")
    (finding,) = analysis.findings

    assert analysis.under_attack == ("nordwick",)
    assert finding.role is Role.VICTIM
    assert any(part.name.startswith("under-attack ") for part in finding.parts)
