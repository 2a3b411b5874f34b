"""Whether a file is ours, whole, and keeps our laws. Reads only, and beside a running bot.

What a check says names pages, tables and counts, never a value.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.storage import troubles

Stop = Callable[[], bool]

WHOLE_UP_TO: Final = 32 * 1024 * 1024
"""Bytes up to which the whole file is checked before the first poll: about a quarter of a second."""
READ_FIRST: Final = ("alembic_version", "polls", "admins", "therapists", "notices")
"""Small tables, checked before the first poll whatever the size of the file."""
OURS: Final = frozenset({"alembic_version", "accounts", "patients", "scores", "inbox", "outbox"})
"""Tables that every version of ours has."""
BUSY_FOR_S: Final = 5.0

LAWS: Final = {
    "scores of another patient's symptom": (
        "select count(*) from scores s join items i on i.id = s.item_id where i.patient_id <> s.patient_id"
    ),
    "scores of a day that was never planned": (
        "select count(*) from scores s where not exists "
        "(select 1 from diary_days d where d.patient_id = s.patient_id and d.day = s.day)"
    ),
    "open diaries that are never asked again": (
        "select count(*) from patients where stage = 'active' and next_prompt_at is null"
    ),
    "open diaries without a yes to storing": (
        "select count(*) from patients p where stage = 'active' and not coalesce((select given from consents c "
        "where c.patient_id = p.id and c.therapist_id is null order by c.id desc limit 1), 0)"
    ),
    "diaries shown to a therapist without a yes": (
        "select count(*) from shares h where ended_at is null and not coalesce((select given from consents c "
        "where c.patient_id = h.patient_id and c.therapist_id = h.therapist_id order by c.id desc limit 1), 0)"
    ),
    "waiting updates or messages without content": (
        "select (select count(*) from inbox where state <> 'done' and body is null)"
        " + (select count(*) from outbox where state = 'waiting' and body is null)"
    ),
    "content kept of updates or messages that are done": (
        "select (select count(*) from inbox where state = 'done' and body is not null)"
        " + (select count(*) from outbox where state <> 'waiting' and body is not null)"
    ),
}
"""What must never be: a name, and a query that counts it."""


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, and never makes a file that is not there."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_FOR_S
    )
    try:
        connection.execute("pragma query_only = on")
    except BaseException:
        connection.close()
        raise
    return connection


def before_opening(path: Path, *, suspect: bool) -> bool:
    """Look at a file before anything is changed in it; True if all of it was checked, and not only its beginnings.

    Raises CannotOpen for a file that is none of ours or is damaged, and sqlite3.Error where it can't be read.
    `suspect`: damage was met before, so all of it is checked, however long that takes.
    """
    if path.stat().st_size == 0:
        return True
    with closing(reader(path)) as connection:
        tables = _tables(connection)
        if not tables:
            return True
        at = version(connection) if "alembic_version" in tables else None
        if not tables >= OURS or at is None:
            raise troubles.CannotOpen(
                f"{path} is a database of another program. DATABASE_URL must name the diary's own file, or one that "
                "does not exist yet."
            )
        whole = suspect or path.stat().st_size <= WHOLE_UP_TO
        for table in [None] if whole else [name for name in READ_FIRST if name in tables]:
            if (finding := quick(connection, table)) is not None:
                raise troubles.CannotOpen(troubles.damaged(path, finding))
    return whole


def in_portions(path: Path, stop: Stop) -> str | None:
    """Check a file of any size beside the running bot, table by table; what is damaged, None if nothing is.

    Each table is a transaction of its own, so that the log of changes can be folded into the file in between.
    """
    with closing(reader(path)) as connection:
        connection.set_progress_handler(stop, 100_000)
        try:
            for table in sorted(_tables(connection)):
                if stop():
                    return None
                if (finding := quick(connection, table)) is not None:
                    return finding
        except sqlite3.DatabaseError as error:
            if stop():
                return None
            if troubles.is_damage(error):
                return str(error)
            raise
    return None


def quick(connection: sqlite3.Connection, table: str | None) -> str | None:
    """What SQLite finds wrong with the pages of one table and its indexes, or of all; None if nothing."""
    pragma = "pragma quick_check(1)" if table is None else f"pragma quick_check('{table}')"
    return _first(connection.execute(pragma).fetchmany(2))


def thorough(connection: sqlite3.Connection) -> list[str]:
    """Everything that is wrong with a file of ours: pages, indexes, references, and our own laws."""
    if (finding := _first(connection.execute("pragma integrity_check(10)").fetchall())) is not None:
        return [finding]
    found = []
    if strays := len(connection.execute("pragma foreign_key_check").fetchall()):
        found.append(f"rows that refer to something that is not there: {strays}")
    for what, query in LAWS.items():
        if count := connection.execute(query).fetchone()[0]:
            found.append(f"{what}: {count}")
    return found


def version(connection: sqlite3.Connection) -> str | None:
    """The migration that a file of ours is at; None for any other file."""
    if not _tables(connection) >= OURS:
        return None
    row = connection.execute("select version_num from alembic_version").fetchone()
    return row[0] if row is not None and re.fullmatch(r"\d{4}", str(row[0])) else None


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {
        str(row[0])
        for row in connection.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite%'")
    }


def _first(rows: list[tuple[str]]) -> str | None:
    """The first finding in one line; SQLite says "ok" where there is none."""
    lines = [line for row in rows for line in str(row[0]).splitlines() if not line.startswith("***")]
    return None if lines == ["ok"] else (lines[0] if lines else "the check gave no answer")[:120]
