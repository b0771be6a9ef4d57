"""The words of parts, from ``monitor/lexicon/part-words.yaml``."""

import functools
from pathlib import Path

import yaml

from monitor.stages.part_words import PartWords

PACKAGED = Path(__file__).resolve().parents[2] / "lexicon" / "part-words.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def load_part_words() -> PartWords:
    """The phrases as they ship; a fault in them is one of the installation."""
    lists = yaml.load(PACKAGED.read_bytes(), Loader=_LOADER)  # noqa: S506  # the C twin of SafeLoader
    return PartWords(lists.pop("models"), lists, lists.pop("words"))
