"""The canary: through every step to every channel; where it does not arrive, another channel tells."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.messages import load_wordings
from monitor.adapters.yaml_settings.load import load_settings
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.notification import Notification
from monitor.domain.policy import CanaryPolicy, Policy
from monitor.domain.settings import Settings
from monitor.entrypoints.canary import CanaryStep, run_canary
from monitor.entrypoints.nightly_canary import is_due, send_canary
from monitor.observe import Log, open_log
from monitor.stages.decide.judge import Bench
from monitor.stages.story.summary import Background
from tests.stores import open_database

NIGHT = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHANNELS = """\
channels:
  screen: {console: true, default: true, notices: false}
  paper: {file: alerts.jsonl, digest: daily}
  hook: {webhook: "http://127.0.0.1:9/hook", secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0", fallback: paper}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Acme]\n", encoding="utf-8")
    (folder / "channels.yaml").write_text(CHANNELS, encoding="utf-8")
    web = 'web: {listen: "127.0.0.1:8437", base_url: "https://monitor.example"}\n'
    (folder / "monitor.yaml").write_text(f"canary: {{nightly: true, patience: 60s}}\n{web}", encoding="utf-8")
    return load_settings(folder, {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    database = open_database(f"sqlite:///{tmp_path / 'monitor.db'}", NIGHT)
    yield DatabaseStore(database)
    database.close()


def bench(settings: Settings) -> Bench:
    background = Background({}, load_fact_reader(GroupPolicy()), frozenset())
    return Bench((), settings.channels, {}, background, settings.policy.alerts, load_wordings())


def log_to(stream: StringIO) -> Log:
    return open_log(stream, as_json=True, secrets=tuple)


def waiting(store: DatabaseStore, settings: Settings) -> dict[str, list[Notification]]:
    return {
        str(channel.id): list(store.claim_notifications(channel.id, NIGHT, 99, HOUR)) for channel in settings.channels
    }


async def test_it_is_followed_to_every_channel_and_a_dead_one_is_named(settings: Settings, tmp_path: Path) -> None:
    steps = await run_canary(settings)
    assert [one.name for one in steps] == [
        "polled and stored", "detected", "grouped and decided", "channel screen", "channel paper", "channel hook",
    ]  # fmt: skip
    assert [bool(one.fault) for one in steps] == [False, False, False, False, False, True]
    told = (tmp_path / "alerts.jsonl").read_text(encoding="utf-8")
    assert "Canary Testbird Works" in told
    assert "monitor.example" not in told, "a link that leads to no alert"


async def test_the_fallback_tells_of_a_channel_that_it_did_not_reach(settings: Settings, store: DatabaseStore) -> None:
    async def broken(_: Settings) -> tuple[CanaryStep, ...]:
        return (CanaryStep("detected", 5), CanaryStep("channel hook", 9, "the connection was refused"))

    said = StringIO()
    await send_canary(settings, store, bench(settings), log_to(said), lambda: NIGHT, broken)
    told = waiting(store, settings)
    assert [(name, len(found)) for name, found in told.items()] == [("screen", 0), ("paper", 1), ("hook", 0)]
    assert "channel hook" in told["paper"][0].message.subject
    assert "the connection was refused" in told["paper"][0].message.plain
    assert '"arrived": false' in said.getvalue()


async def test_a_canary_that_never_comes_back_is_an_alarm_to_all(settings: Settings, store: DatabaseStore) -> None:
    async def lost(_: Settings) -> tuple[CanaryStep, ...]:
        await asyncio.Event().wait()
        return ()

    hurried = replace(settings, policy=Policy(canary=CanaryPolicy(nightly=True, patience=timedelta(milliseconds=20))))
    await send_canary(hurried, store, bench(settings), log_to(StringIO()), lambda: NIGHT, lost)
    told = waiting(store, settings)
    assert [(name, len(found)) for name, found in told.items()] == [("screen", 0), ("paper", 1), ("hook", 1)]
    assert "did not arrive" in told["paper"][0].message.plain


async def test_one_that_arrives_is_no_message(settings: Settings, store: DatabaseStore) -> None:
    async def fine(_: Settings) -> tuple[CanaryStep, ...]:
        return (CanaryStep("detected", 5), CanaryStep("channel hook", 9))

    said = StringIO()
    await send_canary(settings, store, bench(settings), log_to(said), lambda: NIGHT, fine)
    assert not any(waiting(store, settings).values())
    assert '"arrived": true' in said.getvalue()


def test_it_flies_once_a_night_and_only_where_it_is_wanted(settings: Settings, store: DatabaseStore) -> None:
    assert not is_due(replace(settings, policy=Policy()), store, NIGHT)
    assert not is_due(settings, store, NIGHT - HOUR)
    assert is_due(settings, store, NIGHT)
    assert not is_due(settings, store, NIGHT + HOUR)
    assert is_due(settings, store, NIGHT + 24 * HOUR)
