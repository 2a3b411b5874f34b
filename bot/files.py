"""Files in and out on the command line: import, export, report, and a replay of the alert rules.

Rules:
1. None of it needs a token, and all of it works beside a running bot: what is written is one transaction.
2. Exit 0 done, 1 rows were refused, 2 wrong use: whatever else keeps it from being done, with a sentence that says so.
3. What a file says goes to the terminal of whoever gave it, and into no log.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import TYPE_CHECKING, Final, TypeVar

import typer
from sqlalchemy import Connection

from bot import diary, reports, storage, summaries
from bot.chat.typed import folded
from bot.chat.words import words
from bot.clock import WallClock
from bot.diary.digests import Diary
from bot.diary.exports import Contents
from bot.diary.imports import Columns, Reading
from bot.diary.items import Wanted
from bot.diary.people import SHOWN, Patient, Stage, Therapist
from bot.diary.summaries import Summary
from bot.settings import Settings
from bot.storage import checks, database, troubles
from bot.storage.imports import Ambiguous, Stored

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

REFUSED: Final = 1
WRONG_USE: Final = 2
ALREADY_RUNNING: Final = 3
DELIMITERS: Final = ",;\t"
FORMS: Final = (".csv", ".json", ".zip")
SHEET_WEEKS: Final = 13
"""Of a sheet that is made here: three months, the longest that the chat offers."""
TRIES: Final = 20
WAIT_S: Final = 0.5
"""So often, so many seconds apart, a file is looked for that another command is making."""
MOST_NAMED: Final = 12
"""Lines or names that are listed before the rest is only counted."""


class WrongUse(Exception):
    """It can't be done like that; the text says why and what to do. `code`: what the program ends with."""

    def __init__(self, words: str, code: int = WRONG_USE) -> None:
        super().__init__(words)
        self.code = code


class _Undo(Exception):
    """Everything of the transaction is to be taken back."""


# --- import ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """What to import and how: `scores` are the columns of the wide form; none and no `day`: it is in long form."""

    file: Path
    patient: str | None
    day: str | None
    scores: Sequence[tuple[Wanted, str]]
    create: bool
    therapist: str | None
    dry_run: bool
    skip_bad: bool

    @property
    def wide(self) -> bool:
        return self.day is not None or bool(self.scores)


@dataclass(slots=True)
class Outcome:
    """What became of a file: who was made, and how much is new."""

    made: list[str]
    patients: int = 0
    days: int = 0
    scores: int = 0
    known: int = 0

    def add(self, stored: Stored) -> None:
        self.patients += 1
        self.days += stored.days
        self.scores += stored.scores
        self.known += stored.known


def import_(settings: Settings, order: Order) -> int:
    """`symptom-diary import FILE`: all of it, or nothing; with `skip_bad` its good rows. Returns the exit code."""
    now = WallClock().now()
    if order.wide and order.patient is None:
        raise WrongUse("A table with a row for each day is about one patient: say --patient CODE.")
    if order.patient is not None:
        order = replace(order, patient=_code(order.patient))
    with _progress() as progress:
        reading = _read(order, diary.days.local(now, settings.default_timezone).date(), progress)
        if not reading.rows:
            raise WrongUse(f"{order.file} has no rows below its first line.")
        if order.patient is not None and reading.others == reading.rows:
            raise WrongUse(f"{order.file} has no rows of {order.patient}.")
        outcome = Outcome([])

        def work(tx: Connection) -> None:
            _import(tx, settings, order, reading, outcome, now)
            if order.dry_run or (reading.refused and not order.skip_bad):
                raise _Undo

        # What is not going to be stored makes no file where there is none, and brings none to a newer form.
        idle = order.dry_run or (bool(reading.refused) and not order.skip_bad)
        unknown = not order.create and not settings.database_path.is_file()
        _write(settings.database_path, work, now, on_a_copy=idle or unknown)
    _tell(order, reading, outcome)
    return REFUSED if reading.refused else 0


def _code(said: str) -> str:
    """A code as a file would have it. Raises WrongUse for what can be nobody's, such as bytes that are no text."""
    try:
        return diary.imports.patient_in(said)
    except diary.imports.WrongCell as wrong:
        raise WrongUse(f"--patient: {wrong}.") from None


def columns_named(named: Mapping[str, str | None], items: Sequence[str]) -> list[tuple[Wanted, str]]:
    """The columns with scores: those of symptoms with an option of their own, and `items` as NAME=COL. Raises
    WrongUse."""
    found = [(diary.imports.wanted_in(name), column) for name, column in named.items() if column is not None]
    for said in items:
        name, equals, column = said.partition("=")
        if not equals or not name.strip() or not column.strip():
            raise WrongUse(f'--item {said}: write it as NAME=COL, for example numbness=Numb, or "pain left knee=Knee".')
        try:
            found.append((diary.imports.wanted_in(name), column.strip()))
        except diary.imports.WrongCell as wrong:
            raise WrongUse(f"--item {said}: {wrong}.") from None
    return found


def _import(
    tx: Connection, settings: Settings, order: Order, reading: Reading, outcome: Outcome, now: datetime
) -> None:
    """Store what can be stored, and refuse in `reading` what the diary has otherwise."""
    shared = None if order.therapist is None else _therapist(tx, order.therapist)
    people = _whose(tx, order, reading)
    by_code: dict[str, dict[tuple[date, Wanted], int]] = {code: {} for code in people}
    for (code, day, wanted), said in reading.scores.items():
        by_code[code][day, wanted] = said.score
    for code, one in people.items():
        if one is not None and shared is not None and one.stage is not Stage.IMPORTED:
            raise WrongUse(f"{code} keeps a diary here, so only {code} can share it: --therapist is for imported ones.")
        if one is not None:
            clashes, _ = storage.imports.in_the_way(tx, one, by_code[code])
            reading.refuse({(code, *key): reason for key, reason in clashes.items()})
    left: dict[str, dict[tuple[date, Wanted], int]] = {}
    for (code, day, wanted), said in reading.scores.items():
        left.setdefault(code, {})[day, wanted] = said.score
    for code, scores in left.items():
        one = people[code]
        if one is None:
            hour = settings.default_prompt_time
            one = storage.imports.create(tx, code, settings.default_timezone, hour, now)
            outcome.made.append(code)
        if shared is not None:
            _share(tx, one, shared, code, now)
        outcome.add(storage.imports.put(tx, one, scores, now))


def _share(tx: Connection, one: Patient, shared: Therapist, code: str, now: datetime) -> None:
    """Let a therapist see it under its code. Raises WrongUse where they could not tell it from another patient."""
    names = storage.panels.names(tx, shared.id, now)
    if all(other != one.id for other, _, _ in names) and any(folded(name) == folded(code) for _, name, _ in names):
        raise WrongUse(
            f"{shared.name} calls another patient {code}. Import it under another code, or share it with none."
        )
    storage.imports.share(tx, one.id, shared, code, now)


def _whose(tx: Connection, order: Order, reading: Reading) -> dict[str, Patient | None]:
    """Each code of the file with its patient, None for one to be made. Rows of somebody who can't take any are refused
    in `reading`; where that is true of everybody, it is wrong use."""
    found: dict[str, Patient | None] = {}
    missing: list[str] = []
    reasons: dict[str, str] = {}
    for code in sorted({code for code, _, _ in reading.scores}):
        try:
            one = _patient(tx, code)
        except WrongUse as wrong:
            reasons[code] = str(wrong)
            continue
        if one is not None or order.create:
            found[code] = one
        else:
            missing.append(code)
    if not found and missing:
        raise WrongUse(_nobody(missing))
    if not found and reasons:
        raise WrongUse("\n".join(reasons.values()))
    reasons |= {code: _nobody([code]) for code in missing}
    reading.refuse({key: reasons[key[0]] for key in reading.scores if key[0] in reasons})
    return found


def _nobody(codes: Sequence[str]) -> str:
    return f"There is no patient {_some(codes)}. --create makes those that are missing."


def _tell(order: Order, reading: Reading, outcome: Outcome) -> None:
    stopped = bool(reading.refused) and not order.skip_bad
    _name_refused(reading, "so nothing was imported. --skip-bad imports the others.", skip_bad=order.skip_bad)
    if reading.blanks:
        typer.echo(f"Without a score, left as gaps: {_lines(reading.blanks)}.")
    if repeated := reading.repeated:
        typer.echo(f"Said twice, taken once: {_lines(repeated)}.")
    if reading.others:
        typer.echo(f"About other patients, left out: {_count(reading.others, 'row')}.")
    if stopped:
        return
    would = "Would import" if order.dry_run else "Imported"
    typer.echo(
        f"{would}: {_count(outcome.scores, 'score')} on {_count(outcome.days, 'new day')} "
        f"for {_count(outcome.patients, 'patient')}."
    )
    if outcome.known:
        typer.echo(f"In the diary already, just so: {_count(outcome.known, 'score')}.")
    if outcome.made:
        verb = "would be made" if order.dry_run else "made"
        typer.echo(f"Patients {verb}, without a chat and never asked: {_some(outcome.made)}.")
    if order.dry_run:
        typer.echo("Nothing was written, because of --dry-run.")


def _name_refused(reading: Reading, so: str, *, skip_bad: bool) -> None:
    """Every row that is not taken, with its line and the reason; `so`: what follows from it where none is left out."""
    for refusal in reading.refused:
        typer.echo(f"line {refusal.line}: {refusal.reason}", err=True)
    if reading.refused:
        told = f"{_count(len(reading.refused), 'row')} of {reading.rows} refused"
        typer.echo(f"{told}." if skip_bad else f"{told}, {so}", err=True)


def _patient(tx: Connection, code: str) -> Patient | None:
    try:
        found = storage.imports.patient(tx, code)
    except Ambiguous:
        raise WrongUse(f"Several patients are called {code}. Give one of them another name first.") from None
    if found is not None and found.stage not in storage.imports.TAKES_DAYS:
        raise WrongUse(f"{code} has not agreed that a diary is kept, or wants it deleted, so nothing is stored.")
    return found


def _therapist(tx: Connection, name: str) -> Therapist:
    try:
        found = storage.imports.therapist(tx, name) if name.isprintable() else None
    except Ambiguous:
        raise WrongUse(f"Several therapists are called {name}.") from None
    if found is None:
        raise WrongUse(f"There is no therapist {name}.")
    return found


# --- replay ---------------------------------------------------------------------------------------------------


def replay(settings: Settings, file: Path, rise: int, high: int, *, skip_bad: bool, as_json: bool) -> int:
    """`symptom-diary replay-alerts FILE`: how often the alert rules would have spoken. Returns the exit code."""
    today = diary.days.local(WallClock().now(), settings.default_timezone).date()
    with _progress() as progress:
        reading = _read(Order(file, None, None, (), False, None, True, skip_bad), today, progress)
        if not reading.rows:
            raise WrongUse(f"{file} has no rows below its first line.")
    _name_refused(reading, "so no rates are worked out. --skip-bad takes the others.", skip_bad=skip_bad)
    if reading.refused and not skip_bad:
        return REFUSED
    diaries: dict[str, dict[Wanted, dict[date, int]]] = {}
    for (code, day, wanted), said in reading.scores.items():
        diaries.setdefault(code, {}).setdefault(wanted, {})[day] = said.score
    limits = diary.alerts.Limits(rise, high)
    typer.echo(summaries.replay_as_data(diaries, limits) if as_json else summaries.replay_as_text(diaries, limits))
    return REFUSED if reading.refused else 0


# --- reading a table ------------------------------------------------------------------------------------------


def _read(order: Order, today: date, progress: Progress) -> Reading:
    """The whole file, row by row. Raises WrongUse for what is no table of this form."""
    try:
        with order.file.open("rb") as raw:
            _look(raw, order.file)
            with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
                rows = _rows(text, raw, progress)
                head = next(rows, None)
                if head is None:
                    raise WrongUse(f"{order.file} is empty.")
                width = _width(head[1])
                columns = _columns(order, head[1][:width])
                return diary.imports.read(rows, columns, width, order.patient, today)
    except diary.imports.WrongTable as wrong:
        raise WrongUse(f"{order.file}: {wrong}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"{order.file} is no text in UTF-8. Save it again in that encoding.") from None
    except OSError as error:
        # What is no file on a disk, such as a pipe, can't be gone back in, and has no such words.
        raise WrongUse(f"{order.file} can't be read ({error.strerror or 'it is no file that stays'}).") from None


def _look(raw: io.BufferedReader, file: Path) -> None:
    """Tell apart what is no text at all: a workbook, a text of two bytes a letter."""
    begin = raw.read(4096)
    if begin.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise WrongUse(f"{file} is a workbook or an archive, no CSV. Save its table as CSV in UTF-8 first.")
    if b"\0" in begin:
        raise WrongUse(f"{file} is no text in UTF-8. Save it as CSV in that encoding.")
    raw.seek(0)


def _rows(text: io.TextIOWrapper, raw: io.BufferedReader, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line; the delimiter is the one that the first line has most of."""
    size = os.fstat(raw.fileno()).st_size
    task = progress.add_task("Reading", total=size or 1)
    start = next((line for line in iter(text.readline, "") if line.strip()), "")
    text.seek(0)
    # A quoted name may hold a comma that separates nothing.
    bare = "".join(start.split('"')[::2])
    delimiter = max(DELIMITERS, key=bare.count)
    reader = csv.reader(text, delimiter=delimiter, strict=True, skipinitialspace=True)
    line, begun = 1, False
    try:
        for number, cells in enumerate(reader):
            # Empty lines may stand before the first one that holds anything, which names the columns.
            begun = begun or any(cell.strip() for cell in cells)
            if begun:
                yield line, cells
            line = reader.line_num + 1
            if number % 1_000 == 0:
                progress.update(task, completed=raw.tell())
    except csv.Error as error:
        raise diary.imports.WrongTable(f"from line {line} on it is no table that can be read: {error}.") from None
    progress.update(task, completed=size or 1)


def _width(head: Sequence[str]) -> int:
    """How many columns there are; a spreadsheet may have left some without a name at the end."""
    return max((place + 1 for place, name in enumerate(head) if name.strip()), default=0)


def _columns(order: Order, heads: Sequence[str]) -> Columns:
    if order.wide:
        return diary.imports.wide_columns(heads, order.day, order.scores)
    return diary.imports.long_columns(heads, one_patient=order.patient is not None)


# --- report ---------------------------------------------------------------------------------------------------


def report(settings: Settings, code: str | None, *, everyone: bool, as_json: bool, pdf: Path | None) -> int:
    """`symptom-diary report`: diaries in numbers, as text or JSON, or one as a visit sheet. Returns the exit code."""
    if (code is not None) == everyone:
        raise WrongUse("Say either --patient CODE or --all.")
    if pdf is not None and (everyone or as_json):
        raise WrongUse("--pdf makes the sheet of one patient, and no JSON.")
    now = WallClock().now()
    if pdf is not None:
        assert code is not None
        return _sheet(settings, code, pdf, now)
    found = {}
    with _progress() as progress:
        for name, summary in _summaries(settings, code, now, progress):
            found[name] = summary
    if as_json:
        made = {name: summaries.as_data(name, it) for name, it in found.items()}
        typer.echo(json.dumps(made if everyone else made[next(iter(made))], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n\n".join(summaries.as_text(name, it) for name, it in found.items()) or "No diary yet.")
    return 0


def _summaries(
    settings: Settings, code: str | None, now: datetime, progress: Progress
) -> Iterator[tuple[str, Summary]]:
    """Each diary in numbers. Each is read by itself, so that no bot has to wait for all of them."""
    for name, one in _with_progress(_asked_for(settings, code, None, now), progress, "Working out"):
        yield name, diary.summaries.summary(_look_at(settings, partial(_whole, one, now), now), now)


def _whole(one: Patient, now: datetime, tx: Connection) -> Diary:
    return storage.diaries.of(tx, [one], date.min, now)[one.id]


def _sheet(settings: Settings, code: str, target: Path, now: datetime) -> int:
    ((name, one),) = _asked_for(settings, code, None, now)
    kept = _look_at(settings, partial(_whole, one, now), now)
    at = diary.summaries.as_of(kept, now) if one.stage is Stage.IMPORTED else now
    sheet = reports.sheets.Sheet(
        kept, SHEET_WEEKS, None, at, settings.clinic_name, maker=reports.sheets.Maker.CLINIC, made_at=now
    )
    _put(target, reports.sheets.pdf(sheet, words("en")))
    typer.echo(f"The visit sheet of {name} is in {target}. It is health data: keep it safe.")
    return 0


# --- export ---------------------------------------------------------------------------------------------------


def export(
    settings: Settings, target: Path, code: str | None, therapist: str | None, *, everyone: bool, force: bool
) -> int:
    """`symptom-diary export FILE`: diaries in long form, by the ending of the file as CSV with a dictionary beside it,
    as JSON, or both in a ZIP. Returns the exit code."""
    if sum((code is not None, therapist is not None, everyone)) != 1:
        raise WrongUse("Say one of --patient CODE, --therapist NAME and --all.")
    kind = target.suffix.lower()
    if kind not in FORMS:
        raise WrongUse(f"{target} ends in none of {', '.join(FORMS)}.")
    dictionary = target.with_name(f"{target.stem}.dictionary.csv")
    made = [target, *([dictionary] if kind == ".csv" else [])]
    if (there := [str(path) for path in made if path.exists()]) and not force:
        raise WrongUse(f"{', '.join(there)} is there already. --force replaces it.")
    now, say = WallClock().now(), words("en")
    parts = []
    with _progress() as progress:
        for name, one in _with_progress(_asked_for(settings, code, therapist, now), progress, "Writing out"):
            parts.append(reports.long_form.Part(name, _look_at(settings, partial(_rows_of, one), now)))
    if kind == ".csv":
        _put(target, reports.long_form.table(parts, now))
        _put(dictionary, reports.long_form.dictionary(say))
    elif kind == ".json":
        _put(target, reports.long_form.data(parts, say, now))
    else:
        _put(target, reports.long_form.archive(parts, say, now))
    beside = f" What its columns mean is in {dictionary}." if kind == ".csv" else ""
    typer.echo(f"{_count(len(parts), 'diary', 'diaries')} in {target}.{beside} It is health data: keep it safe.")
    return 0


def _rows_of(one: Patient, tx: Connection) -> Contents:
    return storage.exports.rows_of(tx, one)


def _put(target: Path, content: bytes) -> None:
    """Write a whole file or none, readable by its owner alone."""
    part = target.with_name(f".{target.name}.partial")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise WrongUse(f"{target} can't be written ({error.strerror}).") from None


def _asked_for(settings: Settings, code: str | None, therapist: str | None, now: datetime) -> list[tuple[str, Patient]]:
    """Whose diaries are meant, each with its name in files. Raises WrongUse where there is nobody."""
    code = None if code is None else _code(code)

    def find(tx: Connection) -> list[tuple[str, Patient]]:
        if code is not None:
            one = _patient(tx, code)
            if one is None:
                raise WrongUse(f"There is no patient {code}.")
            return [(code, one)]
        if therapist is None:
            return [(name, one) for one, name in storage.imports.everyone(tx)]
        shares = storage.sharing.all_of(tx, _therapist(tx, therapist).id, now)
        found = [(share.label, storage.people.patient_by_id(tx, share.patient_id)) for share in shares]
        return [(name, one) for name, one in found if one.stage in SHOWN]

    return _look_at(settings, find, now)


def _with_progress(found: Sequence[T], progress: Progress, what: str) -> Iterator[T]:
    yield from progress.track(found, description=what)


# --- the database ---------------------------------------------------------------------------------------------


def _look_at(settings: Settings, work: Callable[[Connection], T], now: datetime) -> T:
    """Read in one snapshot, also beside a running bot, of whatever form the file is; nothing is written or made."""
    path = settings.database_path
    if not path.is_file():
        raise WrongUse(f"There is no database {path}. Start this where the bot is started, with its settings.")
    if _version(path) != database.HEAD:
        return _write(path, work, now, on_a_copy=True)  # type: ignore[return-value]
    try:
        return database.look(path, work)
    except storage.Unusable as error:
        raise WrongUse(str(error)) from None


def _write(path: Path, work: Callable[[Connection], T], now: datetime, *, on_a_copy: bool = False) -> T | None:
    """Run `work` in one transaction on the diary's file, which is made or updated where it has to be; None: undone.

    `on_a_copy`: nothing of it may stay, so a file that is not there or not up to date is not touched either.
    """
    try:
        if not path.is_file() or _version(path) != database.HEAD:
            if on_a_copy:
                return _aside(path, work, now)
            _make_ready(path, now)
        return database.visit(path, work)
    except _Undo:
        return None
    except storage.AlreadyRunning:
        raise WrongUse(
            "A bot of another version runs on this database. Stop it, then do this again.", ALREADY_RUNNING
        ) from None
    except storage.Unusable as error:
        raise WrongUse(str(error)) from None


def _version(path: Path) -> str | None:
    try:
        with closing(checks.reader(path)) as connection:
            return checks.version(connection)
    except SqliteError as error:
        raise WrongUse(troubles.sentence(error, path) or f"{path} can't be read ({error}).") from None


def _make_ready(path: Path, now: datetime) -> None:
    """Make the file, or bring it to the form that this program knows. Raises AlreadyRunning.

    Two of these commands may come upon a file that is not there: the second waits until the first has made it.
    """
    for tried in range(TRIES):
        try:
            asyncio.run(_prepare(path, now))
            return
        except storage.AlreadyRunning:
            found = _version(path) if path.is_file() else None
            if found == database.HEAD:
                return
            if found is not None or tried == TRIES - 1:
                raise
        time.sleep(WAIT_S)


async def _prepare(path: Path, now: datetime) -> None:
    """Make the file, or bring it to the form that this program knows, as the bot's own start does."""
    opened = storage.Database(path)
    try:
        await opened.open(now)
    finally:
        await opened.close()


def _aside(path: Path, work: Callable[[Connection], T], now: datetime) -> T | None:
    with tempfile.TemporaryDirectory(prefix="symptom-diary-") as folder:
        copy = Path(folder) / path.name
        if path.is_file():
            database.copy(path, copy)
        return _write(copy, work, now)


# --- words ----------------------------------------------------------------------------------------------------


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on standard error, so that what is printed stays clean."""
    from rich.console import Console
    from rich.progress import Progress

    # Without a screen there is nothing to draw on, and an end of nothing would be an empty line.
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def _lines(lines: Sequence[int]) -> str:
    named = ", ".join(str(line) for line in lines[:MOST_NAMED])
    more = f" and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
    return f"line{'s' if len(lines) > 1 else ''} {named}{more}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _count(n: int, what: str, many: str = "") -> str:
    return f"{n} {what if n == 1 else many or what + 's'}"
