"""Later, the reminder, and the next question: what a patient gets once more, and what never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot import storage
from bot.storage.outbox import Urgency
from bot.storage.tables import OutboxState
from bot.wire.bodies import Verdict
from bot.wire.books import write_down
from tests.handlers.desk import Desk
from tests.stage import text_of


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
