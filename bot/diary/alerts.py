"""Red flags: words that bring the card, and what the patient says to it.

Rules: a match only shows the card. A report is the patient's own tap; no match, and no "no", ever reassures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.diary.people import PatientId

UNANSWERED_AFTER: Final = timedelta(minutes=15)
"""So long after a card that nobody answers, the therapists hear of it (ours)."""


class RedFlagAnswer(StrEnum):
    """What the patient said to a card that their words brought up."""

    NOW = "now"
    """This is happening now: a report."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A card that was shown because of a patient's words; `due_at`: when its silence is reported."""

    id: int
    patient_id: PatientId
    shown_at: datetime
    due_at: datetime | None
    answer: RedFlagAnswer | None
    answered_at: datetime | None
    told_at: datetime | None
