"""Who sees a diary: the list, and its buttons to stop and to share again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import pack
from bot.chat.messages import Button, Message, Row
from bot.chat.offers import PER_PAGE, on_a_page, turn_pages
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary.people import Therapist

WORDING: Final = "sharing 2026-11"
"""Version of the words below that a yes or no is said to. Change it when their meaning changes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A therapist who sees the diary since a day, or who could be shown it: `since` None.

    `until`: of one who stands in, the last day. `begins`: not yet, but from `since` on.
    """

    therapist_id: int
    name: str
    since: date | None
    until: date | None = None
    begins: bool = False


def readers(of: Sequence[Reader], words: Words, told: Sentence | None = None, *, others: bool = False) -> Message:
    """Everyone who sees the diary, and everyone who could; `told`: what was just changed.

    `others`: there are more therapists at the clinic.
    """
    lines = [bold(words("Who sees your diary"))]
    seeing = [reader for reader in of if reader.since is not None]
    for reader in seeing:
        lines.append(_sees(reader, words))
    if seeing:
        lines.append(words("They see your answers, notes and charts. Nobody else does, besides you."))
    else:
        lines.append(words("Only you see it."))
    lines.append(
        words("/who shows what each of them looked at.") if seeing else words("/who shows who looked at it before.")
    )
    rows: list[Row] = [(_button(reader, words),) for reader in of]
    if others:
        rows.append((Button(words("Share with another therapist"), tap=pack(buttons.MoreReaders(0))),))
    return Message(joined("\n\n", [*([] if told is None else [told]), joined("\n", lines)]), tuple(rows))


def _sees(reader: Reader, words: Words) -> Sentence:
    assert reader.since is not None
    name, day = bold(sentence(reader.name)), words.dated(reader.since)
    if reader.until is None:
        return words("{name}, since {day}", name=name, day=day)
    until = words.dated(reader.until)
    if reader.begins:
        return words("{name}, from {day} until {until}", name=name, day=day, until=until)
    return words("{name}, since {day}, until {until}", name=name, day=day, until=until)


def choose(of: Sequence[Therapist], page: int, words: Words) -> Message:
    """Which other therapist of the clinic?"""
    page = on_a_page(page, len(of))
    rows: list[Row] = [
        (Button(sentence(one.name), tap=pack(buttons.AskSharing(int(one.id)))),)
        for one in of[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    if len(of) > PER_PAGE:
        rows.append(turn_pages(page, len(of), [pack(buttons.MoreReaders(to)) for to in (page - 1, page + 1)], words))
    rows.append((Button(words("Nobody else"), tap=pack(buttons.Readers())),))
    return Message(words("With whom shall I share your diary, too?"), tuple(rows))


def _button(reader: Reader, words: Words) -> Button:
    name = sentence(reader.name)
    if reader.since is not None:
        return Button(words("Stop sharing with {name}", name=name), tap=pack(buttons.StopSharing(reader.therapist_id)))
    return Button(words("Share with {name}", name=name), tap=pack(buttons.AskSharing(reader.therapist_id)))


def ended(name: str, words: Words) -> Sentence:
    """Told to the patient."""
    return words(
        "From now on {name} does not see your diary. Messages that came to their chat before stay there.",
        name=bold(sentence(name)),
    )


def ask(reader: Reader, words: Words, *, invited: bool = False) -> Message:
    """To share again is to share all of it. `invited`: by this therapist, with a link that opens a diary."""
    text = words(
        "{name} will then see your whole diary: every answer and note, also those from before and from the time "
        "between. Shall I share it?",
        name=bold(sentence(reader.name)),
    )
    if invited:
        name = bold(sentence(reader.name))
        known = words("You already keep a diary here. Shall {name} see it, too?", name=name)
        text = joined("\n\n", [known, text])
    yes = Button(words("Yes, share it all"), tap=pack(buttons.Share(reader.therapist_id)))
    return Message(text, ((yes,), (Button(words("No, leave it"), tap=pack(buttons.Readers())),)))


def begun(name: str, words: Words) -> Sentence:
    """Told to the patient."""
    return words("{name} sees your whole diary from now on.", name=bold(sentence(name)))


# --- what a therapist is told ---------------------------------------------------------------------------------


def not_shared_any_more(label: str, words: Words) -> Message:
    return Message(words("{name} no longer shares the diary with you.", name=bold(sentence(label))))


def shared_with_you(label: str, words: Words) -> Message:
    return Message(words("{name} shares the diary with you.", name=bold(sentence(label))))
