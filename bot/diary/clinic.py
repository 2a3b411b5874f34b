"""The clinic in numbers, as its admin reads them: counts, and never a row of a diary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the bot stands. `asked` and `answered`: questions since the day of the clinic began; `undelivered_alerts`:
    those of the last days that reached no therapist; `unreachable`: chats that Telegram does not let us write to."""

    therapists: int
    patients: int
    paused: int
    asked: int
    answered: int
    prompts_waiting: int
    digests_waiting: int
    outbox: int
    inbox: int
    parked: int
    undelivered_alerts: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class File:
    """The diary's file on the disk, in bytes; None where it can't be said."""

    size: int
    free: int | None
    last_backup: date | None
    version: str
