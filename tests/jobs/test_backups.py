"""The keeper: a backup every day by itself, and a failed one tells of itself and stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import storage
from bot.jobs.backups import Keeper, beside
from bot.storage.checks import Stop
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, stage
from tests.wire.conftest import holds

pytestmark = pytest.mark.durable
FOUR = datetime(2026, 3, 3, 4, tzinfo=UTC)
"""When a day of the clinic, which is in Lisbon, begins."""


def keeper(desk: Desk) -> Keeper:
    return Keeper(desk.database, desk.settings, desk.clock, lambda: None)


def days(desk: Desk, folder: Path | None = None) -> list[str]:
    path = desk.database.path
    return [day.isoformat() for day, _ in storage.backups.daily(path, storage.backups.folder_of(path, folder))]


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Desk]:
    """A clinic that keeps two backups."""
    async with clinic_at(tmp_path, backups_kept=2) as desk:
        yield desk


async def test_one_is_made_each_day_that_begins_at_four_and_the_newest_are_kept(kept: Desk) -> None:
    keeps = keeper(kept)
    assert await keeps.make_due(FOUR - timedelta(minutes=1))
    assert not await keeps.make_due(FOUR - timedelta(seconds=1))
    assert await keeps.make_due(FOUR)
    assert not await keeper(kept).make_due(FOUR + timedelta(hours=19)), "one that has just begun sees that it is there"
    assert await keeps.make_due(FOUR + timedelta(days=4)), "days in which the bot was away are no reason to wait"
    assert days(kept) == ["2026-03-03", "2026-03-07"]


async def test_none_is_made_where_none_is_wanted(clinic: Desk) -> None:
    assert not await keeper(clinic).make_due(FOUR)
    assert days(clinic) == []


async def test_one_that_fails_is_told_once_a_day_and_tried_again_every_hour(kept: Desk) -> None:
    folder, keeps, heard = kept.database.path.with_name("backups"), keeper(kept), len(kept.ito.heard)
    folder.write_text("a file where the folder should be")
    for minutes in (0, 1, 61, 122):
        assert not await keeps.make_due(FOUR + timedelta(minutes=minutes))
    await kept.deliver()
    assert keeps.failures == 3
    assert len(kept.ito.heard) == heard + 1
    assert "could not be made" in newest(kept.ito)
    folder.unlink()
    assert not await keeps.make_due(FOUR + timedelta(minutes=123))
    assert await keeps.make_due(FOUR + timedelta(minutes=183))


async def test_the_running_bot_makes_one_by_itself_in_the_folder_of_the_settings(tmp_path: Path) -> None:
    async with stage(tmp_path, FOUR, backups_kept=14, backup_dir=tmp_path / "elsewhere"):
        await holds(lambda: (tmp_path / "elsewhere" / "diary-2026-03-03.db").exists())
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o700


async def test_copies_live_so_many_days_those_before_migrations_too(tmp_path: Path) -> None:
    async with clinic_at(tmp_path, backups_kept=30, backup_days=5) as desk:
        path, keeps = desk.database.path, keeper(desk)
        ours = ("before-0003", "aside", "saved")
        for name in ours:
            for stamp in ("20260303T040000", "20260301T120000", "20260231T120000"):
                path.with_name(f"{path.name}.{name}-{stamp}").write_text("a copy")
        path.with_name(f"{path.name}.aside-20260301T120000-wal").write_text("its log")
        strangers = {"diary.db.before-0003-20260301T120000.gz", "other.db.aside-20260301T120000"}
        for name in strangers:
            path.with_name(name).write_text("precious")
        for day in range(8):
            now = FOUR + timedelta(days=day)
            assert await keeps.make_due(now)
            await keeps.remove_old(now)
            if day == 4:
                left = {each.name for each in path.parent.glob("diary.db.*-2026*")}
                assert left & strangers
                assert {f"{path.name}.{name}-20260303T040000" for name in ours} <= left
                assert not [name for name in left if "0301T120000" in name and name not in strangers]
        assert days(desk) == [f"2026-03-{day:02}" for day in range(6, 11)]
        left = {each.name for each in path.parent.glob("*-2026*")}
        assert left == strangers | {f"{path.name}.{name}-20260231T120000" for name in ours}, "no copy has such a date"


async def test_without_daily_backups_old_copies_are_removed_all_the_same(clinic: Desk) -> None:
    path, keeps = clinic.database.path, keeper(clinic)
    folder = path.with_name("backups")
    folder.mkdir()
    (folder / "diary-2026-01-01.db").write_text("from when there were some")
    old = path.with_name(f"{path.name}.before-0002-20260101T120000")
    old.write_text("a copy")
    assert await keeps.remove_old(FOUR) == 2
    assert not old.exists()
    assert days(clinic) == []
    assert await keeps.remove_old(FOUR) == 0


async def test_the_newest_backup_stays_while_the_next_one_fails(kept: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise storage.BackupFailed("no room")

    keeps = keeper(kept)
    for day in range(2):
        assert await keeps.make_due(FOUR + timedelta(days=day))
    later = FOUR + timedelta(days=40)
    with monkeypatch.context() as patched:
        patched.setattr(storage.backups, "make_daily", fails)
        assert not await keeps.make_due(later)
        await keeps.remove_old(later)
    assert days(kept) == ["2026-03-04"], "of all that are old this one is still needed"
    assert await keeps.make_due(later + timedelta(hours=2))
    await keeps.remove_old(later + timedelta(hours=2))
    assert days(kept) == ["2026-04-12"]


async def test_the_ledger_is_copied_with_each_backup(kept: Desk) -> None:
    storage.ledger.add(kept.database.path, ["0" * 32])
    assert await keeper(kept).make_due(FOUR)
    assert storage.ledger.tags(kept.database.path.with_name("backups") / "diary.db.forgotten") == {"0" * 32}


async def test_a_folder_that_cannot_be_read_ends_nothing(kept: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> int:
        raise PermissionError

    monkeypatch.setattr(storage.backups, "remove_old", fails)
    assert await keeper(kept).remove_old(FOUR) == 0


async def test_the_end_of_the_program_does_not_wait_for_a_long_copy() -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def long(stop: Stop) -> None:
        loop.call_soon_threadsafe(begun.set)
        while not stop():
            pass

    task = asyncio.create_task(beside(long))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
