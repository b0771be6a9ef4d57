"""The YAML that ships with the program, as plain values."""

from typing import Any

import yaml

# Ten times as fast where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain_yaml(data: bytes | str) -> Any:
    """
    Mappings, lists and scalars.

    Raises:
        yaml.YAMLError: it is none.
    """
    return yaml.load(data, Loader=_LOADER)  # noqa: S506  # either is safe
