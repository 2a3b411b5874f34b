"""An alert is put before a therapist, and its messages are kept as it stands: for handlers and for the clock's work.

Rule: whoever is told gets one message for an alert, which says what has become of it. A new message is a new alert,
that the patient calls it urgent, or that nobody has answered it for a day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot import chat, diary, reports, storage
from bot.chat.alerts import ACTS_SHOWN, About, Seen
from bot.chat.messages import Message, as_data
from bot.chat.words import Sentence, Words, words_for, words_in
from bot.diary.accesses import What
from bot.diary.alerts import Act, Alert, Done
from bot.diary.people import ChatId, Patient
from bot.diary.sharing import Share
from bot.reports.recipes import Alerted
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.red_flags import Listener
from bot.storage.tables import Action

NOTE_SHOWN: Final = 400
"""Characters of a note under a red flag: so many of them fit a message."""


def tell(
    tx: Connection, settings: Settings, alert: Alert, listener: Listener, now: datetime, *, silent: bool = False
) -> None:
    """Send it to one therapist, and write down that it was."""
    share = storage.sharing.find(tx, alert.patient_id, listener.id)
    assert share is not None
    seen = seen_by(tx, alert, share)
    bubble = storage.outbox.add_bubble(tx, listener.chat_id, alert.patient_id, now)
    outbox_id = storage.outbox.add(
        tx,
        listener.chat_id,
        Action.SEND,
        as_data(replace(_message(tx, settings, seen, words_in(listener.language, seen.zone)), silent=silent)),
        urgency=Urgency.RED_FLAG if alert.red_flag else Urgency.ALERT,
        now=now,
        patient_id=alert.patient_id,
        bubble_id=bubble,
    )
    storage.alerts.act(tx, alert, listener.id, Act.TOLD, now, outbox_id=outbox_id, bubble_id=bubble)
    storage.accesses.add(tx, listener.id, What.ALERT, now, alert.patient_id)


def call_urgent(tx: Connection, alert: Alert, listener: Listener, now: datetime) -> None:
    """A therapist who was told of it hears that the patient calls it urgent."""
    share = storage.sharing.find(tx, alert.patient_id, listener.id)
    assert share is not None
    seen = seen_by(tx, alert, share)
    message = chat.alerts.called_urgent(seen, words_in(listener.language, seen.zone))
    _say(tx, alert, listener, Act.CALLED_URGENT, message, now)


def remind(tx: Connection, alert: Alert, listener: Listener, now: datetime) -> None:
    """A therapist is brought to mind that nobody has answered it."""
    share = storage.sharing.find(tx, alert.patient_id, listener.id)
    assert share is not None
    seen = seen_by(tx, alert, share)
    message = chat.alerts.reminder(seen, words_in(listener.language, seen.zone))
    _say(tx, alert, listener, Act.REMINDED, message, now)


def _say(tx: Connection, alert: Alert, listener: Listener, act: Act, message: Message, now: datetime) -> None:
    outbox_id = storage.outbox.add(
        tx,
        listener.chat_id,
        Action.SEND,
        as_data(message),
        urgency=Urgency.ALERT,
        now=now,
        patient_id=alert.patient_id,
    )
    storage.alerts.act(tx, alert, listener.id, act, now, outbox_id=outbox_id)
    # It shows the figures once more.
    storage.accesses.add(tx, listener.id, What.ALERT, now, alert.patient_id)


def refresh(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> None:
    """Have every message about it say how it stands now; whoever may not see the diary any more keeps theirs."""
    standing = storage.alerts.find(tx, alert.patient_id, alert.id)
    assert standing is not None
    shown: dict[int, Done] = {
        done.bubble_id: done for done in storage.alerts.acts_of(tx, standing) if done.bubble_id is not None
    }
    for bubble, done in shown.items():
        share = storage.sharing.find(tx, alert.patient_id, done.therapist_id)
        if share is None or not diary.sharing.may_see(share, now):
            continue
        seen = seen_by(tx, standing, share)
        therapist = storage.people.therapist_by_id(tx, done.therapist_id)
        body = as_data(_message(tx, settings, seen, words_of(tx, therapist.chat_id)))
        storage.outbox.add(
            tx,
            therapist.chat_id,
            Action.EDIT,
            body if standing.red_flag else body | {"of_picture": True},
            urgency=Urgency.ANSWER,
            now=now,
            patient_id=alert.patient_id,
            bubble_id=bubble,
        )


def seen_by(tx: Connection, alert: Alert, share: Share) -> Seen:
    """The alert as the therapist of this share reads it."""
    therapist = storage.people.therapist_by_id(tx, share.therapist_id)
    about = about_of(tx, alert, withdrawn=alert.withdrawn_at is not None)
    return Seen(alert, share.label, about, storage.alerts.acts_of(tx, alert), therapist.id, therapist.zone)


def about_of(tx: Connection, alert: Alert, *, withdrawn: bool = False) -> About:
    """What it is about; `withdrawn`: also what it was about before a correction."""
    items = {item.id: item for item in storage.entries.items_of(tx, alert.patient_id)}
    found = storage.alerts.items_of(tx, alert, withdrawn=withdrawn)
    return [(items[one.item_id], one) for one in found if one.item_id in items]


def _message(tx: Connection, settings: Settings, seen: Seen, say: Words) -> Message:
    alert = seen.alert
    if not alert.red_flag:
        wanted = Alerted(alert.patient_id, int(alert.id))
        return replace(
            reports.recipes.message(wanted, say, chat.alerts.rows(seen, say)), text=chat.alerts.bare(seen.label, say)
        )
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    at = diary.days.local(alert.raised_at, patient.here)
    named = None if alert.checkin_id is None else storage.checkins.find(tx, patient.id, alert.checkin_id)
    sign = None if named is None else named.answer
    told = chat.red_flags.reported(seen.label, int(patient.id), at, number(settings, patient, say), say, sign)
    lines = [told.text, *chat.alerts.history(seen, say, NOTE_SHOWN, ACTS_SHOWN)]
    return Message(chat.words.joined("\n", lines), chat.alerts.rows(seen, say))


# --- the patient ----------------------------------------------------------------------------------------------


def ask(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> None:
    """Ask the patient whether it is urgent; where they were asked before, have the question say how it stands now."""
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    body = as_data(replace(question(tx, settings, alert, now), silent=patient.quiet.covers(now, patient.here)))
    bubble = alert.bubble_id
    if bubble is None:
        bubble = storage.outbox.add_bubble(tx, patient.chat_id, patient.id, now)
        storage.alerts.change(tx, alert, bubble_id=bubble)
    storage.outbox.add(
        tx,
        patient.chat_id,
        Action.SEND if alert.bubble_id is None else Action.EDIT,
        body,
        urgency=Urgency.ALERT,
        now=now,
        patient_id=patient.id,
        bubble_id=bubble,
    )


def question(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> Message:
    """The question as it stands."""
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    say, way = words_of(tx, patient.chat_id), storage.readers.of(tx, alert, now)
    later = [
        (way.listener(one).name, diary.days.local(opens_at, patient.here))
        for one, opens_at in diary.unseen.opens_later(way.readers, now)
    ]
    call = number(settings, patient, say)
    about = about_of(tx, alert)
    return chat.alerts.question(alert, about, way.reached, later, call, settings.clinic_name, say)


def has_done(tx: Connection, alert: Alert, done: Done, before: list[Done], now: datetime) -> None:
    """The patient hears that a therapist has seen it, or will call; silently where it is quiet."""
    word = diary.alerts.word_of(done.act, before, done.therapist_id)
    if word is None:
        return
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    reported_at = diary.days.local(alert.raised_at, patient.here)
    message = chat.alerts.has_seen(word, done.therapist, alert, reported_at, words_of(tx, patient.chat_id))
    message = replace(message, silent=patient.quiet.covers(now, patient.here))
    storage.outbox.add(
        tx, patient.chat_id, Action.SEND, as_data(message), urgency=Urgency.ALERT, now=now, patient_id=patient.id
    )


def words_of(tx: Connection, chat_id: ChatId) -> Words:
    """The words of whoever reads in a chat."""
    return words_for(storage.people.find_account(tx, chat_id))


def number(settings: Settings, patient: Patient, say: Words) -> Sentence:
    """Whom to call in an emergency, where the patient is."""
    return chat.red_flags.number_in(patient.here, settings.default_timezone, settings.emergency_number, say)
