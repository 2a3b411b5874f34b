"""A patient stops the diary, and may begin again."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.handlers.desk import Desk
from tests.stage import newest


async def test_who_stops_is_not_asked_any_more_and_keeps_what_was_entered(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await desk.says(ada, "4 3 5")
    said = await desk.says(ada, "/stop")
    assert "I will not ask you any more." in said
    assert "Ada L has stopped the diary." in newest(ito)
    heard = len(ada.heard)
    await desk.until(datetime(2026, 3, 12, 20, tzinfo=UTC))
    assert len(ada.heard) == heard, "no prompt and no digest"
    assert len(await desk.scores(ada)) == 3


async def test_who_begins_again_is_asked_the_same_evening_and_nothing_between_counts(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/stop")
    await desk.until(datetime(2026, 3, 5, 10, tzinfo=UTC))
    assert "Your diary is stopped." in await desk.says(ada, "/start")
    assert "tonight at 20:00" in await desk.taps(ada, "Start again")
    await desk.until(datetime(2026, 3, 5, 20, tzinfo=UTC))
    assert "Burning" in newest(ada)
    days = await desk.rows(
        "select day from diary_days d join patients p on p.id = d.patient_id where p.chat_id = :chat", chat=ada.id
    )
    assert days == [("2026-03-05",)]


async def test_an_old_start_again_does_nothing_while_the_diary_is_open(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/stop")
    old = ada.last["message_id"]
    await desk.taps(ada, "Start again")
    before = await desk.rows("select next_prompt_at, stage from patients where chat_id = :chat", chat=ada.id)
    await desk.sends(ada, "en:left:yes", old)
    assert await desk.rows("select next_prompt_at, stage from patients where chat_id = :chat", chat=ada.id) == before


async def test_who_comes_back_by_a_new_invitation_is_asked_everything_anew_and_nothing_twice(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await desk.says(ada, "4 3 5")
    await desk.says(ada, "/stop")
    await desk.says(ito, "/invite Ada again")
    await desk.opens(ada, ito)
    shares = "select ended_at is null from shares s join patients p on p.id = s.patient_id where p.chat_id = :chat"
    assert await desk.rows(shares, chat=ada.id) == [(0,)], "no earlier yes stands while everything is asked anew"
    await desk.taps(ada, "Yes, store my answers", "No, only for me", "Yes, it is", "20:00", "Start now")
    assert await desk.rows(shares, chat=ada.id) == [(0,)]
    assert "does not share the diary with you" in newest(ito)
    assert "This is stored for Monday 2 March" in newest(ada), "the same three questions, answered already"
    items = "select count(*) from items i join patients p on p.id = i.patient_id where p.chat_id = :chat"
    assert await desk.rows(items, chat=ada.id) == [(3,)]


async def test_the_own_old_link_offers_to_start_again(clinic: Desk) -> None:
    desk, ada = clinic, await clinic.enrol(clinic.person(151, "Lea"), clinic.ito, "Lea")
    await desk.says(ada, "/stop")
    opened = next(m["text"] for m in ada.messages if m.get("text", "").startswith("/start "))
    assert "Your diary is stopped." in await desk.says(ada, opened)
    assert "tonight at 20:00" in await desk.taps(ada, "Start again")


async def test_whoever_stopped_is_told_the_way_back_whatever_they_send(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/stop")
    for said in ("/stop", "/today", "/week", "4 3 5", "hello"):
        assert "Your diary is stopped." in await desk.says(ada, said)
    assert await desk.scores(ada) == []


async def test_stop_in_the_middle_of_the_enrolment_ends_it_and_start_takes_it_up_again(clinic: Desk) -> None:
    desk, lea = clinic, clinic.person(151, "Lea")
    await desk.says(desk.ito, "/invite Lea")
    await desk.opens(lea, desk.ito)
    await desk.taps(lea, "Yes, store my answers", "Yes, show them")
    assert "Where do you live?" in await desk.says(lea, "/today"), "the open step, again"
    assert "nothing is stored" in await desk.says(lea, "/stop")
    assert "nothing is stored" in await desk.says(lea, "hello")
    shares = "select ended_at is null from shares s join patients p on p.id = s.patient_id where p.chat_id = 151"
    assert await desk.rows(shares) == [(0,)]
    assert "May I store your answers?" in await desk.says(lea, "/start")


async def test_who_kept_a_diary_and_says_no_is_not_told_that_nothing_is_stored(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await desk.says(ada, "4 3 5")
    await desk.says(ada, "/stop")
    await desk.says(ito, "/invite Ada again")
    await desk.opens(ada, ito)
    said = await desk.taps(ada, "No, thank you")
    assert "nothing is stored" not in said
    assert "What you entered stays with your clinic." in said
    await desk.taps(ada, "Start again")
    assert "May I store your answers?" in newest(ada), "after a no, only a new yes opens the diary"
