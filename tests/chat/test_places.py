"""Which places and zones a typed name stands for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import places
from bot.diary import days


@pytest.mark.parametrize(
    ("text", "name", "zone"),
    [
        ("Lisbon", "Lisbon, Portugal", "Europe/Lisbon"),
        ("lisboa", "Lisbon, Portugal", "Europe/Lisbon"),
        ("  LISBOA  ", "Lisbon, Portugal", "Europe/Lisbon"),
        ("sao paulo", "São Paulo, Brazil", "America/Sao_Paulo"),
        ("São Paulo", "São Paulo, Brazil", "America/Sao_Paulo"),
        ("köln", "Köln, Germany", "Europe/Berlin"),
        ("cologne", "Köln, Germany", "Europe/Berlin"),
        ("New York", "New York City, New York", "America/New_York"),
        ("nueva york", "New York City, New York", "America/New_York"),
        ("Kathmandu", "Kathmandu, Nepal", "Asia/Kathmandu"),
        ("Katmandú", "Kathmandu, Nepal", "Asia/Kathmandu"),
        ("Москва", "Moscow, Russia", "Europe/Moscow"),
        ("القاهرة", "Cairo, Egypt", "Africa/Cairo"),
        ("東京", "Tokyo, Japan", "Asia/Tokyo"),
        ("Ciudad Juárez", "Ciudad Juárez, Mexico", "America/Ciudad_Juarez"),
        ("St. Louis, MO", "St. Louis, Missouri", "America/Chicago"),
        ("Washington, D.C.", "Washington, District of Columbia", "America/New_York"),
        ("Frankfurt", "Frankfurt am Main, Germany", "Europe/Berlin"),
        ("Chicago, IL", "Chicago, Illinois", "America/Chicago"),
        ("Paris, Texas", "Paris, Texas", "America/Chicago"),
        ("paris texas", "Paris, Texas", "America/Chicago"),
        ("Paris, TX, USA", "Paris, Texas", "America/Chicago"),
        ("Paris, Île-de-France", "Paris, France", "Europe/Paris"),
        ("Springfield, Illinois", "Springfield, Illinois", "America/Chicago"),
        ("London, Canada", "London, Ontario, Canada", "America/Toronto"),
        ("London Ontario", "London, Ontario, Canada", "America/Toronto"),
        ("Londres, Reino Unido", "London, United Kingdom", "Europe/London"),
        ("Perth, Scotland", "Perth, United Kingdom", "Europe/London"),
        ("Europe/Lisbon", "Lisbon, Portugal", "Europe/Lisbon"),
        ("europe/lisbon", "Lisbon, Portugal", "Europe/Lisbon"),
        ("america/new york", "New York, United States", "America/New_York"),
        ("Lord_Howe", "Lord Howe, Australia", "Australia/Lord_Howe"),
        ("Lord Howe", "Lord Howe, Australia", "Australia/Lord_Howe"),
        ("Nuuk", "Nuuk, Greenland", "America/Nuuk"),
        ("UTC", "UTC", "UTC"),
        ("Lisbno", "Lisbon, Portugal", "Europe/Lisbon"),
        ("Chcago", "Chicago, Illinois", "America/Chicago"),
        ("Barcelna", "Barcelona, Spain", "Europe/Madrid"),
        ("Philadelpia", "Philadelphia, Pennsylvania", "America/New_York"),
    ],
)
def test_a_typed_place_comes_first(text: str, name: str, zone: str) -> None:
    first = places.find(text)[0]
    assert (first.name, first.zone) == (name, zone)


def test_a_qualified_name_leaves_one_candidate() -> None:
    for text in (
        "Chicago, IL",
        "Paris, Texas",
        "London, Canada",
        "Springfield, Illinois",
        "Lisboa, Portugal",
    ):
        assert len(places.find(text)) == 1


def test_names_in_several_zones_give_a_candidate_for_each() -> None:
    zones = [place.zone for place in places.find("Springfield")]
    assert {"America/Chicago", "America/New_York", "America/Los_Angeles"} <= set(zones)
    assert [place.zone for place in places.find("Paris")][:2] == ["Europe/Paris", "America/Chicago"]
    assert "Pacific/Chatham" in {place.zone for place in places.find("Chatham")}


def test_a_country_gives_a_city_for_each_of_its_zones() -> None:
    found = {place.zone: place.name for place in places.find("Portugal")}
    assert set(found) == {"Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"}
    assert places.find("España")[0].name == "Madrid, Spain"
    assert len({place.zone for place in places.find("USA")}) == 4
    assert [place.zone for place in places.find("Texas")] == ["America/Chicago", "America/Denver"]


def test_candidates_carry_their_country() -> None:
    assert places.find("Lisbon")[0].country == "PT"
    assert places.find("Nuuk")[0].country == "GL"
    assert places.find("UTC")[0].country == ""


@pytest.mark.parametrize("limit", [0, 1, 2, 6])
def test_never_more_than_asked_for(limit: int) -> None:
    assert len(places.find("Springfield", limit)) == limit


@pytest.mark.parametrize("text", ["", " ", "?", "zzzz qqq", "x" * 5000, "\x1f", "\n", "Etc/GMT+2", "GMT+2"])
def test_no_such_place(text: str) -> None:
    assert places.find(text) == []


@given(
    st.one_of(st.text(max_size=90), st.sampled_from(["san", "saint", "villa", "la", "new", "\ud83d", "ß, ,", ",US"]))
)
@settings(max_examples=40, deadline=None)
def test_any_text_gives_zones_to_live_in_each_offered_once(text: str) -> None:
    found = places.find(text)
    assert len(set(found)) == len(found) <= 4
    assert len({place.name for place in found}) == len(found)
    assert all(days.is_zone(place.zone) for place in found)


def test_a_point_on_land_has_a_zone_and_one_at_sea_has_none() -> None:
    assert places.at(38.72, -9.14) == "Europe/Lisbon"
    assert places.at(64.18, -51.72) == "America/Nuuk"
    assert places.at(30.0, -30.0) is None


def test_a_point_off_the_globe_has_none() -> None:
    assert places.at(91.0, 0.0) is None
    assert places.at(float("nan"), 0.0) is None


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Lisbon", "PT"),
        ("America/Chicago", "US"),
        ("US/Central", "US"),
        ("Asia/Kathmandu", "NP"),
        ("Asia/Calcutta", "IN"),
        ("America/Nuuk", "GL"),
        ("UTC", None),
        ("No/Where", None),
    ],
)
def test_the_country_of_a_zone(zone: str, country: str | None) -> None:
    assert places.country_of(zone) == country


def test_nearly_every_zone_has_a_country() -> None:
    assert {zone for zone in days.zones() if places.country_of(zone) is None} <= {"UTC", "Antarctica/Troll"}


def test_every_city_is_kept_in_few_bytes() -> None:
    index = places._index()
    assert len(index.people) > 30_000
    assert len(index.starts) == len(index.people) == len(index.label_starts) - 1
    assert len(index.names) + len(index.labels) < 8_000_000
