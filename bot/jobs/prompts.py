"""The evening hour has come: ask whoever is due, and write down who was not; later ask once more, where that was meant.

Law: a portion is worked on as a whole, and nobody's failure costs anyone else's prompt: a portion that fails is halved
until the one who can't be asked is alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import diary, storage
from bot.chat.entries import DayView
from bot.chat.prompts import Kind, Wordings
from bot.chat.words import words_in
from bot.diary.checkins import Checkin
from bot.diary.entries import Cause
from bot.diary.people import PatientId
from bot.diary.prompts import Followed, Followup, Outcome, Plan, Step, Waiting
from bot.jobs.apart import apart
from bot.storage.prompts import Asked, Candidate, DayAsked

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
    after = storage.checkins.waiting(tx, due)
    seen = [(one, _with_checkin(one, after)) for one in storage.prompts.candidates(tx, due)]
    planned = [(one, view, _plan(one, view, now, late_for)) for one, view in seen]
    claimed = storage.prompts.claim(tx, [(one, plan.next) for one, _, plan in planned])
    if len(planned) < len(due) or not claimed:
        raise NotAsExpected
    wordings = Wordings()
    days = [_day(*found, wordings, late_for) for found in planned if found[2].outcome is not Outcome.ASKED]
    storage.prompts.put_days(tx, days, now)
    asked = [one for one, _, plan in planned if plan.outcome is Outcome.SEND]
    reminders = [(one, diary.prompts.reminder_at(one.due.day, now, one.rhythm)) for one in asked]
    storage.prompts.remind(tx, [(one, at) for one, at in reminders if at is not None], now)
    for one in asked if after else ():
        for joined in _joining(one, after):
            storage.checkins.asked(tx, one.patient_id, joined.id, now, one.due.day)
    return [plan.outcome for _, _, plan in planned]


def _plan(one: Candidate, seen: DayView, now: datetime, late_for: timedelta) -> Plan:
    return diary.prompts.plan(
        one.due,
        one.rhythm,
        asked=one.asked,
        finished=_finished(seen),
        paused=one.paused,
        reach=one.reach,
        now=now,
        reach_since=one.reach_since,
        late_for=late_for,
    )


def outcome(one: Candidate, now: datetime, late_for: timedelta) -> Outcome:
    """What would become of a prompt at `now`, as its day stands."""
    return _plan(one, _view(one), now, late_for).outcome


def _joining(one: Candidate, after: Mapping[PatientId, Sequence[Checkin]]) -> list[Checkin]:
    """The check-ins that this prompt takes along."""
    waiting = after.get(one.patient_id)
    return diary.checkins.joining(waiting, one.rhythm, one.due.at) if waiting else []


def _with_checkin(one: Candidate, after: Mapping[PatientId, Sequence[Checkin]]) -> DayView:
    joining = _joining(one, after)
    return replace(_view(one), checkins=tuple(joining)) if joining else _view(one)


def _finished(seen: DayView) -> bool:
    return seen.declined or (seen.next_item is None and bool(seen.items))


def _view(one: Candidate) -> DayView:
    items = [item for item in one.items if item.asked_on(one.due.day)]
    answered = dict.fromkeys(one.answered)
    return DayView(one.due.day, items, answered, {}, declined=one.declined, later=True, large=one.large_buttons)


def _day(one: Candidate, seen: DayView, plan: Plan, wordings: Wordings, late_for: timedelta) -> DayAsked:
    closes_at = diary.days.closes_at(one.due.day, one.rhythm.zone)
    if plan.outcome is not Outcome.SEND:
        return DayAsked(one, closes_at, not_asked=plan.cause, paused=plan.outcome is Outcome.PAUSED)
    until = diary.prompts.worth_until(one.due, one.rhythm, late_for)
    kind = Kind.BACK if one.back else Kind.PROMPT
    return DayAsked(one, closes_at, body=wordings.body(seen, words_in(one.language, one.home).tag, until, kind))


def _give_up(tx: Connection, patient_id: PatientId) -> list[Outcome]:
    """The day is not asked, by our fault, and the next one gets its chance."""
    apart(tx, None, partial(_not_asked, tx, patient_id), partial(storage.prompts.postpone, tx, patient_id))
    return [Outcome.NOT_ASKED]


def _not_asked(tx: Connection, patient_id: PatientId) -> None:
    (one,) = storage.prompts.candidates(tx, [patient_id])
    storage.prompts.claim(tx, [(one, diary.prompts.due_after(one.due.day, one.rhythm.zone, one.rhythm.hours))])
    closes_at = diary.days.closes_at(one.due.day, one.rhythm.zone)
    storage.prompts.put_days(tx, [DayAsked(one, closes_at, not_asked=Cause.BOT)], one.due.at)


# --- once more ------------------------------------------------------------------------------------------------


def follow_up(tx: Connection, now: datetime) -> tuple[int, int]:
    """Ask up to AT_ONCE patients once more whose reminder or put-off question is due: how many were looked at, and how
    many of them asked."""
    steps = _followed(tx, storage.prompts.due_again(tx, now, AT_ONCE), now)
    return len(steps), steps.count(Step.SEND)


def _followed(tx: Connection, due: Sequence[PatientId], now: datetime) -> list[Step]:
    """As with prompts: all of these at once, or each half of them, or not this one."""
    if not due:
        return []
    if len(due) == 1:
        return apart(tx, FAILED, partial(_again, tx, due, now), partial(_not_again, tx, due[0]))
    steps: list[Step] = apart(tx, None, partial(_again, tx, due, now), lambda: [])
    half = len(due) // 2
    return steps or _followed(tx, due[:half], now) + _followed(tx, due[half:], now)


def _again(tx: Connection, due: Sequence[PatientId], now: datetime) -> list[Step]:
    after, coming = storage.checkins.beside_evenings(tx, due), storage.checkins.waiting(tx, due)
    seen = [(one, _with_checkins(one, after, coming, now)) for one in storage.prompts.waiting(tx, due)]
    decided = [(one, view, _decide(one, view, now)) for one, view in seen]
    claimed = storage.prompts.followed(
        tx, [(one, found.until if found.step is Step.WAIT else None) for one, _, found in decided]
    )
    if len(decided) < len(due) or not claimed:
        raise NotAsExpected
    wordings = Wordings()
    asked = [_asked_again(*one, wordings, now) for one in decided if one[2].step is Step.SEND]
    storage.prompts.ask_again(tx, asked, now)
    for one, view, found in decided:
        for joined in view.checkins if found.step is Step.SEND else ():
            # Claims only what was not asked before.
            storage.checkins.asked(tx, one.patient_id, joined.id, now, one.due.day)
    return [found.step for _, _, found in decided]


def _with_checkins(
    one: Candidate,
    after: Mapping[PatientId, Sequence[Checkin]],
    coming: Mapping[PatientId, Sequence[Checkin]],
    now: datetime,
) -> DayView:
    """With those that came with the question before, and those that come with it when it is asked once more now."""
    open_ones = diary.checkins.open_on(after.get(one.patient_id, ()), one.due.day)
    joining = diary.checkins.joining(coming.get(one.patient_id, ()), one.rhythm, now)
    return replace(_view(one), checkins=(*open_ones, *joining))


def comes_again(tx: Connection, patient_id: PatientId, at: datetime) -> bool:
    """Whether the question will be asked once more at `at`, as its day stands."""
    waiting = storage.prompts.waiting(tx, [patient_id])
    return any(_decide(one, _view(one), at).step is Step.SEND for one in waiting)


def _decide(one: Candidate, seen: DayView, now: datetime) -> Followed:
    waiting = Waiting(
        one.due.day,
        one.closes_at or diary.days.closes_at(one.due.day, one.rhythm.zone),
        one.sent_at,
        finished=_finished(seen),
        followed_up=one.reminded,
        paused=one.paused,
    )
    kind = one.followup or Followup.REMINDER
    return diary.prompts.follow_up(kind, one.due.at, waiting, one.rhythm, reach=one.reach, now=now)


def _asked_again(one: Candidate, seen: DayView, found: Followed, wordings: Wordings, now: datetime) -> Asked:
    assert found.until is not None
    past = one.due.day < diary.days.day_of(now, one.rhythm.zone)
    kind = Kind.SNOOZED if one.followup is Followup.SNOOZE else Kind.REMINDER
    tag = words_in(one.language, one.home).tag
    return Asked(one, wordings.body(replace(seen, later=False, past=past), tag, found.until, kind))


def _not_again(tx: Connection, patient_id: PatientId) -> list[Step]:
    storage.prompts.drop_followup(tx, patient_id)
    return [Step.DROP]
