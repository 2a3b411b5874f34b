"""How each patient of a panel stands at a glance: the day in hand, eight weeks of each item, alerts that are open.

Laws:
1. A week has a mean from MIN_SCORES scores on; one without is a gap, and gaps are neither joined nor filled.
2. A day is called missed only once it is over; one that the bot failed to ask is called so, and is nobody's silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.diary import days
from bot.diary.entries import Cause, DayState, Item, ItemId, state
from bot.diary.sessions import SEVEN_DAYS, Kind, mean, values_from
from bot.diary.trends import Trend, Verdict

if TYPE_CHECKING:  # digests.py builds on this file
    from bot.diary.digests import Diary

WEEKS: Final = 8
"""Weeks of a strip, the one shown included."""
LOOKS_BACK: Final = timedelta(weeks=10)
"""Back from the week shown: what a strip and a trend verdict are made of."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that no therapist has answered yet. `red_flag`: a warning sign that the patient reported.

    `items`: those whose scores met a rule. `urgency`: what the patient said of it.
    """

    id: int
    day: date
    raised_at: datetime
    red_flag: bool
    items: tuple[ItemId, ...] = ()
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class WeekOf:
    """The mean of `n` scores in the week from `monday`, unrounded; None below MIN_SCORES."""

    monday: date
    mean: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Strip:
    """One item over WEEKS weeks, oldest first, and what its trend is called."""

    item: Item
    weeks: tuple[WeekOf, ...]
    verdict: Verdict | None

    @property
    def newest(self) -> WeekOf | None:
        """The newest week that has a mean."""
        return next((week for week in reversed(self.weeks) if week.mean is not None), None)

    @property
    def trend(self) -> Trend | None:
        return None if self.verdict is None else self.verdict.trend


class Stand(StrEnum):
    """How it stands with a patient now."""

    IMPORTED = "imported"
    """A diary from elsewhere: nobody is asked."""
    BLOCKED = "blocked"
    GONE = "gone"
    PAUSED = "paused"
    WAITING = "waiting"
    """Nothing was asked yet."""
    OPEN = "open"
    BEGUN = "begun"
    """Open, and answered in part."""
    ANSWERED = "answered"
    PARTLY = "partly"
    """Over, and answered in part."""
    SKIPPED = "skipped"
    MISSED = "missed"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands, by the newest planned day `day`; `today`: that is the present one."""

    stand: Stand
    day: date | None = None
    today: bool = False

    @property
    def answered(self) -> bool:
        """Whether its day has an answer."""
        return self.stand in {Stand.ANSWERED, Stand.PARTLY, Stand.BEGUN}


def standing(diary: Diary, now: datetime, cause: Cause | None, *, imported: bool, paused: bool) -> Standing:
    """How it stands with a patient at `now`. `cause`: why the bot can't write to them now; None: it can."""
    if imported:
        return Standing(Stand.IMPORTED)
    if cause is not None:
        return Standing(Stand.BLOCKED if cause is Cause.BLOCKED else Stand.GONE)
    if paused:
        return Standing(Stand.PAUSED)
    present = days.day_of(now, diary.zone)
    newest = max((day for day in diary.days if day <= present), default=None)
    if newest is None:
        return Standing(Stand.WAITING)
    return Standing(_stand(diary, newest, now), newest, newest == present)


def _stand(diary: Diary, day: date, now: datetime) -> Stand:
    found = state(diary.days[day], diary.items, diary.scores, now)
    touched = any((day, item.id) in diary.scores for item in diary.items)
    match found:
        case DayState.OPEN:
            return Stand.BEGUN if touched else Stand.OPEN
        case DayState.COMPLETE:
            return Stand.ANSWERED
        case DayState.PARTIAL:
            return Stand.BEGUN if diary.days[day].closes_at > now else Stand.PARTLY
        case DayState.PAUSED:
            return Stand.PAUSED
        case DayState.NOT_ASKED:
            return Stand.NOT_ASKED
        case DayState.SKIPPED | DayState.MISSED:
            return Stand(found.value)


def strip(diary: Diary, item: Item, start: date, verdict: Verdict | None) -> Strip:
    """An item in the WEEKS weeks up to the one from Monday `start`."""
    found = []
    for back in reversed(range(WEEKS)):
        monday = start - back * SEVEN_DAYS
        values = values_from(diary, item, monday)
        found.append(WeekOf(monday, mean(values), len(values)))
    return Strip(item, tuple(found), verdict)


def needled(diary: Diary, start: date) -> tuple[date, ...]:
    """The days with a needling session in the WEEKS weeks up to the one from Monday `start`."""
    first, end = start - (WEEKS - 1) * SEVEN_DAYS, start + SEVEN_DAYS
    return tuple(sorted({it.day for it in diary.sessions if it.kind is not Kind.OTHER and first <= it.day < end}))


def called(strips: Iterable[Strip]) -> Trend | None:
    """One word for a patient: WORSE if any item is called so, else BETTER, else STEADY; None where nothing can be."""
    found = {strip.trend for strip in strips}
    return next((trend for trend in (Trend.WORSE, Trend.BETTER, Trend.STEADY) if trend in found), None)


def red_flags(alerts: Sequence[OpenAlert]) -> tuple[OpenAlert, ...]:
    return tuple(alert for alert in alerts if alert.red_flag)
