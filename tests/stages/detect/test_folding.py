"""Tests that many texts are folded together as each is by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.detect.folding import fold_each, fold_words

LINE = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=20)


@given(
    st.lists(LINE | st.sampled_from(["l’Équipe*", " A  B ", "M&S", "soft\u00adly", "e\u0301te\u0301", "Київ", "*", ""]))
)
def test_each_comes_out_as_alone(texts: list[str]) -> None:
    assert list(fold_each(texts)) == [fold_words(text) for text in texts]


@pytest.mark.parametrize(
    "texts", [["Größe", "Hit  by"], ["Größe", "M&S", "Hit  by"], ["Größe", "Київ", "e\u0301te\u0301"]]
)
def test_what_one_of_them_holds_changes_no_other(texts: list[str]) -> None:
    assert list(fold_each(texts)) == [fold_words(text) for text in texts]
