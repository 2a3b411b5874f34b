"""The clock did something: what now? Every minute: prompts, digests, what admins are told, then the tidying."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot import logs, storage
from bot.jobs import digests, notices, prompts, reach
from bot.settings import Settings

log = logs.get(__name__)

TIDY_EVERY: Final = timedelta(hours=1)


class Ticker:
    """One minute's work. `tick` is called by APScheduler, by the demo's clock, and by tests."""

    def __init__(self, database: storage.Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._tidied_at: datetime | None = None

    async def tick(self, now: datetime) -> dict[str, int]:
        """Do everything that is due at `now`; returns counts and logs them where there were any."""
        total: dict[str, int] = {}
        while counts := await self._database.write(lambda tx: self._prompts(tx, now)):
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
        while count := await self._database.write(lambda tx: digests.send_due(tx, self._settings, now)):
            total["digests"] = total.get("digests", 0) + count
        if told := await self._database.write(lambda tx: self._notices(tx, now)):
            total["notices"] = told
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at = now
            await self._database.write(lambda tx: _tidy(tx, now))
        if total:
            log.info("tick", **total)
        return total

    def _notices(self, tx: Connection, now: datetime) -> int:
        return notices.send_due(tx, self._settings, now) + reach.send_due(tx, self._settings, now)

    def _prompts(self, tx: Connection, now: datetime) -> dict[str, int]:
        return {
            name: count for name, count in prompts.send_due(tx, now, self._settings.late_prompts_for).items() if count
        }


def _tidy(tx: Connection, now: datetime) -> None:
    storage.inbox.forget_old(tx, now)
    storage.outbox.forget_old(tx, now)
    storage.notices.forget_old(tx, now)
