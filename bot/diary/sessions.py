"""Treatment sessions, and the baseline that the first of them sets.

Laws:
1. A baseline is seven diary days of one item with MIN_SCORES scores or more. There is none until the last of
   the seven has closed, and from then on it stays: a closed day takes no score.
2. The seven days before the first session come first. Only where they hold too few, the item's own first
   seven that hold enough.
3. It is read from the rows each time, so that correcting or deleting the first session computes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
NOON: Final = time(12)
SEVEN_DAYS: Final = timedelta(days=7)
LAST_OF_SEVEN: Final = timedelta(days=6)
"""From the first of seven days to the last."""
_SAME_WITHIN: Final = 1e-9
"""Means are quotients of small whole numbers: two that differ at all differ by far more, so what is this near
to a limit lies on it. Without it 27/7 would not be the full 10% below 30/7 that it is."""


class Kind(StrEnum):
    NEEDLING = "needling"
    NEEDLING_STIMULATION = "needling_stimulation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was treated: a body site, with its side where it has one."""

    site: str
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One treatment session, on the patient's local date `day`.

    `label`: what another kind of treatment is called, in the words of whoever logged it. `reported`: by the patient;
    it stays so when a therapist confirms or corrects it.
    """

    id: SessionId
    day: date
    kind: Kind
    logged_at: datetime
    places: tuple[Place, ...] = ()
    label: str | None = None
    note: str | None = None
    reported: bool = False

    @property
    def needled(self) -> bool:
        """Whether needles were used, after which soreness is expected and warning signs are asked about."""
        return self.kind is not Kind.OTHER


@dataclass(frozen=True, slots=True)
class Version:
    """One form of a session, kept whatever became of it: `corrects` names the form that it replaced.

    `by`, `undone_by`, `confirmed_by`: the therapist's name as patients know it; None: the patient, or nobody.
    """

    session: Session
    corrects: SessionId | None
    by: str | None
    held_at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None


def standing(versions: Sequence[Version], session_id: SessionId) -> Version | None:
    """The form of a session that counts now, from whichever form of it a button names; None: deleted, or unknown."""
    found = {version.session.id: version for version in versions}.get(session_id)
    after = {version.corrects: version for version in versions}
    while found is not None and found.session.id in after:
        found = after[found.session.id]
    return found if found is not None and found.undone_at is None else None


def history(versions: Sequence[Version], session_id: SessionId) -> list[Version]:
    """All forms of the session that one of them names, oldest first; none where it is unknown."""
    by_id = {version.session.id: version for version in versions}
    after = {version.corrects: version for version in versions if version.corrects is not None}
    found = by_id.get(session_id)
    while found is not None and found.corrects in by_id:
        found = by_id[found.corrects]
    forms = []
    while found is not None:
        forms.append(found)
        found = after.get(found.session.id)
    return forms


class Dated(StrEnum):
    """What a date means for a session that somebody wants to log."""

    FINE = "fine"
    TO_COME = "to_come"
    TOO_LONG_AGO = "too_long_ago"


LONGEST_AGO: Final = timedelta(days=366)
"""Who logs a session older than a year has most likely slipped (ours)."""


def dated(day: date, zone: str, now: datetime) -> Dated:
    """Whether a session can have taken place on that date of a patient who lives by `zone`."""
    today = days.local(now, zone).date()
    if day > today:
        return Dated.TO_COME
    return Dated.FINE if today - day <= LONGEST_AGO else Dated.TOO_LONG_AGO


SOON: Final = timedelta(days=31)


def meant_ahead(day: date, ahead: date | None, today: date) -> bool:
    """Whether a date that was typed without a year means one to come, and not the same a year ago: the `ahead` reading
    lies within SOON (ours). The last weekday of a name is always meant."""
    return ahead is not None and timedelta() < ahead - today <= SOON and today - day > SEVEN_DAYS


def held_at(day: date, zone: str, now: datetime) -> datetime:
    """When a session that is logged at `now` took place: now, if it is one of today; any other date counts as noon."""
    if day >= days.day_of(now, zone):
        return now
    return days.on_date(day, NOON, zone)


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
    if not closed(diary, start + LAST_OF_SEVEN, now):
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


def reaches(value: float, limit: float) -> bool:
    """Whether a mean or a difference of means lies at `limit` or above it, also where the last bit says otherwise."""
    return value >= limit - _SAME_WITHIN


def soon_after_needling(day: date, sessions: Iterable[Session], for_days: int) -> bool:
    """Whether `day` is that of a needling or one of the `for_days` diary days after it."""
    return any(session.needled and 0 <= (day - session.day).days <= for_days for session in sessions)


def _first_week(diary: Diary, item: Item, session_day: date | None, now: datetime) -> Baseline | None:
    """The first seven closed days in a row that hold enough scores."""
    start = _first_asked(diary, item)
    while start is not None and closed(diary, start + LAST_OF_SEVEN, now):
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


def closed(diary: Diary, day: date, now: datetime) -> bool:
    """Whether `day` takes no more scores, by its own row where it has one: a patient may have moved since."""
    planned = diary.days.get(day)
    return not is_open(planned, now) if planned is not None else days.closes_at(day, diary.zone) <= now
