"""Who may see whose diary: a therapist, while the patient's yes to that therapist stands.

Rule: `may_see` is the one place that says so, and storage/sharing.py asks the same of the rows. A stand-in's yes has an
end from the start, so that nothing has to happen for it to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.diary import days
from bot.diary.people import PatientId, TherapistId


@dataclass(frozen=True, slots=True)
class Share:
    """A patient's yes to one therapist; `label` is the therapist's own name or code for the patient.

    `since` and `ended_at` may lie ahead: of a therapist who stands in for another one, up to the end of `until_day`.
    """

    patient_id: PatientId
    therapist_id: TherapistId
    label: str
    since: datetime
    ended_at: datetime | None = None
    until_day: date | None = None


def may_see(share: Share | None, now: datetime) -> bool:
    """Whether the therapist of this share may see the diary now."""
    return share is not None and share.since <= now and stands(share, now)


def stands(share: Share | None, now: datetime) -> bool:
    """Whether the yes was not ended; it may be one for a time that is still to come."""
    return share is not None and (share.ended_at is None or now < share.ended_at)


def begins_at(first_day: date, zone: str, now: datetime) -> datetime:
    """When a stand-in's yes begins to hold: at the start of its first day, by the clock of who is away."""
    return max(now, days.on_date(first_day, time(0), zone))


def ends_at(until_day: date, zone: str) -> datetime:
    """And when it ends: with the end of its last day by that clock."""
    return days.on_date(until_day + days.ONE_DAY, time(0), zone)
