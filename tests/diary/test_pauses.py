"""Pauses: which days they take in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.diary.pauses import Pause, covering, whole

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def pause(first: int, until: int | None) -> Pause:
    return Pause(1, date(2026, 3, first), None if until is None else date(2026, 3, until), None, NOW, None)


@pytest.mark.parametrize(
    ("day", "until", "covered"),
    [(1, 5, False), (2, 5, True), (4, 5, True), (5, 5, False), (2, 2, False), (31, None, True), (1, None, False)],
)
def test_a_pause_takes_in_its_days_up_to_the_one_that_is_asked_again(
    day: int, until: int | None, covered: bool
) -> None:
    assert (covering([pause(2, until)], date(2026, 3, day)) is not None) is covered


def test_a_whole_week_is_paused_by_one_pause() -> None:
    monday, sunday = date(2026, 3, 9), date(2026, 3, 15)
    assert whole([pause(2, None)], monday, sunday)
    assert whole([pause(9, 16)], monday, sunday)
    assert not whole([pause(9, 15)], monday, sunday)
    assert not whole([pause(10, None)], monday, sunday)
    assert not whole([], monday, sunday)
