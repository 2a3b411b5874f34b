"""The weekly hour: one digest per week and reader, at the reader's own time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.demo.person import Person
from bot.jobs import digests as digest_job
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

WEEKLY = ("Your week:", "Your patients")
MONDAY_AFTER = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026; Lisbon is on UTC until the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


async def answer_until(desk: Desk, person: Person, until: datetime, scores: str = "4 3 5") -> None:
    """The person answers whenever they are asked."""
    while True:
        heard = len(person.heard)
        await desk.until(until, lambda heard=heard: len(person.heard) > heard)
        if desk.now >= until:
            return
        await desk.says(person, scores, reply_to=person.last["message_id"])


def digests(person: Person) -> list[str]:
    """The weekly messages that a person got."""
    return [text for message in person.heard if (text := text_of(message)).startswith(WEEKLY)]


async def test_each_reader_gets_one_digest_however_often_the_clock_ticks(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await answer_until(desk, ada, MONDAY_AFTER - timedelta(seconds=1))
    assert digests(ada) == digests(ito) == []
    assert await desk.jump(MONDAY_AFTER) == {"digests": 2}
    assert await desk.tick() == {}
    # Even if the hour came back, as it would after a clock set wrong.
    await desk.rows("update patients set next_digest_at = :now returning 1", now="2026-03-09 07:00:00.000000")
    await desk.rows("update therapists set next_digest_at = :now returning 1", now="2026-03-09 07:00:00.000000")
    await desk.tick()
    assert len(digests(ada)) == len(digests(ito)) == 1
    assert "Monday 2 March to Sunday 8 March" in digests(ada)[0]
    assert "photo" in ada.last
    assert "Burning: average 4.0 from 7 days." in digests(ada)[0]
    assert "Ada L: Burning 4.0, Tingling 3.0, Pain 5.0 from 7 days; 7 of 7" in digests(ito)[0]
    assert await desk.rows("select chat_id, role, week from digests order by chat_id") == [
        (ada.id, "patient", "2026-03-02"), (ito.id, "therapist", "2026-03-02"),
    ]  # fmt: skip


async def test_a_digest_comes_at_the_readers_own_hour(clinic: Desk) -> None:
    desk = clinic
    await desk.enrol(desk.cleo, desk.ito, place="Kathmandu")
    await desk.enrol(desk.ben, desk.ito, place="Honolulu")
    came: dict[str, datetime] = {}
    while desk.now < at(10, 0):
        await desk.until(min(at(10, 0), (desk.now + timedelta(minutes=15))) if desk.now >= at(9, 0) else at(9, 0))
        for person in (desk.ada, desk.ben, desk.cleo, desk.ito):
            if digests(person):
                came.setdefault(person.first_name, desk.now)
    assert came == {
        "Cleo": at(9, 1, 45),
        "Ada": at(9, 7, 30),
        "Dr Ito": at(9, 7, 30),
        "Ben": at(9, 17, 30),
    }


async def test_where_sunday_was_not_asked_yet_the_last_whole_week_is_shown(clinic: Desk) -> None:
    desk, kai = clinic, clinic.person(501, "Kai")
    await desk.enrol(kai, desk.ito, "Kai", place="Honolulu", hour="22:00", now=True)
    await desk.says(kai, "9 9 9")  # at midnight of Monday: still the evening of Sunday 1 March
    await answer_until(desk, kai, at(9, 7, 30), "2 2 2")
    # In Honolulu it is Sunday, 21:30: the week is not over.
    (line,) = [line for line in newest(desk.ito).splitlines() if line.startswith("Kai")]
    assert "Burning single score 9" in line
    assert "week of 23 Feb to 1 Mar" in line
    await answer_until(desk, kai, at(16, 7, 30), "3 3 3")
    (line,) = [line for line in newest(desk.ito).splitlines() if line.startswith("Kai")]
    assert "Burning 2.1" in line, "six evenings of 2 and the Sunday of 3"
    assert "week of 2 Mar to 8 Mar" in line
    await desk.until(at(16, 18))
    assert "Monday, March 9 to Sunday, March 15" in digests(kai)[-1], "as they write it in Honolulu"
    assert "Burning: average 3.0" in digests(kai)[-1]


async def test_a_therapist_with_no_patients_gets_no_weekly_message(clinic: Desk) -> None:
    desk = clinic
    await desk.therapist(desk.roy)
    heard = len(desk.roy.heard)
    await desk.rows("update shares set ended_at = since returning 1")
    heard_ito = len(desk.ito.heard)
    await desk.until(at(9, 12))
    assert len(desk.roy.heard) == heard
    assert len(desk.ito.heard) == heard_ito
    assert digests(desk.ada), "the patient's own comes all the same"
    assert "sees the same numbers" not in digests(desk.ada)[0]


async def test_a_digest_in_doubt_is_named_in_the_next_one_and_only_there(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await answer_until(desk, ada, MONDAY_AFTER - timedelta(minutes=1))
    desk.clock.move_to(MONDAY_AFTER)
    await desk.ticker.tick(desk.now)
    # The program dies while both are on their way.
    await desk.rows(
        "update outbox set state = 'in_doubt', body = null, settled_at = :now where urgency = 5 returning 1",
        now="2026-03-09 07:30:00.000000",
    )
    await desk.deliver()
    assert digests(ada) == digests(ito) == []
    await answer_until(desk, ada, at(16, 7, 30))
    assert "The summary of the week from 2 Mar may not have reached you." in newest(ito)
    assert any("The summary of the week from 2 Mar may not have reached you." in text_of(m) for m in ada.heard[-2:])
    await answer_until(desk, ada, at(23, 7, 30))
    assert "may not have reached you" not in newest(ito)
    assert not any("may not have reached you" in text_of(m) for m in ada.heard[-2:])


async def test_a_monday_that_the_bot_missed_is_made_up_for_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await answer_until(desk, ada, at(9, 6))
    await desk.jump(at(11, 10))
    assert len(digests(ada)) == len(digests(desk.ito)) == 1
    assert "Monday 2 March to Sunday 8 March" in digests(ada)[0]
    await answer_until(desk, ada, at(16, 8))
    assert "Monday 9 March to Sunday 15 March" in digests(ada)[-1]
    assert len(digests(ada)) == 2


async def test_who_began_after_the_week_or_blocked_the_bot_gets_none(clinic: Desk) -> None:
    desk = clinic
    desk.ada.block()
    await desk.settle()
    await desk.until(at(9, 6))
    await desk.enrol(desk.ben, desk.ito)
    heard = len(desk.ben.heard)
    await desk.until(at(9, 8))
    assert len(desk.ben.heard) == heard
    assert digests(desk.ada) == []
    assert "has blocked the bot" in newest(desk.ito)


async def test_the_day_and_the_hour_are_settings(tmp_path: Path) -> None:
    async with clinic_at(tmp_path, digest_day="sunday", digest_time=time(21)) as desk:
        await desk.enrol(desk.ben, desk.ito)
        await answer_until(desk, desk.ben, at(8, 21))
        assert "Monday 2 March to Sunday 8 March" in digests(desk.ben)[0]
        assert not desk.refused()


async def test_the_tick_only_claims_and_what_is_said_is_read_as_it_goes(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await answer_until(desk, ada, MONDAY_AFTER - timedelta(seconds=1))
    desk.clock.move_to(MONDAY_AFTER)
    assert await desk.ticker.tick(desk.now) == {"digests": 2}
    bodies = await desk.rows("select body from outbox where state = 'waiting'")
    assert len(bodies) == 4, "hers and the therapist's, in at most two messages each"
    assert not any("average" in str(body) or "Ada" in str(body) for body in bodies)
    # Before it leaves she takes her yes back.
    await desk.rows("update shares set ended_at = since returning 1")
    await desk.deliver()
    assert "Burning: average 4.0 from 7 days." in digests(ada)[0]
    assert digests(ito) == []


async def test_a_thousand_readers_are_claimed_in_portions(clinic: Desk) -> None:
    desk, count = clinic, digest_job.AT_ONCE + 5
    await desk.rows(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < :count)"
        " insert into accounts (chat_id, language, reach, reach_since, created_at)"
        " select 9000 + i, 'en', 'ok', a.created_at, a.created_at from n, accounts a"
        " where a.chat_id = :ada returning 1",
        count=count, ada=desk.ada.id,
    )  # fmt: skip
    await desk.rows(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < :count)"
        " insert into patients (chat_id, stage, zone, prompt_time, next_digest_at, enrolled_at, enrolled_day)"
        " select 9000 + i, p.stage, p.zone, p.prompt_time, p.next_digest_at, p.enrolled_at, p.enrolled_day"
        " from n, patients p where p.chat_id = :ada returning 1",
        count=count, ada=desk.ada.id,
    )  # fmt: skip
    desk.clock.move_to(MONDAY_AFTER)
    assert await desk.database.write(lambda tx: digest_job.send_due(tx, desk.settings, desk.now)) == digest_job.AT_ONCE
    counts = await desk.ticker.tick(desk.now)
    assert counts["digests"] == count + 2 - digest_job.AT_ONCE
    assert await desk.rows("select count(*), count(distinct chat_id) from digests") == [(count + 2, count + 2)]


async def test_a_digest_in_quiet_hours_arrives_without_a_sound(clinic: Desk) -> None:
    desk = clinic
    await desk.until(datetime(2026, 3, 9, 7, 30, tzinfo=UTC))
    (sent,) = [it for it in desk.sent if it.method == "sendPhoto" and it.params["chat_id"] == desk.ada.id]
    assert sent.params["disable_notification"] is True
    await desk.rows("update patients set quiet_from = '23:00:00.000000', quiet_to = '07:00:00.000000' returning id")
    await desk.until(datetime(2026, 3, 16, 7, 30, tzinfo=UTC))
    sent = [it for it in desk.sent if it.method == "sendPhoto" and it.params["chat_id"] == desk.ada.id][-1]
    assert "disable_notification" not in sent.params


async def test_a_week_that_is_all_paused_has_no_digest(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "/pause")
    await desk.taps(desk.ada, "Until I come back")
    heard = len(desk.ada.heard)
    await desk.until(datetime(2026, 3, 23, 8, tzinfo=UTC))
    assert len(desk.ada.heard) == heard
