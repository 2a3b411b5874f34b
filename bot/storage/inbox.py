"""Updates that arrived: kept before they are acknowledged, handled in order of arrival, known by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from bot.storage import tables
from bot.storage.tables import InboxState

KEPT_FOR: Final = timedelta(days=3)
"""How long the id of a handled update is known: Telegram offers an update for 24 hours."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update as it arrived: its raw JSON."""

    seq: int
    update_id: int
    received_at: datetime
    body: str
    tries: int
    waited_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """An update that was set aside, without its content; `reason` holds no health data."""

    seq: int
    update_id: int
    received_at: datetime
    reason: str | None
    tries: int


_REHEARSAL: Final = -1
"""No update of Telegram's has this id."""
_REHEARSED: Final = " " * 16_384
"""More than a page holds: a file that may not grow does not take it."""
_is_waiting: Final = text("inbox.state = 'waiting'")
_is_parked: Final = text("inbox.state = 'parked'")
# Literals, since SQLite takes a partial index for no other form.
_put: Final = insert(tables.inbox).on_conflict_do_nothing(index_elements=["update_id"])
_polled: Final = insert(tables.polls).on_conflict_do_update(
    index_elements=["id"], set_={"answered_at": insert(tables.polls).excluded.answered_at}
)
_waiting: Final = (
    select(
        tables.inbox.c.seq,
        tables.inbox.c.update_id,
        tables.inbox.c.received_at,
        tables.inbox.c.body,
        tables.inbox.c.tries,
        tables.inbox.c.waited_since,
    )
    .where(_is_waiting)
    .order_by(tables.inbox.c.seq)
    .limit(bindparam("limit"))
)
_oldest: Final = select(tables.inbox.c.received_at).where(_is_waiting).order_by(tables.inbox.c.seq).limit(1)
_done: Final = (
    update(tables.inbox)
    .where(tables.inbox.c.seq == bindparam("which"))
    .values(state=InboxState.DONE, body=None, done_at=bindparam("at"))
)


def put(
    tx: Connection, updates: Sequence[tuple[int, str]], now: datetime, waited_since: datetime | None = None
) -> None:
    """Keep a batch of (update id, raw JSON); ids known already are left as they are.

    `waited_since`: the poll before this one. A tap has no time of its own; it was made somewhere in between.
    """
    tx.execute(
        _put,
        [
            {
                "update_id": update_id,
                "received_at": now,
                "waited_since": waited_since,
                "body": body,
                "state": InboxState.WAITING,
                "tries": 0,
            }
            for update_id, body in updates
        ],
    )


def polled(tx: Connection, now: datetime) -> None:
    """Note that Telegram has just answered a poll."""
    tx.execute(_polled, {"id": 1, "answered_at": now})


def last_poll(tx: Connection) -> datetime | None:
    """When Telegram last answered a poll, of this process or of one before it."""
    return tx.execute(select(tables.polls.c.answered_at)).scalar()


def waiting(tx: Connection, limit: int) -> list[Arrival]:
    """The oldest updates still to be handled."""
    return [Arrival(*row) for row in tx.execute(_waiting, {"limit": limit})]


def done(tx: Connection, seqs: Sequence[int], now: datetime) -> None:
    """Handled: the content goes, the id stays."""
    if seqs:
        tx.execute(_done, [{"which": seq, "at": now} for seq in seqs])


def count_try(tx: Connection, seq: int, by: int = 1) -> None:
    tx.execute(update(tables.inbox).where(tables.inbox.c.seq == seq).values(tries=tables.inbox.c.tries + by))


def park(tx: Connection, seq: int, reason: str) -> None:
    """Set an update aside, its content kept for a later try; `reason` holds no health data."""
    tx.execute(
        update(tables.inbox).where(tables.inbox.c.seq == seq).values(state=InboxState.PARKED, reason=reason[:200])
    )


def depth(tx: Connection) -> int:
    """How many updates wait."""
    return tx.execute(select(func.count()).select_from(tables.inbox).where(_is_waiting)).scalar_one()


def oldest_at(tx: Connection) -> datetime | None:
    """When the update that waits longest arrived."""
    return tx.execute(
        select(tables.inbox.c.received_at).where(_is_waiting).order_by(tables.inbox.c.seq).limit(1)
    ).scalar()


def parked(tx: Connection) -> list[Parked]:
    """Everything that was set aside, oldest first."""
    columns = [tables.inbox.c[name] for name in Parked.__dataclass_fields__]
    rows = tx.execute(select(*columns).where(_is_parked).order_by(tables.inbox.c.seq))
    return [Parked(*row) for row in rows]


def parked_count(tx: Connection) -> int:
    """How many updates were set aside."""
    return tx.execute(select(func.count()).select_from(tables.inbox).where(_is_parked)).scalar_one()


def rehearse(tx: Connection, now: datetime) -> None:
    """Keep an update and take it back: raises what the next real one would meet."""
    put(tx, [(_REHEARSAL, _REHEARSED)], now)
    tx.execute(delete(tables.inbox).where(tables.inbox.c.update_id == _REHEARSAL))


def forget_old(tx: Connection, now: datetime) -> int:
    """Delete the ids of updates handled long ago; returns how many."""
    gone = tx.execute(
        delete(tables.inbox).where(tables.inbox.c.state == InboxState.DONE, tables.inbox.c.done_at < now - KEPT_FOR)
    )
    return gone.rowcount
