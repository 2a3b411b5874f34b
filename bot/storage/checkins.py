"""Check-ins after treatment sessions: when one is looked at, whether it was asked, what was said."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, or_, select, update

from bot.diary.checkins import Checkin, CheckinId, Evening, Feeling, Moment
from bot.diary.days import Hours, Quiet
from bot.diary.people import ChatId, PatientId, Reach, Stage
from bot.diary.prompts import Rhythm, reminder_for
from bot.diary.sessions import SessionId
from bot.storage import ids, tables
from bot.storage.prepared import Prepared, listed

_rows: Final = tables.checkins.c
_patients: Final = tables.patients.c
_ROW: Final[tuple[ColumnElement[Any], ...]] = (
    _rows.id,
    _rows.session_id,
    tables.sessions.c.day,
    _rows.after_hours,
    _rows.for_at,
    _rows.due_at,
    _rows.asked_at,
    _rows.joined_day,
    _rows.answer,
    _rows.answered_at,
)
_joined: Final = tables.checkins.join(tables.sessions, tables.sessions.c.id == _rows.session_id)
_these: Final = listed("patients")
_find: Final = (
    select(*_ROW).select_from(_joined).where(_rows.patient_id == bindparam("patient"), _rows.id == bindparam("checkin"))
)
_of_session: Final = (
    select(*_ROW)
    .select_from(_joined)
    .where(_rows.patient_id == bindparam("patient"), _rows.session_id == bindparam("session"))
    .order_by(_rows.for_at, _rows.id)
)
_asked_with: Final = (
    select(*_ROW)
    .select_from(_joined)
    .where(
        _rows.patient_id == bindparam("patient"),
        or_(
            _rows.asked_at == bindparam("at"),
            and_(_rows.joined_day == bindparam("on_day"), _rows.answer.is_(None)),
        ),
    )
    .order_by(_rows.for_at, _rows.id)
)
_of_sessions: Final = (
    select(_rows.patient_id, *_ROW)
    .select_from(_joined)
    .where(_rows.patient_id.in_(_these), tables.sessions.c.undone_at.is_(None))
    .order_by(_rows.patient_id, _rows.for_at, _rows.id)
)
_waiting: Final = Prepared(
    select(_rows.patient_id, *_ROW)
    .select_from(_joined)
    .where(_rows.patient_id.in_(_these), _rows.due_at.is_not(None))
    .order_by(_rows.for_at, _rows.id)
)
_beside: Final = Prepared(
    select(_rows.patient_id, *_ROW)
    .select_from(_joined)
    .where(_rows.patient_id.in_(_these), _rows.joined_day.is_not(None), _rows.answer.is_(None))
    .order_by(_rows.for_at, _rows.id)
)
_open: Final = Prepared(
    select(*_ROW)
    .select_from(_joined)
    .where(_rows.patient_id == bindparam("patient"), _rows.joined_day == bindparam("on_day"), _rows.answer.is_(None))
)
_newest_day: Final = (
    select(func.max(tables.diary_days.c.asked_at))
    .where(tables.diary_days.c.patient_id == _patients.id)
    .correlate(tables.patients)
    .scalar_subquery()
)
_due: Final = Prepared(
    select(
        *_ROW,
        _rows.patient_id,
        _patients.chat_id,
        _patients.stage,
        _patients.zone,
        _patients.local_zone,
        _patients.home_zone,
        _patients.prompt_time,
        _patients.weekend_time,
        _patients.quiet_from,
        _patients.quiet_to,
        _patients.reminder_minutes,
        _patients.next_prompt_at,
        _newest_day,
        _patients.next_followup_at,
        tables.accounts.c.language,
        tables.accounts.c.reach,
    )
    .select_from(
        _joined.join(tables.patients, _patients.id == _rows.patient_id).join(
            tables.accounts, tables.accounts.c.chat_id == _patients.chat_id
        )
    )
    .where(_rows.due_at <= bindparam("now"))
    .order_by(_rows.due_at, _rows.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Due:
    """A check-in that is looked at, with what is known of its patient."""

    checkin: Checkin
    patient_id: PatientId
    chat_id: ChatId
    stage: Stage
    reach: Reach
    rhythm: Rhythm
    evening: Evening
    language: str
    home: str


def add(tx: Connection, patient_id: PatientId, session_id: SessionId, moments: Iterable[Moment]) -> None:
    """Plan the check-ins of a session."""
    for moment in moments:
        tx.execute(
            tables.checkins.insert(),
            {
                "id": ids.unused(tx, tables.checkins),
                "patient_id": patient_id,
                "session_id": session_id,
                "after_hours": moment.after_hours,
                "for_at": moment.at,
                "due_at": moment.at,
            },
        )


def drop(tx: Connection, patient_id: PatientId, session_id: SessionId) -> None:
    """What was not asked yet about this form of a session is not asked any more."""
    tx.execute(
        delete(tables.checkins).where(
            _rows.patient_id == patient_id, _rows.session_id == session_id, _rows.asked_at.is_(None)
        )
    )


def move(tx: Connection, patient_id: PatientId, before: SessionId, after: SessionId) -> set[int]:
    """What was asked about one form of a session belongs to the next one; after which hours that was."""
    moved = tx.execute(
        update(tables.checkins)
        .where(_rows.patient_id == patient_id, _rows.session_id == before)
        .values(session_id=after)
        .returning(_rows.after_hours)
    )
    return {int(row[0]) for row in moved}


def find(tx: Connection, patient_id: PatientId, checkin_id: int) -> Checkin | None:
    row = tx.execute(_find, {"patient": patient_id, "checkin": checkin_id}).first()
    return None if row is None else Checkin(*row)


def of_session(tx: Connection, patient_id: PatientId, session_id: SessionId) -> list[Checkin]:
    """The check-ins of one form of a session, by their time."""
    rows = tx.execute(_of_session, {"patient": patient_id, "session": session_id})
    return [Checkin(*row) for row in rows]


def of_sessions(tx: Connection, patient_ids: Sequence[PatientId]) -> dict[PatientId, list[Checkin]]:
    """The check-ins of these patients' sessions that stand, by their time."""
    found: dict[PatientId, list[Checkin]] = defaultdict(list)
    for patient_id, *row in tx.execute(_of_sessions, {"patients": json.dumps(patient_ids)}):
        found[PatientId(patient_id)].append(Checkin(*row))
    return found


def waiting(tx: Connection, patient_ids: Sequence[PatientId]) -> dict[PatientId, list[Checkin]]:
    """Those of these patients that were not asked yet, by their time."""
    return _by_patient(_waiting, tx, patient_ids)


def _by_patient(query: Prepared, tx: Connection, patient_ids: Sequence[PatientId]) -> dict[PatientId, list[Checkin]]:
    found: dict[PatientId, list[Checkin]] = defaultdict(list)
    for patient_id, *row in query.all(tx, {"patients": json.dumps(patient_ids)}):
        found[PatientId(patient_id)].append(Checkin(*row))
    return found


def beside_evenings(tx: Connection, patient_ids: Sequence[PatientId]) -> dict[PatientId, list[Checkin]]:
    """Those of these patients that came with an evening question, of whatever day, and were not answered yet."""
    return _by_patient(_beside, tx, patient_ids)


def of_day(tx: Connection, patient_id: PatientId, day: date) -> list[Checkin]:
    """Those that came with the evening question of a day and were not answered yet."""
    return [Checkin(*row) for row in _open.all(tx, {"patient": patient_id, "on_day": day})]


def due(tx: Connection, now: datetime, most: int) -> list[Due]:
    """Check-ins of all patients that are to be looked at, the longest waiting first."""
    found = []
    for row in _due.all(tx, {"now": now, "most": most}):
        number, chat, stage, zone, local, home, hour, weekend, quiet_from, quiet_to, minutes = row[10:21]
        next_at, asked_at, again_at, language, reach = row[21:]
        hours, quiet = Hours(hour, weekend), Quiet(quiet_from, quiet_to)
        found.append(
            Due(
                Checkin(*row[:10]),
                PatientId(number),
                ChatId(chat),
                stage,
                reach,
                Rhythm(zone, hours, quiet, local or zone, reminder_for(minutes)),
                Evening(next_at, asked_at, again_at),
                language,
                home or zone,
            )
        )
    return found


def put_off(tx: Connection, patient_id: PatientId, checkin_id: CheckinId, until: datetime | None) -> bool:
    """Look again then; None: never. False: it was asked, or dropped, meanwhile."""
    done = tx.execute(
        update(tables.checkins)
        .where(_rows.id == checkin_id, _rows.patient_id == patient_id, _rows.due_at.is_not(None))
        .values(due_at=until)
    )
    return done.rowcount == 1


def asked(
    tx: Connection, patient_id: PatientId, checkin_id: CheckinId, now: datetime, joined_day: date | None = None
) -> bool:
    """Claim a check-in: it goes out now. False: it was asked, or dropped, meanwhile."""
    done = tx.execute(
        update(tables.checkins)
        .where(_rows.id == checkin_id, _rows.patient_id == patient_id, _rows.due_at.is_not(None))
        .values(due_at=None, asked_at=now, joined_day=joined_day)
    )
    return done.rowcount == 1


def release(tx: Connection, patient_id: PatientId, day: date) -> None:
    """The evening question that took them along never arrived: they are looked at again, each by itself."""
    tx.execute(
        update(tables.checkins)
        .where(_rows.patient_id == patient_id, _rows.joined_day == day, _rows.answer.is_(None))
        .values(due_at=_rows.for_at, asked_at=None, joined_day=None)
    )


def asked_with(tx: Connection, patient_id: PatientId, checkin: Checkin) -> list[Checkin]:
    """All that are asked in the same message, this one too, by their time: one may have come with the reminder."""
    which = {"patient": patient_id, "at": checkin.asked_at, "on_day": checkin.joined_day}
    return [Checkin(*row) for row in tx.execute(_asked_with, which)]


def answer(tx: Connection, patient_id: PatientId, checkin_id: CheckinId, feeling: Feeling, now: datetime) -> None:
    tx.execute(
        update(tables.checkins)
        .where(_rows.id == checkin_id, _rows.patient_id == patient_id)
        .values(answer=feeling, answered_at=now)
    )
