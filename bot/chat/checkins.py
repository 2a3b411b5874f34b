"""The check-in after needling: one kind question, its answers as buttons, and what the therapist reads of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, moment
from bot.diary import days
from bot.diary.checkins import Checkin, Feeling


def feeling_name(feeling: Feeling, words: Words) -> Sentence:
    """As on a button."""
    match feeling:
        case Feeling.NOTHING:
            return words("Nothing unusual")
        case Feeling.SORE:
            return words("Sore, as expected")
        case Feeling.CHEST_PAIN:
            return words("Chest pain")
        case Feeling.BREATHLESS:
            return words("Short of breath")
        case Feeling.COUGH:
            return words("Cough")
        case Feeling.REDNESS:
            return words("Spreading redness")
        case Feeling.FEVER:
            return words("Fever")
        case Feeling.WEAKNESS:
            return words("New weakness that stays")


def question(checkin: int, session_days: Sequence[date], words: Words) -> Message:
    """How is it since the treatment, or since several? `checkin`: one of those that are asked together."""
    return Message(_asking(session_days, words), _answers(checkin, words))


def beside(evening: Message, checkin: int, session_days: Sequence[date], words: Words) -> Message:
    """The same below the evening question, in one message: neither waits for the other, and a sign for nothing."""
    return Message(
        joined("\n\n", [evening.text, _asking(session_days, words)]), (*evening.buttons, *_answers(checkin, words))
    )


def _asking(session_days: Sequence[date], words: Words) -> Sentence:
    if len(session_days) == 1:
        asked = words("How are you since your treatment on {day}?", day=words.day(session_days[0]))
    else:
        asked = words("How are you since your treatments on {days}?", days=_listed(session_days, words))
    lines = [
        bold(asked),
        words("A sore spot or a small bruise is common. It goes away in a few days."),
        # As true of an old message that has lost its buttons.
        words("Any other sign? Tap it if you see it below, or send /urgent."),
    ]
    return joined("\n", lines)


def _listed(session_days: Sequence[date], words: Words) -> Sentence:
    return words.listed([words.day(day) for day in session_days])


def _answers(checkin: int, words: Words) -> tuple[Row, ...]:
    taps = [Button(feeling_name(one, words), tap=pack(buttons.CheckIn(checkin, one))) for one in Feeling]
    return tuple(tuple(taps[i : i + 2]) for i in range(0, len(taps), 2))


def stored(checkin: int, feeling: Feeling, session_days: Sequence[date], words: Words) -> Message:
    """What was said is kept; the way to say something else stays open."""
    answer = bold(_said(feeling, words))
    if len(session_days) == 1:
        told = words("After your treatment on {day}: {answer}.", day=words.day(session_days[0]), answer=answer)
    else:
        told = words("After your treatments on {days}: {answer}.", days=_listed(session_days, words), answer=answer)
    lines = [
        told,
        words("Thank you, this is stored."),
        words("If something changes, tap below. When to get help: /urgent"),
    ]
    again = Button(words("Something has changed"), tap=pack(buttons.CheckIn(checkin, None)))
    return Message(joined("\n", lines), ((again,),))


def stored_briefly(feeling: Feeling, words: Words) -> Sentence:
    """A few words that fade, where the evening question takes the place of this one."""
    return words("Stored: {answer}.", answer=_said(feeling, words))


def _said(feeling: Feeling, words: Words) -> Sentence:
    """As within a sentence."""
    match feeling:
        case Feeling.NOTHING:
            return words("nothing unusual")
        case Feeling.SORE:
            return words("sore, as expected")
        case Feeling.CHEST_PAIN:
            return words("chest pain")
        case Feeling.BREATHLESS:
            return words("short of breath")
        case Feeling.COUGH:
            return words("cough")
        case Feeling.REDNESS:
            return words("spreading redness")
        case Feeling.FEVER:
            return words("fever")
        case Feeling.WEAKNESS:
            return words("new weakness that stays")


def sign_in_words(sign: Feeling, words: Words) -> Sentence:
    """A warning sign as an alert names it."""
    return _said(sign, words)


# --- for the therapist --------------------------------------------------------------------------------------------


def line(checkin: Checkin, zone: str, words: Words) -> Sentence:
    """One check-in with its answer, by the clock of `zone`."""
    hours = checkin.after_hours
    if checkin.answer is not None and checkin.answered_at is not None:
        return words(
            "Check-in after {n} hours: {answer}, {when}.",
            n=hours,
            answer=_said(checkin.answer, words),
            when=moment(days.local(checkin.answered_at, zone), words),
        )
    if checkin.asked_at is not None:
        when = moment(days.local(checkin.asked_at, zone), words)
        return words("Check-in after {n} hours: asked {when}, not answered.", n=hours, when=when)
    if checkin.due_at is not None:
        when = moment(days.local(checkin.due_at, zone), words)
        return words("Check-in after {n} hours: planned for {when}.", n=hours, when=when)
    return words("Check-in after {n} hours: not asked.", n=hours)


def newest(checkins: Sequence[Checkin], words: Words) -> Sentence:
    """What was said after the newest session that was asked about, in a line for a card; nothing where none was."""
    asked = [one for one in checkins if one.asked_at is not None]
    if not asked:
        return Sentence("")
    last = max(asked, key=lambda one: (one.session_day, one.for_at))
    told = [
        words(
            "{answer} ({n} hours after)",
            n=one.after_hours,
            answer=words("not answered") if one.answer is None else _said(one.answer, words),
        )
        for one in sorted(asked, key=lambda one: one.for_at)
        if one.session_id == last.session_id
    ]
    return words(
        "Check-in after the treatment of {day}: {answers}.",
        day=words.short_day(last.session_day),
        answers=joined(", ", told),
    )
