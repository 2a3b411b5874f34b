"""The evening hour: who is asked, who is asked late, and who is not asked and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.handlers.desk import Desk
from tests.stage import newest, text_of

DAYS = "select day, intended_at, asked_at, sent_at, not_asked from diary_days order by day"


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of March 2026; Lisbon is on UTC until the 29th."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


def row(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}"


async def test_the_prompt_goes_once_at_its_minute_however_often_the_clock_ticks(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert await desk.jump(at(2, 19, 59, 59)) == {}
    assert await desk.rows(DAYS) == [], "a day is planned when it is asked"
    assert await desk.jump(at(2, 20)) == {"send": 1}
    assert "Burning · Monday 2 March" in newest(ada)
    for minute in (0, 1, 30, 59):
        assert await desk.jump(at(2, 20, minute)) == {}
    assert len(ada.heard) == 1
    assert await desk.rows("select next_prompt_day, next_prompt_at from patients") == [("2026-03-03", row(at(3, 20)))]
    assert await desk.jump(at(3, 20, 1)) == {"send": 1}
    assert await desk.rows(DAYS) == [
        ("2026-03-02", row(at(2, 20)), row(at(2, 20)), row(at(2, 20)), None),
        ("2026-03-03", row(at(3, 20)), row(at(3, 20, 1)), row(at(3, 20, 1)), None),
    ]


async def test_a_late_prompt_goes_within_three_hours(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert await desk.jump(at(2, 23)) == {"send": 1}
    assert "Burning · Monday 2 March" in newest(ada)
    assert await desk.rows(DAYS) == [("2026-03-02", row(at(2, 20)), row(at(2, 23)), row(at(2, 23)), None)]


async def test_a_later_one_does_not_and_the_day_is_not_asked_by_our_fault(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert await desk.jump(at(2, 23, 0, 1)) == {"not_asked": 1}
    assert not ada.heard
    assert await desk.rows(DAYS) == [("2026-03-02", row(at(2, 20)), None, None, "bot")]
    # She may answer all the same, and is asked on the next evening.
    await desk.says(ada, "pain 4")
    assert "Stored for Monday 2 March: Pain 4." in text_of(ada.heard[-2])
    assert await desk.jump(at(3, 20)) == {"send": 1}


async def test_after_days_down_each_is_not_asked_and_the_present_one_is_late(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert await desk.jump(at(6, 21)) == {"not_asked": 4, "send": 1}
    assert len(ada.heard) == 1
    assert "Burning · Friday 6 March" in newest(ada)
    assert [(day, cause) for day, *_, cause in await desk.rows(DAYS)] == [
        *((f"2026-03-0{day}", "bot") for day in (2, 3, 4, 5)),
        ("2026-03-06", None),
    ]
    assert await desk.jump(at(7, 20)) == {"send": 1}


async def test_days_down_are_not_held_against_the_patient(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.says(ada, "4 3 5")
    await desk.jump(at(7, 4))
    for evening in (7, 8):
        await desk.until(at(evening, 20))
        await desk.says(ada, "4 3 5")
    await desk.until(at(9, 8))
    assert "Answered 3 of 3 days asked." in newest(ada)
    assert "Ada L (4 days)" in newest(desk.ito)
    assert "Not asked, by a failure of the bot" in newest(desk.ito)


@pytest.mark.parametrize(("state", "cause"), [("blocked", "blocked"), ("gone", "gone")])
async def test_who_cannot_be_reached_is_not_asked_with_that_cause(clinic: Desk, state: str, cause: str) -> None:
    desk = clinic
    await desk.rows("update accounts set reach = :state where chat_id = :ada returning 1", state=state, ada=desk.ada.id)
    assert await desk.jump(at(2, 20)) == {"not_asked": 1}
    assert await desk.rows(DAYS) == [("2026-03-02", row(at(2, 20)), None, None, cause)]
    assert not desk.sent


async def test_a_finished_day_is_passed_over_and_keeps_its_intended_hour(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "4 3 5")
    heard = len(desk.ada.heard)
    assert await desk.jump(at(2, 20)) == {"finished": 1}
    assert len(desk.ada.heard) == heard
    assert await desk.rows(DAYS) == [("2026-03-02", row(at(2, 20)), None, None, None)]


async def test_everyone_due_is_asked_in_one_tick_each_for_their_own_day(clinic: Desk) -> None:
    desk = clinic
    await desk.enrol(desk.ben, desk.ito, place="Chicago", hour="14:00")  # 20:00 in Lisbon
    await desk.enrol(desk.cleo, desk.ito, place="Kathmandu", hour="01:45")  # the night after Monday, 20:00 as well
    assert (await desk.jump(at(2, 20)))["send"] == 3
    for person in (desk.ada, desk.ben, desk.cleo):
        assert "Burning · Monday 2 March" in newest(person)


async def test_a_prompt_carries_the_end_of_its_window(clinic: Desk) -> None:
    desk = clinic
    desk.clock.move_to(at(2, 22))
    await desk.ticker.tick(desk.now)
    ((until,),) = await desk.rows("select json_extract(body, '$.until') from outbox where state = 'waiting'")
    assert datetime.fromisoformat(until) == at(2, 20) + timedelta(hours=3)
