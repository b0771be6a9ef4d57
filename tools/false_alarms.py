"""
Alarms on ordinary news, the whole catalogue watched: `python -m tools.false_alarms FOLDER [--aside FILE] [--attacks]`.

FOLDER holds text files of news that tells of no attack on computers: one article a file, its title on the first
line, or, in files that end in .cor, one a line. Figures are told for each folder below FOLDER. FILE lists, a path
below FOLDER on each line, the texts that do tell of attacks: they are not counted. No such texts lie in the repository.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.finding import Analysis
from monitor.stages.detect import build_detector


@dataclass(slots=True)
class Count:
    """What was found in the articles of each folder."""

    articles: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    attacks: Counter[str] = field(default_factory=Counter)
    mentions: Counter[str] = field(default_factory=Counter)

    def add(self, folder: str, analysis: Analysis) -> None:
        self.articles[folder] += 1
        self.alarms[folder] += bool(analysis.under_attack)
        self.attacks[folder] += bool(analysis.attacks)
        self.mentions[folder] += len(analysis.findings)

    def lines(self) -> list[str]:
        return [self._line(folder or ".", [folder]) for folder in sorted(self.articles)] + [
            self._line("all", list(self.articles))
        ]

    def _line(self, label: str, folders: list[str]) -> str:
        articles, alarms, attacks, mentions = (
            sum(counter[folder] for folder in folders)
            for counter in (self.articles, self.alarms, self.attacks, self.mentions)
        )
        rates = ", ".join(f"{1000 * n / max(articles, 1):.2f}" for n in (alarms, attacks))
        return (
            f"{label}: {articles} articles, {mentions} mentions, {alarms} alarms, "
            f"{attacks} with an attack of some kind ({rates} in 1,000)\n"
        )


def articles(folder: Path, aside: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, str]]:
    """(path below *folder*, title, text) of every article below it that is not set *aside*."""
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.suffix not in {".txt", ".cor"} or place in aside:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for article in text.splitlines() if path.suffix == ".cor" else [text]:
            title, _, rest = article.partition("\n") if "\n" in article else article.partition(". ")
            yield place, title, rest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--aside", type=Path, help="a file that lists the texts that do tell of attacks")
    parser.add_argument("--attacks", action="store_true", help="show each article with an attack, not only alarms")
    options = parser.parse_args()
    aside = frozenset(options.aside.read_text("utf-8").split()) if options.aside else frozenset[str]()
    detector = build_detector(load_catalogue(), load_lexicon())
    count = Count()
    for place, title, text in articles(options.folder, aside):
        analysis = detector.analyse("", title, text)
        count.add(Path(place).parent.as_posix(), analysis)
        if analysis.under_attack or (options.attacks and analysis.attacks):
            kinds = ", ".join(sorted({f"{attack.type} {attack.status}" for attack in analysis.attacks}))
            sys.stdout.write(f"{place}: {', '.join(analysis.under_attack) or '-'}: {kinds}: {title[:100]}\n")
    sys.stdout.writelines(count.lines())
    return 0


if __name__ == "__main__":
    sys.exit(main())
