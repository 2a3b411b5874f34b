"""Copies of the database: whole, checked, readable by its owner alone, and never half there.

Laws:
1. A copy is written under another name, checked, synced and then renamed: a file with a backup's name is a backup.
2. Copying never holds up the writer and never sees half of a transaction.
3. Only files of our own naming are ever removed.
4. Every copy that was made without being asked for is removed in time: whoever was forgotten is in it until then.
5. Whoever is in the ledger is taken out of a backup before it takes the database's place.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.storage import checks, erasure, troubles
from bot.storage.checks import Stop

PORTION: Final = 2_000
"""Pages copied at a time, about 8 MB: after each one a stop is noticed."""

SPARE: Final = 16_000_000
"""Bytes, or as many as the copy has, that a copy leaves free where the database itself lies."""


class BackupFailed(Exception):
    """No backup was made, and nothing is left of the attempt; the text says why and what to do."""


class Stopped(Exception):
    """The program ends; nothing is left of the attempt."""


def never() -> bool:
    return False


def make(source: Path, target: Path, *, replace: bool = False, stop: Stop = never) -> None:
    """Copy a database in use to `target`, and check the copy. Raises BackupFailed, or Stopped when `stop` says so.

    An existing file is replaced only if asked, and only by a whole copy.
    """
    if not source.is_file():
        raise BackupFailed(f"There is no database {source}. Start this where the bot is started, with its settings.")
    if target.resolve() in _parts(source.resolve()):
        raise BackupFailed(f"{target} is the database itself. Name another file.")
    _free(target, replace)
    try:
        _leave_room(source, target.parent)
        with partial(target) as copied:
            _copy(source, copied, stop)
            _check(source, copied, stop=stop)
            _free(target, replace)
            put_in_place(copied, target)
    except OSError as error:
        raise BackupFailed(_why(error, target)) from None
    except sqlite3.Error as error:
        raise BackupFailed(_why_of_sqlite(error, source, target)) from None


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """An empty file beside `target`, for its owner alone; gone at the end unless it was put in place."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    os.close(handle)
    made = Path(name)
    try:
        yield made
    finally:
        for left in _parts(made):
            left.unlink(missing_ok=True)


def put_in_place(made: Path, target: Path) -> None:
    """Sync a file, give it its name in one step, and sync the name."""
    sync(made)
    made.replace(target)
    sync(target.parent)


def give_to_the_owner(made: Path | int, database: Path) -> None:
    """Root makes files for the bot's user, who could not open them otherwise: that of the database or its folder."""
    kept = (database if database.exists() else database.parent).stat()
    if os.geteuid() == 0 and kept.st_uid != 0:
        # Root of a container may lack the right to; then it is root who runs the bot, too.
        with suppress(OSError):
            os.chown(made, kept.st_uid, kept.st_gid)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive the machine."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_of(source: sqlite3.Connection, target: Path, stop: Stop = never) -> None:
    """Copy what a connection sees into the empty file `target`, as a single file that needs no other beside it.

    Within one read transaction. Without it each write of another connection begins the copy anew, which never ends
    on a large file in use (docs/decisions/0016).
    """

    def portion(*_: int) -> None:
        if stop():
            raise Stopped

    with closing(sqlite3.connect(target, isolation_level=None)) as copied:
        # It is synced as a whole and renamed afterwards: until then nobody needs it to survive anything.
        copied.execute("pragma journal_mode = off")
        copied.execute("pragma synchronous = off")
        source.execute("begin")
        try:
            # Only a read begins it.
            source.execute("select count(*) from sqlite_master").fetchone()
            source.backup(copied, pages=PORTION, progress=portion)
        finally:
            # Some failures of the disk end it by themselves.
            if source.in_transaction:
                source.execute("rollback")
        copied.execute("pragma journal_mode = delete")


# --- the daily ones -------------------------------------------------------------------------------------------


def folder_of(database: Path, chosen: Path | None) -> Path:
    return database.parent / "backups" if chosen is None else chosen


def name_on(database: Path, day: date) -> str:
    return f"{database.stem}-{day:%Y-%m-%d}.db"


def daily(database: Path, folder: Path) -> list[tuple[date, Path]]:
    """The daily backups of a database that lie in a folder, oldest first."""
    pattern = re.compile(re.escape(database.stem) + r"-(\d{4}-\d\d-\d\d)\.db")
    found = []
    for path in folder.iterdir() if folder.is_dir() else []:
        if (named := pattern.fullmatch(path.name)) and path.is_file():
            try:
                found.append((date.fromisoformat(named[1]), path))
            except ValueError:
                continue  # Such a day does not exist, so the name is none of ours.
    return sorted(found)


def was_in_use(database: Path, chosen: Path | None) -> bool:
    """Whether there are traces of an earlier life of this database: a log of changes beside it, or a daily backup."""
    log = database.with_name(f"{database.name}-wal")
    return (log.exists() and log.stat().st_size > 0) or bool(daily(database, folder_of(database, chosen)))


def make_daily(database: Path, folder: Path, day: date, kept: int, stop: Stop) -> None:
    """Make the backup of a day and remove the oldest beyond `kept`. Raises BackupFailed or Stopped."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # What a kill left behind: nobody else makes these.
        for left in folder.glob(f".{database.stem}-????-??-??.db.*.partial*"):
            left.unlink()
    except OSError as error:
        raise BackupFailed(_why(error, folder / name_on(database, day))) from None
    make(database, folder / name_on(database, day), replace=True, stop=stop)
    for _, old in daily(database, folder)[:-kept]:
        old.unlink(missing_ok=True)


def remove_old(database: Path, folder: Path, now: datetime, today: date, days: int, *, keep_newest: bool) -> int:
    """Remove the copies that the program made by itself `days` days ago or earlier; returns how many.

    `today` is that of the daily backups. `keep_newest`: today's could not be made, so the newest one is still needed.
    """
    copies = daily(database, folder)
    old = [path for day, path in copies if (today - day).days >= days]
    if keep_newest and copies and copies[-1][1] in old:
        old.remove(copies[-1][1])
    old += [path for at, path in put_aside(database) if now - at >= timedelta(days=days)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def put_aside(database: Path) -> list[tuple[datetime, Path]]:
    """The copies beside a database from before migrations, from restores, and from a file that was replaced."""
    pattern = re.compile(re.escape(database.name) + r"\.(?:before-\d{4}|aside|saved)-(\d{8}T\d{6})(?:-wal)?")
    found = []
    for path in database.parent.iterdir() if database.parent.is_dir() else []:
        if (named := pattern.fullmatch(path.name)) and path.is_file():
            try:
                found.append((datetime.strptime(named[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC), path))
            except ValueError:
                continue  # Such an instant does not exist, so the name is none of ours.
    return sorted(found)


def clear_partial(database: Path) -> None:
    """Remove what a kill left of copies beside the database. Only for whoever has its lock: nobody else makes any."""
    pattern = re.compile(
        r"\." + re.escape(database.name) + r"(\.(before-\d{4}|saved)-\d{8}T\d{6})?\.\w{8}\.partial(-wal|-shm|-journal)?"
    )
    for path in database.parent.iterdir():
        if pattern.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)


# --- going back -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the present database was put aside, if there was one, and how many were taken out of the backup again."""

    aside: Path | None
    forgotten: int


def restore(backup: Path, database: Path, now: datetime, newest: str, ledger: frozenset[str] = frozenset()) -> Restored:
    """Put a copy of a backup in the database's place, without the patients whose random ids are in the `ledger`.

    Nobody may have the database open. `newest` is the schema that this program knows. Raises BackupFailed; then
    everything is as it was.
    """
    if not backup.is_file():
        raise BackupFailed(f"There is no file {backup}.")
    if backup.resolve() in _parts(database.resolve()):
        raise BackupFailed(f"{backup} is the database itself. Name a backup.")
    try:
        with partial(database) as copied:
            _copy(backup, copied, never)
            _check(backup, copied, newest)
            _forget_what_went_out(copied)
            forgotten = _forget_again(copied, ledger)
            give_to_the_owner(copied, database)
            aside = _put_aside(database, now)
            put_in_place(copied, database)
    except OSError as error:
        raise BackupFailed(_why(error, database)) from None
    except sqlite3.Error as error:
        raise BackupFailed(_why_of_sqlite(error, backup, database)) from None
    return Restored(aside, forgotten)


def _forget_again(copied: Path, ledger: frozenset[str]) -> int:
    """Delete whoever was forgotten since the backup was made, and leave no byte of them; returns how many."""
    with closing(sqlite3.connect(copied, isolation_level=None)) as connection:
        for pragma in ("synchronous = off", "secure_delete = on", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        found = erasure.tagged(connection)
        gone = sorted(found[tag] for tag in ledger & found.keys())
        if gone:
            connection.execute("begin")
            for patient_id in gone:
                erasure.erase(connection, patient_id)
            connection.execute("commit")
            connection.execute("vacuum")
    return len(gone)


def _forget_what_went_out(copied: Path) -> None:
    """A digest that waited when the backup was made has gone out since: it must not go twice, so it is in doubt."""
    with closing(sqlite3.connect(copied, isolation_level=None)) as connection:
        connection.execute("pragma synchronous = off")
        connection.execute("pragma secure_delete = on")
        connection.execute("update outbox set started_at = created_at where state = 'waiting' and once")


def _put_aside(database: Path, now: datetime) -> Path | None:
    """Keep the present file under a dated name. It stays in its own place, too, until another one replaces it."""
    aside = database.with_name(f"{database.name}.aside-{now:%Y%m%dT%H%M%S}")
    if database.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(database, isolation_level=None)) as present:
            # A damaged one that can't do this is kept as it is, together with its log of changes.
            present.execute("pragma wal_checkpoint(truncate)")
        try:
            os.link(database, aside)
        except OSError:
            shutil.copy2(database, aside)
            give_to_the_owner(aside, database)
    # A log that stays behind would be folded into the file that comes now.
    log = database.with_name(f"{database.name}-wal")
    if log.exists():
        log.replace(aside.with_name(f"{aside.name}-wal"))
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)
    return aside if aside.exists() else None


# --- parts ----------------------------------------------------------------------------------------------------


def _copy(source: Path, target: Path, stop: Stop) -> None:
    with closing(checks.reader(source)) as origin:
        copy_of(origin, target, stop)


def _check(source: Path, copied: Path, newest: str | None = None, stop: Stop = never) -> None:
    with closing(checks.reader(copied)) as connection:
        at = checks.version(connection)
        if at is None:
            raise BackupFailed(f"{source} is no database of this program.")
        if newest is not None and at > newest:
            raise BackupFailed(
                f"{source} was written by a newer version of this program ({at}; this one knows {newest}). "
                "Install the newer version first."
            )
        connection.set_progress_handler(stop, checks.STEPS)
        try:
            found = [row[0] for row in connection.execute("pragma integrity_check(1)")]
        except sqlite3.OperationalError:
            if stop():
                raise Stopped from None
            raise
        if found != ["ok"]:
            raise BackupFailed(f"{source} is damaged ({str(found[0]).splitlines()[-1][:120]}). Use an older backup.")


def _leave_room(source: Path, folder: Path) -> None:
    """Raise OSError where a copy would take the last room of the disk on which the bot goes on writing meanwhile."""
    log = source.with_name(f"{source.name}-wal")
    size = source.stat().st_size
    needed = size + (log.stat().st_size if log.exists() else 0)
    if _same_disk(source, folder):
        needed += min(size, SPARE)
    if _free_on(folder) < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _free_on(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _parts(database: Path) -> list[Path]:
    return [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal", ".lock"))]


def _free(target: Path, replace: bool) -> None:
    if target.is_dir():
        raise BackupFailed(f"{target} is a folder. Name a file in it.")
    if target.exists() and not target.is_file():
        raise BackupFailed(f"{target} is no ordinary file. Name one, the copy takes its place.")
    if target.exists() and not replace:
        raise BackupFailed(f"There is a file {target} already. Name another, or replace it with --force.")


def _why(error: OSError, target: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"The disk with {target.parent} has no room for a copy. Make room, or name another place."
    if error.errno == errno.ENOENT:
        return f"There is no folder {target.parent}. Make it, or name another place."
    return f"The folder {target.parent} can't be written ({error.strerror}). Name another place."


def _why_of_sqlite(error: sqlite3.Error, source: Path, target: Path) -> str:
    code = troubles.code_of(error)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return f"The disk with {target.parent} has no room for a copy, or fails ({error}). Make room, or name another."
    if troubles.is_damage(error):
        return f"{source} is damaged or no database ({error}). Use an older backup."
    return f"{source} can't be copied ({error}). Check that you may read it and that no other program holds it."
