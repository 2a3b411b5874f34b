"""What is said when a patient changes a message that was sent before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.entries import DayView, note_button
from bot.chat.items import item_name
from bot.chat.messages import Button, Message
from bot.chat.words import Words, bold, joined, sentence
from bot.diary.entries import Item


def corrected(seen: DayView, given: Sequence[tuple[Item, int]], taken_back: Sequence[Item], words: Words) -> Message:
    """The scores of a changed message: what counts now, and what it no longer says."""
    lines = [words("Corrected for {day}:", day=words.day(seen.day))]
    lines += [
        words("{item}: {value}", item=item_name(item, words), value=bold(sentence(str(value)))) for item, value in given
    ]
    lines += [words("{item}: taken back", item=item_name(item, words)) for item in taken_back]
    return Message(joined("\n", lines))


def now_counts(seen: DayView, gone: Sequence[Item], words: Words) -> Message:
    """The scores of a message that has none any more: what counted before it counts again."""
    given = [(item, value) for item in gone if (value := seen.values.get(item.id)) is not None]
    return corrected(seen, given, [item for item in gone if seen.values.get(item.id) is None], words)


def note_changed(day: date, note_id: int, words: Words) -> Message:
    """A note has other words now."""
    return Message(
        words("Your note for {day} is changed.", day=words.day(day)),
        ((Button(words("Undo"), tap=pack(buttons.UndoNote(note_id))),),),
    )


def too_old(day: date, words: Words) -> Message:
    """The message is too old for us to know what it had become."""
    return Message(
        words(
            "This message is too old for me to change what I kept of it. A note about {day} is welcome.",
            day=words.day(day),
        ),
        ((note_button(day, words),),),
    )


def only_entries(words: Words) -> Message:
    """A changed message that was no score and no note."""
    return Message(words("I only follow changes of scores and notes. Please send it again as a new message."))
