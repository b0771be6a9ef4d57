"""The web server from outside: who may ask what."""

import asyncio
import contextlib
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.packaged.messages import load_wordings
from monitor.domain.alert import Alert, AlertId
from monitor.domain.errors import UsageError
from monitor.domain.policy import WebPolicy
from monitor.domain.story import Quote, Story
from monitor.entrypoints.web.desk import WatchedIds, WebDesk
from monitor.entrypoints.web.server import build, hosts_of, serve
from monitor.stages.addresses import listen_address
from monitor.stages.compose.signed_links import Deed
from monitor.stages.decide.quoting import Quoted
from tests.entrypoints.web.web_site import ALERT, TOKEN, FakePeople, FakeRecords, link, site
from tests.occasions import NOW


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


def test_what_listens_everywhere_is_reached_on_loopback_by_its_address() -> None:
    hosts = hosts_of(WebPolicy(listen="0.0.0.0:8437", token=TOKEN))
    assert {"127.0.0.1:8437", "[::1]:8437", "localhost:8437"} <= hosts
    assert "10.0.0.7:8437" not in hosts


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


async def test_a_silence_over_what_nobody_watches_is_refused() -> None:
    class NoStory(FakeRecords):
        def story(self, story_id: str) -> Story | None:
            return None if story_id == "st-none" else super().story(story_id)

    wish = {"author": "Kim", "ends_at": (NOW + timedelta(hours=4)).isoformat()}
    known = WatchedIds(frozenset({"apple"}), frozenset({"hit"}))
    async with site(watched=lambda: known, records=NoStory(FakePeople())) as place:
        for named, status in (
            ({"entity": "aple"}, 400),
            ({"rule": "hitt"}, 400),
            ({"story": "st-none"}, 400),
            ({"entity": "apple", "rule": "hit"}, 201),
        ):
            assert (await place.call("POST", "/api/silences", wish | named))[0] == status


async def test_the_page_of_an_alert_quotes_what_is_retold_for_its_reader() -> None:
    def in_dutch(alert: Alert, story: Story, language: str) -> Quoted:
        return Quoted(alert.entities, (Quote(f"Dit staat er in het {language}.", story.sources[0].article_id),))

    async with site(retold=in_dutch) as place:
        status, page = await place.ask("GET", link(Deed.CONSOLE, "nl"))
        assert status == 200
        assert "Dit staat er in het nl." in page


async def test_who_takes_care_already_is_said_before_the_button() -> None:
    class Taken(FakeRecords):
        def alert(self, alert_id: str) -> Alert | None:
            return replace(ALERT, id=AlertId(alert_id), acknowledged_by="Kim <b>")

    async with site(records=Taken(FakePeople())) as place:
        _, page = await place.ask("GET", link(Deed.ACKNOWLEDGE))
        assert page.index("Kim &lt;b&gt; takes care of it.") < page.index("<form")
        assert "takes care of it" not in (await place.ask("GET", link(Deed.SILENCE)))[1]


async def test_the_api_makes_lists_and_ends_silences() -> None:
    async with site() as place:
        wish = {
            "entity": "apple",
            "author": "Kim",
            "ends_at": "2026-11-26T11:00:00+02:00",
            "expression": '"recall" NEAR/5 apple',
        }
        status, made = await place.call("POST", "/api/silences", wish)
        assert (status, made["ends_at"]) == (201, "2026-11-26T09:00:00+00:00")
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
        # Misspelt, it would silence more than was meant.
        ("/api/silences", {"entity": "a", "rude": "b", "author": "Kim", "ends_at": "2026-11-26T09:00:00Z"}, 400),
        ("/api/alerts/al-7c31/feedback", {"kind": "noise", "author": "Kim", "rude": "apple"}, 400),
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


@pytest.mark.parametrize(
    "said",
    [
        b"GET /do/" + b"a" * 6_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: \x01\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET / HTTP/9.9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
    ],
    ids=["a long line", "a sign in a header", "a length that is none", "a version", "TLS"],
)
async def test_what_is_no_http_fills_no_log(said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with site() as place:
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        writer.write(said)
        assert b" 400 " in await reader.readline()
        writer.close()
    assert caplog.records == []


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
        monkeypatch.undo()
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
