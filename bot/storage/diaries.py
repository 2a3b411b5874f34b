"""Diaries as the digest rules want them: of many patients with a few queries, and no more of each than is needed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Result, Select, Table, bindparam, func, select

from bot.diary import excerpts
from bot.diary.alerts import USUAL
from bot.diary.digests import Diary
from bot.diary.entries import Day, Item, Score, newest, was_planned
from bot.diary.excerpts import EVER, Span
from bot.diary.flares import Flare
from bot.diary.pauses import Pause
from bot.diary.people import Patient, PatientId
from bot.storage import checkins as asked_after
from bot.storage import sessions as treated
from bot.storage import tables
from bot.storage.limits import own as own_limits
from bot.storage.prepared import listed

Spans = Mapping[PatientId, Sequence[Span]]


def _of(table: Table, kind: type[Any]) -> list[Any]:
    return [table.c.patient_id, *(table.c[field.name] for field in fields(kind))]


def _within(table: Table, kind: type[Any]) -> Select[Any]:
    """Rows by patient and day from the spans in `spans`, each of them one look into the primary key."""
    span = func.json_each(bindparam("spans")).table_valued("value")
    patient, begin, end = (func.json_extract(span.c.value, f"$[{n}]") for n in range(3))
    return (
        select(*_of(table, kind))
        .select_from(span)
        .join(table, (table.c.patient_id == patient) & (table.c.day >= begin) & (table.c.day < end))
    )


_these: Final = listed("patients")

_days: Final = _within(tables.diary_days, Day).order_by(tables.diary_days.c.patient_id, tables.diary_days.c.day)
_scores: Final = _within(tables.scores, Score).where(tables.scores.c.withdrawn_at.is_(None))
_flares: Final = (
    _within(tables.flares, Flare)
    .where(tables.flares.c.undone_at.is_(None))
    .order_by(tables.flares.c.patient_id, tables.flares.c.began_at, tables.flares.c.id)
)
_items: Final = (
    select(*_of(tables.items, Item))
    .where(tables.items.c.patient_id.in_(_these))
    .order_by(tables.items.c.patient_id, tables.items.c.position, tables.items.c.id)
)
_sessions: Final = (
    select(tables.sessions.c.patient_id, *treated.COLUMNS)
    .where(tables.sessions.c.patient_id.in_(_these), tables.sessions.c.undone_at.is_(None))
    .order_by(tables.sessions.c.patient_id, tables.sessions.c.day, tables.sessions.c.id)
)

_pauses: Final = (
    select(*_of(tables.pauses, Pause))
    .where(tables.pauses.c.patient_id.in_(_these))
    .order_by(tables.pauses.c.patient_id, tables.pauses.c.id)
)


def of(tx: Connection, patients: Sequence[Patient], recent: date, now: datetime) -> dict[PatientId, Diary]:
    """The diaries of these patients with all days from `recent` on, and what else the rules need of older ones.

    Of most an excerpt is enough; the others are read from their first day on (diary/excerpts.py).
    """
    numbers = {"patients": json.dumps([patient.id for patient in patients])}
    items = _by_patient(tx.execute(_items, numbers), Item)
    sessions = _by_patient(tx.execute(_sessions, numbers), treated.read)
    checkins = asked_after.of_sessions(tx, [patient.id for patient in patients])
    pauses = _by_patient(tx.execute(_pauses, numbers), Pause)
    limits = own_limits(tx, [patient.id for patient in patients])

    def read(spans: Spans) -> dict[PatientId, Diary]:
        named = {"spans": json.dumps([[p, *map(date.isoformat, span)] for p, each in spans.items() for span in each])}
        planned = _by_patient(tx.execute(_days, named), Day)
        scored = _by_patient(tx.execute(_scores, named), Score)
        flared = _by_patient(tx.execute(_flares, named), Flare)
        return {
            patient.id: Diary(
                items=tuple(items[patient.id]),
                days={day.day: day for day in planned[patient.id] if was_planned(day)},
                scores=newest(scored[patient.id]),
                sessions=tuple(sessions[patient.id]),
                enrolled_day=patient.enrolled_day or date.max,
                zone=patient.zone,
                flares=tuple(flared[patient.id]),
                pauses=tuple(pauses[patient.id]),
                checkins=tuple(checkins[patient.id]),
                limits=limits.get(patient.id, USUAL),
            )
            for patient in patients
            if patient.id in spans
        }

    found = read(
        {p.id: excerpts.spans(recent, p.enrolled_day or date.max, sessions[p.id]) for p in patients},
    )
    if short := {p: [EVER] for p, diary in found.items() if not excerpts.enough(diary, recent, now)}:
        found |= read(short)
    return found


def _by_patient(rows: Result[Any], kind: Callable[..., Any]) -> dict[PatientId, list[Any]]:
    found: dict[PatientId, list[Any]] = defaultdict(list)
    for row in rows.all():
        found[PatientId(row[0])].append(kind(*row[1:]))
    return found
