"""
Claims: at least 1,000 articles/s are grouped with 100,000 articles in the window, and ten times the
window costs less than ten times the time; and how much quicker that is than the plain way (a peer that sees
the same facts in the same run, so that what else the machine does cancels out).

Usage: python benchmarks/group.py [--window 100000]

Articles are made up: each story has its own names and numbers, each text takes words from a long-tailed
vocabulary, and every third article repeats the facts of a story of the last days. Prints articles/s for
reading fingerprints and for joining, at a tenth of the window and at all of it, and the memory.

The peer is what a tutorial of story detection does: tf-idf over the facts of each article, an inverted index, the
article joins the story of its nearest neighbour by cosine. It is measured on fewer articles, since it is slow.
"""

import argparse
import math
import random
import resource
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import Fingerprint, GroupWindow, assign, pack, unpack

_MEASURED = 3_000
_MEASURED_PLAIN = 150
_NEAR = 0.3


def made_up_articles(count: int, seed: int = 7) -> list[tuple[str, str, datetime]]:
    """(title, text, published) of *count* articles on some 2/3 as many events, in order of time."""
    chance = random.Random(seed)
    syllables = ["ka", "ro", "mi", "ten", "sol", "bra", "vi", "lu", "dor", "pe", "gan", "ri", "sto", "na", "fel", "qui"]

    def name(least: int = 4) -> str:
        return "".join(chance.choices(syllables, k=chance.randint(least, 5))).capitalize()

    words = [name(2).lower() for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    themes = [
        "hackers stole data of customers",
        "workers on strike",
        "an earthquake struck",
        "won the match",
        "profit fell",
    ]
    places = ["France", "Germany", "Spain", "London", "Berlin", "Madrid", "Brazil", "Japan", "India", "Canada"]
    events: list[tuple[str, str, str, str, int]] = []
    moment, articles = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(count):
        moment += timedelta(seconds=30)
        if events and chance.random() < 1 / 3:
            event = chance.choice(events[-2_000:])
        else:
            event = (name(), name(), chance.choice(themes), chance.choice(places), chance.randint(1_000, 900_000))
            events.append(event)
        company, person, theme, place, number = event
        filler = " and the ".join(chance.choices(words, weights, k=45))
        facts = f"The company {company} in {place} said that {theme}. Mr {person} spoke of {number} cases."
        text = f"{facts} {filler}. {' of a '.join(chance.choices(words, weights, k=45))}"
        articles.append((f"At {company} {theme}", text, moment))
    return articles


@dataclass(slots=True)
class PlainIndex:
    """Nearest neighbour by tf-idf cosine over all articles that share a fact."""

    postings: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    lengths: list[float] = field(default_factory=list)
    stories: list[int] = field(default_factory=list)

    def add(self, fingerprint: Fingerprint, story: int | None = None) -> None:
        """Take an article in, under the story of its nearest neighbour unless it is told."""
        own = len(self.stories)
        found = self._nearest(fingerprint) if story is None else story
        self.stories.append(own if found is None else found)
        self.lengths.append(math.sqrt(sum(weight * weight for _, weight in fingerprint.facts)) or 1.0)
        for key, weight in fingerprint.facts:
            self.postings[key].append((own, weight))

    def _nearest(self, fingerprint: Fingerprint) -> int | None:
        products: dict[int, float] = defaultdict(float)
        total, length = len(self.stories) + 1, 0.0
        for key, weight in fingerprint.facts:
            holders = self.postings.get(key, ())
            rarity = math.log(total / (len(holders) + 1)) * weight
            length += rarity * rarity
            for number, held in holders:
                products[number] += rarity * held
        best = max(products, key=lambda number: products[number] / self.lengths[number], default=None)
        if best is None or products[best] < _NEAR * self.lengths[best] * math.sqrt(length):
            return None
        return self.stories[best]


def measure_plain(prints: Sequence[Fingerprint], window_size: int) -> float:
    """Articles joined per second by the peer once its window holds *window_size*."""
    index = PlainIndex()
    for number, fingerprint in enumerate(prints[:window_size]):
        index.add(fingerprint, number)
    measured = prints[window_size : window_size + _MEASURED_PLAIN]
    start = time.process_time()
    for fingerprint in measured:
        index.add(fingerprint)
    return len(measured) / (time.process_time() - start)


def measure(reader_prints: list[Fingerprint], window_size: int) -> tuple[float, GroupWindow]:
    """Articles joined per second once the window holds *window_size*."""
    policy = GroupPolicy(max_articles=window_size)
    window = GroupWindow(policy, load_group_weights(), {})
    for fingerprint in reader_prints[:window_size]:
        assign(fingerprint, window, policy)
    measured = reader_prints[window_size : window_size + _MEASURED]
    start = time.process_time()
    for fingerprint in measured:
        assign(fingerprint, window, policy)
    return len(measured) / (time.process_time() - start), window


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=int, default=100_000)
    size = parser.parse_args().window
    reader = load_fact_reader(GroupPolicy())
    articles = made_up_articles(size + _MEASURED)
    start = time.process_time()
    prints = [reader.fingerprint(str(number), *article) for number, article in enumerate(articles)]
    reading = len(prints) / (time.process_time() - start)
    small, _ = measure(prints, size // 10)
    packed = [pack(fingerprint) for fingerprint in prints]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    large, window = measure(prints, size)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    stories = len(window.stories)
    start = time.process_time()
    again = GroupWindow(GroupPolicy(max_articles=size), load_group_weights(), {})
    for line in packed[:size]:
        one = unpack(line)
        again.add(one, window.story_of(one.article_id) or one.article_id)
    restart = time.process_time() - start
    stored = sum(map(len, packed[:size])) / size
    del again, window, packed
    plain = measure_plain(prints, size)
    print(f"fingerprints read           {reading:8.0f} articles/s")
    print(f"joined, window {size // 10:9,d}   {small:8.0f} articles/s")
    print(f"joined, window {size:9,d}   {large:8.0f} articles/s, {stories:,d} stories")
    print(f"read and joined             {1 / (1 / reading + 1 / large):8.0f} articles/s")
    print(f"ten times the window costs  {small / large:8.2f} times the time")
    print(f"plain tf-idf neighbour      {plain:8.0f} articles/s, {large / plain:.0f} times slower")
    print(f"index of the window         {memory / 1024:8.0f} MiB")
    print(f"window after a restart      {restart:8.1f} s, {stored:.0f} bytes an article stored")


if __name__ == "__main__":
    main()
