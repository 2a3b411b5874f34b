"""Answering: taps, typed scores, notes, and which day they are for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.person import Person
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026; Lisbon is on UTC until the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Desk]:
    """Monday, 20:00: Ada was just asked for the first time."""
    async with clinic_at(tmp_path) as desk:
        await desk.until(at(2, 20))
        yield desk
        assert not desk.refused()


def buttons(person: Person, message_id: int | None = None) -> list[str]:
    """The labels under a message, the bot's newest where none is named."""
    return person.labels(person.last["message_id"] if message_id is None else message_id)


def shown(person: Person, message_id: int) -> str:
    """What a message says now."""
    return text_of(person.chat.messages[message_id])


# --- taps -----------------------------------------------------------------------------------------------------


async def test_a_day_is_one_bubble_edited_from_question_to_question(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last
    assert text_of(bubble).splitlines() == [
        "Burning · Monday 2 March · 1 of 3",
        "How strong was it in the past 24 hours?",
        "like heat or a sunburn on the skin",
        "0 = none, 10 = worst possible",
    ]
    rows = bubble["reply_markup"]["inline_keyboard"]
    assert [button["text"] for row in rows for button in row] == [
        *(str(value) for value in range(11)), "Skip this one", "Not today", "Later",
    ]  # fmt: skip
    assert max(len(row) for row in rows) <= 4, "wide enough for a hurting hand"
    heard = len(ada.heard)
    desk.clock.move(timedelta(minutes=5))
    assert "Tingling · Monday 2 March · 2 of 3" in await desk.taps(ada, "4")
    assert "pins and needles" in newest(ada)
    assert "Pain · Monday 2 March · 3 of 3" in await desk.taps(ada, "10")
    assert (await desk.taps(ada, "0")).splitlines() == [
        "Thank you. This is stored for Monday 2 March:", "Burning: 4", "Tingling: 10", "Pain: 0",
    ]  # fmt: skip
    assert buttons(ada) == ["Change", "Add a note"]
    assert len(ada.heard) == heard, "no second message"
    assert await desk.scores(ada) == [(MONDAY, "burning", 4), (MONDAY, "tingling", 10), (MONDAY, "pain", 0)]
    assert await desk.rows("select intended_at, asked_at, sent_at, answered_at from diary_days") == [
        (*["2026-03-02 20:00:00.000000"] * 3, "2026-03-02 20:05:00.000000")
    ]

    await desk.until(at(3, 20))
    await desk.taps(ada, "5", "Skip this one", "0")
    assert newest(ada).splitlines()[1:] == [
        "Burning: 5 (the day before: 4)", "Tingling: skipped (the day before: 10)", "Pain: 0 (the day before: 0)",
    ]  # fmt: skip
    assert (await desk.scores(ada))[3:] == [(TUESDAY, "burning", 5), (TUESDAY, "tingling", None), (TUESDAY, "pain", 0)]


async def test_a_second_tap_corrects_the_first_and_the_first_is_kept(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    old_screen = {b["text"]: b["callback_data"] for row in ada.last["reply_markup"]["inline_keyboard"] for b in row}
    await desk.taps(ada, "7")
    desk.clock.move(timedelta(seconds=1))
    # Her screen lags: she taps another number of a question that is answered.
    await desk.sends(ada, old_screen["8"], bubble)
    assert "Tingling" in newest(ada), "the open question stays"
    desk.clock.move(timedelta(seconds=1))
    await desk.taps(ada, "4", "5", "Change")
    assert buttons(ada) == ["Burning: 8", "Tingling: 4", "Pain: 5", "Back"]
    await desk.taps(ada, "Burning: 8")
    assert "Burning" in newest(ada)
    assert buttons(ada)[-1] == "Back"
    assert "Burning: 8" in await desk.taps(ada, "Back")
    desk.clock.move(timedelta(seconds=1))
    await desk.taps(ada, "Change", "Burning: 8", "6")
    assert "Burning: 6" in newest(ada)
    assert await desk.rows("select value from scores order by entered_at, item_id") == [(7,), (8,), (4,), (5,), (6,)]
    assert await desk.rows("select count(*) from scores where withdrawn_at is not null") == [(0,)]


async def test_a_double_tap_of_the_same_number_stores_once(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    seven = ada.last["reply_markup"]["inline_keyboard"][1][3]["callback_data"]
    ada.tap(bubble, seven)
    ada.tap(bubble, seven)
    await desk.settle()
    assert await desk.rows("select value from scores") == [(7,)]
    assert "Tingling" in newest(ada)
    assert len([sent for sent in desk.sent if sent.method == "answerCallbackQuery"]) == 2, "both clocks stop turning"
    await desk.taps(ada, "Skip this one")
    await desk.sends(ada, "s:20260302:2:", bubble)
    assert await desk.rows("select value from scores where value is null") == [(None,)]


async def test_not_today_ends_the_questions_and_can_be_taken_back(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    desk.clock.move(timedelta(minutes=1))
    said = await desk.taps(ada, "Not today")
    assert "no more questions for Monday 2 March" in said
    assert buttons(ada) == ["Answer after all", "Add a note"]
    declined = "2026-03-02 20:01:00.000000"
    assert await desk.rows("select declined_at, answered_at from diary_days") == [(declined, declined)]
    await desk.sends(ada, "no:20260302")
    assert await desk.rows("select declined_at from diary_days") == [(declined,)]
    await desk.taps(ada, "Answer after all")
    assert "Burning · Monday 2 March · 1 of 3" in newest(ada)
    assert await desk.rows("select declined_at from diary_days") == [(declined,)], "a look alone takes nothing back"
    await desk.taps(ada, "0")
    assert await desk.rows("select declined_at from diary_days") == [(None,)]
    said = await desk.taps(ada, "Not today")
    assert "Burning: 0" in said, "what was answered stays"
    assert await desk.scores(ada) == [(MONDAY, "burning", 0)]
    await desk.says(ada, "tingling 3")
    assert await desk.rows("select declined_at from diary_days") == [(None,)], "a typed answer takes it back as well"
    await desk.taps(ada, "2")
    await desk.sends(ada, "no:20260302")
    assert await desk.rows("select declined_at from diary_days") == [(None,)], "a whole day can't be declined"


async def test_a_tap_on_yesterdays_bubble_counts_for_yesterday_until_noon(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    desk.clock.move_to(at(3, 11, 59))
    await desk.taps(ada, "7")
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]
    desk.clock.move_to(at(3, 12))
    for label in ("4", "Skip this one", "Not today"):
        ada.tap_label(label, bubble)
    await desk.settle()
    assert "Monday 2 March is closed" in newest(ada)
    assert "noon of the next day" in newest(ada)
    assert "A note about it is welcome at any time" in newest(ada)
    assert buttons(ada) == ["Write a note about it"]
    assert buttons(ada, bubble) == [], "its buttons are gone"
    desk.clock.move_to(at(9, 9))
    taps = ("s:20260302:2:4", "no:20260302", "go:20260302", "ch:20260302", "ci:20260302:1", "mv:20260302:20260309:0:1")
    for data in taps:
        heard = len(ada.heard)
        await desk.sends(ada, data, bubble)
        assert "Monday 2 March is closed" in newest(ada)
        assert len(ada.heard) == heard + 1
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]
    assert await desk.rows("select declined_at from diary_days where day = '2026-03-02'") == [(None,)]


async def test_two_bubbles_of_one_day_become_one_at_the_next_tap(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    first = ada.last["message_id"]
    # The program died before it knew that the first had arrived, so it came again.
    screen = ada.last["reply_markup"]
    again = desk.telegram.add(ada.chat, desk.telegram.me, {"text": text_of(ada.last), "reply_markup": screen})
    await desk.rows("update bubbles set message_id = :second returning id", second=again["message_id"])
    ada.tap_label("7", first)
    await desk.settle()
    assert "Tingling" in shown(ada, first), "the tapped one goes on"
    assert buttons(ada, again["message_id"]) == []
    ada.tap_label("4", first)
    await desk.settle()
    assert "Pain" in shown(ada, first)
    await desk.says(ada, "5")
    assert "Thank you" in shown(ada, first)
    assert await desk.scores(ada) == [(MONDAY, "burning", 7), (MONDAY, "tingling", 4), (MONDAY, "pain", 5)]


async def test_a_payload_of_ones_own_that_makes_no_sense_changes_nothing(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    before = await desk.everything()
    for data in (
        "s:20260302:99:4", "s:20260302:1:11", "s:20260302:1:-1", "s:20260302:1:x", "s:20261399:1:4", "s:1", "s",
        "s:20260303:1:4", "s:20250101:1:4", "ci:20260302:99", "nu:99", "zz:1", "mv:20260302:20260301:0:7",
        "hi:admin", "wk:panel", "la:tlh",
    ):  # fmt: skip
        await desk.sends(ada, data)
    assert await desk.everything() == before


# --- typed scores ---------------------------------------------------------------------------------------------

ALL = [("burning", 4), ("tingling", 3), ("pain", 5)]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("7", [("burning", 7)]),
        ("0", [("burning", 0)]),
        ("7/10", [("burning", 7)]),
        ("about 7", [("burning", 7)]),
        ("It's 10 today.", [("burning", 10)]),
        ("4 3 5", ALL),
        ("4, 3, 5", ALL),
        ("٧", [("burning", 7)]),
        ("۷", [("burning", 7)]),
        ("७", [("burning", 7)]),
        ("٤ ٣ ٥", ALL),
        ("۴، ۳، ۵", ALL),
        ("४ ३ ५", ALL),
        ("burning 4, pain 6", [("burning", 4), ("pain", 6)]),
        ("Pain: 6", [("pain", 6)]),
        ("ardor 4 y dolor 6", [("burning", 4), ("pain", 6)]),
    ],
)
async def test_a_typed_answer_is_stored_and_the_day_is_named(
    evening: Desk, typed: str, stored: list[tuple[str, int]]
) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    said = await desk.says(ada, typed)
    assert [(symptom, value) for _, symptom, value in await desk.scores(ada)] == stored
    named = [f"{symptom.title()} {value}" for symptom, value in stored]
    assert "Stored for Monday 2 March:" in said
    assert all(name in said for name in named)
    assert ("Next:" in said) == (len(stored) < 3)
    assert "Burning · " not in shown(ada, bubble) or ("burning", 4) not in stored, "the bubble follows"
    assert await desk.rows("select answered_at from diary_days") == [("2026-03-02 20:00:00.000000",)]
    assert await desk.rows("select count(*) from notes") == [(0,)]


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("11", "The scale goes from 0 to 10."),
        ("-1", "The scale goes from 0 to 10."),
        ("6.5", "I can only keep whole numbers"),
        ("6,5", "I can only keep whole numbers"),
        ("5-6", "I can only keep one number."),
        ("5 or 6", "I can only keep one number."),
        ("4 3", "I am not sure which number is for what."),
        ("burning 4, burning 5", "There are two different numbers for the same thing."),
        ("burning 4, pain 11", "The scale goes from 0 to 10."),
        ("١١", "The scale goes from 0 to 10."),
    ],
)
async def test_a_number_that_is_no_score_is_asked_back_and_nothing_is_stored(
    evening: Desk, typed: str, question: str
) -> None:
    desk, ada = evening, evening.ada
    before = await desk.everything()
    said = await desk.says(ada, typed)
    assert question in said
    assert "Nothing was stored. Please send it again, for example: Burning 4, Tingling 3, Pain 5" in said
    assert await desk.everything() == before
    await desk.says(ada, "7")
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]


async def test_numbers_typed_one_after_another_answer_one_question_after_another(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    assert "Next: Tingling, 0 to 10?" in await desk.says(ada, "4")
    assert "Next: Pain, 0 to 10?" in await desk.says(ada, "3")
    assert "Next:" not in await desk.says(ada, "5")
    assert "Thank you" in text_of(ada.heard[0])
    assert await desk.scores(ada) == [(MONDAY, symptom, value) for symptom, value in ALL]


async def test_a_lone_number_with_no_open_question_asks_what_it_is_for(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert "7 for Monday 2 March: what is it for?" in await desk.says(ada, "7")
    assert buttons(ada) == ["Burning", "Tingling", "Pain"]
    assert await desk.scores(ada) == []
    await desk.taps(ada, "Pain")
    assert await desk.scores(ada) == [(MONDAY, "pain", 7)]
    await desk.says(ada, "burning 4, tingling 3")
    assert "8 for Monday 2 March: what is it for?" in await desk.says(ada, "8"), "a finished day has no open question"
    await desk.taps(ada, "Pain")
    assert (await desk.scores(ada))[-1] == (MONDAY, "pain", 8)


async def test_typed_scores_go_to_the_newest_asked_day_that_is_open_and_unfinished(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    monday_bubble = ada.last["message_id"]
    await desk.says(ada, "7")
    desk.clock.move_to(at(3, 9))
    said = await desk.says(ada, "3 4 5")
    assert "Stored for Monday 2 March: Burning 3, Tingling 4 and Pain 5." in said
    assert buttons(ada) == ["It was for Tuesday 3 March"]
    assert "Burning: 3" in shown(ada, monday_bubble)
    # Monday is whole now: the next ones are for today, which has not been asked yet.
    said = await desk.says(ada, "1 1 1")
    assert "Stored for Tuesday 3 March" in said or "Stored for Tuesday 3 March" in text_of(ada.heard[-2])
    heard = len(ada.heard)
    await desk.until(at(4, 4))
    assert len(ada.heard) == heard, "a day finished before its hour is not asked again"
    assert await desk.rows("select intended_at, asked_at, sent_at from diary_days where day = :day", day=TUESDAY) == [
        ("2026-03-03 20:00:00.000000", None, None)
    ]


async def test_the_button_moves_typed_scores_to_the_other_day(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    monday_bubble = ada.last["message_id"]
    await desk.taps(ada, "9", "9", "9")
    desk.clock.move_to(at(3, 9))
    await desk.says(ada, "3 4 5")
    receipt = ada.heard[-2]
    tuesday_bubble = ada.last["message_id"]
    assert "Stored for Tuesday 3 March" in text_of(receipt)
    assert ada.labels(receipt["message_id"]) == ["It was for Monday 2 March"]
    ada.tap_label("It was for Monday 2 March", receipt["message_id"])
    await desk.settle()
    assert "Moved to Monday 2 March: Burning 3, Tingling 4 and Pain 5." in shown(ada, receipt["message_id"])
    assert "Burning: 3" in shown(ada, monday_bubble)
    assert "Burning · Tuesday 3 March · 1 of 3" in shown(ada, tuesday_bubble)
    assert [row for row in await desk.scores(ada) if row[0] == TUESDAY] == []
    assert [row[2] for row in await desk.scores(ada)] == [9, 9, 9, 3, 4, 5], "the first values are kept"
    assert await desk.rows("select count(*) from scores where withdrawn_at is not null") == [(3,)]
    # A second tap on the same button, as screens lag, moves nothing.
    before = await desk.everything()
    since = int((at(3, 9) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**6
    await desk.sends(ada, f"mv:20260303:20260302:{since}:7", receipt["message_id"])
    assert await desk.everything() == before
    await desk.until(at(3, 20))
    assert "Burning · Tuesday 3 March · 1 of 3" in newest(ada), "Tuesday is asked as if nothing had been typed"


async def test_scores_move_to_today_as_well(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "9")
    desk.clock.move_to(at(3, 9))
    await desk.says(ada, "3 4 5")
    await desk.taps(ada, "It was for Tuesday 3 March")
    assert "Moved to Tuesday 3 March" in newest(ada)
    assert await desk.scores(ada) == [
        (MONDAY, "burning", 9), (TUESDAY, "burning", 3), (TUESDAY, "tingling", 4), (TUESDAY, "pain", 5),
    ]  # fmt: skip
    assert "Tingling · Monday 2 March · 2 of 3" in text_of(ada.heard[0]), "Monday is where it was"


async def test_a_reply_to_a_bubble_is_for_its_day(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    monday_bubble = ada.last["message_id"]
    await desk.taps(ada, "9", "9", "9")
    desk.clock.move_to(at(3, 9))
    said = await desk.says(ada, "burning 2", reply_to=monday_bubble)
    assert "Stored for Monday 2 March: Burning 2." in said
    assert buttons(ada) == ["It was for Tuesday 3 March"]
    assert "a note of Monday" not in await desk.says(ada, "slept badly", reply_to=monday_bubble)
    assert await desk.rows("select day from notes") == [(MONDAY,)]
    desk.clock.move_to(at(3, 12))
    before = await desk.everything()
    said = await desk.says(ada, "burning 3", reply_to=monday_bubble)
    assert "Monday 2 March is closed" in said
    assert await desk.everything() == before
    assert "Kept as a note for Monday 2 March." in await desk.says(ada, "it was the rain", reply_to=monday_bubble)


async def test_after_midnight_the_evening_is_not_over(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    desk.clock.move_to(at(3, 3, 59))
    assert "Stored for Monday 2 March" in await desk.says(ada, "7")
    await desk.taps(ada, "4", "5")
    assert "what is it for?" in await desk.says(ada, "7")
    assert "Monday 2 March" in newest(ada)
    desk.clock.move_to(at(3, 4))
    assert "7 for Tuesday 3 March: what is it for?" in await desk.says(ada, "7")


# --- today ----------------------------------------------------------------------------------------------------


async def test_today_shows_or_resumes_the_day(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert "Burning · Monday 2 March · 1 of 3" in await desk.says(ada, "/today")
    first = ada.last["message_id"]
    await desk.taps(ada, "4")
    assert "Tingling · Monday 2 March · 2 of 3" in await desk.says(ada, "/today")
    assert buttons(ada, first) == [], "the earlier bubble loses its buttons"
    await desk.taps(ada, "Not today")
    assert "Tingling · Monday 2 March · 2 of 3" in await desk.says(ada, "/today")
    await desk.taps(ada, "3", "5")
    assert "Pain: 5" in await desk.says(ada, "/today")
    assert await desk.rows("select declined_at, sent_at from diary_days") == [(None, None)]
    heard = len(ada.heard)
    await desk.until(at(3, 4))
    assert len(ada.heard) == heard, "a day finished before its hour is not asked again"


async def test_a_number_typed_under_todays_question_answers_it(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert "Burning" in await desk.says(ada, "/today")
    said = await desk.says(ada, "7")
    assert "Stored for Monday 2 March: Burning 7." in said
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]


async def test_a_half_answered_day_is_asked_for_what_is_missing_only(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "tingling 3")
    early = ada.last["message_id"]
    assert "Burning · Monday 2 March · 1 of 3" in newest(ada)
    await desk.taps(ada, "6")
    await desk.until(at(2, 20))
    assert "Pain · Monday 2 March · 3 of 3" in newest(ada)
    assert buttons(ada, early) == [], "the earlier bubble loses its buttons"
    assert await desk.rows("select intended_at, sent_at, answered_at from diary_days") == [
        ("2026-03-02 20:00:00.000000", "2026-03-02 20:00:00.000000", "2026-03-02 10:00:00.000000")
    ]
    assert "Pain: 0" in await desk.taps(ada, "0")


async def test_a_day_declined_before_its_hour_is_not_asked(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/today")
    await desk.taps(ada, "Not today")
    heard = len(ada.heard)
    await desk.until(at(3, 4))
    assert len(ada.heard) == heard
    await desk.until(at(3, 20))
    assert "Burning · Tuesday 3 March" in newest(ada)


# --- notes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["took 2 tablets", "7 but worse", "walked 3 km & slept <well> 😊", "thank you"])
async def test_any_other_words_are_a_note_kept_at_once(evening: Desk, words: str) -> None:
    desk, ada = evening, evening.ada
    said = await desk.says(ada, words)
    assert "Kept as a note for Monday 2 March." in said
    assert "Dr Ito can read it, but nobody watches this chat around the clock." in said
    assert await desk.rows("select day, text from notes") == [(MONDAY, words)]
    assert await desk.scores(ada) == []
    assert "The note is gone." in await desk.taps(ada, "Undo")
    assert words not in str(await desk.everything()), "undo forgets the words"
    await desk.sends(ada, "nu:1")
    assert "no longer in use" in ada.toasts[-1].text


async def test_after_add_a_note_everything_is_a_note(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "4", "3", "5")
    assert "Write your note for Monday 2 March" in await desk.taps(ada, "Add a note")
    assert "Kept as a note for Monday 2 March." in await desk.says(ada, "7")
    assert await desk.rows("select text from notes") == [("7",)]
    assert "what is it for?" in await desk.says(ada, "7"), "one text is one note"

    await desk.taps(ada, "Add a note")
    assert "All right, no note." in await desk.taps(ada, "No note")
    assert "what is it for?" in await desk.says(ada, "7")

    ada.tap_label("Add a note")
    await desk.settle()
    await desk.says(ada, "/help")
    assert "what is it for?" in await desk.says(ada, "7"), "a command ends the waiting"

    ada.tap_label("Add a note")
    await desk.settle()
    desk.clock.move_to(at(4, 9))
    assert "Kept as a note for Monday 2 March." in await desk.says(ada, "4 3 5"), "an older day can get a note"
    assert [value for _, _, value in await desk.scores(ada)] == [4, 3, 5]


async def test_a_note_leaves_a_day_that_was_never_asked_alone(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    desk.clock.move_to(at(2, 21))
    await desk.enrol(ben, desk.ito, "Ben", hour="20:00")
    assert "tomorrow at 20:00" in newest(ben)
    assert "Kept as a note for Monday 2 March." in await desk.says(ben, "long day")
    await desk.until(at(3, 20))
    await desk.taps(ben, "1", "2", "3")
    desk.clock.move_to(at(4, 13))
    assert "fault" not in await desk.says(ben, "/week")
    assert "Answered 1 of 1" in newest(ben)
    days = "select day from diary_days d join patients p on p.id = d.patient_id where p.chat_id = :ben order by day"
    assert (await desk.rows(days, ben=ben.id))[0] == (TUESDAY,)


async def test_a_reply_to_a_bubble_that_moved_on_is_still_for_its_day(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    first = ada.last["message_id"]
    await desk.says(ada, "/today")
    await desk.until(datetime(2026, 3, 3, 10, tzinfo=UTC))
    await desk.says(ada, "/today")
    assert "Stored for Monday 2 March" in await desk.says(ada, "4 3 5", reply_to=first)


async def test_only_what_was_typed_moves_to_the_other_day(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "1", "1", "1")
    await desk.until(at(3, 10))
    await desk.says(ada, "7")
    await desk.taps(ada, "Burning")
    desk.clock.move(timedelta(minutes=1))
    receipt_day = await desk.says(ada, "burning 6")
    assert "Stored for Tuesday 3 March: Burning 6." in receipt_day
    receipt = next(m["message_id"] for m in reversed(ada.heard) if "Stored for Tuesday" in m.get("text", ""))
    desk.clock.move(timedelta(minutes=1))
    await desk.says(ada, "tingling 3, pain 4")
    ada.tap_label("It was for Monday 2 March", receipt)
    await desk.settle()
    assert await desk.rows("select day, value from scores where withdrawn_at is not null") == [("2026-03-03", 6)]
    monday = [row for row in await desk.scores(ada) if row[0] == MONDAY]
    assert sorted(monday) == [
        (MONDAY, "burning", 1),
        (MONDAY, "burning", 6),
        (MONDAY, "pain", 1),
        (MONDAY, "tingling", 1),
    ]


async def test_a_value_typed_again_for_the_wrong_day_can_still_be_moved(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.taps(ada, "7")
    await desk.until(at(3, 10))
    assert "Stored for Monday 2 March: Burning 7." in await desk.says(ada, "burning 7")
    receipt = next(m["message_id"] for m in reversed(ada.heard) if "Stored for Monday" in m.get("text", ""))
    ada.tap_label("It was for Tuesday 3 March", receipt)
    await desk.settle()
    assert (await desk.scores(ada))[-1] == ("2026-03-03", "burning", 7)


async def test_scores_after_the_next_question_are_no_note_of_the_evening_before(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    for number in "432":
        await desk.taps(ada, number)
    await desk.taps(ada, "Add a note")
    await desk.jump(datetime(2026, 3, 3, 20, tzinfo=UTC))
    await desk.says(ada, "5")
    assert ("2026-03-03", "burning", 5) in await desk.scores(ada)
    await desk.taps(ada, "3", "2", "Add a note")
    await desk.says(ada, "5")
    assert await desk.rows("select day, text from notes") == [("2026-03-03", "5")]


async def test_what_stands_behind_a_command_is_not_lost(clinic: Desk) -> None:
    """Scores behind /today and /yesterday are for that day; other words behind these and /flare are a note."""
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/yesterday slept well")
    assert await desk.rows("select day, text from notes") == [("2026-03-02", "slept well")]
    await desk.says(ada, "/today burning 5")
    assert "Stored for Monday 2 March: Burning 5." in text_of(ada.heard[-2])
    assert "0 to 10" in await desk.says(ada, "/today pain 11")
    assert await desk.scores(ada) == [("2026-03-02", "burning", 5)]
    assert newest(ada).startswith("The scale goes")
    await desk.says(ada, "/today a long walk")
    assert newest(ada).startswith("Tingling"), "and the day is shown as ever"
    await desk.says(ada, "/flare after the long walk")
    assert newest(ada).startswith("Something got worse?")
    desk.clock.move_to(datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert "Stored for Monday 2 March: Pain 3." in await desk.says(ada, "/yesterday pain 3")
    desk.clock.move_to(datetime(2026, 3, 3, 13, tzinfo=UTC))
    await desk.says(ada, "/yesterday my left foot was cold")
    assert await desk.rows("select day, text from notes order by id") == [
        ("2026-03-02", "slept well"),
        ("2026-03-02", "a long walk"),
        ("2026-03-02", "after the long walk"),
        ("2026-03-02", "my left foot was cold"),
    ]
    assert (await desk.scores(ada))[-1] == ("2026-03-02", "pain", 3)
