"""
Alarms on ordinary news: `python -m tools.false_alarms FOLDER`, with the whole catalogue as watchlist.

FOLDER holds text files of news that tells of no attack on computers: one article a file, or, in files
that end in .cor, one a line. No such texts lie in the repository.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from monitor.adapters.yaml_lexicon import load_lexicon
from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.stages.detect import build_detector


def articles(folder: Path) -> Iterator[tuple[str, str]]:
    """(title, text) of every article below *folder*."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".txt", ".cor"}:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for article in text.splitlines() if path.suffix == ".cor" else [text]:
            title, _, rest = article.strip().partition("\n" if "\n" in article.strip() else ". ")
            yield title, rest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    detector = build_detector(load_catalogue(), load_lexicon())
    count = alarms = attacks = 0
    for title, text in articles(options.folder):
        analysis = detector.analyse("", title, text)
        count += 1
        attacks += bool(analysis.attacks)
        if analysis.under_attack:
            alarms += 1
            sys.stdout.write(f"{', '.join(analysis.under_attack)}: {title[:100]}\n")
    sys.stdout.write(f"{count} articles, {alarms} alarms, {attacks} with an attack of some kind\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
