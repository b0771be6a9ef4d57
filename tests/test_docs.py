"""Pages that lag behind the program fail the build."""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.adapters.yaml_settings.load import MonitorModel
from monitor.adapters.yaml_settings.sections import meanings, policy_sections
from monitor.domain.finding import AttackType, Role, Status
from monitor.entrypoints.cli.main import build_app
from monitor.observe import EVENTS
from monitor.stages.channels.services import SCHEMES

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "seeds" / "README.md"]


def commands() -> Iterator[str]:
    app = build_app([])
    for command in app.registered_commands:
        yield f"monitor {command.name or command.callback.__name__.replace('_', '-')}"  # type: ignore[union-attr]
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands:  # type: ignore[union-attr]
            yield f"monitor {group.name} {command.name or command.callback.__name__.replace('_', '-')}"  # type: ignore[union-attr]


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}" in OPERATIONS


def test_every_sector_is_described() -> None:
    line = next(line for line in OPERATIONS.splitlines() if line.startswith("| `sector`"))
    known = {entity.sector for entity in load_catalogue() if entity.sector}
    assert sorted(re.findall(r"[a-z-]+", line.rpartition(": ")[2])) == sorted(known)


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_log_event_is_described(event: str) -> None:
    assert f"`{event}`" in OPERATIONS


@pytest.mark.parametrize(
    "key",
    [
        *(name for name in MonitorModel.model_fields if name not in policy_sections()),
        *(f"{name}.{field.name}" for name, kind in policy_sections().items() for field in dataclasses.fields(kind)),
    ],
)
def test_every_configuration_key_is_described(key: str) -> None:
    assert f"`{key}`" in OPERATIONS


@pytest.mark.parametrize("section", policy_sections())
def test_every_key_of_a_section_has_a_short_meaning_that_the_page_shows(section: str) -> None:
    policy = policy_sections()[section]
    said = meanings(policy)
    assert list(said) == [field.name for field in dataclasses.fields(policy)]
    assert [text for text in said.values() if not text.endswith(".") or len(text.split()) > 15] == []
    # As `tools/write_reference.py` writes it.
    missing = [
        key
        for key, text in said.items()
        if not re.search(rf"\| `{section}\.{key}` \| .* \| {re.escape(text)} \|", OPERATIONS)
    ]
    assert missing == []


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_service_is_described(scheme: str) -> None:
    # Of two of a kind, the page names the one that encrypts.
    page = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    assert f"`{scheme}://" in page or f"`{scheme}s://" in page


def test_the_glossary_holds_the_closed_vocabulary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [word for word in [*AttackType, *Role, *Status] if f"`{word}`" not in glossary] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_pages_name_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    folders = ("", "monitor/")
    named = re.findall(
        r"(?<![\w/.-])((?:tests|monitor|tools|benchmarks|stages|adapters|domain|lexicon)/[\w./-]+\.[a-z]+)\b", text
    )
    missing = [name for name in named if not any((ROOT / folder / name).exists() for folder in folders)]
    # `xx` is a language, `NAME` what the reader calls it.
    assert [name for name in missing if not re.search(r"\bxx\b|NAME", name)] == []
    modules = [
        ROOT / name.replace(".", "/") for name in re.findall(r"python -m ((?:tools|benchmarks|tests)[.\w]*)", text)
    ]
    assert [path for path in modules if not path.with_suffix(".py").exists() and not path.is_dir()] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    heads = {path: path.read_text(encoding="utf-8").partition("\n")[0] for path in sorted(folder.glob("0*.md"))}
    assert [
        path.name for path, head in heads.items() if f"- [{head.removeprefix('# ')}]({path.name})" not in index
    ] == []
    assert [path.name for path, head in heads.items() if not head.startswith(f"# {path.name[:4]}: ")] == []


def test_help_is_there_for_every_word_typed() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "monitor.entrypoints.cli.main", "--help"], capture_output=True, text=True, check=True
    )
    assert "analyze" in shown.stdout
    assert "why-not" in shown.stdout
