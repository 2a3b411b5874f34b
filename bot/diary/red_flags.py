"""Red flags: words that bring the card, and what the patient says to it.

Rules: a match only shows the card. A report is the patient's own tap, and it always counts, however old the button is;
no match, and no "no", ever reassures. Nothing mutes a red flag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import warning_words
from bot.diary.people import PatientId
from bot.diary.sessions import Session, soon_after_needling
from bot.diary.warning_words import Found

UNANSWERED_AFTER: Final = timedelta(minutes=15)
"""So long after a card that nobody answers, the therapists hear of it (ours)."""
FRESH_FOR: Final = UNANSWERED_AFTER
"""A card this young still stands in sight: what comes after it is shown with fewer words."""
ONE_REPORT: Final = UNANSWERED_AFTER
"""The same card reported twice within this is one report."""
LOOK_AGAIN_AFTER: Final = timedelta(minutes=1)
"""So often it is looked at whether an alert has arrived."""
AFTER_NEEDLING_FOR: Final = 3
"""Diary days after a needling in which a cough or a fever brings the card: published cases came 2 hours to 2 days later
(PMC8086747)."""


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


def brings_card(found: Found | None, sessions: Sequence[Session], today: date) -> bool:
    """Whether what was found in a text brings the card, on the diary day `today` of someone treated in `sessions`."""
    if found is not Found.AFTER_NEEDLING:
        return found is not None
    return soon_after_needling(today, sessions, AFTER_NEEDLING_FOR)


find = warning_words.find


class Showing(StrEnum):
    """How a find is shown, given the newest card before it."""

    CARD = "card"
    """The whole card, and a question of its own."""
    AGAIN = "again"
    """A card stands in sight and was answered: a few words, and a question of its own."""
    STILL_OPEN = "still_open"
    """A card stands in sight and its question is open: a few words, with that same question's buttons."""


def showing(newest: RedFlag | None, now: datetime) -> Showing:
    """Cards are not heaped up, and no find passes in silence. A question that is open keeps its hour: words that come
    later never put off that its silence is reported."""
    if newest is None or now - newest.shown_at >= FRESH_FOR:
        return Showing.CARD
    return Showing.STILL_OPEN if newest.answer is None and newest.told_at is None else Showing.AGAIN


class Meaning(StrEnum):
    """What a tap on a card's button means."""

    REPORT = "report"
    """Happening now: therapists hear of it."""
    REPEATED = "repeated"
    """The same report once more: they have heard of it."""
    NO = "no"
    NO_AFTER_SILENCE = "no_after_silence"
    """Therapists were told that nobody answers; now they hear the answer."""
    STANDS = "stands"
    """ "No" to what was reported before: the report stands."""


def meaning(flag: RedFlag | None, said: RedFlagAnswer, now: datetime) -> Meaning:
    """What it means that the patient says this to a card (None: to one that we do not know)."""
    reported = flag is not None and flag.answer is RedFlagAnswer.NOW
    if said is RedFlagAnswer.NOW:
        recent = flag is not None and flag.answered_at is not None and now - flag.answered_at < ONE_REPORT
        return Meaning.REPEATED if reported and recent else Meaning.REPORT
    if reported:
        return Meaning.STANDS
    silent = flag is not None and flag.answer is None and flag.told_at is not None
    return Meaning.NO_AFTER_SILENCE if silent else Meaning.NO


class Delivery(StrEnum):
    """What became of an alert that was sent to one or more therapists."""

    NONE_SENT = "none_sent"
    """There was nobody to send it to."""
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    """At one of them at least."""
    LOST = "lost"


def delivery(waiting: int, arrived: int, lost: int) -> Delivery:
    """By how many of the messages fared so."""
    if arrived:
        return Delivery.ARRIVED
    if waiting:
        return Delivery.UNDER_WAY
    return Delivery.LOST if lost else Delivery.NONE_SENT
