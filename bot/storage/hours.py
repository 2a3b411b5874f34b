"""A therapist's own hours, in which alerts reach them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.diary.hours import EVERY_DAY, OwnHours
from bot.diary.people import TherapistId
from bot.storage import tables

_of: Final = select(
    tables.therapists.c.hours_from, tables.therapists.c.hours_to, tables.therapists.c.workdays, tables.therapists.c.zone
).where(tables.therapists.c.id == bindparam("therapist"))


def of(tx: Connection, therapist_id: TherapistId) -> OwnHours | None:
    """None: alerts reach this therapist at any time."""
    start, end, workdays, zone = tx.execute(_of, {"therapist": therapist_id}).one()
    if start is None or end is None:
        return None
    return OwnHours(start, end, frozenset(map(int, workdays)) if workdays else EVERY_DAY, zone)


def put(tx: Connection, therapist_id: TherapistId, hours: OwnHours | None) -> None:
    values = (
        {"hours_from": None, "hours_to": None, "workdays": None}
        if hours is None
        else {
            "hours_from": hours.start,
            "hours_to": hours.end,
            "workdays": "".join(map(str, sorted(hours.workdays))),
        }
    )
    tx.execute(update(tables.therapists).where(tables.therapists.c.id == therapist_id).values(**values))
