"""A patient reads who saw what."""

from __future__ import annotations

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.messages import Message
from bot.diary.accesses import MOST
from bot.diary.people import Patient, Role
from bot.handlers.turn import Turn


def who(turn: Turn, _: str) -> None:
    """`/who`: what therapists saw of the diary and did with it, newest first."""
    patient = turn.patient
    if patient is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    else:
        turn.say(_log(turn, patient, 0), patient_id=patient.id)


def page(turn: Turn, tap: buttons.WhoSaw) -> None:
    patient = turn.patient
    if patient is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.edit(_log(turn, patient, tap.page), patient_id=patient.id)


def _log(turn: Turn, patient: Patient, number: int) -> Message:
    found = storage.accesses.newest(turn.tx, patient.id, MOST)
    lines = diary.accesses.drawn_together(found, patient.here)
    return chat.accesses.log(lines, number, len(found) == MOST, turn.words)
