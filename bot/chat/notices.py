"""What a clinic admin is told about the bot itself, at most once a day. No names, no content."""

from __future__ import annotations

from bot.chat.messages import Message
from bot.chat.words import Words


def parked(n: int, words: Words) -> Message:
    """Updates that could not be handled are set aside."""
    return Message(
        words.many(
            "{n} message could not be handled and is set aside. Its sender was told that nothing was saved.\n\n"
            "Please ask whoever runs the bot to look: symptom-diary parked",
            "{n} messages could not be handled and are set aside. Their senders were told that nothing was saved.\n\n"
            "Please ask whoever runs the bot to look: symptom-diary parked",
            n,
        )
    )


def backup_failed(words: Words) -> Message:
    """Today's copy of the database could not be made."""
    return Message(
        words(
            "Today's backup of the diary could not be made. The diary itself goes on; the bot tries again every hour.\n\n"
            "Please ask whoever runs the bot to look: symptom-diary doctor"
        )
    )
