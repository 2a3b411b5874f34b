"""The calendar says what became of each day, in shapes: read from the SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from bot.chat.words import Words, words
from bot.diary.looking import Mark, Tally, next_month
from bot.reports import calendars, fonts, pictures
from bot.reports.calendars import drawn
from bot.reports.strokes import MARGIN, SMALLEST, WIDTH

SVG = "{http://www.w3.org/2000/svg}"
EN, ES = words("en"), words("es")
MARCH = date(2026, 3, 1)


def tally(month: date, *marks: Mark) -> Tally:
    """A month whose first days have these marks."""
    last = next_month(month) - timedelta(days=1)
    return Tally(month, last, {month + timedelta(days=n): mark for n, mark in enumerate(marks)})


def root(of: Tally, today: date = MARCH, say: Words = EN) -> ET.Element:
    return ET.fromstring(calendars.month(of, today, say))


def groups(found: ET.Element, kind: str) -> list[ET.Element]:
    return [it for it in found.iter(SVG + "g") if (it.get("class") or "").split(" ")[0] == kind]


def texts(found: ET.Element) -> list[str]:
    return ["".join(it.itertext()) for it in found.iter(SVG + "text")]


def test_every_day_of_the_month_stands_under_its_weekday_monday_first() -> None:
    found = root(tally(MARCH))
    days = groups(found, "day")
    assert [it.get("id") for it in days] == [f"day-{n}" for n in range(1, 32)]
    boxes = [it.find(SVG + "rect") for it in days]
    columns = {round(float(box.get("x", 0))) for box in boxes if box is not None}
    assert len(columns) == 7
    first, second = boxes[:2]
    assert first is not None
    assert second is not None
    assert float(first.get("x", 0)) > 800, "1 March 2026 is a Sunday"
    assert float(second.get("x", 0)) < 50
    heads = [text for text in texts(found) if text in ("Mon", "Sun")]
    assert heads == ["Mon", "Sun"]


@pytest.mark.parametrize(
    ("month", "rows"), [(date(2027, 2, 1), 4), (date(2026, 2, 1), 5), (date(2026, 8, 1), 6)], ids=str
)
def test_a_month_has_the_weeks_that_it_has(month: date, rows: int) -> None:
    tops = {box.get("y") for it in groups(root(tally(month)), "day") if (box := it.find(SVG + "rect")) is not None}
    assert len(tops) == rows


def test_each_mark_has_a_shape_of_its_own_in_black_and_white_too() -> None:
    bare = {mark: re.sub(r"#[0-9a-f]{6}", "", drawn(mark, 0, 0, 30)) for mark in Mark}
    assert len(set(bare.values())) == len(Mark)


def test_only_marks_that_are_there_are_explained_and_days_without_one_are_empty() -> None:
    found = root(tally(MARCH, Mark.COMPLETE, Mark.PAUSED, Mark.PAUSED))
    assert [it.get("class") for it in groups(found, "legend")] == ["legend complete", "legend paused"]
    assert {"All answered", "Paused, not counted"} <= set(texts(found))
    classes = [it.get("class") for it in groups(found, "day")]
    assert classes[:4] == ["day complete", "day paused", "day paused", "day"]
    assert set(classes[4:]) == {"day"}
    empty = groups(found, "day")[10]
    assert [child.tag for child in empty] == [SVG + "rect", SVG + "text"]


@pytest.mark.parametrize("say", [EN, ES], ids=["en", "es"])
def test_all_marks_at_once_stay_within_the_picture(say: Words) -> None:
    found = root(tally(MARCH, *Mark), say=say)
    legend = groups(found, "legend")
    assert len(legend) == len(Mark)
    for entry in legend:
        text = entry.find(SVG + "text")
        assert text is not None
        assert text.text
        assert float(text.get("x", 0)) + fonts.width(text.text, SMALLEST) <= WIDTH - MARGIN / 2
    assert not [mark for mark in Mark if "miss" in str(calendars.mark_name(mark, EN)).lower()], "nobody is blamed"


def test_it_speaks_the_readers_language_and_frames_today() -> None:
    found = root(tally(MARCH), date(2026, 3, 9), ES)
    assert "Marzo de 2026" in texts(found)
    assert "lun" in texts(found)
    framed = [it.get("id") for it in groups(found, "day") if it.find(SVG + "rect[@stroke-width='4']") is not None]
    assert framed == ["day-9"]


def test_it_can_be_drawn() -> None:
    png = pictures.png(calendars.month(tally(MARCH, *Mark), MARCH, EN))
    assert png.startswith(b"\x89PNG")
