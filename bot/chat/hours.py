"""A therapist's own hours: what they mean, in words, and how they are chosen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message
from bot.chat.panels import weekday
from bot.chat.words import Sentence, Words, bold, joined
from bot.diary.hours import EVERY_DAY, USUAL, OwnHours

IN_A_ROW: Final = 3
"""From so many days on "Monday to Wednesday" is shorter than naming them all."""


def page(hours: OwnHours | None, words: Words, *, changed: bool = False) -> Message:
    """When alerts are sent now, and the choices. `changed`: by what was just tapped or typed."""
    stands = _stands(hours, words)
    lines = [bold(words("Saved. {hours}", hours=stands) if changed else stands)]
    if hours is not None:
        lines.append(words("These are hours by the clock of {city}.", city=words.city(hours.zone)))
        lines.append(words("Outside them an alert waits until they begin, and the patient reads when that is."))
    lines.append(words("A red flag never waits. Nobody watches this bot around the clock, and your patients read so."))
    any_time = Button(words("At any time"), tap=pack(buttons.SetHours(buttons.OwnHours.ANY)))
    usual = Button(
        words("Weekdays {start} to {end}", start=words.time(USUAL[0]), end=words.time(USUAL[1])),
        tap=pack(buttons.SetHours(buttons.OwnHours.USUAL)),
    )
    other = Button(words("Other hours or days"), tap=pack(buttons.SetHours(buttons.OwnHours.OTHER)))
    return Message(joined("\n\n", [lines[0], joined("\n", lines[1:])]), ((any_time,), (usual,), (other,)))


def _stands(hours: OwnHours | None, words: Words) -> Sentence:
    if hours is None:
        return words("Your hours for alerts: at any time.")
    return words("Your hours for alerts: {hours}.", hours=in_words(hours, words))


def in_words(hours: OwnHours, words: Words) -> Sentence:
    """ "Monday to Friday, 08:00 to 18:00"."""
    named = _days(hours.workdays, words)
    start, end = words.time(hours.start), words.time(hours.end)
    if hours.start == hours.end == time(0):
        return words("{days}, all day long", days=named)
    if hours.over_midnight:
        return words("{days}, {start} to {end} on the next day", days=named, start=start, end=end)
    return words("{days}, {start} to {end}", days=named, start=start, end=end)


def _days(chosen: Collection[int], words: Words) -> Sentence:
    """Days of the week, those in a row drawn together."""
    if set(chosen) == EVERY_DAY:
        return words("every day")
    runs: list[list[int]] = []
    for day in sorted(chosen):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts: list[Sentence] = []
    for run in runs:
        if len(run) >= IN_A_ROW:
            parts.append(words("{first} to {last}", first=weekday(run[0], words), last=weekday(run[-1], words)))
        else:
            parts += [weekday(day, words) for day in run]
    return words.listed(parts)


def ask(words: Words) -> Message:
    """The hours will be typed."""
    return Message(
        words("Please type hours and days, for example: {example}", example=words("08:00-18:00 mon-fri")),
    )


def not_read(words: Words) -> Message:
    """What was typed is no such thing, or could mean two."""
    return Message(
        joined(
            "\n",
            [
                words("I did not understand these hours, so nothing is changed."),
                words("Please type them like this: {example}", example=words("08:00-18:00 mon-fri")),
                words("Or with am and pm: {example}", example=words("8am-6pm mon, wed, fri")),
            ],
        )
    )
