"""Reads the concept lexicon and the company names that ship with the package, for grouping."""

import functools
from pathlib import Path

from monitor.adapters.yaml_settings.catalogue import often_hit
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.group_policy import GroupPolicy
from monitor.lexicon import LEXICON
from monitor.stages.group import Concept, ConceptLexicon, FactReader, alias_index, parse_concepts
from monitor.stages.group.folding import fold
from monitor.stages.group.reading import Tokeniser

LANGUAGES = ("en", "nl", "de", "fr", "es", "it", "pt")
# Tables of words that are read one by one where they are asked for: they tell no event from another.
_APART = frozenset({"corrections.psv", "official.psv"})


@functools.lru_cache(maxsize=1)
def load_fact_reader(policy: GroupPolicy) -> FactReader:
    """A fact reader with all concept tables and the company catalogue of this package; a reload finds it made."""
    names = [(name, str(entity.id)) for entity in often_hit() for name in (entity.name, *entity.aliases)]
    return FactReader(load_concepts(LEXICON / "concepts"), alias_index(names, Tokeniser()), policy)


def load_concepts(folder: Path) -> ConceptLexicon:
    """
    The concept lexicon of a folder of tables.

    Raises:
        ConfigError: a table has a line of another form.
    """
    concepts: list[Concept] = []
    apart: list[Concept] = []
    for table in sorted(folder.glob("*.psv")):
        try:
            (apart if table.name in _APART else concepts).extend(
                parse_concepts(table.read_text("utf-8").splitlines(), LANGUAGES)
            )
        except ValueError as error:
            raise ConfigError((Fault(table.name, 0, 0, "", str(error)),)) from error
    lexicon = ConceptLexicon(concepts, _word_lists((folder / "stopwords.txt").read_text("utf-8")), apart)
    for share, words in _word_lists((folder / "names.txt").read_text("utf-8")).items():
        for word in words:
            lexicon.priors[f"n:{fold(word)}"] = lexicon.priors[f"e:{fold(word)}"] = float(share)
    return lexicon


def _word_lists(text: str) -> dict[str, list[str]]:
    """Lines of ``key: words``; a key may stand more than once."""
    lists: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, colon, words = line.partition(": ")
        if colon and not line.startswith("#"):
            lists.setdefault(key, []).extend(words.split())
    return lists
