"""Cheap documents go first, costly ones have their turn all the same, and called-off ones take no place."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.parse_workers.places import Costs, Places
from monitor.domain.policy import ParsePolicy

POLICY = ParsePolicy(workers=1, overtime=1)


async def served(places: Places, costs: dict[str, float]) -> list[str]:
    """In which order those who wait for the only place are served."""
    order: list[str] = []

    async def one(name: str, cost_s: float) -> None:
        async with places.taken(cost_s):
            order.append(name)

    async with places.taken(0):
        tasks = [asyncio.create_task(one(name, cost_s)) for name, cost_s in costs.items()]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return order


async def test_cheap_documents_pass_costly_ones() -> None:
    order = await served(Places(POLICY), {"hangs": 3.0, "large": 0.5, "small": 0.001, "other": 0.0})
    assert order[-2:] == ["large", "hangs"]


async def test_what_costs_the_same_is_read_as_it_came() -> None:
    names = [f"n{number}" for number in range(50)]
    assert await served(Places(POLICY), dict.fromkeys(names, 0.0)) == names


async def test_nobody_stands_back_for_ever() -> None:
    hurried = replace(POLICY, longest_stand_back=timedelta(0))
    assert await served(Places(hurried), {"hangs": 1e9, "small": 0.0}) == ["hangs", "small"]


async def test_a_place_is_given_on_while_its_document_is_read_beside() -> None:
    places = Places(POLICY)
    async with places.taken(0) as make_room:
        assert make_room()
        async with places.taken(0) as make_more:
            assert not make_more()  # one beside is all that this policy allows
    assert await served(places, {"after": 0.0}) == ["after"]


async def test_who_is_called_off_takes_no_place() -> None:
    places = Places(POLICY)
    async with places.taken(0):
        task = asyncio.create_task(places.taken(0).__aenter__())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    # One whose turn has come, and who is called off before it runs.
    async with places.taken(0):
        task = asyncio.create_task(places.taken(0).__aenter__())
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await served(places, {"next": 0.0}) == ["next"]


def test_a_feed_that_was_costly_is_thought_to_be_for_a_while():
    costs = Costs(replace(POLICY, bytes_per_s=1000.0, grace=timedelta(seconds=0.5)))
    assert costs.of("a", 500) == 0.5
    costs.note("a", 4.0)
    assert costs.of("a", 10) == 4.0
    costs.note("a", 0.01)
    assert costs.of("a", 10) == 2.0
    costs.note("a", 0.01)
    costs.note("a", 0.01)
    assert costs.of("a", 10) == 0.01
    costs.note("b", 0.4)  # within the grace that everybody has
    assert costs.of("b", 10) == 0.01
