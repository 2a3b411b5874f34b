"""The database file: opened, locked, migrated; and the one place that decides where a transaction runs.

Laws:
1. Every write happens in one writer thread, one whole transaction per visit, `BEGIN IMMEDIATE`, synced at commit.
2. Reads for reports go through the asynchronous engine and never hold up the writer (WAL).
3. One process per file: a second one is refused at once.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")

HEAD: Final = "0002"
"""The newest migration; a test holds it against the scripts."""
BUSY_FOR: Final = 5_000
"""How long another program may hold the file before we give up, in milliseconds."""


UNWRITABLE: Final = (OperationalError, sqlite3.OperationalError)
"""What says that the database can't be written just now: a full disk, a lock. Never the fault of what was written."""


class AlreadyRunning(Exception):
    """Another process works on this database."""


class CannotOpen(Exception):
    """The database can't be used as it is; the text says why and what to do."""


class Database:
    """One open database. `write` and `read` take a plain function of a connection and return what it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._lock: int | None = None
        self._engine: Engine | None = None
        self._writer: Connection | None = None
        self._readers: AsyncEngine | None = None

    async def open(self, now: datetime) -> None:
        """Lock, open and migrate. Raises AlreadyRunning or CannotOpen; then nothing was changed."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(self.path.with_name(self.path.name + ".lock"))
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise CannotOpen(
                f"The folder {self.path.parent} can't be written ({error.strerror}). "
                "Give the bot's user the right to write there, or set DATABASE_URL to another place."
            ) from None
        try:
            await self._run(lambda: self._open_writer(now))
        except BaseException:
            await self.close()
            raise
        self._readers = create_async_engine(f"sqlite+aiosqlite:///{self.path}", pool_size=2, max_overflow=2)
        event.listen(self._readers.sync_engine, "connect", _prepare_reader)
        event.listen(self._readers.sync_engine, "begin", _begin_read)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as one durable transaction; an exception rolls all of it back."""
        return await self._run(lambda: self._transaction(work))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a snapshot of the data, beside the writer."""
        assert self._readers is not None, "open the database first"
        async with self._readers.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Let go of the file and of the lock. May be called twice."""
        if self._readers is not None:
            await self._readers.dispose()
            self._readers = None
        if self._engine is not None:
            await self._run(self._close_writer)
        self._thread.shutdown(wait=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        assert self._writer is not None, "open the database first"
        with self._writer.begin():
            return work(self._writer)

    def _open_writer(self, now: datetime) -> None:
        try:
            self._engine = writer_engine(self.path)
            with self._engine.connect() as connection:
                migrate(connection, self.path, now)
            self._writer = self._engine.connect()
        except (sqlite3.DatabaseError, OSError) as error:
            raise CannotOpen(f"The database {self.path} can't be opened: {error}. {MEND}") from None
        except Exception as error:
            original = getattr(error, "orig", None)
            if isinstance(original, sqlite3.Error):
                raise CannotOpen(f"The database {self.path} can't be opened: {original}. {MEND}") from None
            raise

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


MEND: Final = (
    "Check that the disk has room, that the bot's user may write the folder and that no other program holds the file; "
    "if the file is damaged, put a copy in its place."
)


def writer_engine(path: Path) -> Engine:
    """The engine that writes: one connection, transactions begun by us so that savepoints are real ones."""
    engine = create_engine(
        f"sqlite+pysqlite:///{path}", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_writer)
    event.listen(engine, "begin", _begin_write)
    return engine


def reader_engine(path: Path) -> Engine:
    """An engine that only reads, for a process beside the program, which has the file open."""
    engine = create_engine(f"sqlite+pysqlite:///file:{quote(str(path))}?mode=ro&uri=true", poolclass=StaticPool)
    event.listen(engine, "connect", _prepare_reader)
    event.listen(engine, "begin", _begin_read)
    return engine


def version(connection: Connection) -> str | None:
    """The migration that the file is at; None for an empty file."""
    if not connection.exec_driver_sql("select 1 from sqlite_master where name = 'alembic_version'").first():
        return None
    return connection.exec_driver_sql("select version_num from alembic_version").scalar()


def migrate(connection: Connection, path: Path, now: datetime) -> None:
    """Bring the file to HEAD, after a copy of it was put aside. Raises CannotOpen for a newer file."""
    at = version(connection)
    connection.rollback()
    if at == HEAD:
        return
    if at is not None and at > HEAD:
        raise CannotOpen(
            f"The database {path} was written by a newer version of this program ({at}; this one knows {HEAD}). "
            "Install the newer version again."
        )
    if at is not None:
        aside = path.with_name(f"{path.name}.before-{HEAD}-{now:%Y%m%dT%H%M%S}")
        copy(path, aside)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, "head")


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database file, also while it is in use; readable by its owner alone."""
    os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
    origin, copied = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copied)
    finally:
        copied.close()
        origin.close()


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AlreadyRunning(
            f"Another symptom-diary already works on {path.name.removesuffix('.lock')}. "
            "Stop that one first, or give this one a DATABASE_URL of its own."
        ) from None
    return handle


def _prepare_writer(connection: Any, _: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_FOR}",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_write(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_reader(connection: Any, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("query_only = ON", f"busy_timeout = {BUSY_FOR}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
