"""How rules were changed, as noted between starts."""

from dataclasses import replace
from datetime import timedelta

from monitor.domain.watchlist import RuleId, Severity
from monitor.stages.decide.widened import changes_since
from tests.builders import NOW
from tests.story_builders import rule

LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)


def test_a_rule_that_is_as_it_was_has_no_changes() -> None:
    changes, note = changes_since(None, [rule("one")], NOW)
    assert (changes, changes_since(note, [rule("one")], LATER)) == ({}, ({}, note))


def test_a_change_remembers_how_the_rule_asked_before() -> None:
    first = rule("one")
    _, note = changes_since(None, [first], NOW)
    wider = replace(first, statuses=first.statuses | {"denied"}, severity=Severity.CRITICAL)
    changes, note = changes_since(note, [wider], LATER)
    (change,) = changes[RuleId("one")]
    assert (change.at, change.before) == (LATER, first)
    again, same = changes_since(note, [wider], LAST)
    assert (again, same) == (changes, note)


def test_whom_a_rule_tells_is_no_change_and_a_new_rule_has_none() -> None:
    first = rule("one")
    _, note = changes_since(None, [first], NOW)
    changes, _ = changes_since(note, [replace(first, channels=("desk",), version="2"), rule("two")], LATER)
    assert changes == {}


def test_of_many_changes_the_last_are_kept() -> None:
    note = None
    for number in range(9):
        changes, note = changes_since(
            note, [replace(rule("one"), min_sources=number + 1)], NOW + timedelta(days=number)
        )
    assert [change.before.min_sources for change in changes[RuleId("one")]] == [4, 5, 6, 7, 8]
