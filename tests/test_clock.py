"""The clocks: always aware and in UTC, and the movable one never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock, MovableClock, StillClock, WallClock

START = datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Lisbon"))


@pytest.mark.parametrize("clock", [WallClock(), MovableClock(), MovableClock(START), StillClock(START)])
def test_every_clock_tells_aware_instants_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_the_movable_clock_starts_where_it_is_told_and_runs() -> None:
    clock = MovableClock(START)
    first = clock.now()
    assert START <= first <= clock.now()
    clock.move(timedelta(days=400))
    assert clock.now() >= START + timedelta(days=400)


def test_the_movable_clock_never_goes_back() -> None:
    clock = MovableClock(START)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move(timedelta(seconds=-1))
    clock.move_to(START - timedelta(days=1))
    assert clock.now() >= START
    clock.move_to(START + timedelta(days=1))
    assert clock.now() >= START + timedelta(days=1)


def test_the_still_clock_stands_until_it_is_set() -> None:
    clock = StillClock(START)
    assert clock.now() == clock.now() == START
    clock.move(timedelta(hours=1))
    assert clock.now() == START + timedelta(hours=1)
    clock.move_to(START)
    assert clock.now() == START + timedelta(hours=1)
