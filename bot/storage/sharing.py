"""Shares: which therapist may see which diary. Every query on a diary for a therapist goes through one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.people import ChatId, PatientId, Stage, TherapistId
from bot.diary.sharing import Share
from bot.storage import tables, waking

_SHARE: Final = [tables.shares.c[name] for name in Share.__dataclass_fields__]
HOLDS: Final[tuple[ColumnElement[bool], ...]] = (
    tables.shares.c.since <= bindparam("now"),
    tables.shares.c.ended_at.is_(None) | (tables.shares.c.ended_at > bindparam("now")),
)
"""What diary/sharing.py calls `may_see`, of rows, at the instant that is given as `now`."""
_find: Final = select(*_SHARE).where(
    tables.shares.c.patient_id == bindparam("patient"), tables.shares.c.therapist_id == bindparam("therapist")
)
# Nobody sees the diary of someone who wants it deleted, whatever they shared before.
_is_seen: Final = exists().where(
    tables.patients.c.id == tables.shares.c.patient_id, tables.patients.c.stage != Stage.FORGETTING
)
_of_therapist: Final = (
    select(*_SHARE)
    .where(tables.shares.c.therapist_id == bindparam("therapist"), *HOLDS, _is_seen)
    .order_by(tables.shares.c.label)
)
_every_of_therapist: Final = (
    select(*_SHARE)
    .where(
        tables.shares.c.therapist_id == bindparam("therapist"),
        tables.shares.c.ended_at.is_(None) | (tables.shares.c.ended_at > bindparam("now")),
    )
    .order_by(tables.shares.c.patient_id)
)
_ever_of_patient: Final = (
    select(*_SHARE).where(tables.shares.c.patient_id == bindparam("patient")).order_by(tables.shares.c.since)
)
_of_patient: Final = _ever_of_patient.where(*HOLDS, _is_seen)
AUDIENCE: Final = (
    select(tables.therapists.c.id)
    .join_from(tables.shares, tables.therapists, tables.therapists.c.id == tables.shares.c.therapist_id)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.therapists.c.chat_id)
    .where(tables.shares.c.patient_id == bindparam("patient"), *HOLDS, _is_seen, tables.therapists.c.left_at.is_(None))
    .order_by(tables.shares.c.since, tables.therapists.c.id)
)
"""The therapists who may see the diary of `patient` at `now` and work here, the oldest share first. Whoever reads them
takes the columns that they need, with `with_only_columns`."""


def put(tx: Connection, share: Share) -> None:
    """Keep a yes; saying it again after it was ended opens the share anew."""
    values = {name: getattr(share, name) for name in Share.__dataclass_fields__}
    tx.execute(
        insert(tables.shares)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["patient_id", "therapist_id"],
            set_={name: values[name] for name in ("label", "since", "ended_at", "until_day")},
        )
    )
    waking.of_patient(tx, share.patient_id, share.since)
    if share.until_day is not None:
        waking.unseen_of_patient(tx, share.patient_id, share.since)


def find(tx: Connection, patient_id: PatientId, therapist_id: TherapistId) -> Share | None:
    row = tx.execute(_find, {"patient": patient_id, "therapist": therapist_id}).first()
    return None if row is None else Share(*row)


def all_of(tx: Connection, therapist_id: TherapistId, now: datetime) -> list[Share]:
    """The shares by which this therapist may see a diary now, by label."""
    return [Share(*row) for row in tx.execute(_of_therapist, {"therapist": therapist_id, "now": now})]


def standing_of(tx: Connection, therapist_id: TherapistId, now: datetime) -> list[Share]:
    """The shares of this therapist that were not ended, those for a time to come included."""
    return [Share(*row) for row in tx.execute(_every_of_therapist, {"therapist": therapist_id, "now": now})]


def readers_of(tx: Connection, patient_id: PatientId, now: datetime) -> list[Share]:
    """The shares by which somebody may see this diary now, oldest first."""
    return [Share(*row) for row in tx.execute(_of_patient, {"patient": patient_id, "now": now})]


def ever_of(tx: Connection, patient_id: PatientId) -> list[Share]:
    """Every share that stands or stood, oldest first."""
    return [Share(*row) for row in tx.execute(_ever_of_patient, {"patient": patient_id})]


def end(tx: Connection, patient_id: PatientId, therapist_id: TherapistId, now: datetime) -> None:
    tx.execute(
        update(tables.shares)
        .where(tables.shares.c.patient_id == patient_id, tables.shares.c.therapist_id == therapist_id)
        .values(ended_at=now)
    )
    waking.of_patient(tx, patient_id, now)


def may_read(tx: Connection, reader: ChatId, patient_id: PatientId, now: datetime) -> bool:
    """Whether the chat is the patient's own, or that of a therapist who may see the diary now."""
    own = select(tables.patients.c.id).where(tables.patients.c.id == patient_id, tables.patients.c.chat_id == reader)
    shared = (
        select(tables.shares.c.patient_id)
        .join(tables.therapists, tables.therapists.c.id == tables.shares.c.therapist_id)
        .where(
            tables.shares.c.patient_id == patient_id,
            *HOLDS,
            _is_seen,
            tables.therapists.c.chat_id == reader,
            tables.therapists.c.left_at.is_(None),
        )
    )
    return tx.execute(own.union_all(shared), {"now": now}).first() is not None
