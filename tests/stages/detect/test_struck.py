"""Who is under attack: the scores of role, attack and topic as parts of one more."""

import math
from collections import Counter

import pytest

from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.finding import LIVE, AttackType, Role, Status
from monitor.stages.detect.conclusion import Portrait
from monitor.stages.detect.deeds import Read, Reads, not_holding
from monitor.stages.detect.struck import StruckReader, struck_parts
from tests.detectors import detector_of
from tests.stages.detect.reading import analyse
from tools.cases import analyses, in_test_split, read_cases, sources

SURE = {AttackType.RANSOMWARE: Read(Status.CONFIRMED, 0.9, 0.95, Status.CONFIRMED, Status.DENIED)}
PAST = {AttackType.RANSOMWARE: Read(Status.BACKGROUND, 0.6, 0.3, Status.CONFIRMED, Status.BACKGROUND)}
OUTAGE = {AttackType.OUTAGE: Read(Status.CONFIRMED, 0.9, 0.95, Status.CONFIRMED, Status.DENIED)}


def told(victim: float, reads: Reads, doubted: Reads, parts: dict[str, float]) -> Portrait:
    shares = {str(role): (victim if role is Role.VICTIM else (1 - victim) / 5) for role in Role}
    return Portrait(0, (), parts, shares, reads, doubted, 1.5)


def test_scores_are_parts_and_so_are_the_products_of_two_and_what_speaks_for_its_role():
    parts = struck_parts(
        told(0.9, SURE, {}, {"in-title": 1.0, "bias": 1.0, "words:under": 3.0}), 0.2, 2.0, {"under": 1.5}
    )

    assert parts["victim&live"] == pytest.approx(parts["victim"] * parts["live"])
    assert (parts["words:under"], parts["kind"]) == (0.5, 0.5)
    assert parts["ahead"] == pytest.approx(0.7)
    assert parts["least"] == parts["victim"]
    assert {"in-title", "kind:ransomware", "status:confirmed"} <= parts.keys()
    assert "not-live" not in parts


def test_an_outage_is_no_attack_that_holds():
    assert struck_parts(told(0.9, OUTAGE, {}, {}), 0.0, 2.0, {}) == {}


def test_what_is_not_told_as_holding_may_hold_all_the_same():
    parts = struck_parts(told(0.9, PAST, {AttackType.RANSOMWARE: PAST[AttackType.RANSOMWARE]}, {}), 0.0, 2.0, {})

    assert parts["not-live"] == 1.0
    assert parts["live"] == pytest.approx(math.log(0.3 / 0.7) / 3)
    assert "status:background" in parts


def test_shares_at_the_ends_stay_finite():
    sure = {AttackType.DDOS: Read(Status.CONFIRMED, 1.0, 1.0, Status.CONFIRMED, Status.DENIED)}
    parts = struck_parts(told(1.0, sure, {}, {}), 0.0, 900.0, {})

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


def test_under_attack_is_who_is_the_victim_of_an_attack_that_holds():
    seen = Counter[bool]()
    for _, path, watchlist in sources()[::12]:
        detector = detector_of(load_watchlist_file(watchlist).entities)
        cases = [case for case in read_cases(path) if not in_test_split(case["id"])][::3]
        for _, analysis in analyses(cases, detector):
            holding = {
                victim
                for attack in analysis.attacks
                if attack.status in LIVE and attack.type is not AttackType.OUTAGE
                for victim in attack.victims
            }
            victims = {one.entity_id for one in analysis.findings if one.role is Role.VICTIM}
            assert holding & victims == set(analysis.under_attack)
            seen.update(victim in holding for victim in victims)
    assert min(seen[True], seen[False]) > 30


def test_an_attack_that_hardly_anything_speaks_against_is_only_possible_and_not_denied() -> None:
    sure = Read(Status.CONFIRMED, 0.9, 0.95, Status.CONFIRMED, Status.DENIED)
    denied = Read(Status.CONFIRMED, 0.5, 0.6, Status.CONFIRMED, Status.DENIED)
    reads = {AttackType.RANSOMWARE: sure, AttackType.DDOS: denied, AttackType.OUTAGE: sure}
    assert {kind: read.status for kind, read in not_holding(reads).items()} == {
        AttackType.RANSOMWARE: Status.HYPOTHETICAL,
        AttackType.DDOS: Status.DENIED,
        AttackType.OUTAGE: Status.CONFIRMED,
    }
