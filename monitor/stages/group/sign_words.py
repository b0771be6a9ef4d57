"""What the signs of grouping say, in plain English: "other-city" is "headlines about different cities"."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignWords:
    """Phrases for signs by name, kinds of facts, and how a sign of a kind is put ("{kind} that both give")."""

    signs: Mapping[str, str]
    kinds: Mapping[str, str]
    of_kinds: Mapping[str, str]

    def phrase(self, sign: str) -> str:
        """A sign in words; its name where there are none."""
        sort, _, kind = sign.partition(":")
        if kind and sort in self.of_kinds:
            return self.of_kinds[sort].format(kind=self.kinds.get(kind, kind))
        return self.signs.get(sign, sign)
