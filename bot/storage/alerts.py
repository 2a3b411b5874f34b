"""Alerts: what was raised, whom it was sent to, what they did, and which days are to be judged."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.alerts import ANSWERS, QUIET_FOR, Act, Alert, AlertId, Done, Noticed, Pressing, Rule
from bot.diary.entries import ItemId
from bot.diary.people import PatientId, TherapistId
from bot.storage import ids, tables
from bot.storage.prepared import Prepared, listed

_alerts: Final = tables.alerts.c
_items: Final = tables.alert_items.c
_acts: Final = tables.alert_acts.c
_ALERT: Final = [_alerts[field.name] for field in fields(Alert)]
_days: Final = tables.diary_days.c
_unanswered: Final = ~exists().where(_acts.alert_id == _alerts.id, _acts.act.in_(ANSWERS))
_to_judge: Final = Prepared(
    select(_days.patient_id, _days.day, _days.closes_at, _days.imported_at)
    .where(_days.judge_at.is_not(None), _days.judge_at <= bindparam("now"))
    .order_by(_days.judge_at)
    .limit(bindparam("limit"))
)
_judged: Final = Prepared(
    update(tables.diary_days)
    .where(_days.patient_id == bindparam("patient"), _days.day == bindparam("on"))
    .values(judge_at=bindparam("next_at"))
)
_due: Final = Prepared(
    select(*_ALERT)
    .where(_alerts.due_at.is_not(None), _alerts.due_at <= bindparam("now"))
    .order_by(_alerts.due_at)
    .limit(bindparam("limit"))
)
_find: Final = select(*_ALERT).where(_alerts.patient_id == bindparam("patient"), _alerts.id == bindparam("alert"))
_of_day: Final = (
    select(*_ALERT)
    .where(
        _alerts.patient_id == bindparam("patient"),
        _alerts.day == bindparam("on"),
        _alerts.withdrawn_at.is_(None),
        _alerts.red_flag_id.is_(None),
        _alerts.checkin_id.is_(None),
    )
    .order_by(_alerts.id.desc())
    .limit(1)
)
_of_items: Final = (
    select(_items.item_id, _items.rule, _items.figures)
    .join(tables.items, tables.items.c.id == _items.item_id)
    .where(_items.patient_id == bindparam("patient"), _items.alert_id == bindparam("alert"))
    .order_by(tables.items.c.position, _items.item_id)
)
_silent: Final = (
    select(_items.item_id)
    .join(tables.alerts, _alerts.id == _items.alert_id)
    .where(
        _items.patient_id == bindparam("patient"),
        _items.withdrawn_at.is_(None),
        _alerts.withdrawn_at.is_(None),
        _alerts.day > bindparam("after"),
        _alerts.day < bindparam("before"),
        _alerts.day != bindparam("on"),
    )
)
_acts_of: Final = (
    select(
        _acts.therapist_id,
        tables.therapists.c.name,
        _acts.act,
        _acts.text,
        _acts.at,
        _acts.outbox_id,
        _acts.bubble_id,
    )
    .join(tables.therapists, tables.therapists.c.id == _acts.therapist_id)
    .where(_acts.patient_id == bindparam("patient"), _acts.alert_id == bindparam("alert"))
    .order_by(_acts.id)
)
_hinted: Final = (
    select(func.max(_acts.at))
    .join(tables.shares, tables.shares.c.patient_id == _acts.patient_id)
    .where(
        _acts.therapist_id == bindparam("deputy"),
        _acts.act == Act.HINTED,
        # One that was taken as said with an earlier one is no message.
        _acts.outbox_id.is_not(None),
        tables.shares.c.therapist_id == bindparam("away"),
    )
)


@dataclass(frozen=True, slots=True)
class ToJudge:
    """A diary day whose scores have changed, or which has closed since."""

    patient_id: PatientId
    day: date
    closes_at: datetime
    imported_at: datetime | None


def to_judge(tx: Connection, now: datetime, limit: int) -> list[ToJudge]:
    """Days of all patients that the rules are to look at, the longest waiting first."""
    return [
        ToJudge(PatientId(row[0]), row[1], row[2], row[3]) for row in _to_judge.all(tx, {"now": now, "limit": limit})
    ]


def judged(tx: Connection, patient_id: PatientId, day: date, next_at: datetime | None) -> None:
    """The rules have looked; `next_at`: when they look again."""
    _judged.run(tx, {"patient": patient_id, "on": day, "next_at": next_at})


def add(
    tx: Connection,
    patient_id: PatientId,
    day: date,
    now: datetime,
    *,
    red_flag_id: int | None = None,
    checkin_id: int | None = None,
) -> Alert:
    """Raise an alert, of scores where it names no red flag."""
    alert_id = AlertId(ids.unused(tx, tables.alerts))
    tx.execute(
        tables.alerts.insert(),
        {
            "id": alert_id,
            "patient_id": patient_id,
            "day": day,
            "red_flag_id": red_flag_id,
            "checkin_id": checkin_id,
            "raised_at": now,
            "due_at": now,
        },
    )
    found = find(tx, patient_id, alert_id)
    assert found is not None
    return found


def find(tx: Connection, patient_id: PatientId, alert_id: int) -> Alert | None:
    return _alert(tx.execute(_find, {"patient": patient_id, "alert": alert_id}).first())


def of_day(tx: Connection, patient_id: PatientId, day: date) -> Alert | None:
    """The alert of scores that stands of this day."""
    return _alert(tx.execute(_of_day, {"patient": patient_id, "on": day}).first())


def _alert(row: Any) -> Alert | None:
    if row is None:
        return None
    values = dict(zip((field.name for field in fields(Alert)), row, strict=True))
    values["urgency"] = None if values["urgency"] is None else Pressing(values["urgency"])
    return Alert(**values)


def change(tx: Connection, alert: Alert, **values: Any) -> None:
    """Set columns of one alert."""
    tx.execute(
        update(tables.alerts).where(_alerts.id == alert.id, _alerts.patient_id == alert.patient_id).values(**values)
    )


def withdraw(tx: Connection, alert: Alert, now: datetime) -> None:
    """A correction has undone it: it is open no more, and nothing more is to come of it."""
    change(tx, alert, withdrawn_at=now, due_at=None)


def put_items(tx: Connection, alert: Alert, found: Iterable[Noticed]) -> None:
    """Items that the alert is about, or other figures of one."""
    for one in found:
        values = {
            "alert_id": alert.id,
            "item_id": one.item_id,
            "patient_id": alert.patient_id,
            "rule": one.rule,
            "figures": {
                "first": one.first.isoformat(),
                "scores": list(one.scores),
                "usual": one.usual,
                "n": one.n,
                "limit": one.limit,
            },
            "withdrawn_at": None,
        }
        changed = {name: values[name] for name in ("rule", "figures", "withdrawn_at")}
        tx.execute(
            insert(tables.alert_items)
            .values(**values)
            .on_conflict_do_update(index_elements=["alert_id", "item_id"], set_=changed)
        )


def withdraw_items(tx: Connection, alert: Alert, gone: Collection[ItemId], now: datetime) -> None:
    """Items that the alert is not about any more."""
    tx.execute(
        update(tables.alert_items)
        .where(
            _items.alert_id == alert.id,
            _items.patient_id == alert.patient_id,
            _items.item_id.in_(listed("which")),
        )
        .values(withdrawn_at=now),
        {"which": json.dumps(sorted(gone))},
    )


def items_of(tx: Connection, alert: Alert, *, withdrawn: bool = False) -> list[Noticed]:
    """What the alert is about, in the order asked; `withdrawn`: also what it was about before a correction."""
    statement = _of_items if withdrawn else _of_items.where(_items.withdrawn_at.is_(None))
    return [
        Noticed(
            ItemId(row[0]),
            Rule(row[1]),
            date.fromisoformat(row[2]["first"]),
            (row[2]["scores"][0], row[2]["scores"][1]),
            row[2]["usual"],
            row[2]["n"],
            row[2]["limit"],
        )
        for row in tx.execute(statement, {"patient": alert.patient_id, "alert": alert.id})
    ]


def silent(tx: Connection, patient_id: PatientId, day: date) -> set[ItemId]:
    """Items that another day has alerted of so near to `day` that this one does not."""
    values = {"patient": patient_id, "on": day, "after": day - QUIET_FOR, "before": day + QUIET_FOR}
    return {ItemId(row[0]) for row in tx.execute(_silent, values)}


def act(
    tx: Connection,
    alert: Alert,
    therapist_id: TherapistId,
    what: Act,
    now: datetime,
    *,
    text: str | None = None,
    outbox_id: int | None = None,
    bubble_id: int | None = None,
) -> None:
    """Keep what was done; nothing of it is ever changed."""
    tx.execute(
        tables.alert_acts.insert(),
        {
            "alert_id": alert.id,
            "patient_id": alert.patient_id,
            "therapist_id": therapist_id,
            "act": what,
            "text": text,
            "at": now,
            "outbox_id": outbox_id,
            "bubble_id": bubble_id,
        },
    )


def acts_of(tx: Connection, alert: Alert) -> list[Done]:
    """Everything that was done about an alert, in its order."""
    rows: Sequence[Any] = tx.execute(_acts_of, {"patient": alert.patient_id, "alert": alert.id}).all()
    return [Done(TherapistId(row[0]), row[1], Act(row[2]), *row[3:]) for row in rows]


def hinted_at(tx: Connection, deputy_id: TherapistId, away_id: TherapistId) -> datetime | None:
    """When this deputy was last written to that there is something about a patient of `away_id`; None: never."""
    return tx.execute(_hinted, {"deputy": deputy_id, "away": away_id}).scalar()


def is_open(tx: Connection, alert: Alert) -> bool:
    """Whether it stands and nobody has answered it."""
    found = select(_alerts.id).where(
        _alerts.id == alert.id, _alerts.patient_id == alert.patient_id, _alerts.withdrawn_at.is_(None), _unanswered
    )
    return tx.execute(found).first() is not None


def due(tx: Connection, now: datetime, limit: int) -> list[Alert]:
    """Alerts that are to be looked at again, the longest waiting first."""
    rows = _due.all(tx, {"now": now, "limit": limit})
    return [found for row in rows if (found := _alert(row)) is not None]
