"""What clinic admins are told at most once a day, and whom that goes to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.sqlite import insert

from bot.diary.people import ChatId, Reach
from bot.storage import tables

ALERT: Final = "alert "
"""How the kind begins of the notice that an alert reached no therapist. Each alert is a kind of its own, so that
another one on the same day is told as well."""
KEPT_FOR: Final = timedelta(days=60)

_claim: Final = insert(tables.notices).on_conflict_do_nothing()


def claim(tx: Connection, chat: ChatId, kind: str, day: date, now: datetime) -> bool:
    """Whether this chat is still to be told this on this day; from now on it is told."""
    return tx.execute(_claim, {"chat_id": chat, "kind": kind, "day": day, "told_at": now}).rowcount > 0


def readers(tx: Connection, admin_ids: Collection[int]) -> list[tuple[ChatId, str]]:
    """Every clinic admin who can be written to, with the language: those of the link and those of the settings."""
    account = tables.accounts.c
    rows = tx.execute(
        select(account.chat_id, account.language)
        .where(
            account.reach == Reach.OK,
            or_(account.chat_id.in_(select(tables.admins.c.chat_id)), account.chat_id.in_(admin_ids)),
        )
        .order_by(account.chat_id)
    )
    return [(ChatId(row[0]), row[1]) for row in rows]


def forget_old(tx: Connection, now: datetime) -> int:
    """Delete what was told long ago; returns how many."""
    return tx.execute(delete(tables.notices).where(tables.notices.c.told_at < now - KEPT_FOR)).rowcount
