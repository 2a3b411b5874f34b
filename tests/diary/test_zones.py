"""Clocks of home and of journeys, and where the weekly summary goes with them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diary import days, zones
from bot.diary.zones import Clocks

LISBON, CHICAGO, KATHMANDU = "Europe/Lisbon", "America/Chicago", "Asia/Kathmandu"
AUCKLAND, HONOLULU = "Pacific/Auckland", "Pacific/Honolulu"
EIGHT = time(8)
PLACES = st.sampled_from([LISBON, CHICAGO, KATHMANDU, "America/Nuuk", AUCKLAND, HONOLULU])


def test_a_traveller_is_asked_by_the_clock_there() -> None:
    away = Clocks(LISBON).abroad(CHICAGO, by_home=False)
    assert away == Clocks(CHICAGO, home_zone=LISBON)
    assert (away.home, away.away) == (LISBON, True)


def test_or_by_that_of_home() -> None:
    away = Clocks(LISBON).abroad(CHICAGO, by_home=True)
    assert away == Clocks(LISBON, home_zone=LISBON, local_zone=CHICAGO)
    assert (away.home, away.away) == (LISBON, True)


@given(st.lists(st.tuples(PLACES, st.booleans())), PLACES)
def test_whatever_journeys_are_made_home_stays_home(journeys: list[tuple[str, bool]], home: str) -> None:
    clocks = Clocks(home)
    for there, by_home in journeys:
        clocks = clocks.abroad(there, by_home=by_home)
        assert clocks.home == home
        assert (clocks.local_zone or clocks.zone) == there
        assert clocks.away == (there != home)
        assert clocks.local_zone is None or clocks.zone == home
    assert clocks.back() == Clocks(home)


@pytest.mark.parametrize(
    ("due_at", "before", "after", "expected"),
    [
        # A summary of Monday 9 March, 08:00 in Lisbon.
        (datetime(2026, 3, 9, 8, tzinfo=UTC), LISBON, CHICAGO, datetime(2026, 3, 9, 13, tzinfo=UTC)),
        (datetime(2026, 3, 9, 8, tzinfo=UTC), LISBON, KATHMANDU, datetime(2026, 3, 9, 2, 15, tzinfo=UTC)),
        # Over the date line it is still the one of Monday the 9th.
        (datetime(2026, 3, 8, 19, tzinfo=UTC), AUCKLAND, HONOLULU, datetime(2026, 3, 9, 18, tzinfo=UTC)),
        (datetime(2026, 3, 9, 18, tzinfo=UTC), HONOLULU, AUCKLAND, datetime(2026, 3, 8, 19, tzinfo=UTC)),
    ],
)
def test_the_weekly_summary_keeps_its_date(due_at: datetime, before: str, after: str, expected: datetime) -> None:
    assert zones.weekly(due_at, before, after, EIGHT) == expected


@given(st.lists(PLACES, max_size=6), st.integers(0, 60 * 24 * 28))
def test_journeys_neither_double_nor_drop_a_weeks_date(route: list[str], minutes: int) -> None:
    """Each date of a summary is due exactly once, however often the zone changes before it goes."""
    now = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    zone = LISBON
    due_at = days.next_weekly(now, zone, 0, EIGHT)
    date = days.local(due_at, zone).date()
    for there in route:
        due_at, zone = zones.weekly(due_at, zone, there, EIGHT), there
        assert days.local(due_at, zone).date() == date
    assert days.next_weekly(due_at, zone, 0, EIGHT) - due_at >= timedelta(days=6)
