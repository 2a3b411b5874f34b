"""What settings mean for the next question, the reminder and the quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.diary import settings
from bot.diary.days import Hours, Quiet
from bot.diary.pauses import Pause
from bot.diary.prompts import Due, Rhythm
from bot.diary.settings import Hush, Upcoming, Why

LISBON = "Europe/Lisbon"
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
HOURS = Hours(time(20), time(21))
NIGHT = Quiet(time(22), time(8))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def coming(due: Due, *, asked: bool = False, finished: bool = False, pause: Pause | None = None) -> Upcoming:
    return settings.upcoming(due, MONDAY, zone=LISBON, hours=HOURS, asked=asked, finished=finished, pause=pause)


TODAY, TOMORROW = Due(MONDAY, at(2, 20)), Due(TUESDAY, at(3, 20))


def test_the_next_question_is_todays_or_it_is_said_why_not() -> None:
    assert coming(TODAY) == Upcoming(TODAY, None)
    assert coming(TOMORROW) == Upcoming(TOMORROW, Why.PASSED)
    assert coming(TOMORROW, asked=True) == Upcoming(TOMORROW, Why.ASKED)
    assert coming(TOMORROW, asked=True, finished=True) == Upcoming(TOMORROW, Why.ANSWERED)


def test_a_day_that_is_answered_before_its_hour_is_not_announced() -> None:
    assert coming(TODAY, finished=True) == Upcoming(TOMORROW, Why.ANSWERED)


def test_in_a_pause_the_question_of_its_end_is_next() -> None:
    saturday = date(2026, 3, 7)
    assert coming(TODAY, pause=Pause(1, MONDAY, saturday, None, at(2, 10), None)) == Upcoming(
        Due(saturday, at(7, 21)), Why.PAUSED
    )
    assert coming(TODAY, pause=Pause(1, MONDAY, None, None, at(2, 10), None)) == Upcoming(None, Why.PAUSED)


def rhythm(quiet: Quiet = NIGHT, minutes: int | None = 60) -> Rhythm:
    return Rhythm(LISBON, HOURS, quiet, LISBON, None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("now", "changed", "expected"),
    [
        (at(2, 20, 10), rhythm(), at(2, 21)),
        (at(2, 20, 10), rhythm(minutes=None), None),
        (at(2, 20, 10), rhythm(Quiet(time(20, 30), time(8))), None),
        (at(2, 21), rhythm(minutes=30), at(2, 21, 30)),
        (at(2, 21, 45), rhythm(minutes=30), None),
        (at(3, 10), rhythm(minutes=30), None),
    ],
    ids=["as set", "off", "quiet", "counted from now", "quiet by then", "on another day"],
)
def test_a_changed_reminder_counts_for_the_question_on_screen(
    now: datetime, changed: Rhythm, expected: datetime | None
) -> None:
    assert settings.reminder_anew(MONDAY, at(2, 20), now, changed) == expected


def test_the_night_belongs_to_the_evening_before() -> None:
    assert [settings.is_late(wall) for wall in (time(0), time(3, 59), time(4), time(20))] == [True, True, False, False]


@pytest.mark.parametrize(
    ("wall", "weekend", "here", "minutes", "expected"),
    [
        (time(20), False, LISBON, 90, Hush(False, False)),
        (time(20, 30), False, LISBON, 90, Hush(False, True)),
        (time(22), True, LISBON, 90, Hush(True, True)),
        (time(22), True, LISBON, 0, Hush(True, False)),
        # 20:00 in Lisbon is 14:00 in Chicago, and 04:00 is 22:00 there.
        (time(20), False, "America/Chicago", 120, Hush(False, False)),
        (time(3, 30), False, "America/Chicago", 30, Hush(False, True)),
    ],
)
def test_quiet_hours_count_where_the_patient_is(
    wall: time, weekend: bool, here: str, minutes: int, expected: Hush
) -> None:
    assert (
        settings.hush(wall, weekend=weekend, today=MONDAY, zone=LISBON, quiet=NIGHT, here=here, minutes=minutes)
        == expected
    )
