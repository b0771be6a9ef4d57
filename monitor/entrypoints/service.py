"""The service: what app.py opens (its gear), the jobs of pipeline/, and the beats that run them."""

import asyncio
import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.long_lived import settle_anew
from monitor.adapters.yaml_settings.load import load_settings
from monitor.adapters.yaml_settings.ways import warnings_of
from monitor.app import feeds_of, look_back
from monitor.domain.errors import ConfigError, Fault, StoreError
from monitor.domain.notification import ChannelId, NoticeKind
from monitor.domain.report import AssessReport, CollectReport, DeliverReport
from monitor.domain.settings import Settings
from monitor.domain.story import StoryEdit
from monitor.entrypoints.channel_notices import word_on_channel
from monitor.entrypoints.daemon import Beat, Daemon, utc_now
from monitor.entrypoints.dead_man import DeadMan
from monitor.entrypoints.fallbacks import about_dead_letter, hand_over_due
from monitor.entrypoints.faults import Faults
from monitor.entrypoints.gear import Gear, close_gear, open_gear, secrets_of
from monitor.entrypoints.health_files import RUN, HealthFile
from monitor.entrypoints.nightly_canary import is_due, send_canary
from monitor.entrypoints.notices import send_feed_notices, send_notice, tell_of_unread
from monitor.entrypoints.own_health import own_ailments
from monitor.entrypoints.story_edits import edit_story
from monitor.entrypoints.upkeep import fold_held, prune_daily, upkeep
from monitor.entrypoints.websub import HubRounds
from monitor.observe import Log
from monitor.pipeline import Lane, assess, collect, deliver

_HEALTH_EVERY_S = 5.0
_UPKEEP_EVERY_S = 60.0
_LANES_S = 20.0


@dataclass(slots=True)
class Service:
    """One running installation."""

    config_dir: Path
    environ: Mapping[str, str]
    flags: Mapping[str, object]
    log: Log
    stream: TextIO
    store: DatabaseStore
    gear: Gear
    # When polling last got anywhere, at first the start; None where another process polls.
    last_round_at: datetime | None = field(default_factory=lambda: utc_now())
    store_fault: str = ""
    # The command that this process runs.
    role: str = RUN
    _sending: dict[ChannelId, asyncio.Task[None]] = field(default_factory=dict)
    _collecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _assessing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_reloading: bool = False
    _daemon: Daemon | None = None
    _dead_man: DeadMan = field(init=False)
    _health: HealthFile = field(init=False)
    # Those of single rounds and of the dead-man's URL; a daemon has its own.
    _faults: Faults = field(init=False)
    _hubs: HubRounds = field(init=False)

    def __post_init__(self) -> None:
        self._dead_man = DeadMan(self.last_round_at)
        self._health = HealthFile(self.role, utc_now())
        self._faults = Faults(self.log)
        self._hubs = HubRounds(self.log)

    async def run(self) -> None:
        """Run until a signal says stop."""
        daemon = self._daemon = Daemon(
            (
                Beat("collect", self._collect),
                Beat("assess", self._assess, wakes=("deliver",)),
                Beat("deliver", self._deliver),
                Beat("upkeep", self._upkeep, every_s=_UPKEEP_EVERY_S),
                Beat("health", self.write_health, every_s=_HEALTH_EVERY_S),
            ),
            self.log,
            reload=self.reload,
            replan=self.replan,
            is_alive=self._is_alive,
        )
        try:
            # One service on a store of this kind: what is claimed was claimed by an earlier life.
            await asyncio.to_thread(self.store.release_claims)
        except StoreError as error:
            # A disk that is full just now, say: these claims end by themselves.
            daemon.faults.failed("start", str(error))
        try:
            await daemon.run()
        finally:
            await self._end_sending()

    async def once(self) -> None:
        """One round: what is due now is polled, assessed and delivered."""
        await self._collect()
        while await self._assess():
            pass
        await self.fold_due()
        while True:
            reports = await asyncio.gather(*(self.send_due(lane) for lane in self.gear.lanes.values()))
            if not any(report.delivered for report in reports):
                break
        await self._tell_dead_man(await asyncio.to_thread(self.ailments))

    async def reload(self) -> None:
        """Take up a changed configuration; one with faults is refused and the one in use stays."""
        try:
            settings = await asyncio.to_thread(load_settings, self.config_dir, self.environ, self.flags)
            self._check_same_store(settings)
            gear = await asyncio.to_thread(open_gear, settings, self.store, self.stream)
        except (ConfigError, StoreError) as error:
            self.log.warn("config.refused", faults=str(error))
            return
        self.log.hide(secrets_of(settings))
        if settings.policy.web.listen != self.gear.settings.policy.web.listen:
            self.log.warn("config.doubted", text="web.listen: another address is taken up by the next start")
        try:
            old = await self._exchange(gear)
        except StoreError as error:
            self.log.warn("config.refused", faults=str(error))
            await close_gear(gear)
            return
        await self._end_sending()
        await close_gear(old)
        settle_anew()
        self.say_config()

    async def _exchange(self, gear: Gear) -> Gear:
        """Have *gear* in place of those in use, which are returned; where the store can't follow, those stay."""
        self._is_reloading = True  # where feeds are always due, a round ends when it is asked to
        try:
            async with self._collecting, self._assessing:
                await asyncio.to_thread(self.store.sync_feeds, feeds_of(gear.settings), utc_now())
                await asyncio.to_thread(look_back, gear.settings, self.store, gear.brain)
                old, self.gear = self.gear, gear
                return old
        finally:
            self._is_reloading = False

    def _check_same_store(self, settings: Settings) -> None:
        # What runs would go on with the store it has, while commands beside it read the other one.
        if settings.storage != self.gear.settings.storage:
            fault = "another store is taken up by a start, not by SIGHUP: start the service anew"
            raise ConfigError((Fault(str(self.config_dir / "monitor.yaml"), 0, 0, "storage", fault),))

    def say_config(self) -> None:
        settings = self.gear.settings
        self.log.event(
            "config.loaded",
            version=settings.version,
            feeds=sum(feed.is_enabled for feed in settings.feeds),
            entities=len(settings.entities()),
            rules=sum(len(watchlist.rules) for watchlist in settings.watchlists),
            channels=len(settings.channels),
        )
        for warning in warnings_of(settings):
            self.log.warn("config.doubted", text=str(warning))

    async def _collect(self) -> bool:
        async with self._collecting:
            report = await collect(
                utc_now,
                self.store,
                self.gear.intakes.by_kind,
                self.gear.settings.policy,
                is_stopping=lambda: self._is_stopping() or self._is_reloading,
                on_saved=self._wake_assess,
                on_polled=self.note_round,
                on_report=self.tell_collected,
            )
        self.note_round()
        await self.tell_collected(report)
        return bool(report.articles_new or report.articles_edited)

    async def _assess(self) -> bool:
        async with self._assessing:
            started = time.monotonic()
            report = await asyncio.to_thread(assess, utc_now(), self.gear.desk)
        self.log.assessed(report, time.monotonic() - started)
        await self.tell_of_faults(report)
        (self._daemon.faults if self._daemon else self._faults).models(report)
        if self._daemon and report.articles:
            self._daemon.wake("assess")
        return bool(report.articles)

    async def _deliver(self) -> bool:
        """Start the lanes that stand still; a lane that hangs keeps nobody waiting."""
        await self.fold_due()
        waiting = await asyncio.to_thread(self.store.due_channels, utc_now())
        for channel_id, lane in self.gear.lanes.items():
            if channel_id in waiting and channel_id not in self._sending:
                task = asyncio.create_task(self._lane(lane))
                self._sending[channel_id] = task
                task.add_done_callback(functools.partial(self._lane_ended, channel_id))
        return False

    async def _lane(self, lane: Lane) -> None:
        while not self._is_stopping():
            report = await self.send_due(lane)
            if not report.delivered or report.resting_until:
                return

    def _lane_ended(self, channel: ChannelId, task: "asyncio.Task[None]") -> None:
        self._sending.pop(channel, None)
        if self._daemon is not None and not task.cancelled():
            self._daemon.note_end(f"deliver {channel}", task.exception())

    async def fold_due(self) -> None:
        """Turn what was held until now into messages that wait."""
        self.log.unlisted(await asyncio.to_thread(fold_held, self.store, self.gear.desk.bench, utc_now()))

    async def send_due(self, lane: Lane) -> DeliverReport:
        started, bench, policy = time.monotonic(), self.gear.desk.bench, self.gear.settings.policy.delivery
        report = await deliver(
            utc_now,
            self.store,
            lane,
            policy,
            follow=lambda letter: about_dead_letter(self.store, bench, letter, utc_now()),
        )
        self.log.delivered(report, time.monotonic() - started)
        for letter in report.dead:
            text = f"{letter.message.subject} ({report.last_fault or 'refused'})"
            self.log.warn("notice.raised", kind=str(NoticeKind.DEAD_LETTER), about=str(lane.channel.id), text=text)
        await self._tell_of_channel(lane, report)
        channels, patience = self.gear.settings.channels, policy.hand_over_after
        await asyncio.to_thread(hand_over_due, self.store, channels, lane, utc_now(), patience)
        return report

    async def _upkeep(self) -> bool:
        await self.upkeep_round()
        return False

    async def upkeep_round(self) -> None:
        """The small regular jobs, once."""
        async with self._assessing:
            report = await asyncio.to_thread(upkeep, self.store, self.gear.desk, utc_now())
        done = dict(report.done)
        self.log.failed_on(report.closed)
        await self.tell_of_faults(report.closed)
        if pruned := await asyncio.to_thread(prune_daily, self.store, self.gear.settings, utc_now()):
            done["prune"] = pruned
        for key, count in done.items():
            self.log.event("upkeep.finished", job=key, count=count)
        await self._hubs.run(self.gear.settings, self.store, utc_now())
        if await asyncio.to_thread(is_due, self.gear.settings, self.store, utc_now()):
            await send_canary(self.gear.settings, self.store, self.gear.desk.bench, self.log, utc_now)

    async def tell_of_faults(self, report: AssessReport) -> None:
        """Let people hear of what the program failed on."""
        if report.unread or report.unjudged:
            await asyncio.to_thread(tell_of_unread, self.store, self.gear.desk.bench, utc_now())

    async def tell_collected(self, report: CollectReport) -> None:
        """Say what came of polling, to the log and to those whom the rules for feeds name."""
        self.log.collected(report)
        if report.new_hubs:
            await self._hubs.hasten(self.store, utc_now())
        told = report.notices
        for one in told:
            self.log.warn("notice.raised", kind="feed-unhealthy", about=one.feed, text=one.text)
        if told:
            bench = self.gear.desk.bench
            await asyncio.to_thread(send_feed_notices, self.store, self.gear.settings, bench, told, utc_now())

    async def write_health(self) -> bool:
        """Say how we are in a file that `monitor healthcheck` reads, and tell the dead-man's URL of healthy rounds."""
        found = await asyncio.to_thread(self.ailments)
        await asyncio.to_thread(self._health.write, self.gear.settings, found, utc_now())
        await self._tell_dead_man(found)
        return False

    def leave(self) -> None:
        """Be missed by nobody: this is no death."""
        self._health.end()

    async def _tell_dead_man(self, found: Sequence[str]) -> None:
        fault = await self._dead_man.tell(self.gear.settings, self.last_round_at, found)
        if fault:
            self._faults.failed("heartbeat", fault)
        elif fault is not None:
            self._faults.went_well("heartbeat")

    async def edit_story(self, edit: StoryEdit, author: str) -> StoryEdit:
        """What a person says of a story, between two rounds of assessing: none saves what it knew before over it."""
        async with self._assessing:
            background = self.gear.desk.bench.background
            return await asyncio.to_thread(edit_story, edit, author, utc_now(), self.store, background)

    def ailments(self) -> tuple[str, ...]:
        """Every reason to call the service unwell."""
        return own_ailments(self.store, self.gear.settings, self.last_round_at, utc_now())

    async def replan(self, now: datetime, jump: timedelta) -> None:
        """After the clock was set by *jump*: nothing is parked for as long as that."""
        await asyncio.to_thread(self.store.replan, now, jump, self.gear.settings.policy.poll.longest)

    async def _is_alive(self) -> bool:
        if self._daemon is None or self._daemon.pulse.stale():
            return False
        try:
            await asyncio.to_thread(self.store.ping)
        except StoreError as error:
            self.store_fault = str(error)
            return False
        return True

    def note_round(self) -> None:
        """A sign of life: feeds were polled and saved, or none was due. A round goes on for as long as some are due."""
        self.last_round_at = utc_now()
        if self._daemon is not None:
            self._daemon.pulse.beat("collect")

    def _is_stopping(self) -> bool:
        return self._daemon is not None and self._daemon.is_stopping

    def _wake_assess(self) -> None:
        if self._daemon is not None:
            self._daemon.wake("assess")

    async def _tell_of_channel(self, lane: Lane, report: DeliverReport) -> None:
        """Tell the other channels that one takes nothing, and that it does again."""
        bench, policy = self.gear.desk.bench, self.gear.settings.policy.delivery
        word = word_on_channel(lane, report, policy, utc_now())
        if word is None:
            return
        notice, period = word
        told = await asyncio.to_thread(send_notice, self.store, bench, notice, lane.channel.id, utc_now(), period)
        if told or max(lane.health.failures, lane.health.refusals) == policy.dead_after_failures:
            self.log.warn("notice.raised", kind=str(notice.kind), about=notice.name, text=notice.detail)

    async def _end_sending(self) -> None:
        tasks = list(self._sending.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_LANES_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
