"""Which articles are worth their page: those that name somebody we watch, or speak of attacks."""

import functools
from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick

from monitor.domain.article import Article
from monitor.domain.lexicon import Lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect.cues import patterns_of
from monitor.stages.detect.folding import fold_words

# Concepts that speak of attacks without the help of others.
_SPEAKING = frozenset(
    {
        "breach",
        "crypto_theft",
        "cyber",
        "cyberattack",
        "ddos",
        "deface",
        "espionage",
        "exploit",
        "hack",
        "hijack",
        "leak_site",
        "malware",
        "outage",
        "phishing",
        "ransom_demand",
        "ransomware",
    }
)
_SHORTEST = 3


class PromiseIndex:
    """Looks for watched names and for words of attack, in all languages at once."""

    def __init__(self, entities: Iterable[Entity], lexicon: Lexicon) -> None:
        names = {f" {word} " for word in _folded(_names(entities))}
        self._automata = (_spoken(lexicon), AhoCorasick(sorted(names)))

    def is_promising(self, article: Article) -> bool:
        """Whether the title or the text of *article* holds one of them."""
        folded = f" {fold_words(f'{article.title} {article.text}')} "
        return any(automaton.find_matches_as_indexes(folded) for automaton in self._automata)


@functools.lru_cache(maxsize=4)
def _spoken(lexicon: Lexicon) -> AhoCorasick:
    """Words of attack in all languages, read once for all indexes of a process."""
    found = (patterns_of(pack.cues.of(concept)) for pack in lexicon.packs for concept in _SPEAKING)
    return AhoCorasick(list({one for patterns in found for one in patterns if len(one.strip()) >= _SHORTEST}))


def _names(entities: Iterable[Entity]) -> Iterable[str]:
    for entity in entities:
        groups: Sequence[Sequence[str]] = (
            (entity.name,),
            entity.aliases,
            entity.people,
            entity.products,
            entity.subsidiaries,
        )
        for group in groups:
            yield from group


def _folded(names: Iterable[str]) -> Iterable[str]:
    return (folded for name in names if len(folded := fold_words(name)) >= _SHORTEST)
