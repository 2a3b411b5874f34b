"""The vigil: as long as all is well, it says so to the supervisor and to a dead-man's switch.

Law: nothing that goes wrong here disturbs the diary, and the address of the switch, a secret, is in no log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot import logs
from bot.systemd import Supervisor
from bot.wire.figures import Figures
from bot.wire.health import Health, well

log = logs.get(__name__)

PULSE_EVERY: Final = 1.0
"""Seconds."""
LOOK_EVERY: Final = 20.0
"""Seconds between judgements."""
PING_EVERY: Final = 60.0
"""Seconds between pings, as long as all is well."""
PING_FOR: Final = 10.0
"""Seconds that a ping may take."""
PULSES_IN_TIME: Final = 4
"""Words to the watchdog in the time in which it wants one."""


class Vigil:
    """Keeps watch until cancelled. `begun` returns once Telegram has given us what waited there."""

    def __init__(
        self,
        health: Health,
        figures: Figures,
        supervisor: Supervisor,
        heartbeat_url: str | None,
        begun: Callable[[], Awaitable[object]],
    ) -> None:
        self._health = health
        self._figures = figures
        self._supervisor = supervisor
        self._heartbeat_url = heartbeat_url
        self._begun = begun
        self._pinged_at: float | None = None
        self._told_at: float | None = None
        self._failing = False

    @property
    def needed(self) -> bool:
        """Whether anybody wants to be told."""
        return self._supervisor.address is not None or self._heartbeat_url is not None

    async def run(self) -> None:
        """Watch for ever."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._pulse())
            if self.needed:
                parts.create_task(self._look())

    async def _pulse(self) -> None:
        """Measure how late the event loop is, and feed the watchdog while we are alive."""
        loop = asyncio.get_running_loop()
        while True:
            self._feed(loop.time())
            due = loop.time() + PULSE_EVERY
            await asyncio.sleep(PULSE_EVERY)
            self._figures.late_pulses.append(max(0.0, loop.time() - due))

    def _feed(self, now: float) -> None:
        """Alive is enough: to be started anew does not bring Telegram or the disk back, and costs the way so far."""
        every = self._supervisor.watchdog_for
        if every is None or (self._told_at is not None and now - self._told_at < every / PULSES_IN_TIME):
            return
        if well(self._health.alive()):
            self._supervisor.tell(WATCHDOG=1)
            self._told_at = now

    async def _look(self) -> None:
        """Once we are there: judge, say in words how we are, and ping while all is well."""
        await self._begun()
        self._supervisor.tell(READY=1)
        while True:
            try:
                await self._judge()
            except Exception as error:
                log.error("the vigil can't tell how we are", error=logs.trace(error))
            await asyncio.sleep(LOOK_EVERY)

    async def _judge(self) -> None:
        findings = await self._health.ready()
        wrong = [f"{finding.check} {finding.words}" for finding in findings if not finding.ok]
        self._supervisor.tell(STATUS="Not ready: " + "; ".join(wrong) if wrong else "All is well.")
        now = asyncio.get_running_loop().time()
        if not wrong and (self._pinged_at is None or now - self._pinged_at >= PING_EVERY - LOOK_EVERY / 2):
            self._pinged_at = now
            await self._ping()

    async def _ping(self) -> None:
        if self._heartbeat_url is None:
            return
        why = await _pinged(self._heartbeat_url)
        self._figures.heartbeats["heard" if why is None else "failed"] += 1
        if why is not None and not self._failing:
            log.warning("the heartbeat is not heard; the next ones are tried all the same", why=why)
        elif why is None and self._failing:
            log.info("the heartbeat is heard again")
        self._failing = why is not None


async def _pinged(url: str) -> str | None:
    """Ask for an address once; why it was not heard. Only kinds of errors: their text holds the address."""
    import aiohttp

    try:
        async with (
            asyncio.timeout(PING_FOR),
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url) as answer,
        ):
            return None if answer.status < 400 else f"HTTP {answer.status}"
    except Exception as error:
        return type(error).__name__
