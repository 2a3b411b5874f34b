"""Who saw what: everything that a therapist sees of a diary or does with it is written down, for the patient to read.

Law: an entry is added in the transaction of what it tells of. None is ever changed, and none goes before its patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import days
from bot.diary.people import PatientId, TherapistId

MOST: Final = 2_000
"""Entries that are read for the patient's list: months of them. All are in the copy of everything."""

ONE_LOOK: Final = timedelta(minutes=10)
"""Ours: pages that a therapist turns within this time of the one before are one look."""


class What(StrEnum):
    """What a therapist saw or did."""

    PANEL = "panel"
    """Their line in the list of all patients."""
    DIGEST = "digest"
    """Their week in the summary of all patients."""
    CARD = "card"
    """The chart and the numbers."""
    NOTES = "notes"
    COURSE = "course"
    """Before and after treatment."""
    SHEET = "sheet"
    EXPORT = "export"
    SESSION = "session"
    """A treatment was logged."""
    SESSION_CHANGED = "session_changed"
    SESSION_DELETED = "session_deleted"
    TREATMENTS = "treatments"
    """The list of treatments."""
    ASKED = "asked"
    """What is asked."""
    ITEMS = "items"
    """What is asked was changed."""
    RENAMED = "renamed"
    LIMITS = "limits"
    """When an alert is raised was changed."""
    REPORTED = "reported"
    """They were told of a treatment that the patient reported."""
    ALERT = "alert"
    """An alert reached them."""
    SIGNS = "signs"
    """They were told that the list of warning signs was shown, and what became of it."""
    ALERT_SEEN = "alert_seen"
    WILL_CALL = "will_call"
    ALERT_NOTE = "alert_note"


OF_TREATMENTS: Final = (What.TREATMENTS, What.SESSION, What.SESSION_CHANGED, What.SESSION_DELETED)
OF_ASKED: Final = (What.ASKED, What.ITEMS)
"""What belongs to one look at the treatments, and at what is asked."""


@dataclass(frozen=True, slots=True)
class Access:
    """One entry of the log: who, by id and by the name that patients know, what, and when."""

    therapist_id: TherapistId
    therapist: str
    what: What
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What one message to a therapist shows, for the log once it is delivered."""

    therapist_id: TherapistId
    what: What
    patients: tuple[PatientId, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What one therapist did on one day of the patient, `count` times; `at`: the last time, by the patient's clock."""

    therapist: str
    what: What
    at: datetime
    count: int


def drawn_together(newest_first: Sequence[Access], zone: str) -> list[Line]:
    """The log as it is read: equal entries of one day are one line, at the place of the newest."""
    lines: dict[tuple[object, ...], Line] = {}
    for entry in newest_first:
        at = days.local(entry.at, zone)
        key = (at.date(), entry.therapist_id, entry.what)
        before = lines.get(key)
        if before is None:
            lines[key] = Line(entry.therapist, entry.what, at, 1)
        else:
            lines[key] = Line(before.therapist, before.what, before.at, before.count + 1)
    return list(lines.values())
