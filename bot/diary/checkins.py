"""The check-in after needling: when it is due, what may be answered, when it goes with the evening question.

Laws:
1. Only needling is followed by check-ins: at 24 hours, and at 48 too where the trunk or the neck was needled.
2. A moment that has passed already is not made up for, and no moment is asked about twice for one session.
3. Within an hour of the evening question, before or after, the check-in comes in the same message.
   Those of several sessions that fall within an hour of each other are one question, with one answer.
4. A warning sign that was reported stays reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.diary.people import Reach, Stage
from bot.diary.prompts import Rhythm
from bot.diary.sessions import Session, SessionId

CheckinId = NewType("CheckinId", int)

FIRST_AFTER: Final = 24
SECOND_AFTER: Final = 48
"""Hours. Published cases of lung injury came 2 hours to 2 days after needling (PMC8086747)."""
NEAR_THE_LUNGS: Final = frozenset({"back", "neck", "chest", "shoulder", "other"})
"""Sites that count as trunk or neck. The second check-in asks about the lungs, whose tips reach above the collar bones:
so a shoulder counts, and a place without a name, which may be any (ours)."""
JOINS_WITHIN: Final = timedelta(hours=1)
LATE_FOR: Final = timedelta(hours=12)
"""After an outage a check-in still makes sense for so long, unless the next one is due by then (ours)."""


class Feeling(StrEnum):
    """What a patient says to a check-in; from CHEST_PAIN on a warning sign of the clinic's card."""

    NOTHING = "nothing"
    SORE = "sore"
    CHEST_PAIN = "chest_pain"
    BREATHLESS = "breathless"
    COUGH = "cough"
    REDNESS = "redness"
    FEVER = "fever"
    WEAKNESS = "weakness"

    @property
    def warns(self) -> bool:
        return self in WARNING_SIGNS


WARNING_SIGNS: Final = (
    Feeling.CHEST_PAIN,
    Feeling.BREATHLESS,
    Feeling.COUGH,
    Feeling.REDNESS,
    Feeling.FEVER,
    Feeling.WEAKNESS,
)


@dataclass(frozen=True, slots=True)
class Checkin:
    """One question after a session. `for_at`: so many hours after it. `due_at`: when it is looked at next; None: it was
    asked, or there is nothing to ask. `joined_day`: the diary day whose evening question it came with."""

    id: CheckinId
    session_id: SessionId
    session_day: date
    after_hours: int
    for_at: datetime
    due_at: datetime | None
    asked_at: datetime | None = None
    joined_day: date | None = None
    answer: Feeling | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When to ask about a session, as far as nothing stands in the way."""

    after_hours: int
    at: datetime


def moments(session: Session, held_at: datetime, now: datetime, asked: Collection[int] = ()) -> list[Moment]:
    """The check-ins that a session still brings at `now`; `asked`: hours at which it was asked about before."""
    if not session.needled:
        return []
    found = [Moment(hours, held_at + timedelta(hours=hours)) for hours in hours_of(session) if hours not in asked]
    return [moment for moment in found if moment.at > now]


def hours_of(session: Session) -> tuple[int, ...]:
    """After how many hours needling is asked about. Where no place is known it may have been the trunk (ours)."""
    near = not session.places or any(place.site in NEAR_THE_LUNGS for place in session.places)
    return (FIRST_AFTER, SECOND_AFTER) if near else (FIRST_AFTER,)


class Step(StrEnum):
    """What to do about a check-in that is looked at."""

    ASK = "ask"
    WAIT = "wait"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Evening:
    """The evening question as far as a check-in has to know of it.

    `next_at`: when the next one comes, None: none will (a pause, or the day is answered already). `asked_at`: when the
    newest one went out. `again_at`: when that one comes once more, as a reminder or since it was put off.
    """

    next_at: datetime | None
    asked_at: datetime | None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """`until`: when to look again; None unless the step is WAIT."""

    step: Step
    until: datetime | None = None


def joins(at: datetime, evening_at: datetime) -> bool:
    """Whether a check-in for `at` goes with the question of that evening."""
    return abs(at - evening_at) <= JOINS_WITHIN


def plan(checkin: Checkin, evening: Evening, rhythm: Rhythm, stage: Stage, reach: Reach, now: datetime) -> Planned:
    """Decide about a check-in that is due at `now` and did not go with an evening question.

    Quiet hours move it to their end: it is a routine question. Who has left, or can't be reached, is not asked.
    """
    at = rhythm.quiet.ends(checkin.for_at, rhythm.here)
    following = checkin.for_at + timedelta(hours=SECOND_AFTER - FIRST_AFTER)
    if stage is not Stage.ACTIVE or reach is not Reach.OK or now > at + LATE_FOR or now >= following:
        return Planned(Step.DROP)
    if now < at:
        return Planned(Step.WAIT, at)
    if evening.next_at is not None and now < evening.next_at and joins(now, evening.next_at):
        return Planned(Step.WAIT, evening.next_at)
    if evening.asked_at is not None and now < evening.asked_at + JOINS_WITHIN:
        # The evening question went out before it was known that there is something to join.
        return Planned(Step.WAIT, evening.asked_at + JOINS_WITHIN)
    if rhythm.quiet_at(now):
        return Planned(Step.WAIT, rhythm.quiet.ends(now, rhythm.here))
    return Planned(Step.ASK)


def joining(checkins: Sequence[Checkin], rhythm: Rhythm, evening_at: datetime) -> list[Checkin]:
    """Those that come with the question of that evening, the earliest first: by their own time, or by the end of the
    quiet hours that they wait for."""
    return [
        one
        for one in sorted(checkins, key=lambda one: (one.for_at, one.id))
        if one.due_at is not None
        and (joins(one.for_at, evening_at) or joins(rhythm.quiet.ends(one.for_at, rhythm.here), evening_at))
    ]


class Taken(StrEnum):
    """What an answer to a check-in means."""

    STORED = "stored"
    REPORT = "report"
    """A warning sign: at once to everybody whom it concerns."""
    REPEATED = "repeated"
    """The same warning sign was reported with this check-in already."""
    STANDS = "stands"
    """A warning sign was reported before; a calmer answer does not take that back."""


def taken(checkin: Checkin, feeling: Feeling) -> Taken:
    """What it means that this is answered now."""
    if feeling.warns:
        return Taken.REPEATED if checkin.answer is feeling else Taken.REPORT
    if checkin.answer is not None and checkin.answer.warns:
        return Taken.STANDS
    return Taken.STORED


def open_on(checkins: Sequence[Checkin], day: date) -> tuple[Checkin, ...]:
    """The check-ins still to be answered in the evening question of `day`, the earliest first: one question."""
    waiting = (one for one in checkins if one.joined_day == day and one.answer is None)
    return tuple(sorted(waiting, key=lambda one: (one.for_at, one.id)))


def taken_along(
    asked: Checkin,
    waiting: Iterable[Checkin],
    next_evening: Callable[[datetime], datetime | None],
    rhythm: Rhythm,
    now: datetime,
) -> list[Checkin]:
    """Those of other sessions that are asked in the same message as one that is asked at `now`, the earliest first:
    all that would come within an hour of it, but for those that go with an evening question.

    `next_evening`: the evening question that one of that instant would go with.
    """
    found = []
    for one in sorted(waiting, key=lambda one: (one.for_at, one.id)):
        at = max(now, rhythm.quiet.ends(one.for_at, rhythm.here))
        if one.id == asked.id or not joins(at, now):
            continue
        if plan(one, Evening(next_evening(at), None), rhythm, Stage.ACTIVE, Reach.OK, at).step is Step.ASK:
            found.append(one)
    return found


def days_of(checkins: Iterable[Checkin]) -> tuple[date, ...]:
    """The days of the sessions that one question asks about, each once."""
    return tuple(sorted({one.session_day for one in checkins}))
