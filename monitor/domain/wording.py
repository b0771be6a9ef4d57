"""The words of messages in one language: data, so that a language can be added without code."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wording:
    """
    Texts by dotted name (``role.victim``); ``{count}`` and the like are filled in by name. *english* are those of
    English, by which its sentences are recognised; nothing where this is English.
    """

    language: str
    texts: Mapping[str, str] = field(repr=False)
    english: Mapping[str, str] = field(default_factory=dict, repr=False)

    def say(self, key: str, **values: object) -> str:
        """
        The text *key* with its values filled in; a value is never read as a format itself.

        Raises:
            KeyError: there is no such text; a test holds all languages to the same names.
        """
        return self.texts[key].format_map(values) if values else self.texts[key]

    def knows(self, key: str) -> bool:
        return key in self.texts

    def count(self, key: str, number: int) -> str:
        """The text ``key.one`` or ``key.other`` for *number* things."""
        return self.say(f"{key}.one" if number == 1 else f"{key}.other", count=number)

    def listed(self, names: tuple[str, ...], most: int) -> str:
        """*names* as a list a person would write, the first *most* of them: "A, B and 3 more" - never "1 more"."""
        if len(names) > most + 1:
            return self.say("list.more", names=", ".join(names[:most]), count=len(names) - most)
        if len(names) < 2:
            return "".join(names)
        return self.say("list.and", names=", ".join(names[:-1]), last=names[-1])
