"""What is stored of a person and who sees it, and the wish to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, moment, sentence

# --- what is stored -------------------------------------------------------------------------------------------


def of_patient(
    readers: Sequence[str], clinic: str, days: int, words: Words, *, leaves_at: datetime | None = None
) -> Message:
    """One screen for someone with a diary; `readers` see it now, `days`: how long copies live.

    `leaves_at`: when it will be deleted, by the patient's own clock, where that was wished for.
    """
    kept = words(
        "{what}: your answers and notes with their times, your settings, your number at Telegram, and what you said "
        "yes or no to. Also the name that your therapist has for you, your treatments, and warning signs and alerts.",
        what=bold(words("What I keep")),
    )
    leaves = leaves_at is not None
    what_to_do = (
        words(
            "{what}: /export sends you a copy of it all. /forget shows how you can keep it after all, or delete it "
            "now.",
            what=bold(words("What you can do")),
        )
        if leaves
        else words(
            "{what}: /export sends you a copy of it all. /sharing shows who sees it and lets you stop that. "
            "/forget deletes it. /stop ends the questions and keeps the rest.",
            what=bold(words("What you can do")),
        )
    )
    parts = [kept, _who(readers, clinic, words, leaves), _until(leaves_at, days, words), _telegram(words), what_to_do]
    return Message(joined("\n\n", parts))


def of_stranger(clinic: str, days: int, words: Words) -> Message:
    """One screen for someone of whom nothing is stored."""
    return Message(
        joined(
            "\n\n",
            [
                words("I am the symptom diary of {clinic}. I keep nothing about you.", clinic=bold(sentence(clinic))),
                words(
                    "Of people who keep a diary here I store their answers and notes, their settings and their number "
                    "at Telegram. They choose which therapist sees it, get a copy with /export, and delete it all "
                    "with /forget."
                ),
                _how_long(days, words),
                _telegram(words),
            ],
        )
    )


def of_staff(clinic: str, days: int, words: Words) -> Message:
    """One screen for therapists and clinic admins without a diary of their own."""
    return Message(
        joined(
            "\n\n",
            [
                words(
                    "{what}: your number at Telegram, your language, the name that patients read, your time zone, and "
                    "the links and treatments that you made here. Each patient can read what you looked at or did in "
                    "the diary.",
                    what=bold(words("What I keep about you")),
                ),
                words(
                    "{what}: their answers, notes and settings. You see only what was shared with you, for as long as "
                    "it is. They can stop that with /sharing, and delete it all with /forget.",
                    what=bold(words("About patients")),
                ),
                words("It lies on the computer of {clinic}.", clinic=sentence(clinic)),
                _how_long(days, words),
                _telegram(words),
            ],
        )
    )


def nothing_kept(words: Words) -> Message:
    """For someone who wants a copy, or to be forgotten, and of whom there is nothing."""
    return Message(words("I keep nothing about you. /privacy tells more."))


def _who(readers: Sequence[str], clinic: str, words: Words, leaves: bool) -> Sentence:
    what = bold(words("Who sees it"))
    if leaves:
        seen = words("{what}: nobody any more, since you want it deleted.", what=what)
    elif readers:
        names = bold(words.listed([sentence(name) for name in readers]))
        seen = words("{what}: you, and also {names}. Nobody else.", what=what, names=names)
    else:
        seen = words("{what}: only you.", what=what)
    looked = words("/who shows what each therapist looked at or did.")
    lies = words("It lies on the computer of {clinic}, and whoever runs that could open it.", clinic=sentence(clinic))
    return joined(" ", [seen, looked, lies])


def _until(leaves_at: datetime | None, days: int, words: Words) -> Sentence:
    what, lives = bold(words("How long")), _days(days, words)
    if leaves_at is None:
        return words(
            "{what}: until you send /forget. Copies that the computer makes by itself live {days}.",
            what=what,
            days=lives,
        )
    return words(
        "{what}: until {when}. Copies that the computer makes by itself live {days}.",
        what=what,
        when=moment(leaves_at, words),
        days=lives,
    )


def _how_long(days: int, words: Words) -> Sentence:
    return words(
        "{what}: until the patient sends /forget. Copies that the computer makes by itself live {days}.",
        what=bold(words("How long")),
        days=_days(days, words),
    )


def _telegram(words: Words) -> Sentence:
    return words(
        "{what}: chats with bots are not end-to-end encrypted. Telegram carries our messages and could read them.",
        what=bold(words("Telegram")),
    )


def _days(days: int, words: Words) -> Sentence:
    return words.many("{n} day", "{n} days", days)


# --- the wish to be forgotten ---------------------------------------------------------------------------------


def word(words: Words) -> Sentence:
    """What is typed to say that it is meant."""
    return words.about("typed", "forget")


def ask(days: int, words: Words) -> Message:
    """What will go and what stays; a copy first; then the word."""
    parts = [
        bold(words("Shall I delete your whole diary?")),
        words(
            "{what}: all your answers, notes, charts and settings, what you said yes or no to, and your number. Also "
            "what waits to be sent.",
            what=bold(words("This goes")),
        ),
        words(
            "{what}: the messages in this chat, and those that your therapist has got. I can't take them back. Copies "
            "that the computer makes by itself live {days}. A random number stays, so that no old copy brings you "
            "back.",
            what=bold(words("This stays")),
            days=_days(days, words),
        ),
        type_the_word(words),
    ]
    copy: Row = (Button(words("Send me a copy first"), tap=pack(buttons.CopyFirst())),)
    return Message(joined("\n\n", parts), (copy, _keep(words)))


def type_the_word(words: Words) -> Sentence:
    return words(
        "To go on, type the word {word}. If you send anything else, all stays as it is.", word=bold(word(words))
    )


def copy_comes_first(words: Words) -> Message:
    """The copy is on its way; the question for the word stands."""
    return Message(
        joined("\n\n", [words("Your copy is on its way."), type_the_word(words)]),
        (_keep(words),),
    )


def choose(words: Words) -> Message:
    """The word was typed: in a week, or now."""
    text = joined(
        "\n\n",
        [
            bold(words("When shall I delete it?")),
            words(
                "In seven days: until then I ask nothing, nobody sees your diary, and you can take it back. "
                "At once: nobody can take that back."
            ),
        ],
    )
    return Message(
        text,
        (
            (Button(words("In seven days"), tap=pack(buttons.Forget(buttons.When.LATER))),),
            (Button(words("At once"), tap=pack(buttons.Forget(buttons.When.NOW))),),
            _keep(words),
        ),
    )


def _keep(words: Words) -> Row:
    return (Button(words("Keep my diary"), tap=pack(buttons.KeepDiary())),)


def kept(words: Words, *, typed: bool = False) -> Message:
    """Nothing was deleted; `typed`: something was written that is no answer, and is not kept."""
    lines = [words("Nothing was deleted. All is as it was.")]
    if typed:
        lines.append(words("What you just wrote is not kept. To delete your diary, send /forget."))
    return Message(joined("\n", lines))


def not_confirmed(words: Words) -> Message:
    """A button of an earlier time: it deletes nothing without the word before it."""
    return Message(words("Nothing was deleted. To delete your diary, send /forget again."))


def wait_for_copy(words: Words) -> Message:
    return Message(words("Your copy is still on its way. Please wait until it is here, then tap again."))


def leaving(at: datetime, words: Words, *, unsaved: bool = False) -> Message:
    """The wish stands until `at`, by the patient's own clock. `unsaved`: something was sent that is not kept."""
    lines = [
        words(
            "Your diary will be deleted on {when}.",
            when=bold(moment(at, words)),
        ),
        words("Until then I ask nothing and nobody sees it."),
    ]
    if unsaved:
        lines.append(words("What you just sent is not kept."))
    return Message(
        joined("\n", lines),
        (
            (Button(words("Keep my diary after all"), tap=pack(buttons.TakeBack())),),
            (Button(words("Delete it now"), tap=pack(buttons.ForgetSooner())),),
        ),
    )


def ask_sooner(at: datetime, words: Words) -> Message:
    """The week is not to be waited for: once more the word."""
    when = moment(at, words)
    return Message(
        words(
            "Nobody can take that back. To delete everything now, type the word {word}. If you send anything else, it "
            "stays with {when}.",
            word=bold(word(words)),
            when=when,
        )
    )


def taken_back(words: Words) -> Message:
    return Message(words("Nothing was deleted. Your diary is yours again."))


def done(days: int, words: Words) -> Message:
    """The last word: everything is gone."""
    return Message(
        joined(
            "\n",
            [
                bold(words("It is done. All that I kept about you is deleted.")),
                words(
                    "The messages in this chat stay until you delete the chat. Old copies on the clinic's computer "
                    "are gone after {days} at the latest.",
                    days=_days(days, words),
                ),
                words("Thank you for your trust. To come back one day, ask your therapist for a new link."),
            ],
        )
    )


# --- what a therapist is told ---------------------------------------------------------------------------------


def has_left(label: str, words: Words) -> Message:
    return Message(words("{name} has ended the diary. It can't be seen any more.", name=bold(sentence(label))))


def has_come_back(label: str, words: Words) -> Message:
    return Message(words("{name} keeps the diary after all. You can see it again.", name=bold(sentence(label))))
