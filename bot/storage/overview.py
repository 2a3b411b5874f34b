"""How the diary stands, for whoever looks after the bot: instants and numbers, no person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from bot.diary.people import Reach
from bot.storage import inbox, prompts, tables
from bot.storage.inbox import Parked


@dataclass(frozen=True, slots=True)
class Overview:
    """`…_at` is None where there is none. `due_at`: the earliest thing that the next tick has to do."""

    polled_at: datetime | None
    inbox: int
    inbox_oldest_at: datetime | None
    outbox: int
    outbox_oldest_at: datetime | None
    parked: list[Parked]
    unreachable: dict[Reach, int]
    due_at: datetime | None
    begun_at: datetime | None
    """When the first person wrote to this bot."""


def of(tx: Connection) -> Overview:
    """Everything at once; the queries go by index, but for a count of accounts."""
    waiting_in, waiting_out = text("inbox.state = 'waiting'"), text("outbox.state = 'waiting'")
    received, said = tables.inbox.c.received_at, tables.outbox.c.created_at
    arrivals = tx.execute(select(func.count(), func.min(received)).where(waiting_in)).one()
    messages = tx.execute(select(func.count(), func.min(said)).where(waiting_out)).one()
    account = tables.accounts.c
    # Imported diaries have no chat, and numbers below zero in its place.
    people = (account.reach != Reach.OK, account.chat_id > 0)
    lost = tx.execute(select(account.reach, func.count()).where(*people).group_by(account.reach))
    return Overview(
        polled_at=inbox.last_poll(tx),
        inbox=arrivals[0],
        inbox_oldest_at=arrivals[1],
        outbox=messages[0],
        outbox_oldest_at=messages[1],
        parked=inbox.parked(tx),
        unreachable={row[0]: row[1] for row in lost},
        due_at=prompts.next_due_at(tx),
        begun_at=tx.execute(select(func.min(account.created_at)).where(account.chat_id > 0)).scalar(),
    )
