"""`make demo` as it is: the real bot, the stand-in, the page, and a browser that watches Ada answer by herself."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot import rehearsal
from bot.app import Program
from bot.clock import MovableClock
from bot.demo.page import Page
from bot.demo.telegram import Telegram
from tests.demo.test_browser import CHROMIUM, browser, chromium, opened_at
from tests.stage import text_of

__all__ = ["browser", "chromium"]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine to open the page with")
async def test_a_week_of_the_real_bot_ends_in_a_digest_on_both_phones(browser: Browser, tmp_path: Path) -> None:
    clock = MovableClock()
    telegram = Telegram(rehearsal.TOKEN, now=clock.now)
    await telegram.start()
    program = Program(rehearsal.rehearsal_settings(telegram.address, tmp_path), clock)
    page = Page(telegram, rehearsal.hooks(program, clock, telegram), zone=rehearsal.ZONE, sessions=True)
    await page.start(port=0)
    running = asyncio.create_task(program.run())
    try:
        tab = await opened_at(browser, page.address)
        await tab.evaluate(
            "() => fetch('/api/weeks', {method: 'POST', headers: {'content-type': 'application/json'}, "
            "body: JSON.stringify({weeks: 1})})"
        )
        await telegram.until(lambda: page.weeks.done_days == 7 and not page.weeks.running, 60)
        assert page.weeks.error is None
        await tab.get_by_role("button", name="To Monday").click()
        ada, ito = page.phones["ada"].person, page.phones["ito"].person
        await telegram.until(lambda: "Your patients" in text_of(ito.last), 60)
        digest = next(message for message in reversed(ada.heard) if "Your week" in text_of(message))
        assert "photo" in digest
        await tab.locator("#phone-ada").get_by_text("Your week").last.wait_for()
        await tab.locator("#phone-ito").get_by_text("Your patients").last.wait_for()
        assert not [call for call in telegram.calls if not call.ok]
    finally:
        await page.stop()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await telegram.stop()
