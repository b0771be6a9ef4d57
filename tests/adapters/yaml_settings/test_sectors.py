"""What people write for a sector: words of theirs, broader ones, and ones that nobody knows."""

import pytest

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.adapters.yaml_settings.entities import written
from monitor.adapters.yaml_settings.models import EntityModel
from monitor.adapters.yaml_settings.sectors import is_sector, sector_of, sectors


@pytest.mark.parametrize(
    ("said", "told", "meant"),
    [
        ("banking", "", "finance"),
        ("Telecoms", "retail", "telecom"),
        ("social media", "", "platform"),
        ("seguros", "", "insurance"),
        ("government", "authority", "authority"),
        ("public sector", "energy", "government"),
        ("retail", "", "retail"),
        ("toys", "industry", "industry"),
        ("", "health", "health"),
    ],
)
def test_a_word_is_taken_for_the_sector_it_means_unless_a_narrower_one_is_known(
    said: str, told: str, meant: str
) -> None:
    assert sector_of(said, told) == meant


def test_every_sector_of_the_catalogue_can_be_written_and_no_other() -> None:
    assert {entity.sector for entity in load_catalogue() if entity.sector} == set(sectors())
    assert all(map(is_sector, sectors()))


def test_a_word_that_nobody_knows_takes_nothing_from_a_company_of_the_catalogue() -> None:
    plain, odd = (written(EntityModel(name="Ahold Delhaize", sector=sector)) for sector in ("", "sundries"))
    assert odd == plain
    assert plain.sector
