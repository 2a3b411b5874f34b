"""The file: opened once, locked, migrated after a copy, its transactions whole."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot import storage
from bot.storage import AlreadyRunning, CannotOpen, Database, tables
from bot.storage import database as module
from tests import reachable
from tests.storage.conftest import ADA, BEN, MAX, NOW, Cast, Regret, refuse

pytestmark = pytest.mark.durable

OPEN_ELSEWHERE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.storage import AlreadyRunning, CannotOpen, Database

async def main():
    database = Database(Path(sys.argv[1]))
    try:
        await database.open(datetime(2026, 3, 2, 20, tzinfo=UTC))
    except (AlreadyRunning, CannotOpen) as error:
        print(type(error).__name__, error)
    else:
        await database.close()
        print("opened")

if len(sys.argv) > 2:
    import os
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
asyncio.run(main())
"""
HEAD = module.HEAD
TOMORROW = f"{int(HEAD) + 1:04}"
LATER_MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

revision = '{TOMORROW}'
down_revision = '{HEAD}'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('weather', sa.Column('id', sa.Integer(), primary_key=True))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def columns(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def opened_elsewhere(path: Path, *, as_nobody: bool = False) -> str:
    """What another process says that opens the file."""
    command = [sys.executable, "-c", OPEN_ELSEWHERE, str(path), *(["65534"] if as_nobody else [])]
    said = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True, timeout=30)
    return said.stdout


async def refusal_of(path: Path) -> str:
    """Why the file is not opened."""
    refused = Database(path)
    with pytest.raises(CannotOpen) as caught:
        await refused.open(NOW)
    return str(caught.value)


# --- the schema -----------------------------------------------------------------------------------------------


async def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    def difference(tx: Connection) -> object:
        return compare_metadata(MigrationContext.configure(tx, opts={"compare_type": False}), tables.metadata)

    assert await database.write(difference) == []


async def test_the_migrations_make_exactly_the_constraints_of_the_code(tmp_path: Path) -> None:
    """What compare_metadata does not look at: checks, defaults, keys without rowid, partial indexes."""
    migrated = Database(tmp_path / "migrated.db")
    await migrated.open(NOW)
    await migrated.close()
    engine = module.writer_engine(tmp_path / "made.db")
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
    engine.dispose()

    def schema(path: Path) -> dict[object, str]:
        rows = columns(path, "select name, sql from sqlite_master where sql is not null and name != 'alembic_version'")
        return {
            name: " ".join(
                sorted(str(sql).replace('"', "").replace("(", " ( ").replace(",", " ").replace(")", " ) ").split())
            )
            for name, sql in rows
        }

    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "made.db")


def test_the_newest_migration_is_the_one_that_the_program_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_heads() == [module.HEAD]


# --- opening --------------------------------------------------------------------------------------------------


async def test_only_the_owner_can_read_the_file_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "data" / "diary.db"
    before = os.umask(0)
    try:
        made = Database(path)
        await made.open(NOW)
        await made.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
    finally:
        os.umask(before)
    assert mode(path.parent) == 0o700
    assert {file.name: mode(file) for file in path.parent.iterdir()} == dict.fromkeys(
        ["diary.db", "diary.db-wal", "diary.db-shm", "diary.db.lock"], 0o600
    )
    await made.close()


async def test_every_commit_is_synced_and_foreign_keys_hold(database: Database) -> None:
    def pragmas(tx: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: tx.exec_driver_sql(f"pragma {name}").scalar() for name in names}

    assert await database.write(pragmas) == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await database.write(lambda tx: storage.people.add_admin(tx, MAX, NOW))


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match="readonly"):
        await database.read(lambda tx: storage.people.account(tx, ADA, "en", NOW))


async def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    for _ in range(2):
        again = Database(tmp_path / "diary.db")
        await again.open(NOW)
        account = await again.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
        await again.close()
        await again.close()
    assert account.chat_id == ADA
    assert not [name for name in os.listdir(tmp_path) if "before" in name], "nothing to migrate, nothing put aside"


# --- one process at a time ------------------------------------------------------------------------------------


async def test_a_second_program_on_the_same_file_is_refused_at_once(database: Database) -> None:
    second = Database(database.path)
    with pytest.raises(AlreadyRunning, match=r"Another symptom-diary already works on diary\.db"):
        await second.open(NOW)
    await second.close()
    await database.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))


async def test_a_second_process_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    first = Database(tmp_path / "diary.db")
    await first.open(NOW)
    assert (await opened_elsewhere(first.path)).startswith("AlreadyRunning Another symptom-diary")
    await first.close()
    assert await opened_elsewhere(first.path) == "opened\n"


# --- files that can't be used ---------------------------------------------------------------------------------


async def test_a_newer_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    made = Database(path)
    await made.open(NOW)
    await made.write(lambda tx: tx.exec_driver_sql("update alembic_version set version_num = '9001'") and None)
    await made.close()
    before = path.read_bytes()
    said = await refusal_of(path)
    assert "written by a newer version of this program (9001; this one knows" in said
    assert "Install the newer version again." in said
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"This is no database. " * 500, b"SQLite format 3\0" + b"\xff" * 8000])
async def test_a_damaged_file_is_refused_with_what_to_do_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "diary.db"
    path.write_bytes(content)
    said = await refusal_of(path)
    assert str(path) in said
    assert "go back to a backup with `symptom-diary restore FILE`" in said
    assert path.read_bytes() == content
    assert sorted(os.listdir(tmp_path)) == ["diary.db", "diary.db.lock"]


async def test_a_file_that_was_refused_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    path.write_bytes(b"This is no database. " * 500)
    await refusal_of(path)
    path.unlink()
    mended = Database(path)
    await mended.open(NOW)
    await mended.close()


async def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diary.db").mkdir()
    assert "can't be opened" in await refusal_of(tmp_path / "diary.db")


async def test_a_folder_that_cannot_be_written_is_named() -> None:
    as_root = os.getuid() == 0
    with reachable.folder() as made:
        folder = made / "locked"
        folder.mkdir()
        folder.chmod(0o555)
        said = await opened_elsewhere(folder / "diary.db", as_nobody=as_root)
        assert said.startswith(f"CannotOpen The folder {folder} can't be written (Permission denied).")
        assert "set DATABASE_URL to another place" in said
        assert list(folder.iterdir()) == []


# --- migrating ------------------------------------------------------------------------------------------------


@pytest.fixture
def next_version(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program of tomorrow, with one more migration; returns where that one lies."""
    folder = tmp_path_factory.mktemp("tomorrow")
    shutil.copytree(Path(module.__file__).with_name("migrations"), folder / "migrations")
    script = folder / "migrations" / "versions" / f"{TOMORROW}_weather.py"
    script.write_text(LATER_MIGRATION)
    monkeypatch.setattr(module, "HEAD", TOMORROW)
    monkeypatch.setattr(module, "__file__", str(folder / "database.py"))
    return script


@pytest.fixture
async def older(tmp_path: Path) -> Path:
    """A file of today's version, with Ada in it."""
    path = tmp_path / "diary.db"
    made = Database(path)
    await made.open(NOW)
    await made.write(lambda tx: storage.people.account(tx, ADA, "en", NOW))
    await made.close()
    return path


async def test_an_older_file_is_migrated_after_a_copy_was_put_aside(older: Path, next_version: Path) -> None:
    at = NOW + timedelta(days=30)
    migrated = Database(older)
    await migrated.open(at)
    assert await migrated.write(module.version) == TOMORROW
    assert await migrated.write(lambda tx: storage.people.find_account(tx, ADA)) is not None
    await migrated.close()

    [aside] = older.parent.glob("*before*")
    assert aside.name == f"diary.db.before-{TOMORROW}-20260401T200000"
    assert mode(aside) == 0o600
    assert columns(aside, "select version_num from alembic_version") == [(HEAD,)]
    assert columns(aside, "select chat_id from accounts") == [(ADA,)]
    assert columns(aside, "select name from sqlite_master where name = 'weather'") == []


@pytest.fixture
def bad_version(older: Path, next_version: Path) -> None:
    next_version.write_text(LATER_MIGRATION + "    op.execute('insert into nowhere values (1)')\n")


@pytest.mark.usefixtures("bad_version")
async def test_a_migration_that_fails_leaves_the_file_as_it_was(older: Path) -> None:
    said = await refusal_of(older)
    assert "no such table: nowhere" in said
    assert columns(older, "select version_num from alembic_version") == [(HEAD,)]
    assert columns(older, "select name from sqlite_master where name = 'weather'") == []
    assert columns(older, "select chat_id from accounts") == [(ADA,)]


# --- transactions ---------------------------------------------------------------------------------------------


async def test_an_exception_rolls_the_whole_transaction_back(database: Database) -> None:
    def work(tx: Connection) -> None:
        storage.people.account(tx, ADA, "en", NOW)
        storage.people.account(tx, BEN, "en", NOW)
        refuse(tx)

    with pytest.raises(Regret):
        await database.write(work)
    for chat in (ADA, BEN):
        assert await database.write(lambda tx, chat=chat: storage.people.find_account(tx, chat)) is None


async def test_a_savepoint_that_was_kept_goes_with_the_transaction_around_it(database: Database) -> None:
    def work(tx: Connection) -> None:
        tx.exec_driver_sql("SAVEPOINT inner")
        storage.people.account(tx, ADA, "en", NOW)
        tx.exec_driver_sql("RELEASE inner")
        with tx.begin_nested():
            storage.people.account(tx, BEN, "en", NOW)
        refuse(tx)

    with pytest.raises(Regret):
        await database.write(work)
    for chat in (ADA, BEN):
        assert await database.read(lambda tx, chat=chat: storage.people.find_account(tx, chat)) is None


async def test_a_savepoint_rolls_back_alone(database: Database) -> None:
    def work(tx: Connection) -> None:
        storage.people.account(tx, ADA, "en", NOW)
        tx.exec_driver_sql("SAVEPOINT inner")
        storage.people.account(tx, BEN, "en", NOW)
        tx.exec_driver_sql("ROLLBACK TO inner")
        tx.exec_driver_sql("RELEASE inner")

    await database.write(work)
    assert await database.write(lambda tx: storage.people.find_account(tx, ADA)) is not None
    assert await database.write(lambda tx: storage.people.find_account(tx, BEN)) is None


async def test_a_reader_sees_what_was_committed_before_it_began(database: Database, cast: Cast) -> None:
    seen = await database.read(lambda tx: storage.people.patient(tx, ADA))
    assert seen == cast.ada
