"""Who is who: patients, therapists, clinic admins, and how far an enrolment has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.diary.days import Hours, Quiet

ChatId = NewType("ChatId", int)
"""A private Telegram chat, which is also the Telegram user's id."""
PatientId = NewType("PatientId", int)
TherapistId = NewType("TherapistId", int)

INVITE_LASTS_FOR: Final = timedelta(days=7)
QUIET_FROM: Final = time(22)
QUIET_TO: Final = time(8)
"""Quiet hours of whoever has chosen no others (ours)."""
REMINDER_MINUTES: Final = 90
"""From the prompt to its one reminder, for whoever has chosen nothing else (ours)."""
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
    FORGETTING = "forgetting"
    """The patient wants everything deleted: nothing is asked and nobody sees the diary until `forget_at`."""
    IMPORTED = "imported"
    """A diary that was kept elsewhere and brought in: it has no chat, so nothing is ever asked or said."""


SHOWN: Final = (Stage.ACTIVE, Stage.IMPORTED)
"""Stages whose diary therapists see, where it is shared with them."""


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
    home: str | None = None
    """The zone where the person lives: the patient's own, the therapist's; None for whoever is neither."""


@dataclass(frozen=True, slots=True)
class Therapist:
    id: TherapistId
    chat_id: ChatId
    name: str
    """The name by which patients know them, chosen by the therapist."""
    zone: str
    next_digest_at: datetime | None
    digest_weekday: int | None = None
    """Their own day of the weekly summary, 0 is Monday; None: the clinic's."""
    digest_time: time | None = None
    """Their own hour of it; None: the clinic's."""


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
    weekend_time: time | None = None
    """The hour of Saturdays and Sundays; None: that of weekdays."""
    quiet_from: time = QUIET_FROM
    quiet_to: time = QUIET_TO
    """No reminder or late prompt between these, by the clock where the patient is; equal: no quiet hours."""
    reminder_minutes: int = REMINDER_MINUTES
    """After the prompt; 0: no reminder."""
    large_buttons: bool = False
    home_zone: str | None = None
    """Only of a traveller: where they live."""
    local_zone: str | None = None
    """Only of a traveller who is asked by home time, which is then `zone`: where they are."""
    forget_at: datetime | None = None
    """Everything about this patient is deleted then; None: no such wish."""

    @property
    def home(self) -> str:
        """The zone where the patient lives, also while travelling."""
        return self.home_zone or self.zone

    @property
    def hours(self) -> Hours:
        return Hours(self.prompt_time, self.weekend_time)

    @property
    def quiet(self) -> Quiet:
        return Quiet(self.quiet_from, self.quiet_to)

    @property
    def here(self) -> str:
        """The zone that the patient is in, which is not always the one that they are asked by."""
        return self.local_zone or self.zone

    @property
    def sunday_time(self) -> time:
        """The hour at which a week's last day is asked."""
        return self.weekend_time or self.prompt_time


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
