"""The visit sheet as a doctor reads it: its text taken out of the file, always on one page."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine

from bot.chat.items import item_name
from bot.chat.words import Words, words
from bot.diary.digests import Diary
from bot.diary.entries import Item, ItemId, Note, Side, Symptom
from bot.diary.looking import visit
from bot.diary.sessions import Kind, Session, SessionId
from bot.diary.sessions import Place as TreatedAt
from bot.reports import sheets
from bot.reports.paper import HIGH, POINT, WIDE, printable, wide
from bot.reports.sheets import MARGIN, MOST_LINES, Sheet
from tests.diary.test_digests import START, day, diary, noon_after, session
from tests.reports.pdf_text import Document, Place, read

EN, ES = words("en"), words("es")
DOCTOR = "Dr Ito"
SHORT_NOTES = (
    Note(1, day(20), "The new shoes are too tight.", datetime(2026, 2, 22, tzinfo=UTC)),
    Note(2, day(24), "Slept   badly\nagain", datetime(2026, 2, 26, tzinfo=UTC)),
)


def told() -> Diary:
    """Four weeks of two symptoms; treatment began on the Monday of the second."""
    return diary(
        "7777776 6565656 54..4ss 33..3.3",
        "5555555 5555555 55..5.. 89..9.9",
        marks="aaaaaaa aaaaaaa aaPPaxa aablaBa",
        needled=[session(7), session(14)],
    )


def sheet(of: Diary, last: int, *, weeks: int = 8, notes: tuple[Note, ...] | None = None) -> Sheet:
    now = noon_after(last - 1) + timedelta(hours=9)
    return Sheet(of, weeks, notes, now, "Riverside", (DOCTOR,))


def page(wanted: Sheet, say: Words = EN) -> Document:
    return read(sheets.pdf(wanted, say))


def after(document: Document, text: str, n: int = 1) -> str:
    """The nth text after one."""
    return document.texts[document.texts.index(text) + n]


# --- what it says


def test_a_doctor_reads_the_newest_week_the_baseline_and_the_change() -> None:
    found = page(sheet(told(), 28))
    texts = found.texts
    row = texts[texts.index("Burning") :]
    assert row[1:3] == ("3.0 from 4 days", "23 Feb–1 Mar")
    assert row[3:5] == ("6.9 from 7 days", "2–8 Feb, before treatment")
    assert row[5:7] == ("much better", "3.9 points lower (56%)")
    assert row[7:9] == ("7", "2 Feb, 3 Feb +4")
    assert row[9:11] == ("6", "of 21 days")
    other = texts[texts.index("Tingling") :]
    assert other[5] == "higher **", "a flag"
    assert "Something to look at, not a finding." in found.text
    assert other[7:9] == ("9", "24 Feb, 27 Feb +1")


def test_weekly_means_stand_with_their_n_and_too_few_scores_by_themselves() -> None:
    found = page(sheet(told(), 28))
    chart = found.texts[found.texts.index("one day") - 60 : found.texts.index("one day")]
    for mean, n in (("6.9", "(7)"), ("5.6", "(7)"), ("3.0", "(4)")):
        assert chart[chart.index(mean) + 1] == n
    assert "5, 4, 4" in chart, "three scores have no mean"
    assert not [text for text in chart if text.startswith("4.3")]


def test_what_was_not_answered_paused_and_not_asked_is_told_apart() -> None:
    text = page(sheet(told(), 28)).text
    assert "Answered 21 of 23 days asked." in text
    for line in (
        "Skipped by the patient (2): 21–22 Feb",
        "Paused, not counted (2): 18–19 Feb",
        "Not asked, by a failure of the bot (1): 25 Feb",
        "Answer may be lost, by a failure of the bot (1): 26 Feb",
        "Could not be reached (1): 28 Feb",
    ):
        assert line in text


def test_it_is_dated_says_who_made_it_and_that_it_proves_nothing() -> None:
    text = page(sheet(told(), 28)).text
    assert "Made on Monday 2 March 2026 at 21:00, time of Lisbon" in text
    assert "2 Feb 2026 – 2 Mar 2026" in text
    assert "Made by the patient with the symptom diary of Riverside." in text
    assert "One person's diary describes; it does not prove an effect." in text
    assert "0 = none, 10 = worst possible" in text
    assert "higher = worse" in text
    assert "Shared with Dr Ito" in text


@pytest.mark.parametrize("say", [EN, ES])
def test_the_names_of_two_feet_are_whole(say: Words) -> None:
    of = diary("5" * 28, "6" * 28)
    feet = [
        replace(item, symptom=Symptom.TINGLING, site="ball of the foot", side=side)
        for item, side in zip(of.items, (Side.LEFT, Side.RIGHT), strict=True)
    ]
    text = " ".join(page(sheet(replace(of, items=tuple(feet)), 28), say).texts)
    for foot in feet:
        assert text.count(item_name(foot, say)) == 2, "in the table and beside the chart"


def test_sessions_are_listed_the_newest_first() -> None:
    found = page(sheet(told(), 28))
    head = "2 treatment sessions in these weeks"
    assert (after(found, head), after(found, head, 2)) == ("16 Feb: dry needling", "9 Feb: dry needling")
    assert "No treatment session logged." in page(sheet(diary("5555"), 4)).text


@pytest.mark.parametrize("notes", [None, (), SHORT_NOTES], ids=["not wanted", "none there", "two"])
def test_notes_are_on_it_only_where_the_patient_wants_them(notes: tuple[Note, ...] | None) -> None:
    text = page(sheet(told(), 28, notes=notes)).text
    assert ("tight" in text) is bool(notes)
    assert ("Notes: left out, as the patient chose." in text) is (notes is None)
    assert ("No notes in these weeks." in text) is (notes == ())
    if notes:
        assert text.index("26 Feb: Slept badly again") < text.index("22 Feb: The new shoes are too tight.")


def test_notes_of_other_weeks_stay_off() -> None:
    late = sheet(diary("5" * 100), 99, weeks=4, notes=SHORT_NOTES)
    assert "No notes in these weeks." in page(late).text


def test_a_first_week_in_treatment_says_so() -> None:
    of = diary("6666666 555555", needled=[session(1)])
    found = page(sheet(of, 14))
    assert "2–8 Feb, first week *" in found.texts
    assert "* Already in treatment." in found.text


def test_an_almost_empty_diary_says_that_there_is_not_enough_yet() -> None:
    found = page(sheet(diary("5", "6"), 1))
    assert "none with 4 answers" in found.texts
    assert "none yet" in found.texts
    assert found.pages == 1
    nothing = page(sheet(replace(diary(), items=()), 1))
    assert "No symptom was followed in these weeks." in nothing.text
    assert "No day was asked yet." in nothing.text
    tomorrow = page(sheet(replace(diary("."), enrolled_day=day(7), days={}), 6))
    assert tomorrow.pages == 1
    assert "Burning" in tomorrow.texts


# --- the file


def test_it_is_in_the_readers_language_with_its_letters() -> None:
    found = page(sheet(told(), 28, notes=SHORT_NOTES), ES)
    assert "Diario de síntomas: hoja para la consulta" in found.texts
    assert "mucho mejor" in found.texts
    assert "El diario de una persona describe; no demuestra un efecto." in found.text
    assert found.language == "es"
    assert found.info["Title"] == "Diario de síntomas: hoja para la consulta, 2 mar 2026"
    assert sheets.file_name(sheet(told(), 28), ES) == "diario-de-sintomas-2026-03-02.pdf"


def test_neither_file_nor_metadata_name_anyone() -> None:
    wanted = sheet(told(), 28, notes=SHORT_NOTES)
    found = page(wanted)
    assert found.language == "en"
    assert set(found.info) == {"Title", "Creator", "CreationDate"}
    assert not [value for value in found.info.values() if DOCTOR in value or "Riverside" in value]
    assert sheets.file_name(wanted, EN) == "symptom-diary-2026-03-02.pdf"


def test_the_same_diary_gives_the_same_bytes_whenever_it_is_made() -> None:
    wanted = sheet(told(), 28, notes=SHORT_NOTES)
    with time_machine.travel(datetime(2031, 5, 5, 5, tzinfo=UTC)):
        once = sheets.pdf(wanted, EN)
    assert sheets.pdf(wanted, EN) == once


# --- one page, whatever the diary holds

LONG = "the outermost edge of the sole below the little toe"


def ends_at(place: Place, text: str) -> float:
    """The right end of a text, in points; F2 is the bold one."""
    return place.x + wide(text, place.size, bold=place.font == "F2") / POINT


def crowded(items: int, length: int) -> Diary:
    rows = ["9" * length] * 5
    of = diary(*rows, marks="aaPaxbB" * (length // 7))
    more = tuple(Item(ItemId(n + 1), Symptom.PAIN, f"{LONG} {n}", Side.LEFT, n, START) for n in range(5, items))
    every = {
        (on, item.id): replace(score, item_id=item.id)
        for item in more
        for (on, item_id), score in of.scores.items()
        if item_id == 1
    }
    where = (TreatedAt(LONG, Side.BOTH),)
    treated = tuple(
        Session(SessionId(n), day(length - 1 - 2 * n), Kind.NEEDLING_STIMULATION, noon_after(0), where)
        for n in range(60)
    )
    return replace(of, items=of.items + more, scores=of.scores | every, sessions=treated)


@pytest.mark.parametrize("say", [EN, ES], ids=["en", "es"])
@pytest.mark.parametrize("items", [1, 6, 9])
def test_everything_at_once_fits_one_page(items: int, say: Words) -> None:
    length = 3 * 364
    notes = tuple(
        Note(n, day(length - 1 - n // 3), f"Ñandú number {n}. " + "Very long words indeed. " * 40, noon_after(0))
        for n in reversed(range(120))
    )
    wanted = replace(
        sheet(crowded(items, length), length, weeks=13, notes=notes),
        clinic="The Very Long Name of a Clinic for Neuropathy and Rehabilitation",
        readers=tuple(f"Dr Maria Aurelia von und zu Hohenstein-Langenburg {n}" for n in range(5)),
    )
    found = page(wanted, say)
    assert found.pages == 1
    boxes = sorted(
        (round(place.y, 1), place.x, ends_at(place, text))
        for place, text in zip(found.places, found.texts, strict=True)
    )
    for y, begin, end in boxes:
        assert (MARGIN - 0.1) / POINT <= begin < end <= (WIDE - MARGIN + 0.1) / POINT
        assert MARGIN / POINT <= y <= (HIGH - MARGIN) / POINT
    for one, other in pairwise(boxes):
        assert one[0] != other[0] or one[2] <= other[1], "nothing stands on top of anything else"
    if say is EN:
        assert "more notes" in found.text
        assert re.search(
            r"\d+ treatment sessions in these weeks\n\d+ before, the first on .*(\n.*dry needling.*){5}\nand \d+ more",
            found.text,
        )
        assert ("and 2 more symptoms" in found.texts) is (items > MOST_LINES)


def test_items_that_are_still_followed_have_the_first_right_to_a_line() -> None:
    of = crowded(9, 70)
    ended = tuple(replace(item, ended_day=day(60)) if item.id in (1, 2) else item for item in of.items)
    shown = sheets._shown(visit(replace(of, items=ended), 8, noon_after(69)).lines, day(69))
    assert [line.course.item.id for line in shown] == [3, 4, 5, 6, 7, 8, 9]


# --- letters


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("ñandú ¿qué? ≥ 7", "ñandú ¿qué? ≥ 7"),
        ("by the sea 🌊🌊 today", "by the sea (?) today"),
        ("❤️‍🔥", "(?)"),
        ("Боль 5", "(?) 5"),
        ("n\u0303o", "ño"),
        ("one\ntwo\t three\x07", "one two three"),
        ("", ""),
    ],
)
def test_signs_that_the_letters_lack_are_marked(typed: str, printed: str) -> None:
    assert printable(typed) == printed


def test_no_sign_of_a_note_gets_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    note = Note(1, day(24), "Боль 中 🌊", datetime(2026, 2, 26, tzinfo=UTC))
    found = page(sheet(told(), 28, notes=(note,)))
    assert "26 Feb: (?) (?) (?)" in found.texts
    assert "(?) stands for signs that can't be printed here." in found.text
    assert caplog.records == []


def test_the_date_of_another_year_has_its_year() -> None:
    of, earlier = diary("5" * 7), timedelta(days=60)
    scores = {(on - earlier, item): replace(it, day=on - earlier) for (on, item), it in of.scores.items()}
    found = page(sheet(replace(of, scores=scores, days={}), 0, weeks=13))
    assert "4–10 Dec 2025, first week" in found.texts
