"""Someone takes diaries away as a file: a copy of everything of their own, or what patients share with them."""

from __future__ import annotations

from dataclasses import replace

from bot import chat, reports, storage
from bot.chat import buttons
from bot.chat.buttons import OnSheet
from bot.chat.looking import SHEET_WEEKS
from bot.chat.messages import Message, as_data
from bot.chat.typed import folded
from bot.diary.accesses import What
from bot.diary.people import SHOWN, Patient, PatientId, Role, Therapist
from bot.handlers import digests
from bot.handlers.turn import Turn
from bot.reports.recipes import Diaries, Export, PatientSheet


def export(turn: Turn, name: str) -> None:
    """`/export`: of a patient, in whatever stage, also after `/stop` and before everything is deleted; of a therapist
    those of patients, with `/export NAME` of whoever is called so; of someone who is both, whichever they say."""
    patient, therapist = turn.patient, turn.therapist
    if therapist is not None and name.strip():
        _find(turn, therapist, name.strip())
    elif patient is not None and therapist is not None:
        turn.say(chat.exports.whose(turn.words))
    elif therapist is not None:
        _choose(turn, therapist)
    elif patient is not None:
        send(turn, patient)
    elif turn.roles or turn.worked_here:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    else:
        turn.say(chat.privacy.nothing_kept(turn.words))


def send(turn: Turn, patient: Patient) -> None:
    turn.say(reports.recipes.message(Export(patient.id), turn.words), patient_id=patient.id)


def own(turn: Turn, _: buttons.OwnCopy) -> None:
    patient = turn.patient
    if patient is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        send(turn, patient)


# --- of patients ----------------------------------------------------------------------------------------------


def choose(turn: Turn, _: buttons.ChooseExport) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        _choose(turn, therapist)


def _choose(turn: Turn, therapist: Therapist) -> None:
    shared = _shared_with(turn, therapist)
    if shared:
        turn.say(chat.exports.choose(_sorted(shared), turn.words))
    else:
        turn.say(chat.sessions.no_patients(turn.words))


def _find(turn: Turn, therapist: Therapist, name: str) -> None:
    """The diary of the only patient who is called so, or else the choice among those who are."""
    shared = _shared_with(turn, therapist)
    found = [(one, label) for one, label in shared if folded(name) in folded(label)]
    exact = [one for one, label in found if folded(label) == folded(name)]
    ids = exact if len(exact) == 1 else [one for one, _ in found]
    if len(ids) == 1:
        _take(turn, therapist, ids[0])
    elif found:
        turn.say(chat.exports.choose(_sorted(found), turn.words, found=True))
    elif shared:
        asked = chat.exports.choose(_sorted(shared), turn.words)
        lines = [chat.sessions.nobody_found(name, turn.words), asked.text]
        turn.say(replace(asked, text=chat.words.joined("\n", lines)))
    else:
        turn.say(chat.sessions.no_patients(turn.words))


def everyone(turn: Turn, _: buttons.ExportAll) -> None:
    """All that is shared now, in one file."""
    therapist = turn.therapist
    shared = [] if therapist is None else _shared_with(turn, therapist)
    if therapist is None or not shared:
        turn.toast(chat.people.old_button(turn.words))
        return
    if _said_once(turn, None, reports.recipes.message(Diaries(None), turn.words)):
        storage.accesses.add(turn.tx, therapist.id, What.EXPORT, turn.now, *(one for one, _ in shared))


def one(turn: Turn, tap: buttons.ExportOne) -> None:
    found = digests._shared(turn, tap.patient)
    if found is None:
        return
    patient, _, therapist = found
    _take(turn, therapist, patient.id)


def _take(turn: Turn, therapist: Therapist, patient_id: PatientId) -> None:
    if _said_once(turn, patient_id, reports.recipes.message(Diaries(patient_id), turn.words)):
        storage.accesses.add(turn.tx, therapist.id, What.EXPORT, turn.now, patient_id)


def sheet(turn: Turn, tap: buttons.SheetOf) -> None:
    """The visit sheet of a patient: first of which weeks, and with the notes or without."""
    if tap.weeks not in SHEET_WEEKS:
        turn.toast(chat.people.old_button(turn.words))
        return
    found = digests._shared(turn, tap.patient)
    if found is None:
        return
    patient, share, therapist = found
    if tap.notes is OnSheet.ASK:
        turn.edit(chat.looking.ask_for_sheet_of(tap.patient, share.label, tap.weeks, turn.words), patient_id=patient.id)
        return
    notes = tap.notes is OnSheet.NOTES
    wanted = PatientSheet(patient.id, tap.weeks, notes, turn.settings.clinic_name)
    if _said_once(turn, patient.id, reports.recipes.message(wanted, turn.words)):
        seen = (What.SHEET, What.NOTES) if notes else (What.SHEET,)
        for what in seen:
            storage.accesses.add(turn.tx, therapist.id, what, turn.now, patient.id)


def _said_once(turn: Turn, patient_id: PatientId | None, recipe: Message) -> bool:
    """Have a file made; a second tap while it is still being made brings no second one."""
    if storage.outbox.waits(turn.tx, patient_id, as_data(recipe), turn.chat_id):
        turn.toast(chat.looking.already_coming(turn.words))
        return False
    turn.say(recipe, patient_id=patient_id)
    turn.toast(chat.exports.on_its_way(turn.words))
    return True


def _shared_with(turn: Turn, therapist: Therapist) -> list[tuple[PatientId, str]]:
    """Whose diaries this therapist may see now, with their names."""
    shares = storage.sharing.all_of(turn.tx, therapist.id, turn.now)
    stages = ((share, storage.people.patient_by_id(turn.tx, share.patient_id).stage) for share in shares)
    return [(share.patient_id, share.label) for share, stage in stages if stage in SHOWN]


def _sorted(shared: list[tuple[PatientId, str]]) -> list[tuple[int, str]]:
    return sorted(((int(one), label) for one, label in shared), key=lambda pair: folded(pair[1]))
