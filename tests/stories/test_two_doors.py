"""From polling to the webhook and back: what people do meanwhile waits at Telegram, and comes in by the other door."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo.calls import Fault, Params
from tests.stage import Stage, newest, settings_for, stage

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 20, tzinfo=UTC)
SECRET = "known-to-telegram-and-to-us"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def move_to(played: Stage, folder: Path, port: int | None) -> None:
    """Start the program, with the webhook at a port, or without one."""
    hook = {"webhook_url": "https://diary.example.org/telegram", "webhook_secret": SECRET, "webhook_port": port}
    played.program.settings = settings_for(played.telegram.address, folder, **(hook if port else {}))
    played.telegram.courier.proxy = f"http://127.0.0.1:{port}"
    await played.start()


async def test_from_polling_to_the_webhook_and_back_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito)
        await played.until(EVENING)
        bubble = ada.last["message_id"]
        await played.taps(ada, "7")

        # Down; Ada taps twice; up again behind the webhook.
        await played.stop()
        ada.tap_label("4", bubble)
        ada.tap_label("5", bubble)
        ada.send("took 2 tablets")
        waited = [update["update_id"] for update in played.telegram.waiting(10)]
        await move_to(played, tmp_path, free_port())
        assert await played.program.in_touch()
        assert [update for update, status in played.telegram.courier.answers if status == 200] == waited
        assert "Kept as a note for Monday 2 March." in newest(ada)
        assert not played.telegram.polling
        await played.says(ada, "one more thing")

        # Down again, with what Ada does refused by nobody being there; up again with polling.
        await played.stop()
        ada.send("and a last one")
        await played.telegram.until(lambda: played.telegram.courier.trouble)
        await move_to(played, tmp_path, None)
        await played.telegram.until(lambda: played.telegram.polling)
        assert not played.telegram.webhook["url"]
        await played.says(ada, "really the last")

        assert await played.rows("select value from scores order by entered_at") == [(7,), (4,), (5,)]
        assert await played.rows("select text from notes order by id") == [
            ("took 2 tablets",), ("one more thing",), ("and a last one",), ("really the last",)
        ]  # fmt: skip
        assert await played.rows("select count(*) from inbox where state <> 'done'") == [(0,)]
        assert await played.rows("select count(*), count(distinct update_id) from inbox") == [
            await count_of_updates(played)
        ]
        assert not played.refused()


async def count_of_updates(played: Stage) -> tuple[int, int]:
    """Every update that there ever was, each once."""
    count = played.telegram._next_update_id - (await played.rows("select min(update_id) from inbox"))[0][0]
    return count, count


async def test_an_update_that_comes_by_both_doors_is_taken_once(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito)

        def unconfirmed(method: str, params: Params) -> Fault | None:
            return Fault.lost_before() if method == "getUpdates" and "offset" in params else None

        # The program stores the note, and dies before the next poll confirms it.
        played.telegram.fault = unconfirmed
        ada.send("a note")
        await played.telegram.until(lambda: "Kept as a note" in newest(ada))
        await played.stop()
        played.telegram.fault = None
        assert played.telegram.pending
        heard = len(ada.heard)
        await move_to(played, tmp_path, free_port())
        assert [status for _, status in played.telegram.courier.answers] == [200]
        assert await played.rows("select count(*) from notes") == [(1,)]
        assert len(ada.heard) == heard


async def test_behind_the_webhook_too_nobody_is_blamed_for_what_telegram_threw_away(tmp_path: Path) -> None:
    async with stage(tmp_path, MONDAY) as played:
        await played.enrol_therapist(played.ito)
        await played.enrol(played.ada, played.ito)
        await played.until(EVENING)

        # Whatever Ada did on Monday evening is gone by Wednesday, and nothing waits.
        await played.stop()
        played.clock.move_to(EVENING + timedelta(days=2))
        await move_to(played, tmp_path, free_port())
        assert await played.rows("select not_asked from diary_days where day = '2026-03-02'") == [("bot",)]
