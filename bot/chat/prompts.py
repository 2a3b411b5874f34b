"""The evening question as the outbox keeps it: worded once for all who are asked the same, since thousands may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.entries import DayView, bubble
from bot.chat.messages import Button, Message, Row, as_data
from bot.chat.people import when
from bot.chat.words import Sentence, Words, joined, words
from bot.diary.entries import Item, ItemId, Side, Symptom
from bot.diary.prompts import Later

ANY_ITEM: Final = ItemId(10**20)
"""Stands for the item's id in a wording; no row of the database can have this one."""


class Kind(StrEnum):
    """Why a question comes."""

    PROMPT = "prompt"
    BACK = "back"
    """The first one after a pause that ended by itself."""
    REMINDER = "reminder"
    SNOOZED = "snoozed"


Alike = tuple[str, Kind, bool, date, bool, Symptom, str | None, Side | None, int, int, int]
"""What two prompts must share to differ in nothing but the item's id and the hour."""


class Wordings:
    """Bodies of prompts. Keep one for as long as a portion of the due is worked on: nothing in it ever ages out."""

    def __init__(self) -> None:
        self._known: dict[Alike, tuple[str, ...]] = {}

    def body(self, seen: DayView, tag: str, until: datetime, kind: Kind = Kind.PROMPT) -> str:
        """The bubble of a day as JSON, as it should look now, in the words that `tag` names (chat/words.py).

        `until`: later than that it is not worth sending.
        """
        item = seen.next_item
        parts: tuple[str, ...] = ()
        if item is not None and not seen.declined and not seen.checkins:
            place = seen.items.index(item)
            left = sum(one.id not in seen.values for one in seen.items)
            name = (item.symptom, item.site, item.side)
            alike = (tag, kind, seen.large, seen.day, seen.past, *name, place, len(seen.items), left)
            if alike not in self._known:
                self._known[alike] = _parts(seen, item, place, tag, kind)
            parts = self._known[alike]
        if parts:
            return f'{str(item.id if item else "").join(parts)}, "until": "{until.isoformat()}"}}'
        data = as_data(asking(seen, kind, words(tag)))
        return json.dumps({**data, "until": until.isoformat()})


def asking(seen: DayView, kind: Kind, words: Words) -> Message:
    """The bubble of a day as it goes out, with a word on why it comes where that is not the hour."""
    message = bubble(seen, words)
    left = sum(item.id not in seen.values for item in seen.items)
    match kind:
        case Kind.PROMPT:
            return message
        case Kind.BACK:
            why = words("Good to have you back. The diary goes on today.")
        case Kind.SNOOZED:
            why = words("You asked me to come back now.")
        case _ if left < len(seen.items):
            why = words.many(
                "A gentle reminder: {n} question is still open.",
                "A gentle reminder: {n} questions are still open.",
                left,
            )
        case _:
            why = words("A gentle reminder. If you don't feel like it, that is fine.")
    return replace(message, text=joined("\n\n", [why, message.text]))


def _parts(seen: DayView, item: Item, place: int, tag: str, kind: Kind) -> tuple[str, ...]:
    """The question's JSON, open at its end, cut where the item's id belongs.

    Empty where the text itself holds what stands for the id, since a site is named as a person wrote it.
    """
    items: Sequence[Item] = [*seen.items[:place], replace(item, id=ANY_ITEM), *seen.items[place + 1 :]]
    message = asking(replace(seen, items=items), kind, words(tag))
    if str(ANY_ITEM) in message.text:
        return ()
    return tuple(json.dumps(as_data(message)).removesuffix("}").split(str(ANY_ITEM)))


# --- later ----------------------------------------------------------------------------------------------------


def choose_later(day: date, there: date, choices: Sequence[Later], words: Words) -> Message:
    """When else shall the question come? `there`: today by the patient's calendar."""
    rows: list[Row] = [
        (Button(_later(choice, day < there, words), tap=pack(buttons.Snooze(day, choice))),) for choice in choices
    ]
    rows.append((Button(words("Back"), tap=pack(buttons.Resume(day))),))
    return Message(words("When shall I ask again?"), tuple(rows))


def _later(choice: Later, past_midnight: bool, words: Words) -> Sentence:
    match choice:
        case Later.HALF_HOUR:
            return words("In 30 minutes")
        case Later.TWO_HOURS:
            return words("In 2 hours")
        case Later.MORNING:
            return words("This morning") if past_midnight else words("Tomorrow morning")


def snoozed(day: date, at: datetime, today: date, moved: bool, words: Words) -> Message:
    """The question is put off until `at`, by the patient's clock."""
    lines = [words("All right. I will ask again: {when}.", when=when(at, today, words))]
    if moved:
        lines.append(words("That is after your quiet hours."))
    return Message(
        joined("\n", lines),
        ((Button(words("Answer now"), tap=pack(buttons.Resume(day))),),),
    )


def only_once(closes_at: datetime, words: Words) -> Sentence:
    """`closes_at`: by the clock of the day's zone."""
    return words(
        "I have asked again already. You can answer here until {time} on {day}.",
        time=words.time(closes_at),
        day=words.weekday(closes_at.date()),
    )


def in_a_pause(words: Words) -> Sentence:
    return words("Your diary is paused, so I will not ask again. You can still answer here.")


def too_late(words: Words) -> Sentence:
    return words("This day ends before then. You can answer now.")
