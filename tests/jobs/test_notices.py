"""What clinic admins are told about the bot itself: once a day, across restarts, and nothing of anybody."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.jobs import Ticker
from tests.handlers.desk import Desk
from tests.stage import newest, text_of


async def park(desk: Desk, update_id: int) -> None:
    await desk.rows(
        "insert into inbox (update_id, received_at, body, state, tries, reason, done_at)"
        " values (:id, :at, :body, 'parked', 3, 'x', :at) returning seq",
        id=update_id,
        at="2026-03-02 10:00:00.000000",
        body=json.dumps({"burning": 7}),
    )


async def test_admins_are_told_once_a_day_of_what_is_set_aside_and_of_none_of_its_content(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    heard = len(ito.heard)
    await desk.tick()
    assert len(ito.heard) == heard, "nothing is set aside"
    await park(desk, 901)
    await park(desk, 902)
    assert (await desk.tick())["notices"] == 1
    assert "2 messages could not be handled and are set aside" in newest(ito)
    assert "symptom-diary parked" in newest(ito)
    assert "burning" not in newest(ito)
    desk.clock.move_to(desk.now + timedelta(hours=3))
    await park(desk, 903)
    await desk.tick()
    desk.ticker = Ticker(desk.database, desk.settings)
    await desk.tick()
    assert len(ito.heard) == heard + 1, "not again on this day, not even by a program that has just begun"
    await desk.jump(desk.now + timedelta(days=1))
    assert any("3 messages could not be handled" in text_of(message) for message in ito.heard[heard + 1 :])
    assert not any("set aside" in text_of(message) for message in desk.ada.heard)


async def test_who_shut_the_bot_out_is_not_written_to(clinic: Desk) -> None:
    desk = clinic
    desk.ito.block()
    await desk.settle()
    await park(desk, 901)
    assert "notices" not in await desk.tick()
