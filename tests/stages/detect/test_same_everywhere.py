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
    for case in read_cases(EVALUATION / f"cases-{name}.jsonl"):
        digest.update(repr(detector.analyse(case["id"], case["title"], case["text"])).encode())
print(digest.hexdigest())
"""


def test_the_order_of_sets_decides_nothing() -> None:
    told = set()
    for seed in ("1", "2", "3"):
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", _PROGRAM], env=environ, capture_output=True, text=True, check=True)
        told.add(done.stdout)
    assert len(told) == 1
