"""Before and after treatment: what the days on either side of a session, and of a whole series, were like.

Laws:
1. It describes. Nothing here says that a change came from the treatment.
2. A mean has MIN_SCORES scores or more, and there is no change without a mean on both sides.
3. Items stand apart: the left knee is not compared with the right one, and no two are added up.
4. Sessions of every kind count. Those of one day are one treatment: they have the same days before and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.diary import days, digests
from bot.diary.digests import Change, Diary
from bot.diary.entries import DayState, Item, state
from bot.diary.sessions import LAST_OF_SEVEN, SEVEN_DAYS, Baseline, Session, baseline, closed, mean

AFTER_FROM: Final = timedelta(days=3)
"""Soreness of needling is over by then (10.3233/BMR-150630, PMC5106437)."""


@dataclass(frozen=True, slots=True)
class Seven:
    """One item on the seven diary days `first` to `last`, both included.

    `scores`: (day, 0 to 10) in order, without gaps and skips. `over`: no more of them can come.
    """

    first: date
    last: date
    scores: tuple[tuple[date, int], ...]
    over: bool

    @property
    def n(self) -> int:
        return len(self.scores)

    @property
    def mean(self) -> float | None:
        """Unrounded; None below MIN_SCORES."""
        return mean([value for _, value in self.scores])


@dataclass(frozen=True, slots=True)
class Compared:
    """One item before and after. `change`: of the means, None where one of them is missing."""

    item: Item
    before: Seven
    after: Seven

    @property
    def change(self) -> Change | None:
        if self.before.mean is None or self.after.mean is None:
            return None
        return digests.change(self.after.mean, self.before.mean)


@dataclass(frozen=True, slots=True)
class Treatment:
    """The sessions of one day: the seven days before it against days 3 to 9 after it.

    `items`: those asked or scored on these days, in the order asked. `others`: days of other treatments that lie within
    these days, or have some of the same days before or after: then these tell of more than one treatment. `begun`:
    whether the first of the days after has come; `over`: whether the last of them takes no more scores.
    """

    day: date
    sessions: tuple[Session, ...]
    items: tuple[Compared, ...]
    others: tuple[date, ...]
    begun: bool
    over: bool

    @property
    def before(self) -> tuple[date, date]:
        return _before(self.day)

    @property
    def after(self) -> tuple[date, date]:
        return _after(self.day)


@dataclass(frozen=True, slots=True)
class SinceBaseline:
    """One item from its baseline to the last seven days that there are of the diary.

    `change` only where these have a mean, and the baseline was over before they began.
    """

    item: Item
    baseline: Baseline | None
    last: Seven
    change: Change | None


@dataclass(frozen=True, slots=True)
class Course:
    """All treatments of a diary, oldest first, and what became of it over the whole series.

    `series`: the seven days before the first treatment against days 3 to 9 after the last one; empty below two of them.
    `since_baseline`: empty where the diary has no day with a score yet.
    """

    treatments: tuple[Treatment, ...]
    series: tuple[Compared, ...]
    since_baseline: tuple[SinceBaseline, ...]


def course(diary: Diary, now: datetime) -> Course:
    """The whole course as it stands at `now`. `diary` must be whole, from the first day on.

    A session that is dated in the future does not count yet.
    """
    today = days.local(now, diary.zone).date()
    treated = sorted({session.day for session in diary.sessions if session.day <= today})
    series: tuple[Compared, ...] = ()
    if len(treated) > 1:
        series = _compared(diary, _before(treated[0]), _after(treated[-1]), now)
    return Course(
        tuple(_treatment(diary, day, treated, now) for day in treated),
        series,
        _since_baseline(diary, now),
    )


def last_seven(diary: Diary, now: datetime) -> tuple[date, date] | None:
    """The last seven days that there are: seven in a row, up to the newest one that has a score and is over or
    answered in full. None while there is none. Of a diary that fell silent or was kept elsewhere they are long ago."""
    scored = {day for (day, _), score in diary.scores.items() if score.value is not None}
    last = max((day for day in scored if _done(diary, day, now)), default=None)
    return None if last is None else (last - LAST_OF_SEVEN, last)


def _treatment(diary: Diary, day: date, treated: list[date], now: datetime) -> Treatment:
    before, after = _before(day), _after(day)
    return Treatment(
        day,
        tuple(session for session in diary.sessions if session.day == day),
        _compared(diary, before, after, now),
        tuple(other for other in treated if other != day and _overlap(day, other)),
        begun=days.day_of(now, diary.zone) >= after[0],
        over=closed(diary, after[1], now),
    )


def _overlap(one: date, other: date) -> bool:
    """Whether the days before or after one treatment are partly those of the other."""
    return abs(one - other) <= AFTER_FROM + LAST_OF_SEVEN + SEVEN_DAYS


def _before(day: date) -> tuple[date, date]:
    return day - SEVEN_DAYS, day - days.ONE_DAY


def _after(day: date) -> tuple[date, date]:
    return day + AFTER_FROM, day + AFTER_FROM + LAST_OF_SEVEN


def _compared(diary: Diary, before: tuple[date, date], after: tuple[date, date], now: datetime) -> tuple[Compared, ...]:
    found = []
    for item in _in_order(diary):
        one = Compared(item, _seven(diary, item, before, now), _seven(diary, item, after, now))
        # One that was not there on either side, or was ended before, has nothing to say here.
        if one.before.n or one.after.n or (item.asked_on(before[0]) and item.asked_on(after[1])):
            found.append(one)
    return tuple(found)


def _since_baseline(diary: Diary, now: datetime) -> tuple[SinceBaseline, ...]:
    span = last_seven(diary, now)
    if span is None:
        return ()
    every = (since_baseline(diary, item, span, now) for item in _in_order(diary))
    return tuple(one for one in every if one.last.n or one.baseline is not None)


def since_baseline(diary: Diary, item: Item, span: tuple[date, date], now: datetime) -> SinceBaseline:
    """One item on the seven days of `span`, against its baseline."""
    last, base = _seven(diary, item, span, now), baseline(diary, item, now)
    changed = None
    if last.mean is not None and base is not None and base.last_day < span[0]:
        changed = digests.change(last.mean, base.mean)
    return SinceBaseline(item, base, last, changed)


def _seven(diary: Diary, item: Item, span: tuple[date, date], now: datetime) -> Seven:
    found = (span[0] + timedelta(days=offset) for offset in range(SEVEN_DAYS.days))
    scores = tuple(
        (day, score.value)
        for day in found
        if (score := diary.scores.get((day, item.id))) is not None and score.value is not None
    )
    return Seven(span[0], span[1], scores, over=closed(diary, span[1], now))


def _in_order(diary: Diary) -> list[Item]:
    return sorted(diary.items, key=lambda item: (item.position, item.id))


def _done(diary: Diary, day: date, now: datetime) -> bool:
    planned = diary.days.get(day)
    complete = planned is not None and state(planned, diary.items, diary.scores, now) is DayState.COMPLETE
    return complete or closed(diary, day, now)
