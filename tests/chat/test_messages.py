"""Everything we say: within Telegram's limits, whole markup, in both languages, whatever people call each other.

Each function of bot/chat that makes something to be read has a case below; one without fails. The second half reads
the sentences as a patient does: short, plain, without blame, and with examples that we understand ourselves.
"""

from __future__ import annotations

import copy
import gettext
import html
import inspect
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import chat
from bot.chat import alerts, buttons, entries, items, notices, pauses, people, prompts, sessions, typed, typed_times
from bot.chat import words as spoken
from bot.chat.entries import DayView
from bot.chat.messages import MAX_CAPTION, MAX_TEXT, Button, Message, as_data, plain
from bot.chat.people import NO, NOW, YES
from bot.chat.places import Place
from bot.chat.sessions import SITES
from bot.chat.typed import Reason, Scores
from bot.chat.words import LANGUAGES, Sentence, Words, sentence, words
from bot.diary import days
from bot.diary.digests import Diary
from bot.diary.entries import Day, Item, ItemId, Score, Side, Symptom
from bot.diary.pauses import Pause
from bot.diary.pauses import Reason as WhyPaused
from bot.diary.people import MAX_LABEL, PatientId, Reach, Role, Stage
from bot.diary.prompts import Later
from bot.diary.sessions import Kind, Session, SessionId
from bot.reports import digests

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
    for asked in (THREE, ALL, placed(label)):
        all_of = {item.id: 10 for item in asked}
        skipped = dict.fromkeys(all_of, None)
        yield DayView(LONGEST_DAY, asked, {}, {})
        yield DayView(LONGEST_DAY, asked, {asked[0].id: 0}, all_of)
        yield DayView(LONGEST_DAY, asked, all_of, all_of)
        yield DayView(LONGEST_DAY, asked, skipped, skipped)
        yield DayView(LONGEST_DAY, asked, {asked[0].id: None}, {}, declined=True)


# --- a case for everything that is said

Made = Message | Sentence | Button | list[dict[str, str]] | None
Case = Callable[[Words, str], Iterator[Made]]
CASES: dict[Callable[..., Any], Case] = {}


def case(function: Callable[..., Any]) -> Callable[[Case], Case]:
    def enlist(made: Case) -> Case:
        CASES[function] = made
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
    prompts.in_a_pause,
    prompts.only_once,
    prompts.too_late,
    people.ask_name,
    people.whose_week,
    people.choose_language,
    people.language_set,
    people.only_text,
    people.no_edits,
    people.old_button,
    people.not_saved,
    sessions.ask_date,
    sessions.no_such_date,
    sessions.undone,
    sessions.already_undone,
    sessions.no_patients,
    sessions.not_shared,
):
    always(_each)
for _named in (people.ask_share, people.therapist_welcome, people.named):
    of_label(_named)


def clinic(label: str) -> str:
    return (label * MAX_CLINIC)[:MAX_CLINIC]


def card(say: Words) -> Sentence:
    return alerts.card(say, alerts.emergency_number("112", True, say), None)


@case(alerts.card)
def _(say: Words, label: str) -> Iterator[Made]:
    yield alerts.card(say, sentence(label[:20]), None)


@case(alerts.emergency_number)
def _(say: Words, label: str) -> Iterator[Made]:
    for same in (True, False):
        yield alerts.emergency_number(label[:20], same, say)


@case(alerts.urgent)
def _(say: Words, label: str) -> Iterator[Made]:
    for same in (True, False):
        yield alerts.urgent(say, alerts.emergency_number(label[:20], same, say), None)


@case(entries.ask_note)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.ask_note(LONGEST_DAY, say)


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
    yield entries.other_day_button(LONGEST_DAY, MONDAY, SINCE, THREE, say)


@case(entries.choose_change)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        yield entries.choose_change(view, say)


@case(entries.closed)
def _(say: Words, label: str) -> Iterator[Made]:
    yield entries.closed(LONGEST_DAY, say)


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


@case(entries.stored)
def _(say: Words, label: str) -> Iterator[Made]:
    other = entries.other_day_button(LONGEST_DAY, MONDAY, SINCE, THREE, say)
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
        for asked in (THREE, placed(label)):
            yield entries.unclear(reason, asked, say)


@case(entries.note_stored)
def _(say: Words, label: str) -> Iterator[Made]:
    for readers in ([], [label], [label, label, label]):
        yield entries.note_stored(LONGEST_DAY, 2**40, readers, say)


@case(items.item_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for item in (*ALL, *placed(label)):
        yield items.item_name(item, say)


@case(items.site_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for site in (*SITES, label, None):
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
        number = alerts.emergency_number("112", same, say)
        own = alerts.card(say, number, None)
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


@case(people.commands)
def _(say: Words, label: str) -> Iterator[Made]:
    for roles in ([], [Role.PATIENT], [Role.THERAPIST], [Role.ADMIN], list(Role)):
        yield people.commands(roles, say)


@case(people.help_)
def _(say: Words, label: str) -> Iterator[Made]:
    for roles in ([Role.PATIENT], [Role.THERAPIST], [Role.ADMIN], list(Role)):
        yield people.help_(roles, say)


@case(people.not_understood)
def _(say: Words, label: str) -> Iterator[Made]:
    yield people.not_understood([Role.THERAPIST], say)


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


@case(sessions.choose_patient)
def _(say: Words, label: str) -> Iterator[Made]:
    yield sessions.choose_patient([(n, label) for n in range(1, 41)], say)


@case(sessions.kind_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for kind in Kind:
        yield sessions.kind_name(kind, say)


@case(sessions.logged)
def _(say: Words, label: str) -> Iterator[Made]:
    for kind in Kind:
        for site in SITES:
            for side in (*Side, None):
                yield sessions.logged(label, Session(SessionId(2**40), LONGEST_DAY, kind, site, side, NOON), say)


@case(sessions.next_question)
def _(say: Words, label: str) -> Iterator[Made]:
    asked = buttons.Session(2**40, None, None, None, None)
    yield sessions.next_question(label, asked, MONDAY, say)
    for kind in Kind:
        for site in SITES:
            for so_far in (
                buttons.Session(2**40, LONGEST_DAY, None, None, None),
                buttons.Session(2**40, LONGEST_DAY, kind, None, None),
                buttons.Session(2**40, LONGEST_DAY, kind, site, None),
            ):
                yield sessions.next_question(label, so_far, MONDAY, say)


@case(sessions.side_name)
def _(say: Words, label: str) -> Iterator[Made]:
    for side in Side:
        yield sessions.side_name(side, say)


@case(sessions.site_label)
def _(say: Words, label: str) -> Iterator[Made]:
    for site in (*SITES, label):
        yield sessions.site_label(site, say)


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
        yield pauses.standing(paused(), MONDAY, next_at, say)


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
    yield pauses.choose(MONDAY, say)
    yield pauses.choose_date(MONDAY, say)


@case(prompts.asking)
def _(say: Words, label: str) -> Iterator[Made]:
    for view in views(label):
        for kind in prompts.Kind:
            yield prompts.asking(view, kind, say)


@case(prompts.choose_later)
def _(say: Words, label: str) -> Iterator[Made]:
    yield prompts.choose_later(LONGEST_DAY, list(Later), say)


@case(prompts.snoozed)
def _(say: Words, label: str) -> Iterator[Made]:
    for moved in (True, False):
        yield prompts.snoozed(LONGEST_DAY, NOON, NOON.date(), moved, say)


@case(notices.parked)
def _(say: Words, label: str) -> Iterator[Made]:
    for n in (1, 2, 10_000):
        yield notices.parked(n, say)


@case(notices.backup_failed)
def _(say: Words, label: str) -> Iterator[Made]:
    yield notices.backup_failed(say)


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


def check_text(text: str, limit: int, label: str) -> None:
    read = seen(text)
    assert 1 <= units(read) <= limit
    assert read == read.strip()
    rest = read.replace(clinic(label), "Ada").replace(label, "Ada").replace(label[:20], "112")
    assert not re.search(r"[{}<>&]|None|  |\.\.| [.,:;?!](?!\S)", rest), rest


def check_button(button: Button) -> None:
    assert plain(button.label).strip()
    assert "\n" not in button.label
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
                    check_button(button)
            assert json.loads(json.dumps(as_data(made))) == as_data(made)
        case Sentence():
            check_text(made, MAX_TEXT, label)
        case Button():
            check_button(made)
        case list():
            names = [command["command"] for command in made]
            assert len(set(names)) == len(names) <= 100
            for command in made:
                assert re.fullmatch(r"[a-z0-9_]{1,32}", command["command"])
                assert 1 <= len(command["description"]) <= MAX_DESCRIPTION


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("function", CASES, ids=lambda it: f"{it.__module__.rpartition('.')[2]}.{it.__name__}")
def test_whatever_is_said_can_be_sent(function: Callable[..., Any], language: str, label: str) -> None:
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
def test_toasts_are_short(language: str) -> None:
    assert units(plain(people.old_button(words(language)))) <= MAX_TOAST


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clinics_own_card_of_the_greatest_length_can_be_sent(language: str, tmp_path: Path) -> None:
    own = tmp_path / f"urgent.{language}.txt"
    own.write_text(alerts.PLACE + "<&" * ((alerts.LONGEST - len(alerts.PLACE)) // 2), encoding="utf-8")
    alerts.check_cards(tmp_path)
    say = words(language)
    number = alerts.emergency_number("1" * 20, False, say)
    text = people.ask_start(alerts.card(say, number, tmp_path), NOON, MONDAY, number, say).text
    assert units(seen(text)) <= MAX_TEXT


def test_a_folder_for_cards_that_holds_none_is_not_passed_over(tmp_path: Path) -> None:
    """Else patients would read the program's card where the clinic believes them to read its own."""
    alerts.check_cards(None)
    (tmp_path / "urgent_en.txt").write_text(alerts.PLACE, encoding="utf-8")
    for folder in (tmp_path / "nowhere", tmp_path, tmp_path / "urgent_en.txt"):
        with pytest.raises(alerts.WrongCard, match="CARDS_DIR"):
            alerts.check_cards(folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_have_the_same_buttons(language: str) -> None:
    """A tap means the same whatever the language of its label."""
    for made in CASES.values():
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
    number = alerts.emergency_number("112", True, say)
    told = {
        "question": entries.bubble(first, say),
        "summary": entries.bubble(done, say),
        "not today": entries.declined(DayView(MONDAY, THREE, {ItemId(1): 4}, {}, declined=True), say),
        "stored": entries.stored(DayView(MONDAY, THREE, {ItemId(1): 4}, {}), [(THREE[0], 4)], None, say),
        "store": people.ask_store("Riverside", "Dr Ito", say),
        "share": people.ask_share("Dr Ito", say),
        "zone": people.ask_zone("Europe/Lisbon", NOON, say),
        "hour": people.ask_hour(NOON, say),
        "start": people.ask_start(alerts.card(say, number, None), NOON, NOON.date(), number, say),
        "started": people.started(NOON, NOON.date(), say),
        "urgent": alerts.urgent(say, number, None),
        "note": entries.note_stored(MONDAY, 1, ["Dr Ito"], say),
        "closed": entries.closed(MONDAY, say),
        "help": people.help_([Role.PATIENT], say),
        "stranger": people.stranger("Riverside", say),
    }
    texts = {name: message.text for name, message in told.items()}
    texts |= {
        f"question of {symptom}": entries.question(DayView(MONDAY, ALL, {}, {}), ALL[n], say).text
        for n, symptom in enumerate(Symptom)
    }
    texts |= {f"unclear, {reason}": entries.unclear(reason, THREE, say).text for reason in Reason}
    texts |= {f"link, {why}": people.bad_link(why, say).text for why in ("expired", "used", "yours", "own", "unknown")}
    texts |= {f"digest, {name}": text for name, text in weeks(say).items()}
    return texts


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
            (day, item.id): Score(item.id, day, int(mark), days.closes_at(day, "UTC"))
            for item, row in zip(THREE, rows, strict=True)
            for day, mark in zip(on, row, strict=True)
            if mark != "."
        },
        sessions=()
        if needled is None
        else (Session(SessionId(1), start + timedelta(days=needled), Kind.NEEDLING, "foot", Side.LEFT, NOON),),
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
        "whole": digests.for_patient(whole, MONDAY, noon, say, "Dr Ito"),
        "open": digests.for_patient(none, MONDAY, morning, say, None),
        "few": digests.for_patient(few, MONDAY, noon, say, "Dr Ito"),
        "none": digests.for_patient(none, MONDAY, noon, say, None),
    }


FIXED: Final = frozenset(
    {"burning", "tingling", "numbness", "symptom", "symptoms", "needling", "emergency", "diabetes", "average"}
)
"""Medical and fixed words without a shorter one: they count as words of one syllable."""
SILENT: Final = re.compile("(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouyszxhgc])es$|(?<=[^aeiouytd])ed$")
GRADE: Final = 6.0
LEAST_WORDS: Final = 30


def syllables(word: str) -> int:
    """About right, which is enough for an average: groups of vowels, without a silent end."""
    if word in FIXED:
        return 1
    bare = SILENT.sub("", word)
    return max(1, len(re.findall(r"[aeiouy]+", bare)))


def told(text: Sentence) -> list[list[str]]:
    """The sentences of a text, as words. A line is a sentence of its own; figures and signs are no words."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", seen(text))
    found = [re.findall(r"[a-z]+(?:'[a-z]+)?", part.lower()) for part in parts]
    return [words_ for words_ in found if words_]


def grade(text: Sentence) -> float:
    """Flesch and Kincaid's school grade of an English text."""
    parts = told(text)
    count = sum(map(len, parts))
    spoken_ = sum(syllables(word) for part in parts for word in part)
    return 0.39 * count / len(parts) + 11.8 * spoken_ / count - 15.59


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("store", 1),
        ("answers", 2),
        ("invitation", 4),
        ("closed", 1),
        ("needed", 2),
        ("the", 1),
        ("people", 2),
        ("times", 1),
        ("evening", 3),
        ("whole", 1),
        ("apple", 2),
        ("day", 1),
    ],
)
def test_syllables_are_counted_about_right(word: str, count: int) -> None:
    assert abs(syllables(word) - count) <= (word == "evening")


def test_a_hard_text_would_be_found() -> None:
    hard = Sentence(
        "Participation necessitates continuous documentation of neuropathic symptomatology utilising a numerical "
        "rating instrument, notwithstanding interindividual variability of interpretation."
    )
    assert grade(hard) > 12


ENGLISH: Final = own(words("en"))


@pytest.mark.parametrize("name", [name for name, text in ENGLISH.items() if sum(map(len, told(text))) >= LEAST_WORDS])
def test_an_english_text_is_read_with_six_years_of_school(name: str) -> None:
    assert grade(ENGLISH[name]) <= GRADE


BLAME: Final = re.compile(
    r"\b(forg[eo]t\w*|missed|too late|should|must|have to|invalid|error|illegal|"
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
