"""Sweeps the file after somebody was forgotten: no byte of what was deleted stays in it or in its log of changes.

`secure_delete` overwrites a deleted row where it lay. It does not reach the copies that SQLite leaves behind when it
moves rows from page to page (docs/decisions/0025), so the file is written anew out of what is left in it, and the log
of changes is cut off.

Law: until both have succeeded a mark lies beside the file, so that no kill prevents it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Final

from bot import logs
from bot.storage import backups, troubles

log = logs.get(__name__)

WANTED: Final = "sweep"
"""In the `info` of a connection: something was deleted in its transaction that no byte may stay of."""
SMALL: Final = 64 * 1024 * 1024
"""Bytes up to which the file is written anew by way of memory, not of a temporary file."""
SOON: Final = 1.0
"""Seconds until the next try while somebody reads."""
LATER: Final = 60.0
"""Seconds until the next try after a failure, of the disk for example."""
_FAREWELL_WAITS: Final = (
    "select 1 from outbox where state = 'waiting' and chat_id <> 0 and chat_id not in (select chat_id from accounts)"
    " limit 1"
)


def mark_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.unswept")


def mark(database: Path) -> None:
    """From now on the file is to be swept. Raises CannotWrite."""
    path = mark_of(database)
    try:
        handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            backups.give_to_the_owner(handle, database)
        finally:
            os.close(handle)
        backups.sync(path.parent)
    except OSError as error:
        raise troubles.CannotWrite(troubles.of_the_folder(error, database)) from None


class Sweeper:
    """Belongs to one open file and to the writer's thread. `want` asks for a sweep, `sweep` does it when it can."""

    def __init__(self, path: Path) -> None:
        self._path = path
        log_of_changes = path.with_name(f"{path.name}-wal")
        left = log_of_changes.exists() and log_of_changes.stat().st_size > 0
        self._anew = mark_of(path).exists()
        self._wanted = left or self._anew
        self._not_before = 0.0

    def want(self) -> None:
        self._anew = mark_of(self._path).exists()
        self._wanted, self._not_before = True, 0.0

    def sweep(self, writer: sqlite3.Connection, *, now: bool = False) -> bool:
        """True when there is nothing left to sweep. `now`: whenever the last try was."""
        if not self._wanted:
            return True
        if not now and time.monotonic() < self._not_before:
            return False
        try:
            if self._anew:
                _write_anew(writer, self._path)
                self._anew = False
            if not _cut_log(writer):
                self._not_before = time.monotonic() + SOON
                return False
            farewell = writer.execute(_FAREWELL_WAITS).fetchone()
        except sqlite3.Error as error:
            log.warning("the file could not be swept; trying again", why=type(error).__name__)
            self._not_before = time.monotonic() + LATER
            return False
        self._wanted = False
        if farewell is None:
            mark_of(self._path).unlink(missing_ok=True)
        return True


def _write_anew(writer: sqlite3.Connection, path: Path) -> None:
    writer.execute(f"pragma temp_store = {'memory' if path.stat().st_size <= SMALL else 'file'}")
    try:
        writer.execute("vacuum")
    finally:
        writer.execute("pragma temp_store = memory")


def _cut_log(writer: sqlite3.Connection) -> bool:
    """Fold all of the log into the file and cut it to nothing; False where a reader still needs it."""
    waits = writer.execute("pragma busy_timeout").fetchone()[0]
    # Nobody waits for a reader here: there is another time.
    writer.execute("pragma busy_timeout = 0")
    try:
        return bool(writer.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0)
    finally:
        writer.execute(f"pragma busy_timeout = {int(waits)}")
