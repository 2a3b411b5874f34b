"""The press: makes what the outbox only names, out of what is remembered: weeks, panels, cards, pictures, files.

Rules:
1. Whether the reader may see it is asked anew, in the same snapshot of the data that it is made from.
2. It reads the file by itself and writes nothing, so it can run in any process (bot/crew.py).
3. No text of an exception leaves it: one may quote what a person wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from bot import alerts, chat, diary, logs, reports, storage
from bot.chat.messages import Message, Picture, as_data, plain
from bot.chat.words import Words, words
from bot.diary.accesses import Seen, What
from bot.diary.digests import Diary, Member
from bot.diary.digests import Panel as Members
from bot.diary.excerpts import FOR_A_CHART
from bot.diary.exports import Contents
from bot.diary.looking import LENGTHS, Span
from bot.diary.people import SHOWN, ChatId, Patient, PatientId, Stage, Therapist
from bot.diary.sharing import Share
from bot.reports import letters
from bot.reports.recipes import (
    Alerted,
    Card,
    Chart,
    Courses,
    Diaries,
    Export,
    Month,
    Others,
    Page,
    Panel,
    PatientSheet,
    Pictures,
    Sheet,
    Wanted,
    Week,
)

GONE: Final = "no longer shared"
"""Why nothing is sent: the reader may no longer see it."""
NO_REST: Final = "said under the chart"
"""Why nothing is sent: the words stand under the chart."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to make of one outbox row, from the database file `database`, for the chat `reader`.

    `plain`: without a picture, since drawing has failed.
    """

    database: Path
    reader: ChatId
    body: Mapping[str, Any]
    now: datetime
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes along, under this name."""

    name: str
    content: bytes
    kind: str
    """Its media type: "application/pdf"."""


@dataclass(frozen=True, slots=True)
class Made:
    """A message as data with its PNG, or with another file.

    `rest`: what the second message of a week says, where it takes two. `seen`: whose diaries it shows to a therapist,
    for the log of who saw what once it is delivered; `rest_seen`: and whose the second message shows besides.
    """

    body: dict[str, Any]
    photo: bytes | None = None
    document: Document | None = None
    rest: dict[str, Any] | None = None
    seen: Seen | None = None
    rest_seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to send, because of `why`."""

    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing came of it, because of `why`: a place in the code. `fatal`: it ends the worker that tries."""

    why: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as data and what is to be drawn to it, read to the end: from here on nothing is looked up any more."""

    body: dict[str, Any]
    picture: Picture | None = None
    diary: Diary | None = None
    rest: dict[str, Any] | None = None
    document: Callable[[], Document] | None = None
    """Writes the file that goes along."""
    archive: Archive | None = None
    instead: dict[str, Any] | None = None
    """What to say where the file is too large for Telegram."""
    panel: Members | None = None
    """Whose small charts the picture shows."""
    seen: Seen | None = None
    rest_seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """What goes into a copy of everything, its charts as they are still to be drawn, and what to say otherwise."""

    contents: Contents
    charts: tuple[Picture, ...]
    language: str


def make(order: Order) -> Made | Nothing | Failed:
    """Make one order; never raises."""
    return make_from(_reader(order.database), order)


def make_from(reader: Any, order: Order) -> Made | Nothing | Failed:
    """The same with an engine that reads the order's database."""
    try:
        with reader.connect() as tx, tx.begin():
            draft = written(tx, order)
        return draft if isinstance(draft, Nothing) else printed(draft, order)
    except Exception as error:
        return Failed(logs.trace(error))


def written(tx: Connection, order: Order) -> Draft | Nothing:
    """The words of an order."""
    body = order.body
    if "recipe" not in body:
        return _pictured(tx, order)
    wanted, language = reports.recipes.wanted(body["recipe"])
    return _written(tx, order, wanted, words(language))


def printed(draft: Draft, order: Order) -> Made:
    """A draft with its picture or file. Without the file its words would be about nothing, so the row's own go."""
    if draft.archive is not None:
        return _packed(draft, draft.archive, order)
    if draft.document is not None:
        if order.plain:
            return Made({"text": order.body["text"]})
        document = draft.document()
        if draft.instead is not None and len(document.content) > reports.exports.MOST_BYTES:
            return Made(draft.instead)
        return Made(draft.body, document=document)
    if draft.picture is None or order.plain:
        photo = None
    elif draft.panel is not None:
        photo = _small_charts(draft.picture, draft.panel)
    else:
        photo = _drawn(draft.picture, draft.diary, order.now)
    return Made(draft.body, photo, rest=draft.rest, seen=draft.seen, rest_seen=draft.rest_seen)


@cache
def _reader(database: Path) -> Any:
    """This process's own connection to the file, kept open."""
    return storage.database.reader_engine(database)


def _small_charts(picture: Picture, panel: Members) -> bytes:
    values: Mapping[str, Any] = picture.values
    return reports.pictures.png(reports.panel_charts.picture(panel, values["page"], words(values["language"])))


def _drawn(picture: Picture, kept: Diary | None, now: datetime) -> bytes:
    values: Mapping[str, Any] = picture.values
    if picture.kind == "qr":
        return reports.pictures.qr(values["link"])
    assert kept is not None
    if picture.kind == "month":
        tally = reports.looking.month_tally(kept, date.fromisoformat(values["month"]), now)
        today = diary.looking.today(kept, now)
        return reports.pictures.png(reports.calendars.month(tally, today, words(values["language"])))
    if picture.kind == "courses":
        say = words(values["language"])
        blocks = reports.courses.drawn_blocks(kept, values["label"], values["page"], now, say)
        return reports.pictures.png(reports.course_charts.picture(blocks, values["title"], say))
    first, last = date.fromisoformat(values["first"]), date.fromisoformat(values["last"])
    say, title = words(values["language"]), values["title"]
    if diary.looking.by_the_week(first, last):
        return reports.pictures.png(reports.weekly_charts.course(kept, first, last, say, title))
    return reports.pictures.png(reports.charts.course(kept, first, last, say, title, figures=figures_of(values)))


def figures_of(values: Mapping[str, Any]) -> Collection[date] | None:
    """The Mondays of the weeks whose means a course prints as numbers; None: of all."""
    told = values.get("figures", True)
    if isinstance(told, bool):
        return None if told else ()
    return tuple(map(date.fromisoformat, told))


def _packed(draft: Draft, archive: Archive, order: Order) -> Made:
    """A copy of everything as a file; without its charts where it would be too large, or where drawing failed."""
    say = words(archive.language)
    found = reports.exports.files(archive.contents, say, order.now)
    charts = () if order.plain else archive.charts
    drawn = {_chart_name(chart): _drawn(chart, draft.diary, order.now) for chart in charts}
    made = reports.exports.packed(found | drawn, order.now)
    if drawn and len(made) > reports.exports.MOST_BYTES:
        drawn, made = {}, reports.exports.packed(found, order.now)
    body = as_data(chat.exports.caption(say, without_charts=len(drawn) < len(archive.charts)))
    if len(made) > reports.exports.MOST_BYTES:
        return Made(as_data(chat.exports.too_large(say)))
    return Made(body, document=Document(reports.exports.file_name(order.now), made, "application/zip"))


def _chart_name(chart: Picture) -> str:
    return f"charts/{chart.values['first']}_{chart.values['last']}.png"


def _draft(message: Message, kept: Diary | None = None, rest: Message | None = None) -> Draft:
    body = as_data(replace(message, picture=None))
    return Draft(body, message.picture, kept, None if rest is None else as_data(rest))


def _pictured(tx: Connection, order: Order) -> Draft | Nothing:
    """Words that were ready before, with a picture to them: a link's code, or the chart of an older version's row."""
    body = dict(order.body)
    picture = Picture(**body.pop("picture"))
    if picture.kind == "qr":
        return Draft(body, picture)
    values: Mapping[str, Any] = picture.values
    patient_id = PatientId(values["patient"])
    if not storage.sharing.may_read(tx, order.reader, patient_id, order.now):
        return Nothing(GONE)
    patient = storage.people.patient_by_id(tx, patient_id)
    kept = _diary(tx, patient, date.fromisoformat(values["first"]) - timedelta(weeks=1), order.now)
    return Draft(body, picture, kept)


def _written(tx: Connection, order: Order, wanted: Wanted, say: Words) -> Draft | Nothing:
    match wanted:
        case Week():
            return _week(tx, order, wanted, say)
        case Card():
            return _card(tx, order, wanted, say)
        case Courses():
            return _courses(tx, order, wanted, say)
        case Panel() | Page() | Others() | Pictures():
            return _panel(tx, order, wanted, say)
        case Chart():
            return _chart(tx, order, wanted, say)
        case Month():
            return _month(tx, order, wanted, say)
        case Sheet():
            return _sheet(tx, order, wanted, say)
        case Export():
            return _export(tx, order, wanted, say)
        case Diaries():
            return _diaries(tx, order, wanted, say)
        case Alerted():
            return _alert(tx, order, wanted, say)
        case PatientSheet():
            return _patient_sheet(tx, order, wanted, say)


def _week(tx: Connection, order: Order, wanted: Week, say: Words) -> Draft | Nothing:
    patient = _own(tx, order, wanted.patient)
    if patient is None:
        return Nothing(GONE)
    kept = _diary(tx, patient, wanted.start - FOR_A_CHART, order.now)
    readers = _names_of_readers(tx, patient.id, order.now)
    first, *more = letters.patient_week(patient, kept, wanted.start, order.now, say, readers)
    rest = more[0] if more else None
    if wanted.rest:
        return Nothing(NO_REST) if rest is None else _draft(rest)
    return _draft(first, kept, rest)


def _names_of_readers(tx: Connection, patient_id: PatientId, now: datetime) -> list[str]:
    """The therapists who see the diary now, a deputy included."""
    shares = storage.sharing.readers_of(tx, patient_id, now)
    return [storage.people.therapist_by_id(tx, share.therapist_id).name for share in shares]


def _chart(tx: Connection, order: Order, wanted: Chart, say: Words) -> Draft | Nothing:
    patient = _own(tx, order, wanted.patient)
    if patient is None:
        return Nothing(GONE)
    whole = wanted.span is Span.ALL
    today = diary.days.day_of(order.now, patient.zone)
    kept = _diary(tx, patient, date.min if whole else today - LENGTHS[wanted.span] - timedelta(weeks=2), order.now)
    return _draft(reports.looking.chart(patient.id, kept, wanted.span, order.now, say), kept)


def _month(tx: Connection, order: Order, wanted: Month, say: Words) -> Draft | Nothing:
    patient = _own(tx, order, wanted.patient)
    if patient is None:
        return Nothing(GONE)
    present = diary.looking.month_of(diary.days.day_of(order.now, patient.zone))
    kept = _diary(tx, patient, min(wanted.month, present), order.now)
    return _draft(reports.looking.month(patient.id, kept, wanted.month, order.now, say), kept)


def _sheet(tx: Connection, order: Order, wanted: Sheet, say: Words) -> Draft | Nothing:
    patient = _own(tx, order, wanted.patient)
    if patient is None:
        return Nothing(GONE)
    since = diary.days.day_of(order.now, patient.zone) - timedelta(weeks=wanted.weeks + 2)
    kept = _diary(tx, patient, since, order.now)
    notes = storage.entries.notes_since(tx, patient.id, since) if wanted.notes else None
    readers = _names_of_readers(tx, patient.id, order.now)
    sheet = reports.sheets.Sheet(kept, wanted.weeks, notes, order.now, wanted.clinic, tuple(readers))

    def document() -> Document:
        return Document(reports.sheets.file_name(sheet, say), reports.sheets.pdf(sheet, say), "application/pdf")

    return replace(_draft(reports.looking.sheet(sheet, say)), document=document)


def _patient_sheet(tx: Connection, order: Order, wanted: PatientSheet, say: Words) -> Draft | Nothing:
    found = _shared(tx, order, wanted.patient)
    if found is None:
        return Nothing(GONE)
    patient, share = found
    kept = _diary(tx, patient, date.min, order.now)
    at = _seen_at(patient, kept, order.now)
    since = diary.days.day_of(at, patient.zone) - timedelta(weeks=wanted.weeks + 2)
    notes = storage.entries.notes_since(tx, patient.id, since) if wanted.notes else None
    readers = _names_of_readers(tx, patient.id, order.now)
    sheet = reports.sheets.Sheet(
        kept, wanted.weeks, notes, at, wanted.clinic, tuple(readers), reports.sheets.Maker.THERAPIST, order.now
    )

    def document() -> Document:
        return Document(reports.sheets.file_name(sheet, say), reports.sheets.pdf(sheet, say), "application/pdf")

    return replace(_draft(reports.looking.sheet(sheet, say, share.label)), document=document)


def _diaries(tx: Connection, order: Order, wanted: Diaries, say: Words) -> Draft | Nothing:
    therapist = storage.people.therapist(tx, order.reader)
    shares = [] if therapist is None else storage.sharing.all_of(tx, therapist.id, order.now)
    found = [_shared(tx, order, share.patient_id) for share in shares if wanted.patient in (None, share.patient_id)]
    read = [(share.label, storage.exports.rows_of(tx, patient)) for patient, share in filter(None, found)]
    if not read:
        return Nothing(GONE)
    parts = [reports.long_form.Part(label, contents) for label, contents in read]

    def document() -> Document:
        name = reports.long_form.file_name(order.now)
        return Document(name, reports.long_form.archive(parts, say, order.now), "application/zip")

    told = chat.exports.panel_caption([label for label, _ in read], say)
    return replace(_draft(told), document=document, instead=as_data(chat.exports.panel_too_large(say)))


def _shared(tx: Connection, order: Order, patient_id: PatientId) -> tuple[Patient, Share] | None:
    """The patient and the share that the reader holds, where the reader is a therapist who may see the diary now."""
    therapist = storage.people.therapist(tx, order.reader)
    share = None if therapist is None else storage.sharing.find(tx, patient_id, therapist.id)
    if share is None or not diary.sharing.may_see(share, order.now):
        return None
    patient = storage.people.patient_by_id(tx, patient_id)
    return (patient, share) if patient.stage in SHOWN else None


def _seen_at(patient: Patient, kept: Diary, now: datetime) -> datetime:
    """A diary that was imported is looked at from its own end: nothing more will come."""
    return diary.summaries.as_of(kept, now) if patient.stage is Stage.IMPORTED else now


def _own(tx: Connection, order: Order, patient_id: PatientId) -> Patient | None:
    """The patient, where it is the reader's own diary and it is kept."""
    patient = storage.people.patient(tx, order.reader)
    return patient if patient is not None and patient.id == patient_id and patient.stage is Stage.ACTIVE else None


def _card(tx: Connection, order: Order, wanted: Card, say: Words) -> Draft | Nothing:
    found = _shared(tx, order, wanted.patient)
    if found is None:
        return Nothing(GONE)
    patient, share = found
    imported = patient.stage is Stage.IMPORTED
    start = diary.digests.last_week(order.now, patient.zone, patient.sunday_time)
    kept = _diary(tx, patient, date.min if imported else start - FOR_A_CHART, order.now)
    account = storage.people.find_account(tx, patient.chat_id)
    unreachable = None if account is None or imported else diary.entries.cause_of(account.reach)
    alerts = storage.panels.open_alerts(tx, [patient.id])[patient.id]
    unseen, newest = storage.panels.unseen_notes(tx, patient.id, share.therapist_id)
    besides = reports.digests.Besides(tuple(alerts), unseen, newest, imported, share.until_day)
    at = _seen_at(patient, kept, order.now)
    return _draft(letters.card(patient, share.label, kept, at, say, unreachable, besides), kept)


def _alert(tx: Connection, order: Order, wanted: Alerted, say: Words) -> Draft | Nothing:
    found = _shared(tx, order, wanted.patient)
    alert = None if found is None else storage.alerts.find(tx, wanted.patient, wanted.alert)
    if found is None or alert is None:
        return Nothing(GONE)
    patient, share = found
    seen = alerts.seen_by(tx, alert, share)
    kept = _diary(tx, patient, alert.day - FOR_A_CHART, order.now)
    return _draft(reports.alerts.message(patient, seen, kept, order.now, say), kept)


def _courses(tx: Connection, order: Order, wanted: Courses, say: Words) -> Draft | Nothing:
    """Of a patient's own diary, or of one that is shared with the therapist who reads it; whole, from its first day."""
    label: str | None = None
    if wanted.own:
        patient = _own(tx, order, wanted.patient)
    else:
        found = _shared(tx, order, wanted.patient)
        patient, label = (None, None) if found is None else (found[0], found[1].label)
    if patient is None:
        return Nothing(GONE)
    kept = _diary(tx, patient, date.min, order.now)
    at = _seen_at(patient, kept, order.now)
    return _draft(reports.courses.message(patient.id, label, kept, wanted.page, at, say), kept)


def _panel(tx: Connection, order: Order, wanted: Panel | Page | Others | Pictures, say: Words) -> Draft | Nothing:
    therapist = storage.people.therapist(tx, order.reader)
    if therapist is None:
        return Nothing(GONE)
    due_at = wanted.due_at if isinstance(wanted, Panel) else None
    panel = storage.panels.panel_of(tx, therapist.id, order.now, due_at)
    match wanted:
        case Page():
            here = reports.panels.on_page(panel, wanted.number)
            return replace(
                _draft(reports.panels.page(panel, wanted.number, say)), seen=_seen(therapist, What.PANEL, here)
            )
        case Others():
            here = reports.panels.on_page_of_others(panel, wanted.number)
            return replace(
                _draft(reports.panels.others(panel, wanted.number, say)), seen=_seen(therapist, What.PANEL, here)
            )
        case Pictures():
            here = reports.panels.in_picture(panel, wanted.number)
            return replace(
                _draft(reports.panels.picture(panel, wanted.number, say)),
                panel=panel,
                seen=_seen(therapist, What.PANEL, here),
            )
    if due_at is not None and not panel.members:
        return Nothing(GONE)
    first, *more = letters.panel_week(panel, wanted.missing, say, wanted.skipped)
    rest = more[0] if more else None
    told, drawn = reports.panels.told(panel), reports.panels.in_picture(panel, 0)
    # In two messages the words are the second one; whoever is in both is in the log once.
    besides = _seen(therapist, What.DIGEST, [one for one in told if one not in drawn])
    if wanted.rest:
        return Nothing(NO_REST) if rest is None else replace(_draft(rest), seen=besides)
    shown = drawn if more else [*drawn, *(one for one in told if one not in drawn)]
    seen = _seen(therapist, What.DIGEST, shown)
    return replace(_draft(first, rest=rest), panel=panel, seen=seen, rest_seen=besides)


def _seen(therapist: Therapist, what: What, members: Collection[Member]) -> Seen | None:
    return Seen(therapist.id, what, tuple(one.patient_id for one in members)) if members else None


def _export(tx: Connection, order: Order, wanted: Export, say: Words) -> Draft | Nothing:
    """In whatever stage the patient is, also within the week before everything is deleted."""
    patient = storage.people.patient(tx, order.reader)
    if patient is None or patient.id != wanted.patient:
        return Nothing(GONE)
    contents = storage.exports.of(tx, patient)
    title = plain(chat.exports.title(say))
    ranges = diary.exports.charted(contents)
    charts = tuple(
        Picture(
            "course",
            {
                "patient": int(patient.id),
                "first": first.isoformat(),
                "last": last.isoformat(),
                "language": say.language,
                "title": title,
            },
        )
        for first, last in ranges
    )
    kept = _diary(tx, patient, ranges[0][0], order.now) if ranges else None
    return Draft({}, diary=kept, archive=Archive(contents, charts, say.language))


def _diary(tx: Connection, patient: Patient, recent: date, now: datetime) -> Diary:
    return storage.diaries.of(tx, [patient], recent, now)[patient.id]
