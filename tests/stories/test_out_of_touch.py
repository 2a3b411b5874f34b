"""Telegram out of reach: nothing goes out ahead of replies that wait there, and a refusal at the start is no end."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import OUT_OF_TOUCH_AFTER, Program
from bot.clock import MovableClock
from bot.demo.calls import Fault
from bot.demo.telegram import Telegram
from tests.stage import TOKEN, settings_for, stage

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_the_minute_tick_waits_until_telegram_answers_polls_again(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        assert await played.program.in_touch()
        played.clock.move(OUT_OF_TOUCH_AFTER + timedelta(seconds=30))
        assert not await played.program.in_touch(), "no poll was answered since: replies may wait at Telegram"
        played.ito.send("/start")
        await played.settle()
        assert await played.program.in_touch()


async def test_a_server_that_refuses_what_we_can_do_without_is_no_reason_to_wait(tmp_path: Path) -> None:
    clock = MovableClock(MONDAY)
    telegram = Telegram(TOKEN, now=clock.now)
    await telegram.start()

    def refuse(method: str, params: dict[str, Any]) -> Fault | None:
        needless = method in ("deleteWebhook", "setMyCommands")
        return Fault(status=400, description="Bad Request: not here") if needless else None

    telegram.fault = refuse
    program = Program(settings_for(telegram.address, tmp_path), clock)
    running = asyncio.create_task(program.run())
    try:
        await telegram.until(lambda: telegram.polling)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await telegram.stop()
