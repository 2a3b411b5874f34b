"""The bot is down for two days: nobody is blamed, nothing that waited is lost, and the next evening is as ever."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.demo.person import Person
from tests.stage import newest, stage, text_of

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026; Lisbon is on UTC until the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


async def test_the_bot_is_down_for_two_days(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        ito, ada = played.ito, played.ada
        await played.enrol_therapist(ito)
        await played.enrol(ada, ito, "Ada L")
        await played.until(at(2, 20))
        await played.taps(ada, "4", "3", "5")
        await played.until(at(3, 20))
        bubble = ada.last["message_id"]
        await played.taps(ada, "4")
        nine = next(key for row in ada.last["reply_markup"]["inline_keyboard"] for key in row if key["text"] == "9")

        # Down from Tuesday, 21:00, to Thursday, 21:30. Ada taps and writes on Thursday afternoon.
        played.clock.move_to(at(3, 21))
        await played.stop()
        played.clock.move_to(at(5, 15))
        ada.send("is anybody there")
        ada.send("burning 8")
        played.clock.move_to(at(5, 21, 30))
        heard = len(ada.heard)
        await played.start()
        await played.until(at(5, 21, 31))
        texts = [text_of(message) for message in ada.heard[heard:]]
        assert any("Kept as a note for Thursday 5 March." in text for text in texts)
        assert any("Stored for Thursday 5 March: Burning 8." in text for text in texts), texts
        assert "Tingling · Thursday 5 March · 2 of 3" in newest(ada), "late, and for what is missing only"
        assert await played.rows("select day, not_asked, sent_at is not null from diary_days order by day") == [
            ("2026-03-02", None, 1), ("2026-03-03", None, 1), ("2026-03-04", "bot", 0), ("2026-03-05", None, 1),
        ]  # fmt: skip
        await played.taps(ada, "3", "5")
        assert "Burning: 8" in newest(ada)
        assert ada.labels(bubble) == [], "one live question in a chat"
        ada.tap(bubble, nine["callback_data"])  # Her screen has not seen that yet.
        await played.settle()
        assert "Tuesday 3 March is closed" in newest(ada)

        for evening in (6, 7, 8):
            await played.until(at(evening, 20))
            await played.taps(ada, "4", "3", "5")
        await played.until(at(9, 8))
        week = "\n".join(text_of(message) for message in ada.heard[-2:])
        assert "Answered 6 of 6 days asked." in week
        assert "Wednesday" in week
        assert "our fault" in week
        assert "Not asked, by a failure of the bot: Ada L (1 day)" in newest(ito)
        # The late tap has the buttons taken off once more, in case her screen was right: Telegram says they are gone.
        assert [call.method for call in played.refused()] == ["editMessageReplyMarkup"]


async def test_a_digest_hour_in_the_gap_is_made_up_for(tmp_path: Path) -> None:
    async with stage(tmp_path, at(8, 10)) as played:
        ito, ada = played.ito, played.ada
        await played.enrol_therapist(ito)
        await played.enrol(ada, ito, "Ada L", now=True)
        await played.taps(ada, "4", "3", "5")
        await played.stop()
        played.clock.move_to(at(10, 10))
        heard = len(ada.heard)
        await played.start()
        await played.until(at(10, 10, 5))
        weeks = [text_of(message) for message in ada.heard[heard:]]
        assert len(weeks) == 1
        assert "Monday 2 March to Sunday 8 March" in weeks[0]
        assert "Ada L" in newest(ito)
        assert not played.refused()


async def test_a_tap_that_waited_past_noon_counts_for_its_day_and_is_marked_as_received_late(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        ito, ada = played.ito, played.ada
        await played.enrol_therapist(ito)
        await played.enrol(ada, ito, "Ada L")
        await played.until(at(2, 20))
        await played.taps(ada, "4")
        await played.stop()
        played.clock.move_to(at(3, 11))
        ada.tap_label("7")
        ada.send("pain 2")
        played.clock.move_to(at(3, 15))
        await played.start()
        await played.settle()
        found = await played.rows("select day, value, waited_since is not null from scores order by entered_at")
        assert found == [("2026-03-02", 4, 0), ("2026-03-02", 7, 1), ("2026-03-02", 2, 1)]
        assert "This is stored for Monday 2 March" in text_of(ada.chat.messages[bubble_of(ada)])
        await played.says(ito, "/patients")
        assert "Received late by the bot: Monday." in await played.taps(ito, "Ada L")
        assert all(call.method == "answerCallbackQuery" for call in played.refused()), (
            "the tap may be too old to answer"
        )


def bubble_of(person: Person) -> int:
    """The message that shows what was stored."""
    return next(m["message_id"] for m in reversed(person.heard) if "This is stored" in text_of(m))
