"""Flares: what "since when" can be answered with, and the instant that stands for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import days, flares
from bot.diary.entries import ItemId
from bot.diary.flares import Flare, Since

LISBON = "Europe/Lisbon"


def at(hour: int, minute: int = 0) -> datetime:
    """On Tuesday, 3 March; Lisbon is on UTC."""
    return datetime(2026, 3, 3, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(("hour", "morning"), [(9, False), (10, True), (23, True), (2, False)])
def test_this_morning_is_offered_once_it_is_another_time(hour: int, morning: bool) -> None:
    offered = flares.choices(at(hour), LISBON)
    assert (Since.MORNING in offered) is morning
    assert (offered[:2], offered[-1]) == ((Since.NOW, Since.HOUR), Since.YESTERDAY)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (Since.NOW, at(14)),
        (Since.TIME, at(14)),
        (Since.HOUR, at(13)),
        (Since.MORNING, at(8)),
        (Since.YESTERDAY, datetime(2026, 3, 2, 20, tzinfo=UTC)),
    ],
)
def test_an_answer_stands_for_an_instant(since: Since, expected: datetime) -> None:
    assert flares.began_at(since, at(14), LISBON) == expected


@settings(deadline=None)
@given(st.integers(0, 2 * 366 * 24 * 60).map(lambda n: at(0) + timedelta(minutes=n)), st.sampled_from(Since))
def test_no_flare_begins_later_than_it_is_noted(now: datetime, since: Since) -> None:
    for zone in (LISBON, "America/Chicago", "Asia/Kathmandu", "America/Nuuk"):
        began_at = flares.began_at(since, now, zone)
        assert now - timedelta(days=2) <= began_at <= now
        today = days.day_of(now, zone)
        assert days.day_of(began_at, zone) in {today, today - days.ONE_DAY}


@pytest.mark.parametrize(("wall", "expected"), [(time(14), at(14)), (time(13, 30), at(13, 30)), (time(15), at(15))])
def test_a_typed_time_is_the_last_that_the_clock_showed(wall: time, expected: datetime) -> None:
    found = flares.last_at(wall, at(14), LISBON)
    assert found == (expected if expected <= at(14) else expected - days.ONE_DAY)


@pytest.mark.parametrize(
    ("item", "score", "since", "seconds", "expected"),
    [
        (1, 8, Since.NOW, 119, True),
        (1, 8, Since.NOW, 120, False),
        (2, 8, Since.NOW, 1, False),
        (1, 7, Since.NOW, 1, False),
        (1, 8, Since.HOUR, 1, False),
    ],
)
def test_a_double_tap_is_known(item: int, score: int, since: Since, seconds: int, expected: bool) -> None:
    noted = Flare(1, date(2026, 3, 3), ItemId(1), 8, at(14), Since.NOW, at(14))
    assert flares.same(noted, ItemId(item), score, since, at(14) + timedelta(seconds=seconds)) is expected
