"""The evening hour has come: ask whoever is due, and write down who was not."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import chat, diary, storage
from bot.chat.entries import DayView
from bot.chat.messages import as_data
from bot.chat.words import words
from bot.diary.entries import Cause
from bot.diary.people import Patient
from bot.diary.prompts import Due, Outcome
from bot.jobs.apart import apart
from bot.storage.outbox import Urgency
from bot.storage.prompts import Candidate
from bot.storage.tables import Action

AT_ONCE: Final = 500
"""Patients claimed in one transaction."""


def send_due(tx: Connection, now: datetime, late_for: timedelta) -> dict[str, int]:
    """Claim and ask up to AT_ONCE patients whose hour has come, at most `late_for` ago; counts by outcome."""
    counts = {outcome.value: 0 for outcome in Outcome}
    for asked in storage.prompts.due(tx, now, AT_ONCE):
        counts[
            apart(
                tx,
                "a prompt could not be made",
                partial(_one, tx, asked, now, late_for),
                partial(_give_up, tx, asked.patient),
            )
        ] += 1
    return counts


def _give_up(tx: Connection, patient: Patient) -> str:
    """The day is not asked, by our fault, and the next one gets its chance."""
    assert patient.next_prompt_day is not None
    day, due_at = patient.next_prompt_day, patient.next_prompt_at
    storage.prompts.claim(tx, patient, diary.prompts.due_after(day, patient.zone, patient.prompt_time))
    storage.entries.plan_day(tx, patient.id, day, patient.zone, diary.days.closes_at(day, patient.zone))
    storage.entries.change_day(tx, patient.id, day, intended_at=due_at, not_asked=Cause.BOT)
    return Outcome.NOT_ASKED.value


def _one(tx: Connection, found: Candidate, now: datetime, late_for: timedelta) -> str:
    patient = found.patient
    assert patient.next_prompt_at is not None
    assert patient.next_prompt_day is not None
    due = Due(patient.next_prompt_day, patient.next_prompt_at)
    seen = _view(tx, patient, due)
    plan = diary.prompts.plan(
        due,
        patient.zone,
        patient.prompt_time,
        asked=storage.entries.was_asked(tx, patient.id, due.day),
        finished=seen.declined or (seen.next_item is None and bool(seen.items)),
        reach=found.reach,
        now=now,
        reach_since=found.reach_since,
        late_for=late_for,
    )
    if not storage.prompts.claim(tx, patient, plan.next):
        return Outcome.ASKED.value
    if plan.outcome is Outcome.ASKED:
        return plan.outcome.value
    closes_at = diary.days.closes_at(due.day, patient.zone)
    storage.entries.plan_day(tx, patient.id, due.day, patient.zone, closes_at)
    if plan.outcome is Outcome.NOT_ASKED:
        storage.entries.change_day(tx, patient.id, due.day, intended_at=due.at, not_asked=plan.cause)
    elif plan.outcome is Outcome.SEND:
        _send(tx, found, due, seen, now, late_for)
    else:
        storage.entries.change_day(tx, patient.id, due.day, intended_at=due.at)
    return plan.outcome.value


def _view(tx: Connection, patient: Patient, due: Due) -> DayView:
    items = [item for item in storage.entries.items_of(tx, patient.id) if item.asked_on(due.day)]
    day = storage.entries.find_day(tx, patient.id, due.day)
    values = {item: score.value for (_, item), score in storage.entries.scores_on(tx, patient.id, due.day).items()}
    return DayView(due.day, items, values, {}, declined=day is not None and day.declined_at is not None)


def _send(tx: Connection, found: Candidate, due: Due, seen: DayView, now: datetime, late_for: timedelta) -> None:
    """The day's bubble goes out; one that the patient opened earlier by hand loses its buttons."""
    patient = found.patient
    earlier = storage.entries.bubble_of(tx, patient.id, due.day)
    if earlier is not None:
        storage.outbox.add(
            tx,
            patient.chat_id,
            Action.RETIRE,
            {},
            urgency=Urgency.ANSWER,
            now=now,
            patient_id=patient.id,
            bubble_id=earlier,
        )
    bubble = storage.outbox.add_bubble(tx, patient.chat_id, patient.id, now, due.day)
    storage.entries.change_day(tx, patient.id, due.day, intended_at=due.at, asked_at=now, bubble_id=bubble)
    body = as_data(chat.entries.bubble(seen, words(found.language)))
    body["until"] = diary.prompts.worth_until(due, patient.zone, late_for).isoformat()
    storage.outbox.add(
        tx,
        patient.chat_id,
        Action.SEND,
        body,
        urgency=Urgency.PROMPT,
        now=now,
        patient_id=patient.id,
        bubble_id=bubble,
        day=due.day,
    )
