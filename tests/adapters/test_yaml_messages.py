"""The words of messages: which language is taken, and what a broken installation says."""

from pathlib import Path

import pytest

from monitor.adapters.packaged.messages import load_wordings, wording_for
from monitor.domain.errors import ConfigError


@pytest.mark.parametrize(("asked", "taken"), [("nl", "nl"), ("nl-BE", "nl"), ("FR", "fr"), ("pt", "en"), ("", "en")])
def test_a_language_without_words_gets_english(asked: str, taken: str) -> None:
    assert wording_for(asked).language == taken


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("a: [1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"en\.yaml"):
        load_wordings(tmp_path)


def test_values_are_never_read_as_formats() -> None:
    words = load_wordings()["en"]
    assert words.say("deed.silence") == "Silence this story for 24 hours"
    assert words.say("list.and", names="{last}", last="{0.__class__}") == "{last} and {0.__class__}"
    assert words.count("sources", 1) == "1 source"
    assert words.count("sources", 0) == "0 sources"
    assert words.listed((), 3) == ""
