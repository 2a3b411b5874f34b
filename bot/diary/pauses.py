"""Pauses: days on which nothing is asked because the patient said so. They never count against anyone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
