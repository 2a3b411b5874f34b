"""Settings: seen at a glance, changed in place, from the same evening on, and never a second question on one day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.chat import buttons as taps
from bot.chat.buttons import Days, Screen, pack
from bot.demo.person import Person
from tests.handlers.desk import Desk
from tests.handlers.test_people import buttons
from tests.stage import newest, text_of

PROMPTS = "select day, count(*) from outbox where day is not null and action = 'send' group by day order by day"


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of March 2026; Lisbon is on UTC until the 29th."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


async def opened(desk: Desk, person: Person, *labels: str) -> str:
    """The settings, and the page behind these buttons."""
    await desk.says(person, "/settings")
    return await desk.taps(person, *labels)


async def patient(desk: Desk, column: str) -> Any:
    """A column of Ada's row."""
    ((value,),) = await desk.rows(f"select {column} from patients where chat_id = :ada", ada=desk.ada.id)
    return value


async def planned(desk: Desk) -> datetime:
    return datetime.fromisoformat(f"{await patient(desk, 'next_prompt_at')}+00:00")


def numbers(person: Person) -> list[int]:
    """How many buttons each row of the newest question has."""
    return [len(row) for row in person.last["reply_markup"]["inline_keyboard"]]


# --- at a glance ----------------------------------------------------------------------------------------------


async def test_everything_stands_in_one_message_with_the_next_question(clinic: Desk) -> None:
    desk = clinic
    said = await desk.says(desk.ada, "/settings")
    for line in (
        "I ask you every day at 20:00",
        "Reminder: 90 minutes after the question",
        "Quiet hours: 22:00 to 08:00",
        "Time zone: Lisbon, where it is 10:00 now",
        "Language: English",
        "Number buttons: usual size",
        "I ask about: Burning, Tingling and Pain",
        "Your next question comes today at 20:00.",
    ):
        assert line in said
    for page in ("Hour on weekdays", "Hour at weekends", "Reminder", "Quiet hours", "Time zone", "Language"):
        await desk.taps(desk.ada, page, "Back to the settings")
        assert newest(desk.ada) == said
    assert len(desk.ada.heard) == 1, "all of it in one message"


async def test_who_keeps_no_diary_sees_what_there_is_to_set(clinic: Desk) -> None:
    desk = clinic
    said = await desk.says(desk.ito, "/settings")
    assert "Patients read your name as Dr Ito" in said
    assert buttons(desk.ito) == ["Language", "Another name"]
    assert "Which name shall patients read?" in await desk.taps(desk.ito, "Another name")
    await desk.says(desk.ito, "Dr Ito Junior")
    assert "Patients read your name as Dr Ito Junior" in await desk.says(desk.ito, "/settings")
    said = await desk.taps(desk.ito, "Language", "Español")
    assert "Los pacientes leen su nombre así: Dr Ito Junior" in said
    assert "invitation" in await desk.says(desk.max, "/settings")
    assert await desk.rows("select count(*) from accounts where chat_id = :max", max=desk.max.id) == [(0,)]


async def test_who_is_not_enrolled_yet_or_any_more_is_told_where_they_stand(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ito, "/invite Ben")
    await desk.opens(desk.ben, desk.ito)
    assert "May I store your answers?" in await desk.says(desk.ben, "/settings")
    await desk.says(desk.ada, "/settings")
    page = desk.ada.last["message_id"]
    await desk.says(desk.ada, "/stop")
    assert "Your diary is stopped." in await desk.says(desk.ada, "/settings")
    before = await desk.everything()
    for tap in (taps.AskAt(Days.WEEKDAYS, time(19)), taps.Live("Asia/Kathmandu"), taps.Settings(Screen.ALL)):
        await desk.sends(desk.ada, pack(tap), page)
        assert "no longer in use" in str(desk.ada.toasts[-1])
    assert await desk.everything() == before


async def test_a_therapist_with_a_diary_sets_both(clinic: Desk) -> None:
    desk = clinic
    await desk.enrol(desk.ito, desk.ito, "Myself")
    said = await desk.says(desk.ito, "/settings")
    assert "I ask you every day at 20:00" in said
    assert "Patients read your name as Dr Ito" in said
    assert "Another name" in buttons(desk.ito)


# --- the hour -------------------------------------------------------------------------------------------------


async def test_an_earlier_hour_counts_from_this_evening_on(clinic: Desk) -> None:
    desk = clinic
    said = await opened(desk, desk.ada, "Hour on weekdays", "19:00")
    assert "I ask you every day at 19:00." in said
    assert "Your next question comes today at 19:00." in said
    assert buttons(desk.ada) == ["Back to the settings"]
    assert await desk.jump(at(2, 19)) == {"send": 1}
    assert await desk.jump(at(2, 20)) == {}
    assert await desk.rows(PROMPTS) == [("2026-03-02", 1)]


async def test_an_hour_that_is_over_today_comes_tomorrow_and_today_can_be_answered_now(clinic: Desk) -> None:
    desk = clinic
    desk.clock.move_to(at(2, 19, 30))
    said = await opened(desk, desk.ada, "Hour on weekdays", "19:00")
    assert "That hour is over for today. Your next question comes tomorrow at 19:00." in said
    assert "Burning · Monday 2 March" in await desk.taps(desk.ada, "Answer today now")
    await desk.taps(desk.ada, "4", "3", "5")
    assert len(await desk.scores(desk.ada)) == 3
    said = await opened(desk, desk.ada, "Hour on weekdays", "21:00")
    assert "You have answered today already. Your next question comes tomorrow at 21:00." in said
    assert buttons(desk.ada) == ["Back to the settings"], "nothing is left to answer"
    assert await desk.jump(at(2, 21)) == {"finished": 1}
    assert await desk.jump(at(3, 21)) == {"send": 1}


async def test_who_was_asked_today_is_not_asked_again_at_a_later_hour(clinic: Desk) -> None:
    desk = clinic
    await desk.jump(at(2, 20))
    said = await opened(desk, desk.ada, "Hour on weekdays", "21:00")
    assert "I have asked you today already. Your next question comes tomorrow at 21:00." in said
    assert "Answer today now" in buttons(desk.ada)
    await desk.jump(at(2, 21))
    assert await desk.rows(PROMPTS) == [("2026-03-02", 1)]


async def test_a_question_that_is_due_already_is_not_lost_to_a_change(clinic: Desk) -> None:
    """Between the hour and the tick that sees it."""
    desk = clinic
    desk.clock.move_to(at(2, 20, 0, 20))
    said = await opened(desk, desk.ada, "Hour on weekdays", "19:00")
    assert "Your next question comes in a moment." in said
    assert await desk.tick() == {"send": 1}
    assert await planned(desk) == at(3, 19)
    desk.clock.move_to(at(3, 19, 0, 20))
    await opened(desk, desk.ada, "Reminder", "No reminder")
    await opened(desk, desk.ada, "Quiet hours", "No quiet hours")
    assert await desk.tick() == {"send": 1}


async def test_weekends_have_an_hour_of_their_own(clinic: Desk) -> None:
    desk = clinic
    said = await opened(desk, desk.ada, "Hour at weekends", "22:00")
    assert "I ask you at 20:00 on weekdays, at 22:00 at weekends." in said
    assert "This is in your quiet hours. I ask you all the same" in said
    desk.clock.move_to(at(7, 12))
    await desk.tick()
    assert "Your next question comes today at 22:00." in await desk.says(desk.ada, "/settings")
    assert await desk.jump(at(7, 21, 59)) == {}
    assert await desk.jump(at(7, 22)) == {"send": 1}, "quiet hours never bind the hour that she chose"
    said = await opened(desk, desk.ada, "Hour at weekends", "Same as on weekdays")
    assert "I ask you every day at 20:00." in said
    assert await patient(desk, "weekend_time") is None


@pytest.mark.parametrize(
    ("typed", "hour"),
    [("21:45", "21:45"), ("half past seven pm", "19:30"), ("las nueve y media de la noche", "21:30"), ("9pm", "21:00")],
)
async def test_an_hour_can_be_typed(clinic: Desk, typed: str, hour: str) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Hour on weekdays", "Another time")
    page = desk.ada.last["message_id"]
    assert f"I ask you every day at {hour}." in await desk.says(desk.ada, typed)
    assert not desk.ada.labels(page), "the page that asked has no buttons any more"
    assert await desk.rows("select count(*) from notes union all select count(*) from scores") == [(0,), (0,)]


async def test_a_typed_hour_that_could_be_either_is_asked(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Hour on weekdays")
    assert "In the morning or in the evening?" in await desk.says(desk.ada, "half past seven")
    assert buttons(desk.ada) == ["19:30", "07:30", "Back to the settings"]
    assert "every day at 19:30" in await desk.taps(desk.ada, "19:30")


async def test_what_is_no_hour_is_said_and_what_is_a_note_is_kept(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Hour on weekdays")
    assert "nothing was changed" in await desk.says(desk.ada, "25:00")
    assert "every day at 18:15" in await desk.says(desk.ada, "18:15")
    await opened(desk, desk.ada, "Hour on weekdays")
    said = await desk.says(desk.ada, "my feet burn a lot tonight and I am tired")
    assert "Kept as a note for Monday 2 March." in said
    await opened(desk, desk.ada, "Hour on weekdays")
    await desk.says(desk.ada, "burning 4, pain 3")
    assert [value for *_, value in await desk.scores(desk.ada)] == [4, 3]
    assert await patient(desk, "prompt_time") == "18:15:00.000000"


async def test_a_page_that_was_left_open_takes_no_score_and_no_note(clinic: Desk) -> None:
    desk = clinic
    desk.clock.move_to(at(2, 19, 50))
    await opened(desk, desk.ada, "Hour on weekdays")
    await desk.jump(at(2, 20))
    await desk.says(desk.ada, "7")
    assert [value for *_, value in await desk.scores(desk.ada)] == [7]
    await opened(desk, desk.ada, "Time zone")
    desk.clock.move(timedelta(minutes=61))
    assert "Kept as a note" in await desk.says(desk.ada, "Paris")


async def test_an_hour_after_midnight_belongs_to_the_evening_before(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Hour on weekdays")
    said = await desk.says(desk.ada, "01:30")
    assert "That is after midnight: it belongs to the evening before." in said
    assert "in the night to Tuesday 3 March, at 01:30. It is about Monday 2 March." in said
    assert await desk.jump(at(3, 1, 30)) == {"send": 1}
    assert "Burning · Monday 2 March" in newest(desk.ada)
    await opened(desk, desk.ada, "Hour on weekdays", "20:00")
    assert await desk.jump(at(3, 20)) == {"send": 1}
    assert await desk.rows(PROMPTS) == [("2026-03-02", 1), ("2026-03-03", 1)]


async def test_in_a_pause_the_hour_is_that_of_its_end(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "/pause")
    await desk.taps(desk.ada, "Until I come back")
    said = await opened(desk, desk.ada, "Hour on weekdays", "19:00")
    assert "Your diary is paused, so no question comes before you are back." in said
    assert await desk.jump(at(2, 19)) == {"paused": 1}
    await desk.says(desk.ada, "/pause")
    await desk.taps(desk.ada, "I'm back")
    await desk.says(desk.ada, "/pause")
    await desk.taps(desk.ada, "Until tomorrow")
    said = await opened(desk, desk.ada, "Hour on weekdays", "18:00")
    assert "Your next question comes tomorrow at 18:00." in said


# --- quiet hours and the reminder -----------------------------------------------------------------------------


async def test_quiet_hours_are_two_taps(clinic: Desk) -> None:
    desk = clinic
    said = await opened(desk, desk.ada, "Quiet hours", "21:00", "07:00")
    assert "Your quiet hours: 21:00 to 07:00." in said
    assert "A reminder would come in your quiet hours, so there is none." in said
    assert await desk.rows("select quiet_from, quiet_to from patients") == [("21:00:00.000000", "07:00:00.000000")]
    await desk.until(at(3, 9))
    assert len([message for message in desk.ada.heard if "Burning ·" in text_of(message)]) == 1, "no reminder"


async def test_quiet_hours_can_be_typed_one_by_one_or_at_once(clinic: Desk) -> None:
    desk = clinic
    await opened(desk, desk.ada, "Quiet hours", "Another time")
    assert "Quiet from 22:30. Until when?" in await desk.says(desk.ada, "22:30")
    await desk.taps(desk.ada, "Another time")
    assert "Your quiet hours: 22:30 to 06:45." in await desk.says(desk.ada, "06:45")
    for typed, hours in (("from 10 pm to 7 am", "22:00 to 07:00"), ("23:15-08:30", "23:15 to 08:30")):
        await opened(desk, desk.ada, "Quiet hours")
        assert f"Your quiet hours: {hours}." in await desk.says(desk.ada, typed)
    await opened(desk, desk.ada, "Quiet hours")
    assert "In the morning or in the evening?" in await desk.says(desk.ada, "de 21:00 a 8")
    assert "Your quiet hours: 21:00 to 08:00." in await desk.taps(desk.ada, "08:00")
    await opened(desk, desk.ada, "Quiet hours")
    await desk.says(desk.ada, "10 to 8")
    assert "Quiet from 22:00. Until when?" in await desk.taps(desk.ada, "22:00")
    assert "You have no quiet hours now." in await opened(desk, desk.ada, "Quiet hours", "No quiet hours")


async def test_a_reminder_comes_when_it_was_set_to_this_very_evening(clinic: Desk) -> None:
    desk = clinic
    await desk.jump(at(2, 20))
    assert "I ask once more after 30 minutes." in await opened(desk, desk.ada, "Reminder", "After 30 minutes")
    await desk.jump(at(2, 20, 29))
    assert "reminder" not in newest(desk.ada).split("\n")[0]
    await desk.jump(at(2, 20, 30))
    assert newest(desk.ada).startswith("A gentle reminder.")
    await opened(desk, desk.ada, "Reminder", "After 60 minutes")
    heard = len(desk.ada.heard)
    await desk.until(at(3, 9))
    assert len(desk.ada.heard) == heard, "never a second one"


async def test_no_reminder_means_none_this_very_evening(clinic: Desk) -> None:
    desk = clinic
    await desk.jump(at(2, 20))
    assert "I send no reminder any more." in await opened(desk, desk.ada, "Reminder", "No reminder")
    heard = len(desk.ada.heard)
    await desk.until(at(3, 9))
    assert len(desk.ada.heard) == heard
    await desk.jump(at(3, 20))
    await opened(desk, desk.ada, "Reminder", "After 60 minutes")
    await desk.jump(at(3, 21))
    assert newest(desk.ada).startswith("A gentle reminder."), "and one where it was wanted after the question"


# --- larger buttons and the language --------------------------------------------------------------------------


async def test_larger_buttons_stand_in_threes_from_the_question_on_screen_on(clinic: Desk) -> None:
    desk = clinic
    await desk.jump(at(2, 20))
    assert numbers(desk.ada)[:3] == [4, 4, 3]
    question = desk.ada.last["message_id"]
    assert "Number buttons: large" in await opened(desk, desk.ada, "Larger buttons")
    keyboard = desk.ada.chat.messages[question]["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in keyboard[:4]] == [3, 3, 3, 2]
    assert [button["text"] for row in keyboard[:4] for button in row] == [str(value) for value in range(11)]
    desk.ada.tap_label("4", question)
    await desk.settle()
    await desk.jump(at(3, 20))
    assert numbers(desk.ada)[:4] == [3, 3, 3, 2]
    await desk.jump(at(3, 21, 30))
    assert newest(desk.ada).startswith("A gentle reminder.")
    assert numbers(desk.ada)[:4] == [3, 3, 3, 2]
    await opened(desk, desk.ada, "Usual buttons")
    await desk.jump(at(4, 20))
    assert numbers(desk.ada)[:3] == [4, 4, 3]


async def test_another_language_is_spoken_from_the_settings_on(clinic: Desk) -> None:
    desk = clinic
    await desk.jump(at(2, 20))
    question = desk.ada.last["message_id"]
    said = await opened(desk, desk.ada, "Language", "Español")
    assert "Sus ajustes" in said
    assert "Ardor" in text_of(desk.ada.chat.messages[question])
    assert any("ayuda" in entry["description"] for entry in desk.ada.commands)


# --- old buttons, double taps, forged ones --------------------------------------------------------------------


async def test_a_double_tap_says_the_same_once_more(clinic: Desk) -> None:
    desk = clinic
    said = await opened(desk, desk.ada, "Hour on weekdays", "19:00")
    before = await desk.everything()
    await desk.sends(desk.ada, pack(taps.AskAt(Days.WEEKDAYS, time(19))))
    assert newest(desk.ada) == said
    assert await desk.everything() == before


@pytest.mark.parametrize(
    "data",
    [
        "zh:weekdays:2599",
        "zh:weekdays:",
        "zh:always:1900",
        "zq::0800",
        "zr:7",
        "zr:-30",
        "zg:xx",
        "zp:Etc/GMT+5",
        "zp:Nowhere/Land",
        "zj:there:Etc/GMT+5",
        "zj::../../etc/passwd",
        "zc:home:AN:0",
        "zs:everything",
        "zl:2",
    ],
)
async def test_a_forged_button_changes_nothing(clinic: Desk, data: str) -> None:
    desk = clinic
    await desk.says(desk.ada, "/settings")
    before = await desk.everything()
    await desk.sends(desk.ada, data)
    assert "no longer in use" in str(desk.ada.toasts[-1])
    assert await desk.everything() == before


async def test_a_page_of_the_list_that_does_not_exist_is_the_last_one(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "/settings")
    await desk.sends(desk.ada, pack(taps.Cities(taps.Use.HOME, taps.Continent.AFRICA, 10**9)))
    assert newest(desk.ada).startswith("Africa, page 5 of 5.")


async def test_settings_of_one_are_not_those_of_another(clinic: Desk) -> None:
    """No button of the settings names a person: whoever taps it sets their own."""
    desk = clinic
    await desk.enrol(desk.ben, desk.ito, place="Chicago")
    await desk.says(desk.ben, "/settings")
    await desk.sends(desk.ben, pack(taps.AskAt(Days.WEEKDAYS, time(17))))
    assert await desk.rows("select prompt_time from patients order by id") == [
        ("20:00:00.000000",),
        ("17:00:00.000000",),
    ]
    assert await patient(desk, "zone") == "Europe/Lisbon"


async def test_an_evening_that_was_not_asked_is_not_called_asked(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.jump(datetime(2026, 3, 2, 22, 5, tzinfo=UTC))
    said = await desk.says(ada, "/settings")
    assert "I have asked you today" not in said
    assert "That hour is over for today. Your next question comes tomorrow at 20:00." in said
