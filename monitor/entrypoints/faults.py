"""Faults of jobs, said when they begin, now and then while they last, and when they are over: not at every beat."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.domain.report import AssessReport
from monitor.observe import Log

_AGAIN_S = 900.0
# A job that goes well between two faults has not recovered yet.
_SETTLED_S = 5.0


@dataclass(slots=True)
class _Fault:
    reason: str
    began_at: float
    said_at: float
    last_at: float
    times: int = 1


@dataclass(slots=True)
class Faults:
    """Which jobs fail at the moment. *clock* counts seconds, steadily."""

    log: Log
    clock: Callable[[], float] = time.monotonic
    _held: dict[str, _Fault] = field(default_factory=dict)

    def failed(self, job: str, text: str) -> None:
        """Note that *job* failed; said when it is new, or was said a quarter of an hour ago."""
        # Ports, times and sizes differ from one try to the next.
        now, reason = self.clock(), re.sub(r"\d+", "#", text)
        held = self._held.get(job)
        if held is None or held.reason != reason:
            self._held[job] = _Fault(reason, held.began_at if held else now, now, now)
            self.log.warn("job.failed", job=job, fault=text)
            return
        held.times += 1
        held.last_at = now
        if now - held.said_at >= _AGAIN_S:
            held.said_at = now
            self.log.warn("job.failed", job=job, fault=text, times=held.times, for_s=round(now - held.began_at))

    def went_well(self, job: str) -> None:
        """Note that *job* came to its end; said where it had failed, once that is over."""
        held = self._held.get(job)
        if held is None or self.clock() - held.last_at < _SETTLED_S:
            return
        del self._held[job]
        self.log.event("job.resumed", job=job, times=held.times, after_s=round(self.clock() - held.began_at))

    def models(self, report: AssessReport) -> None:
        """Note what ails the second reader and the model of meaning; the articles were assessed without them."""
        for job, asked in (("second-reader", report.second), ("embeddings", report.embedded)):
            if asked is None:
                continue
            if asked.fault:
                self.failed(job, asked.fault)
            elif asked.asked:
                self.went_well(job)
