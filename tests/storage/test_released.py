"""Every schema that was ever released is brought up to date with all its data in place."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import storage
from bot.diary.people import ChatId, PatientId
from bot.storage import Database, checks
from bot.storage import database as module
from tests.storage.conftest import NOW

MONDAY = date(2026, 3, 2)
RELEASED = Path(__file__).with_name("released")
DUMPS = sorted(RELEASED.glob("*.sql"))
"""A diary in each released form, with the cast in it and something in every table. To add one, dump a file of that
version (`sqlite3 diary.db .dump`)."""


def opened_from(dump: Path, folder: Path) -> Path:
    path = folder / "diary.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.executescript(dump.read_text(encoding="utf-8"))
    return path


def rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        return {
            name: [dict(row) for row in connection.execute(f"select * from {name} order by 1, 2")]
            for name in names
            if name != "alembic_version"
        }


def test_every_migration_but_the_newest_has_the_dump_of_what_it_starts_from() -> None:
    earlier = [f"{number:04}" for number in range(1, int(module.HEAD))]
    assert [dump.stem for dump in DUMPS] == earlier


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
async def test_a_released_diary_is_opened_with_all_that_was_in_it(dump: Path, tmp_path: Path) -> None:
    path = opened_from(dump, tmp_path)
    before = rows(path)
    assert all(before.values()), "every table has something in it"
    for row in before["outbox"]:
        # The first version wrote a content that was no longer needed as JSON's null.
        row["body"] = None if row["body"] == "null" else row["body"]
    database = Database(path)
    await database.open(NOW)
    try:
        assert await database.write(module.version) == module.HEAD
        patient = await database.write(lambda tx: storage.people.patient(tx, ChatId(101)))
        assert patient is not None
        counted = await database.write(lambda tx: storage.entries.scores_on(tx, patient.id, MONDAY))
        assert [score.value for _, score in sorted(counted.items())] == [0, None]
    finally:
        await database.close()
    after = rows(path)
    for row in before["sessions"]:
        # A session has several places now.
        row["places"] = json.dumps([[row.pop("site"), row.pop("side")]], separators=(",", ":"))
    for table, was in before.items():
        assert [{name: row[name] for name in old} for row, old in zip(after[table], was, strict=True)] == was, table
    with closing(checks.reader(path)) as connection:
        assert checks.thorough(connection) == []
    assert PatientId(1) == patient.id
