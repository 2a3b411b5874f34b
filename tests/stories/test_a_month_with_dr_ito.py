"""A month with Dr Ito: treatments, a flare in the days after one and another later, a night, a holiday, a hand-over.

March 2026 in Lisbon, with the night in which the clocks change. Ada answers every evening; Ben is on a break.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.person import Person
from tests.stage import BEN, ROY, Stage, newest, stage, text_of

LISBON = ZoneInfo("Europe/Lisbon")
APRIL = 31
"""Days before the first of April, which here is the 32nd of March."""


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant of the month by the clock of Lisbon."""
    return datetime.combine(date(2026, 3, 1) + timedelta(days=day - 1), time(hour, minute), LISBON).astimezone(UTC)


async def test_a_month_with_dr_ito(tmp_path: Path) -> None:
    async with stage(tmp_path, at(2, 9)) as played:
        ito, roy, ada = played.ito, played.person(ROY, "Dr Roy"), played.ada
        await played.enrol_therapist(ito)
        await played.enrol_therapist(roy, ito)
        await played.enrol(ada, ito, "Ada L")
        assert "every day, 08:00 to 21:00" in await played.says(ito, "/hours 08:00-21:00")
        begun = len(roy.heard)

        await a_week_before_any_treatment(played, ada)
        await a_treatment_of_the_back_and_what_was_sore(played, ito, ada)
        await a_flare_in_the_days_after_it_alerts_nobody(played, ito, ada)
        ben = await played.enrol(played.person(BEN, "Ben"), ito, "Ben C", place="Chicago")
        await played.says(ben, "/pause")
        await played.taps(ben, "Until I come back")
        await the_second_treatment_takes_three_taps(played, ito, ada)
        await a_flare_outside_of_them_is_seen_the_next_morning(played, ito, ada)
        await an_alert_is_left_unseen_until_monday(played, ito, ada)
        await a_warning_sign_at_three_in_the_night(played, ito, ada)
        assert len(roy.heard) == begun, "nothing of all this is for Dr Roy"

        await a_holiday_begins(played, ito, roy, ada, ben)
        await the_deputy_gets_what_is_due(played, ito, roy, ada, ben)
        await the_holiday_ends_by_itself(played, roy)
        await ada_is_handed_over(played, ito, roy, ada)
        await ada_reads_who_saw_what(played, ada)
        await ben_reads_that_only_his_own_therapist_saw_anything(played, ben)
        assert not any("Ben" in text_of(message) for message in (*roy.heard, *ada.heard))
        assert not played.refused()


# --- before the holiday -------------------------------------------------------------------------------------------


async def a_week_before_any_treatment(played: Stage, ada: Person) -> None:
    for day in range(2, 9):
        await evening(played, ada, day, "4 2 3")


async def a_treatment_of_the_back_and_what_was_sore(played: Stage, ito: Person, ada: Person) -> None:
    await played.until(at(9, 10))
    assert "0 need you, 1 steady, 0 quiet" in newest(ito)
    await played.says(ito, "/session ada")
    said = await played.taps(ito, "Today", "Dry needling", "Back", "Done")
    assert said == (
        "Logged for Ada L on Monday 9 March 2026: dry needling, back.\n"
        "The patient will be asked how it is 24 and 48 hours after it."
    )
    await evening(played, ada, 9, "7 2 3")

    for day, answer in ((10, "Sore, as expected"), (11, "Nothing unusual")):
        await played.until(at(day, 9, 59))
        assert not begins(ada, "How are you", since=at(day))
        await played.until(at(day, 10, 1))
        assert "How are you since your treatment on Monday 9 March?" in newest(ada)
        said = await played.taps(ada, answer)
        assert f"After your treatment on Monday 9 March: {answer.lower()}." in said
        await evening(played, ada, day, "7 2 3" if day == 10 else "4 2 3")


async def a_flare_in_the_days_after_it_alerts_nobody(played: Stage, ito: Person, ada: Person) -> None:
    """Burning 7 on the 9th and the 10th, the usual 4.0: two days in a row that would alert at any other time."""
    await evening(played, ada, 12, "4 2 3")
    await played.until(at(13, 10))
    assert await played.rows("select * from alerts") == []
    assert not begins(ada, "I noticed")
    assert "Ada L" not in "".join(text_of(message) for message in ito.heard if message["date"] > at(9, 11).timestamp())


async def the_second_treatment_takes_three_taps(played: Stage, ito: Person, ada: Person) -> None:
    await played.says(ito, "/session")
    said = await played.taps(ito, "Ada L", "Same as last time", "Today")
    assert said.startswith("Logged for Ada L on Friday 13 March 2026: dry needling, back.")
    for day in (13, 14, 15):
        await evening(played, ada, day, "4 2 3")
    await played.until(at(16, 7, 30))
    assert "0 need you, 2 steady, 0 quiet" in newest(ito)
    assert "Burning 7 on Monday, after a session (usual: 4.0 from 7 days)" in newest(ito)
    card = await played.taps(ito, "Ada L")
    assert "2 treatment sessions, the first on 9 Mar. Last treatment, 13 Mar: dry needling, back." in card
    assert (
        "Compared with the week before treatment (4.0 from 7 days): slightly higher, 0.9 points higher (21%)." in card
    )


async def a_flare_outside_of_them_is_seen_the_next_morning(played: Stage, ito: Person, ada: Person) -> None:
    await evening(played, ada, 16, "4 2 3")
    await evening(played, ada, 17, "7 2 3")
    heard = len(ito.heard)
    await evening(played, ada, 18, "8 2 3")
    await played.until(at(18, 20, 10))
    assert len(ito.heard) == heard, "one day alone alerts nobody, and a slip can be corrected for ten minutes"
    await played.until(at(18, 20, 12))
    (alert,) = begins(ito, "Alert: ")
    assert "photo" in alert
    assert text_of(alert).splitlines() == [
        "Alert: Ada L, Wednesday 18 March",
        "Burning 7 on Tuesday and 8 on Wednesday. Usual before: 4.4 from 7 days.",
        "Rule: two days in a row 2 or more above the usual.",
        "The patient is asked whether it is urgent, and has not answered yet.",
    ]
    assert len(ito.heard) == heard + 1
    for line in (
        "Burning: 7, then 8. Your usual before: 4.4, from 7 days.",
        "A message about this is on its way to Dr Ito.",
        "Is it urgent, or can it wait for your next visit?",
        "Nobody watches this chat around the clock. If you need help now, call 112.",
    ):
        assert line in newest(ada).splitlines()
    await played.taps(ada, "It can wait")
    shown = text_of(ito.chat.messages[alert["message_id"]])
    assert "It can wait for the next visit, the patient says (Wednesday 18 March at 20:12)." in shown

    await played.until(at(19, 9))
    await played.taps(ito, "Seen")
    shown = text_of(ito.chat.messages[alert["message_id"]])
    assert shown.endswith("✓ Seen by Dr Ito (Thursday 19 March at 09:00)")
    assert newest(ada) == (
        "Dr Ito has seen this.\nIt is about your answers of Tuesday 17 March and Wednesday 18 March."
    )
    assert len(ito.heard) == heard + 1, "all in one message"


async def an_alert_is_left_unseen_until_monday(played: Stage, ito: Person, ada: Person) -> None:
    await evening(played, ada, 19, "8 2 6")
    await evening(played, ada, 20, "8 2 6")
    await played.until(at(20, 20, 12))
    assert "Pain 6 on Thursday and 6 on Friday. Usual before: 3.0 from 7 days." in newest(ito)
    assert "Burning" not in newest(ito), "once in seven days"
    await played.until(at(21, 20, 10))
    assert begins(ito, "Reminder") == []
    await evening(played, ada, 21, "5 2 5")
    await evening(played, ada, 22, "5 2 5")
    await played.until(at(23, 7, 30))
    (reminder,) = begins(ito, "Reminder")
    assert minute(reminder) == at(21, 20, 11)
    assert text_of(reminder).splitlines() == [
        "Reminder: nobody has answered this alert yet: Ada L, Friday 20 March.",
        "Pain 6 on Thursday and 6 on Friday. Usual before: 3.0 from 7 days.",
    ]
    digest = newest(ito).splitlines()
    assert "1 needs you, 1 steady, 0 quiet" in digest
    first = digest[digest.index("Needs you") + 1]
    assert first.startswith("Ada L: alert of 20 Mar not seen yet (Pain); Burning 6.4 from 7 days, 2.4 points higher")


async def a_warning_sign_at_three_in_the_night(played: Stage, ito: Person, ada: Person) -> None:
    await evening(played, ada, 23, "4 2 4")
    await played.until(at(24, 3))
    heard = len(ito.heard)
    await played.says(ada, "There is numbness between my legs")
    assert len(ito.heard) == heard, "words alone are no report"
    assert "Please call 112 now." in await played.taps(ada, "This is happening now")
    flag = ito.last
    assert minute(flag) == at(24, 3)
    assert text_of(flag).splitlines() == [
        "RED FLAG: Ada L says that a warning sign is happening now.",
        "Reported Tuesday 24 March, 03:00 on their clock.",
        "They were told to call 112. Please get in touch with them now.",
    ]
    await played.until(at(24, 3, 20))
    await played.taps(ito, "Will call")
    assert newest(ada) == (
        "Dr Ito has seen this and will call you.\n"
        "It is about the warning sign that you reported on Tuesday 24 March at 03:00."
    )
    await evening(played, ada, 24, "4 2 4")


# --- the holiday and what comes after -----------------------------------------------------------------------------


async def a_holiday_begins(played: Stage, ito: Person, roy: Person, ada: Person, ben: Person) -> None:
    await played.until(at(25, 14))
    await played.says(ito, "/deputy")
    await played.taps(ito, "Dr Roy", "From another day")
    await played.says(ito, "26 March")
    await played.taps(ito, "Until another day")
    said = await played.says(ito, "31 March")
    assert "Dr Roy stands in for you from Thursday 26 March until Tuesday 31 March." in said
    await played.taps(ito, "Yes, ask them")
    assert newest(roy).startswith("Dr Ito is away from Thursday 26 March until Tuesday 31 March, and you stand in.")
    assert "That is your whole diary: each answer and note, old ones too." in newest(ada)
    await played.taps(ada, "Yes, until Tuesday 31 March")
    await played.taps(ben, "No")
    assert "Asked: 2. Yes: 1. No: 1. No answer yet: 0." in await played.says(ito, "/deputy")
    await evening(played, ada, 25, "4 2 4")
    assert "You have no patients yet." in await played.says(roy, "/patients")


async def the_deputy_gets_what_is_due(played: Stage, ito: Person, roy: Person, ada: Person, ben: Person) -> None:
    await played.until(at(26, 15))
    assert begins(roy, "Alert: Ada L, Friday 20 March"), "that of before the holiday, which nobody has answered"
    assert newest(roy) == "You stand in for Dr Ito, and nobody has answered this alert for a day."
    assert "Ada L needs you: alert of 20 Mar not seen yet (Pain)" in await played.says(roy, "/patients")
    await played.says(ben, "I have chest pain")
    await played.taps(ben, "This is happening now")
    assert "on its way to Dr Ito." in newest(ben)
    assert "RED FLAG: Ben C" in newest(ito)
    assert not begins(roy, "RED FLAG")

    await evening(played, ada, 26, "8 2 3")
    await evening(played, ada, 27, "8 2 3")
    await played.until(at(27, 20, 12))
    (hint,) = begins(roy, "You stand in for Dr Ito. At least one alert about their patients")
    assert minute(hint) == at(27, 15), "of Ben's, who said no: that there is one, after a day"
    assert begins(ito, "Reminder: nobody has answered this red flag yet: Ben C, Thursday 26 March at 15:00.")
    assert "A message about this is on its way to Dr Ito and Dr Roy." in newest(ada)
    for therapist in (ito, roy):
        assert newest(therapist).startswith("Alert: Ada L, Friday 27 March\nBurning 8 on Thursday and 8 on Friday.")
    await played.taps(roy, "Seen")
    assert newest(ada).startswith("Dr Roy has seen this.")
    assert "✓ Seen by Dr Roy (Friday 27 March at 20:12)" in newest(ito)

    await played.until(at(30, 7, 30))
    week = newest(ada)
    assert week.startswith("Your week: Monday 23 March")
    assert week.endswith("Dr Ito and Dr Roy see the same numbers.")
    assert "1 needs you, 0 steady, 0 quiet" in newest(roy)
    assert "2 need you, 0 steady, 0 quiet" in newest(ito)


async def the_holiday_ends_by_itself(played: Stage, roy: Person) -> None:
    await played.until(at(31, 23, 59))
    assert "Ada L" in await played.says(roy, "/patients ada")
    card = roy.last["message_id"]
    await played.until(at(APRIL + 1))
    assert "You have no patients yet." in await played.says(roy, "/patients")
    heard = len(roy.heard)
    await played.until(at(APRIL + 1, 9))
    roy.tap_label("Notes", card)
    await played.settle()
    assert len(roy.heard) == heard, "an old button shows nothing"


async def ada_is_handed_over(played: Stage, ito: Person, roy: Person, ada: Person) -> None:
    await played.says(ito, "/handover")
    await played.taps(ito, "Ada L", "Dr Roy")
    assert newest(ito).startswith("Shall I ask Ada L whether Dr Roy may take over?")
    await played.taps(ito, "Yes, ask")
    assert "With a yes, Dr Roy sees your diary and Dr Ito no longer does." in newest(ada)
    assert "You have no patients yet." in await played.says(roy, "/patients"), "not without a yes"
    await played.taps(ada, "Yes, Dr Roy from now on")
    assert newest(ito) == "Ada L said yes. Dr Roy sees the diary from now on, and you no longer do."
    card = await played.taps(roy, "Chart and numbers")
    assert card.startswith("Ada L, 23 Mar to 29 Mar")
    assert "Ada" not in await played.says(ito, "/patients")
    assert "No patient of yours has" in await played.says(ito, "/patients ada")
    heard = len(ito.heard)
    assert "Dr Roy can read it" in await played.says(ada, "I walked to the sea")
    await evening(played, ada, APRIL + 1, "4 2 3")
    assert len(ito.heard) == heard


async def ada_reads_who_saw_what(played: Stage, ada: Person) -> None:
    pages = [await played.says(ada, "/who")]
    while "Older" in ada.labels(ada.last["message_id"]):
        pages.append(await played.taps(ada, "Older"))
    told = "\n".join(pages).splitlines()
    for day, lines in (
        ("Wednesday 1 April 2026", ["09:00 Dr Roy looked at your chart and numbers."]),
        (
            "Friday 27 March 2026",
            [
                "20:12 Dr Roy marked an alert as seen.",
                "20:11 Dr Roy got an alert about your diary. (2 times, this is the last)",
                "20:11 Dr Ito got an alert about your diary.",
            ],
        ),
        ("Tuesday 24 March 2026", ["03:20 Dr Ito noted to call you about an alert."]),
        ("Thursday 19 March 2026", ["09:00 Dr Ito marked an alert as seen."]),
        ("Friday 13 March 2026", ["10:00 Dr Ito logged a treatment."]),
    ):
        of_day = told[told.index(day) + 1 :]
        of_day = of_day[: of_day.index("")] if "" in of_day else of_day
        assert [line for line in lines if line not in of_day] == [], of_day
    assert not any("Dr Roy" in line for line in told[told.index("Tuesday 24 March 2026") :]), "nothing before the yes"


async def ben_reads_that_only_his_own_therapist_saw_anything(played: Stage, ben: Person) -> None:
    told = await played.says(ben, "/who")
    assert "Dr Ito got an alert about your diary." in told
    assert "Dr Roy" not in told


# --- what is done again and again ---------------------------------------------------------------------------------


async def evening(played: Stage, ada: Person, day: int, scores: str) -> None:
    await played.until(at(day, 20, 1))
    await played.says(ada, scores)


def begins(person: Person, words: str, since: datetime | None = None) -> list[dict[str, Any]]:
    """What the bot wrote that begins so, as it stands now."""
    after = since.timestamp() if since else 0
    return [it for it in person.heard if text_of(it).startswith(words) and it["date"] >= after]


def minute(message: dict[str, Any]) -> datetime:
    """When it came, to the minute: the clock of a story runs on while the machine works."""
    return datetime.fromtimestamp(message["date"], UTC).replace(second=0)
