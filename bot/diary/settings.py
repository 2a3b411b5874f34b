"""What a patient can set, and what that means for the next question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import days
from bot.diary.days import Hours, Quiet
from bot.diary.pauses import Pause
from bot.diary.prompts import Due, Rhythm, reminder_at

REMINDERS: Final = (0, 30, 60, 90, 120)
"""Minutes from a prompt to its reminder that a patient can choose; 0: none (ours)."""


class Why(StrEnum):
    """Why the next question does not come today."""

    ANSWERED = "answered"
    ASKED = "asked"
    PASSED = "passed"
    """The hour was over when it was chosen."""
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next question; None: no question before the patient comes back from a pause. `why`: None, it is today's."""

    due: Due | None
    why: Why | None


def upcoming(
    due: Due, today: date, *, zone: str, hours: Hours, asked: bool, finished: bool, pause: Pause | None
) -> Upcoming:
    """What a patient can expect where `due` is planned and today was `asked` or is `finished`.

    A day that is answered before its hour is not asked; and a paused one neither. `pause`: the one that `due` lies in.
    """
    if pause is not None:
        first = pause.until_day
        return Upcoming(None if first is None else Due(first, days.at(first, hours.on(first), zone)), Why.PAUSED)
    if due.day > today:
        return Upcoming(due, Why.ANSWERED if finished else Why.ASKED if asked else Why.PASSED)
    if finished:
        following = today + days.ONE_DAY
        return Upcoming(Due(following, days.at(following, hours.on(following), zone)), Why.ANSWERED)
    return Upcoming(due, None)


def reminder_anew(day: date, sent_at: datetime, now: datetime, rhythm: Rhythm) -> datetime | None:
    """When a question sent at `sent_at` comes once more, where the patient has just changed what that hangs on.

    None: it does not. Where it would have come already it is counted from now: nobody is reminded at the very tap.
    """
    at = reminder_at(day, sent_at, rhythm)
    return at if at is None or at > now else reminder_at(day, now, rhythm)


def is_late(wall: time) -> bool:
    """Whether this hour lies in the night that belongs to the evening before."""
    return wall < days.CUT_OFF


@dataclass(frozen=True, slots=True)
class Hush:
    """What the quiet hours do to an evening: `hour`: the question comes within them all the same.

    `reminder`: it would come within them, so there is none.
    """

    hour: bool
    reminder: bool


def hush(wall: time, *, weekend: bool, today: date, zone: str, quiet: Quiet, here: str, minutes: int) -> Hush:
    """What the quiet hours, by the clock of `here`, do to the next evening of that kind, by the clock of `zone`."""
    day = today
    while (day.weekday() >= days.SATURDAY) != weekend:
        day += days.ONE_DAY
    at = days.at(day, wall, zone)
    return Hush(quiet.covers(at, here), minutes > 0 and quiet.covers(at + timedelta(minutes=minutes), here))
