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
    assert "This is for people who keep a diary here." in await desk.says(ada, "/today")


async def test_who_begins_again_is_asked_the_same_evening_and_nothing_between_counts(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/stop")
    await desk.until(datetime(2026, 3, 5, 10, tzinfo=UTC))
    assert "Your diary is stopped." in await desk.says(ada, "/start")
    assert "Tonight at 20:00" in await desk.taps(ada, "Start again")
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
