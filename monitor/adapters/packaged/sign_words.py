"""Reads the words for signs of grouping, which ship with the package."""

import functools
from importlib import resources

import yaml

from monitor.stages.group.sign_words import SignWords


@functools.cache
def load_sign_words() -> SignWords:
    """What each sign says, in plain English."""
    read = yaml.safe_load(resources.files("monitor.lexicon").joinpath("sign-words.yaml").read_text("utf-8"))
    return SignWords(read["signs"], read["kinds"], {"told": read["told"], "shared": read["shared"]})
