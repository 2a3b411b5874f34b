"""Whoever sent an update that could not be handled is told so, whatever shape it has."""

from __future__ import annotations

import json
from typing import Any

from bot import handlers
from bot.storage.inbox import Arrival
from tests.handlers.desk import Desk
from tests.stage import newest

SORRY = "was not saved"
ADA: dict[str, Any] = {"id": 101, "type": "private"}


async def apologise(desk: Desk, raw: Any) -> int:
    """Returns how many messages Ada heard of it."""
    heard = len(desk.ada.heard)
    body = json.dumps(raw).replace('"7"', json.dumps(desk.telegram.new_query(desk.ada)))
    arrival = Arrival(1, 5, desk.now, body, 3)
    await desk.database.write(lambda tx: handlers.apologise(desk.application, desk.settings, tx, arrival, desk.now))
    await desk.deliver()
    return len(desk.ada.heard) - heard


MADE_OUT: list[Any] = [
    {"message": {"chat": ADA}},
    {"update_id": "five", "message": {"chat": ADA, "from": 7, "date": "yesterday"}},
    {"message": {"chat": {"id": 101}}},
    {"message": {"from": {"id": 101}}},
    {"edited_message": {"chat": ADA, "text": []}},
    {"message": None, "edited_message": {"chat": ADA}},
    {"message": "?", "callback_query": {"id": "7", "message": {"chat": ADA}}},
    {"callback_query": {"id": 7, "message": {"chat": ADA}}},
    {"callback_query": {"id": "7", "from": {"id": 101}, "inline_message_id": "x"}},
]


NOT_MADE_OUT: list[Any] = [
    [],
    "?",
    {},
    {"message": 7},
    {"message": {"chat": []}},
    {"message": {"chat": {"id": "101", "type": "private"}}},
    {"message": {"chat": {"id": True, "type": "private"}}},
    {"message": {"chat": {"id": 10**30, "type": "private"}}},
    {"message": {"chat": {"id": -100, "type": "group"}, "from": {"id": 101}}},
    {"callback_query": {"id": "7", "message": {"chat": {"id": -100, "type": "supergroup"}}, "from": {"id": 101}}},
]


async def test_who_can_be_made_out_is_told(clinic: Desk) -> None:
    for raw in MADE_OUT:
        assert await apologise(clinic, raw) == 1, raw
        assert SORRY in newest(clinic.ada)


async def test_where_nobody_can_be_made_out_nobody_is_told_and_nothing_fails(clinic: Desk) -> None:
    for raw in NOT_MADE_OUT:
        assert await apologise(clinic, raw) == 0, raw
