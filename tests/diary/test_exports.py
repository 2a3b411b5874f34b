"""A diary in long form: a row for each day and item, and one for each value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.diary import days, entries, exports
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, Score, Side, Symptom
from bot.diary.exports import Answer, Contents, Entered
from bot.diary.people import PatientId

MONDAY = date(2026, 3, 2)
ZONE = "Europe/Lisbon"
BURNING = Item(ItemId(1), Symptom.BURNING, None, None, 0, MONDAY)
KNEE = Item(ItemId(2), Symptom.PAIN, "knee", Side.LEFT, 1, MONDAY + timedelta(days=1))
LATER = datetime(2026, 3, 20, tzinfo=UTC)


def a_day(n: int, **changes: object) -> Day:
    day = MONDAY + timedelta(days=n)
    at = days.at(day, time(20), ZONE)
    asked = {"intended_at": at, "sent_at": at} | changes
    return Day(PatientId(1), day, ZONE, days.closes_at(day, ZONE), **asked)  # type: ignore[arg-type]


def value(item: Item, n: int, scored: int | None, hours: float = 20, *, withdrawn: bool = False) -> Entered:
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=n, hours=hours)
    return Entered(Score(item.id, MONDAY + timedelta(days=n), scored, at), LATER if withdrawn else None)


def planned(*made: Day) -> dict[date, Day]:
    return {day.day: day for day in made}


def test_each_day_has_a_row_for_each_item_that_was_asked_or_answered() -> None:
    entered = [value(BURNING, 0, 7), value(BURNING, 1, 6), value(KNEE, 1, None), value(KNEE, 0, 3)]
    rows = exports.day_rows(planned(a_day(1), a_day(0), a_day(2)), (BURNING, KNEE), entered, LATER)
    assert [(row.day.day.day, row.item.id, row.answer, row.state) for row in rows] == [
        (2, 1, Answer.SCORED, DayState.COMPLETE),
        (2, 2, Answer.SCORED, DayState.COMPLETE),
        (3, 1, Answer.SCORED, DayState.PARTIAL),
        (3, 2, Answer.SKIPPED, DayState.PARTIAL),
        (4, 1, Answer.NONE, DayState.MISSED),
        (4, 2, Answer.NONE, DayState.MISSED),
    ]


def test_a_gap_has_its_reason_and_a_day_that_was_only_looked_at_is_none() -> None:
    looked_at = a_day(0, intended_at=None, sent_at=None)
    down = a_day(1, sent_at=None, not_asked=Cause.BOT)
    paused = a_day(2, sent_at=None, paused=True)
    rows = exports.day_rows(planned(looked_at, down, paused), (BURNING,), [], LATER)
    assert [(row.state, row.cause, row.counted) for row in rows] == [
        (DayState.NOT_ASKED, Cause.BOT, None),
        (DayState.PAUSED, None, None),
    ]
    answered = exports.day_rows(planned(looked_at), (BURNING,), [value(BURNING, 0, 4)], LATER)
    assert [row.answer for row in answered] == [Answer.SCORED]


def test_every_value_is_kept_and_the_newest_that_stands_counts() -> None:
    entered = [
        value(BURNING, 0, 4, 20),
        value(BURNING, 0, 6, 21),
        value(BURNING, 0, 9, 22, withdrawn=True),
        value(KNEE, 0, 1, 20, withdrawn=True),
    ]
    rows = exports.value_rows(planned(a_day(0)), (BURNING, KNEE), entered)
    assert [(row.item.id, row.entered.score.value, row.counts) for row in rows] == [
        (1, 4, False),
        (1, 6, True),
        (1, 9, False),
        (2, 1, False),
    ]
    (burning, knee) = exports.day_rows(planned(a_day(0)), (BURNING, KNEE), entered, LATER)
    assert (burning.values_entered, knee.values_entered, knee.answer) == (3, 1, Answer.NONE)


@pytest.mark.parametrize(
    ("hours", "late"),
    [(20, False), (27.9, False), (28.1, True), (35, True)],
)
def test_late_is_what_came_after_the_night_of_its_day(hours: float, late: bool) -> None:
    rows = exports.value_rows(planned(a_day(0)), (BURNING,), [value(BURNING, 0, 4, hours)])
    assert [row.late for row in rows] == [late]
    (row,) = exports.day_rows(planned(a_day(0)), (BURNING,), [value(BURNING, 0, 4, hours)], LATER)
    assert row.late is late


def test_our_being_away_makes_nobody_late() -> None:
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    waited = Score(BURNING.id, MONDAY, 4, at, waited_since=datetime(2026, 3, 2, 21, tzinfo=UTC))
    assert not entries.entered_late(waited, ZONE)


def contents(*entered: Entered) -> Contents:
    return Contents({}, (BURNING,), entered, {})


def test_charts_hold_twelve_weeks_each_and_end_with_the_last_week_that_has_a_score() -> None:
    assert exports.charted(contents(value(BURNING, 0, None), value(BURNING, 1, 4, withdrawn=True))) == []
    assert exports.charted(contents(value(BURNING, 2, 4))) == [(MONDAY, date(2026, 3, 8))]
    found = exports.charted(contents(value(BURNING, 0, 4), value(BURNING, 90, 4)))
    assert found == [(MONDAY, date(2026, 5, 24)), (date(2026, 5, 25), date(2026, 5, 31))]


def test_codes_are_given_for_what_has_them() -> None:
    assert exports.LOINC == {Symptom.PAIN: "72514-3"}
    assert set(exports.SNOMED) == {Symptom.BURNING, Symptom.TINGLING, Symptom.NUMBNESS}
