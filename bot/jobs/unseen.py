"""An alert on its way: it waits for therapists' own hours, reaches somebody or says so, and is brought to mind once.

Rule: what is to be done says diary/unseen.py; here it is done and written down, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import alerts, chat, diary, storage
from bot.chat.messages import Message, as_data
from bot.diary.alerts import ANSWERS, Act, Alert
from bot.diary.people import ChatId, PatientId, Stage, TherapistId
from bot.diary.unseen import Plan
from bot.jobs import notices
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.readers import Way
from bot.storage.tables import Action

AT_ONCE: Final = 50
"""Alerts looked at in one transaction."""
FAILED: Final = "an alert could not be looked after"
TRY_AGAIN_AFTER: Final = timedelta(minutes=10)


def look_after(tx: Connection, settings: Settings, now: datetime) -> int:
    """Look at up to AT_ONCE alerts that are due; returns how many there were."""
    due = storage.alerts.due(tx, now, AT_ONCE)
    for alert in due:
        later = partial(storage.alerts.change, tx, alert, due_at=now + TRY_AGAIN_AFTER)
        apart(tx, FAILED, partial(look, tx, settings, alert, now), later)
    return len(due)


def look(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> None:
    """Do what is due about an alert, and say when to look at it again."""
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    if alert.withdrawn_at is not None or patient.stage is Stage.FORGETTING:
        storage.alerts.change(tx, alert, due_at=None)
        return
    answered = any(done.act in ANSWERS for done in storage.alerts.acts_of(tx, alert))
    way = storage.readers.of(tx, alert, now)
    plan = diary.unseen.plan(way.readers, way.delivery, alert.raised_at, now, answered=answered)
    for one in plan.tell:
        # What a colleague has answered already is there to be read, and rings for nobody.
        alerts.tell(tx, settings, alert, way.listener(one), now, silent=answered)
    for one in plan.call_urgent:
        alerts.call_urgent(tx, alert, way.listener(one), now)
    for one in plan.remind:
        alerts.remind(tx, alert, way.listener(one), now)
    _pass_on(tx, alert, way, plan.pass_on, now)
    undelivered = plan.undelivered and alert.undelivered_at is None
    _ask(tx, settings, alert, way, plan, now, undelivered=undelivered)
    if undelivered:
        _reached_nobody(tx, settings, alert, now)
    storage.alerts.change(tx, alert, due_at=plan.next_at)


def _ask(
    tx: Connection, settings: Settings, alert: Alert, way: Way, plan: Plan, now: datetime, *, undelivered: bool
) -> None:
    """Ask the patient whether it is urgent, once there is somebody to ask for; later have the question say who
    reads it, where that has changed.
    """
    if alert.red_flag:
        return
    first = alert.bubble_id is None and any(it.reader.reachable for it in way.readings)
    if first or (alert.bubble_id is not None and (plan.tell or plan.call_urgent or undelivered)):
        standing = storage.alerts.find(tx, alert.patient_id, alert.id)
        assert standing is not None
        alerts.ask(tx, settings, standing, now)


def _pass_on(
    tx: Connection, alert: Alert, way: Way, pairs: Sequence[tuple[TherapistId, TherapistId]], now: datetime
) -> None:
    """To whoever stands in: the whole where they may see the diary, else only that there is something."""
    may_see = {it.reader.id for it in way.readings}
    for away_id, deputy_id in pairs:
        away = storage.people.therapist_by_id(tx, away_id)
        deputy = storage.people.therapist_by_id(tx, deputy_id)
        say = alerts.words_of(tx, deputy.chat_id)
        if deputy_id in may_see:
            _say(tx, deputy.chat_id, chat.alerts.stands_in(away.name, say), now, alert.patient_id)
        else:
            # No row about the patient: this reader may see none.
            outbox_id = None
            last_at = storage.alerts.hinted_at(tx, deputy_id, away_id)
            if diary.unseen.hints(last_at, now, red_flag=alert.red_flag):
                outbox_id = _say(tx, deputy.chat_id, chat.alerts.for_deputy(away.name, say), now)
            storage.alerts.act(tx, alert, deputy_id, Act.HINTED, now, outbox_id=outbox_id)


def _reached_nobody(tx: Connection, settings: Settings, alert: Alert, now: datetime) -> None:
    """The patient hears it, with whom to call, and the admins that something is undelivered, without what."""
    patient = storage.people.patient_by_id(tx, alert.patient_id)
    say = alerts.words_of(tx, patient.chat_id)
    call, clinic = alerts.number(settings, patient, say), settings.clinic_name
    if not alert.red_flag:
        message = chat.alerts.not_heard(alert, call, clinic, say)
        message = replace(message, silent=patient.quiet.covers(now, patient.here))
        _say(tx, patient.chat_id, message, now, patient.id)
    elif any(done.act is Act.TOLD for done in storage.alerts.acts_of(tx, alert)):
        _say(tx, patient.chat_id, chat.red_flags.not_heard(call, clinic, say), now, patient.id, Urgency.RED_FLAG)
    # Else nobody was there to be told, and the answer to the report has said so.
    storage.alerts.change(tx, alert, undelivered_at=now)
    notices.tell(tx, settings, f"{storage.notices.ALERT}{alert.id} on {alert.day}", chat.notices.alert_undelivered, now)


def _say(
    tx: Connection,
    to: ChatId,
    message: Message,
    now: datetime,
    patient_id: PatientId | None = None,
    urgency: Urgency = Urgency.ALERT,
) -> int:
    return storage.outbox.add(tx, to, Action.SEND, as_data(message), urgency=urgency, now=now, patient_id=patient_id)
