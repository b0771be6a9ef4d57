"""What is said about feeds: illness and recovery, each with its reason, each once."""

import dataclasses
from datetime import timedelta

import pytest

from monitor.domain.errors import FetchError, FetchFault, ParseError
from monitor.domain.feed import Health
from monitor.stages.feeds.health import remembered_keys
from monitor.stages.feeds.plan import plan_failure
from tests.builders import NOW
from tests.stages.planning import (
    DAY,
    FEED,
    HOUR,
    MINUTE,
    POLICY,
    document,
    entries,
    fail,
    fetched,
    state,
    succeed,
    wait,
)


@pytest.mark.parametrize(
    ("error", "times", "health", "told"),
    [
        pytest.param(FetchError("no"), 1, Health.FINE, 0, id="once is nothing"),
        pytest.param(FetchError("no"), 3, Health.FAILING, 0, id="three times is failing"),
        pytest.param(FetchError("no"), 20, Health.FAILING, 1, id="told once"),
        pytest.param(FetchError("no", kind=FetchFault.BLOCKED), 1, Health.BLOCKED, 0, id="blocked"),
        pytest.param(FetchError("no", kind=FetchFault.BLOCKED), 9, Health.BLOCKED, 1, id="blocked is told sooner"),
        pytest.param(ParseError("a page for people", is_wall=True), 3, Health.WALLED, 1, id="a wall"),
        pytest.param(ParseError("no feed"), 3, Health.CHANGED, 0, id="what was a feed is none"),
    ],
)
def test_failures_become_a_health_with_a_reason(error, times, health, told):
    planned, notices = fail(times, error, state())
    assert planned.health is health
    assert len(notices) == told
    assert str(error) in planned.health_reason


def test_a_feed_that_never_worked_is_failing_at_once():
    planned, _ = plan_failure(FEED, state(last_success_at=None), ParseError("no feed"), NOW, POLICY)
    assert planned.health is Health.FAILING


def test_not_modified_after_failures_heals_nothing_and_a_document_does():
    broken, _ = fail(20, FetchError("no"), state())
    still, notices = succeed(broken, fetched(304))
    assert (still.health, notices) == (Health.FAILING, ())
    # However often it is said: a broken server behind a cache says so for ever.
    again, notices = succeed(still, fetched(304))
    assert (again.health, again.failures, notices) == (Health.FAILING, 20, ())
    well, notices = succeed(again, fetched(), document(), 1)
    assert (well.health, well.failures, well.health_reason) == (Health.FINE, 0, "")
    assert notices == ("is well again; it was failing",)
    same, notices = succeed(broken, fetched())
    assert same.health is Health.FINE


def test_an_overflow_is_estimated_and_the_interval_shortened():
    before = state(
        newest_guids=remembered_keys(entries(10, name="old")), publishes_per_day=240.0, interval=timedelta(minutes=40)
    )
    before = dataclasses.replace(before, last_success_at=NOW - 4 * HOUR)
    planned, notices = succeed(before, fetched(), document(10, 6 * MINUTE), 10)
    assert planned.health is Health.OVERFLOWING
    assert "about 30 entries" in planned.health_reason
    assert notices == (planned.health_reason,)
    assert wait(planned) <= timedelta(minutes=22)
    again, _ = succeed(planned, fetched(), document(10, 6 * MINUTE), 0)
    assert again.health is Health.FINE


def test_what_is_said_of_the_last_try_is_over_with_the_next_answer():
    before = state(health=Health.OVERFLOWING, health_reason="some passed unseen")
    failed, _ = fail(2, FetchError("no"), before)
    assert failed.health_reason == "not read at the last try: no; before that: some passed unseen"
    for answer in (fetched(), fetched(304)):
        again, _ = succeed(failed, answer)
        assert (again.health, again.health_reason) == (Health.OVERFLOWING, "some passed unseen")
    fine, _ = succeed(fail(1, FetchError("no"), state())[0], fetched(304))
    assert (fine.health, fine.health_reason) == (Health.FINE, "")


def test_new_ids_for_known_links_are_no_overflow():
    before = state(newest_guids=remembered_keys(entries(5)))
    renamed = tuple(dataclasses.replace(entry, guid=f"x-{entry.guid}") for entry in entries(5))
    planned, _ = succeed(before, fetched(), document(entries=renamed), 5)
    assert planned.health is Health.FINE


def test_a_feed_that_says_that_it_has_ended_is_told_once_and_asked_on():
    ended, notices = succeed(state(), fetched(), document(has_ended=True), new=1)
    assert (ended.health, len(notices)) == (Health.GONE, 1)
    assert wait(ended) < DAY
    for answer, parsed in ((fetched(304), None), (fetched(), None), (fetched(), document(has_ended=True))):
        after, notices = succeed(ended, answer, parsed)
        assert (after.health, notices) == (Health.GONE, ())
    after, notices = succeed(ended, fetched(), document())
    assert (after.health, notices) == (Health.FINE, ("is well again; it was gone",))


def test_a_feed_that_lost_all_its_entries_has_changed():
    before, _ = succeed(state(), fetched(), document())
    planned, notices = succeed(before, fetched(), document(entries=()))
    assert planned.health is Health.CHANGED
    assert "empty" in notices[0]
    # The same document again is what it was, and no recovery.
    for answer in (fetched(), fetched(304)):
        planned, notices = succeed(planned, answer)
        assert (planned.health, notices) == (Health.CHANGED, ())
    planned, (notice,) = succeed(planned, fetched(), document())
    assert (planned.health, notice) == (Health.FINE, "is well again; it was changed")


def test_silence_is_told_once_and_heals():
    before = state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY)
    planned, notices = succeed(before, fetched(304))
    assert planned.health is Health.SILENT
    assert notices == ("nothing new for 4 days; it used to publish 10 entries a day",)
    again, notices = succeed(planned, fetched(304))
    assert (again.health, notices) == (Health.SILENT, ())
    well, notices = succeed(again, fetched(), document(), 3)
    assert well.health is Health.FINE
    assert notices == ("is well again; it was silent",)


@pytest.mark.parametrize(
    ("a_day", "days", "said"),
    [
        pytest.param(1.6, 90, "nothing new for 90 days; it used to publish 2 entries a day", id="some a day"),
        pytest.param(1.0, 90, "nothing new for 90 days; it used to publish about daily", id="one a day"),
        pytest.param(0.66, 90, "nothing new for 90 days; it used to publish every 2 days", id="never every 1 days"),
    ],
)
def test_a_cadence_is_told_in_whole_words(a_day, days, said):
    planned, _ = succeed(state(publishes_per_day=a_day, newest_at=NOW - days * DAY), fetched(304))
    assert planned.health_reason == said


@pytest.mark.parametrize(("hours", "said"), [(1, "every 1 hour "), (24, "every 24 hours "), (72, "every 3 days ")])
def test_how_often_a_feed_is_asked_that_is_gone_is_told_in_whole_words(hours, said):
    policy = dataclasses.replace(POLICY, gone_retry=hours * HOUR)
    planned, _ = plan_failure(FEED, state(), FetchError("no", kind=FetchFault.GONE), NOW, policy)
    assert said in planned.health_reason


def test_of_two_illnesses_one_after_the_other_recovery_names_both():
    quiet, _ = succeed(state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY), fetched(304))
    blocked, notices = fail(9, FetchError("no", kind=FetchFault.BLOCKED), quiet)
    assert [notice.split(": ")[0] for notice in notices] == ["could not be read 3 times in a row (blocked)"]
    assert blocked.told == (Health.SILENT, Health.BLOCKED)
    read, notices = succeed(blocked, fetched())
    assert (read.health, read.told) == (Health.SILENT, (Health.SILENT,))
    assert notices == (
        "is read again; it was blocked; still silent: nothing new for 4 days; it used to publish 10 entries a day",
    )
    again, notices = succeed(read, fetched(304))
    assert (again.told, notices) == ((Health.SILENT,), ())
    well, notices = succeed(blocked, fetched(), document(), 3)
    assert (well.health, well.told) == (Health.FINE, ())
    assert notices == ("is well again; it was silent, then blocked",)


def test_an_illness_that_gives_way_to_another_is_told_to_be_over_with_it():
    blocked, _ = fail(
        9, FetchError("no", kind=FetchFault.BLOCKED), state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY)
    )
    silent, notices = succeed(blocked, fetched())
    assert (silent.told, len(notices)) == ((Health.SILENT,), 1)
    assert notices[0].endswith("; before that it was blocked")


def test_an_illness_that_comes_back_before_the_feed_is_well_is_told_once():
    blocked, _ = fail(9, FetchError("no", kind=FetchFault.BLOCKED), state())
    failing, told = fail(30, FetchError("no"), blocked)
    _, again = fail(9, FetchError("no", kind=FetchFault.BLOCKED), failing)
    assert (len(told), again) == (1, [])


def test_a_slow_answer_is_a_recovery():
    blocked, _ = fail(9, FetchError("no", kind=FetchFault.BLOCKED), state())
    slow, notices = succeed(blocked, fetched(elapsed_s=14.2), document())
    assert (slow.health, slow.told, notices) == (Health.SLOW, (), ("is well again; it was blocked",))
    assert succeed(slow, fetched(), document())[1] == ()


def test_silence_within_the_cadence_is_no_fault():
    planned, _ = succeed(state(publishes_per_day=0.2, newest_at=NOW - 20 * DAY), fetched(304))
    assert planned.health is Health.FINE


def test_a_slow_answer_is_seen_and_not_told():
    planned, notices = succeed(state(), fetched(elapsed_s=14.2), document())
    assert (planned.health, notices) == (Health.SLOW, ())
    assert planned.health_reason == "the last answer took 14 s"
