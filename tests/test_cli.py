"""The command line, as a person meets it: real child processes against the stand-in for Telegram."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot import app, logs, storage
from bot.cli import cli
from bot.clock import WallClock
from bot.demo.calls import Fault
from bot.demo.telegram import Telegram
from bot.settings import EXAMPLES, load
from bot.wire import SomeoneElsePolls, receiver
from tests.stage import newest

TOKEN = "700700700:a-token-that-only-the-stand-in-knows"
ROOT = Path(__file__).parent.parent
PATIENCE = 30.0
"""Seconds; a child process takes about one to start."""


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    server = Telegram(TOKEN, now=WallClock().now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and none of this machine's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)


class Child:
    """`symptom-diary ...` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def ended(self) -> tuple[int, str]:
        """Wait for its end: the exit code, and all that it said."""
        async with asyncio.timeout(PATIENCE):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, (out + err).decode()


Run = Callable[..., Any]
FirstStart = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def run(tmp_path: Path, telegram: Telegram) -> AsyncIterator[Run]:
    """Starts a child against the stand-in; what still runs at the end of the test is killed."""
    children: list[asyncio.subprocess.Process] = []

    async def start(*words: str, **settings: str) -> Child:
        environment = {name: value for name, value in os.environ.items() if name not in EXAMPLES}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT), "TELEGRAM_API_URL": telegram.address, **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        children.append(process)
        return Child(process)

    yield start
    for process in children:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def until_up(telegram: Telegram) -> None:
    """Wait until the bot has asked for updates and got an answer."""
    ada = telegram.person(101, "Ada")
    ada.send("hello")
    await telegram.until(lambda: ada.heard, PATIENCE)


# --- asking for help ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["init", "--help"], ["demo", "--help"]])
def test_help_is_there_for_every_command(words: list[str]) -> None:
    said = CliRunner().invoke(cli, words)
    assert said.exit_code == 0
    assert "Usage:" in said.output
    if words == ["--help"]:
        assert all(command in said.output for command in ("run", "init", "demo"))


def test_nothing_heavy_is_imported_for_help() -> None:
    heavy = ("telegram", "sqlalchemy", "aiohttp", "babel", "pydantic")
    check = f"import sys; from bot.cli import cli; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True)
    assert said.stdout.strip() == "[]"


# --- what keeps it from starting ------------------------------------------------------------------------------


def test_without_settings_it_does_not_start_and_says_what_is_missing() -> None:
    said = CliRunner().invoke(cli, ["run"])
    assert said.exit_code == 2
    assert "The bot can't start." in said.output
    assert "BOT_TOKEN is wrong: it is missing." in said.output
    assert EXAMPLES["BOT_TOKEN"] in said.output
    assert "Traceback" not in said.output


async def test_a_wrong_token_is_said_in_a_sentence(run: Run) -> None:
    child = await run("run", BOT_TOKEN="1:another-token")
    code, said = await child.ended()
    assert code == 1
    assert "Telegram does not know this BOT_TOKEN. Ask @BotFather for the right one" in said
    assert "Traceback" not in said
    assert "another-token" not in said


@pytest.fixture
def _with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setattr(logs, "set_up", lambda *_: None)


@pytest.mark.usefixtures("_with_a_token")
def test_a_damaged_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "diary.db").write_bytes(b"no database " * 500)
    said = CliRunner().invoke(cli, ["run"])
    assert said.exit_code == 1
    assert "is no database" in said.output
    assert "Traceback" not in said.output


@pytest.mark.usefixtures("_with_a_token")
def test_a_card_without_the_number_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "urgent.en.txt").write_text("Call somebody.")
    monkeypatch.setenv("CARDS_DIR", ".")
    said = CliRunner().invoke(cli, ["run"])
    assert said.exit_code == 1
    assert "{emergency_number}" in said.output
    assert "Traceback" not in said.output


# --- running and stopping -------------------------------------------------------------------------------------


async def test_it_runs_alone_on_its_database_and_a_sigterm_ends_it_cleanly(
    run: Run, telegram: Telegram, tmp_path: Path
) -> None:
    first = await run("run", BOT_TOKEN=TOKEN, LOG_FORMAT="json")
    await until_up(telegram)
    assert stat.S_IMODE((tmp_path / "data" / "diary.db").stat().st_mode) == 0o600

    code, said = await (await run("run", BOT_TOKEN=TOKEN)).ended()
    assert code == 3
    assert "Another symptom-diary already works on diary.db." in said
    assert "Traceback" not in said

    first.process.terminate()
    async with asyncio.timeout(5):
        out, err = await first.process.communicate()
    assert first.process.returncode == 0
    assert out == b""
    written = err.decode()
    assert '"event": "the bot is up"' in written
    assert '"event": "the bot has stopped"' in written
    assert TOKEN not in written

    again = storage.Database(tmp_path / "data" / "diary.db")
    await again.open(WallClock().now())
    await again.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_it_still_starts_is_a_clean_end(number: signal.Signals) -> None:
    stopped = f"import os; from bot import cli; cli._settings = lambda: os.kill(os.getpid(), {int(number)}); cli.run()"
    ended = subprocess.run([sys.executable, "-c", stopped], capture_output=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


async def test_a_second_program_for_the_same_token_ends_with_the_reason(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "REFUSED_FOR", 0.0)
    monkeypatch.setattr(receiver, "_pause", lambda failures: 0.0)
    conflict = Fault(status=409, description="Conflict")
    telegram.fault = lambda method, params: conflict if method == "getUpdates" else None
    settings = load(_env_file=None, bot_token=TOKEN, telegram_api_url=telegram.address)
    with capture_logs(), pytest.raises(ExceptionGroup) as caught:
        await app.run(settings)
    assert caught.group_contains(SomeoneElsePolls, match="Stop the other one")


# --- the first start ------------------------------------------------------------------------------------------


@pytest.fixture
def first_start(telegram: Telegram) -> FirstStart:
    """`init` with answers typed in; what it said."""

    async def start(*answers: str, **settings: str) -> tuple[int, str]:
        def invoke() -> tuple[int, str]:
            env = {"TELEGRAM_API_URL": telegram.address, **settings}
            said = CliRunner().invoke(cli, ["init"], input="\n".join(answers) + "\n", env=env)
            return said.exit_code, said.output

        return await asyncio.to_thread(invoke)

    return start


def written() -> str | None:
    """What stands in `.env`, None where there is none."""
    return Path(".env").read_text() if Path(".env").exists() else None


async def at_a_terminal(tmp_path: Path, telegram: Telegram, *answers: tuple[str, str]) -> tuple[int, str]:
    """`init` at a real terminal: each answer is typed once its question is on screen; all that was on screen."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in EXAMPLES}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "init", cwd=tmp_path, start_new_session=True,
        env={**environment, "PYTHONPATH": str(ROOT), "TELEGRAM_API_URL": telegram.address},
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)

    def talk() -> str:
        seen, unread = "", 0
        waiting = list(answers)
        while True:
            try:
                seen += os.read(ours, 4096).decode()
            except OSError:  # The other end was closed: the program has ended.
                return seen
            if waiting and waiting[0][0] in seen[unread:]:
                unread = len(seen)
                os.write(ours, (waiting.pop(0)[1] + "\n").encode())

    try:
        async with asyncio.timeout(PATIENCE):
            seen = await asyncio.to_thread(talk)
            return await process.wait(), seen
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)


async def test_the_first_start_writes_the_settings_and_makes_whoever_opens_its_link_the_admin(
    run: Run, telegram: Telegram, tmp_path: Path
) -> None:
    name = 'Dr O\'Hara & Sons, "Nerves" #1'
    code, said = await at_a_terminal(
        tmp_path, telegram, ("@BotFather: ", TOKEN), ("clinic", name), ("zone", "Europe/Lisbon"), ("number", "")
    )
    assert code == 0, said
    assert TOKEN not in said, "it is not even shown while it is typed"
    file = tmp_path / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = load()
    assert settings.bot_token.get_secret_value() == TOKEN
    assert (settings.clinic_name, settings.default_timezone) == (name, "Europe/Lisbon")
    assert settings.telegram_api_url == telegram.address
    [link] = re.findall(r"https://t\.me/SymptomDiaryBot\?start=\S+", said)

    await run("run")
    ito, roy = telegram.person(201, "Dr Ito"), telegram.person(202, "Dr Roy")
    ito.open_link(link)
    await telegram.until(lambda: ito.heard, PATIENCE)
    assert "invite_therapist" in str(ito.commands)
    roy.open_link(link)
    await telegram.until(lambda: roy.heard)
    assert "invite_therapist" not in str(roy.commands)
    roy.send("/invite_therapist")
    await telegram.until(lambda: len(roy.heard) == 2)
    assert "https://t.me/" not in newest(roy)
    ito.send("/invite_therapist")
    await telegram.until(lambda: "https://t.me/" in newest(ito))


async def test_wrong_answers_are_asked_for_again(first_start: FirstStart) -> None:
    answers = ["hello", "700700700:not-this-one", TOKEN, "x" * 61, "Riverside", "Lisbon", "Europe/Lisbon", "1", "112"]
    code, said = await first_start(*answers)
    assert code == 0, said
    for sentence in ("BOT_TOKEN is wrong", "Telegram does not know this token", "CLINIC_NAME is wrong"):
        assert sentence in said
    assert "DEFAULT_TIMEZONE is wrong" in said
    assert "EMERGENCY_NUMBER is wrong" in said
    assert load().clinic_name == "Riverside"


@pytest.fixture
def _settings_are_there() -> None:
    Path(".env").write_text("BOT_TOKEN=mine\n")


@pytest.mark.usefixtures("_settings_are_there")
async def test_settings_that_are_there_are_never_overwritten(first_start: FirstStart) -> None:
    code, said = await first_start(TOKEN)
    assert code == 1
    assert "There is a .env already." in said
    assert written() == "BOT_TOKEN=mine\n"


async def test_a_wrong_setting_in_the_environment_is_said_before_the_first_question(first_start: FirstStart) -> None:
    code, said = await first_start(TOKEN, DIGEST_DAY="moonday")
    assert code == 2
    assert "DIGEST_DAY is wrong" in said
    assert written() is None


async def test_a_server_address_may_end_with_a_slash(first_start: FirstStart, telegram: Telegram) -> None:
    code, said = await first_start(TOKEN, "Riverside", "UTC", "112", TELEGRAM_API_URL=telegram.address + "/")
    assert code == 0, said


async def test_whoever_gives_up_leaves_nothing_behind(first_start: FirstStart, tmp_path: Path) -> None:
    code, _ = await first_start(TOKEN, "Riverside")
    assert code == 1
    assert os.listdir(tmp_path) == []
