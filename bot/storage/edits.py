"""What each text of a patient became, for as long as it can be changed. No words of it, only its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.diary.edits import KEPT_FOR, Became, Written
from bot.diary.entries import ItemId
from bot.diary.people import PatientId
from bot.storage import tables
from bot.storage.prepared import Prepared

_put: Final = Prepared(
    tables.written.insert(),
    ("patient_id", "message_id", "entered_at", "became", "day", "note_id", "items"),
)
_of_message: Final = (
    select(
        tables.written.c.became,
        tables.written.c.day,
        tables.written.c.entered_at,
        tables.written.c.note_id,
        tables.written.c["items"],
    )
    .where(tables.written.c.patient_id == bindparam("patient"), tables.written.c.message_id == bindparam("message"))
    .order_by(tables.written.c.id)
)


def put(
    tx: Connection,
    patient_id: PatientId,
    message_id: int,
    became: Became,
    day: date,
    now: datetime,
    *,
    note_id: int | None = None,
    items: Sequence[ItemId] = (),
) -> None:
    """Remember what a message became at `now`, beside what it was before."""
    _put.run(
        tx,
        {
            "patient_id": patient_id,
            "message_id": message_id,
            "entered_at": now,
            "became": became,
            "day": day,
            "note_id": note_id,
            "items": list(items),
        },
    )


def all_of(tx: Connection, patient_id: PatientId, message_id: int) -> list[Written]:
    """What a message became, first as it was sent and then with each change of it."""
    rows = tx.execute(_of_message, {"patient": patient_id, "message": message_id})
    return [Written(row[0], row[1], row[2], row[3], tuple(map(ItemId, row[4]))) for row in rows]


def moved(tx: Connection, patient_id: PatientId, entered_at: datetime, to_day: date, now: datetime) -> None:
    """What was entered at that instant is about another day now, where it stands as entered at `now`."""
    table = tables.written.c
    tx.execute(
        update(tables.written)
        .where(table.patient_id == patient_id, table.entered_at == entered_at, table.became == Became.SCORES)
        .values(day=to_day, entered_at=now)
    )


def forget_old(tx: Connection, now: datetime) -> int:
    """Delete what is known of messages that nobody can change any more; returns how many rows."""
    return tx.execute(delete(tables.written).where(tables.written.c.entered_at < now - KEPT_FOR)).rowcount
