"""A patient tapped a score, typed one, or wrote a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol, TypeVar

from bot import chat, diary, storage
from bot.chat import buttons, typed
from bot.chat.entries import DayView
from bot.chat.messages import Button
from bot.diary.checkins import Checkin
from bot.diary.edits import Became
from bot.diary.entries import HIGHEST, LOWEST, Day, Item, ItemId, OpenDay, PastDay, Score
from bot.diary.people import Patient, Stage
from bot.handlers import red_flags
from bot.handlers.turn import Turn
from bot.storage.outbox import Urgency

EXPECT_NOTE: Final = "note:"

Tap = TypeVar("Tap")


class _OfDay(Protocol):
    @property
    def day(self) -> date: ...


DayTap = TypeVar("DayTap", bound=_OfDay)


# --- what a day looks like ------------------------------------------------------------------------------------


def active(turn: Turn) -> Patient | None:
    """The patient of this chat, once enrolled."""
    patient = turn.patient
    return patient if patient is not None and patient.stage is Stage.ACTIVE else None


def plan(turn: Turn, patient: Patient, day: date) -> Day:
    """The diary day, made by the patient's present zone where there is none yet."""
    return storage.entries.plan_day(turn.tx, patient.id, day, patient.zone, diary.days.closes_at(day, patient.zone))


def view(turn: Turn, patient: Patient, day: date, planned: Day | None = None) -> DayView:
    """What the bubble of a day shows. `planned`: the day's row, where the caller has just read it."""
    items = [item for item in storage.entries.items_of(turn.tx, patient.id) if item.asked_on(day)]
    if planned is None:
        planned = storage.entries.find_day(turn.tx, patient.id, day)
    eve = day - diary.days.ONE_DAY
    counted = storage.entries.scores_between(turn.tx, patient.id, eve, day)
    zone = patient.zone if planned is None else planned.zone
    return DayView(
        day=day,
        items=items,
        values={item_id: score.value for (on, item_id), score in counted.items() if on == day},
        before={item_id: score.value for (on, item_id), score in counted.items() if on == eve},
        declined=planned is not None and planned.declined_at is not None,
        later=planned is not None and diary.entries.can_be_put_off(planned),
        past=day < diary.days.day_of(turn.now, zone),
        late=frozenset(
            item_id for (on, item_id), score in counted.items() if on == day and diary.entries.entered_late(score, zone)
        ),
        large=patient.large_buttons,
        checkins=_checkins(turn, patient, day, planned),
    )


def _checkins(turn: Turn, patient: Patient, day: date, planned: Day | None) -> tuple[Checkin, ...]:
    """What is still to be answered after a treatment in the bubble of a day."""
    if planned is None or planned.intended_at is None:
        return ()
    return diary.checkins.open_on(storage.checkins.of_day(turn.tx, patient.id, day), day)


def _values(turn: Turn, patient: Patient, day: date) -> dict[ItemId, int | None]:
    counted = storage.entries.scores_on(turn.tx, patient.id, day)
    return {item_id: score.value for (_, item_id), score in counted.items()}


def show(turn: Turn, patient: Patient, day: date, *, as_prompt: bool = False) -> None:
    """Bring the bubble of a day to the bottom of the chat; an earlier one loses its buttons, as another day's does.

    `as_prompt`: it is the day's prompt, so its arrival is written down.
    """
    earlier, shown = storage.entries.shown_bubble(turn.tx, patient.id, day)
    if earlier is not None and shown is None:
        call_back(turn, patient, day, earlier)
    elif earlier is not None:
        turn.retire(bubble_id=earlier)
    # "Not today" stands until there is an answer, but who looks again may answer.
    seen = replace(view(turn, patient, day), declined=False)
    put_others_away(turn, patient, day, closed=seen.next_item is None)
    bubble = turn.say(
        chat.entries.bubble(seen, turn.words),
        patient_id=patient.id,
        bubble_of=day,
        as_prompt=as_prompt,
    )
    storage.entries.change_day(turn.tx, patient.id, day, bubble_id=bubble)


def refresh(turn: Turn, patient: Patient, seen: DayView) -> None:
    """Edit the day's bubble where it stands, to what is `seen` now; one that was tapped is it from now on."""
    message = chat.entries.bubble(seen, turn.words)
    if turn.tapped is None:
        bubble = storage.entries.bubble_of(turn.tx, patient.id, seen.day)
        if bubble is None:
            return
        if storage.outbox.on_its_way(turn.tx, patient.id, bubble) is Urgency.PROMPT:
            # The question of the evening would come and ask for what has just been said.
            show(turn, patient, seen.day)
        else:
            turn.edit(message, bubble_id=bubble, patient_id=patient.id)
            if seen.next_item is not None:
                put_others_away(turn, patient, seen.day)
        return
    if adopt(turn, patient, seen.day):
        turn.edit(message, patient_id=patient.id)


def adopt(turn: Turn, patient: Patient, day: date) -> bool:
    """The tapped message is the day's bubble; another one, left over from a crash or still on its way, is not.

    False: it does not become it, since another day is asked about meanwhile; it has no buttons any more then.
    """
    assert turn.tapped is not None
    bubble, shown = storage.entries.shown_bubble(turn.tx, patient.id, day)
    if shown == turn.tapped:
        return True
    if any(one.day != day for one in storage.prompts.questions(turn.tx, [patient.id])):
        turn.toast(chat.people.old_button(turn.words))
        turn.retire(message_id=turn.tapped)
        return False
    if shown is not None:
        turn.retire(message_id=shown)
    elif bubble is not None:
        call_back(turn, patient, day, bubble)
        bubble = storage.entries.bubble_shown_as(turn.tx, patient.id, turn.tapped)
    if bubble is None:
        bubble = storage.outbox.add_bubble(turn.tx, turn.chat_id, patient.id, turn.now, day)
    storage.entries.change_day(turn.tx, patient.id, day, bubble_id=bubble)
    storage.outbox.show_bubble(turn.tx, bubble, turn.tapped)
    return True


def put_others_away(turn: Turn, patient: Patient, day: date | None, *, closed: bool = False) -> None:
    """There is just one live question in a chat: that of `day`, or none. `closed`: only days that are over go.

    One that is still on its way stays: it is the newest.
    """
    gone = [
        one
        for one in storage.prompts.questions(turn.tx, [patient.id])
        if one.day != day and one.message_id is not None and not (closed and turn.now < one.closes_at)
    ]
    storage.prompts.put_away(turn.tx, gone)
    for one in gone:
        turn.retire(bubble_id=one.bubble_id)


def put_away(turn: Turn, patient: Patient, day: date) -> None:
    """The day has no bubble any more: the next question finds no buttons to take off, which Telegram would refuse."""
    storage.entries.change_day(turn.tx, patient.id, day, bubble_id=None)


def call_back(turn: Turn, patient: Patient, day: date, bubble: int) -> None:
    """The day's question is still on its way, and on screen already in another message: it is not sent any more.

    A prompt that is called back was asked all the same.
    """
    turn.withdraw(bubble)
    planned = storage.entries.find_day(turn.tx, patient.id, day)
    if planned is not None and planned.intended_at is not None and planned.not_asked is None:
        storage.entries.change_day(turn.tx, patient.id, day, sent_at=planned.sent_at or turn.now)


def late(turn: Turn) -> datetime | None:
    """Since when this reply may have waited for us, where it waited long."""
    return diary.entries.received_late(turn.now, turn.said_at)


def open_day(turn: Turn, patient: Patient, day: date) -> Day | None:
    """The tapped day if it still takes scores; otherwise the person is told, and the bubble loses its buttons.

    A tap that waited at Telegram while we were away counts if its day was open at any time since we last looked.
    """
    today = diary.days.day_of(turn.said_at if turn.tapped is None else turn.now, patient.zone)
    planned = plan(turn, patient, day) if day == today else storage.entries.find_day(turn.tx, patient.id, day)
    if planned is not None and diary.entries.is_open(planned, turn.said_at):
        return planned
    if turn.tapped is not None:
        turn.retire(message_id=turn.tapped)
        if storage.entries.shown_bubble(turn.tx, patient.id, day)[1] == turn.tapped:
            put_away(turn, patient, day)
    if diary.entries.takes_note(planned, day, patient, turn.now):
        turn.say(chat.entries.closed(day, turn.words), patient_id=patient.id)
    else:
        turn.toast(chat.people.old_button(turn.words))
    return None


# --- taps -----------------------------------------------------------------------------------------------------


def of_patient(act: Callable[[Turn, Patient, Tap], None]) -> Callable[[Turn, Tap], None]:
    """A tap that only an enrolled patient can make; under anyone else's finger the button is no longer in use."""

    def run(turn: Turn, tap: Tap) -> None:
        patient = active(turn)
        if patient is None:
            turn.toast(chat.people.old_button(turn.words))
        else:
            act(turn, patient, tap)

    return run


def on_open_day(act: Callable[[Turn, Patient, Day, DayTap], None]) -> Callable[[Turn, DayTap], None]:
    """A patient's tap about a day that still takes scores; where it does not, the patient is told."""

    @of_patient
    def run(turn: Turn, patient: Patient, tap: DayTap) -> None:
        planned = open_day(turn, patient, tap.day)
        if planned is not None:
            act(turn, patient, planned, tap)

    return run


@on_open_day
def score(turn: Turn, patient: Patient, planned: Day, tap: buttons.Score) -> None:
    """A number, or "skip this one"."""
    seen = view(turn, patient, tap.day, planned)
    item = seen.item(tap.item)
    if item is None or (tap.value is not None and not LOWEST <= tap.value <= HIGHEST):
        turn.toast(chat.people.old_button(turn.words))
        return
    since = late(turn)
    new = storage.entries.put_score(turn.tx, patient.id, tap.day, item.id, tap.value, turn.now, since, turn.parked_at)
    _answer_after_all(turn, patient, planned)
    given = Score(item.id, tap.day, tap.value, turn.now, since)
    afterwards = diary.entries.entered_late(given, planned.zone) if new else item.id in seen.late
    if tap.value is not None and storage.entries.shown_bubble(turn.tx, patient.id, tap.day)[1] != turn.tapped:
        # The message that asked what a number is for turns into the question for the next one.
        turn.toast(chat.entries.stored_briefly(tap.day, item, tap.value, turn.words))
    refresh(turn, patient, seen.having(item, tap.value, late=afterwards))


@on_open_day
def not_today(turn: Turn, patient: Patient, planned: Day, tap: buttons.NotToday) -> None:
    """Nothing more today; what was scored so far stays."""
    seen = view(turn, patient, tap.day, planned)
    if seen.next_item is not None:
        storage.entries.change_day(
            turn.tx,
            patient.id,
            tap.day,
            declined_at=planned.declined_at or turn.now,
            answered_at=planned.answered_at or turn.now,
        )
        seen = replace(seen, declined=True)
    refresh(turn, patient, seen)


@on_open_day
def resume(turn: Turn, patient: Patient, planned: Day, tap: buttons.Resume) -> None:
    """Back to the day: "answer after all", or out of a correction. "Not today" stands until there is an answer."""
    if not adopt(turn, patient, tap.day):
        return
    put_others_away(turn, patient, tap.day)
    seen = replace(view(turn, patient, tap.day, planned), declined=False)
    turn.edit(chat.entries.bubble(seen, turn.words), patient_id=patient.id)


@on_open_day
def change(turn: Turn, patient: Patient, planned: Day, tap: buttons.Change) -> None:
    """Which answer should be another one?"""
    if not adopt(turn, patient, tap.day):
        return
    seen = view(turn, patient, tap.day, planned)
    turn.edit(chat.entries.choose_change(seen, turn.words), patient_id=patient.id)


@on_open_day
def change_item(turn: Turn, patient: Patient, planned: Day, tap: buttons.ChangeItem) -> None:
    """Ask this one again."""
    seen = view(turn, patient, tap.day, planned)
    item = seen.item(tap.item)
    if item is None:
        turn.toast(chat.people.old_button(turn.words))
        return
    if not adopt(turn, patient, tap.day):
        return
    asked = chat.entries.question(seen, item, turn.words, changing=True)
    turn.edit(asked, patient_id=patient.id)


@of_patient
def move(turn: Turn, patient: Patient, tap: buttons.MoveScores) -> None:
    """What was typed was meant for the other day: it is taken back here and stored there."""
    if open_day(turn, patient, tap.from_day) is None or open_day(turn, patient, tap.to_day) is None:
        return
    bits = _bits(turn, patient)
    items = {item.id: item for item in view(turn, patient, tap.to_day).items if tap.items >> bits[item.id] & 1}
    since = datetime.fromtimestamp(tap.since // 1_000_000, UTC) + timedelta(microseconds=tap.since % 1_000_000)
    counted = _values(turn, patient, tap.from_day)
    taken = storage.entries.withdraw_scores(turn.tx, patient.id, tap.from_day, list(items), since, turn.now)
    # A value that counted already when it was typed again was not stored twice: it stays, and is copied.
    given = {item_id: taken.get(item_id, counted.get(item_id)) for item_id in items}
    meant = [(items[item_id], value) for item_id, value in given.items() if value is not None]
    for item, value in meant:
        storage.entries.put_score(turn.tx, patient.id, tap.to_day, item.id, value, turn.now)
    if not meant:
        turn.toast(chat.people.old_button(turn.words))
        return
    storage.edits.moved(turn.tx, patient.id, since, tap.to_day, turn.now)
    storage.entries.change_day(turn.tx, patient.id, tap.to_day, declined_at=None)
    if not _values(turn, patient, tap.from_day):
        storage.entries.change_day(turn.tx, patient.id, tap.from_day, answered_at=None)
    turn.edit(chat.entries.moved(view(turn, patient, tap.to_day), meant, turn.words), patient_id=patient.id)
    for day in (tap.from_day, tap.to_day):
        bubble = storage.entries.bubble_of(turn.tx, patient.id, day)
        if bubble is not None:
            shown = chat.entries.bubble(view(turn, patient, day), turn.words)
            turn.edit(shown, bubble_id=bubble, patient_id=patient.id)


def _answer_after_all(turn: Turn, patient: Patient, planned: Day) -> None:
    """Whoever answers takes back "not today"."""
    if planned.declined_at is not None:
        storage.entries.change_day(turn.tx, patient.id, planned.day, declined_at=None)


# --- typed ----------------------------------------------------------------------------------------------------


def today(turn: Turn, said: str) -> None:
    """`/today`: show or resume the present diary day. Scores behind it are for that day, other words are its note."""
    patient = active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(diary.people.Role.PATIENT, turn.words))
        return
    day = diary.days.day_of(turn.now, patient.zone)
    plan(turn, patient, day)
    if not said or not _take_with(turn, patient, day, said):
        show(turn, patient, day)


def yesterday(turn: Turn, said: str) -> None:
    """`/yesterday`: show or resume yesterday while it is open; afterwards say why it takes no score but a note.

    Scores behind it are for yesterday, other words are its note.
    """
    patient = active(turn)
    if patient is None:
        turn.say(chat.people.not_for_you(diary.people.Role.PATIENT, turn.words))
        return
    day = diary.days.yesterday(turn.now, patient.zone)
    planned = storage.entries.find_day(turn.tx, patient.id, day)
    match diary.entries.past_day(planned, day, patient, turn.now):
        case PastDay.BEFORE:
            if said and isinstance(typed.scores(said, (), asking=None), typed.NotScores):
                note(turn, patient, diary.days.day_of(turn.now, patient.zone), said)
            turn.say(
                chat.entries.before_the_diary(day, diary.entries.first_day(patient), turn.words), patient_id=patient.id
            )
        case PastDay.OPEN:
            plan(turn, patient, day)
            if not said or not _take_with(turn, patient, day, said):
                show(turn, patient, day)
        case PastDay.CLOSED:
            seen = view(turn, patient, day, planned)
            if said and isinstance(typed.scores(said, seen.items, asking=None), typed.NotScores):
                note(turn, patient, day, said)
            turn.say(chat.entries.closed(day, turn.words, seen), patient_id=patient.id)


def _take_with(turn: Turn, patient: Patient, day: date, said: str) -> bool:
    """Take what stands behind the command for a day; False where the day is still to be shown."""
    seen = view(turn, patient, day)
    if not seen.items:
        return False
    reading = typed.scores(said, seen.items, asking=None if seen.next_item is None else seen.next_item.id)
    match reading:
        case typed.NotScores():
            note(turn, patient, day, said)
            return False
        case typed.Unclear(reason):
            remember(turn, patient, day, Became.NOTHING)
            turn.say(chat.entries.unclear(reason, seen.items, turn.words), patient_id=patient.id)
        case typed.Scores() | typed.WhichItem() | typed.WhichSite():
            _take(turn, patient, seen, reading)
    return True


def text(turn: Turn, patient: Patient, said: str, replied_to: int | None) -> None:
    """A text of an enrolled patient: scores if all of it reads as such, else a note."""
    replied = None if replied_to is None else storage.entries.day_of_bubble(turn.tx, patient.id, replied_to)
    on = diary.days.day_of(turn.said_at, patient.zone)
    day = diary.entries.target(_open_days(turn, patient), on, replied)
    seen = view(turn, patient, day)
    asked = day != on or bool(seen.values) or storage.entries.bubble_of(turn.tx, patient.id, day) is not None
    asking = seen.next_item.id if asked and seen.next_item is not None else None
    reading = typed.scores(said, seen.items, asking=asking)
    if isinstance(reading, typed.NotScores) or _unclear_and_urgent(turn, patient, reading, said):
        note(turn, patient, replied or on, said)
    elif not seen.items:
        remember(turn, patient, day, Became.NOTHING)
        turn.say(chat.entries.nothing_asked(day, turn.words), patient_id=patient.id)
    elif isinstance(reading, typed.Unclear):
        remember(turn, patient, day, Became.NOTHING)
        unclear = chat.entries.unclear(reading.reason, seen.items, turn.words)
        turn.say(replace(unclear, buttons=chat.help.instead(day, turn.words)), patient_id=patient.id)
    elif open_day(turn, patient, day) is None:
        remember(turn, patient, day, Became.NOTHING)
    else:
        _take(turn, patient, seen, reading)


def _unclear_and_urgent(turn: Turn, patient: Patient, reading: typed.Reading, said: str) -> bool:
    """Whether words of a red flag stand beside unclear numbers: those who hear of the card need to read them."""
    return isinstance(reading, typed.Unclear) and red_flags.matches(turn, patient, said)


def _take(
    turn: Turn, patient: Patient, seen: DayView, reading: typed.Scores | typed.WhichItem | typed.WhichSite
) -> None:
    """Keep what was typed for a day that is open, and ask what it was for where that is not clear."""
    match reading:
        case typed.WhichItem(value):
            remember(turn, patient, seen.day, Became.NOTHING)
            turn.say(chat.entries.which_item(seen, seen.items, value, turn.words), patient_id=patient.id)
        case typed.WhichSite():
            keep(turn, patient, seen.day, [(item, value) for item, value in _rest(reading, seen.items)])
            if not turn.remembered:
                remember(turn, patient, seen.day, Became.NOTHING)
            fitting = [item for item in seen.items if item.id in reading.items]
            turn.say(chat.entries.which_item(seen, fitting, reading.value, turn.words), patient_id=patient.id)
        case typed.Scores(values):
            by_id = {item.id: item for item in seen.items}
            keep(turn, patient, seen.day, [(by_id[item_id], value) for item_id, value in values])


def remember(
    turn: Turn,
    patient: Patient,
    day: date,
    became: Became,
    *,
    note_id: int | None = None,
    items: Sequence[Item] = (),
) -> None:
    """What the text in hand has become, so that a change of it can be followed (handlers/edits.py)."""
    if turn.written is not None:
        ids = [item.id for item in items]
        storage.edits.put(turn.tx, patient.id, turn.written, became, day, turn.now, note_id=note_id, items=ids)
        turn.remembered = True


def _rest(reading: typed.WhichSite, items: Sequence[Item]) -> list[tuple[Item, int]]:
    by_id = {item.id: item for item in items}
    return [(by_id[item_id], value) for item_id, value in reading.rest]


def _open_days(turn: Turn, patient: Patient) -> list[OpenDay]:
    return [
        OpenDay(
            day.day,
            asked=day.intended_at is not None and (day.not_asked is None or diary.entries.may_be_lost(day)),
            unfinished=day.declined_at is None and view(turn, patient, day.day).next_item is not None,
            shown=storage.entries.bubble_of(turn.tx, patient.id, day.day) or 0,
        )
        for day in storage.entries.open_days(turn.tx, patient.id, turn.said_at)
    ]


def keep(turn: Turn, patient: Patient, day: date, given: Sequence[tuple[Item, int]]) -> None:
    """Store typed scores for a day, bring its bubble up to date, and say what was stored."""
    if not given:
        return
    for item, value in given:
        storage.entries.put_score(turn.tx, patient.id, day, item.id, value, turn.now, late(turn), turn.parked_at)
    remember(turn, patient, day, Became.SCORES, items=[item for item, _ in given])
    _answer_after_all(turn, patient, plan(turn, patient, day))
    seen = view(turn, patient, day)
    other = _other_day(turn, patient, day, [item for item, _ in given])
    turn.say(chat.entries.stored(seen, given, other, turn.words), patient_id=patient.id)
    if storage.entries.bubble_of(turn.tx, patient.id, day) is not None:
        refresh(turn, patient, seen)
    elif seen.next_item is not None or not seen.past:
        # A day before, whose question was put away, is told of by the receipt once nothing is missing.
        show(turn, patient, day)


def _other_day(turn: Turn, patient: Patient, day: date, items: Sequence[Item]) -> Button | None:
    """The button for the other day that these scores could be for: yesterday while it is open, or today."""
    on = diary.days.day_of(turn.now, patient.zone)
    other = on if day != on else on - diary.days.ONE_DAY
    if other != on:
        planned = storage.entries.find_day(turn.tx, patient.id, other)
        if planned is None or not diary.entries.is_open(planned, turn.now):
            return None
    bits = _bits(turn, patient)
    given = {bits[item.id] for item in items}
    if max(given) >= buttons.MOST_BITS or not any(item.asked_on(other) for item in items):
        return None
    since = turn.now - datetime.fromtimestamp(0, UTC)
    mask = sum(1 << bit for bit in given)
    return chat.entries.other_day_button(day, other, since // timedelta(microseconds=1), mask, turn.words)


def _bits(turn: Turn, patient: Patient) -> dict[ItemId, int]:
    """The bit of each item: its number in the order in which they were added, which no later change touches."""
    items = storage.entries.items_of(turn.tx, patient.id)
    return {item_id: bit for bit, item_id in enumerate(sorted(item.id for item in items))}


# --- notes ----------------------------------------------------------------------------------------------------


@of_patient
def add_note(turn: Turn, patient: Patient, tap: buttons.AddNote) -> None:
    """The next text is a note, whatever it looks like."""
    planned = storage.entries.find_day(turn.tx, patient.id, tap.day)
    if not diary.entries.takes_note(planned, tap.day, patient, turn.now):
        turn.toast(chat.people.old_button(turn.words))
        return
    closed = diary.entries.past_day(planned, tap.day, patient, turn.now) is PastDay.CLOSED
    turn.expect(f"{EXPECT_NOTE}{tap.day.isoformat()}:{patient.next_prompt_day}")
    turn.say(chat.entries.ask_note(tap.day, turn.words, closed=closed), patient_id=patient.id)


def no_note(turn: Turn, tap: buttons.NoNote) -> None:
    turn.edit(chat.entries.no_note(turn.words))


def expected_note(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """The text that "add a note" asked for. False for scores after a question came between: they answer that one."""
    turn.expect(None)
    day, _, coming = expecting.removeprefix(EXPECT_NOTE).partition(":")
    today = view(turn, patient, diary.days.day_of(turn.said_at, patient.zone))
    reading = typed.scores(said, today.items, asking=None if today.next_item is None else today.next_item.id)
    if coming not in ("", str(patient.next_prompt_day)) and isinstance(reading, typed.Scores):
        return False
    note(turn, patient, date.fromisoformat(day), said, Became.ASKED_NOTE)
    return True


def note(turn: Turn, patient: Patient, day: date, said: str, became: Became = Became.NOTE) -> None:
    """Keep a note at once; its receipt says who will read it and offers a way back."""
    note_id = storage.entries.add_note(turn.tx, patient.id, day, said, turn.now)
    remember(turn, patient, day, became, note_id=note_id)
    turn.say(chat.entries.note_stored(day, note_id, readers(turn, patient), turn.words), patient_id=patient.id)


def readers(turn: Turn, patient: Patient) -> list[str]:
    """The names of the therapists who can read this diary."""
    shares = storage.sharing.readers_of(turn.tx, patient.id, turn.now)
    return [storage.people.therapist_by_id(turn.tx, share.therapist_id).name for share in shares]


@of_patient
def undo_note(turn: Turn, patient: Patient, tap: buttons.UndoNote) -> None:
    """Take a note back, once."""
    if storage.entries.undo_note(turn.tx, patient.id, tap.note, turn.now):
        turn.edit(chat.entries.note_undone(turn.words), patient_id=patient.id)
    else:
        turn.toast(chat.people.old_button(turn.words))
