"""A patient looks at who sees the diary, and changes it."""

from __future__ import annotations

from collections.abc import Callable

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.messages import Message
from bot.chat.words import Sentence, Words
from bot.diary.people import Invite, Patient, PatientId, Role, Stage, TherapistId
from bot.diary.sharing import Share
from bot.handlers import offers, panels
from bot.handlers.turn import Turn


def sharing(turn: Turn, _: str) -> None:
    """`/sharing`: everyone who sees the diary, with a button to stop each."""
    patient = turn.patient
    if patient is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    else:
        turn.say(_list(turn, patient), patient_id=patient.id)


def show(turn: Turn, _: buttons.Readers) -> None:
    """The list again, where something was asked."""
    if (patient := _settled(turn)) is not None:
        turn.edit(_list(turn, patient), patient_id=patient.id)


def others(turn: Turn, tap: buttons.MoreReaders) -> None:
    """The other therapists of the clinic, to share with one of them as well."""
    patient = _settled(turn)
    if patient is None:
        _not_in_use(turn)
        return
    known = {reader.therapist_id for reader in _readers(turn, patient) if reader.since is not None}
    found = [it for it in offers.colleagues_of(turn, patient) if it.id not in known]
    if found:
        turn.edit(chat.sharing.choose(found, tap.page, turn.words), patient_id=patient.id)
    else:
        turn.edit(_list(turn, patient), patient_id=patient.id)


def stop(turn: Turn, tap: buttons.StopSharing) -> None:
    """At once, and also for what is on its way to that therapist. A second tap shows the list as it is."""
    patient, reader = _settled(turn), _reader(turn, tap.therapist)
    if patient is None or reader is None:
        _not_in_use(turn)
        return
    share = storage.sharing.find(turn.tx, patient.id, TherapistId(reader.therapist_id))
    told = None
    if share is not None and diary.sharing.stands(share, turn.now):
        storage.sharing.end(turn.tx, patient.id, share.therapist_id, turn.now)
        turn.consent(patient, share.therapist_id, chat.sharing.WORDING, given=False)
        therapist = storage.people.therapist_by_id(turn.tx, share.therapist_id)
        storage.outbox.withdraw(turn.tx, patient.id, turn.now, to=therapist.chat_id)
        tell(turn, share, chat.sharing.not_shared_any_more, patient.id)
        told = chat.sharing.ended(reader.name, turn.words)
    turn.edit(_list(turn, patient, told), patient_id=patient.id)


def ask(turn: Turn, tap: buttons.AskSharing) -> None:
    """To share is to show everything: asked once more."""
    patient, reader = _settled(turn), _reader(turn, tap.therapist)
    if patient is None or reader is None:
        _not_in_use(turn)
    elif reader.since is not None:
        turn.edit(_list(turn, patient), patient_id=patient.id)
    else:
        turn.edit(chat.sharing.ask(reader, turn.words), patient_id=patient.id)


def offered_by(turn: Turn, invite: Invite) -> Message | None:
    """To who keeps a diary here and opens another therapist's invitation: shall it be shared with them, too?"""
    reader = None if invite.therapist_id is None else _reader(turn, invite.therapist_id)
    if reader is None or reader.since is not None:
        return None
    return chat.sharing.ask(reader, turn.words, invited=True)


def share(turn: Turn, tap: buttons.Share) -> None:
    """Yes, all of it."""
    patient, reader = _settled(turn), _reader(turn, tap.therapist)
    if patient is None or reader is None:
        _not_in_use(turn)
        return
    told = None
    if reader.since is None:
        new = TherapistId(tap.therapist)
        label = panels.free(turn, new, _label(turn, patient, tap.therapist), patient.id)
        opened = Share(patient.id, new, label, turn.now)
        storage.sharing.put(turn.tx, opened)
        turn.consent(patient, opened.therapist_id, chat.sharing.WORDING, given=True)
        tell(turn, opened, chat.sharing.shared_with_you, patient.id)
        told = chat.sharing.begun(reader.name, turn.words)
    turn.edit(_list(turn, patient, told), patient_id=patient.id)


def tell(turn: Turn, share: Share, say: Callable[[str, Words], Message], patient_id: PatientId | None) -> None:
    """Tell a therapist something about a patient, by the therapist's own name for them and in the own language."""
    therapist = storage.people.therapist_by_id(turn.tx, share.therapist_id)
    language = turn.words_of(therapist.chat_id)
    turn.say(say(share.label, language), to=therapist.chat_id, patient_id=patient_id)


def _settled(turn: Turn) -> Patient | None:
    """The patient, unless the diary is about to be deleted: then nobody sees it, and there is nothing to change."""
    patient = turn.patient
    return None if patient is None or patient.stage is Stage.FORGETTING else patient


def _not_in_use(turn: Turn) -> None:
    turn.toast(chat.people.old_button(turn.words))


def _list(turn: Turn, patient: Patient, told: Sentence | None = None) -> Message:
    found = _readers(turn, patient)
    known = {reader.therapist_id for reader in found}
    others = any(it.id not in known for it in offers.colleagues_of(turn, patient))
    return chat.sharing.readers(found, turn.words, told, others=others)


def _readers(turn: Turn, patient: Patient) -> list[chat.sharing.Reader]:
    """Everyone at the clinic who sees the diary, who did once, and who invited this patient; those who see it first."""
    found = {}
    for share in storage.sharing.ever_of(turn.tx, patient.id):
        working = storage.offers.working(turn.tx, share.therapist_id)
        if working is not None:
            found[int(share.therapist_id)] = _reader_by(turn, patient, share, working.name)
    inviter = _inviter(turn, patient)
    working = None if inviter is None else storage.offers.working(turn.tx, inviter)
    if working is not None and working.id not in found:
        found[int(working.id)] = chat.sharing.Reader(int(working.id), working.name, None)
    return sorted(found.values(), key=lambda reader: reader.since is None)


def _reader_by(turn: Turn, patient: Patient, share: Share, name: str) -> chat.sharing.Reader:
    if not diary.sharing.stands(share, turn.now):
        return chat.sharing.Reader(int(share.therapist_id), name, None)
    since, begins = diary.days.local(share.since, patient.zone).date(), share.since > turn.now
    return chat.sharing.Reader(int(share.therapist_id), name, since, share.until_day, begins)


def _reader(turn: Turn, therapist_id: int) -> chat.sharing.Reader | None:
    """One whom the list names, or another therapist of the clinic."""
    patient = turn.patient
    known = [] if patient is None else _readers(turn, patient)
    found = next((reader for reader in known if reader.therapist_id == therapist_id), None)
    others = [] if found is not None or patient is None else offers.colleagues_of(turn, patient)
    working = next((it for it in others if it.id == therapist_id), None)
    return found if working is None else chat.sharing.Reader(int(working.id), working.name, None)


def _inviter(turn: Turn, patient: Patient) -> TherapistId | None:
    return None if patient.invite_id is None else storage.people.invite_by_id(turn.tx, patient.invite_id).therapist_id


def _label(turn: Turn, patient: Patient, therapist_id: int) -> str:
    """What this therapist calls the patient: as in an earlier share, or as others do, or on the invitation."""
    earlier = storage.sharing.find(turn.tx, patient.id, TherapistId(therapist_id))
    if earlier is not None:
        return earlier.label
    others = storage.sharing.ever_of(turn.tx, patient.id)
    if others:
        return others[0].label
    invite = None if patient.invite_id is None else storage.people.invite_by_id(turn.tx, patient.invite_id)
    return (invite.label if invite is not None else None) or turn.person_name
