"""Words of a patient may speak of a red flag: show the card, and hear the answer.

Rule: what was written is kept first, by whoever takes it; nothing here depends on whether it was.
"""

from __future__ import annotations

from datetime import datetime

from bot import alerts, chat, diary, storage
from bot.chat import buttons
from bot.chat.words import Sentence, words
from bot.diary.accesses import What
from bot.diary.checkins import Checkin
from bot.diary.people import Patient
from bot.diary.red_flags import UNANSWERED_AFTER, Meaning, RedFlag, RedFlagAnswer, Showing
from bot.handlers.turn import Turn
from bot.storage.outbox import Urgency
from bot.storage.red_flags import Listener


def look(turn: Turn, patient: Patient, text: str) -> bool:
    """Search a patient's own words, of whatever kind of message, and show the card where they match; whether they do.

    The patient may be anywhere: enrolling, in a pause, or done with the diary.
    """
    found = matches(turn, patient, text)
    if found:
        show(turn, patient)
    return found


def matches(turn: Turn, patient: Patient, text: str) -> bool:
    """Whether words of the list are in a text; what that means nobody knows."""
    found = diary.red_flags.find(text)
    if found is None:
        return False
    today = diary.days.day_of(turn.now, patient.zone)
    return diary.red_flags.brings_card(found, storage.sessions.all_of(turn.tx, patient.id), today)


def show(turn: Turn, patient: Patient) -> None:
    """Show the card with its two answers, once for an update."""
    if turn.card_shown:
        return
    turn.card_shown = True
    newest = storage.red_flags.newest(turn.tx, patient.id)
    how = diary.red_flags.showing(newest, turn.now)
    if how is Showing.STILL_OPEN and newest is not None:
        flag = newest
    else:
        flag = storage.red_flags.add(turn.tx, patient.id, turn.now, turn.now + UNANSWERED_AFTER)
    if how is Showing.CARD:
        message = chat.red_flags.flagged(flag.id, _card(turn, patient), turn.words)
    else:
        message = chat.red_flags.flagged_again(flag.id, _number(turn, patient), turn.words)
    turn.say(message, patient_id=patient.id, urgency=Urgency.RED_FLAG)


def _number(turn: Turn, patient: Patient) -> Sentence:
    settings = turn.settings
    return chat.red_flags.number_in(patient.here, settings.default_timezone, settings.emergency_number, turn.words)


def _card(turn: Turn, patient: Patient) -> Sentence:
    return chat.red_flags.card(turn.words, _number(turn, patient), turn.settings.cards_dir)


def answer(turn: Turn, tap: buttons.RedFlag) -> None:
    """ "This is happening now", or "no"."""
    patient = turn.patient
    if patient is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    flag = storage.red_flags.find(turn.tx, patient.id, tap.flag)
    meant = diary.red_flags.meaning(flag, tap.answer, turn.now)
    match meant:
        case Meaning.REPORT:
            report(turn, patient, flag)
        case Meaning.REPEATED if flag is not None and flag.answered_at is not None:
            told_before(turn, patient, flag.answered_at)
        case Meaning.STANDS:
            stands(turn, patient)
        case _ if flag is None:
            turn.toast(chat.people.old_button(turn.words))
        case _:
            _not_now(turn, patient, flag, to_therapists=meant is Meaning.NO_AFTER_SILENCE)


def told_before(turn: Turn, patient: Patient, answered_at: datetime) -> None:
    """The same was reported before: whom to call, once more."""
    said = chat.red_flags.told_before(_number(turn, patient), diary.days.local(answered_at, patient.here), turn.words)
    turn.say(said, patient_id=patient.id, urgency=Urgency.RED_FLAG)


def stands(turn: Turn, patient: Patient) -> None:
    """A calmer answer takes no report back."""
    said = chat.red_flags.stands(_number(turn, patient), turn.words)
    turn.say(said, patient_id=patient.id, urgency=Urgency.RED_FLAG)


def report(
    turn: Turn, patient: Patient, flag: RedFlag | None, checkin: Checkin | None = None, *, in_place: bool = True
) -> None:
    """Happening now: the patient is told what to do, and every therapist who may see the diary hears of it, at once.

    `checkin`: the sign was named in answer to it. `in_place`: the card takes the place of what was tapped.
    """
    sign = None if checkin is None else checkin.answer
    if flag is None or flag.answer is RedFlagAnswer.NOW:
        # An old button, or one that we do not know: a report of its own.
        flag = storage.red_flags.add(turn.tx, patient.id, turn.now, None)
    listeners = storage.red_flags.listeners(turn.tx, patient.id, turn.now)
    # The clock's work looks whether the alert below arrives anywhere (jobs/unseen.py).
    storage.red_flags.answered(turn.tx, flag, RedFlagAnswer.NOW, turn.now, told_at=turn.now, due_at=None)
    number = _number(turn, patient)
    card = chat.red_flags.chosen_now(_card(turn, patient), turn.words, sign)
    if in_place:
        turn.edit(card, patient_id=patient.id)
    else:
        turn.say(card, patient_id=patient.id, urgency=Urgency.RED_FLAG)
    names = [one.name for one in listeners]
    said = chat.red_flags.what_to_do(number, names, turn.settings.clinic_name, turn.words)
    turn.say(said, patient_id=patient.id, urgency=Urgency.RED_FLAG)
    alert = storage.alerts.add(
        turn.tx,
        patient.id,
        diary.days.day_of(turn.now, patient.zone),
        turn.now,
        red_flag_id=flag.id,
        checkin_id=None if checkin is None else int(checkin.id),
    )
    for one in listeners:
        alerts.tell(turn.tx, turn.settings, alert, one, turn.now)


def _not_now(turn: Turn, patient: Patient, flag: RedFlag, *, to_therapists: bool) -> None:
    storage.red_flags.answered(turn.tx, flag, RedFlagAnswer.NO, turn.now, told_at=flag.told_at, due_at=None)
    card, number = _card(turn, patient), _number(turn, patient)
    turn.edit(chat.red_flags.chosen_no(flag.id, card, number, turn.words), patient_id=patient.id)
    if to_therapists:
        at = diary.days.local(flag.shown_at, patient.here)
        for one in storage.red_flags.listeners(turn.tx, patient.id, turn.now):
            _tell(turn, patient, one, chat.red_flags.answered_no(one.label, at, words(one.language)), Urgency.ALERT)


def _tell(turn: Turn, patient: Patient, one: Listener, message: chat.messages.Message, urgency: Urgency) -> None:
    turn.say(message, to=one.chat_id, patient_id=patient.id, urgency=urgency)
    storage.accesses.add(turn.tx, one.id, What.SIGNS, turn.now, patient.id)
