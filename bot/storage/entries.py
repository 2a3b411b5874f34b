"""Items, diary days, scores and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.alerts import JUDGED_AFTER
from bot.diary.entries import DEFAULT_SYMPTOMS, Day, Item, ItemId, Note, Score, newest
from bot.diary.people import PatientId
from bot.storage import tables
from bot.storage.columns import Instant
from bot.storage.prepared import Prepared

_DAY: Final = [tables.diary_days.c[field.name] for field in fields(Day)]
_ITEM: Final = [tables.items.c[field.name] for field in fields(Item)]
_SCORE: Final = [tables.scores.c[field.name] for field in fields(Score)]
_NOTE: Final = [tables.notes.c[field.name] for field in fields(Note)]

_standing: Final = tables.scores.c.withdrawn_at.is_(None)
_of_day: Final = (tables.diary_days.c.patient_id == bindparam("patient"), tables.diary_days.c.day == bindparam("on"))

_items: Final = Prepared(
    select(*_ITEM)
    .where(tables.items.c.patient_id == bindparam("patient"))
    .order_by(tables.items.c.position, tables.items.c.id)
)
_day: Final = Prepared(select(*_DAY).where(*_of_day))
_open_days: Final = Prepared(
    select(*_DAY)
    .where(tables.diary_days.c.patient_id == bindparam("patient"), tables.diary_days.c.closes_at > bindparam("now"))
    .order_by(tables.diary_days.c.day.desc())
)
_scores_between: Final = Prepared(
    select(*_SCORE).where(
        tables.scores.c.patient_id == bindparam("patient"),
        tables.scores.c.day >= bindparam("first"),
        tables.scores.c.day <= bindparam("last"),
        _standing,
    )
)
_values: Final = Prepared(
    select(tables.scores.c.value, tables.scores.c.entered_at, tables.scores.c.withdrawn_at)
    .where(
        tables.scores.c.patient_id == bindparam("patient"),
        tables.scores.c.day == bindparam("on"),
        tables.scores.c.item_id == bindparam("item"),
    )
    .order_by(tables.scores.c.entered_at.desc())
)
_add_score: Final = Prepared(
    tables.scores.insert(), ("patient_id", "day", "item_id", "entered_at", "waited_since", "value")
)
_plan_day: Final = Prepared(
    insert(tables.diary_days).on_conflict_do_nothing(), ("patient_id", "day", "zone", "closes_at", "paused")
)
_answered: Final = Prepared(
    update(tables.diary_days)
    .where(*_of_day)
    .values(
        answered_at=func.coalesce(tables.diary_days.c.answered_at, bindparam("at", type_=Instant)),
        judge_at=bindparam("judge"),
    )
)
_bubble: Final = Prepared(
    select(tables.diary_days.c.bubble_id, tables.bubbles.c.message_id)
    .outerjoin_from(tables.diary_days, tables.bubbles, tables.bubbles.c.id == tables.diary_days.c.bubble_id)
    .where(*_of_day)
)
SAME_INSTANT: Final = timedelta(milliseconds=1)
"""Values of one text are dated within this, see `put_score`."""


# --- items ----------------------------------------------------------------------------------------------------


def add_default_items(tx: Connection, patient_id: PatientId, day: date) -> None:
    """Burning, tingling and pain from `day` on."""
    tx.execute(
        tables.items.insert(),
        [
            {"patient_id": patient_id, "symptom": symptom, "position": position, "added_day": day}
            for position, symptom in enumerate(DEFAULT_SYMPTOMS)
        ],
    )


def items_of(tx: Connection, patient_id: PatientId) -> tuple[Item, ...]:
    """All items ever followed, in the order asked."""
    return tuple(Item(*row) for row in _items.all(tx, {"patient": patient_id}))


# --- days -----------------------------------------------------------------------------------------------------


def find_day(tx: Connection, patient_id: PatientId, day: date) -> Day | None:
    row = _day.first(tx, {"patient": patient_id, "on": day})
    return None if row is None else Day(*row)


def plan_day(tx: Connection, patient_id: PatientId, day: date, zone: str, closes_at: datetime) -> Day:
    """The diary day, made where there is none yet; one that exists stays as it was planned."""
    planned = find_day(tx, patient_id, day)
    if planned is None:
        given = {"patient_id": patient_id, "day": day, "zone": zone, "closes_at": closes_at, "paused": False}
        _plan_day.run(tx, given)
        planned = find_day(tx, patient_id, day)
        assert planned is not None
    return planned


def change_day(tx: Connection, patient_id: PatientId, day: date, **values: Any) -> None:
    tx.execute(
        update(tables.diary_days)
        .where(tables.diary_days.c.patient_id == patient_id, tables.diary_days.c.day == day)
        .values(**values)
    )


def open_days(tx: Connection, patient_id: PatientId, now: datetime) -> list[Day]:
    """The days that still take scores, newest first."""
    return [Day(*row) for row in _open_days.all(tx, {"patient": patient_id, "now": now})]


def was_asked(tx: Connection, patient_id: PatientId, day: date) -> bool:
    """Whether the prompt of that day was put into the outbox."""
    statement = select(tables.diary_days.c.asked_at).where(
        tables.diary_days.c.patient_id == patient_id, tables.diary_days.c.day == day
    )
    return tx.execute(statement).scalar() is not None


def bubble_of(tx: Connection, patient_id: PatientId, day: date) -> int | None:
    """The bubble of that day."""
    return shown_bubble(tx, patient_id, day)[0]


def shown_bubble(tx: Connection, patient_id: PatientId, day: date) -> tuple[int | None, int | None]:
    """The bubble of that day and the number of the message that it shows as; None for what is not there (yet)."""
    row = _bubble.first(tx, {"patient": patient_id, "on": day})
    return (None, None) if row is None else (row[0], row[1])


def bubble_shown_as(tx: Connection, patient_id: PatientId, message_id: int) -> int | None:
    """The bubble that shows as this message."""
    table = tables.bubbles.c
    found = tx.execute(select(table.id).where(table.patient_id == patient_id, table.message_id == message_id))
    return found.scalar()


def day_of_bubble(tx: Connection, patient_id: PatientId, message_id: int) -> date | None:
    """The diary day that this message shows or showed."""
    statement = select(tables.bubbles.c.day).where(
        tables.bubbles.c.patient_id == patient_id, tables.bubbles.c.message_id == message_id
    )
    return tx.execute(statement.order_by(tables.bubbles.c.id.desc()).limit(1)).scalar()


# --- scores ---------------------------------------------------------------------------------------------------


def scores_on(tx: Connection, patient_id: PatientId, day: date) -> dict[tuple[date, ItemId], Score]:
    """What counts for one day."""
    return scores_between(tx, patient_id, day, day)


def scores_between(tx: Connection, patient_id: PatientId, first: date, last: date) -> dict[tuple[date, ItemId], Score]:
    """What counts for the days from `first` to `last`, both included."""
    rows = _scores_between.all(tx, {"patient": patient_id, "first": first, "last": last})
    return newest(Score(*row) for row in rows)


def put_score(
    tx: Connection,
    patient_id: PatientId,
    day: date,
    item_id: ItemId,
    value: int | None,
    now: datetime,
    waited_since: datetime | None = None,
    parked_at: datetime | None = None,
) -> bool:
    """Keep one value beside all earlier ones. False, and nothing is kept, where the same value counts already.

    `waited_since`: only of a reply that the bot received late; it was entered between then and `now`.
    `parked_at`: only of a reply that was set aside then; it corrects nothing that was answered since.
    The key includes the instant, so an instant is never used twice for an item: a second value of the same
    microsecond is dated one later.
    """
    rows = _values.all(tx, {"patient": patient_id, "on": day, "item": item_id})
    standing = next(((row[0], row[1]) for row in rows if row[2] is None), None)
    if standing is not None and standing[0] == value:
        return False
    if standing is not None and parked_at is not None and standing[1] > parked_at:
        return False
    latest = rows[0][1] if rows else None
    entered_at = now if latest is None or latest < now else latest + timedelta(microseconds=1)
    _add_score.run(
        tx,
        {
            "patient_id": patient_id,
            "day": day,
            "item_id": item_id,
            "entered_at": entered_at,
            "waited_since": waited_since,
            "value": value,
        },
    )
    _answered.run(tx, {"patient": patient_id, "on": day, "at": now, "judge": now + JUDGED_AFTER})
    return True


def withdraw_written(
    tx: Connection,
    patient_id: PatientId,
    day: date,
    item_ids: Sequence[ItemId],
    instants: Sequence[datetime],
    now: datetime,
) -> None:
    """Take back what one message entered for these items at any of these instants, keeping the rows."""
    for at in instants:
        withdraw_scores(tx, patient_id, day, list(item_ids), at, now)


def withdraw_scores(
    tx: Connection, patient_id: PatientId, day: date, item_ids: list[ItemId], entered_at: datetime, now: datetime
) -> dict[ItemId, int]:
    """Take back what was entered at one instant, keeping the rows; returns those values.

    What was entered later, by a tap or another text, stays.
    """
    table = tables.scores.c
    found = tx.execute(
        update(tables.scores)
        .where(
            table.patient_id == patient_id,
            table.day == day,
            table.item_id.in_(item_ids),
            table.entered_at >= entered_at,
            table.entered_at < entered_at + SAME_INSTANT,
            table.value.is_not(None),
            _standing,
        )
        .values(withdrawn_at=now)
        .returning(table.item_id, table.value)
    )
    taken = {ItemId(row[0]): int(row[1]) for row in found}
    if taken:
        change_day(tx, patient_id, day, judge_at=now + JUDGED_AFTER)
    return taken


# --- notes ----------------------------------------------------------------------------------------------------


def add_note(tx: Connection, patient_id: PatientId, day: date, text: str, now: datetime) -> int:
    result = tx.execute(
        tables.notes.insert().returning(tables.notes.c.id),
        {"patient_id": patient_id, "day": day, "text": text, "written_at": now},
    )
    return int(result.scalar_one())


def change_note(tx: Connection, patient_id: PatientId, note_id: int, text: str) -> bool:
    """Put other words into a note. False where it is no note of this patient, or was taken back."""
    changed = tx.execute(
        update(tables.notes)
        .where(
            tables.notes.c.id == note_id, tables.notes.c.patient_id == patient_id, tables.notes.c.undone_at.is_(None)
        )
        .values(text=text)
    )
    return changed.rowcount > 0


def find_note(tx: Connection, patient_id: PatientId, note_id: int) -> Note | None:
    """A note that was not taken back."""
    row = tx.execute(
        select(*_NOTE).where(
            tables.notes.c.id == note_id, tables.notes.c.patient_id == patient_id, tables.notes.c.undone_at.is_(None)
        )
    ).first()
    return None if row is None else Note(*row)


def undo_note(tx: Connection, patient_id: PatientId, note_id: int, now: datetime) -> bool:
    """Take a note back. False where it is no note of this patient or was taken back before."""
    changed = tx.execute(
        update(tables.notes)
        .where(
            tables.notes.c.id == note_id, tables.notes.c.patient_id == patient_id, tables.notes.c.undone_at.is_(None)
        )
        .values(undone_at=now, text="")
    )
    return changed.rowcount > 0


def notes_since(tx: Connection, patient_id: PatientId, day: date) -> list[Note]:
    statement = (
        select(*_NOTE)
        .where(tables.notes.c.patient_id == patient_id, tables.notes.c.day >= day, tables.notes.c.undone_at.is_(None))
        .order_by(tables.notes.c.day, tables.notes.c.id)
    )
    return [Note(*row) for row in tx.execute(statement)]
