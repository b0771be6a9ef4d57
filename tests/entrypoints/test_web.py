"""The web server from outside: who may ask what, and that a link does nothing before somebody says so."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from monitor.adapters.yaml_messages import load_wordings
from monitor.domain.alert import Alert, AlertId, Reason, Silence, Verdict
from monitor.domain.errors import StoreError, UsageError
from monitor.domain.opinion import Opinion, OpinionKind
from monitor.domain.policy import WebPolicy
from monitor.domain.story import Story, StoryId
from monitor.domain.watchlist import EntityId
from monitor.entrypoints.web.desk import WebDesk
from monitor.entrypoints.web.server import build, hosts_of, listen_address, serve
from monitor.stages.feedback import judged_findings
from monitor.stages.signed_links import LIFETIME, PAGES, Deed, LinkMaker
from tests.occasions import NOW, attacked

TOKEN, KEY = "t" * 32, b"k" * 32
ALERT = attacked().alert


# ruff: noqa: ARG002  # the fakes keep the names of the ports' arguments


@dataclass
class FakePeople:
    """Takes what people say into lists."""

    silences: dict[str, Silence] = field(default_factory=dict)
    said: list[tuple[str, ...]] = field(default_factory=list)
    is_broken: bool = False

    def save_silence(self, silence: Silence) -> None:
        self.silences[silence.id] = silence

    def end_silence(self, silence_id: str, now: datetime) -> bool:
        return self.silences.pop(silence_id, None) is not None

    def acknowledge(self, alert_id: AlertId, author: str, now: datetime) -> bool:
        if self.is_broken:
            raise StoreError("secret place: gone")
        self.said.append(("ack", alert_id, author))
        return alert_id == ALERT.id

    def save_feedback(
        self,
        alert_id: AlertId,
        kind: str,
        author: str,
        comment: str,
        now: datetime,
        entity_id: EntityId | None = None,
    ) -> bool:
        self.said.append((kind, alert_id, author, comment, *([entity_id] if entity_id else [])))
        return alert_id == ALERT.id


@dataclass
class FakeRecords:
    """One alert."""

    people: FakePeople

    def alert(self, alert_id: str) -> Alert | None:
        return ALERT if alert_id == ALERT.id else None

    def alerts_heard(self, channel: str, limit: int) -> tuple[Alert, ...]:
        other = replace(ALERT, id=AlertId("al-other"), story_id=StoryId("st-other"), is_closed=True)
        return (ALERT, other)[:limit] if channel == "soc" else ()

    def verdicts(self, story_id: str) -> tuple[Verdict, ...]:
        first = attacked().verdict
        later = replace(first, reason=Reason.MORE_SOURCES, decided_at=first.decided_at + timedelta(hours=1))
        return (later, first, replace(first, reason=Reason.NOTHING_NEW))

    def alerts(self, limit: int = 0, story: str = "", open_only: bool = False) -> Iterator[Alert]:
        yield from [ALERT][: limit or None]

    def story(self, story_id: str) -> Story | None:
        return attacked().story

    def silences(self, now: datetime, *, ended: bool = False) -> tuple[Silence, ...]:
        return tuple(self.people.silences.values())

    def opinions(self, since: datetime | None = None) -> tuple[Opinion, ...]:
        findings = judged_findings(ALERT)
        return (Opinion(ALERT.id, ALERT.rule_id, OpinionKind.NOISE, "Kim", NOW, findings=findings),)


@dataclass
class Site:
    """The server on loopback, a client without a token, and what people said."""

    port: int
    people: FakePeople
    client: aiohttp.ClientSession
    bearer: dict[str, str]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        async with self.client.request(method, self.url(path), allow_redirects=False, **options) as response:
            return response.status, await response.text()

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        status, text = await self.ask(method, path, headers=self.bearer, json=body)
        return status, json.loads(text) if text else None


@asynccontextmanager
async def site(**changes: Any) -> AsyncIterator[Site]:
    people = FakePeople()
    desk = WebDesk(
        people=people,
        records=FakeRecords(people),
        wordings=load_wordings(),
        ailments=lambda: (),
        clock=lambda: NOW,
        token=TOKEN,
        key=KEY,
        hosts=frozenset({"monitor.example.org"}),
    )
    desk = replace(desk, **changes)
    client = aiohttp.ClientSession(headers={"Host": "monitor.example.org"})
    async with serve(desk, "127.0.0.1", 0) as port, client:
        yield Site(port, people, client, {"Authorization": f"Bearer {TOKEN}"})


def link(deed: Deed, language: str = "en", alert: str = str(ALERT.id), now: datetime = NOW) -> str:
    return LinkMaker("http://x", KEY).link(deed, alert, "soc", language, now).removeprefix("http://x")


async def test_health_is_for_everybody_and_says_why_not() -> None:
    async with site() as well:
        assert await well.ask("GET", "/healthz") == (200, '{"ready": true, "reasons": []}')
        status, _ = await well.ask("GET", "/readyz", headers={"Host": "10.1.2.3:8437"})
        assert status == 200
    async with site(ailments=lambda: ("a notification has been waiting for 6 minutes",)) as unwell:
        status, text = await unwell.ask("GET", "/readyz")
        assert status == 503
        assert json.loads(text)["reasons"] == ["a notification has been waiting for 6 minutes"]


async def test_every_route_but_the_public_ones_wants_the_token() -> None:
    async with site() as place:
        app = build(WebDesk(place.people, FakeRecords(place.people), load_wordings(), tuple, lambda: NOW))
        seen = 0
        for route in app.router.routes():
            assert route.resource is not None
            path = re.sub(r"\{\w+\}", "x", route.resource.canonical)
            if path.startswith(("/healthz", "/readyz", "/do/")):
                continue
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
                status, text = await place.ask(route.method, path, headers=headers)
                assert status == 401, f"{route.method} {path}"
                assert TOKEN not in text
            seen += 1
        assert seen >= 7
        assert place.people.said == []


async def test_without_a_token_the_api_is_closed_to_all() -> None:
    async with site(token="") as place:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
            assert (await place.ask("GET", "/api/alerts", headers=headers))[0] == 401


async def test_another_name_than_ours_is_not_answered() -> None:
    async with site() as place:
        status, _ = await place.ask("GET", "/api/alerts", headers={**place.bearer, "Host": "evil.example"})
        assert status == 421
        status, _ = await place.ask("GET", link(Deed.USEFUL), headers={"Host": "evil.example"})
        assert status == 421
        # Hubs may know us by a name of before; without their token there is nothing for them.
        status, _ = await place.ask("GET", "/websub/press/00", headers={"Host": "old.example"})
        assert status == 404


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
        assert len(deeds) == 3
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


async def test_every_answer_forbids_scripts_frames_and_keeping() -> None:
    async with site() as place:
        for path in ("/healthz", "/nowhere", link(Deed.USEFUL), "/do/x"):
            async with place.client.get(place.url(path)) as response:
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Cache-Control"] == "no-store"
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert "aiohttp" not in response.headers["Server"]


async def test_the_api_reads_alerts_and_takes_opinions() -> None:
    async with site() as place:
        status, alerts = await place.call("GET", "/api/alerts?limit=5&open=1")
        assert (status, alerts[0]["id"], alerts[0]["under_attack"]) == (200, "al-7c31", ["apple"])
        assert (await place.call("GET", "/api/alerts/al-7c31"))[0] == 200
        assert (await place.call("GET", "/api/alerts/other"))[0] == 404
        assert (await place.call("POST", "/api/alerts/al-7c31/acknowledge", {"author": "Kim"}))[0] == 200
        opinion = {"kind": "noise", "author": "Kim", "comment": "an advert"}
        assert (await place.call("POST", "/api/alerts/al-7c31/feedback", opinion))[0] == 201
        assert place.people.said == [("ack", "al-7c31", "Kim"), ("noise", "al-7c31", "Kim", "an advert")]
        assert (await place.call("POST", "/api/alerts/other/acknowledge", {"author": "Kim"}))[0] == 404


async def test_the_api_makes_lists_and_ends_silences() -> None:
    async with site() as place:
        wish = {
            "entity": "apple",
            "author": "Kim",
            "ends_at": "2026-11-26T09:00:00Z",
            "expression": '"recall" NEAR/5 apple',
        }
        status, made = await place.call("POST", "/api/silences", wish)
        assert status == 201
        assert (await place.call("GET", "/api/silences"))[1] == [made]
        assert (await place.call("DELETE", f"/api/silences/{made['id']}"))[0] == 204
        assert (await place.call("DELETE", f"/api/silences/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/alerts/al-7c31/feedback", {"kind": "rude", "author": "Kim"}, 400),
        ("/api/alerts/al-7c31/feedback", {"kind": "noise"}, 400),
        ("/api/alerts/al-7c31/acknowledge", {"author": 7}, 400),
        ("/api/alerts/al-7c31/acknowledge", {"author": "x" * 5_000}, 400),
        ("/api/alerts/al-7c31/acknowledge", ["author"], 400),
        ("/api/alerts/al-7c31/acknowledge", None, 415),
        ("/api/silences", {"author": "Kim", "ends_at": "2026-11-26T09:00:00Z"}, 400),
        ("/api/silences", {"entity": "a", "author": "Kim", "ends_at": "soon"}, 400),
        ("/api/silences", {"entity": "a", "author": "Kim", "ends_at": "2026-11-26T09:00:00"}, 400),
        ("/api/silences", {"entity": "a", "author": "Kim", "ends_at": "2020-11-26T09:00:00Z"}, 400),
        ("/api/silences", {"entity": "a", "author": "Kim", "ends_at": "2999-11-26T09:00:00Z"}, 400),
        ("/api/silences", {"expression": "(((", "author": "Kim", "ends_at": "2026-11-26T09:00:00Z"}, 400),
    ],
)
async def test_bad_bodies_are_refused_in_words_that_repeat_nothing(path: str, body: object, status: int) -> None:
    async with site() as place:
        found, answer = await place.call("POST", path, body)
        assert found == status
        assert set(answer) == {"error"}
        assert "rude" not in answer["error"]
        assert place.people.said == []


async def test_odd_requests_are_refused_not_failed_on() -> None:
    async with site() as place:
        path = "/api/alerts/al-7c31/acknowledge"
        deep = "[" * 5_000
        plain = {**place.bearer, "Content-Type": "text/plain"}
        as_json = {**place.bearer, "Content-Type": "application/json"}
        assert (await place.ask("POST", path, headers=plain, data="{}"))[0] == 415
        assert (await place.ask("POST", path, headers=as_json, data=deep))[0] == 400
        assert (await place.ask("POST", path, headers=as_json, data=b"\xff\xfe"))[0] == 400
        assert (await place.ask("POST", path, headers=as_json, data=b" " * 100_000))[0] == 413
        assert (await place.ask("GET", "/api/alerts?limit=-1", headers=place.bearer))[0] == 400
        assert (await place.ask("GET", "/api/alerts?limit=999999999999999999", headers=place.bearer))[0] == 400
        assert (await place.ask("PUT", "/api/alerts", headers=place.bearer))[0] == 405
        assert (await place.ask("GET", "/api/../etc/passwd", headers=place.bearer))[0] == 404
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=no-such"}
        assert (await place.ask("POST", link(Deed.USEFUL), headers=form, data=b"name=%ff"))[0] == 400
        many = {"Content-Type": "multipart/form-data; boundary=x"}
        assert (await place.ask("POST", link(Deed.USEFUL), headers=many, data=b"--x--"))[0] == 415


async def test_a_store_that_is_gone_is_said_without_its_place() -> None:
    async with site() as place:
        place.people.is_broken = True
        status, answer = await place.call("POST", "/api/alerts/al-7c31/acknowledge", {"author": "Kim"})
        assert status == 503
        assert "secret place" not in answer["error"]


async def test_connections_that_say_nothing_do_not_keep_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.entrypoints.web.server._CONNECTIONS", 5)
    monkeypatch.setattr("monitor.entrypoints.web.server._LIFETIME_S", 0.2)
    async with site() as place:
        idle = [await asyncio.open_connection("127.0.0.1", place.port) for _ in range(5)]
        # The sixth is turned away, and the five are ended after their time.
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        for silent, pen in idle:
            assert await silent.read() == b""
            pen.close()
        assert (await place.ask("GET", "/healthz"))[0] == 200


@pytest.mark.parametrize(
    ("listen", "token", "says"),
    [
        ("127.0.0.1:8437", "", None),
        ("[::1]:8437", "", None),
        ("0.0.0.0:8437", TOKEN, None),
        ("0.0.0.0:8437", "", "open to other machines"),
        ("127.0.0.1", "", "no port"),
        ("localhost:8437", "", "IP address"),
        ("127.0.0.1:99999", "", "IP address"),
        ("nonsense", "", "IP address"),
        ("127.0.0.1:8437", "short", "too short"),
    ],
)
def test_where_it_listens(listen: str, token: str, says: str | None) -> None:
    policy = WebPolicy(listen=listen, token=token)
    if says is None:
        assert listen_address(policy)[1] == 8437
    else:
        with pytest.raises(UsageError, match=says):
            listen_address(policy)


def test_the_names_it_answers_to() -> None:
    hosts = hosts_of(WebPolicy(listen="127.0.0.1:8437", base_url="https://Monitor.Example.org/x"))
    assert hosts == {"127.0.0.1:8437", "127.0.0.1", "localhost:8437", "localhost", "monitor.example.org"}


async def test_an_address_in_use_is_said() -> None:
    async with site() as place:
        desk = WebDesk(place.people, FakeRecords(place.people), load_wordings(), tuple, lambda: NOW)
        with pytest.raises(UsageError, match="cannot be listened on"):
            async with serve(desk, "127.0.0.1", place.port):
                pass
