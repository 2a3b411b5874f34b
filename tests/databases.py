"""What all databases of one test process have in common: compiled statements, and that nobody waits for the disk."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

COMPILED: Final[LRUCache[Any, Any]] = LRUCache(5_000)
"""What SQLAlchemy compiled: most tests open a database of their own, and compiling took as long as all the rest."""


class Disk:
    """Whether the test that runs waits for the disk, as the program does: only those marked `durable`."""

    waited_for = False


def share() -> None:
    """From now on, in all engines that are made."""
    event.listen(Engine, "engine_connect", _prepare)
    # What is compiled is found by its dialect, of which each engine has one of its own.
    SQLiteDialect_pysqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    SQLiteDialect_pysqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]


def _prepare(connection: Connection) -> None:
    connection.engine._compiled_cache = COMPILED
    file = connection.connection.dbapi_connection
    if connection.dialect.driver == "pysqlite" and file is not None and not Disk.waited_for:
        file.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]
