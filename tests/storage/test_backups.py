"""Copies of a database in use: they end, they are whole, and a failed one leaves nothing."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import storage
from bot.storage import BackupFailed, Database, backups, checks
from tests.storage.conftest import NOW, Cast

pytestmark = pytest.mark.durable
MONDAY = date(2026, 3, 2)
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path, blank: Path) -> Path:
    """A diary in use, of some hundred pages."""
    path = Path(shutil.copy(blank, tmp_path))
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany(
            "insert into inbox (update_id, received_at, state, tries) values (?, ?, 'done', 0)",
            [(number, "2026-03-02 20:00:00.000000") for number in range(4_000)],
        )
    return path


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond this size, as on a disk that is full."""
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, was[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)


def writing_all_the_time(path: Path, portions: list[int]) -> Callable[[], bool]:
    """Called after each portion of a copy: another connection commits, and must not have to wait for it."""
    writer = sqlite3.connect(path, timeout=0)

    def written() -> bool:
        with writer:
            writer.execute("update inbox set tries = tries + 1")
        portions.append(len(portions))
        return len(portions) > 200  # A copy that begins anew with each write would go on for ever.

    return written


# --- while the bot writes -------------------------------------------------------------------------------------


def test_a_copy_made_while_another_connection_writes_all_the_time_ends_and_is_consistent(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "PORTION", 5)
    portions: list[int] = []
    with closing(checks.reader(path)) as source:
        backups.copy_of(source, tmp_path / "copy.db", writing_all_the_time(path, portions))
    assert len(portions) > 10, "it was written to between many portions"
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied, closing(sqlite3.connect(path)) as file:
        assert copied.execute("select distinct tries from inbox").fetchall() == [(0,)], "as it was when it began"
        assert copied.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert copied.execute("pragma journal_mode").fetchall() == [("delete",)], "one file, with no other beside it"
        assert file.execute("select distinct tries from inbox").fetchall() == [(len(portions),)]


def test_a_copy_that_is_stopped_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "PORTION", 5)
    before = sorted(path.parent.iterdir())
    with pytest.raises(backups.Stopped):
        backups.make(path, path.with_name("copy.db"), stop=lambda: True)
    assert sorted(path.parent.iterdir()) == before


# --- no room, no leave ----------------------------------------------------------------------------------------


def test_without_room_no_copy_is_made_and_the_one_before_it_stays(path: Path) -> None:
    target = path.with_name("copy.db")
    backups.make(path, target)
    before = target.read_bytes()
    names = sorted(path.parent.iterdir())
    with files_up_to(path.stat().st_size // 2), pytest.raises(BackupFailed, match="has no room"):
        backups.make(path, target, replace=True)
    assert target.read_bytes() == before
    assert sorted(path.parent.iterdir()) == names


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_copy_never_takes_the_room_that_the_diary_needs_meanwhile(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    size = path.stat().st_size
    # Room for the copy, and for hardly anything beside it.
    monkeypatch.setattr(backups, "_free_on", lambda folder: size + 50_000)
    monkeypatch.setattr(backups, "_same_disk", lambda one, other: not elsewhere)
    if elsewhere:
        backups.make(path, tmp_path / "copy.db")
        return
    with pytest.raises(BackupFailed, match="has no room"):
        backups.make(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    monkeypatch.setattr(backups, "_free_on", lambda folder: 2 * size + 50_000)
    backups.make(path, tmp_path / "copy.db")


def test_without_room_nothing_is_restored_and_everything_is_as_it_was(path: Path) -> None:
    backups.make(path, path.with_name("copy.db"))
    names, before = sorted(path.parent.iterdir()), path.read_bytes()
    with files_up_to(path.stat().st_size // 2), pytest.raises(BackupFailed, match="has no room"):
        backups.restore(path.with_name("copy.db"), path, NOW, "9999")
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == names


def test_a_damaged_database_is_not_copied_over_a_good_backup(path: Path) -> None:
    target = path.with_name("copy.db")
    backups.make(path, target)
    before = target.read_bytes()
    damage(path, "inbox")
    with pytest.raises(BackupFailed, match="is damaged"):
        backups.make(path, target, replace=True)
    assert target.read_bytes() == before


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("pragma wal_checkpoint(truncate)")
        [(root,)] = file.execute("select rootpage from sqlite_master where name = ?", (table,))
        [(size,)] = file.execute("pragma page_size")
    with path.open("r+b") as raw:
        raw.seek((root - 1) * size)
        raw.write(b"\xff" * 200)


def test_a_backup_of_a_newer_program_is_not_restored(path: Path) -> None:
    backups.make(path, path.with_name("copy.db"))
    with pytest.raises(BackupFailed, match="Install the newer version first"):
        backups.restore(path.with_name("copy.db"), path, NOW, "0001")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_what_root_restores_belongs_to_the_bots_user(path: Path) -> None:
    backups.make(path, path.with_name("copy.db"))
    os.chown(path, NOBODY, NOBODY)
    backups.restore(path.with_name("copy.db"), path, NOW, "9999")
    os.close(storage.database.lock(path))
    assert path.stat().st_uid == path.with_name("diary.db.lock").stat().st_uid == NOBODY


async def test_a_digest_that_waited_in_the_backup_is_not_sent_twice(database: Database, cast: Cast) -> None:
    def wait(tx: storage.database.Connection) -> None:
        for once in (True, False):
            storage.outbox.add(
                tx,
                cast.ada.chat_id,
                storage.tables.Action.SEND,
                {"text": "x"},
                urgency=storage.outbox.Urgency.DIGEST if once else storage.outbox.Urgency.ANSWER,
                once=once,
                now=NOW,
            )

    await database.write(wait)
    backups.make(database.path, database.path.with_name("copy.db"))
    await database.close()
    backups.restore(database.path.with_name("copy.db"), database.path, NOW, "9999")
    with closing(sqlite3.connect(database.path)) as file:
        found = file.execute("select once, started_at is not null from outbox order by once").fetchall()
    assert found == [(0, 0), (1, 1)]


def test_who_holds_the_lock_clears_away_what_a_kill_left_of_copies_beside_the_database(path: Path) -> None:
    ours = (".diary.db.abcd1234.partial", ".diary.db.before-0003-20260302T200000.abcd1234.partial-wal")
    strangers = (".diary.db.notes.partial", ".copy.db.abcd1234.partial")
    for name in ours + strangers:
        path.with_name(name).write_text("health data")
    backups.clear_partial(path)
    assert {each.name for each in path.parent.glob("*.partial*")} == set(strangers)


# --- every day ------------------------------------------------------------------------------------------------


def test_the_newest_are_kept_and_only_our_own_are_removed(path: Path) -> None:
    folder = path.with_name("backups")
    folder.mkdir()
    strangers = {"diary-2026-02-01.db.old", "diary-notes.db", "other-2026-02-01.db", "diary-2026-02-31.db"}
    for name in strangers | {".diary-2026-03-01.db.x7.partial"}:
        (folder / name).write_text("precious")
    for n in range(4):
        backups.make_daily(path, folder, MONDAY + timedelta(days=n), 2, backups.never)
    assert {each.name for each in folder.iterdir()} == strangers | {"diary-2026-03-04.db", "diary-2026-03-05.db"}
    assert all(made.stat().st_mode & 0o777 == 0o600 for _, made in backups.daily(path, folder))
