"""A day or two after needling: ask how it is, unless the evening question takes it along.

Law: a check-in is claimed before it is asked, so it is asked once; one that fails costs no other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import chat, diary, storage
from bot.chat.messages import as_data
from bot.chat.words import words_in
from bot.diary.checkins import Checkin, Step
from bot.diary.prompts import Outcome
from bot.jobs import prompts
from bot.jobs.apart import apart
from bot.storage.checkins import Due
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

AT_ONCE: Final = 50
"""Check-ins looked at in one transaction."""
FAILED: Final = "a check-in could not be made"
LOOK_AGAIN_AFTER: Final = timedelta(minutes=5)


def send_due(tx: Connection, now: datetime, late_for: timedelta) -> tuple[int, int]:
    """Look at up to AT_ONCE check-ins that are due: how many there were, and how many of them were asked."""
    due = storage.checkins.due(tx, now, AT_ONCE)
    steps = [
        apart(
            tx,
            FAILED,
            partial(_look, tx, one, now, late_for),
            partial(_later, tx, one, now),
        )
        for one in due
    ]
    return len(steps), steps.count(Step.ASK)


def _look(tx: Connection, one: Due, now: datetime, late_for: timedelta) -> Step:
    evening = replace(one.evening, next_at=_next_evening(tx, one, now, late_for))
    planned = diary.checkins.plan(one.checkin, evening, one.rhythm, one.stage, one.reach, now)
    if planned.step is not Step.ASK:
        storage.checkins.put_off(tx, one.patient_id, one.checkin.id, planned.until)
        return planned.step
    if storage.checkins.asked(tx, one.patient_id, one.checkin.id, now):
        together = [one.checkin, *_taken_along(tx, one, now, late_for)]
        spoken = words_in(one.language, one.home)
        message = chat.checkins.question(int(one.checkin.id), diary.checkins.days_of(together), spoken)
        storage.outbox.add(
            tx,
            one.chat_id,
            Action.SEND,
            as_data(message),
            urgency=Urgency.PROMPT,
            now=now,
            patient_id=one.patient_id,
        )
    return planned.step


def _taken_along(tx: Connection, one: Due, now: datetime, late_for: timedelta) -> list[Checkin]:
    """Those of the same patient that go with this one: claimed, too."""
    waiting = storage.checkins.waiting(tx, [one.patient_id]).get(one.patient_id, [])
    evening = partial(_next_evening, tx, one, late_for=late_for)
    found = diary.checkins.taken_along(one.checkin, waiting, evening, one.rhythm, now)
    return [other for other in found if storage.checkins.asked(tx, one.patient_id, other.id, now)]


def _later(tx: Connection, one: Due, now: datetime) -> Step:
    storage.checkins.put_off(tx, one.patient_id, one.checkin.id, now + LOOK_AGAIN_AFTER)
    return Step.WAIT


def _next_evening(tx: Connection, one: Due, now: datetime, late_for: timedelta) -> datetime | None:
    """When the evening question comes, anew or once more, that this one would go with; None where none comes so soon,
    or none at all."""
    again_at, next_at = one.evening.again_at, one.evening.next_at
    if again_at is not None and _soon(again_at, now) and prompts.comes_again(tx, one.patient_id, again_at):
        return again_at
    if next_at is not None and _soon(next_at, now):
        found = storage.prompts.candidates(tx, [one.patient_id])
        if any(prompts.outcome(candidate, next_at, late_for) is Outcome.SEND for candidate in found):
            return next_at
    return None


def _soon(at: datetime, now: datetime) -> bool:
    return now < at and diary.checkins.joins(now, at)
