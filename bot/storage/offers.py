"""What patients were asked about who sees the diary, and the holidays of therapists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from bot.diary.offers import Holiday, Kind, Offer, OfferId
from bot.diary.people import ChatId, PatientId, Therapist, TherapistId
from bot.storage import ids, tables, waking
from bot.storage.people import THERAPIST
from bot.storage.sharing import HOLDS

_OFFER: Final = [tables.offers.c[name] for name in Offer.__dataclass_fields__]
_of_patient: Final = (
    select(*_OFFER).where(tables.offers.c.patient_id == bindparam("patient")).order_by(tables.offers.c.id)
)
_working: Final = select(*THERAPIST).where(tables.therapists.c.left_at.is_(None)).order_by(tables.therapists.c.id)


# --- questions ------------------------------------------------------------------------------------------------


def add(
    tx: Connection,
    patient_id: PatientId,
    kind: Kind,
    from_id: TherapistId,
    to_id: TherapistId | None,
    now: datetime,
    *,
    first_day: date | None = None,
    until_day: date | None = None,
) -> OfferId:
    """A patient is asked something."""
    number = OfferId(ids.unused(tx, tables.offers))
    tx.execute(
        tables.offers.insert(),
        {
            "id": number,
            "patient_id": patient_id,
            "kind": kind,
            "from_id": from_id,
            "to_id": to_id,
            "first_day": first_day,
            "until_day": until_day,
            "asked_at": now,
        },
    )
    return number


def find(tx: Connection, patient_id: PatientId, offer_id: OfferId) -> Offer | None:
    """A question to this patient."""
    row = tx.execute(_of_patient.where(tables.offers.c.id == offer_id), {"patient": patient_id}).first()
    return None if row is None else Offer(*row)


def of_patient(tx: Connection, patient_id: PatientId) -> list[Offer]:
    """Everything that this patient was asked, oldest first."""
    return [Offer(*row) for row in tx.execute(_of_patient, {"patient": patient_id})]


def of_holiday(tx: Connection, therapist_id: TherapistId, holiday: Holiday) -> list[Offer]:
    """The questions that a therapist's patients were asked about this holiday; of each patient the newest."""
    table = tables.offers.c
    rows = tx.execute(
        select(*_OFFER)
        .where(
            table.from_id == therapist_id,
            table.kind == Kind.DEPUTY,
            table.to_id == holiday.deputy_id,
            table.until_day == holiday.until_day,
        )
        .order_by(table.id)
    )
    return list({offer.patient_id: offer for offer in (Offer(*row) for row in rows)}.values())


def answer(tx: Connection, offer: Offer, given: bool, now: datetime, to_id: TherapistId | None = None) -> None:
    """The patient's answer; `to_id`: whom they chose, where the question left that open."""
    table = tables.offers.c
    values = {"answered_at": now, "given": given} | ({} if to_id is None else {"to_id": to_id})
    tx.execute(update(tables.offers).where(table.id == offer.id, table.patient_id == offer.patient_id).values(**values))


# --- holidays -------------------------------------------------------------------------------------------------


def holiday(tx: Connection, therapist_id: TherapistId) -> Holiday | None:
    """The holiday that this therapist has set, be it over or not."""
    table = tables.therapists.c
    row = tx.execute(
        select(table.deputy_id, table.deputy_from, table.deputy_until).where(table.id == therapist_id)
    ).one()
    return None if row[0] is None else Holiday(TherapistId(row[0]), row[1], row[2])


def put_holiday(tx: Connection, therapist_id: TherapistId, set_to: Holiday | None, now: datetime) -> None:
    values = (
        {"deputy_id": None, "deputy_from": None, "deputy_until": None}
        if set_to is None
        else {"deputy_id": set_to.deputy_id, "deputy_from": set_to.first_day, "deputy_until": set_to.until_day}
    )
    tx.execute(update(tables.therapists).where(tables.therapists.c.id == therapist_id).values(**values))
    if set_to is not None:
        waking.unseen_of_therapist(tx, therapist_id, now)


def stood_in_for_by(tx: Connection, deputy_id: TherapistId) -> list[TherapistId]:
    """Whom this therapist stands in for, or is to."""
    table = tables.therapists.c
    rows = tx.execute(select(table.id).where(table.deputy_id == deputy_id, table.left_at.is_(None)).order_by(table.id))
    return [TherapistId(row[0]) for row in rows]


# --- therapists of the clinic ---------------------------------------------------------------------------------


def colleagues(tx: Connection, but: TherapistId | None = None) -> list[Therapist]:
    """Every therapist who works at the clinic, in the order in which they came."""
    return [found for row in tx.execute(_working) if (found := Therapist(*row)).id != but]


def working(tx: Connection, therapist_id: int) -> Therapist | None:
    """A therapist of the clinic who has not left."""
    row = tx.execute(_working.where(tables.therapists.c.id == therapist_id)).first()
    return None if row is None else Therapist(*row)


def has_left(tx: Connection, chat: ChatId) -> bool:
    """Whether the therapist of this chat has left the clinic."""
    table = tables.therapists.c
    return tx.execute(select(table.id).where(table.chat_id == chat, table.left_at.is_not(None))).first() is not None


def leave(tx: Connection, therapist_id: TherapistId, now: datetime) -> None:
    """The role ends: nothing is sent or shown to them any more, and their unused invitations open nothing."""
    tx.execute(
        update(tables.therapists)
        .where(tables.therapists.c.id == therapist_id, tables.therapists.c.left_at.is_(None))
        .values(left_at=now, next_digest_at=None, undelivered_at=None)
    )
    waking.of_therapist(tx, therapist_id, now)
    put_holiday(tx, therapist_id, None, now)
    tx.execute(
        update(tables.therapists)
        .where(tables.therapists.c.deputy_id == therapist_id)
        .values(deputy_id=None, deputy_from=None, deputy_until=None)
    )
    tx.execute(
        update(tables.shares)
        .where(
            tables.shares.c.therapist_id == therapist_id,
            tables.shares.c.ended_at.is_(None) | (tables.shares.c.ended_at > now),
        )
        .values(ended_at=now)
    )
    invite = tables.invites.c
    tx.execute(
        update(tables.invites)
        .where(invite.therapist_id == therapist_id, invite.used_at.is_(None), invite.expires_at > now)
        .values(expires_at=now)
    )


def patients_of_each(tx: Connection, now: datetime) -> dict[TherapistId, int]:
    """How many diaries each therapist may see now: numbers, for the admin."""
    rows = tx.execute(
        select(tables.shares.c.therapist_id, func.count()).where(*HOLDS).group_by(tables.shares.c.therapist_id),
        {"now": now},
    )
    return {TherapistId(row[0]): row[1] for row in rows}
