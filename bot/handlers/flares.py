"""A patient notes a flare: an episode between two evening questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed, typed_times
from bot.chat.buttons import pack
from bot.chat.messages import Message
from bot.diary.edits import Became
from bot.diary.entries import HIGHEST, LOWEST, Item, ItemId
from bot.diary.flares import Since
from bot.diary.people import Patient, Stage
from bot.handlers import entries
from bot.handlers.turn import Turn

LONGEST_AGO: Final = timedelta(days=2)
"""A flare that is noted now began no longer ago than this, where an instant is given."""

CARD: Final = "@"
"""Stands between what is known of a flare and the message that asks for the rest."""


def flare(turn: Turn, said: str) -> None:
    """`/flare`, or at once with what it is: `/flare burning 8`. Other words are kept as a note."""
    patient = entries.active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(diary.people.Role.PATIENT, turn.words))
        return
    so_far = buttons.Flare(diary.days.day_of(turn.now, patient.zone), None, None, None)
    if said and _typed(turn, patient, so_far, said):
        entries.remember(turn, patient, so_far.day, Became.OTHER)
        return
    if said:
        entries.note(turn, patient, so_far.day, said)
    _ask(turn, patient, so_far, new=True)


def _items(turn: Turn, patient: Patient, so_far: buttons.Flare) -> list[Item]:
    return [item for item in storage.entries.items_of(turn.tx, patient.id) if item.asked_on(so_far.day)]


def _ask(turn: Turn, patient: Patient, so_far: buttons.Flare, *, new: bool) -> None:
    """Ask the first thing that is not known. Whatever is typed next may answer it."""
    items = _items(turn, patient, so_far)
    if not items:
        _speak(turn, patient, chat.flares.nothing_followed(turn.words), new=new)
        return
    if so_far.item is None and len(items) == 1:
        so_far = replace(so_far, item=int(items[0].id))
    item = next((one for one in items if one.id == so_far.item), None)
    if item is None:
        message = chat.flares.choose_item(so_far.day, items, turn.words)
    elif so_far.score is None:
        message = chat.flares.choose_score(so_far, item, turn.words, large=patient.large_buttons)
    else:
        choices = diary.flares.choices(turn.now, patient.here)
        message = chat.flares.choose_since(so_far, item, choices, turn.words)
    _expect(turn, so_far, _speak(turn, patient, message, new=new, asks=so_far.day))


def _expect(turn: Turn, so_far: buttons.Flare, card: str = "") -> None:
    """The next text may answer the question in `card`, which then loses its buttons."""
    turn.expect(f"{pack(so_far)}{CARD}{card}")


def _speak(turn: Turn, patient: Patient, message: Message, *, new: bool, asks: date | None = None) -> str:
    """Say it in a message of its own or in the one that was tapped; returns which, where it `asks` on a day."""
    if not new:
        turn.edit(message, patient_id=patient.id)
        return f"m{turn.tapped}"
    return f"b{turn.say(message, patient_id=patient.id, bubble_of=asks)}"


def _take_off(turn: Turn, card: str) -> None:
    """An answered question has no buttons: a tap on them would note the flare once more."""
    if card.startswith("b"):
        turn.retire(bubble_id=int(card[1:]))
    elif card:
        turn.retire(message_id=int(card[1:]))


# --- taps -----------------------------------------------------------------------------------------------------


@entries.of_patient
def step(turn: Turn, patient: Patient, tap: buttons.Flare) -> None:
    """One more thing is known; ask the next, or keep the flare."""
    known = {item.id: item for item in _items(turn, patient, tap)}
    if tap.item not in known or not _is_score(tap.score) or tap.since is Since.TIME:
        turn.toast(chat.people.old_button(turn.words))
    elif _is_old(turn, patient, tap.day):
        turn.edit(chat.flares.from_another_day(tap.day, turn.words), patient_id=patient.id)
    elif tap.score is None or tap.since is None:
        _ask(turn, patient, tap, new=False)
    else:
        noted_at = entries.late(turn) or turn.now
        began_at = diary.flares.began_at(tap.since, noted_at, patient.here)
        _keep(turn, patient, known[ItemId(tap.item)], tap.score, began_at, tap.since, new=False)


@entries.of_patient
def at(turn: Turn, patient: Patient, tap: buttons.FlareAt) -> None:
    """Which of two times a typed one was."""
    began_at = datetime.fromtimestamp(0, UTC) + timedelta(minutes=min(abs(tap.minute), 10**9))
    item = next(
        (one for one in _items(turn, patient, buttons.Flare(tap.day, None, None, None)) if one.id == tap.item), None
    )
    if item is None or not _is_score(tap.score):
        turn.toast(chat.people.old_button(turn.words))
    elif _is_old(turn, patient, tap.day) or not turn.now - LONGEST_AGO <= began_at <= turn.now:
        turn.edit(chat.flares.from_another_day(tap.day, turn.words), patient_id=patient.id)
    else:
        _keep(turn, patient, item, tap.score, began_at, Since.TIME, new=False)


@entries.of_patient
def drop(turn: Turn, patient: Patient, _: buttons.NoFlare) -> None:
    turn.edit(chat.flares.dropped(turn.words), patient_id=patient.id)


@entries.of_patient
def undo(turn: Turn, patient: Patient, tap: buttons.UndoFlare) -> None:
    """Take a flare back, once."""
    if storage.flares.undo(turn.tx, patient.id, tap.flare, turn.now):
        turn.edit(chat.flares.undone(turn.words), patient_id=patient.id)
    else:
        turn.toast(chat.people.old_button(turn.words))


def _is_score(value: int | None) -> bool:
    return value is None or LOWEST <= value <= HIGHEST


def _is_old(turn: Turn, patient: Patient, day: object) -> bool:
    """Whether a question was asked on another day, so that its answers mean something else now."""
    return day not in {diary.days.day_of(instant, patient.zone) for instant in (turn.said_at, turn.now)}


def _keep(turn: Turn, patient: Patient, item: Item, score: int, began_at: datetime, since: Since, *, new: bool) -> None:
    """Keep the flare, once: a double tap comes as two updates, and the second finds the first."""
    turn.expect(None)
    kept = storage.flares.newest(turn.tx, patient.id)
    if kept is None or not diary.flares.same(kept, item.id, score, since, turn.now):
        kept = storage.flares.add(
            turn.tx,
            patient.id,
            day=diary.days.day_of(began_at, patient.here),
            item_id=item.id,
            score=score,
            began_at=began_at,
            since=since,
            now=turn.now,
        )
    readers = entries.readers(turn, patient)
    _speak(turn, patient, chat.flares.kept(kept, item, patient.here, readers, turn.words), new=new)


# --- typed ----------------------------------------------------------------------------------------------------


def expected(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """A text while a question about a flare is open; False: it is no answer to that, and the question is dropped."""
    packed, _, card = expecting.partition(CARD)
    try:
        so_far = buttons.unpack(packed)
    except buttons.BadTap:
        return False
    if not isinstance(so_far, buttons.Flare):
        return False
    if patient.stage is Stage.ACTIVE and not _is_old(turn, patient, so_far.day):
        turn.expect(None)
        if _typed(turn, patient, so_far, said, card):
            entries.remember(turn, patient, so_far.day, Became.OTHER)
            return True
    turn.expect(None)
    return False


def _typed(turn: Turn, patient: Patient, so_far: buttons.Flare, said: str, card: str = "") -> bool:
    """Take an answer in words to the question that is open in `card`; False where it is none."""
    items = _items(turn, patient, so_far)
    item = next((one for one in items if one.id == so_far.item), None)
    if item is not None and so_far.score is not None:
        taken = _typed_time(turn, patient, so_far, item, so_far.score, said)
    else:
        reading = typed.scores(said, only := items if item is None else [item], asking=_only(only))
        if isinstance(reading, typed.Unclear):
            _expect(turn, so_far, card)
            turn.say(chat.entries.unclear(reading.reason, only, turn.words), patient_id=patient.id)
            return True
        taken = _typed_score(turn, patient, so_far, only, reading, said)
    if taken:
        _take_off(turn, card)
    return taken


def _only(items: Sequence[Item]) -> ItemId | None:
    return items[0].id if len(items) == 1 else None


def _typed_score(
    turn: Turn, patient: Patient, so_far: buttons.Flare, items: Sequence[Item], reading: typed.Reading, said: str
) -> bool:
    """ "burning 8", "burning", or a number for the one that was asked about."""
    match reading:
        case typed.Scores(values=((item_id, value),)):
            _ask(turn, patient, replace(so_far, item=int(item_id), score=value), new=True)
        case typed.NotScores():
            named = _named(items, said)
            if named is None:
                return False
            _ask(turn, patient, replace(so_far, item=int(named.id)), new=True)
        case _:
            _ask(turn, patient, so_far, new=True)
    return True


def _named(items: Sequence[Item], said: str) -> Item | None:
    """The item that a text names, and nothing else."""
    match typed.scores(f"{said} {LOWEST}", items, asking=None):
        case typed.Scores(values=((item_id, _),)):
            return next(item for item in items if item.id == item_id)
        case _:
            return None


def _typed_time(turn: Turn, patient: Patient, so_far: buttons.Flare, item: Item, score: int, said: str) -> bool:
    """ "14:30", "2 hours ago", or one that could be either half of the day."""
    match typed_times.since(said) or typed_times.wall_time(said):
        case Since() as since:
            began_at = diary.flares.began_at(since, turn.now, patient.here)
            _keep(turn, patient, item, score, began_at, since, new=True)
        case timedelta() as ago:
            _keep(turn, patient, item, score, turn.now - ago, Since.TIME, new=True)
        case typed_times.Time(wall):
            began_at = diary.flares.last_at(wall, turn.now, patient.here)
            _keep(turn, patient, item, score, began_at, Since.TIME, new=True)
        case typed_times.AmOrPm() as either:
            instants = sorted(diary.flares.last_at(wall, turn.now, patient.here) for wall in (either.am, either.pm))
            which = chat.flares.which_time(so_far, instants[::-1], patient.here, turn.words)
            _expect(turn, so_far, _speak(turn, patient, which, new=True, asks=so_far.day))
        case None:
            return False
    return True
