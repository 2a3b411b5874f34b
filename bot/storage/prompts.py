"""Who is due for a prompt, and the claim that makes sure it goes once; a portion of patients at a time.

Each verb takes a whole portion and needs the same few statements for one patient as for hundreds: thousands fall due
in the same minute, and whoever taps meanwhile waits for at most one portion.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Text, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.days import Hours, Quiet
from bot.diary.entries import Cause, Item, ItemId
from bot.diary.people import ChatId, PatientId, Reach
from bot.diary.prompts import Due, Followup, Rhythm, reminder_for
from bot.storage import checkins, outbox, tables
from bot.storage.outbox import Parcel, Urgency
from bot.storage.prepared import Prepared, listed
from bot.storage.tables import Action, OutboxState


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient whose hour has come, and what is known of the day in question.

    `closes_at`: None where the day has no row yet. `back`: a pause has ended by itself, and this is its first day
    after. `followup`: what is due, where it is not the prompt.
    `items`: all ever followed, in the order asked. `answered`: those of the day that were scored or skipped.
    """

    patient_id: PatientId
    chat_id: ChatId
    rhythm: Rhythm
    large_buttons: bool
    due: Due
    language: str
    reach: Reach
    reach_since: datetime
    asked: bool
    declined: bool
    sent_at: datetime | None
    reminded: bool
    closes_at: datetime | None
    bubble_id: int | None
    paused: bool
    back: bool
    followup: Followup | None
    items: Sequence[Item]
    answered: frozenset[ItemId]
    home: str
    """The zone where the patient lives, also while travelling."""


@dataclass(frozen=True, slots=True)
class DayAsked:
    """What becomes of the day: `not_asked` with its cause, or asked by a message with this `body`, or neither."""

    candidate: Candidate
    closes_at: datetime
    not_asked: Cause | None = None
    body: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that goes out once more, as a message with this `body`."""

    candidate: Candidate
    body: str


_ITEM: Final = [tables.items.c[field.name] for field in fields(Item)]
# One statement for any number of patients: their ids travel as one JSON array.
_ids: Final = listed("ids")
_due: Final = Prepared(
    select(tables.patients.c.id)
    .where(tables.patients.c.next_prompt_at <= bindparam("now"))
    .order_by(tables.patients.c.next_prompt_at)
    .limit(bindparam("limit"))
)
_patients: Final = tables.patients.c
_pauses: Final = tables.pauses.c


def _of_pause(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(_pauses.id).where(_pauses.patient_id == _patients.id, *when)).label("of_pause")


def _candidates_due(day: ColumnElement[Any], at: ColumnElement[Any]) -> Prepared:
    """Patients with what is known of the day in the column `day`, which is due at the instant in `at`."""
    return Prepared(
        select(
            _patients.id,
            _patients.chat_id,
            _patients.zone,
            _patients.prompt_time,
            _patients.weekend_time,
            _patients.quiet_from,
            _patients.quiet_to,
            _patients.local_zone,
            _patients.reminder_minutes,
            _patients.large_buttons,
            day,
            at,
            tables.accounts.c.language,
            tables.accounts.c.reach,
            tables.accounts.c.reach_since,
            tables.diary_days.c.asked_at,
            tables.diary_days.c.declined_at,
            tables.diary_days.c.sent_at,
            tables.diary_days.c.reminded_at,
            tables.diary_days.c.closes_at,
            tables.diary_days.c.bubble_id,
            _of_pause(_pauses.first_day <= day, or_(_pauses.until_day.is_(None), _pauses.until_day > day)),
            _of_pause(_pauses.until_day == day, _pauses.ended_at.is_(None)),
            _patients.followup,
            func.coalesce(_patients.home_zone, _patients.zone),
        )
        .join(tables.accounts, tables.accounts.c.chat_id == _patients.chat_id)
        .outerjoin(
            tables.diary_days,
            and_(tables.diary_days.c.patient_id == _patients.id, tables.diary_days.c.day == day),
        )
        .where(_patients.id.in_(_ids))
        .order_by(at, _patients.id)
    )


def _answered_on(day: ColumnElement[Any]) -> Prepared:
    return Prepared(
        select(tables.scores.c.patient_id, tables.scores.c.item_id)
        .join(tables.patients, and_(_patients.id == tables.scores.c.patient_id, day == tables.scores.c.day))
        .where(_patients.id.in_(_ids), tables.scores.c.withdrawn_at.is_(None))
    )


_candidates: Final = _candidates_due(_patients.next_prompt_day, _patients.next_prompt_at)
_answered: Final = _answered_on(_patients.next_prompt_day)
_waiting: Final = _candidates_due(_patients.next_followup_day, _patients.next_followup_at)
_answered_so_far: Final = _answered_on(_patients.next_followup_day)
_due_again: Final = Prepared(
    select(_patients.id)
    # As the partial index has it, or SQLite does not take that.
    .where(_patients.next_followup_at.is_not(None), _patients.next_followup_at <= bindparam("now"))
    .order_by(_patients.next_followup_at)
    .limit(bindparam("limit"))
)
_items: Final = Prepared(
    select(tables.items.c.patient_id, *_ITEM)
    .where(tables.items.c.patient_id.in_(_ids))
    .order_by(tables.items.c.patient_id, tables.items.c.position, tables.items.c.id)
)
_claim: Final = Prepared(
    update(tables.patients)
    .where(tables.patients.c.id == bindparam("patient"), tables.patients.c.next_prompt_at == bindparam("due_at"))
    .values(next_prompt_at=bindparam("next_at"), next_prompt_day=bindparam("next_on"))
)
# What a patient put off stands: it is their own word.
_free: Final = or_(
    _patients.followup.is_(None), _patients.followup != Followup.SNOOZE, _patients.next_followup_at <= bindparam("now")
)
_remind: Final = Prepared(
    update(tables.patients)
    .where(_patients.id == bindparam("patient"), _free)
    .values(followup=Followup.REMINDER, next_followup_at=bindparam("at"), next_followup_day=bindparam("on"))
)
_followed: Final = Prepared(
    update(tables.patients)
    .where(_patients.id == bindparam("patient"), _patients.next_followup_at == bindparam("due_at"))
    .values(followup=bindparam("kind"), next_followup_at=bindparam("next_at"), next_followup_day=bindparam("next_on"))
)
_put_asked: Final = Prepared(
    update(tables.diary_days)
    .where(tables.diary_days.c.patient_id == bindparam("patient"), tables.diary_days.c.day == bindparam("on"))
    .values(reminded_at=bindparam("at"), bubble_id=bindparam("bubble"))
)
_postpone: Final = (
    update(tables.patients)
    .where(tables.patients.c.id == bindparam("patient"))
    .values(
        # In SQL, since the row may be one that we can't read.
        next_prompt_at=func.strftime("%Y-%m-%d %H:%M:%f000", tables.patients.c.next_prompt_at, "+1 day", type_=Text()),
        next_prompt_day=func.date(tables.patients.c.next_prompt_day, "+1 day", type_=Text()),
    )
)
_days: Final = tables.diary_days.c
_earlier: Final = tables.diary_days.alias("earlier").c
_third_newest: Final = (
    select(_earlier.day)
    .where(_earlier.patient_id == _patients.id, _earlier.bubble_id.is_not(None))
    .order_by(_earlier.day.desc())
    .offset(2)
    .limit(1)
    .correlate(tables.patients)
    .scalar_subquery()
)
_open_questions: Final = Prepared(
    select(_days.patient_id, _days.day, _days.bubble_id, tables.bubbles.c.message_id, _days.closes_at)
    .select_from(
        # By patient, so that a year of days costs no more than a week of them. Whatever is shown of a day puts away the
        # questions of days that are closed, so those that are left are of the newest three days shown.
        tables.patients.join(
            tables.diary_days,
            and_(_days.patient_id == _patients.id, _days.day >= func.coalesce(_third_newest, date.min)),
        ).join(tables.bubbles, tables.bubbles.c.id == _days.bubble_id)
    )
    .where(
        _patients.id.in_(_ids),
        _days.bubble_id <= bindparam("last"),
        _days.declined_at.is_(None),
        exists(
            select(tables.items.c.id).where(
                tables.items.c.patient_id == _days.patient_id,
                tables.items.c.added_day <= _days.day,
                or_(tables.items.c.ended_day.is_(None), tables.items.c.ended_day > _days.day),
                tables.items.c.id.not_in(
                    select(tables.scores.c.item_id)
                    .where(
                        tables.scores.c.patient_id == _days.patient_id,
                        tables.scores.c.day == _days.day,
                        tables.scores.c.withdrawn_at.is_(None),
                    )
                    .correlate(tables.diary_days)
                ),
            )
        ),
    )
)
_last_bubble: Final = Prepared(select(func.coalesce(func.max(tables.bubbles.c.id), 0)))
_add_bubble: Final = Prepared(tables.bubbles.insert(), ["id", "chat_id", "patient_id", "day", "created_at"])
_new_day: Final = insert(tables.diary_days)
_closes_later: Final = _new_day.excluded.closes_at > tables.diary_days.c.closes_at
_FOUND_OUT: Final = ("asked_at", "bubble_id", "not_asked")
_put_day: Final = Prepared(
    _new_day.on_conflict_do_update(
        index_elements=["patient_id", "day"],
        # A day that exists stays as it was planned; only what is known now is written. But one that was only looked
        # at, farther east, would close before its question comes: it stays open until noon where that is asked.
        set_={
            "zone": case((_closes_later, _new_day.excluded.zone), else_=tables.diary_days.c.zone),
            "closes_at": func.max(_new_day.excluded.closes_at, tables.diary_days.c.closes_at),
            "intended_at": _new_day.excluded.intended_at,
            **{n: func.coalesce(_new_day.excluded[n], tables.diary_days.c[n]) for n in _FOUND_OUT},
            "paused": func.max(_new_day.excluded.paused, tables.diary_days.c.paused),
        },
    ),
    ["patient_id", "day", "zone", "closes_at", "intended_at", *_FOUND_OUT, "paused"],
)
_say: Final = Prepared(
    # The body is JSON already.
    tables.outbox.insert().values(body=bindparam("body", type_=Text)),
    [
        "chat_id",
        "patient_id",
        "action",
        "urgency",
        "once",
        "bubble_id",
        "day",
        "replaces",
        "state",
        "created_at",
        "tries",
    ],
)
_settle: Final = (
    update(tables.diary_days)
    .where(
        tables.diary_days.c.patient_id == bindparam("patient"),
        tables.diary_days.c.day == bindparam("on"),
        tables.diary_days.c.sent_at.is_(None),
    )
    .values(sent_at=bindparam("at"), not_asked=bindparam("cause"))
)


# A bubble that never came on screen, or has no buttons any more, is no bubble of the day: else a typed answer would
# edit what nobody sees, or give a second question to the chat.
_unshow: Final = Prepared(
    update(tables.diary_days)
    .where(
        tables.diary_days.c.patient_id == bindparam("patient"),
        tables.diary_days.c.day == bindparam("on"),
        tables.diary_days.c.bubble_id == bindparam("bubble"),
    )
    .values(bubble_id=None)
)


def due(tx: Connection, now: datetime, limit: int) -> list[PatientId]:
    """Patients whose hour has come, the longest waiting first."""
    return [PatientId(row[0]) for row in _due.all(tx, {"now": now, "limit": limit})]


def candidates(tx: Connection, patient_ids: Sequence[PatientId]) -> list[Candidate]:
    """What is known of these patients and of the day that is due, the longest waiting first."""
    return _read(tx, patient_ids, _candidates, _answered)


def waiting(tx: Connection, patient_ids: Sequence[PatientId]) -> list[Candidate]:
    """The same of the day whose follow-up is due."""
    return _read(tx, patient_ids, _waiting, _answered_so_far)


def _read(tx: Connection, patient_ids: Sequence[PatientId], found: Prepared, answered_on: Prepared) -> list[Candidate]:
    ids = {"ids": json.dumps(patient_ids)}
    items: dict[int, list[Item]] = {}
    for patient_id, *item in _items.all(tx, ids):
        items.setdefault(patient_id, []).append(Item(*item))
    answered: dict[int, set[ItemId]] = {}
    for patient_id, item_id in answered_on.all(tx, ids):
        answered.setdefault(patient_id, set()).add(ItemId(item_id))
    return [
        Candidate(
            PatientId(patient_id),
            ChatId(chat_id),
            Rhythm(zone, Hours(hour, weekend), Quiet(quiet_from, quiet_to), local_zone or zone, reminder_for(minutes)),
            bool(large),
            Due(day, at),
            language,
            reach,
            reach_since,
            asked_at is not None,
            declined_at is not None,
            sent_at,
            reminded_at is not None,
            closes_at,
            bubble_id,
            bool(paused),
            bool(back),
            followup,
            items.get(patient_id, ()),
            frozenset(answered.get(patient_id, ())),
            home,
        )
        for (
            patient_id,
            chat_id,
            zone,
            hour,
            weekend,
            quiet_from,
            quiet_to,
            local_zone,
            minutes,
            large,
            day,
            at,
            language,
            reach,
            reach_since,
            asked_at,
            declined_at,
            sent_at,
            reminded_at,
            closes_at,
            bubble_id,
            paused,
            back,
            followup,
            home,
        ) in found.all(tx, ids)
    ]


def claim(tx: Connection, claims: Sequence[tuple[Candidate, Due]]) -> bool:
    """Move the due time of each patient on; False where somebody did before for any of them."""
    moved = _claim.many(
        tx,
        [
            {"patient": one.patient_id, "due_at": one.due.at, "next_at": following.at, "next_on": following.day}
            for one, following in claims
        ],
    )
    return moved == len(claims)


def remind(tx: Connection, reminders: Sequence[tuple[Candidate, datetime]], now: datetime) -> None:
    """Plan the one reminder of each prompt, unless the patient has put off another question meanwhile."""
    _remind.many(tx, [{"patient": one.patient_id, "at": at, "on": one.due.day, "now": now} for one, at in reminders])


def plan_reminder(tx: Connection, patient_id: PatientId, day: date, at: datetime, now: datetime) -> None:
    """The same for one patient."""
    _remind.run(tx, {"patient": patient_id, "at": at, "on": day, "now": now})


def snooze(tx: Connection, patient_id: PatientId, day: date, at: datetime) -> None:
    """The question of `day` comes once more at `at`, instead of its reminder."""
    tx.execute(
        update(tables.patients)
        .where(_patients.id == patient_id)
        .values(followup=Followup.SNOOZE, next_followup_at=at, next_followup_day=day)
    )


def drop_followup(tx: Connection, patient_id: PatientId) -> None:
    """Nothing comes once more."""
    tx.execute(
        update(tables.patients)
        .where(_patients.id == patient_id)
        .values(followup=None, next_followup_at=None, next_followup_day=None)
    )


def due_again(tx: Connection, now: datetime, limit: int) -> list[PatientId]:
    """Patients with a follow-up that is due, the longest waiting first."""
    return [PatientId(row[0]) for row in _due_again.all(tx, {"now": now, "limit": limit})]


def followed(tx: Connection, claims: Sequence[tuple[Candidate, datetime | None]]) -> bool:
    """Each follow-up is over, or is looked at again at an instant; False where somebody changed one before."""
    moved = _followed.many(
        tx,
        [
            {
                "patient": one.patient_id,
                "due_at": one.due.at,
                "next_at": again,
                "next_on": None if again is None else one.due.day,
                "kind": None if again is None else one.followup,
            }
            for one, again in claims
        ],
    )
    return moved == len(claims)


def ask_again(tx: Connection, asked: Sequence[Asked], now: datetime) -> None:
    """Put the questions of these days into the outbox again; each replaces the day's bubble when it shows."""
    if not asked:
        return
    ((last,),) = _last_bubble.all(tx, {})
    bubbles = {it.candidate.patient_id: last + n for n, it in enumerate(asked, 1)}
    _add_bubble.many(tx, [_bubble_row(it.candidate, bubbles[it.candidate.patient_id], now) for it in asked])
    _put_asked.many(
        tx,
        [
            {
                "patient": it.candidate.patient_id,
                "on": it.candidate.due.day,
                "at": now,
                "bubble": bubbles[it.candidate.patient_id],
            }
            for it in asked
        ],
    )
    _take_off(tx, [it.candidate for it in asked], last, now)
    _say.many(
        tx,
        [
            {
                **_common(it.candidate, now),
                "action": Action.SEND,
                "urgency": Urgency.PROMPT,
                "body": it.body,
                "bubble_id": bubbles[it.candidate.patient_id],
                "day": None,
                "replaces": it.candidate.bubble_id,
            }
            for it in asked
        ],
    )


def last_planned_day(tx: Connection, patient_id: PatientId) -> date | None:
    """The newest day whose hour has come, whatever became of it; it is not asked again."""
    table = tables.diary_days.c
    return tx.execute(
        select(func.max(table.day)).where(table.patient_id == patient_id, table.intended_at.is_not(None))
    ).scalar()


def postpone(tx: Connection, patient_id: PatientId) -> None:
    """Move a due time on by a day, whatever else is in the patient's rows."""
    tx.execute(_postpone, {"patient": patient_id})


def put_days(tx: Connection, days: Sequence[DayAsked], now: datetime) -> None:
    """Write down what became of days that were due, and put the prompts of those that are asked into the outbox.

    The day's bubble goes out; one that the patient opened earlier by hand loses its buttons, and so does the question
    of another day: there is just one live question in a chat.
    """
    if not days:
        return
    asked = [day for day in days if day.body is not None]
    # Nobody else writes within this transaction, so the ids that follow the last one are free.
    ((last,),) = _last_bubble.all(tx, {})
    bubbles = {day.candidate.patient_id: last + n for n, day in enumerate(asked, 1)}
    _add_bubble.many(tx, [_bubble_row(day.candidate, bubbles[day.candidate.patient_id], now) for day in asked])
    _put_day.many(tx, [_day_row(day, bubbles.get(day.candidate.patient_id), now) for day in days])
    _take_off(tx, [day.candidate for day in asked], last, now)
    _say.many(tx, _messages(asked, bubbles, now))


def _take_off(tx: Connection, candidates: Sequence[Candidate], last: int, now: datetime) -> None:
    """Of all bubbles up to `last`: no other question stays on screen with these patients."""
    by_id = {one.patient_id: one for one in candidates}
    gone = questions(tx, list(by_id), last)
    put_away(tx, gone)
    _say.many(tx, [_retired(by_id[one.patient_id], one.bubble_id, now) for one in gone])


@dataclass(frozen=True, slots=True)
class Question:
    """What asks for an answer in a chat; `message_id`: None while it is on its way."""

    patient_id: PatientId
    day: date
    bubble_id: int
    message_id: int | None
    closes_at: datetime


def questions(tx: Connection, patient_ids: Sequence[PatientId], last: int | None = None) -> list[Question]:
    """The questions of these patients, among the bubbles up to `last`."""
    if last is None:
        ((last,),) = _last_bubble.all(tx, {})
    return [Question(*row) for row in _open_questions.all(tx, {"ids": json.dumps(patient_ids), "last": last})]


def put_away(tx: Connection, gone: Sequence[Question]) -> None:
    """They are their days' bubbles no more. Whoever asks for this takes their buttons off."""
    _unshow.many(tx, [{"patient": one.patient_id, "on": one.day, "bubble": one.bubble_id} for one in gone])


def _bubble_row(one: Candidate, bubble_id: int, now: datetime) -> dict[str, Any]:
    return {
        "id": bubble_id,
        "chat_id": one.chat_id,
        "patient_id": one.patient_id,
        "day": one.due.day,
        "created_at": now,
    }


def _day_row(day: DayAsked, bubble_id: int | None, now: datetime) -> dict[str, Any]:
    one = day.candidate
    return {
        "patient_id": one.patient_id,
        "day": one.due.day,
        "zone": one.rhythm.zone,
        "closes_at": day.closes_at,
        "intended_at": one.due.at,
        "asked_at": None if bubble_id is None else now,
        "bubble_id": bubble_id,
        "not_asked": day.not_asked,
        "paused": day.paused,
    }


def _messages(asked: Sequence[DayAsked], bubbles: dict[PatientId, int], now: datetime) -> Iterable[dict[str, Any]]:
    for day in asked:
        one = day.candidate
        common = _common(one, now)
        if one.bubble_id is not None:
            yield _retired(one, one.bubble_id, now)
        send = {"action": Action.SEND, "urgency": Urgency.PROMPT, "body": day.body}
        yield {**common, **send, "bubble_id": bubbles[one.patient_id], "day": one.due.day, "replaces": None}


def _retired(one: Candidate, bubble_id: int, now: datetime) -> dict[str, Any]:
    retire = {"action": Action.RETIRE, "urgency": Urgency.ANSWER, "body": "{}", "bubble_id": bubble_id}
    return {**_common(one, now), **retire, "day": None, "replaces": None}


def _common(one: Candidate, now: datetime) -> dict[str, Any]:
    return {
        "chat_id": one.chat_id,
        "patient_id": one.patient_id,
        "once": False,
        "state": OutboxState.WAITING,
        "created_at": now,
        "tries": 0,
    }


def settle(
    tx: Connection,
    patient_id: PatientId,
    day: date,
    *,
    sent_at: datetime | None,
    cause: Cause | None,
    bubble_id: int | None = None,
) -> None:
    """Note that the prompt of a day arrived, or why it never will; then `bubble_id` is the bubble that never showed."""
    settled = tx.execute(_settle, {"patient": patient_id, "on": day, "at": sent_at, "cause": cause})
    if cause is not None and settled.rowcount:
        checkins.release(tx, patient_id, day)
    if cause is not None and bubble_id is not None:
        _unshow.run(tx, {"patient": patient_id, "on": day, "bubble": bubble_id})


def replaced(tx: Connection, parcel: Parcel, now: datetime, *, shown: bool) -> None:
    """A bubble that came for another one is on screen, so the other loses its buttons; or it never came, and the other
    stays what it was: the bubble of its day, unless the patient has opened a third one meanwhile."""
    table = tables.diary_days
    if not shown:
        tx.execute(
            update(table)
            .where(table.c.patient_id == parcel.patient_id, table.c.bubble_id == parcel.bubble_id)
            .values(bubble_id=parcel.replaces)
        )
    in_use = select(table.c.day).where(table.c.patient_id == parcel.patient_id, table.c.bubble_id == parcel.replaces)
    if tx.execute(in_use).first() is None:
        outbox.add(tx, parcel.chat_id, Action.RETIRE, {}, urgency=Urgency.ANSWER, now=now, bubble_id=parcel.replaces)


def answers_lost(tx: Connection, since: datetime, until: datetime) -> int:
    """Replies from between these instants are lost: asked days that were open then and have no answer are our fault.

    Returns how many. Goes through the patients, since days are found by patient and date alone.
    """
    table = tables.diary_days.c
    changed = tx.execute(
        update(tables.diary_days)
        .where(
            table.patient_id.in_(select(tables.patients.c.id)),
            table.day.between(since.date() - timedelta(days=2), until.date() + timedelta(days=1)),
            table.sent_at < until,
            table.closes_at > since,
            table.answered_at.is_(None),
            table.declined_at.is_(None),
            table.not_asked.is_(None),
        )
        .values(not_asked=Cause.BOT)
    )
    return changed.rowcount


_DUE: Final = (
    tables.patients.c.next_prompt_at,
    tables.patients.c.next_followup_at,
    tables.patients.c.next_digest_at,
    tables.patients.c.forget_at,
    tables.therapists.c.next_digest_at,
    tables.red_flags.c.due_at,
    tables.checkins.c.due_at,
    tables.diary_days.c.judge_at,
    tables.alerts.c.due_at,
)
_next_due: Final = Prepared(select(*(select(func.min(column)).scalar_subquery().label(None) for column in _DUE)))


def next_due_at(tx: Connection) -> datetime | None:
    """The earliest instant at which anything is due: a prompt, a digest, a silent red flag, a day to judge, an alert,
    or an end.
    """
    found = _next_due.first(tx, {}) or ()
    return min((instant for instant in found if instant is not None), default=None)
