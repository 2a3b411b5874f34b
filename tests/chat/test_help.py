"""The one list of commands, and a help that fits the screen of a small telephone."""

from __future__ import annotations

import textwrap
from datetime import UTC, date, datetime

import pytest

from bot import handlers
from bot.chat import help, people
from bot.chat.help import COMMANDS
from bot.chat.messages import Message, plain
from bot.chat.words import LANGUAGES, words
from bot.diary.moments import Moment, Standing, Today
from tests.chat.test_messages import OFFERED, moments_of_a_life, seen

COLUMNS = 36
"""Letters in a line of a bubble that is 276 points wide, at Telegram's usual size of 16 points."""
LINES = 15
ALL_LINES = 19
"""What is left of 640 points beside the head, the field to write in, and two rows of buttons."""
MOST_IN_A_MENU = 11


def test_every_command_stands_in_the_list_once_and_nothing_else_does() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    assert set(handlers.COMMANDS) == set(names)


def test_every_command_is_found_by_whom_it_is_for() -> None:
    """In the menu or in the help: nobody has to know a command by heart."""
    for command in COMMANDS:
        assert command.menu or command.first or command.more
        assert not set(command.first) & set(command.more)
    for standing in (Standing.PATIENT, Standing.THERAPIST, Standing.ADMIN):
        told = {command.name for command in COMMANDS if standing in command.first + command.more}
        shown = {command.name for command in COMMANDS if standing in command.menu}
        assert shown <= told | {"help"}


def in_menu(*standings: Standing) -> list[str]:
    return [entry["command"] for entry in help.commands(standings, OFFERED, words("en"))]


def test_menus_are_short_and_in_the_order_of_need() -> None:
    patient = in_menu(Standing.PATIENT)
    assert patient[:4] == ["today", "yesterday", "flare", "pause"]
    assert len(patient) <= MOST_IN_A_MENU
    assert {"settings", "urgent", "privacy", "help"} <= set(patient)
    assert in_menu(Standing.STRANGER) == ["start", "urgent", "privacy", "help"]
    assert in_menu(Standing.LEFT) == ["start", "urgent", "export", "privacy", "forget", "language", "help"]
    assert in_menu(Standing.ENROLLING) == ["start", "urgent", "privacy", "stop", "language", "help"]
    assert in_menu(Standing.THERAPIST)[:4] == ["patients", "digest", "session", "invite"]
    assert "invite_therapist" in in_menu(Standing.ADMIN)
    assert "today" not in in_menu(Standing.THERAPIST, Standing.ADMIN)


def test_a_command_that_the_bot_has_not_is_nowhere() -> None:
    say, moment = words("en"), Moment((Standing.PATIENT,), date(2026, 3, 2), date(2026, 3, 2), Today.OPEN)
    few = ("today", "help", "urgent")
    assert [entry["command"] for entry in help.commands(moment.standings, few, say)] == ["today", "urgent", "help"]
    for message in (
        help.help_(moment, few, say),
        help.more(moment, few, say),
        help.unknown_command("settingz", moment, few, say),
    ):
        assert "/settings" not in message.text
        assert "do:settings" not in str(message.buttons)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_one_screen(language: str) -> None:
    for moment in moments_of_a_life():
        for made in (help.help_, help.more):
            message = made(moment, OFFERED, words(language))
            lines = [line for part in seen(message.text).splitlines() for line in textwrap.wrap(part, COLUMNS) or [""]]
            assert len(lines) <= (LINES if len(moment.standings) == 1 else ALL_LINES), "\n".join(lines)
            assert len(message.buttons) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_understood_gets_one_sentence_and_two_or_three_buttons(language: str) -> None:
    say = words(language)
    for moment in moments_of_a_life():
        for message in (
            help.not_understood(moment, OFFERED, say),
            help.unknown_command("foo", moment, OFFERED, say),
            help.by_invitation(moment, OFFERED, say),
        ):
            assert seen(message.text).count(".") == 1
            assert 2 <= len(labels(message)) <= 3


def labels(message: Message) -> list[str]:
    return [plain(button.label) for row in message.buttons for button in row]


def test_a_mistyped_command_is_offered_as_it_was_meant() -> None:
    say, moment = words("en"), Moment((Standing.PATIENT,), date(2026, 3, 2), date(2026, 3, 2), Today.OPEN)
    assert labels(help.unknown_command("todya", moment, OFFERED, say)) == ["/today", "Answer today", "My week"]
    assert labels(help.unknown_command("URGENTE", moment, OFFERED, say))[0] == "/urgent"
    assert labels(help.unknown_command("invite", moment, OFFERED, say)) == ["Answer today", "My week", "Help"]
    assert labels(help.unknown_command("", moment, OFFERED, say)) == ["Answer today", "My week", "Help"]


def test_the_help_says_what_is_open_and_when_the_next_question_comes() -> None:
    say, day = words("en"), date(2026, 3, 2)
    tonight = datetime(2026, 3, 2, 20, tzinfo=UTC)

    def told(state: Today, **more: object) -> str:
        moment = Moment((Standing.PATIENT,), day, day, state, next_at=tonight, **more)  # type: ignore[arg-type]
        return seen(help.help_(moment, OFFERED, say).text).partition("\n\n")[0]

    assert told(Today.WAITING).startswith("I will ask you next: tonight at 20:00.")
    assert told(Today.OPEN).startswith("Today's question is open.")
    assert told(Today.BEGUN).startswith("Today is half done.")
    assert told(Today.DONE).startswith("Today is done. The next question: tonight at 20:00.")
    assert "Yesterday is open until noon." in told(Today.DONE, yesterday=date(2026, 3, 1))
    assert told(Today.OPEN, paused=True).startswith("You are on a break until you come back.")
    assert told(Today.OPEN, paused=True, back=date(2026, 3, 9)).startswith("You are on a break until Monday 9 March.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_telegram_shows_before_the_first_word_fits_there(language: str) -> None:
    assert len(plain(help.description(words(language)))) <= 512
    assert len(plain(help.short_description(words(language)))) <= 120


def test_the_greeting_at_night_does_not_call_this_evening_tomorrow() -> None:
    """At one o'clock the diary day is still the one before."""
    tonight = datetime(2026, 3, 3, 20, tzinfo=UTC)
    said = seen(people.welcome_back(tonight, date(2026, 3, 2), words("en"), date(2026, 3, 3)).text)
    assert "I will ask you next: tonight at 20:00." in said
