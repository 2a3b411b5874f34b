"""A therapist answers an alert, and a patient says whether it is urgent: kept, and told to whom it concerns."""

from __future__ import annotations

from typing import Final

from bot import alerts, chat, diary, storage
from bot.chat import buttons
from bot.chat.alerts import MAX_NOTE
from bot.chat.buttons import Answered
from bot.chat.words import words_in
from bot.diary.accesses import What
from bot.diary.alerts import ANSWERS, Act, Alert, Done, Pressing
from bot.diary.people import PatientId, Stage, Therapist
from bot.diary.sharing import Share
from bot.handlers.turn import Turn
from bot.storage.outbox import Urgency

EXPECT_NOTE: Final = "alert_note:"
ACTS: Final = {
    Answered.SEEN: (Act.SEEN, What.ALERT_SEEN),
    Answered.WILL_CALL: (Act.WILL_CALL, What.WILL_CALL),
    Answered.NOTE: (Act.NOTE, What.ALERT_NOTE),
}

_Found = tuple[Alert, Share, Therapist]


def answer(turn: Turn, tap: buttons.AnswerAlert) -> None:
    """Seen, will call, or the wish to write a note."""
    found = _find(turn, tap.patient, tap.alert)
    if found is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    alert, share, therapist = found
    before = storage.alerts.acts_of(turn.tx, alert)
    if alert.withdrawn_at is not None and not any(done.act in ANSWERS for done in before):
        turn.toast(chat.alerts.taken_back(turn.words))
        alerts.refresh(turn.tx, turn.settings, alert, turn.now)
        return
    if tap.answered is Answered.NOTE:
        turn.expect(f"{EXPECT_NOTE}{tap.patient}:{tap.alert}")
        turn.say(chat.alerts.ask_note(share.label, turn.words), patient_id=alert.patient_id)
        return
    own = {done.act for done in before if done.therapist_id == therapist.id}
    act = ACTS[tap.answered][0]
    # Whoever will call, or has written of it, has seen it.
    if act in own or (act is Act.SEEN and own.intersection(ANSWERS)):
        turn.toast(chat.alerts.done_before(turn.words))
        return
    _keep(turn, found, tap.answered, before)
    turn.toast(chat.alerts.kept(tap.answered, turn.words))


def _find(turn: Turn, patient_id: int, alert_id: int) -> _Found | None:
    """The alert, where the therapist of this chat may see the diary now; also of a patient who has left."""
    therapist = turn.therapist
    share = None if therapist is None else storage.sharing.find(turn.tx, PatientId(patient_id), therapist.id)
    if therapist is None or share is None or not diary.sharing.may_see(share, turn.now):
        return None
    if storage.people.patient_by_id(turn.tx, share.patient_id).stage is Stage.FORGETTING:
        return None
    alert = storage.alerts.find(turn.tx, share.patient_id, alert_id)
    return None if alert is None else (alert, share, therapist)


def _keep(turn: Turn, found: _Found, answered: Answered, before: list[Done], text: str | None = None) -> None:
    alert, _, therapist = found
    act, what = ACTS[answered]
    storage.alerts.act(turn.tx, alert, therapist.id, act, turn.now, text=text)
    storage.accesses.add(turn.tx, therapist.id, what, turn.now, alert.patient_id)
    done = Done(therapist.id, therapist.name, act, text, turn.now)
    if alert.withdrawn_at is None:
        alerts.has_done(turn.tx, alert, done, before, turn.now)
    alerts.refresh(turn.tx, turn.settings, alert, turn.now)


def expected_note(turn: Turn, expecting: str, said: str) -> None:
    """The note that "add note" asked for."""
    patient_id, _, alert_id = expecting.removeprefix(EXPECT_NOTE).partition(":")
    found = _find(turn, int(patient_id), int(alert_id))
    if found is None:
        turn.expect(None)
        turn.say(chat.sessions.not_shared(turn.words))
    elif len(said) > MAX_NOTE:
        turn.say(chat.alerts.note_too_long(turn.words))
    else:
        turn.expect(None)
        _keep(turn, found, Answered.NOTE, storage.alerts.acts_of(turn.tx, found[0]), said.strip())
        turn.say(chat.alerts.note_kept(found[1].label, turn.words), patient_id=found[0].patient_id)


# --- the patient ----------------------------------------------------------------------------------------------


def how_urgent(turn: Turn, tap: buttons.HowUrgent) -> None:
    """Urgent, or can it wait? The newest answer counts."""
    patient = turn.patient
    alert = None if patient is None else storage.alerts.find(turn.tx, patient.id, tap.alert)
    if patient is None or alert is None or alert.bubble_id is None or patient.stage is Stage.FORGETTING:
        turn.toast(chat.people.old_button(turn.words))
        return
    if alert.withdrawn_at is not None or alert.urgency is tap.urgency:
        alerts.ask(turn.tx, turn.settings, alert, turn.now)
        return
    storage.alerts.change(turn.tx, alert, urgency=tap.urgency, urgency_at=turn.now)
    standing = storage.alerts.find(turn.tx, patient.id, alert.id)
    assert standing is not None
    turn.toast(chat.alerts.answered(tap.urgency, turn.words))
    alerts.ask(turn.tx, turn.settings, standing, turn.now)
    alerts.refresh(turn.tx, turn.settings, standing, turn.now)
    if tap.urgency is Pressing.URGENT:
        _call_urgent(turn, standing)


def _call_urgent(turn: Turn, alert: Alert) -> None:
    """Everyone who was told of it, and may still see the diary, hears that at once."""
    told = {done.therapist_id for done in storage.alerts.acts_of(turn.tx, alert) if done.act is Act.TOLD}
    for one in storage.red_flags.listeners(turn.tx, alert.patient_id, turn.now):
        share = storage.sharing.find(turn.tx, alert.patient_id, one.id)
        if one.id in told and share is not None:
            seen = alerts.seen_by(turn.tx, alert, share)
            message = chat.alerts.called_urgent(seen, words_in(one.language, seen.zone))
            turn.say(message, to=one.chat_id, patient_id=alert.patient_id, urgency=Urgency.ALERT)
