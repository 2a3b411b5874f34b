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
    folder = database._folder
    assert folder is not None
    assert folder._folding is not None
    folder._folding.result()
    assert in_the_file_alone(database.path, tmp_path / "late.db") == AFTER_ROWS


def test_a_file_that_cannot_be_folded_is_left_to_the_writer_to_tell_of(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    path.write_bytes(b"no database at all" * 1_000)
    folder = Folder(path)
    folder.wrote(AFTER_ROWS)
    assert folder._folding is not None
    assert folder._folding.exception() is None
    folder.close()
