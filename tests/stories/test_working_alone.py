"""A physical therapist working alone: clinic admin, therapist, and patient of the own diary, all in one chat."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.stage import link_in, newest, stage, text_of

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_a_physical_therapist_working_alone(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        ito = played.ito
        await played.enrol_therapist(ito)
        await played.says(ito, "/invite My own diary")
        ito.open_link(link_in(ito.last))
        await played.settle()
        assert "Dr Ito from Riverside invites you" in newest(ito)
        await played.taps(ito, "Yes, store my answers", "Yes, show them", "Yes, it is", "20:00", "Tonight")
        assert {entry["command"] for entry in ito.commands} >= {
            *("today", "week", "urgent", "patients", "digest", "session", "invite", "invite_therapist", "help"),
        }
        said = await played.says(ito, "/help")
        assert all(command in said for command in ("/today", "/invite NAME", "/invite_therapist NAME"))

        heard = len(ito.heard)
        await played.says(ito, "/start")
        greetings = "\n".join(text_of(message) for message in ito.heard[heard:])
        assert "Your diary is open." in greetings
        assert "You are the clinic admin of Riverside." in greetings
        assert "You are enrolled as a therapist." in greetings

        for evening in range(7):
            await played.until(datetime(2026, 3, 2 + evening, 20, tzinfo=UTC))
            assert "Burning" in newest(ito)
            await played.says(ito, "4 3 5")
        await played.says(ito, "/session")
        await played.taps(ito, "Today", "Dry needling", "Left foot", "Done")
        assert "Logged for My own diary" in newest(ito)
        assert "Kept as a note" in await played.says(ito, "tried the needles on myself")

        # Both weekly messages come, one for each role.
        heard = len(ito.heard)
        await played.until(datetime(2026, 3, 9, 8, tzinfo=UTC))
        weekly = [text_of(message) for message in ito.heard[heard:]]
        assert len(weekly) == 2
        assert any("Burning: average 4.0 from 7 days." in text for text in weekly)
        assert any("My own diary: Burning 4.0" in text for text in weekly)

        assert "Your own diary, or your patients'?" in await played.says(ito, "/week")
        await played.taps(ito, "My own diary")
        assert "Your week: Monday 2 March to Sunday 8 March" in newest(ito)
        assert "photo" in ito.last
        await played.says(ito, "/week")
        await played.taps(ito, "My patients")
        assert "My own diary: Burning 4.0" in newest(ito)
        await played.taps(ito, "My own diary")
        assert not played.refused()
