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


def test_what_is_loaded_is_left_alone_until_it_is_replaced() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
