"""For all tests: Hypothesis times nothing, since a busy machine is no fault of the code; rubbish is looked for less
often, and a statement is compiled once in each test process, since most tests open a database of their own."""

from __future__ import annotations

import gc
from typing import Any, Final

from hypothesis import settings
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

COMPILED: Final[LRUCache[Any, Any]] = LRUCache(5_000)
"""What SQLAlchemy compiled, for all databases of this process: as the one of a program that runs for long."""

# Nothing that lives while the tests are found becomes rubbish.
gc.disable()

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_unconfigure() -> None:
    """All rubbish is found here; pytest itself looks five times more, among whatever there is."""
    gc.collect()
    gc.freeze()


@event.listens_for(Engine, "engine_connect")
def compile_once(connection: Connection) -> None:
    connection.engine._compiled_cache = COMPILED


# What is compiled is found by its dialect, of which each engine has one of its own.
SQLiteDialect_pysqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
SQLiteDialect_pysqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
