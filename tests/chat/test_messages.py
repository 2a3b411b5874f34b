"""Everything we say: within Telegram's limits, whole markup, in both languages, whatever people call each other.

Each function of bot/chat that makes something to be read has a case below; one without fails. The second half reads
the sentences as a patient does: short, plain, without blame, and with examples that we understand ourselves.
"""

from __future__ import annotations

import copy
import gettext
import html
import inspect
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import chat
from bot.chat import (
    alerts,
    asked,
    buttons,
    checkins,
    edits,
    entries,
    flares,
    help,
    hours,
    items,
    limits,
    looking,
    notices,
    panels,
    pauses,
    people,
    prompts,
    red_flags,
    sessions,
    settings,
    typed,
    typed_times,
    zones,
)
from bot.chat import words as spoken
from bot.chat.asked import Whose
from bot.chat.entries import DayView
from bot.chat.messages import MAX_CAPTION, MAX_TEXT, Button, Message, as_data, plain
from bot.chat.people import NO, NOW, YES
from bot.chat.places import Place
from bot.chat.typed import Reason, Scores
from bot.chat.words import LANGUAGES, Sentence, Words, sentence, words
from bot.diary import days
from bot.diary.alerts import Act, Alert, AlertId, Done, Limits, Noticed, Pressing, Rule, Word
from bot.diary.checkins import Checkin, CheckinId, Feeling
from bot.diary.checkins import Moment as AskedAt
from bot.diary.digests import Diary
from bot.diary.entries import Day, Item, ItemId, Score, Side, Symptom
from bot.diary.flares import Flare, Since
from bot.diary.hours import OwnHours
from bot.diary.items import Refusal
from bot.diary.moments import Moment, Standing, Thing, Today
from bot.diary.panels import OpenAlert
from bot.diary.pauses import Pause
from bot.diary.pauses import Reason as WhyPaused
from bot.diary.people import MAX_LABEL, ChatId, Patient, PatientId, Reach, Role, Stage, TherapistId
from bot.diary.prompts import Due, Later
from bot.diary.sessions import Kind, Session, SessionId, Version
from bot.diary.sessions import Place as TreatedAt
from bot.diary.settings import REMINDERS, Hush, Upcoming, Why
from bot.diary.zones import Clocks
from bot.reports import digests
from tests.chat import own_data

MAX_TOAST: Final = 200
MAX_DESCRIPTION: Final = 256
MAX_COPIED: Final = 256
MAX_PER_ROW: Final = 8
MAX_BUTTONS: Final = 100
"""Telegram's limits (Bot API 10.0)."""
MAX_CLINIC: Final = 60
"""Of settings.py."""

MONDAY: Final = date(2026, 3, 2)
LONGEST_DAY: Final = date(2026, 9, 30)
NOON: Final = datetime(2026, 9, 30, 12, tzinfo=UTC)
SINCE: Final = 1_790_000_000_000_000
LINK: Final = f"https://t.me/{'a' * 32}?start={'b' * 20}"

LABELS: Final = {
    "plain": "Ada",
    "markup": '<b>&"</i> {nice} &lt; %s \\ <a href="x">',
    "emoji": ("👩🏽‍⚕️" * 10)[:MAX_LABEL],
    "long": ("W&<W>-" * 9)[:MAX_LABEL],
}


def an_item(number: int, symptom: Symptom, site: str | None = None, side: Side | None = None) -> Item:
    return Item(ItemId(number), symptom, site, side, number, MONDAY)


THREE: Final = tuple(an_item(n, symptom) for n, symptom in enumerate(Symptom, start=1))[:3]
ALL: Final = tuple(an_item(n, symptom) for n, symptom in enumerate(Symptom, start=1))


def placed(label: str) -> tuple[Item, ...]:
    """Six items, some of them with places in the therapist's own words."""
    return (
        an_item(1, Symptom.BURNING, "foot", Side.LEFT),
        an_item(2, Symptom.BURNING, "foot", Side.RIGHT),
        an_item(3, Symptom.TINGLING, label, Side.BOTH),
        an_item(4, Symptom.PAIN, label),
        an_item(5, Symptom.NUMBNESS, None, Side.LEFT),
        an_item(6, Symptom.SLEEP),
    )


def views(label: str) -> Iterator[DayView]:
    """A day before its first answer, with some, with all, with skipped ones, and one that was declined."""
    for followed in (THREE, ALL, placed(label)):
        all_of = {item.id: 10 for item in followed}
        skipped = dict.fromkeys(all_of, None)
        yield DayView(LONGEST_DAY, followed, {}, {})
        yield DayView(LONGEST_DAY, followed, {followed[0].id: 0}, all_of)
        yield DayView(LONGEST_DAY, followed, all_of, all_of)
        yield DayView(LONGEST_DAY, followed, skipped, skipped)
        yield DayView(LONGEST_DAY, followed, {followed[0].id: None}, {}, declined=True)
        yield DayView(LONGEST_DAY, followed, all_of, {}, past=True, late=frozenset(all_of))
        yield DayView(LONGEST_DAY, followed, {followed[0].id: 3}, {}, past=True, late=frozenset({followed[0].id}))


# --- a case for everything that is said

Made = Message | Sentence | Button | list[dict[str, str]] | None
Case = Callable[[Words, str], Iterator[Made]]
CASES: dict[Callable[..., Any], Case] = {}


def case(*functions: Callable[..., Any]) -> Callable[[Case], Case]:
    def enlist(made: Case) -> Case:
        CASES.update(dict.fromkeys(functions, made))
        return made

    return enlist


def always(function: Callable[[Words], Made]) -> None:
    """A function that needs nothing but the language."""
    CASES[function] = lambda say, _: iter([function(say)])


def of_label(function: Callable[[str, Words], Made]) -> None:
    """A function that needs a name."""
    CASES[function] = lambda say, label: iter([function(label, say)])


for _each in (
    entries.no_note,
    entries.note_undone,
    people.group,
    people.invite_whom,
    people.declined,
    people.no_such_place,
    people.no_such_hour,
    pauses.no_such_date,
    prompts.too_late,
    prompts.in_a_pause,
    people.ask_name,
    people.whose_week,
    people.choose_language,
    people.language_set,
    edits.only_entries,
    flares.undone,
    flares.dropped,
    flares.nothing_followed,
    notices.alert_undelivered,
    people.old_button,
    people.not_saved,
    help.description,
    help.short_description,
    sessions.ask_date,
    sessions.no_such_date,
    sessions.still_to_come,
    sessions.too_long_ago,
    sessions.ask_name,
    sessions.name_too_long,
    sessions.note_too_long,
    sessions.no_such_session,
    sessions.report_undone,
    sessions.report_instead,
    sessions.report_stands,
    sessions.no_patients,
    sessions.not_shared,
    settings.ask_language,
    settings.back,
    settings.no_such_time,
):
    always(_each)
for _named in (people.ask_share, people.therapist_welcome, people.therapist_name_taken, people.named):
    of_label(_named)


def clinic(label: str) -> str:
    return (label * MAX_CLINIC)[:MAX_CLINIC]


def card(say: Words) -> Sentence:
    return red_flags.card(say, red_flags.emergency_number("112", True, say), None)


@case(red_flags.card)
def _(say: Words, label: str) -> Iterator[Made]:
    yield red_flags.card(say, sentence(label[:20]), None)


@case(red_flags.emergency_number)
def _(say: Words, label: str) -> Iterator[Made]:
    for same in (True, False):
        yield red_flags.emergency_number(label[:20], same, say)


@case(red_flags.urgent)
def _(say: Words, label: str) -> Iterator[Made]:
    for same in (True, False):
        yield red_flags.urgent(say, red_flags.emergency_number(label[:20], same, say), None)


@case(entries.ask_note)
def _(say: Words, label: str) -> Iterator[Made]:
    for over in (True, False):
        yield entries.ask_note(LONGEST_DAY, say, closed=over)


@case(entries.bubble)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.bubble(view, say)


@case(entries.change_button)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.change_button(LONGEST_DAY, say)


@case(entries.note_button)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.note_button(LONGEST_DAY, say)


@case(entries.other_day_button)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.other_day_button(LONGEST_DAY, MONDAY, SINCE, 7, say)


@case(entries.choose_change)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.choose_change(view, say)


@case(entries.closed)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.closed(LONGEST_DAY, say)
    for view in views(label):
        yield entries.closed(LONGEST_DAY, say, view)


@case(entries.before_the_diary)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.before_the_diary(MONDAY, LONGEST_DAY, say)


@case(entries.declined)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.declined(view, say)


@case(entries.summary)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        if view.next_item is None:
            yield entries.summary(view, say)


@case(entries.question)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        for item in view.items:
            yield entries.question(view, item, say)
            yield entries.question(view, item, say, changing=True)


@case(entries.meaning)
def _(say: Words, label: str) -> Iterator[Made]:
    for symptom in Symptom:
        yield entries.meaning(symptom, say)


@case(entries.value_words)
def _(say: Words, label: str) -> Iterator[Made]:
    for value in (None, 0, 10):
        yield entries.value_words(value, say)


@case(spoken.moment)
def _(say: Words, label: str) -> Iterator[Made]:
    yield spoken.moment(NOON, say)


@case(entries.stored_briefly)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.stored_briefly(view.day, view.items[0], 10, say)


@case(entries.stored)
def _(say: Words, label: str) -> Iterator[Made]:
    other = entries.other_day_button(LONGEST_DAY, MONDAY, SINCE, 7, say)
    for view in views(label):
        yield entries.stored(view, [(item, 10) for item in view.items], other, say)
        yield entries.stored(view, [(view.items[0], 0)], None, say)


@case(entries.moved)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.moved(view, [(item, 10) for item in view.items], say)


@case(entries.which_item)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.which_item(view, view.items, 7, say)


@case(entries.unclear)
def _(say: Words, label: str) -> Iterator[Made]:
    for reason in Reason:
        for followed in (THREE, placed(label)):
            yield entries.unclear(reason, followed, say)


@case(entries.note_stored)
def _(say: Words, label: str) -> Iterator[Made]:
    for readers in ([], [label], [label, label, label]):
        yield entries.note_stored(LONGEST_DAY, 2**40, readers, say)


@case(entries.nothing_asked)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.nothing_asked(LONGEST_DAY, say)


def desks(label: str) -> Iterator[Whose]:
    """The patient's own questions, and those of a patient for a therapist."""
    yield Whose(None, "", LONGEST_DAY)
    yield Whose(2**40, label, LONGEST_DAY)


def changing(label: str) -> tuple[Item, ...]:
    """Six items: some as ever, one that begins soon, one that ends soon, one that was taken up again."""
    first, second, third, fourth, *rest = placed(label)
    tomorrow = LONGEST_DAY + timedelta(days=1)
    return (
        first,
        replace(second, added_day=tomorrow),
        replace(third, ended_day=tomorrow),
        replace(fourth, rests=((MONDAY, LONGEST_DAY),)),
        *rest,
    )


@case(asked.whats_asked)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for followed in ((), THREE, changing(label)):
            yield asked.whats_asked(whose, followed, say)


@case(asked.one_item)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for item in changing(label):
            if item.ended_day is None:
                yield asked.one_item(whose, changing(label), item, say)


@case(asked.next_question)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for followed in ((), ALL):
            yield asked.next_question(whose, buttons.AddItem(whose.patient, None, None, None), followed, say)
        for symptom in Symptom:
            yield asked.next_question(whose, buttons.AddItem(whose.patient, symptom, None, None), ALL, say)
            for site in (*asked.SITES, "W" * buttons.MAX_SITE):
                yield asked.next_question(whose, buttons.AddItem(whose.patient, symptom, site, None), ALL, say)


@case(asked.ask_place)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        yield asked.ask_place(whose, Symptom.NUMBNESS, say)


@case(asked.no_such_place)
def _(say: Words, label: str) -> Iterator[Made]:
    for too_long in (True, False):
        yield asked.no_such_place(say, too_long=too_long)


@case(asked.added)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for item in changing(label):
            for ahead in (-200, 0, 1, 2):
                day = LONGEST_DAY + timedelta(days=ahead)
                yield asked.added(whose, item, day, day, say)
            for first in (LONGEST_DAY, None):
                yield asked.added(whose, item, item.added_day, first, say)


@case(asked.already)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for item in changing(label):
            yield asked.already(whose, item, say)


@case(asked.ask_end)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for item in changing(label):
            yield asked.ask_end(whose, item, say)


@case(asked.ended)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for item in changing(label):
            for ahead in (0, 1, 2):
                yield asked.ended(whose, replace(item, ended_day=LONGEST_DAY + timedelta(days=ahead)), say)


@case(asked.refused)
def _(say: Words, label: str) -> Iterator[Made]:
    for whose in desks(label):
        for why in Refusal:
            yield asked.refused(whose, why, say)


@case(asked.told_added)
def _(say: Words, label: str) -> Iterator[Made]:
    for item in placed(label):
        for first in (LONGEST_DAY, None):
            yield asked.told_added(label, item, first, say)


@case(asked.told_ended)
def _(say: Words, label: str) -> Iterator[Made]:
    for item in placed(label):
        yield asked.told_ended(label, replace(item, ended_day=LONGEST_DAY), say)


@case(items.item_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for item in (*ALL, *placed(label)):
        yield items.item_name(item, say)


@case(items.site_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for site in (*sessions.SITES, *asked.SITES, label, None):
        for side in (*Side, None):
            if site or side:
                yield items.site_name(site, side, say)


@case(items.symptom_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for symptom in Symptom:
        yield items.symptom_name(symptom, say)


@case(people.admin_welcome)
def _(say: Words, label: str) -> Iterator[Made]:
    for is_therapist in (True, False):
        yield people.admin_welcome(clinic(label), is_therapist, say)


@case(people.answered)
def _(say: Words, label: str) -> Iterator[Made]:
    step = people.ask_share(label, say)
    for answer in (YES, NO):
        yield people.answered(step, buttons.Enrol(Stage.SHARE, answer), say)
    start = people.ask_start(card(say), NOON, MONDAY, sentence("112"), say)
    yield people.answered(start, buttons.Enrol(Stage.START, NOW), say)


@case(people.ask_hour)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.ask_hour(NOON, say)


@case(people.ask_start)
def _(say: Words, label: str) -> Iterator[Made]:
    for same in (True, False):
        number = red_flags.emergency_number("112", same, say)
        own = red_flags.card(say, number, None)
        for today in (MONDAY, NOON.date(), NOON.date() - timedelta(days=1)):
            yield people.ask_start(own, NOON, today, number, say)


@case(people.ask_store)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.ask_store(clinic(label), label, say)


@case(people.ask_zone)
def _(say: Words, label: str) -> Iterator[Made]:
    for zone in ("Europe/Lisbon", max(days.zones(), key=len), "UTC"):
        yield people.ask_zone(zone, NOON, say)
    yield people.ask_zone("UTC", NOON, say, [Place(label, zone, "PT") for zone in ("Europe/Lisbon", "UTC")])


@case(people.bad_link)
def _(say: Words, label: str) -> Iterator[Made]:
    for why in ("expired", "used", "yours", "own", "unknown"):
        yield people.bad_link(why, say)


OFFERED: Final = tuple(command.name for command in help.COMMANDS)
"""As if the bot had every command that it knows words for."""


def moments_of_a_life() -> Iterator[Moment]:
    """Everyone in every way, and a patient at every hour."""
    for standing in Standing:
        yield Moment((standing,), today=MONDAY, on=MONDAY, next_at=NOON)
    yield Moment((Standing.THERAPIST,), patients=True)
    yield Moment((Standing.THERAPIST, Standing.ADMIN), patients=True)
    for standings in ((Standing.PATIENT,), (Standing.PATIENT, Standing.THERAPIST, Standing.ADMIN)):
        for state in Today:
            for yesterday in (None, MONDAY - days.ONE_DAY):
                yield Moment(standings, MONDAY, MONDAY, state, yesterday, next_at=NOON, patients=True)
        yield Moment(standings, MONDAY, MONDAY, Today.DONE)
        for back in (None, LONGEST_DAY):
            yield Moment(standings, MONDAY, MONDAY, paused=True, back=back, patients=True)


@case(help.commands)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        yield help.commands(moment.standings, OFFERED, say)


@case(help.help_)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        yield help.help_(moment, OFFERED, say)


@case(help.more)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        yield help.more(moment, OFFERED, say)


@case(help.fitting)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        yield Message(sentence("."), help.fitting(moment, OFFERED, say))


@case(help.instead)
def _(say: Words, label: str) -> Iterator[Made]:
    yield Message(sentence("."), help.instead(LONGEST_DAY, say))


@case(help.not_understood)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        yield help.not_understood(moment, OFFERED, say)


@case(help.unknown_command)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        for name in ("todya", "foo", label):
            yield help.unknown_command(name, moment, OFFERED, say)


@case(help.by_invitation)
def _(say: Words, label: str) -> Iterator[Made]:
    yield help.by_invitation(Moment(), OFFERED, say)


@case(help.tap_first)
def _(say: Words, label: str) -> Iterator[Made]:
    for stage in Stage:
        yield help.tap_first(stage, label, people.ask_hour(NOON, say).buttons, say)


@case(help.thing)
def _(say: Words, label: str) -> Iterator[Made]:
    for moment in moments_of_a_life():
        for kind in Thing:
            yield help.thing(kind, moment, OFFERED, say)


@case(help.only_the_words)
def _(say: Words, label: str) -> Iterator[Made]:
    for kind in Thing:
        yield help.only_the_words(kind, say)


@case(people.invite)
def _(say: Words, label: str) -> Iterator[Made]:
    for role in (Role.PATIENT, Role.THERAPIST):
        yield people.invite(role, label, LINK, NOON, say)
    yield people.invite(Role.THERAPIST, None, LINK, NOON, say)


@case(people.invite_accepted)
def _(say: Words, label: str) -> Iterator[Made]:
    for shared in (True, False):
        yield people.invite_accepted(label, shared, say)


@case(people.label_too_long)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.label_too_long(MAX_LABEL, say)


@case(people.morning_or_evening)
def _(say: Words, label: str) -> Iterator[Made]:
    for hour in (1, 9, 12):
        yield people.morning_or_evening(hour, 30, say)


@case(people.not_for_you)
def _(say: Words, label: str) -> Iterator[Made]:
    for role in Role:
        yield people.not_for_you(role, say)


@case(people.started)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.started(NOON, MONDAY, say)


@case(people.stranger)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.stranger(clinic(label), say)


@case(people.stopped)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.stopped(say)


@case(people.has_stopped)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.has_stopped(label, say)


@case(people.therapist_unreachable)
def _(say: Words, label: str) -> Iterator[Made]:
    for reach in (Reach.BLOCKED, Reach.GONE):
        yield people.therapist_unreachable(label, reach, say)


@case(people.welcome_back)
def _(say: Words, label: str) -> Iterator[Made]:
    for next_at in (None, NOON):
        yield people.welcome_back(next_at, MONDAY, say)


@case(people.when)
def _(say: Words, label: str) -> Iterator[Made]:
    for hour in (12, 20):
        for ahead in (0, 1, 2):
            yield people.when(NOON.replace(hour=hour), NOON.date() - timedelta(days=ahead), say)


EVERYWHERE: Final = (1 << len(sessions.OPTIONS)) - 1


def treatments(label: str) -> Iterator[Session]:
    """One of each kind; one everywhere; one with the longest name and note, at a place in somebody's own words."""
    own = TreatedAt(label, Side.BOTH)
    for kind in Kind:
        yield Session(SessionId(2**40), LONGEST_DAY, kind, NOON, (TreatedAt("foot", Side.LEFT), TreatedAt("other")))
        yield Session(SessionId(2**40), LONGEST_DAY, kind, NOON, sessions.places_of(EVERYWHERE), reported=True)
    note = " ".join([label] * (sessions.MAX_NOTE // (len(label) + 1)))
    yield Session(SessionId(2**40), LONGEST_DAY, Kind.OTHER, NOON, (own,), label, note)


def versions(label: str) -> Iterator[list[Version]]:
    """Histories: logged, reported, changed again and again, deleted."""
    for session in treatments(label):
        logged = Version(session, None, label, NOON)
        told = Version(replace(session, reported=True), None, None, NOON, confirmed_at=NOON, confirmed_by=label)
        moved = Version(replace(session, day=MONDAY), session.id, label, NOON)
        noted = Version(replace(session, day=MONDAY, note="short"), session.id, None, NOON, NOON, label)
        yield [logged]
        yield [replace(told, confirmed_at=None)]
        yield [logged, replace(logged, corrects=session.id), moved, noted] * 4
        yield [told, replace(logged, corrects=session.id, undone_at=NOON, session=replace(session, note=None))]


@case(panels.hits)
def _(say: Words, label: str) -> Iterator[Made]:
    for n in (2, 41, 200):
        yield panels.hits(label, [(one, label) for one in range(n)], say)


@case(panels.rename_whom)
def _(say: Words, label: str) -> Iterator[Made]:
    yield panels.rename_whom([(one, label) for one in range(90)], say)


@case(panels.ask_search, panels.rename_typed, panels.type_hour, panels.no_such_hour, panels.how_typed)
def _(say: Words, label: str) -> Iterator[Made]:
    yield panels.ask_search(say)
    yield panels.rename_typed(say)
    yield panels.type_hour(say)
    yield panels.no_such_hour(say)
    yield panels.how_typed(say)


@case(panels.no_hit, panels.ask_name, panels.called_so, panels.name_taken, panels.nobody_called, panels.renamed)
def _(say: Words, label: str) -> Iterator[Made]:
    yield panels.no_hit(label, say)
    yield panels.ask_name(label, say)
    yield panels.called_so(label, say)
    yield panels.name_taken(label, say)
    yield panels.nobody_called(label, say)
    yield panels.renamed(label, label, 2**40, say)


@case(panels.weekday, panels.choose_day, panels.choose_hour, panels.hour_kept)
def _(say: Words, label: str) -> Iterator[Made]:
    for day in range(7):
        yield panels.weekday(day, say)
        yield panels.choose_hour(day, say)
        for next_at in (None, NOON):
            yield panels.choose_day(day, time(7, 30), next_at, say)
        yield panels.hour_kept(day, time(7, 30), NOON, say, told=day > 3)


@case(sessions.choose_patient)
def _(say: Words, label: str) -> Iterator[Made]:
    for many in (1, 20, 200):
        for page in (0, 3):
            for found in (True, False):
                yield sessions.choose_patient([(n, label) for n in range(many)], page, say, found=found)


of_label(sessions.nobody_found)
of_label(sessions.ask_note)


@case(sessions.kind_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for kind in Kind:
        yield sessions.kind_name(kind, say)


@case(sessions.place_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for place in (*sessions.OPTIONS, TreatedAt(label)):
        yield sessions.place_name(place, say)


@case(sessions.what)
@case(sessions.described)
@case(sessions.sentence_of)
@case(sessions.same_again)
@case(sessions.last_one)
@case(sessions.which_part)
@case(sessions.another_day)
@case(sessions.another_kind)
@case(sessions.other_places)
@case(sessions.other_note)
@case(sessions.delete)
@case(sessions.told_therapist)
def _(say: Words, label: str) -> Iterator[Made]:
    for one in treatments(label):
        yield sessions.what(one, say)
        yield sessions.described(one, say)
        yield sessions.sentence_of(one, say)
        yield sessions.same_again(label, 2**40, one, MONDAY, say)
        yield sessions.last_one([one], say)
        yield sessions.which_part(label, 2**40, one, say)
        yield sessions.another_day(label, 2**40, one, MONDAY, say)
        yield sessions.another_kind(label, 2**40, one, say)
        yield sessions.other_places(label, 2**40, one, 0, say)
        yield sessions.other_places(label, 2**40, one, EVERYWHERE, say)
        yield sessions.other_note(label, 2**40, one, say)
        yield sessions.delete(label, 2**40, one, say)
        yield sessions.told_therapist(label, 2**40, one, say)


@case(sessions.logged)
@case(sessions.reported)
@case(sessions.known_already)
def _(say: Words, label: str) -> Iterator[Made]:
    for one in treatments(label):
        yield sessions.known_already(one, say)
        for coming in ([], [AskedAt(24, NOON)], [AskedAt(24, NOON), AskedAt(48, NOON)]):
            yield sessions.logged(label, 2**40, one, coming, say)
            yield sessions.reported(one, [label, label], coming, say)
    yield sessions.reported(one, [], [], say)


@case(sessions.one)
@case(sessions.listed)
@case(sessions.treatments_button)
def _(say: Words, label: str) -> Iterator[Made]:
    yield sessions.treatments_button(2**40, say)
    yield sessions.listed(label, 2**40, [], 0, say)
    told = [checkins.line(one, "Europe/Lisbon", say) for one in asked_after()][:2]
    for forms in versions(label):
        yield sessions.one(label, 2**40, forms, told, "Europe/Lisbon", say)
        for page in (0, 2):
            many = [replace(form, session=replace(form.session, id=SessionId(n))) for n, form in enumerate(forms * 12)]
            yield sessions.listed(label, 2**40, many, page, say)


@case(sessions.ask_patient_when)
@case(sessions.ask_patient_what)
def _(say: Words, label: str) -> Iterator[Made]:
    yield sessions.ask_patient_when(MONDAY, say)
    yield sessions.ask_patient_what(LONGEST_DAY, say)


@case(sessions.next_question)
def _(say: Words, label: str) -> Iterator[Made]:
    *_, last = treatments(label)
    for before in (None, last):
        yield sessions.next_question(label, buttons.Session(2**40), before, MONDAY, say)
    yield sessions.next_question(label, buttons.Session(2**40, LONGEST_DAY), last, MONDAY, say)
    for done in buttons.Done:
        for places in (None, 1, EVERYWHERE):
            yield sessions.next_question(label, buttons.Session(2**40, LONGEST_DAY, done, places), None, MONDAY, say)


@case(sessions.side_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for side in Side:
        yield sessions.side_name(side, say)


def asked_after() -> Iterator[Checkin]:
    """Check-ins: answered in each way, asked, planned, dropped."""
    one = Checkin(CheckinId(2**40), SessionId(1), LONGEST_DAY, 24, NOON, None, NOON)
    for feeling in Feeling:
        yield replace(one, answer=feeling, answered_at=NOON)
    yield one
    yield replace(one, asked_at=None, due_at=NOON)
    yield replace(one, asked_at=None)


@case(checkins.feeling_name)
@case(checkins.stored)
@case(checkins.stored_briefly)
@case(checkins.sign_in_words)
@case(checkins.question)
@case(checkins.beside)
@case(checkins.line)
@case(checkins.newest)
def _(say: Words, label: str) -> Iterator[Made]:
    for feeling in Feeling:
        yield checkins.feeling_name(feeling, say)
        yield checkins.stored(2**40, feeling, (LONGEST_DAY,), say)
        yield checkins.stored_briefly(feeling, say)
        yield checkins.sign_in_words(feeling, say)
    several = (LONGEST_DAY, LONGEST_DAY - timedelta(days=1))
    yield checkins.stored(2**40, Feeling.WEAKNESS, several, say)
    yield checkins.question(2**40, (LONGEST_DAY,), say)
    yield checkins.question(2**40, several, say)
    for one in asked_after():
        yield checkins.line(one, "Europe/Lisbon", say)
        if one.asked_at is not None:
            yield checkins.newest([one, one], say)
        for view in views(label):
            yield entries.bubble(replace(view, checkins=(one,)), say)
            yield checkins.beside(entries.bubble(view, say), 2**40, (LONGEST_DAY,), say)


def a_patient(**changes: Any) -> Patient:
    """Ada, asked at 20:00 in Lisbon, with other settings where a test wants them."""
    patient = Patient(
        PatientId(1), ChatId(101), Stage.ACTIVE, "Europe/Lisbon", time(20), NOON, MONDAY, None, None, None, None
    )
    return replace(patient, **changes)


LONGEST_CITY: Final = max(days.zones(), key=lambda zone: len(words("en").city(zone)))
PATIENTS: Final = (
    a_patient(),
    a_patient(weekend_time=time(1, 30), quiet_from=time(22), quiet_to=time(22), reminder_minutes=0, large_buttons=True),
    a_patient(weekend_time=time(20), zone=LONGEST_CITY, home_zone="America/Nuuk"),
    a_patient(home_zone="Europe/Lisbon", local_zone=LONGEST_CITY),
)
COMING: Final = (
    *(Upcoming(Due(NOON.date(), NOON + timedelta(hours=ahead)), None) for ahead in (-1, 8, 13.5, 32, 80)),
    *(Upcoming(Due(NOON.date() + timedelta(days=1), NOON + timedelta(hours=32)), why) for why in Why),
    Upcoming(None, Why.PAUSED),
    Upcoming(None, None),
)
HUSHES: Final = [Hush(hour, reminder) for hour in (True, False) for reminder in (True, False)]


@case(settings.overview)
def _(say: Words, label: str) -> Iterator[Made]:
    for patient in PATIENTS:
        for followed in (THREE, placed(label), ()):
            for name in (label, None):
                said = settings.buttons_set(True, say)
                yield settings.overview(patient, followed, COMING[0], NOON, say, name=name, said=said)
                yield settings.overview(patient, followed, COMING[0], NOON, say, name=name)


@case(settings.without_diary)
def _(say: Words, label: str) -> Iterator[Made]:
    for name in (label, None):
        yield settings.without_diary(name, say)
        yield settings.without_diary(name, say, people.language_set(say).text)


@case(settings.next_question)
def _(say: Words, label: str) -> Iterator[Made]:
    for patient in PATIENTS:
        for coming in COMING:
            yield settings.next_question(coming, patient, NOON, say)


@case(settings.changed)
def _(say: Words, label: str) -> Iterator[Made]:
    for patient in PATIENTS:
        for journey in (True, False):
            for today in (None, MONDAY):
                said = [settings.buttons_set(False, say)]
                yield settings.changed(said, COMING[0], patient, NOON, say, today=today, journey=journey)


@case(settings.journey_button)
@case(settings.ask_quiet)
@case(settings.ask_reminder)
def _(say: Words, label: str) -> Iterator[Made]:
    for patient in PATIENTS:
        yield settings.journey_button(patient, say)
        yield settings.ask_quiet(patient, say)
        yield settings.ask_reminder(patient, say)


@case(settings.ask_hour)
@case(settings.type_hour)
@case(settings.hours_set)
def _(say: Words, label: str) -> Iterator[Made]:
    for on in buttons.Days:
        yield settings.type_hour(on, say)
        for patient in PATIENTS:
            yield settings.ask_hour(on, patient, say)
            for hush in HUSHES:
                yield from settings.hours_set(patient, on, hush, say)


@case(settings.morning_or_evening)
def _(say: Words, label: str) -> Iterator[Made]:
    early, late = buttons.AskAt(buttons.Days.WEEKDAYS, time(0)), buttons.AskAt(buttons.Days.WEEKDAYS, time(12))
    yield settings.morning_or_evening(early, late, say)
    yield settings.morning_or_evening(buttons.QuietHours(time(9), None), buttons.QuietHours(time(22), time(0)), say)


@case(settings.hush_words)
@case(settings.quiet_set)
@case(settings.quiet_words)
def _(say: Words, label: str) -> Iterator[Made]:
    yield settings.quiet_words(days.Quiet(time(22), time(8)), say)
    for quiet in (days.Quiet(time(22), time(8)), days.Quiet(time(0), time(0))):
        for hush in HUSHES:
            yield from settings.hush_words(hush, say)
            yield from settings.quiet_set(quiet, hush, say)


@case(settings.ask_quiet_end)
@case(settings.type_quiet)
def _(say: Words, label: str) -> Iterator[Made]:
    yield settings.ask_quiet_end(time(22, 30), say)
    for start in (None, time(22, 30)):
        yield settings.type_quiet(start, say)


@case(settings.reminder_words)
@case(settings.reminder_set)
def _(say: Words, label: str) -> Iterator[Made]:
    for minutes in (*REMINDERS, 1):
        yield settings.reminder_words(minutes, say)
        for hush in HUSHES:
            yield from settings.reminder_set(minutes, hush, say)


@case(settings.buttons_set)
def _(say: Words, label: str) -> Iterator[Made]:
    for large in (True, False):
        yield settings.buttons_set(large, say)


ABROAD: Final = (
    Clocks("Europe/Lisbon"),
    Clocks(LONGEST_CITY, "America/Nuuk"),
    Clocks("America/Nuuk", "America/Nuuk", LONGEST_CITY),
)


@case(zones.ask_place)
@case(zones.lives)
@case(zones.travels)
@case(zones.welcome_home)
def _(say: Words, label: str) -> Iterator[Made]:
    for clocks in ABROAD:
        for use in buttons.Use:
            yield zones.ask_place(use, clocks, NOON, say)
        yield zones.lives(clocks, NOON, say)
        yield zones.welcome_home(clocks, NOON, say)
        yield from zones.travels(clocks, NOON, say)


@case(zones.which_place)
@case(zones.unknown_place)
def _(say: Words, label: str) -> Iterator[Made]:
    for use in buttons.Use:
        yield zones.unknown_place(use, say)
        yield zones.which_place(use, [Place(label, zone, "PT") for zone in ("Europe/Lisbon", "UTC", "UTC")], say)


@case(zones.continents)
@case(zones.continent_name)
@case(zones.city_and_country)
@case(zones.country_and_city)
@case(zones.in_order)
def _(say: Words, label: str) -> Iterator[Made]:
    likely = ["Europe/Lisbon", "UTC", LONGEST_CITY]
    yield zones.city_and_country("Asia/Kathmandu", say)
    yield zones.country_and_city("Asia/Kathmandu", say)
    yield sentence(zones.in_order(["Europe/Madrid", "Europe/Lisbon"], say)[0])
    for use in buttons.Use:
        yield zones.continents(use, likely, say)
    for continent in buttons.Continent:
        yield zones.continent_name(continent, say)


@case(zones.cities)
def _(say: Words, label: str) -> Iterator[Made]:
    for continent in buttons.Continent:
        found = chat.places.cities_of(continent.value, NOON)
        for page in range(10):
            yield zones.cities(buttons.Use.JOURNEY, continent, found, page, say)


@case(zones.which_clock)
@case(zones.sent_place)
@case(zones.same_clock)
def _(say: Words, label: str) -> Iterator[Made]:
    for clocks in ABROAD:
        yield zones.which_clock(clocks, LONGEST_CITY, (NOON, NOON), NOON, say)
    yield zones.sent_place(LONGEST_CITY, NOON, say)
    yield zones.same_clock("Europe/Lisbon", NOON, say)


def paused(reason: WhyPaused | None = None, until: date | None = None) -> Pause:
    return Pause(2**40, MONDAY, until, reason, NOON, None)


@case(pauses.begun)
def _(say: Words, label: str) -> Iterator[Made]:
    for reason in (None, *WhyPaused):
        for next_at in (None, NOON):
            yield pauses.begun(paused(reason), MONDAY, next_at, say)


@case(pauses.standing)
def _(say: Words, label: str) -> Iterator[Made]:
    for next_at in (None, NOON):
        yield pauses.standing(paused(), MONDAY, MONDAY, next_at, say)


@case(pauses.welcome)
def _(say: Words, label: str) -> Iterator[Made]:
    for next_at in (None, NOON):
        for answerable in (None, LONGEST_DAY):
            yield pauses.welcome(next_at, MONDAY, answerable, say)


@case(pauses.reason_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for reason in WhyPaused:
        yield pauses.reason_name(reason, say)


@case(pauses.for_therapist)
def _(say: Words, label: str) -> Iterator[Made]:
    for reason in (None, *WhyPaused):
        for until in (None, LONGEST_DAY):
            yield pauses.for_therapist(paused(reason, until), say)


@case(pauses.choose)
@case(pauses.choose_date)
def _(say: Words, label: str) -> Iterator[Made]:
    for there in (MONDAY, LONGEST_DAY):
        yield pauses.choose(MONDAY, there, say)
    yield pauses.choose_date(MONDAY, say)


@case(prompts.asking)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        for kind in prompts.Kind if view.next_item is not None else [prompts.Kind.PROMPT]:
            yield prompts.asking(view, kind, say)


@case(prompts.choose_later)
def _(say: Words, label: str) -> Iterator[Made]:
    for there in (LONGEST_DAY, LONGEST_DAY + timedelta(days=1)):
        yield prompts.choose_later(LONGEST_DAY, there, list(Later), say)


@case(prompts.only_once)
def _(say: Words, label: str) -> Iterator[Made]:
    yield prompts.only_once(NOON, say)


@case(prompts.snoozed)
def _(say: Words, label: str) -> Iterator[Made]:
    for moved in (True, False):
        yield prompts.snoozed(LONGEST_DAY, NOON, NOON.date(), moved, say)


@case(red_flags.number_in)
def _(say: Words, label: str) -> Iterator[Made]:
    for zone in ("Europe/Lisbon", "Asia/Kathmandu"):
        yield red_flags.number_in(zone, "Europe/Lisbon", label[:20], say)


@case(red_flags.flagged)
@case(red_flags.flagged_again)
@case(red_flags.chosen_now)
@case(red_flags.chosen_no)
@case(red_flags.what_to_do)
@case(red_flags.told_before)
@case(red_flags.stands)
@case(red_flags.not_heard)
def _(say: Words, label: str) -> Iterator[Made]:
    for same in (True, False):
        number = red_flags.emergency_number(label[:20], same, say)
        yield red_flags.flagged(2**40, card(say), say)
        yield red_flags.flagged_again(2**40, number, say)
        yield red_flags.chosen_now(card(say), say)
        yield red_flags.chosen_now(card(say), say, Feeling.CHEST_PAIN)
        yield red_flags.chosen_no(2**40, card(say), number, say)
        for therapists in ([], [label], [label, label]):
            yield red_flags.what_to_do(number, therapists, clinic(label), say)
        yield red_flags.told_before(number, NOON, say)
        yield red_flags.stands(number, say)
        yield red_flags.not_heard(number, clinic(label), say)


def alert(**changed: Any) -> Alert:
    raised = Alert(AlertId(2**40), PatientId(2**40), LONGEST_DAY, None, None, *[None] * 7)  # type: ignore[arg-type]
    return replace(raised, raised_at=NOON, **changed)


def alerts_seen(label: str) -> Iterator[alerts.Seen]:
    """One item and six, with and without answers, withdrawn or not, short notes and long ones."""
    six = [
        (item, Noticed(item.id, rule, LONGEST_DAY, (10, 10), 6.96, 7, 4))
        for item, rule in zip(placed(label), itertools.cycle(Rule), strict=False)
    ]
    acts = [Done(TherapistId(one), label, act, "tired, " * 90 + "sore", NOON) for one in (1, 2, 3) for act in Act]
    for about, done in itertools.product((six[:1], six), ([], acts[:1], acts[:2], acts)):
        for changed in (
            {},
            {"withdrawn_at": NOON},
            {"urgency": Pressing.URGENT, "urgency_at": NOON},
            {"urgency": Pressing.WAITS, "urgency_at": NOON},
            {"red_flag_id": 1},
        ):
            yield alerts.Seen(alert(**changed), label, about, done, TherapistId(1), "Europe/Lisbon")


@case(alerts.texts)
@case(alerts.figures)
@case(alerts.history)
@case(alerts.rows)
@case(alerts.on_card)
@case(alerts.bare)
@case(alerts.called_urgent)
@case(alerts.reminder)
@case(alerts.for_deputy)
@case(alerts.stands_in)
@case(alerts.ask_note)
@case(alerts.note_too_long)
@case(alerts.note_kept)
@case(alerts.done_before)
@case(alerts.taken_back)
@case(alerts.kept)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in alerts_seen(label):
        shortest = next(text for text in alerts.texts(view, say) if units(plain(text)) <= MAX_CAPTION)
        yield Message(shortest, alerts.rows(view, say))
        yield alerts.called_urgent(view, say)
        yield alerts.reminder(view, say)
    yield alerts.for_deputy(label, say)
    yield alerts.stands_in(label, say)
    open_now = [OpenAlert(2**40 + n, date(2026, 11, 30), NOON, red_flag=n > 0) for n in range(3)]
    for count in (1, 3):
        yield Message(sentence(label), alerts.on_card(2**40, open_now[:count], say))
    yield alerts.bare(label, say)
    yield alerts.ask_note(label, say)
    yield alerts.note_too_long(say)
    yield alerts.note_kept(label, say)
    yield alerts.done_before(say)
    yield alerts.taken_back(say)
    for answered in buttons.Answered:
        yield alerts.kept(answered, say)


@case(hours.page)
@case(hours.ask)
@case(hours.not_read)
@case(hours.in_words)
def _(say: Words, label: str) -> Iterator[Made]:
    yield hours.ask(say)
    yield hours.not_read(say)
    for own in (
        OwnHours(time(22, 30), time(6, 30), frozenset({0, 2, 4, 6}), "America/Argentina/Buenos_Aires"),
        OwnHours(time(8), time(18), frozenset(range(5)), "Europe/Lisbon"),
        OwnHours(time(0), time(0), frozenset(range(7)), "Europe/Lisbon"),
    ):
        yield hours.in_words(own, say)
        yield hours.page(own, say)
    yield hours.page(None, say)


@case(limits.page)
@case(limits.on_card)
def _(say: Words, label: str) -> Iterator[Made]:
    yield limits.on_card(2**40, say)[0]
    for found in (Limits(), Limits(1, 9)):
        for changed in (None, (label, NOON)):
            yield limits.page(2**40, label, found, changed, say)
            yield limits.page(2**40, label, found, changed, say, now=True)


@case(alerts.question)
@case(alerts.not_heard)
@case(alerts.answered)
@case(alerts.has_seen)
def _(say: Words, label: str) -> Iterator[Made]:
    number = red_flags.emergency_number("112", True, say)
    for view in alerts_seen(label):
        for names in ((), (label,), (label, label)):
            for later in ((), ((label, NOON), (label, NOON))):
                yield alerts.question(view.alert, view.about, names, later, number, clinic(label), say)
    yield alerts.not_heard(alert(), number, clinic(label), say)
    for urgency in Pressing:
        yield alerts.answered(urgency, say)
    for word in Word:
        for changed in ({}, {"red_flag_id": 1}):
            yield alerts.has_seen(word, label, alert(**changed), NOON, say)


@case(red_flags.reported)
@case(red_flags.no_answer)
@case(red_flags.answered_no)
def _(say: Words, label: str) -> Iterator[Made]:
    for sign in (None, Feeling.WEAKNESS):
        yield red_flags.reported(label, 2**40, NOON, red_flags.emergency_number(label[:20], True, say), say, sign)
    yield red_flags.no_answer(label, 2**40, NOON, say)
    yield red_flags.answered_no(label, NOON, say)


@case(edits.corrected)
@case(edits.now_counts)
@case(edits.note_changed)
@case(edits.too_old)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        for kept in (1, len(view.items)):
            given = [(item, 10) for item in view.items[:kept]]
            yield edits.corrected(view, given, view.items[kept:], say)
        yield edits.now_counts(view, view.items, say)
    yield edits.note_changed(LONGEST_DAY, 2**40, say)
    yield edits.too_old(LONGEST_DAY, say)


def a_flare(since: Since, at: datetime = NOON) -> Flare:
    return Flare(2**40, LONGEST_DAY, ItemId(1), 10, at, since, NOON)


@case(flares.when)
def _(say: Words, label: str) -> Iterator[Made]:
    for since in Since:
        for at in (NOON, NOON.replace(hour=2)):
            yield flares.when(a_flare(since, at), "UTC", say.day(LONGEST_DAY), say)


@case(flares.kept)
def _(say: Words, label: str) -> Iterator[Made]:
    for since in Since:
        for readers in ([], [label], [label, label]):
            for item in placed(label):
                yield flares.kept(a_flare(since), item, "UTC", readers, say)


@case(flares.choose_item)
@case(flares.choose_score)
@case(flares.choose_since)
@case(flares.which_time)
@case(flares.from_another_day)
def _(say: Words, label: str) -> Iterator[Made]:
    so_far = buttons.Flare(LONGEST_DAY, 2**40, 10, None)
    yield flares.choose_item(LONGEST_DAY, placed(label), say)
    for item in placed(label):
        for large in (True, False):
            yield flares.choose_score(so_far, item, say, large=large)
        yield flares.choose_since(so_far, item, [since for since in Since if since is not Since.TIME], say)
    yield flares.which_time(so_far, [NOON, NOON - timedelta(hours=12)], "UTC", say)
    yield flares.from_another_day(LONGEST_DAY, say)


@case(notices.parked)
def _(say: Words, label: str) -> Iterator[Made]:
    for n in (1, 2, 10_000):
        yield notices.parked(n, say)


@case(notices.backup_failed)
def _(say: Words, label: str) -> Iterator[Made]:
    yield notices.backup_failed(say)


@case(looking.ask_for_sheet)
def _(say: Words, label: str) -> Iterator[Made]:
    for weeks in looking.SHEET_WEEKS:
        yield looking.ask_for_sheet(weeks, say)


@case(looking.sheet_is_coming)
def _(say: Words, label: str) -> Iterator[Made]:
    for weeks, notes in itertools.product(looking.SHEET_WEEKS, (True, False)):
        yield looking.sheet_is_coming(weeks, notes, say)


@case(looking.already_coming)
def _(say: Words, label: str) -> Iterator[Made]:
    yield looking.already_coming(say)


CASES.update(own_data.cases())
ONCE: Final = list({made: function for function, made in CASES.items()}.values())
"""One function of each case: many cases speak for several."""


def speaking() -> set[Callable[..., Any]]:
    """The public functions of bot/chat that are given a language."""
    return {
        function
        for module in (getattr(chat, name) for name in chat.__all__)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "words" in inspect.signature(function).parameters
    }


def test_everything_that_is_said_has_a_case() -> None:
    assert {f"{it.__module__}.{it.__name__}" for it in speaking() ^ set(CASES)} == set()


# --- limits and markup


class _Unknown(gettext.NullTranslations):
    """Instead of saying it in English, fails."""

    def gettext(self, message: str) -> str:
        raise AssertionError(f"not in the catalogue: {message}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise AssertionError(f"not in the catalogue: {msgid1}")

    def pgettext(self, context: str, message: str) -> str:
        raise AssertionError(f"not in the catalogue: {context}: {message}")


def strictly(language: str) -> Words:
    """The words of a language, which never fall back to English."""
    say = Words(language)
    if language != spoken.DEFAULT:
        say._catalogue = copy.copy(say._catalogue)
        say._catalogue.add_fallback(_Unknown())
    return say


class _Markup(HTMLParser):
    """Fails where Telegram would."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "i")
        assert not attrs
        assert tag not in self.opened
        self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


@cache
def seen(text: str) -> str:
    """What a person reads of a text with markup. Fails where the markup is not whole."""
    markup = _Markup()
    markup.feed(text)
    markup.close()
    assert not markup.opened
    assert not re.search(r"&(?!amp;|lt;|gt;)", text)
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def units(text: str) -> int:
    """Characters as Telegram counts them at its strictest."""
    return len(text.encode("utf-16-le")) // 2


@cache
def check_text(text: str, limit: int, label: str) -> None:
    read = seen(text)
    assert 1 <= units(read) <= limit
    assert read == read.strip()
    rest = read.replace(clinic(label), "Ada").replace(label, "Ada").replace(label[:20], "112")
    assert not re.search(r"[{}<>&]|None|  |\.\.|\s[.,:;?!](?!\S)", rest), rest


@cache
def check_button(button: Button, label: str) -> None:
    assert plain(button.label).strip()
    assert "\n" not in button.label
    shown = plain(button.label)
    assert re.search(r"[^\W_]", shown) or label in shown, "words or digits, never only a sign: names alone are free"
    assert sum(it is not None for it in (button.tap, button.url, button.copy)) == 1
    if button.tap is not None:
        assert len(button.tap.encode()) <= buttons.MAX_BYTES
        assert buttons.pack(buttons.unpack(button.tap)) == button.tap
    if button.copy is not None:
        assert 1 <= len(button.copy) <= MAX_COPIED


def check(made: Made, label: str) -> None:
    match made:
        case Message():
            check_text(made.text, MAX_TEXT if made.picture is None else MAX_CAPTION, label)
            assert all(1 <= len(row) <= MAX_PER_ROW for row in made.buttons)
            assert sum(map(len, made.buttons)) <= MAX_BUTTONS
            taps = [button.tap for row in made.buttons for button in row if button.tap]
            assert len(set(taps)) == len(taps)
            for row in made.buttons:
                for button in row:
                    check_button(button, label)
            data = as_data(made)
            assert json.loads(json.dumps(data)) == data
        case Sentence():
            check_text(made, MAX_TEXT, label)
        case Button():
            check_button(made, label)
        case list():
            names = [command["command"] for command in made]
            assert len(set(names)) == len(names) <= 100
            for command in made:
                assert re.fullmatch(r"[a-z0-9_]{1,32}", command["command"])
                assert 1 <= len(command["description"]) <= MAX_DESCRIPTION


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("function", ONCE, ids=lambda it: f"{it.__module__.rpartition('.')[2]}.{it.__name__}")
def test_whatever_is_said_can_be_sent(function: Callable[..., Any], language: str) -> None:
    for label in LABELS.values():
        made = list(CASES[function](strictly(language), label))
        assert made
        for each in made:
            check(each, label)


@given(label=st.text(min_size=1, max_size=MAX_LABEL).map(str.strip).filter(bool))
def test_any_name_at_all_leaves_the_markup_whole(label: str) -> None:
    for say in map(words, LANGUAGES):
        for message in (people.ask_share(label, say), people.invite(Role.PATIENT, label, LINK, NOON, say)):
            assert label in seen(message.text)
        assert label in plain(people.ask_share(label, say).buttons[0][0].label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_is_read_as_it_was_written(language: str) -> None:
    say, label = words(language), LABELS["markup"]
    assert label in seen(people.ask_store("Riverside", label, say).text)
    assert label in seen(entries.note_stored(MONDAY, 1, [label], say).text)
    shown = as_data(people.ask_share(label, say))["buttons"][0][0]["label"]
    assert label in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_a_lone_sign(language: str) -> None:
    for text in own(words(language)).values():
        assert [line for line in seen(text).splitlines() if line and not re.search(r"\w", line)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_are_short(language: str) -> None:
    assert units(plain(people.old_button(words(language)))) <= MAX_TOAST


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clinics_own_card_of_the_greatest_length_can_be_sent(language: str, tmp_path: Path) -> None:
    own = tmp_path / f"urgent.{language}.txt"
    own.write_text(red_flags.PLACE + "<&" * ((red_flags.LONGEST - len(red_flags.PLACE)) // 2), encoding="utf-8")
    red_flags.check_cards(tmp_path)
    say = words(language)
    number = red_flags.emergency_number("1" * 20, False, say)
    text = people.ask_start(red_flags.card(say, number, tmp_path), NOON, MONDAY, number, say).text
    assert units(seen(text)) <= MAX_TEXT


def test_a_folder_for_cards_that_holds_none_is_not_passed_over(tmp_path: Path) -> None:
    """Else patients would read the program's card where the clinic believes them to read its own."""
    red_flags.check_cards(None)
    (tmp_path / "urgent_en.txt").write_text(red_flags.PLACE, encoding="utf-8")
    for folder in (tmp_path / "nowhere", tmp_path, tmp_path / "urgent_en.txt"):
        with pytest.raises(red_flags.WrongCard, match="CARDS_DIR"):
            red_flags.check_cards(folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_have_the_same_buttons(language: str) -> None:
    """A tap means the same whatever the language of its label."""
    for made in set(CASES.values()):
        ours, theirs = (
            [
                [[button.tap for button in row] for row in it.buttons]
                for it in made(words(code), "Ada")
                if isinstance(it, Message)
            ]
            for code in (language, spoken.DEFAULT)
        )
        assert ours == theirs


# --- what a patient is told to write is understood


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_scores_is_understood(language: str) -> None:
    text = seen(entries.unclear(Reason.OTHER, THREE, words(language)).text)
    example = text.rpartition(": ")[2]
    assert typed.scores(example, THREE, asking=None) == Scores(
        tuple((ItemId(n), v) for n, v in ((1, 4), (2, 3), (3, 5)))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_symptom_is_understood_by_the_name_that_we_give_it(language: str) -> None:
    for item in ALL:
        name = plain(items.item_name(item, words(language)))
        assert typed.scores(f"{name} 4", ALL, asking=None) == Scores(((item.id, 4),))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_is_understood_by_the_name_that_we_give_it(language: str) -> None:
    """Whichever else is asked: the right side, another symptom, the same one without a place."""
    for site in (*{*asked.SITES, *sessions.SITES} - {"other"}, "big toe", "sole of the foot", "mid-foot"):
        for side in (*Side, None):
            burning, pain = an_item(1, Symptom.BURNING, site, side), an_item(2, Symptom.PAIN, site, side)
            followed = (burning, pain, an_item(3, Symptom.BURNING))
            name = plain(items.item_name(burning, words(language)))
            assert typed.scores(f"{name} 4", (burning, pain), asking=None) == Scores(((burning.id, 4),)), name
            example = seen(entries.unclear(Reason.OTHER, followed, words(language)).text).rpartition(": ")[2]
            assert typed.scores(example, followed, asking=None) == Scores(
                ((burning.id, 4), (pain.id, 3), (ItemId(3), 5))
            ), example


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_a_place_is_understood(language: str) -> None:
    whose = Whose(None, "", MONDAY)
    for text in (
        asked.ask_place(whose, Symptom.PAIN, words(language)).text,
        asked.no_such_place(words(language), too_long=False).text,
    ):
        assert typed.place(seen(text).rpartition(": ")[2]) == typed.Place("heel", Side.LEFT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_on_a_button_is_the_one_that_its_word_names(language: str) -> None:
    for site in asked.SITES:
        for side in (Side.LEFT, Side.RIGHT, Side.BOTH, None):
            assert typed.place(seen(items.site_name(site, side, words(language)))) == typed.Place(site, side)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_times_are_understood(language: str) -> None:
    text = seen(people.no_such_hour(words(language)).text).rstrip(".")
    first, _, second = re.split(r": | (or|o) ", text.replace("like ", ": "))[-3:]
    assert typed_times.wall_time(first) == typed_times.Time(time(21, 30))
    assert typed_times.wall_time(second) == typed_times.Time(time(21))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_dates_are_understood(language: str) -> None:
    say, today = words(language), date(2026, 3, 11)
    assert typed_times.day(seen(sessions.ask_date(say).text).rpartition(": ")[2], today) == MONDAY
    first, _, second = re.split(r" (or|o) ", seen(sessions.no_such_date(say).text).rpartition(": ")[2])
    assert typed_times.day(first, today) == MONDAY
    assert typed_times.day(second, today) == date(2026, 3, 10)
    assert typed_times.day(say.day(MONDAY), today) == MONDAY


# --- how it reads


def own(say: Words) -> dict[str, Sentence]:
    """The longer texts that a patient reads, whole, as they are sent."""
    first, *_ = views("Ada")
    done = DayView(MONDAY, THREE, {item.id: 4 for item in THREE}, {item.id: 5 for item in THREE})
    number = red_flags.emergency_number("112", True, say)
    told = {
        "question": entries.bubble(first, say),
        "summary": entries.bubble(done, say),
        "not today": entries.declined(DayView(MONDAY, THREE, {ItemId(1): 4}, {}, declined=True), say),
        "stored": entries.stored(DayView(MONDAY, THREE, {ItemId(1): 4}, {}), [(THREE[0], 4)], None, say),
        "store": people.ask_store("Riverside", "Dr Ito", say),
        "share": people.ask_share("Dr Ito", say),
        "share again": people.ask_share("Dr Ito", say, again=True),
        "zone": people.ask_zone("Europe/Lisbon", NOON, say),
        "hour": people.ask_hour(NOON, say),
        "start": people.ask_start(red_flags.card(say, number, None), NOON, NOON.date(), number, say),
        "started": people.started(NOON, NOON.date(), say),
        "urgent": red_flags.urgent(say, number, None),
        "note": entries.note_stored(MONDAY, 1, ["Dr Ito"], say),
        "closed": entries.closed(MONDAY, say),
        "yesterday, closed": entries.closed(MONDAY, say, done),
        "before the diary": entries.before_the_diary(MONDAY, MONDAY, say),
        "entered late": entries.summary(replace(done, past=True, late=frozenset({ItemId(1)})), say),
        "note of a closed day": entries.ask_note(MONDAY, say, closed=True),
        "flagged": red_flags.flagged(1, red_flags.card(say, number, None), say),
        "flagged again": red_flags.flagged_again(1, number, say),
        "happening now": red_flags.what_to_do(number, ["Dr Ito"], "Riverside", say),
        "happening now, nobody told": red_flags.what_to_do(number, [], "Riverside", say),
        "told before": red_flags.told_before(number, NOON, say),
        "not now": red_flags.chosen_no(1, red_flags.card(say, number, None), number, say),
        "it stands": red_flags.stands(number, say),
        "not heard": red_flags.not_heard(number, "Riverside", say),
        "which flare": flares.choose_score(buttons.Flare(MONDAY, 1, None, None), THREE[0], say, large=False),
        "flare": flares.kept(a_flare(Since.HOUR), THREE[0], "UTC", ["Dr Ito"], say),
        "flare of another day": flares.from_another_day(MONDAY, say),
        "corrected": edits.corrected(done, [(THREE[0], 4)], [THREE[1]], say),
        "too old": edits.too_old(MONDAY, say),
        "other change": edits.only_entries(say),
        "what is asked": asked.whats_asked(Whose(None, "", LONGEST_DAY), changing("Ada"), say),
        "which symptom": asked.next_question(
            Whose(None, "", MONDAY), buttons.AddItem(None, None, None, None), THREE, say
        ),
        "added": asked.added(Whose(None, "", MONDAY), placed("big toe")[0], MONDAY, MONDAY, say),
        "ended": asked.ended(Whose(None, "", MONDAY), replace(placed("jaw")[3], ended_day=MONDAY), say),
        "stop asking": asked.ask_end(Whose(None, "", MONDAY), THREE[0], say),
        "full": asked.refused(Whose(None, "", MONDAY), Refusal.FULL, say),
        "last": asked.refused(Whose(None, "", MONDAY), Refusal.LAST, say),
        "told of one more": asked.told_added("Dr Ito", placed("jaw")[3], MONDAY, say),
        "told of one less": asked.told_ended("Dr Ito", replace(placed("jaw")[3], ended_day=MONDAY), say),
        "help": help.help_(Moment((Standing.PATIENT,), MONDAY, MONDAY, Today.DONE, next_at=NOON), OFFERED, say),
        "stranger": people.stranger("Riverside", say),
    }
    texts = {name: message.text for name, message in told.items() if message is not None}
    texts |= {
        f"question of {symptom}": entries.question(DayView(MONDAY, ALL, {}, {}), ALL[n], say).text
        for n, symptom in enumerate(Symptom)
    }
    texts |= {f"unclear, {reason}": entries.unclear(reason, THREE, say).text for reason in Reason}
    texts |= {f"link, {why}": people.bad_link(why, say).text for why in ("expired", "used", "yours", "own", "unknown")}
    texts |= {f"digest, {name}": text for name, text in weeks(say).items()}
    return texts | own_data.read_by_patients(say)


def a_diary(*rows: str, needled: int | None = None) -> Diary:
    """A row per symptom, a character per day from a Monday on: a score, "." for no answer."""
    start = MONDAY - timedelta(days=14)
    on = [start + timedelta(days=n) for n in range(len(rows[0]))]
    return Diary(
        items=tuple(Item(item.id, item.symptom, None, None, item.position, start) for item in THREE),
        days={
            day: Day(PatientId(1), day, "UTC", days.closes_at(day, "UTC"), sent_at=days.at(day, time(20), "UTC"))
            for day in on
        },
        scores={
            (day, item.id): Score(item.id, day, int(mark), days.at(day, time(21), "UTC"))
            for item, row in zip(THREE, rows, strict=True)
            for day, mark in zip(on, row, strict=True)
            if mark != "."
        },
        sessions=()
        if needled is None
        else (
            Session(
                SessionId(1), start + timedelta(days=needled), Kind.NEEDLING, NOON, (TreatedAt("foot", Side.LEFT),)
            ),
        ),
        enrolled_day=start,
        zone="UTC",
    )


def weeks(say: Words) -> dict[str, Sentence]:
    """Digests of a usual week, of one before the second answer in it, of few answers, and of none."""
    whole = a_diary("666766555645544374643", "334333333333232223212", "565545575555555584556", needled=7)
    few = a_diary("6667665556455445....4", "3343333333332322....3", "5655455755555555....5")
    none = a_diary("66676655564554.......", "33433333333323.......", "56554557555555.......")
    noon, morning = datetime(2026, 3, 9, 12, tzinfo=UTC), datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
    return {
        "whole": digests.for_patient(whole, MONDAY, noon, say, ["Dr Ito"]),
        "open": digests.for_patient(none, MONDAY, morning, say, []),
        "few": digests.for_patient(few, MONDAY, noon, say, ["Dr Ito"]),
        "none": digests.for_patient(none, MONDAY, noon, say, []),
    }


FIXED: Final = frozenset(
    {"burning", "tingling", "numbness", "symptom", "symptoms", "needling", "emergency", "diabetes"}
)
"""Medical and fixed words without a shorter one: they count as words of one syllable."""
FOR_THE_CLINIC: Final = (
    "notices.",
    "panels.",
    "sessions.",
    "deputies.",
    "clinic.",
    "offers.choose",
    "offers.confirm",
    "offers.asked",
    "offers.said_",
    "offers.shared_by",
    "exports.panel_",
    "exports.choose",
    "looking.ask_for_sheet_of",
)
"""What only therapists and clinic admins read: the beginnings of names, as in `module.function`."""
FOR_THE_CLINIC_TOO: Final = frozenset(
    {
        alerts.texts,
        alerts.figures,
        alerts.history,
        alerts.rows,
        alerts.on_card,
        alerts.bare,
        alerts.called_urgent,
        alerts.reminder,
        alerts.for_deputy,
        alerts.stands_in,
        alerts.ask_note,
        alerts.note_too_long,
        alerts.note_kept,
        alerts.done_before,
        alerts.taken_back,
        alerts.kept,
        people.admin_welcome,
        people.ask_name,
        people.invite,
        people.invite_accepted,
        people.invite_whom,
        people.has_stopped,
        people.named,
        people.therapist_unreachable,
        people.therapist_welcome,
    }
)
WORDED_BY_THE_LAW: Final = ("privacy.",)
"""Texts of which each word has a reason in law; the two yeses are simple enough without."""
APART: Final = re.compile(
    r"i(?=a(?!l$|n$|ge|ble)|u(?=m|s$)|e(?=t(?!y)|nc|nt$))|(?<=[aeiou][^aeiou])e(?=as?$)|(?<![gq])u(?=al|ar|ous)|(?<=[^aeiou]y)i(?=ng)|(?<=cr)e(?=at)"
)
"""Where two vowels side by side are spoken as two."""
NOT_AS_WRITTEN: Final = {"diabetes": 4, "evening": 2, "wednesday": 2, "whoever": 3, "being": 2, "people": 2, "every": 2}
GRADE: Final = 6.0
LEAST_WORDS: Final = 30
EASY: Final = 60.0
"""On the scale of Fernández Huerta, which is Flesch's for Spanish: 60 to 70 is usual, more is easy."""


@cache
def syllables(word: str) -> int:
    """How many an English word has: groups of vowels, vowels that are spoken apart, without a silent end."""
    if word in FIXED:
        return 1
    if word in NOT_AS_WRITTEN:
        return NOT_AS_WRITTEN[word]
    bare = word.replace("'", "")
    count = len(re.findall(r"[aeiouy]+", bare)) + len(APART.findall(bare))
    silent = (
        re.search(r"[^aeiouyl]e$|[aeiouy]le$", bare)
        or re.search(r"(?<![^aeiouy]l)(?<![sxzhcg])(?<![aeiouy])es$", bare)
        or re.search(r"(?<![^aeiouy]l)(?<![td])(?<![aeiouy])ed$", bare)
    )
    return max(1, count - bool(silent))


def told(text: Sentence) -> list[list[str]]:
    """The sentences of a text, as words. A line is a sentence of its own; figures and signs are no words."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", seen(text))
    found = [re.findall(r"[a-záéíóúüñ]+(?:'[a-z]+)?", part.lower()) for part in parts]
    return [words_ for words_ in found if words_]


def grade(text: Sentence) -> float:
    """Flesch and Kincaid's school grade of an English text."""
    parts = told(text)
    count = sum(map(len, parts))
    spoken_ = sum(syllables(word) for part in parts for word in part)
    return 0.39 * count / len(parts) + 11.8 * spoken_ / count - 15.59


def ease(text: Sentence) -> float:
    """Fernández Huerta's ease of reading of a Spanish text, up to about 100."""
    parts = told(text)
    count = sum(map(len, parts))
    spoken_ = sum(len(re.findall(r"[aeo]|[áéíóú]|[iuüy](?![aeoáéó])", word)) for part in parts for word in part)
    return 206.84 - 60 * spoken_ / count - 1.02 * count / len(parts)


@pytest.mark.parametrize(
    ("words_", "count"),
    [
        ("the times whole store day wound closed asked worked notes days need eight", 1),
        ("answers needed people apple every table quiet wanted pages changes hour's evening", 2),
        ("diary usual invitations emergency numbers deleted idea area", 3),
        ("invitation information diabetes", 4),
    ],
)
def test_syllables_are_counted_right(words_: str, count: int) -> None:
    odd = {"invitations": 4, "emergency": 1, "numbers": 2, "diabetes": 1, "hour's": 1}
    counted = {word: syllables(word) for word in words_.split()}
    assert counted == {word: odd.get(word, count) for word in words_.split()}


def test_a_hard_text_would_be_found() -> None:
    hard = Sentence(
        "Participation necessitates continuous documentation of neuropathic symptomatology utilising a numerical "
        "rating instrument, notwithstanding interindividual variability of interpretation."
    )
    assert grade(hard) > 12
    spanish = Sentence(
        "La participación requiere la documentación continua de la sintomatología neuropática mediante un instrumento "
        "numérico de evaluación, independientemente de la variabilidad interindividual de su interpretación."
    )
    assert ease(spanish) < 20


def for_patients(language: str) -> Iterator[tuple[str, Sentence]]:
    """Every message of LEAST_WORDS or more that a patient may read, with the name of what makes it."""
    for function, made in CASES.items():
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        if function in FOR_THE_CLINIC_TOO or name.startswith((*FOR_THE_CLINIC, *WORDED_BY_THE_LAW)):
            continue
        for message in made(words(language), "Ada"):
            if isinstance(message, Message):
                text = Sentence(message.text.replace(clinic("Ada"), "Riverside"))
                if sum(map(len, told(text))) >= LEAST_WORDS:
                    yield name, text
    yield from ((f"digest, {name}", text) for name, text in weeks(words(language)).items())


def test_every_english_message_is_read_with_six_years_of_school() -> None:
    read = list(for_patients("en"))
    assert {name for name, _ in read} >= {"people.ask_store", "people.ask_start", "red_flags.urgent", "help.help_"}
    assert {name: text for name, text in read if grade(text) > GRADE} == {}


def test_every_spanish_message_is_easy() -> None:
    assert {name: (ease(text), text) for name, text in for_patients("es") if ease(text) < EASY} == {}


BLAME: Final = re.compile(
    # "/forget" and the word to type, in bold, are what a person does, not what somebody failed to do.
    r"(?<!/)(?<!<b>)\b(forg[eo]t\w*|missed|too late|should|must|have to|invalid|error|illegal|"
    r"olvid\w+|deb(e|ería)|tiene que|inválid\w+|error|perdi[óo]\w*|tarde)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_blames_or_orders_about(language: str) -> None:
    assert [text for text in own(words(language)).values() if BLAME.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_long(language: str) -> None:
    """Hurting hands scroll, and tired eyes lose the line: at most 25 words."""
    for name, text in own(words(language)).items():
        for part in re.split(r"(?<=[.!?:;])\s+|\n+", seen(text)):
            assert len(part.split()) <= 25, (name, part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_words(language: str) -> None:
    """A lone full stop between two lists is a slip of the pen."""
    for name, text in own(words(language)).items():
        assert [line for line in seen(text).split("\n") if line.strip() and not re.search(r"\w", line)] == [], name
