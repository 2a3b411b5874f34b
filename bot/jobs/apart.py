"""One person's work at a time: what fails for one is undone alone and never holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import logs

log = logs.get(__name__)

T = TypeVar("T")


def apart(tx: Connection, what: str | None, work: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """Do `work` in a savepoint. If it raises, undo it, log where, and do `otherwise`.

    `what` failed, for the log; None: say nothing, since it is tried again in smaller parts.
    A database that can't be written (OperationalError) is nobody's own failure and is raised.
    """
    tx.exec_driver_sql("SAVEPOINT apart")
    try:
        result = work()
    except OperationalError:
        raise
    except Exception as error:
        tx.exec_driver_sql("ROLLBACK TO apart")
        if what is not None:
            log.error(what, error=logs.trace(error))
        result = otherwise()
    tx.exec_driver_sql("RELEASE apart")
    return result
