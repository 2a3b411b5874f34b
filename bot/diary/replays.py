"""The alert rules run over diaries of the past, to see how often they would have spoken with other limits.

Laws:
1. The rules are those that alert (alerts.py); none is written a second time.
2. A file says nothing of treatments, so nothing is held back for soreness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.diary import alerts
from bot.diary.alerts import Limits, Rule, Scored
from bot.diary.days import ONE_DAY
from bot.diary.items import Wanted
from bot.diary.sessions import SEVEN_DAYS, reaches

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


def messages(diaries: Diaries, limits: Limits) -> int:
    """The `messages` of `replay` alone, for which the rest need not be worked out."""
    return sum(
        len({raised.second for scored in items.values() for raised in alerts.replay(scored, limits)})
        for items in diaries.values()
    )


def course(scored: Scored, limits: Limits) -> Course:
    """Run the rules over one item of one patient."""
    found = Course(alerts=[raised.second for raised in alerts.replay(scored, limits)])
    for first in sorted(scored):
        usual = alerts.usual_before(scored, first)
        if usual is None:
            continue
        if reaches(scored[first] - usual[0], limits.rise):
            found.jumps.append(first)
        met = alerts.rules_met(scored, first, usual[0], limits)
        for rule, days in ((Rule.ROSE, found.rose), (Rule.ENTERED, found.entered)):
            if rule in met:
                days.append(first + ONE_DAY)
    return found


def by_item(diaries: Diaries) -> dict[Wanted, Diaries]:
    """The same diaries, of one item each."""
    found: dict[Wanted, dict[str, dict[Wanted, Scored]]] = {}
    for code, items in diaries.items():
        for wanted, scored in items.items():
            found.setdefault(wanted, {}).setdefault(code, {})[wanted] = scored
    return dict(found)
