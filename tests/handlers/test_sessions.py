"""A therapist logs treatment sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

SESSIONS = "select day, kind, places, label, note, undone_at is null from sessions order by id"
LEFT_FOOT = '[["foot","left"]]'
ACCESSES = "select what from accesses where what like 'session%' order by id"


async def test_a_session_is_logged_with_a_tap_for_each_choice(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    assert "Treatment of Ada L" in await desk.says(ito, "/session")
    heard = len(ito.heard)
    assert "Where? Tap every place, then Done." in await desk.taps(ito, "Today", "Dry needling")
    assert "Done" not in ito.labels(ito.last["message_id"]), "a needle goes in somewhere"
    chosen = await desk.taps(ito, "Left foot", "Right foot", "Back", "Right knee", "Back")
    assert "So far: both feet and right knee." in chosen
    done = next(
        button["callback_data"]
        for row in ito.last["reply_markup"]["inline_keyboard"] for button in row if button["text"] == "Done"
    )  # fmt: skip
    # A double tap: two updates, one session.
    for _ in range(2):
        ito.tap(ito.last["message_id"], done)
    await desk.settle()
    assert "Logged for Ada L on Monday 2 March 2026: dry needling, both feet and right knee." in newest(ito)
    assert "asked how it is 24 hours after it" in newest(ito)
    assert len(ito.heard) == heard, "one message from the first question to the receipt"
    assert await desk.rows(SESSIONS) == [
        ("2026-03-02", "needling", '[["foot","both"],["knee","right"]]', None, None, 1)
    ]
    assert await desk.rows(ACCESSES) == [("session",)]


async def test_the_same_as_last_time_takes_three_taps(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.ben, ito, "Ben")
    await desk.says(ito, "/session")
    await desk.taps(ito, "Ada L", "Yesterday", "Dry needling with electrical stimulation", "Neck", "Left arm", "Done")
    await desk.says(ito, "/session")
    said = await desk.taps(ito, "Ada L")
    assert "Last time, on Sunday 1 March 2026: dry needling with electrical stimulation, left arm and neck." in said
    assert "on Monday 2 March 2026: dry needling with electrical stimulation" in await desk.taps(
        ito, "Same as last time", "Today"
    )
    assert "24 and 48 hours" in newest(ito)
    await desk.says(ito, "/session")
    await desk.taps(ito, "Ada L", "Same as last time", "Another date")
    assert "on Friday 20 February 2026: dry needling with" in await desk.says(ito, "20 February")
    assert [row[:2] for row in await desk.rows(SESSIONS)] == [
        ("2026-03-01", "needling_stimulation"),
        ("2026-03-02", "needling_stimulation"),
        ("2026-02-20", "needling_stimulation"),
    ]


async def test_a_date_is_typed_and_one_to_come_is_refused_in_words(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/session")
    assert "Please type the date" in await desk.taps(ito, "Another date")
    for typed in ("7", "30 February", "some day"):
        assert "I did not understand this date." in await desk.says(ito, typed)
    for typed in ("tomorrow", "3 March 2026", "2027-01-01"):
        assert "This day is still to come." in await desk.says(ito, typed)
    assert "What was done?" in await desk.says(ito, "20 February")
    await desk.taps(ito, "Something else, I type it", "Left hand", "Done")
    assert "characters" in await desk.says(ito, "x" * 81)
    assert "Logged for Ada L on Friday 20 February 2026: shock <waves>, left hand." in await desk.says(
        ito, "shock  <waves>"
    )
    await desk.says(ito, "/session")
    await desk.taps(ito, "Today", "Other treatment", "No place")
    assert "Logged for Ada L on Monday 2 March 2026: other treatment." in newest(ito)
    assert "asked" not in newest(ito), "only needling is asked about"
    assert await desk.rows(SESSIONS) == [
        ("2026-02-20", "other", '[["hand","left"]]', "shock <waves>", None, 1),
        ("2026-03-02", "other", "[]", None, None, 1),
    ]
    assert await desk.rows("select * from checkins") == []
    for forged in ("sl:1:20260303:n:1", "sm:1:1:20260303", "sk:1:1:20260303", "sl:1:00010101:n:1"):
        await desk.sends(ito, forged)
        assert "still to come" in ito.toasts[-1].text or "more than a year ago" in ito.toasts[-1].text
    assert len(await desk.rows(SESSIONS)) == 2
    await desk.says(ito, "/session")
    await desk.taps(ito, "Another date")
    await desk.says(ito, "/patients")
    assert "I did not understand that" in await desk.says(ito, "20 February"), "a command ends the waiting"


async def test_with_several_patients_the_therapist_says_whose(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.ben, ito, "ben")
    assert "Whose treatment would you like to log?" in await desk.says(ito, "/session")
    assert ito.labels(ito.last["message_id"]) == ["Ada L", "ben"]
    await desk.taps(ito, "ben", "Today", "Dry needling", "Left knee", "Right knee", "Done")
    assert "Logged for ben on Monday 2 March 2026: dry needling, both knees." in newest(ito)
    assert "Treatment of Ada L" in await desk.says(ito, "/session áda"), "part of a name, without case and accents"
    assert "No patient of yours has “Zoe” in the name." in await desk.says(ito, "/session Zoe")
    assert ito.labels(ito.last["message_id"]) == ["Ada L", "ben"]


async def test_of_many_patients_a_part_of_the_name_is_typed(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    numbers = "with recursive n(i) as (select 5000 union all select i + 1 from n where i < 5099)"
    for sql in (
        "insert into accounts (chat_id, language, reach, reach_since, created_at) %s"
        " select i, language, reach, reach_since, created_at from accounts, n where chat_id = 101 returning 1",
        "insert into patients (id, chat_id, stage, zone, prompt_time) %s"
        " select i, i, stage, zone, prompt_time from patients, n where id = 1 returning 1",
        "insert into shares (patient_id, therapist_id, label, since) %s"
        " select i, therapist_id, 'P' || i, since from shares, n where patient_id = 1 returning 1",
    ):
        await desk.rows(sql % numbers)
    await desk.says(ito, "/session")
    assert len(ito.labels(ito.last["message_id"])) == 21
    await desk.taps(ito, "More")
    assert "Treatment of Ada L" in await desk.says(ito, "da l")
    await desk.says(ito, "/session P50")
    assert "Please type more of the name." in newest(ito)
    assert "Treatment of P5077" in await desk.says(ito, "5077")


async def test_each_part_of_a_session_is_corrected_and_all_forms_are_kept(clinic: Desk) -> None:
    desk, ito, roy = clinic, clinic.ito, clinic.roy
    await desk.therapist(roy)
    await desk.rows("insert into shares (patient_id, therapist_id, label, since) "
                    "select 1, id, 'A.', since from therapists where name like '%Roy%' returning 1")  # fmt: skip
    await desk.says(ito, "/session")
    await desk.taps(ito, "Today", "Dry needling", "Left foot", "Done", "Add a note")
    assert "Note: needles <0.3 mm>" in await desk.says(ito, "needles <0.3 mm>")
    await desk.says(roy, "/patients")
    await desk.taps(roy, "A.", "Treatments")
    assert "2 Mar 2026: dry needling, left foot" in newest(roy)
    await desk.taps(roy, "2 Mar 2026", "Correct", "The date", "Yesterday")
    assert "Changed by Roy, Monday 2 March at 10:00. Before: Monday 2 March 2026" in newest(roy).replace(
        "Dr Roy", "Roy"
    )
    await desk.taps(roy, "Correct", "What was done", "Dry needling with electrical stimulation")
    # An old button of Dr Ito's message is about the form that counts now.
    await desk.taps(ito, "Correct", "The places", "Right foot", "Back", "Left foot")
    await desk.taps(ito, "Done", "Change the note", "Remove the note")
    assert "Note changed by Dr Ito" in newest(ito)
    forms = await desk.rows(SESSIONS)
    assert [form[0] for form in forms] == ["2026-03-02"] * 2 + ["2026-03-01"] * 4
    assert forms[-1] == ("2026-03-01", "needling_stimulation", '[["foot","right"],["back",null]]', None, None, 1)
    assert [form[-1] for form in forms] == [0] * 5 + [1]
    assert await desk.rows("select corrects from sessions order by id") == [(None,), (1,), (2,), (3,), (4,), (5,)]
    before = await desk.everything()
    await desk.sends(ito, "sk:1:1:20260301")
    await desk.sends(ito, "sh:1:2:s")
    assert await desk.everything() != before, "that it was looked at is written down, and nothing else"
    assert len(await desk.rows(SESSIONS)) == 6
    said = await desk.taps(roy, "Delete")
    assert "Delete this treatment?" in said
    assert "Deleted by" in await desk.taps(roy, "Yes, delete it")
    for tap in ("sx:1:1:1", "sc:1:3:day", "sy:1:6", "sm:1:1:"):
        await desk.sends(ito, tap)
        assert "no longer there" in newest(ito)
    await desk.sends(ito, "ss:1:0")
    assert "0 treatments of Ada L" in newest(ito)
    assert "deleted" in newest(ito)
    assert [row[0] for row in await desk.rows(ACCESSES)] == ["session", *["session_changed"] * 5, "session_deleted"]


async def test_a_patient_reports_a_session_and_the_therapist_confirms_it(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    assert "When was your treatment?" in await desk.says(ada, "/treatment")
    said = await desk.taps(ada, "Yesterday", "Dry needling")
    assert "Noted for Sunday 1 March: dry needling." in said
    assert "Dr Ito can see it." in said
    assert "Ada L has reported a treatment: dry needling, Sunday 1 March 2026." in newest(ito)
    assert desk.sent[-1].params.get("disable_notification") or any(
        sent.params.get("disable_notification") and "has reported" in str(sent.params) for sent in desk.sent
    )
    assert "It stays" not in newest(ito)
    confirmed = await desk.taps(ito, "Confirm")
    assert "(reported by the patient)" in confirmed
    assert "Confirmed by Dr Ito" in confirmed
    assert "Confirm" not in ito.labels(ito.last["message_id"])
    assert "it stays" in await desk.taps(ada, "Undo"), "a therapist has looked at it since"
    assert "Dr Ito was told of the treatment that you reported." in await desk.says(ada, "/who")
    await desk.says(ada, "/treatment")
    assert "is in your diary already" in await desk.taps(ada, "Yesterday", "Dry needling")
    await desk.says(ada, "/treatment")
    await desk.taps(ada, "Another date")
    assert "still to come" in await desk.says(ada, "tomorrow")
    assert "Your treatment on Friday 20 February: what was done?" in await desk.says(ada, "20 February")
    await desk.taps(ada, "Other treatment")
    assert "It is gone." in await desk.taps(ada, "Undo")
    assert "no longer there" in await desk.taps(ito, "Confirm")
    assert await desk.rows("select reported, confirmed_at is null, undone_at is null from sessions order by id") == [
        (1, 0, 1),
        (1, 1, 0),
    ]
    await desk.says(ada, "/session")
    assert "/treatment" in newest(ada)


async def test_what_a_patient_reported_is_made_whole_and_not_logged_twice(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ada, "/treatment")
    await desk.taps(ada, "Today", "Dry needling")
    assert await desk.rows("select after_hours from checkins") == [(24,), (48,)], "where is not known yet"
    await desk.says(ito, "/session")
    await desk.taps(ito, "Today", "Dry needling", "Left foot", "Done")
    assert "left foot (reported by the patient)" in newest(ito)
    assert [row[-1] for row in await desk.rows(SESSIONS)] == [0, 1]
    assert await desk.rows("select session_id, after_hours from checkins") == [(2, 24)]


async def test_the_card_of_a_patient_leads_to_a_session_and_to_the_notes(clinic: Desk) -> None:
    desk, ito, ada = clinic, clinic.ito, clinic.ada
    await desk.says(ada, "slept <well> & long")
    await desk.says(ito, "/patients")
    assert "You have 1 patient." in newest(ito)
    await desk.taps(ito, "Ada L")
    assert "photo" in ito.last
    await desk.taps(ito, "Log a treatment")
    assert "Treatment of Ada L" in newest(ito), "a picture can't become a text, so the question is a new message"
    await desk.taps(ito, "Today", "Dry needling", "Neck", "Done")
    assert "Logged for Ada L" in newest(ito)
    ito.tap_label("Notes")
    await desk.settle()
    assert "slept <well> & long" in newest(ito)
    assert "Monday 2 March" in newest(ito)


async def test_a_yes_that_was_taken_back_ends_what_was_begun(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    await desk.says(ito, "/session")
    question = ito.last
    await desk.taps(ito, "Another date")
    await desk.rows("update shares set ended_at = since returning 1")
    assert "does not share a diary with you now" in await desk.says(ito, "today")
    heard = len(ito.heard)
    for label in ("Notes", "Log a treatment"):
        ito.tap_label(label)
        await desk.settle()
        assert "no longer in use" in ito.toasts[-1].text
    for data in ("sl:1:20260302:n:1", "sd:1:", "ss:1:0", "pc:1", "pn:1"):
        await desk.sends(ito, data, question["message_id"])
    assert len(ito.heard) == heard
    assert "Nobody shares a diary with you yet." in await desk.says(ito, "/session")
    assert "Ada" not in await desk.says(ito, "/patients")
    assert await desk.rows(SESSIONS) == []


SENSELESS = (
    "sl:1:20260302:n:99999999",
    "sl:1:20260302:n:-1",
    "sl:1:20260302:n:0",
    "sl:1:20260302:x:1",
    "sn:99:::",
    "sd:99:",
    "sn:1:20260302:n:-5",
    "sm:1:7:",
    "so:1:7",
    "sc:1:7:day",
    "sx:1:7:1",
    "sz:1:7:1:1",
    "se:1:20260302:needling:foot:",
)


async def test_a_payload_that_makes_no_sense_logs_nothing(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/session")
    before = await desk.everything()
    for data in SENSELESS:
        await desk.sends(ito, data)
        assert "no longer in use" in ito.toasts[-1].text, data
        assert await desk.everything() == before, data


async def test_a_session_marks_the_day_of_the_patients_own_clock(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.enrol(desk.cleo, ito, "Cleo", place="Kathmandu")
    desk.clock.move(timedelta(hours=13))  # 23:00 in Lisbon, 04:45 of Tuesday in Kathmandu
    await desk.says(ito, "/session")
    await desk.taps(ito, "Cleo", "Today", "Dry needling", "Right hip", "Done")
    assert "on Tuesday 3 March" in newest(ito)
    assert "right hip" in text_of(ito.last)


async def test_a_typed_today_is_the_patients_today(tmp_path: Path) -> None:
    async with clinic_at(tmp_path) as desk:
        far = await desk.enrol(desk.person(151, "Lea"), desk.ito, "Lea", place="Chicago")
        assert far.id == 151
        await desk.until(datetime(2026, 3, 4, 2, tzinfo=UTC))
        await desk.says(desk.ito, "/session")
        said = await desk.taps(desk.ito, "Lea", "Another date")
        assert "type the date" in said
        assert "Tuesday 3 March 2026" in await desk.says(desk.ito, "today"), "it is still the third in Chicago"


async def test_who_stopped_gets_no_more_sessions(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(desk.ada, "/stop")
    assert "does not share a diary with you now" in await desk.says(ito, "/session")
    assert await desk.rows("select count(*) from sessions") == [(0,)]
    await desk.rows("update patients set stage = 'imported' returning 1")
    await desk.says(ito, "/session")
    told = await desk.taps(ito, "Today", "Dry needling", "Back", "Done")
    assert "Logged for Ada L" in told, "a diary from elsewhere has treatments, too"
    assert "will be asked" not in told, "and nobody who could be asked"
    assert await desk.rows("select count(*) from checkins") == [(0,)]
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    assert {"Log a treatment", "Treatments", "Before and after"} <= set(ito.labels(ito.last["message_id"]))
    await desk.taps(ito, "Log a treatment", "Today", "Dry needling", "Neck", "Done", "Correct", "Back", "Treatments")
    assert "2 Mar 2026 (2): dry needling, neck\n2 Mar 2026 (1): dry needling, back" in newest(ito)
    assert ito.labels(ito.last["message_id"])[:2] == ["2 Mar 2026 (2)", "2 Mar 2026 (1)"], "two of a day are told apart"


async def test_a_date_of_years_ago_is_understood_and_said_to_be_too_long_ago(clinic: Desk) -> None:
    await clinic.says(clinic.ito, "/session Ada")
    await clinic.taps(clinic.ito, "Another date")
    told = await clinic.says(clinic.ito, "1 March 2020")
    assert told == "This day is more than a year ago. Please choose a later one."
    assert "still to come" in await clinic.says(clinic.ito, "5 March"), "not that of a year ago"
    assert "Tuesday 3 February 2026" in await clinic.says(clinic.ito, "3 February"), "the question stays"


async def test_a_patients_date_of_years_ago_does_not_become_a_note(clinic: Desk) -> None:
    await clinic.says(clinic.ada, "/treatment")
    await clinic.taps(clinic.ada, "Another date")
    told = await clinic.says(clinic.ada, "1 March 2020")
    assert told == "This day is more than a year ago. Please choose a later one."
    assert await clinic.rows("select * from notes") == []
