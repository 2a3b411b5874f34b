"""What can be wrong with the file or its disk, each in a sentence for whoever looks after the bot.

Law: a trouble of the file is nobody's update's fault. It ends the program, which acknowledges nothing meanwhile.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final

NOTHING_LOST: Final = "Nothing is half stored, and what people write to the bot meanwhile waits at Telegram."
"""As true of a running bot as of a command that somebody has given, like all that is said here."""
_FULL: Final = {sqlite3.SQLITE_FULL}
_FAILING: Final = {sqlite3.SQLITE_IOERR}
_REFUSED: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
_HELD: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Unusable(Exception):
    """The database can't be used, or no longer; the text says why and what to do."""


class CannotOpen(Unusable):
    """Found at the start; then nothing was changed."""


class CannotWrite(Unusable):
    """Found by a write; then nothing of that write was kept."""


class Damaged(Unusable):
    """Found by the check that goes on beside the running program."""


class Replaced(Unusable):
    """The file was moved, replaced or deleted under the running program."""


def code_of(error: BaseException) -> int | None:
    """SQLite's own code of a failure, whatever it is wrapped in; None where it is no failure of SQLite."""
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def is_trouble(error: BaseException) -> bool:
    """Whether the file or its disk failed, and not whoever used it."""
    return isinstance(error, Unusable) or code_of(error) in _FULL | _FAILING | _REFUSED | _HELD | _DAMAGED


def is_busy(error: BaseException) -> bool:
    """Whether another program holds the file, which may pass."""
    return code_of(error) in _HELD


def is_damage(error: BaseException) -> bool:
    return code_of(error) in _DAMAGED


def sentence(error: BaseException, path: Path) -> str | None:
    """What is wrong and what to do; None where it is no trouble of the file."""
    code, what = code_of(error), getattr(error, "orig", None) or error
    if code in _FULL:
        return full(path)
    if code in _FAILING:
        return (
            f"The disk with {path} can't be read or written ({what}): it is full, a limit on the size of files is "
            f"reached, or it is failing. Make room or mend it, then start again. {NOTHING_LOST}"
        )
    if code in _REFUSED:
        return (
            f"The database {path} can't be opened for writing ({what}). Give the bot's user the right to write "
            f"that file and its folder, and check that the disk has room. {NOTHING_LOST}"
        )
    if code in _HELD:
        return (
            f"Another program holds the database {path} and does not let go of it. End that program (a database "
            f"viewer, a copying tool), then start again. {NOTHING_LOST}"
        )
    if code == sqlite3.SQLITE_NOTADB:
        return (
            f"{path} is no database: DATABASE_URL names a file of another kind, or its beginning is damaged. Name the "
            "right file, or go back to a backup with `symptom-diary restore FILE`, which puts this one aside."
        )
    if code in _DAMAGED:
        return damaged(path, str(what))
    return None


def full(path: Path) -> str:
    return f"The disk with {path} is full. Make room there, then start again. {NOTHING_LOST}"


def damaged(path: Path, finding: str) -> str:
    return (
        f"The database {path} is damaged ({finding}). Leave it as it is and go back to the newest backup with "
        "`symptom-diary restore FILE`, which puts the damaged file aside."
    )


def emptied(path: Path) -> str:
    return (
        f"The database {path} is empty, though it was in use before. Go back to the newest backup with "
        "`symptom-diary restore FILE`. To begin a new diary instead, delete the empty file."
    )


def of_the_folder(error: OSError, path: Path) -> str:
    """Why a file can't be made or opened at `path`, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return full(path)
    if error.errno in (errno.EACCES, errno.EPERM) and os.access(path.parent, os.W_OK | os.X_OK):
        return (
            f"The file {error.filename or path} can't be opened ({error.strerror}): it belongs to another user, or "
            "nobody may write it. Give it to the bot's user, with the right to read and write it."
        )
    return (
        f"The folder {path.parent} can't be written ({error.strerror}). "
        "Give the bot's user the right to write there, or set DATABASE_URL to another place."
    )
