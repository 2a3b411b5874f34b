"""A diary written out in long form, for the one who kept it and for whoever reads it with a computer.

Laws:
1. One row for each diary day and each item asked or answered on it, whatever became of the day. A gap is an empty cell.
2. Every value that was ever entered has a row of its own with its times, and exactly one of an item and day counts, or
   none where all were taken back.
3. Codes are those of the sources alone. There is no LOINC code for a rating of burning or tingling from 0 to 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import days, entries
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, Score, Symptom, entered_late
from bot.diary.sessions import LAST_OF_SEVEN

LOINC: Final = {Symptom.PAIN: "72514-3"}
"""Pain severity, 0 to 10 verbal numeric rating."""
SNOMED: Final = {Symptom.BURNING: "90673000", Symptom.TINGLING: "62507009", Symptom.NUMBNESS: "44077006"}
"""Burning sensation, pins and needles, numbness: the finding that the rating is about."""

SYSTEMS: Final = {"LOINC": LOINC, "SNOMED CT": SNOMED}

CHART_DAYS: Final = timedelta(weeks=12)
"""What one chart holds, so that every day can be seen (ours)."""


class Answer(StrEnum):
    """What became of one item on one day."""

    SCORED = "scored"
    SKIPPED = "skipped"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entered:
    """A value as it was entered, kept whether or not it counts; `withdrawn_at`: taken back then."""

    score: Score
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is stored about one patient. `tables`: every row, under the names of tables, without ids of others."""

    planned: Mapping[date, Day]
    items: tuple[Item, ...]
    entered: tuple[Entered, ...]
    tables: Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One item on one diary day. `values_entered`: how many values there were, those that do not count included."""

    day: Day
    state: DayState
    cause: Cause | None
    item: Item
    answer: Answer
    counted: Score | None
    late: bool
    values_entered: int


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of one item on one diary day. `late`: entered on a later diary day than the one that it is about."""

    item: Item
    zone: str
    entered: Entered
    counts: bool
    late: bool


def day_rows(
    planned: Mapping[date, Day], items: Sequence[Item], entered: Iterable[Entered], now: datetime
) -> list[DayRow]:
    """Every day that was planned, oldest first, with its items in the order asked."""
    counted, by_key = _counted(entered)
    answered = {on for on, _ in by_key}
    rows = []
    for day in sorted(planned.values(), key=lambda day: day.day):
        if not entries.was_planned(day) and day.day not in answered:
            continue
        state = entries.state(day, items, counted, now)
        for item in items:
            values = by_key.get((day.day, item.id), [])
            if not values and not item.asked_on(day.day):
                continue
            score = counted.get((day.day, item.id))
            late = score is not None and entered_late(score, day.zone)
            rows.append(DayRow(day, state, day.not_asked, item, _answer(score), score, late, len(values)))
    return rows


def value_rows(planned: Mapping[date, Day], items: Sequence[Item], entered: Iterable[Entered]) -> list[ValueRow]:
    """Every value ever entered: by day, then by item as asked, then by time."""
    given = list(entered)
    counted, _ = _counted(given)
    order = {item.id: (place, item) for place, item in enumerate(items)}
    rows = []
    for one in sorted(given, key=lambda it: (it.score.day, order[it.score.item_id][0], it.score.entered_at)):
        score = one.score
        zone = planned[score.day].zone
        counts = counted.get((score.day, score.item_id)) == score and one.withdrawn_at is None
        rows.append(ValueRow(order[score.item_id][1], zone, one, counts, entered_late(score, zone)))
    return rows


def charted(contents: Contents) -> list[tuple[date, date]]:
    """The first and last days of the charts that show all of a diary, oldest first; none where nothing was scored."""
    scored = [one.score.day for one in contents.entered if one.score.value is not None and one.withdrawn_at is None]
    if not scored:
        return []
    begin, found = days.week_start(min(scored)), []
    while begin <= max(scored):
        found.append((begin, begin + CHART_DAYS - days.ONE_DAY))
        begin += CHART_DAYS
    first, last = found[-1]
    return [*found[:-1], (first, min(last, days.week_start(max(scored)) + LAST_OF_SEVEN))]


def _counted(
    entered: Iterable[Entered],
) -> tuple[dict[tuple[date, ItemId], Score], dict[tuple[date, ItemId], list[Entered]]]:
    """What counts for each day and item, and all that was entered for it."""
    by_key: dict[tuple[date, ItemId], list[Entered]] = {}
    for one in entered:
        by_key.setdefault((one.score.day, one.score.item_id), []).append(one)
    standing = [one.score for those in by_key.values() for one in those if one.withdrawn_at is None]
    return entries.newest(standing), by_key


def _answer(score: Score | None) -> Answer:
    if score is None:
        return Answer.NONE
    return Answer.SKIPPED if score.value is None else Answer.SCORED
