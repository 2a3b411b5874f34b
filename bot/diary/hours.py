"""A therapist's own hours: when alerts are read, and when they wait.

Laws:
1. Red flags never wait: nothing here is asked about them.
2. Hours that end at or before the time at which they begin run into the next day, and belong to the day on which they
   begin: "22 to 06 on Mondays" is the night from Monday to Tuesday. The same time twice is a whole day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from itertools import count
from typing import Final

from bot.diary.days import ONE_DAY, SATURDAY, local, on_date

EVERY_DAY: Final = frozenset(range(7))
WEEKDAYS: Final = frozenset(range(SATURDAY))
USUAL: Final = (time(8), time(18))
"""What is offered by a button (ours)."""


@dataclass(frozen=True, slots=True)
class OwnHours:
    """From `start` up to `end` (excluded) on `workdays` (0 is Monday), by the wall clock of `zone`."""

    start: time
    end: time
    workdays: frozenset[int]
    zone: str

    def __post_init__(self) -> None:
        if not self.workdays or not self.workdays <= EVERY_DAY:
            raise ValueError("own hours need at least one day of the week")

    @property
    def over_midnight(self) -> bool:
        """Whether they end on the day after; a whole day ends with itself."""
        return self.end <= self.start and self.end != time(0)


def opens_at(hours: OwnHours | None, now: datetime) -> datetime:
    """From when on an alert is read that is raised `now`: `now` itself within the hours, and where there are none."""
    if hours is None:
        return now
    today = local(now, hours.zone).date()
    # Where the clocks jump over all of the hours of a night, there are none in it: the next ones count.
    windows = (
        (on_date(day, hours.start, hours.zone), on_date(day + nights * ONE_DAY, hours.end, hours.zone))
        for day in (today + offset * ONE_DAY for offset in count(-1))
        if day.weekday() in hours.workdays
        for nights in (1 if hours.end <= hours.start else 0,)
    )
    return next(max(now, opens) for opens, closes in windows if opens < closes and now < closes)
