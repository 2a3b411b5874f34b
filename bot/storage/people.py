"""Accounts, roles, invites and enrolments."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.diary.people import Account, ChatId, Invite, Patient, PatientId, Reach, Role, Stage, Therapist, TherapistId
from bot.storage import ids, tables, waking
from bot.storage.prepared import Prepared

_HOME: Final = (
    select(func.coalesce(tables.patients.c.home_zone, tables.patients.c.zone))
    .where(tables.patients.c.chat_id == tables.accounts.c.chat_id)
    .scalar_subquery(),
    select(tables.therapists.c.zone).where(tables.therapists.c.chat_id == tables.accounts.c.chat_id).scalar_subquery(),
)
_ACCOUNT: Final = [
    func.coalesce(*_HOME).label("home") if field.name == "home" else tables.accounts.c[field.name]
    for field in fields(Account)
]
PATIENT: Final = [tables.patients.c[field.name] for field in fields(Patient)]
THERAPIST: Final = [tables.therapists.c[field.name] for field in fields(Therapist)]
_INVITE: Final = [tables.invites.c[field.name] for field in fields(Invite)]

_account: Final = Prepared(select(*_ACCOUNT).where(tables.accounts.c.chat_id == bindparam("chat")))
_patient: Final = Prepared(select(*PATIENT).where(tables.patients.c.chat_id == bindparam("chat")))
_patient_by_id: Final = select(*PATIENT).where(tables.patients.c.id == bindparam("patient"))
# Whoever has left the clinic has no role any more; the row keeps the name for what they did.
_therapist: Final = Prepared(
    select(*THERAPIST).where(tables.therapists.c.chat_id == bindparam("chat"), tables.therapists.c.left_at.is_(None))
)
_therapist_by_id: Final = select(*THERAPIST).where(tables.therapists.c.id == bindparam("therapist"))
_undelivered: Final = Prepared(
    select(*THERAPIST, tables.accounts.c.reach)
    .join(tables.accounts, tables.accounts.c.chat_id == tables.therapists.c.chat_id)
    .where(tables.therapists.c.undelivered_at.is_not(None), tables.therapists.c.left_at.is_(None))
    # In the order of their index: for any other, SQLite goes through all therapists, each minute.
    .order_by(tables.therapists.c.undelivered_at)
)
_admin: Final = Prepared(select(tables.admins.c.chat_id).where(tables.admins.c.chat_id == bindparam("chat")))


# --- accounts -------------------------------------------------------------------------------------------------


def account(tx: Connection, chat: ChatId, language: str, now: datetime) -> Account:
    """The account of a chat, made at its first word in `language`."""
    row = _account.first(tx, {"chat": chat})
    if row is None:
        tx.execute(
            tables.accounts.insert(),
            {"chat_id": chat, "language": language, "reach": Reach.OK, "reach_since": now, "created_at": now},
        )
        row = _account.first(tx, {"chat": chat})
        assert row is not None
    return Account(*row)


def find_account(tx: Connection, chat: ChatId) -> Account | None:
    row = _account.first(tx, {"chat": chat})
    return None if row is None else Account(*row)


def put_language(tx: Connection, chat: ChatId, language: str) -> None:
    tx.execute(update(tables.accounts).where(tables.accounts.c.chat_id == chat).values(language=language))


def expect(tx: Connection, chat: ChatId, what: str | None) -> None:
    """Remember what the next text of this chat is an answer to; None: anything."""
    tx.execute(update(tables.accounts).where(tables.accounts.c.chat_id == chat).values(expecting=what))


def put_reach(tx: Connection, chat: ChatId, reach: Reach, now: datetime, heard_at: datetime | None = None) -> bool:
    """Note whether the chat can be written to. True if that is new.

    `heard_at`: when what tells us so was asked; what we have learned since then stands.
    """
    changed = tx.execute(
        update(tables.accounts)
        .where(
            tables.accounts.c.chat_id == chat,
            tables.accounts.c.reach != reach,
            tables.accounts.c.reach_since <= (heard_at or datetime.max.replace(tzinfo=UTC)),
        )
        .values(reach=reach, reach_since=now)
    )
    if reach is not Reach.OK:
        undelivered(tx, chat, now)
    if changed.rowcount > 0:
        waking.of_chat(tx, chat, now)
    return changed.rowcount > 0


def lost_at(tx: Connection, chat: ChatId) -> datetime | None:
    """Since when nothing arrives in this chat; None: it does."""
    table = tables.accounts.c
    return tx.execute(
        select(table.reach_since).where(table.chat_id == chat, table.reach != Reach.OK)
    ).scalar_one_or_none()


def undelivered(tx: Connection, chat: ChatId, now: datetime) -> None:
    """Something could not reach this chat: of a therapist's an admin is to hear."""
    table = tables.therapists
    tx.execute(
        update(table).where(table.c.chat_id == chat, table.c.undelivered_at.is_(None)).values(undelivered_at=now)
    )


def undelivered_therapists(tx: Connection) -> list[tuple[Therapist, Reach]]:
    """Therapists whom something could not reach, since an admin was last told."""
    return [(Therapist(*row[:-1]), row[-1]) for row in _undelivered.all(tx, {})]


def told_of_undelivered(tx: Connection, therapist_id: TherapistId) -> None:
    table = tables.therapists
    tx.execute(update(table).where(table.c.id == therapist_id).values(undelivered_at=None))


def doubt_reach(tx: Connection, now: datetime) -> None:
    """Somebody may have come back while we could not hear it: the next message to each finds out.

    An imported diary has no chat, and nobody behind it who could come back.
    """
    table = tables.accounts
    tx.execute(
        update(table).where(table.c.reach != Reach.OK, table.c.chat_id > 0).values(reach=Reach.OK, reach_since=now)
    )


# --- roles ----------------------------------------------------------------------------------------------------


def is_admin(tx: Connection, chat: ChatId) -> bool:
    return _admin.first(tx, {"chat": chat}) is not None


def add_admin(tx: Connection, chat: ChatId, now: datetime) -> None:
    tx.execute(insert(tables.admins).values(chat_id=chat, since=now).on_conflict_do_nothing())


def therapist(tx: Connection, chat: ChatId) -> Therapist | None:
    row = _therapist.first(tx, {"chat": chat})
    return None if row is None else Therapist(*row)


def therapist_by_id(tx: Connection, therapist_id: TherapistId) -> Therapist:
    """Also one who has left the clinic."""
    return Therapist(*tx.execute(_therapist_by_id, {"therapist": therapist_id}).one())


def add_therapist(
    tx: Connection, chat: ChatId, name: str, zone: str, next_digest_at: datetime, now: datetime
) -> Therapist:
    """Also of somebody who had left the clinic: nothing of what they once could see comes back by that."""
    values = {"name": name, "zone": zone, "since": now, "next_digest_at": next_digest_at, "left_at": None}
    tx.execute(
        insert(tables.therapists)
        .values(chat_id=chat, **values)
        .on_conflict_do_update(index_elements=["chat_id"], set_=values)
    )
    found = therapist(tx, chat)
    assert found is not None
    return found


def put_therapist_name(tx: Connection, therapist_id: TherapistId, name: str) -> None:
    tx.execute(update(tables.therapists).where(tables.therapists.c.id == therapist_id).values(name=name))


def other_therapists(tx: Connection, chat: ChatId) -> list[str]:
    """The names of all therapists but the one of this chat: also of those who have left, since the log names them."""
    table = tables.therapists.c
    return list(tx.execute(select(table.name).where(table.chat_id != chat)).scalars())


# --- invites --------------------------------------------------------------------------------------------------


def add_invite(
    tx: Connection,
    code: str,
    role: Role,
    *,
    therapist_id: TherapistId | None,
    label: str | None,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Keep an invite; of its code only the hash, so that the file alone lets nobody in."""
    result = tx.execute(
        tables.invites.insert().returning(tables.invites.c.id),
        {
            "code_hash": _hashed(code),
            "role": role,
            "therapist_id": therapist_id,
            "label": label,
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    return int(result.scalar_one())


def find_invite(tx: Connection, code: str) -> Invite | None:
    row = tx.execute(select(*_INVITE).where(tables.invites.c.code_hash == _hashed(code))).first()
    return None if row is None else Invite(*row)


def invite_by_id(tx: Connection, invite_id: int) -> Invite:
    return Invite(*tx.execute(select(*_INVITE).where(tables.invites.c.id == invite_id)).one())


def use_invite(tx: Connection, invite_id: int, chat: ChatId, now: datetime) -> None:
    tx.execute(update(tables.invites).where(tables.invites.c.id == invite_id).values(used_at=now, used_by=chat))


def _hashed(code: str) -> bytes:
    return sha256(code.encode()).digest()


# --- patients -------------------------------------------------------------------------------------------------


def patient(tx: Connection, chat: ChatId) -> Patient | None:
    row = _patient.first(tx, {"chat": chat})
    return None if row is None else Patient(*row)


def patient_by_id(tx: Connection, patient_id: PatientId) -> Patient:
    return Patient(*tx.execute(_patient_by_id, {"patient": patient_id}).one())


def add_patient(tx: Connection, chat: ChatId, invite_id: int, zone: str, prompt_time: time) -> Patient:
    """Begin an enrolment at its first question."""
    tx.execute(
        tables.patients.insert(),
        {
            "id": ids.unused(tx, tables.patients),
            "chat_id": chat,
            "stage": Stage.STORE,
            "invite_id": invite_id,
            "zone": zone,
            "prompt_time": prompt_time,
            "tag": secrets.token_hex(16),
        },
    )
    found = patient(tx, chat)
    assert found is not None
    return found


def change_patient(tx: Connection, patient_id: PatientId, **values: Any) -> Patient:
    """Set columns of one patient and read the row back."""
    tx.execute(update(tables.patients).where(tables.patients.c.id == patient_id).values(**values))
    return patient_by_id(tx, patient_id)


def add_consent(
    tx: Connection,
    patient_id: PatientId,
    therapist_id: TherapistId | None,
    *,
    given: bool,
    wording: str,
    language: str,
    now: datetime,
) -> None:
    """Keep a yes or a no, with the version of the words it was said to; none is ever overwritten."""
    tx.execute(
        tables.consents.insert(),
        {
            "patient_id": patient_id,
            "therapist_id": therapist_id,
            "given": given,
            "wording": wording,
            "language": language,
            "said_at": now,
        },
    )


def consents_of(tx: Connection, patient_id: PatientId) -> Sequence[Row[Any]]:
    return tx.execute(
        select(tables.consents).where(tables.consents.c.patient_id == patient_id).order_by(tables.consents.c.id)
    ).all()


def said_of(tx: Connection, patient_id: PatientId, therapist_id: TherapistId | None) -> list[tuple[bool, datetime]]:
    """Each yes and no of a patient to sharing with this therapist, and when, oldest first."""
    return [(row.given, row.said_at) for row in consents_of(tx, patient_id) if row.therapist_id == therapist_id]


def counts(tx: Connection) -> dict[str, int]:
    """How many of each there are: numbers only, for the admin."""
    return {
        "patients": tx.execute(
            select(func.count()).select_from(tables.patients).where(tables.patients.c.stage == Stage.ACTIVE)
        ).scalar_one(),
        "therapists": tx.execute(
            select(func.count()).select_from(tables.therapists).where(tables.therapists.c.left_at.is_(None))
        ).scalar_one(),
    }
