"""The trend verdict: which change of one item is called "getting better" or "getting worse".

Laws:
1. A steady diary is called neither; adding the same number to every score changes no verdict.
2. A gap is a gap, whatever its cause: it is neither filled nor counted, and where too little is left there is no verdict.
3. It goes by whole weeks, Monday to Sunday, so that it changes once a week and no weekday outweighs another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING, Final

from bot.diary import days
from bot.diary.entries import Item

if TYPE_CHECKING:  # digests.py may build on this file
    from bot.diary.digests import Diary

RECENT_FOR: Final = timedelta(weeks=2)
BEFORE_FOR: Final = timedelta(weeks=4)
MIN_EACH: Final = 7
"""Fewer scores than this on either side are too few to tell (ours)."""
LEAST_POINTS: Final = 1.0
"""A smaller difference is never called, however regular the diary (ours)."""
Z: Final = 2.0
INFLATION: Final = 2.0
"""By how much days that resemble their neighbours are worth less than days that don't (ours)."""


class Trend(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The mean of the `n` scores from `first_day` to `last_day`, both included; 0 to 10, unrounded."""

    mean: float
    n: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is called of one item, and why.

    `recent` against `before`; `points`: the difference, negative is lower, which is better. `needed`: how many points
    this patient's own ups and downs ask for before a difference is called.
    """

    trend: Trend
    recent: Stretch
    before: Stretch
    points: float
    needed: float


def verdict(diary: Diary, item: Item, now: datetime) -> Verdict | None:
    """What is called of `item` at `now`; None where there are too few scores to tell. Never raises."""
    split = days.week_start(days.day_of(now, diary.zone)) - RECENT_FOR
    recent = _scores(diary, item, split, RECENT_FOR)
    before = _scores(diary, item, split - BEFORE_FOR, BEFORE_FOR)
    if min(len(recent), len(before)) < MIN_EACH:
        return None
    after_mean, before_mean = sum(recent) / len(recent), sum(before) / len(before)
    squares = sum((value - after_mean) ** 2 for value in recent) + sum((value - before_mean) ** 2 for value in before)
    spread = squares / (len(recent) + len(before) - 2)
    needed = max(LEAST_POINTS, Z * sqrt(INFLATION * spread * (1 / len(recent) + 1 / len(before))))
    points = after_mean - before_mean
    trend = Trend.STEADY if abs(points) < needed else Trend.WORSE if points > 0 else Trend.BETTER
    return Verdict(
        trend,
        Stretch(after_mean, len(recent), split, split + RECENT_FOR - days.ONE_DAY),
        Stretch(before_mean, len(before), split - BEFORE_FOR, split - days.ONE_DAY),
        points,
        needed,
    )


def _scores(diary: Diary, item: Item, start: date, length: timedelta) -> list[int]:
    found = (diary.scores.get((start + timedelta(days=offset), item.id)) for offset in range(length.days))
    return [score.value for score in found if score is not None and score.value is not None]
