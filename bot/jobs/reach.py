"""A therapist can't be reached: a clinic admin hears of it, once a day at most while something waits for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot import chat, diary, logs, storage
from bot.chat.messages import as_data
from bot.chat.words import words
from bot.diary.people import Reach, Therapist
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

log = logs.get(__name__)


def send_due(tx: Connection, settings: Settings, now: datetime) -> int:
    """Tell admins of therapists to whom something could not be delivered; returns how many messages were put."""
    count = 0
    for therapist, reach in storage.people.undelivered_therapists(tx):
        storage.people.told_of_undelivered(tx, therapist.id)
        if reach is not Reach.OK:
            count += _tell(tx, settings, therapist, reach, now)
    return count


def _tell(tx: Connection, settings: Settings, therapist: Therapist, reach: Reach, now: datetime) -> int:
    """Name the therapist to every other admin who was not told on the clinic's present day."""
    day = diary.days.day_of(now, settings.default_timezone)
    readers = [
        (admin, language)
        for admin, language in storage.notices.readers(tx, settings.admin_ids)
        if admin != therapist.chat_id
    ]
    if not readers:
        log.warning("a therapist can't be reached, and there is no other admin to tell")
    count = 0
    for admin, language in readers:
        if storage.notices.claim(tx, admin, f"therapist {therapist.id} {reach.value}", day, now):
            body = as_data(chat.people.therapist_unreachable(therapist.name, reach, words(language)))
            storage.outbox.add(tx, admin, Action.SEND, body, urgency=Urgency.ALERT, now=now)
            count += 1
    return count
