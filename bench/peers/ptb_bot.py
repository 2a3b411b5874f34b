"""A plain python-telegram-bot bot that stores each reply, written as its documentation teaches.

Defaults throughout: updates are processed one after another (`concurrent_updates` is off, as in PTB's own examples).
"""

from __future__ import annotations

import os

from store import keep, question, set_up
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.ext import Application, CallbackQueryHandler, ContextTypes


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    await keep(query.message.chat.id, query.data)
    await query.answer()
    text, rows = question(query.data)
    keyboard = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    await query.edit_message_text(text, parse_mode=ParseMode.HTML, reply_markup=InlineKeyboardMarkup(keyboard))


async def begin(application: Application) -> None:
    await set_up()


def main() -> None:
    application = (
        Application.builder()
        .token(os.environ["BOT_TOKEN"])
        .base_url(f"{os.environ['API_URL']}/bot")
        .post_init(begin)
        .build()
    )
    application.add_handler(CallbackQueryHandler(reply, pattern="^s:"))
    application.run_polling()


if __name__ == "__main__":
    main()
