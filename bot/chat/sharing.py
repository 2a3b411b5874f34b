"""Who sees a diary: the list, and its buttons to stop and to share again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, sentence

WORDING: Final = "sharing 2026-11"
"""Version of the words below that a yes or no is said to. Change it when their meaning changes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A therapist who sees the diary since a day, or who could be shown it: `since` None."""

    therapist_id: int
    name: str
    since: date | None


def readers(of: Sequence[Reader], words: Words, told: Sentence | None = None) -> Message:
    """Everyone who sees the diary, and everyone who could; `told`: what was just changed."""
    lines = [bold(words("Who sees your diary"))]
    seeing = [reader for reader in of if reader.since is not None]
    for reader in seeing:
        assert reader.since is not None
        name = bold(sentence(reader.name))
        lines.append(words("{name}, since {day}", name=name, day=words.dated(reader.since)))
    if seeing:
        lines.append(words("They see your answers, notes and charts. Nobody else does, besides you."))
    else:
        lines.append(words("Only you see it."))
    rows: list[Row] = [(_button(reader, words),) for reader in of]
    return Message(joined("\n\n", [*([] if told is None else [told]), joined("\n", lines)]), tuple(rows))


def _button(reader: Reader, words: Words) -> Button:
    name = sentence(reader.name)
    if reader.since is not None:
        return Button(words("Stop sharing with {name}", name=name), tap=pack(buttons.StopSharing(reader.therapist_id)))
    return Button(words("Share with {name}", name=name), tap=pack(buttons.AskSharing(reader.therapist_id)))


def ended(name: str, words: Words) -> Sentence:
    """Told to the patient."""
    return words(
        "From now on {name} does not see your diary. Messages that came to their chat before stay there.",
        name=bold(sentence(name)),
    )


def ask(reader: Reader, words: Words) -> Message:
    """To share again is to share all of it."""
    text = words(
        "{name} will then see your whole diary: every answer and note, also those from before and from the time "
        "between. Shall I share it?",
        name=bold(sentence(reader.name)),
    )
    yes = Button(words("Yes, share it all"), tap=pack(buttons.Share(reader.therapist_id)))
    return Message(text, ((yes,), (Button(words("No, leave it"), tap=pack(buttons.Readers())),)))


def begun(name: str, words: Words) -> Sentence:
    """Told to the patient."""
    return words("{name} sees your whole diary from now on.", name=bold(sentence(name)))


# --- what a therapist is told ---------------------------------------------------------------------------------


def not_shared_any_more(label: str, words: Words) -> Message:
    return Message(words("{name} no longer shares the diary with you.", name=bold(sentence(label))))


def shared_with_you(label: str, words: Words) -> Message:
    return Message(words("{name} shares the diary with you.", name=bold(sentence(label))))
