"""The demo: the real bot, a Bot API stand-in and a page with two telephones, in one process and a temporary folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import webbrowser
from datetime import time
from pathlib import Path
from typing import Final

import typer
from pydantic import SecretStr
from sqlalchemy import Connection

from bot import crowd, logs, storage
from bot.app import Program
from bot.clock import MovableClock
from bot.demo.hooks import Hooks
from bot.demo.page import Page
from bot.demo.telegram import Telegram
from bot.diary import days
from bot.diary.people import ChatId
from bot.settings import Settings

TOKEN: Final = "100200300:a-token-that-only-the-stand-in-knows"  # noqa: S105
ZONE: Final = "Europe/Lisbon"
ITO: Final = 2001
"""The chat of Dr Ito, who works alone: clinic admin and therapist."""
UNPACED: Final = 1_000
"""Messages a second: nobody waits for the limits of a server that has none."""


def demo(port: int, *, open_page: bool, patients: int = 0) -> int:
    """Serve the demo until Ctrl-C. Returns the exit code. `patients`: so many are there from the start, on a Monday
    half an hour before their summary."""
    with tempfile.TemporaryDirectory(prefix="symptom-diary-demo-") as folder, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(folder), port, open_page=open_page, patients=patients))
    return 0


async def _serve(folder: Path, port: int, *, open_page: bool, patients: int) -> None:
    clock = MovableClock()
    telegram = Telegram(TOKEN, now=clock.now)
    await telegram.start()
    settings = rehearsal_settings(telegram.address, folder)
    logs.set_up("WARNING", "plain", TOKEN)
    if patients:
        await crowded(settings, clock, telegram, patients)
    program = Program(settings, clock)
    page = Page(telegram, hooks(program, clock, telegram), zone=ZONE, sessions=True)
    await page.start(port=port)
    running = asyncio.create_task(program.run())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    typer.echo(f"The demo is at {page.address}  (Ctrl-C ends it)")
    if open_page and _has_a_screen():
        webbrowser.open(page.address)
    ended = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        ended.cancel()
        await page.stop()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await telegram.stop()


async def crowded(settings: Settings, clock: MovableClock, telegram: Telegram, patients: int) -> None:
    """Put Dr Ito and a full panel into the file, and the clock to next Monday at 07:00."""
    clock.move_to(days.next_weekly(clock.now(), ZONE, 0, time(7)))
    now = clock.now()

    def fill(tx: Connection) -> list[tuple[ChatId, str]]:
        storage.people.account(tx, ChatId(ITO), "en", now)
        next_at = days.next_weekly(now, ZONE, settings.digest_weekday, settings.digest_time)
        ito = storage.people.add_therapist(tx, ChatId(ITO), "Dr Ito", ZONE, next_at, now)
        return crowd.fill(tx, ito, patients, ZONE, now)

    database = storage.Database(settings.database_path)
    await database.open(now)
    try:
        for chat, name in await database.write(fill):
            telegram.person(chat, name, "en")
    finally:
        await database.close()


def _has_a_screen() -> bool:
    """Without one, opening a page may start a browser of letters in this very terminal."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def rehearsal_settings(address: str, folder: Path) -> Settings:
    """The settings of the demo's clinic; nothing of the environment or of a `.env` gets in."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        bot_token=SecretStr(TOKEN),
        telegram_api_url=address,
        database_url=f"sqlite+aiosqlite:///{folder / 'diary.db'}",
        admin_ids=frozenset({ITO}),
        clinic_name="Riverside Physical Therapy",
        emergency_number="112",
        default_timezone=ZONE,
        messages_per_second=UNPACED,
        messages_per_second_per_chat=UNPACED,
        backups_kept=0,
    )


def hooks(program: Program, clock: MovableClock, telegram: Telegram) -> Hooks:
    """What the page may do with the bot and its clock."""

    async def quiet() -> None:
        await telegram.until(lambda: telegram.pending == 0)
        await program.quiet()

    return Hooks(clock.now, clock.move_to, program.tick_after_jump, quiet, program.next_due)
