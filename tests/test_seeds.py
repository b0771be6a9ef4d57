"""The two articles this project grew from: many companies at a meeting, several attacks, nobody attacked."""

from pathlib import Path

import pytest

from monitor.domain.finding import Status
from monitor.domain.watchlist import Entity, EntityId
from monitor.entrypoints.cli.main import main
from monitor.stages.parse.article_files import decode_article_file, read_article_file
from tests.detectors import detector_of

ROOT = Path(__file__).resolve().parents[1]
ORIGINALS = ROOT.parent / "shared" / "seeds"
FILES = [*sorted((ROOT / "seeds").glob("*.txt")), *sorted(ORIGINALS.glob("*.txt"))]
ENGLISH = [path for path in FILES if path.name.startswith("000")]
DUTCH = [path for path in FILES if path.name.startswith("004")]

ENTITIES = (
    Entity(EntityId("apple"), "Apple", people=("Tim Cook",)),
    Entity(EntityId("amazon"), "Amazon", people=("Andy Jassy",)),
    Entity(EntityId("google"), "Google"),
    Entity(EntityId("microsoft"), "Microsoft", people=("Satya Nadella",)),
    Entity(EntityId("ibm"), "IBM"),
    Entity(EntityId("adp"), "ADP"),
    Entity(EntityId("jpmorgan-chase"), "JPMorgan Chase"),
    Entity(EntityId("bank-of-america"), "Bank of America"),
    Entity(EntityId("travelers"), "Travelers", ambiguous=True),
    Entity(EntityId("southern-company"), "Southern Company", people=("Tom Fanning",)),
    Entity(EntityId("facebook"), "Facebook"),
    Entity(EntityId("girls-who-code"), "Girls Who Code"),
    Entity(EntityId("solarwinds"), "SolarWinds"),
    Entity(EntityId("colonial-pipeline"), "Colonial Pipeline"),
    Entity(EntityId("bloomberg"), "Bloomberg", kind="press"),
    Entity(EntityId("washington-post"), "The Washington Post", kind="press"),
    Entity(EntityId("engadget"), "Engadget", kind="press"),
)
GUESTS_EN = {"apple", "amazon", "google", "microsoft", "ibm", "adp", "jpmorgan-chase", "bank-of-america", "travelers"}
GUESTS_NL = {"apple", "amazon", "google", "microsoft", "ibm", "jpmorgan-chase", "southern-company"}


@pytest.fixture(scope="module")
def detector():
    return detector_of(ENTITIES)


def read(detector, path):
    file = read_article_file(path.name, decode_article_file(path.name, path.read_bytes()))
    analysis = detector.analyse(path.stem, file.title, file.text, file.published_at)
    for finding in analysis.findings:
        for span in finding.spans:
            assert {"title": file.title, "text": file.text}[span.field][span.start : span.end] == span.surface
    return analysis


def test_the_seeds_are_there():
    assert ENGLISH
    assert DUTCH


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.parent.name)
def test_the_meeting_in_english(detector, path):
    analysis = read(detector, path)
    roles = {str(finding.entity_id): str(finding.role) for finding in analysis.findings}
    assert analysis.language == "en"
    assert {entity for entity, role in roles.items() if role == "mentioned"} == {*GUESTS_EN, "girls-who-code"}
    assert roles["washington-post"] == "source"
    assert analysis.attacks
    assert {attack.status for attack in analysis.attacks} <= {Status.BACKGROUND, Status.HYPOTHETICAL}
    assert analysis.under_attack == ()


@pytest.mark.parametrize("path", DUTCH, ids=lambda path: path.parent.name)
def test_the_meeting_in_dutch(detector, path):
    analysis = read(detector, path)
    roles = {str(finding.entity_id): str(finding.role) for finding in analysis.findings}
    assert analysis.language == "nl"
    assert {entity for entity, role in roles.items() if role == "mentioned"} == {*GUESTS_NL, "facebook"}
    assert roles["bloomberg"] == "source"
    assert {entity for entity, role in roles.items() if role == "victim"} == {"solarwinds", "colonial-pipeline"}
    assert [(str(a.type), a.status, a.victims) for a in analysis.attacks] == [
        ("cyberattack", Status.BACKGROUND, ("colonial-pipeline", "solarwinds"))
    ]
    assert analysis.under_attack == ()


@pytest.mark.parametrize("path", DUTCH, ids=lambda path: path.parent.name)
def test_a_chief_executive_counts_for_the_company(detector, path):
    surfaces = {
        str(finding.entity_id): {span.surface for span in finding.spans} for finding in read(detector, path).findings
    }
    assert "Tim Cook" in surfaces["apple"]
    assert "Satya Nadella" in surfaces["microsoft"]
    assert "Andy Jassy" in surfaces["amazon"]
    assert "Tom Fanning" in surfaces["southern-company"]


def test_the_rule_tests_that_come_along_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--config", str(ROOT / "config")]) == 0, capsys.readouterr().out
