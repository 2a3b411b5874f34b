"""`make demo` as it is: the real bot, the stand-in, the page, and a browser that watches Ada answer by herself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser
from sqlalchemy import text

from bot import rehearsal
from bot.app import Program
from bot.clock import MovableClock
from bot.demo import ada as autopilot
from bot.demo.hooks import advance
from bot.demo.page import Page
from bot.demo.telegram import Telegram
from tests.demo.conftest import IN_A_BROWSER
from tests.demo.test_browser import SMALL, opened_at
from tests.stage import text_of

pytestmark = IN_A_BROWSER

FITS = """() => {
    const log = document.querySelector("#phone-ada .log");
    const [outer, last] = [log.getBoundingClientRect(), [...log.querySelectorAll(".row")].at(-1)];
    const parts = [last.querySelector(".bubble"), ...last.querySelectorAll(".tap")];
    return parts.map((it) => it.getBoundingClientRect()).every(
        (it) => it.top >= outer.top && it.bottom <= outer.bottom && it.left >= 0 && it.right <= innerWidth
    );
}"""
"""Whether the newest message stands on Ada's screen whole, with all its buttons, without anyone having scrolled."""


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[Telegram, Program, Page]]:
    """The demo, as `make demo` puts it together."""
    clock = MovableClock()
    telegram = Telegram(rehearsal.TOKEN, now=clock.now)
    await telegram.start()
    program = Program(rehearsal.rehearsal_settings(telegram.address, folder), clock)
    page = Page(telegram, rehearsal.hooks(program, clock, telegram), zone=rehearsal.ZONE, sessions=True)
    await page.start(port=0)
    running = asyncio.create_task(program.run())
    try:
        yield telegram, program, page
    finally:
        await page.stop()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await telegram.stop()


async def test_the_evening_takes_three_taps_and_no_scrolling(browser: Browser, tmp_path: Path) -> None:
    """On 360 by 640 points, with the demo's own bar above or the telephone alone; with larger buttons as well."""
    async with demo(tmp_path) as (telegram, program, page):
        ada, ito = page.phones["ada"].person, page.phones["ito"].person
        hooks = rehearsal.hooks(program, program.clock, telegram)  # type: ignore[arg-type]
        await autopilot.enrol(hooks, telegram, ada, ito)
        alone = await opened_at(browser, f"{page.address}/?phone=ada", SMALL)
        with_bar = await opened_at(browser, page.address, SMALL)
        for large, tabs in ((False, (alone, with_bar)), (True, (alone,))):
            change = text(f"update patients set large_buttons = {int(large)}")
            await program.database.write(lambda tx, change=change: tx.execute(change))
            before = ada.last["message_id"]
            await advance(
                hooks, datetime(2100, 1, 1, tzinfo=UTC), lambda before=before: ada.last["message_id"] > before
            )
            evening = ada.last["message_id"]
            for score in ("7", "4", "10"):
                for tab in tabs:
                    await tab.wait_for_function(FITS)
                row = alone.locator(f"#phone-ada [data-id='{evening}']")
                await row.get_by_role("button", name=score, exact=True).click()
                await hooks.quiet()
            assert ada.last["message_id"] == evening, "one message, edited"
            await row.get_by_text("This is stored for").wait_for()


async def test_a_week_of_the_real_bot_ends_in_a_digest_on_both_phones(browser: Browser, tmp_path: Path) -> None:
    async with demo(tmp_path) as (telegram, _, page):
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
