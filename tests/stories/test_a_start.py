"""A start: between the command and the first poll there is only what the first poll needs."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import Program
from bot.clock import MovableClock
from bot.demo.calls import Fault
from bot.demo.telegram import Telegram
from bot.storage import Database
from tests.stage import TOKEN, newest, settings_for

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
NEEDLESS = ("alembic", "aiosqlite", "matplotlib", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql")
OPEN = f"""
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot import app
database = app.storage.Database(Path(sys.argv[1]))
async def main():
    await database.open(datetime.now(UTC))
    await database.close()
asyncio.run(main())
print([name for name in {NEEDLESS} if name in sys.modules])
"""


async def test_nobody_waits_for_the_menus(tmp_path: Path) -> None:
    clock = MovableClock(MONDAY)
    telegram = Telegram(TOKEN, now=clock.now)
    await telegram.start()

    def hang(method: str, params: dict[str, Any]) -> Fault | None:
        # Those of everyone, at the start; what a chat is told later is a message of its own.
        return Fault.slow(3600) if method == "setMyCommands" and "chat_id" not in str(params) else None

    telegram.fault = hang
    program = Program(settings_for(telegram.address, tmp_path), clock)
    running = asyncio.create_task(program.run())
    try:
        await telegram.until(lambda: telegram.polling)
        stranger = telegram.person(666, "Max")
        stranger.send("/help")
        await telegram.until(lambda: bool(stranger.heard))
        assert newest(stranger)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await telegram.stop()


def test_a_database_of_the_present_form_is_opened_without_what_brings_it_there(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    asyncio.run(opened_and_closed(path))
    said = subprocess.run([sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


async def opened_and_closed(path: Path) -> None:
    database = Database(path)
    await database.open(MONDAY)
    await database.close()
