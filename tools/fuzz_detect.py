"""
Throw hostile articles at detection for a while: `python -m tools.fuzz_detect [--minutes 10] [--seed 1]`.

Each article is put together from the labelled cases and from pieces that have broken text programs. An
article that is not answered, whose spans lie outside of it, or that takes longer than a second a
megabyte (and half a second at least) is written to fuzz-detect.jsonl; exit code 1.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.finding import Analysis
from monitor.stages.detect import Detector, build_detector
from tools.cases import Case, read_cases, sources

_PIECES = (
    "\ud800", "\udfff", "\x00", "\u202e", "\u200b", "\ufeff", "e\u0301" * 9, "&amp;", "&#x110000;", "&#0;",
    "&nbsp", "العربية", "中文", "ไทย",
    "<script>", "<p class='x'>", "]]>", "\r\n", "\u2028", "\x85", "İ", "ǅ", "ß", "ﬁ", "😀👩‍👩‍👧",
    "QUJD" * 300, "a" * 5000, "." * 500, "?!" * 200, "“" * 50, "READ ALSO\n", "x: " * 300, "- " * 400, "2019 " * 99,
    "A. B. C. ", "\t" * 80, "|" * 99,
)  # fmt: skip
_SECONDS_A_MEGABYTE = 1.0
_LEAST_SECONDS = 0.5


def mangled(text: str, chance: random.Random) -> str:
    """*text* with pieces cut, doubled, swapped and hostile ones put in."""
    for _ in range(chance.randint(0, 6)):
        at, to = sorted(chance.randint(0, len(text)) for _ in range(2))
        text = chance.choice(
            (
                text[:at] + chance.choice(_PIECES) + text[at:],
                text[:at] + text[to:],
                text[:to] + text[at:to] * chance.randint(1, 4) + text[to:],
                text[:at] + text[at:to].upper() + text[to:],
                text[:at] + text[at:to][::-1] + text[to:],
                text.replace(" ", chance.choice(("", "\u00a0", "\n", "  ")), chance.randint(0, 60)),
            )
        )
    return text


def fault_in(analysis: Analysis, title: str, text: str) -> str:
    """What is wrong with an answer; empty where nothing is."""
    lengths = {"title": len(title), "text": len(text)}
    spans = [span for finding in analysis.findings for span in finding.spans]
    spans += [span for attack in analysis.attacks for span in attack.evidence]
    wrong = [span for span in spans if not 0 <= span.start < span.end <= lengths[span.field]]
    named = {finding.entity_id for finding in analysis.findings}
    if wrong:
        return f"a span outside of the text: {wrong[0]}"
    return "" if set(analysis.under_attack) <= named else "somebody under attack who is not named"


def attempt(detector: Detector, title: str, text: str) -> str:
    """The fault of one article, if any."""
    start = time.process_time()
    try:
        analysis = detector.analyse("fuzz", title, text)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, ZeroDivisionError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"
    took = time.process_time() - start
    if took > max(_LEAST_SECONDS, _SECONDS_A_MEGABYTE * len(text) / 1e6):
        return f"took {took:.2f} s"
    return fault_in(analysis, title, text)


def articles(cases: list[Case], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Mangled titles and texts, without end."""
    while True:
        one, two = chance.choice(cases), chance.choice(cases)
        yield (
            mangled(one["title"], chance),
            mangled(one["text"] + chance.choice(("\n\n", " ", "")) + two["text"], chance),
        )


def make_ready(detector: Detector, cases: list[Case]) -> None:
    """Read one article of each language: what the first one has made ready is no fault of a hostile one."""
    for case in {case["lang"]: case for case in cases}.values():
        detector.analyse("fuzz", case["title"], case["text"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    lexicon = load_lexicon()
    cases = [case for _, path, _ in sources() for case in read_cases(path)]
    entities = {e.id: e for _, _, watchlist in sources() for e in load_watchlist_file(watchlist).entities}
    detector = build_detector(list(entities.values()), lexicon)
    make_ready(detector, cases)
    end = time.monotonic() + options.minutes * 60
    read, faults = 0, []
    for title, text in articles(cases, chance):
        if time.monotonic() > end:
            break
        read += 1
        if fault := attempt(detector, title, text):
            faults.append({"fault": fault, "title": title, "text": text})
    if faults:
        lines = "".join(json.dumps(fault) + "\n" for fault in faults)
        Path("fuzz-detect.jsonl").write_text(lines, encoding="utf-8")
    sys.stdout.write(f"{read} articles, {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
