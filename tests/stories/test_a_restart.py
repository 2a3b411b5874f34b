"""A restart in the middle of everything: the next question is read from the rows, never from memory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.stage import BEN, link_in, newest, stage, text_of

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_a_restart_in_the_middle_of_everything(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        ito, ada, ben = played.ito, played.ada, played.person(BEN, "Ben")
        await played.enrol_therapist(ito)
        await played.says(ito, "/invite Ada L")
        link = link_in(ito.last)

        # The enrolment, with the program stopped before every step; what Ada does meanwhile waits at Telegram.
        ada.open_link(link)
        await played.settle()
        for answer in ("Yes, store my answers", "Yes, show them", "Lisbon, Portugal", "21:30", "Tonight"):
            await played.stop()
            if answer in ("Lisbon, Portugal", "21:30"):
                ada.send(answer)
            else:
                ada.tap_label(answer)
            await played.start()
        assert "I will ask you next: tonight at 21:30." in newest(ada)
        assert "Ada L is enrolled and shares the diary with you." in newest(ito)
        assert await played.rows("select given from consents") == [(1,), (1,)]

        # A session half logged, a name half given.
        await played.says(ito, "/session")
        await played.taps(ito, "Another date")
        await played.stop()
        await played.start()
        assert "What was done?" in await played.says(ito, "yesterday")
        await played.stop()
        await played.start()
        await played.taps(ito, "Dry needling", "Back", "Done")
        assert "Logged for Ada L on Sunday 1 March" in newest(ito)

        # A day half answered.
        await played.until(datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
        bubble = ada.last["message_id"]
        await played.taps(ada, "7")
        await played.stop()
        ada.tap_label("4", bubble)
        ada.send("took 2 tablets")
        await played.start()
        assert "Pain · Monday 2 March · 3 of 3" in text_of(ada.chat.messages[bubble])
        assert "Kept as a note for Monday 2 March." in newest(ada)
        await played.stop()
        await played.start()
        await played.says(ada, "5")
        assert "Thank you" in text_of(ada.chat.messages[bubble])
        assert await played.rows("select value from scores order by entered_at") == [(7,), (4,), (5,)]

        # A note asked for, then the stop, then a number: it is the note.
        ada.tap_label("Add a note", bubble)
        await played.settle()
        await played.stop()
        ada.send("9")
        await played.start()
        assert await played.rows("select text from notes") == [("took 2 tablets",), ("9",)]
        heard = len(ada.heard)
        await played.stop()
        await played.start()
        await played.until(datetime(2026, 3, 3, 4, tzinfo=UTC))
        assert len(ada.heard) == heard, "a start asks nothing twice"

        # Someone blocks the bot while it is away, and returns.
        await played.enrol(ben, ito)
        await played.stop()
        ben.block()
        await played.start()
        await played.until(datetime(2026, 3, 3, 22, tzinfo=UTC))
        assert await played.rows(
            "select d.day, not_asked from diary_days d join patients p on p.id = d.patient_id where chat_id = :ben",
            ben=ben.id,
        ) == [("2026-03-03", "blocked")]
        await played.stop()
        ben.unblock()
        ben.send("/start")
        await played.start()
        assert "Your diary is open." in newest(ben)
        await played.until(datetime(2026, 3, 4, 20, tzinfo=UTC))
        assert "Burning · Wednesday 4 March" in newest(ben)
        assert not played.refused()
