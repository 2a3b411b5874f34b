"""Pauses: days on which nothing is asked because the patient said so. They never count against anyone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

LONGEST: Final = timedelta(days=366)
"""A pause with an end takes no longer (ours)."""


class Reason(StrEnum):
    """Why, where the patient says so; only their own therapists see it."""

    HOLIDAY = "holiday"
    ILL = "ill"
    HOSPITAL = "hospital"


@dataclass(frozen=True, slots=True)
class Pause:
    """From `first_day` up to `until_day`, the first day that is asked again; None: until the patient comes back."""

    id: int
    first_day: date
    until_day: date | None
    reason: Reason | None
    begun_at: datetime
    ended_at: datetime | None

    def covers(self, day: date) -> bool:
        """Whether nothing is asked on `day`."""
        return self.first_day <= day and (self.until_day is None or day < self.until_day)


def covering(pauses: Iterable[Pause], day: date) -> Pause | None:
    """The pause that `day` lies in."""
    return next((pause for pause in pauses if pause.covers(day)), None)


def whole(pauses: Iterable[Pause], first: date, last: date) -> bool:
    """Whether one pause takes in all days from `first` to `last`, both included."""
    return any(pause.covers(first) and pause.covers(last) for pause in pauses)
