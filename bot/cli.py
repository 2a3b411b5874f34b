"""The command line. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
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
INTERRUPTED: Final = 130
"""As shells have it for Ctrl-C."""


Whose = Annotated[
    str | None,
    typer.Option("--patient", help="Whose diary: a code, or a therapist's name for them.", metavar="CODE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: numbers that are not rounded.")]


@cli.command()
def run() -> None:
    """Run the bot until it is told to stop."""
    with _ending_at_once():
        from bot import logs

        settings = _settings()
        logs.set_up(settings.log_level, settings.log_format, *settings.secrets)
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
    patients: Annotated[int, typer.Option(help="Dr Ito has so many already, on a Monday morning.", min=0)] = 0,
) -> None:
    """Try the bot without Telegram: two telephones on a page, and a clock that moves."""
    from bot import rehearsal

    sys.exit(rehearsal.demo(port, open_page=open_page, patients=patients))


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy the diary, also while the bot runs."""
    from bot import upkeep

    sys.exit(upkeep.backup(_settings(), file, force=force))


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup.")]) -> None:
    """Put a backup in the diary's place, while the bot is stopped. The present file is kept aside."""
    from bot import upkeep

    sys.exit(upkeep.restore(_settings(), file))


@cli.command()
def check() -> None:
    """Look for damage in the diary's file, also while the bot runs."""
    from bot import upkeep

    sys.exit(upkeep.check(_settings()))


@cli.command()
def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask Telegram whether it knows the token.")] = False,
) -> None:
    """Say in one screen how the bot stands."""
    from bot import upkeep

    sys.exit(upkeep.doctor(_settings(), offline=offline))


@cli.command()
def parked(
    retry: Annotated[str | None, typer.Option(help="Have one handled again, by its number, or all.")] = None,
    drop: Annotated[int | None, typer.Option(help="Give one up, by its number.")] = None,
) -> None:
    """List the updates that could not be handled, without their content."""
    from bot import upkeep

    sys.exit(upkeep.parked(_settings(), retry, drop))


# --- files ----------------------------------------------------------------------------------------------------


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table as CSV in UTF-8; its first line names the columns.")],
    patient: Whose = None,
    create: Annotated[
        bool, typer.Option("--create", help="Make patients that are missing: without a chat, never asked.")
    ] = False,
    date: Annotated[str | None, typer.Option(help="The column with the day, as 2026-03-04.", metavar="COL")] = None,
    burning: Annotated[str | None, typer.Option(help="The column with scores of burning.", metavar="COL")] = None,
    tingling: Annotated[str | None, typer.Option(help="The column with scores of tingling.", metavar="COL")] = None,
    pain: Annotated[str | None, typer.Option(help="The column with scores of pain.", metavar="COL")] = None,
    item: Annotated[
        list[str] | None,
        typer.Option(
            help='Another symptom, or one with its place: "numbness=COL", "sleep=COL", "pain left knee=COL". Say it '
            "again for each.",
            metavar="NAME=COL",
        ),
    ] = None,
    therapist: Annotated[
        str | None, typer.Option(help="Show imported diaries to this therapist.", metavar="NAME")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; say, and end, as the true run would.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the good rows, name the others, end with 1.")
    ] = False,
) -> None:
    """Bring in diaries that were kept elsewhere, also while the bot runs.

    Without options for columns the table has a row for each score, of one patient or of many:
    patient,day,symptom,score. With them (--date and at least one other) it has a row for each day, and --patient says
    whose. A day is written as 2026-03-04, a score is a whole number from 0 to 10, an empty one is a gap. Every refused
    row is named with its line and the reason, and then nothing is imported, unless --skip-bad is said.

    Exit 0: done; 1: rows were refused; 2: wrong use.
    """
    from bot import files

    named = {"burning": burning, "tingling": tingling, "pain": pain}

    def work(settings: Settings) -> int:
        scores = files.columns_named(named, item or [])
        return files.import_(settings, files.Order(file, patient, date, scores, create, therapist, dry_run, skip_bad))

    sys.exit(_on_files(work))


@cli.command()
def report(
    patient: Whose = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every diary, by its code.")] = False,
    as_json: AsJson = False,
    pdf: Annotated[
        Path | None, typer.Option(help="The visit sheet of one patient, into this file.", metavar="FILE")
    ] = None,
) -> None:
    """A diary in numbers: baseline, last seven days, change, weeks, and its days by state.

    With --json each of its items has baseline, baseline_n, last7, last7_n, change, percent, label, and weeks with
    start, mean, n, worst and days_at_7; null where there is none. Days has how many days ended in each state. With
    --all they stand under each patient's code.

    Exit 0: done; 2: wrong use.
    """
    from bot import files

    sys.exit(_on_files(lambda settings: files.report(settings, patient, everyone=everyone, as_json=as_json, pdf=pdf)))


@cli.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where it goes: a name that ends in .csv, .json or .zip.")],
    patient: Whose = None,
    therapist: Annotated[
        str | None, typer.Option(help="All that are shared with this therapist.", metavar="NAME")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every diary.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write diaries out in long form, a row for each patient, day and symptom, with a data dictionary.

    Say one of --patient, --therapist and --all. Exit 0: done; 2: wrong use.
    """
    from bot import files

    sys.exit(
        _on_files(lambda settings: files.export(settings, file, patient, therapist, everyone=everyone, force=force))
    )


@cli.command("replay-alerts")
def replay_alerts(
    file: Annotated[Path, typer.Argument(help="Diaries in long form: patient,day,symptom,score.")],
    rise: Annotated[int, typer.Option(min=1, max=10, help="Points above the usual that alert.")] = 2,
    high: Annotated[int, typer.Option(min=1, max=10, help="The score that is high.")] = 7,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Take the good rows, name the others.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say how often the alert rules would have spoken in these diaries, per patient-week, and with other limits.

    Nothing is stored. Exit 0: done; 1: rows were refused; 2: wrong use.
    """
    from bot import files

    sys.exit(_on_files(lambda settings: files.replay(settings, file, rise, high, skip_bad=skip_bad, as_json=as_json)))


def _on_files(work: Callable[[Settings], int]) -> int:
    """Do something with files, for which no token is needed; wrong use is said in a sentence."""
    from bot import files, settings

    try:
        return work(settings.load_for_files())
    except settings.WrongSettings as error:
        typer.echo(f"This can't be done.\n{error}", err=True)
        return WRONG_SETTINGS
    except files.WrongUse as error:
        typer.echo(str(error), err=True)
        return error.code
    except KeyboardInterrupt:
        typer.echo("Stopped before the end. Nothing is half done: what was not told as done is not stored.", err=True)
        return INTERRUPTED


def _settings() -> Settings:
    from bot import settings

    try:
        return settings.load()
    except settings.WrongSettings as error:
        typer.echo(f"The bot can't start.\n{error}", err=True)
        sys.exit(WRONG_SETTINGS)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """A stop that comes before the event loop listens for one: nothing has begun yet that would have to be ended."""
    stops = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: sys.exit(0)) for number in stops]
    try:
        yield
    finally:
        for number, handler in zip(stops, before, strict=True):
            signal.signal(number, handler)


def _until_stopped(settings: Settings) -> int:
    """Run the program; returns the exit code. Known troubles are said in a sentence, without a traceback."""
    import asyncio
    import gc

    # What is imported stays; looking through it for garbage, again and again as it grows, takes a sixth of the start.
    gc.disable()
    from bot import app, chat, logs, storage, wire

    gc.freeze()
    gc.enable()

    codes: dict[type[Exception], int] = {
        storage.AlreadyRunning: ALREADY_RUNNING,
        storage.CannotOpen: FAILED,
        storage.CannotWrite: FAILED,
        storage.Damaged: FAILED,
        storage.Replaced: FAILED,
        chat.red_flags.WrongCard: FAILED,
        wire.TokenRevoked: FAILED,
        wire.SomeoneElsePolls: FAILED,
        wire.CannotListen: FAILED,
        wire.WebhookRefused: FAILED,
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
