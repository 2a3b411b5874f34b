"""An alert on its way: own hours, nobody who reads it, a day without an answer, and whoever stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot import storage
from bot.demo.chats import Standing
from bot.demo.person import Person
from bot.diary.people import TherapistId
from tests.handlers.desk import Desk
from tests.stage import newest, text_of

TUESDAY = datetime(2026, 3, 10, 8, tzinfo=UTC)
"""The morning after the evening of the alert."""
MINUTES = timedelta(minutes=11)
UNDELIVERED = "An alert about a patient is undelivered"
LOST = "My message about your answers of Sunday 8 March and Monday 9 March has reached no therapist."


def said(person: Person, begins: str) -> list[str]:
    return [text for message in person.heard if (text := text_of(message)).startswith(begins)]


def alerts_to(person: Person) -> list[str]:
    return said(person, "Alert: ")


def alert_of(person: Person) -> dict[str, Any]:
    (found,) = [message for message in person.heard if text_of(message).startswith("Alert: ")]
    return found


async def risen(desk: Desk, *others: Person) -> None:
    """Seven evenings that are over, and the Monday evening on which burning is high once more; so of `others`."""
    for day, burning in enumerate((4, 4, 5, 4, 4, 4, 7), 2):
        for patient in range(1, len(others) + 2):
            await desk.rows(
                "insert into scores (patient_id, day, item_id, entered_at, value)"
                " values (:patient, :day, (select min(id) from items where patient_id = :patient), :at, :value)"
                " returning 1",
                patient=patient,
                day=f"2026-03-{day:02}",
                at=f"2026-03-{day:02} 20:01:00.000000",
                value=burning,
            )
    await desk.jump(datetime(2026, 3, 9, 20, 1, tzinfo=UTC))
    for person in (desk.ada, *others):
        await desk.says(person, "8 3 3")


async def raised(desk: Desk) -> None:
    """And the rules have looked."""
    await risen(desk)
    await desk.jump(desk.now + MINUTES)


async def shares(desk: Desk, since: str) -> None:
    """Dr Roy sees Ada's diary as well, and calls her Frau A."""
    await desk.rows(
        "insert into shares (patient_id, therapist_id, label, since) values (1, 2, 'Frau A', :at) returning 1", at=since
    )


async def away(desk: Desk, first: date, until: date) -> None:
    """Dr Ito is away, and Dr Roy stands in."""
    await desk.rows(
        "update therapists set deputy_id = 2, deputy_from = :first, deputy_until = :until where id = 1 returning 1",
        first=first.isoformat(),
        until=until.isoformat(),
    )


# --- own hours ------------------------------------------------------------------------------------------------


async def test_an_alert_waits_for_own_hours_and_the_patient_reads_until_when(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    assert alerts_to(ito) == []
    question = ada.last["message_id"]
    assert "Dr Ito reads alerts from Tuesday 10 March, 08:00 on." in newest(ada)
    assert "around the clock" in newest(ada)
    assert "on its way" not in newest(ada)
    await desk.taps(ada, "Urgent")
    assert "My message will say that it is urgent." in newest(ada)
    await desk.until(TUESDAY - timedelta(minutes=1))
    assert alerts_to(ito) == []
    await desk.until(TUESDAY + timedelta(hours=1))
    told = await desk.rows("select at from alert_acts where act = 'told'")
    assert told == [("2026-03-10 08:00:00.000000",)], "the clock stops there"
    assert "URGENT, the patient says" in text_of(alert_of(ito))
    assert said(ito, "Ada L says that it is urgent") == [], "the alert says so"
    assert "on its way to Dr Ito" in text_of(ada.chat.messages[question])
    assert "reads alerts from" not in text_of(ada.chat.messages[question])
    assert said(ada, LOST) == [], "it was never undelivered"


async def test_other_hours_bring_what_waits_and_a_red_flag_waits_for_none(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    await desk.says(ada, "chest pain")
    await desk.taps(ada, "This is happening now")
    assert len(said(ito, "RED FLAG: Ada L")) == 1
    assert alerts_to(ito) == []
    await desk.says(ito, "/hours")
    await desk.taps(ito, "At any time")
    await desk.tick()
    assert len(alerts_to(ito)) == 1


async def test_that_it_is_urgent_waits_where_it_is_said_after_hours(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ito, "/hours 08:00-21:00")
    await raised(desk)
    assert len(alerts_to(ito)) == 1
    await desk.jump(datetime(2026, 3, 9, 21, 30, tzinfo=UTC))
    await desk.taps(ada, "Urgent")
    assert "Dr Ito reads alerts from Tuesday 10 March, 08:00 on." in newest(ada)
    await desk.jump(TUESDAY - timedelta(minutes=1))
    assert said(ito, "Ada L says that it is urgent") == []
    await desk.jump(TUESDAY)
    assert len(said(ito, "Ada L says that it is urgent")) == 1
    assert not any("reads alerts from" in text_of(message) for message in ada.heard)


async def test_what_a_colleague_has_answered_comes_without_a_sound_and_is_not_brought_to_mind(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    roy = await desk.therapist(desk.roy)
    await shares(desk, "2026-03-02 10:00:00.000000")
    await desk.says(ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    assert "on its way to Dr Roy" in newest(ada)
    assert "Dr Ito reads alerts from Tuesday" in newest(ada)
    await desk.taps(roy, "Seen")
    await desk.jump(TUESDAY)
    assert "✓ Seen by Dr Roy" in text_of(alert_of(ito))
    sounds = [it.params.get("disable_notification") for it in desk.sent if it.method == "sendPhoto"]
    assert sounds[-1] is True
    await desk.jump(TUESDAY + timedelta(days=2))
    assert said(ito, "Reminder") + said(roy, "Reminder") == []


async def test_an_alert_that_is_withdrawn_before_the_hours_open_never_comes(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    await desk.says(desk.ada, "burning 4")
    await desk.jump(desk.now + MINUTES)
    await desk.jump(TUESDAY)
    assert alerts_to(ito) == []
    assert await desk.rows("select withdrawn_at is not null, due_at from alerts") == [(1, None)]


# --- nobody reads it ------------------------------------------------------------------------------------------


async def test_an_alert_that_nobody_can_be_told_of_is_told_to_the_patient_and_the_admin(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.rows("update shares set ended_at = since returning 1")
    await raised(desk)
    (told,) = said(ada, LOST)
    assert "Please call Riverside yourself." in told
    assert "call 112" in told
    assert "around the clock" in told
    (notice,) = said(ito, UNDELIVERED)
    assert "Ada" not in notice
    assert alerts_to(ito) == said(ada, "I noticed this") == []
    for _ in range(2):
        await desk.jump(desk.now + timedelta(hours=25))
    assert len(said(ada, LOST)) == len(said(ito, UNDELIVERED)) == 1, "once"
    assert await desk.rows("select due_at from alerts") == [(None,)]


async def test_an_alert_that_is_turned_away_is_undelivered_and_comes_when_the_therapist_is_back(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await risen(desk)
    ito.chat.standing = Standing.BLOCKED
    await desk.jump(desk.now + MINUTES)
    assert "on its way to Dr Ito" in newest(ada), "nothing else is known yet"
    question = ada.last["message_id"]
    await desk.jump(desk.now + timedelta(minutes=1))
    assert len(said(ada, LOST)) == 1
    assert "I could tell no therapist. Please call Riverside yourself." in text_of(ada.chat.messages[question])
    assert {it.answer for it in desk.refused()} == {"Forbidden: bot was blocked by the user"}
    desk.sent.clear()
    await desk.jump(desk.now + timedelta(hours=2))
    ito.unblock()
    await desk.says(ito, "/patients")
    for _ in range(3):
        await desk.jump(desk.now + timedelta(minutes=1))
    assert len(alerts_to(ito)) == 1
    assert len(said(ada, LOST)) == 1
    assert "on its way to Dr Ito" in text_of(ada.chat.messages[question])


async def test_sharing_that_ends_while_it_waits_is_told_at_once(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    await desk.tick()
    assert said(ada, LOST) == []
    await desk.says(ada, "/sharing")
    await desk.taps(ada, "Stop sharing with Dr Ito")
    await desk.tick()
    assert len(said(ada, LOST)) == 1
    await desk.jump(TUESDAY)
    assert alerts_to(ito) == []


async def test_a_therapist_who_leaves_while_it_waits_is_not_waited_for(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    await desk.tick()
    assert said(ada, LOST) == []
    await desk.says(ito, "/leave")
    await desk.taps(ito, "Leave the clinic", "Yes, I leave now")
    await desk.tick()
    assert len(said(ada, LOST)) == 1
    await desk.jump(TUESDAY)
    assert alerts_to(ito) == []


async def test_who_wants_everything_deleted_hears_of_no_alert(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(desk.ito, "/hours 08:00-18:00 mon-fri")
    await raised(desk)
    await desk.rows("update patients set stage = 'forgetting', forget_at = '2026-03-20 00:00:00.000000' returning 1")
    await desk.jump(TUESDAY)
    assert alerts_to(desk.ito) == said(ada, LOST) == said(desk.ito, UNDELIVERED) == []
    assert await desk.rows("select due_at from alerts") == [(None,)]


# --- a day without an answer ----------------------------------------------------------------------------------


async def test_what_nobody_has_answered_for_a_day_is_brought_to_mind_once_and_stands_in_the_summary(
    clinic: Desk,
) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await raised(desk)
    told = desk.now
    await desk.jump(told + timedelta(hours=23, minutes=59))
    assert said(ito, "Reminder") == []
    await desk.jump(told + timedelta(hours=24))
    await desk.jump(told + timedelta(days=2))
    (reminder,) = [it for it in ito.heard if text_of(it).startswith("Reminder")]
    assert text_of(reminder).split("\n") == [
        "Reminder: nobody has answered this alert yet: Ada L, Monday 9 March.",
        "Burning 7 on Sunday and 8 on Monday. Usual before: 4.2 from 6 days.",
    ]
    assert await desk.rows("select due_at, act from alerts, alert_acts where act = 'reminded'") == [(None, "reminded")]
    assert (await desk.says(ada, "/who")).count("Dr Ito got an alert about your diary.") == 2, "its figures twice"
    assert "Ada L: alert of 9 Mar not seen yet (Burning)" in await desk.says(ito, "/digest")
    assert ito.labels(reminder["message_id"])[:3] == ["Seen", "Will call", "Add note"]
    await desk.sends(ito, "aa:1:1:seen", reminder["message_id"])
    assert newest(ada).startswith("Dr Ito has seen this.")
    assert "✓ Seen by Dr Ito" in text_of(alert_of(ito))
    assert "not seen yet" not in await desk.says(ito, "/digest")


async def test_a_reminder_waits_for_own_hours_and_that_of_a_red_flag_does_not(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ito, "/hours 20:00-20:15")
    await raised(desk)
    assert len(alerts_to(ito)) == 1
    await desk.says(ada, "chest pain")
    await desk.taps(ada, "This is happening now")
    await desk.says(ito, "/hours 21:00-22:00")
    await desk.jump(datetime(2026, 3, 10, 20, 59, tzinfo=UTC))
    assert said(ito, "Reminder") == [
        "Reminder: nobody has answered this red flag yet: Ada L, Monday 9 March at 20:12.\n"
        "Please get in touch with them."
    ]
    await desk.jump(datetime(2026, 3, 10, 21, tzinfo=UTC))
    assert len(said(ito, "Reminder: nobody has answered this alert yet: Ada L")) == 1


async def test_a_deputy_who_sees_no_diary_hears_once_a_day_that_there_are_alerts_and_no_more(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    roy = await desk.therapist(desk.roy)
    await risen(desk, await desk.enrol(desk.ben, ito, "Ben"))
    await desk.jump(desk.now + MINUTES)
    assert len(alerts_to(ito)) == 2
    await desk.says(ada, "chest pain")
    await desk.taps(ada, "This is happening now")
    await away(desk, date(2026, 3, 10), date(2026, 3, 12))
    told = desk.now
    await desk.jump(told + timedelta(hours=23, minutes=59))
    assert said(roy, "You stand in") == []
    for hours in (24, 60):
        await desk.jump(told + timedelta(hours=hours))
    hints = said(roy, "You stand in for Dr Ito. At least one alert about their patients")
    assert len(hints) == 2, "of both alerts, and of the red flag"
    assert "is not shared with you" in hints[0]
    assert "Ada" not in "".join(map(text_of, roy.heard))
    assert len(said(ito, "Reminder")) == 3
    assert await desk.rows("select therapist_id from alert_acts where act = 'hinted'") == [(2,)] * 3
    assert await desk.rows("select count(*) from accesses where therapist_id = 2") == [(0,)]
    # What was taken as said with an earlier message puts the next one off no further.
    put_off = await desk.rows(
        "update alert_acts set at = '2026-03-13' where outbox_id is null and act = 'hinted' returning 1"
    )
    assert put_off == [(1,)]
    last_at = await desk.database.write(lambda tx: storage.alerts.hinted_at(tx, TherapistId(2), TherapistId(1)))
    assert last_at == told + timedelta(hours=24)


async def test_a_deputy_who_may_see_the_diary_gets_the_whole_of_it(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    roy = await desk.therapist(desk.roy)
    await raised(desk)
    await away(desk, date(2026, 3, 10), date(2026, 3, 12))
    told = desk.now
    await shares(desk, "2026-03-10 10:00:00.000000")
    await desk.jump(told + timedelta(hours=24))
    assert len(said(roy, "Alert: Frau A, Monday 9 March")) == 1
    assert newest(roy) == "You stand in for Dr Ito, and nobody has answered this alert for a day."
    assert await desk.rows("select count(*) from accesses where therapist_id = 2 and what = 'alert'") == [(1,)]
    await desk.sends(roy, "aa:1:1:will_call", alert_of(roy)["message_id"])
    assert newest(ada).startswith("Dr Roy has seen this and will call you.")
    await desk.jump(told + timedelta(days=3))
    assert said(roy, "Reminder") == []


async def test_nobody_stands_in_outside_the_days_of_the_holiday(clinic: Desk) -> None:
    desk = clinic
    roy = await desk.therapist(desk.roy)
    await raised(desk)
    await away(desk, date(2026, 3, 2), date(2026, 3, 9))
    await desk.jump(desk.now + timedelta(days=1))
    assert said(roy, "You stand in") == alerts_to(roy) == []
    assert len(said(desk.ito, "Reminder")) == 1


async def stand_in(desk: Desk, *steps: str) -> None:
    """Dr Ito names Dr Roy and has the patients asked."""
    await desk.says(desk.ito, "/deputy")
    await desk.taps(desk.ito, "Dr Roy", *steps, "Yes, ask them")


async def test_a_deputy_who_is_named_later_gets_what_is_unseen_still(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    roy = await desk.therapist(desk.roy)
    await raised(desk)
    await desk.jump(desk.now + timedelta(days=3))
    assert len(said(desk.ito, "Reminder")) == 1
    await stand_in(desk, "From today", "1 week, until Wednesday 18 March")
    await desk.tick()
    assert len(said(roy, "You stand in for Dr Ito. At least one alert about their patients")) == 1
    assert alerts_to(roy) == []
    await desk.taps(ada, "Yes, until Wednesday 18 March")
    await desk.tick()
    assert len(said(roy, "Alert: Ada L, Monday 9 March")) == 1
    await desk.taps(roy, "Seen")
    assert newest(ada).startswith("Dr Roy has seen this.")
    await desk.jump(desk.now + timedelta(days=3))
    assert said(roy, "Reminder") == []
    assert len(said(desk.ito, "Reminder")) == 1


async def test_what_is_unseen_still_waits_for_the_first_day_of_a_holiday(clinic: Desk) -> None:
    desk = clinic
    roy = await desk.therapist(desk.roy)
    await raised(desk)
    await desk.jump(TUESDAY)
    await desk.says(desk.ito, "/deputy")
    await desk.taps(desk.ito, "Dr Roy", "From another day")
    await desk.says(desk.ito, "13 March")
    await desk.taps(desk.ito, "1 week, until Thursday 19 March", "Yes, ask them")
    await desk.taps(desk.ada, "Yes, until Thursday 19 March")
    await desk.until(datetime(2026, 3, 12, 23, 59, tzinfo=UTC))
    assert len(said(desk.ito, "Reminder")) == 1
    assert alerts_to(roy) == []
    await desk.until(datetime(2026, 3, 13, 0, 1, tzinfo=UTC))
    assert len(alerts_to(roy)) == 1
    assert newest(roy) == "You stand in for Dr Ito, and nobody has answered this alert for a day."


async def test_what_is_old_or_answered_is_not_brought_to_a_deputy_who_is_named_later(clinic: Desk) -> None:
    desk = clinic
    roy = await desk.therapist(desk.roy)
    await raised(desk)
    await desk.says(desk.ada, "chest pain")
    await desk.taps(desk.ada, "This is happening now")
    await desk.taps(desk.ito, "Seen")
    assert await desk.rows("select count(*) from alert_acts where act = 'seen'") == [(1,)]
    await desk.jump(desk.now + timedelta(days=15))
    await stand_in(desk, "From today", "1 week, until Monday 30 March")
    await desk.taps(desk.ada, "Yes, until Monday 30 March")
    await desk.tick()
    assert said(roy, "You stand in") == alerts_to(roy) == said(roy, "RED FLAG") == []
