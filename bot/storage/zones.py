"""By which clock a patient was asked, since when; no row is ever changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.diary.people import PatientId
from bot.storage import tables


def put(tx: Connection, patient_id: PatientId, zone: str, now: datetime) -> None:
    """From now on the patient is asked by the clock of `zone`; nothing is written where that is so already."""
    if all_of(tx, patient_id)[-1:] != [zone]:
        tx.execute(tables.zones.insert(), {"patient_id": patient_id, "zone": zone, "since": now})


def all_of(tx: Connection, patient_id: PatientId) -> list[str]:
    """The zones one after the other, the present one last."""
    statement = select(tables.zones.c.zone).where(tables.zones.c.patient_id == patient_id).order_by(tables.zones.c.id)
    return list(tx.execute(statement).scalars())
