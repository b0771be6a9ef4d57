"""
What arrives at services: each played on loopback, answering as its documentation says.

Services whose address is fixed are played too: the test leads their requests to loopback, below
everything that is ours.
"""

import asyncio
import importlib
import io
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from monitor.adapters.senders.apprise_child import LastLog, send
from monitor.adapters.senders.apprise_sender import job_of
from monitor.adapters.senders.open_sender import open_sender
from monitor.adapters.senders.wire_record import WireRecord, record_requests
from monitor.domain.notification import Outcome
from tests.adapters.senders.receivers import HttpReceiver, http_receiver
from tests.adapters.senders.test_senders import PATIENT, notification
from tests.occasions import NOW, channel

# Apprise loads a library that loads a module on its way out of Python.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TELEGRAM = "tgram://123456789:abcdefghijklmnopqrst/12315544"
TEAMS = "workflows://prod.example:443/workflow/signature"
PAGERDUTY = f"pagerduty://{'a' * 32}@{'b' * 32}"

MATRIX = "matrixs://user:secret@matrix.example/!room:h"
NTFY = "ntfys://ntfy.example/topic"
GOLDEN = Path(__file__).parents[2] / "golden" / "wire"

TEXT_KEYS = ("text", "body", "message", "attachments", "embeds")
MATRIX_ANSWERS = {"access_token": "t", "user_id": "@u:h", "device_id": "d", "room_id": "!room:h", "event_id": "$1"}


class Services(HttpReceiver):
    """Answers as the service at that path would."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await super().answer(request)
        host = request.path.split("/")[1]
        if request.path.endswith("/.well-known/matrix/client"):
            return web.json_response({"m.homeserver": {"base_url": "https://matrix.example"}})
        if host == "hooks.slack.com":
            return web.Response(text="ok")
        if host == "discord.com":
            return web.Response(status=204)
        if host == "prod.example":
            return web.Response(status=202)
        if host == "events.pagerduty.com":
            return web.json_response({"status": "success", "dedup_key": "x"}, status=202)
        return web.json_response({"ok": True, "result": {}, **MATRIX_ANSWERS})


@pytest.fixture
def rerouted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Leads `https://host/path` to `http://loopback/host/path`; the test fills in the port and may set a mood."""
    place: dict[str, Any] = {"port": 0, "mood": ""}
    requests: Any = importlib.import_module("requests")
    real = requests.adapters.HTTPAdapter.send

    def redirected(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(request.url)
        path = f"/{place['mood']}" if place["mood"] else f"/{parts.hostname}{parts.path}"
        request.url = f"http://127.0.0.1:{place['port']}{path}?{parts.query}"
        return real(self, request, *args, **{**kwargs, "verify": False})

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", redirected)
    monkeypatch.setattr("requests.sessions.HTTPAdapter", requests.adapters.HTTPAdapter)
    return place


async def through(url: str, rerouted: dict[str, Any], mood: str = "") -> tuple[Any, list[dict[str, Any]]]:
    """Send to the fixed address of *url*; the attempt, and the JSON that arrived."""
    target = channel(url)
    wire = WireRecord()
    record_requests(wire)
    async with http_receiver(Services()) as receiver:
        rerouted |= {"port": receiver.port, "mood": mood}
        attempt = await asyncio.to_thread(send, job_of(notification(target), target, NOW), wire, LastLog())
        return attempt, [_read(post.body) for post in receiver.posts if post.body]


def _read(body: bytes) -> Any:
    text = body.decode()
    return json.loads(text) if text.startswith("{") else {}


async def test_slack_gets_blocks(rerouted: dict[str, Any]) -> None:
    attempt, (body,) = await through(SLACK, rerouted)
    assert attempt.outcome is Outcome.DELIVERED
    (attachment,) = body["attachments"]
    assert attachment["blocks"][0]["type"] == "header"
    assert attachment["blocks"][0]["text"]["text"].startswith("CRITICAL - Apple - ransomware")
    texts = [block["text"]["text"] for block in attachment["blocks"] if block["type"] == "section"]
    assert any("systems of *Apple* and wants" in text for text in texts)


async def test_discord_gets_an_embed_that_calls_nobody(rerouted: dict[str, Any]) -> None:
    attempt, (body,) = await through(DISCORD, rerouted)
    assert attempt.outcome is Outcome.DELIVERED
    assert body["allowed_mentions"] == {"parse": []}
    assert body["embeds"][0]["url"] == "https://news.example/apple?id=5"
    assert "avatar_url" not in body


async def test_teams_gets_a_card(rerouted: dict[str, Any]) -> None:
    attempt, (body,) = await through(TEAMS, rerouted)
    assert attempt.outcome is Outcome.DELIVERED
    assert body["attachments"][0]["content"]["type"] == "AdaptiveCard"


async def test_telegram_gets_light_html(rerouted: dict[str, Any]) -> None:
    attempt, (body,) = await through(TELEGRAM, rerouted)
    assert attempt.outcome is Outcome.DELIVERED
    assert body["parse_mode"] == "HTML"
    assert '<a href="https://news.example/apple?id=5">Gang says it locked' in body["text"]
    assert body["disable_web_page_preview"] is True


async def test_pagerduty_gets_the_severity(rerouted: dict[str, Any]) -> None:
    attempt, (body,) = await through(PAGERDUTY, rerouted)
    assert attempt.outcome is Outcome.DELIVERED
    assert body["payload"]["severity"] == "critical"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("slack", SLACK),
        ("discord", DISCORD),
        ("telegram", TELEGRAM),
        ("teams", TEAMS),
        ("matrix", MATRIX),
        ("ntfy", NTFY),
    ],
)
async def test_what_arrives_is_the_golden_file_whole(name: str, url: str, rerouted: dict[str, Any]) -> None:
    attempt, arrived = await through(url, rerouted)
    assert attempt.outcome is Outcome.DELIVERED, attempt.detail
    # Matrix wants a login and more before, and gets nothing of ours with it.
    told = [without_noise(one) for one in arrived if set(TEXT_KEYS) & set(one)]
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("MONITOR_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    whole = text.replace("\\", "")
    for words in ("CRITICAL - Apple - ransomware", "Night Heron", "zeitung.example", "under-attack", "al-7c31"):
        assert words in whole


def without_noise(body: Any) -> Any:
    """What arrived, but for a ticket or a moment of Apprise's own."""
    return (
        {key: value for key, value in body.items() if key not in {"ts", "device_id"}}
        if isinstance(body, dict)
        else body
    )


@pytest.mark.parametrize("url", [SLACK, DISCORD, TELEGRAM, TEAMS])
@pytest.mark.parametrize(
    ("mood", "outcome", "retry_after_s"),
    [
        ("429", Outcome.RETRY, 77.0),
        ("500", Outcome.RETRY, 77.0),
        ("404", Outcome.REJECTED, None),
        ("403", Outcome.REJECTED, None),
        ("login", Outcome.REJECTED, None),
    ],
)
async def test_what_services_refuse(
    url: str, mood: str, outcome: Outcome, retry_after_s: float | None, rerouted: dict[str, Any]
) -> None:
    target = channel(url)
    wire = WireRecord()
    record_requests(wire)
    async with http_receiver() as receiver:
        rerouted |= {"port": receiver.port, "mood": mood}
        attempt = await asyncio.to_thread(send, job_of(notification(target), target, NOW), wire, LastLog())
    assert attempt.outcome is outcome
    assert attempt.retry_after_s == retry_after_s


@pytest.mark.parametrize(
    ("url", "where", "holds"),
    [
        ("matrix://user:secret@127.0.0.1:{port}/!room:h", "/send/m.room.message", "formatted_body"),
        ("ntfy://127.0.0.1:{port}/topic", "/", "CRITICAL - Apple"),
        ("mmost://127.0.0.1:{port}/3ccdd113474722377935511fc85d3dd4", "/hooks/", "CRITICAL - Apple"),
        ("gotify://127.0.0.1:{port}/abcdefghijk", "/message", "CRITICAL - Apple"),
        ("signal://127.0.0.1:{port}/15551232000/15551232001", "/v2/send", "CRITICAL - Apple"),
        ("mastodon://token@127.0.0.1:{port}", "/api/v1/statuses", "CRITICAL - Apple"),
        ("form://127.0.0.1:{port}/x", "/x", "CRITICAL"),
    ],
)
async def test_services_one_can_host_get_it_through_the_locked_process(url: str, where: str, holds: str) -> None:
    async with http_receiver(Services()) as receiver:
        target = channel(url.format(port=receiver.port))
        sender = open_sender(target, PATIENT, allowed=("127.0.0.0/8",), stream=io.StringIO(), user_agent="x")
        delivery = await sender.send(notification(target), NOW)
        await sender.close()
        assert delivery.outcome is Outcome.DELIVERED, delivery.detail
        arrived = [post.body.decode() for post in receiver.posts if where in post.path]
    assert any(holds in body or holds in str(parse_qs(body)) for body in arrived)


async def test_ntfy_opens_the_report_and_rings_louder() -> None:
    async with http_receiver() as receiver:
        target = channel(f"ntfy://127.0.0.1:{receiver.port}/topic")
        sender = open_sender(target, PATIENT, allowed=("127.0.0.0/8",), stream=io.StringIO(), user_agent="x")
        await sender.send(notification(target), NOW)
        await sender.close()
        (post,) = receiver.posts
    assert post.headers["X-Click"] == "https://news.example/apple?id=5"
    assert post.headers["X-Priority"] == "high"
