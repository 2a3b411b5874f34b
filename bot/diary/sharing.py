"""Who may see whose diary: a therapist, while the patient's yes to that therapist stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.diary.people import PatientId, TherapistId


@dataclass(frozen=True, slots=True)
class Share:
    """A patient's yes to one therapist; `label` is the therapist's own name or code for the patient."""

    patient_id: PatientId
    therapist_id: TherapistId
    label: str
    since: datetime
    ended_at: datetime | None = None


def may_see(share: Share | None) -> bool:
    """Whether the therapist of this share may see the diary now."""
    return share is not None and share.ended_at is None
