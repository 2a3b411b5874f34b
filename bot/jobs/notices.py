"""What clinic admins are told about the bot, each thing at most once a day, also across restarts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot import chat, diary, storage
from bot.chat.messages import Message, as_data
from bot.chat.words import Words, words
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

PARKED = "parked"
BACKUP_FAILED = "backup failed"


def send_due(tx: Connection, settings: Settings, now: datetime) -> int:
    """Tell of what is set aside; returns how many admins were told."""
    count = storage.inbox.count_parked(tx)
    return tell(tx, settings, PARKED, partial(chat.notices.parked, count), now) if count else 0


def backup_failed(tx: Connection, settings: Settings, now: datetime) -> int:
    """Tell that today's backup could not be made; returns how many admins were told."""
    return tell(tx, settings, BACKUP_FAILED, chat.notices.backup_failed, now)


def tell(tx: Connection, settings: Settings, kind: str, message: Callable[[Words], Message], now: datetime) -> int:
    """Tell every clinic admin who was not told of this `kind` on the clinic's present day; returns how many."""
    day = diary.days.day_of(now, settings.default_timezone)
    told = 0
    for chat_id, language in storage.notices.readers(tx, settings.admin_ids):
        if storage.notices.claim(tx, chat_id, kind, day, now):
            body = as_data(message(words(language)))
            storage.outbox.add(tx, chat_id, Action.SEND, body, urgency=Urgency.ALERT, now=now)
            told += 1
    return told
