"""Who reads an alert: the therapists who may see the diary now, in which hours, and who stands in for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.diary import days, hours, sharing
from bot.diary.alerts import Act, Alert, Done, Pressing
from bot.diary.people import ChatId, Reach, TherapistId
from bot.diary.red_flags import Delivery, delivery
from bot.diary.unseen import Deputy, Reader
from bot.storage import alerts, offers, people, tables
from bot.storage import hours as own_hours
from bot.storage.prepared import listed
from bot.storage.red_flags import Listener
from bot.storage.sharing import AUDIENCE
from bot.storage.tables import OutboxState

_shares: Final = tables.shares.c
_therapists: Final = tables.therapists.c
_accounts: Final = tables.accounts.c
_readers: Final = AUDIENCE.with_only_columns(
    _therapists.id,
    _therapists.chat_id,
    _therapists.name,
    _therapists.zone,
    _accounts.language,
    _accounts.reach,
    _accounts.reach_since,
    _shares.label,
    _shares.since,
)
_settled: Final = select(tables.outbox.c.id, tables.outbox.c.state, tables.outbox.c.settled_at).where(
    tables.outbox.c.id.in_(listed("which"))
)
LOST: Final = (OutboxState.BLOCKED, OutboxState.GONE, OutboxState.REFUSED, OutboxState.DROPPED, OutboxState.IN_DOUBT)

_Fate = dict[int, tuple[OutboxState, datetime | None]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One therapist, for the rules and for being written to."""

    reader: Reader
    listener: Listener


@dataclass(frozen=True, slots=True)
class Way:
    """How an alert stands on its way. `reached`: the therapists to whom it has come, or is coming, by name."""

    readings: Sequence[Reading]
    delivery: Delivery
    reached: Sequence[str]

    @property
    def readers(self) -> list[Reader]:
        return [it.reader for it in self.readings]

    def listener(self, therapist_id: TherapistId) -> Listener:
        return next(it.listener for it in self.readings if it.reader.id == therapist_id)


def of(tx: Connection, alert: Alert, now: datetime) -> Way:
    """Who reads this alert now, and what became of what was sent of it."""
    acts = alerts.acts_of(tx, alert)
    told = [done for done in acts if done.act is Act.TOLD]
    fate = _fate(tx, told)
    rows = tx.execute(_readers, {"patient": alert.patient_id, "now": now}).all()
    readings = [
        Reading(_reader(tx, alert, row, acts, fate, now), Listener(row[1], row[4], row[2], row[7], row[0]))
        for row in rows
    ]
    reached = dict.fromkeys(done.therapist for done in told if not _is_lost(done, fate))
    return Way(readings, _delivery(told, fate), list(reached))


def _fate(tx: Connection, told: Sequence[Done]) -> _Fate:
    sent = sorted(done.outbox_id for done in told if done.outbox_id is not None)
    return {row[0]: (row[1], row[2]) for row in tx.execute(_settled, {"which": str(sent)})}


def _is_lost(done: Done, fate: _Fate) -> bool:
    """What is tidied away counts as arrived."""
    return done.outbox_id in fate and fate[done.outbox_id][0] in LOST


def _delivery(told: Sequence[Done], fate: _Fate) -> Delivery:
    lost = sum(_is_lost(done, fate) for done in told)
    waiting = sum(state is OutboxState.WAITING for state, _ in fate.values())
    return delivery(waiting, len(told) - lost - waiting, lost)


def _reader(tx: Connection, alert: Alert, row: Any, acts: Sequence[Done], fate: _Fate, now: datetime) -> Reader:
    own = [done for done in acts if done.therapist_id == row.id]
    told = [done.at for done in own if done.act is Act.TOLD and not _came_back(done, fate, row.reach_since)]
    told_at = max(told, default=None)
    return Reader(
        id=row.id,
        reachable=row.reach is Reach.OK,
        opens_at=_opens_at(tx, alert, row.id, now),
        from_start=row.since <= alert.raised_at,
        told_at=told_at,
        reminded=any(done.act is Act.REMINDED for done in own),
        urgent_owed=told_at is not None and _owed(alert, told_at, own),
        deputy=_deputy(tx, alert, row.id, row.zone, acts, now),
    )


def _owed(alert: Alert, told_at: datetime, own: Sequence[Done]) -> bool:
    """Whether the patient has called it urgent since this therapist was told, and they have not heard that."""
    called_at = alert.urgency_at
    if alert.urgency is not Pressing.URGENT or called_at is None or called_at < told_at:
        return False
    return not any(done.act is Act.CALLED_URGENT and done.at >= called_at for done in own)


def _came_back(done: Done, fate: _Fate, reach_since: datetime) -> bool:
    """Whether it did not arrive, and the therapist has been here since then: it goes again."""
    state, settled_at = fate.get(done.outbox_id or 0, (None, None))
    return state in (OutboxState.BLOCKED, OutboxState.GONE) and settled_at is not None and reach_since > settled_at


def _opens_at(tx: Connection, alert: Alert, therapist_id: TherapistId, at: datetime) -> datetime:
    return at if alert.red_flag else hours.opens_at(own_hours.of(tx, therapist_id), at)


def _deputy(
    tx: Connection, alert: Alert, away: TherapistId, zone: str, acts: Sequence[Done], now: datetime
) -> Deputy | None:
    """Who stands in for a therapist, now or on days to come by that therapist's clock."""
    holiday = offers.holiday(tx, away)
    if holiday is None or holiday.is_over(days.local(now, zone).date()):
        return None
    deputy = offers.working(tx, holiday.deputy_id)
    if deputy is None:
        return None
    account = people.find_account(tx, ChatId(deputy.chat_id))
    reachable = account is not None and account.reach is Reach.OK
    knows = any(done.therapist_id == deputy.id and done.act in (Act.TOLD, Act.HINTED) for done in acts)
    begins_at = sharing.begins_at(holiday.first_day, zone, now)
    return Deputy(deputy.id, reachable, _opens_at(tx, alert, deputy.id, begins_at), knows)
