"""The keeper: checks the rest of the file after the start, and copies it once a day, beside everything else.

Laws:
1. A backup that fails stops nothing: it is logged, counted, told to the admins once a day, and tried again.
2. A file that is found to be damaged ends the program.
3. No copying runs in the writer thread or in the event loop; a stop of the program is noticed within a portion.
4. Copies live BACKUP_DAYS days, those from before migrations too, and whether or not daily ones are made.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot import diary, logs, storage
from bot.clock import Clock
from bot.jobs import notices
from bot.settings import Settings
from bot.storage.checks import Stop

log = logs.get(__name__)

RETRY_AFTER: Final = timedelta(hours=1)


class Keeper:
    """Keeps until cancelled. `wake` has it look whether a backup is due; `failures` counts those that failed."""

    def __init__(self, database: storage.Database, settings: Settings, clock: Clock, spoke: Callable[[], None]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._spoke = spoke
        self._event = asyncio.Event()
        self._failed_at: datetime | None = None
        self.failures = 0

    def wake(self) -> None:
        """A minute has passed."""
        self._event.set()

    async def run(self) -> None:
        """Check what the start left unchecked, then make a backup whenever one is due. Raises storage.Damaged."""
        await beside(self._database.check_the_rest)
        while True:
            await self._event.wait()
            self._event.clear()
            now = self._clock.now()
            await self.make_due(now)
            await self.remove_old(now)

    async def make_due(self, now: datetime) -> bool:
        """Make today's backup unless it is there. The day is the clinic's and begins in the small hours."""
        settings = self._settings
        folder = storage.backups.folder_of(self._database.path, settings.backup_dir)
        day = diary.days.day_of(now, settings.default_timezone)
        if not settings.backups_kept or (self._failed_at is not None and now - self._failed_at < RETRY_AFTER):
            return False
        try:
            if any(made == day for made, _ in storage.backups.daily(self._database.path, folder)):
                return False
            await beside(partial(storage.backups.make_daily, self._database.path, folder, day, settings.backups_kept))
            storage.ledger.copy(self._database.path, folder)
        except (storage.BackupFailed, OSError) as error:
            self._failed_at = now
            self.failures += 1
            why = str(error) if isinstance(error, storage.BackupFailed) else type(error).__name__
            log.error("the daily backup could not be made", why=why, times=self.failures)
            if await self._database.write(lambda tx: notices.backup_failed(tx, settings, now)):
                self._spoke()
            return False
        self._failed_at = None
        log.info("the daily backup was made", day=day.isoformat())
        return True

    async def remove_old(self, now: datetime) -> int:
        """Remove the copies that have lived long enough, also those from before migrations; returns how many.

        While today's backup fails the newest one stays: nobody is served by none at all.
        """
        settings, path = self._settings, self._database.path
        folder = storage.backups.folder_of(path, settings.backup_dir)
        today = diary.days.day_of(now, settings.default_timezone)
        failing = self._failed_at is not None
        try:
            count = storage.backups.remove_old(path, folder, now, today, settings.backup_days, keep_newest=failing)
        except OSError as error:
            log.error("an old copy could not be removed", why=type(error).__name__)
            return 0
        if count:
            log.info("old copies were removed", count=count)
        return count


async def beside(work: Callable[[Stop], None]) -> None:
    """Run `work` in a thread of its own; when cancelled, ask it to stop and wait until it has."""
    stop = threading.Event()
    running = asyncio.get_running_loop().run_in_executor(None, partial(_quietly, work, stop.is_set))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([running])
        raise


def _quietly(work: Callable[[Stop], None], stop: Stop) -> None:
    try:
        work(stop)
    except storage.backups.Stopped:
        return
