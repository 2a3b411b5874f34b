"""Folds the log of changes into the database file, in a thread of its own, so that no writer waits for it.

SQLite would do it in the commit that finds the log long enough, and the tap behind that commit would wait for some
thousand pages, all over a large file. What is committed is durable in the log already.
"""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from bot import logs

log = logs.get(__name__)

AFTER_ROWS: Final = 1_000
"""Changed rows after which the log is folded: some megabytes of it, about what SQLite itself would wait for."""
LITTLE: Final = 50
"""Pages of log that the writer may fold itself, which takes it a few milliseconds."""
TRIES: Final = 5
AT_MOST_PAGES: Final = 16_000
"""The writer folds whatever there is beyond this: 64 MB. So long a log means that this thread can't work."""
FOLD: Final = "PRAGMA wal_checkpoint(PASSIVE)"


class Folder:
    """Belongs to one open file. `wrote` is told after each commit; `close` before the writer closes its connection."""

    def __init__(self, path: Path) -> None:
        # Opened now, so that it is the writer's file whatever becomes of the path.
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
        self._connection.execute("pragma secure_delete = on")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="folder")
        self._folding: Future[int] | None = None
        self._folded_at = 0

    def wrote(self, writer: sqlite3.Connection) -> None:
        """Something was committed; the writer's thread says so.

        The log begins anew only when nothing of it is left to fold, and while others write something always is. So
        the last few pages are the writer's own.
        """
        if self._folding is not None:
            if self._folding.done():
                self._folding = None
                _fold(writer)
        elif writer.total_changes - self._folded_at >= AFTER_ROWS:
            self._folded_at = writer.total_changes
            self._folding = self._thread.submit(self._fold_most)

    def _fold_most(self) -> int:
        """Fold what is there, then what came meanwhile; returns how many pages are left."""
        left = 0
        for _ in range(TRIES):
            left = _fold(self._connection)
            if left <= LITTLE:
                break
        return left

    def close(self) -> None:
        """Wait for what is under way, and let go of the file."""
        self._thread.shutdown(wait=True)
        self._connection.close()


def _fold(connection: sqlite3.Connection) -> int:
    """Fold what is in the log by now; returns how many pages of it are left."""
    try:
        _, there, folded = connection.execute(FOLD).fetchone()
    except sqlite3.Error as error:
        # Everything is still in the log. What is wrong with the file or its disk the next write meets, and tells.
        log.debug("the log of changes could not be folded into the file", why=type(error).__name__)
        return 0
    return int(there - folded)
