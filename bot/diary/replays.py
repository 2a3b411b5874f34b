"""The alert rules run over diaries of the past, to see how often they would have spoken with other limits.

Laws:
1. The rules are those that alert: two adjacent days both `rise` or more above the mean of the seven days before the
   first of them, or both at `high` or more where that mean is below it; no mean from fewer than MIN_SCORES scores, and
   then no alert.
2. After an alert about an item nothing more is said about it on the six days that follow.
3. A file says nothing of treatments, so nothing is held back for soreness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.diary.alerts import QUIET_FOR, SAME_WITHIN, Limits, Scored, seven_before
from bot.diary.days import ONE_DAY
from bot.diary.items import Wanted
from bot.diary.sessions import SEVEN_DAYS, mean

RISES: Final = (1, 2, 3, 4)
HIGHS: Final = (6, 7, 8, 9)
"""Limits that are compared."""
Diaries = Mapping[str, Mapping[Wanted, Scored]]
"""The scores of each patient and item by day."""


@dataclass(slots=True)
class Course:
    """What one item of one patient would have said. `jumps`: single days of `rise` or more above the usual, for the
    digest; `rose` and `entered`: second days of a pair, by either rule; `alerts`: days on which an alert is raised."""

    jumps: list[date] = field(default_factory=list)
    rose: list[date] = field(default_factory=list)
    entered: list[date] = field(default_factory=list)
    alerts: list[date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Replay:
    """How often each rule speaks. `days`: on which somebody has a score; `pairs`: days on which either rule is met;
    `messages`: days of a patient with one alert or more."""

    patients: int
    days: int
    jumps: int
    rose: int
    entered: int
    pairs: int
    alerts: int
    messages: int

    @property
    def weeks(self) -> float:
        """Patient-weeks: seven days with a score each."""
        return self.days / SEVEN_DAYS.days


def replay(diaries: Diaries, limits: Limits) -> Replay:
    """Run the rules over all of them."""
    courses = {code: [course(it, limits) for it in items.values()] for code, items in diaries.items()}
    every = [one for those in courses.values() for one in those]
    return Replay(
        patients=len(diaries),
        days=sum(len({day for scored in items.values() for day in scored}) for items in diaries.values()),
        jumps=sum(len(one.jumps) for one in every),
        rose=sum(len(one.rose) for one in every),
        entered=sum(len(one.entered) for one in every),
        pairs=sum(len({*one.rose, *one.entered}) for one in every),
        alerts=sum(len(one.alerts) for one in every),
        messages=sum(len({day for one in those for day in one.alerts}) for those in courses.values()),
    )


def course(scored: Scored, limits: Limits) -> Course:
    """Run the rules over one item of one patient."""
    found = Course()
    for first in sorted(scored):
        usual = mean([scored[day] for day in seven_before(first) if day in scored])
        if usual is None:
            continue
        above = usual + limits.rise - SAME_WITHIN
        if scored[first] >= above:
            found.jumps.append(first)
        second = first + ONE_DAY
        if second not in scored:
            continue
        lower = min(scored[first], scored[second])
        rose, entered = lower >= above, usual < limits.high - SAME_WITHIN and lower >= limits.high
        if rose:
            found.rose.append(second)
        if entered:
            found.entered.append(second)
        if (rose or entered) and (not found.alerts or second >= found.alerts[-1] + QUIET_FOR):
            found.alerts.append(second)
    return found


def by_item(diaries: Diaries) -> dict[Wanted, Diaries]:
    """The same diaries, of one item each."""
    found: dict[Wanted, dict[str, dict[Wanted, Scored]]] = {}
    for code, items in diaries.items():
        for wanted, scored in items.items():
            found.setdefault(wanted, {}).setdefault(code, {})[wanted] = scored
    return dict(found)
