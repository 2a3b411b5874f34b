"""Where a patient lives, and where they are on a journey: asked, chosen from a list, and said back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.chat import buttons, places
from bot.chat.buttons import Clock, Continent, Use, pack
from bot.chat.messages import Button, Message, Row
from bot.chat.people import no_such_place
from bot.chat.places import Place
from bot.chat.settings import back
from bot.chat.typed import folded
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import days
from bot.diary.zones import Clocks

ON_A_PAGE: Final = 12
"""Places of the list at one time: with a button each they fit a screen."""


def ask_place(use: Use, clocks: Clocks, now: datetime, words: Words) -> Message:
    """Where do you live, or where are you?"""
    home, here = words.city(clocks.home), clocks.local_zone or clocks.zone
    there = words.time(days.local(now, here))
    if use is Use.JOURNEY:
        lines = [bold(words("Where are you now?"))]
        rows: list[Row] = []
    elif clocks.away:
        lines = [words("You live by the clock of {home}, and you are travelling.", home=home)]
        rows = [
            (Button(words("I'm back home"), tap=pack(buttons.BackHome())),),
            (Button(words("I'm in yet another time zone"), tap=pack(buttons.AskPlace(Use.JOURNEY))),),
        ]
        lines.append(words("Have you moved? Then tell me where you live now."))
    else:
        lines = [
            words("I ask you by the clock of {city}, where it is {time} now.", city=home, time=bold(there)),
            words("Do you live somewhere else? Then tell me where."),
        ]
        rows = [(Button(words("I'm in another time zone"), tap=pack(buttons.AskPlace(Use.JOURNEY))),)]
    lines.append(words("Type the name of the city, or send me your location."))
    listed = Button(words("Choose from a list"), tap=pack(buttons.Cities(use, None, 0)))
    return Message(joined("\n", lines), ((listed,), *rows, (back(words),)))


def which_place(use: Use, found: Sequence[Place], words: Words) -> Message:
    """A typed name that may be several places, or that is only near to one."""
    rows: list[Row] = [(_place_button(use, place.zone, sentence(place.name)),) for place in _of_each_zone(found)]
    rows.append((Button(words("Choose from a list"), tap=pack(buttons.Cities(use, None, 0))),))
    return Message(words("Which one do you mean?"), (*rows, (back(words),)))


def _of_each_zone(found: Sequence[Place]) -> list[Place]:
    """The first place of each zone: two buttons that do the same would only be a riddle."""
    first: dict[str, Place] = {}
    for place in found:
        first.setdefault(place.zone, place)
    return list(first.values())


def unknown_place(use: Use, words: Words) -> Message:
    listed = Button(words("Choose from a list"), tap=pack(buttons.Cities(use, None, 0)))
    return Message(no_such_place(words).text, ((listed,), (back(words),)))


# --- the list -------------------------------------------------------------------------------------------------


def continents(use: Use, likely: Sequence[str], words: Words) -> Message:
    """The list's first page: the places that are likely, then the continents."""
    rows: list[Row] = [(_place_button(use, zone, city_and_country(zone, words)),) for zone in likely]
    rows += [
        (Button(continent_name(continent, words), tap=pack(buttons.Cities(use, continent, 0))),)
        for continent in Continent
    ]
    rows.append((Button(words("Back"), tap=pack(buttons.AskPlace(use))),))
    text = words("In which part of the world do you live?") if use is Use.HOME else words("In which part of the world?")
    return Message(text, tuple(rows))


def continent_name(continent: Continent, words: Words) -> Sentence:
    match continent:
        case Continent.EUROPE:
            return words("Europe")
        case Continent.AFRICA:
            return words("Africa")
        case Continent.ASIA:
            return words("Asia")
        case Continent.NORTH_AMERICA:
            return words("North and Central America")
        case Continent.SOUTH_AMERICA:
            return words("South America")
        case Continent.OCEANIA:
            return words("Australia and Oceania")


def in_order(zones: Sequence[str], words: Words) -> list[str]:
    """Places in the reader's alphabet, by their country."""
    return sorted(zones, key=lambda zone: (folded(_country(zone, words)), folded(words.city(zone))))


def cities(use: Use, continent: Continent, zones: Sequence[str], page: int, words: Words) -> Message:
    """One page of the places of a continent, in the order given."""
    last = max(0, (len(zones) - 1) // ON_A_PAGE)
    page = min(max(page, 0), last)
    shown = zones[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    rows: list[Row] = [(_place_button(use, zone, country_and_city(zone, words)),) for zone in shown]
    if page < last:
        rows.append((Button(words("More places"), tap=pack(buttons.Cities(use, continent, page + 1))),))
    before = buttons.Cities(use, continent, page - 1) if page else buttons.Cities(use, None, 0)
    rows.append((Button(words("Back"), tap=pack(before)),))
    head = words(
        "{continent}, page {page} of {pages}. Which place has your clock?",
        continent=continent_name(continent, words),
        page=page + 1,
        pages=last + 1,
    )
    return Message(joined("\n", [head, words("You can also type any city.")]), tuple(rows))


def country_and_city(zone: str, words: Words) -> Sentence:
    country, city = _country(zone, words), words.city(zone)
    return words("{country}: {city}", country=country, city=city) if country and country != city else city


def city_and_country(zone: str, words: Words) -> Sentence:
    country, city = _country(zone, words), words.city(zone)
    return words("{city}, {country}", country=country, city=city) if country and country != city else city


def _country(zone: str, words: Words) -> Sentence:
    code = places.country_of(zone)
    return Sentence("") if code is None else words.country(code)


def _place_button(use: Use, zone: str, label: Sentence) -> Button:
    tap = buttons.Live(zone) if use is Use.HOME else buttons.Travel(None, zone)
    return Button(label, tap=pack(tap))


# --- journeys -------------------------------------------------------------------------------------------------


def which_clock(clocks: Clocks, there: str, hours: tuple[datetime, datetime], now: datetime, words: Words) -> Message:
    """By the clock there, or by that of home? `hours`: today's by each of them, both on the clock there."""
    local, home = hours
    city, at_home = words.city(there), words.city(clocks.home)
    lines = [
        words("It is {time} in {city}.", time=bold(words.time(days.local(now, there))), city=city),
        words("By which clock shall I ask you while you are there?"),
        words("By local time I ask at {time} in {city}.", time=words.time(local), city=city),
        words(
            "By home time I ask at {home_time} in {home}, when it is {time} in {city}.",
            home_time=words.time(days.local(home, clocks.home)),
            home=at_home,
            time=words.time(home),
            city=city,
        ),
    ]
    rows = [
        (Button(words("By local time"), tap=pack(buttons.Travel(Clock.THERE, there))),),
        (Button(words("By home time"), tap=pack(buttons.Travel(Clock.HOME, there))),),
        (back(words),),
    ]
    return Message(joined("\n", lines), tuple(rows))


def lives(clocks: Clocks, now: datetime, words: Words) -> Sentence:
    """The patient lives by this clock now."""
    return words(
        "Done. I ask you by the clock of {city}, where it is {time} now.",
        city=bold(words.city(clocks.zone)),
        time=bold(words.time(days.local(now, clocks.zone))),
    )


def travels(clocks: Clocks, now: datetime, words: Words) -> list[Sentence]:
    """By which clock a traveller is asked, and what happens at home."""
    here = clocks.local_zone or clocks.zone
    city, time, home = words.city(here), words.time(days.local(now, here)), words.city(clocks.home)
    if clocks.local_zone is None:
        said = words(
            "Have a good journey. I ask you by the clock of {city}, where it is {time} now.",
            city=bold(city),
            time=bold(time),
        )
    else:
        said = words(
            "Have a good journey. I still ask you by the clock of {home}. In {city} it is {time} now.",
            home=bold(home),
            city=city,
            time=bold(time),
        )
    return [said, words("Past days stay where they were. Tell me when you are back home.")]


def welcome_home(clocks: Clocks, now: datetime, words: Words) -> Sentence:
    return words(
        "Welcome home. I ask you by the clock of {city} again, where it is {time} now.",
        city=bold(words.city(clocks.zone)),
        time=bold(words.time(days.local(now, clocks.zone))),
    )


def sent_place(zone: str, now: datetime, words: Words) -> Message:
    """A location that nobody had asked for: is it a journey, or a new home?"""
    text = words(
        "In {city} it is {time} now. Are you on a journey, or do you live there?",
        city=words.city(zone),
        time=bold(words.time(days.local(now, zone))),
    )
    return Message(
        text,
        (
            (Button(words("On a journey"), tap=pack(buttons.Travel(None, zone))),),
            (Button(words("I live there now"), tap=pack(buttons.Live(zone))),),
            (back(words),),
        ),
    )


def same_clock(zone: str, now: datetime, words: Words) -> Message:
    """A location on the clock that counts already."""
    return Message(
        words(
            "In {city} it is {time} now. That is the clock I go by already. Your place was not kept.",
            city=words.city(zone),
            time=bold(words.time(days.local(now, zone))),
        ),
        ((back(words),),),
    )
