"""Noting a flare: one short question after another, in one bubble; and how a flare is named everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.entries import LARGE_PER_ROW, PER_ROW, meaning
from bot.chat.items import item_name
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import days
from bot.diary.entries import HIGHEST, LOWEST, Item
from bot.diary.flares import Flare, Since

EXAMPLE: Final = time(14, 30)


def when(flare: Flare, zone: str, day: Sentence, words: Words) -> Sentence:
    """When a flare began, no more exactly than the patient said it. `day`: its diary day, in words."""
    at = days.local(flare.began_at, zone)
    if flare.since is Since.YESTERDAY:
        return words("since {day} or longer", day=day)
    if flare.since is Since.MORNING:
        return words("{day} in the morning", day=day)
    if at.time() < days.CUT_OFF:
        # The night belongs to the diary day before it, and stands there in the chart.
        day = words("{day} at night", day=day)
    if flare.since is Since.HOUR:
        return words("{day} at about {time}", day=day, time=words.time(at))
    return words("{day} {time}", day=day, time=words.time(at))


def choose_item(day: date, items: Sequence[Item], words: Words) -> Message:
    """What is it?"""
    rows: list[Row] = [
        (Button(item_name(item, words), tap=pack(buttons.Flare(day, int(item.id), None, None))),) for item in items
    ]
    return Message(words("Something got worse? Tap what it is."), (*rows, _never_mind(words)))


def choose_score(so_far: buttons.Flare, item: Item, words: Words, *, large: bool) -> Message:
    """How strong at its worst?"""
    text = joined(
        "\n",
        [
            bold(item_name(item, words)),
            words("How strong is it at its worst?"),
            Sentence(f"<i>{meaning(item.symptom, words)}</i>"),
            words("0 = none, 10 = worst possible"),
        ],
    )
    numbers = [
        Button(sentence(f"{value}"), tap=pack(replace(so_far, score=value))) for value in range(LOWEST, HIGHEST + 1)
    ]
    wide = LARGE_PER_ROW if large else PER_ROW
    rows = [tuple(numbers[i : i + wide]) for i in range(0, len(numbers), wide)]
    return Message(text, (*rows, _never_mind(words)))


def choose_since(so_far: buttons.Flare, item: Item, choices: Sequence[Since], words: Words) -> Message:
    """Since when?"""
    text = joined(
        "\n",
        [
            bold(words("{item} {value}", item=item_name(item, words), value=so_far.score)),
            words("Since when? Tap one, or type a time such as {example}.", example=words.time(EXAMPLE)),
        ],
    )
    rows: list[Row] = [(Button(_since(choice, words), tap=pack(replace(so_far, since=choice))),) for choice in choices]
    return Message(text, (*rows, _never_mind(words)))


def _since(choice: Since, words: Words) -> Sentence:
    match choice:
        case Since.HOUR:
            return words("About an hour ago")
        case Since.MORNING:
            return words("This morning")
        case Since.YESTERDAY:
            return words("Since yesterday or longer")
        case _:
            return words("Just now")


def which_time(so_far: buttons.Flare, instants: Sequence[datetime], zone: str, words: Words) -> Message:
    """A typed time that could be either of these."""
    assert so_far.item is not None
    assert so_far.score is not None
    rows: list[Row] = []
    for instant in instants:
        at = days.local(instant, zone)
        label = words("{day} at {time}", day=words.weekday(at.date()), time=words.time(at))
        minute = int(instant.timestamp()) // 60
        rows.append((Button(label, tap=pack(buttons.FlareAt(so_far.day, so_far.item, so_far.score, minute))),))
    return Message(words("Which one do you mean?"), tuple(rows))


def kept(flare: Flare, item: Item, zone: str, readers: Sequence[str], words: Words) -> Message:
    """The receipt, with a way back."""
    if readers:
        names = words.listed([sentence(name) for name in readers])
        who = words("{names} can see it, but nobody watches this chat around the clock.", names=names)
    else:
        who = words("Only you can see it.")
    lines = [
        words(
            "Kept as a flare: {item} {value}, {when}.",
            item=item_name(item, words),
            value=flare.score,
            when=when(flare, zone, words.day(flare.day), words),
        ),
        words("It gets a mark in your chart. It is not part of any average."),
        who,
        words("When to get help: /urgent"),
    ]
    return Message(joined("\n", lines), ((Button(words("Undo"), tap=pack(buttons.UndoFlare(flare.id))),),))


def undone(words: Words) -> Message:
    return Message(words("The flare is gone. /flare notes another one."))


def dropped(words: Words) -> Message:
    """The patient does not want to note one after all."""
    return Message(words("All right, no flare is noted."))


def from_another_day(day: date, words: Words) -> Message:
    """A question about a flare that was left open, and is tapped on a later day."""
    return Message(
        words("This question was for {day}. Nothing was kept. /flare notes a flare of now.", day=words.day(day))
    )


def nothing_followed(words: Words) -> Message:
    return Message(words("Your diary follows no symptom now. You can still write me a note at any time."))


def _never_mind(words: Words) -> Row:
    return (Button(words("Never mind"), tap=pack(buttons.NoFlare())),)
