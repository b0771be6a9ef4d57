"""The same article comes out alike in every process, whatever the order in which sets are walked there."""

import itertools
import os
import subprocess
import sys

from monitor.stages.detect.attacks import AttackReader

_PROGRAM = """
import hashlib
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.stages.detect import build_detector
from tools.cases import EVALUATION, read_cases

digest, reader = hashlib.sha256(), build_detector((), load_lexicon())
for name in ("germanic", "gallic"):
    watchlist = load_watchlist_file(EVALUATION / f"watchlist-{name}.yaml")
    detector = reader.watching(watchlist.entities)
    for case in list(read_cases(EVALUATION / f"cases-{name}.jsonl"))[::4]:
        digest.update(repr(detector.analyse(case["id"], case["title"], case["text"])).encode())
print(digest.hexdigest())
"""


def test_the_order_of_sets_decides_nothing() -> None:
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2", "3")
    ]
    told = {process.communicate()[0] for process in begun}
    assert [process.returncode for process in begun] == [0, 0, 0]
    assert len(told) == 1


def test_the_order_of_parts_decides_nothing() -> None:
    reader = AttackReader((), {"about": {"cyber": 0.1, "hack": 0.2, "passing": 0.3}})
    parts = dict.fromkeys(("cyber", "hack", "passing"), 1.0)
    assert len({reader.about_score(dict(order)) for order in itertools.permutations(parts.items())}) == 1
