"""The evening hour has come: ask whoever is due, and write down who was not.

Law: a portion is worked on as a whole, and nobody's failure costs anyone else's prompt: a portion that fails is halved
until the one who can't be asked is alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import diary, storage
from bot.chat.entries import DayView
from bot.chat.prompts import Wordings
from bot.chat.words import words_in
from bot.diary.entries import Cause
from bot.diary.people import PatientId
from bot.diary.prompts import Outcome, Plan
from bot.jobs.apart import apart
from bot.storage.prompts import Candidate, DayAsked

AT_ONCE: Final = 250
"""Patients claimed in one transaction: about 20 ms, which is what a tap may have to wait."""
FAILED: Final = "a prompt could not be made"


class NotAsExpected(Exception):
    """Some of a portion could not be read, or were claimed before; alone it shows which."""


def send_due(tx: Connection, now: datetime, late_for: timedelta) -> dict[str, int]:
    """Claim and ask up to AT_ONCE patients whose hour has come, at most `late_for` ago; counts by outcome."""
    due = storage.prompts.due(tx, now, AT_ONCE)
    return dict(Counter(outcome.value for outcome in _asked(tx, due, now, late_for)))


def _asked(tx: Connection, due: Sequence[PatientId], now: datetime, late_for: timedelta) -> list[Outcome]:
    """Ask all of these at once, or else each half of them, or else write down that this one was not asked."""
    if not due:
        return []
    if len(due) == 1:
        return apart(tx, FAILED, partial(_portion, tx, due, now, late_for), partial(_give_up, tx, due[0]))
    outcomes: list[Outcome] = apart(tx, None, partial(_portion, tx, due, now, late_for), lambda: [])
    half = len(due) // 2
    return outcomes or _asked(tx, due[:half], now, late_for) + _asked(tx, due[half:], now, late_for)


def _portion(tx: Connection, due: Sequence[PatientId], now: datetime, late_for: timedelta) -> list[Outcome]:
    seen = [(one, _view(one)) for one in storage.prompts.candidates(tx, due)]
    planned = [(one, view, _plan(one, view, now, late_for)) for one, view in seen]
    claimed = storage.prompts.claim(tx, [(one, plan.next) for one, _, plan in planned])
    if len(planned) < len(due) or not claimed:
        raise NotAsExpected
    wordings = Wordings()
    days = [_day(*found, wordings, late_for) for found in planned if found[2].outcome is not Outcome.ASKED]
    storage.prompts.put_days(tx, days, now)
    return [plan.outcome for _, _, plan in planned]


def _plan(one: Candidate, seen: DayView, now: datetime, late_for: timedelta) -> Plan:
    return diary.prompts.plan(
        one.due,
        one.zone,
        one.prompt_time,
        asked=one.asked,
        finished=seen.declined or (seen.next_item is None and bool(seen.items)),
        reach=one.reach,
        now=now,
        reach_since=one.reach_since,
        late_for=late_for,
    )


def _view(one: Candidate) -> DayView:
    items = [item for item in one.items if item.asked_on(one.due.day)]
    return DayView(one.due.day, items, dict.fromkeys(one.answered), {}, declined=one.declined)


def _day(one: Candidate, seen: DayView, plan: Plan, wordings: Wordings, late_for: timedelta) -> DayAsked:
    closes_at = diary.days.closes_at(one.due.day, one.zone)
    if plan.outcome is not Outcome.SEND:
        return DayAsked(one, closes_at, not_asked=plan.cause)
    until = diary.prompts.worth_until(one.due, one.zone, late_for)
    return DayAsked(one, closes_at, body=wordings.body(seen, words_in(one.language, one.home).tag, until))


def _give_up(tx: Connection, patient_id: PatientId) -> list[Outcome]:
    """The day is not asked, by our fault, and the next one gets its chance."""
    apart(tx, None, partial(_not_asked, tx, patient_id), partial(storage.prompts.postpone, tx, patient_id))
    return [Outcome.NOT_ASKED]


def _not_asked(tx: Connection, patient_id: PatientId) -> None:
    (one,) = storage.prompts.candidates(tx, [patient_id])
    storage.prompts.claim(tx, [(one, diary.prompts.due_after(one.due.day, one.zone, one.prompt_time))])
    closes_at = diary.days.closes_at(one.due.day, one.zone)
    storage.prompts.put_days(tx, [DayAsked(one, closes_at, not_asked=Cause.BOT)], one.due.at)
