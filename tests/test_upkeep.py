"""What whoever runs the bot asks on the command line, against the real program and real files."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from telegram.error import TimedOut
from typer.testing import CliRunner, Result

from bot import setup, storage
from bot.cli import cli
from bot.demo.calls import Fault
from bot.demo.telegram import Telegram
from bot.storage import Database, database
from tests.stage import TOKEN, newest, stage
from tests.storage.conftest import migrated

START = datetime(2026, 3, 2, 19, 59, tzinfo=UTC)


def ask(folder: Path, *words: str, **settings: str) -> Result:
    environment = {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'diary.db'}",
    }
    return CliRunner().invoke(cli, [*words], env=environment | settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    migrated(tmp_path / "diary.db")
    return tmp_path


def park(path: Path, *reasons: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany(
            "insert into inbox (update_id, received_at, body, state, tries, reason, done_at)"
            " values (?, '2026-03-02 20:00:00.000000', ?, 'parked', 3, ?, '2026-03-02 20:00:00.000000')",
            [(900 + number, '{"update_id": 1, "secret": "burning"}', it) for number, it in enumerate(reasons)],
        )


# --- backups --------------------------------------------------------------------------------------------------


async def test_a_backup_made_while_the_bot_runs_brings_the_diary_back_in_a_fresh_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    async with stage(here, START) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito, now=True)
        await played.taps(ada, "7")
        made = ask(here, "backup", str(tmp_path / "copy.db"))
        assert made.exit_code == 0, made.output
        await played.taps(ada, "3")
        telegram = played.telegram
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    restored = ask(there, "restore", str(tmp_path / "copy.db"))
    assert restored.exit_code == 0, restored.output
    assert ask(there, "check").exit_code == 0
    await telegram.stop()
    async with stage(there, START + timedelta(minutes=5)) as played:
        ada = played.ada
        assert "Tingling" in await played.says(ada, "/today"), "what came after the backup is asked again"
        assert [row[0] for row in await played.rows("select value from scores")] == [7]
        await played.taps(ada, "4", "5")
        assert "stored" in newest(ada)


async def test_a_restore_of_an_older_backup_brings_back_nobody_who_was_forgotten(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    async with stage(here, START, backups_kept=14) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito, "Ada of the harbour", now=True)
        assert ask(here, "backup", str(tmp_path / "copy.db")).exit_code == 0
        for said in ("/forget", "forget"):
            await played.says(ada, said)
        await played.taps(ada, "At once")
        assert "It is done." in newest(ada)
        storage.ledger.copy(here / "diary.db", tmp_path)
    assert b"harbour" in (tmp_path / "copy.db").read_bytes()
    for folder in (here, there):
        restored = ask(folder, "restore", str(tmp_path / "copy.db"))
        assert restored.exit_code == 0, restored.output
        assert "were deleted again: 1." in restored.output
        assert b"harbour" not in (folder / "diary.db").read_bytes()
        assert ask(folder, "check").exit_code == 0
    assert (there / "diary.db.forgotten").stat().st_mode & 0o777 == 0o600, "the new machine knows, too"


def test_a_backup_never_replaces_a_file_unless_told_to(folder: Path) -> None:
    target = folder / "copy.db"
    target.write_text("precious")
    refused = ask(folder, "backup", str(target))
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert target.read_text() == "precious"
    assert ask(folder, "backup", str(target), "--force").exit_code == 0
    os.mkfifo(folder / "pipe")
    refused = ask(folder, "backup", str(folder / "pipe"), "--force")
    assert refused.exit_code == 1
    assert "no ordinary file" in refused.output
    assert (folder / "pipe").is_fifo(), "what is no file is never replaced"
    assert [path.name for path in folder.iterdir() if "partial" in path.name] == []


async def test_nothing_is_restored_under_a_running_bot(folder: Path) -> None:
    assert ask(folder, "backup", str(folder / "copy.db")).exit_code == 0
    running = Database(folder / "diary.db")
    await running.open(START)
    refused = ask(folder, "restore", str(folder / "copy.db"))
    await running.close()
    assert refused.exit_code == 3
    assert "Stop it first" in refused.output


def test_a_restore_keeps_the_present_file_and_refuses_what_is_no_backup(folder: Path) -> None:
    (folder / "novel.db").write_text("It was a dark and stormy night. " * 200)
    before = (folder / "diary.db").read_bytes()
    refused = ask(folder, "restore", str(folder / "novel.db"))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert (folder / "diary.db").read_bytes() == before
    ask(folder, "backup", str(folder / "copy.db"))
    assert ask(folder, "restore", str(folder / "copy.db")).exit_code == 0
    assert len(list(folder.glob("diary.db.aside-*"))) == 1


# --- checks ---------------------------------------------------------------------------------------------------


def test_a_whole_file_passes_the_check_and_a_damaged_one_does_not(folder: Path) -> None:
    assert ask(folder, "check").exit_code == 0
    path = folder / "diary.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 3))
    found = ask(folder, "check")
    assert found.exit_code == 1
    assert "Traceback" not in found.output


def test_the_check_finds_what_must_never_be(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "diary.db")) as file, file:
        file.execute(
            "insert into outbox (chat_id, action, urgency, once, state, created_at, tries)"
            " values (1, 'send', 2, 0, 'waiting', '2026-03-02 20:00:00.000000', 0)"
        )
    found = ask(folder, "check")
    assert found.exit_code == 1
    assert "without content" in found.output


# --- what was set aside ---------------------------------------------------------------------------------------


def test_what_is_set_aside_is_listed_with_its_reason_and_without_its_content(folder: Path) -> None:
    assert "Nothing is set aside" in ask(folder, "parked").output
    park(folder / "diary.db", "ValueError at entries.py:7", "the program died handling it")
    listed = ask(folder, "parked")
    assert listed.exit_code == 0
    assert "ValueError at entries.py:7" in listed.output
    assert "the program died" in listed.output
    assert "burning" not in listed.output


def test_one_can_be_put_back_and_one_given_up(folder: Path) -> None:
    park(folder / "diary.db", "a", "b", "c")
    assert ask(folder, "parked", "--retry", "2").exit_code == 0
    assert ask(folder, "parked", "--drop", "1").exit_code == 0
    assert ask(folder, "parked", "--drop", "1").exit_code == 1
    assert ask(folder, "parked", "--retry", "some").exit_code == 2
    with closing(sqlite3.connect(folder / "diary.db")) as file:
        found = file.execute("select seq, state, tries, body is null from inbox order by seq").fetchall()
    assert found == [(1, "done", 3, 1), (2, "waiting", 0, 0), (3, "parked", 3, 0)]


async def test_what_is_put_back_while_the_bot_runs_gets_its_answer_at_the_next_minute(tmp_path: Path) -> None:
    async with stage(tmp_path, START) as played:
        await played.enrol_therapist(played.ito)
        ada = await played.enrol(played.ada, played.ito, now=True)
        ada.send("Walked to the river.")
        await played.settle()
        await played.rows("update inbox set state = 'parked', reason = 'x', body = :body where seq = (select max(seq)"
                          " from inbox) returning seq",
                          body='{"update_id": 1, "message": {"message_id": 9, "date": 1772481600, "text": "/urgent",'
                               ' "entities": [{"type": "bot_command", "offset": 0, "length": 7}], "chat": {"id": 101,'
                               ' "type": "private", "first_name": "Ada"}, "from": {"id": 101, "is_bot": false,'
                               ' "first_name": "Ada"}}}')  # fmt: skip
        heard = len(ada.heard)
        assert ask(tmp_path, "parked", "--retry", "all").exit_code == 0
        await played.program.look_around()
        await played.settle()
        assert len(ada.heard) == heard + 1
        assert "112" in newest(ada)


# --- the doctor -----------------------------------------------------------------------------------------------


def test_the_doctor_finds_nothing_wrong_with_a_fresh_diary(folder: Path) -> None:
    said = ask(folder, "doctor", "--offline")
    assert said.exit_code == 0, said.output
    assert "All is well" in said.output
    assert "is not running" in said.output


async def test_the_doctor_tells_what_to_look_at_beside_a_running_bot(tmp_path: Path) -> None:
    async with stage(tmp_path, datetime.now(UTC)) as played:
        await played.enrol_therapist(played.ito)
        await played.enrol(played.ada, played.ito, label="Ada of the harbour")
        park(tmp_path / "diary.db", "ValueError at entries.py:7")
        said = ask(tmp_path, "doctor", "--offline")
    assert said.exit_code == 1
    assert "is running" in said.output
    assert "1 × ValueError at entries.py:7" in said.output
    assert "harbour" not in said.output
    assert TOKEN not in said.output


def test_the_doctor_says_that_telegram_is_not_to_be_reached(folder: Path) -> None:
    said = ask(folder, "doctor")
    assert said.exit_code == 1
    assert "can't be reached" in said.output


async def test_who_asks_whose_token_it_is_does_not_wait_for_a_server_that_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(setup, "ANSWER_FOR", 0.05)
    telegram = Telegram(TOKEN, now=lambda: START)
    await telegram.start()
    telegram.fault = lambda method, params: Fault(stall=True)
    try:
        with pytest.raises(TimedOut):
            await setup.name_of(telegram.address, TOKEN)
    finally:
        await telegram.stop()


@pytest.mark.parametrize("command", ["check", "doctor", "parked", "backup"])
def test_without_a_database_each_command_says_so(tmp_path: Path, command: str) -> None:
    words = {"backup": ["backup", str(tmp_path / "copy.db")], "doctor": ["doctor", "--offline"]}.get(command, [command])
    said = ask(tmp_path, *words)
    assert said.exit_code == 1
    assert "no database" in said.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_older_form_is_left_to_the_bot(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "diary.db")) as file, file:
        file.execute("update alembic_version set version_num = '0001'")
    assert ask(folder, "parked").exit_code == 1
    assert "Start the bot once" in ask(folder, "parked").output
    assert database.HEAD in ask(folder, "check").output


def test_a_file_of_a_newer_form_asks_for_the_newer_version_alone(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "diary.db")) as file, file:
        file.execute("update alembic_version set version_num = '9001'")
    said = ask(folder, "check").output
    assert "Install the newer version again." in said
    assert "Start the bot once" not in said


def test_the_doctor_names_damage_once(folder: Path) -> None:
    (folder / "diary.db").write_bytes(b"This is no database. " * 500)
    said = ask(folder, "doctor", "--offline")
    assert said.exit_code == 1
    assert said.output.count("LOOK") == 1
