"""What a typed time of day and a typed date are read as."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import typed_times
from bot.chat.typed_times import AmOrPm, Time, day, wall_time

LISTED = sorted(
    word
    for words in (
        typed_times._HOURS,
        typed_times._PARTS,
        typed_times._TWELVES,
        typed_times._MONTHS,
        typed_times._WEEKDAYS,
        typed_times._DAYS_AGO,
    )
    for word in words
)
SCRAPS = st.one_of(
    st.sampled_from(LISTED),
    st.integers(-20, 3000).map(str),
    st.sampled_from([*" ,;.:/-–=\n!?&½", "de", "of", "last", "h", "am", "p. m.", "٧", "7️⃣", "🔟", "²", "\u20e3"]),
)


@given(text=st.one_of(st.text(), st.lists(SCRAPS).map("".join), st.lists(SCRAPS).map(" ".join)))
@settings(max_examples=100, deadline=None)
def test_nothing_raises(text: str) -> None:
    wall_time(text)
    day(text, date(2026, 3, 11))


@pytest.mark.parametrize("scrap", ["7", "7 ", "7/", "-", "de ", "a", "7️⃣", "las ", "lunes, ", "½", "'"])
def test_the_longest_text_is_read_to_its_end(scrap: str) -> None:
    text = (scrap * 4096)[:4096]
    assert wall_time(text) is None
    assert day(text, date(2026, 3, 11)) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("21:30", time(21, 30)),
        ("21.30", time(21, 30)),
        ("2130", time(21, 30)),
        ("٢١:٣٠", time(21, 30)),
        ("9:30 pm", time(21, 30)),
        ("9 pm", time(21)),
        ("9pm", time(21)),
        ("9 P.M.", time(21)),
        ("9 p. m.", time(21)),
        ("9:15 p.m.", time(21, 15)),
        ("nine pm", time(21)),
        ("21h", time(21)),
        ("21 h", time(21)),
        ("21h30", time(21, 30)),
        ("20", time(20)),
        ("at 20", time(20)),
        ("0:30", time(0, 30)),
        ("08:00", time(8)),
        ("8 am", time(8)),
        ("12 am", time(0)),
        ("12 pm", time(12)),
        ("at 9 in the evening", time(21)),
        ("8 in the morning", time(8)),
        ("las 9 de la noche", time(21)),
        ("a las nueve y media de la noche", time(21, 30)),
        ("half past 8 in the evening", time(20, 30)),
        ("12 de la noche", time(0)),
        ("7 de la tarde", time(19)),
        ("8 de la mañana", time(8)),
        ("noon", time(12)),
        ("mediodía", time(12)),
        ("al mediodia", time(12)),
        ("midnight", time(0)),
        ("Medianoche", time(0)),
    ],
)
def test_a_time_of_day(text: str, at: time) -> None:
    assert wall_time(text) == Time(at)


@pytest.mark.parametrize(
    ("text", "am", "pm"),
    [
        ("8", time(8), time(20)),
        ("a las 8", time(8), time(20)),
        ("9:15", time(9, 15), time(21, 15)),
        ("9 o'clock", time(9), time(21)),
        ("las ocho y media", time(8, 30), time(20, 30)),
        ("12", time(0), time(12)),
        ("12:30", time(0, 30), time(12, 30)),
        ("3 at night", time(3), time(15)),
    ],
)
def test_an_hour_of_either_half_of_the_day_is_asked(text: str, am: time, pm: time) -> None:
    read = wall_time(text)
    assert isinstance(read, AmOrPm)
    assert (read.am, read.pm) == (am, pm)


@pytest.mark.parametrize(
    "text",
    ["", "25:00", "24:00", "9:60", "9.5", "13 am", "22 in the morning", "evening", "8 or 9", "-8", "8" * 99],
)
def test_no_time_of_day(text: str) -> None:
    assert wall_time(text) is None


A_WEDNESDAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", date(2026, 3, 11)),
        ("Hoy", date(2026, 3, 11)),
        ("yesterday", date(2026, 3, 10)),
        ("ayer", date(2026, 3, 10)),
        ("anteayer", date(2026, 3, 9)),
        ("the day before yesterday", date(2026, 3, 9)),
        ("2 March", date(2026, 3, 2)),
        ("2nd of March", date(2026, 3, 2)),
        ("March 2", date(2026, 3, 2)),
        ("Mar 2nd, 2026", date(2026, 3, 2)),
        ("2 marzo", date(2026, 3, 2)),
        ("2 de marzo", date(2026, 3, 2)),
        ("el 2 de marzo de 2026", date(2026, 3, 2)),
        ("lunes, 2 de marzo", date(2026, 3, 2)),
        ("02/03", date(2026, 3, 2)),
        ("2/3/2026", date(2026, 3, 2)),
        ("2-3-26", date(2026, 3, 2)),
        ("2.3.", date(2026, 3, 2)),
        ("٢/٣", date(2026, 3, 2)),
        ("2026-03-02", date(2026, 3, 2)),
        ("monday", date(2026, 3, 9)),
        ("lunes", date(2026, 3, 9)),
        ("el lunes pasado", date(2026, 3, 9)),
        ("miércoles", date(2026, 3, 11)),
        ("on Wednesday", date(2026, 3, 11)),
        ("last Wednesday", date(2026, 3, 4)),
        ("12 March", date(2025, 3, 12)),
        ("25/12", date(2025, 12, 25)),
    ],
)
def test_a_date_is_the_most_recent_one(text: str, expected: date) -> None:
    assert day(text, A_WEDNESDAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "12/03/2026",
        "2027-01-01",
        "1 Jan 2025",
        "31/2",
        "29 Feb",
        "0/0",
        "2",
        "2 foo",
        "13/13",
        "0000-01-01",
    ],
)
def test_no_date_of_a_session(text: str) -> None:
    assert day(text, A_WEDNESDAY) is None


@given(today=st.dates(), ago=st.integers(0, 366))
@settings(max_examples=100, deadline=None)
def test_every_date_of_the_last_year_reads_back(today: date, ago: int) -> None:
    if today.toordinal() <= ago:
        return
    then = today - timedelta(days=ago)
    assert day(then.isoformat(), today) == then
    assert day(f"{then.day}/{then.month}/{then.year:04}", today) == then
    if ago < 365:
        assert day(f"{then.day}.{then.month}.", today) == then
