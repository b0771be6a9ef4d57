"""What other people's scripts lean on: keys and their order, forms, exit codes, and where the configuration is found."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from monitor.adapters.yaml_settings.load import load_settings
from monitor.entrypoints.cli.main import build_app
from tests.processes import Installation, install

WATCHLIST = """
watchlist: suppliers
entities: [{name: Borealis Dairy, tags: [tier-1]}]
rules:
  - {id: hit, entities: {tags: [tier-1]}, roles: [victim], statuses: [confirmed, alleged], severity: critical}
"""
HIT = {
    "id": "en-1",
    "title": "Ransomware stops Borealis Dairy",
    "text": "Borealis Dairy said on Monday that ransomware encrypted its servers.",
}
LISTS = [
    "articles list", "feeds list", "feeds health --all", "alerts list", "alerts dead", "alerts report", "stories list",
    "silence list", "watch list", "watch lint", "channels list", "search Biden", "search nothing-of-the-kind", "check",
    "test", "backtest", "doctor",
]  # fmt: skip
NEEDS_STORE = [
    "once", "run", "articles list", "alerts list", "alerts show x", "alerts dead", "alerts report", "alerts ack x",
    "stories list", "stories show x", "silence list", "search x", "why x", "why-not x --watch apple", "backtest",
    "db check", "db backup", "db prune",
]  # fmt: skip
USES_WRONGLY = [
    "", "alerts", "articles", "channels", "db", "feeds", "silence", "stories", "watch", "nonsense", "alerts nonsense",
    "check --nonsense", "alerts list -o xml", "alerts list --limit x", "articles list --limit -1", "why",
]  # fmt: skip


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    found = install(tmp_path_factory.mktemp("begun"))
    found.told("once")
    yield found
    found.stop()


def write_watchlist(config: Path, text: str = WATCHLIST) -> Path:
    path = config / "watchlists" / "suppliers.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_analyze_writes_these_keys_in_this_order(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.write("in.jsonl", f"{json.dumps(HIT)}\n")
    watchlist = write_watchlist(installation.config)
    (line,) = installation.told("analyze", "--watchlist", str(watchlist), "in.jsonl").stdout.splitlines()
    row = json.loads(line)
    assert list(row) == ["id", "language", "mentions", "attacks", "under_attack"]
    (mention,), (attack,) = row["mentions"], row["attacks"]
    assert list(mention) == ["entity", "role", "confidence", "spans"]
    assert [list(span) for span in mention["spans"]] == [["field", "start", "end", "surface"]] * 2
    assert list(attack) == ["type", "status", "victims", "confidence", "evidence"]
    assert {tuple(place) for place in attack["evidence"]} == {("field", "start", "end")}
    assert (row["id"], row["language"], row["under_attack"]) == ("en-1", "en", ["borealis-dairy"])
    assert (mention["role"], attack["type"], attack["status"]) == ("victim", "ransomware", "confirmed")
    assert attack["victims"] == ["borealis-dairy"]
    # It needed no store, and made none.
    assert not (tmp_path / "storage").exists()


def test_articles_are_listed_with_these_keys(begun: Installation) -> None:
    rows = [json.loads(line) for line in begun.told("articles", "list", "-o", "jsonl").stdout.splitlines()]
    keys = ["id", "feed", "guid", "title", "url", "published_at", "first_seen_at", "language", "story"]
    assert [list(row) for row in rows] == [keys] * 2
    assert {(row["feed"], row["language"]) for row in rows} == {("seeds", "en"), ("seeds", "nl")}


@pytest.mark.parametrize("words", LISTS)
def test_a_list_has_the_same_rows_in_each_form(begun: Installation, words: str) -> None:
    said = {form: begun.told(*words.split(), "-o", form, check=False) for form in ("table", "json", "jsonl", "csv")}
    assert len({done.returncode for done in said.values()}) == 1
    assert {done.returncode for done in said.values()} <= {0, 1}
    rows = json.loads(said["json"].stdout)
    lines = [json.loads(line) for line in said["jsonl"].stdout.splitlines()]
    assert [list(line) for line in lines] == [list(row) for row in rows]
    head, *cells = csv.reader(io.StringIO(said["csv"].stdout))
    assert [len(row) for row in cells] == [len(head)] * len(rows)


@pytest.mark.parametrize("words", NEEDS_STORE)
def test_a_store_out_of_reach_is_exit_code_3(begun: Installation, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Below a file there is no folder, whoever asks.
    monkeypatch.setenv("MONITOR_STORAGE", f"sqlite:///{begun.config}/monitor.yaml/monitor.db")
    done = begun.told(*words.split(), check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr


def commands_below(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, one in getattr(command, "commands", {}).items():
        yield from commands_below(one, f"{path} {name}")
    if not hasattr(command, "commands"):
        yield path, command


def test_each_word_that_can_be_typed_says_what_it_means() -> None:
    found = dict(commands_below(get_command(build_app([])), "monitor"))
    assert len(found) > 40
    silent = [(path, one.name) for path, command in found.items() for one in command.params if not one.help]
    assert (silent, [path for path, command in found.items() if not command.help]) == ([], [])


@pytest.mark.parametrize("words", USES_WRONGLY)
def test_wrong_use_is_exit_code_2_and_no_result(begun: Installation, words: str) -> None:
    done = begun.told(*words.split(), check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()


@pytest.mark.parametrize("words", [*NEEDS_STORE, "analyze", "test", "watch list", "feeds list", "channels list"])
def test_a_wrong_configuration_is_exit_code_2_and_says_where(tmp_path: Path, words: str) -> None:
    installation = Installation(tmp_path)
    write_watchlist(installation.config, "watchlist: s\nentities:\n  - name: Acme Widgets\n    alias: [Acme]\n")
    done = installation.told(*words.split(), check=False)
    fault = 'config/watchlists/suppliers.yaml:4:5: entities.0.alias: unknown key (did you mean "aliases"?)\n'
    assert (done.returncode, done.stdout, done.stderr) == (2, "", fault)


def test_a_flag_beats_the_environment_which_beats_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = Installation(tmp_path)
    for name in ("config", "other", "third"):
        write_watchlist(tmp_path / name, WATCHLIST.replace("Borealis Dairy", f"{name.title()} Widgets"))

    def watched(*words: str) -> str:
        (row,) = json.loads(installation.told(*words, "-o", "json").stdout)
        return str(row["id"])

    assert watched("watch", "list") == "config-widgets"
    monkeypatch.setenv("MONITOR_CONFIG", "other")
    assert watched("watch", "list") == "other-widgets"
    assert watched("watch", "list", "--config", "third") == "third-widgets"
    assert watched("--config", "third", "watch", "list") == "third-widgets"
    monkeypatch.setenv("MONITOR_CONFIG", "")
    assert watched("watch", "list") == "config-widgets"


FEEDS = """
feeds:
  - https://paper.example/feed.xml
  - {id: paper-nl, url: "https://krant.example/rss", language: nl, tags: [general], every: 15m, fulltext: matched}
"""
CHANNELS = """
channels:
  chat: {url: "${CHAT_URL}"}
  hook: {webhook: "https://hooks.example/hook", secret: "${HOOK_SECRET}"}
  screen: {console: true}
  log: {file: storage/alerts.jsonl}
"""
EVERY_KEY = """
watchlist: every-key
entities:
  - Microsoft
  - id: borealis
    name: Borealis Dairy
    aliases: [Borealis Zuivel]
    people: [Wilma Kaas]
    products: [Melkbus]
    subsidiaries: [Borealis Butter]
    domains: [borealis.example]
    context: [milk, Utrecht]
    exclude: [Borealis Lights]
    tags: [tier-1]
  - file: suppliers.csv
rules:
  - id: attacked
    entities: {tags: [tier-1]}
    roles: [victim]
    attacks: [any]
    statuses: [confirmed, alleged]
    text: '"customer data" NEAR/5 (stolen OR leak*) AND NOT drill'
    min_confidence: 0.6
    min_sources: 2
    severity: critical
    channels: [chat, hook]
    digest: daily
  - {id: by-id, entities: [microsoft]}
"""


def test_each_key_that_was_agreed_on_is_read(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.write("config/feeds.yaml", FEEDS)
    installation.write("config/channels.yaml", CHANNELS)
    installation.write("config/monitor.yaml", "storage: sqlite:///storage/own.db\nseeds: [seeds/]\n")
    installation.write(
        "config/watchlists/suppliers.csv",
        "name,id,aliases,domains,tags\nAcme,acme-bv,Acme Widgets,acme.example,tier-1\nZephyr\n",
    )
    installation.write("chat-url", "json://chat.example/x\n")
    write_watchlist(installation.config, EVERY_KEY)
    secrets = {"CHAT_URL_FILE": str(tmp_path / "chat-url"), "HOOK_SECRET": "a-secret-of-some-length-4711"}
    settings = load_settings(installation.config, secrets)
    plain, dutch = settings.feeds
    assert plain.id == "paper-example-feed-xml"
    assert (dutch.id, dutch.language, dutch.tags, dutch.every) == (
        "paper-nl",
        "nl",
        ("general",),
        timedelta(minutes=15),
    )
    assert [(channel.id, channel.kind) for channel in settings.channels] == [
        ("chat", "apprise"), ("hook", "webhook"), ("screen", "console"), ("log", "file"),
    ]  # fmt: skip
    (watchlist,) = settings.watchlists
    known, own, acme, zephyr = watchlist.entities
    assert (known.id, acme.id, acme.domains, zephyr.id) == ("microsoft", "acme-bv", ("acme.example",), "zephyr")
    assert (own.people, own.products, own.subsidiaries) == (("Wilma Kaas",), ("Melkbus",), ("Borealis Butter",))
    assert (own.context, own.exclude, own.domains) == (("milk", "Utrecht"), ("Borealis Lights",), ("borealis.example",))
    attacked, by_id = watchlist.rules
    assert (attacked.entity_ids, by_id.entity_ids) == ({"borealis", "acme-bv"}, {"microsoft"})
    assert (attacked.min_confidence, attacked.min_sources, attacked.severity) == (0.6, 2, "critical")
    assert (attacked.channels, attacked.digest) == (("chat", "hook"), "daily")
    # Where a rule does not say.
    assert (by_id.min_sources, by_id.severity, by_id.digest, by_id.channels) == (1, "warning", "none", ())
    assert settings.storage == f"sqlite:///{tmp_path}/storage/own.db"
