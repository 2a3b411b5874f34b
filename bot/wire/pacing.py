"""Pacing of new messages: evenly spaced, with no bursts that a strict server would answer with 429."""

from __future__ import annotations

from collections import deque
from typing import Final

SECOND: Final = 1.02
"""The server's second is not ours: calls take different times to get there."""


class Start:
    """One start that was counted. `leaves` corrects its time to when the call really goes."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at = at

    def leaves(self, now: float) -> None:
        self.at = now


class Pace:
    """At most `per_second` starts in any second, evenly spaced. Times are seconds of a monotonic clock."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free_at = 0.0
        self._last: deque[Start] = deque(maxlen=max(1, int(per_second)))

    def wait(self, now: float) -> float:
        """Seconds until the next start is free; 0 when it is free now."""
        full_until = self._last[0].at + SECOND if len(self._last) == self._last.maxlen else now
        return max(0.0, self._free_at - now, full_until - now)

    def take(self, now: float) -> Start:
        """Count one start. A start that came late lets the next one follow sooner, but by one gap at most."""
        self._free_at = max(self._free_at, now - self._gap) + self._gap
        start = Start(now)
        self._last.append(start)
        return start

    def hold(self, until: float) -> None:
        """Nothing starts before `until`."""
        self._free_at = max(self._free_at, until)
