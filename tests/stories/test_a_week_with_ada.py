"""A week with Ada: invited on Monday, asked every evening, summed up the Monday after."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.crew import Crew
from tests.stage import newest, stage, text_of

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_a_week_with_ada(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY, crew=Crew) as played:
        ito, ada = played.ito, played.ada
        await played.enrol_therapist(ito)
        await played.enrol(ada, ito, "Ada L")
        assert "Ada L is enrolled and shares the diary with you." in newest(ito)
        assert "tonight at 20:00" in newest(ada)

        for evening in range(7):
            before = len(ada.heard)
            await played.until(datetime(2026, 3, 3 + evening, 4, tzinfo=UTC))
            assert len(ada.heard) == before + 2, "one prompt and one reminder, no more"
            if evening != 3:
                await played.taps(ada, str(7 - evening), "4", "0")
                assert "Pain: 0" in newest(ada)
        assert await played.rows("select count(*) from scores") == [(18,)]

        await played.until(datetime(2026, 3, 9, 8, tzinfo=UTC))
        digest = ada.last
        assert "photo" in digest
        assert "Your week: Monday 2 March to Sunday 8 March" in text_of(digest)
        assert "Burning: average 4.0 from 6 days." in text_of(digest)
        assert "Answered 6 of 7 days asked." in text_of(digest)
        panel = newest(ito)
        assert "0 need you, 1 steady, 0 quiet" in panel
        assert "Ada L: Burning 4.0, Tingling 4.0, Pain 0.0 from 6 days; 6 of 7" in panel

        await played.taps(ito, "Ada L")
        assert "photo" in ito.last
        assert not [call for call in played.telegram.calls if not call.ok]
