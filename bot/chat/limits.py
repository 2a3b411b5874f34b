"""From which scores on a patient's days alert the therapist: shown, and chosen by buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat import buttons
from bot.chat.buttons import Limit, pack
from bot.chat.messages import Button, Message, Row
from bot.chat.words import Sentence, Words, bold, joined, moment, sentence
from bot.diary.alerts import HIGHS, QUIET_FOR, RISES, USUAL, Limits


def on_card(patient: int, words: Words) -> Row:
    """The button on a patient's card."""
    return (Button(words("Alert limits"), tap=pack(buttons.AlertLimits(patient))),)


def page(
    patient: int, label: str, limits: Limits, changed: tuple[str, datetime] | None, words: Words, *, now: bool = False
) -> Message:
    """What alerts, and the choices. `changed`: by whom and when, by the reader's clock. `now`: by this very tap."""
    lines = [
        words("When {name} alerts you:", name=bold(sentence(label))),
        words.many(
            "Two days in a row are both {n} point or more above the usual, the average of the 7 days before.",
            "Two days in a row are both {n} points or more above the usual, the average of the 7 days before.",
            limits.rise,
        ),
        words("Or both are at {high} or more, and the usual lies below {high}.", high=limits.high),
        words(
            "Each symptom counts by itself and alerts at most once in {n} days; soreness after needling does not "
            "alert, and a red flag always does.",
            n=QUIET_FOR.days,
        ),
    ]
    told = Sentence("")
    if now:
        told = bold(words("Saved. This counts from the next answer on, for every therapist of this patient."))
    elif changed is not None:
        told = words("Last changed by {name}, {when}.", name=sentence(changed[0]), when=moment(changed[1], words))
    text = joined("\n\n", [joined("\n", lines), told])
    rises = [
        _choice(patient, Limit.RISE, n, n == limits.rise, words.many("{n} point", "{n} points", n), words)
        for n in RISES
    ]
    highs = [_choice(patient, Limit.HIGH, n, n == limits.high, words("{score} or more", score=n), words) for n in HIGHS]
    rows = [*_two(rises), *_two(highs)]
    if limits != USUAL:
        rows.append((Button(words("Back to the usual limits"), tap=pack(buttons.SetLimit(patient, Limit.USUAL, 0))),))
    return Message(text, tuple(rows))


def _choice(patient: int, limit: Limit, to: int, stands: bool, label: Sentence, words: Words) -> Button:
    shown = words("✓ {answer}", answer=label) if stands else label
    return Button(shown, tap=pack(buttons.SetLimit(patient, limit, to)))


def _two(choices: Sequence[Button]) -> list[Row]:
    return [tuple(choices[i : i + 2]) for i in range(0, len(choices), 2)]
