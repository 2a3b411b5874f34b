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
AT_MOST_PAGES: Final = 16_000
"""The writer folds by itself beyond this: 64 MB, where writes come so thick that this thread never catches up."""


class Folder:
    """Belongs to one open file. `wrote` is told after each commit; `close` before the writer closes its connection."""

    def __init__(self, path: Path) -> None:
        # Opened now, so that it is the writer's file whatever becomes of the path.
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="folder")
        self._folding: Future[None] | None = None
        self._folded_at = 0

    def wrote(self, rows: int) -> None:
        """So many rows were changed by the writer since it was opened."""
        if rows - self._folded_at < AFTER_ROWS or (self._folding is not None and not self._folding.done()):
            return
        self._folded_at = rows
        self._folding = self._thread.submit(self._fold)

    def _fold(self) -> None:
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            # Everything is still in the log. What is wrong with the file or its disk the writer meets, and tells.
            log.debug("the log of changes could not be folded into the file", why=type(error).__name__)

    def close(self) -> None:
        """Wait for what is under way, and let go of the file."""
        self._thread.shutdown(wait=True)
        self._connection.close()
