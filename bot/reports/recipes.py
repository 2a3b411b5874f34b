"""What is still to be made, from a week to a visit sheet: as data, in the words of who reads it.

Whoever says one only names it; bot/press.py makes it in a worker process, just before it goes. So no handler and no
tick reads a diary to the end, writes a digest or draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from bot.chat.messages import Message, Recipe, Row
from bot.chat.words import Sentence, Words
from bot.diary.looking import Span
from bot.diary.people import PatientId


@dataclass(frozen=True, slots=True)
class Week:
    """A patient's own week from Monday `start`: the chart with the words under it.

    `rest`: not that, but what came of it besides: the words, where they are too many to stand under a chart. Most of
    the time there is none, and then nothing is sent.
    """

    patient: PatientId
    start: date
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """The week of all patients of the therapist who reads it.

    `due_at`: of a weekly digest, its hour, however late it is made; None where someone asked for it by hand.
    `missing`: the Mondays of weeks whose digest may never have come; `skipped`: of those that had none.
    """

    due_at: datetime | None = None
    missing: tuple[date, ...] = ()
    skipped: tuple[date, ...] = ()
    rest: bool = False
    """Not the picture, but the words, where they are too many to stand under it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list of patients of the therapist who reads it."""

    number: int


@dataclass(frozen=True, slots=True)
class Others:
    """One page of those whom the summary has no card for, of the therapist who reads it."""

    number: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """One picture of small charts, of the patients of the therapist who reads it."""

    number: int


@dataclass(frozen=True, slots=True)
class Card:
    """The chart and the numbers of one patient, for a therapist."""

    patient: PatientId


@dataclass(frozen=True, slots=True)
class Alerted:
    """An alert of scores as it stands, for a therapist: its words under the patient's chart."""

    patient: PatientId
    alert: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A patient's own chart, as far back as `span` up to the day on which it is made, with its numbers in words."""

    patient: PatientId
    span: Span


@dataclass(frozen=True, slots=True)
class Month:
    """A patient's own calendar of the month that begins with `month`, or of the nearest that the diary has."""

    patient: PatientId
    month: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """A patient's own visit sheet of the last `weeks` whole weeks. `clinic`: whose bot makes it."""

    patient: PatientId
    weeks: int
    notes: bool
    clinic: str


@dataclass(frozen=True, slots=True)
class Export:
    """A copy of everything about the patient who asks, as a file."""

    patient: PatientId


@dataclass(frozen=True, slots=True)
class Diaries:
    """Diaries in long form as a file, for the therapist who reads it: that of one patient; None: of all."""

    patient: PatientId | None


@dataclass(frozen=True, slots=True)
class PatientSheet:
    """The visit sheet of a patient, for their therapist. `clinic`: whose bot makes it."""

    patient: PatientId
    weeks: int
    notes: bool
    clinic: str


@dataclass(frozen=True, slots=True)
class Courses:
    """One page of before and after treatment of one patient, for a therapist, or for the patient (`own`)."""

    patient: PatientId
    page: int
    own: bool


Wanted = (
    Week
    | Panel
    | Page
    | Card
    | Chart
    | Month
    | Sheet
    | Export
    | Diaries
    | PatientSheet
    | Courses
    | Others
    | Pictures
    | Alerted
)

_KINDS: Final = {
    "week": Week,
    "panel": Panel,
    "page": Page,
    "others": Others,
    "pictures": Pictures,
    "card": Card,
    "chart": Chart,
    "month": Month,
    "sheet": Sheet,
    "export": Export,
    "diaries": Diaries,
    "patient_sheet": PatientSheet,
    "courses": Courses,
    "alert": Alerted,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def message(wanted: Wanted, words: Words, buttons: tuple[Row, ...] = ()) -> Message:
    """The message that asks for something to be made; if it can't be, its words say so, above the `buttons`."""
    values = {name: _data(value) for name, value in asdict(wanted).items()}
    silent = isinstance(wanted, Week | Panel) and wanted.rest
    return Message(
        Sentence("") if silent else failed(words),
        buttons,
        recipe=Recipe(_NAMES[type(wanted)], values | {"in": words.tag}),
    )


def week(patient: PatientId, start: date, words: Words) -> list[Message]:
    """A patient's week, in as many messages as it takes."""
    return [message(Week(patient, start), words), message(Week(patient, start, rest=True), words)]


def panel(wanted: Panel, words: Words) -> list[Message]:
    """A therapist's summary, in as many messages as it takes."""
    return [message(wanted, words), message(replace(wanted, rest=True), words)]


def failed(words: Words) -> Sentence:
    """What is said where our own code tripped over a recipe."""
    return words("This could not be put together. That is our fault, and every answer is safe. Please try again later.")


def wanted(data: Mapping[str, Any]) -> tuple[Wanted, str]:
    """What a recipe out of the outbox asks for, and the language to make it in."""
    values = dict(data["values"])
    language = values.pop("in")
    match _KINDS[data["kind"]]:
        case kind if kind is Week:
            return Week(PatientId(values["patient"]), date.fromisoformat(values["start"]), values["rest"]), language
        case kind if kind is Panel:
            due_at = None if values["due_at"] is None else datetime.fromisoformat(values["due_at"])
            missing, skipped = (tuple(map(date.fromisoformat, values[name])) for name in ("missing", "skipped"))
            # One from before there was a picture has no such word: it is one message.
            return Panel(due_at, missing, skipped, values.get("rest", False)), language
        case kind if kind is Page:
            return Page(values["number"]), language
        case kind if kind is Others:
            return Others(values["number"]), language
        case kind if kind is Pictures:
            return Pictures(values["number"]), language
        case kind if kind is Chart:
            return Chart(PatientId(values["patient"]), Span(values["span"])), language
        case kind if kind is Month:
            return Month(PatientId(values["patient"]), date.fromisoformat(values["month"])), language
        case kind if kind is Sheet:
            return Sheet(**values | {"patient": PatientId(values["patient"])}), language
        case kind if kind is PatientSheet:
            return PatientSheet(**values | {"patient": PatientId(values["patient"])}), language
        case kind if kind is Diaries:
            return Diaries(None if values["patient"] is None else PatientId(values["patient"])), language
        case kind if kind is Export:
            return Export(PatientId(values["patient"])), language
        case kind if kind is Courses:
            return Courses(PatientId(values["patient"]), values["page"], values["own"]), language
        case kind if kind is Alerted:
            return Alerted(PatientId(values["patient"]), values["alert"]), language
        case _:
            return Card(PatientId(values["patient"])), language


def _data(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return [_data(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else value
