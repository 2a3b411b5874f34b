"""Treatment sessions."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.diary.entries import Side
from bot.diary.people import PatientId, TherapistId
from bot.diary.sessions import Kind, Session, SessionId
from bot.storage import ids, tables

_SESSION: Final = [tables.sessions.c[field.name] for field in fields(Session)]
_all: Final = (
    select(*_SESSION)
    .where(tables.sessions.c.patient_id == bindparam("patient"), tables.sessions.c.undone_at.is_(None))
    .order_by(tables.sessions.c.day, tables.sessions.c.id)
)


def add(
    tx: Connection,
    patient_id: PatientId,
    therapist_id: TherapistId,
    *,
    day: date,
    kind: Kind,
    site: str | None,
    side: Side | None,
    now: datetime,
) -> SessionId:
    result = tx.execute(
        tables.sessions.insert().returning(tables.sessions.c.id),
        {
            "id": ids.unused(tx, tables.sessions),
            "patient_id": patient_id,
            "therapist_id": therapist_id,
            "day": day,
            "kind": kind,
            "site": site,
            "side": side,
            "logged_at": now,
        },
    )
    return SessionId(int(result.scalar_one()))


def undo(tx: Connection, therapist_id: TherapistId, session_id: SessionId, now: datetime) -> PatientId | None:
    """Take back a session that this therapist logged; the row is kept. None where there is no such session."""
    patient = tx.execute(
        update(tables.sessions)
        .where(
            tables.sessions.c.id == session_id,
            tables.sessions.c.therapist_id == therapist_id,
            tables.sessions.c.undone_at.is_(None),
        )
        .values(undone_at=now)
        .returning(tables.sessions.c.patient_id)
    ).scalar()
    return None if patient is None else PatientId(patient)


def all_of(tx: Connection, patient_id: PatientId) -> tuple[Session, ...]:
    """The sessions that stand, oldest first."""
    return tuple(Session(*row) for row in tx.execute(_all, {"patient": patient_id}))
