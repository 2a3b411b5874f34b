"""A therapist logs treatment sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

SESSIONS = "select day, kind, site, side, undone_at from sessions order by id"


async def test_a_session_is_logged_in_four_taps_and_can_be_undone(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    assert "Treatment of Ada L" in await desk.says(ito, "/session")
    heard = len(ito.heard)
    await desk.taps(ito, "Today", "Dry needling", "Foot")
    last_screen = ito.last
    left = next(
        button["callback_data"]
        for row in last_screen["reply_markup"]["inline_keyboard"] for button in row if button["text"] == "Left"
    )  # fmt: skip
    # A double tap: two updates, one session.
    ito.tap(last_screen["message_id"], left)
    ito.tap(last_screen["message_id"], left)
    await desk.settle()
    assert "Logged for Ada L on Monday 2 March 2026: dry needling, left foot." in newest(ito)
    assert len(ito.heard) == heard, "one message from the first question to the receipt"
    assert await desk.rows(SESSIONS) == [("2026-03-02", "needling", "foot", "left", None)]
    assert "The session is gone." in await desk.taps(ito, "Undo")
    assert [undone is not None for *_, undone in await desk.rows(SESSIONS)] == [True]
    await desk.sends(ito, "su:1")
    assert "no longer there" in newest(ito)
    # What was undone can be logged again.
    await desk.says(ito, "/session")
    await desk.taps(ito, "Today", "Dry needling", "Foot", "Left")
    assert len(await desk.rows(SESSIONS)) == 2


async def test_a_session_of_another_day_kind_and_place(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/session")
    await desk.taps(ito, "Yesterday", "Dry needling with electrical stimulation", "Back")
    assert "Logged for Ada L on Sunday 1 March 2026: dry needling with electrical stimulation, back." in newest(ito)
    await desk.says(ito, "/session")
    assert "Please type the date" in await desk.taps(ito, "Another date")
    for typed in ("tomorrow", "7", "30 February", "some day"):
        assert "I did not understand this date." in await desk.says(ito, typed)
    assert "What was done?" in await desk.says(ito, "20 February")
    await desk.taps(ito, "Other treatment", "Another place")
    assert "Logged for Ada L on Friday 20 February 2026: other treatment, another place." in newest(ito)
    assert await desk.rows(SESSIONS) == [
        ("2026-03-01", "needling_stimulation", "back", None, None),
        ("2026-02-20", "other", "other", None, None),
    ]
    await desk.says(ito, "/session")
    await desk.taps(ito, "Another date")
    await desk.says(ito, "/patients")
    assert "I did not understand that" in await desk.says(ito, "20 February"), "a command ends the waiting"


async def test_with_several_patients_the_therapist_says_whose(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.ben, ito, "ben")
    assert "Whose treatment would you like to log?" in await desk.says(ito, "/session")
    assert ito.labels(ito.last["message_id"]) == ["Ada L", "ben"]
    await desk.taps(ito, "ben", "Today", "Dry needling", "Knee", "Both")
    assert "Logged for ben on Monday 2 March 2026: dry needling, both knees." in newest(ito)


async def test_the_card_of_a_patient_leads_to_a_session_and_to_the_notes(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ada, "slept <well> & long")
    await desk.says(ito, "/patients")
    assert "You have 1 patient." in newest(ito)
    await desk.taps(ito, "Ada L")
    assert "photo" in ito.last
    await desk.taps(ito, "Log a treatment")
    assert "Treatment of Ada L" in newest(ito), "a picture can't become a text, so the question is a new message"
    await desk.taps(ito, "Today", "Dry needling", "Neck")
    assert "Logged for Ada L" in newest(ito)
    ito.tap_label("Notes")
    await desk.settle()
    assert "slept <well> & long" in newest(ito)
    assert "Monday 2 March" in newest(ito)


async def test_a_yes_that_was_taken_back_ends_what_was_begun(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    await desk.says(ito, "/session")
    question = ito.last
    await desk.taps(ito, "Another date")
    await desk.rows("update shares set ended_at = since returning 1")
    assert "does not share a diary with you now" in await desk.says(ito, "today")
    heard = len(ito.heard)
    for label in ("Notes", "Log a treatment"):
        ito.tap_label(label)
        await desk.settle()
        assert "no longer in use" in ito.toasts[-1].text
    for data in ("se:1:20260302:needling:foot:left", "sd:1", "pc:1", "pn:1"):
        await desk.sends(ito, data, question["message_id"])
    assert len(ito.heard) == heard
    assert "Nobody shares a diary with you yet." in await desk.says(ito, "/session")
    assert "Ada" not in await desk.says(ito, "/patients")
    assert await desk.rows(SESSIONS) == []


@pytest.mark.parametrize(
    "data", ["se:1:20260302:needling:foot:up", "se:1:20260302:magic:foot:left", "se:99::::", "sd:99"]
)
async def test_a_payload_that_makes_no_sense_logs_nothing(clinic: Desk, data: str) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/session")
    before = await desk.everything()
    await desk.sends(ito, data)
    assert "no longer in use" in ito.toasts[-1].text
    assert await desk.everything() == before


async def test_a_session_marks_the_day_of_the_patients_own_clock(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.cleo, ito, "Cleo", place="Kathmandu")
    desk.clock.move(timedelta(hours=13))  # 23:00 in Lisbon, 04:45 of Tuesday in Kathmandu
    await desk.says(ito, "/session")
    await desk.taps(ito, "Cleo", "Today", "Dry needling", "Hip", "Right")
    assert "on Tuesday 3 March" in newest(ito)
    assert "right hip" in text_of(ito.last)


async def test_a_typed_today_is_the_patients_today(tmp_path: Path) -> None:
    async with clinic_at(tmp_path) as desk:
        far = await desk.enrol(desk.person(151, "Lea"), desk.ito, "Lea", place="Chicago")
        assert far.id == 151
        await desk.until(datetime(2026, 3, 4, 2, tzinfo=UTC))
        await desk.says(desk.ito, "/session")
        said = await desk.taps(desk.ito, "Lea", "Another date")
        assert "type the date" in said
        assert "Tuesday 3 March 2026" in await desk.says(desk.ito, "today"), "it is still the third in Chicago"


async def test_who_stopped_gets_no_more_sessions(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(desk.ada, "/stop")
    assert "does not share a diary with you now" in await desk.says(ito, "/session")
    assert await desk.rows("select count(*) from sessions") == [(0,)]
