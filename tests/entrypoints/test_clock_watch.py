"""Clocks that are set, and clocks that are only put right."""

from datetime import datetime, timedelta

import pytest

from monitor.entrypoints.clock_watch import ClockWatch
from tests.builders import NOW


class Clocks:
    wall: datetime = NOW
    steady: float = 100.0


@pytest.mark.parametrize(
    ("step_s", "noticed"), [(3600, True), (-3600, True), (5.5, True), (4, False), (-4, False), (0, False)]
)
def test_a_clock_that_is_set_is_noticed_once(step_s: float, noticed: bool) -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall, lambda: clocks.steady)
    clocks.wall += timedelta(seconds=10)
    clocks.steady += 10
    assert watch.jump() == timedelta(0)
    clocks.wall += timedelta(seconds=1 + step_s)
    clocks.steady += 1
    assert watch.jump() == timedelta(seconds=step_s if noticed else 0)
    clocks.steady += 60
    clocks.wall += timedelta(seconds=60)
    assert watch.jump() == timedelta(0)
