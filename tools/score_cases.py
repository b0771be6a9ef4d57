"""
Figures of detection on our labelled cases, the dev split apart from the test split:
`python -m tools.score_cases [--set NAMES] [--authors] [--alone] [--lang XX] [--faults N]`.
Faults are told of the dev split alone.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.stages.detect import build_detector
from tools.cases import (
    Tally,
    analyses,
    analyses_alone,
    author_of,
    faults_of,
    in_test_split,
    manner_of,
    read_cases,
    sources,
)


def table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """Rows of figures as text, one line each."""
    columns = list(next(iter(rows.values())))
    head = f"{'':24}" + "".join(f"{column:>14}" for column in columns)
    return "\n".join([head, *(f"{name:24}" + "".join(f"{row[c]:>14}" for c in columns) for name, row in rows.items())])


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", help="only these: shared, opal (all by that author), opal-2; with commas between")
    parser.add_argument("--authors", action="store_true", help="a line for each author")
    parser.add_argument("--alone", action="store_true", help="as read by who watches but one of those named, in turns")
    parser.add_argument("--lang", help="only this language")
    parser.add_argument("--faults", type=int, default=0, help="how many wrong cases of the dev split to show")
    options = parser.parse_args(None if arguments is None else list(arguments))
    reader = build_detector((), load_lexicon())
    tallies: dict[str, Tally] = {}
    told = 0
    for name, path, watchlist in sources():
        author = author_of(name)
        if options.set and not {name, author} & set(options.set.split(",")):
            continue
        detector = reader.watching(load_watchlist_file(watchlist).entities)
        cases = [case for case in read_cases(path) if options.lang in (None, case["lang"])]
        for case, analysis in analyses_alone(cases, detector) if options.alone else analyses(cases, detector):
            held_back = name != "shared" and in_test_split(case["id"])
            split = "test" if held_back else "dev"
            groups = {"all", case["lang"], manner_of(name), *([author] if options.authors else [])}
            for key in (f"{group} {split}" for group in groups):
                tallies.setdefault(key, Tally()).add(case, analysis)
            if not held_back and told < options.faults and (faults := faults_of(case, analysis)):
                told += 1
                sys.stdout.write(f"{case['id']} {case['title'][:100]!r}\n   " + "\n   ".join(faults) + "\n")
    if tallies:
        sys.stdout.write(table({key: tallies[key].row() for key in sorted(tallies)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
