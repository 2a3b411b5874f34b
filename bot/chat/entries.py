"""The evening bubble, and what is said about scores and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from bot.chat import buttons, checkins
from bot.chat.buttons import pack
from bot.chat.items import item_name
from bot.chat.messages import Button, Message, Row
from bot.chat.typed import Reason
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.checkins import Checkin, days_of
from bot.diary.entries import HIGHEST, LOWEST, Item, ItemId, Symptom

PER_ROW = 4
"""Number buttons side by side: on a telephone each is as wide as a thumb."""
LARGE_PER_ROW = 3
"""The same of a patient who wants larger ones."""
IN_A_SENTENCE: Final = 3
"""Values that one sentence names; more have a line each."""
_NUMBERS: Final = tuple(sentence(str(value)) for value in range(LOWEST, HIGHEST + 1))


@dataclass(frozen=True, slots=True)
class DayView:
    """What the bubble of one diary day is made of: its items, what counts, and the day before."""

    day: date
    items: Sequence[Item]
    values: Mapping[ItemId, int | None]
    before: Mapping[ItemId, int | None]
    declined: bool = False
    later: bool = False
    """Whether the question can be put off."""
    past: bool = False
    """Whether a later diary day has begun."""
    late: frozenset[ItemId] = frozenset()
    """What was entered only then."""
    large: bool = False
    """Whether the patient wants larger buttons."""
    checkins: tuple[Checkin, ...] = ()
    """The question after a treatment, or several, that came with those of the day, while nothing was said to it."""

    @property
    def next_item(self) -> Item | None:
        """The item to be asked now."""
        return next((item for item in self.items if item.id not in self.values), None)

    def item(self, item_id: int) -> Item | None:
        """The item of that number, if it is asked on this day."""
        return next((item for item in self.items if item.id == item_id), None)

    def having(self, item: Item, value: int | None, *, late: bool = False) -> DayView:
        """The view after one more answer, which also takes back "not today"."""
        afterwards = self.late | {item.id} if late else self.late - {item.id}
        return replace(self, values={**self.values, item.id: value}, declined=False, late=afterwards)


def bubble(view: DayView, words: Words) -> Message:
    """The bubble as it should look now: the next question, or what was stored; and the question after a treatment."""
    if not view.items:
        return nothing_asked(view.day, words)
    item = view.next_item
    if item is None:
        message = summary(view, words)
    else:
        message = declined(view, words) if view.declined else question(view, item, words)
    if not view.checkins:
        return message
    return checkins.beside(message, int(view.checkins[0].id), days_of(view.checkins), words)


def nothing_asked(day: date, words: Words) -> Message:
    """A day without a single item, as in a diary that was brought along from elsewhere."""
    choose = Button(words("What is asked"), tap=pack(buttons.Items(None)))
    return Message(
        words("There is nothing to ask about on {day}. You can choose what I ask.", day=words.day(day)), ((choose,),)
    )


def question(view: DayView, item: Item, words: Words, *, changing: bool = False) -> Message:
    """One question with its buttons."""
    place = view.items.index(item) + 1
    text = _asking(item_name(item, words), item.symptom, view.day, (place, len(view.items)), words, view.past)
    taps = buttons.scale(view.day, item.id, range(LOWEST, HIGHEST + 1))
    answers = [Button(label, tap=tap) for label, tap in zip(_NUMBERS, taps, strict=True)]
    per_row = LARGE_PER_ROW if view.large else PER_ROW
    rows: list[Row] = [tuple(answers[i : i + per_row]) for i in range(0, len(answers), per_row)]
    skip = Button(words("Skip this one"), tap=pack(buttons.Score(view.day, item.id, None)))
    if changing:
        rows.append((skip, Button(words("Back"), tap=pack(buttons.Resume(view.day)))))
    else:
        rows.append((skip, Button(words("Not today"), tap=pack(buttons.NotToday(view.day)))))
        if view.later:
            rows.append((Button(words("Later"), tap=pack(buttons.AskLater(view.day))),))
    return Message(text, tuple(rows))


@lru_cache(maxsize=256)
def _asking(name: Sentence, symptom: Symptom, day: date, place: tuple[int, int], words: Words, past: bool) -> Sentence:
    """The words of a question, the same for everyone who follows the same."""
    n, of_all = place
    head = joined(" · ", [bold(name), words.day(day), words("{n} of {all}", n=n, all=of_all)])
    if symptom is Symptom.SLEEP:
        asked = (
            words("How much did your symptoms disturb your sleep on that day?")
            if past
            else words("How much did your symptoms disturb your sleep in the past 24 hours?")
        )
        scale = words("0 = not at all, 10 = worst possible")
    else:
        asked = words("How strong was it on that day?") if past else words("How strong was it in the past 24 hours?")
        scale = words("0 = none, 10 = worst possible")
    return joined("\n", [head, asked, Sentence(f"<i>{meaning(symptom, words)}</i>"), scale])


def meaning(symptom: Symptom, words: Words) -> Sentence:
    """A few defining words: people mix up tingling and numbness (PMC2531087)."""
    match symptom:
        case Symptom.BURNING:
            return words("like heat or a sunburn on the skin")
        case Symptom.TINGLING:
            return words("pins and needles, pricking, crawling")
        case Symptom.PAIN:
            return words("aching, stabbing, shooting or throbbing")
        case Symptom.NUMBNESS:
            return words("less feeling than usual, like wearing a sock or a glove")
        case Symptom.SLEEP:
            return words("trouble falling asleep, or waking up, because of your symptoms")


def value_words(value: int | None, words: Words) -> Sentence:
    return words("skipped") if value is None else sentence(str(value))


def summary(view: DayView, words: Words) -> Message:
    """After the last answer: what was stored, with the day before beside it."""
    lines = [words("Thank you. This is stored for {day}:", day=words.day(view.day))]
    for item in view.items:
        line = words(
            "{item}: {value}", item=item_name(item, words), value=bold(value_words(view.values[item.id], words))
        )
        earlier = view.before.get(item.id)
        if earlier is not None:
            line = words("{line} (the day before: {earlier})", line=line, earlier=earlier)
        lines.append(line)
    lines.append(_entered_late(view, words))
    return Message(joined("\n", lines), ((change_button(view.day, words), note_button(view.day, words)),))


def _entered_late(view: DayView, words: Words) -> Sentence:
    """Says which answers came only on the next day; nothing where none did."""
    late = [item_name(item, words) for item in view.items if item.id in view.late]
    if not late:
        return Sentence("")
    if len(late) == len(view.items):
        return words("You entered this the next day.")
    return words("Entered the next day: {items}.", items=words.listed(late))


def declined(view: DayView, words: Words) -> Message:
    """The patient said "not today"."""
    lines = [words("All right, no more questions for {day}. Rest well.", day=words.day(view.day))]
    lines += [
        words("{item}: {value}", item=item_name(item, words), value=bold(value_words(view.values[item.id], words)))
        for item in view.items
        if item.id in view.values
    ]
    lines.append(_entered_late(view, words))
    resume = Button(words("Answer after all"), tap=pack(buttons.Resume(view.day)))
    return Message(joined("\n", lines), ((resume, note_button(view.day, words)),))


def change_button(day: date, words: Words) -> Button:
    return Button(words("Change"), tap=pack(buttons.Change(day)))


def note_button(day: date, words: Words) -> Button:
    return Button(words("Add a note"), tap=pack(buttons.AddNote(day)))


def choose_change(view: DayView, words: Words) -> Message:
    """Which score should be another one?"""
    rows: list[Row] = [
        (
            Button(
                words("{item}: {value}", item=item_name(item, words), value=value_words(view.values[item.id], words))
                if item.id in view.values
                else item_name(item, words),
                tap=pack(buttons.ChangeItem(view.day, item.id)),
            ),
        )
        for item in view.items
    ]
    rows.append((Button(words("Back"), tap=pack(buttons.Resume(view.day))),))
    return Message(words("Which answer for {day} would you like to change?", day=words.day(view.day)), tuple(rows))


# --- typed answers --------------------------------------------------------------------------------------------


def stored(view: DayView, given: Sequence[tuple[Item, int]], other: Button | None, words: Words) -> Message:
    """The answer to typed scores: which day, which values, and what comes next."""
    if len(given) > IN_A_SENTENCE:
        lines = [words("Stored for {day}:", day=words.day(view.day))]
        lines += [
            words("{item}: {value}", item=item_name(item, words), value=bold(value_words(value, words)))
            for item, value in given
        ]
    else:
        lines = [_stored(view.day, bold(_values(given, words)), words)]
    if view.past:
        lines.append(words("It is marked as entered the next day."))
    following = view.next_item
    if following is not None and not view.declined:
        lines.append(words("Next: {item}, 0 to 10?", item=item_name(following, words)))
    return Message(joined("\n", lines), ((other,),) if other else ())


def stored_briefly(day: date, item: Item, value: int, words: Words) -> Sentence:
    """A few words that fade, where no message says what was stored."""
    return _stored(day, _values([(item, value)], words), words)


def _stored(day: date, values: Sentence, words: Words) -> Sentence:
    return words("Stored for {day}: {values}.", day=words.day(day), values=values)


def _values(given: Sequence[tuple[Item, int]], words: Words) -> Sentence:
    return words.listed([words("{item} {value}", item=item_name(item, words), value=value) for item, value in given])


def other_day_button(view_day: date, other_day: date, since: int, mask: int, words: Words) -> Button:
    """It was meant for the other day: what was typed at that instant for the items whose bits are set."""
    return Button(
        words("It was for {day}", day=words.day(other_day)),
        tap=pack(buttons.MoveScores(view_day, other_day, since, mask)),
    )


def moved(view: DayView, given: Sequence[tuple[Item, int]], words: Words) -> Message:
    values = words.listed([words("{item} {value}", item=item_name(item, words), value=value) for item, value in given])
    return Message(words("Moved to {day}: {values}.", day=words.day(view.day), values=bold(values)))


def which_item(view: DayView, items: Sequence[Item], value: int, words: Words) -> Message:
    """A lone number with no open question, or a name that fits several items."""
    rows: list[Row] = [
        (Button(item_name(item, words), tap=pack(buttons.Score(view.day, item.id, value))),) for item in items
    ]
    return Message(words("{value} for {day}: what is it for?", value=value, day=words.day(view.day)), tuple(rows))


def unclear(reason: Reason, items: Sequence[Item], words: Words) -> Message:
    """Nothing was stored: why, and how to say it."""
    match reason:
        case Reason.OUT_OF_RANGE | Reason.NEGATIVE:
            why = words("The scale goes from 0 to 10.")
        case Reason.FRACTION:
            why = words("I can only keep whole numbers from 0 to 10. Which one fits best?")
        case Reason.RANGE:
            why = words("I can only keep one number. Which one fits best?")
        case Reason.COUNT:
            why = words("I am not sure which number is for what.")
        case Reason.CONTRADICTION:
            why = words("There are two different numbers for the same thing.")
        case _:
            why = words("I am not sure what you mean.")
    example = ", ".join(
        words("{item} {value}", item=item_name(item, words), value=value)
        for item, value in zip(items, (4, 3, 5, 4, 3, 5), strict=False)
    )
    return Message(
        joined(
            "\n",
            [why, words("Nothing was stored. Please send it again, for example: {example}", example=Sentence(example))],
        )
    )


def closed(day: date, words: Words, seen: DayView | None = None) -> Message:
    """A score, or the wish to correct one, for a day that is over: why not, and what is possible.

    `seen`: what is stored for it, where that was asked for.
    """
    lines = [
        words("{day} is closed: a day takes answers until noon of the next day.", day=words.day(day)),
        words("After that, memory starts to change the numbers. A note about it is welcome at any time."),
    ]
    if seen is not None:
        lines += _what_is_stored(seen, words)
    write = Button(words("Write a note about it"), tap=pack(buttons.AddNote(day)))
    return Message(joined("\n", lines), ((write,),))


def _what_is_stored(view: DayView, words: Words) -> list[Sentence]:
    stored = [
        words("{item}: {value}", item=item_name(item, words), value=bold(value_words(view.values[item.id], words)))
        for item in view.items
        if item.id in view.values
    ]
    if not stored:
        return [words("No answers are stored for it, and that is all right.")]
    return [words("This is stored for it:"), *stored, _entered_late(view, words)]


def before_the_diary(day: date, first: date, words: Words) -> Message:
    """Yesterday, for someone whose diary had not begun then."""
    return Message(
        words(
            "There is nothing to fill in for {day}: your diary begins on {first}. /today shows the present day.",
            day=words.day(day),
            first=words.day(first),
        )
    )


# --- notes ----------------------------------------------------------------------------------------------------


def ask_note(day: date, words: Words, *, closed: bool = False) -> Message:
    """The next text will be a note; where the day is `closed`, perhaps one that says what should be another number."""
    lines = [words("Write your note for {day} as a message. I keep it as you write it.", day=words.day(day))]
    if closed:
        lines.append(words("If a number was wrong, write which one. The numbers themselves stay as they are."))
    return Message(
        joined("\n", lines),
        ((Button(words("No note"), tap=pack(buttons.NoNote())),),),
    )


def no_note(words: Words) -> Message:
    return Message(words("All right, no note."))


def note_stored(day: date, note_id: int, readers: Sequence[str], words: Words) -> Message:
    """The receipt of a note: that it is kept, and who will read it."""
    if readers:
        names = words.listed([sentence(name) for name in readers])
        who = words("{names} can read it, but nobody watches this chat around the clock.", names=names)
    else:
        who = words("Only you can read it.")
    lines = [words("Kept as a note for {day}.", day=words.day(day)), who, words("When to get help: /urgent")]
    return Message(
        joined("\n", lines),
        ((Button(words("Undo"), tap=pack(buttons.UndoNote(note_id))),),),
    )


def note_undone(words: Words) -> Message:
    return Message(words("The note is gone."))
