"""A whole diary in numbers: baseline, last seven days, change, and every week, by the rules of the chat.

Laws:
1. Nothing here is a rule of its own: baselines are those of sessions.py, weeks and changes those of digests.py.
2. No mean from fewer than MIN_SCORES scores, and no change where the seven days had begun before the baseline was over.
3. The last seven days are those of the diary, not of the calendar on the wall: of one that ended in spring, in spring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.diary import courses, days
from bot.diary.digests import STRONG, Change, Diary
from bot.diary.entries import Cause, DayState, Item, ItemId, state
from bot.diary.items import followed
from bot.diary.sessions import SEVEN_DAYS, Baseline, baseline, mean


@dataclass(frozen=True, slots=True)
class WeekOf:
    """One item in the week from Monday `start`: the unrounded `mean` of `n` scores, None below MIN_SCORES; the `worst`
    of them, None without any; and how many are STRONG or more."""

    start: date
    mean: float | None
    n: int
    worst: int | None
    days_at_7: int


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """One item over a whole diary. `last7` of `last7_n` scores; `change` of it against the baseline."""

    item: Item
    baseline: Baseline | None
    last7: float | None
    last7_n: int
    change: Change | None
    weeks: tuple[WeekOf, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole diary; `last7`: the first and the last of the last seven days, None where there are none yet. `causes`:
    of the days *not asked*, so that only the bot's own are called its fault."""

    first_day: date | None
    last_day: date | None
    last7: tuple[date, date] | None
    items: tuple[ItemSummary, ...]
    states: Mapping[DayState, int]
    causes: Mapping[Cause, int]
    imported: int


def summary(diary: Diary, now: datetime) -> Summary:
    """The diary as it stands at `now`. `diary` must be whole, from the first day on."""
    shown = [day for day in diary.days if day <= days.day_of(now, diary.zone) or _scored(diary, day)]
    first, last = min(shown, default=None), max(shown, default=None)
    span = courses.last_seven(diary, now)
    found, causes = dict.fromkeys(DayState, 0), dict.fromkeys(Cause, 0)
    for day in shown:
        became, why = state(diary.days[day], diary.items, diary.scores, now), diary.days[day].not_asked
        found[became] += 1
        if became is DayState.NOT_ASKED and why is not None:
            causes[why] += 1
    ever = {item_id for (_, item_id), score in diary.scores.items() if score.value is not None}
    items: tuple[ItemSummary, ...] = ()
    if first is not None and last is not None:
        items = tuple(
            _item(diary, item, span, first, last, now)
            for item in sorted(diary.items, key=lambda it: (it.position, it.id))
            if item.id in ever or followed(item, first, last, ever_scored=False)
        )
    imported = sum(diary.days[day].imported_at is not None for day in shown)
    return Summary(first, last, span, items, found, causes, imported)


def as_of(diary: Diary, now: datetime) -> datetime:
    """The instant from which a diary that has ended is looked at: when its last day closed, or `now` if that is yet to
    come. Its newest week is then a week of the diary."""
    last = max(diary.days, default=None)
    return now if last is None else min(now, days.closes_at(last, diary.zone))


def _item(
    diary: Diary, item: Item, span: tuple[date, date] | None, first: date, last: date, now: datetime
) -> ItemSummary:
    weeks = _weeks(diary, item.id, first, last)
    if span is None:
        return ItemSummary(item, baseline(diary, item, now), None, 0, None, weeks)
    found = courses.since_baseline(diary, item, span, now)
    return ItemSummary(item, found.baseline, found.last.mean, found.last.n, found.change, weeks)


def _weeks(diary: Diary, item_id: ItemId, first: date, last: date) -> tuple[WeekOf, ...]:
    """Every week from that of `first` to that of `last`, those without a score too."""
    scored: dict[date, list[int]] = {}
    for (day, of), score in diary.scores.items():
        if of == item_id and score.value is not None:
            scored.setdefault(days.week_start(day), []).append(score.value)
    start, found = days.week_start(first), []
    while start <= last:
        values = scored.get(start, [])
        strong = sum(value >= STRONG for value in values)
        found.append(WeekOf(start, mean(values), len(values), max(values, default=None), strong))
        start += SEVEN_DAYS
    return tuple(found)


def _scored(diary: Diary, day: date) -> bool:
    return any((day, item.id) in diary.scores for item in diary.items)
