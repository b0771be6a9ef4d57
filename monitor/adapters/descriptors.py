"""How many files and connections this process may have open; the system calls each a descriptor."""

import errno
import resource

# What the system answers where it cannot open one more: ours is the fault, not that of whoever was asked.
_NONE_LEFT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
# Connections that wait for a further request may take so many of all descriptors (they go after twice their time),
_IDLE_SHARE = 0.15
# at a pace of so many answers a second (two cores, all of them "nothing new"), each from another host. Other machines
# have another pace: where few may be open, none waits, and the number of requests at once is the bound by itself.
_ANSWERS_PER_S = 2_000
_FEW = 4_096
# Requests that run may take so many, those of feeds as many as those of where feeds lead us.
_ASKED_SHARE = 0.3
# aiohttp's own: a host that is asked again after longer has mostly hung up by then.
_LONGEST_IDLE_S = 15.0


def take_all() -> int:
    """Raise the limit as far as this user may, and tell it: the one that shells and service managers set is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # a hard limit above what the kernel grants
            return soft
    return hard


def idle_s(descriptors: int) -> float:
    """How long a connection may wait for a further request, in seconds (0: none may), so that no round runs out."""
    if descriptors < 0:  # no limit
        return _LONGEST_IDLE_S
    if descriptors <= _FEW:
        return 0.0
    return min(_LONGEST_IDLE_S, _IDLE_SHARE * descriptors / _ANSWERS_PER_S)


def at_once(descriptors: int, wanted: int, least: int) -> int:
    """How many of *wanted* requests may run at once where so many descriptors are to be had; *least* in any case."""
    return wanted if descriptors < 0 else max(least, min(wanted, int(_ASKED_SHARE * descriptors)))


def is_none_left(error: BaseException) -> bool:
    """Whether *error* says that this machine can open no more."""
    return getattr(error, "errno", None) in _NONE_LEFT
