"""What is said about pauses: short, friendly, and without a reason having to be given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.people import when
from bot.chat.words import Sentence, Words, bold, joined
from bot.diary.pauses import Pause, Reason

DATES: Final = 10
"""Days ahead that are offered as buttons; any other is typed."""


def choose(today: date, there: date, words: Words) -> Message:
    """For how long? `there`: today by the calendar, which at night is a day ahead."""
    shortest = words("Until tomorrow") if there <= today else words("Until this evening")
    return Message(
        words("For how long shall I pause? Paused days never count against you."),
        (
            (Button(shortest, tap=pack(buttons.Pause(today, today + timedelta(days=1)))),),
            (Button(words("Until a date"), tap=pack(buttons.PauseDates())),),
            (Button(words("Until I come back"), tap=pack(buttons.Pause(today, None))),),
        ),
    )


def choose_date(today: date, words: Words) -> Message:
    """On which day shall the questions go on?"""
    ahead = [today + timedelta(days=n) for n in range(1, DATES + 1)]
    taps = [Button(words.day(day), tap=pack(buttons.Pause(today, day))) for day in ahead]
    rows: tuple[Row, ...] = tuple(tuple(taps[i : i + 2]) for i in range(0, len(taps), 2))
    example = words.day(today + timedelta(days=21))
    text = words("On which day shall I ask again? Tap one, or type a date, for example: {example}", example=example)
    return Message(text, rows)


def no_such_date(words: Words) -> Message:
    return Message(words("I can't find that day ahead of us. Please type it like this: 24 December"))


def begun(pause: Pause, there: date, next_at: datetime | None, words: Words) -> Message:
    """The diary is paused. `there`: today by the calendar."""
    lines = [_state(there, next_at, words), words("Paused days never count against you.")]
    if pause.reason is None:
        lines.append(words("If you like, tell me why. Only your own therapist sees it."))
        reasons = tuple(Button(reason_name(one, words), tap=pack(buttons.PauseReason(pause.id, one))) for one in Reason)
        return Message(joined("\n", lines), (reasons, (_back(words),)))
    lines.append(words("Noted for your own therapist: {reason}.", reason=reason_name(pause.reason, words)))
    return Message(joined("\n", lines), ((_back(words),),))


def standing(pause: Pause, today: date, there: date, next_at: datetime | None, words: Words) -> Message:
    """The diary is paused already: how long still, and the ways on."""
    rows: list[Row] = [(_back(words),), (Button(words("Until a date"), tap=pack(buttons.PauseDates())),)]
    if pause.until_day is not None:
        rows.append((Button(words("Until I come back"), tap=pack(buttons.Pause(today, None))),))
    return Message(_state(there, next_at, words), tuple(rows))


def _state(there: date, next_at: datetime | None, words: Words) -> Sentence:
    if next_at is None:
        return words("Your diary is paused. I ask nothing until you come back.")
    return words("Your diary is paused. My next question: {when}.", when=bold(when(next_at, there, words)))


def welcome(next_at: datetime | None, today: date, answerable: date | None, words: Words) -> Message:
    """The patient is back. `answerable`: today, where its hour has passed."""
    lines = [words("Good to have you back.")]
    if next_at is not None:
        lines.append(words("My next question: {when}.", when=bold(when(next_at, today, words))))
    if answerable is None:
        return Message(joined("\n", lines))
    now = Button(words("Answer today now"), tap=pack(buttons.Resume(answerable)))
    return Message(joined("\n", lines), ((now,),))


def reason_name(reason: Reason, words: Words) -> Sentence:
    match reason:
        case Reason.HOLIDAY:
            return words("Holiday")
        case Reason.ILL:
            return words("Ill")
        case Reason.HOSPITAL:
            return words("Hospital")


def for_therapist(pause: Pause, words: Words) -> Sentence:
    """A pause in a few words, for the patient's own therapists."""
    if pause.until_day is None:
        told = words("paused since {day}", day=words.short_day(pause.first_day))
    else:
        told = words(
            "paused from {day}, asked again from {until}",
            day=words.short_day(pause.first_day),
            until=words.short_day(pause.until_day),
        )
    return (
        told
        if pause.reason is None
        else words("{pause}: {reason}", pause=told, reason=reason_name(pause.reason, words))
    )


def _back(words: Words) -> Button:
    return Button(words("I'm back"), tap=pack(buttons.Back()))
