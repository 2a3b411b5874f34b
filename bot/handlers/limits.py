"""A therapist chooses from which scores on one patient alerts. Of several therapists the newest choice counts."""

from __future__ import annotations

from dataclasses import replace

from bot import chat, diary, storage
from bot.chat import buttons
from bot.chat.buttons import Limit
from bot.diary.accesses import What
from bot.diary.alerts import HIGHS, RISES, USUAL
from bot.handlers import digests
from bot.handlers.turn import Turn


def show(turn: Turn, tap: buttons.AlertLimits) -> None:
    found = digests._shared(turn, tap.patient)
    if found is None:
        return
    patient, share, therapist = found
    changed = storage.limits.changed(turn.tx, patient.id)
    if changed is not None:
        changed = changed[0], diary.days.local(changed[1], therapist.zone)
    limits = storage.limits.of(turn.tx, patient.id)
    turn.say(chat.limits.page(int(patient.id), share.label, limits, changed, turn.words), patient_id=patient.id)


def put(turn: Turn, tap: buttons.SetLimit) -> None:
    found = digests._shared(turn, tap.patient)
    if found is None:
        return
    patient, share, therapist = found
    before = storage.limits.of(turn.tx, patient.id)
    match tap.limit:
        case Limit.RISE if tap.to in RISES:
            limits = replace(before, rise=tap.to)
        case Limit.HIGH if tap.to in HIGHS:
            limits = replace(before, high=tap.to)
        case Limit.USUAL:
            limits = USUAL
        case _:
            turn.toast(chat.people.old_button(turn.words))
            return
    if limits != before:
        storage.limits.put(turn.tx, patient.id, limits)
        storage.accesses.add(turn.tx, therapist.id, What.LIMITS, turn.now, patient.id)
    message = chat.limits.page(int(patient.id), share.label, limits, None, turn.words, now=True)
    turn.edit(message, patient_id=patient.id)
