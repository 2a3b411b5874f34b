"""The command line: run, init, demo. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

cli: Final = typer.Typer(
    name="symptom-diary",
    help="A symptom diary for people with neuropathy and their physical therapists, on Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FAILED: Final = 1
WRONG_SETTINGS: Final = 2
ALREADY_RUNNING: Final = 3


@cli.command()
def run() -> None:
    """Run the bot until it is told to stop."""
    from bot import logs

    settings = _settings()
    logs.set_up(settings.log_level, settings.log_format, settings.bot_token.get_secret_value())
    sys.exit(_until_stopped(settings))


@cli.command()
def init() -> None:
    """Write a .env for a new clinic, and make a one-time link for its admin."""
    from bot import setup

    sys.exit(setup.init())


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page; another free one is taken if it is in use.")] = 8765,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Try the bot without Telegram: two telephones on a page, and a clock that moves."""
    from bot import rehearsal

    sys.exit(rehearsal.demo(port, open_page=open_page))


def _settings() -> Settings:
    from bot import settings

    try:
        return settings.load()
    except settings.WrongSettings as error:
        typer.echo(f"The bot can't start.\n{error}", err=True)
        sys.exit(WRONG_SETTINGS)


def _until_stopped(settings: Settings) -> int:
    """Run the program; returns the exit code. Known troubles are said in a sentence, without a traceback."""
    import asyncio

    from bot import app, chat, logs, storage, wire

    codes: dict[type[Exception], int] = {
        storage.AlreadyRunning: ALREADY_RUNNING,
        storage.CannotOpen: FAILED,
        storage.CannotWrite: FAILED,
        storage.Damaged: FAILED,
        storage.Replaced: FAILED,
        chat.alerts.WrongCard: FAILED,
        wire.TokenRevoked: FAILED,
        wire.SomeoneElsePolls: FAILED,
    }
    try:
        asyncio.run(app.run(settings))
    except Exception as trouble:
        error = _first(trouble)
        if type(error) in codes:
            typer.echo(str(error), err=True)
            return codes[type(error)]
        logs.get("bot").error("the bot ends", error=logs.trace(error))
        typer.echo("The bot ended because of an error; the line above says where.", err=True)
        return FAILED
    return 0


def _first(error: Exception) -> Exception:
    """The first real error of a group: its parts end together, and one is the cause."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
