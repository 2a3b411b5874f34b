"""Alert rules: two adjacent diary days of one item that therapists should see at once.

Laws:
1. A pair alerts where both days lie `rise` or more above the mean of the seven days before the first of them, or where
   both reach `high` and that mean lies below it. Without a mean (fewer than MIN_SCORES scores) nothing alerts.
2. A pair whose second day is the day of a needling or one of the SORE_FOR days after it is marked, and does not alert.
3. At most one alert per item in QUIET_FOR. What was only marked silences nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.diary.days import ONE_DAY
from bot.diary.sessions import SEVEN_DAYS, Kind, Session, mean

RISE: Final = 2
"""Points above the usual: 0.04 alerts per patient-week in 48 back-pain diaries (own calculation)."""
HIGH: Final = 7
"""Patients and clinicians rank days at this first (10.1016/j.jpain.2020.08.003)."""
RISES: Final = (1, 2, 3, 4)
HIGHS: Final = (6, 7, 8, 9)
"""What a therapist can choose for one patient instead (ours)."""
SORE_FOR: Final = 3
"""Diary days after a needling in which soreness is expected (10.3233/BMR-150630, PMC5106437)."""
QUIET_FOR: Final = timedelta(days=7)
"""One alert per item in so many days (ours)."""
SAME_WITHIN: Final = 1e-9
"""Means are quotients of small whole numbers: what is this near to a limit lies on it."""

Scored = Mapping[date, int]
"""The scores of one item by diary day; skips and gaps left out."""


class Rule(StrEnum):
    """Which rule a pair meets."""

    ROSE = "rose"
    """Also where it enters as well: the rise says more."""
    ENTERED = "entered"


@dataclass(frozen=True, slots=True)
class Limits:
    """`rise`: points above the usual; `high`: the score that is high."""

    rise: int = RISE
    high: int = HIGH


@dataclass(frozen=True, slots=True)
class Raised:
    """A pair that meets a rule. `usual`: the unrounded mean of the `n` scores in the seven days before `first`."""

    rule: Rule
    first: date
    scores: tuple[int, int]
    usual: float
    n: int
    after_session: bool

    @property
    def second(self) -> date:
        return self.first + ONE_DAY


def judge(scored: Scored, first: date, limits: Limits, sessions: Sequence[Session] = ()) -> Raised | None:
    """The pair of `first` and the day after it; None where it meets no rule."""
    second = first + ONE_DAY
    if first not in scored or second not in scored:
        return None
    before = [scored[day] for day in seven_before(first) if day in scored]
    usual = mean(before)
    if usual is None:
        return None
    lower = min(scored[first], scored[second])
    if lower >= usual + limits.rise - SAME_WITHIN:
        rule = Rule.ROSE
    elif lower >= limits.high > usual + SAME_WITHIN:
        rule = Rule.ENTERED
    else:
        return None
    return Raised(rule, first, (scored[first], scored[second]), usual, len(before), sore(second, sessions))


def sore(day: date, sessions: Iterable[Session]) -> bool:
    """Whether soreness is expected on a day: only needling makes sore."""
    return any(one.kind is not Kind.OTHER and 0 <= (day - one.day).days <= SORE_FOR for one in sessions)


def replay(scored: Scored, limits: Limits, sessions: Sequence[Session] = ()) -> tuple[Raised, ...]:
    """Run the rules over one item day by day: the pairs that alert, and those that are marked "after session"."""
    found: list[Raised] = []
    alerted: date | None = None
    for first in sorted(scored):
        raised = judge(scored, first, limits, sessions)
        if raised is None:
            continue
        if raised.after_session:
            found.append(raised)
        elif alerted is None or raised.second >= alerted + QUIET_FOR:
            found.append(raised)
            alerted = raised.second
    return tuple(found)


def seven_before(day: date) -> Iterable[date]:
    """The days whose mean is the usual, the newest first."""
    return (day - offset * ONE_DAY for offset in range(1, SEVEN_DAYS.days + 1))
