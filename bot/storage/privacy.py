"""The wish to be forgotten: kept, taken back, carried out.

Law: whoever is forgotten is in the ledger before the rows are gone for good, so that no kill and no backup undoes it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.diary.people import ChatId, Patient, PatientId, Reach, Stage
from bot.storage import erasure, ledger, outbox, sweeping, tables
from bot.storage.people import PATIENT, find_account
from bot.storage.prepared import Prepared, driver
from bot.storage.tables import Action, OutboxState

_forget_at: Final = tables.patients.c.forget_at
_due: Final = Prepared(
    select(*PATIENT).where(_forget_at <= bindparam("now")).order_by(_forget_at).limit(bindparam("limit"))
)
_waiting_bodies: Final = select(tables.outbox.c.body).where(
    tables.outbox.c.state == OutboxState.WAITING, tables.outbox.c.action == Action.SEND
)


def begin(tx: Connection, patient: Patient, forget_at: datetime, now: datetime) -> None:
    """From now on nothing is asked and nobody sees the diary; at `forget_at` everything about this patient is deleted.

    What waits to be said about them, to whomever, is not said any more.
    """
    tx.execute(
        update(tables.patients)
        .where(tables.patients.c.id == patient.id)
        .values(
            stage=Stage.FORGETTING,
            stage_before=patient.stage,
            forget_at=forget_at,
            next_prompt_at=None,
            next_prompt_day=None,
            next_digest_at=None,
            followup=None,
            next_followup_at=None,
            next_followup_day=None,
        )
    )
    tx.execute(update(tables.red_flags).where(tables.red_flags.c.patient_id == patient.id).values(due_at=None))
    outbox.withdraw(tx, patient.id, now, own_chat=patient.chat_id)
    # A bubble that was withdrawn before it came on screen is no bubble of its day.
    unseen = select(tables.bubbles.c.id).where(
        tables.bubbles.c.patient_id == patient.id, tables.bubbles.c.message_id.is_(None)
    )
    tx.execute(
        update(tables.diary_days)
        .where(tables.diary_days.c.patient_id == patient.id, tables.diary_days.c.bubble_id.in_(unseen))
        .values(bubble_id=None)
    )


def take_back(tx: Connection, patient_id: PatientId) -> Stage:
    """The wish is taken back; returns where the patient stood before it. The diary is not open by that alone."""
    before: Stage = tx.execute(
        select(tables.patients.c.stage_before).where(tables.patients.c.id == patient_id)
    ).scalar_one()
    stage = Stage.LEFT if before is Stage.ACTIVE else before
    tx.execute(
        update(tables.patients)
        .where(tables.patients.c.id == patient_id)
        .values(stage=stage, stage_before=None, forget_at=None)
    )
    return before


def due(tx: Connection, now: datetime, limit: int) -> list[Patient]:
    """Patients whose week is over, the longest waiting first."""
    return [Patient(*row) for row in _due.all(tx, {"now": now, "limit": limit})]


def forget(tx: Connection, patient: Patient, now: datetime, *, keeps_account: bool) -> None:
    """Delete everything about a patient; `keeps_account`: the chat has a role that only the settings know of.

    Raises CannotWrite where the ledger can't be written; then nothing is deleted.
    """
    file = driver(tx)
    tag = tx.execute(select(tables.patients.c.tag).where(tables.patients.c.id == patient.id)).scalar_one()
    erasure.erase(file, patient.id, keeps_account=keeps_account)
    outbox.recall(tx, now)
    database = path_of(tx)
    ledger.add(database, [] if tag is None else [tag])
    sweeping.mark(database)
    tx.info[sweeping.WANTED] = True


def forget_again(tx: Connection, database: Path, now: datetime) -> list[tuple[ChatId, str]]:
    """Delete whoever is in the ledger: a kill came before the end of it, or an older file was put in place.

    Returns chat and language of those who were to be deleted by now and who may not have been told.
    """
    file, told = driver(tx), []
    found = erasure.tagged(file)
    gone = sorted(found[tag] for tag in ledger.tags(ledger.beside(database)) & found.keys())
    for patient_id in gone:
        patient = Patient(*tx.execute(select(*PATIENT).where(tables.patients.c.id == patient_id)).one())
        account = find_account(tx, patient.chat_id)
        was_due = patient.forget_at is not None and patient.forget_at <= now
        if was_due and account is not None and account.reach is Reach.OK:
            told.append((patient.chat_id, account.language))
        # What waits is handled in a moment: a tap on "now" gets its answer, and nothing is stored of a stranger.
        erasure.erase(file, patient_id, keeps_waiting=True)
    if gone:
        sweeping.mark(database)
        tx.info[sweeping.WANTED] = True
    return told


def copy_waits(tx: Connection, patient: Patient) -> bool:
    """Whether a copy of everything is on its way to this patient and has not arrived."""
    statement = _waiting_bodies.where(
        tables.outbox.c.patient_id == patient.id, tables.outbox.c.chat_id == patient.chat_id
    )
    return any((body.get("recipe") or {}).get("kind") == "export" for body in tx.execute(statement).scalars())


def path_of(tx: Connection) -> Path:
    """The database's own file."""
    return Path(next(row[2] for row in driver(tx).execute("pragma database_list") if row[1] == "main"))
