"""What is known of an entity before anything is read: its trade, and whether it is from where the language is spoken."""

from dataclasses import replace

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, fold_name
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect import build_detector

_ANY = Entity(EntityId("any"), "Kestrix")


def test_who_makes_programs_is_rarer_a_victim_than_a_shop() -> None:
    detector = build_detector([_ANY], load_lexicon())
    shares = {
        sector: detector.roles.outcomes.shares({"bias": 1.0, f"sector:{sector}": 1.0})["victim"]
        for sector in ("retail", "technology")
    }
    assert shares["technology"] < shares["retail"]


def test_every_pack_says_where_its_language_is_at_home() -> None:
    homes = {pack.language: pack.countries for pack in load_lexicon().packs}
    assert all(homes.values())
    assert "NL" in homes["nl"]
    assert "BR" in homes["pt"]


def test_the_catalogue_tells_the_sector_of_a_name_that_is_written_out() -> None:
    assert catalogue_by_name()[fold_name("Microsoft")].sector == "technology"
    assert _ANY.sector == ""


def test_an_entity_that_was_corrected_in_its_watchlist_is_read_anew() -> None:
    before = build_detector([_ANY], load_lexicon())
    after = before.watching([replace(_ANY, kind="security-vendor")])
    text = "Kestrix was hit by ransomware on Monday. Hackers encrypted the servers of Kestrix."
    told = [
        {
            part.name
            for finding in one.analyse("a", "Kestrix hit by ransomware", text).findings
            for part in finding.parts
        }
        for one in (before, after)
    ]
    assert told[0] != told[1]


@pytest.mark.parametrize("stranger", ["Amazon MGM", "Amazon MGM Studios", "Siemens Energy", "Fox-IT"])
def test_a_company_with_a_longer_name_is_not_the_one_that_is_watched(stranger: str) -> None:
    watched = [catalogue_by_name()[fold_name(name)] for name in ("Amazon", "Siemens", "Fox")]
    text = f"{stranger} was hit by ransomware. The company said that its servers were encrypted on Monday."
    analysis = build_detector(watched, load_lexicon()).analyse("1", f"{stranger} hit by hackers", text)
    assert analysis.findings == ()
