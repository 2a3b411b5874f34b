"""The processes that do the crew's work come and go as they should."""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot import crew as module
from bot.crew import Crew, NotDone

PATIENCE = 5.0
"""Seconds after which a process that should have gone is called stuck."""


@pytest.fixture
async def crew() -> AsyncIterator[Crew[int, int]]:
    crew = Crew(math.isqrt, workers=1)
    yield crew
    await crew.close()


def workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - the end of a process sets no event
            await asyncio.sleep(0.01)


async def test_no_worker_before_the_first_order_and_one_for_many(crew: Crew[int, int]) -> None:
    assert not workers()
    assert await asyncio.gather(*(crew.make(number) for number in (4, 9, 16))) == [2, 3, 4]
    (pid,) = workers()
    assert os.getpriority(os.PRIO_PROCESS, pid) >= module.NICE, "it gives way to the program"


async def test_no_more_workers_than_there_are_orders_or_places() -> None:
    crew = Crew(math.isqrt, workers=2)
    await crew.make(4)
    await crew.make(4)
    assert len(workers()) == 1
    await asyncio.gather(*(crew.make(4) for _ in range(5)))
    assert len(workers()) == 2
    await crew.close()


def test_where_a_sandbox_forbids_to_give_way_it_works_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def forbidden(by: int) -> int:
        asked.append(by)
        raise PermissionError("a sandbox")

    monkeypatch.setattr(os, "nice", forbidden)
    module.step_back()
    assert asked == [module.NICE]


async def test_what_cannot_be_done_is_told_and_the_worker_goes_on(crew: Crew[int, int]) -> None:
    with pytest.raises(ValueError, match="nonnegative"):
        await crew.make(-1)
    before = workers()
    assert await crew.make(4) == 2
    assert workers() == before


async def test_a_killed_worker_is_replaced(crew: Crew[int, int]) -> None:
    await crew.make(4)
    (first,) = workers()
    os.kill(first, signal.SIGKILL)
    assert await crew.make(4) == 2
    await until(lambda: len(workers()) == 1 and first not in workers())


class Deadly:
    """Ends the process that unpacks it."""

    def __reduce__(self) -> Any:
        return os._exit, (1,)


async def test_an_order_that_kills_two_workers_is_refused_alone() -> None:
    crew: Crew[Any, int] = Crew(math.isqrt, workers=2)
    refused, done = await asyncio.gather(crew.make(Deadly()), crew.make(4), return_exceptions=True)
    assert isinstance(refused, NotDone)
    assert done == 2
    await crew.close()


async def test_an_order_that_never_ends_is_ended() -> None:
    crew: Crew[float, None] = Crew(time.sleep, workers=1, works_for=timedelta(milliseconds=20))
    with pytest.raises(NotDone, match="two workers"):
        await crew.make(600)
    await crew.close()


async def test_signals_meant_for_the_parent_leave_the_worker_alone(crew: Crew[int, int]) -> None:
    await crew.make(4)
    (pid,) = workers()
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)
    assert await crew.make(4) == 2
    assert workers() == [pid]


async def test_an_idle_worker_ends_and_another_comes_when_wanted() -> None:
    crew = Crew(math.isqrt, workers=1, idle_for=timedelta(0))
    for _ in range(2):
        assert await crew.make(4) == 2
        await until(lambda: not workers())
    await crew.close()


async def test_closing_ends_the_worker_and_the_order_under_way() -> None:
    crew: Crew[float, None] = Crew(time.sleep, workers=1)
    await crew.make(0)
    under_way = [asyncio.create_task(crew.make(600)) for _ in range(3)]
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await crew.close()
    ended = await asyncio.gather(*under_way, return_exceptions=True)
    assert all(isinstance(end, NotDone) for end in ended)
    assert not workers()
    await crew.close()
    with pytest.raises(NotDone, match="closed"):
        await crew.make(0)


PARENT = """
import asyncio, math, multiprocessing
from bot.crew import Crew

async def main():
    crew = Crew(math.isqrt, workers=1)
    await crew.make(4)
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_the_worker_dies_with_a_killed_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        (pid,) = map(int, parent.stdout.readline().split())
        os.kill(pid, 0)
        parent.kill()
        # The worker holds the other end of this pipe too: it is read to its end when the worker has gone.
        rest, _ = parent.communicate(timeout=PATIENCE)
    assert rest == b""
