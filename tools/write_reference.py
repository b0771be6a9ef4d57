"""Write the tables of docs/operations.md that follow from the code: configuration keys and log events."""

import dataclasses
import inspect
import re
import textwrap
from datetime import timedelta
from pathlib import Path

from monitor.adapters.yaml_settings.sections import meanings, policy_sections
from monitor.observe import EVENTS

PAGE = Path(__file__).parents[1] / "docs" / "operations.md"


def written(value: object) -> str:
    """A default as it is written in YAML."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        for unit, length in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
            if seconds >= length and seconds % length == 0:
                return f"{int(seconds // length)}{unit}"
        return f"{seconds * 1000:.0f}ms" if seconds else "0s"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return '""' if value == "" else str(value)


def keys() -> str:
    parts = []
    for name, policy in policy_sections().items():
        doc = " ".join((inspect.getdoc(policy) or "").replace("``", "`").split())
        said = textwrap.fill(f"**`{name}:`** {doc}", 120, break_on_hyphens=False)
        rows = "\n".join(
            f"| `{name}.{field.name}` | {written(field.default)} | {meanings(policy)[field.name]} |"
            for field in dataclasses.fields(policy)
        )
        parts.append(f"{said}\n\n| key | default | meaning |\n|---|---|---|\n{rows}")
    return "\n\n".join(parts)


def events() -> str:
    rows = "\n".join(f"| `{name}` | {text} |" for name, text in EVENTS.items())
    return f"| event | meaning |\n|---|---|\n{rows}"


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for marker, table in (("keys", keys()), ("events", events())):
        pattern = re.compile(rf"(<!-- {marker}: [^>]*-->)\n.*?(<!-- end of {marker} -->)", re.DOTALL)
        text = pattern.sub(lambda found, table=table: f"{found[1]}\n\n{table}\n\n{found[2]}", text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
