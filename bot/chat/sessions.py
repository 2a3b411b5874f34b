"""Logging a treatment session: one short question after another, in one bubble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import NO_SIDE, pack
from bot.chat.items import site_name
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, capital, joined, sentence
from bot.diary.entries import Side
from bot.diary.sessions import Kind, Session

SITES: Final = ("foot", "heel", "leg", "knee", "hip", "back", "neck", "shoulder", "arm", "hand", "other")
NO_SIDES: Final = ("back", "neck", "other")
"""Sites that are not asked for a side."""


def kind_name(kind: Kind, words: Words) -> Sentence:
    match kind:
        case Kind.NEEDLING:
            return words("dry needling")
        case Kind.NEEDLING_STIMULATION:
            return words("dry needling with electrical stimulation")
        case Kind.OTHER:
            return words("other treatment")


def what(session: Session, words: Words) -> Sentence:
    """What was done and where, without the day: "dry needling, left foot"."""
    where = site_label(session.site, words) if session.site == "other" else site_name(session.site, session.side, words)
    return joined(", ", [kind_name(session.kind, words), where])


def choose_patient(patients: Sequence[tuple[int, str]], words: Words) -> Message:
    rows: list[Row] = [
        (Button(sentence(label), tap=pack(buttons.Session(patient, None, None, None, None))),)
        for patient, label in patients
    ]
    return Message(words("Whose treatment would you like to log?"), tuple(rows))


def next_question(label: str, so_far: buttons.Session, today: date, words: Words) -> Message | None:
    """The first thing still missing of a session; None when nothing is."""
    head = words("Treatment of {name}", name=bold(sentence(label)))
    if so_far.day is None:
        return Message(joined("\n", [head, words("When was it?")]), _dates(so_far, today, words))
    head = words("{head}, {day}", head=head, day=words.dated(so_far.day))
    if so_far.kind is None:
        rows: tuple[Row, ...] = tuple(
            (Button(capital(kind_name(kind, words)), tap=pack(replace(so_far, kind=kind))),) for kind in Kind
        )
        return Message(joined("\n", [head, words("What was done?")]), rows)
    head = words("{head}, {kind}", head=head, kind=kind_name(so_far.kind, words))
    if so_far.site is None:
        sites = [
            Button(
                capital(site_label(site, words)),
                tap=pack(replace(so_far, site=site, side=NO_SIDE if site in NO_SIDES else None)),
            )
            for site in SITES
        ]
        return Message(
            joined("\n", [head, words("Where?")]), tuple(tuple(sites[i : i + 3]) for i in range(0, len(sites), 3))
        )
    if so_far.side is None:
        head = words("{head}, {site}", head=head, site=site_label(so_far.site, words))
        sides = tuple(
            Button(side_name(side, words), tap=pack(replace(so_far, side=side.value)))
            for side in (Side.LEFT, Side.RIGHT, Side.BOTH)
        )
        return Message(joined("\n", [head, words("Which side?")]), (sides,))
    return None


def _dates(so_far: buttons.Session, today: date, words: Words) -> tuple[Row, ...]:
    return (
        (
            Button(words("Today"), tap=pack(replace(so_far, day=today))),
            Button(words("Yesterday"), tap=pack(replace(so_far, day=today - timedelta(days=1)))),
        ),
        (Button(words("Another date"), tap=pack(buttons.SessionDate(so_far.patient))),),
    )


def side_name(side: Side, words: Words) -> Sentence:
    match side:
        case Side.LEFT:
            return words("Left")
        case Side.RIGHT:
            return words("Right")
        case Side.BOTH:
            return words("Both")


def site_label(site: str, words: Words) -> Sentence:
    return words("another place") if site == "other" else site_name(site, None, words)


def ask_date(words: Words) -> Message:
    return Message(words("Please type the date of the treatment, for example: 2 March"))


def no_such_date(words: Words) -> Message:
    return Message(
        words("I did not understand this date. Please type a day of the past year, for example: 2 March or yesterday")
    )


def logged(label: str, session: Session, words: Words) -> Message:
    """The receipt, with a way back."""
    text = words(
        "Logged for {name} on {day}: {what}.",
        name=bold(sentence(label)),
        day=words.dated(session.day),
        what=what(session, words),
    )
    return Message(text, ((Button(words("Undo"), tap=pack(buttons.UndoSession(int(session.id)))),),))


def undone(words: Words) -> Message:
    return Message(words("The session is gone. /session logs another one."))


def already_undone(words: Words) -> Message:
    return Message(words("This session is no longer there."))


def no_patients(words: Words) -> Message:
    return Message(words("Nobody shares a diary with you yet. /invite NAME enrols a patient."))


def not_shared(words: Words) -> Message:
    """The patient's yes was taken back while the session was being logged."""
    return Message(words("This patient does not share a diary with you now."))
