"""A patient changes a message that was sent before: the score or the note follows, while that is possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from telegram import Message

from bot import chat, diary, storage
from bot.chat import typed
from bot.chat.entries import DayView
from bot.diary.edits import Became, Written
from bot.diary.entries import Item
from bot.diary.people import Patient
from bot.handlers import entries, help, people, red_flags
from bot.handlers.turn import Turn


def edited(turn: Turn, message: Message) -> None:
    """Any change of an earlier message."""
    if not turn.known:
        people.greet(turn)
        return
    patient = turn.patient
    said = message.text if message.text is not None else message.caption
    if not said:
        help.thing(turn, turn.thing)
    elif patient is None or entries.active(turn) is None or said.startswith("/"):
        turn.say(chat.edits.only_entries(turn.words))
    else:
        _changed(turn, patient, message, said)
    if patient is not None and said:
        red_flags.look(turn, patient, said)


def _changed(turn: Turn, patient: Patient, message: Message, said: str) -> None:
    history = storage.edits.all_of(turn.tx, patient.id, message.message_id)
    replied = None if message.reply_to_message is None else message.reply_to_message.message_id
    if not history:
        _unknown(turn, patient, message, said, replied)
        return
    match history[-1].became:
        case Became.SCORES:
            _scores(turn, patient, history, said)
        case Became.NOTE | Became.ASKED_NOTE:
            _note(turn, patient, history[-1], said)
        case Became.NOTHING:
            entries.text(turn, patient, said, replied)
        case Became.OTHER:
            turn.say(chat.edits.only_entries(turn.words), patient_id=patient.id)


def _unknown(turn: Turn, patient: Patient, message: Message, said: str, replied: int | None) -> None:
    """A message that we never had in hand is read as if it were new; of an old one we can't know what it had become."""
    if not diary.edits.too_old(message.date, turn.now):
        entries.text(turn, patient, said, replied)
        return
    day = diary.days.day_of(message.date, patient.zone)
    turn.say(chat.edits.too_old(day, turn.words), patient_id=patient.id)


# --- scores ---------------------------------------------------------------------------------------------------


def _scores(turn: Turn, patient: Patient, history: Sequence[Written], said: str) -> None:
    """What was typed as scores is to be something else."""
    written = history[-1]
    planned = entries.open_day(turn, patient, written.day)
    if planned is None:
        return
    seen = entries.view(turn, patient, written.day, planned)
    asking = written.items[0] if len(written.items) == 1 else None
    match typed.scores(said, seen.items, asking=asking):
        case typed.Scores(values):
            by_id = {item.id: item for item in seen.items}
            _correct(turn, patient, history, [(by_id[item_id], value) for item_id, value in values])
        case typed.Unclear(reason) if not red_flags.matches(turn, patient, said):
            turn.say(chat.entries.unclear(reason, seen.items, turn.words), patient_id=patient.id)
        case typed.NotScores() | typed.Unclear():
            gone = [item for item in seen.items if any(item.id in it.items for it in history)]
            _take_back(turn, patient, history, gone)
            seen = _show(turn, patient, written.day)
            turn.say(chat.edits.now_counts(seen, gone, turn.words), patient_id=patient.id)
            entries.note(turn, patient, written.day, said)
        case typed.WhichItem(value):
            turn.say(chat.entries.which_item(seen, seen.items, value, turn.words), patient_id=patient.id)
        case typed.WhichSite() as which:
            fitting = [item for item in seen.items if item.id in which.items]
            turn.say(chat.entries.which_item(seen, fitting, which.value, turn.words), patient_id=patient.id)


def _correct(turn: Turn, patient: Patient, history: Sequence[Written], given: Sequence[tuple[Item, int]]) -> None:
    """The newest values count; what the message no longer names is taken back."""
    day = history[-1].day
    named = [item for item, _ in given]
    gone = [
        item for item in entries.view(turn, patient, day).items if item.id in history[-1].items and item not in named
    ]
    _take_back(turn, patient, history, gone)
    for item, value in given:
        late = entries.late(turn)
        storage.entries.put_score(turn.tx, patient.id, day, item.id, value, turn.now, late, turn.parked_at)
    entries.remember(turn, patient, day, Became.SCORES, items=named)
    storage.entries.change_day(turn.tx, patient.id, day, declined_at=None)
    seen = _show(turn, patient, day)
    turn.say(chat.edits.corrected(seen, given, gone, turn.words), patient_id=patient.id)


def _take_back(turn: Turn, patient: Patient, history: Sequence[Written], items: Sequence[Item]) -> None:
    instants = [written.entered_at for written in history if written.became is Became.SCORES]
    ids = [item.id for item in items]
    storage.entries.withdraw_written(turn.tx, patient.id, history[-1].day, ids, instants, turn.now)
    if not storage.entries.scores_on(turn.tx, patient.id, history[-1].day):
        storage.entries.change_day(turn.tx, patient.id, history[-1].day, answered_at=None)


def _show(turn: Turn, patient: Patient, day: date) -> DayView:
    seen = entries.view(turn, patient, day)
    entries.refresh(turn, patient, seen)
    return seen


# --- notes ----------------------------------------------------------------------------------------------------


def _note(turn: Turn, patient: Patient, written: Written, said: str) -> None:
    """What was kept as a note is to be something else: other words, or, while its day is open, scores."""
    note = None if written.note_id is None else storage.entries.find_note(turn.tx, patient.id, written.note_id)
    if note is not None and note.text == said:
        return  # Telegram says so, too, when a link gets its preview.
    if written.became is Became.NOTE and _became_scores(turn, patient, written, said):
        return
    if note is None:
        entries.note(turn, patient, written.day, said, written.became)
        return
    storage.entries.change_note(turn.tx, patient.id, note.id, said)
    entries.remember(turn, patient, written.day, written.became, note_id=note.id)
    turn.say(chat.edits.note_changed(written.day, note.id, turn.words), patient_id=patient.id)


def _became_scores(turn: Turn, patient: Patient, written: Written, said: str) -> bool:
    """Whether a note that was a slip of the finger, such as "burnin 4", is scores now, and could be stored."""
    planned = storage.entries.find_day(turn.tx, patient.id, written.day)
    if planned is None or not diary.entries.is_open(planned, turn.said_at):
        return False
    seen = entries.view(turn, patient, written.day, planned)
    asking = seen.next_item.id if seen.next_item is not None else None
    reading = typed.scores(said, seen.items, asking=asking)
    if not isinstance(reading, typed.Scores):
        return False
    if written.note_id is not None:
        storage.entries.undo_note(turn.tx, patient.id, written.note_id, turn.now)
    by_id = {item.id: item for item in seen.items}
    entries.keep(turn, patient, written.day, [(by_id[item_id], value) for item_id, value in reading.values])
    return True
