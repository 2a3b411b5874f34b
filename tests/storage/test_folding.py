"""The log of changes is folded into the database file beside the writer."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from bot.diary.people import ChatId
from bot.storage import Database, notices
from bot.storage.folding import AFTER_ROWS, Folder
from tests.storage.conftest import NOW


def in_the_file_alone(path: Path, aside: Path) -> int:
    """How many notices the file holds without its log."""
    shutil.copy(path, aside)
    with closing(sqlite3.connect(aside)) as connection:
        return int(connection.execute("select count(*) from notices").fetchone()[0])


async def test_what_many_writes_left_in_the_log_gets_into_the_file_while_it_is_open(
    database: Database, tmp_path: Path
) -> None:
    def tell(tx: Connection, first: int, count: int) -> None:
        for chat in range(first, first + count):
            notices.claim(tx, ChatId(chat), "parked", NOW.date(), NOW)

    await database.write(lambda tx: tell(tx, 0, AFTER_ROWS // 2))
    assert in_the_file_alone(database.path, tmp_path / "early.db") == 0
    await database.write(lambda tx: tell(tx, AFTER_ROWS, AFTER_ROWS // 2))
    await folded(database)
    assert in_the_file_alone(database.path, tmp_path / "late.db") == AFTER_ROWS


async def test_the_log_begins_anew_and_does_not_grow_with_what_is_written(database: Database) -> None:
    def tell(tx: Connection, first: int) -> None:
        for chat in range(first, first + AFTER_ROWS):
            notices.claim(tx, ChatId(chat), "parked", NOW.date(), NOW)

    log = database.path.with_name(f"{database.path.name}-wal")
    sizes = []
    for turn in range(8):
        await database.write(lambda tx, first=turn * AFTER_ROWS: tell(tx, first))  # type: ignore[misc]
        await folded(database)
        await database.write(lambda tx: notices.claim(tx, ChatId(-1), "parked", NOW.date(), NOW))
        sizes.append(log.stat().st_size)
    assert max(sizes[4:]) < 2 * sizes[0], "a log that is never begun anew is eight times as long"


async def folded(database: Database) -> None:
    """Wait for what is being folded."""
    folder = database._folder
    assert folder is not None
    assert folder._folding is not None
    folder._folding.result()


def test_a_file_that_cannot_be_folded_is_left_to_the_writer_to_tell_of(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    path.write_bytes(b"no database at all" * 1_000)
    folder = Folder(path)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as writer:
        writer.execute("create table rows (n)")
        writer.executemany("insert into rows values (?)", [(n,) for n in range(AFTER_ROWS)])
        folder.wrote(writer)
        assert folder._folding is not None
        assert folder._folding.exception() is None
        folder.wrote(writer)
    folder.close()
