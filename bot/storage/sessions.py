"""Treatment sessions: each form of one is a row, and a correction is another row that names the one it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from bot.diary.entries import Side
from bot.diary.people import PatientId, TherapistId
from bot.diary.sessions import Kind, Place, Session, SessionId, Version
from bot.storage import ids, tables

_rows: Final = tables.sessions.c
COLUMNS: Final[tuple[ColumnElement[Any], ...]] = (
    _rows.id,
    _rows.day,
    _rows.kind,
    _rows.logged_at,
    _rows.places,
    _rows.label,
    _rows.note,
    _rows.reported,
)
"""What `read` takes, in its order."""
_all: Final = (
    select(*COLUMNS)
    .where(_rows.patient_id == bindparam("patient"), _rows.undone_at.is_(None))
    .order_by(_rows.day, _rows.id)
)
_by, _undone_by, _confirmed_by = (tables.therapists.alias(name) for name in ("by", "undone", "confirmed"))
_versions: Final = (
    select(
        *COLUMNS,
        _rows.corrects,
        _by.c.name,
        func.coalesce(_rows.held_at, _rows.logged_at),
        _rows.undone_at,
        _undone_by.c.name,
        _rows.confirmed_at,
        _confirmed_by.c.name,
    )
    .select_from(
        tables.sessions.outerjoin(_by, _by.c.id == _rows.therapist_id)
        .outerjoin(_undone_by, _undone_by.c.id == _rows.undone_by)
        .outerjoin(_confirmed_by, _confirmed_by.c.id == _rows.confirmed_by)
    )
    .where(_rows.patient_id == bindparam("patient"))
    .order_by(_rows.id)
)


def read(
    id: int,
    day: date,
    kind: Kind,
    logged_at: datetime,
    places: Sequence[Sequence[str | None]],
    label: str | None,
    note: str | None,
    reported: bool,
) -> Session:
    """A session from its row."""
    where = tuple(Place(str(site), None if side is None else Side(side)) for site, side in places)
    return Session(SessionId(id), day, kind, logged_at, where, label, note, reported)


def add(
    tx: Connection,
    patient_id: PatientId,
    therapist_id: TherapistId | None,
    *,
    day: date,
    kind: Kind,
    places: Sequence[Place] = (),
    label: str | None = None,
    note: str | None = None,
    reported: bool = False,
    held_at: datetime | None = None,
    corrects: SessionId | None = None,
    now: datetime,
) -> Session:
    """Keep one form of a session; no therapist: the patient wrote it."""
    session_id = SessionId(ids.unused(tx, tables.sessions))
    tx.execute(
        tables.sessions.insert(),
        {
            "id": session_id,
            "patient_id": patient_id,
            "therapist_id": therapist_id,
            "day": day,
            "kind": kind,
            "places": [[place.site, None if place.side is None else place.side.value] for place in places],
            "label": label,
            "note": note,
            "reported": reported,
            "held_at": held_at,
            "corrects": corrects,
            "logged_at": now,
        },
    )
    return Session(session_id, day, kind, now, tuple(places), label, note, reported)


def undo(
    tx: Connection, patient_id: PatientId, session_id: SessionId, therapist_id: TherapistId | None, now: datetime
) -> bool:
    """This form does not count any more; the row is kept. No therapist: the patient did it. False: it did not count."""
    done = tx.execute(
        update(tables.sessions)
        .where(_rows.id == session_id, _rows.patient_id == patient_id, _rows.undone_at.is_(None))
        .values(undone_at=now, undone_by=therapist_id)
    )
    return done.rowcount == 1


def confirm(
    tx: Connection, patient_id: PatientId, session_id: SessionId, therapist_id: TherapistId, now: datetime
) -> bool:
    """A therapist says that what the patient reported is right. False: somebody did before, or it does not count."""
    done = tx.execute(
        update(tables.sessions)
        .where(
            _rows.id == session_id,
            _rows.patient_id == patient_id,
            _rows.undone_at.is_(None),
            _rows.reported,
            _rows.confirmed_at.is_(None),
        )
        .values(confirmed_at=now, confirmed_by=therapist_id)
    )
    return done.rowcount == 1


def all_of(tx: Connection, patient_id: PatientId) -> tuple[Session, ...]:
    """The sessions that stand, oldest first."""
    return tuple(read(*row) for row in tx.execute(_all, {"patient": patient_id}))


def versions_of(tx: Connection, patient_id: PatientId) -> list[Version]:
    """Every form of every session, in the order in which they were written."""
    return [Version(read(*row[:8]), *row[8:]) for row in tx.execute(_versions, {"patient": patient_id})]
