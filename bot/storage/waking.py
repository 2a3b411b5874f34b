"""Alerts that are still looked after are looked at anew where something changes about who can read them.

Where somebody comes to stand in, those that nobody has answered for long are looked at once more, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, exists, select, update

from bot.diary.alerts import ANSWERS
from bot.diary.people import ChatId, PatientId, TherapistId
from bot.diary.unseen import PASSED_ON_FOR
from bot.storage import tables

_wake: Final = update(tables.alerts).where(tables.alerts.c.due_at > bindparam("at")).values(due_at=bindparam("at"))
_of_patient: Final = _wake.where(tables.alerts.c.patient_id == bindparam("patient"))
_theirs: Final = tables.alerts.c.patient_id.in_(
    select(tables.shares.c.patient_id).where(tables.shares.c.therapist_id == bindparam("therapist"))
)
_of_therapist: Final = _wake.where(_theirs)
_wake_unseen: Final = (
    update(tables.alerts)
    .where(
        tables.alerts.c.due_at.is_(None),
        tables.alerts.c.withdrawn_at.is_(None),
        tables.alerts.c.raised_at > bindparam("since"),
        ~exists().where(tables.alert_acts.c.alert_id == tables.alerts.c.id, tables.alert_acts.c.act.in_(ANSWERS)),
    )
    .values(due_at=bindparam("at"))
)
_unseen_of_patient: Final = _wake_unseen.where(tables.alerts.c.patient_id == bindparam("patient"))
_unseen_of_therapist: Final = _wake_unseen.where(_theirs)
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


def unseen_of_patient(tx: Connection, patient_id: PatientId, at: datetime) -> None:
    """Somebody stands in from then on, and may see this diary."""
    tx.execute(_unseen_of_patient, {"patient": patient_id, "since": at - PASSED_ON_FOR, "at": at})


def unseen_of_therapist(tx: Connection, therapist_id: TherapistId, now: datetime) -> None:
    """Somebody stands in for this therapist, or will."""
    of_therapist(tx, therapist_id, now)
    tx.execute(_unseen_of_therapist, {"therapist": therapist_id, "since": now - PASSED_ON_FOR, "at": now})
