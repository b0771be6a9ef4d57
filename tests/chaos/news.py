"""
Made-up attacks on made-up companies. Every company, person, town and product is named in one report only, so
that what was lost cannot hide behind what came later.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

_ONSETS = "b br c d dr f fl g gr h j k kl l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u ai ei oa".split()
_CODAS = "b d g k l m n nd r rn rt s st t x".split()
_TRADES = "Foundry Dairies Logistics Clinics Energy Mutual Ferries Pharma Textiles Optics Breweries Rail".split()
_REPORTS = (
    (
        "Ransomware at {name} halts {product} in {town}",
        "{name} was hit by ransomware. The company confirmed that {n} servers in {town} had been encrypted. {person},"
        " who runs the {product} line, said that ovens and scales stood still for {m} hours.",
    ),
    (
        "{name} loses data of {n} customers, {person} confirms",
        "{name} confirmed that hackers stole the data of {n} customers from its office in {town}. Letters go out from"
        " the {product} desk this week, {person} wrote to shareholders, and a hotline answers on extension {m}.",
    ),
    (
        "Cyberattack on {name}: {town} works by hand",
        "A cyberattack forced {name} to shut down its computers in {town}. The company confirmed the attack after {m}"
        " hours. Drivers of the {product} fleet wrote {n} delivery notes by hand, said {person}.",
    ),
    (
        "{name} breached, {product} files copied",
        "{name} has been breached: attackers copied {n} files from a server in {town}, the firm confirmed. {person}"
        " had found strange logins to {product} during a drill {m} days earlier.",
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """One company's attack: the company's id and name, and what is written of it."""

    key: str
    name: str
    title: str
    text: str

    def item(self) -> str:
        """As an item of an RSS document."""
        return (
            f"<item><title>{self.title}</title><guid>{self.key}</guid>"
            f"<link>https://news.example/{self.key}</link><description>{self.text}</description></item>"
        )


def reports() -> Iterator[Report]:
    """Reports without end, the same ones each time."""
    chance = random.Random(1)
    words = _names(chance)
    number = 0
    while True:
        title, text = _REPORTS[number % len(_REPORTS)]
        name = f"{next(words)} {_TRADES[number % len(_TRADES)]}"
        facts = {
            "name": name,
            "town": next(words),
            "person": f"{next(words)} {next(words)}",
            "product": next(words),
            "n": chance.randint(100, 9_999_999),
            "m": chance.randint(2, 90),
        }
        yield Report(name.lower().replace(" ", "-"), name, title.format(**facts), text.format(**facts))
        number += 1


def document(items: str) -> bytes:
    """An RSS document of *items*."""
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Chaos</title>'
    return f"{head}{items}</channel></rss>".encode()


def _names(chance: random.Random) -> Iterator[str]:
    """Names that nobody has, none twice."""
    known: set[str] = set()
    while True:
        syllables = [chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(3)]
        word = "".join(syllables) + chance.choice(_CODAS)
        if word not in known:
            known.add(word)
            yield word.capitalize()
