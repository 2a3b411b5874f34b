"""What whoever runs the bot can ask on the command line: backups, checks, how it stands, and what was set aside.

Rules: everything but `restore` works beside a running bot, and nothing here shows what a person wrote or is called.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import Final, TypeVar

import typer
from sqlalchemy import Connection

from bot import diary, storage
from bot.clock import WallClock
from bot.settings import Settings
from bot.storage import backups, checks, database, ledger, troubles
from bot.storage.overview import Overview

T = TypeVar("T")

LITTLE_ROOM: Final = 200_000_000
"""Bytes of free disk below which it is time to look."""
SILENT_FOR: Final = timedelta(minutes=10)
"""How long a running bot may be without an answer from Telegram."""
STUCK_FOR: Final = timedelta(minutes=5)
OLD_BACKUP: Final = timedelta(days=2)


class Unreadable(Exception):
    """The database can't be looked into; the text says why and what to do."""


# --- backups and checks ---------------------------------------------------------------------------------------


def backup(settings: Settings, target: Path, *, force: bool) -> int:
    """`symptom-diary backup FILE`: one whole, checked copy. Returns the exit code."""
    try:
        backups.make(settings.database_path, target, replace=force)
    except storage.BackupFailed as error:
        return _failed(str(error))
    typer.echo(f"The diary is copied to {target} and the copy is checked. It is health data: keep it safe.")
    return 0


def restore(settings: Settings, source: Path) -> int:
    """`symptom-diary restore FILE`: put a backup in the database's place while the bot is stopped."""
    path = settings.database_path
    try:
        handle = database.lock(path)
    except storage.AlreadyRunning:
        return _failed("The bot is running on this database. Stop it first, then restore.", code=3)
    except OSError as error:
        return _failed(troubles.of_the_folder(error, path))
    try:
        # Beside the daily backups lies a copy, for a machine that has none of its own.
        ledger.add(path, ledger.tags(source.with_name(ledger.beside(path).name)))
        known = ledger.tags(ledger.beside(path))
        restored = backups.restore(source, path, WallClock().now(), database.HEAD, known)
    except (storage.BackupFailed, storage.CannotWrite) as error:
        return _failed(str(error))
    finally:
        os.close(handle)
    typer.echo(f"{path} is now the backup {source}.")
    if restored.forgotten:
        typer.echo(f"Patients who were forgotten since then and were deleted again: {restored.forgotten}.")
    if restored.aside is not None:
        typer.echo(
            f"The database that was there is kept as {restored.aside}. It is removed after {settings.backup_days} "
            "days; delete it when you are sure."
        )
    return 0


def check(settings: Settings) -> int:
    """`symptom-diary check`: damage, and what must never be. 0 when there is none."""
    path = settings.database_path
    try:
        found = _checked(path)
    except Unreadable as error:
        return _failed(str(error))
    for line in found:
        typer.echo(line)
    if found:
        typer.echo("Something is wrong, see above. The newest backup comes back with `symptom-diary restore FILE`.")
        return 1
    typer.echo(f"{path} is whole, and everything in it is as it must be.")
    return 0


def _checked(path: Path) -> list[str]:
    if not path.is_file():
        raise Unreadable(f"There is no database {path}. Start this where the bot is started, with its settings.")
    try:
        with closing(checks.reader(path)) as connection:
            at = checks.version(connection)
            if at is None:
                raise Unreadable(f"{path} is no database of this program.")
            if at != database.HEAD:
                mend = "Install the newer version again." if at > database.HEAD else "Start the bot once to update it."
                raise Unreadable(f"{path} has the form {at}, this program knows {database.HEAD}. {mend}")
            return checks.thorough(connection)
    except SqliteError as error:
        if troubles.is_damage(error):
            return [f"damaged: {error}"]
        raise Unreadable(troubles.sentence(error, path) or f"{path} can't be read ({error}).") from None


# --- what was set aside ---------------------------------------------------------------------------------------


def parked(settings: Settings, retry: str | None, drop: int | None) -> int:
    """`symptom-diary parked`: list them, put them back (`retry` is a number or "all"), or give one up."""
    path = settings.database_path
    try:
        if drop is not None:
            return _dropped(path, drop)
        if retry is not None:
            return _retried(path, retry)
        return _listed(_visit(path, storage.inbox.parked))
    except Unreadable as error:
        return _failed(str(error))


def _listed(found: list[storage.inbox.Parked]) -> int:
    if not found:
        typer.echo("Nothing is set aside.")
        return 0
    for update in found:
        typer.echo(
            f"{update.seq}  received {update.received_at:%Y-%m-%d %H:%M} UTC, tried {update.tries} times: "
            f"{update.reason or 'no reason'}"
        )
    typer.echo("\n--retry NUMBER or --retry all has them handled again; --drop NUMBER gives one up.")
    return 0


def _retried(path: Path, which: str) -> int:
    if which != "all" and not which.isdecimal():
        return _failed("--retry takes a number from the list, or all.", code=2)

    def put_back(tx: Connection) -> int:
        seqs = [update.seq for update in storage.inbox.parked(tx)] if which == "all" else [int(which)]
        return storage.inbox.retry(tx, seqs)

    count = _visit(path, put_back)
    if not count:
        typer.echo("Nothing is set aside." if which == "all" else f"Number {which} is not set aside.")
        return 0 if which == "all" else 1
    typer.echo(f"Put back: {count}. A running bot handles them within a minute, else they are handled at its start.")
    return 0


def _dropped(path: Path, seq: int) -> int:
    if not _visit(path, lambda tx: storage.inbox.drop(tx, seq, WallClock().now())):
        typer.echo(f"Number {seq} is not set aside.")
        return 1
    typer.echo(f"Given up: number {seq}. Its content is gone.")
    return 0


def _visit(path: Path, work: Callable[[Connection], T]) -> T:
    """One short transaction, also beside a running bot. Raises Unreadable."""
    try:
        return database.visit(path, work)
    except storage.Unusable as error:
        raise Unreadable(str(error)) from None


# --- how it stands --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the doctor's: about what, how it is, and whether somebody should look."""

    about: str
    words: str
    well: bool = True


def doctor(settings: Settings, *, offline: bool) -> int:
    """`symptom-diary doctor`: one screen about settings, token, file, disk and what waits. 0 when all is well."""
    lines = [Line("settings", "readable"), Line("token", "not asked") if offline else _token(settings)]
    lines += _of_the_file(settings, WallClock().now())
    for line in lines:
        typer.echo(f"{'ok  ' if line.well else 'LOOK'}  {line.about + ':':<12} {line.words}")
    wrong = sum(not line.well for line in lines)
    typer.echo("\nAll is well." if not wrong else f"\n{wrong} to look at.")
    return 1 if wrong else 0


def _token(settings: Settings) -> Line:
    from telegram.error import InvalidToken, TelegramError

    from bot.setup import name_of

    try:
        name = asyncio.run(name_of(settings.telegram_api_url, settings.bot_token.get_secret_value()))
    except InvalidToken:
        return Line("token", "Telegram does not know it. Ask @BotFather for the right one.", well=False)
    except TelegramError:
        return Line("token", "Telegram can't be reached from here.", well=False)
    return Line("token", f"Telegram knows it, as @{name}")


def _of_the_file(settings: Settings, now: datetime) -> Iterator[Line]:
    path = settings.database_path
    running = database.is_locked(path)
    yield Line("bot", "is running" if running else "is not running")
    try:
        found = _checked(path)
    except Unreadable as error:
        yield Line("database", str(error), well=False)
        return
    size = path.stat().st_size / 1_000_000
    words = f"{path}, {size:.1f} MB, form {database.HEAD}, "
    yield Line("database", words + ("; ".join(found) if found else "no damage found"), well=not found)
    free = shutil.disk_usage(path.parent).free
    yield Line("disk", f"{free / 1_000_000_000:.1f} GB free", well=free >= LITTLE_ROOM)
    try:
        overview = _visit(path, storage.overview.of)
    except Unreadable as error:
        if not found:
            yield Line("database", str(error), well=False)
        return
    yield from _of_the_overview(overview, running, now)
    yield _backups(settings, overview, now)


def _of_the_overview(overview: Overview, running: bool, now: datetime) -> Iterator[Line]:
    polled_at = overview.polled_at
    silent = polled_at is None or now - polled_at > SILENT_FOR
    said = "has not been asked yet" if polled_at is None else f"had nothing more for us {_ago(polled_at, now)} ago"
    yield Line("telegram", said, well=not (running and silent))
    yield _waiting("updates", overview.inbox, overview.inbox_oldest_at, running, now)
    yield _waiting("messages", overview.outbox, overview.outbox_oldest_at, running, now)
    late = overview.due_at is not None and now - overview.due_at > STUCK_FOR
    yield Line(
        "clock",
        f"work was due {_ago(overview.due_at, now)} ago" if late and overview.due_at else "nothing is overdue",
        well=not (running and late),
    )
    reasons = Counter(update.reason or "no reason" for update in overview.parked)
    listed = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common(3))
    parked_words = f"{len(overview.parked)}: {listed}. See `symptom-diary parked`." if reasons else "none"
    yield Line("parked", parked_words, well=not reasons)
    lost = ", ".join(f"{count} {reach.value}" for reach, count in sorted(overview.unreachable.items()))
    yield Line("unreachable", lost or "nobody")


def _waiting(about: str, count: int, oldest_at: datetime | None, running: bool, now: datetime) -> Line:
    if oldest_at is None:
        return Line(about, "none wait")
    stuck = running and now - oldest_at > STUCK_FOR
    return Line(about, f"{count} wait, the oldest for {_ago(oldest_at, now)}", well=not stuck)


def _backups(settings: Settings, overview: Overview, now: datetime) -> Line:
    if not settings.backups_kept:
        return Line("backups", "switched off (BACKUPS_KEPT=0)")
    folder = backups.folder_of(settings.database_path, settings.backup_dir)
    found = backups.daily(settings.database_path, folder)
    today = diary.days.day_of(now, settings.default_timezone)
    if not found:
        young = overview.begun_at is None or now - overview.begun_at < OLD_BACKUP
        return Line("backups", f"none yet in {folder}", well=young)
    newest = found[-1][0]
    return Line("backups", f"{len(found)} in {folder}, the newest of {newest}", well=today - newest < OLD_BACKUP)


def _ago(at: datetime, now: datetime) -> str:
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _failed(words: str, code: int = 1) -> int:
    typer.echo(words, err=True)
    return code
