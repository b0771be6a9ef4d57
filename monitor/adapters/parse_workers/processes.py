"""The processes that read documents: who has nothing to do, who is being started, and who of us waits for one."""

import asyncio
import contextlib
import fcntl
import pickle
from collections import deque
from datetime import timedelta

from monitor.adapters.parse_workers.messages import HEAD, Message, Setting, parted
from monitor.adapters.process_starts import end_child, start_child
from monitor.domain.errors import ParseError

_MODULE = "monitor.adapters.parse_workers.child"
_START = timedelta(seconds=60)
_LONGEST_ANSWER = 256 * 2**20
_STEP = 256 * 2**10
# Of an answer so much is taken at once; most are shorter.
_AT_ONCE = 512 * 2**10
# A process beyond the usual ones is kept so long for the next time that one is missing: on a busy machine that is
# soon, and each start takes as much of a processor as reading fifty documents.
_SPARE_S = 10.0
Process = asyncio.subprocess.Process


class Processes:
    """
    Processes that were told *setting*; *usual* of them are kept whatever they do.

    Whoever waits has the first that is ready, whether it was started or has just read another document: on a busy
    machine a start takes seconds.
    """

    def __init__(self, setting: Setting, usual: int) -> None:
        self._setting = setting
        self._usual = usual
        # The one that has had nothing to do for longest comes first.
        self.idle: list[Process] = []
        self._idle_since: dict[Process, float] = {}
        self.all: set[Process] = set()
        self._coming: set[asyncio.Task[Process]] = set()
        self._turns: deque[asyncio.Future[Process]] = deque()

    async def take(self) -> Process:
        """
        A process that waits for a document.

        Raises:
            ParseError: it did not start.
        """
        if self.idle:
            return self.idle.pop()
        turn: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        self.prepare(0)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._hand_on(turn.result())  # it came while we were called off
            raise

    def prepare(self, spare: int) -> None:
        """Have so many more processes ready soon than are waited for."""
        waiting = sum(not turn.done() for turn in self._turns)
        for _ in range(waiting + spare - len(self.idle) - len(self._coming)):
            task = asyncio.create_task(self._started())
            self._coming.add(task)
            task.add_done_callback(self._came)

    async def give_back(self, process: Process) -> None:
        """Have *process* ready for the next document, and end one that was spare for long."""
        self._hand_on(process)
        if len(self.idle) > self._usual:
            oldest = self.idle[0]
            if asyncio.get_running_loop().time() - self._idle_since[oldest] >= _SPARE_S:
                del self.idle[0]
                await self.end(oldest)

    async def end(self, process: Process) -> None:
        """Kill *process* and wait for its end."""
        self.all.discard(process)
        self._idle_since.pop(process, None)
        await end_child(process)

    async def close(self) -> None:
        """End all processes."""
        for turn in self._turns:
            turn.cancel()
        coming = tuple(self._coming)
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        for process in list(self.all):
            await self.end(process)
        self.idle.clear()

    def _came(self, task: asyncio.Task[Process]) -> None:
        self._coming.discard(task)
        if task.cancelled():
            return
        fault = task.exception()
        if fault is None:
            self._hand_on(task.result())
        elif (turn := self._next_turn()) is not None:  # of a spare one nobody need know
            turn.set_exception(fault)

    def _hand_on(self, process: Process) -> None:
        turn = self._next_turn()
        if turn is not None:
            turn.set_result(process)
            return
        self.idle.append(process)
        self._idle_since[process] = asyncio.get_running_loop().time()

    def _next_turn(self) -> asyncio.Future[Process] | None:
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                return turn
        return None

    async def _started(self) -> Process:
        process = await start_child(_MODULE, _AT_ONCE)
        self.all.add(process)
        _widen(process)
        try:
            await asyncio.wait_for(exchange(process, self._setting), _START.total_seconds())
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self.end(process)
            raise ParseError("a process that reads documents did not start: is there memory left?") from error
        return process


def _widen(process: Process) -> None:
    """Let an answer fit into the pipe: else the process stands still until the event loop has taken the first part."""
    pipe = process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]
    with contextlib.suppress(OSError, AttributeError):  # another system, or no more of it is allowed
        fcntl.fcntl(pipe.get_extra_info("pipe"), fcntl.F_SETPIPE_SZ, _AT_ONCE)


async def exchange(process: Process, message: Message) -> bytes:
    """
    What *process* answers to *message*.

    Raises:
        ConnectionError, asyncio.IncompleteReadError: it ended.
        ValueError: its answer is too long.
    """
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
