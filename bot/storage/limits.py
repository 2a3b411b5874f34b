"""From which scores on an alert is raised, where a patient has limits of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.diary.accesses import What
from bot.diary.alerts import USUAL, Limits
from bot.diary.people import PatientId
from bot.storage import tables
from bot.storage.prepared import listed

_of: Final = select(tables.patients.c.alert_rise, tables.patients.c.alert_high).where(
    tables.patients.c.id == bindparam("patient")
)
_own: Final = select(tables.patients.c.id, tables.patients.c.alert_rise, tables.patients.c.alert_high).where(
    tables.patients.c.id.in_(listed("patients")),
    tables.patients.c.alert_rise.is_not(None) | tables.patients.c.alert_high.is_not(None),
)
_changed: Final = (
    select(tables.therapists.c.name, tables.accesses.c.at)
    .join(tables.therapists, tables.therapists.c.id == tables.accesses.c.therapist_id)
    .where(tables.accesses.c.patient_id == bindparam("patient"), tables.accesses.c.what == What.LIMITS)
    .order_by(tables.accesses.c.at.desc(), tables.accesses.c.id.desc())
    .limit(1)
)


def of(tx: Connection, patient_id: PatientId) -> Limits:
    """This patient's limits; the rule's own where none were chosen."""
    return _read(*tx.execute(_of, {"patient": patient_id}).one())


def own(tx: Connection, patient_ids: Sequence[PatientId]) -> dict[PatientId, Limits]:
    """The limits of those among these patients who have some of their own."""
    rows = tx.execute(_own, {"patients": json.dumps(patient_ids)})
    return {PatientId(patient_id): _read(rise, high) for patient_id, rise, high in rows}


def _read(rise: int | None, high: int | None) -> Limits:
    return Limits(USUAL.rise if rise is None else rise, USUAL.high if high is None else high)


def put(tx: Connection, patient_id: PatientId, limits: Limits) -> None:
    """What equals the rule's own follows it, also where that changes one day."""
    values = {
        "alert_rise": None if limits.rise == USUAL.rise else limits.rise,
        "alert_high": None if limits.high == USUAL.high else limits.high,
    }
    tx.execute(update(tables.patients).where(tables.patients.c.id == patient_id).values(**values))


def changed(tx: Connection, patient_id: PatientId) -> tuple[str, datetime] | None:
    """Who changed them last, and when; None: nobody has."""
    row = tx.execute(_changed, {"patient": patient_id}).first()
    return None if row is None else (row[0], row[1])
