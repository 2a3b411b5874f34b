"""The wish to be forgotten: said in a typed word, kept for a week in which it can be taken back, then done."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Final

FORGET_AFTER: Final = timedelta(days=7)
"""How long the wish can be taken back (ours)."""
ANSWER_WITHIN: Final = timedelta(hours=1)
"""After the question for the word, so long a text is an answer to it; a later one is one like any other (ours)."""


def due_at(now: datetime) -> datetime:
    """When a wish that is said now is carried out."""
    return now + FORGET_AFTER


def is_answer(asked_at: datetime, now: datetime) -> bool:
    """Whether a text still answers the question for the word."""
    return asked_at <= now <= asked_at + ANSWER_WITHIN


def is_word(said: str, word: str) -> bool:
    """Whether somebody typed the word, whatever the case, and with quotes or a full stop around it."""
    return _bare(said) == _bare(word)


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(" \t\r\n\u00a0.!\"'«»“”‘’`/").casefold()
