"""A therapist's patients with their diaries, as the digest rules want them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime, time
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from bot.diary import days, digests
from bot.diary.alerts import ANSWERS
from bot.diary.digests import Member, Panel
from bot.diary.entries import ItemId, Note, cause_of
from bot.diary.panels import LOOKS_BACK, OpenAlert
from bot.diary.people import SHOWN, Patient, PatientId, Reach, Stage, TherapistId
from bot.storage import diaries, tables
from bot.storage.people import PATIENT
from bot.storage.prepared import listed
from bot.storage.sharing import HOLDS

_members: Final = (
    select(*PATIENT, tables.shares.c.label, tables.shares.c.until_day, tables.accounts.c.reach)
    .join(tables.shares, tables.shares.c.patient_id == tables.patients.c.id)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.patients.c.chat_id)
    .where(
        tables.shares.c.therapist_id == bindparam("therapist"),
        *HOLDS,
        tables.patients.c.stage.in_(SHOWN),
    )
    .order_by(tables.shares.c.label)
)
_any: Final = (
    _members.with_only_columns(tables.patients.c.id)
    .where(tables.patients.c.stage == Stage.ACTIVE)
    .order_by(None)
    .limit(1)
)
_names: Final = _members.with_only_columns(tables.patients.c.id, tables.shares.c.label, tables.patients.c.code)
_unseen: Final = (
    select(*(tables.notes.c[field.name] for field in fields(Note)))
    .join(tables.shares, tables.shares.c.patient_id == tables.notes.c.patient_id)
    .where(
        tables.notes.c.patient_id == bindparam("patient"),
        tables.shares.c.therapist_id == bindparam("therapist"),
        tables.notes.c.undone_at.is_(None),
        or_(tables.shares.c.notes_seen_at.is_(None), tables.notes.c.written_at > tables.shares.c.notes_seen_at),
    )
    .order_by(tables.notes.c.written_at, tables.notes.c.id)
)
_acts: Final = tables.alert_acts
_open: Final = (
    select(
        tables.alerts.c.patient_id,
        tables.alerts.c.id,
        tables.alerts.c.day,
        tables.alerts.c.raised_at,
        tables.alerts.c.red_flag_id,
        tables.alerts.c.checkin_id,
        tables.alerts.c.urgency,
        tables.alert_items.c.item_id,
    )
    .outerjoin(
        tables.alert_items,
        (tables.alert_items.c.alert_id == tables.alerts.c.id) & tables.alert_items.c.withdrawn_at.is_(None),
    )
    .where(
        tables.alerts.c.patient_id.in_(listed("patients")),
        tables.alerts.c.withdrawn_at.is_(None),
        ~exists().where(_acts.c.alert_id == tables.alerts.c.id, _acts.c.act.in_(ANSWERS)),
    )
    .order_by(tables.alerts.c.raised_at, tables.alerts.c.id, tables.alert_items.c.item_id)
)


def anyone(tx: Connection, therapist_id: TherapistId, now: datetime) -> bool:
    """Whether someone who keeps a diary shares it with this therapist now."""
    return tx.execute(_any, {"therapist": therapist_id, "now": now}).first() is not None


def panel_of(tx: Connection, therapist_id: TherapistId, now: datetime, due_at: datetime | None = None) -> Panel:
    """Everyone who shares a diary with this therapist now, each by their own last whole week.

    `due_at`: the hour of a digest that may be late, if it is one; the weeks are those of that hour.
    """
    rows = [
        _Row(Patient(*row[:-3]), *row[-3:]) for row in tx.execute(_members, {"therapist": therapist_id, "now": now})
    ]
    live = [row for row in rows if row.patient.stage is not Stage.IMPORTED]
    elsewhere = [row for row in rows if row.patient.stage is Stage.IMPORTED]
    alerts = open_alerts(tx, [row.patient.id for row in rows])
    found = _live(tx, live, alerts, now, due_at) + _elsewhere(tx, elsewhere, alerts, now)
    return digests.panel(found)


class _Row(NamedTuple):
    patient: Patient
    label: str
    until_day: date | None
    reach: Reach


_Alerts = dict[PatientId, list[OpenAlert]]


def _live(
    tx: Connection, rows: Sequence[_Row], alerts: _Alerts, now: datetime, due_at: datetime | None
) -> list[Member]:
    if not rows:
        return []
    patients = [row.patient for row in rows]
    starts = {it.id: digests.last_week(due_at or now, it.zone, it.sunday_time) for it in patients}
    kept = diaries.of(tx, patients, min(starts.values()) - LOOKS_BACK, now)
    members = []
    for patient, label, until_day, reach in rows:
        # The newest day says what was so that evening; since then the patient has left or come back.
        cause = cause_of(reach)
        need = digests.need(kept[patient.id], starts[patient.id], now, alerts[patient.id], cause)
        members.append(Member(patient.id, label, replace(need, unreachable=cause), until_day))
    return members


def _elsewhere(tx: Connection, rows: Sequence[_Row], alerts: _Alerts, now: datetime) -> list[Member]:
    """Diaries that were kept elsewhere, by the last week that they have."""
    if not rows:
        return []
    kept = diaries.of(tx, [row.patient for row in rows], date.min, now)
    members = []
    for patient, label, until_day, _ in rows:
        last = digests.last_answer(kept[patient.id]) or days.day_of(now, patient.zone)
        need = digests.need(kept[patient.id], days.week_start(last), now, alerts[patient.id], imported=True)
        members.append(Member(patient.id, label, replace(need, unreachable=None), until_day))
    return members


def open_alerts(tx: Connection, patient_ids: Sequence[PatientId]) -> _Alerts:
    """The alerts of these patients that stand and that no therapist has answered, the oldest first."""
    found: dict[int, OpenAlert] = {}
    whose: dict[int, PatientId] = {}
    for row in tx.execute(_open, {"patients": json.dumps([int(one) for one in patient_ids])}):
        before = found.get(row.id)
        items: tuple[ItemId, ...] = () if before is None else before.items
        if row.item_id is not None:
            items += (ItemId(row.item_id),)
        flagged = row.red_flag_id is not None or row.checkin_id is not None
        found[row.id] = OpenAlert(row.id, row.day, row.raised_at, flagged, items, row.urgency)
        whose[row.id] = PatientId(row.patient_id)
    alerts: _Alerts = defaultdict(list)
    for number, alert in found.items():
        alerts[whose[number]].append(alert)
    return alerts


def unseen_notes(tx: Connection, patient_id: PatientId, therapist_id: TherapistId) -> tuple[int, Note | None]:
    """How many notes the patient wrote since this therapist last looked at them, and the newest of those."""
    found = [Note(*row) for row in tx.execute(_unseen, {"patient": patient_id, "therapist": therapist_id})]
    return len(found), found[-1] if found else None


def notes_seen(tx: Connection, patient_id: PatientId, therapist_id: TherapistId, now: datetime) -> None:
    tx.execute(
        update(tables.shares)
        .where(tables.shares.c.patient_id == patient_id, tables.shares.c.therapist_id == therapist_id)
        .values(notes_seen_at=now)
    )


def rename(tx: Connection, patient_id: PatientId, therapist_id: TherapistId, label: str) -> None:
    """Another name of a patient, for this therapist alone."""
    tx.execute(
        update(tables.shares)
        .where(tables.shares.c.patient_id == patient_id, tables.shares.c.therapist_id == therapist_id)
        .values(label=label)
    )


def names(tx: Connection, therapist_id: TherapistId, now: datetime) -> list[tuple[PatientId, str, str | None]]:
    """Everyone in the therapist's panel: by their own name for them, and by the clinic's code where there is one."""
    return [(PatientId(row[0]), row[1], row[2]) for row in tx.execute(_names, {"therapist": therapist_id, "now": now})]


def put_hour(tx: Connection, therapist_id: TherapistId, weekday: int, wall: time, next_at: datetime) -> None:
    """The therapist's own day and hour of the weekly summary."""
    tx.execute(
        update(tables.therapists)
        .where(tables.therapists.c.id == therapist_id)
        .values(digest_weekday=weekday, digest_time=wall, next_digest_at=next_at)
    )
