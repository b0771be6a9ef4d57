"""`monitor`: finds the command that was typed, imports only that, and turns failures into exit codes."""

import contextlib
import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from typer.exceptions import TyperException

from monitor import __version__
from monitor.domain.errors import ConfigError, MonitorError, StoreError, UsageError
from monitor.entrypoints.cli.groups import group_of_commands

# Each command typed, and the module that has it.
COMMANDS = {
    "run": "run",
    "once": "run",
    "worker": "worker",
    "check": "check",
    "schema": "check",
    "analyze": "analyze",
    "group": "group",
    "why": "why",
    "why-not": "why",
    "test": "rule_tests",
    "backtest": "rule_tests",
    "articles": "articles",
    "feeds": "feeds",
    "alerts": "alerts",
    "stories": "stories",
    "silence": "silence",
    "watch": "watch",
    "channels": "channels",
    "db": "db",
    "search": "search",
    "canary": "canary",
    "doctor": "doctor",
    "healthcheck": "doctor",
}
EXIT_FAILED, EXIT_USAGE, EXIT_STORE = 1, 2, 3
# New containers before a search for garbage: what a start reads is kept, and Python's own 700 made it a tenth longer.
_YOUNG = 50_000


def build_app(argv: Sequence[str]) -> typer.Typer:
    """The app with the command in *argv*, or with all of them where none is named (for --help)."""
    app = group_of_commands(
        "Told once for each story when the news says that a company you watch was attacked.",
        name="monitor",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
        if version:
            print(__version__)
            raise typer.Exit

    typed = next((word for word in argv if not word.startswith("-")), None)
    modules = [COMMANDS[typed]] if typed in COMMANDS else list(dict.fromkeys(COMMANDS.values()))
    for module in modules:
        # A module whose commands have no name of their own adds them to ours.
        app.add_typer(importlib.import_module(f"monitor.entrypoints.cli.{module}").commands)
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 done, 1 failed, 2 wrong use or configuration, 3 no store."""
    gc.set_threshold(_YOUNG)
    words = _command_first(sys.argv[1:] if argv is None else argv)
    _open_streams()
    try:
        outcome = build_app(words)(words, prog_name="monitor", standalone_mode=False)
        sys.stdout.flush()
    except MonitorError as error:
        print(str(error), file=sys.stderr)
        return exit_code(error)
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("there is no room left on the disk: what was to be written is not whole", file=sys.stderr)
        _discard_output()
        return EXIT_FAILED
    except TyperException as error:
        if not hasattr(error, "show"):
            raise
        error.show()
        return int(error.exit_code)
    return outcome if isinstance(outcome, int) else 0


def _command_first(argv: Sequence[str]) -> list[str]:
    """*argv* with a `--config DIR` before the command behind it, where each command takes it."""
    taken = 1 if argv and argv[0].startswith("--config=") else 2 if argv and argv[0] == "--config" else 0
    return [*argv[taken:], *argv[:taken]] if len(argv) > taken else list(argv)


def _open_streams() -> None:
    """
    Let all that is said be written: also where the program was started without standard output or error, as by some
    cron, and what the encoding there has no sign for (half a surrogate pair, a euro on a terminal of 1990).
    """
    # Open until the program ends.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # in JSON that is what was meant


def _discard_output() -> None:
    """Let the end of the program write what it still holds to nowhere: it would fail once more, and in many lines."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def exit_code(error: MonitorError) -> int:
    """The exit code for an expected failure."""
    if isinstance(error, ConfigError | UsageError):
        return EXIT_USAGE
    return EXIT_STORE if isinstance(error, StoreError) else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
