"""Who may be the source of news that tells of no attack: the press, and whoever stands near words of telling."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect import detector as reading
from tests.detectors import detector_of

PAPER = Entity(EntityId("paper"), "Brackwater", kind="press", sector="media", country="GB")
FIRM = Entity(EntityId("firm"), "Nordwick")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        pytest.param("The newspaper Nordwick wrote of a new school.", True, id="beside"),
        pytest.param(
            "A newspaper wrote at length of the new school that pupils, parents and teachers had asked for, beside a plant of Nordwick.",
            False,
            id="far off in the sentence",
        ),
        pytest.param("Nordwick opened a school.", False, id="no such word"),
    ],
)
def test_words_of_telling_count_near_a_name_alone(text: str, near: bool) -> None:
    read = detector_of((FIRM,)).read("a", "", text, None, None)
    (sighting,) = read.sightings
    assert reading._is_cited(sighting, read.passage.sentences[sighting.sentence]) is near


def test_a_paper_that_reports_is_the_source() -> None:
    told = detector_of((PAPER,)).analyse("a", "", "The council wants a new school, Brackwater reported on Monday.")
    assert [str(one.role) for one in told.findings] == ["source"]


def test_a_paper_that_is_talked_about_is_no_source() -> None:
    text = "Brackwater will cut 40 jobs in its printing works next spring. Staff of the newspaper were told on Monday."
    assert [str(one.role) for one in detector_of((PAPER,)).analyse("a", "", text).findings] == ["mentioned"]
