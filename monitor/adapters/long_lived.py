"""What a process holds until it ends is kept out of the search for garbage."""

import gc

# New containers before the young are searched, and how many such searches before the next older ones are. Python's
# own 700 suits short scripts: here a poll alone makes a few hundred, nearly all of which go without a search.
_YOUNG, _MIDDLE, _OLD = 10_000, 10, 10


def settle() -> None:
    """
    To be called by a program that runs for long, when everything large is loaded: lexicons, indexes, rules.

    They are a million objects that never become garbage, and looking through them again and again took a fifth
    of the time of a poll.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def settle_anew() -> None:
    """The same after a configuration was replaced: what is left of the old one goes. Nothing where nobody settled."""
    if gc.get_freeze_count():
        gc.unfreeze()
        settle()
