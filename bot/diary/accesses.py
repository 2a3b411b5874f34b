"""Who saw what: everything that a therapist sees of a diary or does with it is written down, for the patient to read.

Law: an entry is added in the transaction of what it tells of. None is ever changed, and none goes before its patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.diary.people import TherapistId


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
    ITEMS = "items"
    """What is asked was changed."""
    RENAMED = "renamed"
    LIMITS = "limits"
    """When an alert is raised was changed."""
    ALERT = "alert"
    """An alert reached them."""
    ALERT_SEEN = "alert_seen"
    WILL_CALL = "will_call"
    ALERT_NOTE = "alert_note"


@dataclass(frozen=True, slots=True)
class Access:
    """One entry of the log: who, by id and by the name that patients know, what, and when."""

    therapist_id: TherapistId
    therapist: str
    what: What
    at: datetime
