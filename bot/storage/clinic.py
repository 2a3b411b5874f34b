"""The clinic in numbers, for its admin: names of therapists, counts, and never a row of a diary."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select

from bot.diary.clinic import File, Numbers
from bot.diary.people import Reach, Stage, TherapistId
from bot.storage import backups, inbox, notices, offers, outbox, tables
from bot.storage.outbox import Urgency

ALERTS_FOR: Final = timedelta(days=7)
"""How far back undelivered alerts are counted."""


@dataclass(frozen=True, slots=True)
class Working:
    """A therapist of the clinic, and how many diaries they may see."""

    id: TherapistId
    name: str
    since: datetime
    reach: Reach
    patients: int


def therapists(tx: Connection, now: datetime) -> list[Working]:
    """Everyone who works at the clinic, in the order in which they came."""
    counts = offers.patients_of_each(tx, now)
    table = tables.therapists.c
    rows = tx.execute(
        select(table.id, table.name, table.since, tables.accounts.c.reach)
        .join(tables.accounts, tables.accounts.c.chat_id == table.chat_id)
        .where(table.left_at.is_(None))
        .order_by(table.id)
    )
    return [Working(TherapistId(row[0]), row[1], row[2], row[3], counts.get(row[0], 0)) for row in rows]


def figures(tx: Connection, now: datetime, today: date, began_at: datetime) -> Numbers:
    """Everything at once; `today`: the clinic's day, which began at `began_at`."""
    day, pause, notice = tables.diary_days.c, tables.pauses.c, tables.notices.c
    waiting = outbox.depths(tx)
    told = tx.execute(
        select(func.count(func.distinct(notice.kind))).where(
            notice.kind.startswith(notices.ALERT), notice.told_at > now - ALERTS_FOR
        )
    ).scalar_one()
    return Numbers(
        therapists=_count(tx, tables.therapists, tables.therapists.c.left_at.is_(None)),
        patients=_count(tx, tables.patients, tables.patients.c.stage == Stage.ACTIVE),
        paused=_count(
            tx,
            tables.pauses,
            pause.ended_at.is_(None),
            pause.patient_id.in_(select(tables.patients.c.id).where(tables.patients.c.stage == Stage.ACTIVE)),
            pause.first_day <= today,
            pause.until_day.is_(None) | (pause.until_day > today),
        ),
        asked=_count(tx, tables.diary_days, day.asked_at >= began_at),
        answered=_count(tx, tables.diary_days, day.asked_at >= began_at, day.answered_at.is_not(None)),
        prompts_waiting=waiting.get(Urgency.PROMPT, (0, now))[0],
        digests_waiting=waiting.get(Urgency.DIGEST, (0, now))[0],
        outbox=sum(count for count, _ in waiting.values()),
        inbox=inbox.depth(tx),
        parked=inbox.count_parked(tx),
        undelivered_alerts=told,
        # An imported diary has no chat that could be reached.
        unreachable=_count(tx, tables.accounts, tables.accounts.c.reach != Reach.OK, tables.accounts.c.chat_id > 0),
    )


def _count(tx: Connection, table: Table, *which: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(table).where(*which)).scalar_one())


def file_of(database: Path, backup_dir: Path | None) -> File:
    """What the disk says."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("symptom-diary")
    except PackageNotFoundError:
        number = "?"
    try:
        made = [day for day, _ in backups.daily(database, backups.folder_of(database, backup_dir))]
        size, free = database.stat().st_size, shutil.disk_usage(database.parent).free
    except OSError:
        return File(0, None, None, number)
    return File(size, free, max(made, default=None), number)
