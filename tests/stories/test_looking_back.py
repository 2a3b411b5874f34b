"""Ada looks back, through the real program: pictures and a file made in worker processes, turned in place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.crew import Crew
from bot.demo.limits import picture_size
from tests.reports.pdf_text import read
from tests.stage import newest, stage, text_of

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_ada_shows_her_doctor_a_week(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY, crew=Crew) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito)
        for evening in range(2, 7):
            await played.until(datetime(2026, 3, evening, 20, 5, tzinfo=UTC))
            await played.says(ada, "7 5 0")
        await played.says(ada, "a stormy night")

        await played.says(ada, "/chart")
        chart = ada.last["message_id"]
        first = content(played.telegram, ada.last)
        assert "average 7.0 from 5 days" in newest(ada)
        heard = len(ada.heard)
        await played.taps(ada, "All", "3 months")
        [turned] = [message for message in ada.heard if message["message_id"] == chart]
        assert "Your last 3 months" in text_of(turned)
        assert len(ada.heard) == heard
        assert picture_size(content(played.telegram, turned)) == picture_size(first)

        assert "All answered: 5 days (2 to 6)" in await played.says(ada, "/history")
        assert picture_size(content(played.telegram, ada.last)) is not None

        await played.says(ada, "/report")
        await played.taps(ada, "With my notes")
        sheet = read(played.telegram.files[ada.last["document"]["file_id"]].content)
        assert sheet.pages == 1
        assert "7.0" in sheet.texts
        assert "6 Mar: a stormy night" in sheet.texts
        assert not played.refused()


def content(telegram: Any, message: dict[str, Any]) -> bytes:
    """The picture in a message."""
    kept: bytes = telegram.files[message["photo"][-1]["file_id"]].content
    return kept
