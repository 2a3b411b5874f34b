"""Dates, numbers, lists and values, as they stand in a sentence of either language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat import typed_times
from bot.chat import words as spoken
from bot.chat.words import LANGUAGES, Sentence, bold, joined, nearest, sentence, words, words_in
from bot.diary import days

EN, ES = words("en"), words("es")
MONDAY = date(2026, 3, 2)


# --- dates and times


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (MONDAY, "Monday 2 March", "lunes 2 de marzo"),
        (date(2026, 9, 30), "Wednesday 30 September", "miércoles 30 de septiembre"),
        (date(2027, 1, 1), "Friday 1 January", "viernes 1 de enero"),
        (date(2028, 2, 29), "Tuesday 29 February", "martes 29 de febrero"),
    ],
)
def test_a_day_is_said_with_its_weekday(day: date, english: str, spanish: str) -> None:
    assert (EN.day(day), ES.day(day)) == (english, spanish)


def test_a_short_day_and_a_weekday() -> None:
    assert (EN.short_day(MONDAY), ES.short_day(MONDAY)) == ("2 Mar", "2 mar")
    assert (EN.weekday(MONDAY), ES.weekday(MONDAY)) == ("Monday", "lunes")


@pytest.mark.parametrize("say", [EN, ES])
def test_a_time_is_the_wall_clocks(say: spoken.Words) -> None:
    assert say.time(time(9, 5)) == "09:05"
    assert say.time(time(0)) == "00:00"
    assert say.time(datetime(2026, 3, 2, 21, 30, tzinfo=UTC)) == "21:30"


@pytest.mark.parametrize(
    ("zone", "english", "spanish"),
    [
        ("America/Chicago", ("8:30 pm", "Monday, March 2", "Mar 2"), ("8:30 p.\u202fm.", "lunes 2 de marzo", "2 mar")),
        ("Asia/Kolkata", ("8:30 pm", "Monday 2 March", "2 Mar"), ("20:30", "lunes 2 de marzo", "2 mar")),
        ("America/Mexico_City", ("20:30", "Monday 2 March", "2 Mar"), ("8:30 p.\u202fm.", "lunes 2 de marzo", "2 mar")),
        ("Europe/Lisbon", ("20:30", "Monday 2 March", "2 Mar"), ("20:30", "lunes 2 de marzo", "2 mar")),
        ("Asia/Kathmandu", ("20:30", "Monday 2 March", "2 Mar"), ("20:30", "lunes 2 de marzo", "2 mar")),
        ("America/Nuuk", ("20:30", "Monday 2 March", "2 Mar"), ("20:30", "lunes 2 de marzo", "2 mar")),
        ("Etc/UTC", ("20:30", "Monday 2 March", "2 Mar"), ("20:30", "lunes 2 de marzo", "2 mar")),
        (None, ("20:30", "Monday 2 March", "2 Mar"), ("20:30", "lunes 2 de marzo", "2 mar")),
    ],
)
def test_clocks_and_dates_are_as_the_country_of_the_zone_writes_them(
    zone: str | None, english: tuple[str, ...], spanish: tuple[str, ...]
) -> None:
    for language, expected in (("en", english), ("es", spanish)):
        say = words_in(language, zone)
        assert (say.time(time(20, 30)), say.day(MONDAY), say.short_day(MONDAY)) == expected
        assert say is words(say.tag), "its tag names it"
        assert say.language == language


def test_noon_and_midnight_have_names_where_the_clock_has_twelve_hours() -> None:
    assert [words_in("en", "America/Chicago").time(time(hour)) for hour in (0, 1, 12, 13)] == [
        "12 midnight",
        "1:00 am",
        "12 noon",
        "1:00 pm",
    ]
    assert words_in("en", "America/Chicago").time(time(12, 5)) == "12:05 pm"
    assert words_in("es", "America/Chicago").time(time(12)) == "12 del mediodía"
    assert EN.time(time(12)) == "12:00"


@pytest.mark.parametrize("tag", ["en", "es", "en-US", "es-US", "en-IN", "en_US", "pt-BR", "en-419", "en-", "tlh"])
def test_any_tag_has_words(tag: str) -> None:
    say = words(tag)
    assert say.language in LANGUAGES
    assert say.day(MONDAY)
    assert words(say.tag).time(time(9)) == say.time(time(9))


def test_people_who_write_alike_share_their_words() -> None:
    assert words_in("en", "Europe/Lisbon") is words_in("en", "Asia/Kathmandu") is EN
    assert words_in("en", "America/Chicago") is words_in("en", "America/New_York")


@given(zone=st.sampled_from(sorted(days.zones())), at=st.times(), language=st.sampled_from(sorted(LANGUAGES)))
def test_a_time_reads_back_as_it_was_meant(zone: str, at: time, language: str) -> None:
    at = at.replace(second=0, microsecond=0)
    said = words_in(language, zone).time(at)
    assert typed_times.wall_time(said) in (
        typed_times.Time(at),
        typed_times.AmOrPm((at.hour - 1) % 12 + 1, at.minute),
        None if "mediodía" in said else typed_times.Time(at),
    )


def test_spanish_days_have_their_article() -> None:
    day = ES.day(MONDAY)
    assert ES("Stored for {day}: {values}.", day=day, values=4) == "Guardado para el lunes 2 de marzo: 4."
    assert ES("{day} at {time}", day=day, time=ES.time(time(20))) == "El lunes 2 de marzo a las 20:00"
    assert ES("{score} on {day}", score=7, day=ES.weekday(MONDAY)) == "7 el lunes"
    week = ES("Your week: {first} to {last}", first=day, last=ES.day(date(2026, 3, 8)))
    assert week == "Su semana: del lunes 2 de marzo al domingo 8 de marzo"


# --- numbers


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (4.2, "4.2", "4,2"),
        (0, "0.0", "0,0"),
        (10, "10.0", "10,0"),
        (2.25, "2.3", "2,3"),
        (2.35, "2.4", "2,4"),
        (2.45, "2.5", "2,5"),
        (0.05, "0.1", "0,1"),
        (0.04999, "0.0", "0,0"),
        (27 / 7, "3.9", "3,9"),
        (1.95, "2.0", "2,0"),
        (9.95, "10.0", "10,0"),
        (1e-9, "0.0", "0,0"),
        (3.75 - 3.6, "0.2", "0,2"),
    ],
)
def test_a_number_is_rounded_half_up_to_one_decimal(value: float, english: str, spanish: str) -> None:
    assert (EN.number(value), ES.number(value)) == (english, spanish)


@given(total=st.integers(0, 70), n=st.integers(1, 7))
@example(9, 4)
def test_every_mean_is_rounded_as_by_hand(total: int, n: int) -> None:
    mean = total / n
    by_hand = Decimal(repr(mean)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert EN.number(mean) == str(by_hand)
    assert ES.number(mean) == str(by_hand).replace(".", ",")


def test_a_share_is_whole_percent() -> None:
    assert EN.percent(0.3) == "30%"
    assert EN.percent(1) == "100%"
    assert re.fullmatch(r"30\s?%", ES.percent(0.3))


# --- lists


def test_a_list() -> None:
    parts = [sentence("a"), sentence("b"), sentence("c")]
    assert (EN.listed(parts), ES.listed(parts)) == ("a, b and c", "a, b y c")
    assert (EN.listed(parts[:2]), ES.listed(parts[:2])) == ("a and b", "a y b")
    assert EN.listed(parts[:1]) == "a"
    assert EN.listed([]) == ""


def test_parts_that_are_empty_are_left_out() -> None:
    assert joined(" · ", [sentence("a"), Sentence(""), sentence("b")]) == "a · b"


# --- values


@pytest.mark.parametrize("say", [EN, ES])
@given(value=st.text())
@example("<b>&\"'")
@example("{name} {0} {")
@example("&lt;")
@settings(max_examples=50)
def test_a_value_is_escaped_once_and_never_filled_in_itself(say: spoken.Words, value: str) -> None:
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert say("Invitation for {name}.", name=value) == say("Invitation for {name}.", name=sentence(value))
    assert safe in say("Invitation for {name}.", name=value)


def test_a_sentence_is_no_value_to_escape() -> None:
    assert EN("Invitation for {name}.", name=bold(sentence("<A>"))) == "Invitation for <b>&lt;A&gt;</b>."


def test_a_plural_and_a_context_are_filled_in_safely_too() -> None:
    assert EN.many("{patient} ({n} day)", "{patient} ({n} days)", 2, patient="<A>") == "&lt;A&gt; (2 days)"
    assert ES.many("{patient} ({n} day)", "{patient} ({n} days)", 1, patient="<A>") == "&lt;A&gt; (1 día)"
    assert EN.about("no such context", "Back to {name}", name="<A>") == "Back to &lt;A&gt;"


# --- languages


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en", "en"),
        ("es", "es"),
        ("es-MX", "es"),
        ("es_419", "es"),
        ("ES-ES", "es"),
        ("en-GB", "en"),
        ("pt-br", "en"),
        ("est", "en"),
        ("", "en"),
        (None, "en"),
        ("zz-", "en"),
    ],
)
def test_the_nearest_language(code: str | None, language: str) -> None:
    assert nearest(code) == language


def test_a_language_without_a_catalogue_is_english() -> None:
    assert words("pt")("Help") == "Help"
    assert words("es-MX") is not None
    assert words("es-MX")("Help") == "Ayuda"
    assert set(LANGUAGES) == {"en", "es"}


def test_a_sentence_that_is_in_no_catalogue_is_said_in_english() -> None:
    assert ES("No such sentence for {name}.", name="Ada") == "No such sentence for Ada."


def test_a_sentence_that_ends_with_an_abbreviation_has_one_full_stop() -> None:
    say = words("es-MX")
    assert say("{when}.", when=say.time(time(20))) == say.time(time(20))
    assert say("{when}.", when=bold(say.time(time(20)))) == bold(say.time(time(20)))
    assert say("{name} is here.", name="Ada F.") == "Ada F. is here."
