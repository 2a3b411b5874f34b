"""An alert on its way: whom it goes to and when, until somebody has answered it or it was passed on.

Laws:
1. A red flag waits for nobody's hours. Any other alert waits for each therapist until their own hours open, and so do
   the reminder of it and the word that it is urgent.
2. What nobody has answered REMIND_AFTER it was sent to a therapist is brought to them once more, and to whoever stands
   in for them, then or within PASSED_ON_FOR: each once.
3. An alert that has reached nobody and waits for nobody is undelivered. Who answers it, has been reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.diary.people import TherapistId
from bot.diary.red_flags import LOOK_AGAIN_AFTER, Delivery

REMIND_AFTER: Final = timedelta(hours=24)
"""Unseen for so long after it was sent, an alert is brought to mind (ours)."""
HINT_AGAIN_AFTER: Final = timedelta(hours=24)
"""A deputy who may not see the diaries hears so often at most that there are alerts (ours); of a red flag always."""
PASSED_ON_FOR: Final = timedelta(days=14)
"""What nobody has answered goes to whoever comes to stand in, for so long after it was raised (ours)."""


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for a therapist, or will. `opens_at`: from when on they stand in and their hours are open.

    `knows`: this alert, or that there is one, has come to them before.
    """

    id: TherapistId
    reachable: bool
    opens_at: datetime
    knows: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """A therapist who may see the diary now.

    `opens_at`: from when on this alert may come to them; now: at once. `told_at`: when it was sent, None: not yet, or
    it came back and they have returned since. `from_start`: they saw the diary when it was raised.
    `urgent_owed`: the patient has called it urgent since it was sent, and they have not heard that.
    """

    id: TherapistId
    reachable: bool
    opens_at: datetime
    from_start: bool
    told_at: datetime | None = None
    reminded: bool = False
    urgent_owed: bool = False
    deputy: Deputy | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done now. `pass_on`: from whom to whose deputy. `next_at`: when to look again; None: never."""

    tell: tuple[TherapistId, ...]
    call_urgent: tuple[TherapistId, ...]
    remind: tuple[TherapistId, ...]
    pass_on: tuple[tuple[TherapistId, TherapistId], ...]
    undelivered: bool
    next_at: datetime | None


def plan(readers: Sequence[Reader], delivery: Delivery, raised_at: datetime, now: datetime, *, answered: bool) -> Plan:
    """Look at an alert that stands. `delivery`: of all that was sent; `answered`: by any therapist."""
    tell: list[TherapistId] = []
    call_urgent: list[TherapistId] = []
    remind: list[TherapistId] = []
    pass_on: dict[TherapistId, TherapistId] = {}
    later: list[datetime] = []
    for one in readers:
        if one.reachable and one.told_at is None and (one.from_start or not answered):
            _when(one.opens_at, now, tell, one.id, later)
            if one.opens_at <= now and not answered:
                later.append(now + REMIND_AFTER)
            continue
        if one.reachable and one.urgent_owed:
            _when(one.opens_at, now, call_urgent, one.id, later)
        if answered:
            continue
        unseen_at = (one.told_at or raised_at) + REMIND_AFTER
        if now < unseen_at:
            later.append(unseen_at)
            continue
        if one.reachable and not one.reminded:
            _when(one.opens_at, now, remind, one.id, later)
        deputy = one.deputy
        if deputy is not None and deputy.reachable and not deputy.knows and deputy.opens_at < raised_at + PASSED_ON_FOR:
            if deputy.opens_at <= now:
                pass_on.setdefault(deputy.id, one.id)
            else:
                later.append(deputy.opens_at)
    waits = any(one.reachable and one.told_at is None for one in readers)
    undelivered = not answered and not waits and delivery in (Delivery.NONE_SENT, Delivery.LOST)
    if not answered and delivery is Delivery.UNDER_WAY:
        later.append(now + LOOK_AGAIN_AFTER)
    if undelivered and now < raised_at + REMIND_AFTER:
        later.append(raised_at + REMIND_AFTER)
    passed = tuple((away, deputy_id) for deputy_id, away in pass_on.items())
    return Plan(tuple(tell), tuple(call_urgent), tuple(remind), passed, undelivered, min(later, default=None))


def hints(last_at: datetime | None, now: datetime, *, red_flag: bool) -> bool:
    """Whether a deputy who may not see the diary is written to; `last_at`: when they were, for the same colleague."""
    return red_flag or last_at is None or now >= last_at + HINT_AGAIN_AFTER


def _when(opens_at: datetime, now: datetime, those: list[TherapistId], one: TherapistId, later: list[datetime]) -> None:
    """It comes to this one now, or when their hours open."""
    if opens_at <= now:
        those.append(one)
    else:
        later.append(opens_at)


def opens_later(readers: Sequence[Reader], now: datetime) -> list[tuple[TherapistId, datetime]]:
    """Whom the alert, or the word that it is urgent, waits for, and until when."""
    return [
        (one.id, one.opens_at)
        for one in readers
        if one.reachable and (one.told_at is None or one.urgent_owed) and one.opens_at > now
    ]
