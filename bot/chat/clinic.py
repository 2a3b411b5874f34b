"""Therapists come and go: the clinic admin's list and figures, and leaving the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.offers import PER_PAGE, on_a_page, turn_pages
from bot.chat.words import Sentence, Words, bold, joined, moment, sentence
from bot.diary.clinic import File, Numbers
from bot.diary.people import Reach

MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Colleague:
    """One line of the admin's list: a name and numbers, and nobody's diary."""

    id: int
    name: str
    since: date
    patients: int
    reach: Reach


def therapists(of: Sequence[Colleague], page: int, words: Words) -> Message:
    """`/therapists`: everyone who works here."""
    if not of:
        return Message(words("There is no therapist yet. /invite_therapist NAME makes a link."))
    page = on_a_page(page, len(of))
    shown = of[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [bold(words.many("{n} therapist", "{n} therapists", len(of))), *(_line(one, words) for one in shown)]
    rows: list[Row] = [
        (Button(words("Remove {name}", name=sentence(one.name)), tap=pack(buttons.RemoveTherapist(one.id, False))),)
        for one in shown
    ]
    if len(of) > PER_PAGE:
        rows.append(turn_pages(page, len(of), [pack(buttons.Therapists(to)) for to in (page - 1, page + 1)], words))
    return Message(joined("\n", lines), tuple(rows))


def _line(one: Colleague, words: Words) -> Sentence:
    patients = words.many("{n} patient", "{n} patients", one.patients)
    line = words(
        "{name}, since {day}: {patients}", name=bold(sentence(one.name)), day=words.dated(one.since), patients=patients
    )
    if one.reach is Reach.OK:
        return line
    why = words("has blocked the bot") if one.reach is Reach.BLOCKED else words("the Telegram account is gone")
    return words("{line} ({why})", line=line, why=why)


def ask_remove(one: Colleague, words: Words) -> Message:
    text = joined(
        "\n",
        [
            words("Shall {name} be removed from the clinic?", name=bold(sentence(one.name))),
            words.many(
                "{n} patient is told and asked who shall see the diary now. {name} sees none of them any more.",
                "{n} patients are told and asked who shall see the diary now. {name} sees none of them any more.",
                one.patients,
                name=sentence(one.name),
            ),
            words("What was done so far keeps the name. With a new invitation {name} can come back.", name=one.name),
        ],
    )
    yes = Button(words("Yes, remove {name}", name=one.name), tap=pack(buttons.RemoveTherapist(one.id, True)))
    return Message(text, ((yes,), (Button(words("No"), tap=pack(buttons.Therapists(0))),)))


def removed(name: str, count: int, words: Words) -> Message:
    """`count`: patients who are told."""
    told = words.many("{n} patient is told.", "{n} patients are told.", count)
    return Message(words("{name} was removed. {told}", name=bold(sentence(name)), told=told))


def gone_already(words: Words) -> Message:
    return Message(words("There is no such therapist at the clinic any more. /therapists shows who there is."))


# --- leaving --------------------------------------------------------------------------------------------------


def ask_leave(count: int, clinic: str, words: Words) -> Message:
    """`/leave`: the first of two taps."""
    text = joined(
        "\n",
        [
            words("Would you like to leave {clinic}?", clinic=bold(sentence(clinic))),
            words.many(
                "{n} patient shares a diary with you. They are told, and asked who shall see it now.",
                "{n} patients share a diary with you. They are told, and asked who shall see it now.",
                count,
            ),
            words("To have them looked after by a colleague first, use /handover. For a holiday there is /deputy."),
        ],
    )
    go = Button(words("Leave the clinic"), tap=pack(buttons.LeaveClinic(False)))
    return Message(text, ((go,), _stay(words)))


def ask_leave_again(words: Words) -> Message:
    text = words(
        "From then on you see no diary and get no summaries and no alerts. You can't take it back yourself: only a new "
        "invitation lets you in again."
    )
    go = Button(words("Yes, I leave now"), tap=pack(buttons.LeaveClinic(True)))
    return Message(text, ((go,), _stay(words)))


def you_have_left(clinic: str, words: Words) -> Message:
    return Message(
        words(
            "You have left {clinic}. You see no diary any more, and nothing more comes to you. Messages that came to "
            "this chat before stay here until you delete them. Thank you for your work.",
            clinic=bold(sentence(clinic)),
        )
    )


def you_were_removed(clinic: str, words: Words) -> Message:
    return Message(
        words(
            "You are no longer a therapist at {clinic} here. You see no diary any more, and nothing more comes to you. "
            "If this is a mistake, ask the clinic for a new invitation.",
            clinic=bold(sentence(clinic)),
        )
    )


def has_left(name: str, count: int, words: Words) -> Message:
    """Tells the admins."""
    told = words.many("{n} patient was told.", "{n} patients were told.", count)
    return Message(words("{name} has left the clinic. {told}", name=bold(sentence(name)), told=told))


def you_stay(words: Words) -> Message:
    return Message(words("All right, all stays as it is."))


def _stay(words: Words) -> Row:
    return (Button(words("Stay"), tap=pack(buttons.StayHere())),)


# --- how the bot stands ---------------------------------------------------------------------------------------


def status(of: Numbers, file: File, in_touch_at: datetime | None, words: Words, *, backups_on: bool) -> Message:
    """`/status`, for the admin: numbers only, and nothing of anybody's diary. `in_touch_at`: by the clinic's clock."""
    lines = [
        bold(words("How the bot stands")),
        words("Patients with an open diary: {n}, of these on a break: {paused}", n=of.patients, paused=of.paused),
        words("Answered today: {n} of {asked} asked so far", n=of.answered, asked=of.asked),
        words("Therapists: {n}", n=of.therapists),
        words("Chats that can't be reached: {n}", n=of.unreachable),
        words(
            "Questions waiting to be sent: {n}, summaries: {digests}", n=of.prompts_waiting, digests=of.digests_waiting
        ),
        words("All messages waiting: {n}", n=of.outbox),
        words("Updates waiting: {n}, set aside: {parked}", n=of.inbox, parked=of.parked),
        words("Alerts that reached no therapist, last 7 days: {n}", n=of.undelivered_alerts),
        _backup(file, words) if backups_on else words("Daily backup: switched off"),
        _disk(file, words),
        words(
            "Last in touch with Telegram: {when}",
            when=_never(words) if in_touch_at is None else moment(in_touch_at, words),
        ),
        words("Version {version}", version=file.version),
    ]
    return Message(joined("\n", lines))


def _backup(file: File, words: Words) -> Sentence:
    day = _never(words) if file.last_backup is None else words.dated(file.last_backup)
    return words("Last daily backup: {day}", day=day)


def _never(words: Words) -> Sentence:
    return words("not yet")


def _disk(file: File, words: Words) -> Sentence:
    size = words("{n} MB", n=max(1, round(file.size / MIB)))
    if file.free is None:
        return words("The diary's file: {size}", size=size)
    return words(
        "The diary's file: {size}, free on the disk: {free}", size=size, free=words("{n} MB", n=file.free // MIB)
    )
