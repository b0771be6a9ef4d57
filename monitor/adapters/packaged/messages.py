"""The words of messages, from ``monitor/lexicon/messages/<language>.yaml``."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from monitor.adapters.packaged.plain_yaml import plain_yaml
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.wording import Wording
from monitor.lexicon import LEXICON

PACKAGED = LEXICON / "messages"
_FALLBACK = "en"


@functools.cache
def load_wordings(folder: Path = PACKAGED) -> Mapping[str, Wording]:
    """
    Every language of *folder* by its two letters.

    Raises:
        ConfigError: a file cannot be read; where the packaged folder is faulty, so is the installation.
    """
    texts = {path.stem: dict(_texts(path)) for path in sorted(folder.glob("*.yaml"))}
    english = texts.get(_FALLBACK, {})
    return {name: Wording(name, own, {} if own is english else english) for name, own in texts.items()}


def wording_for(language: str, folder: Path = PACKAGED) -> Wording:
    """The words of *language*, English where there are none."""
    known = load_wordings(folder)
    return known.get(language.partition("-")[0].lower(), known[_FALLBACK])


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    try:
        value = plain_yaml(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError((Fault(str(path), 0, 0, "", f"cannot be read: {' '.join(str(error).split())}"),)) from error
    yield from _flat(value, ())


def _flat(value: object, at: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, (*at, str(key)))
    else:
        yield ".".join(at), str(value)
