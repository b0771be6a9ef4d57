"""Which articles are worth their page."""

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.fulltext.promise import PromiseIndex
from tests.builders import NOW

DAIRY = Entity(EntityId("dairy"), "Northern Dairy", aliases=("Nørthmælk", "ND"), people=("Ann Bell",))


@pytest.fixture(scope="module")
def index():
    return PromiseIndex([DAIRY], load_lexicon())


@pytest.mark.parametrize(
    ("title", "text", "is_promising"),
    [
        pytest.param("Northern Dairy opens a shop", "", True, id="a name in the title"),
        pytest.param("A new shop", "It is run by northern  dairy.", True, id="a name in the text, in small letters"),
        pytest.param("Ann Bell leaves", "", True, id="a person"),
        pytest.param("NORTHMAELK grows", "", False, id="another spelling is another name"),
        pytest.param("NØRTHMÆLK grows", "", True, id="capitals and letters of the north"),
        pytest.param("Northern Dairyland", "", False, id="part of a word"),
        pytest.param("ND", "", False, id="a name too short to be looked for by itself"),
        pytest.param("Hospital hit by ransomware", "", True, id="English words of attack"),
        pytest.param("Gemeente getroffen door cyberaanval", "", True, id="Dutch words of attack"),
        pytest.param("Minister visits school", "Pupils sang.", False, id="nothing of the kind"),
        pytest.param("", "", False, id="nothing at all"),
    ],
)
def test_promise(index, title, text, is_promising):
    article = Article(ArticleId("a"), FeedId("f"), "g", "", title, text, NOW, NOW)
    assert index.is_promising(article) is is_promising


@pytest.mark.parametrize(("language", "is_promising"), [("pt", True), ("en", False), ("und", True), ("fi", True)])
def test_a_word_of_computing_counts_in_its_own_language(index, language, is_promising):
    article = Article(ArticleId("a"), FeedId("f"), "g", "", "Site", "", NOW, NOW, language=language)
    assert index.is_promising(article) is is_promising


def test_a_watchlist_without_names_promises_attacks_only():
    index = PromiseIndex([], load_lexicon())
    article = Article(ArticleId("a"), FeedId("f"), "g", "", "Northern Dairy", "", NOW, NOW)
    assert not index.is_promising(article)
