"""How the demo moves the bot through time: from one due instant to the next, never past work undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_NUDGE: Final = timedelta(minutes=1)
"""The step past a due instant that stays due: work that the bot refuses must not hold the clock for ever."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """The powers over the bot that the page is given.

    `now` is the bot's clock, aware; `move_to` sets it forward; `tick` does what the bot does every minute;
    `quiet` returns when nothing is left to work off: updates confirmed, inbox and outbox empty; `next_due`
    gives the earliest instant at which the bot has something to do, or None.
    """

    now: Callable[[], datetime]
    move_to: Callable[[datetime], None]
    tick: Callable[[], Awaitable[object]]
    quiet: Callable[[], Awaitable[object]]
    next_due: Callable[[], Awaitable[datetime | None]]


def _never() -> bool:
    return False


async def advance(hooks: Hooks, target: datetime, enough: Callable[[], bool] = _never) -> bool:
    """Move the clock to `target`, stopping at each due instant to let the bot work.

    Ends early, and gives True, as soon as `enough` holds after a stop; else gives False at the target. The
    clock is never set back: where `target` has passed, the bot is only ticked.
    """
    stopped_at: datetime | None = None
    while True:
        due = await hooks.next_due()
        if due is not None and stopped_at is not None and due <= stopped_at:
            due = hooks.now() + _NUDGE
        arrived = due is None or due > target
        stop = target if due is None or due > target else due
        hooks.move_to(max(stop, hooks.now()))
        await hooks.tick()
        await hooks.quiet()
        if enough():
            return True
        if arrived:
            return False
        stopped_at = stop
