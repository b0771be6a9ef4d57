"""Words that only begin a command, such as `monitor alerts`."""

import contextlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup


class _Group(TyperGroup):
    """Typed alone it says what may follow; nobody asked for that, so it is no result."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with contextlib.nullcontext() if args else contextlib.redirect_stdout(sys.stderr):
            return super().parse_args(ctx, args)


def group_of_commands(meaning: str, **more: Any) -> typer.Typer:
    """A Typer for the commands behind one word; *more* is what `typer.Typer` takes."""
    return typer.Typer(help=meaning, no_args_is_help=True, cls=_Group, **more)
