"""Pacing of new messages: evenly spaced, with no bursts that a strict server would answer with 429."""

from __future__ import annotations


class Pace:
    """At most `per_second` starts a second. Times are seconds of a monotonic clock."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free_at = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next start is free; 0 when it is free now."""
        return max(0.0, self._free_at - now)

    def take(self, now: float) -> None:
        """Count one start. A start that came late lets the next one follow sooner, but by one gap at most."""
        self._free_at = max(self._free_at, now - self._gap) + self._gap

    def hold(self, until: float) -> None:
        """Nothing starts before `until`."""
        self._free_at = max(self._free_at, until)
