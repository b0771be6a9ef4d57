"""Families of phrases: ``hit(s|ting) (by|)`` stands for four. They may stand inside families."""

from collections.abc import Iterable


def phrases_of(families: Iterable[str]) -> tuple[str, ...]:
    """Every phrase of *families* once, with single blanks between its words."""
    written = (" ".join(phrase.split()) for family in families for phrase in written_out(family))
    return tuple(dict.fromkeys(phrase for phrase in written if phrase))


def written_out(family: str) -> list[str]:
    """Each phrase of a family."""
    head, opened, rest = family.partition("(")
    if not opened:
        return [family]
    choices, tail = _choices(rest)
    endings = written_out(tail)
    return [head + one + end for choice in choices for one in written_out(choice) for end in endings]


def _choices(text: str) -> tuple[list[str], str]:
    """What stands between the bars up to the bracket that closes, and what follows it."""
    depth, begun, choices = 0, 0, []
    for at, mark in enumerate(text):
        if depth == 0 and mark in "|)":
            choices.append(text[begun:at])
            begun = at + 1
            if mark == ")":
                return choices, text[begun:]
        depth += (mark == "(") - (mark == ")")
    return [*choices, text[begun:]], ""
