"""What a patient is asked about who sees the diary: another therapist as well, a stand-in, a hand-over, a new one.

Laws:
1. Nobody sees more without the patient's own yes, and that yes is to one therapist by name.
2. A question counts once, and only while what it asks is still so: `Still` says what has become of it.
3. The same is not asked again within ASK_AGAIN_AFTER, whatever was answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.diary.people import PatientId, TherapistId

OfferId = NewType("OfferId", int)

ASK_AGAIN_AFTER: Final = timedelta(days=7)
"""Ours: a patient who said no, or nothing, is left alone for a week."""
LONGEST_HOLIDAY: Final = timedelta(days=92)
"""Ours: whoever is away for longer hands the diaries over."""


class Kind(StrEnum):
    """What the patient is asked."""

    COLLEAGUE = "colleague"
    """Shall another therapist see the diary as well?"""
    DEPUTY = "deputy"
    """Shall one see it up to a day, while the own one is away?"""
    HAND_OVER = "hand_over"
    """Shall one see it instead of the own one?"""
    LEFT = "left"
    """The own one has left the clinic: who shall see it now?"""


@dataclass(frozen=True, slots=True)
class Offer:
    """One question. `to_id` None: no one yet. `first_day`, `until_day`: only of a stand-in."""

    id: OfferId
    patient_id: PatientId
    kind: Kind
    from_id: TherapistId
    to_id: TherapistId | None
    first_day: date | None
    until_day: date | None
    asked_at: datetime
    answered_at: datetime | None
    given: bool | None


class Still(StrEnum):
    """Whether a question still counts, and if not, why."""

    OPEN = "open"
    ANSWERED = "answered"
    OVER = "over"
    """What it was about is over, or was taken back."""


def still(offer: Offer, *, from_sees: bool, to_works: bool, ended: bool) -> Still:
    """`from_sees`: whether who asks sees the diary; `to_works`: whether the other one is a therapist of the clinic;
    `ended`: whether the time of a stand-in is over, or was ended."""
    if offer.answered_at is not None:
        return Still.ANSWERED
    if offer.kind is Kind.LEFT:
        return Still.OPEN if to_works else Still.OVER
    return Still.OPEN if from_sees and to_works and not ended else Still.OVER


def asked_lately(earlier: Sequence[Offer], wanted: Offer, now: datetime) -> Offer | None:
    """The newest question that asked the same within the last week; None: it may be asked."""
    same = [
        it
        for it in earlier
        if (it.kind, it.to_id, it.until_day) == (wanted.kind, wanted.to_id, wanted.until_day)
        and now - (it.answered_at or it.asked_at) < ASK_AGAIN_AFTER
    ]
    return max(same, key=lambda it: it.asked_at, default=None)


def called_off(offer: Offer, *, stands: bool, last_word: bool) -> bool:
    """Whether a stand-in that the patient said yes to was ended by the therapist: then the same may be asked anew.

    `stands`: whether the deputy's yes still stands; `last_word`: the patient's latest yes or no to that deputy.
    """
    return offer.kind is Kind.DEPUTY and offer.given is True and last_word and not stands


@dataclass(frozen=True, slots=True)
class StandIn:
    """The time for which a patient said yes to a deputy, the end not included; `until_day`: as it is told."""

    since: datetime
    ends_at: datetime
    until_day: date


def together(times: Collection[StandIn]) -> StandIn:
    """The time of a deputy for several therapists who are away: from the first beginning on, up to the first gap.

    What comes after a gap is left out: nobody said yes to the days in it.
    """
    whole, *later = sorted(times, key=lambda it: it.since)
    for one in later:
        if whole.ends_at < one.since:
            break
        if whole.ends_at < one.ends_at:
            whole = StandIn(whole.since, one.ends_at, one.until_day)
    return whole


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the questions about a holiday."""

    yes: int
    no: int
    open: int

    @property
    def asked(self) -> int:
        return self.yes + self.no + self.open


def tally(offers: Sequence[Offer], standing: Collection[PatientId]) -> Tally:
    """Count the answers, one of each patient. `standing`: whose yes still stands; one that was stopped is a no."""
    unanswered = sum(it.answered_at is None for it in offers)
    yes = sum(it.given is True and it.patient_id in standing for it in offers)
    return Tally(yes, len(offers) - yes - unanswered, unanswered)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A therapist is away from `first_day` up to and with `until_day`, and `deputy_id` stands in."""

    deputy_id: TherapistId
    first_day: date
    until_day: date

    def is_over(self, today: date) -> bool:
        return today > self.until_day


def is_holiday(first_day: date, until_day: date, today: date) -> bool:
    """Whether somebody may be away from one day to the other: not in the past, and not for too long."""
    return today <= first_day <= until_day <= first_day + LONGEST_HOLIDAY and first_day - today <= LONGEST_HOLIDAY
