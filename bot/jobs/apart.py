"""One person's work at a time: what fails for one is undone alone and never holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection

from bot import logs, storage

log = logs.get(__name__)

APART: Final = storage.Savepoint("apart")

T = TypeVar("T")


def apart(tx: Connection, what: str | None, work: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """Do `work` in a savepoint. If it raises, undo it, log where, and do `otherwise`.

    `what` failed, for the log; None: say nothing, since it is tried again in smaller parts.
    A database that can't be used is nobody's own failure and is raised.
    """
    APART.begin(tx)
    try:
        result = work()
    except Exception as error:
        if storage.is_trouble(error):
            raise
        APART.undo(tx)
        if what is not None:
            log.error(what, error=logs.trace(error))
        return otherwise()
    APART.keep(tx)
    return result
