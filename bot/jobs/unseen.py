"""What becomes of an alert by and by: it waits for a therapist's own hours, is reminded of once, and reaches somebody.

Laws:
1. A red flag waits for nobody's hours; whether it arrives is looked after in red_flags.py.
2. An alert that reaches nobody is told to the patient, with whom to call, and to the admins without content.
3. One that nobody has answered for REMIND_AFTER is reminded of once; a deputy hears of it then as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import alerts, chat, diary, storage
from bot.chat.messages import Message, as_data
from bot.chat.words import DEFAULT, words, words_in
from bot.diary.alerts import Act, Alert
from bot.diary.people import ChatId, Patient, Therapist, TherapistId
from bot.diary.red_flags import Delivery
from bot.jobs import notices
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

AT_ONCE: Final = 50
"""Alerts looked at in one transaction."""
FAILED: Final = "an alert could not be looked after"
LOOK_AGAIN_AFTER: Final = timedelta(minutes=1)
REMIND_AFTER: Final = timedelta(hours=24)
"""So long after therapists were told, those who have not seen it are reminded (ours)."""


def look_after(tx: Connection, settings: Settings, now: datetime) -> int:
    """Look at up to AT_ONCE alerts that are due; returns how many there were."""
    due = storage.alerts.due(tx, now, AT_ONCE)
    for alert in due:
        later = partial(storage.alerts.change, tx, alert, due_at=now + LOOK_AGAIN_AFTER)
        apart(tx, FAILED, partial(_look, tx, settings, alert, now), later)
    return len(due)


def _look(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> None:
    if not storage.alerts.is_open(tx, alert):
        storage.alerts.change(tx, alert, due_at=None)
        return
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    opens = None if alert.red_flag else tell_open(tx, settings, alert, now)
    told = [done for done in storage.alerts.acts_of(tx, alert) if done.act is Act.TOLD]
    delivered = storage.alerts.delivery_of(tx, alert)
    if not alert.red_flag and opens is None and delivered in {Delivery.NONE_SENT, Delivery.LOST}:
        _reached_nobody(tx, settings, alert, patient, now)
        storage.alerts.change(tx, alert, due_at=None)
        return
    remind_at = min((done.at for done in told), default=now) + REMIND_AFTER
    if told and alert.reminded_at is None and remind_at <= now:
        _remind(tx, settings, alert, [done.therapist_id for done in told], now)
    coming = [opens] if opens is not None else []
    if told and remind_at > now:
        coming.append(remind_at)
    if delivered is Delivery.UNDER_WAY and not alert.red_flag:
        coming.append(now + LOOK_AGAIN_AFTER)
    storage.alerts.change(tx, alert, due_at=min(coming, default=None))


def tell_open(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> datetime | None:
    """Tell everyone within their own hours who was not told; returns when the next of the others begins to read.

    Also where a colleague has been told already: whoever opens later sees in the message what was done.
    """
    acts = storage.alerts.acts_of(tx, alert)
    known = {done.therapist_id for done in acts if done.act is Act.TOLD}
    waiting = []
    for one in storage.red_flags.listeners(tx, alert.patient_id, now):
        if one.id in known:
            continue
        opens = diary.hours.opens_at(storage.hours.of(tx, one.id), now)
        if opens > now:
            waiting.append(opens)
        else:
            alerts.tell(tx, settings, alert, one, now)
    return min(waiting, default=None)


def _remind(tx: Connection, settings: Settings, alert: Alert, told: Sequence[TherapistId], now: datetime) -> None:
    storage.alerts.change(tx, alert, reminded_at=now)
    listening = {one.id: one for one in storage.red_flags.listeners(tx, alert.patient_id, now)}
    for therapist_id in dict.fromkeys(told):
        one = listening.get(therapist_id)
        share = storage.sharing.find(tx, alert.patient_id, therapist_id)
        if one is not None and share is not None:
            seen = alerts.seen_by(tx, alert, share)
            _say(tx, one.chat_id, chat.alerts.reminder(seen, words_in(one.language, seen.zone)), now, alert)
        _to_deputy(tx, settings, alert, storage.people.therapist_by_id(tx, therapist_id), now)


def _to_deputy(tx: Connection, settings: Settings, alert: Alert, away: Therapist, now: datetime) -> None:
    """The whole of it to a deputy who may see the diary; to another one only that there is something."""
    holiday = storage.offers.holiday(tx, away.id)
    today = diary.days.local(now, away.zone).date()
    if holiday is None or not holiday.first_day <= today <= holiday.until_day:
        return
    acts = storage.alerts.acts_of(tx, alert)
    if any(done.act is Act.TOLD and done.therapist_id == holiday.deputy_id for done in acts):
        return
    storage.alerts.change(tx, alert, deputy_at=now)
    for one in storage.red_flags.listeners(tx, alert.patient_id, now):
        if one.id == holiday.deputy_id:
            alerts.tell(tx, settings, alert, one, now)
            return
    deputy = storage.people.therapist_by_id(tx, holiday.deputy_id)
    account = storage.people.find_account(tx, deputy.chat_id)
    say = words(account.language if account else DEFAULT)
    _say(tx, deputy.chat_id, chat.alerts.for_deputy(away.name, say), now)


def _reached_nobody(tx: Connection, settings: Settings, alert: Alert, patient: Patient, now: datetime) -> None:
    account = storage.people.find_account(tx, patient.chat_id)
    say = words(account.language if account else DEFAULT)
    told = chat.alerts.not_heard(alerts.number(settings, patient, say), settings.clinic_name, say)
    _say(tx, patient.chat_id, told, now, alert)
    notices.tell(tx, settings, f"alert a{alert.id} {now:%H%M}", chat.notices.alert_undelivered, now)


def _say(tx: Connection, to: ChatId, message: Message, now: datetime, alert: Alert | None = None) -> None:
    storage.outbox.add(
        tx,
        to,
        Action.SEND,
        as_data(message),
        urgency=Urgency.ALERT,
        now=now,
        patient_id=None if alert is None else alert.patient_id,
    )
