"""Links in messages and the pages behind them: a link does nothing before somebody says so."""

import re
from datetime import timedelta

import pytest

from monitor.stages.compose.signed_links import LIFETIME, PAGES, Deed
from tests.entrypoints.web.web_site import ALERT, link, site
from tests.occasions import NOW


async def test_opening_a_link_changes_nothing_and_a_click_does() -> None:
    async with site() as place:
        for deed in Deed:
            status, page = await place.ask("GET", link(deed))
            assert status == 200
            assert ('<form method="post">' in page) is (deed not in PAGES)
            assert "al-7c31" in page
        assert place.people.said == []
        assert place.people.silences == {}
        status, page = await place.ask("POST", link(Deed.ACKNOWLEDGE), data={"name": "Kim <b>"})
        assert (status, place.people.said) == (200, [("ack", "al-7c31", "Kim <b>")])
        assert "Done" in page
        assert "<b>" not in page


async def test_the_page_of_an_alert_tells_what_is_known_and_leads_to_what_can_be_done() -> None:
    async with site() as place:
        status, page = await place.ask("GET", link(Deed.CONSOLE))
        assert status == 200
        for words in (
            "CRITICAL - Apple - ransomware",
            "<mark>Apple</mark>",
            "3 independent sources",
            "nieuws.example, Dutch",
        ):
            assert words in page
        page, _, others = page.partition("Other alerts of this channel")
        deeds = re.findall(r'<a href="([^"/]+)">', page)
        assert len(deeds) == 4
        assert (await place.ask("GET", f"/do/{deeds[0]}"))[0] == 200
        (other,) = re.findall(r'<a href="([^"/]+)">(CLOSED - Apple[^<]+)</a>', others)
        assert other[0] != deeds[0]
        assert (await place.ask("POST", link(Deed.CONSOLE), data={"deed": "acknowledge"}))[0] == 405
        assert place.people.said == []


async def test_the_page_of_an_alert_tells_when_it_spoke_in_the_time_zone_of_the_channel() -> None:
    async with site(zones=lambda: {"soc": "Europe/Amsterdam"}) as place:
        _, page = await place.ask("GET", link(Deed.CONSOLE))
        told = page.partition("When it spoke")[2]
        first = told.index("2026-11-25 10:30 CET: a new story that fits the rule.")
        assert first < told.index("2026-11-25 11:30 CET: more independent sources report it.")
        assert "First report: 2026-11-25 10:01 CET" in page


async def test_what_is_read_of_another_alert_allows_nothing_to_be_done() -> None:
    async with site() as place:
        status, page = await place.ask("GET", link(Deed.READ))
        assert status == 200
        assert "3 independent sources" in page
        body = page.partition("Other alerts of this channel")[0]
        assert re.findall(r'<a href="([^"/]+)">', body) == []
        assert (await place.ask("POST", link(Deed.READ), data={"deed": "silence"}))[0] == 405
        assert place.people.silences == {}


async def test_silence_is_for_the_story_and_a_day_and_twice_is_once() -> None:
    async with site() as place:
        for _ in range(2):
            assert (await place.ask("POST", link(Deed.SILENCE), data={}))[0] == 200
        (silence,) = place.people.silences.values()
        assert silence.story_id == ALERT.story_id
        assert silence.ends_at == NOW + timedelta(hours=24)
        assert silence.author == "link in soc"
        _, page = await place.ask("POST", link(Deed.SILENCE), data={})
        assert f"Until 2026-11-26 09:30 UTC. `monitor silence end {silence.id}` ends it sooner." in page


@pytest.mark.parametrize(
    ("what", "hours", "field", "target"),
    [
        ("story", "4", "story_id", ALERT.story_id),
        ("entity:apple", "24", "entity_id", "apple"),
        ("entity:microsoft", "72", "entity_id", "microsoft"),
        ("rule", "168", "rule_id", ALERT.rule_id),
    ],
)
async def test_a_link_silences_what_is_chosen_for_as_long_as_is_chosen(
    what: str, hours: str, field: str, target: str
) -> None:
    async with site() as place:
        _, page = await place.ask("GET", link(Deed.SILENCE))
        assert f'<option value="{what}">' in page
        await place.ask("POST", link(Deed.SILENCE), data={"what": what, "hours": hours, "name": "Kim"})
        (silence,) = place.people.silences.values()
        named = {"story_id": silence.story_id, "entity_id": silence.entity_id, "rule_id": silence.rule_id}
        assert named == {"story_id": None, "entity_id": None, "rule_id": None, field: target}
        assert (silence.ends_at, silence.author) == (NOW + timedelta(hours=int(hours)), "Kim")


@pytest.mark.parametrize("choice", [{"what": "entity:ibm"}, {"what": "all"}, {"hours": "9999"}, {"hours": "-1"}])
async def test_a_link_silences_nothing_that_is_not_offered(choice: dict[str, str]) -> None:
    async with site() as place:
        assert (await place.ask("POST", link(Deed.SILENCE), data=choice))[0] == 400
        assert place.people.silences == {}


async def test_a_link_silences_by_what_the_text_says_and_says_what_it_cannot_read() -> None:
    async with site() as place:
        _, page = await place.ask("GET", link(Deed.SILENCE))
        assert 'name="text"' in page
        status, page = await place.ask("POST", link(Deed.SILENCE), data={"what": "rule", "text": 'drill OR "fire'})
        assert (status, place.people.silences) == (400, {})
        assert "cannot be read at character 10." in page
        # What was chosen and typed stands there still, so that it can be mended.
        assert '<option value="rule" selected>' in page
        assert 'value="drill OR &quot;fire"' in page
        wish = {"what": "rule", "hours": "4", "text": 'drill OR "fire alarm"'}
        for _ in range(2):
            assert (await place.ask("POST", link(Deed.SILENCE), data=wish))[0] == 200
        (silence,) = place.people.silences.values()
        assert (silence.rule_id, silence.expression) == (ALERT.rule_id, 'drill OR "fire alarm"')
        await place.ask("POST", link(Deed.SILENCE), data={"what": "rule"})
        assert sorted(one.expression for one in place.people.silences.values()) == ["", 'drill OR "fire alarm"']
        _, page = await place.ask("GET", link(Deed.ACKNOWLEDGE))
        assert 'name="text"' not in page


async def test_feedback_may_name_the_company_it_is_about() -> None:
    async with site() as place:
        answer = {"deed": "wrong-company", "entity": "microsoft", "name": "Kim"}
        assert (await place.ask("POST", link(Deed.FEEDBACK), data=answer))[0] == 200
        assert place.people.said == [("wrong-company", "al-7c31", "Kim", "", "microsoft")]
        assert (await place.ask("POST", link(Deed.NOISE), data={"entity": "ibm"}))[0] == 400
        said = {"kind": "wrong-role", "author": "Kim", "entity": "apple"}
        assert (await place.call("POST", "/api/alerts/al-7c31/feedback", said))[0] == 201
        assert place.people.said[-1] == ("wrong-role", "al-7c31", "Kim", "", "apple")
        status, worth = await place.call("GET", "/api/feedback")
        assert status == 200
        assert [(one["kind"], one["id"], one["noise"]) for one in worth] == [
            ("rule", "under-attack", 1),
            ("entity", "apple", 1),
        ]


async def test_a_link_does_its_own_deed_whatever_the_form_says() -> None:
    async with site() as place:
        await place.ask("POST", link(Deed.USEFUL), data={"deed": "acknowledge", "comment": "x\r\ny" * 500})
        ((kind, _, _, comment),) = place.people.said
        assert kind == "useful"
        assert len(comment) <= 500
        assert (await place.ask("POST", link(Deed.FEEDBACK), data={"deed": "silence"}))[0] == 400
        assert (await place.ask("POST", link(Deed.FEEDBACK), data={"deed": "wrong-role"}))[0] == 200
        assert place.people.said[-1][0] == "wrong-role"


async def test_pages_speak_the_language_of_the_channel() -> None:
    async with site() as place:
        assert '<html lang="nl">' in (await place.ask("GET", link(Deed.NOISE, "nl")))[1]
        assert '<html lang="en">' in (await place.ask("GET", link(Deed.NOISE, "xx")))[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/do/nonsense", 410),
        ("/do/" + "a" * 900, 410),
        (link(Deed.USEFUL)[:-1] + "!", 410),
        (link(Deed.USEFUL, now=NOW - LIFETIME), 410),
        (link(Deed.USEFUL, alert="al-gone"), 404),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_bad_links_say_so_and_do_nothing(path: str, status: int, method: str) -> None:
    async with site() as place:
        found, page = await place.ask(method, path, data={} if method == "POST" else None)
        assert found == status
        assert "nonsense" not in page
        assert place.people.said == []
