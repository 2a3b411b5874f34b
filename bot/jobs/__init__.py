"""The clock did something: what now? Red flags, prompts, who leaves, digests, word to admins, the tidying."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot import logs, storage
from bot.jobs import alerts, checkins, digests, notices, privacy, prompts, reach, red_flags, unseen
from bot.settings import Settings

log = logs.get(__name__)

TIDIED_AT_ONCE: Final = 200
"""Rows of each sort deleted in one transaction: a few milliseconds, which is what a tap may have to wait."""
PORTIONS: Final = 50
"""Transactions of tidying in one tick at most. The rest keeps until the next minute: a day has room for millions."""
NOTICES_EVERY: Final = timedelta(hours=1)


class Ticker:
    """One minute's work. `tick` is called by APScheduler, by the demo's clock, and by tests."""

    def __init__(self, database: storage.Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._notices_tidied_at: datetime | None = None

    async def tick(self, now: datetime) -> dict[str, int]:
        """Do everything that is due at `now`; returns counts and logs them where there were any."""
        total: dict[str, int] = {}
        while count := await self._database.write(lambda tx: red_flags.send_due(tx, self._settings, now)):
            total["alerts"] = total.get("alerts", 0) + count
        while (judged := await self._database.write(lambda tx: alerts.judge_due(tx, self._settings, now)))[0]:
            if judged[1]:
                total["raised"] = total.get("raised", 0) + judged[1]
        while count := await self._database.write(lambda tx: unseen.look_after(tx, self._settings, now)):
            total["looked_after"] = total.get("looked_after", 0) + count
        # What was put off comes before the next prompt, which else would take its place.
        while (looked_at := await self._database.write(lambda tx: prompts.follow_up(tx, now)))[0]:
            if looked_at[1]:
                total["again"] = total.get("again", 0) + looked_at[1]
        while counts := await self._database.write(lambda tx: self._prompts(tx, now)):
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
        # After the prompts, which take along what is due within an hour of them.
        while (looked_after := await self._database.write(lambda tx: self._checkins(tx, now)))[0]:
            if looked_after[1]:
                total["checkins"] = total.get("checkins", 0) + looked_after[1]
        while count := await self._database.write(lambda tx: privacy.forget_due(tx, self._settings, now)):
            total["forgotten"] = total.get("forgotten", 0) + count
        while count := await self._database.write(lambda tx: digests.send_due(tx, self._settings, now)):
            total["digests"] = total.get("digests", 0) + count
        if told := await self._database.write(lambda tx: self._notices(tx, now)):
            total["notices"] = told
        await self._tidy(now)
        await self._database.sweep()
        if total:
            log.info("tick", **total)
        return total

    def _notices(self, tx: Connection, now: datetime) -> int:
        return notices.send_due(tx, self._settings, now) + reach.send_due(tx, self._settings, now)

    def _checkins(self, tx: Connection, now: datetime) -> tuple[int, int]:
        return checkins.send_due(tx, now, self._settings.late_prompts_for)

    def _prompts(self, tx: Connection, now: datetime) -> dict[str, int]:
        return {
            name: count for name, count in prompts.send_due(tx, now, self._settings.late_prompts_for).items() if count
        }

    async def _tidy(self, now: datetime) -> None:
        """Delete what nobody needs any more, a portion at a time, with everyone else's work in between."""
        for _ in range(PORTIONS):
            if await self._database.write(lambda tx: _forget(tx, now)) < TIDIED_AT_ONCE:
                break
        if self._notices_tidied_at is None or now - self._notices_tidied_at >= NOTICES_EVERY:
            self._notices_tidied_at = now
            await self._database.write(
                lambda tx: storage.notices.forget_old(tx, now) + storage.edits.forget_old(tx, now)
            )


def _forget(tx: Connection, now: datetime) -> int:
    """The larger of both counts: while one of them is whole there may be more."""
    return max(
        storage.inbox.forget_old(tx, now, TIDIED_AT_ONCE),
        storage.outbox.forget_old(tx, now, TIDIED_AT_ONCE),
    )
