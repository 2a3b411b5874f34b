"""What we say: messages, buttons, sentences in every language. Knows no Telegram and no SQL."""

from bot.chat import (
    alerts,
    buttons,
    edits,
    entries,
    flares,
    items,
    messages,
    notices,
    pauses,
    people,
    places,
    prompts,
    sessions,
    typed,
    typed_times,
    words,
)

__all__ = [
    "alerts",
    "buttons",
    "edits",
    "entries",
    "flares",
    "items",
    "messages",
    "notices",
    "pauses",
    "people",
    "places",
    "prompts",
    "sessions",
    "typed",
    "typed_times",
    "words",
]
