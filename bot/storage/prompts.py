"""Who is due for a prompt, and the claim that makes sure it goes once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from bot.diary.entries import Cause
from bot.diary.people import Patient, PatientId, Reach
from bot.diary.prompts import Due
from bot.storage import tables
from bot.storage.people import PATIENT


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient whose hour has come, and how their chat stands."""

    patient: Patient
    language: str
    reach: Reach
    reach_since: datetime


_due: Final = (
    select(*PATIENT, tables.accounts.c.language, tables.accounts.c.reach, tables.accounts.c.reach_since)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.patients.c.chat_id)
    .where(tables.patients.c.next_prompt_at <= bindparam("now"))
    .order_by(tables.patients.c.next_prompt_at)
    .limit(bindparam("limit"))
)
_claim: Final = (
    update(tables.patients)
    .where(tables.patients.c.id == bindparam("patient"), tables.patients.c.next_prompt_at == bindparam("due_at"))
    .values(next_prompt_at=bindparam("next_at"), next_prompt_day=bindparam("next_on"))
)
_settle: Final = (
    update(tables.diary_days)
    .where(
        tables.diary_days.c.patient_id == bindparam("patient"),
        tables.diary_days.c.day == bindparam("on"),
        tables.diary_days.c.sent_at.is_(None),
    )
    .values(sent_at=bindparam("at"), not_asked=bindparam("cause"))
)
# A bubble that never came on screen is no bubble of the day: else a typed answer would edit what nobody sees.
_unshow: Final = (
    update(tables.diary_days)
    .where(
        tables.diary_days.c.patient_id == bindparam("patient"),
        tables.diary_days.c.day == bindparam("on"),
        tables.diary_days.c.bubble_id == bindparam("bubble"),
    )
    .values(bubble_id=None)
)


def due(tx: Connection, now: datetime, limit: int) -> list[Candidate]:
    """Patients whose hour has come, the longest waiting first."""
    return [Candidate(Patient(*row[:-3]), *row[-3:]) for row in tx.execute(_due, {"now": now, "limit": limit})]


def claim(tx: Connection, patient: Patient, following: Due) -> bool:
    """Move the patient's due time on, if nobody did before."""
    claimed = tx.execute(
        _claim,
        {"patient": patient.id, "due_at": patient.next_prompt_at, "next_at": following.at, "next_on": following.day},
    )
    return claimed.rowcount == 1


def settle(
    tx: Connection,
    patient_id: PatientId,
    day: date,
    *,
    sent_at: datetime | None,
    cause: Cause | None,
    bubble_id: int | None = None,
) -> None:
    """Note that the prompt of a day arrived, or why it never will; then `bubble_id` is the bubble that never showed."""
    tx.execute(_settle, {"patient": patient_id, "on": day, "at": sent_at, "cause": cause})
    if cause is not None and bubble_id is not None:
        tx.execute(_unshow, {"patient": patient_id, "on": day, "bubble": bubble_id})


def answers_lost(tx: Connection, since: datetime, until: datetime) -> int:
    """Replies from between these instants are lost: asked days that were open then and have no answer are our fault.

    Returns how many. Goes through the patients, since days are found by patient and date alone.
    """
    table = tables.diary_days.c
    changed = tx.execute(
        update(tables.diary_days)
        .where(
            table.patient_id.in_(select(tables.patients.c.id)),
            table.day.between(since.date() - timedelta(days=2), until.date() + timedelta(days=1)),
            table.sent_at < until,
            table.closes_at > since,
            table.answered_at.is_(None),
            table.declined_at.is_(None),
            table.not_asked.is_(None),
        )
        .values(not_asked=Cause.BOT)
    )
    return changed.rowcount


def next_due_at(tx: Connection) -> datetime | None:
    """The earliest instant at which anything is due: a prompt or a digest."""
    instants = [
        tx.execute(select(func.min(column))).scalar()
        for column in (
            tables.patients.c.next_prompt_at,
            tables.patients.c.next_digest_at,
            tables.therapists.c.next_digest_at,
        )
    ]
    return min((instant for instant in instants if instant is not None), default=None)
