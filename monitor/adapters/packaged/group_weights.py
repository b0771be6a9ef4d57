"""Reads what each sign weighs when articles are put into stories."""

import functools

from monitor.adapters.packaged.plain_yaml import plain_yaml
from monitor.domain.group_policy import GroupWeights
from monitor.lexicon import LEXICON


@functools.lru_cache(maxsize=1)
def load_group_weights() -> GroupWeights:
    """The weights that ship with the package; a reload finds them read."""
    return read_group_weights((LEXICON / "grouping.yaml").read_text("utf-8"))


def read_group_weights(text: str) -> GroupWeights:
    """The weights of a file as `python -m tools.fit_grouping` writes it."""
    told = plain_yaml(text)
    return GroupWeights(signs=told["signs"], parting=told.get("parting", {}))
