"""The weekly hour has come: sum up the week for whoever is due, once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import diary, reports, storage
from bot.chat.messages import Message, as_data
from bot.chat.words import words
from bot.diary.digests import Slot
from bot.diary.people import ChatId, Patient, PatientId, Reach, Role, Stage, Therapist
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

FAILED: Final = "a digest could not be made"
AT_ONCE: Final = 20
"""Patients' digests prepared in one transaction; of therapists' one, which is a whole panel. Taps wait that long."""


def send_due(tx: Connection, settings: Settings, now: datetime) -> int:
    """Prepare up to AT_ONCE digests that are due; returns how many readers were looked at."""
    count = 0
    for reader in storage.digests.due_patients(tx, now, AT_ONCE):
        assert isinstance(reader.person, Patient)
        patient = reader.person
        slot = _slot(settings, patient.next_digest_at, patient.zone, patient.prompt_time, now)
        storage.digests.put_next_for_patient(tx, patient.id, slot.next_at)
        if reader.reach is Reach.OK and patient.stage is Stage.ACTIVE:
            apart(tx, FAILED, partial(_to_patient, tx, patient, reader.language, slot, now), _nothing)
        count += 1
    for reader in storage.digests.due_therapists(tx, now, 0 if count else 1):
        assert isinstance(reader.person, Therapist)
        therapist = reader.person
        slot = _slot(settings, therapist.next_digest_at, therapist.zone, diary.days.CUT_OFF, now)
        storage.digests.put_next_for_therapist(tx, therapist.id, slot.next_at)
        if reader.reach is Reach.OK:
            apart(tx, FAILED, partial(_to_therapist, tx, therapist, reader.language, slot, now), _nothing)
        elif storage.sharing.all_of(tx, therapist.id):
            storage.people.undelivered(tx, therapist.chat_id, now)
        count += 1
    return count


def _slot(settings: Settings, due_at: datetime | None, zone: str, prompt_time: time, now: datetime) -> Slot:
    assert due_at is not None
    return diary.digests.slot(due_at, now, zone, settings.digest_weekday, settings.digest_time, prompt_time)


def _nothing() -> None:
    """A digest that our code trips over is missing; `/week` and `/digest` still bring it."""


def _to_patient(tx: Connection, patient: Patient, language: str, slot: Slot, now: datetime) -> None:
    start = slot.week
    kept = storage.entries.diary_of(tx, patient)
    if kept.enrolled_day > start + timedelta(days=6):
        return
    if not storage.digests.claim(tx, patient.chat_id, Role.PATIENT, start, now):
        return
    say = words(language)
    shares = storage.sharing.readers_of(tx, patient.id)
    reader = storage.people.therapist_by_id(tx, shares[0].therapist_id).name if shares else None
    missing = storage.digests.name_missing(tx, patient.chat_id, Role.PATIENT, now)
    skipped = [week for week in slot.skipped if kept.enrolled_day <= week + timedelta(days=6)]
    messages = reports.letters.patient_week(patient, kept, start, now, say, reader)
    if lost := reports.letters.not_there(missing, skipped, say):
        messages.insert(0, Message(lost))
    _send(tx, patient.chat_id, Role.PATIENT, start, messages, patient.id, now)


def _to_therapist(tx: Connection, therapist: Therapist, language: str, slot: Slot, now: datetime) -> None:
    panel = storage.panels.panel_of(tx, therapist.id, now, slot.at)
    if not panel.members or not storage.digests.claim(tx, therapist.chat_id, Role.THERAPIST, slot.week, now):
        return
    missing = storage.digests.name_missing(tx, therapist.chat_id, Role.THERAPIST, now)
    message = reports.letters.panel_week(panel, missing, words(language), slot.skipped)
    _send(tx, therapist.chat_id, Role.THERAPIST, slot.week, [message], None, now)


def _send(
    tx: Connection,
    to: ChatId,
    role: Role,
    week: date,
    messages: list[Message],
    patient_id: PatientId | None,
    now: datetime,
) -> None:
    for message in messages:
        outbox_id = storage.outbox.add(
            tx,
            to,
            Action.SEND,
            as_data(message),
            urgency=Urgency.DIGEST,
            now=now,
            patient_id=patient_id,
            once=True,
        )
        storage.digests.put_outbox(tx, to, role, week, outbox_id)
