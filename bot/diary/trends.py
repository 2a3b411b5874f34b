"""The trend verdict: which change of one item is called "getting better" or "getting worse".

Laws:
1. A diary of one and the same score has no trend; adding the same number to every score changes no verdict.
2. A gap is a gap, whatever its cause: neither filled nor counted. Where too little is left there is no verdict.
3. It goes by whole weeks, Monday to Sunday, so that it changes once a week and no weekday outweighs another.

How often it errs is measured by `make bench ROWS=trends`; what else was tried: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.diary import days
from bot.diary.entries import Item
from bot.diary.sessions import reaches

if TYPE_CHECKING:  # digests.py may build on this file
    from bot.diary.digests import Diary

RECENT_FOR: Final = timedelta(weeks=2)
BEFORE_FOR: Final = timedelta(weeks=8)
LOOKS_BACK: Final = RECENT_FOR + BEFORE_FOR
"""How far back from the present week's Monday a diary has to reach for its verdict."""
MIN_RECENT: Final = 7
MIN_BEFORE: Final = 14
"""Fewer scores on either side are too few to tell: the first verdict comes in the fifth week or later (ours)."""
LEAST_POINTS: Final = 1.0
"""A smaller difference is never called, however regular the diary: as in digests.WEEK_STEP (ours)."""
ODD_DAY: Final = 2.0
"""A score counts for no more than this above or below the middle score of its stretch, so that a wrong tap weighs
little: the bounded influence of Huber 1964 (10.1214/aoms/1177703732). The number is ours."""
LEAST_SPREAD: Final = 0.3
"""The least variance of whole-number scores: who always taps 4 may have meant 3.6 or 4.4 (ours)."""
USUAL_LIKENESS: Final = 0.3
USUAL_COUNTS: Final = 10
"""How much a day resembles the one before it (the correlation) is hard to know from a few weeks, so that what a
diary shows is taken together with so many days of a usual one (ours)."""
MOST_LIKENESS: Final = 0.8
SURE: Final = 2.2
SURER_WHEN_FEW: Final = 4.0
"""How many standard errors a difference needs: more where the days are worth few independent ones (ours, so that
a steady patient is called in fewer than 5% of weeks at every level and likeness that the simulation has)."""


class Trend(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class Stretch:
    """`n` scores from `first_day` to `last_day`, both included."""

    n: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is called of one item, and why.

    `points`: how far the mean of `recent` lies from that of `before`, odd days bounded (ODD_DAY); negative is lower,
    which is better. `needed`: from how many points on a difference is called, by this diary's own ups and downs.
    """

    trend: Trend
    recent: Stretch
    before: Stretch
    points: float
    needed: float


def verdict(diary: Diary, item: Item, now: datetime) -> Verdict | None:
    """What is called of `item` at `now`; None where there are too few scores to tell. Never raises.

    The newest two whole weeks against the eight before them, or what there is of those: a difference is called when
    it is larger than the diary's own ups and downs explain. The test is that of two means with as many independent
    days as the days are worth, since neighbours resemble each other (Zwiers and von Storch 1995,
    10.1175/1520-0442(1995)008<0336:TSCIAI>2.0.CO;2).
    """
    split = days.week_start(days.day_of(now, diary.zone)) - RECENT_FOR
    recent = _scored(diary, item, split, RECENT_FOR)
    before = _scored(diary, item, split - BEFORE_FOR, BEFORE_FOR)
    if len(recent) < MIN_RECENT or len(before) < MIN_BEFORE:
        return None
    points, needed = _compared(recent, before)
    trend = Trend.STEADY
    if reaches(abs(points), needed):
        trend = Trend.WORSE if points > 0 else Trend.BETTER
    return Verdict(
        trend,
        Stretch(len(recent), split, split + RECENT_FOR - days.ONE_DAY),
        Stretch(len(before), before[0][0], split - days.ONE_DAY),
        points,
        needed,
    )


_Scored = Sequence[tuple[date, int]]


def _scored(diary: Diary, item: Item, start: date, length: timedelta) -> list[tuple[date, int]]:
    found = []
    for offset in range(length.days):
        day = start + timedelta(days=offset)
        score = diary.scores.get((day, item.id))
        if score is not None and score.value is not None:
            found.append((day, score.value))
    return found


def _compared(recent: _Scored, before: _Scored) -> tuple[float, float]:
    """The difference of the means in points, and from how many on it is called."""
    # Measured from a middle score, what follows is the same number for number wherever on the scale it happens.
    zero = median(value for _, value in before)
    late, late_mean = _bounded(recent, zero)
    early, early_mean = _bounded(before, zero)
    rest = {day: value - early_mean for day, value in early} | {day: value - late_mean for day, value in late}
    n = len(rest)
    squares = sum(value * value for value in rest.values())
    likeness = _likeness(rest, squares / n)
    worth = (1 - likeness) / (1 + likeness)
    independent = n * worth
    sure = SURE + SURER_WHEN_FEW / max(independent - 2, 2)
    spread = max(squares / (n - 2), LEAST_SPREAD) / worth
    error = sqrt(spread * (1 / len(late) + 1 / len(early)))
    return late_mean - early_mean, max(LEAST_POINTS, sure * error)


def _bounded(scored: _Scored, zero: float) -> tuple[list[tuple[date, float]], float]:
    """The scores, counted from `zero`, none further from their middle than ODD_DAY; and their mean."""
    middle = median(value for _, value in scored)
    found = [(day, min(max(value, middle - ODD_DAY), middle + ODD_DAY) - zero) for day, value in scored]
    return found, sum(value for _, value in found) / len(found)


def _likeness(rest: dict[date, float], spread: float) -> float:
    """How much a day resembles the day before it, 0 to MOST_LIKENESS: the correlation of adjacent days with scores."""
    pairs = [value * rest[day + days.ONE_DAY] for day, value in rest.items() if day + days.ONE_DAY in rest]
    n = len(rest)
    shown = sum(pairs) / len(pairs) / spread if pairs and spread else 0.0
    # Means taken from the same days make them look less alike than they are.
    shown += 1.5 * (1 + 4 * shown) / n
    return min(max((n * shown + USUAL_COUNTS * USUAL_LIKENESS) / (n + USUAL_COUNTS), 0.0), MOST_LIKENESS)
