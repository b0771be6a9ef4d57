"""A fault that lasts is said once, not at every beat; and so is its end."""

import io
import json

from monitor.domain.errors import FetchFault
from monitor.domain.feed import FeedId
from monitor.domain.report import AssessReport, CollectReport, EmbedReport, FeedFailure, SecondReport
from monitor.entrypoints.faults import Faults
from monitor.observe import open_log
from tests.occasions import NOW


class Told:
    """A log and a clock that is set."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.now = 0.0
        self.faults = Faults(open_log(self.stream, as_json=True, secrets=tuple), lambda: self.now)

    def lines(self) -> list[tuple[str, str, object]]:
        found = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [(one["event"], one["job"], one.get("times")) for one in found]


def test_a_fault_that_lasts_is_said_now_and_then() -> None:
    told = Told()
    for second in range(2000):
        told.now = float(second)
        told.faults.failed("collect", f"the disk is full: {second} bytes are left")
    assert told.lines() == [
        ("job.failed", "collect", None),
        ("job.failed", "collect", 901),
        ("job.failed", "collect", 1801),
    ]


def test_another_fault_of_the_same_job_is_said_at_once() -> None:
    told = Told()
    told.faults.failed("collect", "the disk is full")
    told.faults.failed("collect", "the store is locked")
    told.faults.failed("assess", "the store is locked")
    assert [job for _, job, _ in told.lines()] == ["collect", "collect", "assess"]


def test_the_end_of_a_fault_is_said_once_it_has_settled() -> None:
    told = Told()
    told.faults.went_well("collect")
    for second, fails in enumerate([True, True, False, True, False, False, False, False, False, False, False]):
        told.now = float(second)
        if fails:
            told.faults.failed("collect", "locked")
        else:
            told.faults.went_well("collect")
    assert told.lines() == [("job.failed", "collect", None), ("job.resumed", "collect", 3)]
    told.faults.failed("collect", "locked")
    assert told.lines()[-1] == ("job.failed", "collect", None)


def test_what_ails_the_second_reader_is_said_once() -> None:
    told = Told()
    for report in (None, SecondReport(asked=1), *[SecondReport(asked=1, fault="it answers with status 500")] * 50):
        told.now += 1
        told.faults.models(AssessReport(second=report))
    told.now += 60
    told.faults.models(AssessReport(second=SecondReport(known=3)))
    assert told.lines() == [("job.failed", "second-reader", None)]
    told.faults.models(AssessReport(second=SecondReport(asked=2)))
    assert told.lines()[1:] == [("job.resumed", "second-reader", 50)]


def test_what_ails_the_model_of_meaning_is_said_once() -> None:
    told = Told()
    for _ in range(5):
        told.now += 1
        told.faults.models(AssessReport(embedded=EmbedReport(fault="it answers with status 500")))
    told.now += 60
    told.faults.models(AssessReport(embedded=EmbedReport(known=2)))
    assert told.lines() == [("job.failed", "embeddings", None)]
    told.faults.models(AssessReport(embedded=EmbedReport(asked=2)))
    assert told.lines()[1:] == [("job.resumed", "embeddings", 5)]


def test_feeds_that_wait_because_no_host_can_be_reached_are_one_line() -> None:
    out = io.StringIO()
    log = open_log(out, as_json=True, secrets=tuple)
    kinds = (FetchFault.UNREACHED, FetchFault.OFFLINE, FetchFault.OFFLINE)
    far = [FeedFailure(FeedId(f"far-{number}"), "not reached", NOW, kind) for number, kind in enumerate(kinds)]
    gone = FeedFailure(FeedId("gone"), "404", NOW)
    log.collected(CollectReport(due=4, failures=(*far, gone)))
    log.collected(CollectReport(due=1, failures=tuple(far[:1])))
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["event"], one.get("feed", one.get("feeds"))) for one in told] == [
        ("feed.failed", "gone"),
        ("feeds.unreachable", 3),
        ("collect.finished", 4),
        ("feed.failed", "far-0"),
        ("collect.finished", 1),
    ]
