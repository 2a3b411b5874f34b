"""Scores rise on two days in a row: therapists hear of it, what they do is kept, and the patient hears of that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.demo.person import Person
from tests.handlers.desk import Desk
from tests.stage import newest, text_of

MINUTES = timedelta(minutes=11)


async def evening(desk: Desk, day: int, *scores: int) -> None:
    """Ada answers the question of that day of March by a typed line."""
    await desk.until(datetime(2026, 3, day, 20, 1, tzinfo=UTC))
    await desk.says(desk.ada, " ".join(map(str, scores)))


async def risen(desk: Desk, tingling: int = 3) -> None:
    """Six usual evenings, and two on which burning is higher."""
    for day, burning in enumerate((4, 4, 5, 4, 4, 4), 2):
        await evening(desk, day, burning, 3, 3)
    await evening(desk, 8, 7, tingling, 3)
    await evening(desk, 9, 8, 3, 3)


def alert_of(person: Person) -> dict[str, object]:
    found = [message for message in person.heard if "Alert: Ada L" in text_of(message)]
    assert len(found) == 1
    return found[0]


async def test_two_days_above_the_usual_alert_after_ten_minutes(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await risen(desk)
    written = desk.now
    await desk.jump(written + timedelta(minutes=9))
    assert await desk.rows("select * from alerts") == []
    await desk.jump(written + MINUTES)
    alert = alert_of(ito)
    assert "photo" in alert
    assert (
        "Burning 7 on Sunday and 8 on Monday. Usual before: 4.2 from 6 days.\n"
        "Rule: two days in a row 2 or more above the usual." in text_of(alert)
    )
    asked = newest(ada)
    assert "Burning: 7, then 8. Your usual before: 4.2, from 6 days." in asked
    assert "Dr Ito" in asked
    assert "around the clock" in asked
    assert "112" in asked
    assert desk.refused() == []


async def test_what_a_therapist_does_is_kept_shown_and_told_to_the_patient_once(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    roy = await desk.therapist(desk.roy)
    await desk.rows(
        "insert into shares (patient_id, therapist_id, label, since) values (1, 2, 'Frau A', :at) returning 1",
        at="2026-03-02 10:00:00.000000",
    )
    await risen(desk)
    await desk.jump(desk.now + MINUTES)
    message = alert_of(ito)["message_id"]
    await desk.says(ito, "/patients ada")
    assert "Open alert: alert of 9 Mar not seen yet (Burning)." in newest(ito)
    assert ito.labels(ito.last["message_id"])[:3] == ["Seen", "Will call", "Add note"], "also on the card"
    await desk.taps(ito, "Seen")
    assert newest(ada) == "Dr Ito has seen this.\nIt is about your answers of Sunday 8 March and Monday 9 March."
    assert ada.last.get("disable_notification") is None
    told = len(ada.heard)
    await desk.sends(ito, "aa:1:1:seen", message)
    assert ito.toasts[-1].text == "You have done that already."
    assert len(ada.heard) == told, "once"
    for alert, name in ((ito.chat.messages[message], "Ada L"), (roy.last, "Frau A")):
        shown = text_of(alert)
        assert f"Alert: {name}" in shown
        assert "✓ Seen by Dr Ito (Monday 9 March at 20:" in shown
    await desk.taps(roy, "Will call")
    assert newest(ada).startswith("Dr Roy has seen this and will call you.")
    await desk.taps(roy, "Add note")
    assert "kept with the alert" in newest(roy)
    await desk.says(roy, "x" * 1_001)
    assert "1000 characters" in newest(roy)
    await desk.says(roy, "spoke to her, tired feet")
    assert "note stands" in newest(roy)
    assert "✎ Dr Roy (Monday 9 March at 20:" in text_of(ito.chat.messages[message])
    assert "spoke to her, tired feet" in text_of(ito.chat.messages[message])
    assert await desk.rows("select therapist_id, act, text from alert_acts order by id") == [
        (1, "told", None),
        (2, "told", None),
        (1, "seen", None),
        (2, "will_call", None),
        (2, "note", "spoke to her, tired feet"),
    ]
    assert [row[0] for row in await desk.rows("select what from accesses where what like '%a%l%' order by id")] == [
        "alert",
        "alert",
        "alert_seen",
        "will_call",
        "alert_note",
    ]
    assert await desk.rows("select count(*) from notes") == [(0,)], "it is no note of a diary"
    assert len(ada.heard) == told + 1


async def test_the_patient_says_whether_it_is_urgent_and_the_therapist_reads_it(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await risen(desk)
    await desk.jump(desk.now + MINUTES)
    message = alert_of(ito)["message_id"]
    assert "has not answered yet" in text_of(ito.chat.messages[message])
    heard = len(ito.heard)
    await desk.taps(ada, "It can wait")
    assert "It can wait for the next visit, the patient says (Monday 9 March at 20:" in text_of(
        ito.chat.messages[message]
    )
    assert len(ito.heard) == heard, "no new message for what can wait"
    assert await desk.taps(ada, "It is urgent after all") == newest(ada)
    assert "✓ Urgent" in newest(ada)
    assert "URGENT, the patient says" in text_of(ito.chat.messages[message])
    assert newest(ito).startswith("Ada L says that it is urgent.")
    assert await desk.rows("select urgency from alerts") == [("urgent",)]
    heard = len(ito.heard)
    await desk.sends(ada, "aq:1:urgent")
    assert len(ito.heard) == heard, "told once"
    await desk.taps(ito, "Will call")
    assert "will call you" in newest(ada)


async def test_a_correction_withdraws_it_where_unseen_and_marks_it_where_seen(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await risen(desk)
    await desk.jump(desk.now + MINUTES)
    first = alert_of(ito)["message_id"]
    await desk.says(ada, "burning 4")
    await desk.jump(desk.now + MINUTES)
    assert "Withdrawn: the patient corrected the day." in text_of(ito.chat.messages[first])
    assert ito.labels(first) == []
    assert any("my message about Monday 9 March is taken back" in text_of(message) for message in ada.heard)
    await desk.sends(ito, "aa:1:1:seen", first)
    assert "withdrawn" in (ito.toasts[-1].text or "")
    assert await desk.rows("select withdrawn_at is not null, due_at from alerts") == [(1, None)]
    assert await desk.rows("select act from alert_acts") == [("told",)]
    await desk.says(ada, "burning 9")
    await desk.jump(desk.now + MINUTES)
    second = ito.last["message_id"]
    assert "Burning 7 on Sunday and 9 on Monday" in text_of(ito.last)
    await desk.taps(ito, "Seen")
    await desk.says(ada, "burning 4")
    await desk.jump(desk.now + MINUTES)
    shown = text_of(ito.chat.messages[second])
    assert "Withdrawn: the patient corrected the day." in shown
    assert "✓ Seen by Dr Ito" in shown
    assert ito.labels(second) != []


async def test_what_is_found_later_the_same_day_is_added_and_nothing_comes_twice_in_seven_days(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await risen(desk, tingling=6)
    await desk.jump(desk.now + MINUTES)
    message, heard = alert_of(ito)["message_id"], len(ito.heard)
    await desk.says(ada, "tingling 7")
    await desk.jump(desk.now + MINUTES)
    shown = text_of(ito.chat.messages[message])
    assert "Burning 7 on Sunday and 8 on Monday" in shown
    assert "Tingling 6 on Sunday and 7 on Monday. Usual before: 3.0 from 6 days." in shown
    assert shown.count("Rule: ") == 1, "both met the same one"
    assert len(ito.heard) == heard
    for day in range(10, 16):
        await evening(desk, day, 10, 10, 3)
        await desk.until(desk.now + MINUTES)
    assert await desk.rows("select day from alerts") == [("2026-03-09",)]
    assert desk.refused() == []


async def test_after_needling_nothing_alerts_and_limits_are_the_patients_own(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    for day, burning in enumerate((4, 4, 5, 4, 4, 4, 7), 2):
        await evening(desk, day, burning, 3, 3)
    await desk.says(ito, "/session")
    await desk.taps(ito, "Today", "Dry needling", "Left foot", "Done")
    await evening(desk, 9, 8, 3, 3)
    await desk.until(desk.now + timedelta(hours=20))
    assert await desk.rows("select * from alerts") == []


async def test_a_red_flag_is_an_alert_that_can_be_answered(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ada, "my chest pain is bad")
    await desk.taps(ada, "This is happening now")
    message = ito.last["message_id"]
    assert await desk.rows("select red_flag_id, checkin_id, act from alerts, alert_acts") == [(1, None, "told")]
    await desk.taps(ito, "Will call")
    assert newest(ada).startswith("Dr Ito has seen this and will call you.")
    assert "the warning sign that you reported on Monday 2 March at 10:00" in newest(ada)
    assert "✓ Dr Ito will call (Monday 2 March at 10:00)" in text_of(ito.chat.messages[message])
    assert await desk.rows("select act, outbox_id is not null from alert_acts") == [("told", 1), ("will_call", 0)]


async def test_nobody_answers_for_others_and_old_buttons_do_no_harm(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    roy = await desk.therapist(desk.roy)
    ben = await desk.enrol(desk.ben, ito, "Ben")
    await risen(desk)
    await desk.until(desk.now + MINUTES)
    for person, tap in ((roy, "aa:1:1:seen"), (ben, "aq:1:urgent"), (ito, "aa:2:1:seen"), (ito, "aa:1:9:note")):
        await desk.sends(person, tap)
        assert "no longer in use" in (person.toasts[-1].text or "")
    assert await desk.rows("select act from alert_acts") == [("told",)]
    await desk.taps(ito, "Add note")
    await desk.says(ada, "/forget")
    await desk.sends(ito, "aa:1:1:seen")
    assert await desk.rows("select urgency from alerts") == [(None,)]


async def test_limits_of_the_patient_an_imported_day_and_who_left(clinic: Desk) -> None:
    desk = clinic
    await desk.rows("update patients set alert_rise = 4, alert_high = 9 returning 1")
    await risen(desk)
    await desk.until(desk.now + MINUTES)
    assert await desk.rows("select * from alerts") == [], "four above the usual is asked for here"
    await desk.rows("update patients set alert_rise = 1, alert_high = null returning 1")
    for change, back in (
        (
            "update diary_days set imported_at = closes_at returning 1",
            "update diary_days set imported_at = null returning 1",
        ),
        ("update patients set stage = 'left' returning 1", "update patients set stage = 'active' returning 1"),
    ):
        await desk.rows(change)
        await desk.rows("update diary_days set judge_at = '2026-03-09 20:00:00.000000' returning 1")
        await desk.tick()
        assert await desk.rows("select * from alerts") == []
        await desk.rows(back)
    await desk.rows("update diary_days set judge_at = '2026-03-09 20:00:00.000000' returning 1")
    await desk.tick()
    assert "1 or more above the usual" in text_of(alert_of(desk.ito))
