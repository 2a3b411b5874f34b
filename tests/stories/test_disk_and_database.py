"""The disk is full, the folder read-only, the file damaged: the program ends with a sentence, acknowledges nothing, and
goes on where it was once somebody has mended it."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import storage
from bot.cli import cli
from bot.clock import WallClock
from bot.demo.telegram import Telegram
from bot.settings import EXAMPLES
from bot.storage import checks
from tests import reachable
from tests.stage import ITO, TOKEN, Stage, stage
from tests.storage.conftest import migrated
from tests.storage.test_backups import damage

START = datetime(2026, 3, 2, 19, 59, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent
NOBODY = 65534
LONG = "x" * 4_000
RUN = ("-m", "bot", "run")
RUN_AS_NOBODY = (
    "-c",
    f"""
import os, sys
from bot import app, cli, settings  # before this process loses the right to read them, perhaps

if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
sys.argv[1:] = ["run"]
cli.cli()
""",
)


def environment(folder: Path, address: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in EXAMPLES}
    return own | {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BOT_TOKEN": TOKEN,
        "ADMIN_IDS": str(ITO),
        "TELEGRAM_API_URL": address,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'diary.db'}",
        "BACKUPS_KEPT": "0",
        "MESSAGES_PER_SECOND": "10000",
        "MESSAGES_PER_SECOND_PER_CHAT": "10000",
    }


class Child:
    """`symptom-diary run` as a process of its own, on a folder."""

    def __init__(self, folder: Path, telegram: Telegram) -> None:
        self._folder, self._telegram = folder, telegram
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *how: str, prepare: Callable[[], None] | None = None) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(how or RUN),
            env=environment(self._folder, self._telegram.address),
            cwd=self._folder,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=prepare,
        )

    async def ended(self) -> tuple[int | None, str]:
        """Wait for its end: the exit code, and the last line that it said."""
        assert self.process is not None
        async with asyncio.timeout(30):
            _, said = await self.process.communicate()
        return self.process.returncode, said.decode().splitlines()[-1]

    async def end(self) -> None:
        """Leave nothing running, whatever happened."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.communicate()


async def test_a_full_disk_ends_the_program_and_every_tap_waits_at_telegram_until_there_is_room(tmp_path: Path) -> None:
    async with stage(tmp_path, START) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito, now=True)
        await played.rows("pragma max_page_count = 1")
        heard = len(ada.heard)
        ada.tap_label("7")
        for _ in range(8):
            ada.send(f"/help {LONG}")
        with pytest.raises(ExceptionGroup) as caught:
            await played.settle()
        assert caught.group_contains(storage.CannotWrite, match="is full. Make room")
        assert played.telegram.pending > 0
        await played.start()
        await played.settle()
        assert await played.rows("select value, withdrawn_at from scores") == [(7, None)]
        assert len(ada.heard) == heard + 8
        assert played.telegram.pending == 0
        assert played.refused() == []
        assert await played.rows("select distinct state from inbox") == [("done",)]


async def test_a_limit_on_the_size_of_files_ends_it_with_exit_code_1_and_no_reply_is_lost(tmp_path: Path) -> None:
    async with stage(tmp_path, datetime.now(UTC)) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito, now=True)
        await played.stop()
        heard = len(ada.heard)
        ada.tap_label("7")
        for _ in range(25):
            ada.send(f"/help {LONG}")
        child = Child(tmp_path, played.telegram)
        try:
            await child.start(prepare=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (350_000, 350_000)))
            code, said = await child.ended()
        finally:
            await child.end()
        assert code == 1
        assert "Make room or mend it, then start again. Nothing is half stored" in said
        await played.start()
        assert len(ada.heard) >= heard + 25
        assert await played.rows("select value, withdrawn_at from scores") == [(7, None)]
        assert await played.rows("select distinct state from inbox") == [("done",)]
        assert await played.rows("select distinct state from outbox") == [("delivered",)]


@pytest.mark.parametrize("read_only", ["folder", "file"])
async def test_without_leave_to_write_it_ends_before_it_asks_telegram_for_anything(read_only: str) -> None:
    telegram = Telegram(TOKEN, now=WallClock().now)
    await telegram.start()
    with reachable.folder() as made:
        folder = made / "data"
        folder.mkdir()
        path = migrated(folder / "diary.db")
        path.chmod(0o444)
        folder.chmod(0o555 if read_only == "folder" else 0o777)
        before = path.read_bytes()
        telegram.person(101, "Ada").send("hello")
        child = Child(folder, telegram)
        try:
            await child.start(*RUN_AS_NOBODY)
            code, said = await child.ended()
        finally:
            await child.end()
            await telegram.stop()
        assert code == 1
        assert "can't be written" in said if read_only == "folder" else "can't be opened for writing" in said
        assert str(folder) in said
        assert telegram.pending == 1
        assert telegram.calls == []
        assert path.read_bytes() == before
        assert read_only == "file" or list(folder.iterdir()) == [path]


async def go_on(played: Stage) -> None:
    """Start again, until something ends it."""
    await played.start()
    await played.running


async def test_damage_ends_it_and_a_restored_backup_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*words: str) -> str:
        said = CliRunner().invoke(cli, [*words], env=environment(tmp_path, "http://127.0.0.1:1"))
        assert said.exit_code == 0, said.output
        return said.output

    monkeypatch.setattr(checks, "WHOLE_UP_TO", 0)
    async with stage(tmp_path, START) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito, now=True)
        await played.taps(ada, "7")
        ask("backup", str(tmp_path / "copy.db"))
        await played.stop()
        damage(tmp_path / "diary.db", "sessions")
        with pytest.raises(ExceptionGroup) as caught:
            await go_on(played)
        assert caught.group_contains(storage.Damaged, match="is damaged .*symptom-diary restore FILE")
        with pytest.raises(storage.CannotOpen, match="is damaged"):
            await played.start()
        ada.tap_label("3")
        assert "is kept as" in ask("restore", str(tmp_path / "copy.db"))
        await played.start()
        ask("check")
        await played.taps(ada, "5")
        assert [row[0] for row in await played.rows("select value from scores order by entered_at")] == [7, 3, 5]
