"""Flares: episodes that a patient noted between two evening questions."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, select, update

from bot.diary.entries import ItemId
from bot.diary.flares import Flare, Since
from bot.diary.people import PatientId
from bot.storage import tables

_FLARE: Final = [tables.flares.c[field.name] for field in fields(Flare)]


def add(
    tx: Connection,
    patient_id: PatientId,
    *,
    day: date,
    item_id: ItemId,
    score: int,
    began_at: datetime,
    since: Since,
    now: datetime,
) -> Flare:
    """Keep a flare, on the diary day in which it began."""
    row = tx.execute(
        tables.flares.insert().returning(*_FLARE),
        {
            "patient_id": patient_id,
            "day": day,
            "item_id": item_id,
            "score": score,
            "began_at": began_at,
            "since": since,
            "noted_at": now,
        },
    ).one()
    return Flare(*row)


def newest(tx: Connection, patient_id: PatientId) -> Flare | None:
    """The flare noted last that was not taken back."""
    row = tx.execute(
        select(*_FLARE)
        .where(tables.flares.c.patient_id == patient_id, tables.flares.c.undone_at.is_(None))
        .order_by(tables.flares.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Flare(*row)


def undo(tx: Connection, patient_id: PatientId, flare_id: int, now: datetime) -> bool:
    """Take a flare back; the row is kept. False where it is none of this patient's, or was taken back before."""
    table = tables.flares.c
    changed = tx.execute(
        update(tables.flares)
        .where(table.id == flare_id, table.patient_id == patient_id, table.undone_at.is_(None))
        .values(undone_at=now)
    )
    return changed.rowcount > 0
