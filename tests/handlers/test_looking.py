"""A patient looks back: pictures that turn in place, a calendar, and a sheet for the visit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.handlers.desk import Desk
from tests.reports.pdf_text import read
from tests.stage import newest, text_of

SUNDAY = datetime(2026, 3, 8, 21, tzinfo=UTC)


@pytest.fixture
async def answered(clinic: Desk) -> Desk:
    """Sunday evening: Ada answered on five evenings and missed two, and wrote a note."""
    for evening in range(7):
        await clinic.until(datetime(2026, 3, 2 + evening, 20, 5, tzinfo=UTC))
        if evening not in (2, 4):
            await clinic.says(clinic.ada, "6 5 0")
    await clinic.says(clinic.ada, "The new shoes are too tight, ¡ay!")
    await clinic.until(SUNDAY)
    clinic.sent.clear()
    return clinic


def calls(desk: Desk) -> list[str]:
    return [it.method for it in desk.sent if it.method != "answerCallbackQuery"]


def pictures(desk: Desk) -> list[dict[str, Any]]:
    return [message for message in desk.ada.heard if "photo" in message]


# --- the chart


async def test_a_chart_is_turned_in_place_and_its_numbers_stand_in_words(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    said = await desk.says(ada, "/chart")
    assert "Your last 2 weeks: 2 Mar 2026 to 8 Mar 2026" in said
    assert "Week from 2 Mar: average 6.0 from 5 days" in said
    heard = len(ada.heard)
    shown = ada.last["message_id"]
    said = await desk.taps(ada, "3 months")
    assert "Your last 3 months" in said
    assert ada.labels(shown) == ["2 weeks", "✓ 3 months", "All"]
    assert "Your whole diary" in await desk.taps(ada, "All")
    assert len(ada.heard) == heard, "one message, edited"
    assert calls(desk) == ["sendPhoto", "editMessageMedia", "editMessageMedia"]
    assert not desk.refused()


async def test_a_second_tap_on_the_same_span_does_no_harm(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/chart")
    shown = ada.last["message_id"]
    ada.tap(shown, "lc:3m")
    ada.tap(shown, "lc:3m")
    await desk.settle()
    await desk.sends(ada, "lc:3m", shown)
    assert [text_of(message) for message in pictures(desk)] == [newest(ada)]
    assert "Your last 3 months" in newest(ada)
    assert not desk.refused()


async def test_an_old_button_shows_what_is_asked_as_it_stands_today(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/chart")
    shown = ada.last["message_id"]
    await desk.until(SUNDAY + timedelta(days=30))
    await desk.sends(ada, "lc:2w", shown)
    [said] = [text_of(message) for message in pictures(desk) if message["message_id"] == shown]
    assert "Your last 2 weeks: 25 Mar 2026 to 7 Apr 2026" in said
    assert "There are no answers in this time. Your last answer is of Sunday 8 March 2026." in said


async def test_a_chart_button_on_a_message_without_a_picture_gets_a_new_message(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/help")
    await desk.sends(ada, "lc:all")
    assert "Your whole diary" in newest(ada)
    assert calls(desk)[-1] == "sendPhoto"


# --- the calendar


async def test_a_month_tells_the_days_and_turns_to_the_next(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    said = await desk.says(ada, "/history")
    assert "Answered 5 of 7 days asked." in said
    assert "All answered: 5 days (2, 3, 5, 7 and 8)" in said
    assert "No answer: 2 days (4 and 6)" in said
    assert "streak" not in said
    assert "reply_markup" not in ada.last, "there is only one month yet"
    await desk.until(datetime(2026, 4, 2, 21, tzinfo=UTC))
    said = await desk.says(ada, "/history")
    assert "Your days in April 2026" in said
    shown = ada.last["message_id"]
    said = await desk.taps(ada, "Previous month: March 2026")
    assert "Answered 5 of 30 days asked." in said
    assert ada.labels(shown) == ["Next month: April 2026"]
    assert calls(desk)[-1] == "editMessageMedia"
    await desk.taps(ada, "Next month: April 2026")
    assert not desk.refused()


@pytest.mark.parametrize("data", ["lm:00010101", "lm:99991231", "lm:20260331"])
async def test_a_forged_month_is_the_nearest_that_there_is(answered: Desk, data: str) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/history")
    await desk.sends(ada, data)
    assert "Your days in March 2026" in newest(ada)
    assert not desk.refused()


# --- the sheet


async def test_a_sheet_takes_one_tap_and_has_no_notes_unless_they_are_wanted(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    said = await desk.says(ada, "/report")
    assert "It covers the last 8 weeks and comes to you alone. May your notes be on it?" in said
    assert ada.labels(ada.last["message_id"]) == [
        "Without my notes",
        "With my notes",
        "4 weeks instead",
        "3 months instead",
    ]
    await desk.taps(ada, "Without my notes")
    sheet = await sheet_of(desk)
    assert "6.0 from 5 days" in sheet, "this Sunday is answered, so its week counts, as with /week"
    assert "Answered 5 of 7 days asked." in sheet
    assert "Made by the patient with the symptom diary of Riverside." in sheet
    assert "shoes" not in sheet
    for name in ("Ada", str(ada.id)):
        assert name not in sheet
    document = ada.last["document"]
    assert document["file_name"] == "symptom-diary-2026-03-08.pdf"
    assert document["mime_type"] == "application/pdf"
    assert "Your visit sheet: 2 Mar 2026 to 8 Mar 2026" in newest(ada)
    assert not desk.refused()


async def sheet_of(desk: Desk) -> str:
    """The text of the file in Ada's newest message."""
    file = desk.telegram.files[desk.ada.last["document"]["file_id"]]
    found = read(file.content)
    assert found.pages == 1
    return found.text


async def test_another_length_takes_one_tap_more_and_notes_are_on_it_where_they_are_wanted(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/report")
    question = ada.last["message_id"]
    assert "It covers the last 3 months" in await desk.taps(ada, "3 months instead")
    assert ada.labels(question) == ["Without my notes", "With my notes", "4 weeks instead", "8 weeks instead"]
    await desk.taps(ada, "With my notes")
    assert "8 Mar: The new shoes are too tight, ¡ay!" in await sheet_of(desk)
    [asked] = [message for message in ada.heard if message["message_id"] == question]
    assert (
        text_of(asked) == "Your sheet of the last 3 months, with your notes, is on its way.\n/report makes another one."
    )
    assert "reply_markup" not in asked


async def test_a_double_tap_brings_one_file(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/report")
    question = ada.last["message_id"]
    ada.tap(question, "lr:8:bare")
    ada.tap(question, "lr:8:bare")
    await desk.settle()
    assert calls(desk).count("sendDocument") == 1
    assert ada.toasts[-1].text == "It is on its way already."
    await desk.sends(ada, "lr:8:bare", question)
    assert calls(desk).count("sendDocument") == 2, "a later wish is a new one"


@pytest.mark.parametrize("data", ["lr:5:bare", "lr:-8:notes", "lr:100000000000:notes", "lr:0:ask"])
async def test_a_forged_length_is_no_longer_in_use(answered: Desk, data: str) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/report")
    heard = len(ada.heard)
    await desk.sends(ada, data)
    assert ada.toasts[-1].text == "This button is no longer in use."
    assert len(ada.heard) == heard


async def test_everything_speaks_spanish(answered: Desk) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/language")
    await desk.taps(ada, "Español")
    assert "Sus últimas 2 semanas: del 2 mar 2026 al 8 mar 2026" in await desk.says(ada, "/chart")
    assert "Sus días de marzo de 2026" in await desk.says(ada, "/history")
    await desk.says(ada, "/report")
    await desk.taps(ada, "Con mis notas")
    assert ada.last["document"]["file_name"] == "diario-de-sintomas-2026-03-08.pdf"
    assert "Hecha el domingo 8 de marzo de 2026 a las 21:00, hora de Lisboa" in await sheet_of(desk)


# --- who may not


@pytest.mark.parametrize("command", ["/chart", "/history", "/report"])
async def test_a_therapist_without_a_diary_is_told_whom_this_is_for(answered: Desk, command: str) -> None:
    assert "This is for people who keep a diary here." in await answered.says(answered.ito, command)


@pytest.mark.parametrize("data", ["lc:2w", "lm:20260301", "lr:8:bare", "lr:4:ask"])
async def test_buttons_of_a_diary_that_has_ended_do_nothing(answered: Desk, data: str) -> None:
    desk, ada = answered, answered.ada
    await desk.says(ada, "/chart")
    shown = ada.last["message_id"]
    await desk.says(ada, "/stop")
    desk.sent.clear()
    await desk.sends(ada, data, shown)
    assert calls(desk) == []
    assert ada.toasts[-1].text == "This button is no longer in use."
