"""Who saw what, for the patient to read: in plain words, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.accesses import Line, What

PER_PAGE: Final = 12
"""Lines on one page."""


def log(of: Sequence[Line], page: int, more: bool, words: Words) -> Message:
    """One page. `of`: all lines, newest first; `more`: there are older ones than these."""
    if not of:
        return Message(
            joined(
                "\n\n",
                [
                    bold(words("Who saw what")),
                    words("No therapist has looked at your diary yet. When one does, it stands here."),
                ],
            )
        )
    last = (len(of) - 1) // PER_PAGE
    page = max(0, min(page, last))
    heading = bold(words("Who saw what"))
    if last:
        heading = words("{heading} Page {page} of {pages}.", heading=heading, page=page + 1, pages=last + 1)
    parts = [heading]
    day = None
    for line in of[page * PER_PAGE : (page + 1) * PER_PAGE]:
        if line.at.date() != day:
            day = line.at.date()
            parts.append(joined("\n", [bold(words.dated(day)), _line(line, words)]))
        else:
            parts[-1] = joined("\n", [parts[-1], _line(line, words)])
    if page == last:
        parts.append(
            words("Older lines are in your copy: /export.")
            if more
            else words("That is all. Nobody can change this list.")
        )
    steps = []
    if page > 0:
        steps.append(Button(words("Newer"), tap=pack(buttons.WhoSaw(page - 1))))
    if page < last:
        steps.append(Button(words("Older"), tap=pack(buttons.WhoSaw(page + 1))))
    rows: tuple[Row, ...] = (tuple(steps),) if steps else ()
    return Message(joined("\n\n", parts), rows)


def _line(line: Line, words: Words) -> Sentence:
    did = what(line.what, bold(sentence(line.therapist)), words)
    if line.count == 1:
        return words("{time} {did}", time=words.time(line.at), did=did)
    return words.many(
        "{time} {did} ({n} time, this is the last)",
        "{time} {did} ({n} times, this is the last)",
        line.count,
        time=words.time(line.at),
        did=did,
    )


def what(did: What, therapist: Sentence, words: Words) -> Sentence:
    """What a therapist did, as a sentence."""
    match did:
        case What.PANEL:
            return words("{therapist} saw your line in the list of patients.", therapist=therapist)
        case What.DIGEST:
            return words("{therapist} got the week's summary with your numbers.", therapist=therapist)
        case What.CARD:
            return words("{therapist} looked at your chart and numbers.", therapist=therapist)
        case What.NOTES:
            return words("{therapist} read your notes.", therapist=therapist)
        case What.COURSE:
            return words("{therapist} compared before and after treatment.", therapist=therapist)
        case What.SHEET:
            return words("{therapist} made a visit sheet of your diary.", therapist=therapist)
        case What.EXPORT:
            return words("{therapist} took a copy of your diary as a file.", therapist=therapist)
        case What.SESSION:
            return words("{therapist} logged a treatment.", therapist=therapist)
        case What.SESSION_CHANGED:
            return words("{therapist} corrected a treatment.", therapist=therapist)
        case What.SESSION_DELETED:
            return words("{therapist} deleted a treatment.", therapist=therapist)
        case What.TREATMENTS:
            return words("{therapist} looked at your treatments.", therapist=therapist)
        case What.ASKED:
            return words("{therapist} looked at what you are asked.", therapist=therapist)
        case What.ITEMS:
            return words("{therapist} changed what you are asked.", therapist=therapist)
        case What.RENAMED:
            return words("{therapist} changed the name that they have for you.", therapist=therapist)
        case What.LIMITS:
            return words("{therapist} changed when your scores raise an alert.", therapist=therapist)
        case What.REPORTED:
            return words("{therapist} was told of the treatment that you reported.", therapist=therapist)
        case What.SIGNS:
            return words("{therapist} was told that you were shown the list of warning signs.", therapist=therapist)
        case What.ALERT:
            return words("{therapist} got an alert about your diary.", therapist=therapist)
        case What.ALERT_SEEN:
            return words("{therapist} marked an alert as seen.", therapist=therapist)
        case What.WILL_CALL:
            return words("{therapist} noted to call you about an alert.", therapist=therapist)
        case What.ALERT_NOTE:
            return words("{therapist} wrote a note to an alert.", therapist=therapist)
        case _:
            return words("{therapist} used your diary.", therapist=therapist)
