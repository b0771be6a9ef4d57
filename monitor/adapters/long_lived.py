"""
What a process holds for good is kept out of the search for garbage; what it needs for a moment is given back, and so is
its turn.
"""

import ctypes
import gc
import sys

# New containers before the young are searched, and how many such searches before the next older ones are. Python's
# own 700 suits short scripts: here a poll alone makes a few hundred, nearly all of which go without a search.
_YOUNG, _MIDDLE, _OLD = 10_000, 10, 10
# How long a thread computes before another one has its turn. The event loop asks for its turn with each part of an
# answer: with Python's own 5 ms polls, and the processes that parse, mostly stand still while articles are assessed.
_TURN_S = 0.002
# Numbers of settings of glibc's malloc, and what they are set to: blocks from so many bytes on are mapped by
# themselves (asyncio asks for 256 KiB at each look into a socket), so much is kept at the end of the heap, all threads
# share one heap.
_MALLOPT = ((-3, 512 * 2**10), (-1, 8 * 2**20), (-8, 1))


def spare_memory() -> None:
    """
    To be called first by a process that lives long and reads what others send.

    Left to itself, glibc no longer maps large blocks by themselves once one of them was freed, and each thread takes
    its own heap: one answer of megabytes leaves holes that no later one fits into. Nothing where another C library
    serves.
    """
    system = ctypes.CDLL(None)
    if hasattr(system, "mallopt"):
        for option, value in _MALLOPT:
            system.mallopt(option, value)


def settle() -> None:
    """
    To be called by a program that runs for long, when everything large is loaded: lexicons, indexes, rules.

    They are a million objects that never become garbage, and looking through them again and again took a fifth
    of the time of a poll. From then on threads take shorter turns, too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    sys.setswitchinterval(_TURN_S)


def settle_anew() -> None:
    """The same after a configuration was replaced: what is left of the old one goes. Nothing where nobody settled."""
    if gc.get_freeze_count():
        gc.unfreeze()
        settle()
