"""A therapist's patients with their diaries, as the digest rules want them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.diary import digests
from bot.diary.digests import Member, Panel
from bot.diary.entries import cause_of
from bot.diary.people import PatientId, Stage, TherapistId
from bot.storage import entries, people, sharing


def panel_of(tx: Connection, therapist_id: TherapistId, now: datetime, due_at: datetime | None = None) -> Panel:
    """Everyone who shares a diary with this therapist now, each by their own last whole week.

    `due_at`: the hour of a digest that may be late, if it is one; the weeks are those of that hour.
    """
    members = []
    for share in sharing.all_of(tx, therapist_id):
        patient = people.patient_by_id(tx, PatientId(share.patient_id))
        if patient.stage is not Stage.ACTIVE:
            continue
        diary = entries.diary_of(tx, patient)
        start = digests.last_week(due_at or now, patient.zone, patient.prompt_time)
        need = digests.need(diary, start, now)
        account = people.find_account(tx, patient.chat_id)
        if account is not None:
            # The newest day says what was so that evening; since then the patient has left or come back.
            need = replace(need, unreachable=cause_of(account.reach))
        members.append(Member(patient.id, share.label, need))
    return digests.panel(members)
