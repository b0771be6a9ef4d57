"""The words of parts, from ``monitor/lexicon/part-words.yaml``."""

import functools

from monitor.adapters.packaged.plain_yaml import plain_yaml
from monitor.lexicon import LEXICON
from monitor.stages.part_words import PartWords

PACKAGED = LEXICON / "part-words.yaml"


@functools.cache
def load_part_words() -> PartWords:
    """The phrases as they ship; a fault in them is one of the installation."""
    lists = plain_yaml(PACKAGED.read_bytes())
    return PartWords(lists.pop("models"), lists, lists.pop("words"))
