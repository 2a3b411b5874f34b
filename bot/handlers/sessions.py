"""Treatment sessions: a therapist logs, corrects and deletes them; a patient may report one.

Rules:
1. A therapist acts only on sessions of a patient whose yes stands; each session is looked for among that patient's.
2. A button names the form of a session that was on screen. What is done with it is done to the form that counts now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from bot import chat, diary, storage
from bot.chat import buttons, typed_times
from bot.chat.buttons import Done, Part
from bot.chat.messages import Message
from bot.chat.typed import folded
from bot.chat.words import Sentence
from bot.diary.accesses import OF_TREATMENTS, What
from bot.diary.people import Patient, PatientId, Role, Stage, Therapist
from bot.diary.sessions import Dated, Kind, Place, Session, SessionId, Version
from bot.diary.sharing import Share
from bot.handlers import entries
from bot.handlers.turn import Turn
from bot.storage.outbox import Urgency

EXPECT: Final = "session:"
"""A therapist types: the rest says what."""
TREATED: Final = (Stage.ACTIVE, Stage.IMPORTED)
"""Whose treatments are kept: a diary that was brought along from elsewhere has them, too."""
EXPECT_REPORT_DATE: Final = "treatment:"
"""A patient types the date of a treatment."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A therapist with one patient's sessions before them."""

    therapist: Therapist
    share: Share
    patient: Patient

    @property
    def label(self) -> str:
        return self.share.label

    @property
    def number(self) -> int:
        return int(self.patient.id)


def _desk(turn: Turn, patient_id: int) -> Desk | None:
    """None where the patient's yes to the therapist of this chat does not stand: that is all that is said then."""
    therapist = turn.therapist
    share = None if therapist is None else storage.sharing.find(turn.tx, PatientId(patient_id), therapist.id)
    if therapist is not None and share is not None and diary.sharing.may_see(share, turn.now):
        patient = storage.people.patient_by_id(turn.tx, share.patient_id)
        if patient.stage in TREATED:
            return Desk(therapist, share, patient)
    if turn.tap_id is not None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.say(chat.sessions.not_shared(turn.words))
    return None


def _show(turn: Turn, desk: Desk, message: Message, *, new: bool = False, looks: bool = True) -> None:
    """Say it, or put it in the place of what was tapped. `looks`: it says something of a treatment that is kept."""
    if looks:
        storage.accesses.look(turn.tx, desk.therapist.id, OF_TREATMENTS, turn.now, desk.patient.id)
    if new:
        turn.say(message, patient_id=desk.patient.id)
    else:
        turn.edit(message, patient_id=desk.patient.id)


# --- whose --------------------------------------------------------------------------------------------------------


def session(turn: Turn, name: str) -> None:
    """`/session`, `/session NAME`: for whom? Asked only where there is a choice."""
    therapist = turn.therapist
    if therapist is None:
        refusal = chat.people.not_for_you(Role.THERAPIST, turn.words)
        own = [chat.sessions.report_instead(turn.words)] if entries.active(turn) is not None else []
        turn.say(replace(refusal, text=chat.words.joined("\n", [refusal.text, *own])))
    else:
        _choose(turn, therapist, name.strip())


def _choose(turn: Turn, therapist: Therapist, name: str) -> None:
    everyone = _patients(turn, therapist)
    if not everyone:
        turn.say(chat.sessions.no_patients(turn.words))
        return
    found = [one for one in everyone if folded(name) in folded(one[1])]
    exact = [one for one in found if folded(one[1]) == folded(name)]
    if len(exact) == 1:
        found = exact
    if len(found) == 1:
        desk = _desk(turn, found[0][0])
        if desk is not None:
            _ask(turn, desk, buttons.Session(desk.number), new=True)
        return
    asked = chat.sessions.choose_patient(
        found or everyone, 0, turn.words, found=bool(found) and len(found) < len(everyone)
    )
    if len(everyone) > chat.sessions.NAMES_A_PAGE:
        turn.expect(f"{EXPECT}find")
    if not found:
        lines = [chat.sessions.nobody_found(name, turn.words), asked.text]
        asked = Message(chat.words.joined("\n", lines), asked.buttons)
    turn.say(asked)


def _patients(turn: Turn, therapist: Therapist) -> list[tuple[int, str]]:
    shares = storage.sharing.all_of(turn.tx, therapist.id, turn.now)
    pairs = ((int(share.patient_id), share.label) for share in shares if diary.sharing.may_see(share, turn.now))
    return sorted(pairs, key=lambda pair: (folded(pair[1]), pair[0]))


def page(turn: Turn, tap: buttons.SessionPatients) -> None:
    """Another page of the names."""
    therapist = turn.therapist
    everyone = [] if therapist is None else _patients(turn, therapist)
    if not everyone:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.expect(f"{EXPECT}find")
    turn.edit(chat.sessions.choose_patient(everyone, tap.page, turn.words))


# --- one more thing is known --------------------------------------------------------------------------------------


def step(turn: Turn, tap: buttons.Session) -> None:
    """Ask what is still missing."""
    desk = _desk(turn, tap.patient)
    if desk is not None:
        _ask(turn, desk, tap, new=False)


def _ask(turn: Turn, desk: Desk, so_far: buttons.Session, *, new: bool) -> None:
    if so_far.day is not None and not _is_possible(turn, desk.patient, so_far.day):
        return
    standing = storage.sessions.all_of(turn.tx, desk.patient.id)
    today = diary.days.day_of(turn.now, desk.patient.zone)
    try:
        last = standing[-1] if standing else None
        message = chat.sessions.next_question(desk.label, so_far, last, today, turn.words)
    except ValueError:
        turn.toast(chat.people.old_button(turn.words))
        return
    _show(turn, desk, message, new=new, looks=so_far.day is None and last is not None)


def same(turn: Turn, tap: buttons.SameSession) -> None:
    """As last time: only the day is asked."""
    desk = _desk(turn, tap.patient)
    if desk is not None:
        _same(turn, desk, tap, new=False)


def _same(turn: Turn, desk: Desk, tap: buttons.SameSession, *, new: bool) -> None:
    found = _standing(turn, desk, tap.like)
    if found is None or (tap.day is not None and not _is_possible(turn, desk.patient, tap.day)):
        return
    last = found.session
    if tap.day is not None:
        _log(turn, desk, tap.day, last.kind, last.places, last.label, new=new)
        return
    today = diary.days.day_of(turn.now, desk.patient.zone)
    _show(turn, desk, chat.sessions.same_again(desk.label, desk.number, last, today, turn.words), new=new)


def _is_possible(turn: Turn, patient: Patient, day: date) -> bool:
    """Whether a session can have taken place then; where it can't, that is said, and what was asked stays on screen."""
    why_not: Sentence | None = None
    match diary.sessions.dated(day, patient.zone, turn.now):
        case Dated.TO_COME:
            why_not = chat.sessions.still_to_come(turn.words)
        case Dated.TOO_LONG_AGO:
            why_not = chat.sessions.too_long_ago(turn.words)
        case Dated.FINE:
            return True
    if turn.tap_id is not None:
        turn.toast(why_not)
    else:
        turn.say(Message(why_not))
    return False


def log(turn: Turn, tap: buttons.LogSession) -> None:
    """Everything is chosen."""
    desk = _desk(turn, tap.patient)
    places = _places(turn, tap.places)
    if desk is None or places is None or not _is_possible(turn, desk.patient, tap.day):
        return
    if not places and tap.done.kind is not Kind.OTHER:
        turn.toast(chat.people.old_button(turn.words))
    elif tap.done is Done.NAMED:
        turn.expect(f"{EXPECT}name {buttons.pack(tap)}")
        _show(turn, desk, chat.sessions.ask_name(turn.words), looks=False)
    else:
        _log(turn, desk, tap.day, tap.done.kind, places, None, new=False)


def _places(turn: Turn, bits: int) -> tuple[Place, ...] | None:
    try:
        return chat.sessions.places_of(bits)
    except ValueError:
        turn.toast(chat.people.old_button(turn.words))
        return None


def _log(
    turn: Turn, desk: Desk, day: date, kind: Kind, places: tuple[Place, ...], label: str | None, *, new: bool
) -> None:
    """Log it, once: a double tap comes as two updates, and the second finds the session and shows the same receipt."""
    described = (day, kind, places, label)
    standing = storage.sessions.all_of(turn.tx, desk.patient.id)
    done = next((one for one in standing if (one.day, one.kind, one.places, one.label) == described), None)
    if done is None:
        # What the patient reported without a place is this one: it is made whole, and not logged twice.
        told = next(
            (one for one in standing if one.reported and not one.places and (one.day, one.kind) == described[:2]), None
        )
        versions = storage.sessions.versions_of(turn.tx, desk.patient.id)
        before = None if told is None else diary.sessions.standing(versions, told.id)
        wanted = Session(SessionId(0), day, kind, turn.now, places, label, None if told is None else told.note)
        done = write(turn, desk.patient, desk.therapist, wanted, before)
        _saw(turn, desk, What.SESSION)
    message = chat.sessions.logged(desk.label, desk.number, done, _to_ask(turn, desk.patient, done), turn.words)
    _show(turn, desk, message, new=new)


def _to_ask(turn: Turn, patient: Patient, session: Session) -> list[diary.checkins.Moment]:
    """The check-ins that are still to come of a session."""
    waiting = storage.checkins.waiting(turn.tx, [patient.id]).get(patient.id, [])
    return [diary.checkins.Moment(one.after_hours, one.for_at) for one in waiting if one.session_id == session.id]


def write(
    turn: Turn, patient: Patient, therapist: Therapist | None, wanted: Session, before: Version | None = None
) -> Session:
    """Keep a session, or another form of one that stands, and plan its check-ins anew; none is asked a second time.

    No therapist: the patient writes it. A form by a therapist of what a patient reported is their yes to it.
    """
    if before is not None and before.session.day == wanted.day:
        held_at = before.held_at
    else:
        held_at = diary.sessions.held_at(wanted.day, patient.zone, turn.now)
    reported = therapist is None or (before is not None and before.session.reported)
    done = storage.sessions.add(
        turn.tx,
        patient.id,
        None if therapist is None else therapist.id,
        day=wanted.day,
        kind=wanted.kind,
        places=wanted.places,
        label=wanted.label,
        note=wanted.note,
        reported=reported,
        held_at=held_at,
        corrects=None if before is None else before.session.id,
        now=turn.now,
    )
    asked: set[int] = set()
    if before is not None:
        storage.sessions.undo(
            turn.tx, patient.id, before.session.id, None if therapist is None else therapist.id, turn.now
        )
        storage.checkins.drop(turn.tx, patient.id, before.session.id)
        asked = storage.checkins.move(turn.tx, patient.id, before.session.id, done.id)
    if reported and therapist is not None:
        storage.sessions.confirm(turn.tx, patient.id, done.id, therapist.id, turn.now)
    if patient.stage is Stage.ACTIVE:  # An imported diary has nobody who could be asked.
        storage.checkins.add(turn.tx, patient.id, done.id, diary.checkins.moments(done, held_at, turn.now, asked))
    return done


def _saw(turn: Turn, desk: Desk, what: What) -> None:
    storage.accesses.add(turn.tx, desk.therapist.id, what, turn.now, desk.patient.id)


# --- typed --------------------------------------------------------------------------------------------------------


def ask_date(turn: Turn, tap: buttons.SessionDate) -> None:
    desk = _desk(turn, tap.patient)
    if desk is not None:
        turn.expect(f"{EXPECT}day {buttons.pack(tap)}")
        _show(turn, desk, chat.sessions.ask_date(turn.words), looks=False)


def expected(turn: Turn, expecting: str, said: str) -> None:
    """What a therapist was asked to type: a name, a date, what was done, a note."""
    therapist = turn.therapist
    if therapist is None:
        turn.expect(None)
        return
    which, _, packed = expecting.removeprefix(EXPECT).partition(" ")
    said = " ".join(said.split()) if which != "note" else said.strip()
    if which == "find":
        turn.expect(None)
        _choose(turn, therapist, said)
        return
    try:
        tap = buttons.unpack(packed)
    except buttons.BadTap:
        turn.expect(None)
        turn.say(chat.sessions.no_such_session(turn.words))
        return
    desk = _desk(turn, tap.patient)
    if desk is None:
        turn.expect(None)
        return
    match tap:
        case buttons.SessionDate():
            _typed_day(turn, desk.patient, said, lambda day: _of_day(turn, desk, tap, day))
        case buttons.LogSession():
            _typed_name(turn, desk, tap, said)
        case buttons.CorrectSession(part=Part.TYPED_DAY):
            _typed_day(turn, desk.patient, said, lambda day: _correct_day(turn, desk, tap, day))
        case buttons.SessionWas():
            _typed_other_name(turn, desk, tap, said)
        case buttons.CorrectSession():
            _typed_note(turn, desk, tap, said)


def _of_day(turn: Turn, desk: Desk, tap: buttons.SessionDate, day: date) -> None:
    if tap.like is None:
        _ask(turn, desk, buttons.Session(tap.patient, day), new=True)
    else:
        _same(turn, desk, buttons.SameSession(tap.patient, tap.like, day), new=True)


def _typed_day(turn: Turn, patient: Patient, said: str, go_on: Callable[[date], None]) -> None:
    """The date that was asked for. What is none, or one to come, is said so, and the question stays."""
    today = diary.days.day_of(turn.now, patient.zone)
    there = diary.days.local(turn.now, patient.zone).date()
    day = typed_times.day(said, today)
    ahead = typed_times.coming_day(said, today, there)
    if day is None or diary.sessions.meant_ahead(day, ahead, today):
        # After midnight the diary's day is still the one before; a treatment of this calendar day has taken place.
        day = ahead if ahead is not None and ahead <= there else None
        if day is None and ahead is not None:
            turn.say(Message(chat.sessions.still_to_come(turn.words)))
            return
        if day is None and typed_times.past_day(said, today) is not None:
            turn.say(Message(chat.sessions.too_long_ago(turn.words)))
            return
        if day is None:
            turn.say(chat.sessions.no_such_date(turn.words))
            return
    if _is_possible(turn, patient, day):
        turn.expect(None)
        go_on(day)


def _typed_name(turn: Turn, desk: Desk, tap: buttons.LogSession, said: str) -> None:
    places = _places(turn, tap.places)
    if places is None or not _is_possible(turn, desk.patient, tap.day):
        turn.expect(None)
    elif len(said) > chat.sessions.MAX_LABEL:
        turn.say(chat.sessions.name_too_long(turn.words))
    else:
        turn.expect(None)
        _log(turn, desk, tap.day, Kind.OTHER, places, said, new=True)


# --- one session, and all of them ---------------------------------------------------------------------------------


def _chains(versions: list[Version]) -> list[Version]:
    """The newest form of each session, deleted ones too, the newest day first."""
    replaced = {version.corrects for version in versions}
    newest = [version for version in versions if version.session.id not in replaced]
    return sorted(newest, key=lambda form: (form.session.day, form.session.id), reverse=True)


def sessions(turn: Turn, tap: buttons.Sessions) -> None:
    """All treatments of a patient, a page of them."""
    desk = _desk(turn, tap.patient)
    if desk is None:
        return
    newest = _chains(storage.sessions.versions_of(turn.tx, desk.patient.id))
    _saw(turn, desk, What.TREATMENTS)
    _show(turn, desk, chat.sessions.listed(desk.label, desk.number, newest, tap.page, turn.words))


def one(turn: Turn, tap: buttons.OneSession) -> None:
    """One treatment with its history."""
    desk = _desk(turn, tap.patient)
    if desk is not None:
        _show_one(turn, desk, tap.session, saw=What.TREATMENTS)


def _show_one(turn: Turn, desk: Desk, session_id: int, *, saw: What | None, new: bool = False) -> None:
    """Show one treatment, if the patient has one of that number. `saw`: what this is for the log, if not in it yet."""
    versions = storage.sessions.versions_of(turn.tx, desk.patient.id)
    forms = diary.sessions.history(versions, SessionId(session_id))
    if not forms:
        turn.toast(chat.people.old_button(turn.words))
        return
    if saw is not None:
        _saw(turn, desk, saw)
    zone = desk.therapist.zone
    asked = storage.checkins.of_session(turn.tx, desk.patient.id, forms[-1].session.id)
    told = [chat.checkins.line(one, zone, turn.words) for one in asked]
    _show(turn, desk, chat.sessions.one(desk.label, desk.number, forms, told, zone, turn.words), new=new)


def _standing(turn: Turn, desk: Desk, session_id: int) -> Version | None:
    """The form of a session that counts now; where there is none, that is said."""
    versions = storage.sessions.versions_of(turn.tx, desk.patient.id)
    found = diary.sessions.standing(versions, SessionId(session_id))
    if found is not None:
        return found
    if turn.tap_id is None:
        turn.say(chat.sessions.no_such_session(turn.words))
    elif diary.sessions.history(versions, SessionId(session_id)):
        _show(turn, desk, chat.sessions.no_such_session(turn.words))
    else:
        turn.toast(chat.people.old_button(turn.words))
    return None


# --- corrections --------------------------------------------------------------------------------------------------


def correct(turn: Turn, tap: buttons.CorrectSession) -> None:
    """What shall be corrected, and into what?"""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.session)
    if desk is None or found is None:
        return
    session, words = found.session, turn.words
    today = diary.days.day_of(turn.now, desk.patient.zone)
    asked: Message
    match tap.part:
        case None:
            asked = chat.sessions.which_part(desk.label, desk.number, session, words)
        case Part.DAY:
            asked = chat.sessions.another_day(desk.label, desk.number, session, today, words)
        case Part.DONE:
            asked = chat.sessions.another_kind(desk.label, desk.number, session, words)
        case Part.PLACES:
            chosen = chat.sessions.bits_of(session.places)
            asked = chat.sessions.other_places(desk.label, desk.number, session, chosen, words)
        case Part.NOTE:
            turn.expect(f"{EXPECT}note {buttons.pack(tap)}")
            asked = chat.sessions.other_note(desk.label, desk.number, session, words)
        case Part.TYPED_DAY:
            turn.expect(f"{EXPECT}day {buttons.pack(tap)}")
            asked = chat.sessions.ask_date(words)
        case Part.NO_NOTE:
            _change(turn, desk, found, note=None)
            return
    _show(turn, desk, asked, looks=tap.part is not Part.TYPED_DAY)


def on(turn: Turn, tap: buttons.SessionOn) -> None:
    """It was on another day."""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.session)
    if desk is not None and found is not None and _is_possible(turn, desk.patient, tap.day):
        _change(turn, desk, found, day=tap.day)


def was(turn: Turn, tap: buttons.SessionWas) -> None:
    """Something else was done."""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.session)
    if desk is None or found is None:
        return
    if tap.done is Done.NAMED:
        turn.expect(f"{EXPECT}other {buttons.pack(tap)}")
        _show(turn, desk, chat.sessions.ask_name(turn.words), looks=False)
    else:
        _change(turn, desk, found, kind=tap.done.kind, label=None)


def at(turn: Turn, tap: buttons.SessionAt) -> None:
    """It was at other places: one tap after another, until it is "done"."""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.session)
    places = None if found is None else _places(turn, tap.places)
    if desk is None or found is None or places is None:
        return
    if tap.sure and (places or found.session.kind is Kind.OTHER):
        _change(turn, desk, found, places=places)
    else:
        asked = chat.sessions.other_places(desk.label, desk.number, found.session, tap.places, turn.words)
        _show(turn, desk, asked)


def _correct_day(turn: Turn, desk: Desk, tap: buttons.CorrectSession, day: date) -> None:
    found = _standing(turn, desk, tap.session)
    if found is not None:
        _change(turn, desk, found, new=True, day=day)


def _typed_other_name(turn: Turn, desk: Desk, tap: buttons.SessionWas, said: str) -> None:
    if len(said) > chat.sessions.MAX_LABEL:
        turn.say(chat.sessions.name_too_long(turn.words))
        return
    turn.expect(None)
    found = _standing(turn, desk, tap.session)
    if found is not None:
        _change(turn, desk, found, new=True, kind=Kind.OTHER, label=said)


def _typed_note(turn: Turn, desk: Desk, tap: buttons.CorrectSession, said: str) -> None:
    if len(said) > chat.sessions.MAX_NOTE:
        turn.say(chat.sessions.note_too_long(turn.words))
        return
    turn.expect(None)
    found = _standing(turn, desk, tap.session)
    if found is not None:
        _change(turn, desk, found, new=True, note=said)


def _change(turn: Turn, desk: Desk, before: Version, *, new: bool = False, **values: Any) -> None:
    """Another form of a session, where anything is different: a second tap finds it done."""
    wanted = replace(before.session, **values)
    changed = wanted != before.session
    if changed:
        write(turn, desk.patient, desk.therapist, wanted, before)
    saw = What.SESSION_CHANGED if changed else What.TREATMENTS
    _show_one(turn, desk, int(before.session.id), saw=saw, new=new)


def delete(turn: Turn, tap: buttons.DeleteSession) -> None:
    """Ask once more, then delete: it counts no more, nothing is asked after it, its history stays."""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.session)
    if desk is None or found is None:
        return
    if not tap.sure:
        _show(turn, desk, chat.sessions.delete(desk.label, desk.number, found.session, turn.words))
        return
    storage.sessions.undo(turn.tx, desk.patient.id, found.session.id, desk.therapist.id, turn.now)
    storage.checkins.drop(turn.tx, desk.patient.id, found.session.id)
    _show_one(turn, desk, int(found.session.id), saw=What.SESSION_DELETED)


def confirm(turn: Turn, tap: buttons.ConfirmSession) -> None:
    """What the patient reported is right; it stays marked as reported."""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.session)
    if desk is None or found is None:
        return
    new = storage.sessions.confirm(turn.tx, desk.patient.id, found.session.id, desk.therapist.id, turn.now)
    _show_one(turn, desk, int(found.session.id), saw=What.SESSION_CHANGED if new else What.TREATMENTS)


# --- reported by the patient --------------------------------------------------------------------------------------


def treatment(turn: Turn, _: str) -> None:
    """`/treatment`: a patient says that they were treated."""
    patient = entries.active(turn)
    if patient is not None:
        today = diary.days.day_of(turn.now, patient.zone)
        turn.say(chat.sessions.ask_patient_when(today, turn.words), patient_id=patient.id)
    elif turn.therapist is not None:
        session(turn, "")
    else:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))


@entries.of_patient
def report(turn: Turn, patient: Patient, tap: buttons.ReportSession) -> None:
    """One more thing is known of it."""
    today = diary.days.day_of(turn.now, patient.zone)
    if tap.day is None:
        turn.edit(chat.sessions.ask_patient_when(today, turn.words), patient_id=patient.id)
    elif not _is_possible(turn, patient, tap.day):
        pass
    elif tap.done is None or tap.done is Done.NAMED:
        turn.edit(chat.sessions.ask_patient_what(tap.day, turn.words), patient_id=patient.id)
    else:
        _report(turn, patient, tap.day, tap.done.kind)


def _report(turn: Turn, patient: Patient, day: date, kind: Kind) -> None:
    standing = storage.sessions.all_of(turn.tx, patient.id)
    known = next((one for one in standing if (one.day, one.kind) == (day, kind)), None)
    names = [share.therapist_id for share in storage.sharing.readers_of(turn.tx, patient.id, turn.now)]
    readers = [storage.people.therapist_by_id(turn.tx, number).name for number in names]
    if known is not None and not _is_own(turn, patient, known):
        turn.edit(chat.sessions.known_already(known, turn.words), patient_id=patient.id)
        return
    if known is None:
        known = write(turn, patient, None, Session(SessionId(0), day, kind, turn.now))
        for one in storage.red_flags.listeners(turn.tx, patient.id, turn.now):
            language = chat.words.words(one.language)
            told = chat.sessions.told_therapist(one.label, int(patient.id), known, language)
            turn.say(told, to=one.chat_id, patient_id=patient.id, urgency=Urgency.DIGEST)
            storage.accesses.add(turn.tx, one.id, What.REPORTED, turn.now, patient.id)
    receipt = chat.sessions.reported(known, readers, _to_ask(turn, patient, known), turn.words)
    turn.edit(receipt, patient_id=patient.id)


def _is_own(turn: Turn, patient: Patient, session: Session) -> bool:
    """Whether the patient wrote it and no therapist has looked at it since."""
    versions = storage.sessions.versions_of(turn.tx, patient.id)
    return any(one.session.id == session.id and one.by is None and one.confirmed_at is None for one in versions)


@entries.of_patient
def ask_report_date(turn: Turn, patient: Patient, _: buttons.ReportDate) -> None:
    turn.expect(EXPECT_REPORT_DATE)
    turn.edit(chat.sessions.ask_date(turn.words), patient_id=patient.id)


def expected_report_date(turn: Turn, patient: Patient, said: str) -> bool:
    """The date of a treatment that the patient reports. False: it is no date, and is read as anything else."""
    today = diary.days.day_of(turn.now, patient.zone)
    there = diary.days.local(turn.now, patient.zone).date()
    if typed_times.past_day(said, today) is None and typed_times.coming_day(said, today, there) is None:
        return False
    _typed_day(
        turn,
        patient,
        said,
        lambda day: _ask_what(turn, patient, day),
    )
    return True


def _ask_what(turn: Turn, patient: Patient, day: date) -> None:
    turn.say(chat.sessions.ask_patient_what(day, turn.words), patient_id=patient.id)


@entries.of_patient
def undo_report(turn: Turn, patient: Patient, tap: buttons.UndoReport) -> None:
    versions = storage.sessions.versions_of(turn.tx, patient.id)
    found = diary.sessions.standing(versions, SessionId(tap.session))
    if found is None:
        turn.edit(chat.sessions.no_such_session(turn.words), patient_id=patient.id)
    elif not _is_own(turn, patient, found.session):
        turn.edit(chat.sessions.report_stands(turn.words), patient_id=patient.id)
    else:
        storage.sessions.undo(turn.tx, patient.id, found.session.id, None, turn.now)
        storage.checkins.drop(turn.tx, patient.id, found.session.id)
        turn.edit(chat.sessions.report_undone(turn.words), patient_id=patient.id)
