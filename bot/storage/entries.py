"""Items, diary days, scores and notes."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.digests import Diary
from bot.diary.entries import DEFAULT_SYMPTOMS, Day, Item, ItemId, Note, Score, newest, was_planned
from bot.diary.people import Patient, PatientId
from bot.storage import sessions, tables

_DAY: Final = [tables.diary_days.c[field.name] for field in fields(Day)]
_ITEM: Final = [tables.items.c[field.name] for field in fields(Item)]
_SCORE: Final = [tables.scores.c[field.name] for field in fields(Score)]
_NOTE: Final = [tables.notes.c[field.name] for field in fields(Note)]

_items: Final = (
    select(*_ITEM)
    .where(tables.items.c.patient_id == bindparam("patient"))
    .order_by(tables.items.c.position, tables.items.c.id)
)
_day: Final = select(*_DAY).where(
    tables.diary_days.c.patient_id == bindparam("patient"), tables.diary_days.c.day == bindparam("on")
)
_days: Final = (
    select(*_DAY)
    .where(tables.diary_days.c.patient_id == bindparam("patient"), tables.diary_days.c.day >= bindparam("since"))
    .order_by(tables.diary_days.c.day)
)
_standing: Final = tables.scores.c.withdrawn_at.is_(None)
_scores: Final = select(*_SCORE).where(
    tables.scores.c.patient_id == bindparam("patient"), tables.scores.c.day >= bindparam("since"), _standing
)
_scores_on: Final = select(*_SCORE).where(
    tables.scores.c.patient_id == bindparam("patient"), tables.scores.c.day == bindparam("on"), _standing
)
_newest_instant: Final = select(func.max(tables.scores.c.entered_at)).where(
    tables.scores.c.patient_id == bindparam("patient"),
    tables.scores.c.day == bindparam("on"),
    tables.scores.c.item_id == bindparam("item"),
)
_add_score: Final = tables.scores.insert()
_plan_day: Final = insert(tables.diary_days).on_conflict_do_nothing()
_answered: Final = (
    update(tables.diary_days)
    .where(
        tables.diary_days.c.patient_id == bindparam("patient"),
        tables.diary_days.c.day == bindparam("on"),
        tables.diary_days.c.answered_at.is_(None),
    )
    .values(answered_at=bindparam("at"))
)
EVER: Final = date.min
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
    return tuple(Item(*row) for row in tx.execute(_items, {"patient": patient_id}))


# --- days -----------------------------------------------------------------------------------------------------


def find_day(tx: Connection, patient_id: PatientId, day: date) -> Day | None:
    row = tx.execute(_day, {"patient": patient_id, "on": day}).first()
    return None if row is None else Day(*row)


def plan_day(tx: Connection, patient_id: PatientId, day: date, zone: str, closes_at: datetime) -> Day:
    """The diary day, made where there is none yet; one that exists stays as it was planned."""
    tx.execute(_plan_day, {"patient_id": patient_id, "day": day, "zone": zone, "closes_at": closes_at, "paused": False})
    return Day(*tx.execute(_day, {"patient": patient_id, "on": day}).one())


def change_day(tx: Connection, patient_id: PatientId, day: date, **values: Any) -> None:
    tx.execute(
        update(tables.diary_days)
        .where(tables.diary_days.c.patient_id == patient_id, tables.diary_days.c.day == day)
        .values(**values)
    )


def open_days(tx: Connection, patient_id: PatientId, now: datetime) -> list[Day]:
    """The days that still take scores, newest first."""
    statement = (
        select(*_DAY)
        .where(tables.diary_days.c.patient_id == patient_id, tables.diary_days.c.closes_at > now)
        .order_by(tables.diary_days.c.day.desc())
    )
    return [Day(*row) for row in tx.execute(statement)]


def was_asked(tx: Connection, patient_id: PatientId, day: date) -> bool:
    """Whether the prompt of that day was put into the outbox."""
    statement = select(tables.diary_days.c.asked_at).where(
        tables.diary_days.c.patient_id == patient_id, tables.diary_days.c.day == day
    )
    return tx.execute(statement).scalar() is not None


def bubble_of(tx: Connection, patient_id: PatientId, day: date) -> int | None:
    statement = select(tables.diary_days.c.bubble_id).where(
        tables.diary_days.c.patient_id == patient_id, tables.diary_days.c.day == day
    )
    return tx.execute(statement).scalar()


def day_of_bubble(tx: Connection, patient_id: PatientId, message_id: int) -> date | None:
    """The diary day that this message shows or showed."""
    statement = select(tables.bubbles.c.day).where(
        tables.bubbles.c.patient_id == patient_id, tables.bubbles.c.message_id == message_id
    )
    return tx.execute(statement.order_by(tables.bubbles.c.id.desc()).limit(1)).scalar()


# --- scores ---------------------------------------------------------------------------------------------------


def scores_on(tx: Connection, patient_id: PatientId, day: date) -> dict[tuple[date, ItemId], Score]:
    """What counts for one day."""
    return newest(Score(*row) for row in tx.execute(_scores_on, {"patient": patient_id, "on": day}))


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
    counted = scores_on(tx, patient_id, day).get((day, item_id))
    if counted is not None and counted.value == value:
        return False
    if counted is not None and parked_at is not None and counted.entered_at > parked_at:
        return False
    latest = tx.execute(_newest_instant, {"patient": patient_id, "on": day, "item": item_id}).scalar()
    entered_at = now if latest is None or latest < now else latest + timedelta(microseconds=1)
    tx.execute(
        _add_score,
        {
            "patient_id": patient_id,
            "day": day,
            "item_id": item_id,
            "entered_at": entered_at,
            "waited_since": waited_since,
            "value": value,
        },
    )
    tx.execute(_answered, {"patient": patient_id, "on": day, "at": now})
    return True


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
    return {ItemId(row[0]): int(row[1]) for row in found}


# --- notes ----------------------------------------------------------------------------------------------------


def add_note(tx: Connection, patient_id: PatientId, day: date, text: str, now: datetime) -> int:
    result = tx.execute(
        tables.notes.insert().returning(tables.notes.c.id),
        {"patient_id": patient_id, "day": day, "text": text, "written_at": now},
    )
    return int(result.scalar_one())


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


# --- the whole diary ------------------------------------------------------------------------------------------


def diary_of(tx: Connection, patient: Patient, since: date = EVER) -> Diary:
    """Everything the rules need of one patient's diary, from diary day `since` on."""
    named = {"patient": patient.id, "since": since}
    return Diary(
        items=items_of(tx, patient.id),
        days={day.day: day for day in (Day(*row) for row in tx.execute(_days, named)) if was_planned(day)},
        scores=newest(Score(*row) for row in tx.execute(_scores, named)),
        sessions=sessions.all_of(tx, patient.id),
        enrolled_day=patient.enrolled_day or date.max,
        zone=patient.zone,
    )
