"""Red flags: cards that words brought up, what was said to them, and who heard of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from bot.diary.people import ChatId, PatientId, Reach, TherapistId
from bot.diary.red_flags import Delivery, RedFlag, RedFlagAnswer, delivery
from bot.storage import tables
from bot.storage.outbox import Urgency
from bot.storage.prepared import Prepared
from bot.storage.sharing import AUDIENCE
from bot.storage.tables import Action, OutboxState

_reachable: Final = AUDIENCE.with_only_columns(
    tables.therapists.c.chat_id,
    tables.accounts.c.language,
    tables.therapists.c.name,
    tables.shares.c.label,
    tables.therapists.c.id,
).where(tables.accounts.c.reach == Reach.OK)
_FLAG: Final = [tables.red_flags.c[field.name] for field in fields(RedFlag)]
_due_at: Final = tables.red_flags.c.due_at
_due: Final = Prepared(
    select(*_FLAG).where(_due_at.is_not(None), _due_at <= bindparam("now")).order_by(_due_at).limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Listener:
    """A therapist who can be told about a patient: in which chat and language, and the patient's name there."""

    chat_id: ChatId
    language: str
    name: str
    label: str
    id: TherapistId


def add(tx: Connection, patient_id: PatientId, now: datetime, due_at: datetime | None) -> RedFlag:
    """A card is shown; `due_at`: when its silence is reported."""
    row = tx.execute(
        tables.red_flags.insert().returning(*_FLAG),
        {"patient_id": patient_id, "shown_at": now, "due_at": due_at},
    ).one()
    return RedFlag(*row)


def find(tx: Connection, patient_id: PatientId, flag_id: int) -> RedFlag | None:
    table = tables.red_flags.c
    row = tx.execute(select(*_FLAG).where(table.id == flag_id, table.patient_id == patient_id)).first()
    return None if row is None else RedFlag(*row)


def newest(tx: Connection, patient_id: PatientId) -> RedFlag | None:
    """The card shown last."""
    table = tables.red_flags.c
    row = tx.execute(select(*_FLAG).where(table.patient_id == patient_id).order_by(table.id.desc()).limit(1)).first()
    return None if row is None else RedFlag(*row)


def answered(
    tx: Connection,
    flag: RedFlag,
    answer: RedFlagAnswer,
    now: datetime,
    told_at: datetime | None,
    due_at: datetime | None,
) -> None:
    """The patient answered a card; `told_at`: when therapists were told of it, `due_at`: when to look at its way."""
    table = tables.red_flags.c
    tx.execute(
        update(tables.red_flags)
        .where(table.id == flag.id, table.patient_id == flag.patient_id)
        .values(answer=answer, answered_at=now, told_at=told_at, due_at=due_at)
    )


def told(tx: Connection, flag: RedFlag, now: datetime, due_at: datetime | None) -> None:
    """Therapists were told that nobody answers."""
    table = tables.red_flags.c
    tx.execute(
        update(tables.red_flags)
        .where(table.id == flag.id, table.patient_id == flag.patient_id)
        .values(told_at=now, due_at=due_at)
    )


def look_again(tx: Connection, flag: RedFlag, due_at: datetime | None) -> None:
    """When to look at it again; None: it is settled."""
    table = tables.red_flags.c
    tx.execute(
        update(tables.red_flags).where(table.id == flag.id, table.patient_id == flag.patient_id).values(due_at=due_at)
    )


def due(tx: Connection, now: datetime, limit: int) -> list[RedFlag]:
    """Cards to be looked at, the longest waiting first."""
    return [RedFlag(*row) for row in _due.all(tx, {"now": now, "limit": limit})]


def listeners(tx: Connection, patient_id: PatientId, now: datetime) -> list[Listener]:
    """Every therapist who may see this diary now and whom we can write to, the oldest share first."""
    rows = tx.execute(_reachable, {"patient": patient_id, "now": now})
    return [Listener(ChatId(row[0]), row[1], row[2], row[3], TherapistId(row[4])) for row in rows]


def delivery_of(tx: Connection, flag: RedFlag) -> Delivery:
    """What became of the messages by which therapists were told of this card."""
    table = tables.outbox.c
    rows = tx.execute(
        select(table.state, func.count())
        .where(
            table.patient_id == flag.patient_id,
            table.created_at == flag.told_at,
            table.action == Action.SEND,
            table.urgency == Urgency.RED_FLAG,
            table.chat_id.in_(select(tables.therapists.c.chat_id)),
            table.chat_id
            != select(tables.patients.c.chat_id).where(tables.patients.c.id == flag.patient_id).scalar_subquery(),
        )
        .group_by(table.state)
    )
    counts: dict[OutboxState, int] = {row[0]: row[1] for row in rows}
    waiting, arrived = counts.pop(OutboxState.WAITING, 0), counts.pop(OutboxState.DELIVERED, 0)
    return delivery(waiting, arrived, sum(counts.values()))
