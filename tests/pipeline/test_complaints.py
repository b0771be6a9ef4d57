"""What people complain of in tools of this kind, whole rounds for real: docs/complaints.md names the test of each row."""

from pathlib import Path

from tests.pipeline.station import NEWS, open_station

WATCHED = ("Okta", "ING", "Facebook", "Target", "Apple", "Orange", "Shell")
# Titles and texts in which a watched name, or an attack on a watched company, is not what it is about.
NOISE = {
    "a part of a word": (
        "Hospital says ransomware is spreading",
        "In a meeting on Monday the hospital of Exampletown said that ransomware was spreading. Staff are working on"
        " restoring everything, according to the building manager.",
    ),
    "a button": (
        "Hackers steal data of a hospital",
        "Hackers have stolen data of the hospital in Exampletown, its director confirmed.\nShare on Facebook\nShare on X\n"
        "Follow us on Facebook and Instagram",
    ),
    "related news beside it": (
        "Village bakery opens again",
        "The bakery of Exampletown opened again on Monday after a renovation. There was free cake for all.\n"
        "Related articles\nOkta hit by ransomware, company confirms\nRead more: Hackers steal customer data of Okta",
    ),
    "an ordinary word": (
        "Small town was target of ransomware",
        "The town of Exampletown was the target of a ransomware attack. Attackers published an apple-green orange as"
        " their mark; a shell script encrypted the servers, the mayor confirmed.",
    ),
    "an advertisement": (
        "Festival sells out",
        "The summer festival in Exampletown sold out within an hour, its organisers said. Music will play until"
        " midnight.\nSponsored: protect your company with Okta before hackers steal your data",
    ),
}


async def test_what_is_not_about_a_watched_company_rings_for_none(tmp_path: Path) -> None:
    async with open_station(tmp_path, *WATCHED) as station:
        await station.start()
        await station.later(minutes=1)
        for number, (title, text) in enumerate(NOISE.values()):
            station.stand.publish(title, text, f"noise-{number}", station.now)
        station.stand.publish("Okta under attack: what we know", NEWS["Okta"], "okta", station.now)
        await station.later(hours=2)
        assert station.told() == [["okta"]]


async def test_one_article_in_two_feeds_copied_and_edited_rings_once(tmp_path: Path) -> None:
    title = "Okta under attack: what we know"
    async with open_station(tmp_path, *WATCHED) as station:
        station.poll("feed", "more")
        await station.start()
        await station.later(minutes=1)
        station.stand.publish(title, NEWS["Okta"], "okta", station.now)
        station.stand.publish(title, NEWS["Okta"], "okta", station.now, to="more")
        station.stand.publish(title, NEWS["Okta"], "okta?utm_source=more", station.now, to="more")
        station.stand.publish(title, NEWS["Okta"], "okta-as-the-wire-has-it", station.now, to="more")
        await station.later(hours=2)
        station.stand.items.clear()
        station.stand.publish(f"{title} now", f"{NEWS['Okta']} Its staff works on it.", "okta", station.now)
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        (story,) = station.catalogue.stories()
        assert (len(story.sources), story.independent_sources) == (2, 1)


async def test_a_wall_in_place_of_an_article_is_no_news(tmp_path: Path) -> None:
    async with open_station(tmp_path, *WATCHED) as station:
        await station.start()
        await station.later(minutes=1)
        station.stand.publish("Okta under attack: what we know", NEWS["Okta"], "okta", station.now)
        await station.later(hours=2)
        # The same article comes back as a wall: the alert stays as it was, and nothing is taken back.
        station.stand.items.clear()
        station.stand.publish(
            "Just a moment...", "Enable JavaScript and cookies to continue. Accept all cookies.", "okta", station.now
        )
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        assert [alert.is_closed for alert in station.catalogue.alerts()] == [False]


async def test_an_outlets_own_correction_is_told_once_as_one(tmp_path: Path) -> None:
    async with open_station(tmp_path, *WATCHED) as station:
        await station.start()
        await station.later(minutes=1)
        station.stand.publish("Okta hit by ransomware", NEWS["Okta"], "okta", station.now)
        await station.later(hours=2)
        station.stand.publish(
            "Correction: Okta was not hit by ransomware",
            "Correction: an earlier article said that Okta was hit by ransomware. Okta was not attacked.",
            "correction",
            station.now,
        )
        await station.later(hours=2)
        await station.later(hours=2)
        assert [one["data"]["reason"] for one in station.said()] == ["new-story", "denied-or-corrected"]
        last = station.said()[-1]
        assert " - Okta - ransomware, denied - " in last["subject"]
        assert "Correction: *Okta* was not hit by ransomware" in last["data"]["text"]


async def test_a_document_that_is_longer_than_any_limit_loses_none_of_its_entries(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        for number in range(700):
            station.stand.publish(
                f"The council met about road {number}", f"It spoke of bridge {number}.", f"c{number}", station.now
            )
        for company in NEWS:
            station.stand.publish(f"{company} under attack: what we know", NEWS[company], company.lower(), station.now)
        await station.later(hours=2)
        assert sorted(told for one in station.told() for told in one) == sorted(name.lower() for name in NEWS)
        assert sum(1 for _ in station.catalogue.articles()) == 706
