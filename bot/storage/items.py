"""What is asked of a patient: items that begin, end, go on and change places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.diary.entries import Day, Item, ItemId
from bot.diary.items import Wanted
from bot.diary.people import PatientId
from bot.storage import tables

_DAY: Final = [tables.diary_days.c[field.name] for field in fields(Day)]

_days_from: Final = (
    select(*_DAY)
    .where(tables.diary_days.c.patient_id == bindparam("patient"), tables.diary_days.c.day >= bindparam("first"))
    .order_by(tables.diary_days.c.day)
)
_answered_from: Final = select(tables.scores.c.day, tables.scores.c.item_id).where(
    tables.scores.c.patient_id == bindparam("patient"),
    tables.scores.c.day >= bindparam("first"),
    tables.scores.c.withdrawn_at.is_(None),
)
_put: Final = (
    update(tables.items)
    .where(tables.items.c.patient_id == bindparam("patient"), tables.items.c.id == bindparam("item"))
    .values(
        position=bindparam("at"), added_day=bindparam("first"), ended_day=bindparam("until"), rests=bindparam("apart")
    )
)


def add(tx: Connection, patient_id: PatientId, wanted: Wanted, position: int, day: date) -> ItemId:
    """A new item, asked from `day` on."""
    values = {"symptom": wanted.symptom, "site": wanted.site, "side": wanted.side}
    result = tx.execute(
        tables.items.insert().returning(tables.items.c.id),
        {"patient_id": patient_id, **values, "position": position, "added_day": day},
    )
    return ItemId(int(result.scalar_one()))


def put(tx: Connection, patient_id: PatientId, changed: Iterable[Item]) -> None:
    """Keep when these items of the patient are asked, and in which order. What they are about never changes."""
    for item in changed:
        tx.execute(
            _put,
            {
                "patient": patient_id,
                "item": item.id,
                "at": item.position,
                "first": item.added_day,
                "until": item.ended_day,
                "apart": item.rests,
            },
        )


def days_from(tx: Connection, patient_id: PatientId, first: date) -> list[Day]:
    """The days from `first` on that have a row."""
    return [Day(*row) for row in tx.execute(_days_from, {"patient": patient_id, "first": first})]


def answered_from(tx: Connection, patient_id: PatientId, first: date) -> set[tuple[date, ItemId]]:
    """Days and items with a standing answer from `first` on, skips included."""
    found = tx.execute(_answered_from, {"patient": patient_id, "first": first})
    return {(row[0], ItemId(row[1])) for row in found}
