"""Who is due for a digest, and which digest of which week was planned for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.people import ChatId, Patient, PatientId, Reach, Role, Therapist, TherapistId
from bot.storage import tables
from bot.storage.people import PATIENT, THERAPIST


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone whose digest hour has come."""

    person: Patient | Therapist
    language: str
    reach: Reach


def due_patients(tx: Connection, now: datetime, limit: int) -> list[Reader]:
    statement = (
        select(*PATIENT, tables.accounts.c.language, tables.accounts.c.reach)
        .join(tables.accounts, tables.accounts.c.chat_id == tables.patients.c.chat_id)
        .where(tables.patients.c.next_digest_at <= now)
        .order_by(tables.patients.c.next_digest_at)
        .limit(limit)
    )
    return [Reader(Patient(*row[:-2]), row[-2], row[-1]) for row in tx.execute(statement)]


def due_therapists(tx: Connection, now: datetime, limit: int) -> list[Reader]:
    statement = (
        select(*THERAPIST, tables.accounts.c.language, tables.accounts.c.reach)
        .join(tables.accounts, tables.accounts.c.chat_id == tables.therapists.c.chat_id)
        .where(tables.therapists.c.next_digest_at <= now)
        .order_by(tables.therapists.c.next_digest_at)
        .limit(limit)
    )
    return [Reader(Therapist(*row[:-2]), row[-2], row[-1]) for row in tx.execute(statement)]


def put_next_for_patient(tx: Connection, patient_id: PatientId, at: datetime) -> None:
    tx.execute(update(tables.patients).where(tables.patients.c.id == patient_id).values(next_digest_at=at))


def put_next_for_therapist(tx: Connection, therapist_id: TherapistId, at: datetime) -> None:
    tx.execute(update(tables.therapists).where(tables.therapists.c.id == therapist_id).values(next_digest_at=at))


def claim(tx: Connection, chat: ChatId, role: Role, week: date, now: datetime) -> bool:
    """Take the digest of one week for one reader; False where it was taken before."""
    taken = tx.execute(
        insert(tables.digests).values(chat_id=chat, role=role, week=week, planned_at=now).on_conflict_do_nothing()
    )
    return taken.rowcount == 1


def put_outbox(tx: Connection, chat: ChatId, role: Role, week: date, outbox_id: int) -> None:
    """Tie a digest to a message that carries it; where there are several, to each, one after the other."""
    tx.execute(
        update(tables.digests)
        .where(tables.digests.c.chat_id == chat, tables.digests.c.role == role, tables.digests.c.week == week)
        .values(first_outbox_id=func.coalesce(tables.digests.c.first_outbox_id, outbox_id), outbox_id=outbox_id)
    )


def name_missing(tx: Connection, chat: ChatId, role: Role, now: datetime) -> list[date]:
    """The weeks of whose digest a message may never have arrived, and that no digest has named yet; now they are."""
    statement = (
        select(tables.digests.c.week)
        .join(tables.outbox, tables.outbox.c.id.between(tables.digests.c.first_outbox_id, tables.digests.c.outbox_id))
        .where(
            tables.outbox.c.chat_id == chat,
            tables.digests.c.chat_id == chat,
            tables.digests.c.role == role,
            tables.digests.c.named_at.is_(None),
            tables.outbox.c.state == tables.OutboxState.IN_DOUBT,
        )
        .distinct()
        .order_by(tables.digests.c.week)
    )
    weeks = list(tx.execute(statement).scalars())
    if weeks:
        tx.execute(
            update(tables.digests)
            .where(tables.digests.c.chat_id == chat, tables.digests.c.role == role, tables.digests.c.week.in_(weeks))
            .values(named_at=now)
        )
    return weeks
