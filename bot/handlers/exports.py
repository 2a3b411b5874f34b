"""A patient asks for a copy of everything."""

from __future__ import annotations

from bot import chat, reports
from bot.diary.people import Patient, Role
from bot.handlers.turn import Turn
from bot.reports.recipes import Export


def export(turn: Turn, _: str) -> None:
    """`/export`: in whatever stage the patient is, also after `/stop` and before everything is deleted."""
    patient = turn.patient
    if patient is not None:
        send(turn, patient)
    elif turn.roles:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    else:
        turn.say(chat.privacy.nothing_kept(turn.words))


def send(turn: Turn, patient: Patient) -> None:
    turn.say(reports.recipes.message(Export(patient.id), turn.words), patient_id=patient.id)
