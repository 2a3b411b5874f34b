"""Someone asks for a week, a panel, a card."""

from __future__ import annotations

from datetime import date, timedelta

from bot import chat, diary, reports, storage
from bot.chat import buttons
from bot.diary.accesses import What
from bot.diary.people import SHOWN, Patient, PatientId, Role, Therapist
from bot.diary.sharing import Share
from bot.handlers import entries, panels
from bot.handlers.turn import Turn
from bot.reports.recipes import Card, Page, Panel

NOTES_FROM = timedelta(weeks=8)


def week(turn: Turn, _: str) -> None:
    """`/week`: one's own; of a therapist the panel's; of someone who is both, whichever they say."""
    roles = turn.roles
    if Role.PATIENT in roles and Role.THERAPIST in roles:
        turn.say(chat.people.whose_week(turn.words))
    elif Role.THERAPIST in roles:
        digest(turn, "")
    else:
        _own(turn)


def whose(turn: Turn, tap: buttons.Week) -> None:
    if tap.whose is buttons.Whose.OWN:
        _own(turn)
    else:
        digest(turn, "")


def _own(turn: Turn) -> None:
    patient = entries.active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
        return
    start = reports.letters.week_shown(patient, turn.now)
    for message in reports.recipes.week(patient.id, start, turn.words):
        turn.say(message, patient_id=patient.id)


def digest(turn: Turn, said: str) -> None:
    """`/digest`: the week of the whole panel; with a day and an hour, when it comes from now on."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
        return
    if said.strip():
        if not panels.typed_day(turn, therapist, said):
            turn.say(chat.panels.how_typed(turn.words))
        return
    for message in reports.recipes.panel(Panel(), turn.words):
        turn.say(message)


def patients(turn: Turn, said: str) -> None:
    """`/patients`: everyone who shares a diary, ten at a time; with part of a name, whoever has it."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
        return
    if said.strip():
        panels.search(turn, therapist, said)
        return
    turn.say(reports.recipes.message(Page(0), turn.words))


def all_patients(turn: Turn, _: buttons.AllPatients) -> None:
    """From a digest, which itself is never edited."""
    patients(turn, "")


def page(turn: Turn, tap: buttons.Panel) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.edit(reports.recipes.message(Page(tap.page), turn.words))


def card(turn: Turn, tap: buttons.Card) -> None:
    """The chart and the numbers of one patient, for a therapist who may see them."""
    found = _shared(turn, tap.patient)
    if found is None:
        return
    patient, _, therapist = found
    storage.accesses.add(turn.tx, therapist.id, What.CARD, turn.now, patient.id)
    turn.say(reports.recipes.message(Card(patient.id), turn.words), patient_id=patient.id)


def notes(turn: Turn, tap: buttons.Notes) -> None:
    found = _shared(turn, tap.patient)
    if found is None:
        return
    patient, share, therapist = found
    unseen, _ = storage.panels.unseen_notes(turn.tx, patient.id, therapist.id)
    since: date = diary.days.day_of(turn.now, patient.zone) - NOTES_FROM
    written = storage.entries.notes_since(turn.tx, patient.id, since)
    if unseen > len(written):
        written = storage.entries.notes_since(turn.tx, patient.id, date.min)
    for message in reports.letters.notes(share.label, written, patient.zone, turn.words, unseen):
        turn.say(message, patient_id=patient.id)
    storage.panels.notes_seen(turn.tx, patient.id, therapist.id, turn.now)
    storage.accesses.add(turn.tx, therapist.id, What.NOTES, turn.now, patient.id)


def _shared(turn: Turn, patient_id: int) -> tuple[Patient, Share, Therapist] | None:
    """The patient, if the therapist of this chat may see the diary; else the button is answered and that is all."""
    therapist = turn.therapist
    share = None if therapist is None else storage.sharing.find(turn.tx, PatientId(patient_id), therapist.id)
    if therapist is None or share is None or not diary.sharing.may_see(share, turn.now):
        turn.toast(chat.people.old_button(turn.words))
        return None
    patient = storage.people.patient_by_id(turn.tx, share.patient_id)
    if patient.stage not in SHOWN:
        turn.toast(chat.people.old_button(turn.words))
        return None
    return patient, share, therapist
