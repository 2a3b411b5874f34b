"""When the evening question goes out. Pure: everything due is a column, and `plan` decides.

Laws:
1. At most one prompt per diary day and patient, whatever happens to zones, hours and clocks.
2. The diary day of a prompt is decided when it is planned and carried from then on.
3. A prompt that fell due while the bot was down goes late while its window is open, and else the day is "not asked".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import days
from bot.diary.entries import Cause, cause_of
from bot.diary.people import Reach

LATE_WINDOW: Final = timedelta(hours=3)
"""How long after its hour a prompt still makes sense (ours), where the clinic has set nothing else."""


class Followup(StrEnum):
    """The one more time that a day's question may come."""

    REMINDER = "reminder"
    SNOOZE = "snooze"
    """The patient said "later"; it uses up the reminder."""


@dataclass(frozen=True, slots=True)
class Due:
    """The next prompt of a patient: for which diary day, and when."""

    day: date
    at: datetime


class Outcome(StrEnum):
    SEND = "send"
    FINISHED = "finished"
    """The day was answered, or declined, before its hour."""
    ASKED = "asked"
    """The day already had its prompt."""
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a prompt that is due; `cause` only with NOT_ASKED; then the next one."""

    outcome: Outcome
    cause: Cause | None
    next: Due


def first_due(now: datetime, zone: str, wall: time, not_before: date | None = None) -> Due:
    """The first evening hour after `now`, from diary day `not_before` on."""
    day = days.day_of(now, zone)
    if not_before is not None:
        day = max(day, not_before)
    while (at := days.at(day, wall, zone)) <= now:
        day += days.ONE_DAY
    return Due(day, at)


def due_after(day: date, zone: str, wall: time) -> Due:
    """The prompt of the day after `day`."""
    following = day + days.ONE_DAY
    return Due(following, days.at(following, wall, zone))


def worth_until(due: Due, zone: str, late_for: timedelta = LATE_WINDOW) -> datetime:
    """The last instant at which a prompt still makes sense: `late_for` after its hour, and while its day is open."""
    return min(due.at + late_for, days.closes_at(due.day, zone))


def plan(
    due: Due,
    zone: str,
    wall: time,
    *,
    asked: bool,
    finished: bool,
    reach: Reach,
    now: datetime,
    reach_since: datetime | None = None,
    late_for: timedelta = LATE_WINDOW,
) -> Plan:
    """Decide about one due prompt of a patient whose day so far was `asked` or is `finished`.

    A chat that was lost (at `reach_since`) only after the prompt had become too late is no excuse: the bot was down.
    """
    following = due_after(due.day, zone, wall)
    if asked:
        return Plan(Outcome.ASKED, None, following)
    if finished:
        return Plan(Outcome.FINISHED, None, following)
    until = worth_until(due, zone, late_for)
    if reach is not Reach.OK and (reach_since is None or reach_since <= until):
        return Plan(Outcome.NOT_ASKED, cause_of(reach), following)
    if now > until:
        return Plan(Outcome.NOT_ASKED, Cause.BOT, following)
    return Plan(Outcome.SEND, None, following)
