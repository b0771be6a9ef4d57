"""What the keys of the configuration mean: the text below the field a key is made from, which Python does not keep."""

import ast
import functools
import inspect
import itertools
import sys
from collections.abc import Mapping


def meanings(kind: type) -> Mapping[str, str]:
    """What each field of a policy dataclass or of a model means, by its name; fields without a text are left out."""
    return {
        name: text
        for base in reversed(kind.__mro__)
        if base.__module__.startswith("monitor.")
        for name, text in _texts(base.__module__).get(base.__name__, {}).items()
    }


@functools.cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """By class and field."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        node.name: {
            field.target.id: text.value.value
            for field, text in itertools.pairwise(node.body)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
