"""The ledger: who was forgotten, by random ids, in a file beside the database that no restore replaces.

Laws:
1. An id is in the ledger, synced, before the rows that it names are gone for good. What is in it stays in it.
2. Whoever is in the ledger is in no database that is opened: `restore` and every start delete them again.
3. An id says nothing of a person: it was random when the enrolment began, and the rows that knew it are gone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.storage import backups, troubles

_TAG: Final = re.compile(r"[0-9a-f]{32}")


def beside(database: Path) -> Path:
    return database.with_name(f"{database.name}.forgotten")


def tags(ledger: Path) -> frozenset[str]:
    """Every id in a ledger; none where there is no such file. A line that a kill cut short is none."""
    try:
        written = ledger.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return frozenset()
    return frozenset(line for line in written.splitlines() if _TAG.fullmatch(line))


def add(database: Path, new: Iterable[str]) -> None:
    """Write down ids, durably; those that are there already are not written twice. Raises CannotWrite."""
    ledger = beside(database)
    try:
        missing = sorted(set(new) - tags(ledger))
        if not missing:
            return
        handle = os.open(ledger, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        try:
            backups.give_to_the_owner(handle, database)
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, ("\n" * torn + "".join(f"{tag}\n" for tag in missing)).encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        backups.sync(ledger.parent)
    except OSError as error:
        raise troubles.CannotWrite(troubles.of_the_folder(error, ledger)) from None


def copy(database: Path, folder: Path) -> None:
    """Put a copy of the ledger beside the daily backups, for a restore on another machine. Raises OSError."""
    ledger = beside(database)
    if not ledger.exists():
        return
    with backups.partial(folder / ledger.name) as made:
        made.write_bytes(ledger.read_bytes())
        backups.put_in_place(made, folder / ledger.name)
