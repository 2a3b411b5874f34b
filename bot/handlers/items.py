"""A patient, or their therapist while the share stands, changes what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed
from bot.chat.asked import Whose
from bot.chat.messages import Message
from bot.diary.accesses import OF_ASKED, What
from bot.diary.entries import Item, ItemId, Side, Symptom
from bot.diary.items import Addition, Ahead, Refusal, Wanted
from bot.diary.people import Patient, PatientId, Role, Stage, Therapist
from bot.handlers import entries
from bot.handlers.turn import Turn

EXPECT_SITE: Final = "site:"
LISTENS_FOR: Final = timedelta(hours=1)
"""So long a text is taken for the place that was asked for: later it may well be a note."""
LONGEST_SITE: Final = 6
"""Words; what is longer is a note of the patient."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose questions are on the table, and who changes them; `therapist` None: the patient."""

    patient: Patient
    whose: Whose
    therapist: Therapist | None


# --- the list -------------------------------------------------------------------------------------------------


def symptoms(turn: Turn, _: str) -> None:
    """`/symptoms`: what I am asked."""
    patient = entries.active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
        return
    show(turn, patient)


def show(turn: Turn, patient: Patient) -> None:
    """The patient's own list; in the tapped message, where there is one."""
    _list(turn, _own(turn, patient))


def items(turn: Turn, tap: buttons.Items) -> None:
    desk = _desk(turn, tap.patient)
    if desk is None:
        return
    _saw(turn, desk, What.ASKED)
    if turn.tapped is not None and storage.entries.day_of_bubble(turn.tx, desk.patient.id, turn.tapped) is not None:
        # The bubble of a day that asked for nothing yet: it stays, for the first question.
        turn.say(chat.asked.whats_asked(desk.whose, _items(turn, desk), turn.words), patient_id=desk.patient.id)
    else:
        _list(turn, desk)


def one(turn: Turn, tap: buttons.OneItem) -> None:
    desk = _desk(turn, tap.patient)
    found = None if desk is None else _standing(turn, desk, tap.item)
    if desk is not None and found is not None:
        _say(turn, desk, chat.asked.one_item(desk.whose, _items(turn, desk), found, turn.words))


def move(turn: Turn, tap: buttons.MoveItem) -> None:
    """Ask it earlier. A second tap of the same button moves nothing any more."""
    desk = _desk(turn, tap.patient)
    if desk is None or _standing(turn, desk, tap.item) is None:
        return
    _put(turn, desk, diary.items.moved(_items(turn, desk), ItemId(tap.item), tap.place))
    found = _standing(turn, desk, tap.item)
    assert found is not None
    _say(turn, desk, chat.asked.one_item(desk.whose, _items(turn, desk), found, turn.words))


# --- adding ---------------------------------------------------------------------------------------------------


def add(turn: Turn, tap: buttons.AddItem) -> None:
    """One more thing is known; ask the next, or add the item."""
    desk = _desk(turn, tap.patient)
    if desk is not None:
        _step(turn, desk, tap)


def _step(turn: Turn, desk: Desk, so_far: buttons.AddItem) -> None:
    all_items = _items(turn, desk)
    if len(diary.items.standing(all_items)) >= diary.items.MOST_ITEMS and so_far.symptom is None:
        _say(turn, desk, chat.asked.refused(desk.whose, Refusal.FULL, turn.words))
        return
    question = chat.asked.next_question(desk.whose, so_far, all_items, turn.words)
    if question is not None:
        _say(turn, desk, question)
        return
    wanted = _wanted(so_far)
    if wanted is None:
        turn.toast(chat.people.old_button(turn.words))
    else:
        _add(turn, desk, wanted)


def _wanted(tap: buttons.AddItem) -> Wanted | None:
    """What a complete tap asks for; None where its site or side is none that we offer or could read."""
    assert tap.symptom is not None
    if tap.symptom in diary.items.WITHOUT_PLACE:
        return Wanted(tap.symptom, None, None)
    try:
        side: Side | None = buttons.side_of(tap.side or buttons.NO_SIDE)
    except ValueError:
        return None
    if tap.site == buttons.NO_SITE:
        return Wanted(tap.symptom, None, None) if side is None else None
    place = typed.place(tap.site or "")
    return None if place is None or place.site != tap.site else Wanted(tap.symptom, place.site, side)


def _add(turn: Turn, desk: Desk, wanted: Wanted) -> None:
    match diary.items.add(_items(turn, desk), wanted, _ahead(turn, desk)):
        case Item() as item:
            _asked_already(turn, desk, item)
        case Refusal() as why:
            _say(turn, desk, chat.asked.refused(desk.whose, why, turn.words))
        case Addition(day, position, again):
            if again is None:
                with _on_screen(turn, desk):
                    _saw(turn, desk, What.ITEMS)
                    item_id = storage.items.add(turn.tx, desk.patient.id, wanted, position, day)
                item = Item(item_id, wanted.symptom, wanted.site, wanted.side, position, day)
            else:
                _put(turn, desk, [item := again])
            _say(turn, desk, chat.asked.added(desk.whose, item, day, _asked_from(turn, desk, day), turn.words))
            if desk.therapist is not None:
                words = turn.words_of(desk.patient.chat_id)
                told = chat.asked.told_added(desk.therapist.name, item, _asked_from(turn, desk, day), words)
                _tell(turn, desk, told)


def _asked_from(turn: Turn, desk: Desk, day: date) -> date | None:
    """The first day from `day` on that is not paused; None: that is open, until the patient comes back."""
    return diary.items.first_unpaused(storage.pauses.of(turn.tx, desk.patient.id), day)


def _asked_already(turn: Turn, desk: Desk, item: Item) -> None:
    """A double tap comes as two updates: the second finds the item and shows the same receipt."""
    begun = item.rests[-1][1] if item.rests else item.added_day
    if begun >= desk.whose.today:
        _say(turn, desk, chat.asked.added(desk.whose, item, begun, _asked_from(turn, desk, begun), turn.words))
    else:
        _say(turn, desk, chat.asked.already(desk.whose, item, turn.words))


def again(turn: Turn, tap: buttons.ItemAgain) -> None:
    """It was ended, and shall go on."""
    desk = _desk(turn, tap.patient)
    found = None if desk is None else next((item for item in _items(turn, desk) if item.id == tap.item), None)
    if desk is not None and found is not None:
        _add(turn, desk, Wanted(found.symptom, found.site, found.side))
    elif desk is not None:
        turn.toast(chat.people.old_button(turn.words))


# --- another place, typed -------------------------------------------------------------------------------------


def type_place(turn: Turn, tap: buttons.TypePlace) -> None:
    desk = _desk(turn, tap.patient)
    if desk is None:
        return
    if tap.symptom in diary.items.WITHOUT_PLACE:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.expect(f"{EXPECT_SITE}{'' if tap.patient is None else tap.patient}:{tap.symptom}:{_listening(turn, desk)}")
    turn.edit(chat.asked.ask_place(desk.whose, tap.symptom, turn.words), patient_id=desk.patient.id)


def _listening(turn: Turn, desk: Desk) -> str:
    """Since when; and the patient's next question: after it has come, a text is more likely about that."""
    coming = desk.patient.next_prompt_day if desk.therapist is None else None
    return f"{int(turn.now.timestamp()) // 60}:{coming or ''}"


def expected_site(turn: Turn, said: str) -> bool:
    """The place that "another place" asked for. False, and none is expected any more: the text is something else."""
    assert turn.account.expecting is not None
    whose, symptom, since, coming = turn.account.expecting.removeprefix(EXPECT_SITE).split(":")
    desk = _desk(turn, int(whose) if whose else None)
    if desk is None:
        turn.expect(None)
        return True
    late = turn.now - datetime.fromtimestamp(int(since) * 60, UTC) > LISTENS_FOR
    place = typed.place(said)
    if late or _listening(turn, desk).partition(":")[2] != coming or _is_for_the_diary(turn, desk, said):
        turn.expect(None)
        return False
    if place is None or len(place.site.encode()) > buttons.MAX_SITE:
        turn.say(chat.asked.no_such_place(turn.words, too_long=place is not None), patient_id=desk.patient.id)
        return True
    turn.expect(None)
    side = None if place.side is None else place.side.value
    if side is None and place.site in chat.asked.WITHOUT_SIDE:
        side = buttons.NO_SIDE
    _step(turn, desk, buttons.AddItem(desk.whose.patient, Symptom(symptom), place.site, side))
    return True


def _is_for_the_diary(turn: Turn, desk: Desk, said: str) -> bool:
    """Whether a patient's text reads as scores, or is as long as a note."""
    if desk.therapist is not None:
        return False
    followed = diary.items.standing(_items(turn, desk))
    scored = not isinstance(typed.scores(said, followed, asking=None), typed.NotScores)
    return scored or len(said.split()) > LONGEST_SITE


# --- ending ---------------------------------------------------------------------------------------------------


def end(turn: Turn, tap: buttons.EndItem) -> None:
    """Stop asking about one: asked for a yes first."""
    desk = _desk(turn, tap.patient)
    if desk is None:
        return
    all_items = _items(turn, desk)
    item = next((item for item in all_items if item.id == tap.item), None)
    if item is not None and item.ended_day is not None and item.ended_day >= desk.whose.today:
        # A double tap, or the question left open: it has ended, and the receipt says from when on.
        _say(turn, desk, chat.asked.ended(desk.whose, item, turn.words))
        return
    if item is None or item.ended_day is not None:
        turn.toast(chat.people.old_button(turn.words))
        return
    match diary.items.end(all_items, item, _ahead(turn, desk)):
        case Refusal() as why:
            _say(turn, desk, chat.asked.refused(desk.whose, why, turn.words))
        case _ if not tap.sure:
            _say(turn, desk, chat.asked.ask_end(desk.whose, item, turn.words))
        case Item() as ended:
            _put(turn, desk, [ended])
            _say(turn, desk, chat.asked.ended(desk.whose, ended, turn.words))
            if desk.therapist is not None:
                theirs = turn.words_of(desk.patient.chat_id)
                _tell(turn, desk, chat.asked.told_ended(desk.therapist.name, ended, theirs))


# --- who, and what there is -----------------------------------------------------------------------------------


def _desk(turn: Turn, patient_id: int | None) -> Desk | None:
    """Whose questions a tap is about, if they may be changed from here; else the tap is answered and that is all."""
    patient = entries.active(turn) if patient_id is None else None
    if patient is not None:
        return _own(turn, patient)
    therapist = turn.therapist if patient_id is not None else None
    if therapist is not None and patient_id is not None:
        share = storage.sharing.find(turn.tx, PatientId(patient_id), therapist.id)
        if share is not None and diary.sharing.may_see(share, turn.now):
            patient = storage.people.patient_by_id(turn.tx, share.patient_id)
            if patient.stage is Stage.ACTIVE:
                whose = Whose(patient_id, share.label, diary.days.day_of(turn.now, patient.zone))
                return Desk(patient, whose, therapist)
    if turn.tap_id is not None:
        turn.toast(chat.people.old_button(turn.words))
    elif patient_id is not None:
        turn.say(chat.sessions.not_shared(turn.words))
    return None


def _own(turn: Turn, patient: Patient) -> Desk:
    return Desk(patient, Whose(None, "", diary.days.day_of(turn.now, patient.zone)), None)


def _items(turn: Turn, desk: Desk) -> tuple[Item, ...]:
    return storage.entries.items_of(turn.tx, desk.patient.id)


def _standing(turn: Turn, desk: Desk, item_id: int) -> Item | None:
    """The item, where it is still asked; where it is not, the tap says so and shows the list."""
    found = next((item for item in diary.items.standing(_items(turn, desk)) if item.id == item_id), None)
    if found is None:
        turn.toast(chat.people.old_button(turn.words))
        _list(turn, desk)
    return found


def _ahead(turn: Turn, desk: Desk) -> Ahead:
    today = desk.whose.today
    return Ahead(
        today,
        storage.items.days_from(turn.tx, desk.patient.id, today),
        storage.items.answered_from(turn.tx, desk.patient.id, today),
        turn.now,
    )


# --- speaking -------------------------------------------------------------------------------------------------


def _list(turn: Turn, desk: Desk) -> None:
    _say(turn, desk, chat.asked.whats_asked(desk.whose, _items(turn, desk), turn.words))


def _say(turn: Turn, desk: Desk, message: Message) -> None:
    if desk.therapist is not None:
        storage.accesses.look(turn.tx, desk.therapist.id, OF_ASKED, turn.now, desk.patient.id)
    turn.edit(message, patient_id=desk.patient.id)


def _put(turn: Turn, desk: Desk, changed: Sequence[Item]) -> None:
    """Keep these items as they are now."""
    if changed:
        _saw(turn, desk, What.ITEMS)
    with _on_screen(turn, desk):
        storage.items.put(turn.tx, desk.patient.id, changed)


@contextmanager
def _on_screen(turn: Turn, desk: Desk) -> Iterator[None]:
    """What is done within also shows in the bubbles of days that are open, where it changes them."""
    before = _bubbles(turn, desk)
    yield
    for bubble_id, message in _bubbles(turn, desk).items():
        if message != before[bubble_id]:
            turn.edit(message, bubble_id=bubble_id, patient_id=desk.patient.id, to=desk.patient.chat_id)


def _bubbles(turn: Turn, desk: Desk) -> dict[int, Message]:
    words = turn.words_of(desk.patient.chat_id)
    return {
        bubble_id: chat.entries.bubble(entries.view(turn, desk.patient, day.day, day), words)
        for day in storage.entries.open_days(turn.tx, desk.patient.id, turn.now)
        if (bubble_id := storage.entries.bubble_of(turn.tx, desk.patient.id, day.day)) is not None
    }


def _saw(turn: Turn, desk: Desk, what: What) -> None:
    """For the log of who saw what: what a therapist does."""
    if desk.therapist is not None:
        storage.accesses.add(turn.tx, desk.therapist.id, what, turn.now, desk.patient.id)


def _tell(turn: Turn, desk: Desk, message: Message) -> None:
    turn.say(message, to=desk.patient.chat_id, patient_id=desk.patient.id)
