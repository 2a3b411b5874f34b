"""A patient looks at the settings, or changes one; what is changed counts from the same evening on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot import chat, diary, storage
from bot.chat import buttons, typed, typed_times
from bot.chat.buttons import AskAt, Days, QuietHours, Screen
from bot.chat.words import LANGUAGES, Sentence
from bot.diary.people import Patient, Role
from bot.diary.prompts import Rhythm
from bot.diary.settings import REMINDERS, Hush, Upcoming
from bot.handlers import entries, prompts
from bot.handlers.turn import Turn

EXPECT_TIME: Final = "time:"
LISTENS_FOR: Final = timedelta(hours=1)
"""So long after a page of the settings was opened, a text is taken for an answer to it: later it may well be a note,
which must not be taken for a city."""
LONGEST_TIME: Final = 6
"""Words; what is longer and no time is a note."""


# --- all of them ----------------------------------------------------------------------------------------------


def settings(turn: Turn, _: str) -> None:
    """`/settings`."""
    message = _overview(turn)
    if message is None:
        turn.say(chat.people.not_for_you(Role.PATIENT, turn.words))
    else:
        patient = entries.active(turn)
        turn.say(message, patient_id=None if patient is None else patient.id)


def show(turn: Turn, tap: buttons.Settings) -> None:
    """A page of the settings, in the place of the one that was tapped."""
    patient, words = entries.active(turn), turn.words
    if tap.screen is Screen.LANGUAGE and turn.roles:
        turn.edit(chat.settings.ask_language(words))
        return
    if tap.screen is Screen.ALL and (message := _overview(turn)) is not None:
        turn.edit(message, patient_id=None if patient is None else patient.id)
        return
    if patient is None:
        turn.toast(chat.people.old_button(words))
        return
    match tap.screen:
        case Screen.WEEKDAYS | Screen.WEEKENDS:
            listen(turn, patient, f"{EXPECT_TIME}{tap.screen}")
            turn.edit(chat.settings.ask_hour(Days(tap.screen.value), patient, words), patient_id=patient.id)
        case Screen.QUIET:
            listen(turn, patient, f"{EXPECT_TIME}{tap.screen}")
            turn.edit(chat.settings.ask_quiet(patient, words), patient_id=patient.id)
        case _:
            turn.edit(chat.settings.ask_reminder(patient, words), patient_id=patient.id)


def _overview(turn: Turn, said: Sentence | None = None) -> chat.messages.Message | None:
    """All settings of whoever this is; None where there are none."""
    patient, therapist = entries.active(turn), turn.therapist
    name = None if therapist is None else therapist.name
    if patient is not None:
        today = diary.days.day_of(turn.now, patient.zone)
        items = [item for item in storage.entries.items_of(turn.tx, patient.id) if item.asked_on(today)]
        coming = upcoming(turn, patient)
        return chat.settings.overview(patient, items, coming, turn.now, turn.words, name=name, said=said)
    return chat.settings.without_diary(name, turn.words, said) if turn.roles else None


# --- the next question ----------------------------------------------------------------------------------------


def upcoming(turn: Turn, patient: Patient) -> Upcoming:
    """When this patient is asked next, as it is planned now."""
    if patient.next_prompt_at is None or patient.next_prompt_day is None:
        return Upcoming(None, None)
    today = diary.days.day_of(turn.now, patient.zone)
    planned = storage.entries.find_day(turn.tx, patient.id, today)
    due = diary.prompts.Due(patient.next_prompt_day, patient.next_prompt_at)
    return diary.settings.upcoming(
        due,
        today,
        zone=patient.zone,
        hours=patient.hours,
        asked=planned is not None and planned.intended_at is not None and planned.not_asked is None,
        finished=_finished(turn, patient, today),
        pause=diary.pauses.covering(storage.pauses.of(turn.tx, patient.id), due.day),
    )


def _finished(turn: Turn, patient: Patient, day: date) -> bool:
    seen = entries.view(turn, patient, day)
    return seen.declined or seen.next_item is None


def replanned(turn: Turn, patient: Patient) -> Patient:
    """The patient after a change of hours or zones, with the next question moved."""
    prompts.replan(turn, patient)
    return storage.people.patient_by_id(turn.tx, patient.id)


def remind_anew(turn: Turn, patient: Patient) -> None:
    """Move the reminder of a question that is on screen to where it belongs after a change."""
    rhythm = Rhythm.of(patient)
    for day in storage.entries.open_days(turn.tx, patient.id, turn.now):
        waits = day.sent_at is not None and diary.entries.can_be_put_off(day)
        if waits and not _finished(turn, patient, day.day):
            assert day.sent_at is not None
            at = diary.settings.reminder_anew(day.day, day.sent_at, turn.now, rhythm)
            if at is not None:
                storage.prompts.plan_reminder(turn.tx, patient.id, day.day, at, turn.now)


def say_changed(turn: Turn, patient: Patient, said: Sequence[Sentence], *, journey: bool = False) -> None:
    """In the place of the tapped page, or as a new message: what was changed, and when the next question comes.

    Where today has a question that does not come any more, a button brings it.
    """
    coming = upcoming(turn, patient)
    today = diary.days.day_of(turn.now, patient.zone)
    planned = storage.entries.find_day(turn.tx, patient.id, today)
    still_open = planned is None or diary.entries.is_open(planned, turn.now)
    answerable = coming.why is not None and still_open and not _finished(turn, patient, today)
    message = chat.settings.changed(
        said, coming, patient, turn.now, turn.words, today=today if answerable else None, journey=journey
    )
    turn.edit(message, patient_id=patient.id)


def hushed(turn: Turn, patient: Patient, *, weekend: bool) -> Hush:
    """What the patient's quiet hours do to an evening."""
    return diary.settings.hush(
        patient.sunday_time if weekend else patient.prompt_time,
        weekend=weekend,
        today=diary.days.day_of(turn.now, patient.zone),
        zone=patient.zone,
        quiet=patient.quiet,
        here=patient.here,
        minutes=patient.reminder_minutes,
    )


# --- the hour -------------------------------------------------------------------------------------------------


@entries.of_patient
def ask_at(turn: Turn, patient: Patient, tap: AskAt) -> None:
    """The evening hour of weekdays or weekends."""
    if tap.at is None and tap.on is Days.WEEKDAYS:
        turn.toast(chat.people.old_button(turn.words))
        return
    if tap.on is Days.WEEKENDS:
        patient = storage.people.change_patient(turn.tx, patient.id, weekend_time=tap.at)
    else:
        patient = storage.people.change_patient(turn.tx, patient.id, prompt_time=tap.at)
    patient = replanned(turn, patient)
    hush = hushed(turn, patient, weekend=tap.on is Days.WEEKENDS)
    say_changed(turn, patient, chat.settings.hours_set(patient, tap.on, hush, turn.words))


@entries.of_patient
def type_hour(turn: Turn, patient: Patient, tap: buttons.TypeHour) -> None:
    """Another hour than those offered."""
    listen(turn, patient, f"{EXPECT_TIME}{tap.on}")
    turn.edit(chat.settings.type_hour(tap.on, turn.words), patient_id=patient.id)


# --- quiet hours ----------------------------------------------------------------------------------------------


@entries.of_patient
def quiet(turn: Turn, patient: Patient, tap: QuietHours) -> None:
    """From when it shall be quiet, then until when."""
    if tap.start is not None and tap.end is None:
        listen(turn, patient, f"{EXPECT_TIME}{Screen.QUIET}{tap.start:%H%M}")
        turn.edit(chat.settings.ask_quiet_end(tap.start, turn.words), patient_id=patient.id)
        return
    if tap.start is None and tap.end is not None:
        turn.toast(chat.people.old_button(turn.words))
        return
    start = tap.start or patient.quiet_from
    end = tap.end if tap.end is not None else start
    patient = storage.people.change_patient(turn.tx, patient.id, quiet_from=start, quiet_to=end)
    remind_anew(turn, patient)
    hushes = [hushed(turn, patient, weekend=weekend) for weekend in (False, True)]
    hush = Hush(any(each.hour for each in hushes), all(each.reminder for each in hushes))
    say_changed(turn, patient, chat.settings.quiet_set(patient.quiet, hush, turn.words))


@entries.of_patient
def type_quiet(turn: Turn, patient: Patient, tap: buttons.TypeQuiet) -> None:
    start = "" if tap.start is None else f"{tap.start:%H%M}"
    listen(turn, patient, f"{EXPECT_TIME}{Screen.QUIET}{start}")
    turn.edit(chat.settings.type_quiet(tap.start, turn.words), patient_id=patient.id)


# --- the reminder, the buttons, the language ------------------------------------------------------------------


@entries.of_patient
def remind_after(turn: Turn, patient: Patient, tap: buttons.RemindAfter) -> None:
    if tap.minutes not in REMINDERS:
        turn.toast(chat.people.old_button(turn.words))
        return
    patient = storage.people.change_patient(turn.tx, patient.id, reminder_minutes=tap.minutes)
    remind_anew(turn, patient)
    hushes = [hushed(turn, patient, weekend=weekend) for weekend in (False, True)]
    hush = Hush(False, all(each.reminder for each in hushes))
    say_changed(turn, patient, chat.settings.reminder_set(tap.minutes, hush, turn.words))


@entries.of_patient
def large_buttons(turn: Turn, patient: Patient, tap: buttons.LargeButtons) -> None:
    """Larger buttons, also under a question that is on screen."""
    patient = storage.people.change_patient(turn.tx, patient.id, large_buttons=tap.large)
    message = _overview(turn, chat.settings.buttons_set(tap.large, turn.words))
    assert message is not None
    turn.edit(message, patient_id=patient.id)
    _redraw(turn, patient)


def speak(turn: Turn, tap: buttons.Speak) -> None:
    """Another language, and the settings in it."""
    if tap.code not in LANGUAGES or not turn.roles:
        turn.toast(chat.people.old_button(turn.words))
        return
    turn.speaks(tap.code)
    turn.put_commands()
    patient = entries.active(turn)
    message = _overview(turn, chat.people.language_set(turn.words).text)
    assert message is not None
    turn.edit(message, patient_id=None if patient is None else patient.id)
    if patient is not None:
        _redraw(turn, patient)


def _redraw(turn: Turn, patient: Patient) -> None:
    """The open question that is on screen, as it looks now."""
    for day in storage.entries.open_days(turn.tx, patient.id, turn.now):
        bubble = storage.entries.bubble_of(turn.tx, patient.id, day.day)
        seen = entries.view(turn, patient, day.day, day)
        if bubble is not None and seen.next_item is not None:
            turn.edit(chat.entries.bubble(seen, turn.words), bubble_id=bubble, patient_id=patient.id)


# --- typed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a page of the settings waits for: `what`, and the message number of the page, if it has one."""

    what: str
    page: int | None


def listen(turn: Turn, patient: Patient, what: str) -> None:
    """The next text is an answer to this page, unless much time passes or a question comes between."""
    minutes = int(turn.now.timestamp()) // 60
    turn.expect(f"{what}:{minutes}:{_coming(patient)}:{turn.tapped or ''}")


def awaited(turn: Turn, patient: Patient, expecting: str) -> Awaited | None:
    """What the text in hand answers; None, and nothing is awaited any more, where it may be about something else."""
    what, minutes, coming, page = expecting.rsplit(":", 3)
    since = datetime.fromtimestamp(int(minutes) * 60, UTC)
    if turn.now - since > LISTENS_FOR or coming != _coming(patient):
        turn.expect(None)
        return None
    return Awaited(what, int(page) if page else None)


def _coming(patient: Patient) -> str:
    """Changes when the evening's question comes: from then on a number is a score."""
    return "" if patient.next_prompt_day is None else patient.next_prompt_day.isoformat()


def is_for_the_diary(turn: Turn, patient: Patient, said: str, longest: int) -> bool:
    """Whether a text that is not what a page waits for reads as scores, or is as long as a note: more than `longest`
    words."""
    today = diary.days.day_of(turn.now, patient.zone)
    items = [item for item in storage.entries.items_of(turn.tx, patient.id) if item.asked_on(today)]
    return len(said.split()) > longest or isinstance(typed.scores(said, items, asking=None), typed.Scores)


def typed_time(turn: Turn, patient: Patient, expecting: str, said: str) -> bool:
    """The hour that a page asked for. False where the text is no answer to it: then it is anything else."""
    asked = awaited(turn, patient, expecting)
    if asked is None:
        return False
    what = asked.what.removeprefix(EXPECT_TIME)
    answers = _answers(what, said)
    if not answers and is_for_the_diary(turn, patient, said, LONGEST_TIME):
        turn.expect(None)
        return False
    if not answers:
        turn.say(chat.settings.no_such_time(turn.words), patient_id=patient.id)
        return True
    if asked.page is not None:
        turn.retire(message_id=asked.page)
    turn.expect(None)
    if len(answers) == 2:
        turn.say(chat.settings.morning_or_evening(answers[0], answers[1], turn.words), patient_id=patient.id)
    elif isinstance(answers[0], AskAt):
        ask_at(turn, answers[0])
    else:
        quiet(turn, answers[0])
    return True


def _answers(what: str, said: str) -> list[AskAt] | list[QuietHours]:
    """The taps that a typed time stands for: one; two where it may be in the morning or in the evening; or none."""
    if what in tuple(Days):
        return [AskAt(Days(what), at) for at in _times(said)]
    digits = what.removeprefix(Screen.QUIET)
    if digits:
        start = time(int(digits[:2]), int(digits[2:]))
        return [QuietHours(start, at) for at in _times(said)]
    if starts := _times(said):
        return [QuietHours(at, None) for at in starts]
    # Both at once, "from 10 pm to 7 am"; where the first is in doubt, it alone is asked.
    for between in _TO.finditer(said):
        starts, ends = _times(_FROM.sub("", said[: between.start()])), _times(said[between.end() :])
        if starts and ends:
            return (
                [QuietHours(starts[0], at) for at in ends]
                if len(starts) == 1
                else [QuietHours(at, None) for at in starts]
            )
    return []


_TO: Final = re.compile(r"-|–|—|\b(?:to|till|until|a|hasta)\b", re.IGNORECASE)
_FROM: Final = re.compile(r"^\s*(?:from|between|de|desde|entre)\s+", re.IGNORECASE)


def _times(said: str) -> list[time]:
    match typed_times.wall_time(said):
        case typed_times.Time(at):
            return [at]
        case typed_times.AmOrPm() as face:
            return [face.am, face.pm]
        case _:
            return []
