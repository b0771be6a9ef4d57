"""Detection does not get worse: floors a little under the figures of docs/detection.md, on cases never fitted on."""

import pytest

from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from tests.detectors import detector_of
from tests.once import made_once
from tools.cases import Tally, analyses, in_test_split, manner_of, read_cases, sources

OWN = [(manner_of(name), path, watchlist) for name, path, watchlist in sources() if name != "shared"]


@pytest.fixture(scope="module")
def held_back(tmp_path_factory):
    return made_once(tmp_path_factory, "held-back", _held_back)


def _held_back():
    tallies = {manner: Tally() for manner in ("plain", "published", "oblique", "short")}
    # Every fourth one: all of them would be a tenth of all tests.
    for manner, path, watchlist in OWN:
        detector = detector_of(load_watchlist_file(watchlist).entities)
        cases = [case for case in read_cases(path) if in_test_split(case["id"])][::4]
        for case, analysis in analyses(cases, detector):
            tallies[manner].add(case, analysis)
    return tallies


@pytest.mark.parametrize(
    ("figure", "plain", "published", "oblique", "short"),
    [
        pytest.param(lambda tally: tally.mentions.f1, 0.955, 0.96, 0.945, 0.935, id="mentions"),
        pytest.param(lambda tally: tally.any_attack.f1, 0.94, 0.95, 0.88, 0.89, id="any attack"),
        pytest.param(lambda tally: tally.under.precision, 0.84, 0.79, 0.8, 0.82, id="under attack, precision"),
        pytest.param(lambda tally: tally.under.recall, 0.73, 0.58, 0.53, 0.62, id="under attack, recall"),
        pytest.param(lambda tally: tally.types.f1, 0.75, 0.68, 0.61, 0.73, id="kinds"),
        pytest.param(lambda tally: tally.roles[0] / tally.roles[1], 0.8, 0.75, 0.68, 0.73, id="roles"),
        pytest.param(lambda tally: tally.statuses[0] / tally.statuses[1], 0.88, 0.79, 0.84, 0.88, id="statuses"),
        pytest.param(lambda tally: tally.language / tally.cases, 0.98, 0.98, 0.98, 0.95, id="language"),
    ],
)
def test_figures_on_cases_held_back(held_back, figure, plain, published, oblique, short):
    floors = {"plain": plain, "published": published, "oblique": oblique, "short": short}
    for manner, floor in floors.items():
        assert held_back[manner].cases > 80
        assert figure(held_back[manner]) >= floor, manner


def test_no_case_stands_twice():
    ids = [case["id"] for _, path, _ in OWN for case in read_cases(path)]
    assert len(ids) == len(set(ids))
