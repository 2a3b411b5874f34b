"""The week is over: everybody who is due is deleted and told, and one failure keeps nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot import storage
from bot.diary.people import Patient
from tests.handlers.desk import Desk
from tests.stage import newest

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def leave(desk: Desk, *names: str) -> None:
    for name in names:
        person = getattr(desk, name)
        await desk.says(person, "/forget")
        await desk.says(person, "forget")
        await desk.taps(person, "In seven days")


async def test_what_a_failure_leaves_is_tried_again_and_keeps_nobody_else(
    clinic: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clinic.enrol(clinic.ben, clinic.ito, "Ben")
    await leave(clinic, "ada", "ben")
    forget = storage.privacy.forget

    def fails(tx: Connection, patient: Patient, *args: Any, **more: Any) -> None:
        forget(tx, patient, *args, **more)
        if patient.chat_id == clinic.ada.id:
            raise ValueError("a mistake of ours")

    monkeypatch.setattr(storage.privacy, "forget", fails)
    assert (await clinic.jump(MONDAY + timedelta(days=8)))["forgotten"] == 1
    assert "It is done." in newest(clinic.ben)
    assert await clinic.rows("select chat_id from patients") == [(clinic.ada.id,)]
    assert "It is done." not in newest(clinic.ada)
    monkeypatch.undo()
    assert (await clinic.tick())["forgotten"] == 1
    assert "It is done." in newest(clinic.ada)
    assert await clinic.rows("select 1 from patients") == []


async def test_a_take_back_that_waited_at_telegram_while_we_were_away_comes_first(clinic: Desk) -> None:
    await leave(clinic, "ada")
    end = clinic.now + timedelta(days=7)
    clinic.clock.move_to(end - timedelta(hours=1))
    clinic.ada.tap_label("Keep my diary after all")
    await clinic.jump(end + timedelta(hours=1))
    assert await clinic.rows("select stage from patients") == [("active",)]
    clinic.sent.clear()  # Nobody looks for the answer to a tap of two hours ago any more.


async def test_the_clock_knows_when_somebody_is_due(clinic: Desk) -> None:
    await leave(clinic, "ada")
    await clinic.rows("update therapists set next_digest_at = null returning id")
    due = await clinic.database.write(storage.prompts.next_due_at)
    assert due == clinic.now + timedelta(days=7)
