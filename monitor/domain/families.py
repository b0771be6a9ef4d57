"""Families of phrases: ``hit(s|ting) (by|)`` stands for four. They may stand inside families."""

from collections.abc import Iterable


def phrases_of(families: Iterable[str]) -> tuple[str, ...]:
    """Every phrase of *families*, which have single blanks between their words, once and with single blanks as well."""
    found = dict.fromkeys(_tidy(phrase) for family in families for phrase in written_out(family))
    found.pop("", None)
    return tuple(found)


def _tidy(phrase: str) -> str:
    # Where nothing is chosen, two blanks may meet, or one stand at an end.
    return " ".join(phrase.split()) if "  " in phrase or phrase[:1] == " " or phrase[-1:] == " " else phrase


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
