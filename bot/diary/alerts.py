"""Alert rules: two adjacent diary days of one item that therapists should see at once.

Laws:
1. A pair alerts where both days lie `rise` or more above the mean of the seven days before the first of them, or where
   both reach `high` and that mean lies below it. Without a mean (fewer than MIN_SCORES scores) nothing alerts.
2. A pair whose second day is the day of a needling or one of the SORE_FOR days after it is marked, and does not alert.
3. At most one alert per item in QUIET_FOR. What was only marked silences nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.diary.days import ONE_DAY
from bot.diary.entries import ItemId
from bot.diary.people import PatientId, TherapistId
from bot.diary.sessions import SEVEN_DAYS, Session, mean, reaches, soon_after_needling

RISE: Final = 2
"""Points above the usual: 0.04 alerts per patient-week in 48 back-pain diaries (own calculation)."""
HIGH: Final = 7
"""Patients and clinicians rank days at this first (10.1016/j.jpain.2020.08.003)."""
RISES: Final = (1, 2, 3, 4)
HIGHS: Final = (6, 7, 8, 9)
"""What a therapist can choose for one patient instead (ours)."""
SORE_FOR: Final = 3
"""Diary days after a needling in which soreness is expected (10.3233/BMR-150630, PMC5106437)."""
QUIET_FOR: Final = timedelta(days=7)
"""One alert per item in so many days (ours)."""

Scored = Mapping[date, int]
"""The scores of one item by diary day; skips and gaps left out."""


class Rule(StrEnum):
    """Which rule a pair meets."""

    ROSE = "rose"
    """Also where it enters as well: the rise says more."""
    ENTERED = "entered"


@dataclass(frozen=True, slots=True)
class Limits:
    """`rise`: points above the usual; `high`: the score that is high."""

    rise: int = RISE
    high: int = HIGH


USUAL: Final = Limits()
"""Those of everybody who has none of their own."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A pair that meets a rule. `usual`: the unrounded mean of the `n` scores in the seven days before `first`."""

    rule: Rule
    first: date
    scores: tuple[int, int]
    usual: float
    n: int
    after_session: bool

    @property
    def second(self) -> date:
        return self.first + ONE_DAY


def judge(scored: Scored, first: date, limits: Limits, sessions: Sequence[Session] = ()) -> Raised | None:
    """The pair of `first` and the day after it; None where it meets no rule."""
    found = usual_before(scored, first)
    if found is None:
        return None
    usual, n = found
    met = rules_met(scored, first, usual, limits)
    if not met:
        return None
    second = first + ONE_DAY
    return Raised(met[0], first, (scored[first], scored[second]), usual, n, sore(second, sessions))


def usual_before(scored: Scored, day: date) -> tuple[float, int] | None:
    """The unrounded mean of the seven days before `day`, and of how many scores it is; None of too few."""
    before = [scored[one] for offset in range(1, SEVEN_DAYS.days + 1) if (one := day - offset * ONE_DAY) in scored]
    usual = mean(before)
    return None if usual is None else (usual, len(before))


def rules_met(scored: Scored, first: date, usual: float, limits: Limits) -> tuple[Rule, ...]:
    """The rules that `first` and the day after it meet together, the one that says most before the other."""
    second = first + ONE_DAY
    if first not in scored or second not in scored:
        return ()
    lower = min(scored[first], scored[second])
    rose = reaches(lower - usual, limits.rise)
    entered = lower >= limits.high and not reaches(usual, limits.high)
    return tuple(rule for rule, met in ((Rule.ROSE, rose), (Rule.ENTERED, entered)) if met)


def sore(day: date, sessions: Iterable[Session]) -> bool:
    """Whether soreness is expected on a day: only needling makes sore."""
    return soon_after_needling(day, sessions, SORE_FOR)


def replay(scored: Scored, limits: Limits, sessions: Sequence[Session] = ()) -> tuple[Raised, ...]:
    """Run the rules over one item day by day: the pairs that alert, and those that are marked "after session"."""
    found: list[Raised] = []
    alerted: date | None = None
    for first in sorted(scored):
        raised = judge(scored, first, limits, sessions)
        if raised is None:
            continue
        if raised.after_session:
            found.append(raised)
        elif alerted is None or raised.second >= alerted + QUIET_FOR:
            found.append(raised)
            alerted = raised.second
    return tuple(found)


# --- what becomes of them -----------------------------------------------------------------------------------------

JUDGED_AFTER: Final = timedelta(minutes=10)
"""So long after the last change of a day the rules look at it: whoever corrects a slip at once alarms nobody."""

AlertId = NewType("AlertId", int)


class Act(StrEnum):
    """What was done about an alert, by which therapist."""

    TOLD = "told"
    """It was sent to them."""
    CALLED_URGENT = "called_urgent"
    """They were told that the patient calls it urgent."""
    REMINDED = "reminded"
    """It was brought to their mind."""
    HINTED = "hinted"
    """As a deputy who may not see the diary they were told that there is one."""
    SEEN = "seen"
    WILL_CALL = "will_call"
    NOTE = "note"


ANSWERS: Final = (Act.SEEN, Act.WILL_CALL, Act.NOTE)
"""An alert with one of these, by anybody, is open no more."""


class Pressing(StrEnum):
    """What the patient says: urgent, or can it wait for the next visit?"""

    URGENT = "urgent"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Alert:
    """What therapists are to see. `day`: the diary day that raised it; `due_at`: when it is looked at again."""

    id: AlertId
    patient_id: PatientId
    day: date
    red_flag_id: int | None
    checkin_id: int | None
    raised_at: datetime
    urgency: Pressing | None
    urgency_at: datetime | None
    withdrawn_at: datetime | None
    undelivered_at: datetime | None
    due_at: datetime | None
    bubble_id: int | None
    """The question to the patient."""

    @property
    def red_flag(self) -> bool:
        return self.red_flag_id is not None or self.checkin_id is not None


@dataclass(frozen=True, slots=True)
class Done:
    """One act: by whom, by the name that patients know, and when."""

    therapist_id: TherapistId
    therapist: str
    act: Act
    text: str | None
    at: datetime
    outbox_id: int | None = None
    bubble_id: int | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """One item of an alert. `limit`: the points, or the score, of the rule as it was when it was met."""

    item_id: ItemId
    rule: Rule
    first: date
    scores: tuple[int, int]
    usual: float
    n: int
    limit: int

    @property
    def second(self) -> date:
        return self.first + ONE_DAY


def noticed(item_id: ItemId, raised: Raised, limits: Limits) -> Noticed:
    limit = limits.rise if raised.rule is Rule.ROSE else limits.high
    return Noticed(item_id, raised.rule, raised.first, raised.scores, raised.usual, raised.n, limit)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look at a pair of days changes: items that alert, or with other figures, and items that do no more."""

    put: tuple[Noticed, ...]
    gone: tuple[ItemId, ...]


def compare(
    found: Mapping[ItemId, Raised | None],
    standing: Mapping[ItemId, Noticed],
    silent: Collection[ItemId],
    limits: Limits,
) -> Judged:
    """The pair as it is now against the alert that stands of it. `silent`: items of another alert within QUIET_FOR.

    What was only logged later, a needling, takes no alert back.
    """
    put = [
        noticed(item, raised, limits)
        for item, raised in found.items()
        if raised is not None and not raised.after_session and (item in standing or item not in silent)
    ]
    gone = tuple(item for item in standing if found.get(item) is None)
    return Judged(tuple(it for it in put if not _same(it, standing.get(it.item_id))), gone)


def _same(now: Noticed, before: Noticed | None) -> bool:
    """Whether the patient's own figures are the same; other limits alone change nothing."""
    return before is not None and (now.scores, now.usual, now.n) == (before.scores, before.usual, before.n)


class Word(StrEnum):
    """What a patient hears of a therapist's act."""

    SEEN = "seen"
    WILL_CALL = "will_call"


def word_of(act: Act, before: Iterable[Done], therapist_id: TherapistId) -> Word | None:
    """What the patient is told of this act, given what was done before: each thing once for each therapist."""
    own = {done.act for done in before if done.therapist_id == therapist_id}
    if Act.WILL_CALL in own or act not in ANSWERS:
        return None
    if act is Act.WILL_CALL:
        return Word.WILL_CALL
    return None if own.intersection(ANSWERS) else Word.SEEN
