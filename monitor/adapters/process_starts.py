"""
Processes of our own behind pipes: started one after the other, with little of our environment, and ended for good.

Who starts a program reads from a pipe until it is closed, which says that the program runs. A fork that another thread
makes in that moment holds a copy of the pipe for as long as it lives, and who waits for the end of it - the event
loop - waits as long.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Sequence

# To be held by whoever starts a process. The tasks of one loop may start several at once, since none of them forks.
STARTING = threading.RLock()

# Nothing else of the environment goes along unless it is asked for: there are secrets in it.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT")


async def start_child(module: str, limit: int, environment: Sequence[str] = ()) -> asyncio.subprocess.Process:
    """
    Run *module* in a process that is asked on its standard input and answers on its standard output.

    Args:
        limit: How many bytes of an answer are taken at once.
        environment: The names of what it needs of our environment beyond what any program needs.
    """
    names = (*_ENVIRONMENT, *environment)
    with STARTING:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**{name: os.environ[name] for name in names if name in os.environ}, "PYTHONUTF8": "1"},
            start_new_session=True,
            limit=limit,
        )


async def end_child(process: asyncio.subprocess.Process) -> None:
    """Kill a process and wait until it is gone: from then on nothing of it can arrive late."""
    if process.stdin is not None:
        process.stdin.close()
    # This kills it. Before the wait: with an answer in the pipe that nobody reads, the loop would not see its end,
    # for ever. And not after a kill of our own: it would take the end from whoever in asyncio waits for it.
    process._transport.close()  # type: ignore[attr-defined]
    await process.wait()
