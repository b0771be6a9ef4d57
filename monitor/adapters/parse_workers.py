"""Reads documents in processes that are kept warm, and killed when a document takes too long or too much."""

import asyncio
import contextlib
import json
import os
import pickle
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from monitor.adapters.parse_messages import HEAD, PARSED, Job, PageJob, Setting
from monitor.domain.article import Article, Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.lexicon import Lexicon
from monitor.domain.policy import NormalisePolicy, ParsePolicy

_MODULE = "monitor.adapters.parse_child"
# Nothing else of the environment goes along: there are secrets in it.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT")
_START = timedelta(seconds=60)
_LONGEST_ANSWER = 256 * 2**20
_MEBIBYTE = 2**20


class _LostError(Exception):
    """The worker was killed, or ended by itself."""


class _Places:
    """The right to have a document read; one that takes long gives it to the next, and is read on beside it."""

    def __init__(self, many: int, beside: int) -> None:
        self._free = asyncio.Semaphore(many)
        self._room_beside = beside

    @contextlib.asynccontextmanager
    async def taken(self) -> AsyncIterator[Callable[[], None]]:
        """Hold a place; call what is yielded to make room, unless too many are read beside already."""
        await self._free.acquire()
        is_beside = False

        def make_room() -> None:
            nonlocal is_beside
            if self._room_beside:
                self._room_beside -= 1
                is_beside = True
                self._free.release()

        try:
            yield make_room
        finally:
            if is_beside:
                self._room_beside += 1
            else:
                self._free.release()


class ParseWorkers:
    """
    Keeps the promise of ``Parser``. Processes are started when there is something to read, up to
    ``policy.workers`` of them; a document that one of them did not survive is tried once more without
    feedparser, which is what documents are made to hang.
    """

    def __init__(self, policy: ParsePolicy, normalise: NormalisePolicy, lexicon: Lexicon) -> None:
        self._policy = policy
        self._setting = Setting(policy, normalise, lexicon)
        self._idle: list[asyncio.subprocess.Process] = []
        self._all: set[asyncio.subprocess.Process] = set()
        self._places = _Places(policy.workers, policy.overtime)
        self.killed = 0

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        """
        Parse and normalise one document.

        Raises:
            ParseError: it is no feed, or cost too much time or memory.
        """
        job = Job(feed, state, fetched, dict(known), now)
        thorough = self._policy.thorough_limit
        try:
            answer = await self._asked(job, thorough)
        except _LostError:
            try:
                answer = await self._asked(replace(job, is_salvage=True), self._policy.time_limit - thorough)
            except _LostError:
                raise ParseError(self._too_much()) from None
        return _parsed(answer)

    async def complete(self, article: Article, body: bytes, headers: Mapping[str, str]) -> Article:
        """
        *article* with the text of the page behind it.

        Raises:
            ParseError: the page is a wall or no article, tells no more than the feed, or cost too much.
        """
        try:
            answer = await self._asked(PageJob(article, body, dict(headers)), self._policy.time_limit)
        except _LostError:
            raise ParseError(self._too_much()) from None
        return _parsed(answer).articles[0]

    async def close(self) -> None:
        """End all workers."""
        for process in list(self._all):
            await self._end(process)
        self._idle.clear()

    def _too_much(self) -> str:
        seconds, mebibytes = self._policy.time_limit.total_seconds(), self._policy.memory_bytes // _MEBIBYTE
        return f"the document takes more than {seconds:g} s or {mebibytes} MiB to read"

    async def _asked(self, job: Job | PageJob, limit: timedelta) -> bytes:
        async with self._worker() as process:
            try:
                return await asyncio.wait_for(_exchange(process, job), limit.total_seconds())
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
                raise _LostError from error

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[asyncio.subprocess.Process]:
        async with self._places.taken() as make_room:
            process = self._idle.pop() if self._idle else await self._started()
            timer = asyncio.get_running_loop().call_later(self._policy.grace.total_seconds(), make_room)
            try:
                yield process
            except BaseException:
                # Also when we were cancelled: an answer that nobody awaits would be taken for the next one.
                self.killed += 1
                await self._end(process)
                raise
            finally:
                timer.cancel()
            if len(self._idle) < self._policy.workers:
                self._idle.append(process)
            else:
                await self._end(process)

    async def _started(self) -> asyncio.subprocess.Process:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _MODULE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**environment, "PYTHONUTF8": "1"},
            start_new_session=True,
        )
        self._all.add(process)
        try:
            await asyncio.wait_for(_exchange(process, self._setting), _START.total_seconds())
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self._end(process)
            raise ParseError("a process that reads documents did not start: is there memory left?") from error
        return process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._all.discard(process)
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        # Before the wait: with an answer in the pipe that nobody reads, the loop would not see its end, for ever.
        process._transport.close()  # type: ignore[attr-defined]
        await process.wait()


async def _exchange(process: asyncio.subprocess.Process, message: Job | PageJob | Setting) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(HEAD.pack(len(data)))
    process.stdin.write(data)
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
