"""A therapist goes on holiday: who stands in, from when, until when, and how many patients said yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.offers import PER_PAGE, on_a_page, turn_pages
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.offers import Holiday, Tally
from bot.diary.people import Therapist

WEEKS: Final = (1, 2)
"""Lengths of a holiday that have a button."""


def choose(found: Sequence[Therapist], page: int, words: Words) -> Message:
    page = on_a_page(page, len(found))
    rows: list[Row] = [
        (Button(sentence(one.name), tap=pack(buttons.Deputy(int(one.id), None, None, False))),)
        for one in found[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    if len(found) > PER_PAGE:
        rows.append(turn_pages(page, len(found), [pack(buttons.DeputyPage(to)) for to in (page - 1, page + 1)], words))
    text = words(
        "Who stands in for you while you are away? Each patient is asked once. Your deputy sees the diaries of those "
        "who say yes, for that time."
    )
    return Message(text, (*rows, _leave_it(words)))


def ask_first(deputy: Therapist, today: date, words: Words) -> Message:
    days = [(words("From today"), today), (words("From tomorrow"), today + timedelta(days=1))]
    rows: list[Row] = [
        (Button(label, tap=pack(buttons.Deputy(int(deputy.id), day, None, False))),) for label, day in days
    ]
    rows.append((Button(words("From another day"), tap=pack(buttons.DeputyDate(int(deputy.id), None))),))
    return Message(
        words("From when does {therapist} stand in?", therapist=bold(sentence(deputy.name))), (*rows, _leave_it(words))
    )


def ask_until(deputy: Therapist, first: date, words: Words) -> Message:
    rows: list[Row] = []
    for weeks in WEEKS:
        until = first + timedelta(weeks=weeks) - timedelta(days=1)
        label = words.many("{n} week, until {day}", "{n} weeks, until {day}", weeks, day=words.day(until))
        rows.append((Button(label, tap=pack(buttons.Deputy(int(deputy.id), first, until, False))),))
    rows.append((Button(words("Until another day"), tap=pack(buttons.DeputyDate(int(deputy.id), first))),))
    text = words("From {first}, and until when? The last day counts in full.", first=bold(words.day(first)))
    return Message(text, (*rows, _leave_it(words)))


def type_first(words: Words) -> Message:
    return Message(words("Please type the first day, for example: Monday, or 2 March."), (_leave_it(words),))


def type_until(words: Words) -> Message:
    return Message(words("Please type the last day, for example: Sunday, or 15 March."), (_leave_it(words),))


def no_such_date(words: Words) -> Message:
    return Message(
        words(
            "I can't use that as a date of a holiday. Please type a day within the next three months, like 15 March, "
            "not before the first day."
        )
    )


def confirm(deputy: Therapist, holiday: Holiday, count: int, words: Words) -> Message:
    lines = [
        words(
            "{therapist} stands in for you from {first} until {until}.",
            therapist=bold(sentence(deputy.name)),
            first=bold(words.day(holiday.first_day)),
            until=bold(words.day(holiday.until_day)),
        ),
        words.many(
            "I ask {n} patient, once. Without a yes that diary is not shown.",
            "I ask {n} patients, once each. Without a yes a diary is not shown.",
            count,
        ),
        words(
            "Alerts that nobody has answered for a day go to your deputy, too: whole where the patient said yes, else "
            "only that there is one."
        ),
    ]
    yes = Button(
        words("Yes, ask them"),
        tap=pack(buttons.Deputy(int(deputy.id), holiday.first_day, holiday.until_day, True)),
    )
    return Message(joined("\n", lines), ((yes,), _leave_it(words)))


def standing(deputy: str, holiday: Holiday, tally: Tally, words: Words, told: Sentence | None = None) -> Message:
    """How it stands: who, until when, and how many said yes. `told`: what was just done."""
    lines = [
        words(
            "{therapist} stands in for you from {first} until {until}.",
            therapist=bold(sentence(deputy)),
            first=words.day(holiday.first_day),
            until=words.day(holiday.until_day),
        ),
        counted(tally, words),
    ]
    head = [] if told is None else [told]
    end = Button(words("End it now"), tap=pack(buttons.EndDeputy(False)))
    return Message(joined("\n\n", [*head, joined("\n", lines)]), ((end,),))


def counted(tally: Tally, words: Words) -> Sentence:
    if not tally.asked:
        return words("No patient was asked.")
    return words(
        "Asked: {asked}. Yes: {yes}. No: {no}. No answer yet: {open}.",
        asked=tally.asked,
        yes=bold(sentence(str(tally.yes))),
        no=tally.no,
        open=tally.open,
    )


def are_asked(count: int, words: Words) -> Sentence:
    return words.many("{n} patient is asked.", "{n} patients are asked.", count)


def ask_end(deputy: str, words: Words) -> Message:
    yes = Button(words("Yes, end it"), tap=pack(buttons.EndDeputy(True)))
    text = words(
        "Shall it end now? {therapist} then sees none of these diaries any more.", therapist=bold(sentence(deputy))
    )
    return Message(text, ((yes,), (Button(words("No, go on"), tap=pack(buttons.Run("deputy"))),)))


def ended(deputy: str, words: Words) -> Message:
    return Message(
        words("It has ended. {therapist} sees none of these diaries any more.", therapist=bold(sentence(deputy)))
    )


def your_deputy_left(deputy: str, words: Words) -> Message:
    """Tells the one who is away."""
    return Message(
        words(
            "{therapist} has left the clinic, so nobody stands in for you now. /deputy names someone else.",
            therapist=bold(sentence(deputy)),
        )
    )


def has_left_meanwhile(therapist: str, holiday: Holiday, words: Words) -> Message:
    """Tells the deputy of somebody who left the clinic while away."""
    return Message(
        words(
            "{therapist}, for whom you stand in, has left the clinic. What patients share with you for that time stays "
            "so until {until}.",
            therapist=bold(sentence(therapist)),
            until=words.day(holiday.until_day),
        )
    )


def none_set(words: Words) -> Message:
    """A button of a holiday that is over."""
    return Message(words("Nobody stands in for you now. /deputy names someone."))


# --- what the deputy is told ----------------------------------------------------------------------------------


def you_stand_in(therapist: str, holiday: Holiday, words: Words) -> Message:
    return Message(
        words(
            "{therapist} is away from {first} until {until}, and you stand in. Patients are being asked; the diaries "
            "of those who say yes are in /patients for that time, and end by themselves.",
            therapist=bold(sentence(therapist)),
            first=words.day(holiday.first_day),
            until=words.day(holiday.until_day),
        )
    )


def you_no_longer_stand_in(therapist: str, words: Words) -> Message:
    return Message(
        words(
            "You no longer stand in for {therapist}. Diaries that were shared for that time are not shown any more.",
            therapist=bold(sentence(therapist)),
        )
    )


def _leave_it(words: Words) -> Row:
    return (Button(words("Ask nobody"), tap=pack(buttons.LeaveIt())),)
