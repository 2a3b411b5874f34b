"""The log of who saw what: entries are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from bot.diary.accesses import ONE_LOOK, Access, Seen, What
from bot.diary.people import PatientId, TherapistId
from bot.storage import tables
from bot.storage.prepared import Prepared, listed

_add: Final = Prepared(tables.accesses.insert(), ["patient_id", "therapist_id", "what", "at"])
_there: Final = select(tables.patients.c.id).where(tables.patients.c.id.in_(listed("patients")))
_lately: Final = select(tables.accesses.c.id).where(
    tables.accesses.c.patient_id == bindparam("patient"),
    tables.accesses.c.at > bindparam("since"),
    tables.accesses.c.therapist_id == bindparam("therapist"),
    tables.accesses.c.what.in_(bindparam("of", expanding=True)),
)
_of: Final = (
    select(tables.accesses.c.therapist_id, tables.therapists.c.name, tables.accesses.c.what, tables.accesses.c.at)
    .join(tables.therapists, tables.therapists.c.id == tables.accesses.c.therapist_id)
    .where(tables.accesses.c.patient_id == bindparam("patient"))
    .order_by(tables.accesses.c.at.desc(), tables.accesses.c.id.desc())
    .limit(bindparam("most"))
)


def add(tx: Connection, therapist_id: TherapistId, what: What, now: datetime, *patient_ids: PatientId) -> None:
    """Write down that a therapist saw this of these patients, or did it."""
    _add.many(tx, [{"patient_id": one, "therapist_id": therapist_id, "what": what, "at": now} for one in patient_ids])


def look(tx: Connection, therapist_id: TherapistId, of: Sequence[What], now: datetime, patient_id: PatientId) -> None:
    """Write down the first of `of`, unless this goes on with what was written down of them within ONE_LOOK."""
    values = {"patient": patient_id, "therapist": therapist_id, "since": now - ONE_LOOK, "of": of}
    if tx.execute(_lately, values).first() is None:
        add(tx, therapist_id, of[0], now, patient_id)


def shown(tx: Connection, seen: Seen, at: datetime) -> None:
    """Write down what a message that has just arrived shows; nothing of patients who were forgotten meanwhile."""
    there = tx.execute(_there, {"patients": json.dumps([int(one) for one in seen.patients])}).scalars()
    add(tx, seen.therapist_id, seen.what, at, *map(PatientId, there))


def newest(tx: Connection, patient_id: PatientId, most: int) -> Sequence[Access]:
    """The newest `most` entries about a patient, newest first."""
    return [Access(TherapistId(row[0]), *row[1:]) for row in tx.execute(_of, {"patient": patient_id, "most": most})]
