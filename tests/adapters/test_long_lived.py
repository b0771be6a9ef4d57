"""Tests that what is loaded once is not searched for garbage, and goes when it was replaced."""

import subprocess
import sys

_SCRIPT = """
import gc, weakref
from monitor.adapters.long_lived import settle, settle_anew

class Part:
    def __init__(self):
        self.own = self

settle_anew()
assert gc.get_freeze_count() == 0, "who never settled is left alone"
old = Part()
seen = weakref.ref(old)
settle()
assert gc.get_freeze_count() > 0
del old
gc.collect()
assert seen() is not None
settle_anew()
assert seen() is None and gc.get_freeze_count() > 0
"""


_HOLES = """
import ctypes, sys
from monitor.adapters.long_lived import spare_memory

MIB = 2**20

def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * 4096 // MIB

spare_memory()
held = [b"x" * (31 * MIB)]
held.clear()
before = resident()
for number in range(200):
    held += [b"x" * MIB, bytearray(1000)]
full = resident()
del held[::2]
print(before, full, resident())
"""


def test_what_was_needed_for_a_moment_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", _HOLES], capture_output=True, text=True, check=False)
    before, full, after = map(int, done.stdout.split())
    assert full - before >= 190, done.stderr
    assert after - before <= 20


def test_what_is_loaded_is_left_alone_until_it_is_replaced() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
