"""What is worked out once for a word and asked for a thousand times a second."""

from collections.abc import Callable
from typing import TypeVar

_MOST = 8192
K = TypeVar("K")
V = TypeVar("V")


class Memo(dict[K, V]):
    """
    Values by key, made when they are first asked for.

    The same few thousand words make up most of the news: when there are more, all are forgotten and begun anew. A look
    costs a third of one into a cache that knows which was asked for last.
    """

    def __init__(self, make: Callable[[K], V], most: int = _MOST) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: K) -> V:
        # Two threads may both make it: they make it alike.
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._make(key)
        return value
