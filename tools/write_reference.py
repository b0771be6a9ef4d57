"""Write the tables of docs/ that follow from the code: configuration keys and log events."""

import inspect
import re
import textwrap
from pathlib import Path

from pydantic_core import PydanticUndefined

from monitor.adapters.yaml_settings.channels import ChannelModel, QuietModel
from monitor.adapters.yaml_settings.load import MonitorModel
from monitor.adapters.yaml_settings.meanings import meanings
from monitor.adapters.yaml_settings.models import EntityModel, FeedModel, Model, RuleModel, SuppliersModel, as_written
from monitor.adapters.yaml_settings.notices import NoticeRuleModel
from monitor.adapters.yaml_settings.sections import policy_sections, section_model
from monitor.observe import EVENTS

DOCS = Path(__file__).parents[1] / "docs"
# The keys of one thing, each by the page and the marker of its table; what stands before the name of a key.
TABLES = {
    ("operations.md", "general keys"): ((MonitorModel, ""),),
    ("operations.md", "notice keys"): ((NoticeRuleModel, ""),),
    ("operations.md", "feed keys"): ((FeedModel, ""),),
    ("operations.md", "entity keys"): ((EntityModel, ""),),
    ("operations.md", "supplier keys"): ((SuppliersModel, ""),),
    ("operations.md", "rule keys"): ((RuleModel, ""),),
    ("channels.md", "channel keys"): ((ChannelModel, ""), (QuietModel, "quiet.")),
}


def rows(model: type[Model], prefix: str = "") -> list[str]:
    """A line of a table for each key that has a meaning: its name, default and meaning."""
    return [f"| `{prefix}{name}` | {_default(name, model)} | {text} |" for name, text in meanings(model).items()]


def _default(name: str, model: type[Model]) -> str:
    """The default of a key as it is written in YAML; what has to be given, and what is off without a value."""
    value = model.model_fields[name].default
    if value is PydanticUndefined:
        return "(needed)"
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(as_written(name, value)) or '""'


def table(lines: list[str]) -> str:
    return "\n".join(("| key | default | meaning |", "|---|---|---|", *lines))


def sections() -> str:
    parts = []
    for name, policy in policy_sections().items():
        doc = " ".join((inspect.getdoc(policy) or "").replace("``", "`").split())
        said = textwrap.fill(f"**`{name}:`** {doc}", 120, break_on_hyphens=False)
        parts.append(f"{said}\n\n{table(rows(section_model(policy), f'{name}.'))}")
    return "\n\n".join(parts)


def events() -> str:
    lines = "\n".join(f"| `{name}` | {text} |" for name, text in EVENTS.items())
    return f"| event | meaning |\n|---|---|\n{lines}"


def written() -> dict[tuple[str, str], str]:
    """What belongs between two markers, by the page and the name of the markers."""
    keys = {
        place: table([row for model, prefix in models for row in rows(model, prefix)])
        for place, models in TABLES.items()
    }
    return keys | {("operations.md", "keys"): sections(), ("operations.md", "events"): events()}


def main() -> None:
    for (name, marker), text in written().items():
        page = DOCS / name
        pattern = re.compile(rf"(<!-- {marker}: [^>]*-->)\n.*?(<!-- end of {marker} -->)", re.DOTALL)
        now = pattern.sub(
            lambda found, text=text: f"{found[1]}\n\n{text}\n\n{found[2]}", page.read_text(encoding="utf-8")
        )
        page.write_text(now, encoding="utf-8")


if __name__ == "__main__":
    main()
