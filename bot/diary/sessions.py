"""Treatment sessions, and the baseline that the first of them sets.

Laws:
1. A baseline is seven diary days of one item with MIN_SCORES scores or more. There is none until the last of
   the seven has closed, and from then on it stays: a closed day takes no score.
2. The seven days before the first session come first. Only where they hold too few, the item's own first
   seven that hold enough.
3. It is read from the rows each time, so that correcting or deleting the first session computes it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

from bot.diary import days
from bot.diary.entries import Item, Side, is_open

if TYPE_CHECKING:  # digests.py builds on this file
    from bot.diary.digests import Diary

SessionId = NewType("SessionId", int)

MIN_SCORES: Final = 4
"""Fewer scores than this in seven days have no mean (ours). One rating has a
reliability of 0.65, the mean of five exceeds 0.90 (10.1016/j.jpain.2014.09.012)."""
SEVEN_DAYS: Final = timedelta(days=7)
LAST_OF_SEVEN: Final = timedelta(days=6)
"""From the first of seven days to the last."""


class Kind(StrEnum):
    NEEDLING = "needling"
    NEEDLING_STIMULATION = "needling_stimulation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Session:
    """One treatment session, on the patient's local date `day`."""

    id: SessionId
    day: date
    kind: Kind
    site: str | None
    side: Side | None
    logged_at: datetime


class BaselineKind(StrEnum):
    """Which seven days a baseline is made of."""

    BEFORE_TREATMENT = "before_treatment"
    """The seven days before the first treatment session."""
    FIRST_WEEK_IN_TREATMENT = "first_week_in_treatment"
    """The item's first week, when treatment had begun before the last of its days was over."""
    FIRST_WEEK = "first_week"
    """The item's first week, before any session."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What later weeks of one item are compared with.

    `mean`: 0 to 10, unrounded, of `n` scores (4 to 7) on the seven diary days `first_day` to `last_day`, both
    included.
    """

    mean: float
    n: int
    first_day: date
    last_day: date
    kind: BaselineKind


def baseline(diary: Diary, item: Item, now: datetime) -> Baseline | None:
    """The baseline of `item` as it stands at `now`; None while there is none. Never raises.

    A session of any kind counts; one dated in the future does not yet. Where the
    seven days before the first session hold fewer than 4 scores, it is the first seven diary days in a row,
    counted from the day the item was first planned or scored, that hold 4 or more: normally the very first
    seven, later ones where the patient began slowly. Gaps of any cause are gaps. `diary` must be whole, from
    the first day on.
    """
    session_day = first_session_day(diary, now)
    if session_day is None:
        return _first_week(diary, item, None, now)
    start = session_day - SEVEN_DAYS
    if not _closed(diary, start + LAST_OF_SEVEN, now):
        return None
    values = values_from(diary, item, start)
    if len(values) < MIN_SCORES:
        return _first_week(diary, item, session_day, now)
    return _baseline(values, start, BaselineKind.BEFORE_TREATMENT)


def first_session_day(diary: Diary, now: datetime) -> date | None:
    """The patient's date of the first treatment session up to `now`; None before any."""
    today = days.local(now, diary.zone).date()
    return min((session.day for session in diary.sessions if session.day <= today), default=None)


def values_from(diary: Diary, item: Item, start: date) -> list[int]:
    """The scores (0 to 10) of `item` on the seven days from `start` on, in order, without gaps and skips."""
    found = (diary.scores.get((start + offset * days.ONE_DAY, item.id)) for offset in range(SEVEN_DAYS.days))
    return [score.value for score in found if score is not None and score.value is not None]


def mean(values: Sequence[int]) -> float | None:
    """The mean of the scores, 0 to 10 and unrounded; None below MIN_SCORES of them."""
    return sum(values) / len(values) if len(values) >= MIN_SCORES else None


def _first_week(diary: Diary, item: Item, session_day: date | None, now: datetime) -> Baseline | None:
    """The first seven closed days in a row that hold enough scores."""
    start = _first_asked(diary, item)
    while start is not None and _closed(diary, start + LAST_OF_SEVEN, now):
        values = values_from(diary, item, start)
        if len(values) >= MIN_SCORES:
            # A first week that was over before the first session is no "already in treatment".
            untreated = session_day is None or start + LAST_OF_SEVEN < session_day
            kind = BaselineKind.FIRST_WEEK if untreated else BaselineKind.FIRST_WEEK_IN_TREATMENT
            return _baseline(values, start, kind)
        start += days.ONE_DAY
    return None


def _baseline(values: list[int], start: date, kind: BaselineKind) -> Baseline:
    return Baseline(sum(values) / len(values), len(values), start, start + LAST_OF_SEVEN, kind)


def _first_asked(diary: Diary, item: Item) -> date | None:
    """The first diary day that the item was planned on, or has a score of (imported days count)."""
    planned = (day for day in diary.days if item.asked_on(day))
    scored = (day for day, item_id in diary.scores if item_id == item.id)
    return min((*planned, *scored), default=None)


def _closed(diary: Diary, day: date, now: datetime) -> bool:
    """Whether `day` takes no more scores, by its own row where it has one: a patient may have moved since."""
    planned = diary.days.get(day)
    return not is_open(planned, now) if planned is not None else days.closes_at(day, diary.zone) <= now
