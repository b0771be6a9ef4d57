"""Pages that lag behind the program fail the build."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.adapters.yaml_settings.load import schemas
from monitor.adapters.yaml_settings.meanings import meanings
from monitor.adapters.yaml_settings.models import Model
from monitor.adapters.yaml_settings.sections import policy_sections, section_model
from monitor.domain.finding import AttackType, Role, Status
from monitor.entrypoints.cli.main import build_app
from monitor.observe import EVENTS
from monitor.stages.channels.services import SCHEMES
from tools.write_reference import TABLES, written

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTIONS = {name: section_model(policy) for name, policy in policy_sections().items()}
MODELS = [model for models in TABLES.values() for model, _ in models]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "seeds" / "README.md"]


def commands() -> Iterator[str]:
    for name, command in typer.main.get_group(build_app([])).commands.items():
        yield from [f"monitor {name} {inner}" for inner in getattr(command, "commands", ())] or [f"monitor {name}"]


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}" in OPERATIONS


def test_every_sector_is_described() -> None:
    listed = OPERATIONS.partition("- Sectors: ")[2].partition(".")[0]
    known = {entity.sector for entity in load_catalogue() if entity.sector}
    assert sorted(re.findall(r"[a-z-]+", listed)) == sorted(known)


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_log_event_is_described(event: str) -> None:
    assert f"`{event}`" in OPERATIONS


@pytest.mark.parametrize("model", [*SECTIONS.values(), *MODELS], ids=lambda model: model.__name__)
def test_every_key_has_a_short_meaning(model: type[Model]) -> None:
    said = meanings(model)
    assert [name for name in model.model_fields if name not in {*said, *SECTIONS}] == []
    assert [text for text in said.values() if not text.endswith(".") or len(text.split()) > 15] == []


@pytest.mark.parametrize(("page", "marker"), [*written()])
def test_pages_hold_the_tables_that_follow_from_the_code(page: str, marker: str) -> None:
    # `python tools/write_reference.py` writes them.
    _, _, found = (ROOT / "docs" / page).read_text(encoding="utf-8").partition(f"<!-- {marker}: ")
    assert found.partition("-->\n\n")[2].partition(f"\n\n<!-- end of {marker} -->")[0] == written()[page, marker]


@pytest.mark.parametrize(("name", "schema"), [*schemas()], ids=lambda value: value if isinstance(value, str) else "")
def test_editors_are_told_what_keys_mean(name: str, schema: dict[str, Any]) -> None:
    assert set(undescribed(schema)) <= set(SECTIONS)


def undescribed(schema: Any) -> Iterator[str]:
    """The keys, however deep, of which a JSON schema does not say what they mean."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for key, value in schema.get("properties", {}).items() if isinstance(schema, dict) else ():
        if "description" not in value:
            yield key
    for value in inner:
        yield from undescribed(value)


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
