"""
How much quicker the compiled stages are than their sources: `python -m benchmarks.compiled [--rounds 21]`.

Needs `make compiled`. Two processes, one of which is told to use the sources, do the same in turns; what is compared is
processor time, and what is printed the median of the ratios, with the quartiles.
"""

import argparse
import itertools
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from monitor import STAGES
from monitor.compiled import COMPILED

_KINDS = ("labelled cases", "articles of 3 KB", "facts for grouping", "joining stories", "an article of 0.5 MB")
_WINDOW = 5_000


def detection_of(read: list[tuple[str, str]], watched: list[object]) -> Iterator[Callable[[], object]]:
    """Each call of what is yielded analyses a fifth of *read*."""
    from monitor.adapters.packaged.lexicon import load_lexicon
    from monitor.stages.detect import build_detector

    detector = build_detector(watched, load_lexicon())
    for title, text in read:
        detector.analyse("x", title, text)
    coming = itertools.cycle(read)
    while True:
        part = list(itertools.islice(coming, max(len(read) // 5, 1)))
        yield lambda part=part: [detector.analyse("x", *article) for article in part]


def labelled() -> Iterator[Callable[[], object]]:
    """One in forty of the labelled cases, with the catalogue watched."""
    from monitor.adapters.yaml_settings.catalogue import load_catalogue
    from tools.cases import read_cases, sources

    cases = [case for _, path, _ in sources() for case in read_cases(path)][::40]
    return detection_of([(case["title"], case["text"]) for case in cases], load_catalogue())


def made_up(repeats: int = 0) -> Iterator[Callable[[], object]]:
    """The articles of `benchmarks.analyze` with 40,000 names, or a single long one."""
    from benchmarks.analyze import _SENTENCES, articles, entities

    chance = random.Random(7)
    watched = entities(10_000, chance)
    read = articles(400, [entity.name for entity in watched[:50]], chance)
    long = (" ".join(_SENTENCES).format(name="Acme") + " ") * repeats
    return detection_of([("News", long)] if repeats else read, watched)


def facts() -> Iterator[Callable[[], object]]:
    """The articles of `benchmarks.group`, read for grouping."""
    from benchmarks.group import GroupPolicy, load_fact_reader, made_up_articles

    reader, coming = load_fact_reader(GroupPolicy()), itertools.cycle(made_up_articles(1_000))
    while True:
        part = list(itertools.islice(coming, 100))
        yield lambda part=part: [reader.fingerprint("x", *article) for article in part]


def joining() -> Iterator[Callable[[], object]]:
    """The same, joining stories of a window of 5,000 articles."""
    from benchmarks.group import (
        GroupPolicy,
        GroupWindow,
        assign,
        load_fact_reader,
        load_group_weights,
        made_up_articles,
    )

    reader, policy = load_fact_reader(GroupPolicy()), GroupPolicy(max_articles=_WINDOW)
    window = GroupWindow(policy, load_group_weights(), {})
    coming = (reader.fingerprint(str(number), *one) for number, one in enumerate(made_up_articles(_WINDOW * 3)))
    for fingerprint in itertools.islice(coming, _WINDOW):
        assign(fingerprint, window, policy)
    while part := list(itertools.islice(coming, 100)):
        yield lambda part=part: [assign(fingerprint, window, policy) for fingerprint in part]


def answer() -> None:
    """Be one of the two: for each line a kind is named in, say how long one turn of it took."""
    made = dict(zip(_KINDS, (labelled, made_up, facts, joining, lambda: made_up(700)), strict=True))
    turns: dict[str, Iterator[Callable[[], object]]] = {}
    print(STAGES, flush=True)
    for line in sys.stdin:
        kind = line.strip()
        if kind not in turns:
            turns = {kind: made[kind]()}
        turn = next(turns[kind])
        start = time.process_time()
        turn()
        print(time.process_time() - start, flush=True)


def started(is_plain: bool) -> "subprocess.Popen[str]":
    """One of the two."""
    environ = {**os.environ, "MONITOR_PLAIN": "1" if is_plain else ""}
    command = [sys.executable, "-m", "benchmarks.compiled", "--answer"]
    return subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def asked(process: "subprocess.Popen[str]", kind: str) -> float:
    """How long the next turn takes it."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{kind}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--answer", action="store_true", help="be one of the two processes")
    options = parser.parse_args()
    if options.answer:
        answer()
        return
    with started(is_plain=True) as plain, started(is_plain=False) as compiled:
        used = [process.stdout.readline().strip() for process in (plain, compiled) if process.stdout]
        if used[1] == COMPILED:
            for kind in _KINDS:
                for process in (plain, compiled):
                    asked(process, kind)
                ratios = [asked(plain, kind) / asked(compiled, kind) for _ in range(options.rounds)]
                low, middle, high = statistics.quantiles(ratios, n=4)
                print(f"{kind}: {middle:.2f} times as quick (half of the rounds: {low:.2f} to {high:.2f})", flush=True)
    if used[1] != COMPILED:
        sys.exit(f"the stages are {used[1]}: run `make compiled`")


if __name__ == "__main__":
    main()
