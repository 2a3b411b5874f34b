"""Whether all is well: the parts' figures and a look at the database, judged in words.

Alive means that starting the program anew would not help: the event loop turns and the parts run. Ready means that it
does its work: Telegram is in touch, the database takes writes, and nothing that waits has stopped moving.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from bot import logs, storage
from bot.clock import Clock
from bot.storage.inbox import Parked
from bot.storage.outbox import Urgency
from bot.wire.figures import Figures

T = TypeVar("T")

FRESH_FOR: Final = timedelta(seconds=90)
"""How long ago Telegram may have had nothing more for us. A poll is held for half a minute, and so often a webhook is
asked after."""
MOVES_WITHIN: Final = timedelta(minutes=2)
"""How long rows may wait, with none of them done, before a part is taken to be stuck."""
CLOCK_STUCK_FOR: Final = 15 * 60.0
"""Seconds. A tick that writes the digests of a large clinic takes minutes; a longer one hangs."""
WRITES_WITHIN: Final = 4.0
"""Seconds that the database may take to write; somebody waits for the answer."""
READS_WITHIN: Final = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in words for the operator."""

    check: str
    ok: bool
    words: str


@dataclass(frozen=True, slots=True)
class Depths:
    """What waits in the database."""

    inbox: int
    inbox_since: datetime | None
    outbox: dict[Urgency, tuple[int, datetime]]
    parked: int
    due_since: datetime | None
    """The earliest hour at which something should have happened by now."""


def well(findings: list[Finding]) -> bool:
    return all(finding.ok for finding in findings)


@dataclass(slots=True)
class Health:
    """Judges on demand; judgements asked for at the same time are one. `parts` are the program's running tasks."""

    database: storage.Database
    clock: Clock
    figures: Figures
    sendable: Callable[[], bool]
    started_at: datetime
    parts: list[asyncio.Task[None]] = field(default_factory=list)
    _judging: asyncio.Task[list[Finding]] | None = None

    # --- alive ------------------------------------------------------------------------------------------------

    def alive(self) -> list[Finding]:
        """Whether the parts run. That somebody could ask shows that the event loop turns."""
        if not self.parts:
            return [Finding("parts", True, "starting")]
        ended = [part.get_name() for part in self.parts if part.done()]
        names = ", ".join(part.get_name() for part in self.parts)
        parts = Finding("parts", not ended, f"{', '.join(ended)} ended" if ended else f"{names} run")
        return [parts, self._minute()]

    def _minute(self) -> Finding:
        ran_at = self.figures.clock_ran_at
        if ran_at is None:
            return Finding("clock", True, "waits until what Telegram kept for us is worked off")
        ago = asyncio.get_running_loop().time() - ran_at
        if ago > CLOCK_STUCK_FOR:
            return Finding("clock", False, f"the minute's work has not ended for {_long(timedelta(seconds=ago))}")
        return Finding("clock", True, f"ran {_long(timedelta(seconds=ago))} ago")

    # --- ready ------------------------------------------------------------------------------------------------

    async def ready(self) -> list[Finding]:
        """Whether the work is done; a line for every check."""
        if self._judging is None or self._judging.done():
            self._judging = asyncio.create_task(self._judge())
        return await asyncio.shield(self._judging)

    async def _judge(self) -> list[Finding]:
        now = self.clock.now()
        database = await self._database(now)
        depths = await self.depths()
        findings = [*self.alive(), self._telegram(now), database]
        if depths is None:
            return [*findings, Finding("database", False, "can't be read")]
        return [*findings, self._worker(depths, now), self._sender(depths, now)]

    def _telegram(self, now: datetime) -> Finding:
        at = self.figures.in_touch_at
        if at is None:
            words = "not in touch yet: what waits there is still to come"
        elif now - at > FRESH_FOR:
            words = f"out of touch for {_long(now - at)}: answers may wait there"
        else:
            return Finding("telegram", True, f"in touch {_long(now - at)} ago")
        if self.figures.refusal:
            words += f". It can't deliver to WEBHOOK_URL: {self.figures.refusal}"
        return Finding("telegram", False, words)

    async def _database(self, now: datetime) -> Finding:
        try:
            async with asyncio.timeout(WRITES_WITHIN):
                await self.database.write(lambda tx: storage.inbox.rehearse(tx, now))
        except TimeoutError:
            return Finding("database", False, f"took no write within {WRITES_WITHIN:.0f} seconds")
        except storage.Unusable as error:
            return Finding("database", False, f"takes no writes: {error}")
        except Exception as error:
            return Finding("database", False, f"takes no writes: {logs.trace(error)}")
        return Finding("database", True, "takes writes")

    def _worker(self, depths: Depths, now: datetime) -> Finding:
        stuck = self._stuck_for(depths.inbox_since, self.figures.handled_at, now)
        if stuck is not None:
            return Finding("worker", False, f"{depths.inbox} updates wait and none was handled for {_long(stuck)}")
        return Finding("worker", True, f"{depths.inbox} updates wait")

    def _sender(self, depths: Depths, now: datetime) -> Finding:
        count = sum(count for count, _ in depths.outbox.values())
        since = min((since for _, since in depths.outbox.values()), default=None)
        stuck = self._stuck_for(since, self.figures.settled_at, now)
        if stuck is not None and self.sendable():
            return Finding("sender", False, f"{count} messages wait and none went out for {_long(stuck)}")
        return Finding("sender", True, f"{count} messages wait")

    def _stuck_for(self, since: datetime | None, moved_at: datetime | None, now: datetime) -> timedelta | None:
        """How long rows have waited with none done, where that is too long. What a stop left counts from the start."""
        if since is None:
            return None
        still_for = now - max(since, moved_at or self.started_at, self.started_at)
        return still_for if still_for > MOVES_WITHIN else None

    # --- the database -----------------------------------------------------------------------------------------

    async def depths(self) -> Depths | None:
        """What waits, read beside the writer; None where the file can't be read."""
        return await self._read(_depths)

    async def parked(self) -> list[Parked] | None:
        """What was set aside; None where the file can't be read."""
        return await self._read(storage.inbox.parked)

    async def _read(self, work: Callable[[Connection], T]) -> T | None:
        try:
            async with asyncio.timeout(READS_WITHIN):
                return await self.database.read(work)
        except Exception:
            return None


def _depths(tx: Connection) -> Depths:
    return Depths(
        storage.inbox.depth(tx),
        storage.inbox.oldest_at(tx),
        storage.outbox.depths(tx),
        storage.inbox.count_parked(tx),
        storage.prompts.next_due_at(tx),
    )


def _long(length: timedelta) -> str:
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} second{'s' * (seconds != 1)}"
