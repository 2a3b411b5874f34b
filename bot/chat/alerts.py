"""The red-flag card: fixed wording that a clinic can edit, and never an all-clear.

The words lie in `cards/urgent.<language>.txt`; a clinic puts its own file of that name into CARDS_DIR.
`{emergency_number}` is filled in: the clinic's, or words for the local one where the patient lives in another country.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.chat.messages import MAX_TEXT, Message
from bot.chat.words import LANGUAGES, Sentence, Words, sentence

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


def emergency_number(clinic_number: str, same_country: bool, words: Words) -> Sentence:
    """The clinic's number, or words for it where the patient lives in another country."""
    return sentence(clinic_number) if same_country else words("the local emergency number")


@lru_cache(maxsize=8)
def _text(language: str, folder: Path | None) -> str:
    name = f"urgent.{language}.txt"
    own = None if folder is None else folder / name
    path = own if own is not None and own.exists() else CARDS / name
    return path.read_text(encoding="utf-8").strip()
