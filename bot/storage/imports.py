"""Diaries kept elsewhere, put among the others: whose they are, what stands in the way, and the rows.

Rules:
1. What the diary already holds stays as it is. A score of a file that says otherwise is refused, and so is every day on
   which the patient's own diary here was kept.
2. An imported diary has no chat: its account has a number below zero, which Telegram gives to no person, and stands as
   gone, so that nobody and nothing ever writes to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary import days, imports, items
from bot.diary.entries import Item, ItemId, Symptom
from bot.diary.items import Wanted
from bot.diary.people import ChatId, Patient, PatientId, Reach, Stage, Therapist
from bot.diary.sharing import Share
from bot.storage import entries, ids, people, sharing, tables, zones
from bot.storage import items as item_rows
from bot.storage.people import PATIENT, THERAPIST
from bot.storage.prepared import Prepared

WORDING: Final = "imported"
"""Under this the consent of an imported diary is kept: nobody said yes here, the clinic answers for it."""
TAKES_DAYS: Final = (Stage.ACTIVE, Stage.LEFT, Stage.IMPORTED)
"""Stages in which somebody has said yes to storing, and to no deleting."""

Scores = Mapping[tuple[date, Wanted], int]

_day_rows: Final = select(tables.diary_days.c.day, tables.diary_days.c.imported_at).where(
    tables.diary_days.c.patient_id == bindparam("patient"),
    tables.diary_days.c.day >= bindparam("first"),
    tables.diary_days.c.day <= bindparam("last"),
)
_put_days: Final = Prepared(
    insert(tables.diary_days).on_conflict_do_update(
        index_elements=["patient_id", "day"],
        set_={"imported_at": insert(tables.diary_days).excluded.imported_at},
        where=tables.diary_days.c.imported_at.is_(None),
    ),
    ("patient_id", "day", "zone", "closes_at", "paused", "imported_at"),
)
_put_scores: Final = Prepared(
    tables.scores.insert(), ("patient_id", "day", "item_id", "entered_at", "value", "imported")
)


class Ambiguous(Exception):
    """Several patients, or several therapists, go by this name."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How much of a file is new, and how many scores the diary had already."""

    days: int
    scores: int
    known: int


def patient(tx: Connection, code: str) -> Patient | None:
    """Whoever has this code or, where nobody has, whom a therapist calls so. Raises Ambiguous."""
    table = tables.patients
    found = tx.execute(select(*PATIENT).where(table.c.code == code)).all()
    if not found:
        called = select(tables.shares.c.patient_id).where(
            tables.shares.c.label == code, tables.shares.c.ended_at.is_(None)
        )
        found = tx.execute(select(*PATIENT).where(table.c.id.in_(called))).all()
    if len(found) > 1:
        raise Ambiguous
    return Patient(*found[0]) if found else None


def everyone(tx: Connection) -> list[tuple[Patient, str]]:
    """All diaries that are kept, each with its name in files: its code, what a therapist calls it, or its number.

    A label that is not one patient's alone is no name.
    """
    table = tables.patients
    rows = tx.execute(select(*PATIENT, table.c.code).where(table.c.stage.in_(TAKES_DAYS)).order_by(table.c.id)).all()
    shares = tables.shares
    labels: dict[PatientId, list[str]] = {}
    owners: dict[str, set[PatientId]] = {row[-1]: {row[0]} for row in rows if row[-1] is not None}
    for one, label in tx.execute(
        select(shares.c.patient_id, shares.c.label).where(shares.c.ended_at.is_(None)).order_by(shares.c.since)
    ):
        labels.setdefault(PatientId(one), []).append(label)
        owners.setdefault(label, set()).add(one)
    found = []
    for row in rows:
        one = Patient(*row[:-1])
        own = [label for label in labels.get(one.id, []) if len(owners[label]) == 1]
        found.append((one, row[-1] or next(iter(own), f"patient {one.id}")))
    return found


def therapist(tx: Connection, name: str) -> Therapist | None:
    """The therapist who goes by this name. Raises Ambiguous."""
    table = tables.therapists
    found = tx.execute(select(*THERAPIST).where(func.lower(table.c.name) == name.lower())).all()
    if len(found) > 1:
        raise Ambiguous
    return Therapist(*found[0]) if found else None


def create(tx: Connection, code: str, zone: str, prompt_time: time, now: datetime) -> Patient:
    """A diary without a chat, which nothing is ever asked of."""
    lowest = tx.execute(select(func.min(tables.accounts.c.chat_id))).scalar() or 0
    chat = ChatId(min(lowest, 0) - 1)
    account = {"chat_id": chat, "language": "en", "reach": Reach.GONE, "reach_since": now, "created_at": now}
    tx.execute(tables.accounts.insert(), account)
    patient_id = PatientId(ids.unused(tx, tables.patients))
    tx.execute(
        tables.patients.insert(),
        {
            "id": patient_id,
            "chat_id": chat,
            "stage": Stage.IMPORTED,
            "zone": zone,
            "prompt_time": prompt_time,
            "tag": secrets.token_hex(16),
            "code": code,
        },
    )
    zones.put(tx, patient_id, zone, now)
    people.add_consent(tx, patient_id, None, given=True, wording=WORDING, language="en", now=now)
    return people.patient_by_id(tx, patient_id)


def share(tx: Connection, patient_id: PatientId, with_: Therapist, label: str, now: datetime) -> None:
    """Let a therapist see an imported diary: the clinic answers for it, since nobody can be asked."""
    standing = sharing.find(tx, patient_id, with_.id)
    if standing is not None and standing.ended_at is None:
        return
    people.add_consent(tx, patient_id, with_.id, given=True, wording=WORDING, language="en", now=now)
    sharing.put(tx, Share(patient_id, with_.id, label, now))


# --- what stands in the way -----------------------------------------------------------------------------------


def in_the_way(tx: Connection, one: Patient, scores: Scores) -> tuple[dict[tuple[date, Wanted], str], int]:
    """Which of these scores can't be taken, with the reason, and how many the diary has already just so."""
    followed = entries.items_of(tx, one.id)
    about = {wanted: items.find(followed, wanted) for wanted in {wanted for _, wanted in scores}}
    first, last = min(day for day, _ in scores), max(day for day, _ in scores)
    standing = entries.scores_between(tx, one.id, first, last)
    begun = _begun(tx, one)
    refused, known = {}, 0
    for (day, wanted), score in scores.items():
        item = about[wanted]
        before = None if item is None else standing.get((day, item.id))
        if before is not None and before.value == score:
            known += 1
        elif before is not None:
            said = "was skipped" if before.value is None else "has another score"
            refused[day, wanted] = f"{imports.name_of(wanted)} {said} on {day} in the diary"
        elif begun is not None and day >= begun:
            refused[day, wanted] = f"the diary was kept here on {day}; only days before {begun} can be imported"
    return refused, known


def _begun(tx: Connection, one: Patient) -> date | None:
    """The first day of the patient's own diary here; None: it has none, all of it was imported."""
    if one.stage is Stage.IMPORTED:
        return None
    table = tables.diary_days.c
    marks = (table.intended_at, table.answered_at, table.declined_at, table.not_asked)
    own = select(func.min(table.day)).where(
        table.patient_id == one.id,
        table.imported_at.is_(None),
        or_(table.paused, *(mark.is_not(None) for mark in marks)),
    )
    begun = [day for day in (tx.execute(own).scalar(), one.enrolled_day) if day is not None]
    return min(begun, default=None)


# --- the rows -------------------------------------------------------------------------------------------------


def put(tx: Connection, one: Patient, scores: Scores, now: datetime) -> Stored:
    """Keep these scores, of which `in_the_way` refuses none."""
    first, last = min(day for day, _ in scores), max(day for day, _ in scores)
    about = _items(tx, one, scores)
    standing = entries.scores_between(tx, one.id, first, last)
    new = {key: score for key, score in scores.items() if (key[0], about[key[1]]) not in standing}
    imported = {
        row.day
        for row in tx.execute(_day_rows, {"patient": one.id, "first": first, "last": last})
        if row.imported_at is not None
    }
    dates = sorted({day for day, _ in new} - imported)
    _put_days.many(
        tx,
        [
            {
                "patient_id": one.id,
                "day": day,
                "zone": one.zone,
                "closes_at": min(days.closes_at(day, one.zone), now),
                "paused": False,
                "imported_at": now,
            }
            for day in dates
        ],
    )
    _put_scores.many(
        tx,
        [
            {
                "patient_id": one.id,
                "day": day,
                "item_id": about[wanted],
                "entered_at": now,
                "value": score,
                "imported": True,
            }
            for (day, wanted), score in new.items()
        ],
    )
    if one.stage is Stage.IMPORTED and (one.enrolled_day is None or first < one.enrolled_day):
        begun = {"enrolled_day": first, "enrolled_at": one.enrolled_at or now}
        tx.execute(update(tables.patients).where(tables.patients.c.id == one.id).values(**begun))
    return Stored(len(dates), len(new), len(scores) - len(new))


def _items(tx: Connection, one: Patient, scores: Scores) -> dict[Wanted, ItemId]:
    """The items of these scores, made or brought forward where they have to be."""
    spans = _spans(scores)
    begun = _begun(tx, one)
    followed = list(entries.items_of(tx, one.id))
    since = imports.followed_from(
        {wanted: first for wanted, (first, _) in spans.items()}, one.enrolled_day if begun is None else None
    )
    found: dict[Wanted, ItemId] = {}
    for wanted in sorted(spans, key=_order):
        first, last = since[wanted], spans[wanted][1]
        item = items.find(followed, wanted)
        if item is None:
            position = 1 + max((it.position for it in followed), default=-1)
            item_id = item_rows.add(tx, one.id, wanted, position, first)
            item = Item(item_id, wanted.symptom, wanted.site, wanted.side, position, first)
            if begun is not None:
                # A patient who keeps a diary here is not asked about it because of an old file.
                item = replace(item, ended_day=last + days.ONE_DAY)
                item_rows.put(tx, one.id, [item])
            followed.append(item)
        elif (brought := imports.brought_forward(item, first, last, begun)) != item:
            item_rows.put(tx, one.id, [brought])
        found[wanted] = item.id
    return found


def _spans(scores: Iterable[tuple[date, Wanted]]) -> dict[Wanted, tuple[date, date]]:
    found: dict[Wanted, tuple[date, date]] = {}
    for day, wanted in scores:
        first, last = found.get(wanted, (day, day))
        found[wanted] = min(first, day), max(last, day)
    return found


def _order(wanted: Wanted) -> tuple[int, str, str]:
    return list(Symptom).index(wanted.symptom), wanted.site or "", wanted.side.value if wanted.side is not None else ""
