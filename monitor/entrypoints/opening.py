"""Opens the service: the store and its lock, the gear, the web server; and closes them in turn."""

import dataclasses
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from monitor import STAGES, __version__
from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import feeds_of, look_back, only_service_on, open_store
from monitor.domain.settings import Settings
from monitor.entrypoints.daemon import utc_now
from monitor.entrypoints.gear import close_gear, open_gear
from monitor.entrypoints.health_files import RUN
from monitor.entrypoints.service import Service
from monitor.entrypoints.web.hubs import open_hub_desk
from monitor.entrypoints.web.server import open_web_desk, serve
from monitor.observe import Log
from monitor.stages.addresses import listen_address


@asynccontextmanager
async def open_service(
    config_dir: Path,
    environ: Mapping[str, str],
    flags: Mapping[str, object],
    log: Log,
    stream: TextIO,
    *,
    hurried: bool = False,
    serves: bool = True,
    role: str = RUN,
) -> AsyncIterator[Service]:
    """
    Everything ready to run; *hurried* sends first messages without waiting for a second outlet, and
    without *serves* the web server stays off, as for the second process on a machine; *role* is the command.

    Raises:
        ConfigError, StoreError: it cannot start, and why.
    """
    settings = load_settings(config_dir, environ, flags)
    if hurried:
        settings = _without_waiting(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_service_on(settings))
        store = stack.enter_context(open_store(settings, utc_now()))
        store.sync_feeds(feeds_of(settings), utc_now())
        store.take_over_feedback()
        gear = open_gear(settings, store, stream)
        service = Service(config_dir, environ, flags, log, stream, store, gear, role=role)
        look_back(settings, store, service.gear.brain)
        log.event("monitor.started", version=__version__, stages=STAGES, config=str(config_dir), pid=os.getpid())
        for warning in store.database.warnings():
            log.event("store.warning", text=warning)
        service.say_config()
        if settings.policy.web.listen and serves:
            await stack.enter_async_context(_served(service, settings))
        try:
            yield service
            service.leave()
        finally:
            await close_gear(service.gear)
            log.event("monitor.stopped")


def _without_waiting(settings: Settings) -> Settings:
    alerts = dataclasses.replace(settings.policy.alerts, group_wait=timedelta(0))
    return dataclasses.replace(settings, policy=dataclasses.replace(settings.policy, alerts=alerts))


@asynccontextmanager
async def _served(service: Service, settings: Settings) -> AsyncIterator[None]:
    host, port = listen_address(settings.policy.web)
    hub_desk = open_hub_desk(settings, service.store, utc_now)
    desk = open_web_desk(lambda: service.gear, service.store, service.ailments, utc_now, service.edit_story)
    async with serve(desk, host, port, hub_desk) as bound:
        service.log.event("web.listening", host=host, port=bound)
        yield
