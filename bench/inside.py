"""The real program with a look inside, as a process of its own: `python -m bench.inside TASK …` prints JSON at its end.

It runs `bot.app.Program` as it is, on a clock that can be set. A ticker that takes the time of each tick, and a heart
that notices when the event loop was held up, are all that is added.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

from bot import settings
from bot.app import Program, rest_the_collector
from bot.clock import MovableClock, WallClock
from bot.jobs import Ticker

BEAT: Final = 0.005
IDLE_TICKS: Final = 41
QUARTERS: Final = 4
JUMP: Final = timedelta(seconds=1)
"""As far past an instant as the clock is set, so that what is due then is due."""
STUCK_AFTER: Final = 60.0
"""Seconds after which a day of the year that does not end is an error."""


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


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[asyncio.Task[None]]:
    """The program from its first poll on; it is stopped afterwards. Raises what ended it before."""
    rest_the_collector()
    task = asyncio.create_task(program.run())
    try:
        polled = asyncio.ensure_future(program.receiver.first_poll.wait())
        await asyncio.wait({task, polled}, return_when=asyncio.FIRST_COMPLETED)
        still(task)
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def still(task: asyncio.Task[None]) -> None:
    """Raises what ended the program."""
    if task.done():
        task.result()


async def watched(ahead: timedelta, idle_for: float) -> dict[str, Any]:
    """The program with its clock `ahead`, through its first tick and `idle_for` seconds of idle ticks."""
    program = Program(settings.load(), MovableClock(WallClock().now() + ahead))
    ticker = program.ticker = TimedTicker(program.database, program.settings)
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    found: dict[str, Any] = {}
    async with running(program) as task:
        heart.take()
        while not ticker.took:
            await asyncio.sleep(BEAT)
            still(task)
        found["first_tick_s"] = ticker.took[0]
        found["first_tick_held_ms"] = heart.take()
        for _ in range(IDLE_TICKS):
            await asyncio.sleep(idle_for / IDLE_TICKS)
            await program.tick()
            still(task)
        found["idle_tick_ms"] = 1000 * median(ticker.took[1:])
        found["idle_held_ms"] = heart.take()
    beating.cancel()
    return found


# --- a year -----------------------------------------------------------------------------------------------------


async def year(days: int) -> dict[str, Any]:
    """The program through so many days, from one due instant to the next, while its patients answer everything.

    What it holds in MiB at the end of each quarter.
    """
    clock = MovableClock()
    program = Program(settings.load(), clock)
    ends_at = clock.now() + timedelta(days=days)
    quarter = timedelta(days=days / QUARTERS)
    next_look = clock.now() + quarter
    held: list[float] = []
    async with running(program) as task:
        while len(held) < QUARTERS:
            async with asyncio.timeout(STUCK_AFTER):
                await settled(program)
            still(task)
            due_at = await program.next_due()
            assert due_at is not None, "patients are asked every day"
            if due_at >= next_look:
                held.append(resident())
                next_look += quarter
                print(f"{len(held)}: {held[-1]:.1f} MiB", file=sys.stderr, flush=True)
            clock.move_to(min(due_at, ends_at) + JUMP)
            await program.look_around()
            await program.tick_after_jump()
    return {"held_mib": held}


async def settled(program: Program) -> None:
    """Wait until nothing is under way on either side."""
    quiet = False
    while not quiet:
        await program.quiet()
        quiet = await asyncio.to_thread(answered, program.settings)


def answered(known: settings.Settings) -> bool:
    """Whether the server has nothing for us, and nobody there waits for an answer."""
    address = urlsplit(known.telegram_api_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    try:
        wanted = {"do": "quiet", "token": known.bot_token.get_secret_value(), "within": 0}
        connection.request("POST", "/control", json.dumps(wanted))
        return json.loads(connection.getresponse().read()) is True
    finally:
        connection.close()


def resident() -> float:
    """What this process holds in memory, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("no VmRSS in /proc/self/status")


def main() -> None:
    task, *numbers = sys.argv[1:]
    if task == "watched":
        found = asyncio.run(watched(timedelta(minutes=float(numbers[0])), float(numbers[1])))
    else:
        found = asyncio.run(year(int(numbers[0])))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
