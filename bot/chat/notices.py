"""What a clinic admin is told about the bot itself, at most once a day. No names, no content."""

from __future__ import annotations

from bot.chat.messages import Message
from bot.chat.words import Sentence, Words, joined


def parked(n: int, words: Words) -> Message:
    """Updates that could not be handled are set aside."""
    what = words.many(
        "{n} message could not be handled and is set aside. Its sender, where it names one, was told that nothing was "
        "saved.",
        "{n} messages could not be handled and are set aside. Their senders, where they name one, were told that "
        "nothing was saved.",
        n,
    )
    return Message(joined("\n\n", [what, _look("symptom-diary parked", words)]))


def backup_failed(words: Words) -> Message:
    """Today's copy of the database could not be made."""
    what = words(
        "Today's backup of the diary could not be made. The diary itself goes on; the bot tries again every hour."
    )
    return Message(joined("\n\n", [what, _look("symptom-diary doctor", words)]))


def alert_undelivered(words: Words) -> Message:
    """An alert about a patient reached no therapist."""
    return Message(
        joined(
            "\n\n",
            [
                words("An alert about a patient is undelivered: it could reach no therapist."),
                words("The patient was told so, and whom to call. Please check who can be reached."),
            ],
        )
    )


def _look(command: str, words: Words) -> Sentence:
    return words("Please ask whoever runs the bot to look: {command}", command=command)
