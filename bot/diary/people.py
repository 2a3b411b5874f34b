"""Who is who: patients, therapists, clinic admins, and how far an enrolment has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NewType

ChatId = NewType("ChatId", int)
"""A private Telegram chat, which is also the Telegram user's id."""
PatientId = NewType("PatientId", int)
TherapistId = NewType("TherapistId", int)

INVITE_LASTS_FOR: Final = timedelta(days=7)
MAX_LABEL: Final = 40
"""Longest name or code of a patient, and longest name of a therapist, in characters."""


class Role(StrEnum):
    """A right of its own each; one chat may hold several."""

    ADMIN = "admin"
    THERAPIST = "therapist"
    PATIENT = "patient"


class Stage(StrEnum):
    """The next step of an enrolment that is still to be answered, in order; ACTIVE when none is left."""

    STORE = "store"
    SHARE = "share"
    ZONE = "zone"
    HOUR = "hour"
    START = "start"
    ACTIVE = "active"
    DECLINED = "declined"
    LEFT = "left"


class Reach(StrEnum):
    """Whether Telegram still lets us write to a chat."""

    OK = "ok"
    BLOCKED = "blocked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Account:
    """One private chat with the bot."""

    chat_id: ChatId
    language: str
    reach: Reach
    expecting: str | None
    """What the next text of this chat is an answer to, as chat/buttons.py packs it; None: anything."""


@dataclass(frozen=True, slots=True)
class Therapist:
    id: TherapistId
    chat_id: ChatId
    name: str
    """The name by which patients know them, chosen by the therapist."""
    zone: str
    next_digest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Patient:
    id: PatientId
    chat_id: ChatId
    stage: Stage
    zone: str
    prompt_time: time
    next_prompt_at: datetime | None
    next_prompt_day: date | None
    next_digest_at: datetime | None
    enrolled_at: datetime | None
    enrolled_day: date | None
    invite_id: int | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time link; `label` names the person as the one who invites knows them."""

    id: int
    role: Role
    therapist_id: TherapistId | None
    label: str | None
    expires_at: datetime
    used_at: datetime | None
    used_by: ChatId | None
