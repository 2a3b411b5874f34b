"""Digests as messages: which text, which picture, which buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.chat import alerts, buttons, limits, offers, sessions
from bot.chat.buttons import OnSheet, pack
from bot.chat.looking import USUAL_WEEKS
from bot.chat.messages import MAX_TEXT, Button, Message, Picture, Row, plain
from bot.chat.words import Sentence, Words, bold, joined, sentence
from bot.diary import days, digests
from bot.diary.digests import Diary, Panel
from bot.diary.entries import Cause, Note
from bot.diary.people import Patient, PatientId
from bot.reports import courses, panels
from bot.reports.digests import Besides, by_urgency, fits_caption, for_patient, length, patient_card

SHOWN_FOR: Final = timedelta(weeks=8)
"""How far back the chart of a digest or card reaches."""
NOTES_SHOWN: Final = 10
NOTE_PIECE: Final = 1_900
"""Characters of a note in one piece: even if each counts double, it fits a message together with its day."""
MISSING_NAMED: Final = 4


def course(patient_id: PatientId, diary: Diary, start: date, last_day: date, title: Sentence, words: Words) -> Picture:
    """The order for a patient's chart up to `last_day`: eight weeks, or fewer where the diary is younger.

    It prints the means of the week from Monday `start`, which the text is about, and draws the others: whoever hears
    the text read aloud then misses no number.
    """
    earliest = last_day - SHOWN_FOR + timedelta(days=1)
    begun = min(diary.enrolled_day, last_day)
    first_day = max(earliest, begun - timedelta(days=begun.weekday()))
    return Picture(
        "course",
        {
            "patient": int(patient_id),
            "first": first_day.isoformat(),
            "last": max(last_day, first_day + timedelta(days=6)).isoformat(),
            "language": words.tag,
            "title": plain(title),
            "figures": [start.isoformat()],
        },
    )


def patient_week(
    patient: Patient, diary: Diary, start: date, now: datetime, words: Words, readers: Sequence[str]
) -> list[Message]:
    """A patient's digest: the chart with the words under it, or after it where they are too many."""
    text = for_patient(diary, start, now, words, readers)
    picture = course(patient.id, diary, start, start + timedelta(days=6), words("My symptom diary"), words)
    if fits_caption(text):
        return [Message(text, picture=picture)]
    return [Message(words("Your chart"), picture=picture), Message(text)]


def panel_week(panel: Panel, missing: Sequence[date], words: Words, skipped: Sequence[date] = ()) -> list[Message]:
    """A therapist's digest. `missing`: the Mondays of weeks whose digest may never have arrived; `skipped`: of those
    that had none."""
    return panels.week(panel, not_there(missing, skipped, words), words)


def may_be_missing(weeks: Sequence[date], words: Words) -> Sentence:
    """Names the weeks whose digest was on its way when the bot was cut off; empty where there are none."""
    if not weeks:
        return Sentence("")
    named = words.listed([words.short_day(week) for week in weeks[-MISSING_NAMED:]])
    return words.many(
        "The summary of the week from {weeks} may not have reached you.",
        "The summaries of the weeks from {weeks} may not have reached you.",
        len(weeks[-MISSING_NAMED:]),
        weeks=named,
    )


def not_there(missing: Sequence[date], skipped: Sequence[date], words: Words) -> Sentence:
    """Names the weeks whose digest may be `missing`, and those that got none since the bot was down (`skipped`)."""
    never = Sentence("")
    if skipped:
        named = words.listed([words.short_day(week) for week in skipped[-MISSING_NAMED:]])
        never = words.many(
            "There was no summary of the week from {weeks}: the bot was down. Its days are in the chart.",
            "There were no summaries of the weeks from {weeks}: the bot was down. Their days are in the chart.",
            len(skipped[-MISSING_NAMED:]),
            weeks=named,
        )
    return joined("\n", [may_be_missing(missing, words), never])


def card(
    patient: Patient,
    label: str,
    diary: Diary,
    now: datetime,
    words: Words,
    unreachable: Cause | None = None,
    besides: Besides | None = None,
) -> Message:
    """One patient for the therapist: the chart, the numbers, and what can be done."""
    imported = besides is not None and besides.imported
    start = _last_scored(diary, now) if imported else week_shown(patient, now)
    text = patient_card(label, diary, start, now, words, unreachable, besides)
    last_day = max([start + timedelta(days=6), *diary.days, *(flare.day for flare in diary.flares)])
    picture = course(patient.id, diary, start, last_day, sentence(label), words)
    notes_of = Button(words("Notes"), tap=pack(buttons.Notes(int(patient.id))))
    rename = Button(words("Rename"), tap=pack(buttons.Rename(int(patient.id))))
    before_and_after = courses.on_card(patient.id, words)
    log = Button(words("Log a treatment"), tap=pack(buttons.Session(int(patient.id))))
    treatments = (sessions.treatments_button(int(patient.id), words), *before_and_after)
    rows: list[Row] = [
        (notes_of, log),
        treatments,
        (Button(words("What is asked"), tap=pack(buttons.Items(int(patient.id)))), rename),
        limits.on_card(int(patient.id), words),
    ]
    rows.append(offers.ways(int(patient.id), words))
    if imported:  # Nothing is asked of anyone there.
        rows = [(notes_of, log), treatments, (rename,)]
    open_now = () if besides is None else alerts.on_card(int(patient.id), by_urgency(besides.alerts), words)
    return Message(text, (*open_now, *rows, _files(int(patient.id), words)), picture=picture)


def _last_scored(diary: Diary, now: datetime) -> date:
    """The Monday of the last week that a diary from elsewhere has."""
    return days.week_start(digests.last_answer(diary) or days.day_of(now, diary.zone))


def _files(patient: int, words: Words) -> Row:
    """What can be taken away."""
    return (
        Button(words("Visit sheet (PDF)"), tap=pack(buttons.SheetOf(patient, USUAL_WEEKS, OnSheet.ASK))),
        Button(words("As a file"), tap=pack(buttons.ExportOne(patient))),
    )


def week_shown(patient: Patient, now: datetime) -> date:
    """The Monday of the last whole week, or of the first one while there is no whole week yet."""
    start = digests.last_week(now, patient.zone, patient.sunday_time)
    begun = patient.enrolled_day or start
    return max(start, begun - timedelta(days=begun.weekday()))


def notes(label: str, found: Sequence[Note], zone: str, words: Words, unseen: int = 0) -> list[Message]:
    """A patient's newest notes, for the therapist, whole, in as many messages as they take. One that was written on a
    later day than it is about says so: it may be the wish to correct a day that is closed."""
    if not found:
        return [Message(words("{name} has written no notes yet.", name=bold(sentence(label))))]
    parts = [bold(words("Notes of {name}", name=sentence(label)))]
    if unseen:
        parts.append(words.many("{n} is new since you last looked.", "{n} are new since you last looked.", unseen))
    for note in found[-max(NOTES_SHOWN, unseen) :]:
        parts += _note(note, zone, words)
    told: list[Sentence] = []
    for part in parts:
        if told and length(joined("\n\n", [told[-1], part])) <= MAX_TEXT:
            told[-1] = joined("\n\n", [told[-1], part])
        else:
            told.append(part)
    return [Message(text) for text in told]


def _note(note: Note, zone: str, words: Words) -> list[Sentence]:
    """One note under its day, cut into two only where it is as long as Telegram allows."""
    written = days.day_of(note.written_at, zone)
    day = bold(words.day(note.day))
    if written > note.day:
        day = words("{day} (written {later})", day=day, later=words.day(written))
    pieces = [sentence(note.text[i : i + NOTE_PIECE]) for i in range(0, len(note.text) or 1, NOTE_PIECE)]
    return [words("{day}: {note}", day=day, note=pieces[0]), *pieces[1:]]
