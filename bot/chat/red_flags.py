"""The red-flag card, and what is said about it: fixed wording that a clinic can edit, and never an all-clear.

The words lie in `cards/urgent.<language>.txt`; a clinic puts its own file of that name into CARDS_DIR.
`{emergency_number}` is filled in: the clinic's, or words for the local one where the patient lives in another country.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.chat import buttons, checkins, places
from bot.chat.buttons import pack
from bot.chat.messages import MAX_TEXT, Button, Message, Row
from bot.chat.words import LANGUAGES, Sentence, Words, bold, joined, sentence
from bot.diary.checkins import Feeling
from bot.diary.red_flags import RedFlagAnswer

CARDS: Final = Path(__file__).with_name("cards")
PLACE: Final = "{emergency_number}"
LONGEST: Final = MAX_TEXT - 1_500
"""The card is also shown at sign-up, together with what the diary is not."""


class WrongCard(Exception):
    """A clinic's card can't be used; the text says what to do."""


def check_cards(folder: Path | None) -> None:
    """Raises WrongCard for a clinic's card that can't be used, or that is not where the clinic believes it to be."""
    if folder is None:
        return
    names = {f"urgent.{language}.txt" for language in LANGUAGES}
    try:
        found = sorted(names.intersection(path.name for path in folder.iterdir()))
    except OSError as error:
        raise WrongCard(
            f"CARDS_DIR names {folder}, a folder that can't be read ({error.strerror}). "
            "Correct it, or leave it empty to use the program's own cards."
        ) from None
    if not found:
        raise WrongCard(
            f"CARDS_DIR names {folder}, and none of {', '.join(sorted(names))} is there. "
            "Put a card of that name there, or leave CARDS_DIR empty to use the program's own."
        )
    for own in (folder / name for name in found):
        try:
            text = own.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise WrongCard(f"{own} can't be read. It must be a text file in UTF-8.") from None
        if PLACE not in text or not text.strip():
            raise WrongCard(f"{own} must contain {PLACE} where the number belongs.")
        if len(text) > LONGEST:
            raise WrongCard(f"{own} has {len(text)} characters; {LONGEST} is the most that fits.")


def urgent(words: Words, number: Sentence, folder: Path | None) -> Message:
    """The card on its own."""
    return Message(card(words, number, folder))


def card(words: Words, number: Sentence, folder: Path | None) -> Sentence:
    """The card's text, with the number filled in."""
    return Sentence(sentence(_text(words.language, folder)).replace(PLACE, number))


def number_in(zone: str, clinic_zone: str, clinic_number: str, words: Words) -> Sentence:
    """Whom to call for someone who is in `zone`: the clinic's number, or words for the local one in another country."""
    here, there = places.country_of(clinic_zone), places.country_of(zone)
    return emergency_number(clinic_number, here is None or there is None or here == there, words)


def emergency_number(clinic_number: str, same_country: bool, words: Words) -> Sentence:
    """The clinic's number, or words for it where the patient lives in another country."""
    return sentence(clinic_number) if same_country else words("the local emergency number")


@lru_cache(maxsize=8)
def _text(language: str, folder: Path | None) -> str:
    name = f"urgent.{language}.txt"
    own = None if folder is None else folder / name
    path = own if own is not None and own.exists() else CARDS / name
    return path.read_text(encoding="utf-8").strip()


# --- words that match -----------------------------------------------------------------------------------------


def flagged(flag: int, card: Sentence, words: Words) -> Message:
    """The card, since something that was written may be on it; its two answers."""
    text = joined(
        "\n\n",
        [
            words("Your words may be about a warning sign, so here is the list."),
            card,
            bold(words("Is one of these happening now?")),
        ],
    )
    return Message(text, _answers(flag, words))


def flagged_again(flag: int, number: Sentence, words: Words) -> Message:
    """The same in a few words, while a card still stands in sight."""
    text = words(
        "This may be about a warning sign, too. The list is in my message above. "
        "If one of them is happening now, call {number} and tap here.",
        number=number,
    )
    return Message(text, _answers(flag, words))


def _answers(flag: int, words: Words) -> tuple[Row, ...]:
    return ((_now(flag, words),), (Button(words("No"), tap=pack(buttons.RedFlag(flag, RedFlagAnswer.NO))),))


def _now(flag: int, words: Words) -> Button:
    return Button(words("This is happening now"), tap=pack(buttons.RedFlag(flag, RedFlagAnswer.NOW)))


def chosen_now(card: Sentence, words: Words, sign: Feeling | None = None) -> Message:
    """The card after "this is happening now", or after a `sign` in a check-in."""
    said = words("This is happening now") if sign is None else checkins.feeling_name(sign, words)
    answer = bold(words("✓ {answer}", answer=said))
    return Message(joined("\n\n", [card, answer]))


def what_to_do(number: Sentence, therapists: Sequence[str], clinic: str, words: Words) -> Message:
    """At once after "this is happening now": whom to call, and who was told."""
    lines = [
        bold(words("Please call {number} now.", number=number)),
        words("If the list names another step for your sign, take that one. If you are not sure, call."),
        _who_was_told(therapists, clinic, words),
        _nobody_watches(words),
    ]
    return Message(joined("\n\n", lines))


def told_before(number: Sentence, at: datetime, words: Words) -> Message:
    """The same card reported once more, soon after."""
    lines = [
        bold(words("Please call {number} now.", number=number)),
        words("You told me at {time} that this is happening. It stands.", time=words.time(at)),
        _nobody_watches(words),
    ]
    return Message(joined("\n\n", lines))


def _who_was_told(therapists: Sequence[str], clinic: str, words: Words) -> Sentence:
    if not therapists:
        return words(
            "I could not tell any therapist. Please call {clinic} yourself as well.", clinic=bold(sentence(clinic))
        )
    names = words.listed([sentence(name) for name in therapists])
    return words("A message about this is on its way to {names}. It may not be seen at once.", names=names)


def _nobody_watches(words: Words) -> Sentence:
    return words("Please do not wait for an answer here: nobody watches this chat around the clock.")


def chosen_no(flag: int, card: Sentence, number: Sentence, words: Words) -> Message:
    """After "no": what was said, the list, and the way to report it after all. It reassures nobody."""
    text = joined(
        "\n\n",
        [
            card,
            words(
                "I have noted your answer: no. I can't judge what you feel. "
                "If one of these begins, call {number} at once. /urgent shows this list at any time.",
                number=number,
            ),
        ],
    )
    return Message(text, ((_now(flag, words),),))


def stands(number: Sentence, words: Words) -> Message:
    """ "No" to what was reported as happening before."""
    return Message(
        words(
            "You have told me before that this is happening now, and that stands. If it was a wrong tap, please tell "
            "your therapist yourself. If you need help, call {number}.",
            number=number,
        )
    )


def not_heard(number: Sentence, clinic: str, words: Words) -> Message:
    """What therapists were to be told has reached none of them."""
    return Message(
        words(
            "My message about the warning signs has reached no therapist. If one of them is happening, call {number} "
            "now. Please call {clinic} yourself as well.",
            number=bold(number),
            clinic=bold(sentence(clinic)),
        )
    )


# --- therapists -----------------------------------------------------------------------------------------------


def reported(
    label: str, patient: int, at: datetime, number: Sentence, words: Words, sign: Feeling | None = None
) -> Message:
    """Tells a therapist that a patient says: this is happening now. `at`: by the patient's clock.

    `sign`: which one, where it was named in a check-in.
    """
    name = bold(sentence(label))
    lines = [
        words("RED FLAG: {name} says that a warning sign is happening now.", name=name)
        if sign is None
        else words(
            "RED FLAG: {name} names a warning sign after treatment: {sign}.",
            name=name,
            sign=bold(checkins.sign_in_words(sign, words)),
        ),
        words("Reported {day}, {time} on their clock.", day=words.day(at.date()), time=words.time(at)),
        words("They were told to call {number}. Please get in touch with them now.", number=number),
    ]
    return Message(joined("\n", lines), _look(patient, words))


def no_answer(label: str, patient: int, at: datetime, words: Words) -> Message:
    """Tells a therapist that a card was shown and nobody answered it."""
    lines = [
        words("Card shown, no answer: {name}", name=bold(sentence(label))),
        words(
            "Words in a message brought up the list of warning signs on {day}, {time} on their clock. They have not "
            "said whether one of them is happening. Please get in touch with them.",
            day=words.day(at.date()),
            time=words.time(at),
        ),
    ]
    return Message(joined("\n", lines), _look(patient, words))


def answered_no(label: str, at: datetime, words: Words) -> Message:
    """Tells a therapist who heard that nobody answers: now there is an answer."""
    return Message(
        words(
            'The list of warning signs that {name} was shown on {day}, {time} on their clock, is answered now: "no".',
            name=bold(sentence(label)),
            day=words.day(at.date()),
            time=words.time(at),
        )
    )


def _look(patient: int, words: Words) -> tuple[Row, ...]:
    return (
        (
            Button(words("Notes"), tap=pack(buttons.Notes(patient))),
            Button(words("Chart and numbers"), tap=pack(buttons.Card(patient))),
        ),
    )
