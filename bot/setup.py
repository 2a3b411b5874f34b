"""The first start: ask for the few settings that have no default, check the token, write `.env`, make an admin link."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from pathlib import Path
from typing import Final

import typer
from pydantic import SecretStr
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot import storage
from bot.clock import WallClock
from bot.diary.people import INVITE_LASTS_FOR, Role
from bot.settings import OFFICIAL_SERVER, Settings, WrongSettings, load

FILE: Final = Path(".env")
CHECKED_BEFORE: Final = SecretStr("1:checked-before")
"""Stands in for the token where another setting is checked."""
ANSWER_FOR: Final = 10.0
"""Seconds that Telegram gets to say whose token it is."""


def init() -> int:
    """Ask, check, write. Returns the exit code; an existing `.env` is never overwritten."""
    if FILE.exists():
        typer.echo(f"There is a {FILE} already. Edit it, or move it away to start anew.", err=True)
        return 1
    typer.echo("This sets up your clinic's symptom diary. Four short questions.\n")
    try:
        server = load(_env_file=None, bot_token=CHECKED_BEFORE).telegram_api_url
    except WrongSettings as error:
        # One that stands in the environment would make every answer below look wrong.
        typer.echo(str(error), err=True)
        return 2
    token, name = _token(server)
    values = {
        "BOT_TOKEN": token,
        "CLINIC_NAME": _asked("The clinic's name, as patients read it", "CLINIC_NAME", "our clinic"),
        "DEFAULT_TIMEZONE": _asked("Time zone, as Area/City", "DEFAULT_TIMEZONE", _own_zone()),
        "EMERGENCY_NUMBER": _asked("Emergency number", "EMERGENCY_NUMBER", "112"),
    }
    if server != OFFICIAL_SERVER:
        values["TELEGRAM_API_URL"] = server
    settings = load(_env_file=None, **{key.lower(): value for key, value in values.items()})
    code = secrets.token_urlsafe(15)
    try:
        asyncio.run(_admin_invite(settings, code))
        _write(values)
    except (storage.AlreadyRunning, storage.Unusable) as error:
        typer.echo(str(error), err=True)
        return 1
    except OSError as error:
        typer.echo(f"{FILE} can't be written here ({error.strerror}). Start again where you may write.", err=True)
        return 1
    typer.echo(f"\nWritten: {FILE} (only you can read it).")
    typer.echo("Whoever opens this link becomes the clinic admin. It works once, for seven days:\n")
    typer.echo(f"  https://t.me/{name}?start={code}\n")
    typer.echo("Start the bot with: symptom-diary run (or make run)")
    return 0


def _token(server: str) -> tuple[str, str]:
    """The token and the bot's user name; asked until Telegram knows it."""
    while True:
        token = typer.prompt("The bot's token from @BotFather", hide_input=sys.stdin.isatty()).strip()
        try:
            load(_env_file=None, bot_token=SecretStr(token))
            return token, asyncio.run(name_of(server, token))
        except WrongSettings as error:
            typer.echo(str(error), err=True)
        except InvalidToken:
            typer.echo("Telegram does not know this token. Please copy it again from @BotFather.", err=True)
        except (NetworkError, TelegramError):
            typer.echo("Telegram can't be reached just now. Check the network, then give the token again.", err=True)


async def name_of(server: str, token: str) -> str:
    """The user name of the bot that holds a token. Raises InvalidToken, or another TelegramError.

    Somebody sits and waits: a server that says nothing for some seconds can't be reached.
    """
    from telegram import Bot
    from telegram.error import TimedOut

    from bot.wire import Request

    asking, polling = Request(2), Request(1)
    bot = Bot(token, base_url=f"{server}/bot", request=asking, get_updates_request=polling)
    try:
        async with asyncio.timeout(ANSWER_FOR):
            await bot.initialize()
        return str(bot.username)
    except TimeoutError:
        raise TimedOut from None
    finally:
        # PTB itself closes them only after a greeting that went well.
        await asking.shutdown()
        await polling.shutdown()


def _asked(question: str, setting: str, default: str) -> str:
    """One setting, asked until it is right."""
    while True:
        value = str(typer.prompt(question, default=default)).strip()
        try:
            load(_env_file=None, bot_token=CHECKED_BEFORE, **{setting.lower(): value})
        except WrongSettings as error:
            typer.echo(str(error), err=True)
        else:
            return value


def _own_zone() -> str:
    """The machine's zone where it tells one, else UTC."""
    name = os.environ.get("TZ") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    try:
        load(_env_file=None, bot_token=CHECKED_BEFORE, default_timezone=name)
    except WrongSettings:
        return "UTC"
    return name


async def _admin_invite(settings: Settings, code: str) -> None:
    database = storage.Database(settings.database_path)
    now = WallClock().now()
    try:
        await database.open(now)
        await database.write(
            lambda tx: storage.people.add_invite(
                tx, code, Role.ADMIN, therapist_id=None, label=None, expires_at=now + INVITE_LASTS_FOR, now=now
            )
        )
    finally:
        await database.close()


def _write(values: dict[str, str]) -> None:
    handle = os.open(FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={_quoted(value)}\n" for name, value in values.items())


def _quoted(value: str) -> str:
    plain = all(c.isalnum() or c in "-_:/.@+" for c in value)
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
