"""Pacing: evenly spaced, never more in a second than allowed, and lateness makes up for one message at most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wire.pacing import SECOND, Pace


def test_starts_are_a_gap_apart() -> None:
    pace = Pace(per_second=4)
    assert pace.wait(0.0) == 0
    pace.take(0.0)
    assert pace.wait(0.0) == pytest.approx(0.25)
    assert pace.wait(0.1) == pytest.approx(0.15)
    assert pace.wait(0.25) == 0
    assert pace.wait(900.0) == 0


def test_a_start_that_came_late_lets_the_next_follow_sooner() -> None:
    pace = Pace(per_second=2)
    pace.take(0.0)
    pace.take(0.875)
    assert pace.wait(0.875) == pytest.approx(SECOND - 0.875), "the beat goes on, but no second sees three"


def test_a_long_silence_saves_up_one_start_and_no_burst() -> None:
    pace = Pace(per_second=4)
    pace.take(1000.0)
    assert pace.wait(1000.0) == 0
    pace.take(1000.0)
    assert pace.wait(1000.0) == pytest.approx(0.25)


def test_a_hold_is_kept_and_never_shortened() -> None:
    pace = Pace(per_second=10)
    pace.hold(50.0)
    assert pace.wait(20.0) == 30
    pace.hold(40.0)
    assert pace.wait(20.0) == 30
    assert pace.wait(50.0) == 0


@given(
    per_second=st.sampled_from([1, 4, 32]),
    moments=st.lists(st.integers(0, 20 * 64), max_size=200).map(sorted),
)
def test_no_second_ever_sees_more_than_its_share(per_second: int, moments: list[int]) -> None:
    pace, started = Pace(per_second), []
    for now in (moment / 64 for moment in moments):
        if pace.wait(now) == 0:
            pace.take(now)
            started.append(now)
    for at in started:
        assert sum(at <= other < at + 1 for other in started) <= per_second
