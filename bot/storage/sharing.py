"""Shares: which therapist may see which diary. Every query on a diary for a therapist goes through one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, exists, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.people import ChatId, PatientId, Stage, TherapistId
from bot.diary.sharing import Share
from bot.storage import tables

_SHARE: Final = [
    tables.shares.c.patient_id,
    tables.shares.c.therapist_id,
    tables.shares.c.label,
    tables.shares.c.since,
    tables.shares.c.ended_at,
]
_find: Final = select(*_SHARE).where(
    tables.shares.c.patient_id == bindparam("patient"), tables.shares.c.therapist_id == bindparam("therapist")
)
# Nobody sees the diary of someone who wants it deleted, whatever they shared before.
_is_seen: Final = exists().where(
    tables.patients.c.id == tables.shares.c.patient_id, tables.patients.c.stage != Stage.FORGETTING
)
_of_therapist: Final = (
    select(*_SHARE)
    .where(tables.shares.c.therapist_id == bindparam("therapist"), tables.shares.c.ended_at.is_(None), _is_seen)
    .order_by(tables.shares.c.label)
)
_ever_of_patient: Final = (
    select(*_SHARE).where(tables.shares.c.patient_id == bindparam("patient")).order_by(tables.shares.c.since)
)
_of_patient: Final = _ever_of_patient.where(tables.shares.c.ended_at.is_(None), _is_seen)


def put(tx: Connection, share: Share) -> None:
    """Keep a yes; saying it again after it was ended opens the share anew."""
    values = {
        "patient_id": share.patient_id,
        "therapist_id": share.therapist_id,
        "label": share.label,
        "since": share.since,
        "ended_at": share.ended_at,
    }
    tx.execute(
        insert(tables.shares)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["patient_id", "therapist_id"],
            set_={"label": share.label, "since": share.since, "ended_at": share.ended_at},
        )
    )


def find(tx: Connection, patient_id: PatientId, therapist_id: TherapistId) -> Share | None:
    row = tx.execute(_find, {"patient": patient_id, "therapist": therapist_id}).first()
    return None if row is None else Share(*row)


def all_of(tx: Connection, therapist_id: TherapistId) -> list[Share]:
    """The shares that stand now, by label."""
    return [Share(*row) for row in tx.execute(_of_therapist, {"therapist": therapist_id})]


def readers_of(tx: Connection, patient_id: PatientId) -> list[Share]:
    """The shares that stand now, oldest first."""
    return [Share(*row) for row in tx.execute(_of_patient, {"patient": patient_id})]


def ever_of(tx: Connection, patient_id: PatientId) -> list[Share]:
    """Every share that stands or stood, oldest first."""
    return [Share(*row) for row in tx.execute(_ever_of_patient, {"patient": patient_id})]


def end(tx: Connection, patient_id: PatientId, therapist_id: TherapistId, now: datetime) -> None:
    tx.execute(
        update(tables.shares)
        .where(tables.shares.c.patient_id == patient_id, tables.shares.c.therapist_id == therapist_id)
        .values(ended_at=now)
    )


def may_read(tx: Connection, reader: ChatId, patient_id: PatientId) -> bool:
    """Whether the chat is the patient's own, or that of a therapist with a standing share."""
    own = select(tables.patients.c.id).where(tables.patients.c.id == patient_id, tables.patients.c.chat_id == reader)
    shared = (
        select(tables.shares.c.patient_id)
        .join(tables.therapists, tables.therapists.c.id == tables.shares.c.therapist_id)
        .where(
            tables.shares.c.patient_id == patient_id,
            tables.shares.c.ended_at.is_(None),
            _is_seen,
            tables.therapists.c.chat_id == reader,
        )
    )
    return tx.execute(own.union_all(shared)).first() is not None
