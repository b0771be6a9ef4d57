"""
The program with a bomb in it: dies by SIGKILL before or after the n-th call of one step.

    python -m tests.chaos.program STEP:before|after:N run --config ...

The program itself knows nothing of this: the steps are wrapped from outside. Without a bomb: ``-``.
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from monitor.adapters.database.store import DatabaseStore
from monitor.entrypoints.cli.main import main

STEPS = ("claim_due_feeds", "save_polls", "take_unassessed", "save_assessment", "claim_notifications", "save_delivery")


def plant(bomb: str) -> None:
    """Wrap the step that *bomb* names."""
    step, moment, number = bomb.split(":")
    original: Callable[..., Any] = getattr(DatabaseStore, step)
    calls = iter(range(int(number) - 1, -1, -1))

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        is_now = next(calls, -1) == 0
        if is_now and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if is_now:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(DatabaseStore, step, wrapped)


if __name__ == "__main__":
    if sys.argv[1] != "-":
        plant(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
