"""Treatment sessions, and the baseline that the first of them sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from bot.diary.entries import Side

SessionId = NewType("SessionId", int)


class Kind(StrEnum):
    NEEDLING = "needling"
    NEEDLING_STIMULATION = "needling_stimulation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Session:
    """One treatment session, on the patient's local date `day`."""

    id: SessionId
    day: date
    kind: Kind
    site: str | None
    side: Side | None
    logged_at: datetime
