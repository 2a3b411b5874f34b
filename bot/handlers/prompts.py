"""When the next question comes: anew after a change of hours or zones, and later where the patient says so."""

from __future__ import annotations

from datetime import date

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.entries import DayView
from bot.chat.words import Sentence
from bot.diary.entries import Day
from bot.diary.people import Patient
from bot.diary.prompts import Due, Rhythm
from bot.handlers import entries
from bot.handlers.turn import Turn


def replan(turn: Turn, patient: Patient) -> Due:
    """The next prompt of a patient whose hours, zone or pauses have just changed: the first hour from now on, of a day
    whose own has not come yet.

    A question that has fallen due already keeps its place: the next tick asks it, or writes down that it was not asked.
    """
    last = storage.prompts.last_planned_day(turn.tx, patient.id)
    is_due = patient.next_prompt_at is not None and patient.next_prompt_at <= turn.now
    planned = [day for day in (last, patient.next_prompt_day if is_due else None) if day is not None]
    not_before = max(planned) + diary.days.ONE_DAY if planned else None
    due = diary.prompts.first_due(turn.now, patient.zone, patient.hours, not_before)
    if not is_due:
        storage.people.change_patient(turn.tx, patient.id, next_prompt_at=due.at, next_prompt_day=due.day)
    return due


def remind(turn: Turn, patient: Patient, day: date) -> None:
    """Plan the reminder of a prompt that goes out now."""
    at = diary.prompts.reminder_at(day, turn.now, Rhythm.of(patient))
    if at is not None:
        storage.prompts.plan_reminder(turn.tx, patient.id, day, at, turn.now)


def _stays(turn: Turn, patient: Patient, planned: Day, seen: DayView) -> Sentence | None:
    """Why the question of a day can't be put off; None: it can."""
    if seen.next_item is not None and planned.reminded_at is not None:
        return chat.prompts.only_once(diary.days.local(planned.closes_at, planned.zone), turn.words)
    if diary.pauses.covering(storage.pauses.of(turn.tx, patient.id), planned.day) is not None:
        return chat.prompts.in_a_pause(turn.words)
    if seen.next_item is None or not diary.entries.can_be_put_off(planned):
        return chat.people.old_button(turn.words)
    return None


@entries.on_open_day
def ask_later(turn: Turn, patient: Patient, planned: Day, tap: buttons.AskLater) -> None:
    """When else?"""
    seen = entries.view(turn, patient, tap.day, planned)
    if (why_not := _stays(turn, patient, planned, seen)) is not None:
        turn.toast(why_not)
        entries.refresh(turn, patient, seen)
        return
    if not entries.adopt(turn, patient, tap.day):
        return
    rhythm = Rhythm.of(patient)
    at = {
        choice: diary.prompts.snooze_until(choice, tap.day, turn.now, rhythm, planned.closes_at)
        for choice in diary.prompts.Later
    }
    there = diary.days.local(turn.now, patient.here).date()
    possible = [choice for choice, instant in at.items() if instant is not None]
    turn.edit(chat.prompts.choose_later(tap.day, there, possible, turn.words), patient_id=patient.id)


@entries.on_open_day
def snooze(turn: Turn, patient: Patient, planned: Day, tap: buttons.Snooze) -> None:
    """The question goes away and comes back; the reminder is used up."""
    seen = entries.view(turn, patient, tap.day, planned)
    at = diary.prompts.snooze_until(tap.later, tap.day, turn.now, Rhythm.of(patient), planned.closes_at)
    why_not = _stays(turn, patient, planned, seen)
    if why_not is not None or at is None:
        turn.toast(why_not or chat.prompts.too_late(turn.words))
        entries.refresh(turn, patient, seen)
        return
    if not entries.adopt(turn, patient, tap.day):
        return
    storage.entries.change_day(turn.tx, patient.id, tap.day, snoozed_at=turn.now, declined_at=None)
    storage.prompts.snooze(turn.tx, patient.id, tap.day, at)
    local, today = diary.days.local(at, patient.here), diary.days.local(turn.now, patient.here).date()
    moved = diary.prompts.was_moved(tap.later, turn.now, at)
    turn.edit(chat.prompts.snoozed(tap.day, local, today, moved, turn.words), patient_id=patient.id)
