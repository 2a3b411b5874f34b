"""When a therapist reads alerts, by their own clock, also where it jumps."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diary.days import local
from bot.diary.hours import EVERY_DAY, WEEKDAYS, OwnHours, opens_at

LISBON, NEW_YORK, NUUK = "Europe/Lisbon", "America/New_York", "America/Nuuk"
USUAL = OwnHours(time(8), time(18), WEEKDAYS, LISBON)
NIGHT = OwnHours(time(22), time(6), frozenset({0}), LISBON)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


CASES = [
    # hours, now, opens: March 2 is a Monday; Lisbon is at UTC until March 29, then an hour ahead.
    (None, at(3, 1, 3), at(3, 1, 3)),
    (USUAL, at(3, 2, 8), at(3, 2, 8)),
    (USUAL, at(3, 2, 7, 59), at(3, 2, 8)),
    (USUAL, at(3, 2, 17, 59), at(3, 2, 17, 59)),
    (USUAL, at(3, 2, 18), at(3, 3, 8)),
    (USUAL, at(3, 6, 18), at(3, 9, 8)),
    (USUAL, at(3, 1, 12), at(3, 2, 8)),
    # A night belongs to the day on which it begins.
    (NIGHT, at(3, 2, 21), at(3, 2, 22)),
    (NIGHT, at(3, 3, 5, 59), at(3, 3, 5, 59)),
    (NIGHT, at(3, 3, 6), at(3, 9, 22)),
    (NIGHT, at(3, 2, 5), at(3, 2, 22)),
    # A whole day, once a week.
    (OwnHours(time(0), time(0), frozenset({6}), LISBON), at(3, 2, 0), at(3, 8, 0)),
    (OwnHours(time(0), time(0), frozenset({6}), LISBON), at(3, 8, 23), at(3, 8, 23)),
    (OwnHours(time(9), time(0), EVERY_DAY, LISBON), at(3, 2, 23, 30), at(3, 2, 23, 30)),
    # Over the change of the clocks the wall's hour stands.
    (USUAL, at(3, 28, 12), at(3, 30, 7)),
    (OwnHours(time(8), time(18), EVERY_DAY, LISBON), at(10, 24, 18), at(10, 25, 8)),
    # An hour that is jumped over begins that much later; hours that are jumped over wholly are not held.
    (OwnHours(time(2, 30), time(5), EVERY_DAY, NEW_YORK), at(3, 8, 6), at(3, 8, 7, 30)),
    (OwnHours(time(2), time(3), frozenset({6}), NEW_YORK), at(3, 8, 6), at(3, 15, 6)),
    # Two zones that are never told apart by the UTC date.
    (OwnHours(time(8), time(18), frozenset({0}), NUUK), at(3, 2, 1), at(3, 2, 10)),
]


@pytest.mark.parametrize(("hours", "now", "opens"), CASES)
def test_an_alert_waits_until_the_hours_open(hours: OwnHours | None, now: datetime, opens: datetime) -> None:
    assert opens_at(hours, now) == opens


@given(
    st.times(), st.times(), st.frozensets(st.integers(0, 6), min_size=1), st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([LISBON, NEW_YORK, NUUK, "Asia/Kathmandu", "Australia/Lord_Howe"]),
)  # fmt: skip
def test_what_opens_is_open(start: time, end: time, days: frozenset[int], now: datetime, zone: str) -> None:
    now = now.replace(year=1990 + now.year % 80, day=min(now.day, 28))
    hours = OwnHours(start.replace(fold=0), end.replace(fold=0), days, zone)
    opens = opens_at(hours, now)
    assert opens >= now
    assert opens_at(hours, opens) == opens
    begun = local(opens, zone)
    assert begun.weekday() in days or (begun.weekday() - 1) % 7 in days


@pytest.mark.parametrize("days", [frozenset(), frozenset({7}), frozenset({-1, 2})])
def test_hours_without_a_day_are_none(days: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        OwnHours(time(8), time(18), days, LISBON)


def test_hours_into_the_next_day_say_so() -> None:
    assert NIGHT.over_midnight
    assert OwnHours(time(9), time(9), EVERY_DAY, LISBON).over_midnight
    assert not OwnHours(time(9), time(0), EVERY_DAY, LISBON).over_midnight, "midnight is the end of a day"
    assert not USUAL.over_midnight
