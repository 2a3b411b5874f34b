"""A real database, the stand-in for Telegram, and a clock of the event loop that a test can push forward."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from bot import storage
from bot.clock import StillClock
from bot.demo.calls import Call, Fault, Params
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from bot.diary.people import ChatId, PatientId, Role
from bot.press import Failed, Made, Nothing, Order
from bot.storage import Database
from bot.storage.outbox import Urgency
from bot.storage.tables import Action
from bot.wire import Recipes, Request, Sender
from tests.storage.conftest import migrated

TOKEN = "700700700:a-token-that-only-the-stand-in-knows"
NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
ADA, BEN, CLEO, NOOR = ChatId(101), ChatId(102), ChatId(103), ChatId(104)
NEVER = 1e-9
"""Messages a second: the first one goes, the next in thirty years, unless the clock leaps."""
FAST = 1e6

Leap = Callable[[float], None]


@pytest.fixture
async def leap() -> AsyncIterator[Leap]:
    """Pushes the clock of the event loop forward, so that whoever waits for a time has waited long enough."""
    loop = asyncio.get_running_loop()
    plain, ahead = loop.time, [0.0]
    loop.time = lambda: plain() + ahead[0]  # type: ignore[method-assign]

    def push(seconds: float) -> None:
        ahead[0] += seconds

    yield push
    del loop.time


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    server = Telegram(TOKEN, now=lambda: NOW)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("blank") / "diary.db")


@pytest.fixture
async def database(tmp_path: Path, blank: Path) -> AsyncIterator[Database]:
    opened = Database(Path(shutil.copy(blank, tmp_path)))
    await opened.open(NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def request_() -> AsyncIterator[Request]:
    made = Request(50)
    await made.initialize()
    yield made
    await made.shutdown()


@pytest.fixture
def base_url(telegram: Telegram) -> str:
    return f"{telegram.address}/bot{TOKEN}"


def first_of(method: str, fault: Fault, times: int = 1) -> Callable[[str, Params], Fault | None]:
    """A fault for the first calls of one method."""
    left = [times]

    def hook(called: str, params: Params) -> Fault | None:
        if called != method or not left[0]:
            return None
        left[0] -= 1
        return fault

    return hook


async def holds(condition: Callable[[], object]) -> None:
    """Wait until something holds in this process."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  (what is waited for has no event)
            await asyncio.sleep(0)


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """Wait until something holds in the database; each look is a turn in its one writer thread."""
    async with asyncio.timeout(10):
        while not await condition():
            pass


@dataclass
class Post:
    """The sender at work: rows put into the outbox, and what the stand-in saw of them."""

    telegram: Telegram
    database: Database
    request: Request
    clock: StillClock = field(default_factory=lambda: StillClock(NOW))
    sender: Sender = field(init=False)
    running: asyncio.Task[None] | None = None
    people: dict[ChatId, Person] = field(default_factory=dict)
    told: list[Any] = field(default_factory=list)
    """What was logged."""

    async def make(self, order: Order) -> Made | Nothing | Failed:
        raise AssertionError("an order for a picture, in a test that makes none")

    def start(self, per_second: float = FAST, per_chat: float = FAST, *, base_url: str | None = None) -> None:
        """Let the sender run."""
        self.sender = Sender(
            self.database, self.request, base_url or f"{self.telegram.address}/bot{TOKEN}", self.clock,
            Recipes(lambda order: self.make(order), self.database.path, self.clock),
            per_second=per_second, per_second_per_chat=per_chat,
        )  # fmt: skip
        self.running = asyncio.create_task(self.sender.run())

    async def stop(self) -> None:
        if self.running is not None:
            running, self.running = self.running, None
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    def person(self, chat: ChatId) -> Person:
        if chat not in self.people:
            self.people[chat] = self.telegram.person(chat, f"Person {chat}")
        return self.people[chat]

    async def put(self, *rows: dict[str, Any]) -> list[int]:
        """Add rows in one transaction and wake the sender."""
        for row in rows:
            self.person(row["chat"])

        def add(tx: Connection) -> list[int]:
            return [storage.outbox.add(tx, **row) for row in rows]

        ids = await self.database.write(add)
        if self.running is not None:
            self.sender.wake()
        return ids

    async def bubble(self, chat: ChatId = ADA) -> int:
        return await self.database.write(lambda tx: storage.outbox.add_bubble(tx, chat, None, NOW))

    async def shown(self, chat: ChatId = ADA, words: str = "How is the burning?") -> tuple[int, int]:
        """A bubble that is on screen: its id and its message's number."""
        bubble = await self.bubble(chat)
        await self.settled(*await self.put(say(words, chat, bubble_id=bubble)))
        number = await self.database.write(lambda tx: storage.outbox.message_of(tx, bubble))
        assert number is not None
        return bubble, number

    async def settled(self, *rows: int) -> list[str]:
        """Wait until rows are settled; what became of each."""

        async def done() -> bool:
            return "waiting" not in await self.states(*rows)

        await until(done)
        return await self.states(*rows)

    async def states(self, *rows: int) -> list[str]:
        def read(tx: Connection) -> list[str]:
            found = {row[0]: row[1] for row in tx.execute(text("select id, state from outbox"))}
            return [found[row] for row in rows]

        return await self.database.write(read)

    async def waits(self, count: int = 1) -> None:
        """Wait until the sender has had so many answers that make a message wait."""
        await holds(lambda: sum(line["event"] == "a message waits" for line in self.told) >= count)

    async def sent(self, count: int, method: str = "sendMessage", chat: ChatId | None = None) -> list[Call]:
        """Wait until the stand-in has had so many calls."""
        await self.telegram.until(lambda: len(self.telegram.calls_of(method, chat)) >= count)
        return self.telegram.calls_of(method, chat)

    def texts(self, chat: ChatId) -> list[str]:
        """What stands in a chat."""
        return [message["text"] for message in self.person(chat).heard]

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return await self.database.write(lambda tx: [tuple(row) for row in tx.execute(text(sql))])


def say(words: str, chat: ChatId = ADA, urgency: Urgency = Urgency.ANSWER, **more: Any) -> dict[str, Any]:
    return {"chat": chat, "action": Action.SEND, "body": {"text": words}, "urgency": urgency, "now": NOW, **more}


def edit(words: str, chat: ChatId = ADA, **more: Any) -> dict[str, Any]:
    return say(words, chat, **more) | {"action": Action.EDIT}


def retire(chat: ChatId = ADA, **more: Any) -> dict[str, Any]:
    return say("", chat, **more) | {"action": Action.RETIRE, "body": {}}


def withdraw(chat: ChatId = ADA, **more: Any) -> dict[str, Any]:
    return retire(chat, **more) | {"action": Action.WITHDRAW}


def prompt(words: str = "Burning?", chat: ChatId = ADA, **more: Any) -> dict[str, Any]:
    return say(words, chat, Urgency.PROMPT, **more)


def digest(words: str = "Your week", chat: ChatId = ADA, **more: Any) -> dict[str, Any]:
    return say(words, chat, Urgency.DIGEST, once=True, **more)


@pytest.fixture
async def post(telegram: Telegram, database: Database, request_: Request) -> AsyncIterator[Post]:
    with capture_logs() as told:
        made = Post(telegram, database, request_, told=told)
        yield made
        await made.stop()


@pytest.fixture
async def ada(database: Database) -> PatientId:
    """Ada, enrolled, with today's diary day planned."""

    def enrol(tx: Connection) -> PatientId:
        storage.people.account(tx, ADA, "en", NOW)
        invite = storage.people.add_invite(
            tx, "code", Role.PATIENT, therapist_id=None, label="Ada", expires_at=NOW, now=NOW
        )
        patient = storage.people.add_patient(tx, ADA, invite, "Europe/Lisbon", time(20))
        storage.entries.plan_day(tx, patient.id, MONDAY, "Europe/Lisbon", NOW + timedelta(days=1))
        return patient.id

    return await database.write(enrol)
