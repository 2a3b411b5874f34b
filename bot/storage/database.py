"""The database file: opened, locked, migrated; and the one place that decides where a transaction runs.

Laws:
1. Every write happens in one writer thread, one whole transaction per visit, `BEGIN IMMEDIATE`, synced at commit.
2. Reads for reports go through the asynchronous engine and never hold up the writer (WAL).
3. One process per file: a second one is refused at once.
4. A file that can't be used ends the program with a sentence (storage/troubles.py), and nothing is half written.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, RootTransaction, StaticPool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.diary.people import ChatId
from bot.storage import backups, checks, ledger, sweeping, troubles
from bot.storage.folding import AT_MOST_PAGES, Folder
from bot.storage.prepared import driver
from bot.storage.troubles import CannotOpen, CannotWrite, Damaged, Replaced

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

log = logs.get(__name__)

T = TypeVar("T")

HEAD: Final = "0004"
"""The newest migration; a test holds it against the scripts."""
BUSY_FOR: Final = 5_000
"""How long one try to begin waits for another program that holds the file, in milliseconds."""
BUSY_TRIES: Final = 12
"""Tries to begin before we give up: a minute."""
LOCK_TRIES: Final = 5
LOCK_PAUSE_S: Final = 0.05
"""`symptom-diary doctor` holds the lock for an instant to see whether somebody has it."""


class AlreadyRunning(Exception):
    """Another process works on this database."""


class Database:
    """One open database. `write` and `read` take a plain function of a connection and return what it returns."""

    def __init__(self, path: Path, backups_in: Path | None = None) -> None:
        self.path = path
        self._backups_in = backups_in
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._lock: int | None = None
        self.left_in_hand = 0
        """Which update the process before us had in hand when it died; 0: none."""
        self.forgotten: list[tuple[ChatId, str]] = []
        """Chat and language of those who were deleted at this start and were not told yet."""
        self._engine: Engine | None = None
        self._writer: Connection | None = None
        self._folder: Folder | None = None
        self._sweeper: sweeping.Sweeper | None = None
        self._readers: AsyncEngine | None = None
        self._file: tuple[int, int] | None = None
        self._patience = self._tries = BUSY_TRIES
        self._whole = True

    async def open(self, now: datetime) -> None:
        """Lock, check, open and migrate. Raises AlreadyRunning or CannotOpen; then nothing was changed."""
        try:
            self._lock = lock(self.path)
            self.left_in_hand = int.from_bytes(os.pread(self._lock, 8, 0), "big")
            backups.clear_partial(self.path)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise CannotOpen(troubles.of_the_folder(error, self.path)) from None
        try:
            await self._run(lambda: self._open_writer(now))
        except BaseException:
            await self.close()
            raise

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as one durable transaction; an exception rolls all of it back. Raises CannotWrite."""
        return await self._run(lambda: self._transaction(work))

    async def sweep(self) -> bool:
        """Try again to leave no byte of what was deleted for good; True when nothing is left to sweep."""
        return await self._run(self._sweep)

    def take_in_hand(self, seq: int) -> None:
        """Note beside the file which update is handled now, 0 for none: what the end of this process leaves there.

        It survives a kill and need not survive the machine, so it costs a microsecond and no sync.
        """
        if self._lock is not None:
            with contextlib.suppress(OSError):
                os.pwrite(self._lock, seq.to_bytes(8, "big"), 0)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a snapshot of the data, beside the writer."""
        assert self._engine is not None, "open the database first"
        if self._readers is None:
            made = await asyncio.get_running_loop().run_in_executor(None, async_reader_engine, self.path)
            # Somebody else may have been quicker.
            self._readers = self._readers or made
        async with self._readers.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Let go of the file and of the lock. May be called twice. A write that still waits for the file gives up."""
        self._patience = self._tries = 1
        if self._readers is not None:
            await self._readers.dispose()
            self._readers = None
        if self._engine is not None:
            await self._run(self._close_writer)
        self._thread.shutdown(wait=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- is it still sound? -----------------------------------------------------------------------------------

    def check_the_rest(self, stop: checks.Stop) -> None:
        """Check what was too much to check before the start; may take long, reads only. Raises Damaged."""
        if self._whole:
            return
        if (finding := checks.in_portions(self.path, stop)) is not None:
            self._suspect()
            raise Damaged(troubles.damaged(self.path, finding))
        self._whole = not stop()

    async def check_place(self, now: datetime) -> None:
        """Raises Replaced where the path no longer leads to the file that is open; what is in it is saved aside."""
        if self._file is None or _identity(self.path) == self._file:
            return
        saved = self.path.with_name(f"{self.path.name}.saved-{now:%Y%m%dT%H%M%S}")
        kept = await self._run(lambda: self._save(saved))
        raise Replaced(
            f"The database {self.path} was moved, replaced or deleted while the bot ran, so the bot ended. "
            + (f"All that it knew is in {saved}: " if kept else "It could not be saved: ")
            + "see what happened, then bring back the right file with `symptom-diary restore FILE`."
        )

    def _save(self, target: Path) -> bool:
        assert self._writer is not None
        connection = self._writer.connection.driver_connection
        assert connection is not None
        try:
            with backups.partial(target) as made:
                backups.copy_of(connection, made)
                backups.put_in_place(made, target)
        except (OSError, sqlite3.Error) as error:
            log.error("the open database could not be saved", why=type(error).__name__)
            return False
        return True

    def _suspect(self) -> None:
        """Have the next start check all of the file before it does anything."""
        with suppress(OSError):
            os.close(os.open(_mark(self.path), os.O_CREAT | os.O_WRONLY, 0o600))

    def _sweep(self) -> bool:
        assert self._writer is not None, "open the database first"
        assert self._sweeper is not None
        return self._sweeper.sweep(driver(self._writer), now=True)

    # --- the one writer thread --------------------------------------------------------------------------------

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        assert self._writer is not None, "open the database first"
        try:
            with self._begun(self._writer):
                made = work(self._writer)
        except (SQLAlchemyError, sqlite3.Error) as error:
            said = troubles.sentence(error, self.path)
            if said is None:
                raise
            # What follows is most likely our own end: one try is enough for what we still want to write down.
            self._tries = 1
            if troubles.is_damage(error):
                self._suspect()
            raise CannotWrite(said) from None
        self._tries = self._patience
        assert self._folder is not None
        assert self._sweeper is not None
        self._folder.wrote(driver(self._writer))
        if self._writer.info.pop(sweeping.WANTED, False):
            self._sweeper.want()
        self._sweeper.sweep(driver(self._writer))
        return made

    def _begun(self, writer: Connection) -> RootTransaction:
        tried = 0
        while True:
            try:
                return writer.begin()
            except SQLAlchemyError as error:
                tried += 1
                # Each try has waited by itself. Their number sinks when the program ends meanwhile.
                if tried >= self._tries or not troubles.is_busy(error):
                    raise
                log.warning("another program holds the database; trying again", tries_left=self._tries - tried)

    def _open_writer(self, now: datetime) -> None:
        tried = 0
        while True:
            try:
                self._open_once(now)
                return
            except (SQLAlchemyError, sqlite3.Error, OSError) as error:
                self._close_writer()
                tried += 1
                if tried < self._tries and troubles.is_busy(error):
                    log.warning("another program holds the database; trying again", tries_left=self._tries - tried)
                    continue
                if isinstance(error, OSError):
                    raise CannotOpen(troubles.of_the_folder(error, self.path)) from None
                if said := troubles.sentence(error, self.path):
                    raise CannotOpen(said) from None
                original = getattr(error, "orig", None) or error
                if isinstance(original, sqlite3.Error):
                    raise CannotOpen(f"The database {self.path} can't be opened: {original}. {MEND}") from None
                raise

    def _open_once(self, now: datetime) -> None:
        if self.path.stat().st_size == 0 and backups.was_in_use(self.path, self._backups_in):
            raise CannotOpen(troubles.emptied(self.path))
        mark = _mark(self.path)
        # Looks at what was left before a look into the file folds some of it.
        self._sweeper = sweeping.Sweeper(self.path)
        self._whole = checks.before_opening(self.path, suspect=mark.exists())
        mark.unlink(missing_ok=True)
        self._engine = writer_engine(self.path)
        with self._engine.connect() as connection:
            migrate(connection, self.path, now)
            self._forget_again(connection, now)
            with connection.begin():
                # One small write says before the first poll whether there is room and leave to write.
                connection.exec_driver_sql("update alembic_version set version_num = version_num")
        self._writer = self._engine.connect()
        self._folder = Folder(self.path)
        self._file = _identity(self.path)
        self._sweeper.sweep(driver(self._writer))

    def _forget_again(self, connection: Connection, now: datetime) -> None:
        """Whoever is in the ledger and in this file all the same is deleted, before anything else happens."""
        if not ledger.beside(self.path).exists():
            return
        from bot.storage import privacy

        assert self._sweeper is not None
        with connection.begin():
            self.forgotten = privacy.forget_again(connection, self.path, now)
        if connection.info.pop(sweeping.WANTED, False):
            self._sweeper.want()

    def _close_writer(self) -> None:
        if self._folder is not None:
            self._folder.close()
            self._folder = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


MEND: Final = (
    "Check that this is the diary's file, that its disk has room and that the bot's user may write there; or go back "
    "to a backup with `symptom-diary restore FILE`."
)


def visit(path: Path, work: Callable[[Connection], T]) -> T:
    """One short transaction of another program than the bot, which may be running meanwhile.

    Raises CannotOpen for a file that is not there, has another form or can't be used.
    """
    if not path.is_file():
        raise CannotOpen(f"There is no database {path}. Start this where the bot is started, with its settings.")
    engine = writer_engine(path)
    try:
        with engine.begin() as tx:
            if version(tx) != HEAD:
                raise CannotOpen(f"{path} has not the form that this program knows. Start the bot once, or update.")
            return work(tx)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise CannotOpen(troubles.sentence(error, path) or f"{path} can't be used ({type(error).__name__}).") from None
    finally:
        engine.dispose()


def look(path: Path, work: Callable[[Connection], T]) -> T:
    """Read in one snapshot, for another program than the bot, which may be running meanwhile. Raises CannotOpen."""
    engine = reader_engine(path)
    try:
        with engine.connect() as tx, tx.begin():
            return work(tx)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise CannotOpen(troubles.sentence(error, path) or f"{path} can't be read ({type(error).__name__}).") from None
    finally:
        engine.dispose()


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


def async_reader_engine(path: Path) -> AsyncEngine:
    """The engine for reads beside the writer. Made when first needed: it brings the ORM, a tenth of the start."""
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=2, max_overflow=2)
    event.listen(engine.sync_engine, "connect", _prepare_reader)
    event.listen(engine.sync_engine, "begin", _begin_read)
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
    with backups.partial(target) as made, closing(checks.reader(source)) as origin:
        backups.copy_of(origin, made)
        backups.put_in_place(made, target)


def lock(path: Path) -> int:
    """Take the lock of a database, making its folder where there is none; held until the handle is closed.

    Raises AlreadyRunning, or OSError where the folder can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    backups.give_to_the_owner(handle, path)
    for left in range(LOCK_TRIES - 1, -1, -1):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if left:
                time.sleep(LOCK_PAUSE_S)
    os.close(handle)
    raise AlreadyRunning(
        f"Another symptom-diary already works on {path.name}. "
        "Stop that one first, or give this one a DATABASE_URL of its own."
    )


def is_locked(path: Path) -> bool:
    """Whether a bot works on this database. Looks for an instant only, so that a bot that starts now is not refused."""
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _mark(path: Path) -> Path:
    """An empty file beside the database: damage was met, so the next start checks all of it first."""
    return path.with_name(f"{path.name}.suspect")


def _prepare_writer(connection: Any, _: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_FOR}",
        "temp_store = MEMORY",
        "secure_delete = ON",
        f"wal_autocheckpoint = {AT_MOST_PAGES}",
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
