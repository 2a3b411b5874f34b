"""Someone looks back: at a chart, a calendar month, or a sheet for the next visit.

Rule: a button on an old bubble shows what is asked as it stands today, in its place; the words under it say of which
days that is.
"""

from __future__ import annotations

from bot import chat, diary, reports, storage
from bot.chat import buttons
from bot.chat.buttons import OnSheet
from bot.chat.looking import SHEET_WEEKS, USUAL_WEEKS
from bot.chat.messages import as_data
from bot.diary.looking import Span
from bot.diary.people import Patient, Role
from bot.handlers import entries
from bot.handlers.turn import Turn
from bot.reports.recipes import Chart, Month, Sheet


def chart(turn: Turn, _: str) -> None:
    """`/chart`: two weeks, with buttons for more."""
    patient = _patient(turn)
    if patient is not None:
        rows = reports.looking.spans(Span.FORTNIGHT, turn.words)
        recipe = reports.recipes.message(Chart(patient.id, Span.FORTNIGHT), turn.words, rows)
        turn.say(recipe, patient_id=patient.id)


def other_span(turn: Turn, tap: buttons.Chart) -> None:
    """The same chart, further back or not so far."""
    patient = entries.active(turn)
    if patient is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    rows = reports.looking.spans(tap.span, turn.words)
    turn.edit_picture(reports.recipes.message(Chart(patient.id, tap.span), turn.words, rows), patient_id=patient.id)


def history(turn: Turn, _: str) -> None:
    """`/history`: the present month, with buttons to the others."""
    patient = _patient(turn)
    if patient is not None:
        month = diary.looking.month_of(diary.days.day_of(turn.now, patient.zone))
        turn.say(reports.recipes.message(Month(patient.id, month), turn.words), patient_id=patient.id)


def other_month(turn: Turn, tap: buttons.Month) -> None:
    """Another month in the same message; one outside of the diary is its first or its last."""
    patient = entries.active(turn)
    if patient is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    recipe = reports.recipes.message(Month(patient.id, tap.month), turn.words)
    turn.edit_picture(recipe, patient_id=patient.id)


def report(turn: Turn, _: str) -> None:
    """`/report`: the question whose answer makes the sheet."""
    patient = _patient(turn)
    if patient is not None:
        turn.say(chat.looking.ask_for_sheet(USUAL_WEEKS, turn.words), patient_id=patient.id)


def sheet(turn: Turn, tap: buttons.Report) -> None:
    """The sheet as a file, or the same question about other weeks."""
    patient = entries.active(turn)
    if patient is None or tap.weeks not in SHEET_WEEKS:
        turn.toast(chat.people.old_button(turn.words))
    elif tap.notes is OnSheet.ASK:
        turn.edit(chat.looking.ask_for_sheet(tap.weeks, turn.words), patient_id=patient.id)
    else:
        _send_sheet(turn, patient, Sheet(patient.id, tap.weeks, tap.notes is OnSheet.NOTES, turn.settings.clinic_name))


def _send_sheet(turn: Turn, patient: Patient, wanted: Sheet) -> None:
    """A second tap while the file is still being made brings no second file."""
    recipe = reports.recipes.message(wanted, turn.words)
    if storage.outbox.waits(turn.tx, patient.id, as_data(recipe)):
        turn.toast(chat.looking.already_coming(turn.words))
        return
    turn.edit(chat.looking.sheet_is_coming(wanted.weeks, wanted.notes, turn.words), patient_id=patient.id)
    turn.say(recipe, patient_id=patient.id)


def _patient(turn: Turn) -> Patient | None:
    """The patient of this chat; anyone else is told whom this is for."""
    patient = entries.active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    return patient
