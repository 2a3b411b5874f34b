"""Ada leaves, comes back, and leaves for good, with the real program and a kill in the middle of it."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot import storage
from tests.stage import Stage, newest, stage, text_of

START: Final = datetime(2026, 3, 2, 19, 59, tzinfo=UTC)
ADA: Final = 707_070_707_070
NOTE: Final = "it burns like the sun of Alentejo"
TRACES: Final = (NOTE.encode(), b"Ada of the harbour", struct.pack(">q", ADA)[2:])


def bytes_of(folder: Path) -> bytes:
    """The database, its log and its index, but no copies."""
    return b"".join(path.read_bytes() for path in folder.glob("diary.db*") if path.name.count(".") == 1)


async def asks_to_be_forgotten(played: Stage, when: str) -> None:
    ada = played.cast["Ada"]
    await played.says(ada, "/forget")
    await played.says(ada, "Forget")
    await played.taps(ada, when)


async def test_ada_leaves_comes_back_and_leaves_for_good(tmp_path: Path) -> None:
    async with stage(tmp_path, START) as played:
        await played.enrol_therapist(played.ito)
        ada = played.person(ADA, "Ada")
        await played.enrol(ada, played.ito, "Ada of the harbour", now=True)
        await played.says(ada, "4 3 5")
        await played.says(ada, NOTE)
        await asks_to_be_forgotten(played, "In seven days")
        await played.until(START + timedelta(days=2))
        assert "Your diary will be deleted on" in await played.says(ada, "/start")
        await played.taps(ada, "Keep my diary after all")
        assert "I will ask you next" in newest(ada)
        await played.until(START + timedelta(days=3, hours=1))
        assert "Burning" in newest(ada)

        await asks_to_be_forgotten(played, "In seven days")
        await played.stop()
        played.clock.move(timedelta(days=8))
        # What a kill leaves that came after the ledger was written and before the rows were gone.
        folder = storage.Database(tmp_path / "diary.db")
        await folder.open(played.clock.now())
        ((tag,),) = await folder.write(lambda tx: tx.exec_driver_sql("select tag from patients").all())
        storage.ledger.add(tmp_path / "diary.db", [tag])
        await folder.close()
        assert [trace for trace in TRACES if trace in bytes_of(tmp_path)] == list(TRACES)
        await played.start()
        assert "It is done. All that I kept about you is deleted." in newest(ada)
        assert [trace for trace in TRACES if trace in bytes_of(tmp_path)] == []
        assert await played.rows("select 1 from patients") == []
        told = [text_of(message) for message in ada.heard]
        assert sum("It is done." in text for text in told) == 1
        await played.says(ada, "hello")
        assert "by invitation" in newest(ada)
        assert [trace for trace in TRACES if trace in bytes_of(tmp_path)] == []
        assert played.refused() == []
