"""What an article says does not depend on what was read before it."""

from datetime import UTC, datetime

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader, Fingerprint

NOW = datetime(2025, 6, 20, 8, 0, tzinfo=UTC)
# A name that is a place in English: where any word has a capital, and within a sentence.
TEXTS = ("Jordan gagne. Ils sont à Jordan.", "Ils sont à Jordan depuis lundi.", "Jordan gagne encore.")


def fresh() -> FactReader:
    read = load_fact_reader(GroupPolicy())
    return FactReader(read.lexicon, read.aliases, read.policy)


def told(reader: FactReader, text: str) -> Fingerprint:
    return reader.fingerprint("a", "Match", text, NOW, language="fr")


def test_an_article_reads_the_same_after_any_other() -> None:
    alone = [told(fresh(), text) for text in TEXTS]
    for order in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0)):
        reader = fresh()
        assert {index: told(reader, TEXTS[index]) for index in order} == dict(enumerate(alone))
