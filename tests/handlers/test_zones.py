"""Where a patient lives, and journeys: the question moves with them, once a day, and past days stay where they were."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import buttons as taps
from bot.chat.buttons import pack
from tests.handlers.desk import Desk, clinic_at, desk_at
from tests.handlers.test_people import buttons
from tests.handlers.test_settings import PROMPTS, at, opened, patient, planned
from tests.stage import newest, text_of

ZONES = "select zone from zones order by id"
TOKYO = (35.68, 139.69)


# --- where ----------------------------------------------------------------------------------------------------


async def test_a_typed_city_moves_this_evenings_question(clinic: Desk) -> None:
    desk = clinic
    said = await opened(desk, desk.ada, "Time zone")
    assert "I ask you by the clock of Lisbon, where it is 10:00 now." in said
    said = await desk.says(desk.ada, "Chicago")
    assert "I ask you by the clock of Chicago, where it is 4:00 am now." in said
    assert "Your next question comes today at 8:00 pm." in said
    assert await planned(desk) == at(3, 2)
    assert await desk.rows(ZONES) == [("Europe/Lisbon",), ("America/Chicago",)]
    assert await desk.jump(at(2, 20)) == {}, "the hour of Lisbon asks nobody"
    assert await desk.jump(at(3, 2)) == {"send": 1}
    assert await desk.rows("select day, zone from diary_days") == [("2026-03-02", "America/Chicago")]


async def test_a_name_of_several_places_is_asked_and_what_is_none_is_said(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Time zone")
    assert "Which one do you mean?" in await desk.says(desk.ada, "Portland")
    assert "Choose from a list" in buttons(desk.ada)
    assert len(set(buttons(desk.ada))) == len(buttons(desk.ada))
    assert "I do not know this place." in await desk.says(desk.ada, "Xyzzyville")
    assert "by the clock of Kathmandu, where it is 15:45 now" in await desk.says(desk.ada, "Kathmandu, Nepal")
    await opened(desk, desk.ada, "Time zone")
    await desk.says(desk.ada, "pain 4")
    assert [value for *_, value in await desk.scores(desk.ada)] == [4], "a score is a score"


async def test_the_list_has_the_likely_places_first_then_the_continents(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Time zone")
    await desk.says(desk.ada, "Nuuk")
    await opened(desk, desk.ada, "Time zone", "Choose from a list")
    assert buttons(desk.ada)[:3] == ["Lisbon, Portugal", "Europe", "Africa"]
    await desk.taps(desk.ada, "Asia", "More places", "More places")
    assert "Nepal: Kathmandu" in buttons(desk.ada)
    await desk.taps(desk.ada, "Back", "Back", "Back", "Asia", "More places", "More places")
    assert "by the clock of Kathmandu" in await desk.taps(desk.ada, "Nepal: Kathmandu")
    assert await patient(desk, "zone") == "Asia/Kathmandu"


@pytest.mark.parametrize("continent", list(taps.Continent))
def test_every_place_of_the_list_is_one_that_can_be_chosen(continent: taps.Continent) -> None:
    from bot.chat import places
    from bot.diary import days

    found = places.cities_of(continent.value, at(2, 10))
    assert len(found) == len(set(found)) >= 15
    assert all(days.is_zone(zone) for zone in found)


async def test_a_location_is_where_one_lives_or_is_on_a_journey(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Time zone")
    desk.ada.send_location(*TOKYO)
    await desk.settle()
    assert "I ask you by the clock of Tokyo, where it is 19:00 now." in newest(desk.ada)
    desk.ada.send_location(38.7, -9.1)
    await desk.settle()
    assert "In Lisbon it is 10:00 now. Are you on a journey, or do you live there?" in newest(desk.ada)
    await desk.taps(desk.ada, "I live there now")
    assert await patient(desk, "zone") == "Europe/Lisbon"
    desk.ada.send_location(38.7, -9.1)
    await desk.settle()
    assert "That is the clock I go by already." in newest(desk.ada)
    desk.ada.send_location(0, -30)
    await desk.settle()
    assert await patient(desk, "zone") == "Europe/Lisbon"
    assert "Tokyo" not in str(await desk.rows("select * from notes"))


# --- journeys -------------------------------------------------------------------------------------------------


async def test_a_traveller_is_asked_by_local_time(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "I'm in another time zone")
    said = await desk.says(desk.ada, "Chicago")
    assert "By local time I ask at 20:00 in Chicago." in said
    assert "By home time I ask at 20:00 in Lisbon, when it is 14:00 in Chicago." in said
    said = await desk.taps(desk.ada, "By local time")
    assert "I ask you by the clock of Chicago, where it is 04:00 now." in said
    assert "Your next question comes today at 20:00." in said
    assert await desk.rows("select zone, home_zone, local_zone from patients") == [
        ("America/Chicago", "Europe/Lisbon", None)
    ]
    await desk.jump(at(3, 2))
    said = await opened(desk, desk.ada, "I'm back home")
    assert "I ask you by the clock of Lisbon again, where it is 02:00 now." in said
    assert "Lisbon again, where it is 02:00 now.\n\nYour next question comes today at 20:00." in said
    assert buttons(desk.ada)[0] == "Answer Monday 2 March now", "past midnight two days are today"
    assert await desk.rows("select zone, home_zone, local_zone from patients") == [("Europe/Lisbon", None, None)]
    assert await desk.rows(ZONES) == [("Europe/Lisbon",), ("America/Chicago",), ("Europe/Lisbon",)]
    assert await planned(desk) == at(3, 20)
    assert await desk.rows("select day, zone from diary_days") == [("2026-03-02", "America/Chicago")]


async def test_or_by_home_time_and_reads_both_clocks(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "I'm in another time zone")
    await desk.says(desk.ada, "Chicago")
    said = await desk.taps(desk.ada, "By home time")
    assert "I still ask you by the clock of Lisbon. In Chicago it is 04:00 now." in said
    assert "Your next question comes today at 14:00 where you are, which is 20:00 in Lisbon." in said
    assert await desk.rows("select zone, home_zone, local_zone from patients") == [
        ("Europe/Lisbon", "Europe/Lisbon", "America/Chicago")
    ]
    said = await desk.says(desk.ada, "/settings")
    assert "You are travelling: it is 04:00 in Chicago. I ask you by the clock of Lisbon." in said
    assert "Quiet hours: 22:00 to 08:00, by the clock where you are" in said
    assert "local emergency number" in await desk.says(desk.ada, "/urgent"), "she is in another country"
    await desk.jump(at(2, 20))
    assert "Burning · Monday 2 March" in newest(desk.ada)
    await desk.jump(at(2, 21, 30))
    assert newest(desk.ada).startswith("A gentle reminder."), "at 15:30 in Chicago it is not quiet"
    await opened(desk, desk.ada, "I'm back home")
    assert await desk.rows("select zone, home_zone, local_zone from patients") == [("Europe/Lisbon", None, None)]


async def test_whoever_is_asked_by_home_time_reads_every_hour_by_the_clock_where_they_are(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "I'm in another time zone")
    await desk.says(desk.ada, "Chicago")
    await desk.taps(desk.ada, "By home time")
    for command in ("/start", "/help"):
        said = await desk.says(desk.ada, command)
        assert "14:00" in said, command
        assert "20:00" not in said, command
    await desk.says(desk.ada, "/pause")
    assert "My next question: tomorrow at 14:00." in await desk.taps(desk.ada, "Until tomorrow")
    assert "My next question: tomorrow at 14:00." in await desk.says(desk.ada, "/pause")
    assert "My next question: today at 14:00." in await desk.taps(desk.ada, "I'm back")
    await desk.says(desk.ada, "/stop")
    assert "14:00" in await desk.taps(desk.ada, "Start again")
    # Just after midnight at home, and the evening before where she is.
    await desk.jump(at(3, 0))
    await desk.says(desk.ada, "/pause")
    assert "My next question: tomorrow at 14:00." in await desk.taps(desk.ada, "Until tomorrow")


async def test_quiet_hours_are_those_of_the_place(clinic: Desk) -> None:
    """21:30 in Lisbon is 03:15 in Kathmandu."""
    desk = clinic
    await opened(desk, desk.ada, "I'm in another time zone")
    await desk.says(desk.ada, "Kathmandu")
    said = await desk.taps(desk.ada, "By home time")
    assert "in the night to Tuesday 3 March, at 01:45 where you are, which is 20:00 in Lisbon." in said
    assert await desk.jump(at(2, 20)) == {"send": 1}
    heard = len(desk.ada.heard)
    await desk.until(at(3, 9))
    assert len(desk.ada.heard) == heard


async def test_a_journey_goes_on_and_home_stays_home(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "I'm in another time zone")
    await desk.says(desk.ada, "Chicago")
    await desk.taps(desk.ada, "By home time")
    await opened(desk, desk.ada, "Time zone", "I'm in yet another time zone")
    await desk.says(desk.ada, "Tokyo")
    await desk.taps(desk.ada, "By local time")
    assert await desk.rows("select zone, home_zone, local_zone from patients") == [
        ("Asia/Tokyo", "Europe/Lisbon", None)
    ]
    await opened(desk, desk.ada, "Time zone", "I'm in yet another time zone")
    said = await desk.says(desk.ada, "Lisbon")
    assert "Lisbon again" in said, "where she lives is no journey"
    await opened(desk, desk.ada, "I'm in another time zone")
    await desk.says(desk.ada, "Chicago")
    await desk.taps(desk.ada, "By local time")
    await opened(desk, desk.ada, "Time zone")
    await desk.says(desk.ada, "Nuuk")
    assert await desk.rows("select zone, home_zone, local_zone from patients") == [("America/Nuuk", None, None)]


async def test_coming_home_twice_is_harmless(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "/settings")
    before = await desk.everything()
    await desk.sends(desk.ada, pack(taps.BackHome()))
    assert "Lisbon again" in newest(desk.ada)
    assert await desk.everything() == before


# --- once a day -----------------------------------------------------------------------------------------------

PLACES = st.sampled_from(["Europe/Lisbon", "America/Chicago", "Asia/Kathmandu", "Pacific/Auckland", "Pacific/Honolulu"])
CHANGES = st.one_of(
    st.builds(taps.AskAt, st.sampled_from(taps.Days), st.times().map(lambda at: at.replace(second=0, microsecond=0))),
    st.builds(taps.Live, PLACES),
    st.builds(taps.Travel, st.sampled_from(taps.Clock), PLACES),
    st.builds(taps.BackHome),
    st.builds(taps.RemindAfter, st.sampled_from([0, 30, 120])),
    st.builds(taps.QuietHours, st.none(), st.none()),
)


@settings(max_examples=12, deadline=None, database=None)
@given(st.lists(st.tuples(CHANGES, st.integers(0, 2_000)), min_size=3, max_size=8))
def test_whatever_is_changed_no_day_is_asked_or_reminded_of_twice(changes: list[tuple[object, int]]) -> None:
    """Half a day before the clocks change in Europe, and all through the journeys after."""

    async def live_through(folder: Path) -> None:
        async with clinic_at(folder) as desk:
            desk.clock.move_to(datetime(2026, 3, 28, 12, tzinfo=UTC))
            await desk.tick()
            await desk.says(desk.ada, "/settings")
            page = desk.ada.last["message_id"]
            for change, minutes in changes:
                await desk.sends(desk.ada, pack(change), page)
                said = text_of(desk.ada.chat.messages[page])
                assert "Your next question comes" in said
                await desk.until(desk.now + timedelta(minutes=minutes))
            await desk.until(desk.now + timedelta(days=2))
            assert {count for _, count in await desk.rows(PROMPTS)} <= {1}
            asked = [text_of(m).rpartition("·")[0] for m in desk.ada.heard if "· 1 of 3" in text_of(m)]
            reminders = [text for text in asked if text.startswith("A gentle reminder.")]
            assert len(set(reminders)) == len(reminders)
            assert not desk.refused()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live_through(Path(folder)))


async def test_over_the_date_line_no_day_is_asked_twice(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Time zone")
    await desk.says(desk.ada, "Auckland")
    assert await planned(desk) == at(3, 7), "in Auckland it is 23:00, so the question is tomorrow's"
    await desk.jump(at(3, 7))
    assert "Burning · Tuesday 3 March" in newest(desk.ada)
    desk.clock.move_to(at(3, 20))
    await opened(desk, desk.ada, "Time zone")
    said = await desk.says(desk.ada, "Honolulu")
    assert "where it is 10:00 am now" in said
    assert "Your next question comes tomorrow at 8:00 pm." in said
    await desk.until(at(5, 7))
    assert await desk.rows(PROMPTS) == [("2026-03-03", 1), ("2026-03-04", 1)]


@pytest.fixture
async def march(tmp_path: Path) -> AsyncIterator[Desk]:
    """The week in which the clocks of Chicago have gone forward and those of Lisbon have not; Noor is in Nuuk."""
    async with desk_at(tmp_path, datetime(2026, 3, 27, 12, tzinfo=UTC)) as desk:
        await desk.therapist(desk.ito)
        await desk.enrol(desk.noor, desk.ito, place="Nuuk", hour="23:30")
        yield desk
        assert not desk.refused()


async def test_noor_flies_to_chicago_and_back_over_a_clock_change(march: Desk) -> None:
    desk, noor = march, march.noor
    await desk.until(datetime(2026, 3, 28, 12, tzinfo=UTC))
    await opened(desk, noor, "I'm in another time zone")
    await desk.says(noor, "Chicago")
    await desk.taps(noor, "By local time")
    await desk.until(datetime(2026, 3, 29, 12, tzinfo=UTC))
    await opened(desk, noor, "I'm back home")
    await desk.until(datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert await desk.rows("select day, zone, intended_at from diary_days order by day") == [
        ("2026-03-27", "America/Nuuk", "2026-03-28 01:30:00.000000"),
        ("2026-03-28", "America/Chicago", "2026-03-29 04:30:00.000000"),
        ("2026-03-29", "America/Nuuk", "2026-03-30 00:30:00.000000"),
        ("2026-03-30", "America/Nuuk", "2026-03-31 00:30:00.000000"),
    ]
    assert {count for _, count in await desk.rows(PROMPTS)} == {1}


async def test_an_hour_that_the_clocks_jump_over_is_said_as_it_will_be(march: Desk) -> None:
    """In Nuuk the clocks go from 23:00 of Saturday the 28th to midnight."""
    desk, noor = march, march.noor
    await desk.until(datetime(2026, 3, 28, 12, tzinfo=UTC))
    said = await desk.says(noor, "/settings")
    assert "Your next question comes in the night to Sunday 29 March, at 00:30. It is about Saturday 28 March." in said
    await desk.until(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert await desk.rows("select max(intended_at) from diary_days") == [("2026-03-29 01:30:00.000000",)]


async def test_the_weekly_summary_moves_with_the_patient_and_comes_once(clinic: Desk) -> None:
    desk = clinic
    for evening in range(2, 9):
        await desk.until(at(evening, 20))
        await desk.says(desk.ada, "4 3 5")
    assert str(await patient(desk, "next_digest_at")).startswith("2026-03-09 07:30")
    await desk.until(at(9, 7))
    await opened(desk, desk.ada, "I'm in another time zone")
    await desk.says(desk.ada, "Kathmandu")
    await desk.taps(desk.ada, "By local time")
    assert str(await patient(desk, "next_digest_at")).startswith("2026-03-09 01:45"), "it is past 07:30 there"
    await desk.tick()
    digests = [message for message in desk.ada.heard if "Answered 7 of 7 days asked." in text_of(message)]
    assert len(digests) == 1
    await opened(desk, desk.ada, "I'm back home")
    await desk.until(at(9, 12))
    assert len([m for m in desk.ada.heard if "Answered 7 of 7 days asked." in text_of(m)]) == 1
    assert str(await patient(desk, "next_digest_at")).startswith("2026-03-16 07:30")


async def test_enrolment_writes_the_first_line_of_the_history(clinic: Desk) -> None:
    desk = clinic
    assert await desk.rows(ZONES) == [("Europe/Lisbon",)]
    await desk.says(desk.ada, "/stop")
    await desk.taps(desk.ada, "Start again")
    await desk.enrol(desk.cleo, desk.ito, place="Kathmandu", hour="01:00")
    assert await desk.rows(ZONES) == [("Europe/Lisbon",), ("Asia/Kathmandu",)]
    desk.clock.move(timedelta(hours=1))
    await opened(desk, desk.cleo, "Time zone")
    await desk.says(desk.cleo, "Kathmandu")
    assert await desk.rows(ZONES) == [("Europe/Lisbon",), ("Asia/Kathmandu",)], "no change is no line"
