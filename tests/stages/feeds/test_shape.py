"""Feeds whose entries are not what they were."""

import dataclasses

import pytest

from monitor.domain.feed import EntryShape, Health, ParsedFeed
from tests.builders import NOW
from tests.stages.planning import (
    FEED,
    POLICY,
    document,
    fetched,
    state,
    succeed,
)


def shaped(count: int = 6, characters: int = 3000, held: str = "dates links texts") -> ParsedFeed:
    return document(shape=EntryShape(count, characters, frozenset(held.split())))


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        pytest.param(shaped(characters=90), "about 90 characters long now and were about 3,000", id="summaries only"),
        pytest.param(shaped(characters=0, held="dates links"), "no texts any more", id="headlines only"),
        pytest.param(shaped(held="links texts"), "no dates any more", id="without dates"),
        pytest.param(shaped(held="texts"), "no dates and no links any more", id="without dates and links"),
    ],
)
def test_a_feed_whose_entries_are_not_what_they_were_is_changed_until_they_are(after, reason):
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    changed, notices = succeed(usual, fetched(), after, new=6)
    assert changed.health is Health.CHANGED
    assert reason in changed.health_reason
    assert notices == (changed.health_reason,)
    for answer, parsed in ((fetched(304), None), (fetched(), document()), (fetched(), shaped(count=1))):
        still, notices = succeed(changed, answer, parsed)
        assert (still.health, still.health_reason, notices) == (Health.CHANGED, changed.health_reason, ())
    healed, notices = succeed(changed, fetched(), shaped(), new=6)
    assert (healed.health, healed.changed_at) == (Health.FINE, None)
    assert "well again" in notices[0]


def test_what_a_feed_changed_to_is_usual_in_the_end():
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    changed, _ = succeed(usual, fetched(), shaped(characters=90), new=6)
    later = dataclasses.replace(changed, changed_at=NOW - POLICY.changed_for)
    settled, _ = succeed(later, fetched(), shaped(characters=90), new=6)
    assert (settled.health, settled.usual.characters) == (Health.FINE, 90)
    assert succeed(settled, fetched(), shaped(characters=90), new=6)[0].health is Health.FINE


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(shaped(count=4, characters=90), id="a few short ones"),
        pytest.param(shaped(characters=1200), id="somewhat shorter"),
        pytest.param(shaped(characters=90_000), id="longer"),
        pytest.param(document(), id="nothing new"),
    ],
)
def test_entries_may_differ(after):
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    planned, notices = succeed(usual, fetched(), after, new=1)
    assert (planned.health, notices) == (Health.FINE, ())


def test_short_texts_may_be_shorter():
    usual, _ = succeed(state(), fetched(), shaped(characters=300), new=6)
    assert succeed(usual, fetched(), shaped(characters=20), new=6)[0].health is Health.FINE


def test_a_new_address_may_give_other_entries():
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    moved = dataclasses.replace(FEED, url="https://example.org/short")
    planned, _ = succeed(usual, fetched(), shaped(characters=90), new=6, feed=moved)
    assert (planned.health, planned.usual.characters) == (Health.FINE, 90)
