"""A stand-in with Ada and Dr Ito, a plain client of it, and the small diary bot: all on free ports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.clock import StillClock
from bot.demo.page import Page
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.demo.small import MONDAY, TOKEN, SmallDiary, ptb_bot


@pytest.fixture
def clock() -> StillClock:
    return StillClock(MONDAY)


@pytest.fixture
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


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    async with ptb_bot(telegram) as client:
        yield client


@pytest.fixture
async def diary(telegram: Telegram, clock: StillClock) -> AsyncIterator[SmallDiary]:
    async with SmallDiary(telegram, clock) as diary:
        yield diary


@pytest.fixture
async def page(telegram: Telegram, diary: SmallDiary, ada: Person, ito: Person) -> AsyncIterator[Page]:
    page = Page(telegram, diary.hooks())
    await page.start(port=0)
    yield page
    await page.stop()
