"""The stage that stories and handler tests play on: the real program, the stand-in for Telegram, a movable clock."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, text

from bot import app, press
from bot.app import Program
from bot.clock import MovableClock
from bot.demo.calls import Call
from bot.demo.hooks import Hooks, advance
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from bot.settings import Settings
from bot.storage.database import reader_engine

TOKEN = "123456789:a-token-that-only-the-stand-in-knows"
ITO, ROY, ADA, BEN, CLEO, NOOR, MAX = 201, 202, 101, 102, 103, 104, 666


class Studio:
    """The crew without its processes: each takes a second to start, and every story would start one."""

    def __init__(self, _: Any) -> None:
        self.failed: list[str] = []
        self._reader: Engine | None = None

    async def make(self, order: press.Order) -> press.Made | press.Nothing | press.Failed:
        self._reader = self._reader or reader_engine(order.database)
        made = press.make_from(self._reader, order)
        if isinstance(made, press.Failed):
            self.failed.append(made.why)
        return made

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.dispose()


@dataclass
class Stage:
    """One running program with its people. `settle` waits until everything sent is handled and answered."""

    telegram: Telegram
    program: Program
    clock: MovableClock
    running: asyncio.Task[None]
    cast: dict[str, Person] = field(default_factory=dict)

    def person(self, chat_id: int, name: str, language: str = "en") -> Person:
        if name not in self.cast:
            self.cast[name] = self.telegram.person(chat_id, name, language)
        return self.cast[name]

    @property
    def ito(self) -> Person:
        """Clinic admin, and therapist of Ada and Ben."""
        return self.person(ITO, "Dr Ito")

    @property
    def ada(self) -> Person:
        return self.person(ADA, "Ada")

    @property
    def max(self) -> Person:
        """A stranger who must never see anything."""
        return self.person(MAX, "Max")

    async def stop(self) -> None:
        """Stop the program; what people do meanwhile waits at Telegram."""
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running

    async def start(self) -> None:
        """Start the program again, on the same file."""
        self.program = program_with(type(self.program.crew), self.program.settings, self.clock)
        self.running = asyncio.create_task(self.program.run())
        await self.begun()

    async def begun(self) -> None:
        """Wait until the program has asked Telegram for the first time and worked off what waited there."""
        polled = asyncio.ensure_future(self.program.receiver.first_poll.wait())
        await asyncio.wait({self.running, polled}, return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            self.running.result()
        await self.settle()

    def refused(self) -> list[Call]:
        """The calls that Telegram did not take.

        A poll that a restart left open, and the new one ended, is none; nor is the answer to a tap that waited for
        so long that nobody looks for it any more.
        """
        return [
            call
            for call in self.telegram.calls
            if not call.ok and call.method != "getUpdates" and "query is too old" not in str(call.response)
        ]

    async def settle(self) -> None:
        """Wait until the bot has nothing left to do; raise what ended it, if something did."""
        waiting = asyncio.create_task(self._quiet())
        await asyncio.wait({waiting, self.running}, return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            waiting.cancel()
            self.running.result()
        await waiting

    async def _quiet(self) -> None:
        await self.telegram.until(lambda: self.telegram.pending == 0)
        await self.program.quiet()

    async def says(self, person: Person, words: str, reply_to: int | None = None) -> str:
        """The person writes; returns the newest text of the bot."""
        person.send(words, reply_to)
        await self.settle()
        return newest(person)

    async def taps(self, person: Person, *labels: str) -> str:
        """The person taps one button after another; returns the newest text of the bot."""
        for label in labels:
            person.tap_label(label)
            await self.settle()
        return newest(person)

    async def until(self, instant: datetime, enough: Callable[[], bool] = lambda: False) -> None:
        """Let the clock run to an instant, stopping whenever something is due."""

        async def next_due() -> datetime | None:
            return await self.program.next_due()

        hooks = Hooks(self.clock.now, self.clock.move_to, self.program.tick_after_jump, self.settle, next_due)
        await advance(hooks, instant, enough)

    async def enrol_therapist(self, person: Person, admin: Person | None = None) -> Person:
        """Make `person` a therapist by an invitation of the admin (or, for the admin, by one tap)."""
        if admin is None:
            await self.says(person, "/start")
            await self.taps(person, "I treat patients too")
            return person
        await self.says(admin, "/invite_therapist")
        person.open_link(link_in(admin.last))
        await self.settle()
        return person

    async def enrol(
        self,
        person: Person,
        therapist: Person,
        label: str | None = None,
        *,
        share: bool = True,
        place: str | None = None,
        hour: str | None = None,
        now: bool = False,
    ) -> Person:
        """Take a patient through the whole enrolment in English; `place` and `hour` are typed, else buttons tapped."""
        await self.says(therapist, f"/invite {label or person.first_name}")
        person.open_link(link_in(therapist.last))
        await self.settle()
        await self.taps(person, "Yes, store my answers")
        await self.taps(person, "Yes, show them" if share else "No, only for me")
        if place is None:
            await self.taps(person, "Yes, it is")
        else:
            await self.says(person, place)
        if hour is None:
            # By what it carries: where people say so, it reads "8:00 pm".
            person.tap(person.last["message_id"], "en:hour:2000")
            await self.settle()
        else:
            await self.says(person, hour)
        await self.taps(person, "Start now" if now else person.labels(person.last["message_id"])[1])
        return person

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the database."""

        def read(tx: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in tx.execute(text(sql), values)]

        return await self.program.database.write(read)


def newest(person: Person) -> str:
    """The newest text or caption that the bot wrote."""
    return text_of(person.last)


def text_of(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


def link_in(message: dict[str, Any]) -> str:
    """The deep link in an invitation."""
    found = re.search(r"https://t\.me/\S+", text_of(message))
    assert found is not None, f"no link in {text_of(message)!r}"
    return found[0]


def settings_for(address: str, folder: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "bot_token": TOKEN,
        "telegram_api_url": address,
        "database_url": f"sqlite+aiosqlite:///{folder / 'diary.db'}",
        "admin_ids": frozenset({ITO}),
        "clinic_name": "Riverside",
        "default_timezone": "Europe/Lisbon",
        "messages_per_second": 10_000,
        "messages_per_second_per_chat": 10_000,
        "backups_kept": 0,
    }
    return Settings(_env_file=None, **(values | changes))


def program_with(crew: Callable[[Any], Any], settings: Settings, clock: MovableClock) -> Program:
    with patch.object(app, "Crew", crew):
        return Program(settings, clock)


@asynccontextmanager
async def stage(
    folder: Path, start: datetime, *, crew: Callable[[Any], Any] = Studio, **changes: Any
) -> AsyncIterator[Stage]:
    """A running program whose clock begins at `start`; `changes` are settings, and `Crew` is the real crew."""
    clock = MovableClock(start)
    telegram = Telegram(TOKEN, now=clock.now)
    await telegram.start()
    program = program_with(crew, settings_for(telegram.address, folder, **changes), clock)
    running = asyncio.create_task(program.run())
    played = Stage(telegram, program, clock, running)
    try:
        await played.begun()
        yield played
    finally:
        await played.stop()
        await telegram.stop()
