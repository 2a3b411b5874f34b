"""The evening question as the outbox keeps it: worded once for all who are asked the same, since thousands may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.chat.entries import DayView, bubble
from bot.chat.messages import Message, as_data
from bot.chat.words import words
from bot.diary.entries import Item, ItemId, Side, Symptom

ANY_ITEM: Final = ItemId(10**20)
"""Stands for the item's id in a wording; no row of the database can have this one."""

Alike = tuple[str, date, Symptom, str | None, Side | None, int, int]
"""What two prompts must share to differ in nothing but the item's id and the hour."""


class Wordings:
    """Bodies of prompts. Keep one for as long as a portion of the due is worked on: nothing in it ever ages out."""

    def __init__(self) -> None:
        self._known: dict[Alike, tuple[str, ...]] = {}

    def body(self, seen: DayView, tag: str, until: datetime) -> str:
        """The bubble of a day as JSON, as it should look now, in the words that `tag` names (chat/words.py).

        `until`: later than that it is not worth sending.
        """
        item = seen.next_item
        parts: tuple[str, ...] = ()
        if item is not None and not seen.declined:
            place = seen.items.index(item)
            alike = (tag, seen.day, item.symptom, item.site, item.side, place, len(seen.items))
            if alike not in self._known:
                self._known[alike] = _parts(seen, item, place, tag)
            parts = self._known[alike]
        if parts:
            return f'{str(item.id if item else "").join(parts)}, "until": "{until.isoformat()}"}}'
        data = as_data(bubble(seen, words(tag)))
        return json.dumps({**data, "until": until.isoformat()})


def _parts(seen: DayView, item: Item, place: int, tag: str) -> tuple[str, ...]:
    """The question's JSON, open at its end, cut where the item's id belongs.

    Empty where the text itself holds what stands for the id, since a site is named as a person wrote it.
    """
    items: Sequence[Item] = [*seen.items[:place], replace(item, id=ANY_ITEM), *seen.items[place + 1 :]]
    message: Message = bubble(replace(seen, items=items), words(tag))
    if str(ANY_ITEM) in message.text:
        return ()
    return tuple(json.dumps(as_data(message)).removesuffix("}").split(str(ANY_ITEM)))
