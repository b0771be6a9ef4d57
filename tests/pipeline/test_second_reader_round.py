"""The second reader in a round of all: off unless configured, and `why` tells what it said."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import feeds_of, open_brain, open_desk, open_intakes, open_store
from monitor.domain.article import ArticleId
from monitor.domain.errors import ConfigError
from monitor.domain.report import AssessReport
from monitor.entrypoints.cli.main import main
from monitor.entrypoints.gear import secrets_of
from monitor.entrypoints.opening import open_service
from monitor.observe import open_log
from monitor.pipeline import assess, collect
from tests.adapters.models.chat_server import ChatServer, chat_server, verdict
from tests.builders import NOW

QUOTE = "Okta was hit by ransomware"
STORY = f"{QUOTE}. The identity provider confirmed on Monday that 40 of its servers were encrypted.\n"


def installation(folder: Path, second_reader: str) -> Path:
    """A configuration folder with one article to read."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (folder / "seeds").mkdir()
    (folder / "seeds" / "001_okta.txt").write_text(f"Okta under attack\n\n{STORY}", encoding="utf-8")
    (config / "monitor.yaml").write_text(f"seeds: [seeds]\n{second_reader}", encoding="utf-8")
    (config / "watchlists" / "w.yaml").write_text(
        "watchlist: w\nentities: [Okta]\nrules: [{id: hit, roles: [victim], statuses: [confirmed, alleged]}]\n",
        encoding="utf-8",
    )
    return config


async def round_of_all(config: Path) -> tuple[AssessReport, ArticleId]:
    settings = load_settings(config, {"READER_KEY": "s3cret-key"})
    brain, intakes = open_brain(settings), open_intakes(settings)
    with open_store(settings, NOW) as store:
        store.sync_feeds(feeds_of(settings), NOW)
        await collect(lambda: NOW, store, intakes.by_kind, settings.policy)
        report = await asyncio.to_thread(assess, NOW, open_desk(settings, store, brain, NOW))
        (article,) = DatabaseCatalogue(store.database).search("Okta", 5)
    await intakes.close()
    brain.close()
    return report, ArticleId(str(article["id"]))


def section(server: ChatServer, margin: float) -> str:
    keys = {"url": f"{server.base}/v1", "model": "small", "key": "${READER_KEY}", "margin": margin}
    return f"second_reader: {json.dumps(keys)}\n"


async def test_a_single_round_says_what_ails_the_second_reader(tmp_path: Path) -> None:
    said = io.StringIO()
    async with chat_server(lambda _: 500) as server:
        config = installation(tmp_path, section(server, 0.99))
        log = open_log(said, as_json=True, secrets=tuple)
        async with open_service(config, {"READER_KEY": "s3cret-key"}, {}, log, io.StringIO(), hurried=True) as service:
            await service.once()
    failed = [json.loads(line) for line in said.getvalue().splitlines() if "job.failed" in line]
    assert [(one["job"], "500" in one["fault"]) for one in failed] == [("second-reader", True)]


async def test_it_is_off_by_default_and_nobody_is_connected_to(tmp_path: Path) -> None:
    async with chat_server(lambda _: verdict("mentioned", quote=QUOTE)) as server:
        report, _ = await round_of_all(installation(tmp_path, ""))
    assert (report.under_attack, report.alerts, report.second) == (1, 1, None)
    assert server.bodies == []


async def test_a_sure_finding_is_not_asked_about(tmp_path: Path) -> None:
    async with chat_server(lambda _: verdict("mentioned", quote=QUOTE)) as server:
        report, _ = await round_of_all(installation(tmp_path, section(server, 0.01)))
    assert (report.under_attack, report.alerts, server.bodies) == (1, 1, [])


async def test_what_it_lowered_rings_for_nobody_and_why_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat_server(lambda _: verdict("mentioned", quote=QUOTE)) as server:
        config = installation(tmp_path, section(server, 1.0))
        report, article_id = await round_of_all(config)
    assert (report.under_attack, report.alerts) == (0, 0)
    assert report.second is not None
    assert report.second.lowered == 1
    assert server.keys == ["Bearer s3cret-key"]
    monkeypatch.setenv("READER_KEY", "s3cret-key")
    assert main(["why", str(article_id), "--config", str(config)]) == 0
    assert "second reader small: lowered to mentioned, confirmed" in capsys.readouterr().out


async def test_a_server_that_fails_rings_as_ever(tmp_path: Path) -> None:
    async with chat_server(lambda _: 503) as server:
        report, _ = await round_of_all(installation(tmp_path, section(server, 1.0)))
    assert (report.under_attack, report.alerts) == (1, 1)
    assert report.second is not None
    assert report.second.fault == "the second reader answers with status 503"


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("{url: 'ftp://x', model: m}", "second_reader.url: is no http(s) address"),
        ("{url: 'http://a:secret@x/v1', model: m}", "second_reader.url: holds a password"),
        ("{url: 'http://x/v1'}", "second_reader.model: is missing"),
        ("{url: 'http://x/v1', model: m, margin: 2}", "second_reader.margin: is a share"),
        ("{url: 'http://x/v1', model: m, concurrency: 0}", "second_reader.concurrency: is below 1"),
        ("{url: 'http://x/v1', model: m, timeout: 0s}", "second_reader.timeout: is no time at all"),
        ("{url: 'http://x/v1', model: m, key: '${NOT_SET}'}", "second_reader.key: NOT_SET is not set"),
    ],
)
def test_faults_of_the_section_are_told_with_their_place(tmp_path: Path, keys: str, fault: str) -> None:
    config = installation(tmp_path, f"second_reader: {keys}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(config, {})
    assert fault in str(caught.value)
    assert ":secret@" not in str(caught.value)


def test_the_key_is_kept_out_of_logs(tmp_path: Path) -> None:
    config = installation(tmp_path, "second_reader: {url: 'http://x/v1', model: m, key: '${READER_KEY}'}\n")
    assert "s3cret-key" in set(secrets_of(load_settings(config, {"READER_KEY": "s3cret-key"})))
