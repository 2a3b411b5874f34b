"""Updates that arrived: kept before they are acknowledged, handled in order of arrival, known by id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from bot.storage import tables
from bot.storage.columns import to_json
from bot.storage.prepared import Prepared, listed
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
    parked_at: datetime | None = None
    """Only of one that was set aside and is tried anew: its sender may have answered again since."""


@dataclass(frozen=True, slots=True)
class Parked:
    """An update that was set aside: what the operator may know of it."""

    seq: int
    update_id: int
    received_at: datetime
    reason: str
    tries: int


_REHEARSAL: Final = -1
"""No update of Telegram's has this id."""
_REHEARSED: Final = " " * 16_384
"""More than a page holds: a file that may not grow does not take it."""
_is_waiting: Final = text("inbox.state = 'waiting'")
_is_parked: Final = text("inbox.state = 'parked'")
_is_done: Final = text("inbox.state = 'done'")
# Literals, since SQLite takes the partial indexes for no other form.
_put: Final = Prepared(
    insert(tables.inbox).on_conflict_do_nothing(index_elements=["update_id"]),
    ("update_id", "received_at", "waited_since", "body", "state", "tries"),
)
_polled: Final = Prepared(
    insert(tables.polls).on_conflict_do_update(
        index_elements=["id"], set_={"answered_at": insert(tables.polls).excluded.answered_at}
    ),
    ("id", "answered_at"),
)
_last_poll: Final = Prepared(select(tables.polls.c.answered_at))
_waiting: Final = Prepared(
    select(
        tables.inbox.c.seq,
        tables.inbox.c.update_id,
        tables.inbox.c.received_at,
        tables.inbox.c.body,
        tables.inbox.c.tries,
        tables.inbox.c.waited_since,
        tables.inbox.c.done_at,
    )
    .where(_is_waiting)
    .order_by(tables.inbox.c.seq)
    .limit(bindparam("limit"))
)
_count_parked: Final = Prepared(select(func.count()).select_from(tables.inbox).where(_is_parked))
_done: Final = Prepared(
    update(tables.inbox)
    .where(tables.inbox.c.seq.in_(listed("which")))
    .values(state=InboxState.DONE, body=None, done_at=bindparam("at"))
)
_forget: Final = Prepared(
    delete(tables.inbox).where(
        tables.inbox.c.seq.in_(
            select(tables.inbox.c.seq)
            .where(_is_done, tables.inbox.c.done_at < bindparam("before"))
            .order_by(tables.inbox.c.done_at)
            .limit(bindparam("limit"))
        )
    )
)


def kept(update: dict[str, Any]) -> str:
    """An update as it is kept: in JSON, and of a tapped message no more than which one it is, and whether a picture.

    Nobody reads its text and buttons, and parsing them takes more than half the time. With the date 0 the Bot API
    marks a message that is known by its number alone. By json, which is slower and loses nothing: "not a number" stays
    that. In ASCII: half a surrogate pair can't be stored otherwise, and such an update would end every start.
    """
    query = update.get("callback_query")
    if not isinstance(query, dict) or not isinstance(message := query.get("message"), dict):
        return json.dumps(update)
    bare = {"message_id": message.get("message_id"), "chat": message.get("chat"), "date": 0}
    if message.get("photo"):
        bare["photo"] = True
    return json.dumps({**update, "callback_query": {**query, "message": bare}})


def put(
    tx: Connection, updates: Sequence[tuple[int, str]], now: datetime, waited_since: datetime | None = None
) -> None:
    """Keep a batch of (update id, raw JSON); ids known already are left as they are.

    `waited_since`: the last poll that left nothing waiting. A tap has no time of its own; it was made since then.
    """
    _put.many(
        tx,
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


def known(tx: Connection, update_ids: Sequence[int]) -> int:
    """How many of these updates have been taken before, as far back as their ids are kept."""
    return tx.execute(
        select(func.count()).select_from(tables.inbox).where(tables.inbox.c.update_id.in_(update_ids))
    ).scalar_one()


def polled(tx: Connection, now: datetime) -> None:
    """Note that Telegram has just answered a poll, and that nothing more waits there."""
    _polled.run(tx, {"id": 1, "answered_at": now})


def last_poll(tx: Connection) -> datetime | None:
    """When a poll last left nothing waiting at Telegram, of this process or of one before it."""
    row = _last_poll.first(tx, {})
    return None if row is None else row[0]


def waiting(tx: Connection, limit: int) -> list[Arrival]:
    """The oldest updates still to be handled."""
    return [Arrival(*row) for row in _waiting.all(tx, {"limit": limit})]


def oldest(tx: Connection) -> Arrival | None:
    """The update that is handled next."""
    return next(iter(waiting(tx, 1)), None)


def done(tx: Connection, seqs: Sequence[int], now: datetime) -> None:
    """Handled: the content goes, the id stays."""
    if seqs:
        _done.run(tx, {"which": to_json(list(seqs)), "at": now})


def count_try(tx: Connection, seq: int, by: int = 1) -> None:
    tx.execute(update(tables.inbox).where(tables.inbox.c.seq == seq).values(tries=tables.inbox.c.tries + by))


def park(tx: Connection, seq: int, reason: str, now: datetime, tries: int) -> None:
    """Set an update aside, its content kept for a later try; `reason` holds no health data."""
    tx.execute(
        update(tables.inbox)
        .where(tables.inbox.c.seq == seq)
        .values(state=InboxState.PARKED, reason=reason[:200], done_at=now, tries=tries)
    )


def parked(tx: Connection) -> list[Parked]:
    """What is set aside, the oldest first; no content."""
    table = tables.inbox.c
    rows = tx.execute(
        select(table.seq, table.update_id, table.received_at, table.reason, table.tries)
        .where(_is_parked)
        .order_by(table.seq)
    )
    return [Parked(*row) for row in rows]


def count_parked(tx: Connection) -> int:
    (count,) = _count_parked.first(tx, {}) or (0,)
    return int(count)


def retry(tx: Connection, seqs: Sequence[int]) -> int:
    """Have parked updates handled anew, each in its old place in the order; returns how many there were."""
    return tx.execute(
        update(tables.inbox)
        .where(_is_parked, tables.inbox.c.seq.in_(seqs))
        .values(state=InboxState.WAITING, tries=0, reason=None)
    ).rowcount


def drop(tx: Connection, seq: int, now: datetime) -> bool:
    """Give a parked update up: its content goes, its id stays known for a while. False: there is none."""
    return (
        tx.execute(
            update(tables.inbox)
            .where(_is_parked, tables.inbox.c.seq == seq)
            .values(state=InboxState.DONE, body=None, done_at=now)
        ).rowcount
        > 0
    )


def depth(tx: Connection) -> int:
    """How many updates wait."""
    return tx.execute(select(func.count()).select_from(tables.inbox).where(_is_waiting)).scalar_one()


def oldest_at(tx: Connection) -> datetime | None:
    """When the update that waits longest arrived."""
    return tx.execute(
        select(tables.inbox.c.received_at).where(_is_waiting).order_by(tables.inbox.c.seq).limit(1)
    ).scalar()


def rehearse(tx: Connection, now: datetime) -> None:
    """Keep an update and take it back: raises what the next real one would meet."""
    put(tx, [(_REHEARSAL, _REHEARSED)], now)
    tx.execute(delete(tables.inbox).where(tables.inbox.c.update_id == _REHEARSAL))


def forget_old(tx: Connection, now: datetime, limit: int) -> int:
    """Delete the ids of at most `limit` updates handled long ago; returns how many."""
    return _forget.run(tx, {"before": now - KEPT_FOR, "limit": limit})
