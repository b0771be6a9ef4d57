"""Detection does not get worse: floors a little under the figures of docs/detection.md, on cases never fitted on."""

import pytest

from monitor.adapters.yaml_settings import load_watchlist_file
from tests.detectors import detector_of
from tools.cases import Tally, analyses, in_test_split, read_cases, sources

OWN = [(path, watchlist) for name, path, watchlist in sources() if name != "shared"]


@pytest.fixture(scope="module")
def held_back():
    tally = Tally()
    for path, watchlist in OWN:
        detector = detector_of(load_watchlist_file(watchlist).entities)
        cases = [case for case in read_cases(path) if in_test_split(case["id"])]
        for case, analysis in analyses(cases, detector):
            tally.add(case, analysis)
    return tally


@pytest.mark.parametrize(
    ("figure", "floor"),
    [
        pytest.param(lambda tally: tally.mentions.f1, 0.95, id="mentions"),
        pytest.param(lambda tally: tally.any_attack.f1, 0.93, id="any attack"),
        pytest.param(lambda tally: tally.under.precision, 0.80, id="under attack, precision"),
        pytest.param(lambda tally: tally.under.recall, 0.70, id="under attack, recall"),
        pytest.param(lambda tally: tally.types.f1, 0.72, id="kinds"),
        pytest.param(lambda tally: tally.roles[0] / tally.roles[1], 0.78, id="roles"),
        pytest.param(lambda tally: tally.statuses[0] / tally.statuses[1], 0.86, id="statuses"),
        pytest.param(lambda tally: tally.language / tally.cases, 0.98, id="language"),
    ],
)
def test_figures_on_cases_held_back(held_back, figure, floor):
    assert held_back.cases > 80
    assert figure(held_back) >= floor


def test_no_case_stands_twice():
    ids = [case["id"] for path, _ in OWN for case in read_cases(path)]
    assert len(ids) == len(set(ids))
