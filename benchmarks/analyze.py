"""
Speed of detection, as ratios of processor time: `python -m benchmarks.analyze [--peers] [--labelled] [--news FOLDER]`.

Claims: 1,000 articles of 3 KB a second on one core with 10,000 entities (40,000 names); at most 1.25
times slower with 100,000 names than with 100; 100,000 names built in under 2 s; under 300 MB; linear in
the length of any text. `--peers` adds spaCy's blank PhraseMatcher and a compiled alternation of `re`,
which only look names up; spaCy is no dependency of ours:

    python -m venv /tmp/peers && /tmp/peers/bin/pip install spacy ahocorasick-rs PyYAML
    PYTHONPATH=. /tmp/peers/bin/python -m benchmarks.analyze --peers

`--labelled` reads labelled cases of seven languages in place of all that, with the catalogue watched: they are short,
and hold more names, attacks and different words than news does. `--news` reads real texts, laid out as for
`tools.false_alarms`, with the catalogue watched and with one in three hundred of it.
"""

import argparse
import itertools
import random
import re
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.lexicon import Lexicon
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect import Detector, build_detector
from tools.cases import read_cases, sources
from tools.false_alarms import articles as articles_in

_SYLLABLES = (
    "ba be bo ca ce co da de do fa fe fo ga ge go ka ke ko la le lo ma me mo na ne no pa pe po ra re ro".split()
)
_SENTENCES = (
    "The company said on Tuesday that quarterly sales rose by four per cent, helped by demand for new machines.",
    "Analysts had expected less, and the shares gained in early trading in London and Frankfurt.",
    "A spokeswoman for {name} declined to comment on the talks, which were first reported by a newspaper.",
    "The council will vote next month on a plan to build nine hundred homes beside the old railway.",
    "Police in the city are looking for witnesses after a fire in a warehouse on Sunday night.",
    "{name} said hackers had broken into a server and copied names and addresses of some customers.",
    "Its rival {name} was not affected and will open a new plant in the spring, the chairman added.",
    "Schools stay closed on Friday because teachers are on strike for higher wages.",
)


def invented_names(count: int, chance: random.Random) -> list[str]:
    """Names of companies that do not exist, all different."""
    names: set[str] = set()
    while len(names) < count:
        word = "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(3, 5))).capitalize()
        names.add(word if chance.random() < 0.5 else f"{word} {chance.choice(_SYLLABLES).capitalize()}x")
    return sorted(names)


def entities(count: int, chance: random.Random) -> list[Entity]:
    """Entities with four names each."""
    names = invented_names(count * 4, chance)
    groups = zip(*[iter(names)] * 4, strict=True)
    return [Entity(EntityId(f"e{number}"), a, (b, c), (d,)) for number, (a, b, c, d) in enumerate(groups)]


def articles(count: int, names: Sequence[str], chance: random.Random) -> list[tuple[str, str]]:
    """Titles and texts of about 3 KB; one in eight is about an attack, as in a general feed at a bad hour."""
    made = []
    for number in range(count):
        sentences = [s for s in _SENTENCES if number % 8 == 0 or "hackers" not in s]
        text = " ".join(chance.choice(sentences).format(name=chance.choice(names)) for _ in range(31))
        made.append((f"News of the day {number}", text))
    return made


def rate(detector: Detector, read: Sequence[tuple[str, str]]) -> float:
    """Articles a second, the best of three rounds."""
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for title, text in read:
            detector.analyse("x", title, text)
        best = max(best, len(read) / (time.process_time() - start))
    return best


def seconds(work: Callable[[], object]) -> float:
    """How long *work* takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def growth(detector: Detector) -> None:
    """Ten times the text, how much more time; a linear reader prints about 10."""
    # Before each stands news that is worth a close reading, in a language that can be told.
    lead = (" ".join(_SENTENCES).format(name="Bababa") + " ") * 4
    detector.analyse("x", "", lead)
    hostile = {
        "plain news": lambda size: (" ".join(_SENTENCES).format(name="Acme") + " ") * (size // 700),
        "one name": lambda size: "Bababa " * (size // 7),
        "names and cues, no full stop": lambda size: "Bababa said hackers " * (size // 20),
        "openings of verbs taken apart": lambda size: "the company took systems " * (size // 25),
        "no spaces": lambda size: "a" * size,
        "full stops": lambda size: ". " * (size // 2),
        "lines": lambda size: "Read also\n" * (size // 10),
        "entities": lambda size: "&amp;" * (size // 5),
        "colons": lambda size: "x. Foto: y. " * (size // 12),
        "companies with words around them": lambda size: "Apple said Microsoft was hacked. " * (size // 34),
        "items in capitals": lambda size: "MICROSOFT HACKED BY ING. " * (size // 25),
    }
    for name, make in hostile.items():
        small, large = (min(spent(detector, lead + make(size)) for _ in range(2)) for size in (200_000, 2_000_000))
        print(f"10 times the text ({name}): {large / max(small, 1e-6):.1f} times the time")


def spent(detector: Detector, text: str) -> float:
    """Seconds for one article of *text*."""
    return seconds(lambda: detector.analyse("x", "", text))


def first_articles(detector: Detector, lexicon: Lexicon) -> None:
    """How long the first article of each language takes: its cues are made ready then."""
    spent = []
    for pack in lexicon.packs:
        text = " ".join(sorted(pack.function_words))
        spent.append(f"{pack.language} {seconds(lambda text=text: detector.analyse('x', '', text)):.2f} s")
    print("first article of a language:", ", ".join(spent))


def peers(read: Sequence[tuple[str, str]], names: Sequence[str], ours: float) -> None:
    """How many articles a second others look names up in, and the ratio to all that we do."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab)
    matcher.add("names", list(language.pipe(names)))
    some = [text for _, text in itertools.islice(read, 100)]
    spent = seconds(lambda: [matcher(doc) for doc in language.pipe(some)])
    theirs = len(some) / spent
    print(f"spaCy blank PhraseMatcher: {theirs:.0f} articles/s, ours is {ours / theirs:.1f} times that")
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in names) + r")\b")
    few = some[:10]
    spent = seconds(lambda: [list(pattern.finditer(text)) for text in few])
    print(f"re alternation: {len(few) / spent:.2f} articles/s, ours is {ours * spent / len(few):.0f} times that")


def labelled(lexicon: Lexicon) -> None:
    """How many labelled cases a second."""
    cases = [case for _, path, _ in sources() for case in read_cases(path)][::40]
    read = [(case["title"], case["text"]) for case in cases]
    size = sum(len(text) for _, text in read) / len(read)
    reached = rate(build_detector(load_catalogue(), lexicon), read)
    print(f"{len(read)} labelled cases of {size:.0f} characters: {reached:.0f} a second")


def ordinary(lexicon: Lexicon, folder: Path, most: int) -> None:
    """How many texts of *folder* a second, *most* of each folder in it."""
    chance, by_folder = random.Random(7), defaultdict(list)
    for place, title, text in articles_in(folder):
        by_folder[place.partition("/")[0]].append((title, text))
    read = [text for texts in by_folder.values() for text in chance.sample(texts, min(most, len(texts)))]
    catalogue = load_catalogue()
    for watched in (catalogue, catalogue[::300]):
        reached = rate(build_detector(watched, lexicon), read)
        print(f"{len(read)} texts, {len(watched)} entities watched: {reached:.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--labelled", action="store_true")
    parser.add_argument("--news", type=Path, help="a folder of real texts to read in place of all that")
    options = parser.parse_args()
    if options.labelled:
        labelled(load_lexicon())
        return
    if options.news:
        ordinary(load_lexicon(), options.news, options.articles)
        return
    chance = random.Random(7)
    print(f"packs and an empty detector: {seconds(lambda: build_detector([], load_lexicon())):.2f} s")
    lexicon = load_lexicon()
    rates = {}
    for count in (25, 10_000, 25_000):
        watched = entities(count, chance)
        build = seconds(lambda watched=watched: build_detector(watched, lexicon))
        detector = build_detector(watched, lexicon)
        names = [entity.name for entity in watched[:50]]
        read = articles(options.articles, names, chance)
        rates[count] = rate(detector, read)
        print(f"{count * 4:>7} names: {rates[count]:.0f} articles/s, built in {build:.2f} s")
        if count == 10_000 and options.peers:
            peers(read, [name for e in watched for name in (e.name, *e.aliases, *e.people)], rates[count])
    print(f"most memory with articles of 3 KB: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    huge = (" ".join(_SENTENCES).format(name="Acme") + " ") * 7_000
    print(f"an article of {len(huge) / 1e6:.1f} MB: {spent(detector, huge):.1f} s")
    print(f"100,000 names against 100: {rates[25] / rates[25_000]:.2f} times slower")
    growth(build_detector([*watched, *load_catalogue(), Entity(EntityId("bababa"), "Bababa")], lexicon))
    print(f"most memory with articles of 2 to 5 MB: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    first_articles(build_detector([], lexicon), lexicon)


if __name__ == "__main__":
    main()
