"""Yesterday: filled in until noon, then a note; late entries; corrections, and the way of one that comes too late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.person import Person
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026; Lisbon is on UTC until the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Desk]:
    """Monday, 20:00: Ada was just asked for the first time."""
    async with clinic_at(tmp_path) as desk:
        await desk.until(at(2, 20))
        yield desk
        assert not desk.refused()


def buttons(person: Person) -> list[str]:
    return person.labels(person.last["message_id"])


async def test_yesterday_is_filled_in_the_next_morning_and_marked_as_late(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "4")
    evenings = ada.last["message_id"]
    desk.clock.move_to(at(3, 11, 58))
    assert "Tingling · Monday 2 March · 2 of 3" in await desk.says(ada, "/yesterday")
    assert "How strong was it on that day?" in newest(ada)
    assert ada.labels(evenings) == [], "one live question"
    said = await desk.says(ada, "5")
    assert said.splitlines() == [
        "Stored for Monday 2 March: Tingling 5.", "It is marked as entered the next day.", "Next: Pain, 0 to 10?",
    ]  # fmt: skip
    await desk.taps(ada, "3")
    summary = [text_of(message) for message in ada.heard if "Thank you" in text_of(message)]
    assert summary[-1].splitlines()[1:] == [
        "Burning: 4", "Tingling: 5", "Pain: 3", "Entered the next day: Tingling and Pain.",
    ]  # fmt: skip
    assert await desk.rows("select distinct day from scores") == [(MONDAY,)]
    said = await desk.says(ada, "/yesterday")
    assert "Burning: 4" in said
    assert buttons(ada) == ["Change", "Add a note"]
    assert "2 answers were entered the next day (Monday)." in await desk.says(ada, "/week")
    await desk.says(desk.ito, "/patients")
    assert "2 answers were entered the next day (Monday)." in await desk.taps(desk.ito, "Ada L")


async def test_from_noon_on_yesterday_takes_a_note_and_no_score(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "4", "5")
    desk.clock.move_to(at(3, 12))
    said = await desk.says(ada, "/yesterday")
    assert "Monday 2 March is closed: a day takes answers until noon of the next day." in said
    assert said.splitlines()[2:] == ["This is stored for it:", "Burning: 4", "Tingling: 5"]
    assert buttons(ada) == ["Write a note about it"]
    said = await desk.taps(ada, "Write a note about it")
    assert "If a number was wrong, write which one." in said
    said = await desk.says(ada, "7")
    assert "Kept as a note for Monday 2 March." in said
    assert "Dr Ito can read it" in said
    assert await desk.rows("select day, text from notes") == [(MONDAY, "7")]
    assert len(await desk.scores(ada)) == 2
    await desk.says(desk.ito, "/patients")
    await desk.taps(desk.ito, "Ada L", "Notes")
    assert "Monday 2 March (written Tuesday 3 March): 7" in newest(desk.ito)


async def test_a_wish_to_correct_a_closed_day_is_shown_the_way_to_a_note(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "4", "5", "6")
    bubble = ada.last["message_id"]
    desk.clock.move_to(at(3, 12))
    for payload in ("ch:20260302", "ci:20260302:1", "s:20260302:1:9", "go:20260302", "no:20260302"):
        heard = len(ada.heard)
        await desk.sends(ada, payload, bubble)
        assert "Monday 2 March is closed" in newest(ada)
        assert len(ada.heard) == heard + 1
        assert buttons(ada) == ["Write a note about it"]
    assert [value for _, _, value in await desk.scores(ada)] == [4, 5, 6]


async def test_a_late_value_is_late_and_the_same_value_again_is_not(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "4", "5", "6")
    desk.clock.move_to(at(3, 9))
    await desk.taps(ada, "Change", "Burning: 4", "4")
    assert "next day" not in newest(ada)
    await desk.taps(ada, "Change", "Burning: 4", "8")
    assert newest(ada).splitlines()[-1] == "Entered the next day: Burning."
    await desk.taps(ada, "Change", "Burning: 8", "Back")
    assert newest(ada).splitlines()[-1] == "Entered the next day: Burning."


async def test_a_score_is_corrected_to_skipped_and_back(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "4", "5", "6")
    desk.clock.move(timedelta(seconds=1))
    await desk.taps(ada, "Change", "Burning: 4", "Skip this one")
    assert "Burning: skipped" in newest(ada)
    desk.clock.move(timedelta(seconds=1))
    await desk.taps(ada, "Change", "Burning: skipped", "2")
    assert "Burning: 2" in newest(ada)
    assert await desk.rows("select value from scores where item_id = 1 order by entered_at") == [(4,), (None,), (2,)]
    await desk.says(ada, "/today")
    await desk.taps(ada, "Change", "Pain: 6", "0")
    assert "Pain: 0" in newest(ada)


async def test_before_the_diary_there_is_nothing_to_fill_in(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    said = await desk.says(ada, "/yesterday")
    assert "There is nothing to fill in for Sunday 1 March: your diary begins on Monday 2 March." in said
    assert await desk.rows("select count(*) from diary_days") == [(0,)]


async def test_after_midnight_yesterday_is_the_evening_that_goes_on(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    desk.clock.move_to(at(3, 1))
    assert "Burning · Monday 2 March" in await desk.says(ada, "/yesterday")
    assert "in the past 24 hours" in newest(ada)
    await desk.taps(ada, "4", "4", "4")
    assert "next day" not in newest(ada)


async def test_a_paused_yesterday_is_filled_in_and_typed_scores_go_there(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, ada.labels(ada.last["message_id"])[0])
    desk.clock.move_to(at(3, 9))
    assert "Monday 2 March" in await desk.says(ada, "/yesterday")
    assert "Stored for Monday 2 March: Burning 3" in await desk.says(ada, "3")
    await desk.says(ada, "/today")
    assert "Stored for Tuesday 3 March: Burning 6" in await desk.says(ada, "6")
    assert [(day, value) for day, _, value in await desk.scores(ada)] == [(MONDAY, 3), (TUESDAY, 6)]


async def test_a_day_that_was_never_planned_is_filled_in_while_it_is_open(clinic: Desk) -> None:
    """The diary was stopped, and begun again the next morning: the evening between was never asked."""
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/stop")
    desk.clock.move_to(at(3, 9))
    await desk.taps(ada, "Start again")
    assert "Burning · Monday 2 March" in await desk.says(ada, "/yesterday")
    await desk.taps(ada, "1")
    desk.clock.move_to(at(4, 12))
    assert "No answers are stored for it, and that is all right." in await desk.says(ada, "/yesterday")
    assert await desk.rows("select day from diary_days where answered_at is not null") == [(MONDAY,)]


@pytest.mark.parametrize("payload", ["nt:99991231", "nt:00010101", "nt:20260304", "nt:20260301", "s:99991231:1:4"])
async def test_a_day_that_is_none_of_the_diary_takes_nothing(evening: Desk, payload: str) -> None:
    desk, ada = evening, evening.ada
    before, heard = await desk.everything(), len(ada.heard)
    await desk.sends(ada, payload)
    assert ada.toasts[-1].text == "This button is no longer in use."
    assert len(ada.heard) == heard
    assert await desk.everything() == before


async def test_a_note_of_the_greatest_length_is_kept_and_read_whole(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    long = "".join(chr(ord("a") + n % 26) for n in range(4_090)) + " <&> 😀"
    said = await desk.says(ada, long[:4_096])
    assert "Kept as a note for Monday 2 March." in said
    await desk.says(desk.ito, "/patients")
    heard = len(desk.ito.heard)
    await desk.taps(desk.ito, "Ada L", "Notes")
    read = "".join(text_of(message) for message in desk.ito.heard[heard + 1 :])
    assert read.replace("\n\n", "").endswith(long[:4_096])


async def test_others_have_no_yesterday(evening: Desk) -> None:
    desk = evening
    assert "for people who keep a diary" in await desk.says(desk.ito, "/yesterday")
    assert "by invitation" in await desk.says(desk.max, "/yesterday")
    await desk.says(desk.ada, "/stop")
    assert "is stopped" in await desk.says(desk.ada, "/yesterday")
