"""The screens "What is asked": the list, one item, adding, ending, and what the other side is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import NO_SIDE, NO_SITE, pack
from bot.chat.entries import meaning
from bot.chat.items import item_name, site_name, symptom_name
from bot.chat.messages import Button, Message, Row
from bot.chat.sessions import side_name
from bot.chat.words import Sentence, Words, bold, capital, joined
from bot.diary import items as rules
from bot.diary.days import ONE_DAY
from bot.diary.entries import Item, Side, Symptom
from bot.diary.items import MOST_ITEMS, WITHOUT_PLACE, Refusal, Wanted

SITES: Final = (
    "foot", "toes", "ankle", "leg", "knee", "hip", "hand", "fingers", "arm", "shoulder", "back", "neck",
)  # fmt: skip
WITHOUT_SIDE: Final = frozenset({"back", "neck"})
"""Sites that are not asked for a side; one that is typed with them is kept."""
PER_ROW: Final = 2
"""Places side by side: "Dedos de la mano" is whole on a telephone."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose questions these are: one's own, or those of `patient`, whom the therapist who reads calls `label`.

    `today`: the patient's diary day.
    """

    patient: int | None
    label: str
    today: date


def whats_asked(whose: Whose, items: Sequence[Item], words: Words) -> Message:
    """The list, in the order asked, with a button for each item. `items`: all that were ever followed."""
    shown = rules.shown(items, whose.today)
    lines = [words("{n}. {item}", n=n, item=_with_its_days(item, whose, words)) for n, item in enumerate(shown, 1)]
    if lines:
        below = words("I ask these once a day, in this order. Tap one to move it up or to stop it.")
    else:
        below = words("Nothing is asked yet.")
    rows: list[Row] = [
        (Button(item_name(item, words), tap=pack(buttons.OneItem(whose.patient, item.id))),)
        for item in rules.standing(items)
    ]
    rows.append((Button(words("Add a symptom"), tap=pack(buttons.AddItem(whose.patient, None, None, None))),))
    return Message(joined("\n\n", [_title(whose, words), joined("\n", lines), below]), tuple(rows))


def _title(whose: Whose, words: Words) -> Sentence:
    if whose.patient is None:
        return bold(words("What is asked"))
    return bold(words("What is asked: {name}", name=whose.label))


def _with_its_days(item: Item, whose: Whose, words: Words) -> Sentence:
    """The name, and what is not plain of it: that it begins later, or ends soon."""
    name = item_name(item, words)
    starts = rules.next_asked(item, whose.today)
    if starts is not None and starts > whose.today:
        return words("{item}, from {day} on", item=name, day=words.day(starts))
    if item.ended_day is not None:
        return words("{item}, for the last time on {day}", item=name, day=words.day(item.ended_day - ONE_DAY))
    return name


def one_item(whose: Whose, items: Sequence[Item], item: Item, words: Words) -> Message:
    """One item that stands, and what can be done about it."""
    stand = rules.standing(items)
    place = stand.index(item)
    name = bold(item_name(item, words))
    text = words("{item} is question {n} of {all}.", item=name, n=place + 1, all=len(stand))
    rows: list[Row] = []
    if place > 0:
        move = pack(buttons.MoveItem(whose.patient, item.id, place - 1))
        rows.append((Button(words("Move up"), tap=move),))
    rows.append((Button(words("Stop asking"), tap=pack(buttons.EndItem(whose.patient, item.id, False))),))
    rows.append((_back(whose, words),))
    return Message(joined("\n\n", [_title(whose, words), text]), tuple(rows))


def _back(whose: Whose, words: Words) -> Button:
    """Not just "Back", which is a body site."""
    return Button(words("Back to the list"), tap=pack(buttons.Items(whose.patient)))


def _list(whose: Whose, words: Words) -> Button:
    return Button(words("What is asked"), tap=pack(buttons.Items(whose.patient)))


# --- adding ---------------------------------------------------------------------------------------------------


def next_question(whose: Whose, so_far: buttons.AddItem, items: Sequence[Item], words: Words) -> Message | None:
    """The first thing still missing of an item that is being added; None when nothing is."""
    if so_far.symptom is None:
        return _which_symptom(whose, so_far, items, words)
    if so_far.site is None:
        return None if so_far.symptom in WITHOUT_PLACE else _where(whose, so_far, so_far.symptom, words)
    return _which_side(whose, so_far, words) if so_far.side is None else None


def _which_symptom(whose: Whose, so_far: buttons.AddItem, items: Sequence[Item], words: Words) -> Message:
    standing = {item.symptom for item in rules.standing(items)}
    offered = [symptom for symptom in Symptom if symptom not in WITHOUT_PLACE & standing]
    lines = [
        words("{symptom}: {meaning}", symptom=bold(symptom_name(symptom, words)), meaning=meaning(symptom, words))
        for symptom in offered
    ]
    rows: list[Row] = [
        (Button(symptom_name(symptom, words), tap=pack(replace(so_far, symptom=symptom))),) for symptom in offered
    ]
    text = joined("\n\n", [_title(whose, words), joined("\n", lines), words("What shall I ask about?")])
    return Message(text, (*rows, (_back(whose, words),)))


def _where(whose: Whose, so_far: buttons.AddItem, symptom: Symptom, words: Words) -> Message:
    sites = [
        Button(
            capital(site_name(site, None, words)),
            tap=pack(replace(so_far, site=site, side=NO_SIDE if site in WITHOUT_SIDE else None)),
        )
        for site in SITES
    ]
    rows: list[Row] = [tuple(sites[i : i + PER_ROW]) for i in range(0, len(sites), PER_ROW)]
    other = Button(words("Another place"), tap=pack(buttons.TypePlace(whose.patient, symptom)))
    none = Button(words("No place"), tap=pack(replace(so_far, site=NO_SITE, side=NO_SIDE)))
    name = words("{symptom}: where is it?", symptom=bold(symptom_name(symptom, words)))
    text = joined("\n\n", [_title(whose, words), name])
    return Message(text, (*rows, (other, none), (_back(whose, words),)))


def _which_side(whose: Whose, so_far: buttons.AddItem, words: Words) -> Message:
    sides = tuple(
        Button(side_name(side, words), tap=pack(replace(so_far, side=side.value)))
        for side in (Side.LEFT, Side.RIGHT, Side.BOTH)
    )
    none = Button(words("No side"), tap=pack(replace(so_far, side=NO_SIDE)))
    assert so_far.symptom is not None
    name = item_name(Wanted(so_far.symptom, so_far.site, None), words)
    text = joined("\n\n", [_title(whose, words), words("{item}: which side?", item=bold(name))])
    return Message(text, (sides, (none, _back(whose, words))))


def ask_place(whose: Whose, symptom: Symptom, words: Words) -> Message:
    """Another place than those on the buttons."""
    name = words("{symptom}: where is it?", symptom=bold(symptom_name(symptom, words)))
    how = words("Please type the place in a few words, for example: left heel")
    back = Button(words("Back to the places"), tap=pack(buttons.AddItem(whose.patient, symptom, None, None)))
    return Message(joined("\n\n", [_title(whose, words), joined("\n", [name, how])]), ((back,),))


def no_such_place(words: Words, *, too_long: bool) -> Message:
    """What was typed can't be kept as a body site; the next text is still one."""
    why = words("That is too long for me.") if too_long else words("I did not understand this place.")
    how = words("Please name one place in a few words and without numbers, for example: left heel")
    return Message(joined(" ", [why, how]))


def added(whose: Whose, item: Item, day: date, first: date | None, words: Words) -> Message:
    """The receipt, with the first day and a way back. The item counts from `day` on.

    `first`: the first day that is asked, which is later where there is a pause; None: nobody knows how long it takes.
    """
    rested = any(end == day for _, end in item.rests)
    if item.added_day == day or rested:
        lines = [_from_when(whose, item_name(item, words), first, words)]
    else:
        lines = [words("I go on asking about {item}.", item=bold(item_name(item, words)))]
    if rested:
        lines.append(words("What was entered for it before is still there and goes on."))
    if whose.patient is not None:
        lines.append(words("The patient is told."))
    undo = Button(words("Undo"), tap=pack(buttons.EndItem(whose.patient, item.id, False)))
    return Message(joined("\n\n", [_title(whose, words), joined("\n", lines)]), ((undo, _list(whose, words)),))


def _from_when(whose: Whose, name: Sentence, day: date | None, words: Words) -> Sentence:
    if day is None:
        return words("I will ask about {item} when the pause is over.", item=bold(name))
    values = {"item": bold(name), "day": words.day(day)}
    if whose.patient is None and day == whose.today:
        return words("I will ask about {item} from today on, {day}.", **values)
    if whose.patient is None and day == whose.today + ONE_DAY:
        return words("I will ask about {item} from tomorrow on, {day}.", **values)
    return words("I will ask about {item} from {day} on.", **values)


def already(whose: Whose, item: Item, words: Words) -> Message:
    """It was asked for long before."""
    text = words("I ask about {item} already.", item=bold(item_name(item, words)))
    return Message(joined("\n\n", [_title(whose, words), text]), ((_list(whose, words),),))


# --- ending ---------------------------------------------------------------------------------------------------


def ask_end(whose: Whose, item: Item, words: Words) -> Message:
    lines = [
        words("Stop asking about {item}?", item=bold(item_name(item, words))),
        words("All that was entered for it stays in the diary."),
    ]
    yes = Button(words("Yes, stop asking"), tap=pack(buttons.EndItem(whose.patient, item.id, True)))
    no = Button(words("No, keep it"), tap=pack(buttons.Items(whose.patient)))
    return Message(joined("\n\n", [_title(whose, words), joined("\n", lines)]), ((yes,), (no,)))


def ended(whose: Whose, item: Item, words: Words) -> Message:
    """The receipt, with a way back."""
    assert item.ended_day is not None
    values = {"item": bold(item_name(item, words)), "day": words.day(item.ended_day)}
    if whose.patient is None and item.ended_day <= whose.today:
        until = words("I will not ask about {item} any more.", **values)
    elif whose.patient is None and item.ended_day == whose.today + ONE_DAY:
        until = words("I will not ask about {item} any more from tomorrow on, {day}.", **values)
    else:
        until = words("I will not ask about {item} any more from {day} on.", **values)
    lines = [until, words("All that was entered for it stays in the diary.")]
    if whose.patient is not None:
        lines.append(words("The patient is told."))
    again = Button(words("Ask it again"), tap=pack(buttons.ItemAgain(whose.patient, item.id)))
    return Message(joined("\n\n", [_title(whose, words), joined("\n", lines)]), ((again, _list(whose, words)),))


def refused(whose: Whose, why: Refusal, words: Words) -> Message:
    match why:
        case Refusal.FULL:
            text = words(
                "There are {most} questions a day now, and more would make the evening long. "
                "Please stop one first, then there is room for another.",
                most=MOST_ITEMS,
            )
        case Refusal.LAST:
            text = words(
                "This is the only question left, and a diary needs one. Please add another one first, then stop this."
            )
    return Message(joined("\n\n", [_title(whose, words), text]), ((_list(whose, words),),))


# --- what the patient is told of a therapist's change ------------------------------------------------------------


def told_added(therapist: str, item: Item, first: date | None, words: Words) -> Message:
    """Tells the patient; without a sound, since it can wait."""
    values = {"therapist": therapist, "item": bold(item_name(item, words))}
    if first is None:
        text = words("{therapist} added a question for you: after your pause I will also ask about {item}.", **values)
    else:
        text = words(
            "{therapist} added a question for you: from {day} on, I will also ask about {item}.",
            day=words.day(first),
            **values,
        )
    return Message(text, ((_own_list(words),),), silent=True)


def told_ended(therapist: str, item: Item, words: Words) -> Message:
    assert item.ended_day is not None
    text = words(
        "{therapist} took a question out for you: from {day} on, I will not ask about {item} any more.",
        therapist=therapist,
        day=words.day(item.ended_day),
        item=bold(item_name(item, words)),
    )
    return Message(text, ((_own_list(words),),), silent=True)


def _own_list(words: Words) -> Button:
    return Button(words("What is asked"), tap=pack(buttons.Items(None)))
