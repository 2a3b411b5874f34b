"""Who is due for a digest, and which digest of which week was planned for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.people import ChatId, Patient, PatientId, Reach, Role, Therapist, TherapistId
from bot.storage import tables
from bot.storage.people import PATIENT, THERAPIST
from bot.storage.prepared import Prepared
from bot.storage.tables import OutboxState


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone whose digest hour has come."""

    person: Patient | Therapist
    language: str
    reach: Reach


_due_patients: Final = Prepared(
    select(*PATIENT, tables.accounts.c.language, tables.accounts.c.reach)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.patients.c.chat_id)
    .where(tables.patients.c.next_digest_at <= bindparam("now"))
    .order_by(tables.patients.c.next_digest_at)
    .limit(bindparam("limit"))
)
_due_therapists: Final = Prepared(
    select(*THERAPIST, tables.accounts.c.language, tables.accounts.c.reach)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.therapists.c.chat_id)
    .where(tables.therapists.c.next_digest_at <= bindparam("now"), tables.therapists.c.left_at.is_(None))
    .order_by(tables.therapists.c.next_digest_at)
    .limit(bindparam("limit"))
)
_next_of_patient: Final = Prepared(
    update(tables.patients)
    .where(tables.patients.c.id == bindparam("which"))
    .values(next_digest_at=bindparam("next_at"))
)
_next_of_therapist: Final = Prepared(
    update(tables.therapists)
    .where(tables.therapists.c.id == bindparam("which"))
    .values(next_digest_at=bindparam("next_at"))
)
_claim: Final = Prepared(insert(tables.digests).on_conflict_do_nothing(), ("chat_id", "role", "week", "planned_at"))
_tie: Final = Prepared(
    update(tables.digests)
    .where(
        tables.digests.c.chat_id == bindparam("chat"),
        tables.digests.c.role == bindparam("as_role"),
        tables.digests.c.week == bindparam("of_week"),
    )
    .values(
        first_outbox_id=func.coalesce(tables.digests.c.first_outbox_id, bindparam("row")), outbox_id=bindparam("row")
    )
)
_missing: Final = Prepared(
    select(tables.digests.c.week)
    .join(tables.outbox, tables.outbox.c.id.between(tables.digests.c.first_outbox_id, tables.digests.c.outbox_id))
    .where(
        tables.outbox.c.chat_id == bindparam("chat"),
        tables.digests.c.chat_id == bindparam("chat"),
        tables.digests.c.role == bindparam("as_role"),
        tables.digests.c.named_at.is_(None),
        tables.outbox.c.state == OutboxState.IN_DOUBT,
    )
    .distinct()
    .order_by(tables.digests.c.week)
)


def due_patients(tx: Connection, now: datetime, limit: int) -> list[Reader]:
    rows = _due_patients.all(tx, {"now": now, "limit": limit})
    return [Reader(Patient(*row[:-2]), row[-2], row[-1]) for row in rows]


def due_therapists(tx: Connection, now: datetime, limit: int) -> list[Reader]:
    rows = _due_therapists.all(tx, {"now": now, "limit": limit})
    return [Reader(Therapist(*row[:-2]), row[-2], row[-1]) for row in rows]


def put_next_for_patient(tx: Connection, patient_id: PatientId, at: datetime) -> None:
    _next_of_patient.run(tx, {"which": patient_id, "next_at": at})


def put_next_for_therapist(tx: Connection, therapist_id: TherapistId, at: datetime) -> None:
    _next_of_therapist.run(tx, {"which": therapist_id, "next_at": at})


def claim(tx: Connection, chat: ChatId, role: Role, week: date, now: datetime) -> bool:
    """Take the digest of one week for one reader; False where it was taken before."""
    return _claim.run(tx, {"chat_id": chat, "role": role, "week": week, "planned_at": now}) == 1


def claimed(tx: Connection, chat: ChatId, role: Role, week: date) -> bool:
    """Whether the digest of this week was taken already."""
    table = tables.digests.c
    found = select(table.week).where(table.chat_id == chat, table.role == role, table.week == week)
    return tx.execute(found).first() is not None


def put_outbox(tx: Connection, chat: ChatId, role: Role, week: date, outbox_id: int) -> None:
    """Tie a digest to a message that carries it; where there are several, to each, one after the other."""
    _tie.run(tx, {"chat": chat, "as_role": role, "of_week": week, "row": outbox_id})


def name_missing(tx: Connection, chat: ChatId, role: Role, now: datetime) -> list[date]:
    """The weeks of whose digest a message may never have arrived, and that no digest has named yet; now they are."""
    weeks = [row[0] for row in _missing.all(tx, {"chat": chat, "as_role": role})]
    if weeks:
        tx.execute(
            update(tables.digests)
            .where(tables.digests.c.chat_id == chat, tables.digests.c.role == role, tables.digests.c.week.in_(weeks))
            .values(named_at=now)
        )
    return weeks
