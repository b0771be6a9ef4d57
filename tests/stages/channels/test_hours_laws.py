"""Laws of local hours, in zones whose clocks change by an hour, by half an hour, by two, at midnight, by a whole day or never."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.notification import QuietHours
from monitor.domain.watchlist import Digest
from monitor.stages.channels.hours import end_of, is_within, last_period, next_period

# Around each change of these zones, and a year in which nothing happens.
CHANGES = {
    "Europe/Amsterdam": ["2026-03-29T01", "2026-10-25T01"],
    "America/New_York": ["2026-03-08T07", "2026-11-01T06"],
    "America/Sao_Paulo": ["2018-11-04T03", "2019-02-17T02"],
    "Australia/Lord_Howe": ["2026-04-04T15", "2026-10-03T15"],
    "Antarctica/Troll": ["2026-03-29T01", "2026-10-25T01"],
    "Pacific/Apia": ["2011-12-30T10", "2012-04-01T14"],
    "Africa/Casablanca": ["2026-02-15T02", "2026-03-22T02"],
    "Asia/Kolkata": ["2026-03-29T01"],
}
MOMENTS = st.sampled_from([(zone, at) for zone, found in CHANGES.items() for at in found]).flatmap(
    lambda one: st.integers(-3_000, 3_000).map(
        lambda minutes: (one[0], datetime.fromisoformat(f"{one[1]}:00+00:00") + timedelta(minutes=minutes))
    )
)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
LENGTHS = {Digest.HOURLY: timedelta(hours=1), Digest.DAILY: timedelta(hours=49), Digest.WEEKLY: timedelta(days=9)}
A_MOMENT = timedelta(microseconds=1)


@given(one=MOMENTS, at=TIMES, digest=st.sampled_from([Digest.HOURLY, Digest.DAILY, Digest.WEEKLY]))
def test_each_moment_lies_in_one_period_and_each_period_is_due_once(
    one: tuple[str, datetime], at: time, digest: Digest
) -> None:
    zone, moment = one
    name, due = next_period(digest, at, moment, zone)
    assert moment < due <= moment + LENGTHS[digest]
    assert next_period(digest, at, due - A_MOMENT, zone) == (name, due)
    following, later = next_period(digest, at, due, zone)
    assert (following != name, later > due) == (True, True)
    assert last_period(digest, at, due, zone) == (name, due)
    if digest is Digest.WEEKLY:
        assert due.astimezone(ZoneInfo(zone)).weekday() == 0


@given(one=MOMENTS, at=TIMES)
def test_a_digest_comes_on_every_day_that_there_is(one: tuple[str, datetime], at: time) -> None:
    zone, moment = one
    names, days, end = [], set(), moment + timedelta(days=6)
    while moment < end:
        name, moment = next_period(Digest.DAILY, at, moment, zone)
        names.append(name)
        days.add(moment.astimezone(ZoneInfo(zone)).date())
    assert len(names) == len(set(names)) == len(days)
    assert names == sorted(names)
    # None is left out, but for a day that the zone itself left out.
    missing = {min(days) + timedelta(days=number) for number in range((max(days) - min(days)).days + 1)} - days
    assert {f"{day}" for day in missing} <= {"2011-12-30"}


@given(one=MOMENTS, start=TIMES, end=TIMES, days=st.frozensets(st.integers(0, 6), min_size=1))
def test_hours_end_when_they_are_over_and_not_a_day_later(
    one: tuple[str, datetime], start: time, end: time, days: frozenset[int]
) -> None:
    zone, moment = one
    hours = QuietHours(start, end, days)
    if not is_within(hours, moment, zone):
        return
    ends = end_of(hours, moment, zone)
    assert moment < ends <= moment + timedelta(hours=27)
    # At the quarter hours until then the clock on the wall shows such an hour, but while it is turned back or forth.
    probes = [moment + timedelta(minutes=15 * number) for number in range((ends - moment) // timedelta(minutes=15))]
    over = [probe for probe in probes if not is_within(QuietHours(start, end), probe, zone)]
    assert len(over) <= 8


@pytest.mark.parametrize(
    ("zone", "moment", "end"),
    [
        pytest.param("Europe/Amsterdam", "2026-10-25T00:15", "2026-10-25T00:30", id="an hour that comes twice, first"),
        pytest.param("Europe/Amsterdam", "2026-10-25T01:15", "2026-10-25T01:30", id="an hour that comes twice, second"),
        pytest.param("Europe/Amsterdam", "2026-03-29T00:15", "2026-03-29T01:30", id="an hour that does not exist"),
        pytest.param("Australia/Lord_Howe", "2026-04-04T15:20", "2026-04-04T16:00", id="half an hour"),
    ],
)
def test_hours_that_end_while_the_clock_is_changed(zone: str, moment: str, end: str) -> None:
    hours = QuietHours(time(22), time(2, 30))
    ends = end_of(hours, datetime.fromisoformat(f"{moment}:00+00:00"), zone)
    assert ends == datetime.fromisoformat(f"{end}:00+00:00")
