"""Where a patient lives, where they are, and by which of the two clocks they are asked.

Law: whatever journeys are made, coming home leads back to the clock of home.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from bot.diary import days


@dataclass(frozen=True, slots=True)
class Clocks:
    """The zones of one patient, as the patient's row has them.

    `zone`: the clock that they are asked by. `home_zone`: only of a traveller, where they live. `local_zone`: only of a
    traveller who is asked by the clock of home, where they are.
    """

    zone: str
    home_zone: str | None = None
    local_zone: str | None = None

    @property
    def home(self) -> str:
        return self.home_zone or self.zone

    @property
    def away(self) -> bool:
        return self.home_zone is not None

    def abroad(self, there: str, *, by_home: bool) -> Clocks:
        """The patient is in `there` now, wherever they were before, and is asked by that clock or by that of home."""
        if there == self.home:
            return self.back()
        return Clocks(self.home, self.home, there) if by_home else Clocks(there, self.home)

    def back(self) -> Clocks:
        """The patient is at home."""
        return Clocks(self.home)


def weekly(due_at: datetime, before: str, zone: str, wall: time) -> datetime:
    """When a weekly summary that was due at `due_at` by the clock of `before` is due by that of `zone`.

    It is the same date on the new clock: so a week is neither told twice nor left out by whoever flies on a Monday. An
    instant that has passed is due at once.
    """
    return days.on_date(days.local(due_at, before).date(), wall, zone)
