"""A patient wants to be left alone for a while, and comes back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed_times
from bot.diary.pauses import LONGEST, Pause
from bot.diary.people import Patient
from bot.handlers import entries, settings
from bot.handlers.turn import Turn

EXPECT_DATE: Final = "pause"
LONGEST_DATE: Final = 5
"""Words of a typed date at most, such as "until Wednesday the 25th of March" without its small ones; more is a note."""


def pause(turn: Turn, _: str) -> None:
    """`/pause`: how long, in one tap; or how long still, and the way back."""
    patient = entries.active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(diary.people.Role.PATIENT, turn.words))
        return
    today = diary.days.day_of(turn.now, patient.zone)
    standing = now_of(turn, patient)
    there = _there(turn, patient)
    if standing is None:
        turn.say(chat.pauses.choose(today, there, turn.words), patient_id=patient.id)
    else:
        turn.say(chat.pauses.standing(standing, today, there, _next(turn, patient), turn.words), patient_id=patient.id)


def now_of(turn: Turn, patient: Patient) -> Pause | None:
    """The pause that the patient is in."""
    today = diary.days.day_of(turn.now, patient.zone)
    return diary.pauses.covering(storage.pauses.of(turn.tx, patient.id), today)


def _next(turn: Turn, patient: Patient) -> datetime | None:
    """The next question by the clock where the patient is; None: not before they come back."""
    due = settings.upcoming(turn, patient).due
    return None if due is None else diary.days.local(due.at, patient.here)


def _there(turn: Turn, patient: Patient) -> date:
    """Today by the calendar where the patient is, which after midnight is a day ahead of the diary's."""
    return diary.days.local(turn.now, patient.here).date()


@entries.of_patient
def begin(turn: Turn, patient: Patient, tap: buttons.Pause) -> None:
    """Pause, in one tap. One that is tapped on a later day counts from that day on."""
    today = diary.days.day_of(turn.now, patient.zone)
    if tap.until is not None and not today < tap.until <= today + LONGEST:
        turn.toast(chat.people.old_button(turn.words))
        turn.edit(chat.pauses.choose(today, _there(turn, patient), turn.words), patient_id=patient.id)
        return
    message = _begin(turn, patient, today, tap.until)
    turn.edit(message, patient_id=patient.id)


def _begin(turn: Turn, patient: Patient, today: date, until: date | None) -> chat.messages.Message:
    standing = now_of(turn, patient)
    if standing is None or standing.until_day != until:
        # A double tap comes as two updates.
        storage.pauses.begin(turn.tx, patient.id, today, until, turn.now)
        storage.prompts.drop_followup(turn.tx, patient.id)
        _put_away(turn, patient, today)
        standing = now_of(turn, patient)
    assert standing is not None
    return chat.pauses.begun(standing, _there(turn, patient), _next(turn, patient), turn.words)


def _put_away(turn: Turn, patient: Patient, today: date) -> None:
    """A question of today that has no answer yet goes away; the day is paused."""
    planned = storage.entries.find_day(turn.tx, patient.id, today)
    if planned is None or planned.answered_at is not None or planned.declined_at is not None:
        return
    storage.entries.change_day(turn.tx, patient.id, today, paused=True)
    if (bubble := storage.entries.bubble_of(turn.tx, patient.id, today)) is not None:
        turn.withdraw(bubble)
        entries.put_away(turn, patient, today)


@entries.of_patient
def ask_date(turn: Turn, patient: Patient, _: buttons.PauseDates) -> None:
    """Until which day? One of these, or typed."""
    today = diary.days.day_of(turn.now, patient.zone)
    settings.listen(turn, patient, EXPECT_DATE)
    turn.edit(chat.pauses.choose_date(today, turn.words), patient_id=patient.id)


def expected_date(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """The date that "another date" asked for. False where the text is no answer to it: then it is anything else."""
    if settings.awaited(turn, patient, expecting) is None:
        return False
    today = diary.days.day_of(turn.now, patient.zone)
    until = typed_times.coming_day(said, today, _there(turn, patient))
    if until is None and settings.is_for_the_diary(turn, patient, said, LONGEST_DATE):
        turn.expect(None)
        return False
    if until is None or until > today + LONGEST:
        turn.say(chat.pauses.no_such_date(turn.words), patient_id=patient.id)
        return True
    turn.expect(None)
    turn.say(_begin(turn, patient, today, until), patient_id=patient.id)
    return True


@entries.of_patient
def reason(turn: Turn, patient: Patient, tap: buttons.PauseReason) -> None:
    """Why, where the patient wants to say so."""
    if not storage.pauses.put_reason(turn.tx, patient.id, tap.pause, tap.reason):
        turn.toast(chat.people.old_button(turn.words))
        return
    today = diary.days.day_of(turn.now, patient.zone)
    given = next(one for one in storage.pauses.of(turn.tx, patient.id) if one.id == tap.pause)
    if given.covers(today):
        message = chat.pauses.begun(given, _there(turn, patient), _next(turn, patient), turn.words)
        turn.edit(message, patient_id=patient.id)
    else:
        turn.toast(chat.people.old_button(turn.words))


@entries.of_patient
def back(turn: Turn, patient: Patient, _: buttons.Back) -> None:
    """The patient is back: today counts again, and a question that was put away may be answered."""
    today = diary.days.day_of(turn.now, patient.zone)
    storage.pauses.cut(turn.tx, patient.id, today, turn.now)
    planned = storage.entries.find_day(turn.tx, patient.id, today)
    asked = planned is not None and planned.sent_at is not None
    if planned is not None and planned.paused and (asked or planned.intended_at is None):
        storage.entries.change_day(turn.tx, patient.id, today, paused=False)
    unanswered = planned is not None and entries.view(turn, patient, today, planned).next_item is not None
    answerable = today if unanswered and planned is not None and planned.intended_at is not None else None
    message = chat.pauses.welcome(_next(turn, patient), _there(turn, patient), answerable, turn.words)
    turn.edit(message, patient_id=patient.id)
