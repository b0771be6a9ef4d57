"""
The canary: an article of our own, served on loopback, followed through every step to every channel.

It runs on a store of its own that is thrown away, with the channels, limits and language packs of the
installation: what it proves is that an attack on a watched company would be told.
"""

import dataclasses
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from pathlib import Path

from aiohttp import web

from monitor.app import feeds_of, open_brain, open_desk, open_intakes, open_lanes, open_store
from monitor.domain.errors import StoreError
from monitor.domain.feed import Feed, FeedId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.model_policy import EmbeddingsPolicy, SecondReaderPolicy
from monitor.domain.notification import ChannelKind
from monitor.domain.policy import WebPolicy
from monitor.domain.settings import Settings
from monitor.domain.watchlist import Digest, Entity, EntityId, Rule, RuleId, Severity, Watchlist
from monitor.entrypoints.daemon import utc_now
from monitor.pipeline import Lane, assess, collect, deliver

ENTITY = "Canary Testbird Works"
CHANNEL_STEP = "channel "
_ID = "canary-testbird-works"
_LOOPBACK = "127.0.0.0/8"
_TITLE = f"{ENTITY} hit by ransomware (this is a test of News Monitor)"
_TEXT = (
    f"{ENTITY} was hit by a ransomware attack. The company confirmed that its servers had been encrypted."
    " This article is a canary: News Monitor made it to test itself, nobody was attacked."
)


@dataclasses.dataclass(frozen=True, slots=True)
class CanaryStep:
    """One step of the way, how long it took, and what went wrong, if anything."""

    name: str
    took_ms: int
    fault: str = ""


async def run_canary(settings: Settings) -> tuple[CanaryStep, ...]:
    """Send the canary; a step that failed is the last one, except that every channel is tried."""
    with tempfile.TemporaryDirectory(prefix="canary") as folder:
        async with _served() as url:
            return await _follow(_prepared(settings, url, Path(folder)))


def _prepared(settings: Settings, url: str, folder: Path) -> Settings:
    # Quiet hours and digests are wishes of people; the question here is whether the way is open.
    channels = tuple(
        dataclasses.replace(
            channel, min_severity=Severity.INFO, tags=frozenset(), watchlists=frozenset(), languages=frozenset(),
            hours=None, quiet=None, digest=Digest.NONE,
        )
        for channel in settings.channels
    )  # fmt: skip
    return dataclasses.replace(
        settings,
        storage=f"sqlite:///{folder / 'canary.db'}",
        seeds=(),
        allow_private_addresses=(*settings.allow_private_addresses, _LOOPBACK),
        feeds=(Feed(FeedId("canary"), url, rings_always=True),),
        channels=channels,
        watchlists=(_watchlist(settings),),
        # The article of the canary is nobody's business but ours, and links of its messages would lead to no alert.
        policy=dataclasses.replace(
            settings.policy,
            alerts=dataclasses.replace(settings.policy.alerts, group_wait=timedelta(0)),
            second_reader=SecondReaderPolicy(),
            embeddings=EmbeddingsPolicy(),
            web=WebPolicy(),
        ),
    )


def _watchlist(settings: Settings) -> Watchlist:
    """The canary alone, heard of on every channel."""
    rule = Rule(
        id=RuleId("canary"),
        watchlist="canary",
        entity_ids=frozenset({EntityId(_ID)}),
        roles=frozenset({str(Role.VICTIM)}),
        attacks=frozenset(map(str, AttackType)),
        statuses=frozenset(map(str, Status)),
        severity=Severity.CRITICAL,
        channels=tuple(str(channel.id) for channel in settings.channels),
    )
    return Watchlist("canary", (Entity(EntityId(_ID), ENTITY),), (rule,))


async def _follow(settings: Settings) -> tuple[CanaryStep, ...]:
    steps: list[CanaryStep] = []
    screen = StringIO()
    brain = open_brain(settings)
    intakes = open_intakes(settings)
    lanes = open_lanes(settings, screen)
    try:
        with open_store(settings, utc_now()) as store:
            store.sync_feeds(feeds_of(settings), utc_now())
            watch = _Watch(steps)
            polled = await collect(utc_now, store, intakes.by_kind, settings.policy)
            fault = polled.failures[0].reason if polled.failures else ""
            if not watch.step("polled and stored", fault or ("" if polled.articles_new == 1 else "no article came")):
                return tuple(steps)
            found = assess(utc_now(), open_desk(settings, store, brain, utc_now()))
            if not watch.step("detected", "" if found.under_attack else "the victim was not recognised"):
                return tuple(steps)
            if not watch.step("grouped and decided", "" if found.alerts else "no rule spoke"):
                return tuple(steps)
            for lane in lanes:
                report = await deliver(utc_now, store, lane, settings.policy.delivery)
                watch.step(
                    f"{CHANNEL_STEP}{lane.channel.id}", "" if report.delivered else _why(lane, report.last_fault)
                )
    except StoreError as error:
        steps.append(CanaryStep("store", 0, str(error)))
    finally:
        await intakes.close()
        for lane in lanes:
            await lane.sender.close()
        brain.close()
    return tuple(steps)


def _why(lane: Lane, fault: str) -> str:
    return fault or ("nothing was written" if lane.channel.kind is ChannelKind.CONSOLE else "it took nothing")


class _Watch:
    """Times the steps."""

    def __init__(self, steps: list[CanaryStep]) -> None:
        self._steps = steps
        self._since = time.monotonic()

    def step(self, name: str, fault: str) -> bool:
        """Note a step; True where it went well."""
        now = time.monotonic()
        self._steps.append(CanaryStep(name, round((now - self._since) * 1000), fault))
        self._since = now
        return not fault


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    """An RSS feed with the canary in it, on a free port of this machine."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=_rss(utc_now()).encode(), content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/canary.xml", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        addresses: Sequence[tuple[str, int]] = runner.addresses
        yield f"http://127.0.0.1:{addresses[0][1]}/canary.xml"
    finally:
        await runner.cleanup()


def _rss(now: datetime) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Canary</title><link>https://canary.invalid/</link>'
        f"<item><title>{_TITLE}</title><guid>canary-{now:%Y%m%dT%H%M%S}</guid>"
        f"<link>https://canary.invalid/{now:%Y%m%dT%H%M%S}</link>"
        f"<description>{_TEXT}</description><pubDate>{format_datetime(now)}</pubDate></item></channel></rss>"
    )
