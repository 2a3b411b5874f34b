"""What we say: messages, buttons, sentences in every language. Knows no Telegram and no SQL."""

from bot.chat import (
    alerts,
    buttons,
    entries,
    help,
    items,
    messages,
    notices,
    people,
    places,
    sessions,
    typed,
    typed_times,
    words,
)

__all__ = [
    "alerts",
    "buttons",
    "entries",
    "help",
    "items",
    "messages",
    "notices",
    "people",
    "places",
    "sessions",
    "typed",
    "typed_times",
    "words",
]
