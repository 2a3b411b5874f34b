"""From what a person types to a time of day, or to the date of something past, English and Spanish alike.

Laws:
1. What can be read in two ways is asked again (AmOrPm), and what is neither a time nor a date is None.
2. Nothing here raises on any text, and reading takes time in proportion to its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from bot.chat.typed import folded, plain
from bot.diary.flares import Since

# --- A time of day


@dataclass(frozen=True, slots=True)
class Time:
    """A wall time, to the minute."""

    at: time


@dataclass(frozen=True, slots=True)
class AmOrPm:
    """A time on the face of a clock: `hour` from 1 to 12. Ask which half of the day."""

    hour: int
    minute: int

    @property
    def am(self) -> time:
        return time(self.hour % 12, self.minute)

    @property
    def pm(self) -> time:
        return time(self.hour % 12 + 12, self.minute)


_LONGEST_TIME: Final = 60
"""Characters; a longer text is neither a time nor a date."""
_HOURS: Final = {
    name: hour
    for hour, names in enumerate(
        [
            "one una",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
            "ten diez",
            "eleven once",
            "twelve doce",
        ],
        start=1,
    )
    for name in names.split()
}
_PARTS_OF_DAY: Final = {
    "am": "am|in the morning|de la manana|por la manana",
    "pm": "pm|in the afternoon|de la tarde|por la tarde",
    "night": "in the evening|at night|tonight|de la noche|por la noche",
    "early": "de la madrugada",
}
_PARTS: Final = {name: part for part, names in _PARTS_OF_DAY.items() for name in names.split("|")}
_WALL: Final = re.compile(
    r"(?:at|a las?|las?|around|about|by|sobre las?|hacia las?)? ?"
    r"(?P<past>half past |quarter past )?"
    rf"(?:(?P<hour>[0-9]{{1,2}})|(?P<word>{'|'.join(_HOURS)}))"
    r"(?: ?[:.] ?(?P<minute>[0-9]{2})| ?h ?(?P<h_minute>[0-9]{2})|(?P<half> y media)|(?P<quarter> y cuarto))?"
    r"(?P<h> ?(?:h|hs|hrs|hours|horas))?(?: (?:oclock|en punto))?"
    rf" ?(?P<part>{'|'.join(_PARTS)})?"
)
_TWELVES: Final = {
    "noon": time(12),
    "midday": time(12),
    "mediodia": time(12),
    "midnight": time(0),
    "medianoche": time(0),
}


def wall_time(text: str) -> Time | AmOrPm | None:
    """Read a time of day: "21:30", "9 pm", "21h", "las 9 de la noche", "noon".

    AmOrPm for an hour from 1 to 12 without its half of the day ("8", "9:15", "12"); a nought before it tells
    ("08:00" is in the morning). None for anything else.
    """
    if len(text) > _LONGEST_TIME:
        return None
    words = " ".join(folded(plain(text)).split()).strip(".! ")
    words = re.sub(r"\b([ap])\. ?m\b\.?", r"\1m", words)
    words = re.sub(r"^([0-9]{2})([0-9]{2})$", r"\1:\2", words)
    named = re.sub(r"^(?:at|a|al|el|la|12) ", "", words)
    if named in _TWELVES:
        return Time(_TWELVES[named])
    match = _WALL.fullmatch(words)
    if match is None:
        return None
    digits = match["hour"] or ""
    hour = int(digits) if digits else _HOURS[match["word"]]
    minute = int(match["minute"] or match["h_minute"] or 0)
    spoken = {"half": 30, "quarter": 15}.get((match["past"] or "").split(" ")[0], 0)
    spoken = spoken or (30 if match["half"] else 15 if match["quarter"] else 0)
    if hour > 23 or minute > 59 or (minute and spoken):
        return None
    minute += spoken
    return _in_part(hour, minute, digits.startswith("0"), _PARTS.get(match["part"] or ""))


def _in_part(hour: int, minute: int, nought: bool, part: str | None) -> Time | AmOrPm | None:
    """Put an hour (0 to 23) into the part of the day that was named with it."""
    if hour > 12 or hour == 0:
        agrees = part is None or (part in ("pm", "night") and hour > 12) or (part in ("am", "early") and hour == 0)
        return Time(time(hour, minute)) if agrees else None
    face = AmOrPm(hour, minute)
    match part:
        case None:
            return Time(time(hour, minute)) if nought else face
        case "am" | "early":
            return Time(face.am)
        case "pm":
            return Time(face.pm)
        case _:  # the twelve of the night is the start of a day; from one to four, people mean either
            return Time(face.am) if hour == 12 else Time(face.pm) if hour >= 5 else face


# --- How long ago

_AGO_COUNTS: Final = _HOURS | {"a": 1, "an": 1, "un": 1, "couple of": 2, "a couple of": 2, "par de": 2, "un par de": 2}
_AGO: Final = re.compile(
    rf"(?:since |about |around |desde )?(?P<hace>hace )?(?:unos |unas |como |about |around |some )?"
    r"(?:(?P<digits>[0-9]{1,3})|(?P<half>half an|half a|media)|"
    rf"(?P<word>{'|'.join(sorted(_AGO_COUNTS, key=len, reverse=True))})) ?"
    r"(?P<unit>hours?|hrs?|h|horas?|minutes?|mins?|m|minutos?)(?P<and_half> and a half| y media)?(?P<ago> ago)?"
)
_SAID: Final = {
    "now|just now|right now|this minute|ahora|ahora mismo|recien|justo ahora": Since.NOW,
    "this morning|in the morning|since this morning|esta manana|por la manana|desde esta manana": Since.MORNING,
    "yesterday|since yesterday|since yesterday or longer|for days|days|longer|ayer|desde ayer|"
    "desde ayer o antes|hace dias|desde hace dias": Since.YESTERDAY,
}
_SINCE: Final = {words: since for texts, since in _SAID.items() for words in texts.split("|")}


def since(text: str) -> Since | timedelta | None:
    """Read since when something is: "2 hours ago", "half an hour", "hace 20 minutos", "just now", "desde ayer".

    None for anything else, and for a length of more than two days. "21h" is a time of day.
    """
    if len(text) > _LONGEST_TIME:
        return None
    words = " ".join(folded(plain(text)).split()).strip(".! ")
    if words in _SINCE:
        return _SINCE[words]
    match = _AGO.fullmatch(words)
    if match is None or (match["unit"] in ("h", "m") and not (match["hace"] or match["ago"])):
        return None
    unit = timedelta(hours=1) if match["unit"].startswith("h") else timedelta(minutes=1)
    count = 0.5 if match["half"] else int(match["digits"]) if match["digits"] else _AGO_COUNTS[match["word"]]
    found = unit * (count + (0.5 if match["and_half"] else 0))
    return found if found <= timedelta(days=2) else None


# --- A date


LONGEST_AGO: Final = timedelta(days=366)
"""A session further back is more likely a slip of the finger."""
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        [
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sept sep septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ],
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS: Final = {
    name: weekday
    for weekday, names in enumerate(
        [
            "monday mon lunes lun",
            "tuesday tue tues martes",
            "wednesday wed miercoles mie",
            "thursday thu thur thurs jueves jue",
            "friday fri viernes vie",
            "saturday sat sabado sab",
            "sunday sun domingo dom",
        ]
    )
    for name in names.split()
}
_DAYS_AGO: Final = {
    "today": 0,
    "tonight": 0,
    "hoy": 0,
    "yesterday": 1,
    "ayer": 1,
    "anteayer": 2,
    "antes de ayer": 2,
    "day before yesterday": 2,
    "the day before yesterday": 2,
}
_ISO: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2}) ?[-/.] ?([0-9]{1,2})(?: ?[-/.] ?([0-9]{4}|[0-9]{2}))?")
_DAY_MONTH: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|o)? (?:de |of )?([a-z]+)(?:,? (?:de |del )?([0-9]{4}))?")
_MONTH_DAY: Final = re.compile(r"([a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?")


def day(text: str, today: date) -> date | None:
    """Read the date of something past: "yesterday", "lunes", "2 March", "2/3" (the day first), "2026-03-02".

    A date without a year is the most recent one, a weekday the last such day, today included ("last Monday":
    before today). None for what is no date, lies after `today`, or more than LONGEST_AGO before it.
    """
    found = past_day(text, today)
    return found if found is not None and today - found <= LONGEST_AGO else None


def past_day(text: str, today: date) -> date | None:
    """The same, however long ago it is."""
    if len(text) > _LONGEST_TIME:
        return None
    words = " ".join(folded(plain(text)).split()).strip(".!, ")
    words = re.sub(r"^(?:on |the |el |dia )+", "", words)
    found = _day_by_name(words, today)
    if found is None:
        found = _day_by_date(words, today)
    return found if found is not None and found <= today else None


_DAYS_AHEAD: Final = {
    "tomorrow": 1,
    "manana": 1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "pasado manana": 2,
}


def weekday(text: str) -> int | None:
    """The day of the week of this name, in any of our languages; 0 is Monday."""
    return _WEEKDAYS.get(folded(text.strip().rstrip(",")))


def coming_day(text: str, today: date, there: date) -> date | None:
    """Read the date of something to come: "tomorrow", "lunes", "2 March", "2/3" (the day first), "2026-03-02".

    A date without a year is the nearest one: of "1 March" on the 2nd nobody means a year ahead. A weekday is the next
    such day. None for what is no date or lies not after `today`. `there`: today by the calendar, at night a day
    ahead; "tomorrow" counts from it.
    """
    if len(text) > _LONGEST_TIME:
        return None
    words = " ".join(folded(plain(text)).split()).strip(".!, ")
    words = re.sub(r"^(?:until |till |on |next |the |hasta |el |dia |proximo )+", "", words)
    if words in _DAYS_AHEAD:
        return date.fromordinal(there.toordinal() + _DAYS_AHEAD[words])
    if words in _WEEKDAYS:
        return date.fromordinal(today.toordinal() + ((_WEEKDAYS[words] - today.weekday() - 1) % 7) + 1)
    found = _day_by_date(words, today)
    dated = re.search("[0-9]{4}", words) or len(re.findall("[0-9]+", words)) == 3
    if found is not None and found <= today and not dated:
        # Without a year it was read as the last one.
        last, found = found, _date(found.year + 1, found.month, found.day)
        if found is not None and found - today > today - last:
            return None
    return found if found is not None and found > today else None


def _day_by_name(words: str, today: date) -> date | None:
    ago = _DAYS_AGO.get(words)
    if ago is None:
        name = re.sub(r"^last | pasado$", "", words)
        if name not in _WEEKDAYS:
            return None
        ago = (today.weekday() - _WEEKDAYS[name]) % 7
        if ago == 0 and name != words:
            ago = 7
    return date.fromordinal(today.toordinal() - ago) if today.toordinal() > ago else None


def _day_by_date(words: str, today: date) -> date | None:
    # The weekday may be written with the date: it has nothing to add.
    name, _, rest = words.partition(" ")
    if name.rstrip(",") in _WEEKDAYS:
        words = rest
    if match := _ISO.fullmatch(words):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(words):
        return _dated(int(match[1]), int(match[2]), match[3], today)
    if match := _DAY_MONTH.fullmatch(words):
        return _dated(int(match[1]), _MONTHS.get(match[2], 0), match[3], today)
    if match := _MONTH_DAY.fullmatch(words):
        return _dated(int(match[2]), _MONTHS.get(match[1], 0), match[3], today)
    return None


def _dated(day_of_month: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _date(int(year) if len(year) == 4 else 2000 + int(year), month, day_of_month)
    this_year = _date(today.year, month, day_of_month)
    if this_year is not None and this_year <= today:
        return this_year
    return _date(today.year - 1, month, day_of_month)


def _date(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None
