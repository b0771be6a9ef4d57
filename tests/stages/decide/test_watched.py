"""Since when rules watch whom."""

from dataclasses import replace
from datetime import timedelta

from monitor.domain.feed import FeedId
from monitor.domain.finding import Role
from monitor.domain.watchlist import EntityId, RuleId
from monitor.stages.decide.watched import seen_since, watched_since
from tests.builders import NOW
from tests.story_builders import analysis, article, rule

LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)


def test_what_is_watched_at_the_first_start_was_always_watched() -> None:
    first = watched_since(None, [rule("one", entities=["acme", "zeta"])], NOW)
    assert (first.late, first.has_grown) == ({}, False)
    again = watched_since(first.note, [rule("one", entities=["acme", "zeta"])], LATER)
    assert again == first


def test_what_is_added_later_is_watched_since_then() -> None:
    first = watched_since(None, [rule("one")], NOW)
    grown = watched_since(first.note, [rule("one", entities=["acme", "zeta"]), rule("two")], LATER)
    assert grown.late == {RuleId("one"): {EntityId("zeta"): LATER}, RuleId("two"): {EntityId("acme"): LATER}}
    assert grown.has_grown
    again = watched_since(grown.note, [rule("one", entities=["acme", "zeta"]), rule("two")], LAST)
    assert (again.late, again.has_grown, again.note) == (grown.late, False, grown.note)


def test_what_was_taken_out_and_put_back_is_watched_since_it_is_back() -> None:
    first = watched_since(None, [rule("one"), rule("two")], NOW)
    less = watched_since(first.note, [rule("one")], LATER)
    assert (less.late, less.has_grown) == ({}, False)
    back = watched_since(less.note, [rule("one"), rule("two")], LAST)
    assert back.late == {RuleId("two"): {EntityId("acme"): LAST}}


def test_what_an_article_said_before_somebody_was_watched_is_left_out() -> None:
    told = [analysis(name, {"acme": Role.VICTIM, "zeta": Role.VICTIM}) for name in ("before", "after", "always")]
    articles = [
        article("before", minutes=-60),
        article("after", minutes=60),
        replace(article("always", minutes=-60), feed_id=FeedId("seeds")),
    ]
    heard = seen_since({EntityId("zeta"): NOW}, articles, told, frozenset({FeedId("seeds")}))
    named = [[str(finding.entity_id) for finding in one.findings] for one in heard]
    assert named == [["acme"], ["acme", "zeta"], ["acme", "zeta"]]
