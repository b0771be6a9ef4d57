"""Which articles are worth their page: those that name somebody we watch, or speak of attacks."""

import functools
from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick

from monitor.domain.article import Article
from monitor.domain.lexicon import Lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect.cues import patterns_of
from monitor.stages.detect.folding import fold_words

# Concepts that speak of attacks without the help of others, in whatever language.
_SPEAKING = frozenset(
    {
        "breach",
        "crypto_theft",
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
# Words of computing are everyday words of other languages: a "site" is one in Portuguese, and in English any place.
_OF_ITS_LANGUAGE = frozenset({"cyber"})
_SHORTEST = 3


class PromiseIndex:
    """Looks for watched names and words of attack, in all languages at once, and for words of computing in its own."""

    def __init__(self, entities: Iterable[Entity], lexicon: Lexicon) -> None:
        self._names = AhoCorasick(sorted({f" {word} " for word in _folded(_names(entities))}))
        self._lexicon = lexicon
        self._languages = frozenset(pack.language for pack in lexicon.packs)

    def is_promising(self, article: Article) -> bool:
        """Whether the title or the text of *article* holds one of them."""
        folded = f" {fold_words(f'{article.title} {article.text}')} "
        language = article.language if article.language in self._languages else ""
        automata = (self._names, _spoken(self._lexicon, _SPEAKING), _spoken(self._lexicon, _OF_ITS_LANGUAGE, language))
        return any(automaton.find_matches_as_indexes(folded) for automaton in automata)


@functools.lru_cache(maxsize=32)
def _spoken(lexicon: Lexicon, concepts: frozenset[str], language: str = "") -> AhoCorasick:
    """The words for *concepts*, in all languages where none is given, read once for all indexes of a process."""
    packs = [pack for pack in lexicon.packs if language in {"", pack.language}]
    found = (patterns_of(pack.cues.of(concept)) for pack in packs for concept in concepts)
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
