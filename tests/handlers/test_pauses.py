"""Pauses: one tap, nothing is asked, nothing counts, and a friendly word on coming back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.handlers.desk import Desk
from tests.stage import newest, text_of

DAYS = "select day, paused, sent_at is not null from diary_days order by day"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


async def test_until_tomorrow_is_one_tap_and_tonight_nothing_is_asked(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert (await desk.says(ada, "/pause")).startswith("For how long shall I pause?")
    assert ada.labels() == ["Until tomorrow", "Until a date", "Until I come back"]
    said = await desk.taps(ada, "Until tomorrow")
    assert said.startswith("Your diary is paused. My next question: tomorrow at 20:00.")
    heard = len(ada.heard)
    assert await desk.jump(at(2, 20)) == {"paused": 1}
    await desk.until(at(3, 19, 59))
    assert len(ada.heard) == heard
    await desk.until(at(3, 20))
    assert newest(ada).startswith("Good to have you back. The diary goes on today.\n\nBurning")
    assert await desk.rows(DAYS) == [("2026-03-02", 1, 0), ("2026-03-03", 0, 1)]


async def test_until_a_date_by_tap_or_typed(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until a date")
    assert "Thursday 12 March" in ada.labels()
    assert "I can't find that day" in await desk.says(ada, "1 March 2026")
    assert "Friday 20 March at 20:00" in await desk.says(ada, "20 March")
    await desk.until(at(20, 19, 59))
    assert await desk.rows("select count(*), sum(paused) from diary_days") == [(18, 18)]
    await desk.until(at(20, 20))
    assert newest(ada).startswith("Good to have you back.")


async def test_until_i_come_back_and_the_friendly_word(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    said = await desk.taps(ada, "Until I come back")
    assert said.startswith("Your diary is paused. I ask nothing until you come back.")
    await desk.until(at(6, 10))
    assert "I'm back" in (await desk.says(ada, "/pause"), ada.labels())[1]
    said = await desk.taps(ada, "I'm back")
    assert said == "Good to have you back.\nMy next question: tonight at 20:00."
    await desk.until(at(6, 20))
    assert newest(ada).startswith("Burning · Friday 6 March"), "she was greeted already"


async def test_start_and_a_second_pause_say_that_it_is_paused(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    assert (await desk.says(ada, "/start")).startswith("Your diary is paused.")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until a date", "Thursday 5 March")
    assert await desk.rows("select first_day, until_day from pauses order by id") == [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02", "2026-03-05"),
    ]


async def test_the_reason_is_for_her_own_therapist_alone(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    said = await desk.taps(ada, "Until I come back")
    assert said.endswith("If you like, tell me why. Only your own therapist sees it.")
    assert "Hospital" in ada.labels()
    assert "Noted for your own therapist: Hospital." in await desk.taps(ada, "Hospital")
    await desk.therapist(desk.roy)
    await desk.sends(desk.roy, "pr:1:ill")
    await desk.enrol(desk.ben, desk.ito)
    await desk.sends(desk.ben, "pr:1:ill")
    assert await desk.rows("select reason from pauses") == [("hospital",)]
    await desk.says(desk.ito, "/patients")
    assert "paused since 2 Mar: Hospital" in newest(desk.ito)
    await desk.taps(desk.ito, "Ada")
    assert "Now paused since 2 Mar: Hospital." in newest(desk.ito)


async def test_a_question_on_screen_goes_away_and_comes_back(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until tomorrow")
    assert "Not today" not in ada.labels()
    await desk.until(at(2, 21, 40))
    assert [text_of(message) for message in ada.heard if "gentle" in text_of(message)] == []
    said = await desk.taps(ada, "I'm back")
    assert said == "Good to have you back.\nMy next question: tomorrow at 20:00."
    await desk.taps(ada, "Answer today now", "4", "3", "5")
    assert len(await desk.scores(ada)) == 3
    assert await desk.rows(DAYS) == [("2026-03-02", 0, 1)]


async def test_what_was_answered_before_a_pause_stands(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.taps(ada, "4")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    await desk.until(at(4, 12))
    assert await desk.rows("select day, paused from diary_days order by day") == [("2026-03-02", 0), ("2026-03-03", 1)]
    await desk.says(ada, "/today")
    await desk.taps(ada, "1", "2", "3")
    assert len(await desk.scores(ada)) == 4, "she may answer in a pause all the same"


async def test_back_after_the_hour_offers_today(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    await desk.until(at(2, 20, 30))
    assert "tomorrow at 20:00" in await desk.taps(ada, "I'm back")
    await desk.taps(ada, "Answer today now", "4", "3", "5")
    assert len(await desk.scores(ada)) == 3


@pytest.mark.parametrize(
    "payload", ["pa:20260302:20260302", "pa:20260302:20250101", "pa:20260302:99991231", "pr:77:ill"]
)
async def test_old_and_forged_buttons_change_nothing(clinic: Desk, payload: str) -> None:
    desk = clinic
    await desk.says(desk.ada, "/pause")
    await desk.sends(desk.ada, payload)
    assert await desk.rows("select * from pauses") == []


async def test_a_double_tap_begins_one_pause(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "/pause")
    for _ in range(2):
        await desk.sends(desk.ada, "pa:20260302:20260303")
    assert len(await desk.rows("select * from pauses")) == 1
    await desk.until(at(4, 10))
    await desk.sends(desk.ada, "pb")
    assert newest(desk.ada).startswith("Good to have you back.")


async def test_who_comes_back_on_a_finished_day_is_promised_no_question_of_it(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "4 5 6")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    assert "My next question: tomorrow at 20:00." in await desk.taps(ada, "I'm back")
    heard = len(ada.heard)
    await desk.until(at(2, 23))
    assert len(ada.heard) == heard


@pytest.mark.parametrize("said", ["28/2", "1 March", "2 March", "yesterday"])
async def test_a_date_that_has_just_passed_is_asked_again_and_no_pause_of_a_year(clinic: Desk, said: str) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until a date")
    assert "paused" not in await desk.says(ada, said)
    assert await desk.rows("select * from pauses") == []


@pytest.mark.parametrize(("said", "until"), [("tomorrow", "tomorrow"), ("Tuesday", "tonight")])
async def test_after_midnight_the_next_question_is_told_by_the_calendar(clinic: Desk, said: str, until: str) -> None:
    """Her diary has Monday until four; on her wall it is Tuesday."""
    desk, ada = clinic, clinic.ada
    await desk.until(at(3, 1))
    await desk.says(ada, "/pause")
    assert ada.labels(ada.last["message_id"])[0] == "Until this evening"
    told = await desk.taps(ada, "Until this evening")
    assert told.startswith("Your diary is paused. My next question: tonight at 20:00.")
    assert await desk.rows("select until_day from pauses") == [("2026-03-03",)]
    assert "My next question: tonight at 20:00." in await desk.says(ada, "/start")
    assert "My next question: tonight at 20:00." in await desk.taps(ada, "I'm back")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until a date")
    assert f"My next question: {until} at 20:00." in await desk.says(ada, said)
    assert f"My next question: {until} at 20:00." in await desk.taps(ada, "Ill")


async def test_what_is_no_date_is_not_lost(clinic: Desk) -> None:
    """The list of dates stays open, and the evening's question comes: a number is a score again."""
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until a date")
    assert "can't find that day" in await desk.says(ada, "someday")
    await desk.says(ada, "the whole week was hard on my feet")
    assert "Kept as a note for Monday 2 March." in newest(ada)
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until a date")
    await desk.jump(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await desk.says(ada, "4")
    assert await desk.scores(ada) == [("2026-03-02", "burning", 4)]
