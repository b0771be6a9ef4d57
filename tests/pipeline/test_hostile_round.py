"""Hostile feeds among good ones: no good one is lost, and of the hostile ones what is worth keeping is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.adapters.database.catalogue import DatabaseCatalogue
from tests.builders import NOW
from tests.hostile.documents import all_cases
from tests.hostile.round import POLICY, hostile_round

_GOOD = 60
# What is lost is asked here, not how soon it comes: on a busy machine ten megabytes take longer than the service gives.
PATIENT = replace(
    POLICY,
    fetch=replace(POLICY.fetch, timeout=timedelta(seconds=12), read_timeout=timedelta(seconds=8)),
    parse=replace(POLICY.parse, time_limit=timedelta(seconds=40), thorough_limit=timedelta(seconds=1)),
    poll=replace(POLICY.poll, lease=timedelta(minutes=10)),
)


async def test_hostile_feeds_take_nothing_from_good_ones(tmp_path: Path) -> None:
    cases = all_cases()
    async with hostile_round(_GOOD, cases, tmp_path, NOW, PATIENT) as outcome:
        stored: dict[str, set[str]] = {}
        for row in DatabaseCatalogue(outcome.store.database).articles():
            stored.setdefault(str(row["feed"]), set()).add(str(row["title"]))
        states = {str(feed.id): state for feed, state in DatabaseCatalogue(outcome.store.database).feeds()}
    failed = {str(failure.feed_id): failure.reason for failure in outcome.report.failures}
    assert outcome.report.due == len(states) == _GOOD + len(cases) + 1
    assert [stored.get(f"good-{number}") for number in range(_GOOD)] == [{f"Good {n}"} for n in range(_GOOD)]
    assert "within 12 s" in failed["drip"]
    every_title = set().union(*stored.values())
    lost = [case.name for n, case in enumerate(cases) if f"bad-{n}" not in failed and not set(case.kept) <= every_title]
    assert lost == []
    wrongly_failed = [case.name for n, case in enumerate(cases) if f"bad-{n}" in failed and not case.may_fail]
    assert wrongly_failed == []
    assert all(state.next_check_at > NOW for state in states.values())
