"""A patient answers the check-in after needling: kept, or, of a warning sign, passed on at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot import chat, diary, storage
from bot.chat import buttons
from bot.diary.checkins import Checkin, Feeling, Taken
from bot.diary.people import Patient, Stage
from bot.handlers import entries, red_flags
from bot.handlers.turn import Turn


def answer(turn: Turn, tap: buttons.CheckIn) -> None:
    """One of the answers, or the wish to give another one. A tap that comes late counts all the same."""
    patient = turn.patient
    found = None if patient is None else storage.checkins.find(turn.tx, patient.id, tap.checkin)
    if patient is None or found is None or found.asked_at is None or patient.stage is Stage.FORGETTING:
        turn.toast(chat.people.old_button(turn.words))
        return
    if tap.feeling is None:
        _again(turn, patient, found)
        return
    match diary.checkins.taken(found, tap.feeling):
        case Taken.REPORT:
            _report(turn, patient, found, tap.feeling)
        case Taken.REPEATED if found.answered_at is not None:
            red_flags.told_before(turn, patient, found.answered_at)
        case Taken.STANDS:
            red_flags.stands(turn, patient)
        case _:
            _store(turn, patient, found, tap.feeling)


def _again(turn: Turn, patient: Patient, found: Checkin) -> None:
    days = diary.checkins.days_of(storage.checkins.asked_with(turn.tx, patient.id, found))
    turn.edit(chat.checkins.question(int(found.id), days, turn.words), patient_id=patient.id)


def _store(turn: Turn, patient: Patient, found: Checkin, feeling: Feeling) -> None:
    evening = _evening(turn, patient, found)
    days = diary.checkins.days_of(_keep(turn, patient, found, feeling))
    if evening is not None:
        turn.toast(chat.checkins.stored_briefly(feeling, turn.words))
        entries.refresh(turn, patient, entries.view(turn, patient, evening))
        return
    message = chat.checkins.stored(int(found.id), feeling, days, turn.words)
    if found.joined_day is None:
        turn.edit(message, patient_id=patient.id)
    else:
        turn.retire(message_id=turn.tapped)
        turn.say(message, patient_id=patient.id)


def _keep(turn: Turn, patient: Patient, found: Checkin, feeling: Feeling) -> list[Checkin]:
    """The answer counts for all that were asked in the same message; a sign reported with one of them stays."""
    together = storage.checkins.asked_with(turn.tx, patient.id, found)
    for one in together:
        if diary.checkins.taken(one, feeling) is not Taken.STANDS:
            storage.checkins.answer(turn.tx, patient.id, one.id, feeling, turn.now)
    return together


def _report(turn: Turn, patient: Patient, found: Checkin, sign: Feeling) -> None:
    """The card takes the place of the question; an evening's numbers stay where they are, with the card below."""
    evening = _evening(turn, patient, found)
    _keep(turn, patient, found, sign)
    if evening is not None:
        entries.refresh(turn, patient, entries.view(turn, patient, evening))
    elif found.joined_day is not None:
        turn.retire(message_id=turn.tapped)
    reported = replace(found, answer=sign, answered_at=turn.now)
    red_flags.report(turn, patient, None, reported, in_place=found.joined_day is None)


def _evening(turn: Turn, patient: Patient, found: Checkin) -> date | None:
    """The diary day whose bubble was tapped, and goes on with its own questions; None where it is none, or is over."""
    if found.joined_day is None or turn.tapped is None or patient.stage is not Stage.ACTIVE:
        return None
    planned = storage.entries.find_day(turn.tx, patient.id, found.joined_day)
    if planned is None or not diary.entries.is_open(planned, turn.now):
        return None
    shown = storage.entries.shown_bubble(turn.tx, patient.id, found.joined_day)[1]
    return found.joined_day if shown == turn.tapped else None
