"""The clock did something: what now? Red flags, prompts, who leaves, digests, word to admins, the tidying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
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

Counted = Mapping[str, int]
Step = Callable[[Connection], Counted | None]
"""Works on a portion of what is due and counts it; None where nothing was."""


class Ticker:
    """One minute's work. `tick` is called by APScheduler, by the demo's clock, and by tests."""

    def __init__(self, database: storage.Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._notices_tidied_at: datetime | None = None

    async def tick(self, now: datetime) -> dict[str, int]:
        """Do everything that is due at `now`; returns counts and logs them where there were any."""
        total: Counter[str] = Counter()
        steps = self._steps(now)
        while steps:
            at, counts = await self._database.write(partial(_next_portion, steps))
            total.update(counts)
            steps = steps[at:]
        await self._tidy(now)
        await self._database.sweep()
        counted = {name: count for name, count in total.items() if count}
        if counted:
            log.info("tick", **counted)
        return counted

    def _steps(self, now: datetime) -> list[Step]:
        """What a tick does, in its order; each is repeated until it finds nobody who is due."""
        settings, late_for = self._settings, self._settings.late_prompts_for
        return [
            lambda tx: _looked_at("alerts", red_flags.send_due(tx, settings, now)),
            lambda tx: _looked_at("raised", *alerts.judge_due(tx, settings, now)),
            lambda tx: _looked_at("looked_after", unseen.look_after(tx, settings, now)),
            # What was put off comes before the next prompt, which else would take its place.
            lambda tx: _looked_at("again", *prompts.follow_up(tx, now)),
            lambda tx: prompts.send_due(tx, now, late_for) or None,
            # After the prompts, which take along what is due within an hour of them.
            lambda tx: _looked_at("checkins", *checkins.send_due(tx, now, late_for)),
            lambda tx: _looked_at("forgotten", privacy.forget_due(tx, settings, now)),
            lambda tx: _looked_at("digests", digests.send_due(tx, settings, now)),
            lambda tx: _looked_at("notices", notices.send_due(tx, settings, now)),
            lambda tx: _looked_at("notices", reach.send_due(tx, settings, now)),
        ]

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


def _next_portion(steps: Sequence[Step], tx: Connection) -> tuple[int, Counted]:
    """One portion of the first step that finds anybody: where it stands among `steps`, and what came of it.

    Those before it found nobody, so that a minute in which nothing is due costs one transaction, not one for each.
    """
    for at, step in enumerate(steps):
        if (counts := step(tx)) is not None:
            return at, counts
    return len(steps), {}


def _looked_at(name: str, looked_at: int, count: int | None = None) -> Counted | None:
    """What a portion is counted as, by default everybody looked at; None where nobody was."""
    if not looked_at:
        return None
    return {name: looked_at if count is None else count}


def _forget(tx: Connection, now: datetime) -> int:
    """The larger of both counts: while one of them is whole there may be more."""
    return max(
        storage.inbox.forget_old(tx, now, TIDIED_AT_ONCE),
        storage.outbox.forget_old(tx, now, TIDIED_AT_ONCE),
    )
