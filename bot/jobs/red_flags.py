"""Red flags: a card that nobody answered is reported, and an alert that reaches nobody is not left at that.

Rule: nothing mutes them, neither a pause nor quiet hours; each is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import chat, diary, storage
from bot.chat.messages import Message, as_data
from bot.chat.words import Sentence, Words, words, words_for
from bot.diary.accesses import What
from bot.diary.people import ChatId, Patient
from bot.diary.red_flags import LOOK_AGAIN_AFTER, Delivery, RedFlag
from bot.jobs import notices
from bot.jobs.apart import apart
from bot.settings import Settings
from bot.storage.outbox import Urgency
from bot.storage.tables import Action

AT_ONCE: Final = 50
"""Cards looked at in one transaction."""
FAILED: Final = "an alert could not be made"


def send_due(tx: Connection, settings: Settings, now: datetime) -> int:
    """Look at up to AT_ONCE cards that are due; returns how many there were."""
    due = storage.red_flags.due(tx, now, AT_ONCE)
    for flag in due:
        later = partial(storage.red_flags.look_again, tx, flag, now + LOOK_AGAIN_AFTER)
        apart(tx, FAILED, partial(_look, tx, settings, flag, now), later)
    return len(due)


def _look(tx: Connection, settings: Settings, flag: RedFlag, now: datetime) -> None:
    if flag.told_at is None:
        _no_answer(tx, settings, flag, now)
        return
    match storage.red_flags.delivery_of(tx, flag):
        case Delivery.UNDER_WAY:
            storage.red_flags.look_again(tx, flag, now + LOOK_AGAIN_AFTER)
        case Delivery.ARRIVED:
            storage.red_flags.look_again(tx, flag, None)
        case Delivery.NONE_SENT:
            # The patient was told at once; the admin is not.
            storage.red_flags.look_again(tx, flag, None)
            _tell_admins(tx, settings, flag, now)
        case Delivery.LOST:
            storage.red_flags.look_again(tx, flag, None)
            _reached_nobody(tx, settings, flag, now)


def _no_answer(tx: Connection, settings: Settings, flag: RedFlag, now: datetime) -> None:
    """Every therapist who may see the diary hears that a card was shown and nobody answered it."""
    patient = storage.people.patient_by_id(tx, flag.patient_id)
    listeners = storage.red_flags.listeners(tx, patient.id, now)
    storage.red_flags.told(tx, flag, now, due_at=now if listeners else None)
    at = diary.days.local(flag.shown_at, patient.here)
    for one in listeners:
        _say(
            tx, one.chat_id, patient, chat.red_flags.no_answer(one.label, int(patient.id), at, words(one.language)), now
        )
        storage.accesses.add(tx, one.id, What.SIGNS, now, patient.id)
    if not listeners:
        _reached_nobody(tx, settings, flag, now)


def _reached_nobody(tx: Connection, settings: Settings, flag: RedFlag, now: datetime) -> None:
    """The patient hears it, with whom to call, and the admins that something is undelivered, without what."""
    patient = storage.people.patient_by_id(tx, flag.patient_id)
    language = words_for(storage.people.find_account(tx, patient.chat_id))
    message = chat.red_flags.not_heard(_number(settings, patient, language), settings.clinic_name, language)
    _say(tx, patient.chat_id, patient, message, now)
    _tell_admins(tx, settings, flag, now)


def _tell_admins(tx: Connection, settings: Settings, flag: RedFlag, now: datetime) -> None:
    tell: Callable[[Words], Message] = chat.notices.alert_undelivered
    notices.tell(tx, settings, f"{storage.notices.ALERT}{flag.id} {now:%H%M}", tell, now)


def _number(settings: Settings, patient: Patient, language: Words) -> Sentence:
    return chat.red_flags.number_in(patient.here, settings.default_timezone, settings.emergency_number, language)


def _say(tx: Connection, chat_id: ChatId, patient: Patient, message: Message, now: datetime) -> None:
    storage.outbox.add(
        tx, chat_id, Action.SEND, as_data(message), urgency=Urgency.RED_FLAG, now=now, patient_id=patient.id
    )
