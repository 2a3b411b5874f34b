"""Later, the reminder, and the next question: what a patient gets once more, and what never."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot import storage
from bot.diary.people import ChatId
from bot.diary.prompts import Due
from bot.handlers.prompts import replan
from bot.storage.outbox import Urgency
from bot.storage.tables import OutboxState
from bot.wire.bodies import Verdict
from bot.wire.books import write_down
from tests.handlers.desk import Desk, word_of
from tests.stage import newest, text_of


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def evening(clinic: Desk) -> Desk:
    """Ada has just been asked, on Monday at 20:00."""
    await clinic.until(at(2, 20))
    return clinic


def questions(desk: Desk) -> list[str]:
    """What stands in Ada's chat and can be tapped."""
    return [text_of(message) for message in desk.ada.heard if "reply_markup" in message]


async def test_an_unanswered_prompt_is_reminded_of_once_and_replaced(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    first = ada.last["message_id"]
    await desk.until(at(2, 21, 29))
    assert ada.last["message_id"] == first
    assert await desk.jump(at(2, 21, 30)) == {"again": 1}
    (live,) = questions(desk)
    assert live.splitlines()[0] == "A gentle reminder. If you don't feel like it, that is fine."
    assert "Burning · Monday 2 March · 1 of 3" in live
    assert "Later" not in ada.labels()
    heard = len(ada.heard)
    await desk.until(at(3, 19, 59))
    assert len(ada.heard) == heard, "never a second one"
    assert await desk.rows("select reminded_at is not null, followup, next_followup_at from diary_days, patients") == [
        (1, None, None)
    ]


async def test_a_half_answered_day_is_reminded_of_what_is_missing(evening: Desk) -> None:
    desk = evening
    await desk.taps(desk.ada, "4", "3")
    await desk.until(at(2, 21, 30))
    (live,) = questions(desk)
    assert live.startswith("A gentle reminder: 1 question is still open.\n\nPain · Monday 2 March · 3 of 3")
    await desk.taps(desk.ada, "5")
    assert await desk.scores(desk.ada) == [
        ("2026-03-02", "burning", 4), ("2026-03-02", "tingling", 3), ("2026-03-02", "pain", 5),
    ]  # fmt: skip


@pytest.mark.parametrize("done", [["4", "3", "5"], ["Not today"], ["Skip this one"] * 3])
async def test_an_answered_or_declined_day_is_not_reminded_of(evening: Desk, done: list[str]) -> None:
    desk = evening
    await desk.taps(desk.ada, *done)
    heard = len(desk.ada.heard)
    await desk.until(at(3, 12))
    assert len(desk.ada.heard) == heard


async def test_a_reminder_inside_quiet_hours_is_dropped(clinic: Desk) -> None:
    desk = clinic
    await desk.rows("update patients set prompt_time = '21:00:00.000000', next_prompt_at = '2026-03-02 21:00:00.000000'"
                    " returning id")  # fmt: skip
    await desk.until(at(3, 12))
    assert len(desk.ada.heard) == 1
    assert await desk.rows("select reminded_at from diary_days") == [(None,)]


async def test_a_reminder_can_be_off_or_come_sooner(clinic: Desk) -> None:
    desk = clinic
    await desk.rows("update patients set reminder_minutes = 30 returning id")
    await desk.until(at(2, 20, 30))
    assert len(desk.ada.heard) == 2
    await desk.rows("update patients set reminder_minutes = 0 returning id")
    await desk.until(at(4, 12))
    assert len(desk.ada.heard) == 3


async def test_later_moves_the_question_and_uses_up_the_reminder(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    assert await desk.taps(ada, "Later") == "When shall I ask again?"
    assert ada.labels() == ["In 30 minutes", "In 2 hours", "Tomorrow morning", "Back"]
    assert await desk.taps(ada, "In 30 minutes") == "All right. I will ask again: tonight at 20:30."
    assert ada.last["message_id"] == bubble
    assert await desk.jump(at(2, 20, 30)) == {"again": 1}
    (live,) = questions(desk)
    assert live.startswith("You asked me to come back now.\n\nBurning · Monday 2 March · 1 of 3")
    heard = len(ada.heard)
    await desk.until(at(3, 19, 59))
    assert len(ada.heard) == heard, "no reminder after a snooze"
    # Its old buttons may still be on a slow screen.
    await desk.sends(ada, "lt:20260302", bubble)
    await desk.sends(ada, "ls:20260302:120", bubble)
    await desk.until(at(3, 19, 59))
    assert len(ada.heard) == heard + 2, "both are told that the day is over"


async def test_after_midnight_the_morning_is_this_one_and_noon_is_todays(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.until(at(3, 1))
    live = ada.last["message_id"]
    assert "Later" not in ada.labels(live), "reminded already"
    await desk.sends(ada, "lt:20260302", live)
    assert ada.toasts[-1].text == "I have asked again already. You can answer here until 12:00 on Tuesday."

    await desk.rows("update patients set prompt_time = '23:30:00.000000', next_prompt_at = '2026-03-03 23:30:00.000000'"
                    " returning id")  # fmt: skip
    await desk.until(at(4, 1))
    await desk.taps(ada, "Later")
    assert ada.labels(ada.last["message_id"]) == ["In 30 minutes", "In 2 hours", "This morning", "Back"]
    assert await desk.taps(ada, "This morning") == "All right. I will ask again: Today at 08:00."


async def test_two_hours_that_end_in_quiet_hours_are_told_and_wait_for_the_morning(evening: Desk) -> None:
    desk = evening
    await desk.taps(desk.ada, "Later")
    said = await desk.taps(desk.ada, "In 2 hours")
    assert said == "All right. I will ask again: tomorrow at 08:00.\nThat is after your quiet hours."
    await desk.until(at(3, 7, 59))
    assert len(desk.ada.heard) == 1
    await desk.until(at(3, 8))
    assert len(questions(desk)) == 1
    await desk.taps(desk.ada, "4", "3", "5")
    assert {row[0] for row in await desk.scores(desk.ada)} == {"2026-03-02"}


async def test_back_and_answer_now_lead_to_the_question(evening: Desk) -> None:
    desk = evening
    await desk.taps(desk.ada, "Later", "Back")
    assert "Burning" in questions(desk)[0]
    await desk.taps(desk.ada, "Later", "Tomorrow morning", "Answer now", "4", "3", "5")
    await desk.until(at(3, 12))
    assert len(desk.ada.heard) == 1, "nothing is asked again of a day that is answered"


async def test_a_snooze_may_be_chosen_anew_until_it_has_come(evening: Desk) -> None:
    desk = evening
    await desk.taps(desk.ada, "Later", "Tomorrow morning", "Answer now", "Later", "In 30 minutes")
    await desk.until(at(2, 20, 30))
    assert len(desk.ada.heard) == 2
    await desk.sends(desk.ada, "ls:20260302:30")
    await desk.until(at(3, 12))
    assert len(desk.ada.heard) == 2


async def test_an_answer_by_hand_before_it_comes_again_is_enough(evening: Desk) -> None:
    desk = evening
    await desk.taps(desk.ada, "Later", "In 30 minutes")
    await desk.says(desk.ada, "4 3 5")
    heard = len(desk.ada.heard)
    await desk.until(at(3, 12))
    assert len(desk.ada.heard) == heard


async def test_start_now_is_asked_at_any_hour_and_reminded_of(desk: Desk) -> None:
    await desk.therapist(desk.ito)
    await desk.enrol(desk.ada, desk.ito, now=True)
    heard = len(desk.ada.heard)
    await desk.until(desk.now + timedelta(minutes=90))
    assert len(desk.ada.heard) == heard + 1
    assert text_of(desk.ada.last).startswith("A gentle reminder")


async def test_a_reminder_that_never_shows_leaves_the_old_bubble_its_day(evening: Desk) -> None:
    desk = evening
    desk.clock.move_to(at(2, 21, 30))
    await desk.ticker.tick(desk.now)
    parcel = (await desk.database.write(lambda tx: storage.outbox.waiting(tx, 0, (Urgency.TAP, Urgency.DIGEST), 9)))[0]

    before = parcel.replaces
    verdict = Verdict(OutboxState.DROPPED)
    await desk.database.write(lambda tx: write_down(tx, [(parcel, verdict, desk.now)]))
    assert await desk.rows("select bubble_id from diary_days") == [(before,)]
    await desk.says(desk.ada, "4")
    assert "Tingling" in questions(desk)[0], "what she types still edits the bubble that she sees"


async def test_in_a_pause_no_question_is_put_off(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    await desk.taps(ada, "4", "Later")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until tomorrow")
    for late_tap in ("ls:20260302:30", "lt:20260302"):
        # A slow screen: what is promised there would not be kept.
        await desk.sends(ada, late_tap, bubble)
        assert ada.toasts[-1].text == "Your diary is paused, so I will not ask again. You can still answer here."
        assert "Tingling · Monday 2 March" in text_of(ada.chat.messages[bubble])
    assert await desk.rows("select followup, next_followup_at from patients") == [(None, None)]
    heard = len(ada.heard)
    await desk.until(at(3, 12))
    assert len(ada.heard) == heard


@pytest.mark.parametrize("tap", ["lt:20260302", "ls:20260302:30"])
async def test_what_was_not_asked_yet_and_what_is_answered_is_not_put_off(clinic: Desk, tap: str) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/today")
    await desk.sends(ada, tap)
    assert ada.toasts[-1].text == "This button is no longer in use."
    await desk.taps(ada, "4", "3", "5")
    await desk.sends(ada, tap)
    assert ada.toasts[-1].text == "This button is no longer in use."
    assert newest(ada).startswith("Thank you.")
    assert await desk.rows("select followup, next_followup_at from patients") == [(None, None)]


# --- what is still on its way ------------------------------------------------------------------------------------


async def due_now(desk: Desk, instant: datetime) -> None:
    """What is due at `instant` is in the outbox, and not on its way yet."""
    desk.clock.move_to(instant)
    await desk.ticker.tick(desk.now)


async def test_a_prompt_on_its_way_is_called_back_by_a_pause(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await due_now(desk, at(2, 20))
    await desk.taps(ada, "Until tomorrow")
    assert questions(desk) == [text_of(ada.last)]
    assert "paused" in text_of(ada.last)
    assert await desk.rows("select paused, sent_at, bubble_id from diary_days") == [(1, None, None)]


async def test_a_prompt_on_its_way_is_called_back_by_an_answer_that_is_typed(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await due_now(desk, at(2, 20))
    await desk.says(ada, "burning 4, tingling 3")
    assert [text.splitlines()[0] for text in map(text_of, ada.heard)] == [
        "Stored for Monday 2 March: Burning 4 and Tingling 3.", "Pain · Monday 2 March · 3 of 3",
    ]  # fmt: skip
    await desk.until(at(3, 12))
    assert "A gentle reminder: 1 question is still open." in text_of(ada.last), "she was asked, and is reminded"
    assert await desk.rows("select sent_at, not_asked from diary_days") == [("2026-03-02 20:00:00.000000", None)]


@pytest.mark.parametrize("act", ["4", "/today", "Later", "Not today", "4 3 5"])
async def test_a_reminder_on_its_way_is_called_back_by_whatever_is_done_about_its_day(evening: Desk, act: str) -> None:
    desk, ada = evening, evening.ada
    await due_now(desk, at(2, 21, 30))
    await (desk.says(ada, act) if act in ("/today", "4 3 5") else desk.taps(ada, act))
    assert not any("A gentle reminder" in text_of(message) for message in ada.heard)
    days = [message for message in ada.heard if "2 March" in text_of(message) and "reply_markup" in message]
    live = [message for message in days if "It was for" not in str(message["reply_markup"])]
    assert len(live) == 1
    await desk.says(ada, "/today")
    await desk.until(at(3, 19, 59))
    assert not any("A gentle reminder" in text_of(message) for message in ada.heard), "it is used up"


async def test_a_reminder_that_comes_all_the_same_leaves_the_bubble_in_use_alone(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await due_now(desk, at(2, 21, 30))
    (parcel,) = await desk.database.write(lambda tx: storage.outbox.waiting(tx, 0, (Urgency.PROMPT, Urgency.PROMPT), 9))
    ada.tap_label("4")
    # It arrives before she is heard, and that is written down after she was.
    message_id = desk.telegram.add(ada.chat, desk.telegram.me, {"text": "A gentle reminder"})["message_id"]
    updates = await desk.telegram.get_updates({"offset": desk._offset})
    await desk.database.write(lambda tx: desk._handle(updates, tx))
    verdict = Verdict(OutboxState.DELIVERED, message_id=message_id)
    await desk.database.write(lambda tx: write_down(tx, [(parcel, verdict, desk.now)]))
    await desk.deliver()
    assert [question.splitlines()[0] for question in questions(desk)] == ["Tingling · Monday 2 March · 2 of 3"]


# --- planning anew ----------------------------------------------------------------------------------------------


async def change(desk: Desk, **columns: Any) -> Due:
    """Ada has other hours, or is elsewhere, as the screens of the settings have it."""

    def work(tx: Connection) -> Due:
        patient = storage.people.patient(tx, ChatId(desk.ada.id))
        assert patient is not None
        return replan(word_of(desk, tx, desk.ada), storage.people.change_patient(tx, patient.id, **columns))

    return await desk.database.write(work)


async def test_a_question_that_has_fallen_due_is_not_lost_to_another_hour(clinic: Desk) -> None:
    desk = clinic
    desk.clock.move_to(at(2, 20))
    # The minute's tick is still to come.
    assert await change(desk, prompt_time=time(18)) == Due(date(2026, 3, 3), at(3, 18))
    assert await desk.tick() == {"send": 1}
    assert await desk.rows("select next_prompt_at from patients") == [("2026-03-03 18:00:00.000000",)]
    # The bot was down for two days, and the first that it hears is a change of hours.
    desk.clock.move_to(at(5, 9))
    assert await change(desk, prompt_time=time(19)) == Due(date(2026, 3, 5), at(5, 19))
    await desk.until(at(5, 19))
    assert await desk.rows("select day, not_asked from diary_days order by day") == [
        ("2026-03-02", None), ("2026-03-03", "bot"), ("2026-03-04", "bot"), ("2026-03-05", None),
    ]  # fmt: skip


async def test_a_day_that_was_looked_at_far_in_the_east_is_open_when_it_is_asked_in_the_west(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await change(desk, zone="Pacific/Kiritimati")
    await desk.until(at(2, 20))
    assert "Tuesday 3 March" in await desk.says(ada, "/today")
    await change(desk, zone="Pacific/Pago_Pago")
    await desk.until(at(4, 7))
    assert newest(ada).startswith("Burning · Tuesday, March 3"), "it is 20:00 there"
    await desk.taps(ada, "4", "3", "5")
    assert newest(ada).startswith("Thank you.")
    assert await desk.rows("select zone, closes_at from diary_days where day = '2026-03-03'") == [
        ("Pacific/Pago_Pago", "2026-03-04 23:00:00.000000")
    ]
