"""Several therapists, a deputy, a hand-over, leaving the clinic: each with the patient's own yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.demo.person import Person
from bot.storage import checks
from tests.handlers.desk import Desk
from tests.stage import link_in, newest, text_of

NEXT_TUESDAY = datetime(2026, 3, 10, 10, tzinfo=UTC)


async def with_roy(clinic: Desk) -> Person:
    return await clinic.therapist(clinic.roy)


def labels(person: Person) -> list[str]:
    return person.labels(person.last["message_id"])


async def card(clinic: Desk, person: Person, label: str = "Ada L") -> None:
    await clinic.says(person, f"/patients {label}")


async def sees(clinic: Desk, person: Person, label: str = "Ada L") -> bool:
    return label in await clinic.says(person, "/patients")


async def shares(clinic: Desk) -> list[tuple[int, bool]]:
    found = await clinic.rows("select therapist_id, ended_at is null from shares order by therapist_id")
    return [(row[0], bool(row[1])) for row in found]


async def sound(clinic: Desk) -> None:
    with checks.reader(clinic.database.path) as reader:
        assert checks.thorough(reader) == []


# --- a second therapist -------------------------------------------------------------------------------------------


async def test_a_colleague_sees_the_diary_after_the_patients_yes_and_not_before(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await card(clinic, ito)
    said = await clinic.taps(ito, "Share with a colleague")
    assert said == "Who else shall see the diary of Ada L? Ada L is asked first. Without a yes nothing is shown."
    await clinic.taps(ito, "Dr Roy")
    assert "I have asked Ada L." in await clinic.taps(ito, "Yes, ask")
    assert not await sees(clinic, roy)
    assert "Dr Ito would like Dr Roy to see your diary, too." in newest(ada)
    assert "your whole diary: each answer and note, old ones too" in newest(ada)
    question = ada.last["message_id"]
    assert "Dr Roy sees your whole diary from now on." in await clinic.taps(ada, "Yes, share it all")
    assert newest(ito) == "Ada L said yes. Dr Roy sees the diary, too."
    assert "Ada L, who is with Dr Ito, shares the diary with you, too." in newest(roy)
    assert await sees(clinic, roy)
    told = len(ito.heard) + len(roy.heard)
    for _ in range(2):
        await clinic.sends(ada, "ty:1:1", question)
        await clinic.sends(ada, "ty:1:0", question)
    assert len(ito.heard) + len(roy.heard) == told, "it counts once"
    assert "no longer open" in newest(ada)
    assert await shares(clinic) == [(1, True), (2, True)]
    given = await clinic.rows("select therapist_id, given, wording from consents where therapist_id = 2")
    assert given == [(2, 1, "offers 2026-11")]
    await clinic.says(ada, "/sharing")
    assert labels(ada) == ["Stop sharing with Dr Ito", "Stop sharing with Dr Roy"]
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy")
    assert newest(ito) == "Shall I ask Ada L whether Dr Roy may see the diary, too?"
    assert await clinic.taps(ito, "Yes, ask") == "Dr Roy sees the diary of Ada L already."
    await sound(clinic)


async def test_no_tells_the_one_who_asked_that_it_was_not_shared_and_nothing_else(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy", "Yes, ask")
    heard = len(roy.heard)
    assert "All right, Dr Roy does not see your diary." in await clinic.taps(ada, "No")
    assert newest(ito) == "The diary of Ada L was not shared with Dr Roy. All stays as it is."
    assert len(roy.heard) == heard
    assert not await sees(clinic, roy)
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy")
    asked = len(ada.heard)
    assert "Ada L was asked this on Monday 2 March." in await clinic.taps(ito, "Yes, ask")
    assert len(ada.heard) == asked, "a no is left in peace for a week"
    clinic.clock.move_to(clinic.now + timedelta(days=7))
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy", "Yes, ask")
    assert "would like Dr Roy to see your diary" in newest(ada)


async def test_a_no_takes_back_no_yes_that_was_given_before(clinic: Desk) -> None:
    """Dr Roy sees the diary as a colleague; handing over to him is another question."""
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy", "Yes, ask")
    await clinic.taps(ada, "Yes, share it all")
    await card(clinic, ito)
    await clinic.taps(ito, "Hand over", "Dr Roy", "Yes, ask")
    question = ada.last["message_id"]
    for _ in range(2):
        await clinic.sends(ada, "ty:2:0", question)
        said = text_of(next(it for it in ada.heard if it["message_id"] == question))
        assert said.startswith("All right, all stays as it is. Dr Roy sees your diary.")
    assert newest(ito) == "Ada L said no, and all stays as it is. Dr Roy sees the diary as before."
    assert await sees(clinic, roy)
    assert await sees(clinic, ito)
    await sound(clinic)


async def test_a_question_is_over_when_its_reason_is(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy", "Yes, ask")
    question = ada.last["message_id"]
    await clinic.says(ada, "/sharing")
    await clinic.taps(ada, "Stop sharing with Dr Ito")
    await clinic.sends(ada, "ty:1:1", question)
    answered = next(it for it in ada.heard if it["message_id"] == question)
    assert "This question is no longer open, and nothing was changed." in text_of(answered)
    assert not await sees(clinic, roy)


async def test_nobody_answers_for_somebody_else_and_nobody_asks_about_a_diary_that_they_do_not_see(
    clinic: Desk,
) -> None:
    ito, roy = clinic.ito, await with_roy(clinic)
    ben = await clinic.enrol(clinic.ben, roy, "Ben")
    await card(clinic, ito)
    await clinic.taps(ito, "Share with a colleague", "Dr Roy", "Yes, ask")
    before = await shares(clinic)
    for person, tap in ((ben, "ty:1:1"), (ito, "ty:1:1"), (roy, "ty:1:1"), (ben, "tp:1:2"), (clinic.ada, "tp:1:2")):
        await clinic.sends(person, tap)
    for tap in ("tc:colleague:2:0", "ta:colleague:2:2:1", "ta:hand_over:2:2:1", "ta:colleague:1:1:1", "ta:left:1:2:1"):
        await clinic.sends(ito, tap)
    assert await shares(clinic) == before
    assert await clinic.rows("select count(*) from offers") == [(1,)]


# --- a deputy -----------------------------------------------------------------------------------------------------


async def away(clinic: Desk, *steps: str) -> None:
    await clinic.says(clinic.ito, "/deputy")
    await clinic.taps(clinic.ito, "Dr Roy", *steps)


async def test_a_deputy_sees_those_who_say_yes_until_the_end_of_the_last_day(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    ben = await clinic.enrol(clinic.ben, ito, "Ben")
    await away(clinic, "From today", "1 week, until Sunday 8 March")
    assert "I ask 2 patients, once each." in newest(ito)
    await clinic.taps(ito, "Yes, ask them")
    assert "Asked: 2. Yes: 0. No: 0. No answer yet: 2." in newest(ito)
    assert "Dr Ito is away" in newest(roy)
    assert newest(ada).startswith("Dr Ito is away until Sunday 8 March. Dr Roy stands in.")
    assert not await sees(clinic, roy), "not before a yes"
    told = await clinic.taps(ada, "Yes, until Sunday 8 March")
    assert "Dr Roy may see your whole diary until Sunday 8 March." in told
    await clinic.taps(ben, "No")
    assert "Yes: 1. No: 1. No answer yet: 0." in await clinic.says(ito, "/deputy")
    assert await sees(clinic, roy)
    assert "Ben" not in newest(roy)
    assert "You have 1 patient. 1 of them only while you stand in." in newest(roy)
    assert "not asked yet, no answer so far, you stand in until 8 Mar" in newest(roy)
    assert "Ada L: just started; you stand in until 8 Mar" in await clinic.says(roy, "/digest")
    assert "Dr Roy, since Monday 2 March 2026, until Sunday 8 March 2026" in await clinic.says(ada, "/sharing")
    await card(clinic, roy)
    assert "You stand in until 8 Mar." in newest(roy)
    await clinic.taps(roy, "Share with a colleague")
    assert "You stand in for Ada L's own therapist" in newest(roy)
    clinic.clock.move_to(datetime(2026, 3, 8, 23, 59, tzinfo=UTC))
    assert await sees(clinic, roy)
    clinic.clock.move_to(datetime(2026, 3, 9, 0, 0, tzinfo=UTC))
    assert not await sees(clinic, roy), "nothing had to happen for it to end"
    assert "You have no patients yet" in newest(roy) or "Ada" not in newest(roy)
    assert "Share with Dr Roy" in (await clinic.says(ada, "/sharing"), labels(ada))[1]
    assert "Who stands in for you" in await clinic.says(ito, "/deputy"), "it is over"
    await sound(clinic)


async def test_a_holiday_that_is_ahead_shows_nothing_before_its_first_day(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await away(clinic, "From another day")
    assert "can't use that as a date" in await clinic.says(ito, "yesterday")
    assert "From Monday 9 March, and until when?" in await clinic.says(ito, "9 March")
    await clinic.taps(ito, "Until another day")
    assert "can't use that" in await clinic.says(ito, "8 March")
    await clinic.says(ito, "15 March")
    await clinic.taps(ito, "Yes, ask them")
    assert newest(ada).startswith("Dr Ito is away from Monday 9 March until Sunday 15 March. Dr Roy stands in.")
    await clinic.taps(ada, "Yes, until Sunday 15 March")
    assert not await sees(clinic, roy)
    assert "Dr Roy, from Monday 9 March 2026 until Sunday 15 March 2026" in await clinic.says(ada, "/sharing")
    clinic.clock.move_to(datetime(2026, 3, 9, 0, 0, tzinfo=UTC))
    assert await sees(clinic, roy)


async def test_a_holiday_that_ends_early_ends_for_the_deputy_at_once(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    ben = await clinic.enrol(clinic.ben, ito, "Ben")
    await away(clinic, "From today", "2 weeks, until Sunday 15 March", "Yes, ask them")
    question = ben.last["message_id"]
    await clinic.taps(ada, "Yes, until Sunday 15 March")
    await clinic.says(ito, "/deputy")
    await clinic.taps(ito, "End it now")
    assert newest(ito).startswith("Shall it end now?")
    await clinic.taps(ito, "Yes, end it")
    assert newest(ada) == "Dr Ito is back, so Dr Roy does not see your diary any more."
    assert "You no longer stand in for Dr Ito." in newest(roy)
    assert not await sees(clinic, roy)
    await clinic.taps(ben, "Yes, until Sunday 15 March")
    assert "no longer open" in text_of(next(it for it in ben.heard if it["message_id"] == question))
    assert not await sees(clinic, roy, "Ben")
    heard = len(ada.heard)
    await clinic.sends(ito, "te:1")
    assert len(ada.heard) == heard
    # The same days after all: who had said yes was told that it is over, and is asked anew; the others were asked.
    await away(clinic, "From today", "2 weeks, until Sunday 15 March", "Yes, ask them")
    assert "1 patient is asked." in newest(ito)
    assert "Asked: 2. Yes: 0. No: 0. No answer yet: 2." in newest(ito)
    await clinic.taps(ada, "Yes, until Sunday 15 March")
    assert await sees(clinic, roy)
    await sound(clinic)


async def test_a_patient_stops_a_deputy_like_anyone_else(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await away(clinic, "From tomorrow", "1 week, until Monday 9 March", "Yes, ask them")
    await clinic.taps(ada, "Yes, until Monday 9 March")
    await clinic.says(ada, "/sharing")
    await clinic.taps(ada, "Stop sharing with Dr Roy")
    assert "Asked: 1. Yes: 0. No: 1. No answer yet: 0." in await clinic.says(ito, "/deputy"), "as it stands"
    await clinic.taps(ito, "End it now", "Yes, end it")
    heard = len(ada.heard)
    await away(clinic, "From tomorrow", "1 week, until Monday 9 March", "Yes, ask them")
    assert len(ada.heard) == heard, "a patient's own no is left in peace"
    clinic.clock.move_to(datetime(2026, 3, 4, 10, tzinfo=UTC))
    assert not await sees(clinic, roy)


async def test_a_deputy_for_two_stands_in_for_each_as_long_as_was_said(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    zed = await clinic.therapist(clinic.person(777, "Dr Zed"))
    await clinic.says(ada, "/sharing")
    await clinic.taps(ada, "Share with another therapist", "Dr Zed", "Yes, share it all")
    await away(clinic, "From tomorrow", "2 weeks, until Monday 16 March", "Yes, ask them")
    await clinic.taps(ada, "Yes, until Monday 16 March")
    await clinic.says(zed, "/deputy")
    await clinic.taps(zed, "Dr Roy", "From today", "1 week, until Sunday 8 March", "Yes, ask them")
    await clinic.taps(ada, "Yes, until Sunday 8 March")
    until = "Dr Roy, since Monday 2 March 2026, until Monday 16 March 2026"
    assert until in await clinic.says(ada, "/sharing")
    await clinic.says(zed, "/deputy")
    await clinic.taps(zed, "End it now", "Yes, end it")
    assert "Dr Roy, from Tuesday 3 March 2026 until Monday 16 March 2026" in await clinic.says(ada, "/sharing")
    assert not await sees(clinic, roy)
    # Dr Ito is not away yet.
    await clinic.says(ito, "/deputy")
    await clinic.taps(ito, "End it now", "Yes, end it")
    assert newest(ada) == "Dr Ito will be here after all, so Dr Roy does not see your diary."
    await sound(clinic)


async def test_who_leaves_while_away_leaves_the_deputy_to_the_day_that_was_said(clinic: Desk) -> None:
    ito, roy = clinic.ito, await with_roy(clinic)
    cleo = await clinic.enrol(clinic.cleo, roy, "Cleo")
    await clinic.says(roy, "/deputy")
    await clinic.taps(roy, "Dr Ito", "From today", "1 week, until Sunday 8 March", "Yes, ask them")
    await clinic.taps(cleo, "Yes, until Sunday 8 March")
    heard = len(cleo.heard)
    await clinic.says(roy, "/leave")
    await clinic.taps(roy, "Leave the clinic", "Yes, I leave now")
    assert len(cleo.heard) == heard + 1
    assert "Dr Ito sees it until Sunday 8 March." in newest(cleo)
    told = [text_of(message) for message in ito.heard[-2:]]
    assert told[0].endswith("What patients share with you for that time stays so until Sunday 8 March.")
    assert await sees(clinic, ito, "Cleo")
    await clinic.taps(cleo, "Dr Ito")
    assert "you stand in" not in await clinic.says(ito, "/patients"), "chosen for good"
    await sound(clinic)


async def test_what_was_asked_of_somebody_out_of_reach_is_asked_when_they_are_back(clinic: Desk) -> None:
    ito, roy = clinic.ito, await with_roy(clinic)
    cleo = await clinic.enrol(clinic.cleo, roy, "Cleo")
    cleo.block()
    await clinic.settle()
    await card(clinic, roy, "Cleo")
    await clinic.taps(roy, "Share with a colleague", "Dr Ito", "Yes, ask")
    assert newest(roy) == "I can't reach Cleo in Telegram now. I ask as soon as I can. You will read the answer here."
    await clinic.says(ito, "/therapists")
    await clinic.taps(ito, "Remove Dr Roy", "Yes, remove Dr Roy")
    clinic.sent.clear()
    clinic.clock.move_to(clinic.now + timedelta(days=3))
    heard = len(cleo.heard)
    cleo.unblock()
    await clinic.says(cleo, "hello")
    asked = [text_of(message) for message in cleo.heard[heard:] if "Dr Ito" in cleo.labels(message["message_id"])]
    assert [text.startswith("Dr Roy has left Riverside and does not see your diary") for text in asked] == [True]
    assert "would like" not in "".join(map(text_of, cleo.heard[heard:])), "that question is over"


async def test_an_invitation_of_another_therapist_asks_for_a_yes_to_them(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await clinic.says(roy, "/invite Ada")
    link = link_in(roy.last)
    said = await clinic.opens(ada, roy)
    assert said.startswith("You already keep a diary here. Shall Dr Roy see it, too?")
    assert "your whole diary" in said
    await clinic.taps(ada, "Yes, share it all")
    assert await sees(clinic, roy)
    ada.open_link(link)
    await clinic.settle()
    assert newest(ada).startswith("You already keep a diary here, so you do not need this link.")
    # Dr Roy keeps a diary himself: nobody asks him to share it with himself.
    await clinic.enrol(roy, ito, "R")
    await clinic.says(roy, "/sharing")
    assert labels(roy) == ["Stop sharing with Dr Ito"]
    await card(clinic, ito, "R")
    await clinic.taps(ito, "Hand over", "Dr Roy", "Yes, ask")
    assert newest(ito) == "Dr Roy sees the diary of R already."
    # After a stop an invitation asks everything anew, for the whole diary; whoever saw it hears that they no longer do.
    await clinic.says(ada, "/stop")
    await clinic.says(roy, "/invite Ada again")
    await clinic.opens(ada, roy)
    assert newest(ito) == "Ada L no longer shares the diary with you."
    await clinic.taps(ada, "Yes, store my answers")
    assert "That is your whole diary: each answer and note, old ones too." in newest(ada)


# --- a hand-over --------------------------------------------------------------------------------------------------


async def test_a_hand_over_moves_the_diary_with_each_patients_yes(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    ben = await clinic.enrol(clinic.ben, ito, "Ben")
    await clinic.says(ito, "/handover")
    await clinic.taps(ito, "All 2 patients", "Dr Roy")
    assert "Shall I ask 2 patients whether Dr Roy may take over?" in newest(ito)
    assert "I have asked 2 patients." in await clinic.taps(ito, "Yes, ask")
    assert await sees(clinic, ito)
    assert "With a no, all stays as it is." in newest(ada)
    said = await clinic.taps(ada, "Yes, Dr Roy from now on")
    assert "Dr Roy sees your whole diary from now on, and Dr Ito no longer does." in said
    assert newest(ito) == "Ada L said yes. Dr Roy sees the diary from now on, and you no longer do."
    assert "Dr Ito has handed Ada L over to you, with Ada L's yes." in newest(roy)
    await clinic.taps(ben, "No, leave it as it is")
    assert newest(ito) == "The diary of Ben was not shared with Dr Roy. All stays as it is."
    assert not await sees(clinic, ito)
    assert await sees(clinic, ito, "Ben")
    assert await sees(clinic, roy)
    assert not await sees(clinic, roy, "Ben")
    await sound(clinic)


# --- leaving ------------------------------------------------------------------------------------------------------


async def test_whoever_leaves_sees_nothing_more_and_patients_choose_who_does(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    cleo = await clinic.enrol(clinic.cleo, roy, "Cleo")
    await card(clinic, roy, "Cleo")
    old = roy.last["message_id"]
    await clinic.says(roy, "/invite Max")
    link = link_in(roy.last)
    await clinic.says(roy, "/leave")
    assert "Would you like to leave Riverside?" in newest(roy)
    await clinic.taps(roy, "Leave the clinic")
    assert "only a new invitation lets you in again" in newest(roy)
    await clinic.taps(roy, "Yes, I leave now")
    assert "You have left Riverside." in newest(roy)
    assert newest(ito) == "Dr Roy has left the clinic. 1 patient was told."
    for command in ("/patients", "/digest", "/session", "/invite Noor", "/export", "/deputy", "/leave"):
        assert "Cleo" not in await clinic.says(roy, command)
    assert "the name that patients read" in await clinic.says(roy, "/privacy"), "what is kept is not denied"
    heard, toasts = len(roy.heard), len(roy.toasts)
    for tap in ("pc:2", "pn:2", "tl:1"):
        await clinic.sends(roy, tap, old)
    assert (len(roy.heard), len(roy.toasts)) == (heard, toasts + 3)
    clinic.max.open_link(link)
    await clinic.settle()
    assert "This invitation has expired." in newest(clinic.max)
    assert "Dr Roy has left Riverside and does not see your diary any more." in newest(cleo)
    assert labels(cleo) == ["Dr Ito", "Nobody for now"]
    question = cleo.last["message_id"]
    assert not await sees(clinic, ito, "Cleo")
    assert "Dr Ito sees your whole diary from now on." in await clinic.taps(cleo, "Dr Ito")
    assert "Cleo, who was with Dr Roy, shares the diary with you." in newest(ito)
    assert await sees(clinic, ito, "Cleo")
    await clinic.sends(cleo, "tp:1:", question)
    assert "no longer open" in newest(cleo)
    assert await sees(clinic, ito, "Cleo")
    assert "Roy" not in await clinic.says(ada, "/sharing")
    clinic.clock.move_to(NEXT_TUESDAY)
    heard = len(roy.heard)
    await clinic.tick()
    assert len(roy.heard) == heard, "no summary any more"
    await clinic.says(ito, "/invite_therapist")
    assert "You are enrolled as a therapist." in await clinic.opens(roy, ito)
    assert not await sees(clinic, roy, "Cleo"), "nothing comes back by that"
    await sound(clinic)


async def test_an_admin_removes_a_therapist_and_sees_no_diary(clinic: Desk) -> None:
    ito, roy = clinic.ito, await with_roy(clinic)
    cleo = await clinic.enrol(clinic.cleo, roy, "Cleo")
    said = await clinic.says(ito, "/therapists")
    assert "Dr Ito, since Monday 2 March 2026: 1 patient" in said
    assert "Dr Roy, since Monday 2 March 2026: 1 patient" in said
    await clinic.taps(ito, "Remove Dr Roy")
    assert "1 patient is told and asked who shall see the diary now." in newest(ito)
    assert "Dr Roy was removed. 1 patient is told." in await clinic.taps(ito, "Yes, remove Dr Roy")
    assert "You are no longer a therapist at Riverside here." in newest(roy)
    assert [entry["command"] for entry in roy.commands] == ["start", "urgent", "privacy", "help"]
    assert "All right, nobody new sees your diary." in await clinic.taps(cleo, "Nobody for now")
    assert "Only you see it." in await clinic.says(cleo, "/sharing")
    heard = len(roy.heard) + len(cleo.heard)
    await clinic.sends(ito, "tr:2:1")
    assert "There is no such therapist at the clinic any more." in newest(ito)
    assert len(roy.heard) + len(cleo.heard) == heard
    for person in (roy, cleo):
        for command in ("/therapists", "/status"):
            assert "Dr Ito" not in await clinic.says(person, command)
        await clinic.sends(person, "tr:1:1")
    assert await sees(clinic, ito)


async def test_status_is_numbers_and_nobodys_name(clinic: Desk) -> None:
    await clinic.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await clinic.says(clinic.ada, "4 3 5")
    await clinic.says(clinic.ada, "a secret note")
    said = await clinic.says(clinic.ito, "/status")
    lines = said.splitlines()
    assert "Patients with an open diary: 1, of these on a break: 0" in lines
    assert "Answered today: 1 of 1 asked so far" in lines
    assert "Therapists: 1" in lines
    assert "Daily backup: switched off" in lines
    assert not [word for word in ("Ada", "Ito", "secret", "burning") if word in said]
    assert "Only the clinic admin can do this." in await clinic.says(clinic.ada, "/status")


async def test_a_deputy_who_leaves_is_named_to_the_one_who_is_away(clinic: Desk) -> None:
    ada, ito, roy = clinic.ada, clinic.ito, await with_roy(clinic)
    await away(clinic, "From today", "1 week, until Sunday 8 March", "Yes, ask them")
    await clinic.taps(ada, "Yes, until Sunday 8 March")
    await clinic.says(roy, "/leave")
    await clinic.taps(roy, "Leave the clinic", "Yes, I leave now")
    said = [text_of(message) for message in ito.heard[-2:]]
    assert "Dr Roy has left the clinic, so nobody stands in for you now. /deputy names someone else." in said
    assert said[1] == "Dr Roy has left the clinic. 1 patient was told."
    assert "Dr Roy has left Riverside and does not see your diary any more." in newest(ada)
    assert "Dr Ito still sees it." in newest(ada)
    assert "There is no other therapist" in await clinic.says(ito, "/deputy")


async def test_an_invitation_of_somebody_who_left_asks_for_no_yes_to_them(clinic: Desk) -> None:
    roy = await with_roy(clinic)
    await clinic.says(roy, "/invite Cleo")
    await clinic.opens(clinic.cleo, roy)
    await clinic.taps(clinic.cleo, "Yes, store my answers")
    question = clinic.cleo.last["message_id"]
    await clinic.says(roy, "/leave")
    await clinic.taps(roy, "Leave the clinic", "Yes, I leave now")
    heard = len(roy.heard)
    await clinic.sends(clinic.cleo, "en:share:yes", question)
    assert [text_of(it) for it in clinic.cleo.heard if "has left the clinic, so only you see" in text_of(it)]
    await clinic.sends(clinic.cleo, "en:zone:Asia/Kathmandu")
    await clinic.sends(clinic.cleo, "en:hour:2000")
    await clinic.sends(clinic.cleo, "en:start:later")
    assert len(roy.heard) == heard
    assert await clinic.rows("select count(*) from shares where patient_id = 2 and ended_at is null") == [(0,)]


# --- who saw what -------------------------------------------------------------------------------------------------


async def test_a_patient_reads_who_saw_what_in_plain_words(clinic: Desk) -> None:
    ada, ito = clinic.ada, clinic.ito
    assert "No therapist has looked at your diary yet." in await clinic.says(ada, "/who")
    clinic.clock.move_to(datetime(2026, 3, 2, 11, 12, tzinfo=UTC))
    await clinic.says(ito, "/patients")
    await clinic.taps(ito, "Ada L", "Notes")
    clinic.clock.move_to(datetime(2026, 3, 2, 12, 30, tzinfo=UTC))
    await card(clinic, ito)
    await clinic.taps(ito, "What is asked", "Add a symptom", "Numbness")
    await clinic.sends(ito, "ia:1:numbness:-:-")
    await clinic.says(ito, "/digest")
    said = await clinic.says(ada, "/who")
    lines = said.split("\n")
    assert lines[0] == "Who saw what"
    assert lines[2] == "Monday 2 March 2026"
    assert "12:30 Dr Ito looked at your chart and numbers. (2 times, this is the last)" in lines
    assert "11:12 Dr Ito read your notes." in lines
    assert "11:12 Dr Ito saw your line in the list of patients." in lines
    assert "12:30 Dr Ito changed what you are asked." in lines
    assert "12:30 Dr Ito got the week's summary with your numbers." in lines
    assert "Nobody can change this list." in said
    assert "people who keep a diary here" in await clinic.says(ito, "/who")


async def test_only_what_was_delivered_is_in_the_log_and_each_thing_once(clinic: Desk) -> None:
    ito = clinic.ito
    await clinic.says(ito, "/patients")
    await clinic.sends(ito, "pl:0")
    assert await clinic.rows("select count(*) from accesses where what = 'panel'") == [(2,)], "a page was turned"
    ito.send("/patients")
    ito.send("/digest")
    ito.block()
    await clinic.settle()
    assert await clinic.rows("select count(*) from accesses") == [(2,)]
    clinic.sent.clear()
