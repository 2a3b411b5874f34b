"""The plain aiogram bot that answers each reply and stores none of them: what two calls cost by themselves."""

from __future__ import annotations

import asyncio
import os

from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup
from store import question

dispatcher = Dispatcher()


@dispatcher.callback_query(F.data.startswith("s:"))
async def reply(query: CallbackQuery) -> None:
    await query.answer()
    text, rows = question(query.data)
    keyboard = [[InlineKeyboardButton(text=label, callback_data=data) for label, data in row] for row in rows]
    await query.message.edit_text(text, reply_markup=InlineKeyboardMarkup(inline_keyboard=keyboard))


async def main() -> None:
    bot = Bot(
        token=os.environ["BOT_TOKEN"],
        session=AiohttpSession(api=TelegramAPIServer.from_base(os.environ["API_URL"])),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )
    await dispatcher.start_polling(bot)


asyncio.run(main())
