"""Weeks, panels and cards, asked for at any time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of


@pytest.fixture
async def second_week(tmp_path: Path) -> AsyncIterator[Desk]:
    """Wednesday of the second week: Ada answered 6 5 4 3 2 1 0 in her first, and skipped nothing."""
    async with clinic_at(tmp_path) as desk:
        for evening in range(7):
            await desk.until(datetime(2026, 3, 2 + evening, 20, tzinfo=UTC))
            await desk.says(desk.ada, f"{6 - evening} 5 0")
        await desk.until(datetime(2026, 3, 11, 10, tzinfo=UTC))
        yield desk
        assert not desk.refused()


async def test_week_brings_the_last_whole_week_with_its_chart(second_week: Desk) -> None:
    desk, ada = second_week, second_week.ada
    said = await desk.says(ada, "/week")
    assert "photo" in ada.last
    assert "Monday 2 March to Sunday 8 March" in said
    assert "Burning: average 3.0 from 7 days." in said
    assert "Tingling: average 5.0 from 7 days." in said
    assert "Answered 7 of 7 days asked." in said
    assert "Dr Ito sees the same numbers." in said


async def test_the_first_week_is_shown_while_there_is_no_whole_one(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await desk.says(ada, "4 0 10")
    said = await desk.says(ada, "/week")
    assert "Monday 2 March to Sunday 8 March" in said
    assert "photo" in ada.last
    assert "An average needs answers from at least 4 days." in said
    assert ": average" not in said


async def test_digest_and_patients_bring_the_panel_and_the_card(second_week: Desk) -> None:
    desk, ito = second_week, second_week.ito
    said = await desk.says(ito, "/digest")
    assert "Ada L: Burning 3.0, Tingling 5.0, Pain 0.0 from 7 days; 7 of 7" in said
    assert ito.labels(ito.last["message_id"]) == ["Ada L", "All patients", "Another day or hour"]
    await desk.taps(ito, "All patients")
    assert "You have 1 patient." in newest(ito)
    await desk.taps(ito, "Ada L")
    assert "photo" in ito.last
    assert "Ada L, 2 Mar to 8 Mar" in text_of(ito.last)
    assert ito.labels(ito.last["message_id"]) == [
        "Notes", "Log a treatment", "Treatments", "Before and after", "What is asked", "Rename",
        "Alert limits", "Share with a colleague", "Hand over", "Visit sheet (PDF)", "As a file",
    ]  # fmt: skip
    assert "Ada L has written no notes yet." in await desk.taps(ito, "Notes")
    assert await desk.says(ito, "/week") == said, "a therapist's week is that of the panel"


async def test_many_patients_come_ten_at_a_time(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    for number in range(11):
        await desk.enrol(desk.person(800 + number, f"P{number}"), ito, f"P{number:02}")
    said = await desk.says(ito, "/patients")
    assert "You have 12 patients. Page 1 of 2." in said
    assert len(ito.labels(ito.last["message_id"])) == 12
    assert "Page 2 of 2." in await desk.taps(ito, "Next")
    assert ito.labels(ito.last["message_id"]) == ["P09", "P10", "Previous", "Search"]
    assert "Page 1 of 2." in await desk.taps(ito, "Previous")
    for page in (-5, 99):
        await desk.sends(ito, f"pl:{page}")
    assert "Page 2 of 2." in newest(ito)
    shown, page = len(ito.heard), ito.last["message_id"]
    await desk.sends(ito, "jb", page)
    assert len(ito.heard) == shown
    assert newest(ito).startswith("Steady\n"), "whoever the summary has no line for, in the place of what was there"


async def test_someone_with_two_roles_is_asked_whose_week(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(ito, ito, "Myself")
    assert "Your own diary, or your patients'?" in await desk.says(ito, "/week")
    await desk.taps(ito, "My own diary")
    assert "photo" in ito.last
    await desk.says(ito, "/week")
    assert "Ada L" in await desk.taps(ito, "My patients")


async def test_a_digest_that_was_sent_is_never_edited(second_week: Desk) -> None:
    desk, ito = second_week, second_week.ito
    said = await desk.says(ito, "/digest")
    digest = ito.last["message_id"]
    await desk.taps(ito, "All patients")
    assert ito.last["message_id"] > digest
    assert text_of(ito.chat.messages[digest]) == said


async def test_a_day_that_was_only_looked_at_is_nobodys_fault(tmp_path: Path) -> None:
    async with clinic_at(tmp_path) as desk:
        late = desk.person(150, "Lea")
        await desk.until(datetime(2026, 3, 2, 21, tzinfo=UTC))
        await desk.enrol(late, desk.ito, "Lea")
        await desk.says(late, "/today")
        await desk.until(datetime(2026, 3, 4, 20, tzinfo=UTC))
        said = await desk.says(late, "/week")
        assert "our fault" not in said
        assert not desk.refused()
