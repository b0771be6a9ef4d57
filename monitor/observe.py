"""Reports into log events: the only place that names an event or its keys."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from monitor.domain.errors import FetchFault
from monitor.domain.report import AssessReport, CollectReport, DeliverReport, FeedFailure

# What is shorter, such as `key=1`, would take its letters out of every line.
_SHORTEST_SECRET = 4
EVENTS = {
    "monitor.started": "the service is up; version, configuration, and whether its `stages` are compiled",
    "monitor.stopping": "a signal came; the round in hand is finished first",
    "monitor.stopped": "everything is saved",
    "config.loaded": "a configuration was read; counts of feeds, entities, rules and channels",
    "config.doubted": "what `monitor check` warns of: where alerts would reach nobody",
    "web.listening": "the web server is up",
    "config.refused": "a changed configuration has faults; the one in use stays",
    "collect.finished": "one round of polling; counts",
    "feed.failed": "a feed could not be read; the reason and when it is tried again",
    "feeds.unreachable": "no host can be reached, so that many feeds wait; `monitor feeds health` lists them",
    "hub.asked": "a hub was asked to tell us of news in a feed, or to end that (`mode`); its fault, if it had one",
    "assess.finished": "one round of detection, grouping and deciding; counts and reasons",
    "article.unread": "the program failed on an article: it is stored, no alert comes of it; worth a report",
    "story.unjudged": "the program failed on a story that was to be judged again or closed; worth a report",
    "message.unlisted": "the program failed on a message that was to stand in a list: it leaves alone; worth a report",
    "second_reader.finished": "the second reader was asked about findings near the threshold; counts",
    "embeddings.finished": "the model of meaning was shown new articles; counts",
    "upkeep.finished": "a small regular job did something: closing alerts, empty digests, pruning",
    "store.warning": "something about the database library that an operator should know",
    "deliver.finished": "one round of sending on one channel; counts",
    "notice.raised": "something an operator should know, also sent as a notice",
    "job.failed": "a job met a fault that passes, and is tried again; said once, and each quarter of an hour it lasts",
    "job.resumed": "a job that had failed goes well again; how often it had failed and for how long",
    "worker.missed": "a worker fell silent: one of its batches goes to the others; how many claims of it are free",
    "job.late": "a beat was missed or the clock jumped; the work is planned anew",
    "clock.jumped": "the wall clock and the steady clock parted by more than a few seconds",
    "canary.finished": "the canary of this night: whether it arrived, and the time of each step",
}


class Log:
    """The log of the service. Values go into keys, event names never change."""

    def __init__(self, logger: Any, hidden: set[str]) -> None:
        self._logger = logger
        self._hidden = hidden

    def hide(self, secrets: Iterable[str]) -> None:
        """Never write these, either: a changed configuration brings secrets of its own."""
        self._hidden.update(secrets)

    def event(self, name: str, **keys: object) -> None:
        """An event of EVENTS with its keys."""
        self._logger.info(name, **keys)

    def warn(self, name: str, **keys: object) -> None:
        """Like event, for what somebody should look at."""
        self._logger.warning(name, **keys)

    def collected(self, report: CollectReport) -> None:
        offline = next((one for one in report.failures if one.kind is FetchFault.OFFLINE), None)
        # One line for what is one fault: the network of this machine, not each of its feeds. The first hosts that were
        # not reached told it.
        alike = {FetchFault.OFFLINE, FetchFault.UNREACHED} if offline else set()
        far = [failure for failure in report.failures if failure.kind in alike]
        for failure in report.failures:
            if len(far) == 1 or failure.kind not in alike:
                self.feed_failed(failure)
        if offline and len(far) > 1:
            self.warn("feeds.unreachable", feeds=len(far), reason=offline.reason)
        # A round in which nothing had changed is no news; there is one every few seconds.
        if report.due > report.unchanged or report.notices:
            self.event(
                "collect.finished",
                feeds=report.due,
                unchanged=report.unchanged,
                failed=len(report.failures),
                entries=report.entries,
                new=report.articles_new,
                edited=report.articles_edited,
                notices=len(report.notices),
                duration_s=round(report.took_s, 3),
            )

    def feed_failed(self, failure: FeedFailure) -> None:
        self.event(
            "feed.failed", feed=failure.feed_id, reason=failure.reason, next_try_at=_clock(failure.next_check_at)
        )

    def assessed(self, report: AssessReport, duration_s: float) -> None:
        if report.articles or report.notifications:
            self.event(
                "assess.finished",
                articles=report.articles,
                under_attack=report.under_attack,
                stories_opened=report.stories_opened,
                stories_joined=report.stories_joined,
                verdicts={str(reason): count for reason, count in sorted(report.reasons.items())},
                alerts=report.alerts,
                notifications=report.notifications,
                duration_s=round(duration_s, 3),
            )

        self.failed_on(report)
        if report.second and (report.second.asked or report.second.known):
            self.event(
                "second_reader.finished",
                asked=report.second.asked,
                known=report.second.known,
                lowered=report.second.lowered,
            )
        if report.embedded and (report.embedded.asked or report.embedded.known):
            self.event("embeddings.finished", asked=report.embedded.asked, known=report.embedded.known)

    def failed_on(self, report: AssessReport) -> None:
        for article, fault in report.unread.items():
            self.warn("article.unread", article=article, fault=fault)
        for story, fault in report.unjudged.items():
            self.warn("story.unjudged", story=story, fault=fault)

    def unlisted(self, faults: Mapping[str, str]) -> None:
        for message, fault in faults.items():
            self.warn("message.unlisted", message=message, fault=fault)

    def delivered(self, report: DeliverReport, duration_s: float) -> None:
        if report.delivered or report.retried or report.dead or report.unknown:
            keys: dict[str, object] = {"fault": report.last_fault} if report.last_fault else {}
            self.event(
                "deliver.finished",
                channel=report.channel,
                delivered=report.delivered,
                retried=report.retried,
                unknown=report.unknown,
                dead=len(report.dead),
                duration_s=round(duration_s, 3),
                **keys,
            )


def open_log(stream: TextIO, *, as_json: bool, secrets: Callable[[], Iterable[str]], level: str = "info") -> Log:
    """
    A log that writes to *stream*: JSON lines for programs, short lines for a terminal.

    Whatever *secrets* yields is replaced wherever it turns up. Other libraries' loggers end in the
    same place, at warning level: some of them print tokens below that.
    """
    more: set[str] = set()
    redact = _redactor(lambda: {*secrets(), *more})
    stamp = structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json)
    shared: list[Any] = [structlog.stdlib.add_log_level, stamp, structlog.processors.format_exc_info, redact]
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _short_line
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("apprise", "urllib3", "requests", "aiohttp", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # They say each failed attempt to reach the database, in pages; `job.failed` says it once.
    for name in ("procrastinate", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    own = logging.getLogger("monitor")
    own.setLevel(level.upper())
    logger = structlog.wrap_logger(
        own,
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return Log(logger, more)


def _redactor(secrets: Callable[[], Iterable[str]]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        # The longest first: one secret may be a part of another.
        hidden = sorted((one for one in secrets() if len(one) >= _SHORTEST_SECRET), key=len, reverse=True)
        return {key: _without(value, hidden) for key, value in event.items()}

    return redact


def terminal_log(secrets: Callable[[], Iterable[str]] = tuple) -> Log:
    """The log of a command: to standard error, as JSON where that is not a terminal."""
    return open_log(sys.stderr, as_json=not sys.stderr.isatty(), secrets=secrets)


def _short_line(_: WrappedLogger, __: str, event: EventDict) -> str:
    stamp, level, name = event.pop("timestamp"), event.pop("level", ""), str(event.pop("event"))
    keys = "  ".join(f"{key}={_one_line(value)}" for key, value in event.items())
    mark = "! " if level in {"warning", "error", "critical"} else "  "
    return f"{stamp} {mark}{_one_line(name):<17} {keys}".rstrip()


def _one_line(value: object) -> str:
    if isinstance(value, dict):
        value = ",".join(f"{key}:{count}" for key, count in value.items()) or "-"
    text = str(value)
    return "".join(c if c.isprintable() else " " for c in text)


def _without(value: object, hidden: Iterable[str]) -> object:
    if not isinstance(value, str):
        return value
    for secret in hidden:
        value = value.replace(secret, "***")
    return value


def _clock(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
