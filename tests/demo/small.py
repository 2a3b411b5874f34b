"""A small diary bot on plain python-telegram-bot, to talk to where the real one is not meant."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.clock import StillClock
from bot.demo.hooks import Hooks
from bot.demo.telegram import Telegram

TOKEN = "700700700:AAtest"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ptb_bot(telegram: Telegram) -> Bot:
    """A plain client of python-telegram-bot that knows nothing of the stand-in but its address."""
    return Bot(
        telegram.token,
        base_url=f"{telegram.address}/bot",
        base_file_url=f"{telegram.address}/file/bot",
        request=HTTPXRequest(connection_pool_size=8, read_timeout=20),
        get_updates_request=HTTPXRequest(connection_pool_size=4, read_timeout=20),
    )


def png(width: int = 40, height: int = 30) -> bytes:
    """A small picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\x00" + b"\x2f\x8f\x86" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class SmallDiary:
    """A diary bot in memory: asks at 20:00 for three symptoms in one bubble, reminds at 21:00.

    It is what the page and the autopilot are tested with, so it is as small as they allow.
    """

    symptoms = ("burning", "tingling", "pain")

    def __init__(self, telegram: Telegram, clock: StillClock) -> None:
        self.telegram = telegram
        self.clock = clock
        self.patient: int | None = None
        self.scores: dict[tuple[int, str], int] = {}
        self.declined: list[int] = []
        self.due: list[tuple[datetime, str]] = []
        self.app: Application[Any, Any, Any, Any, Any, Any] = Application.builder().bot(ptb_bot(telegram)).build()
        self.app.add_handler(CommandHandler("start", self.start))
        self.app.add_handler(CommandHandler("invite", self.invite))
        self.app.add_handler(CallbackQueryHandler(self.tapped))
        self.app.add_handler(MessageHandler(filters.ALL, self.echo))

    async def __aenter__(self) -> SmallDiary:
        await self.app.initialize()
        await self.app.start()
        assert self.app.updater is not None
        await self.app.updater.start_polling(poll_interval=0, timeout=10)
        await self.app.bot.set_my_commands([("help", "What I can do"), ("week", "The last seven days")])
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self.app.updater is not None
        await self.app.updater.stop()
        await self.app.stop()
        await self.app.shutdown()

    def hooks(self) -> Hooks:
        return Hooks(self.clock.now, self.clock.move_to, self.tick, self.quiet, self.next_due)

    async def quiet(self) -> None:
        await self.telegram.until(lambda: not self.telegram.pending)
        await self.app.update_queue.join()

    async def next_due(self) -> datetime | None:
        return min((at for at, _ in self.due), default=None)

    async def tick(self) -> None:
        for due in sorted(due for due in self.due if due[0] <= self.clock.now()):
            self.due.remove(due)
            at, kind = due
            if kind == "prompt":
                self.due += [(at + timedelta(days=1), "prompt"), (at + timedelta(hours=1), "reminder")]
                await self.ask(at.toordinal())
            elif at.toordinal() not in {*self.declined, *(day for day, _ in self.scores)}:
                await self.ask(at.toordinal())

    async def ask(self, day: int) -> None:
        assert self.patient is not None
        await self.app.bot.send_message(self.patient, self.words(day), reply_markup=self.numbers(day))

    def words(self, day: int) -> str:
        given = [f"{name}: {self.scores[day, name]}" for name in self.symptoms if (day, name) in self.scores]
        left = [name for name in self.symptoms if (day, name) not in self.scores]
        return "\n".join([*given, f"How was the {left[0]} today?" if left else "Thank you, all saved."])

    def numbers(self, day: int) -> InlineKeyboardMarkup:
        left = [name for name in self.symptoms if (day, name) not in self.scores]
        taps = [InlineKeyboardButton(str(n), callback_data=f"s:{day}:{left[0]}:{n}") for n in range(11)]
        no = InlineKeyboardButton("Not today", callback_data=f"no:{day}")
        return InlineKeyboardMarkup([taps[:6], taps[6:], [no]])

    async def invite(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        link = f"https://t.me/{self.telegram.username}?start=ada-7Qx"
        copy = InlineKeyboardButton("Copy the link", copy_text=CopyTextButton(link))
        await update.message.reply_html(
            f"Send this link to <b>Ada</b>:\n{link}", reply_markup=InlineKeyboardMarkup([[copy]])
        )

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        yes = [
            InlineKeyboardButton("No", callback_data="no"),
            InlineKeyboardButton("Yes", callback_data="yes"),
        ]
        await update.message.reply_text("May I keep a diary?", reply_markup=InlineKeyboardMarkup([yes]))

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None
        assert query.data is not None
        kind, *rest = query.data.split(":")
        if kind == "yes":
            self.patient = query.from_user.id
            evening = self.clock.now().replace(hour=20, minute=0, second=0)
            self.due.append((evening + timedelta(days=evening <= self.clock.now()), "prompt"))
            await query.answer("Welcome")
            await query.edit_message_text("Welcome. I ask at 20:00.")
        elif kind == "s":
            day, name, score = int(rest[0]), rest[1], int(rest[2])
            self.scores[day, name] = score
            await query.answer(f"{name.title()} {score} saved")
            done = all((day, one) in self.scores for one in self.symptoms)
            await query.edit_message_text(self.words(day), reply_markup=None if done else self.numbers(day))
        else:
            self.declined += [int(day) for day in rest]
            await query.answer()
            await query.edit_message_text("Not today. See you tomorrow.")

    async def echo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None:
            await update.message.reply_text(f"You wrote: {update.message.text or 'something'}")
