"""What pages show is what works: each command as it is typed there, each YAML as it is written."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from monitor.adapters.yaml_settings.load import load_settings
from monitor.entrypoints.cli.main import build_app

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("s*/README.md")]
COMMANDS: Any = typer.main.get_command(build_app([]))
# A command in backquotes, on a line of a console, or behind what starts it there.
TYPED = re.compile(r"(?:`|\$ |^)(?:[^`\n]*[ /])?\bmonitor ((?!monitor\b)[a-z][^`\n]*)", re.MULTILINE)
WATCHLIST = "watchlist: w\nentities: [{name: Acme Widgets}]\n"


def typed() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for passage in re.findall(r"`[^`]*`|^\$ .*$", page.read_text(encoding="utf-8"), re.MULTILINE):
            yield from ((page.name, words.strip()) for words in TYPED.findall(" ".join(passage.split())))


def test_pages_show_commands() -> None:
    assert len({words for _, words in typed()}) > 60


@pytest.mark.parametrize(("page", "words"), sorted(set(typed())))
def test_commands_that_pages_show_are_there_with_their_options(page: str, words: str) -> None:
    command, rest = COMMANDS, words.split()
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    assert command is not COMMANDS, f"{page} shows `monitor {words}`"
    options = {"--help", *(option for parameter in command.params for option in parameter.opts)}
    assert {word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"} <= options


def written() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        yield from (
            (page.name, text) for text in re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.DOTALL | re.M)
        )


@pytest.mark.parametrize(("page", "text"), [*written()])
def test_yaml_that_pages_show_is_right(tmp_path: Path, page: str, text: str) -> None:
    """The file that its first key belongs to; channels and secrets that it names are there."""
    files = {"watchlist": "watchlists/w.yaml", "feeds": "feeds.yaml", "channels": "channels.yaml"}
    named = "".join(f"  {name}: {{console: true}}\n" for name in ("ops", "desk"))
    feeds = "feeds: [{url: https://example.org/feed, tags: [press]}]\n"
    shown = {"watchlists/w.yaml": WATCHLIST, "feeds.yaml": feeds, "channels.yaml": f"channels:\n{named}"}
    shown[files.get(text.partition(":")[0], "monitor.yaml")] = text
    for name, content in shown.items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    secrets = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "a-secret-of-some-length-4711")
    secrets |= {name: "json://example.org/x" for name in secrets if name.endswith("_URL")}
    settings = load_settings(tmp_path / "config", {"PATH": os.environ.get("PATH", ""), **secrets})
    assert settings.watchlists
    assert settings.feeds
    assert settings.channels
