"""Cleo in Kathmandu (+05:45) lives late: asked at half past eleven, she answers at one in the night.

The night belongs to the evening before it, in everything that she taps, types, notes or reads, and in what Dr Roy, her
therapist, is told of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.demo.person import Person
from tests.stage import CLEO, ROY, Stage, newest, stage, text_of

KATHMANDU = ZoneInfo("Asia/Kathmandu")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026 by Cleo's clock, which Dr Roy's clinic goes by as well."""
    return datetime(2026, 3, day, hour, minute, tzinfo=KATHMANDU).astimezone(UTC)


async def test_cleo_answers_at_one_in_the_night(tmp_path: Path) -> None:
    async with stage(tmp_path, at(2, 16), default_timezone="Asia/Kathmandu") as played:
        ito, roy, cleo = played.ito, played.person(ROY, "Dr Roy"), played.person(CLEO, "Cleo")
        await played.enrol_therapist(ito)
        await played.enrol_therapist(roy, ito)
        await played.enrol(cleo, roy, "Cleo K", hour="23:30")
        assert "tonight at 23:30" in newest(cleo)

        await she_is_asked_in_her_quiet_hours_and_not_reminded(played, cleo)
        await a_tap_at_one_counts_for_the_evening_before(played, cleo)
        await so_do_a_typed_answer_a_note_and_a_flare(played, cleo)
        await today_and_yesterday_are_the_same_day_at_one(played, cleo)
        await at_ten_yesterday_is_that_day_still(played, cleo)
        await a_snooze_in_the_night_ends_in_the_morning(played, cleo)
        await at_weekends_she_is_asked_after_midnight(played, cleo)
        await sunday_is_answered_on_monday_at_one(played, cleo, roy)

        await played.until(at(9, 8, 1))
        mondays_summary_has_her_sunday(cleo)
        await dr_roy_reads_the_same(played, roy)
        await dr_ito_reads_nothing(played, ito)
        await every_day_was_asked_once_at_her_hour(played)
        assert not played.refused()


async def she_is_asked_in_her_quiet_hours_and_not_reminded(played: Stage, cleo: Person) -> None:
    heard = len(cleo.heard)
    await played.until(at(2, 23, 30))
    assert "Burning · Monday 2 March · 1 of 3" in newest(cleo)
    await played.until(at(3, 1))
    assert len(cleo.heard) == heard + 1, "the hour is her own; a reminder would wake her"


async def a_tap_at_one_counts_for_the_evening_before(played: Stage, cleo: Person) -> None:
    await played.taps(cleo, "6", "4", "2")
    assert newest(cleo) == "Thank you. This is stored for Monday 2 March:\nBurning: 6\nTingling: 4\nPain: 2"
    assert "the next day" not in newest(cleo), "nobody is late in the night of the same evening"
    assert await played.rows("select distinct day from scores") == [("2026-03-02",)]


async def so_do_a_typed_answer_a_note_and_a_flare(played: Stage, cleo: Person) -> None:
    await played.until(at(4, 1))
    assert "Stored for Tuesday 3 March: Burning 6, Tingling 4 and Pain 2." in await played.says(cleo, "6 4 2")
    said = await played.says(cleo, "the blanket hurts my feet")
    assert "Kept as a note for Tuesday 3 March.\nDr Roy can read it" in said
    await played.says(cleo, "/flare tingling 7")
    assert "Kept as a flare: Tingling 7, Tuesday 3 March" in await played.taps(cleo, "Just now")
    assert await played.rows("select day from notes union all select day from flares") == [("2026-03-03",)] * 2


async def today_and_yesterday_are_the_same_day_at_one(played: Stage, cleo: Person) -> None:
    await played.until(at(5, 1))
    asked = cleo.last["message_id"]
    assert "Burning · Wednesday 4 March · 1 of 3" in await played.says(cleo, "/today")
    assert cleo.labels(asked) == [], "one live question"
    assert "Tingling · Wednesday 4 March · 2 of 3" in await played.taps(cleo, "5")
    assert "Tingling · Wednesday 4 March · 2 of 3" in await played.says(cleo, "/yesterday")
    await played.until(at(5, 3, 59))
    assert "Tingling · Wednesday 4 March · 2 of 3" in await played.says(cleo, "/today")
    await played.until(at(5, 4))
    assert "Burning · Thursday 5 March · 1 of 3" in await played.says(cleo, "/today"), "a new day begins at four"


async def at_ten_yesterday_is_that_day_still(played: Stage, cleo: Person) -> None:
    await played.until(at(5, 10))
    said = await played.says(cleo, "/yesterday")
    assert "Tingling · Wednesday 4 March · 2 of 3\nHow strong was it on that day?" in said
    await played.taps(cleo, "4", "2")
    assert "Entered the next day: Tingling and Pain." in newest(cleo), "the burning of one in the night was in time"
    assert "Kept as a note for Thursday 5 March." in await played.says(cleo, "a better night at last")


async def a_snooze_in_the_night_ends_in_the_morning(played: Stage, cleo: Person) -> None:
    await played.until(at(6, 1))
    said = await played.taps(cleo, "Later", "In 30 minutes")
    assert said == "All right. I will ask again: today at 08:00.\nThat is after your quiet hours."
    heard = len(cleo.heard)
    await played.until(at(6, 7, 59))
    assert len(cleo.heard) == heard
    await played.until(at(6, 8, 1))
    assert "Burning · Thursday 5 March · 1 of 3\nHow strong was it on that day?" in newest(cleo)
    await played.taps(cleo, "5", "3", "2")


async def at_weekends_she_is_asked_after_midnight(played: Stage, cleo: Person) -> None:
    await played.until(at(6, 18))
    await played.says(cleo, "/settings")
    await played.taps(cleo, "Hour at weekends", "Another time")
    said = await played.says(cleo, "half past twelve at night")
    assert "I ask you at 23:30 on weekdays, at 00:30 at weekends." in said
    assert "That is after midnight: it belongs to the evening before." in said
    assert "Your next question comes today at 23:30." in said, "Friday is no weekend"
    await played.until(at(7, 1))
    assert "This is stored for Friday 6 March" in await played.taps(cleo, "5", "3", "2")

    heard = len(cleo.heard)
    await played.until(at(8, 0, 29))
    assert len(cleo.heard) == heard
    await played.until(at(8, 1))
    assert "Burning · Saturday 7 March · 1 of 3" in newest(cleo)
    assert "This is stored for Saturday 7 March" in await played.taps(cleo, "5", "3", "1")


async def sunday_is_answered_on_monday_at_one(played: Stage, cleo: Person, roy: Person) -> None:
    await played.until(at(9, 0, 29))
    assert "Saturday" in newest(cleo), "Sunday's hour has not come"
    await played.until(at(9, 0, 45))
    assert "Burning · Sunday 8 March · 1 of 3" in newest(cleo)
    digest = await played.says(roy, "/digest")
    assert "Burning 5.3, Tingling 3.5, Pain 1.8 from 6 days; 6 of 6" in digest
    assert "Still open until noon of the next day: Sunday (Cleo K)" in digest, "open, and not missed"
    await played.until(at(9, 1))
    assert "This is stored for Sunday 8 March" in await played.taps(cleo, "4", "3", "0")


def mondays_summary_has_her_sunday(cleo: Person) -> None:
    told = newest(cleo).splitlines()
    for line in (
        "Your week: Monday 2 March to Sunday 8 March",
        "Burning: average 5.1 from 7 days.",
        "Tingling: average 3.4 from 7 days.",
        "Pain: average 1.6 from 7 days.",
        "Answered 7 of 7 days asked.",
        "5 answers were entered the next day (Wednesday and Thursday).",
    ):
        assert line in told
    assert any(line.startswith("Flare: Tingling 7, Tuesday") for line in told)
    assert not any("open" in line for line in told)


async def dr_roy_reads_the_same(played: Stage, roy: Person) -> None:
    assert "Your patients: 2 Mar to 8 Mar" in newest(roy)
    assert "Cleo K: Burning 5.1, Tingling 3.4, Pain 1.6 from 7 days; 7 of 7" in newest(roy)
    card = await played.taps(roy, "Cleo K")
    assert "Answered 7 of 7 days asked.\nLast answer: 8 Mar." in card
    notes = await played.taps(roy, "Notes")
    assert "Tuesday 3 March: the blanket hurts my feet" in notes
    assert "Thursday 5 March: a better night at last" in notes


async def dr_ito_reads_nothing(played: Stage, ito: Person) -> None:
    for asked in ("/digest", "/patients"):
        assert "You have no patients yet." in await played.says(ito, asked)
    assert not any("Cleo" in text_of(message) for message in ito.heard)


async def every_day_was_asked_once_at_her_hour(played: Stage) -> None:
    expected = [(f"2026-03-0{day}", at(day, 23, 30)) for day in range(2, 7)]
    expected += [("2026-03-07", at(8, 0, 30)), ("2026-03-08", at(9, 0, 30))]
    found = await played.rows("select day, intended_at from diary_days where sent_at is not null order by day")
    assert found == [(day, f"{hour:%Y-%m-%d %H:%M:%S.%f}") for day, hour in expected]
    followed_up = await played.rows("select day from diary_days where reminded_at is not null")
    assert followed_up == [("2026-03-05",)], "only what she had put off herself"
