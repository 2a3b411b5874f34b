"""Someone asks how it was before treatment and after: a therapist of a patient, or a patient of the own diary."""

from __future__ import annotations

from bot import chat, reports, storage
from bot.chat import buttons
from bot.diary.accesses import What
from bot.diary.people import PatientId
from bot.handlers import digests, entries
from bot.handlers.turn import Turn
from bot.reports.recipes import Courses


def of_patient(turn: Turn, tap: buttons.Course) -> None:
    """From the card, as a new message; from a page of it, the other page in its place."""
    found = digests._shared(turn, tap.patient)
    if found is None:
        return
    patient, _, therapist = found
    storage.accesses.add(turn.tx, therapist.id, What.COURSE, turn.now, patient.id)
    _show(turn, patient.id, tap.page, own=False)


def own(turn: Turn, tap: buttons.OwnCourse) -> None:
    """The same for the patient, from the own chart."""
    patient = entries.active(turn)
    if patient is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    _show(turn, patient.id, tap.page, own=True)


def _show(turn: Turn, patient_id: PatientId, page: int | None, *, own: bool) -> None:
    recipe = reports.recipes.message(Courses(patient_id, page or 0, own=own), turn.words)
    if page is None:
        turn.say(recipe, patient_id=patient_id)
    else:
        turn.edit_picture(recipe, patient_id=patient_id)
