"""Reads documents in processes that are kept warm, and killed when a document takes too long or too much."""

import asyncio
import contextlib
import fcntl
import json
import pickle
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from monitor.adapters.parse_workers.messages import HEAD, PARSED, Job, Message, PageJob, Setting, parted, reading_part
from monitor.adapters.parse_workers.places import Costs, Places
from monitor.adapters.parse_workers.work_clock import WorkClock
from monitor.adapters.process_starts import end_child, start_child
from monitor.domain.article import Article, Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.lexicon import Lexicon
from monitor.domain.policy import NormalisePolicy, ParsePolicy

_MODULE = "monitor.adapters.parse_workers.child"
_START = timedelta(seconds=60)
_LONGEST_ANSWER = 256 * 2**20
_MEBIBYTE = 2**20
_STEP = 256 * 2**10
# Of an answer so much is taken at once; most are shorter.
_AT_ONCE = 512 * 2**10
# A process beyond `policy.workers` is kept so long for the next time that one is missing: on a busy machine that is
# soon, and each start takes as much of a processor as reading fifty documents.
_SPARE_S = 10.0


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
        self._setting = Setting(policy, normalise, reading_part(lexicon))
        # The one that has had nothing to do for longest comes first.
        self._idle: list[asyncio.subprocess.Process] = []
        self._idle_since: dict[asyncio.subprocess.Process, float] = {}
        self._all: set[asyncio.subprocess.Process] = set()
        self._coming: list[asyncio.Task[asyncio.subprocess.Process]] = []
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
        for task in self._coming:
            task.cancel()
        await asyncio.gather(*self._coming, return_exceptions=True)
        self._coming.clear()
        for process in list(self._all):
            await self._end(process)
        self._idle.clear()

    def _too_much(self) -> str:
        seconds, mebibytes = self._policy.time_limit.total_seconds(), self._policy.memory_bytes // _MEBIBYTE
        return f"the document takes more than {seconds:g} s or {mebibytes} MiB to read"

    async def _asked(self, job: Job | PageJob, limit: timedelta, cost_s: float, took: "_Work | None" = None) -> bytes:
        took = took or _Work()
        async with self._worker(cost_s) as process:
            clock = WorkClock(process.pid)
            try:
                return await clock.within(limit.total_seconds(), _exchange(process, job))
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
                raise _LostError from error
            finally:
                took.seconds += (worked_s := clock.worked_s())
                self.longest_s = max(self.longest_s, worked_s)

    @contextlib.asynccontextmanager
    async def _worker(self, cost_s: float) -> AsyncIterator[asyncio.subprocess.Process]:
        async with self._places.taken(cost_s) as make_room:
            process = await self._ready()

            def make_way() -> None:
                if make_room():
                    self._prepare()

            timer = asyncio.get_running_loop().call_later(self._policy.grace.total_seconds(), make_way)
            try:
                yield process
            except BaseException:
                # Also when we were cancelled: an answer that nobody awaits would be taken for the next one.
                self.killed += 1
                await self._end(process)
                raise
            finally:
                timer.cancel()
            await self._keep(process)

    async def _keep(self, process: asyncio.subprocess.Process) -> None:
        """Have *process* ready for the next document, and end one that was spare for long."""
        now_s = asyncio.get_running_loop().time()
        self._idle.append(process)
        self._idle_since[process] = now_s
        oldest = self._idle[0]
        if len(self._idle) > self._policy.workers and now_s - self._idle_since[oldest] >= _SPARE_S:
            del self._idle[0]
            await self._end(oldest)

    def _prepare(self) -> None:
        """Have a worker ready for who gets the place: to start one takes longer than to read many documents."""
        if not self._idle and not self._coming:
            self._coming.append(asyncio.create_task(self._started()))

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._idle:
            return self._idle.pop()
        self._prepare()
        task = self._coming.pop(0)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._coming.append(task)  # we were called off: the next one has it
            raise

    async def _started(self) -> asyncio.subprocess.Process:
        process = await start_child(_MODULE, _AT_ONCE)
        self._all.add(process)
        _widen(process)
        try:
            await asyncio.wait_for(_exchange(process, self._setting), _START.total_seconds())
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self._end(process)
            raise ParseError("a process that reads documents did not start: is there memory left?") from error
        return process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._all.discard(process)
        self._idle_since.pop(process, None)
        await end_child(process)


def _widen(process: asyncio.subprocess.Process) -> None:
    """Let an answer fit into the pipe: else the process stands still until the event loop has taken the first part."""
    pipe = process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]
    with contextlib.suppress(OSError, AttributeError):  # another system, or no more of it is allowed
        fcntl.fcntl(pipe.get_extra_info("pipe"), fcntl.F_SETPIPE_SZ, _AT_ONCE)


@dataclass(slots=True)
class _Work:
    """How long documents were worked on, all tries together."""

    seconds: float = 0.0


async def _exchange(process: asyncio.subprocess.Process, message: Message) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError
    rest, body = parted(message)
    data = pickle.dumps(rest, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(HEAD.pack(len(data)) + data + HEAD.pack(len(body)))
    # In steps: what waits to be sent is held a second time.
    view = memoryview(body)
    for start in range(0, len(body), _STEP):
        process.stdin.write(view[start : start + _STEP])
        await process.stdin.drain()
    await process.stdin.drain()
    (length,) = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
    if length > _LONGEST_ANSWER:
        raise ValueError("the answer is too long")
    return await process.stdout.readexactly(length)


def _parsed(answer: bytes) -> Parsed:
    if answer.startswith(b'{"error"'):
        fault = json.loads(answer)
        raise ParseError(str(fault["error"]), is_wall=bool(fault.get("is_wall")))
    try:
        return PARSED.validate_json(answer)
    except ValidationError as error:
        raise ParseError("the process that reads documents gave an answer that is none") from error
