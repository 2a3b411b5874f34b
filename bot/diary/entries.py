"""Scores, items and diary days.

Laws:
1. A score is a whole number from 0 to 10 for one item on one diary day. Zero is an answer.
2. Every value is kept; of one item and day the newest that was not withdrawn counts.
3. A skipped item is a row without a value: it is answered, and it never enters a mean.
4. The state of a day is derived from its rows, never stored, so it cannot disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.diary import days
from bot.diary.people import Patient, PatientId, Reach

ItemId = NewType("ItemId", int)

LOWEST: Final = 0
HIGHEST: Final = 10
"""The 11-point numeric rating scale: 0 none, 10 worst possible (NCT01474772, NCT01604265, NCT04367480)."""


LATE_AFTER: Final = timedelta(minutes=5)
"""A reply that may have waited longer than this is marked "received late by the bot" (ours)."""
KEPT_BY_TELEGRAM: Final = timedelta(hours=24)
"""How long replies wait for us while we are away (core.telegram.org/bots/api, "Getting updates")."""


class Symptom(StrEnum):
    """What can be asked. Never added up with one another (NCT04367480: they move apart)."""

    BURNING = "burning"
    TINGLING = "tingling"
    PAIN = "pain"
    NUMBNESS = "numbness"
    SLEEP = "sleep"


DEFAULT_SYMPTOMS: Final = (Symptom.BURNING, Symptom.TINGLING, Symptom.PAIN)


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


Rest = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Item:
    """A symptom, with a body site and side where it has one, followed from `added_day` up to `ended_day` (excluded).

    `rests`: from a day up to another (excluded), in order: it had been ended, and was taken up again.
    """

    id: ItemId
    symptom: Symptom
    site: str | None
    side: Side | None
    position: int
    added_day: date
    ended_day: date | None = None
    rests: tuple[Rest, ...] = ()

    def asked_on(self, day: date) -> bool:
        if day < self.added_day or (self.ended_day is not None and day >= self.ended_day):
            return False
        return not self.rests or not any(begin <= day < end for begin, end in self.rests)


@dataclass(frozen=True, slots=True)
class Score:
    """One value of one item on one diary day, as entered at one instant; `value` None: skipped."""

    item_id: ItemId
    day: date
    value: int | None
    entered_at: datetime
    waited_since: datetime | None = None
    """Only of a reply that the bot received late: it was entered between then and `entered_at`."""
    imported: bool = False
    """Kept elsewhere: nobody knows when it was entered, and `entered_at` is when it was brought in."""


class DayState(StrEnum):
    """What became of a planned day: exactly one of these, OPEN until it closes."""

    OPEN = "open"
    COMPLETE = "complete"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    PAUSED = "paused"
    MISSED = "missed"
    NOT_ASKED = "not_asked"


class Cause(StrEnum):
    """Why a day was not asked. Only BOT is called our fault."""

    BOT = "bot"
    BLOCKED = "blocked"
    GONE = "gone"


def cause_of(reach: Reach) -> Cause | None:
    """Why a chat that stands so can't be asked; None: it can."""
    return {Reach.BLOCKED: Cause.BLOCKED, Reach.GONE: Cause.GONE}.get(reach)


@dataclass(frozen=True, slots=True)
class Day:
    """One planned diary day of one patient.

    `intended_at`, `sent_at`, `answered_at`: when its prompt was due, arrived at Telegram, and was first
    answered. `closes_at`: from then on it takes no score. `declined_at`: the patient said "not today".
    `snoozed_at`: the patient said "later". `reminded_at`: the question went out once more, as a reminder or snoozed.
    `not_asked`: set when no prompt went out, with the cause. With `sent_at` as well the prompt did arrive, but the
    bot was away for so long that an answer may be lost (`lost_between`). `imported_at`: the day was kept elsewhere and
    brought in then; the bot never asked about it, and it takes no score any more.
    """

    patient_id: PatientId
    day: date
    zone: str
    closes_at: datetime
    intended_at: datetime | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    declined_at: datetime | None = None
    not_asked: Cause | None = None
    paused: bool = False
    snoozed_at: datetime | None = None
    reminded_at: datetime | None = None
    imported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    day: date
    text: str
    written_at: datetime


def newest(scores: Iterable[Score]) -> dict[tuple[date, ItemId], Score]:
    """The score that counts for each day and item: the one entered last."""
    found: dict[tuple[date, ItemId], Score] = {}
    for score in scores:
        key = (score.day, score.item_id)
        if key not in found or score.entered_at >= found[key].entered_at:
            found[key] = score
    return found


def was_planned(day: Day) -> bool:
    """Whether the day counts at all: it was to be asked, or something was answered, be it elsewhere. A look at it alone
    is nothing."""
    marks = (day.intended_at, day.answered_at, day.declined_at, day.not_asked, day.imported_at)
    return any(it is not None for it in marks) or day.paused


def can_be_put_off(day: Day) -> bool:
    """Whether the question of a day that is open can come once more: it was asked, and has not done so yet."""
    return day.intended_at is not None and day.not_asked is None and not day.paused and day.reminded_at is None


def is_open(day: Day, now: datetime) -> bool:
    """Whether the day still takes scores."""
    return now < day.closes_at


def entered_late(score: Score, zone: str) -> bool:
    """Whether a score was entered on a later diary day than the one it is about, in the `zone` that day was planned in.

    One that waited for us counts from when it may have been entered: our being away makes nobody late. One that was
    kept elsewhere is never called late.
    """
    return not score.imported and days.day_of(score.waited_since or score.entered_at, zone) > score.day


class PastDay(StrEnum):
    """What can be done about a day that is over."""

    BEFORE = "before"
    """The diary had not begun."""
    OPEN = "open"
    CLOSED = "closed"
    """It takes a note, and no score."""


def first_day(patient: Patient) -> date:
    """The first diary day of a patient who has been enrolled: that of the first question, or of the enrolment itself
    where that was earlier."""
    begun = date.max if patient.enrolled_at is None else days.day_of(patient.enrolled_at, patient.zone)
    return min(patient.enrolled_day or begun, begun)


def past_day(planned: Day | None, day: date, patient: Patient, now: datetime) -> PastDay:
    """What can be done about `day`, planned or not. Paused and not asked ones can be filled in like any other."""
    if planned is None and day < first_day(patient):
        return PastDay.BEFORE
    closes_at = planned.closes_at if planned is not None else days.closes_at(day, patient.zone)
    return PastDay.OPEN if now < closes_at else PastDay.CLOSED


def takes_note(planned: Day | None, day: date, patient: Patient, now: datetime) -> bool:
    """Whether a note can be about `day`: one of the diary's days, however long ago, and none to come."""
    return day <= days.day_of(now, patient.zone) and past_day(planned, day, patient, now) is not PastDay.BEFORE


def missing(items: Sequence[Item], day: date, counted: Mapping[tuple[date, ItemId], Score]) -> list[Item]:
    """The items still to be asked on `day`, in the order asked: neither scored nor skipped."""
    return [item for item in items if item.asked_on(day) and (day, item.id) not in counted]


def state(day: Day, items: Sequence[Item], counted: Mapping[tuple[date, ItemId], Score], now: datetime) -> DayState:
    """What became of `day`, given what counts for it and the present instant.

    A day that is finished is called so before it closes; an unfinished one is OPEN until then. One whose prompt never
    arrived is not missed: nobody was asked.
    A day "not asked" in which the patient answered all the same has its answers counted. One whose answer we may have
    lost (`may_be_lost`) is "not asked" as well.
    """
    asked = [item for item in items if item.asked_on(day.day)]
    answers = [counted[day.day, item.id].value for item in asked if (day.day, item.id) in counted]
    scored = sum(value is not None for value in answers)
    if asked and scored == len(asked):
        return DayState.COMPLETE
    unfinished = len(answers) < len(asked) and day.declined_at is None
    if unfinished and (day.sent_at is not None or answers) and is_open(day, now):
        return DayState.OPEN
    if scored:
        return DayState.PARTIAL
    if day.declined_at is not None or answers:
        return DayState.SKIPPED
    if day.paused:
        return DayState.PAUSED
    if day.not_asked is not None:
        return DayState.NOT_ASKED
    if is_open(day, now):
        return DayState.OPEN
    return DayState.NOT_ASKED if day.sent_at is None else DayState.MISSED


def received_late(now: datetime, since: datetime) -> datetime | None:
    """The instant from which a reply may have waited for us, where that is worth writing down; None: it is new."""
    return since if now - since > LATE_AFTER else None


def lost_between(last_poll: datetime, now: datetime) -> tuple[datetime, datetime] | None:
    """The interval whose replies nobody will ever see, because Telegram no longer had them when we came back at
    `now`; None: we were not away for so long.

    A day that was asked, was open then, and has no answer is not called missed: we can't know. Of the states of a day
    "not asked" by our fault is the one that is never held against the patient.
    """
    gone_before = now - KEPT_BY_TELEGRAM
    return (last_poll, gone_before) if last_poll < gone_before else None


def may_be_lost(day: Day) -> bool:
    """Whether the prompt arrived, and an answer to it may have been lost by us."""
    return day.not_asked is Cause.BOT and day.sent_at is not None


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that still takes scores: whether it was asked, and whether something of it is unanswered.

    `shown`: its bubble's number in the order in which bubbles came; 0: it has none.
    """

    day: date
    asked: bool
    unfinished: bool
    shown: int = 0


def target(open_days: Sequence[OpenDay], today: date, replied: date | None) -> date:
    """The diary day that typed scores are for: the day of the bubble they reply to, else of the open and unfinished
    days the one whose question came last, asked or looked up, else today."""
    if replied is not None:
        return replied
    open_questions = [it for it in open_days if it.unfinished and (it.asked or it.shown)]
    return max(open_questions, key=lambda it: (it.shown, it.day)).day if open_questions else today
