"""A therapist logs a treatment session."""

from __future__ import annotations

from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed_times
from bot.diary.people import PatientId, Role, Stage, Therapist
from bot.diary.sessions import SessionId
from bot.handlers import digests
from bot.handlers.turn import Turn

EXPECT_DATE: Final = "session:"
MOST_BUTTONS: Final = 90
"""More patients than Telegram allows buttons are shown page by page; each card has a button for a session."""


def session(turn: Turn, _: str) -> None:
    """`/session`: for whom? Asked only where there is a choice."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
        return
    shares = storage.sharing.all_of(turn.tx, therapist.id, turn.now)
    if not shares:
        turn.say(chat.sessions.no_patients(turn.words))
    elif len(shares) > MOST_BUTTONS:
        digests.patients(turn, "")
    elif len(shares) == 1:
        _ask(turn, therapist, buttons.Session(shares[0].patient_id, None, None, None, None), new=True)
    else:
        pairs = sorted(((share.patient_id, share.label) for share in shares), key=lambda pair: pair[1].casefold())
        turn.say(chat.sessions.choose_patient(pairs, turn.words))


def step(turn: Turn, tap: buttons.Session) -> None:
    """One more thing is known; ask the next, or log the session."""
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    _ask(turn, therapist, tap, new=False)


def _ask(turn: Turn, therapist: Therapist, so_far: buttons.Session, *, new: bool) -> None:
    patient_id = PatientId(so_far.patient)
    share = _share(turn, therapist, patient_id)
    if share is None:
        return
    patient = storage.people.patient_by_id(turn.tx, patient_id)
    today = diary.days.day_of(turn.now, patient.zone)
    message = chat.sessions.next_question(share.label, so_far, today, turn.words)
    if message is None:
        _log(turn, therapist, share, so_far)
    elif new:
        turn.say(message, patient_id=patient_id)
    else:
        turn.edit(message, patient_id=patient_id)


def _share(turn: Turn, therapist: Therapist, patient_id: PatientId) -> diary.sharing.Share | None:
    """The patient's yes to this therapist; where there is none, that is all that is said."""
    share = storage.sharing.find(turn.tx, patient_id, therapist.id)
    if share is not None and diary.sharing.may_see(share, turn.now):
        patient = storage.people.patient_by_id(turn.tx, patient_id)
        if patient.stage is Stage.ACTIVE:
            return share
    if turn.tap_id is not None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        turn.say(chat.sessions.not_shared(turn.words))
    return None


def _log(turn: Turn, therapist: Therapist, share: diary.sharing.Share, done: buttons.Session) -> None:
    assert done.day is not None
    assert done.kind is not None
    assert done.side is not None
    try:
        side = buttons.side_of(done.side)
    except ValueError:
        turn.toast(chat.people.old_button(turn.words))
        return
    # A double tap comes as two updates: the second finds the session and shows the same receipt.
    described = (done.day, done.kind, done.site, side)
    standing = storage.sessions.all_of(turn.tx, share.patient_id)
    logged = next((it for it in standing if (it.day, it.kind, it.site, it.side) == described), None)
    if logged is None:
        session_id = storage.sessions.add(
            turn.tx,
            share.patient_id,
            therapist.id,
            day=done.day,
            kind=done.kind,
            site=done.site,
            side=side,
            now=turn.now,
        )
        logged = diary.sessions.Session(session_id, done.day, done.kind, done.site, side, turn.now)
    turn.edit(chat.sessions.logged(share.label, logged, turn.words), patient_id=share.patient_id)


def ask_date(turn: Turn, tap: buttons.SessionDate) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    if _share(turn, therapist, PatientId(tap.patient)) is None:
        return
    turn.expect(f"{EXPECT_DATE}{tap.patient}")
    turn.edit(chat.sessions.ask_date(turn.words))


def expected_date(turn: Turn, expecting: str, said: str) -> None:
    """The date that "another date" asked for."""
    therapist = turn.therapist
    if therapist is None:
        turn.expect(None)
        return
    patient_id = int(expecting.removeprefix(EXPECT_DATE))
    if _share(turn, therapist, PatientId(patient_id)) is None:
        turn.expect(None)
        return
    patient = storage.people.patient_by_id(turn.tx, PatientId(patient_id))
    day = typed_times.day(said, diary.days.day_of(turn.now, patient.zone))
    if day is None:
        turn.say(chat.sessions.no_such_date(turn.words))
        return
    turn.expect(None)
    _ask(turn, therapist, buttons.Session(patient_id, day, None, None, None), new=True)


def undo(turn: Turn, tap: buttons.UndoSession) -> None:
    therapist = turn.therapist
    gone = None if therapist is None else storage.sessions.undo(turn.tx, therapist.id, SessionId(tap.session), turn.now)
    if gone is None:
        turn.edit(chat.sessions.already_undone(turn.words))
    else:
        turn.edit(chat.sessions.undone(turn.words), patient_id=gone)
