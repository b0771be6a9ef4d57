"""Files of feeds that commands write beside those that people edit: ``feeds.d/NAME.yaml``."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from monitor.adapters.yaml_settings.load import feed_id
from monitor.domain.errors import UsageError

_HEADING = "# Written by `monitor feeds`; yours to edit. To be rid of these feeds, delete the file.\nfeeds:\n"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_PLAIN = re.compile(r"[A-Za-z0-9À-ɏ][A-Za-z0-9À-ɏ ./_+~=?;-]*[A-Za-z0-9À-ɏ/=]")
_OTHER_THAN_TEXT = re.compile(r"(?i:null|true|false|yes|no|on|off|y|n|~)|[\d.+_:-]+(?:e[\d+-]+)?")


def drop_in(config_dir: Path, name: str) -> Path:
    """
    The file for feeds that were added under *name*.

    Raises:
        UsageError: the name would lead out of the folder, or is none for a file.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f'"{name}" is no name for a file: letters, digits, dots and hyphens')
    return config_dir / "feeds.d" / f"{name}.yaml"


def append_feeds(path: Path, feeds: Iterable[Mapping[str, object]], taken: Iterable[str]) -> list[str]:
    """
    Add *feeds* (keys as in feeds.yaml) to the end of *path*; what stands in it is kept.

    Returns:
        The ids given; those in *taken* are not given again.

    Raises:
        UsageError: the file cannot be written.
    """
    used, ids, lines = set(taken), [], []
    for feed in feeds:
        identity = _unused(str(feed.get("id") or feed_id(str(feed["url"]))), used)
        used.add(identity)
        ids.append(identity)
        lines.append(_line({"id": identity, **{key: value for key, value in feed.items() if key != "id" and value}}))
    try:
        path.parent.mkdir(exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else _HEADING
        path.write_text(before + ("" if before.endswith("\n") else "\n") + "".join(lines), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    return ids


def _unused(identity: str, used: set[str]) -> str:
    number, name = 2, identity
    while name in used:
        name, number = f"{identity}-{number}", number + 1
    return name


def _line(feed: Mapping[str, object]) -> str:
    return f"  - {{{', '.join(f'{key}: {_written(value)}' for key, value in feed.items())}}}\n"


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    text = str(value)
    if _PLAIN.fullmatch(text) and not _OTHER_THAN_TEXT.fullmatch(text):
        return text
    if re.fullmatch(r"https?://[\w./~=?&;%+-]+", text):
        return text
    return json.dumps(text, ensure_ascii=False)  # JSON's strings are YAML's as well
