"""Hours of the week, as therapists type them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.typed_hours import Typed, read
from bot.diary.hours import EVERY_DAY, WEEKDAYS

EIGHT, SIX = time(8), time(18)
OTHERS = frozenset({0, 2, 4})
READ = {
    "08:00-18:00 mon-fri": (EIGHT, SIX, WEEKDAYS),
    "8-18 weekdays": (EIGHT, SIX, WEEKDAYS),
    "Monday to Friday, 8:00 to 18:00": (EIGHT, SIX, WEEKDAYS),
    "mon\N{EN DASH}fri 8.00 \N{EN DASH} 18.00": (EIGHT, SIX, WEEKDAYS),
    "8am-6pm Mon, Wed and Fri": (EIGHT, SIX, OTHERS),
    "8 a.m. to 6 p.m. mon/wed/fri": (EIGHT, SIX, OTHERS),
    "from 8 to 18 on Mondays, Wednesdays and Fridays": (EIGHT, SIX, OTHERS),
    "lunes a viernes de 8 a 18": (EIGHT, SIX, WEEKDAYS),
    "de lunes a viernes de 8:00 a 18:00": (EIGHT, SIX, WEEKDAYS),
    "8h-18h, lun, mié y vie": (EIGHT, SIX, OTHERS),
    "entre semana de las 8 a las 18": (EIGHT, SIX, WEEKDAYS),
    "08:00-18:00": (EIGHT, SIX, EVERY_DAY),
    "8 a 18 todos los días": (EIGHT, SIX, EVERY_DAY),
    "22-06 mon": (time(22), time(6), frozenset({0})),
    "22:00-6:00 fri-sun": (time(22), time(6), frozenset({4, 5, 6})),
    "9-24 sat-mon": (time(9), time(0), frozenset({5, 6, 0})),
    "12am-12pm sundays": (time(0), time(12), frozenset({6})),
    "mon-fri": (time(0), time(0), WEEKDAYS),
    "fin de semana": (time(0), time(0), frozenset({5, 6})),
    "7:30-12:15 sábado": (time(7, 30), time(12, 15), frozenset({5})),
}


@pytest.mark.parametrize("typed", READ)
def test_hours_and_days_are_read(typed: str) -> None:
    assert read(typed) == Typed(READ[typed])


def test_at_any_time_is_read() -> None:
    assert read("At any time") == read("siempre") == Typed(None)


@pytest.mark.parametrize(
    "typed",
    ["", "hello", "8-6 mon-fri", "8:00-6:00", "8-6pm", "25-26", "8:70-9", "13pm-2pm", "8-18 mon-", "8-18 soon", "8",
     "8-18 blursday", "-fri 8-18 maybe", "8-18 20-22", "3 mon-fri", "8-18" * 40],
)  # fmt: skip
def test_what_is_something_else_or_has_two_meanings_is_not_read(typed: str) -> None:
    assert read(typed) is None


@given(st.text(max_size=130))
def test_nothing_raises(text: str) -> None:
    found = read(text)
    assert found is None or found.hours is None or found.hours[2]
