"""What we say: messages, buttons, sentences in every language. Knows no Telegram and no SQL."""

from bot.chat import (
    alerts,
    asked,
    buttons,
    entries,
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
    "asked",
    "buttons",
    "entries",
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
