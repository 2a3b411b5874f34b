"""The question before a visit sheet: of which weeks, and with the patient's notes or without."""

from __future__ import annotations

from typing import Final

from bot.chat import buttons
from bot.chat.buttons import OnSheet, pack
from bot.chat.messages import Button, Message
from bot.chat.words import Sentence, Words, bold, joined, sentence

SHEET_WEEKS: Final = {4, 8, 13}
"""How many weeks a sheet may have: a month, two, three."""
USUAL_WEEKS: Final = 8


def ask_for_sheet(weeks: int, words: Words) -> Message:
    """One tap makes the sheet; another length takes one more."""
    text = joined(
        "\n",
        [
            words("A page for your visit, as a file: charts, averages, treatment, and what was not answered."),
            words("It covers the {weeks} and comes to you alone. May your notes be on it?", weeks=_last(weeks, words)),
        ],
    )
    others = sorted(SHEET_WEEKS - {weeks})
    return Message(
        text,
        (
            (Button(words("Without my notes"), tap=pack(buttons.Report(weeks, OnSheet.NO_NOTES))),),
            (Button(words("With my notes"), tap=pack(buttons.Report(weeks, OnSheet.NOTES))),),
            tuple(Button(_instead(other, words), tap=pack(buttons.Report(other, OnSheet.ASK))) for other in others),
        ),
    )


def ask_for_sheet_of(patient: int, label: str, weeks: int, words: Words) -> Message:
    """The same for a therapist, about one patient."""

    def button(text: Sentence, of: int, notes: OnSheet) -> Button:
        return Button(text, tap=pack(buttons.SheetOf(patient, of, notes)))

    text = joined(
        "\n",
        [
            words(
                "A page about {name}, as a PDF: charts, averages, treatment, and what was not answered.",
                name=bold(sentence(label)),
            ),
            words("It covers the {weeks}. With the patient's notes?", weeks=_last(weeks, words)),
        ],
    )
    return Message(
        text,
        (
            (
                button(words("Without notes"), weeks, OnSheet.NO_NOTES),
                button(words("With notes"), weeks, OnSheet.NOTES),
            ),
            tuple(button(_instead(other, words), other, OnSheet.ASK) for other in sorted(SHEET_WEEKS - {weeks})),
        ),
    )


def sheet_is_coming(weeks: int, notes: bool, words: Words) -> Message:
    """What the question becomes once it is answered."""
    last = _last(weeks, words)
    if notes:
        text = words("Your sheet of the {weeks}, with your notes, is on its way.", weeks=last)
    else:
        text = words("Your sheet of the {weeks}, without your notes, is on its way.", weeks=last)
    return Message(joined("\n", [text, words("/report makes another one.")]))


def already_coming(words: Words) -> Sentence:
    """A toast for a second tap."""
    return words("It is on its way already.")


def _last(weeks: int, words: Words) -> Sentence:
    return words("last 3 months") if weeks == 13 else words("last {n} weeks", n=weeks)


def _instead(weeks: int, words: Words) -> Sentence:
    return words("3 months instead") if weeks == 13 else words("{n} weeks instead", n=weeks)
