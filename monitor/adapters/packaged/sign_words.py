"""Reads the words for signs of grouping, which ship with the package."""

import functools

from monitor.adapters.packaged.plain_yaml import plain_yaml
from monitor.lexicon import LEXICON
from monitor.stages.group.sign_words import SignWords


@functools.cache
def load_sign_words() -> SignWords:
    """What each sign says, in plain English."""
    read = plain_yaml((LEXICON / "sign-words.yaml").read_bytes())
    return SignWords(read["signs"], read["kinds"], {"told": read["told"], "shared": read["shared"]})
