"""A therapist's patients with their diaries, as the digest rules want them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from bot.diary import digests
from bot.diary.digests import Member, Panel
from bot.diary.entries import cause_of
from bot.diary.excerpts import FOR_NUMBERS
from bot.diary.people import Patient, Stage, TherapistId
from bot.storage import diaries, tables
from bot.storage.people import PATIENT
from bot.storage.sharing import HOLDS

_members: Final = (
    select(*PATIENT, tables.shares.c.label, tables.accounts.c.reach)
    .join(tables.shares, tables.shares.c.patient_id == tables.patients.c.id)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.patients.c.chat_id)
    .where(
        tables.shares.c.therapist_id == bindparam("therapist"),
        *HOLDS,
        tables.patients.c.stage == Stage.ACTIVE,
    )
    .order_by(tables.shares.c.label)
)
_any: Final = _members.with_only_columns(tables.patients.c.id).order_by(None).limit(1)


def anyone(tx: Connection, therapist_id: TherapistId, now: datetime) -> bool:
    """Whether someone who keeps a diary shares it with this therapist now."""
    return tx.execute(_any, {"therapist": therapist_id, "now": now}).first() is not None


def panel_of(tx: Connection, therapist_id: TherapistId, now: datetime, due_at: datetime | None = None) -> Panel:
    """Everyone who shares a diary with this therapist now, each by their own last whole week.

    `due_at`: the hour of a digest that may be late, if it is one; the weeks are those of that hour.
    """
    rows = [
        (Patient(*row[:-2]), row[-2], row[-1]) for row in tx.execute(_members, {"therapist": therapist_id, "now": now})
    ]
    if not rows:
        return digests.panel([])
    starts = {patient.id: digests.last_week(due_at or now, patient.zone, patient.sunday_time) for patient, _, _ in rows}
    recent = min(starts.values()) - FOR_NUMBERS
    kept = diaries.of(tx, [patient for patient, _, _ in rows], recent, now)
    members = []
    for patient, label, reach in rows:
        need = digests.need(kept[patient.id], starts[patient.id], now)
        # The newest day says what was so that evening; since then the patient has left or come back.
        members.append(Member(patient.id, label, replace(need, unreachable=cause_of(reach))))
    return digests.panel(members)
