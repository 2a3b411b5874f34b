"""What a diary must hold: every value that was taken, kept apart from the program's own tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean

Key = tuple[date, int]
"""A diary day and an item."""

MEAN_FROM = 4
"""Fewer scores than this in a week have no mean."""


@dataclass
class Book:
    """The values of one patient in the order taken, each with its instant; None: skipped."""

    taken: dict[Key, list[tuple[datetime, int | None]]] = field(default_factory=lambda: defaultdict(list))
    declined: set[date] = field(default_factory=set)
    """Days of which the patient last said "not today"."""

    def put(self, day: date, item: int, value: int | None, at: datetime) -> None:
        """The newest value counts; the same one again is no new one. Whoever answers takes back "not today"."""
        values = self.taken[day, item]
        if not values or values[-1][1] != value:
            values.append((at, value))
        self.declined.discard(day)

    def take_back(self, day: date, items: Iterable[int], at: datetime) -> None:
        """What was entered for these items at that instant was meant for another day."""
        for item in items:
            values = self.taken[day, item]
            self.taken[day, item] = [it for it in values if it[0] != at or it[1] is None]

    def newest(self) -> dict[Key, int | None]:
        """What counts."""
        return {key: values[-1][1] for key, values in self.taken.items() if values}

    def answers(self, day: date) -> list[int | None]:
        """What counts for one day."""
        return [value for (on, _), value in self.newest().items() if on == day]

    def mean(self, item: int, monday: date, entered: set[date]) -> float | None:
        """The mean of the newest scores of an item in a week, over those of its days that have an entry."""
        week = [monday + timedelta(days=n) for n in range(7)]
        counted = self.newest()
        scores = [counted.get((day, item)) for day in week if day in entered]
        numbers = [score for score in scores if score is not None]
        return fmean(numbers) if len(numbers) >= MEAN_FROM else None
