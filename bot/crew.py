"""Worker processes for work that would hold up taps: reading whole diaries, writing digests, drawing.

Rules of a worker:
1. It costs nothing while there is nothing to do: it starts with an order and ends when it was idle.
2. It never outlives its parent, however that one ends, and gives way to it when the machine is busy.
3. A worker that dies over an order is replaced once; an order that kills two is refused. Each worker is a pool of its
   own, so an order that kills one takes no other order with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from typing import Any, Final, Generic, TypeVar

OrderT = TypeVar("OrderT")
DoneT = TypeVar("DoneT")

MOST: Final = 2
"""Workers at most: Telegram takes 30 messages a second, and two make more than that."""
IDLE_FOR: Final = timedelta(minutes=1)
"""After so long without an order a worker ends, and with it its memory."""
WORKS_FOR: Final = timedelta(seconds=30)
"""An order that takes longer never ends: the worker then does (usual: a twentieth of a second)."""
CLOSES_IN: Final = timedelta(seconds=1)
NICE: Final = 10
"""How far a worker steps back behind the program itself, which answers taps."""


class NotDone(RuntimeError):
    """Nothing came of an order: two workers died over it, or the crew is closed."""


def size() -> int:
    """As many workers as there are processors for us, MOST at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST, cores)


@dataclass(frozen=True, slots=True)
class _Process:
    """A worker, and the line that keeps it alive: when the parent lets go of it, it is gone at once."""

    pool: ProcessPoolExecutor
    lifeline: Connection


class _Worker:
    """One place in the crew, with or without a process at the moment."""

    def __init__(self, idle_for: timedelta) -> None:
        self._idle_for = idle_for
        self._resting: asyncio.TimerHandle | None = None
        self.process: _Process | None = None

    def started(self) -> _Process:
        self.stay()
        if self.process is None:
            # Spawned, not forked: a fork would copy the parent's threads' locks and its memory.
            context = multiprocessing.get_context("spawn")
            held, lifeline = context.Pipe(duplex=False)
            self.process = _Process(ProcessPoolExecutor(1, context, _settle_in, (held,)), lifeline)
        return self.process

    def stay(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def rest(self) -> None:
        """Let the process go if nothing comes for a while."""
        if self.process is not None:
            self._resting = asyncio.get_running_loop().call_later(self._idle_for.total_seconds(), self.let_go)

    def let_go(self) -> None:
        if (process := self.process) is not None:
            self.process = None
            process.lifeline.close()
            process.pool.shutdown(wait=False, cancel_futures=True)


class Crew(Generic[OrderT, DoneT]):
    """Does `work` on orders, in processes of its own. Use it from one event loop.

    `work` is a function at the top of a module; it, orders and results are pickled on their way.
    """

    def __init__(
        self,
        work: Callable[[OrderT], DoneT],
        *,
        workers: int | None = None,
        idle_for: timedelta = IDLE_FOR,
        works_for: timedelta = WORKS_FOR,
    ) -> None:
        self._work = work
        self._works_for = works_for
        count = workers or size()
        # The one that worked last is asked first: the others may then rest.
        self._free = [_Worker(idle_for) for _ in range(count)]
        self._workers = tuple(self._free)
        self._places = asyncio.Semaphore(count)
        self._closed = False

    async def make(self, order: OrderT) -> DoneT:
        """What `work` makes of the order.

        Raises NotDone when two workers died over it or the crew is closed, and what `work` raises.
        """
        async with self._places:
            worker = self._free.pop()
            try:
                return await self._done(worker, order)
            finally:
                worker.rest()
                self._free.append(worker)

    async def close(self) -> None:
        """End the workers, within CLOSES_IN; orders under way raise NotDone."""
        self._closed = True
        ending = []
        for worker in self._workers:
            worker.stay()
            if (process := worker.process) is not None:
                worker.process = None
                process.lifeline.close()
                # The thread that looks after the process sees it end and then ends itself.
                ending.append(asyncio.to_thread(process.pool.shutdown))
        if ending:
            try:
                await asyncio.wait_for(asyncio.gather(*ending), CLOSES_IN.total_seconds())
            except TimeoutError:
                return

    async def _done(self, worker: _Worker, order: OrderT) -> DoneT:
        for _ in range(2):
            if self._closed:
                break
            process = worker.started()
            try:
                return await asyncio.get_running_loop().run_in_executor(
                    process.pool, _in_time, self._work, order, self._works_for
                )
            except BrokenProcessPool:
                if worker.process is process:
                    worker.let_go()
        raise NotDone("the crew is closed" if self._closed else "two workers died over this order")


def _in_time(work: Callable[[Any], Any], order: Any, works_for: timedelta) -> Any:
    # A watchdog outside the interpreter: drawing holds its lock meanwhile, so no Python thread could end it.
    faulthandler.dump_traceback_later(works_for.total_seconds(), exit=True)
    try:
        return work(order)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _settle_in(lifeline: Connection) -> None:
    """Leave the worker's ending to its parent: deaf to the terminal's signals, gone when the parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    step_back()
    threading.Thread(target=_end_with_parent, args=(lifeline,), name="lifeline", daemon=True).start()


def step_back() -> None:
    """Give way to the program. Where a sandbox forbids that, work all the same."""
    with contextlib.suppress(OSError):
        os.nice(NICE)


def _end_with_parent(lifeline: Connection) -> None:
    parent = multiprocessing.parent_process()
    wait([lifeline] if parent is None else [lifeline, parent.sentinel])
    os._exit(0)
