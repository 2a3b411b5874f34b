"""The history of a patient's clocks only grows, and is one patient's alone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from bot.storage import Database, zones
from tests.storage.conftest import NOW, Cast


async def test_only_a_change_is_written_and_nobody_elses(database: Database, cast: Cast) -> None:
    def work(tx: Connection) -> None:
        for minute, zone in enumerate(("Europe/Lisbon", "Europe/Lisbon", "America/Chicago", "Europe/Lisbon")):
            zones.put(tx, cast.ada.id, zone, NOW + timedelta(minutes=minute))
        zones.put(tx, cast.ben.id, "America/Chicago", NOW)
        assert zones.all_of(tx, cast.ada.id) == ["Europe/Lisbon", "America/Chicago", "Europe/Lisbon"]
        assert zones.all_of(tx, cast.ben.id) == ["America/Chicago"]

    await database.write(work)
