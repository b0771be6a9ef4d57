"""Reads documents in processes that are kept warm, and killed when a document takes too long or too much."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from monitor.adapters.parse_workers.messages import PARSED, Job, PageJob, Setting, reading_part
from monitor.adapters.parse_workers.places import Costs, Places
from monitor.adapters.parse_workers.processes import Process, Processes, exchange
from monitor.adapters.parse_workers.work_clock import WorkClock
from monitor.domain.article import Article, Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.lexicon import Lexicon
from monitor.domain.policy import NormalisePolicy, ParsePolicy

_MEBIBYTE = 2**20
# Who has worked so long (seconds) on one document and still does is not merely given no time: others may be like it.
_HARD_S = 0.1


class _LostError(Exception):
    """The worker was killed, or ended by itself."""


class ParseWorkers:
    """
    Keeps the promise of ``Parser``. Processes are started when there is something to read, up to ``policy.workers``
    of them and those beside that were needed in the last seconds; a document that one of them did not survive is
    tried once more without feedparser, which is what documents are made to hang.
    """

    def __init__(self, policy: ParsePolicy, normalise: NormalisePolicy, lexicon: Lexicon) -> None:
        self._policy = policy
        self._processes = Processes(Setting(policy, normalise, reading_part(lexicon)), policy.workers)
        self._places = Places(policy)
        self._costs = Costs(policy)
        self.killed = 0
        self.longest_s = 0.0  # that any worker was let work on one document

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        """
        Parse and normalise one document.

        Raises:
            ParseError: it is no feed, or cost too much time or memory.
        """
        job = Job(feed, state, fetched, dict(known), now)
        thorough, cost_s = self._policy.thorough_limit, self._costs.of(feed.id, len(fetched.body or b""))
        took = _Work()
        try:
            answer = await self._asked(job, thorough, cost_s, took)
        except _LostError:
            try:
                limit = self._policy.time_limit - thorough
                answer = await self._asked(replace(job, is_salvage=True), limit, cost_s, took)
            except _LostError:
                raise ParseError(self._too_much()) from None
        finally:
            self._costs.note(feed.id, took.seconds)
        return _parsed(answer)

    async def complete(self, article: Article, body: bytes, headers: Mapping[str, str]) -> Article:
        """
        *article* with the text of the page behind it.

        Raises:
            ParseError: the page is a wall or no article, tells no more than the feed, or cost too much.
        """
        try:
            cost_s = len(body) / self._policy.bytes_per_s
            answer = await self._asked(PageJob(article, body, dict(headers)), self._policy.time_limit, cost_s)
        except _LostError:
            raise ParseError(self._too_much()) from None
        return _parsed(answer).articles[0]

    async def close(self) -> None:
        """End all workers."""
        await self._processes.close()

    def _too_much(self) -> str:
        seconds, mebibytes = self._policy.time_limit.total_seconds(), self._policy.memory_bytes // _MEBIBYTE
        return f"the document takes more than {seconds:g} s or {mebibytes} MiB to read"

    async def _asked(self, job: Job | PageJob, limit: timedelta, cost_s: float, took: "_Work | None" = None) -> bytes:
        took = took or _Work()
        async with self._worker(cost_s) as process:
            clock = WorkClock(process.pid)
            try:
                return await clock.within(limit.total_seconds(), exchange(process, job))
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
                raise _LostError from error
            finally:
                took.seconds += (worked_s := clock.worked_s())
                self.longest_s = max(self.longest_s, worked_s)

    @contextlib.asynccontextmanager
    async def _worker(self, cost_s: float) -> AsyncIterator[Process]:
        async with self._places.taken(cost_s) as make_room:
            process = await self._processes.take()
            clock = WorkClock(process.pid)

            def make_way() -> None:
                others_wait = self._places.are_waited_for
                if make_room():
                    # A start takes longer than to read many documents. Where others wait, who gets the place may hang
                    # as well: there is one more for those behind.
                    self._processes.prepare(2 if others_wait and clock.worked_s() >= _HARD_S else 1)

            timer = asyncio.get_running_loop().call_later(self._policy.grace.total_seconds(), make_way)
            try:
                yield process
            except BaseException:
                # Also when we were cancelled: an answer that nobody awaits would be taken for the next one.
                self.killed += 1
                await self._processes.end(process)
                raise
            finally:
                timer.cancel()
            await self._processes.give_back(process)


@dataclass(slots=True)
class _Work:
    """How long documents were worked on, all tries together."""

    seconds: float = 0.0


def _parsed(answer: bytes) -> Parsed:
    if answer.startswith(b'{"error"'):
        fault = json.loads(answer)
        raise ParseError(str(fault["error"]), is_wall=bool(fault.get("is_wall")))
    try:
        return PARSED.validate_json(answer)
    except ValidationError as error:
        raise ParseError("the process that reads documents gave an answer that is none") from error
