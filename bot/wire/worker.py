"""The worker: takes updates out of the inbox in order of arrival and has each handled.

Laws:
1. What a handler writes and says is committed together with the mark that its update is done.
2. A handler that fails is rolled back alone; after three tries its update is parked and the rest goes on.
3. An update that was in hand when the process died is tried alone; the third death, the first one counted, parks it.
4. A database that can't be written ends the worker: that is no fault of an update.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from bot import logs, storage
from bot.clock import Clock
from bot.storage.inbox import Arrival
from bot.wire.figures import Figures

log = logs.get(__name__)

TRIES: Final = 3
BATCH: Final = 100
COMMIT_AFTER: Final = 0.05
"""Seconds of handling after which a batch is committed. Reached only where so much waits that a commit less counts."""

HANDLING: Final = storage.Savepoint("handling")
SORRY: Final = storage.Savepoint("sorry")

Handle = Callable[[Connection, Arrival], None]


class Worker:
    """Works until cancelled. `handle` handles one update; `apologise` tells its sender that nothing was saved."""

    def __init__(
        self,
        database: storage.Database,
        clock: Clock,
        handle: Handle,
        apologise: Handle,
        spoke: Callable[[], None],
        figures: Figures | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._apologise = apologise
        self._spoke = spoke
        self._figures = figures or Figures()
        self._event = asyncio.Event()
        self._idle = asyncio.Event()
        self._recovered = False
        self._busy = True

    def wake(self) -> None:
        """Updates arrived."""
        self._busy = True
        self._idle.clear()
        self._event.set()

    def idle(self) -> bool:
        return not self._busy

    async def worked_off(self) -> None:
        """Wait until everything that arrived so far is handled."""
        await self._idle.wait()

    async def run(self) -> None:
        """Work for ever, beginning with what a process before us left behind."""
        await self.recover()
        while True:
            while count := await self._database.write(self._batch):
                self._figures.worked(count, self._clock.now())
                self._spoke()
            self._busy = self._event.is_set()
            if not self._busy:
                self._idle.set()
            await self._event.wait()
            self._event.clear()

    async def recover(self) -> None:
        """Try what may have been in hand when the last process died one by one, each try counted before it begins.

        Call it before anything is sent or received: then a kill that some call of ours brings about does not hit
        the same innocent update again and again. A second call does nothing.
        """
        if self._recovered:
            return
        self._recovered = True
        for arrival in await self._database.write(self._left_behind):
            if arrival.tries >= TRIES:
                await self._database.write(
                    lambda tx, it=arrival: self._park(tx, it, "the program died handling it", it.tries)  # type: ignore[misc]
                )
                continue
            await self._database.write(lambda tx, it=arrival: storage.inbox.count_try(tx, it.seq))  # type: ignore[misc]
            try:
                await self._database.write(lambda tx, it=arrival: self._alone(tx, it))  # type: ignore[misc]
            except asyncio.CancelledError:
                # A clean stop is no death: it takes its try back.
                await self._database.write(lambda tx, it=arrival: storage.inbox.count_try(tx, it.seq, -1))  # type: ignore[misc]
                raise
            self._figures.worked(1, self._clock.now())
            self._spoke()

    def _left_behind(self, tx: Connection) -> list[Arrival]:
        """What waits at a start. The one that was in hand within a batch at the last death has that one counted."""
        seq = self._database.left_in_hand
        if any(it.seq == seq and it.tries == 0 for it in storage.inbox.waiting(tx, BATCH)):
            storage.inbox.count_try(tx, seq)
        return storage.inbox.waiting(tx, BATCH)

    def _batch(self, tx: Connection) -> int:
        """Handle as many as fit into one short transaction; returns how many."""
        began = time.perf_counter()
        count = 0
        handled: list[int] = []
        try:
            for arrival in storage.inbox.waiting(tx, BATCH):
                self._database.take_in_hand(arrival.seq)
                if self._one(tx, arrival):
                    handled.append(arrival.seq)
                count += 1
                if time.perf_counter() - began > COMMIT_AFTER:
                    break
        finally:
            # Whatever ends us otherwise than by a kill is no fault of the update.
            self._database.take_in_hand(0)
        storage.inbox.done(tx, handled, self._clock.now())
        return count

    def _alone(self, tx: Connection, arrival: Arrival) -> None:
        if self._one(tx, arrival):
            storage.inbox.done(tx, [arrival.seq], self._clock.now())

    def _one(self, tx: Connection, arrival: Arrival) -> bool:
        """Handle one update in a savepoint of its own. False where it had to be parked."""
        failure: Exception | None = None
        for _ in range(TRIES):
            HANDLING.begin(tx)
            try:
                self._handle(tx, arrival)
            except Exception as error:
                if storage.is_trouble(error):
                    raise
                HANDLING.undo(tx)
                failure = error
            else:
                HANDLING.keep(tx)
                return True
        assert failure is not None
        self._park(tx, arrival, logs.trace(failure), TRIES)
        return False

    def _park(self, tx: Connection, arrival: Arrival, reason: str, tries: int) -> None:
        log.error("an update was parked", update=arrival.update_id, why=reason)
        storage.inbox.park(tx, arrival.seq, reason, self._clock.now(), tries)
        SORRY.begin(tx)
        try:
            self._apologise(tx, arrival)
        except Exception as error:
            if storage.is_trouble(error):
                raise
            SORRY.undo(tx)
            log.error("the sender of a parked update could not be told", why=logs.trace(error))
        else:
            SORRY.keep(tx)
