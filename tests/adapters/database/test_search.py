"""The index of words, on both databases."""

from datetime import timedelta

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.search_index import fts5_query
from monitor.adapters.database.store import DatabaseStore
from tests.adapters.database.store_builders import SOON, article, claimed, collected, polled


def test_an_edited_article_is_found_by_its_new_words_only(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    collected(store, article("x", text="walrus"))
    (state,) = claimed(store, SOON + timedelta(hours=1)).values()
    store.save_polls([polled(state, [article("x", text="narwhal", content_hash="hash-2")])], SOON)
    assert [row["id"] for row in catalogue.search("narwhal")] == ["x"]
    assert catalogue.search("walrus") == ()


@pytest.mark.parametrize("new_url", ["sqlite"], indirect=True)
def test_words_of_a_poll_are_written_at_once_whatever_comes_first(store: DatabaseStore) -> None:
    hours = range(12)
    collected(store, *(article(f"x{hour}", published_at=SOON - timedelta(hours=hour)) for hour in hours))
    with store.database.read() as connection:
        segments = connection.exec_driver_sql("SELECT count(DISTINCT segid) FROM articles_search_idx").scalar_one()
    assert segments == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("securité OR x", None, id="words of a query language are words"),
        pytest.param("sécurité", {"x", "y"}, id="accents"),
        pytest.param("securite", {"x", "y"}, id="without accents"),
        pytest.param("SECUR*", {"x", "y"}, id="prefix"),
        pytest.param("x sécurité", {"x"}, id="all words"),
        pytest.param('"Title x"', {"x"}, id="phrase"),
        pytest.param("nothing-like-it", set(), id="nothing"),
    ],
)
def test_search(store: DatabaseStore, catalogue: DatabaseCatalogue, words: str, found: set[str] | None) -> None:
    collected(store, article("x"), article("y"))
    result = {str(row["id"]) for row in catalogue.search(words)}
    assert found is None or result == found


@pytest.mark.parametrize("typed", ['"', "'", "*", "a AND", "NEAR(", '""', "col:x", "-", "(", "x*"])
def test_nothing_typed_breaks_the_search(store: DatabaseStore, catalogue: DatabaseCatalogue, typed: str) -> None:
    collected(store, article("x"))
    assert isinstance(catalogue.search(typed), tuple)
    assert fts5_query(typed)
