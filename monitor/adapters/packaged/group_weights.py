"""Reads what each sign weighs when articles are put into stories."""

import functools
from importlib import resources

import yaml

from monitor.domain.group_policy import GroupWeights


@functools.lru_cache(maxsize=1)
def load_group_weights() -> GroupWeights:
    """The weights that ship with the package; a reload finds them read."""
    return read_group_weights(resources.files("monitor.lexicon").joinpath("grouping.yaml").read_text("utf-8"))


def read_group_weights(text: str) -> GroupWeights:
    """The weights of a file as `python -m tools.fit_grouping` writes it."""
    return GroupWeights(signs=yaml.safe_load(text)["signs"])
