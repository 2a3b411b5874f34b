"""Pauses: begun, given a reason, ended; none is deleted while the diary lives."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, select, update

from bot.diary.pauses import Pause, Reason
from bot.diary.people import PatientId
from bot.storage import tables

_PAUSE: Final = [tables.pauses.c[field.name] for field in fields(Pause)]


def of(tx: Connection, patient_id: PatientId) -> tuple[Pause, ...]:
    """All pauses of a patient, in order."""
    table = tables.pauses.c
    rows = tx.execute(select(*_PAUSE).where(table.patient_id == patient_id).order_by(table.id))
    return tuple(Pause(*row) for row in rows)


def begin(tx: Connection, patient_id: PatientId, first_day: date, until_day: date | None, now: datetime) -> int:
    """Pause from `first_day` up to `until_day` (excluded); what was paused until later ends there. Returns its id."""
    cut(tx, patient_id, first_day, now)
    found = tx.execute(
        tables.pauses.insert().returning(tables.pauses.c.id),
        {"patient_id": patient_id, "first_day": first_day, "until_day": until_day, "begun_at": now},
    )
    return int(found.scalar_one())


def cut(tx: Connection, patient_id: PatientId, day: date, now: datetime) -> bool:
    """The patient is asked from `day` on. False where nothing was paused so long."""
    table = tables.pauses
    found = tx.execute(
        update(table)
        .where(
            table.c.patient_id == patient_id,
            table.c.ended_at.is_(None),
            table.c.until_day.is_(None) | (table.c.until_day > day),
        )
        .values(until_day=day, ended_at=now)
    )
    return found.rowcount > 0


def put_reason(tx: Connection, patient_id: PatientId, pause_id: int, reason: Reason) -> bool:
    """False where it is no pause of this patient."""
    table = tables.pauses
    found = tx.execute(
        update(table).where(table.c.id == pause_id, table.c.patient_id == patient_id).values(reason=reason)
    )
    return found.rowcount > 0
