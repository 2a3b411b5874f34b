"""The picture of a panel: many small charts that hide nothing."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as ET

from bot.chat.words import words
from bot.diary import digests
from bot.diary.digests import Member
from bot.diary.people import PatientId
from bot.reports import panel_charts
from tests.reports.test_digests import MONDAY_NOON, THIRD_WEEK, diary

SVG = "{http://www.w3.org/2000/svg}"


def test_equal_means_hide_no_symptom() -> None:
    told = diary(*["4444444 4444444 4444444"] * 3)
    need = digests.need(told, THIRD_WEEK, MONDAY_NOON)
    panel = digests.panel([Member(PatientId(1), "Ada", need)])
    drawn = ET.fromstring(panel_charts.picture(panel, 0, words("en")))
    group = next(found for found in drawn.iter(f"{SVG}g") if found.get("class") == "patient")
    places = [
        tuple(float(number) for number in re.findall(r"[0-9.]+", mark.get("transform", "")))
        for mark in group
        if mark.get("class") == "mark"
    ]
    assert len(places) == 9, "three symptoms in three weeks"
    across = sorted(x for x, _ in places)
    assert all(after - before >= 2 * panel_charts.RADIUS - 0.1 for before, after in itertools.pairwise(across))
    assert len({y for _, y in places}) == 1
