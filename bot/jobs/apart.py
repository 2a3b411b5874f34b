"""One person's work at a time: what fails for one is undone alone and never holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import logs, storage

log = logs.get(__name__)

T = TypeVar("T")


def apart(tx: Connection, what: str, work: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """Do `work` in a savepoint. If it raises, undo it, log where, and do `otherwise`.

    A database that can't be used is nobody's own failure and is raised.
    """
    tx.exec_driver_sql("SAVEPOINT apart")
    try:
        result = work()
    except OperationalError:
        raise
    except Exception as error:
        if storage.is_trouble(error):
            raise
        tx.exec_driver_sql("ROLLBACK TO apart")
        log.error(what, error=logs.trace(error))
        result = otherwise()
    tx.exec_driver_sql("RELEASE apart")
    return result
