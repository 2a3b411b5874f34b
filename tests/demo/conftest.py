"""A stand-in with Ada and Dr Ito, a plain client of it, and the small diary bot: all on free ports; and a browser.

All tests here run in one event loop, since the browser's driver belongs to the loop that started it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright
from telegram import Bot

from bot.clock import StillClock
from bot.demo.page import Page
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.demo.small import MONDAY, TOKEN, SmallDiary, ptb_bot

CHROMIUM = shutil.which("chromium")
IN_A_BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine to open the page with")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def clock() -> StillClock:
    return StillClock(MONDAY)


@pytest_asyncio.fixture(loop_scope="session")
async def telegram(clock: StillClock) -> AsyncIterator[Telegram]:
    server = Telegram(TOKEN, now=clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def ada(telegram: Telegram) -> Person:
    return telegram.person(1001, "Ada", "en")


@pytest.fixture
def ito(telegram: Telegram) -> Person:
    return telegram.person(2001, "Dr Ito", "en")


@pytest_asyncio.fixture(loop_scope="session")
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    async with ptb_bot(telegram) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def diary(telegram: Telegram, clock: StillClock) -> AsyncIterator[SmallDiary]:
    async with SmallDiary(telegram, clock) as diary:
        yield diary


@pytest_asyncio.fixture(loop_scope="session")
async def page(telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person) -> AsyncIterator[Page]:
    page = Page(telegram, diary.hooks())
    await page.start(port=0)
    yield page
    await page.stop()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One browser for all tests of this process: starting it takes longer than most of them. Gives its address."""
    assert CHROMIUM is not None
    profile = tmp_path_factory.mktemp("chromium")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    process = subprocess.Popen([CHROMIUM, *flags, "about:blank"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "DevTools listening on " in line:
            yield line.split("DevTools listening on ")[1].strip()
            break
    else:
        pytest.fail("chromium did not start")
    process.stderr.close()
    process.terminate()
    process.wait()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """Playwright's own process, one for all as well."""
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(loop_scope="session")
async def browser(playwright: Playwright, chromium: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.connect_over_cdp(chromium)
    yield browser
    await browser.close()
