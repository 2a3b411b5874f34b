"""A therapist says in which hours alerts reach them."""

from __future__ import annotations

from typing import Final

from bot import chat, storage
from bot.chat import buttons
from bot.chat.typed_hours import Typed
from bot.diary.hours import USUAL, WEEKDAYS, OwnHours
from bot.diary.people import Role, Therapist
from bot.handlers.turn import Turn

EXPECT: Final = "hours"


def hours(turn: Turn, said: str) -> None:
    """`/hours`: how it stands, with the choices; or at once: `/hours 08:00-18:00 mon-fri`."""
    therapist = turn.therapist
    if therapist is None:
        turn.say(chat.people.not_for_you(Role.THERAPIST, turn.words))
    elif said.strip():
        _typed(turn, therapist, said)
    else:
        turn.say(chat.hours.page(storage.hours.of(turn.tx, therapist.id), turn.words))


def choose(turn: Turn, tap: buttons.SetHours) -> None:
    therapist = turn.therapist
    if therapist is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    match tap.to:
        case buttons.OwnHours.OTHER:
            turn.expect(EXPECT)
            turn.say(chat.hours.ask(turn.words))
        case buttons.OwnHours.USUAL:
            turn.edit(_put(turn, therapist, OwnHours(*USUAL, WEEKDAYS, therapist.zone)))
        case buttons.OwnHours.ANY:
            turn.edit(_put(turn, therapist, None))


def expected(turn: Turn, said: str) -> None:
    """The text that `choose` waits for; until it can be read, the question stands."""
    therapist = turn.therapist
    if therapist is None or _typed(turn, therapist, said):
        turn.expect(None)


def _typed(turn: Turn, therapist: Therapist, said: str) -> bool:
    found = chat.typed_hours.read(said)
    if found is None:
        turn.say(chat.hours.not_read(turn.words))
        return False
    turn.say(_put(turn, therapist, _of(found, therapist)))
    return True


def _of(typed: Typed, therapist: Therapist) -> OwnHours | None:
    return None if typed.hours is None else OwnHours(*typed.hours, therapist.zone)


def _put(turn: Turn, therapist: Therapist, wanted: OwnHours | None) -> chat.messages.Message:
    storage.hours.put(turn.tx, therapist.id, wanted)
    return chat.hours.page(wanted, turn.words, changed=True)
