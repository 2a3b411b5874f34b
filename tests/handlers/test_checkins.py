"""After needling the bot asks how it is, by itself or with the evening question; a warning sign goes out at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo.person import Person
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

ASKED = "How are you since your treatment on Monday 2 March?"
DAY = timedelta(days=1)
CHECKINS = "select after_hours, asked_at is not null, answer from checkins order by id"


def asked(person: Person) -> int:
    """How many messages ask how it is."""
    return sum(ASKED in text_of(message) for message in person.heard)


async def needle(desk: Desk, *places: str) -> None:
    await desk.says(desk.ito, "/session")
    await desk.taps(desk.ito, "Today", "Dry needling", *places, "Done")


async def test_it_comes_after_24_hours_and_of_the_trunk_after_48_too(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await needle(desk, "Back")
    logged = desk.now
    await desk.until(logged + DAY - timedelta(minutes=1))
    assert asked(ada) == 0
    await desk.until(logged + DAY)
    assert ASKED in newest(ada)
    assert "sore, as expected" in await desk.taps(ada, "Sore, as expected")
    assert await desk.rows(CHECKINS) == [(24, 1, "sore"), (48, 0, None)]
    await desk.until(logged + 2 * DAY)
    assert ASKED in newest(ada)
    await desk.until(logged + 4 * DAY)
    assert await desk.rows(CHECKINS) == [(24, 1, "sore"), (48, 1, None)], "no answer: nothing more is asked"
    await desk.says(desk.ito, "/patients")
    await desk.taps(desk.ito, "Ada L", "Treatments", "2 Mar 2026")
    assert "Check-in after 24 hours: sore, as expected" in newest(desk.ito)
    assert "not answered" in newest(desk.ito)


async def test_within_an_hour_of_the_evening_question_it_comes_with_it(tmp_path: Path) -> None:
    for hour, minute in ((19, 10), (20, 50)):
        (folder := tmp_path / f"{hour}").mkdir()
        async with clinic_at(folder) as desk:
            ada = desk.ada
            await desk.until(datetime(2026, 3, 2, hour, minute, tzinfo=UTC))
            await needle(desk, "Left foot")
            await needle(desk, "Right knee")
            await desk.until(datetime(2026, 3, 3, 19, 59, tzinfo=UTC))
            assert asked(ada) == 0
            heard = len(ada.heard)
            await desk.until(datetime(2026, 3, 3, 20, tzinfo=UTC))
            assert len(ada.heard) == heard + 1, "one message"
            assert ASKED in newest(ada)
            assert "Burning" in newest(ada)
            labels = ada.labels(ada.last["message_id"])
            assert {"0", "10", "Sore, as expected", "Chest pain"} <= set(labels)
            await desk.taps(ada, "4")
            assert ASKED in newest(ada)
            assert "Tingling" in newest(ada)
            await desk.taps(ada, "Nothing unusual")
            assert ASKED not in newest(ada)
            await desk.taps(ada, "3", "5")
            assert "This is stored" in newest(ada)
            await desk.until(datetime(2026, 3, 4, 8, tzinfo=UTC))
            assert len(ada.heard) == heard + 1
            assert await desk.rows(CHECKINS) == [(24, 1, "nothing")] * 2, "one question for both"
            assert [value for *_, value in await desk.scores(ada)] == [4, 3, 5]
            assert not desk.refused()


async def test_what_takes_the_place_of_the_evening_question_asks_after_the_treatment_too(clinic: Desk) -> None:
    """A reminder, a question put off, and "not today": a warning sign stays one tap away."""
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 20, 10, tzinfo=UTC))
    await needle(desk, "Left foot")
    await desk.until(datetime(2026, 3, 3, 20, tzinfo=UTC))
    assert ASKED in newest(ada)
    await desk.until(datetime(2026, 3, 3, 21, 30, tzinfo=UTC))
    assert "A gentle reminder" in newest(ada)
    assert ASKED in newest(ada)
    assert {"10", "Sore, as expected", "Chest pain"} <= set(ada.labels(ada.last["message_id"]))
    await desk.taps(ada, "Not today")
    assert ASKED in newest(ada)
    assert {"Sore, as expected", "Chest pain"} <= set(ada.labels(ada.last["message_id"]))
    await desk.taps(ada, "Sore, as expected")
    assert ASKED not in newest(ada)
    assert await desk.rows(CHECKINS) == [(24, 1, "sore")]
    await desk.until(datetime(2026, 3, 4, 20, 10, tzinfo=UTC))
    await desk.says(desk.ito, "/session")
    await desk.taps(desk.ito, "Same as last time", "Today")
    await desk.until(datetime(2026, 3, 5, 20, tzinfo=UTC))
    await desk.taps(ada, "Later", "In 30 minutes")
    await desk.until(datetime(2026, 3, 5, 20, 35, tzinfo=UTC))
    assert "How are you since your treatment on Wednesday 4 March?" in newest(ada)
    assert "Chest pain" in ada.labels(ada.last["message_id"])


async def test_the_reminder_takes_along_what_is_within_an_hour_of_it(clinic: Desk) -> None:
    """The check-ins of 21:05 and 21:20 wait for it, beside the one that came with the question at 20:00."""
    desk, ada = clinic, clinic.ada
    for minute, place in ((50, "Left foot"), (65, "Left knee"), (80, "Left hand")):
        await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC) + timedelta(minutes=minute))
        await needle(desk, place)
    heard = len(ada.heard)
    await desk.until(datetime(2026, 3, 3, 21, 29, tzinfo=UTC))
    assert len(ada.heard) == heard + 2, "the reminder of Monday, and Tuesday's question"
    await desk.until(datetime(2026, 3, 3, 21, 30, tzinfo=UTC))
    assert len(ada.heard) == heard + 3, "one message"
    assert "A gentle reminder" in newest(ada)
    assert ASKED in newest(ada)
    await desk.taps(ada, "Sore, as expected")
    assert ASKED not in newest(ada)
    assert await desk.rows(CHECKINS) == [(24, 1, "sore")] * 3, "one question, one answer"
    await desk.until(datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert len(ada.heard) == heard + 3


async def test_a_warning_sign_brings_the_card_and_the_alert_that_names_it_at_once(tmp_path: Path) -> None:
    for hour in (11, 20):
        (folder := tmp_path / f"{hour}").mkdir()
        async with clinic_at(folder) as desk:
            ada, ito = desk.ada, desk.ito
            await desk.until(datetime(2026, 3, 2, hour, tzinfo=UTC))
            await needle(desk, "Neck")
            await desk.until(datetime(2026, 3, 3, hour, tzinfo=UTC))
            heard = len(ada.heard)
            question = ada.last["message_id"]
            await desk.taps(ada, "Chest pain")
            told = "\n".join(text_of(message) for message in [ada.chat.messages[question], *ada.heard[heard - 1 :]])
            assert "Please call 112 now." in told
            assert "✓ Chest pain" in told
            assert "RED FLAG: Ada L names a warning sign after treatment: chest pain." in newest(ito)
            alerts = len(ito.heard)
            tap = next(row[0] for row in await desk.rows("select id from checkins where answer is not null"))
            await desk.sends(ada, f"sq:{tap}:chest_pain", question)
            await desk.sends(ada, f"sq:{tap}:sore", question)
            assert len(ito.heard) == alerts, "the same sign is not passed on twice, and a calmer answer changes nothing"
            await desk.sends(ada, f"sq:{tap}:fever", question)
            assert "fever" in newest(ito)
            assert not desk.refused()


async def test_quiet_hours_move_it_to_the_morning_and_a_pause_does_not_stop_it(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 22, 30, tzinfo=UTC))
    await needle(desk, "Left foot")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    await desk.until(datetime(2026, 3, 4, 7, 59, tzinfo=UTC))
    assert asked(ada) == 0
    await desk.until(datetime(2026, 3, 4, 8, tzinfo=UTC))
    assert asked(ada) == 1


async def test_what_went_with_a_question_that_never_arrived_is_asked_by_itself(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 20, 10, tzinfo=UTC))
    await needle(desk, "Left foot")
    await desk.until(datetime(2026, 3, 3, 19, 50, tzinfo=UTC))
    await desk.says(ada, "/pause")
    desk.clock.move_to(datetime(2026, 3, 3, 20, tzinfo=UTC))
    await desk.ticker.tick(desk.now)
    await desk.taps(ada, "Until tomorrow")
    assert asked(ada) == 0, "the question of the evening was called back by the pause"
    assert await desk.rows(CHECKINS) == [(24, 0, None)]
    await desk.until(datetime(2026, 3, 3, 21, tzinfo=UTC))
    assert asked(ada) == 1, "which does not stop the check-in"


async def test_who_left_is_not_asked_and_what_was_deleted_or_moved_is_not_asked_about_twice(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await needle(desk, "Back")
    await desk.until(desk.now + DAY)
    assert asked(ada) == 1
    await desk.taps(ito, "Correct", "The places", "Neck", "Done")
    await desk.until(desk.now + timedelta(hours=3))
    assert asked(ada) == 1
    assert await desk.rows(CHECKINS) == [(24, 1, None), (48, 0, None)]
    await desk.taps(ito, "Correct", "What was done", "Other treatment")
    assert await desk.rows(CHECKINS) == [(24, 1, None)]
    await desk.taps(ito, "Correct", "What was done", "Dry needling")
    assert await desk.rows(CHECKINS) == [(24, 1, None), (48, 0, None)]
    await desk.taps(ito, "Delete", "Yes, delete it")
    assert await desk.rows(CHECKINS) == [(24, 1, None)]
    await needle(desk, "Back")
    await desk.says(ada, "/stop")
    await desk.until(desk.now + 3 * DAY)
    assert asked(ada) == 1


async def test_a_date_of_the_past_counts_as_noon_and_what_is_past_is_not_made_up_for(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/session")
    await desk.taps(ito, "Yesterday", "Dry needling", "Back", "Done")
    assert "24 and 48 hours" in newest(ito), "at ten in the morning noon is still to come"
    assert [row[0] for row in await desk.rows("select for_at from checkins order by id")] == [
        "2026-03-02 12:00:00.000000",
        "2026-03-03 12:00:00.000000",
    ]
    await desk.says(ito, "/session")
    await desk.taps(ito, "Another date")
    await desk.says(ito, "28 February")
    await desk.taps(ito, "Dry needling", "Back", "Done")
    assert "48 hours after it" in newest(ito)
    assert "24" not in newest(ito)
    heard = len(desk.ada.heard)
    await desk.until(datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert len(desk.ada.heard) == heard + 1, "both fall on this noon: one question, one answer"
    assert "since your treatments on Saturday 28 February and Sunday 1 March?" in newest(desk.ada)
    told = await desk.taps(desk.ada, "Sore, as expected")
    assert "After your treatments on Saturday 28 February and Sunday 1 March: sore, as expected." in told
    assert await desk.rows(CHECKINS) == [(24, 1, "sore"), (48, 0, None), (48, 1, "sore")]
    await desk.taps(desk.ada, "Something has changed", "Fever")
    assert await desk.rows(CHECKINS) == [(24, 1, "fever"), (48, 0, None), (48, 1, "fever")]
    assert sum("fever" in text_of(message) for message in ito.heard) == 1, "one alert for both"


async def test_nobody_answers_for_another_and_what_was_not_asked_has_no_answer(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    ben = await desk.enrol(desk.ben, desk.ito, "Ben")
    await desk.says(desk.ito, "/session")
    await desk.taps(desk.ito, "Ada L", "Today", "Dry needling", "Back", "Done")
    for person in (ada, ben, desk.ito):
        await desk.says(person, "/urgent")
        for number in (1, 7):
            await desk.sends(person, f"sq:{number}:chest_pain")
            assert "no longer in use" in person.toasts[-1].text
    assert await desk.rows("select answer from checkins") == [(None,), (None,)]
