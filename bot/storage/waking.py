"""Alerts that are still looked after are looked at anew where something changes about who can read them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.diary.people import ChatId, PatientId, TherapistId
from bot.storage import tables

_wake: Final = update(tables.alerts).where(tables.alerts.c.due_at > bindparam("at")).values(due_at=bindparam("at"))
_of_patient: Final = _wake.where(tables.alerts.c.patient_id == bindparam("patient"))
_of_therapist: Final = _wake.where(
    tables.alerts.c.patient_id.in_(
        select(tables.shares.c.patient_id).where(tables.shares.c.therapist_id == bindparam("therapist"))
    )
)
_therapist: Final = select(tables.therapists.c.id).where(tables.therapists.c.chat_id == bindparam("chat"))


def of_patient(tx: Connection, patient_id: PatientId, now: datetime) -> None:
    """Somebody else may see this diary now, or somebody may not any more."""
    tx.execute(_of_patient, {"patient": patient_id, "at": now})


def of_therapist(tx: Connection, therapist_id: TherapistId, now: datetime) -> None:
    """This therapist has other hours, or has left."""
    tx.execute(_of_therapist, {"therapist": therapist_id, "at": now})


def of_chat(tx: Connection, chat: ChatId, now: datetime) -> None:
    """This chat can be written to again, or can't any more."""
    therapist_id = tx.execute(_therapist, {"chat": chat}).scalar()
    if therapist_id is not None:
        of_therapist(tx, therapist_id, now)
