"""Passwords and tokens in the addresses of feeds: shown by no command, log, page or notice."""

import asyncio
import io
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from monitor.adapters.yaml_settings.load import feed_id, load_settings
from monitor.domain.errors import ConfigError
from monitor.domain.feed import Feed, FeedId, shown_url
from monitor.domain.report import CollectReport, FeedNote
from monitor.entrypoints.gear import secrets_of
from monitor.entrypoints.opening import open_service
from monitor.observe import open_log
from tests.processes import Installation, install

PASSWORD, TOKEN = "hunter2hunter2", "tok-4711-secret"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/feed", "https://a.example/feed"),
        ("https://kim:pw@a.example:8443/feed", "https://a.example:8443/feed"),
        ("https://pw@a.example/feed", "https://a.example/feed"),
        ("https://a.example/feed?token=abc&page=2", "https://a.example/feed?token=***&page=2"),
        ("https://a.example/feed?api_key=abc&X-Sig=x&sig=y", "https://a.example/feed?api_key=***&X-Sig=x&sig=***"),
        ("https://a.example/feed?keyword=attack&author=kim", "https://a.example/feed?keyword=attack&author=kim"),
        ("https://a.example/feed?token=", "https://a.example/feed?token="),
        ("seeds", "seeds"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_what_must_not_be_logged_is_known() -> None:
    feed = Feed(FeedId("f"), "https://kim:pass%20word@a.example/x?token=a%2Fbcd&key=1&q=news")
    assert set(feed.secrets()) == {"pass%20word", "a%2Fbcd", "a/bcd", "1"}
    assert Feed(FeedId("f"), "https://only-a-token@a.example/x").secrets() == ("only-a-token",)


@pytest.mark.parametrize("address", ["https://a.example/feed?lang=nl&token={}", "https://kim:{}@a.example/x?page=2"])
def test_a_feed_stays_the_one_it_was_when_its_secret_is_changed(address: str) -> None:
    one, other = (feed_id(address.format(secret)) for secret in (TOKEN, "another-token"))
    assert one == other
    assert TOKEN not in one
    assert feed_id(address.replace("a.example", "b.example")) != one


def test_long_addresses_have_ids_of_their_own() -> None:
    one, other = (feed_id(f"https://a.example/{'x' * 90}/{end}?token={TOKEN}") for end in "ab")
    assert one != other


def test_feeds_that_only_their_secrets_tell_apart_need_an_id(tmp_path: Path) -> None:
    installation = install(tmp_path)
    installation.write(
        "config/feeds.yaml", "feeds: ['https://a.example/f?token=abcd', 'https://a.example/f?token=efgh']\n"
    )
    with pytest.raises(ConfigError, match='the feed "a-example-f-token" stands twice: give one of them an "id"'):
        load_settings(installation.config, {})


class Closed:
    """A feed that moves for good, and one that is refused; both with the secrets that they were asked with."""

    async def moved(self, request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"/new?token={request.query['token']}")

    async def refused(self, request: web.Request) -> web.Response:
        return web.Response(status=403, text=f"no access for {request.query_string}")

    async def new(self, request: web.Request) -> web.Response:
        body = (
            '<rss version="2.0"><channel><title>New</title><item><title>A</title><guid>1</guid></item></channel></rss>'
        )
        assert request.query["token"] == TOKEN
        return web.Response(text=body, content_type="application/rss+xml")


def written(installation: Installation, base: str) -> None:
    host = base.removeprefix("http://")
    installation.write(
        "config/monitor.yaml",
        "seeds: []\nallow_private_addresses: [127.0.0.0/8]\npoll: {shortest: 1s, redirect_holds: 1}\n"
        "web: {listen: '127.0.0.1:0', token: tttttttttttttttttttttttt}\n",
    )
    installation.write(
        "config/feeds.yaml",
        "feeds:\n"
        f"  - {{url: 'http://kim:{PASSWORD}@{host}/moved?token={TOKEN}', rings: always}}\n"
        f"  - {{url: 'http://kim:{PASSWORD}@{host}/refused?token={TOKEN}', rings: always}}\n",
    )


async def test_no_command_log_page_or_notice_shows_them(tmp_path: Path) -> None:
    installation, stand, log, screen = install(tmp_path), Closed(), io.StringIO(), io.StringIO()
    app = web.Application()
    for name in ("moved", "refused", "new"):
        app.router.add_get(f"/{name}", getattr(stand, name))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        written(installation, f"http://127.0.0.1:{runner.addresses[0][1]}")
        installation.write("config/channels.yaml", "channels: {screen: {console: true, default: true}}\n")
        told = open_log(log, as_json=True, secrets=tuple)
        async with open_service(installation.config, {}, {}, told, screen) as service:
            told.hide(secrets_of(service.gear.settings))
            await service.once()
            await service.tell_collected(
                CollectReport(
                    notices=tuple(
                        FeedNote(str(feed.id), f"a fault of {feed.url}") for feed in service.gear.settings.feeds
                    )
                )
            )
            shown = [str(await service_page(log, path)) for path in ("/healthz", "/api/alerts", "/api/stories")]
        commands = (
            ("feeds", "list", "--all", "-o", "json"),
            ("feeds", "list"),
            ("feeds", "health", "--all", "-o", "json"),
            ("feeds", "export"),
            ("doctor",),
            ("db", "backup"),
            ("check",),
            ("articles", "list", "-o", "json"),
            ("channels", "list"),
        )
        for words in commands:
            done = await asyncio.to_thread(installation.told, *words, check=False)
            shown += [done.stdout, done.stderr]
        assert "/moved" in shown[3]
    finally:
        await runner.cleanup()
    everything = "\n".join([*shown, log.getvalue(), screen.getvalue()])
    assert "feed.failed" in everything
    for secret in (PASSWORD, TOKEN):
        assert secret not in everything


async def service_page(log: io.StringIO, path: str) -> str:
    """What the web server of the running service answers."""
    port = log.getvalue().partition('"port": ')[2].partition("}")[0].partition(",")[0]
    headers = {"Authorization": "Bearer tttttttttttttttttttttttt"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.get(f"http://127.0.0.1:{port}{path}") as response,
    ):
        return await response.text()


async def test_the_secrets_of_a_changed_configuration_are_hidden_as_well(tmp_path: Path) -> None:
    installation, log = install(tmp_path), io.StringIO()
    told = open_log(log, as_json=True, secrets=tuple)
    async with open_service(installation.config, {}, {}, told, io.StringIO()) as service:
        installation.write("config/feeds.yaml", f"feeds: [{{url: 'https://a.example/x?token={TOKEN}'}}]\n")
        await service.reload()
        told.warn("notice.raised", text=f"something with {TOKEN} in it")
    assert "something with ***" in log.getvalue()
