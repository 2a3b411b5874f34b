"""The real program with a look inside, as a process of its own: `python -m bench.inside TASK …` prints JSON at its end.

It runs `bot.app.Program` as it is; a ticker that takes the time of each tick, and a heart beside it that notices when
the event loop was held up, are all that is added.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from bot import settings
from bot.app import Program
from bot.clock import MovableClock, WallClock
from bot.jobs import Ticker

BEAT: Final = 0.005
IDLE_TICKS: Final = 41


class Heart:
    """Beats on the event loop; the longest that a beat came late is how long something held the loop up."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, time.perf_counter() - began - BEAT)

    def take(self) -> float:
        """The longest hold since the last call, in milliseconds."""
        longest, self.longest = self.longest, 0.0
        return 1000 * longest


class TimedTicker(Ticker):
    """The ticker, with the seconds that each tick took."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.took: list[float] = []

    async def tick(self, now: datetime) -> dict[str, int]:
        began = time.perf_counter()
        counts = await super().tick(now)
        self.took.append(time.perf_counter() - began)
        return counts


async def watched(ahead: timedelta, idle_for: float) -> dict[str, Any]:
    """Run the program with its clock `ahead`, through its first tick and `idle_for` seconds of idle ticks."""
    clock = MovableClock(WallClock().now() + ahead)
    program = Program(settings.load(), clock)
    ticker = program.ticker = TimedTicker(program.database, program.settings)
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    running = asyncio.create_task(program.run())
    found: dict[str, Any] = {}
    try:
        await _polled(program, running)
        found["start_held_ms"] = heart.take()
        while not ticker.took:
            await asyncio.sleep(BEAT)
            _still(running)
        found["first_tick_s"] = ticker.took[0]
        found["first_tick_held_ms"] = heart.take()
        for _ in range(IDLE_TICKS):
            await asyncio.sleep(idle_for / IDLE_TICKS)
            await program.tick()
            _still(running)
        found["idle_tick_ms"] = 1000 * median(ticker.took[1:])
        found["idle_held_ms"] = heart.take()
    finally:
        for task in (running, beating):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    return found


async def _polled(program: Program, running: asyncio.Task[None]) -> None:
    polled = asyncio.ensure_future(program.receiver.first_poll.wait())
    await asyncio.wait({running, polled}, return_when=asyncio.FIRST_COMPLETED)
    _still(running)


def _still(running: asyncio.Task[None]) -> None:
    if running.done():
        running.result()


if __name__ == "__main__":
    minutes, idle_for = float(sys.argv[1]), float(sys.argv[2])
    print(json.dumps(asyncio.run(watched(timedelta(minutes=minutes), idle_for))))
