"""Everything about one patient, read to the end, for a copy that they take away.

Law: every table that names a patient is in it, and of other people no more than the names of one's own therapists.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, select

from bot.diary.entries import Day, Score
from bot.diary.exports import Contents, Entered
from bot.diary.people import Patient, Role
from bot.storage import entries, tables

_NOT_SHOWN: Final = {"patient_id", "chat_id", "used_by", "tag", "code_hash", "body", "bubble_id"}
_BY_NAME: Final = {
    "therapist_id": "therapist",
    "confirmed_by": "confirmed_by",
    "undone_by": "undone_by",
    "from_id": "from",
    "to_id": "to",
}
"""What belongs to others or is of no use outside. Therapists are shown by name; a message's body by the chat itself."""
_day: Final = [tables.diary_days.c[name] for name in Day.__dataclass_fields__]
_score: Final = [tables.scores.c[name] for name in Score.__dataclass_fields__]


def of(tx: Connection, patient: Patient) -> Contents:
    """All that is stored, in whatever stage the patient is."""
    return replace(rows_of(tx, patient), tables=_tables(tx, patient))


def rows_of(tx: Connection, patient: Patient) -> Contents:
    """The days, the items and every value, without the tables."""
    mine = tables.diary_days.c.patient_id == patient.id
    planned = {row.day: Day(*row) for row in tx.execute(select(*_day).where(mine).order_by(tables.diary_days.c.day))}
    entered = tx.execute(
        select(*_score, tables.scores.c.withdrawn_at)
        .where(tables.scores.c.patient_id == patient.id)
        .order_by(tables.scores.c.day, tables.scores.c.item_id, tables.scores.c.entered_at)
    )
    return Contents(
        planned=planned,
        items=entries.items_of(tx, patient.id),
        entered=tuple(Entered(Score(*row[:-1]), row[-1]) for row in entered),
        tables={},
    )


def _tables(tx: Connection, patient: Patient) -> dict[str, list[dict[str, object]]]:
    names = {row.id: row.name for row in tx.execute(select(tables.therapists.c.id, tables.therapists.c.name))}
    account, patients, invites, digests = tables.accounts, tables.patients, tables.invites, tables.digests
    found = {
        "account": [
            {"telegram_number": row["chat_id"]} | _shown(row, names)
            for row in _rows(tx, account, account.c.chat_id == patient.chat_id)
        ],
        "patient": [_shown(row, names) for row in _rows(tx, patients, patients.c.id == patient.id)],
        "invites": [
            _shown(row, names)
            for row in _rows(
                tx,
                invites,
                (invites.c.id == patient.invite_id)
                | ((invites.c.used_by == patient.chat_id) & (invites.c.role == Role.PATIENT)),
            )
        ],
        "digests": [
            _shown(row, names)
            for row in _rows(tx, digests, (digests.c.chat_id == patient.chat_id) & (digests.c.role == Role.PATIENT))
        ],
    }
    for table in tables.metadata.sorted_tables:
        if "patient_id" not in table.c:
            continue
        mine: ColumnElement[bool] = table.c.patient_id == patient.id
        if "chat_id" in table.c:
            # What is said about this patient to a therapist is in the therapist's own chat.
            mine = mine & (table.c.chat_id == patient.chat_id)
        found[table.name] = [_shown(row, names) for row in _rows(tx, table, mine)]
    return found


def _rows(tx: Connection, table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    keys = list(table.primary_key.columns)
    return [dict(row) for row in tx.execute(select(table).where(which).order_by(*keys)).mappings()]


def _shown(row: dict[str, Any], names: dict[int, str]) -> dict[str, object]:
    shown = {name: value for name, value in row.items() if name not in _NOT_SHOWN and name not in _BY_NAME}
    return shown | {_BY_NAME[name]: names[row[name]] for name in _BY_NAME if row.get(name) is not None}
