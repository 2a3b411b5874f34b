"""What time it is. The only file that asks the machine; everything else is given `now`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class WallClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """The machine's clock plus a distance that only ever grows: for the demo and for tests."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start` (aware), or at the present instant where none is given."""
        self._ahead = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        """Go forward by `by`. Raises ValueError for a step back: stored instants would lie in the future."""
        if by < timedelta(0):
            raise ValueError("the clock only moves forward")
        self._ahead += by

    def move_to(self, instant: datetime) -> None:
        """Go forward to `instant`; an instant already past changes nothing."""
        self.move(max(instant - self.now(), timedelta(0)))


class StillClock:
    """Stands still until it is set: for tests that compare instants."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by

    def move_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant.astimezone(UTC))
