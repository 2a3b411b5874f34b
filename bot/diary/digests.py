"""The week in numbers: means with their n, change, and who needs attention first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.diary.entries import Day, Item, ItemId, Score
from bot.diary.sessions import Session


@dataclass(frozen=True, slots=True)
class Diary:
    """All that the rules need of one patient's diary: `scores` are those that count (entries.newest)."""

    items: tuple[Item, ...]
    days: Mapping[date, Day]
    scores: Mapping[tuple[date, ItemId], Score]
    sessions: tuple[Session, ...]
    enrolled_day: date
    zone: str
