"""Changes that a patient makes to a message already sent: what the message had become decides what they change.

Rules: only an open day's scores change; a note changes its words and keeps its instant; what was never handled is read
as if it were new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.diary.entries import ItemId

KEPT_FOR: Final = timedelta(days=3)
"""How long we know what a message became. Telegram lets people change one for two days."""


class Became(StrEnum):
    """What a text was taken for."""

    SCORES = "scores"
    NOTE = "note"
    ASKED_NOTE = "asked_note"
    """A note that was asked for: it is one whatever it looks like."""
    NOTHING = "nothing"
    """It was not understood, so nothing came of it."""
    OTHER = "other"
    """An answer to another question: a place, a time, a name."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one message became at `entered_at`, about `day`: the note, or the scores of these items."""

    became: Became
    day: date
    entered_at: datetime
    note_id: int | None
    items: tuple[ItemId, ...]


def too_old(sent_at: datetime, now: datetime) -> bool:
    """Whether we can no longer know what a message had become."""
    return now - sent_at > KEPT_FOR
