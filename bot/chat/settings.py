"""The settings: one message that shows all of them, and a page for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from bot.chat import buttons
from bot.chat.buttons import Days, Screen, pack
from bot.chat.items import item_name
from bot.chat.messages import Button, Message, Row
from bot.chat.words import LANGUAGES, Sentence, Words, bold, joined, sentence
from bot.diary import days
from bot.diary.days import Quiet
from bot.diary.entries import Item
from bot.diary.people import Patient
from bot.diary.prompts import Due
from bot.diary.settings import REMINDERS, Hush, Upcoming, Why, is_late
from bot.diary.zones import Clocks

HOURS: Final = (time(17), time(18), time(19), time(20), time(21), time(22))
QUIET_STARTS: Final = (time(20), time(21), time(22), time(23))
QUIET_ENDS: Final = (time(6), time(7), time(8), time(9))
"""Offered as buttons; any other can be typed."""


# --- all of them ----------------------------------------------------------------------------------------------


def overview(
    patient: Patient,
    items: Sequence[Item],
    upcoming: Upcoming,
    now: datetime,
    words: Words,
    *,
    name: str | None = None,
    said: Sentence | None = None,
) -> Message:
    """Everything at a glance. `name`: of someone who is a therapist too; `said`: what has just been changed."""
    lines = [
        bold(words("Your settings")),
        _hours(patient, words),
        words("Reminder: {reminder}.", reminder=reminder_words(patient.reminder_minutes, words)),
        _quiet(patient, words),
        _place(patient, now, words),
        words("Language: {language}.", language=LANGUAGES[words.language]),
        words("Number buttons: large.") if patient.large_buttons else words("Number buttons: usual size."),
    ]
    if items:
        names = words.listed([item_name(item, words) for item in items])
        lines.append(words("I ask about: {items}.", items=names))
    if name is not None:
        lines.append(words("Patients read your name as {name}.", name=name))
    parts = [said or Sentence(""), joined("\n", lines), bold(next_question(upcoming, patient, now, words))]
    return Message(joined("\n\n", parts), _pages(patient, words, therapist=name is not None))


def _pages(patient: Patient, words: Words, *, therapist: bool) -> tuple[Row, ...]:
    size = words("Usual buttons") if patient.large_buttons else words("Larger buttons")
    rows: list[Row] = [
        (_to(Screen.WEEKDAYS, words("Hour on weekdays")), _to(Screen.WEEKENDS, words("Hour at weekends"))),
        (_to(Screen.REMINDER, words("Reminder")), _to(Screen.QUIET, words("Quiet hours"))),
        (journey_button(patient, words),),
        (
            Button(words("Time zone"), tap=pack(buttons.AskPlace(buttons.Use.HOME))),
            _to(Screen.LANGUAGE, words("Language")),
        ),
        (
            Button(words("What is asked"), tap=pack(buttons.Items(None))),
            Button(size, tap=pack(buttons.LargeButtons(not patient.large_buttons))),
        ),
    ]
    if therapist:
        rows.append((_rename(words),))
    return tuple(rows)


def journey_button(patient: Patient, words: Words) -> Button:
    """The way into another time zone, or back out of it."""
    if patient.home_zone is not None:
        return Button(words("I'm back home"), tap=pack(buttons.BackHome()))
    return Button(words("I'm in another time zone"), tap=pack(buttons.AskPlace(buttons.Use.JOURNEY)))


def without_diary(name: str | None, words: Words, said: Sentence | None = None) -> Message:
    """The settings of a therapist or clinic admin who keeps no diary."""
    lines = [
        bold(words("Your settings")),
        words("Language: {language}.", language=LANGUAGES[words.language]),
    ]
    if name is not None:
        lines.append(words("Patients read your name as {name}.", name=name))
    rows: list[Row] = [(_to(Screen.LANGUAGE, words("Language")),)]
    if name is not None:
        rows.append((_rename(words),))
    return Message(joined("\n\n", [said or Sentence(""), joined("\n", lines)]), tuple(rows))


def _hours(patient: Patient, words: Words) -> Sentence:
    if patient.hours.weekend in (None, patient.hours.weekday):
        return words("I ask you every day at {time}.", time=words.time(patient.prompt_time))
    return words(
        "I ask you at {time} on weekdays, at {weekend_time} at weekends.",
        time=words.time(patient.prompt_time),
        weekend_time=words.time(patient.sunday_time),
    )


def _place(patient: Patient, now: datetime, words: Words) -> Sentence:
    here = days.local(now, patient.here)
    clock, city, home = words.time(here), words.city(patient.here), words.city(Clocks(*_zones(patient)).home)
    if patient.local_zone is not None:
        return words(
            "You are travelling: it is {time} in {city}. I ask you by the clock of {home}.",
            time=clock,
            city=city,
            home=home,
        )
    if patient.home_zone is not None:
        return words(
            "You are travelling: it is {time} in {city}, and I ask you by that clock. Your home is {home}.",
            time=clock,
            city=city,
            home=home,
        )
    return words("Time zone: {city}, where it is {time} now.", city=city, time=clock)


def _quiet(patient: Patient, words: Words) -> Sentence:
    hours = quiet_words(patient.quiet, words)
    if patient.local_zone is not None and patient.quiet.start != patient.quiet.end:
        return words("Quiet hours: {hours}, by the clock where you are.", hours=hours)
    return words("Quiet hours: {hours}.", hours=hours)


def _zones(patient: Patient) -> tuple[str, str | None, str | None]:
    return patient.zone, patient.home_zone, patient.local_zone


def reminder_words(minutes: int, words: Words) -> Sentence:
    if not minutes:
        return words("off")
    return words.many("{n} minute after the question", "{n} minutes after the question", minutes)


def quiet_words(quiet: Quiet, words: Words) -> Sentence:
    if quiet.start == quiet.end:
        return words("none")
    return words("{start} to {end}", start=words.time(quiet.start), end=words.time(quiet.end))


# --- the next question ----------------------------------------------------------------------------------------


def next_question(upcoming: Upcoming, patient: Patient, now: datetime, words: Words) -> Sentence:
    """When the next question comes, by the clock where the patient is; and why not today."""
    due = upcoming.due
    if due is None and upcoming.why is Why.PAUSED:
        return words("Your diary is paused, so no question comes before you are back.")
    if due is None:
        return words("No question is planned now.")
    comes = _comes(due, patient, now, words)
    if upcoming.why is not Why.PAUSED and _date(due.at, patient) == _date(now, patient):
        # Past midnight the evening that was asked is still "today" to the diary, and yesterday to the patient.
        return comes
    return joined(" ", [_why(upcoming.why, words), comes])


def _date(instant: datetime, patient: Patient) -> date:
    return days.local(instant, patient.here).date()


def _why(why: Why | None, words: Words) -> Sentence:
    match why:
        case Why.PAUSED:
            return words("Your diary is paused.")
        case Why.ANSWERED:
            return words("You have answered today already.")
        case Why.ASKED:
            return words("I have asked you today already.")
        case Why.PASSED:
            return words("That hour is over for today.")
        case None:
            return Sentence("")


def _comes(due: Due, patient: Patient, now: datetime, words: Words) -> Sentence:
    at, day = due.at, due.day
    here, today = days.local(at, patient.here), days.local(now, patient.here).date()
    if at <= now:
        return words("Your next question comes in a moment.")
    clock = words.time(here)
    if patient.local_zone is not None:
        clock = words(
            "{time} where you are, which is {home_time} in {home}",
            time=clock,
            home_time=words.time(days.local(at, patient.zone)),
            home=words.city(patient.zone),
        )
    ahead = (here.date() - today).days
    if is_late(here.time()) and day < here.date():
        said = words(
            "Your next question comes in the night to {day}, at {time}.", day=words.day(here.date()), time=clock
        )
    elif ahead == 0:
        said = words("Your next question comes today at {time}.", time=clock)
    elif ahead == 1:
        said = words("Your next question comes tomorrow at {time}.", time=clock)
    else:
        said = words("Your next question comes on {day} at {time}.", day=words.day(here.date()), time=clock)
    if day == here.date():
        return said
    return joined(" ", [said, words("It is about {day}.", day=words.day(day))])


# --- after a change -------------------------------------------------------------------------------------------


def changed(
    said: Sequence[Sentence],
    upcoming: Upcoming,
    patient: Patient,
    now: datetime,
    words: Words,
    *,
    today: date | None = None,
    journey: bool = False,
) -> Message:
    """What was changed, and what it means for the next question. `today`: it can be answered now."""
    parts = [joined("\n", list(said)), bold(next_question(upcoming, patient, now, words))]
    rows: list[Row] = []
    if today is not None:
        label = words("Answer today now")
        if today != _date(now, patient):
            label = words("Answer {day} now", day=words.day(today))
        rows.append((Button(label, tap=pack(buttons.Resume(today))),))
    if journey:
        rows.append((journey_button(patient, words),))
    return Message(joined("\n\n", parts), (*rows, (back(words),)))


def back(words: Words) -> Button:
    return _to(Screen.ALL, words("Back to the settings"))


def _to(screen: Screen, label: Sentence) -> Button:
    return Button(label, tap=pack(buttons.Settings(screen)))


def _rename(words: Words) -> Button:
    return Button(words("Another name"), tap=pack(buttons.RenameTherapist()))


def _in_rows(choices: Sequence[Button], per_row: int) -> list[Row]:
    return [tuple(choices[i : i + per_row]) for i in range(0, len(choices), per_row)]


def _chosen(label: Sentence, now: bool, words: Words) -> Sentence:
    """The label of a choice; the present one is marked."""
    return words("✓ {answer}", answer=label) if now else label


# --- the hour -------------------------------------------------------------------------------------------------


def ask_hour(on: Days, patient: Patient, words: Words) -> Message:
    """At which hour shall the question come on these days?"""
    at = patient.hours.weekday if on is Days.WEEKDAYS else patient.hours.weekend
    head = (
        words("At what time shall I ask you from Monday to Friday?")
        if on is Days.WEEKDAYS
        else words("At what time shall I ask you on Saturday and Sunday?")
    )
    lines = [
        bold(head),
        *([words("At present I ask at {time}.", time=words.time(at))] if at is not None else []),
        words(
            "Tap a time, or type one, such as {example} or half past nine in the evening.",
            example=words.time(time(21, 30)),
        ),
        words("A time after midnight, before {time}, belongs to the evening before.", time=words.time(days.CUT_OFF)),
    ]
    hours = [Button(_chosen(words.time(h), h == at, words), tap=pack(buttons.AskAt(on, h))) for h in HOURS]
    rows = _in_rows(hours, 3)
    if on is Days.WEEKENDS:
        same = _chosen(words("Same as on weekdays"), at is None, words)
        rows.append((Button(same, tap=pack(buttons.AskAt(on, None))),))
    rows.append((Button(words("Another time"), tap=pack(buttons.TypeHour(on))),))
    return Message(joined("\n", lines), (*rows, (back(words),)))


def type_hour(on: Days, words: Words) -> Message:
    head = (
        words("Please type the time for Monday to Friday, such as 21:30 or 9 pm.")
        if on is Days.WEEKDAYS
        else words("Please type the time for Saturday and Sunday, such as 21:30 or 9 pm.")
    )
    return Message(head, ((_to(Screen(on.value), words("Back")),),))


def no_such_time(words: Words) -> Message:
    """A text that was to be a time and is none; it was not kept."""
    return Message(
        words("I did not understand this time, and nothing was changed. Please type it like 21:30 or 9 pm."),
        ((back(words),),),
    )


def morning_or_evening(
    early: buttons.AskAt | buttons.QuietHours, late: buttons.AskAt | buttons.QuietHours, words: Words
) -> Message:
    """A typed time that could be either."""
    choices = tuple(Button(words.time(_time_of(tap)), tap=pack(tap)) for tap in (late, early))
    return Message(words("In the morning or in the evening?"), (choices, (back(words),)))


def _time_of(tap: buttons.AskAt | buttons.QuietHours) -> time:
    at = tap.at if isinstance(tap, buttons.AskAt) else tap.end or tap.start
    assert at is not None
    return at


def hours_set(patient: Patient, on: Days, hush: Hush, words: Words) -> list[Sentence]:
    """The hours as they are now, and what the quiet hours do to them."""
    at = patient.prompt_time if on is Days.WEEKDAYS else patient.sunday_time
    if patient.hours.weekend in (None, patient.hours.weekday):
        lines = [words("Done. I ask you every day at {time}.", time=bold(words.time(at)))]
    else:
        lines = [
            words(
                "Done. I ask you at {time} on weekdays, at {weekend_time} at weekends.",
                time=bold(words.time(patient.prompt_time)),
                weekend_time=bold(words.time(patient.sunday_time)),
            )
        ]
    if is_late(at):
        lines.append(words("That is after midnight: it belongs to the evening before."))
    return lines + hush_words(hush, words)


def hush_words(hush: Hush, words: Words) -> list[Sentence]:
    """What the quiet hours do to an evening, where they do anything."""
    lines = []
    if hush.hour:
        lines.append(words("This is in your quiet hours. I ask you all the same: they never hold back your own hour."))
    if hush.reminder:
        lines.append(words("A reminder would come in your quiet hours, so there is none."))
    return lines


# --- quiet hours ----------------------------------------------------------------------------------------------


def ask_quiet(patient: Patient, words: Words) -> Message:
    """From when shall it be quiet?"""
    quiet = patient.quiet
    lines = [
        bold(words("Quiet hours: {hours}.", hours=quiet_words(quiet, words))),
        words("In these hours I send no reminder and no late question. The hour that you chose always counts."),
        words(
            "From when shall it be quiet? Tap a time, or type one, such as {example}.",
            example=words.time(time(22, 30)),
        ),
    ]
    starts = [
        Button(_chosen(words.time(at), at == quiet.start != quiet.end, words), tap=pack(buttons.QuietHours(at, None)))
        for at in QUIET_STARTS
    ]
    none = _chosen(words("No quiet hours"), quiet.start == quiet.end, words)
    rows = [
        *_in_rows(starts, 4),
        (Button(none, tap=pack(buttons.QuietHours(None, None))),),
        (Button(words("Another time"), tap=pack(buttons.TypeQuiet(None))),),
        (back(words),),
    ]
    return Message(joined("\n", lines), tuple(rows))


def ask_quiet_end(start: time, words: Words) -> Message:
    """And until when?"""
    ends = [Button(words.time(at), tap=pack(buttons.QuietHours(start, at))) for at in QUIET_ENDS]
    rows = [
        *_in_rows(ends, 4),
        (Button(words("Another time"), tap=pack(buttons.TypeQuiet(start))),),
        (back(words),),
    ]
    return Message(
        words(
            "Quiet from {start}. Until when? Tap a time, or type one, such as {example}.",
            start=bold(words.time(start)),
            example=words.time(time(7, 30)),
        ),
        tuple(rows),
    )


def type_quiet(start: time | None, words: Words) -> Message:
    if start is None:
        text = words("Please type from when it shall be quiet, such as 22:30 or 10 pm.")
    else:
        text = words(
            "Quiet from {start}. Please type until when, such as {example}.",
            start=bold(words.time(start)),
            example=words.time(time(7, 30)),
        )
    return Message(text, ((_to(Screen.QUIET, words("Back")),),))


def quiet_set(quiet: Quiet, hush: Hush, words: Words) -> list[Sentence]:
    if quiet.start == quiet.end:
        return [words("Done. You have no quiet hours now.")]
    hours = bold(quiet_words(quiet, words))
    said = [words("Done. Your quiet hours: {hours}.", hours=hours)]
    if hush.hour:
        said.append(words("Your own hour is within them. I ask you then all the same."))
    if hush.reminder:
        said.append(words("A reminder would come in your quiet hours, so there is none."))
    return said


# --- the reminder, the buttons, the language ------------------------------------------------------------------


def ask_reminder(patient: Patient, words: Words) -> Message:
    """After how long shall an open question come once more?"""
    lines = [
        bold(words("Reminder: {reminder}.", reminder=reminder_words(patient.reminder_minutes, words))),
        words("If a question stays open in the evening, I can ask once more. When shall I?"),
    ]
    rows: list[Row] = [
        (
            Button(
                _chosen(_reminder_label(minutes, words), minutes == patient.reminder_minutes, words),
                tap=pack(buttons.RemindAfter(minutes)),
            ),
        )
        for minutes in (*REMINDERS[1:], REMINDERS[0])
    ]
    return Message(joined("\n", lines), (*rows, (back(words),)))


def _reminder_label(minutes: int, words: Words) -> Sentence:
    if not minutes:
        return words("No reminder")
    return words.many("After {n} minute", "After {n} minutes", minutes)


def reminder_set(minutes: int, hush: Hush, words: Words) -> list[Sentence]:
    if not minutes:
        return [words("Done. I send no reminder any more.")]
    said = [
        words.many(
            "Done. If a question stays open, I ask once more after {n} minute.",
            "Done. If a question stays open, I ask once more after {n} minutes.",
            minutes,
        )
    ]
    if hush.reminder:
        said.append(words("A reminder would come in your quiet hours, so there is none."))
    return said


def buttons_set(large: bool, words: Words) -> Sentence:
    if large:
        return words("Done. The numbers come in rows of three now, with larger buttons.")
    return words("Done. The number buttons have their usual size again.")


def ask_language(words: Words) -> Message:
    rows: list[Row] = [
        (Button(_chosen(sentence(name), code == words.language, words), tap=pack(buttons.Speak(code))),)
        for code, name in LANGUAGES.items()
    ]
    return Message(words("Which language shall I speak?"), (*rows, (back(words),)))
