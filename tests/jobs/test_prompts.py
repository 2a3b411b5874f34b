"""The evening hour: who is asked, who is asked late, and who is not asked and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.person import Person
from bot.jobs import prompts
from tests.handlers.desk import Desk
from tests.stage import newest, text_of

DAYS = "select day, intended_at, asked_at, sent_at, not_asked from diary_days order by day"

NEVER_QUIET = "update patients set quiet_to = quiet_from returning id"


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
    await desk.rows(NEVER_QUIET)
    assert await desk.jump(at(2, 23)) == {"send": 1}
    assert "Burning · Monday 2 March" in newest(ada)
    assert await desk.rows(DAYS) == [("2026-03-02", row(at(2, 20)), row(at(2, 23)), row(at(2, 23)), None)]


async def test_a_later_one_does_not_and_the_day_is_not_asked_by_our_fault(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.rows(NEVER_QUIET)
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
    for person, day in ((desk.ada, "Monday 2 March"), (desk.ben, "Monday, March 2"), (desk.cleo, "Monday 2 March")):
        assert f"Burning · {day}" in newest(person), "each as their country writes it"


async def test_a_prompt_carries_the_end_of_its_window(clinic: Desk) -> None:
    desk = clinic
    desk.clock.move_to(at(2, 21))
    await desk.ticker.tick(desk.now)
    ((until,),) = await desk.rows("select json_extract(body, '$.until') from outbox where state = 'waiting'")
    assert datetime.fromisoformat(until) == at(2, 22) - timedelta.resolution, (
        "her quiet hours begin before three hours are over"
    )


async def test_without_quiet_hours_its_window_is_three_hours(clinic: Desk) -> None:
    desk = clinic
    await desk.rows(NEVER_QUIET)
    desk.clock.move_to(at(2, 22))
    await desk.ticker.tick(desk.now)
    ((until,),) = await desk.rows("select json_extract(body, '$.until') from outbox where state = 'waiting'")
    assert datetime.fromisoformat(until) == at(2, 20) + timedelta(hours=3)


async def test_no_late_prompt_comes_in_quiet_hours(clinic: Desk) -> None:
    assert await clinic.jump(at(2, 22)) == {"not_asked": 1}
    assert not clinic.ada.heard


# --- many at once -----------------------------------------------------------------------------------------------

CROWD = 11


async def crowded(desk: Desk) -> list[int]:
    """Ada, and more patients like her who are asked when she is; returns their ids, hers first."""
    for n in range(1, CROWD + 1):
        desk.person(7000 + n, f"Patient {n}")
    await desk.rows(
        "insert into accounts (chat_id, language, reach, reach_since, created_at)"
        " with recursive n(i) as (select 1 union all select i + 1 from n where i < :crowd)"
        " select 7000 + i, case i % 2 when 0 then 'es' else 'en' end, 'ok', '2026-03-01', '2026-03-01' from n"
        " returning 1",
        crowd=CROWD,
    )
    await desk.rows(
        "insert into patients (chat_id, stage, zone, prompt_time, next_prompt_at, next_prompt_day, enrolled_day)"
        " select a.chat_id, p.stage, p.zone, p.prompt_time, p.next_prompt_at, p.next_prompt_day, p.enrolled_day"
        " from accounts a, patients p where a.chat_id > 7000 and a.chat_id < 7100 and p.chat_id = :ada returning 1",
        ada=desk.ada.id,
    )
    await desk.rows(
        "insert into items (patient_id, symptom, position, added_day)"
        " select p.id, i.symptom, i.position, i.added_day from patients p, items i"
        " where p.chat_id != :ada and i.patient_id = (select id from patients where chat_id = :ada)"
        " order by p.id desc, i.position returning 1",
        ada=desk.ada.id,
    )
    return [row[0] for row in await desk.rows("select id from patients order by id")]


async def test_a_crowd_is_asked_each_in_their_language_and_for_their_own_items(clinic: Desk) -> None:
    desk = clinic
    ids = await crowded(desk)
    desk.clock.move_to(at(2, 20))
    assert await desk.ticker.tick(desk.now) == {"send": CROWD + 1}
    rows = await desk.rows(
        "select o.patient_id, o.chat_id, o.body, a.language, i.id, b.chat_id, b.patient_id, b.day, d.bubble_id = b.id"
        " from outbox o join accounts a on a.chat_id = o.chat_id join bubbles b on b.id = o.bubble_id"
        " join items i on i.patient_id = o.patient_id and i.position = 0"
        " join diary_days d on d.patient_id = o.patient_id and d.day = o.day"
        " where o.state = 'waiting' and o.urgency = 4 and o.once = 0 order by o.patient_id"
    )
    assert [row[0] for row in rows] == ids
    for patient, chat, body, language, item, bubble_chat, bubble_patient, bubble_day, is_the_days in rows:
        assert (bubble_chat, bubble_patient, bubble_day, is_the_days) == (chat, patient, "2026-03-02", 1)
        said = json.loads(body)
        taps = [button["tap"] for row in said["buttons"] for button in row]
        assert taps[:11] == [f"s:20260302:{item}:{value}" for value in range(11)]
        assert ("Ardor" if language == "es" else "Burning") in said["text"]
    assert await desk.tick() == {}


async def test_portions_leave_nobody_out_and_ask_nobody_twice(clinic: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = clinic
    ids = await crowded(desk)
    monkeypatch.setattr(prompts, "AT_ONCE", 5)
    assert await desk.jump(at(2, 20)) == {"send": CROWD + 1}
    assert [row[0] for row in await desk.rows("select patient_id from outbox where day is not null order by 1")] == ids
    assert await desk.jump(at(3, 20)) == {"send": CROWD + 1}


@pytest.mark.parametrize(
    ("harm", "becomes"),
    [
        ("update patients set zone = 'Nowhere/At_All' where id = :one returning 1", None),
        ("update patients set prompt_time = 'soon' where id = :one returning 1", None),
        ("update patients set next_prompt_day = null where id = :one returning 1", None),
        ("update items set symptom = 'unheard of' where patient_id = :one returning 1", None),
        # Its prompt stands in the outbox already, though the day says that it was not asked.
        (
            "insert into outbox (chat_id, patient_id, action, urgency, once, body, day, state, created_at, tries)"
            " values (1, :one, 'send', 4, 0, null, '2026-03-02', 'delivered', '2026-03-02', 1) returning 1",
            "bot",
        ),
    ],
    ids=["zone", "hour", "day", "item", "twice"],
)
async def test_whom_we_fail_to_ask_costs_nobody_else_a_prompt(clinic: Desk, harm: str, becomes: str | None) -> None:
    desk = clinic
    ids = await crowded(desk)
    one = ids[4]
    await desk.rows(harm, one=one)
    desk.clock.move_to(at(2, 20))
    assert await desk.ticker.tick(desk.now) == {"send": CROWD, "not_asked": 1}
    asked = await desk.rows("select patient_id from outbox where state = 'waiting' order by 1")
    assert [row[0] for row in asked] == [number for number in ids if number != one]
    days = await desk.rows("select not_asked, asked_at, bubble_id from diary_days where patient_id = :one", one=one)
    assert days == ([] if becomes is None else [(becomes, None, None)])
    assert await desk.rows("select id from patients where next_prompt_at <= '2026-03-03'") == []
    assert await desk.ticker.tick(desk.now) == {}, "nobody is tried over and over"


async def test_a_bubble_opened_by_hand_loses_its_buttons_to_the_prompt_and_the_day_closes_no_sooner(
    clinic: Desk,
) -> None:
    desk, ada = clinic, clinic.ada
    await crowded(desk)
    await desk.says(ada, "/today")
    first = ada.last["message_id"]
    await desk.taps(ada, "4")
    await desk.rows("update patients set zone = 'Asia/Kathmandu' where chat_id = :ada returning 1", ada=ada.id)
    before = await desk.rows("select zone, closes_at, answered_at from diary_days")
    assert await desk.jump(at(2, 20)) == {"send": CROWD + 1}
    assert ada.labels(first) == []
    assert "Tingling" in newest(ada)
    assert (
        await desk.rows("select zone, closes_at, answered_at from diary_days where answered_at is not null") == before
    )


async def test_a_question_left_open_loses_its_buttons_to_the_next_evenings(clinic: Desk) -> None:
    """There is just one live question in a chat. What was answered in full keeps its way to a note."""
    desk, ada = clinic, clinic.ada
    await desk.rows("update patients set reminder_minutes = 0 returning id")
    await desk.jump(at(2, 20))
    monday = ada.last["message_id"]
    for _ in range(3):
        await desk.taps(ada, "2")
    await desk.jump(at(3, 20))
    assert ada.labels(monday) == ["Change", "Add a note"]
    tuesday = ada.last["message_id"]
    await desk.taps(ada, "4")
    assert "7" in ada.labels(tuesday)
    await desk.jump(at(4, 20))
    assert ada.labels(tuesday) == []
    assert ada.labels(monday) == ["Change", "Add a note"]
    # Asked in the morning, yesterday takes answers still, by /yesterday: a chat has one live question.
    await desk.rows(
        "update patients set prompt_time = '09:00:00.000000', next_prompt_at = :at returning id", at=row(at(5, 9))
    )
    wednesday = ada.last["message_id"]
    await desk.jump(at(5, 9))
    thursday = ada.last["message_id"]
    assert ada.labels(wednesday) == []
    await desk.says(ada, "/yesterday")
    assert "7" in ada.labels(ada.last["message_id"])
    assert ada.labels(thursday) == []
    await desk.taps(ada, "1", "2", "3")
    await desk.says(ada, "/today")
    assert live(ada) == [ada.last["message_id"]]
    await desk.jump(at(6, 9))
    assert live(ada) == [ada.last["message_id"]]


def live(person: Person) -> list[int]:
    """Messages with a scale."""
    return [message["message_id"] for message in person.heard if "10" in person.labels(message["message_id"])]


async def test_a_late_tap_on_a_question_that_was_put_away_is_stored_and_told(clinic: Desk) -> None:
    """It was on its way while another day was opened: it counts, and the old message does not ask again."""
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    monday = ada.last["message_id"]
    seven = next(key for row in ada.last["reply_markup"]["inline_keyboard"] for key in row if key["text"] == "7")
    desk.clock.move_to(at(3, 10))
    ada.send("/today")
    ada.tap(monday, seven["callback_data"])
    await desk.settle()
    assert ada.toasts[-1].text == "Stored for Monday 2 March: Burning 7."
    assert live(ada) == [ada.last["message_id"]]
    assert await desk.scores(ada) == [("2026-03-02", "burning", 7)]
    await desk.taps(ada, "Not today")
    await desk.says(ada, "/yesterday")
    await desk.taps(ada, "Not today")
    await desk.says(ada, "/today")
    assert live(ada) == [ada.last["message_id"]]


async def test_no_earlier_question_keeps_its_buttons_whatever_was_opened_in_between(clinic: Desk) -> None:
    """A half answered evening, a pause, a day opened by hand in the pause, and the way back."""
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.taps(ada, "2")
    await desk.until(at(3, 9))
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    await desk.until(at(5, 12))
    await desk.says(ada, "/today")
    await desk.taps(ada, "3")
    assert live(ada) == [ada.last["message_id"]]
    await desk.says(ada, "/pause")
    await desk.taps(ada, "I'm back")
    await desk.until(at(6, 20))
    assert len(live(ada)) == 1
    await desk.until(at(8, 13))
    assert len(live(ada)) == 1
    await desk.says(ada, "burning 3")
    assert live(ada) == [ada.last["message_id"]]
    await desk.says(ada, "/stop")
    assert live(ada) == []


async def test_a_half_answered_day_asks_no_more_after_days_that_were_answered_by_typing(clinic: Desk) -> None:
    """Their summaries ask nothing, and still they show that the older day is over."""
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.taps(ada, "2")
    for day in (3, 4):
        await desk.until(at(day, 15))
        await desk.says(ada, "4 3 5")
    assert live(ada) == []
    await desk.until(at(5, 20))
    assert live(ada) == [ada.last["message_id"]]
