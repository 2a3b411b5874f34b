"""How little of a long diary a week, a chart or a card needs: the recent days, and those that a baseline is from.

Law: where `enough` says so, an excerpt tells the same as the whole diary, in every number, word and mark. Where it does
not, the whole diary has to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.diary import digests
from bot.diary.digests import Diary
from bot.diary.entries import Item
from bot.diary.sessions import SEVEN_DAYS, BaselineKind, Session, baseline

FOR_NUMBERS: Final = timedelta(weeks=2)
"""Back from the week shown: the week before it, and the seven days before each of its days."""
FOR_A_CHART: Final = timedelta(weeks=10)
"""Back from the week shown: eight weeks (reports/letters.py), whole ones, by whatever zone."""
EARLY_FOR: Final = timedelta(weeks=4)
"""From the enrolment on: most first weeks with enough scores are in there."""

Span = tuple[date, date]
"""From a day on, up to another (excluded)."""
EVER: Final[Span] = (date.min, date.max)


def early_until(enrolled_day: date) -> date:
    """The day from which on early is over. Days before the enrolment, which were imported, are early."""
    return min(enrolled_day, date.max - EARLY_FOR) + EARLY_FOR


def spans(recent: date, enrolled_day: date, sessions: Sequence[Session]) -> list[Span]:
    """The days that an excerpt has, in order and apart: early ones, the week before treatment, recent ones."""
    wanted = [(date.min, early_until(enrolled_day)), (recent, date.max)]
    if sessions:
        first = min(session.day for session in sessions)
        wanted.append((first - SEVEN_DAYS, first))
    found: list[Span] = []
    for begin, end in sorted(wanted):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def enough(diary: Diary, recent: date, now: datetime) -> bool:
    """Whether a diary of `spans` tells as much as the whole one would."""
    early = early_until(diary.enrolled_day)
    if early >= recent:
        return True
    answer = digests.last_answer(diary)
    if answer is None or answer < recent or not digests.heard_since(diary, recent, now):
        return False
    return all(_has_its_baseline(diary, item, early, now) for item in diary.items)


def _has_its_baseline(diary: Diary, item: Item, early: date, now: datetime) -> bool:
    """A first week is looked for from the first day on, so one found beyond the gap may not be the first."""
    found = baseline(diary, item, now)
    if found is None:
        return False
    return found.kind is BaselineKind.BEFORE_TREATMENT or found.last_day < early
