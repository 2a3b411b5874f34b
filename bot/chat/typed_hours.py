"""From what a therapist types to hours of the week, English and Spanish alike: "08:00-18:00 mon-fri".

Laws:
1. What can be read in two ways is not read at all: "8-6" may end in the morning or in the evening.
2. Without days the hours are those of every day; days without hours are whole days.
3. Nothing here raises on any text, and reading takes time in proportion to its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.chat import typed_times
from bot.chat.typed import folded, plain
from bot.diary.hours import EVERY_DAY, WEEKDAYS

_LONGEST: Final = 120
"""Characters; a longer text is something else."""
_AT_ANY_TIME: Final = frozenset(("always", "any time", "anytime", "at any time", "siempre", "a cualquier hora"))
_TIME: Final = "(?:las )?([0-9]{1,2})(?: ?[:.h] ?([0-9]{2}))? ?h?(?: ?(am|pm))?"
_BETWEEN: Final = " ?(?:-|to|until|till|and|a|hasta|y) ?"
_HOURS: Final = re.compile(f"(?<![0-9a-z]){_TIME}{_BETWEEN}{_TIME}(?![0-9a-z])")
_SETS: Final = {
    "every day|everyday|daily|all week|all days|todos los dias|cada dia|a diario|diario": EVERY_DAY,
    "weekdays|workdays|working days|on weekdays|entre semana|dias laborables|dias habiles|laborables": WEEKDAYS,
    "weekends|weekend|fin de semana|fines de semana": EVERY_DAY - WEEKDAYS,
}
_NAMED: Final = {name: days for names, days in _SETS.items() for name in names.split("|")}
_SET: Final = re.compile("|".join(sorted(_NAMED, key=len, reverse=True)))
_SMALL: Final = frozenset(
    ("on", "from", "between", "at", "the", "and", "de", "desde", "el", "los", "las", "entre", "en", "y")
)
_UP_TO: Final = frozenset(("-", "to", "through", "thru", "until", "till", "a", "al", "hasta"))


@dataclass(frozen=True, slots=True)
class Typed:
    """Hours of these days of the week (0 is Monday), by the wall clock; None: at any time."""

    hours: tuple[time, time, frozenset[int]] | None


def read(text: str) -> Typed | None:
    """None for what is no such thing."""
    if len(text) > _LONGEST:
        return None
    words = " ".join(folded(plain(text)).replace("\N{EN DASH}", "-").replace("\N{EM DASH}", "-").split()).strip(".!, ")
    words = re.sub(r"\b([ap])\. ?m\b\.?", r"\1m", words)
    if words in _AT_ANY_TIME:
        return Typed(None)
    found = _HOURS.search(words)
    if found is None:
        days = _days(words)
        return Typed((time(0), time(0), days)) if days else None
    span, days = _span(found), _days(f"{words[: found.start()]} {words[found.end() :]}")
    return None if span is None or days is None else Typed((*span, days or EVERY_DAY))


def _span(found: re.Match[str]) -> tuple[time, time] | None:
    halves = found[3], found[6]
    if (halves[0] is None) is not (halves[1] is None):
        return None
    start, end = _wall(found[1], found[2], found[3]), _wall(found[4], found[5], found[6])
    if start is None or end is None:
        return None
    on_a_face = halves[0] is None and not any(it.startswith("0") or int(it) > 12 for it in (found[1], found[4]))
    if on_a_face and end <= start:
        return None
    return start, end


def _wall(hour: str, minute: str | None, half: str | None) -> time | None:
    number, minutes = int(hour), int(minute or 0)
    if half is not None:
        return time(number % 12 + (12 if half == "pm" else 0), minutes) if 1 <= number <= 12 and minutes < 60 else None
    if (number, minutes) == (24, 0):
        return time(0)
    return time(number, minutes) if number < 24 and minutes < 60 else None


def _days(words: str) -> frozenset[int] | None:
    """The days that are named; none where there are none. None: there are other words as well."""
    days: set[int] = set()

    def named(match: re.Match[str]) -> str:
        days.update(_NAMED[match[0]])
        return " "

    rest = _SET.sub(named, words)
    last: int | None = None
    up_to = False
    for word in re.findall(r"[^\s,;/-]+|-", rest):
        day = typed_times.weekday(word.rstrip("."))
        if day is None:
            day = typed_times.weekday(word.rstrip(".s"))
        if day is not None:
            if up_to and last is not None:
                days.update((last + n) % 7 for n in range((day - last) % 7 + 1))
            days.add(day)
            last, up_to = day, False
        elif word in _UP_TO and last is not None:
            up_to = True
        elif word not in _SMALL:
            return None
    return None if up_to else frozenset(days)
