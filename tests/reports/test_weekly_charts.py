"""The chart of a long diary: a mark for every week, months on the axis, gaps left open."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.chat.words import words
from bot.diary.digests import Diary
from bot.reports import fonts, pictures, weekly_charts
from bot.reports.strokes import SMALLEST, WIDTH
from tests.reports.test_charts import BURNING, PAIN, day, diary

SVG = "{http://www.w3.org/2000/svg}"
EN = words("en")


def drawn(of: Diary, days: int) -> ET.Element:
    return ET.fromstring(weekly_charts.course(of, day(0), day(days - 1), EN, "All of it"))


def named(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [it for it in root.iter(SVG + tag) if it.get("class") == kind]


def legend(root: ET.Element) -> list[str]:
    return [it.text or "" for it in named(root, "text", "told")]


def test_a_week_with_enough_answers_has_one_mark_and_others_one_for_each_day() -> None:
    weeks = dict.fromkeys(range(7), 4) | dict.fromkeys(range(14, 17), 6)
    root = drawn(diary({BURNING: weeks}), 210)
    assert len(named(root, "use", "mean")) == 1
    assert len(named(root, "circle", "score")) == 3
    assert legend(root) == ["weekly mean", "one day of a week with fewer than 4 answers"]


def test_only_adjacent_weeks_are_joined() -> None:
    weeks = {n: 4 for n in range(210) if n // 7 not in (3, 10, 12)}
    root = drawn(diary({BURNING: weeks}), 210)
    assert len(named(root, "use", "mean")) == 27
    runs = named(root, "path", "run")
    assert [(it.get("d") or "").count("L") for it in runs] == [2, 5, 16], "a week alone has no line"
    assert "one day of a week with fewer than 4 answers" not in legend(root)


@pytest.mark.parametrize("years", [0.6, 1, 2, 5, 10, 30, 70])
def test_dates_stand_apart_however_long_it_is(years: float) -> None:
    length = int(365 * years)
    of = diary({BURNING: {0: 5, length - 1: 5}})
    dates = named(drawn(of, length), "text", "date")
    spans = []
    for it in dates:
        half = fonts.width(it.text or "", SMALLEST) / 2
        spans.append((float(it.get("x", 0)) - half, float(it.get("x", 0)) + half))
    assert len(spans) >= 2
    assert spans[0][0] >= 0
    assert spans[-1][1] <= WIDTH
    assert all(left[1] < right[0] for left, right in pairwise(spans))


def test_hundreds_of_sessions_have_a_mark_each_and_no_lines() -> None:
    of = diary(
        {BURNING: dict.fromkeys(range(1000), 5), PAIN: dict.fromkeys(range(1000), 5)}, sessions=range(0, 1000, 3)
    )
    root = drawn(of, 1000)
    assert len(named(root, "g", "session")) == 2 * 334
    assert not named(root, "line", "treated")
    assert "treatment session" in legend(root)


def test_no_figures_are_printed_and_an_item_without_answers_says_so() -> None:
    root = drawn(diary({BURNING: dict.fromkeys(range(300), 5), PAIN: {}}), 300)
    assert not named(root, "text", "value")
    assert [it.text for it in named(root, "text", "nothing")] == ["No answers yet"]
    assert ET.tostring(root) == ET.tostring(drawn(diary({BURNING: dict.fromkeys(range(300), 5), PAIN: {}}), 300))


def test_ten_years_can_be_drawn() -> None:
    of = diary({BURNING: {n: n % 11 for n in range(3650)}})
    last = date(2026, 3, 2) + timedelta(days=3649)
    assert pictures.png(weekly_charts.course(of, day(0), last, EN, "x")).startswith(b"\x89PNG")
