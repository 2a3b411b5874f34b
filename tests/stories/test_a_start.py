"""A start: between the command and the first poll there is only what the first poll needs."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.app import Program
from bot.clock import MovableClock
from bot.demo import methods
from bot.demo.calls import Fault
from bot.demo.telegram import Telegram
from bot.storage import Database
from bot.wire import TokenRevoked
from tests.stage import TOKEN, newest, settings_for, stage

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


async def test_who_has_not_written_yet_reads_in_their_language_what_this_is(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        telegram = played.telegram
        await telegram.until(lambda: "short_description:es" in telegram.profile)
        for scope in ("default", "all_private_chats"):
            for language, start in (("", "Begin"), ("es", "Empezar")):
                menu = telegram.command_lists[scope, language]
                assert [entry["command"] for entry in menu] == ["start", "urgent", "privacy", "help"]
                assert menu[0]["description"] == start
        assert telegram.profile["description:"].startswith("A symptom diary.")
        assert telegram.profile["description:es"].startswith("Un diario de síntomas.")
        assert telegram.profile["short_description:"].endswith("By invitation.")
        assert not played.refused()


async def test_what_the_clinic_wrote_about_the_bot_stays(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        telegram = played.telegram
        await telegram.until(lambda: "short_description:es" in telegram.profile)
        telegram.profile |= {
            "description:": "Ask for Ana.",
            "description:es": "",
            "short_description:": "An older one.",
        }
        asked = len(telegram.calls)
        await played.stop()
        await played.start()
        await telegram.until(lambda: ("getMyShortDescription", "es") in languages_of(telegram, asked))
        await played.settle()
        assert telegram.profile["description:"] == "Ask for Ana."
        assert telegram.profile["short_description:"] == "An older one."
        assert not telegram.profile["description:es"], "where nothing is said in Spanish, the clinic's own is shown"


def languages_of(telegram: Telegram, after: int) -> set[tuple[str, str]]:
    """The calls since then, with the language that each was about."""
    return {(call.method, call.params.get("language_code") or "") for call in telegram.calls[after:]}


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


async def test_a_server_that_knows_no_descriptions_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some say true to all that they do not know, where an object belongs."""
    for unknown in ("getMyDescription", "getMyShortDescription"):
        monkeypatch.setitem(methods.METHODS, unknown, lambda _, __: True)
    async with stage(tmp_path, MONDAY) as played:
        await played.telegram.until(lambda: len(played.telegram.calls_of("getMyDescription")) == 2)
        assert await played.says(played.max, "/help")


def first(times: int, wanted: str, fault: Fault) -> Callable[[str, dict[str, Any]], Fault | None]:
    """The first calls of one method go wrong."""
    left = [fault] * times
    return lambda method, params: left.pop() if method == wanted and left else None


UNAUTHORIZED = Fault(status=401, description="Unauthorized")


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
@pytest.mark.parametrize("fault", [UNAUTHORIZED, Fault.garbled("[1]"), Fault(gateway=True), Fault(stall=True)])
async def test_what_passes_is_waited_for_where_the_token_has_worked_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, fault: Fault
) -> None:
    monkeypatch.setattr(app, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(app, "GREETED_WITHIN", 0.2 if fault.stall else 30.0)
    async with stage(tmp_path, MONDAY) as played:
        await played.stop()
        played.telegram.fault = first(2, method, fault)
        await played.start()
        assert await played.says(played.ada, "/help")


async def test_a_token_that_never_worked_ends_a_start_at_once(tmp_path: Path) -> None:
    telegram = Telegram(TOKEN, now=MovableClock(MONDAY).now)
    await telegram.start()
    telegram.fault = first(1, "getMe", UNAUTHORIZED)
    try:
        with pytest.raises(TokenRevoked, match="Telegram does not know this BOT_TOKEN"):
            await Program(settings_for(telegram.address, tmp_path), MovableClock(MONDAY)).run()
    finally:
        await telegram.stop()


async def test_a_token_that_is_refused_for_a_minute_ends_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "REFUSED_FOR", 0.0)
    async with stage(tmp_path, MONDAY) as played:
        await played.stop()
        played.telegram.fault = first(1, "getMe", UNAUTHORIZED)
        with pytest.raises(TokenRevoked):
            await played.start()
        played.telegram.fault = None
        await played.start()


def test_a_database_of_the_present_form_is_opened_without_what_brings_it_there(tmp_path: Path) -> None:
    path = tmp_path / "diary.db"
    asyncio.run(opened_and_closed(path))
    said = subprocess.run([sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


async def opened_and_closed(path: Path) -> None:
    database = Database(path)
    await database.open(MONDAY)
    await database.close()
