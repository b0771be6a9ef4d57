"""The same article comes out alike in every process, whatever the order in which sets are walked there."""

import os
import subprocess
import sys

_PROGRAM = """
import hashlib
from monitor.adapters.yaml_lexicon import load_lexicon
from monitor.adapters.yaml_settings import load_watchlist_file
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
