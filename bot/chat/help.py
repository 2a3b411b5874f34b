"""Help, command menus, and what is said to whatever can't be read: short, with the buttons that fit the moment.

Law: COMMANDS is the one list of commands, for the menus and the help alike. Only those that the bot has are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import HelpPage, pack
from bot.chat.messages import Button, Message, Row, plain
from bot.chat.people import when
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import moments
from bot.diary.moments import Act, Moment, Standing, Thing, Today
from bot.diary.people import Stage

SIDE_BY_SIDE: Final = 2
"""Buttons with words: more in a row are cut off on a small telephone."""
ALIKE: Final = 0.7
"""From which likeness on a mistyped command is taken for another."""

_P, _T, _A = Standing.PATIENT, Standing.THERAPIST, Standing.ADMIN
_NEW, _LEFT, _STRANGER = Standing.ENROLLING, Standing.LEFT, Standing.STRANGER
_CLINIC: Final = (_T, _A)
_EVERYONE: Final = tuple(Standing)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: who finds it in the menu of the chat, and on which page of the help, with which words."""

    name: str
    menu: tuple[Standing, ...]
    first: tuple[Standing, ...]
    """Whom the first page of the help tells of it."""
    more: tuple[Standing, ...]
    """And whom the second."""
    what: Callable[[Words], Sentence]
    with_name: bool = False
    """It is usually typed with the name of whoever it is about."""


def _command(
    name: str,
    what: Callable[[Words], Sentence],
    *,
    menu: tuple[Standing, ...] = (),
    first: tuple[Standing, ...] = (),
    more: tuple[Standing, ...] = (),
    with_name: bool = False,
) -> Command:
    return Command(name, menu, first, more, what, with_name)


COMMANDS: Final = (
    _command("start", lambda words: words("Begin"), menu=(_STRANGER, _NEW, _LEFT)),
    _command("today", lambda words: words("Answer or correct today"), menu=(_P,), first=(_P,)),
    _command("yesterday", lambda words: words("Fill in yesterday"), menu=(_P,), first=(_P,)),
    _command("flare", lambda words: words("Note a bad spell"), menu=(_P,), first=(_P,)),
    _command("pause", lambda words: words("Take a break, or come back"), menu=(_P,), first=(_P,)),
    _command("week", lambda words: words("My last week with a chart"), menu=(_P,), first=(_P,)),
    _command("chart", lambda words: words("My chart over time"), menu=(_P,), first=(_P,)),
    _command("settings", lambda words: words("Hour, reminder and more"), menu=(_P,), first=(_P,)),
    _command("history", lambda words: words("A month at a glance"), more=(_P,)),
    _command("report", lambda words: words("A page for my doctor"), more=(_P,)),
    _command("symptoms", lambda words: words("What I am asked about"), more=(_P,)),
    _command("patients", lambda words: words("My patients"), menu=(_T,), first=(_T,)),
    _command("digest", lambda words: words("The week of all my patients"), menu=(_T,), first=(_T,)),
    _command("session", lambda words: words("Log a treatment"), menu=(_T,), first=(_T,)),
    _command("deputy", lambda words: words("Someone stands in for me"), more=(_T,)),
    _command("handover", lambda words: words("Hand patients over"), more=(_T,)),
    _command("hours", lambda words: words("When alerts reach me"), more=(_T,)),
    _command("leave", lambda words: words("Leave the clinic"), more=(_T,)),
    _command("therapists", lambda words: words("All therapists"), menu=(_A,), more=(_A,)),
    _command("status", lambda words: words("How the bot stands"), menu=(_A,), more=(_A,)),
    _command("treatment", lambda words: words("Tell about a treatment"), more=(_P,)),
    _command("rename", lambda words: words("Change a patient's name"), more=(_T,)),
    _command("invite", lambda words: words("Enrol a patient"), menu=(_T,), first=(_T,), with_name=True),
    _command("invite_therapist", lambda words: words("Invite a therapist"), menu=(_A,), first=(_A,), with_name=True),
    _command("urgent", lambda words: words("When to get help"), menu=_EVERYONE, first=_EVERYONE),
    _command("sharing", lambda words: words("Who sees my diary"), more=(_P, _LEFT)),
    _command("who", lambda words: words("Who saw what in my diary"), more=(_P, _LEFT)),
    _command("export", lambda words: words("A diary as a file"), menu=(_T, _LEFT), more=(_P, _T, _LEFT)),
    _command("privacy", lambda words: words("What is stored"), menu=_EVERYONE, more=_EVERYONE),
    _command("forget", lambda words: words("Delete my diary"), menu=(_LEFT,), more=(_P, _LEFT)),
    _command("stop", lambda words: words("Stop the diary"), menu=(_NEW,), more=(_P,)),
    _command(
        "language",
        lambda words: words("Another language"),
        menu=(_P, _T, _A, _NEW, _LEFT),
        more=(_P, _T, _A, _NEW, _LEFT),
    ),
    _command("help", lambda words: words("Help"), menu=_EVERYONE),
)
"""In the order shown. A patient's menu holds eleven: the rest is in the help, one tap further."""


def commands(standings: Collection[Standing], offered: Collection[str], words: Words) -> list[dict[str, str]]:
    """The command menu for someone who stands so, in Telegram's form. `offered`: the commands that the bot has."""
    return [
        {"command": command.name, "description": plain(command.what(words))}
        for command in COMMANDS
        if command.name in offered and set(command.menu) & set(standings)
    ]


def description(words: Words) -> Sentence:
    """What Telegram shows in an empty chat, before anyone has tapped Start. At most 512 characters."""
    return words(
        "A symptom diary. It asks a few short questions in the evening, and each week you get a chart. "
        "It works by invitation: your physical therapist gives you a link."
    )


def short_description(words: Words) -> Sentence:
    """What stands on the bot's page, and beside a link to it that is passed on. At most 120 characters."""
    return words("A symptom diary: ten seconds an evening. By invitation.")


# --- help ---------------------------------------------------------------------------------------------------------


def help_(moment: Moment, offered: Collection[str], words: Words) -> Message:
    """What is open now, and what can be done, for how this chat stands to the clinic. Fits one screen."""
    first = [it for it in COMMANDS if set(it.first) & set(moment.standings) and it.name in offered]
    if len(moment.standings) == 1 and Standing.PATIENT in moment.standings:
        how = words("Tap a number or type it: 7, or 4 3 5. Other words become a note.")
    else:
        how = Sentence("")
    text = joined("\n\n", [joined("\n", [*_now(moment, words), how]), joined("\n", [_line(it, words) for it in first])])
    open_now = [act for act in moments.acts(moment, SIDE_BY_SIDE) if act not in _IN_THE_TEXT]
    rows = _rows(open_now, moment, offered, words)
    more = Button(words("More"), tap=pack(buttons.Help(HelpPage.MORE)))
    return Message(text, (*rows, (more,)))


def more(moment: Moment, offered: Collection[str], words: Words) -> Message:
    """The second page: what is seldom needed."""
    named = set(moment.standings)
    lines = [
        _line(it, words) for it in COMMANDS if set(it.more) & named and not set(it.first) & named and it.name in offered
    ]
    back = Button(words("Back"), tap=pack(buttons.Help(HelpPage.FIRST)))
    return Message(joined("\n", [words("More that you can do:"), *lines]), ((back,),))


_IN_THE_TEXT: Final = frozenset({Act.URGENT, Act.PRIVACY, Act.WEEK})
"""The help names these beside its buttons."""


def _line(command: Command, words: Words) -> Sentence:
    typed = words("/{command} NAME", command=command.name) if command.with_name else sentence(f"/{command.name}")
    return words("{command}: {what}.", command=typed, what=command.what(words))


def _now(moment: Moment, words: Words) -> list[Sentence]:
    """What is open at this moment; nothing for those who keep no diary."""
    if Standing.PATIENT not in moment.standings:
        return []
    lines = [bold(_today(moment, words))]
    if moment.yesterday is not None:
        lines.append(words("Yesterday is open until noon."))
    return lines


def _today(moment: Moment, words: Words) -> Sentence:
    if moment.paused and moment.back is not None:
        return words("You are on a break until {day}.", day=words.day(moment.back))
    if moment.paused:
        return words("You are on a break until you come back.")
    match moment.state:
        case Today.OPEN:
            return words("Today's question is open.")
        case Today.BEGUN:
            return words("Today is half done.")
        case _ if moment.next_at is None or moment.on is None:
            return words("Your diary is open.")
        case Today.WAITING:
            return words("I will ask you next: {when}.", when=when(moment.next_at, moment.on, words))
        case _:
            return words("Today is done. The next question: {when}.", when=when(moment.next_at, moment.on, words))


# --- buttons that fit ---------------------------------------------------------------------------------------------


def _rows(acts: Sequence[Act], moment: Moment, offered: Collection[str], words: Words) -> tuple[Row, ...]:
    found = [made for act in acts if (made := _button(act, moment, offered, words)) is not None]
    return tuple(tuple(found[n : n + SIDE_BY_SIDE]) for n in range(0, len(found), SIDE_BY_SIDE))


def _button(act: Act, moment: Moment, offered: Collection[str], words: Words) -> Button | None:
    """None for what the bot can't do."""
    day, eve = moment.today, moment.yesterday
    match act:
        case Act.ANSWER if day is not None:
            return Button(words("Answer today"), tap=pack(buttons.Resume(day)))
        case Act.LOOK if day is not None:
            return Button(words("Show today"), tap=pack(buttons.Resume(day)))
        case Act.YESTERDAY if eve is not None:
            return Button(words("Fill in yesterday"), tap=pack(buttons.Resume(eve)))
        case Act.NOTE if day is not None:
            return Button(words("Write a note"), tap=pack(buttons.AddNote(day)))
        case Act.WEEK if day is not None:
            return Button(words("My week"), tap=pack(buttons.Week(buttons.Whose.OWN)))
        case Act.COME_BACK:
            return Button(words("I'm back"), tap=pack(buttons.Back()))
        case Act.BECOME_THERAPIST:
            return Button(words("I treat patients too"), tap=pack(buttons.BecomeTherapist()))
    name, label = _COMMAND_OF.get(act), _label(act, words)
    if name is None or label is None or name not in offered:
        return None
    return Button(label, tap=pack(buttons.Run(name)))


_COMMAND_OF: Final = {
    Act.PATIENTS: "patients",
    Act.DIGEST: "digest",
    Act.INVITE: "invite",
    Act.INVITE_THERAPIST: "invite_therapist",
    Act.START: "start",
    Act.URGENT: "urgent",
    Act.PRIVACY: "privacy",
    Act.HELP: "help",
}


def _label(act: Act, words: Words) -> Sentence | None:
    match act:
        case Act.PATIENTS:
            return words("My patients")
        case Act.DIGEST:
            return words("The week of all")
        case Act.INVITE:
            return words("Invite a patient")
        case Act.INVITE_THERAPIST:
            return words("Invite a therapist")
        case Act.START:
            return words("Start")
        case Act.URGENT:
            return words("When to get help")
        case Act.PRIVACY:
            return words("What is stored")
        case Act.HELP:
            return words("Help")
        case _:
            return None


def fitting(moment: Moment, offered: Collection[str], words: Words) -> tuple[Row, ...]:
    """Two or three buttons for this moment, the last of which is the help; of a stranger, what strangers may have."""
    if Standing.STRANGER in moment.standings:
        return _rows((Act.URGENT, Act.PRIVACY), moment, offered, words)
    return _rows((*moments.acts(moment, moments.MOST - 1), Act.HELP), moment, offered, words)


def instead(day: date, words: Words) -> tuple[Row, ...]:
    """After scores for `day` that could not be read: the buttons of the day, or the same words as a note."""
    return (
        (
            Button(words("Use the buttons"), tap=pack(buttons.Resume(day))),
            Button(words("Write a note"), tap=pack(buttons.AddNote(day))),
        ),
    )


# --- not understood -----------------------------------------------------------------------------------------------


def not_understood(moment: Moment, offered: Collection[str], words: Words) -> Message:
    """A text that nothing can be made of, from someone without an open diary."""
    return Message(words("I did not understand that, and nobody else reads it."), fitting(moment, offered, words))


def unknown_command(name: str, moment: Moment, offered: Collection[str], words: Words) -> Message:
    """A command that there is not, with the one that was perhaps meant."""
    own = [it.name for it in COMMANDS if set(it.first + it.more) & set(moment.standings) and it.name in offered]
    meant = get_close_matches(name.lower(), own, 1, ALIKE)
    likely = tuple((Button(sentence(f"/{it}"), tap=pack(buttons.Run(it))),) for it in meant)
    rows = (*likely, *fitting(moment, offered, words))
    return Message(words("I do not know this command."), rows[:SIDE_BY_SIDE])


def by_invitation(moment: Moment, offered: Collection[str], words: Words) -> Message:
    """To whatever a stranger sends: what this is, and nothing else."""
    return Message(
        words("I am a symptom diary by invitation: your physical therapist gives you a link that opens it."),
        fitting(moment, offered, words),
    )


def tap_first(stage: Stage, therapist: str, rows: tuple[Row, ...], words: Words) -> Message:
    """To what is no answer in the middle of the enrolment: the open question in one sentence, with its buttons."""
    match stage:
        case Stage.STORE:
            return Message(words("Please tap one first: may I store your answers?"), rows)
        case Stage.SHARE:
            return Message(
                words("Please tap one first: may {therapist} see your answers and notes?", therapist=therapist), rows
            )
        case Stage.ZONE | Stage.HOUR:
            return Message(words("Please tap one of these, or type your answer."), rows)
        case _:
            return Message(words("Please tap one first: shall we start now?"), rows)


# --- what can't be read -------------------------------------------------------------------------------------------


def thing(kind: Thing, moment: Moment, offered: Collection[str], words: Words) -> Message:
    """The answer to a photo, a voice message, a sticker: what it is to us, that nothing of it is kept, and a way on."""
    lines = [_of_a_thing(kind, words)]
    if moments.may_show_a_wound(kind):
        lines.append(words("If a wound worries you, see /urgent."))
    rows = _rows(moments.acts_after(kind, moment), moment, offered, words)
    return Message(joined(" ", lines), rows)


def _of_a_thing(kind: Thing, words: Words) -> Sentence:
    match kind:
        case Thing.PICTURE:
            return words("I can't look at pictures, and this one is not kept.")
        case Thing.VIDEO:
            return words("I can't watch videos, and this one is not kept.")
        case Thing.VOICE:
            return words("I can't listen, and nothing of this is kept. Please type it, or tap.")
        case Thing.FILE:
            return words("I can't open files, and this one is not kept.")
        case Thing.STICKER:
            return words("Thank you, that is kind! Stickers are not kept; numbers and notes are.")
        case Thing.CONTACT:
            return words("I need no contacts, and nothing of this one is kept.")
        case Thing.POLL:
            return words("I can't vote, and nothing of this poll is kept.")
        case Thing.PLACE:
            return words("I do not need to know where you are, and nothing of this place is kept.")
        case Thing.DICE:
            return words("A throw of the dice is no answer, so nothing is kept.")
        case Thing.GAME:
            return words("I play no games, and nothing of this is kept.")
        case Thing.FORWARDED:
            return words("This was written by someone else, so it is not kept. I keep what you write yourself.")
        case Thing.VIA_BOT:
            return words("This was made by another bot, so it is not kept. I keep what you write yourself.")
        case _:
            return words("I can't read this kind of message, and nothing of it is kept.")


def only_the_words(kind: Thing, words: Words) -> Message:
    """Before the answer to the words that came with a picture or the like."""
    lines = [words("I read only the words that came with it. The rest is not kept.")]
    if moments.may_show_a_wound(kind):
        lines.append(words("If a wound worries you, see /urgent."))
    return Message(joined(" ", lines))
