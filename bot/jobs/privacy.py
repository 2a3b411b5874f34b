"""The week in which the wish to be forgotten could be taken back is over: everything about that person is deleted.

Law: the word that it is done goes out in the transaction that deletes, once; one person's failure keeps nobody else.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import chat, storage
from bot.chat.messages import as_data
from bot.chat.words import words
from bot.diary.people import ChatId, Patient, Reach
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

AT_ONCE: Final = 10
"""People deleted in one transaction; taps wait that long."""
FAILED: Final = "somebody could not be forgotten"


def forget_due(tx: Connection, settings: Settings, now: datetime) -> int:
    """Delete up to AT_ONCE patients whose time has come; returns how many were."""
    return sum(
        apart(tx, FAILED, partial(_forget, tx, patient, settings, now), lambda: 0)
        for patient in storage.privacy.due(tx, now, AT_ONCE)
    )


def _forget(tx: Connection, patient: Patient, settings: Settings, now: datetime) -> int:
    account = storage.people.find_account(tx, patient.chat_id)
    storage.privacy.forget(tx, patient, now, keeps_account=patient.chat_id in settings.admin_ids)
    if account is not None and account.reach is Reach.OK:
        farewell(tx, patient.chat_id, account.language, settings, now)
    return 1


def farewell(tx: Connection, chat_id: ChatId, language: str, settings: Settings, now: datetime) -> None:
    """Say that it is done. The row lets go of its chat when it is settled, since that has no account any more."""
    body = as_data(chat.privacy.done(settings.backup_days, words(language)))
    storage.outbox.add(tx, chat_id, Action.SEND, body, urgency=Urgency.ANSWER, now=now)
