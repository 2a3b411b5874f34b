"""Messages on their way out: added with the decision that caused them, settled with what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from bot.diary.people import ChatId, PatientId
from bot.storage import tables
from bot.storage.columns import to_json
from bot.storage.erasure import NOBODY
from bot.storage.prepared import Prepared, listed
from bot.storage.sweeping import WANTED
from bot.storage.tables import Action, OutboxState

KEPT_FOR: Final = timedelta(days=14)
"""How long a settled row is kept: long enough for the next digest to name one in doubt."""


class Urgency(IntEnum):
    """What goes first when not everything can go at once."""

    TAP = 0
    RED_FLAG = 1
    ANSWER = 2
    ALERT = 3
    PROMPT = 4
    DIGEST = 5


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outbox row. `body` is what the wire turns into a call: a message as data, or a few parameters.

    `bubble_id` names the message to send as, or to edit; `message_id` an edit of a message we know by its number.
    `once`: rather missing than twice. `day`: the diary day whose prompt this is.
    """

    id: int
    chat_id: ChatId
    patient_id: PatientId | None
    action: Action
    urgency: Urgency
    once: bool
    body: dict[str, Any]
    bubble_id: int | None
    message_id: int | None
    day: date | None
    started_at: datetime | None
    tries: int
    replaces: int | None = None
    """The bubble that loses its buttons once this one is on screen."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a row; `message_id` where a message was made."""

    id: int
    state: OutboxState
    at: datetime
    tries: int
    message_id: int | None = None
    error: str | None = None


_is_waiting: Final = text("outbox.state = 'waiting'")
_is_settled: Final = text("outbox.state <> 'waiting'")
# Literals, since SQLite takes the partial indexes for no other form.
_PARCEL: Final = [tables.outbox.c[name] for name in Parcel.__dataclass_fields__]
_ROW: Final = (
    "chat_id", "patient_id", "action", "urgency", "once", "body", "bubble_id", "message_id", "day", "state",
    "created_at", "tries", "replaces", "album",
)  # fmt: skip
_add: Final = Prepared(tables.outbox.insert().returning(tables.outbox.c.id), _ROW)
_add_many: Final = Prepared(tables.outbox.insert(), _ROW)
_add_bubble: Final = tables.bubbles.insert().returning(tables.bubbles.c.id)
_waiting: Final = Prepared(
    select(*_PARCEL)
    .where(
        _is_waiting,
        tables.outbox.c.id > bindparam("after"),
        tables.outbox.c.urgency >= bindparam("from_urgency"),
        tables.outbox.c.urgency <= bindparam("to_urgency"),
    )
    .order_by(tables.outbox.c.id)
    .limit(bindparam("limit"))
)
_settle: Final = Prepared(
    update(tables.outbox)
    .where(tables.outbox.c.id.in_(listed("which")))
    .values(
        state=bindparam("to_state"),
        settled_at=bindparam("at"),
        tries=bindparam("tried"),
        error=bindparam("why"),
        body=None,
    )
)
# Nothing is kept of who has no account: a stranger, or somebody who was forgotten. Only the row's number stays.
_let_go: Final = Prepared(
    update(tables.outbox)
    .where(
        tables.outbox.c.id.in_(listed("which")),
        tables.outbox.c.chat_id != NOBODY,
        tables.outbox.c.chat_id.not_in(select(tables.accounts.c.chat_id)),
    )
    .values(chat_id=NOBODY, message_id=None)
)
_shown: Final = Prepared(
    update(tables.bubbles).where(tables.bubbles.c.id == bindparam("which")).values(message_id=bindparam("shown_as"))
)
_forget: Final = Prepared(
    delete(tables.outbox).where(
        tables.outbox.c.id.in_(
            select(tables.outbox.c.id)
            .where(_is_settled, tables.outbox.c.settled_at < bindparam("before"))
            .where(tables.outbox.c.id < select(func.max(tables.outbox.c.id)).scalar_subquery())
            .order_by(tables.outbox.c.settled_at)
            .limit(bindparam("limit"))
        )
    )
)
_bubble: Final = select(tables.bubbles.c.message_id).where(tables.bubbles.c.id == bindparam("which"))


def add_bubble(
    tx: Connection, chat: ChatId, patient_id: PatientId | None, now: datetime, day: date | None = None
) -> int:
    """A message on screen that will be edited; its number is known once it was sent. `day`: what it shows."""
    return int(
        tx.execute(_add_bubble, {"chat_id": chat, "patient_id": patient_id, "created_at": now, "day": day}).scalar_one()
    )


def show_bubble(tx: Connection, bubble_id: int, message_id: int) -> None:
    _shown.run(tx, {"which": bubble_id, "shown_as": message_id})


def bubble_exists(tx: Connection, bubble_id: int) -> bool:
    return tx.execute(_bubble, {"which": bubble_id}).first() is not None


def message_of(tx: Connection, bubble_id: int) -> int | None:
    """The number of the message that a bubble shows as; None while it was not sent."""
    return tx.execute(_bubble, {"which": bubble_id}).scalar()


@dataclass(frozen=True, slots=True)
class Said:
    """What a row is made of, before it has a number: see Parcel."""

    chat_id: ChatId
    action: Action
    body: dict[str, Any]
    urgency: Urgency
    patient_id: PatientId | None = None
    once: bool = False
    bubble_id: int | None = None
    message_id: int | None = None
    day: date | None = None
    replaces: int | None = None
    album: str | None = None
    """Only of an answer to a picture of an album: which album."""


def add(
    tx: Connection,
    chat: ChatId,
    action: Action,
    body: dict[str, Any],
    *,
    urgency: Urgency,
    now: datetime,
    patient_id: PatientId | None = None,
    once: bool = False,
    bubble_id: int | None = None,
    message_id: int | None = None,
    day: date | None = None,
    replaces: int | None = None,
) -> int:
    """Put one row into the outbox, in the transaction that decided it; returns its number."""
    said = Said(chat, action, body, urgency, patient_id, once, bubble_id, message_id, day, replaces)
    made = _add.first(tx, _row(said, now))
    assert made is not None
    return int(made[0])


def add_all(tx: Connection, said: Sequence[Said], now: datetime) -> None:
    """Put rows into the outbox in the order given, in the transaction that decided them."""
    _add_many.many(tx, [_row(it, now) for it in said])


def _row(said: Said, now: datetime) -> dict[str, Any]:
    return {
        "chat_id": said.chat_id,
        "patient_id": said.patient_id,
        "action": said.action,
        "urgency": said.urgency,
        "once": said.once,
        "body": said.body,
        "bubble_id": said.bubble_id,
        "message_id": said.message_id,
        "day": said.day,
        "state": OutboxState.WAITING,
        "created_at": now,
        "tries": 0,
        "replaces": said.replaces,
        "album": said.album,
    }


def has_answered(tx: Connection, chat: ChatId, album: str) -> bool:
    """Whether this chat was told something about that album already. Of a stranger's rows the album alone is left."""
    table = tables.outbox.c
    told = select(table.id).where(table.chat_id.in_((chat, NOBODY)), table.album == album)
    return tx.execute(told.limit(1)).first() is not None


def halt(tx: Connection, chat: ChatId, now: datetime) -> int:
    """The chat has shut us out: what waits for it is settled as blocked, and not sent one by one."""
    return add(tx, chat, Action.HALT, {}, urgency=Urgency.TAP, now=now)


def recall(tx: Connection, now: datetime) -> None:
    """Rows were settled or deleted here that the sender may have read: it looks again, and makes recipes anew."""
    add(tx, ChatId(NOBODY), Action.RECALL, {}, urgency=Urgency.TAP, now=now)


def withdraw(
    tx: Connection,
    patient_id: PatientId,
    now: datetime,
    *,
    to: ChatId | None = None,
    own_chat: ChatId | None = None,
) -> None:
    """What waits to be said about a patient is not said any more: to one chat, or to everybody.

    `own_chat`: the patient's, who still gets answers, and no prompt or digest.
    """
    table = tables.outbox.c
    rows = update(tables.outbox).where(_is_waiting, table.patient_id == patient_id)
    if to is not None:
        rows = rows.where(table.chat_id == to)
    if own_chat is not None:
        rows = rows.where((table.chat_id != own_chat) | (table.urgency >= Urgency.PROMPT))
    tx.execute(rows.values(state=OutboxState.DROPPED, settled_at=now, body=None, error="no longer shared"))
    recall(tx, now)


def withdraw_all(tx: Connection, chat: ChatId, now: datetime) -> None:
    """What waits to be said to a chat is not said any more, but for what is about a diary of its own."""
    table = tables.outbox.c
    own = select(tables.patients.c.id).where(tables.patients.c.chat_id == chat)
    tx.execute(
        update(tables.outbox)
        .where(
            _is_waiting,
            table.chat_id == chat,
            table.action.in_((Action.SEND, Action.EDIT)),
            table.patient_id.is_(None) | table.patient_id.not_in(own),
        )
        .values(state=OutboxState.DROPPED, settled_at=now, body=None, error="no longer shared")
    )
    recall(tx, now)


def standing(tx: Connection, outbox_ids: Collection[int]) -> set[int]:
    """Which of these rows still wait."""
    found = tx.execute(
        select(tables.outbox.c.id).where(_is_waiting, tables.outbox.c.id.in_(listed("which"))),
        {"which": to_json(sorted(outbox_ids))},
    )
    return {int(row[0]) for row in found}


def waiting(tx: Connection, after: int, urgencies: tuple[Urgency, Urgency], limit: int) -> list[Parcel]:
    """Rows still to be sent with an id above `after`, of urgencies in the closed range, in order."""
    rows = _waiting.all(tx, {"after": after, "from_urgency": urgencies[0], "to_urgency": urgencies[1], "limit": limit})
    return [Parcel(*row) for row in rows]


def waits(tx: Connection, patient_id: PatientId | None, body: dict[str, Any], chat: ChatId | None = None) -> bool:
    """Whether the very same new message about this patient, or about several, still waits to be sent to this chat;
    `chat` None: to whomever."""
    table = tables.outbox.c
    where = [table.patient_id == patient_id if patient_id is not None else table.patient_id.is_(None)]
    if chat is not None:
        where.append(table.chat_id == chat)
    rows = tx.execute(select(table.body).where(*where, _is_waiting, table.action == Action.SEND))
    return any(row[0] == body for row in rows)


def shown(tx: Connection, bubble_ids: set[int]) -> dict[int, int]:
    """The message numbers of those bubbles that are on screen."""
    if not bubble_ids:
        return {}
    table = tables.bubbles.c
    rows = tx.execute(select(table.id, table.message_id).where(table.id.in_(bubble_ids), table.message_id.is_not(None)))
    return {int(row[0]): int(row[1]) for row in rows}


def still_to_show(tx: Connection, bubble_ids: set[int]) -> set[int]:
    """Those bubbles whose first message still waits in the outbox."""
    if not bubble_ids:
        return set()
    rows = tx.execute(
        select(tables.outbox.c.bubble_id).where(
            tables.outbox.c.bubble_id.in_(bubble_ids), _is_waiting, tables.outbox.c.action == Action.SEND
        )
    )
    return {int(row[0]) for row in rows}


def on_its_way(tx: Connection, patient_id: PatientId, bubble_id: int) -> Urgency | None:
    """How urgent the message is that will show as that bubble; None: it does not wait in the outbox."""
    table = tables.outbox.c
    found = tx.execute(
        select(table.urgency).where(
            table.patient_id == patient_id, table.bubble_id == bubble_id, table.action == Action.SEND, _is_waiting
        )
    ).scalar()
    return None if found is None else Urgency(found)


def start(tx: Connection, outbox_id: int, now: datetime | None) -> None:
    """Mark a row that must not go twice as under way, before it goes; None: it surely did not go."""
    tx.execute(update(tables.outbox).where(tables.outbox.c.id == outbox_id).values(started_at=now))


def settle(tx: Connection, settlements: Sequence[Settlement]) -> None:
    """Write down what became of rows. Those that fared the same get one statement, and the instant of the newest."""
    alike: dict[tuple[OutboxState, int, str | None], list[Settlement]] = {}
    for it in settlements:
        alike.setdefault((it.state, it.tries, it.error), []).append(it)
    for (state, tries, error), those in alike.items():
        which, at = to_json([it.id for it in those]), max(it.at for it in those)
        _settle.run(tx, {"which": which, "to_state": state, "at": at, "tried": tries, "why": error})
    if settlements and _let_go.run(tx, {"which": to_json([it.id for it in settlements])}):
        tx.info[WANTED] = True


def doubt_started(tx: Connection, now: datetime) -> list[Parcel]:
    """At start: rows that were under way when the process died and must not go twice are in doubt."""
    rows = tx.execute(select(*_PARCEL).where(_is_waiting, tables.outbox.c.started_at.is_not(None))).all()
    tx.execute(
        update(tables.outbox)
        .where(_is_waiting, tables.outbox.c.started_at.is_not(None))
        .values(state=OutboxState.IN_DOUBT, settled_at=now, body=None)
    )
    return [Parcel(*row) for row in rows]


def depth(tx: Connection) -> int:
    """How many rows wait to be sent."""
    return tx.execute(select(func.count()).select_from(tables.outbox).where(_is_waiting)).scalar_one()


def depths(tx: Connection) -> dict[Urgency, tuple[int, datetime]]:
    """For each urgency of which rows wait: how many, and when the oldest of them was said."""
    table = tables.outbox.c
    found = tx.execute(
        select(table.urgency, func.count(), func.min(table.id)).where(_is_waiting).group_by(table.urgency)
    ).all()
    oldest = [row[2] for row in found]
    said_at = {row[0]: row[1] for row in tx.execute(select(table.id, table.created_at).where(table.id.in_(oldest)))}
    return {Urgency(row[0]): (row[1], said_at[row[2]]) for row in found}


def forget_old(tx: Connection, now: datetime, limit: int) -> int:
    """Delete at most `limit` rows settled long ago; returns how many.

    The newest row stays: SQLite gives the id of a deleted newest row again, and the sender never looks back.
    """
    return _forget.run(tx, {"before": now - KEPT_FOR, "limit": limit})
