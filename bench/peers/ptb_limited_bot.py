"""The plain python-telegram-bot bot with the limiter of its documentation, AIORateLimiter, and a wave of messages.

The word "wave" starts COUNT messages, to the chats from FIRST on, all at once: pacing them is the limiter's part.
"""

from __future__ import annotations

import asyncio
import os

from ptb_bot import begin, reply
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import AIORateLimiter, Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters


async def wave(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    context.application.create_task(ask_everyone(context.application))


async def ask_everyone(application: Application) -> None:
    first, count = int(os.environ["FIRST"]), int(os.environ["COUNT"])
    keyboard = InlineKeyboardMarkup(
        [[InlineKeyboardButton(str(n), callback_data=f"s:20260302:1:{n}") for n in range(6)]]
    )
    await asyncio.gather(
        *(
            application.bot.send_message(chat, "How strong was it in the past 24 hours?", reply_markup=keyboard)
            for chat in range(first, first + count)
        )
    )


def main() -> None:
    application = (
        Application.builder()
        .token(os.environ["BOT_TOKEN"])
        .base_url(f"{os.environ['API_URL']}/bot")
        .rate_limiter(AIORateLimiter())
        .post_init(begin)
        .build()
    )
    application.add_handler(CallbackQueryHandler(reply, pattern="^s:"))
    application.add_handler(MessageHandler(filters.Text(["wave"]), wave))
    application.run_polling()


if __name__ == "__main__":
    main()
