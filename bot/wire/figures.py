"""What the parts count while they work: for the status pages, in memory, since the start.

No figure names or numbers a person, and none costs more than an addition.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.diary.prompts import Outcome

STATES: Final = {outcome.value: outcome.value for outcome in Outcome} | {Outcome.SEND.value: "queued"}
"""What the clock decides about a prompt, as a state of it."""
REMEMBERED: Final = 60
"""Pulses of which the latest one is kept: a minute's."""


@dataclass(slots=True)
class Figures:
    """Counters that only grow, and when something last happened. Made once, and given to every part."""

    updates: Counter[str] = field(default_factory=Counter)
    """Kept durably, by the door that they came through: "polling" or "webhook"."""
    handled: int = 0
    handled_at: datetime | None = None
    sends: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By action and outcome; "later" is a call that has to be made again."""
    prompts: Counter[str] = field(default_factory=Counter)
    """By state: what the clock decided, and what became of those that were sent."""
    work: Counter[str] = field(default_factory=Counter)
    """What the ticks did besides, by name."""
    settled_at: datetime | None = None
    in_touch_at: datetime | None = None
    """When everything that Telegram had for us was last known to be here."""
    refusal: str | None = None
    """Why Telegram can't deliver to the webhook, in its words."""
    offers: Counter[int] = field(default_factory=Counter)
    """What Telegram, or whoever else knocked at the webhook, was answered, by HTTP status."""
    connections: int = 0
    """Open at the webhook."""
    ticks: int = 0
    tick_late_for: float = 0.0
    tick_took_for: float = 0.0
    clock_ran_at: float | None = None
    """By the event loop's clock, which nobody sets."""
    late_pulses: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """Seconds by which the event loop was late, once a second."""
    heartbeats: Counter[str] = field(default_factory=Counter)
    """By outcome: "heard" or "failed"."""

    def in_touch(self, at: datetime) -> None:
        """Nothing from before `at` waits at Telegram."""
        self.in_touch_at = at if self.in_touch_at is None else max(at, self.in_touch_at)
        self.refusal = None

    def worked(self, count: int, now: datetime) -> None:
        """Updates were handled, and that is committed."""
        self.handled += count
        self.handled_at = now

    def settled(self, action: str, outcome: str, now: datetime, *, prompt: bool) -> None:
        """It is known what became of a message."""
        self.sends[action, outcome] += 1
        self.settled_at = now
        if prompt:
            self.prompts[outcome] += 1

    def postponed(self, action: str) -> None:
        """A call has to be made again."""
        self.sends[action, "later"] += 1

    def ticked(self, counts: Mapping[str, int]) -> None:
        """What a tick did, by name."""
        for name, count in counts.items():
            (self.prompts if name in STATES else self.work)[STATES.get(name, name)] += count
