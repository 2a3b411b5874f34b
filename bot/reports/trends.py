"""The trend verdict in words: what is called, and why, in one sentence."""

from __future__ import annotations

from typing import Final

from bot.chat.words import Sentence, Words
from bot.diary.sessions import SEVEN_DAYS
from bot.diary.trends import Trend, Verdict

SMALLEST_SHOWN: Final = 0.05
"""Points below this round to nothing."""


def name(trend: Trend, words: Words) -> Sentence:
    """What is called."""
    match trend:
        case Trend.BETTER:
            return words("getting better")
        case Trend.WORSE:
            return words("getting worse")
        case Trend.STEADY:
            return words("steady")


def in_words(found: Verdict | None, words: Words) -> Sentence:
    """The verdict on one item with its reason, for the therapist; None: there are too few scores to tell."""
    if found is None:
        return words("Trend: too early to tell.")
    values = {
        "trend": name(found.trend, words),
        "points": words.number(abs(found.points)),
        "before": words("the {n} weeks before", n=_weeks_before(found)),
        "needed": words.number(found.needed),
    }
    if abs(found.points) < SMALLEST_SHOWN:
        return words("Trend: {trend}. Last 2 weeks level with {before}, called from {needed}.", **values)
    if found.points < 0:
        return words("Trend: {trend}. Last 2 weeks {points} lower than {before}, called from {needed}.", **values)
    return words("Trend: {trend}. Last 2 weeks {points} higher than {before}, called from {needed}.", **values)


def _weeks_before(found: Verdict) -> int:
    """From two on, since fewer do not have scores enough."""
    return -(-(found.recent.first_day - found.before.first_day).days // SEVEN_DAYS.days)
