"""Looking back: which days a picture shows, what became of each of them, and how each item went.

Laws:
1. Nothing counts in a row: there are no streaks, only "5 of 7 days".
2. Of the days asked some were answered; paused, not asked, unreached, open and unplanned days are in neither number.
3. A week's mean is that of the whole week, also where the picture shows only a part of it, and has at least MIN_SCORES
   scores. Where it has fewer, there are the single scores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import days, digests
from bot.diary.digests import STRONG, Change, Diary
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, may_be_lost, state
from bot.diary.items import followed
from bot.diary.sessions import (
    LAST_OF_SEVEN,
    SEVEN_DAYS,
    Baseline,
    Session,
    baseline,
    first_session_day,
    mean,
    values_from,
)

DAY_BY_DAY_FOR: Final = timedelta(weeks=26)
"""Up to half a year a picture has a mark for every day; in a longer one they would run into each other, so it has one
for every week (ours)."""


class Span(StrEnum):
    """How far back a chart goes."""

    FORTNIGHT = "2w"
    QUARTER = "3m"
    ALL = "all"


LENGTHS: Final = {Span.FORTNIGHT: timedelta(weeks=2), Span.QUARTER: timedelta(weeks=13)}
"""The last day included."""


class Mark(StrEnum):
    """What became of one day, as its keeper sees it."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    MISSED = "missed"
    PAUSED = "paused"
    NOT_ASKED = "not_asked"
    """By our fault."""
    LOST = "lost"
    """Asked, but an answer may be lost, by our fault."""
    UNREACHED = "unreached"
    """The bot was blocked or the account was gone."""
    OPEN = "open"
    IMPORTED = "imported"
    """Kept elsewhere and brought in: it was not ours to ask."""


ANSWERED: Final = (Mark.COMPLETE, Mark.PARTIAL)
ASKED: Final = (*ANSWERED, Mark.SKIPPED, Mark.MISSED)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the days from `first` to `last`, both included; days that were not planned are left out."""

    first: date
    last: date
    days: Mapping[date, Mark]

    def of(self, *marks: Mark) -> tuple[date, ...]:
        """The days with one of these marks, in order."""
        return tuple(day for day, mark in self.days.items() if mark in marks)

    @property
    def answered(self) -> int:
        return len(self.of(*ANSWERED))

    @property
    def asked(self) -> int:
        """Answered, skipped or missed: what `answered` is held against."""
        return len(self.of(*ASKED))


@dataclass(frozen=True, slots=True)
class CourseWeek:
    """One item in the week from `monday`: its scores, one or more, and their unrounded mean; None below MIN_SCORES."""

    monday: date
    values: tuple[int, ...]
    mean: float | None

    @property
    def n(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Course:
    """How one item went.

    `weeks`: those with a score on any of their days. Of the days shown: `n` have a score, `worst` is the highest with
    its days (None without a score), and `strong_days` are at STRONG or more.
    """

    item: Item
    weeks: tuple[CourseWeek, ...]
    n: int
    worst: tuple[int, tuple[date, ...]] | None
    strong_days: int


@dataclass(frozen=True, slots=True)
class Line:
    """One item on the visit sheet: `latest` is its newest week that is over, or answered to its end, and has a mean.

    `change` only where the baseline was over before that week began, as in digests.week.
    """

    course: Course
    latest: CourseWeek | None
    baseline: Baseline | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class Visit:
    """What a doctor is told of the days from Monday `first` to `last`.

    `sessions`: the treatment sessions of these days, newest first; `earlier`: how many there were before, the first of
    all on `first_session`.
    """

    tally: Tally
    lines: tuple[Line, ...]
    sessions: tuple[Session, ...]
    earlier: int
    first_session: date | None


def today(diary: Diary, now: datetime) -> date:
    """The diary day of `now`; or a later one that was answered already, before a journey to the west."""
    return max((days.day_of(now, diary.zone), *(day for day, _ in diary.scores)))


def begun(diary: Diary) -> date:
    """The first day of the diary: that of the enrolment, or an imported one before it."""
    return min((diary.enrolled_day, *diary.days, *(day for day, _ in diary.scores)))


def window(diary: Diary, span: Span, now: datetime) -> tuple[date, date]:
    """The first and the last day of a chart: up to today, and from the Monday of its first week at most.

    That of a diary that is a few days old has a whole week, with room for what is to come.
    """
    last = today(diary, now)
    earliest = days.week_start(min(begun(diary), last))
    first = earliest if span is Span.ALL else max(last - LENGTHS[span] + days.ONE_DAY, earliest)
    return first, max(last, first + LAST_OF_SEVEN)


def by_the_week(first: date, last: date) -> bool:
    """Whether a picture from `first` to `last` has a mark for every week instead of every day."""
    return last - first >= DAY_BY_DAY_FOR


def tally(diary: Diary, first: date, last: date, now: datetime) -> Tally:
    """What became of the days from `first` to `last` (included), as it stands at `now`.

    Days to come are empty, whatever is planned for them.
    """
    marks = {day: _mark(diary, diary.days[day], now) for day in sorted(diary.days) if first <= day <= last}
    present = days.day_of(now, diary.zone)
    return Tally(first, last, {day: mark for day, mark in marks.items() if day <= present or mark in ANSWERED})


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def months(diary: Diary, now: datetime) -> tuple[date, date]:
    """The first day of the first month that a calendar can show, and of the last: from the diary's first to the present
    one."""
    return month_of(begun(diary)), month_of(today(diary, now))


def next_month(month: date) -> date:
    """The first day of the month after the one that begins with `month`."""
    return month_of(month + timedelta(days=31))


def month_before(month: date) -> date:
    """The first day of the month before the one that begins with `month`."""
    return month_of(month - days.ONE_DAY)


def courses(diary: Diary, first: date, last: date) -> tuple[Course, ...]:
    """The items asked or scored from `first` to `last` (included), in the order asked."""
    scored: dict[ItemId, dict[date, int]] = defaultdict(dict)
    since = days.week_start(first)
    for (day, item_id), score in sorted(diary.scores.items(), key=lambda entry: entry[0]):
        if score.value is not None and since <= day and days.week_start(day) <= last:
            scored[item_id][day] = score.value
    found = (
        _course(diary, item, scored[item.id], first, last)
        for item in sorted(diary.items, key=lambda it: (it.position, it.id))
    )
    ever = {item_id for (_, item_id), score in diary.scores.items() if score.value is not None}
    return tuple(
        course for course in found if course.n or followed(course.item, first, last, ever_scored=course.item.id in ever)
    )


def visit(diary: Diary, weeks: int, now: datetime) -> Visit:
    """The last `weeks` whole weeks and the one that is under way, or fewer where the diary is younger; of a diary that
    was only kept elsewhere those up to its last day."""
    last = max(diary.days) if _was_elsewhere(diary) else today(diary, now)
    first = max(days.week_start(last) - weeks * SEVEN_DAYS, days.week_start(min(begun(diary), last)))
    sessions = sorted((s for s in diary.sessions if s.day <= last), key=lambda s: (s.day, s.id), reverse=True)
    shown = tuple(session for session in sessions if session.day >= first)
    told = tally(diary, first, last, now)
    # A Sunday evening with all its answers ends its week, as in /week.
    done = last if told.days.get(last) in (Mark.COMPLETE, Mark.IMPORTED) else last - days.ONE_DAY
    return Visit(
        tally=told,
        lines=tuple(_line(diary, course, done, now) for course in courses(diary, first, last)),
        sessions=shown,
        earlier=len(sessions) - len(shown),
        first_session=first_session_day(diary, now),
    )


def _was_elsewhere(diary: Diary) -> bool:
    """Whether every day of the diary was brought along from elsewhere."""
    return bool(diary.days) and all(day.imported_at is not None for day in diary.days.values())


def _mark(diary: Diary, day: Day, now: datetime) -> Mark:
    if day.imported_at is not None:
        return Mark.IMPORTED
    found = state(day, diary.items, diary.scores, now)
    if found is not DayState.NOT_ASKED:
        return Mark(found.value)
    if may_be_lost(day):
        return Mark.LOST
    return Mark.UNREACHED if day.not_asked in (Cause.BLOCKED, Cause.GONE) else Mark.NOT_ASKED


def _course(diary: Diary, item: Item, scored: Mapping[date, int], first: date, last: date) -> Course:
    """`scored`: the scores of the item in order of day, those of the weeks that begin or end outside included."""
    shown = {day: value for day, value in scored.items() if first <= day <= last}
    highest = max(shown.values(), default=None)
    return Course(
        item=item,
        weeks=tuple(_weeks(diary, item, sorted({days.week_start(day) for day in scored}))),
        n=len(shown),
        worst=None if highest is None else (highest, tuple(day for day, value in shown.items() if value == highest)),
        strong_days=sum(value >= STRONG for value in shown.values()),
    )


def _weeks(diary: Diary, item: Item, mondays: list[date]) -> Iterator[CourseWeek]:
    for monday in mondays:
        values = values_from(diary, item, monday)
        yield CourseWeek(monday, tuple(values), mean(values))


def _line(diary: Diary, course: Course, done: date, now: datetime) -> Line:
    """`done`: the last day that nothing more is expected of."""
    over = [week for week in course.weeks if week.mean is not None and week.monday + LAST_OF_SEVEN <= done]
    latest = over[-1] if over else None
    base = baseline(diary, course.item, now)
    change = None
    if latest is not None and latest.mean is not None and base is not None and base.last_day < latest.monday:
        change = digests.change(latest.mean, base.mean)
    return Line(course, latest, base, change)
