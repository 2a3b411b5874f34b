"""What can be wrong with the file or its disk: each a sentence of its own, nothing half written, and nothing repaired
behind anybody's back."""

from __future__ import annotations

import asyncio
import filecmp
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot import storage
from bot.storage import CannotOpen, CannotWrite, Damaged, Database, Replaced, backups, checks, troubles
from bot.storage import database as module
from tests.storage.conftest import ADA, BEN, NOW
from tests.storage.test_backups import damage, files_up_to

UNWRAPPED = [
    (sqlite3.SQLITE_FULL, "is full"),
    (sqlite3.SQLITE_IOERR | (3 << 8), "can't be read or written"),
    (sqlite3.SQLITE_READONLY, "can't be opened for writing"),
    (sqlite3.SQLITE_CANTOPEN, "can't be opened for writing"),
    (sqlite3.SQLITE_BUSY, "Another program holds"),
    (sqlite3.SQLITE_CORRUPT, "is damaged"),
    (sqlite3.SQLITE_NOTADB, "is no database"),
]


def failure(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


# --- in a sentence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "says"), UNWRAPPED)
@pytest.mark.parametrize("wrapped", [True, False])
async def test_every_trouble_of_the_file_is_a_sentence_of_its_own_in_either_form(
    database: Database, code: int, says: str, wrapped: bool
) -> None:
    error = failure(code)

    def work(tx: Connection) -> None:
        storage.people.account(tx, ADA, "en", NOW)
        raise OperationalError("insert", {}, error) if wrapped else error

    with pytest.raises(CannotWrite) as caught:
        await database.write(work)
    assert says in str(caught.value)
    assert str(database.path) in str(caught.value)
    assert await database.write(lambda tx: storage.people.find_account(tx, ADA)) is None


async def test_a_mistake_of_ours_is_no_trouble_of_the_file(database: Database) -> None:
    with pytest.raises(OperationalError):
        await database.write(lambda tx: tx.execute(text("select * from nowhere")))
    with pytest.raises(sqlite3.OperationalError):
        await database.write(lambda tx: storage.prepared.driver(tx).execute("select * from nowhere"))


# --- full -----------------------------------------------------------------------------------------------------


def big(tx: Connection) -> None:
    storage.people.account(tx, BEN, "en", NOW)
    storage.inbox.put(tx, [(1, "x" * 500_000)], NOW)


async def test_a_full_file_keeps_nothing_of_what_did_not_fit_and_all_that_did(database: Database) -> None:
    await database.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
    await database.write(lambda tx: tx.exec_driver_sql("pragma max_page_count = 1"))
    with pytest.raises(CannotWrite, match="is full"):
        await database.write(big)
    assert await database.write(lambda tx: storage.people.find_account(tx, ADA)) is not None
    assert await database.write(lambda tx: storage.people.find_account(tx, BEN)) is None
    await database.write(lambda tx: tx.exec_driver_sql("pragma max_page_count = 100000"))
    await database.write(big)


async def test_a_disk_that_takes_no_more_is_a_sentence_and_nothing_is_half_written(database: Database) -> None:
    with files_up_to(200_000), pytest.raises(CannotWrite, match=r"can't be read or written .* Make room"):
        await database.write(big)
    assert await database.write(lambda tx: storage.people.find_account(tx, BEN)) is None
    await database.write(big)


async def test_where_there_is_no_room_for_a_single_write_it_does_not_start(tmp_path: Path, blank: Path) -> None:
    path = Path(shutil.copy(blank, tmp_path))
    refused = Database(path)
    with files_up_to(1_000), pytest.raises(CannotOpen, match="Make room"):
        await refused.open(NOW)
    fresh = Database(tmp_path / "fresh.db")
    with files_up_to(1_000), pytest.raises(CannotOpen, match="Make room"):
        await fresh.open(NOW)
    for each in (path, tmp_path / "fresh.db"):
        opened = Database(each)
        await opened.open(NOW)
        await opened.close()


# --- held by another program ----------------------------------------------------------------------------------


@dataclass
class Notes:
    """A log that does something when it is written to."""

    then: Any
    lines: list[str] = field(default_factory=list)

    def warning(self, event: str, **_: Any) -> None:
        self.lines.append(event)
        self.then(len(self.lines))


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try waits for an instant only."""
    monkeypatch.setattr(module, "BUSY_FOR", 1)
    monkeypatch.setattr(checks, "BUSY_FOR_S", 0.001)


@pytest.fixture
def held(tmp_path: Path, blank: Path) -> sqlite3.Connection:
    return sqlite3.connect(shutil.copy(blank, tmp_path), isolation_level=None, check_same_thread=False)


@pytest.mark.usefixtures("_hasty")
async def test_a_file_that_another_program_holds_is_waited_for(
    held: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Notes(lambda tries: held.execute("rollback") if tries == 2 else None)
    monkeypatch.setattr(module, "log", notes)
    database = Database(tmp_path / "diary.db")
    held.execute("begin immediate")
    await database.open(NOW)
    assert len(notes.lines) == 2
    held.execute("begin immediate")
    notes.lines.clear()
    await database.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
    assert len(notes.lines) == 2
    assert await database.write(lambda tx: storage.people.find_account(tx, ADA)) is not None
    await database.close()
    held.close()


@pytest.mark.usefixtures("_hasty")
async def test_one_that_is_not_let_go_is_named_in_the_end(held: sqlite3.Connection, tmp_path: Path) -> None:
    database = Database(tmp_path / "diary.db")
    await database.open(NOW)
    held.execute("begin immediate")
    with pytest.raises(CannotWrite, match=r"Another program holds .* End that program"):
        await database.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
    await database.close()
    refused = Database(tmp_path / "diary.db")
    with pytest.raises(CannotOpen, match=r"Another program holds .* End that program"):
        await refused.open(NOW)
    held.close()


@pytest.mark.usefixtures("_hasty")
async def test_the_end_of_the_program_does_not_wait_for_a_held_file(
    held: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, waits = asyncio.get_running_loop(), asyncio.Event()
    monkeypatch.setattr(module, "log", Notes(lambda _: loop.call_soon_threadsafe(waits.set)))
    monkeypatch.setattr(module, "BUSY_TRIES", 10**9)
    database = Database(tmp_path / "diary.db")
    await database.open(NOW)
    held.execute("begin immediate")
    writing = asyncio.create_task(database.write(lambda tx: storage.people.account(tx, ADA, "en", NOW)))
    await waits.wait()
    await database.close()
    with pytest.raises(CannotWrite):
        await writing
    held.close()


# --- damaged, or of somebody else -----------------------------------------------------------------------------


async def test_damage_in_a_small_file_is_found_before_anything_is_changed(tmp_path: Path, blank: Path) -> None:
    path = Path(shutil.copy(blank, tmp_path))
    damage(path, "notes")
    before = shutil.copy(path, tmp_path / "before.db")
    refused = Database(path)
    with pytest.raises(CannotOpen, match=r"is damaged .*symptom-diary restore"):
        await refused.open(NOW)
    assert filecmp.cmp(path, before, shallow=False)


async def test_damage_in_a_large_file_is_found_beside_the_running_bot_and_remembered(
    tmp_path: Path, blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "WHOLE_UP_TO", 0)
    path = Path(shutil.copy(blank, tmp_path))
    damage(path, "notes")
    database = Database(path)
    await database.open(NOW)
    with pytest.raises(Damaged, match=r"is damaged .*symptom-diary restore"):
        database.check_the_rest(backups.never)
    await database.close()
    for _ in range(2):
        again = Database(path)
        with pytest.raises(CannotOpen, match="is damaged"):
            await again.open(NOW)
    # A file put in its place is checked as a whole once, and then it is as if nothing had been.
    shutil.copy(blank, path)
    mended = Database(path)
    await mended.open(NOW)
    mended.check_the_rest(backups.never)
    await mended.close()
    assert not path.with_name("diary.db.suspect").exists()


async def test_a_large_whole_file_passes_and_the_check_ends_when_it_is_told_to(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.in_portions(database.path, backups.never) is None
    monkeypatch.setattr(checks, "STEPS", 1)
    assert checks.in_portions(database.path, lambda: True) is None


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("create table invoices (id integer primary key)")
    before = path.read_bytes()
    refused = Database(path)
    with pytest.raises(CannotOpen, match="a database of another program"):
        await refused.open(NOW)
    assert path.read_bytes() == before
    assert not path.with_name("diary.db-wal").exists()


async def test_what_is_in_a_file_that_was_taken_away_is_saved_beside_it(database: Database) -> None:
    await database.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
    await database.check_place(NOW)
    database.path.rename(database.path.with_name("elsewhere.db"))
    with pytest.raises(Replaced, match="saved-20260302T200000"):
        await database.check_place(NOW)
    with closing(sqlite3.connect(database.path.with_name("diary.db.saved-20260302T200000"))) as saved:
        assert saved.execute("select chat_id from accounts").fetchall() == [(ADA,)]


@pytest.mark.parametrize("trace", ["diary.db-wal", "backups/diary-2026-03-01.db"])
async def test_a_file_that_was_emptied_is_no_new_diary(tmp_path: Path, trace: str) -> None:
    path = tmp_path / "diary.db"
    path.touch()
    (tmp_path / trace).parent.mkdir(exist_ok=True)
    (tmp_path / trace).write_bytes(b"precious")
    database = Database(path)
    with pytest.raises(storage.CannotOpen, match=r"is empty, though it was in use before.*symptom-diary restore FILE"):
        await database.open(NOW)
    assert path.read_bytes() == b""
    assert (tmp_path / trace).read_bytes() == b"precious"


async def test_an_empty_file_without_such_traces_begins_a_diary(tmp_path: Path) -> None:
    (tmp_path / "diary.db").touch()
    database = Database(tmp_path / "diary.db")
    await database.open(NOW)
    await database.close()


# --- permissions ----------------------------------------------------------------------------------------------


def test_a_file_of_another_user_is_named_and_not_its_folder(tmp_path: Path) -> None:
    lock = tmp_path / "diary.db.lock"
    said = troubles.of_the_folder(PermissionError(13, "Permission denied", str(lock)), tmp_path / "diary.db")
    assert said.startswith(f"The file {lock} can't be opened (Permission denied)")
    assert os.access(tmp_path, os.W_OK)
