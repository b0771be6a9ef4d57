"""The words of messages: which language is taken, and what a broken installation says."""

import string
from pathlib import Path

import pytest

from monitor.adapters.packaged.messages import load_wordings, wording_for
from monitor.domain.alert import Reason
from monitor.domain.errors import ConfigError
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.notification import NoticeKind
from monitor.domain.story import StoryState


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


def test_all_languages_have_the_same_texts_with_the_same_gaps() -> None:
    english = load_wordings()["en"].texts
    for language, words in load_wordings().items():
        assert words.texts.keys() == english.keys(), language
        for key, text in english.items():
            assert _gaps(words.texts[key]) == _gaps(text), f"{language}: {key}"


def test_there_is_a_text_for_each_word_of_the_vocabulary() -> None:
    words = load_wordings()["en"]
    wanted = [f"attack.{kind}" for kind in AttackType] + [f"sure.{status}" for status in Status]
    wanted += [f"role.{role}" for role in Role] + [f"state.{state}" for state in StoryState]
    wanted += [f"reason.{reason}" for reason in Reason if reason.speaks] + [f"notice.{kind}" for kind in NoticeKind]
    assert [key for key in wanted if not words.knows(key)] == []


def _gaps(text: str) -> list[str]:
    """What is filled in, but for endings that agree: no two languages have the same."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name and name not in {"e", "o", "s"})
