"""Who reads next: processes that are started, free again, spare, or wanted no more."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers import processes as module
from monitor.adapters.parse_workers.messages import Setting, reading_part
from monitor.adapters.parse_workers.processes import Processes
from monitor.domain.errors import ParseError
from monitor.domain.policy import NormalisePolicy, ParsePolicy


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    made = Processes(Setting(ParsePolicy(), NormalisePolicy(), reading_part(load_lexicon())), usual=1)
    yield made
    await made.close()
    assert not made.all


async def test_who_waits_has_the_first_that_is_free(processes: Processes) -> None:
    first = await processes.take()
    waiting = asyncio.create_task(processes.take())
    await asyncio.sleep(0)  # a start is under way for it, which takes longer than this
    await processes.give_back(first)
    assert await waiting is first


async def test_what_was_started_for_who_was_called_off_serves_the_next(processes: Processes) -> None:
    called_off = asyncio.create_task(processes.take())
    await asyncio.sleep(0)
    called_off.cancel()
    await asyncio.gather(called_off, return_exceptions=True)
    assert await processes.take() in processes.all
    assert len(processes.all) == 1


async def test_one_that_came_in_the_moment_of_calling_off_is_not_lost(processes: Processes) -> None:
    first = await processes.take()
    called_off = asyncio.create_task(processes.take())
    await asyncio.sleep(0)
    await processes.give_back(first)
    called_off.cancel()
    await asyncio.gather(called_off, return_exceptions=True)
    assert await processes.take() is first


async def test_spare_ones_are_there_when_they_are_wanted(processes: Processes) -> None:
    processes.prepare(2)
    processes.prepare(2)
    taken = {await processes.take() for _ in range(2)}
    assert taken == processes.all


async def test_who_waits_for_one_that_cannot_be_started_is_told(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MODULE", "monitor.no_such_module")
    with pytest.raises(ParseError, match="did not start"):
        await processes.take()
    processes.prepare(1)  # of that one nobody is told
    monkeypatch.undo()
    assert await processes.take() in processes.all


async def test_who_waits_when_all_is_closed_waits_no_more(processes: Processes) -> None:
    waiting = asyncio.create_task(processes.take())
    await asyncio.sleep(0)
    await processes.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
