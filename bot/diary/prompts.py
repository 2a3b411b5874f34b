"""When the evening question goes out. Pure: everything due is a column, and `plan` decides.

Laws:
1. At most one prompt per diary day and patient, whatever happens to zones, hours and clocks.
2. The diary day of a prompt is decided when it is planned and carried from then on.
3. A prompt that fell due while the bot was down goes late while its window is open, and else the day is "not asked".
4. At most one follow-up per diary day: the reminder, or instead of it the question that the patient put off.
5. Quiet hours bind reminders, snoozes and late prompts; never the hour that the patient chose. A reminder that
   would fall inside them is dropped, a snooze goes when they are over.
6. On a paused day nothing is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bot.diary import days
from bot.diary.days import Hours, Quiet
from bot.diary.entries import Cause, cause_of
from bot.diary.people import Patient, Reach

ON_TIME_FOR: Final = timedelta(minutes=15)
"""So long after its hour a prompt is on time, and no quiet hours hold it up (ours)."""
MORNING: Final = time(8)
"""When "tomorrow morning" is, unless it is quiet then (ours)."""
_JUST_BEFORE: Final = timedelta.resolution
"""At the instant at which quiet hours begin it is quiet, and a day that closes then is closed."""
LATE_WINDOW: Final = timedelta(hours=3)
"""How long after its hour a prompt still makes sense (ours), where the clinic has set nothing else."""


class Followup(StrEnum):
    """The one more time that a day's question may come."""

    REMINDER = "reminder"
    SNOOZE = "snooze"
    """The patient said "later"; it uses up the reminder."""


class Later(StrEnum):
    """What a patient may say to a question: when else."""

    HALF_HOUR = "30"
    TWO_HOURS = "120"
    MORNING = "morning"
    """Tomorrow morning."""


@dataclass(frozen=True, slots=True)
class Due:
    """The next prompt of a patient, or its follow-up: for which diary day, and when."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a patient wants to hear from us: the hours by the clock of `zone`, the quiet hours by that of `here`.

    `reminder_for`: from a prompt to its reminder; None: no reminder.
    """

    zone: str
    hours: Hours
    quiet: Quiet
    here: str
    reminder_for: timedelta | None

    @classmethod
    def of(cls, patient: Patient) -> Rhythm:
        return cls(patient.zone, patient.hours, patient.quiet, patient.here, reminder_for(patient.reminder_minutes))

    def quiet_at(self, instant: datetime) -> bool:
        return self.quiet.covers(instant, self.here)


def reminder_for(minutes: int) -> timedelta | None:
    """From a prompt to its reminder; None: no reminder."""
    return timedelta(minutes=minutes) if minutes else None


class Outcome(StrEnum):
    SEND = "send"
    FINISHED = "finished"
    """The day was answered, or declined, before its hour."""
    ASKED = "asked"
    """The day already had its prompt."""
    PAUSED = "paused"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a prompt that is due; `cause` only with NOT_ASKED; then the next one."""

    outcome: Outcome
    cause: Cause | None
    next: Due


def first_due(now: datetime, zone: str, hours: Hours, not_before: date | None = None) -> Due:
    """The first evening hour after `now`, from diary day `not_before` on."""
    day = days.day_of(now, zone)
    if not_before is not None:
        day = max(day, not_before)
    while (at := days.at(day, hours.on(day), zone)) <= now:
        day += days.ONE_DAY
    return Due(day, at)


def due_after(day: date, zone: str, hours: Hours) -> Due:
    """The prompt of the day after `day`."""
    following = day + days.ONE_DAY
    return Due(following, days.at(following, hours.on(following), zone))


@lru_cache(maxsize=1_024)
def worth_until(due: Due, rhythm: Rhythm, late_for: timedelta = LATE_WINDOW) -> datetime:
    """The last instant at which a prompt still makes sense.

    That is `late_for` after its hour, while its day is open and until quiet hours begin, which never hold up a prompt
    that is on time (ON_TIME_FOR).
    """
    until = min(due.at + late_for, days.closes_at(due.day, rhythm.zone) - _JUST_BEFORE)
    quiet_from = rhythm.quiet.begins(due.at, rhythm.here)
    return until if quiet_from is None else min(until, max(quiet_from - _JUST_BEFORE, due.at + ON_TIME_FOR))


def plan(
    due: Due,
    rhythm: Rhythm,
    *,
    asked: bool,
    finished: bool,
    paused: bool = False,
    reach: Reach,
    now: datetime,
    reach_since: datetime | None = None,
    late_for: timedelta = LATE_WINDOW,
) -> Plan:
    """Decide about one due prompt of a patient whose day so far was `asked` or is `finished` or `paused`.

    A chat that was lost (at `reach_since`) only after the prompt had become too late is no excuse: the bot was down.
    """
    following = due_after(due.day, rhythm.zone, rhythm.hours)
    if asked:
        return Plan(Outcome.ASKED, None, following)
    if finished:
        return Plan(Outcome.FINISHED, None, following)
    if paused:
        return Plan(Outcome.PAUSED, None, following)
    until = worth_until(due, rhythm, late_for)
    if reach is not Reach.OK and (reach_since is None or reach_since <= until):
        return Plan(Outcome.NOT_ASKED, cause_of(reach), following)
    if now > until:
        return Plan(Outcome.NOT_ASKED, Cause.BOT, following)
    return Plan(Outcome.SEND, None, following)


# --- follow-ups -----------------------------------------------------------------------------------------------


class Step(StrEnum):
    """What to do about a follow-up that is due."""

    SEND = "send"
    WAIT = "wait"
    """Look again later."""
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Followed:
    """`until`: SEND, but not after that instant; WAIT until then; None with DROP."""

    step: Step
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A day whose question may come once more: since when it is on screen (None: it is not), and whether it ever did.

    `finished`: nothing is left to ask. `closes_at`: then the day takes no answer any more.
    """

    day: date
    closes_at: datetime
    sent_at: datetime | None
    finished: bool
    followed_up: bool
    paused: bool


def reminder_at(day: date, sent_at: datetime, rhythm: Rhythm) -> datetime | None:
    """When the reminder of a prompt that went at `sent_at` goes; None: there is none.

    It belongs to the same evening (days.CUT_OFF) and is dropped where it would fall into quiet hours.
    """
    if rhythm.reminder_for is None:
        return None
    at = sent_at + rhythm.reminder_for
    same_evening = days.day_of(at, rhythm.zone) == day
    return at if same_evening and not rhythm.quiet_at(at) else None


def snooze_until(choice: Later, day: date, now: datetime, rhythm: Rhythm, closes_at: datetime) -> datetime | None:
    """When a question of `day` that is put off at `now` comes again, after quiet hours; None: the day closes first."""
    match choice:
        case Later.HALF_HOUR:
            at = now + timedelta(minutes=30)
        case Later.TWO_HOURS:
            at = now + timedelta(hours=2)
        case Later.MORNING:
            at = days.on_date(day + days.ONE_DAY, MORNING, rhythm.here)
    at = rhythm.quiet.ends(at, rhythm.here)
    return at if now < at < closes_at else None


def was_moved(choice: Later, now: datetime, at: datetime) -> bool:
    """Whether quiet hours made it later than the patient asked for."""
    asked_for = {Later.HALF_HOUR: timedelta(minutes=30), Later.TWO_HOURS: timedelta(hours=2)}.get(choice)
    return asked_for is not None and at > now + asked_for


def follow_up(
    kind: Followup, at: datetime, waiting: Waiting, rhythm: Rhythm, *, reach: Reach, now: datetime
) -> Followed:
    """Decide about one follow-up that was due at `at`."""
    if waiting.finished or waiting.followed_up or waiting.paused or reach is not Reach.OK or now >= waiting.closes_at:
        return Followed(Step.DROP)
    if kind is Followup.SNOOZE:
        return _snoozed(waiting, rhythm, now)
    return _reminder(at, waiting, rhythm, now)


def _snoozed(waiting: Waiting, rhythm: Rhythm, now: datetime) -> Followed:
    if rhythm.quiet_at(now):
        awake = rhythm.quiet.ends(now, rhythm.here)
        return Followed(Step.WAIT, awake) if awake < waiting.closes_at else Followed(Step.DROP)
    return Followed(Step.SEND, _before_quiet(waiting.closes_at - _JUST_BEFORE, rhythm, now))


def _reminder(at: datetime, waiting: Waiting, rhythm: Rhythm, now: datetime) -> Followed:
    # A prompt that is still on its way is not reminded of: the reminder counts from when it arrives.
    right = reminder_at(waiting.day, waiting.sent_at or now, rhythm)
    if right is None:
        return Followed(Step.DROP)
    if right > (now if waiting.sent_at is None else max(now, at + ON_TIME_FOR)):
        return Followed(Step.WAIT, right)
    until = min(right + LATE_WINDOW, waiting.closes_at - _JUST_BEFORE)
    if rhythm.quiet_at(now) or now > until or days.day_of(now, rhythm.zone) != waiting.day:
        return Followed(Step.DROP)
    return Followed(Step.SEND, _before_quiet(until, rhythm, now))


def _before_quiet(until: datetime, rhythm: Rhythm, now: datetime) -> datetime:
    begins = rhythm.quiet.begins(now, rhythm.here)
    return until if begins is None else min(until, begins - _JUST_BEFORE)
