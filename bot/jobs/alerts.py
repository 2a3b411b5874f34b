"""The rules look at days that have changed or closed, and alert whoever may see the diary.

Laws:
1. A day is looked at JUDGED_AFTER its last change and again when it has closed; one that fails costs no other.
2. Of one diary day there is one alert; what is found later is added to it, and what a correction undoes is withdrawn.
3. Days that were imported, and diaries that are not kept any more, alert nobody.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import alerts, diary, storage
from bot.diary.alerts import Alert, Judged, Limits, Raised
from bot.diary.days import ONE_DAY
from bot.diary.entries import ItemId
from bot.diary.people import Patient, Stage
from bot.jobs import unseen
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.alerts import ToJudge

AT_ONCE: Final = 50
"""Days judged in one transaction."""
FAILED: Final = "a day could not be judged"
LOOK_AGAIN_AFTER: Final = timedelta(minutes=10)
LOOKS_BACK: Final = timedelta(days=8)
"""From a day to the first of the seven days before the one before it."""


def judge_due(tx: Connection, settings: Settings, now: datetime) -> tuple[int, int]:
    """Look at up to AT_ONCE days that are due: how many there were, and how many alerts were raised."""
    due = storage.alerts.to_judge(tx, now, AT_ONCE)
    raised = [apart(tx, FAILED, partial(_judge, tx, settings, one, now), partial(_later, tx, one, now)) for one in due]
    return len(due), sum(raised)


def _later(tx: Connection, one: ToJudge, now: datetime) -> int:
    storage.alerts.judged(tx, one.patient_id, one.day, now + LOOK_AGAIN_AFTER)
    return 0


def _judge(tx: Connection, settings: Settings, one: ToJudge, now: datetime) -> int:
    storage.alerts.judged(tx, one.patient_id, one.day, one.closes_at if one.closes_at > now else None)
    patient = storage.people.patient_by_id(tx, one.patient_id)
    if one.imported_at is not None or patient.stage is not Stage.ACTIVE:
        return 0
    return sum(_judge_pair(tx, settings, patient, first, now) for first in (one.day - ONE_DAY, one.day))


def _judge_pair(tx: Connection, settings: Settings, patient: Patient, first: date, now: datetime) -> bool:
    """Whether an alert was raised."""
    second = first + ONE_DAY
    alert = storage.alerts.of_day(tx, patient.id, second)
    limits = storage.limits.of(tx, patient.id)
    found = _found(tx, patient, first, limits)
    standing = {} if alert is None else {one.item_id: one for one in storage.alerts.items_of(tx, alert)}
    silent = storage.alerts.silent(tx, patient.id, second)
    judged = diary.alerts.compare(found, standing, silent, limits)
    if not judged.put and not judged.gone:
        return False
    if alert is None:
        _raise(tx, settings, patient, second, judged, now)
    else:
        _change(tx, settings, alert, judged, now)
    return alert is None


def _found(tx: Connection, patient: Patient, first: date, limits: Limits) -> dict[ItemId, Raised | None]:
    """What each item's pair of days meets; an imported second day meets nothing."""
    second = first + ONE_DAY
    scored: dict[ItemId, dict[date, int]] = {}
    for (day, item_id), score in storage.entries.scores_between(tx, patient.id, second - LOOKS_BACK, second).items():
        if score.value is not None and not (score.imported and day == second):
            scored.setdefault(item_id, {})[day] = score.value
    sessions = storage.sessions.all_of(tx, patient.id)
    return {item: diary.alerts.judge(by_day, first, limits, sessions) for item, by_day in scored.items()}


def _raise(tx: Connection, settings: Settings, patient: Patient, day: date, judged: Judged, now: datetime) -> None:
    """Whoever may see the diary and reads alerts now hears of it at once, the others when their own hours begin. The
    patient is asked whether it is urgent.

    Where nobody can be told, that is what the patient hears (unseen.py).
    """
    alert = storage.alerts.add(tx, patient.id, day, now)
    storage.alerts.put_items(tx, alert, judged.put)
    unseen.tell_open(tx, settings, alert, now)
    if storage.red_flags.listeners(tx, patient.id, now):
        alerts.ask(tx, settings, alert, now)


def _change(tx: Connection, settings: Settings, alert: Alert, judged: Judged, now: datetime) -> None:
    storage.alerts.put_items(tx, alert, judged.put)
    storage.alerts.withdraw_items(tx, alert, judged.gone, now)
    if not storage.alerts.items_of(tx, alert):
        storage.alerts.withdraw(tx, alert, now)
    alerts.refresh(tx, settings, alert, now)
    standing = storage.alerts.find(tx, alert.patient_id, alert.id)
    if standing is not None and standing.bubble_id is not None:
        alerts.ask(tx, settings, standing, now)
