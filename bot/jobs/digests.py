"""The weekly hour has come: claim the week of whoever is due, once.

A claim only names what to make; bot/press.py makes it as it is sent. So a thousand of them take taps no time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import diary, reports, storage
from bot.chat.messages import Message, as_data
from bot.chat.words import words_in
from bot.diary.digests import Slot
from bot.diary.people import ChatId, Patient, PatientId, Reach, Role, Stage, Therapist
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

FAILED: Final = "a digest could not be made"
AT_ONCE: Final = 50
"""Digests claimed in one transaction; taps wait that long."""


def send_due(tx: Connection, settings: Settings, now: datetime) -> int:
    """Claim up to AT_ONCE digests that are due; returns how many readers were looked at."""
    count = 0
    for reader in storage.digests.due_patients(tx, now, AT_ONCE):
        assert isinstance(reader.person, Patient)
        patient = reader.person
        slot = _slot(settings, patient.next_digest_at, patient.zone, patient.sunday_time, now)
        storage.digests.put_next_for_patient(tx, patient.id, slot.next_at)
        if reader.reach is Reach.OK and patient.stage is Stage.ACTIVE:
            apart(tx, FAILED, partial(_to_patient, tx, patient, reader.language, slot, now), _nothing)
        count += 1
    for reader in storage.digests.due_therapists(tx, now, AT_ONCE - count):
        assert isinstance(reader.person, Therapist)
        therapist = reader.person
        weekday = settings.digest_weekday if therapist.digest_weekday is None else therapist.digest_weekday
        wall = therapist.digest_time or settings.digest_time
        assert therapist.next_digest_at is not None
        slot = diary.digests.slot(therapist.next_digest_at, now, therapist.zone, weekday, wall, diary.days.CUT_OFF)
        storage.digests.put_next_for_therapist(tx, therapist.id, slot.next_at)
        if reader.reach is Reach.OK:
            apart(tx, FAILED, partial(_to_therapist, tx, therapist, reader.language, slot, now), _nothing)
        elif storage.sharing.all_of(tx, therapist.id, now):
            storage.people.undelivered(tx, therapist.chat_id, now)
        count += 1
    return count


def _slot(settings: Settings, due_at: datetime | None, zone: str, prompt_time: time, now: datetime) -> Slot:
    assert due_at is not None
    return diary.digests.slot(due_at, now, zone, settings.digest_weekday, settings.digest_time, prompt_time)


def _nothing() -> None:
    """A digest that our code trips over is missing; `/week` and `/digest` still bring it."""


def _to_patient(tx: Connection, patient: Patient, language: str, slot: Slot, now: datetime) -> None:
    begun, last = patient.enrolled_day, slot.week + timedelta(days=6)
    if begun is None or begun > last:
        return
    if diary.pauses.whole(storage.pauses.of(tx, patient.id), slot.week, last):
        return  # There is nothing to tell, and the patient wants to be left alone.
    if not storage.digests.claim(tx, patient.chat_id, Role.PATIENT, slot.week, now):
        return
    say = words_in(language, patient.home)
    missing = storage.digests.name_missing(tx, patient.chat_id, Role.PATIENT, now)
    skipped = [week for week in slot.skipped if begun <= week + timedelta(days=6)]
    messages = reports.recipes.week(patient.id, slot.week, say)
    if lost := reports.letters.not_there(missing, skipped, say):
        messages.insert(0, Message(lost))
    if patient.quiet.covers(now, patient.here):
        messages = [replace(message, silent=True) for message in messages]
    _send(tx, patient.chat_id, Role.PATIENT, slot.week, messages, patient.id, now)


def _to_therapist(tx: Connection, therapist: Therapist, language: str, slot: Slot, now: datetime) -> None:
    if not storage.panels.anyone(tx, therapist.id, now):
        return
    if not storage.digests.claim(tx, therapist.chat_id, Role.THERAPIST, slot.week, now):
        return
    missing = storage.digests.name_missing(tx, therapist.chat_id, Role.THERAPIST, now)
    wanted = reports.recipes.Panel(slot.at, tuple(missing), slot.skipped)
    messages = reports.recipes.panel(wanted, words_in(language, therapist.zone))
    _send(tx, therapist.chat_id, Role.THERAPIST, slot.week, messages, None, now)


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
