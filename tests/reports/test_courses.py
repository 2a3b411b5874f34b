"""Before and after treatment in words and as a picture: whole, within a caption, with the same numbers in both."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bot.chat.messages import Message
from bot.chat.words import Words, words
from bot.diary.digests import Diary
from bot.diary.entries import Item, Side
from bot.diary.people import PatientId
from bot.diary.sessions import Kind
from bot.reports import course_charts, courses, trends
from bot.reports.digests import fits_caption
from bot.reports.strokes import WIDTH
from tests.diary.test_digests import diary, noon_after, session
from tests.diary.test_trends import verdict

EN, ES = words("en"), words("es")
SVG = "{http://www.w3.org/2000/svg}"


def pages(of: Diary, number: int = 400, label: str | None = "Ada", say: Words = EN) -> list[Message]:
    """All pages, by the button to the next one."""
    found = [courses.message(PatientId(1), label, of, 0, noon_after(number), say)]
    while any(button.label in ("Next", "Siguiente") for row in found[-1].buttons for button in row):
        found.append(courses.message(PatientId(1), label, of, len(found), noon_after(number), say))
    return found


def plain(message: Message) -> str:
    return html.unescape(re.sub("<[^>]*>", "", message.text))


def drawn(message: Message, of: Diary, number: int = 400, say: Words = EN) -> ET.Element:
    assert message.picture is not None
    values = message.picture.values
    label = None if values["label"] is None else str(values["label"])
    blocks = courses.drawn_blocks(of, label, int(str(values["page"])), noon_after(number), say)
    return ET.fromstring(course_charts.picture(blocks, str(values["title"]), say))


def printed(root: ET.Element, kind: str) -> list[str]:
    return ["".join(it.itertext()) for it in root.iter(SVG + "text") if it.get("class") == kind]


def crowded(symptoms: int = 6, treatments: int = 12) -> Diary:
    """Months of six items with long names on both sides, treated twice a week."""
    told = diary(
        *["7564s35.46"[n:] + "7564s35.46" * 20 for n in range(5)], needled=[session(3 * n) for n in range(2, 42)]
    )
    items: list[Item] = []
    for n in range(symptoms):
        base = told.items[n % 5]
        items.append(replace(base, site="the outer edge of the sole", side=Side.LEFT if n % 2 else Side.RIGHT))
    return replace(told, items=tuple(items[:5]), sessions=told.sessions[:treatments])


@pytest.mark.parametrize("say", [EN, ES])
def test_any_number_of_treatments_is_told_page_by_page_and_each_number_of_a_picture_stands_below(say: Words) -> None:
    told = crowded()
    found = pages(told, 120, say=say)
    days = [day for page in found for day in re.findall(r"<b>([^<]+ 2026)</b>", page.text)]
    assert len(days) == len(set(days)) == 12, "none is left out, and none comes twice"
    for page in found:
        assert fits_caption(page.text)
        assert page.text.endswith(("it does not prove an effect.", "no demuestra un efecto."))
    for page in (found[0], found[1], found[-1]):
        root = drawn(page, told, 120, say)
        assert root.get("width") == str(WIDTH)
        for value in printed(root, "value"):
            mean, n = value.rstrip(")").split("(")
            assert re.search(rf"{re.escape(mean.strip())} \({n} (day|día)", plain(page)), value


def test_one_treatment_is_told_whole() -> None:
    told = diary("8888888" + "999" + "4444444", "5.5...5" + "..." + "......3", needled=[session(7)])
    (page,) = pages(told, 40)
    assert plain(page).split("\n") == [
        "Ada: before and after treatment",
        "1 day with treatment: 9 Feb 2026.",
        "",
        "Baseline to the last 7 days of the diary",
        "Last 7 days: 12 Feb to 18 Feb.",
        "Baseline: 2 Feb to 8 Feb, before treatment.",
        "Burning: baseline 8.0 (7 days), last 4.0 (7 days): much better, 4.0 points lower (50%).",
        "Tingling: no baseline yet, last 3 (1 of 7 days).",
        "",
        "9 Feb 2026: dry needling",
        "Before: 2 Feb to 8 Feb. After: 12 Feb to 18 Feb.",
        "Burning: before 8.0 (7 days), after 4.0 (7 days): much better, 4.0 points lower (50%).",
        "Tingling: before 5, 5 and 5 (3 of 7 days), after 3 (1 of 7 days).",
        "",
        "Clearly better: 30% or more lower. Much better: 50% or more.",
        "An average needs answers from at least 4 days.",
        "The day of needling and the 2 days after it are left out: soreness is expected.",
        "One person's diary describes; it does not prove an effect.",
    ]
    root = drawn(page, told, 40)
    assert printed(root, "value") == ["8.0(7)", "4.0(7)", "8.0(7)", "4.0(7)"]
    assert printed(root, "few") == ["0 of 7", "1 of 7", "3 of 7", "1 of 7"]
    assert sum(it.get("class") == "score" for it in root.iter(SVG + "circle")) == 1 + 3 + 1
    assert printed(root, "name") == ["Burning", "Tingling"]
    assert printed(root, "axis") == ["↑ higher = worse"] * 2


def test_what_is_not_over_overlaps_or_is_of_another_kind_says_so() -> None:
    told = diary("5" * 20, needled=[session(7), session(14, Kind.OTHER)])
    whole = "\n".join(map(plain, pages(told, 19)))
    assert "16 Feb 2026: other treatment" in whole
    assert "The days after go on until 25 Feb: this is how it stands now." in whole
    assert "Overlaps with treatment on 16 Feb." in whole
    assert "Overlaps with treatment on 9 Feb." in whole
    assert "Other kinds of treatment count too, with the same days." in whole
    assert "The days after begin on 19 Feb." in "\n".join(map(plain, pages(told, 15)))


def test_without_treatment_there_is_nothing_to_compare() -> None:
    for label, said in (
        ("Ada", "No treatment of Ada is logged yet"),
        (None, "There is no treatment in your diary yet"),
    ):
        (page,) = pages(diary("5" * 20), label=label)
        assert page.picture is None
        assert plain(page).startswith(said)


def test_baselines_of_different_weeks_are_dated_each() -> None:
    told = diary("8" * 40, "......." + "6" * 33, needled=[session(7)])
    page = plain(pages(told, 39)[0])
    assert "Burning: baseline 8.0 (7 days) (2 Feb to 8 Feb, before treatment)" in page
    assert "first week, already in treatment)" in page


def test_a_trend_is_told_with_its_reason() -> None:
    def told(row: str) -> str:
        return trends.in_words(verdict(diary(row)), EN)

    assert told("46" * 28 + "3" * 14) == (
        "Trend: getting better. Last 2 weeks 2.0 lower than the 8 weeks before, called from 1.0."
    )
    assert told("5" * 56 + "7" * 14).startswith("Trend: getting worse. Last 2 weeks 2.0 higher")
    assert told("." * 35 + "5" * 35) == "Trend: steady. Last 2 weeks level with the 3 weeks before, called from 1.0."
    assert told("5" * 20) == "Trend: too early to tell."
