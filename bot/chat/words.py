"""Sentences in the reader's language: gettext catalogues, with dates and numbers by Babel.

English is written in the code and is the key of each translation. The catalogues are the `.po` files themselves,
read when a language is first used, so that no compiled copy can be stale.
"""

from __future__ import annotations

import gettext
import html
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.chat.places import country_of
from bot.diary.people import Account

CATALOGUES: Final = Path(__file__).with_name("locale")
LANGUAGES: Final = {"en": "English", "es": "Español"}
DEFAULT: Final = "en"
DAYS_KEPT: Final = 30
"""Days whose written form is kept at hand."""


class Sentence(str):
    """Text that came out of a catalogue, safe as Telegram HTML: what a person may be sent."""

    __slots__ = ()


def sentence(text: str) -> Sentence:
    """Take a person's own text, or a bare figure, into a message: escaped, never translated."""
    return Sentence(html.escape(text, quote=False))


def joined(between: str, parts: list[Sentence] | tuple[Sentence, ...]) -> Sentence:
    """Sentences one after another; empty ones are left out."""
    return Sentence(between.join(part for part in parts if part))


def bold(text: Sentence) -> Sentence:
    return Sentence(f"<b>{text}</b>")


class Words:
    """One language. Call it with an English sentence to get the reader's own.

    `country` (ISO 3166 alpha-2): where the reader lives, which decides how a clock and a date are written.
    """

    def __init__(self, language: str, country: str | None = None) -> None:
        self.language = language if language in LANGUAGES else DEFAULT
        # British dates, day before month and 20:00, as most of the world reads them: unless the country has its own.
        self._locale = Locale.parse({"en": "en_GB"}.get(self.language, self.language))
        self._by_half_days, self._month_first = _customs(self.language, country)
        parts = [self.language] if country is None else [self.language, country]
        self.tag = "-".join(parts)
        """What `words` makes the same words of: "en", "en-US"."""
        self._catalogue = _catalogue(self.language)
        self._days: dict[date, Sentence] = {}

    def __call__(self, message: str, **values: object) -> Sentence:
        """The sentence with its `{values}` filled in; values that are not Sentences are escaped."""
        return _filled(self._catalogue.gettext(message), values)

    def many(self, one: str, other: str, n: int, **values: object) -> Sentence:
        """The sentence in the plural form that fits `n`, which also fills `{n}`."""
        return _filled(self._catalogue.ngettext(one, other, n), {"n": n, **values})

    def about(self, context: str, message: str, **values: object) -> Sentence:
        """The sentence where one English word has several translations; `context` tells which."""
        return _filled(self._catalogue.pgettext(context, message), values)

    def day(self, day: date) -> Sentence:
        """ "Monday 2 March", in the USA "Monday, March 2" (with no year: a diary speaks of the last weeks)."""
        said = self._days.get(day)
        if said is None:
            usual = "EEEE, MMMM d" if self._month_first else "EEEE d MMMM"
            pattern = {"es": "EEEE d 'de' MMMM"}.get(self.language, usual)
            said = sentence(dates.format_date(day, pattern, self._locale))
            # All bubbles of an evening say the same two days, and Babel takes its time.
            self._days = {**dict(list(self._days.items())[-DAYS_KEPT:]), day: said}
        return said

    def dated(self, day: date) -> Sentence:
        """ "Monday 2 March 2026": where the year is not a matter of course."""
        usual = "EEEE, MMMM d, y" if self._month_first else "EEEE d MMMM y"
        pattern = {"es": "EEEE d 'de' MMMM 'de' y"}.get(self.language, usual)
        return sentence(dates.format_date(day, pattern, self._locale))

    def short_day(self, day: date) -> Sentence:
        """ "2 Mar", for charts and lists."""
        return sentence(dates.format_date(day, "MMM d" if self._month_first else "d MMM", self._locale))

    def short_dated(self, day: date) -> Sentence:
        """ "2 Mar 2026"."""
        return sentence(dates.format_date(day, "MMM d, y" if self._month_first else "d MMM y", self._locale))

    def month(self, day: date) -> Sentence:
        """ "March 2026"."""
        pattern = {"es": "LLLL 'de' y"}.get(self.language, "LLLL y")
        return sentence(dates.format_date(day, pattern, self._locale))

    def short_month(self, day: date) -> Sentence:
        """ "Mar 2026", for charts."""
        return sentence(dates.format_date(day, "MMM y", self._locale))

    def weekdays(self) -> list[Sentence]:
        """ "Mon" to "Sun", for the head of a calendar."""
        return [sentence(dates.get_day_names("abbreviated", "stand-alone", self._locale)[day]) for day in range(7)]

    def weekday(self, day: date) -> Sentence:
        return sentence(dates.format_date(day, "EEEE", self._locale))

    def time(self, at: time | datetime) -> Sentence:
        """ "20:00", or "8:00 pm" where people say so: the wall clock of whatever zone `at` is in."""
        if self._by_half_days and at.minute == 0 and at.hour % 12 == 0:
            # Few are sure which of the two "12:00 pm" is.
            words = self  # the name by which the catalogue's reader finds sentences
            return words("12 noon") if at.hour else words("12 midnight")
        pattern = "h:mm a" if self._by_half_days else "HH:mm"
        return sentence(dates.format_time(at.time() if isinstance(at, datetime) else at, pattern, locale=self._locale))

    def city(self, zone: str) -> Sentence:
        """The city that a zone is named after, as the reader writes it: "Lisbon", "Lisboa"."""
        if "/" not in zone:
            return sentence(zone)
        # Of some names Babel makes "Argentina/Buenos Aires".
        return sentence(dates.get_timezone_location(zone, locale=self._locale, return_city=True).rpartition("/")[2])

    def country(self, code: str) -> Sentence:
        """The name of a country by its ISO 3166 code: "Portugal", "Spain"."""
        return sentence(self._locale.territories.get(code, code))

    def number(self, value: float) -> Sentence:
        """Rounded half up to one decimal for display; "4.2", in Spanish "4,2"."""
        rounded = half_up(value, "0.1")
        return sentence(numbers.format_decimal(rounded, "0.0", self._locale))

    def percent(self, share: float) -> Sentence:
        """A share (0.3) as whole percent ("30%")."""
        rounded = half_up(share, "0.01")
        return sentence(numbers.format_percent(rounded, "0%", self._locale))

    def listed(self, parts: list[Sentence]) -> Sentence:
        """ "a, b and c"."""
        return Sentence(format_list(parts, locale=self._locale))


def half_up(value: float, step: str) -> Decimal:
    """To the nearest `step` ("0.1"), and where two are as near to the one further from 0, as by hand.

    3.75 - 3.6 is 0.15, though the last bit says 0.1499…: what lies behind the ninth decimal is no part of the number.
    """
    return Decimal(repr(round(value, 9))).quantize(Decimal(step), ROUND_HALF_UP) + 0


def capital(text: Sentence) -> Sentence:
    """A sentence with a capital letter to begin with, as on a button."""
    return Sentence(text[:1].upper() + text[1:])


def moment(at: datetime, words: Words) -> Sentence:
    """A day and a time, as they stand within a sentence; `at` is by the reader's own clock."""
    return words.about("within a sentence", "{day} at {time}", day=words.day(at.date()), time=words.time(at))


_ABBREVIATED: Final = (".", ".</b>")


def _filled(text: str, values: dict[str, object]) -> Sentence:
    safe = {name: v if isinstance(v, Sentence) else html.escape(str(v), quote=False) for name, v in values.items()}
    for name, value in safe.items():
        if value.endswith(_ABBREVIATED):
            # "8:00 p. m." at the end of a sentence has the sentence's full stop already.
            text = text.replace(f"{{{name}}}.", f"{{{name}}}")
    return Sentence(text.format(**safe) if safe else text)


@cache
def words(tag: str) -> Words:
    """The words of a language ("es") or of a language in a country ("es-MX"); English where there is no catalogue."""
    country = tag.replace("_", "-").partition("-")[2].upper()
    return Words(nearest(tag), country if len(country) == 2 and country.isalpha() else None)


def words_in(language: str, zone: str | None) -> Words:
    """The words of `language` for someone who lives in `zone`: with clocks and dates as that country writes them."""
    return words(_tag(nearest(language), zone))


def words_for(reader: Account | None) -> Words:
    """The words of whoever reads in a chat; of one that we do not know those of DEFAULT."""
    return words(DEFAULT) if reader is None else words_in(reader.language, reader.home)


@lru_cache(maxsize=1_024)
def _tag(language: str, zone: str | None) -> str:
    country = None if zone is None else country_of(zone)
    # Where nothing is special, all share the same words, and with them what is kept of them.
    return f"{language}-{country}" if any(_customs(language, country)) else language


def _customs(language: str, country: str | None) -> tuple[bool, bool]:
    """Whether a language says "8:00 pm" in a country, and "March 2", by CLDR. Neither where it is not at home."""
    try:
        locale = Locale(language, country) if country is not None else None
    except UnknownLocaleError:
        locale = None
    if locale is None:
        return False, False
    full = locale.date_formats["full"].pattern
    return "a" in locale.time_formats["short"].pattern, full.index("M") < full.index("d")


def nearest(language: str | None) -> str:
    """The language we speak that is nearest to a Telegram language code."""
    code = (language or DEFAULT).split("-")[0].split("_")[0].lower()
    return code if code in LANGUAGES else DEFAULT


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "diary.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        compiled = BytesIO()
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
