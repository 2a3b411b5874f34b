"""Invitations, the enrolment, roles, languages, and who is turned away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import chat
from bot.chat.messages import plain
from bot.chat.people import WORDING
from bot.chat.words import words
from bot.demo.person import Person
from tests.handlers.desk import MONDAY, Desk, desk_at
from tests.stage import ADA, ITO, link_in, newest, text_of


async def invited(desk: Desk, person: Person) -> Person:
    """Someone who has just opened an invitation of Dr Ito."""
    await desk.says(desk.ito, f"/invite {person.first_name}")
    await desk.opens(person, desk.ito)
    return person


def buttons(person: Person) -> list[str]:
    """The labels under the newest message of the bot."""
    return person.labels(person.last["message_id"])


def menu(person: Person) -> tuple[str, ...]:
    """What the command menu says."""
    return tuple(entry["description"] for entry in person.commands)


# --- roles ----------------------------------------------------------------------------------------------------


async def test_the_admin_of_the_settings_becomes_a_therapist_with_one_tap(desk: Desk) -> None:
    assert "You are the clinic admin of Riverside" in await desk.says(desk.ito, "/start")
    assert {entry["command"] for entry in desk.ito.commands} >= {"invite_therapist", "help"}
    said = await desk.taps(desk.ito, "I treat patients too")
    assert "Patients will read your name as Dr Ito" in said
    assert {entry["command"] for entry in desk.ito.commands} >= {"invite_therapist", "invite", "patients", "session"}
    await desk.sends(desk.ito, "bt", desk.ito.heard[0]["message_id"])
    assert await desk.rows("select count(*) from therapists") == [(1,)], "a second tap makes no second therapist"


async def test_an_account_without_a_name_can_do_all_that_others_can(desk: Desk) -> None:
    nobody = desk.person(ITO, "")
    await desk.therapist(nobody)
    assert await desk.rows("select name from therapists") == [(str(ITO),)]
    patient = await desk.enrol(desk.person(ADA, ""), nobody, "Ada L", now=True)
    assert await desk.taps(patient, "7")
    assert not desk.refused()


async def test_an_invited_therapist_chooses_the_name_that_patients_read(desk: Desk) -> None:
    said = await desk.says(desk.ito, "/invite_therapist Dr Roy")
    assert "Invitation for the therapist Dr Roy" in said
    assert "photo" in desk.ito.last
    assert "Patients will read your name as Dr Roy" in await desk.opens(desk.roy, desk.ito)
    await desk.taps(desk.roy, "Another name")
    assert "too long" in await desk.says(desk.roy, "x" * 41)
    assert "Patients read your name as Roy & Sons" in await desk.says(desk.roy, "Roy  & Sons")
    assert await desk.rows("select name from therapists") == [("Roy & Sons",)]
    await desk.therapist(desk.ito)
    # A yes is to one therapist by name, so each has another.
    await desk.says(desk.ito, "/invite_therapist róy & sons")
    assert "Patients will read your name as róy & sons 2" in await desk.opens(desk.max, desk.ito)
    await desk.taps(desk.max, "Another name")
    assert "Another therapist here is or was called dr ito." in await desk.says(desk.max, "dr ito")
    assert "Patients read your name as Dr Max" in await desk.says(desk.max, "Dr Max")
    await desk.says(desk.roy, "/invite Cleo")
    assert "Roy & Sons from Riverside invites you" in await desk.opens(desk.cleo, desk.roy)
    assert "Yes, show them to Roy & Sons" in (await desk.taps(desk.cleo, "Yes, store"), *buttons(desk.cleo))


async def test_each_right_comes_from_its_own_role(clinic: Desk) -> None:
    desk = clinic
    await desk.therapist(desk.roy)
    for command in ("/invite_therapist", "/invite_therapist Max"):
        assert "Only the clinic admin can do this." in await desk.says(desk.roy, command)
        assert "Only the clinic admin can do this." in await desk.says(desk.ada, command)
    for command in ("/invite Max", "/patients", "/digest", "/session"):
        assert "Only a therapist can do this." in await desk.says(desk.ada, command)
    for command in ("/today",):
        assert "This is for people who keep a diary here." in await desk.says(desk.roy, command)
    assert await desk.rows("select count(*) from invites where used_at is null") == [(0,)]


async def test_an_admin_alone_sees_no_patients(desk: Desk) -> None:
    await desk.says(desk.ito, "/start")
    for command in ("/patients", "/digest", "/session"):
        assert "Only a therapist can do this." in await desk.says(desk.ito, command)
    assert "This is for people who keep a diary here." in await desk.says(desk.ito, "/week")
    await desk.says(desk.ito, "/invite Ada")
    assert buttons(desk.ito) == ["I treat patients too"], "what is missing is one tap away"
    assert await desk.rows("select count(*) from invites") == [(0,)]


# --- invitations ----------------------------------------------------------------------------------------------


async def test_an_invitation_brings_a_link_a_picture_a_copy_button_and_its_end(clinic: Desk) -> None:
    desk = clinic
    said = await desk.says(desk.ito, "/invite  Ben  <3 & co")
    assert "Invitation for Ben <3 & co." in said
    assert "It works once, until Monday 9 March at 10:00." in said
    assert "photo" in desk.ito.last
    await desk.taps(desk.ito, "Copy the link")
    assert desk.ito.clipboard == link_in(desk.ito.last)
    code = link_in(desk.ito.last).rpartition("=")[2]
    assert len(code) >= 20
    assert code not in str(await desk.everything()), "the file alone lets nobody in"
    assert "Whom would you like to invite?" in await desk.says(desk.ito, "/invite")
    assert "too long" in await desk.says(desk.ito, "/invite " + "x" * 41)
    assert "Invitation for" in await desk.says(desk.ito, "/invite " + "x" * 40)


async def test_a_bad_link_says_which_way_and_what_to_do(clinic: Desk) -> None:
    desk = clinic
    said = await desk.says(desk.max, "/start no-such-code")
    assert "I do not know this invitation." in said
    assert "ask the person who invited you for a new one" in said

    await desk.says(desk.ito, "/invite Ben")
    link = link_in(desk.ito.last)
    desk.clock.move(timedelta(days=7, seconds=-1))
    await desk.opens(desk.ben, desk.ito)
    assert "invites you" in newest(desk.ben)
    for _ in range(2):
        desk.max.open_link(link)
        await desk.settle()
        assert "was already used" in newest(desk.max)
        assert "ask the person who invited you for a new link" in newest(desk.max)

    await desk.says(desk.ito, "/invite Cleo")
    desk.clock.move(timedelta(days=7))
    await desk.opens(desk.cleo, desk.ito)
    assert "has expired" in newest(desk.cleo)
    assert "ask the person who invited you for a new link" in newest(desk.cleo)
    assert await desk.rows("select count(*) from patients") == [(2,)]
    # Whoever has opened it in time goes on with it after it has expired.
    desk.ben.open_link(link)
    await desk.settle()
    assert "invites you" in newest(desk.ben)


async def test_a_link_that_is_not_needed_says_so_and_changes_nothing(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ito, "/invite Ada again")
    second = link_in(desk.ito.last)
    before = await desk.everything()
    desk.ada.open_link(second)
    await desk.settle()
    assert "You already keep a diary here" in newest(desk.ada)
    assert await desk.everything() == before
    await desk.says(desk.ito, "/invite_therapist")
    assert "You are already in." in await desk.opens(desk.ito, desk.ito)


async def test_the_first_admin_comes_by_a_one_time_link(tmp_path: Path) -> None:
    from bot.diary.people import Role
    from bot.storage.people import add_invite

    tomorrow = MONDAY + timedelta(days=1)
    async with desk_at(tmp_path, MONDAY, admin_ids=frozenset()) as desk:
        await desk.database.write(
            lambda tx: add_invite(
                tx, "first", Role.ADMIN, therapist_id=None, label=None, expires_at=tomorrow, now=MONDAY
            )
        )
        assert "I work by invitation" in await desk.says(desk.ito, "/invite_therapist")
        assert "You are the clinic admin of Riverside" in await desk.says(desk.ito, "/start first")
        assert "was already used" in await desk.says(desk.max, "/start first")
        assert "Invitation for a therapist" in await desk.says(desk.ito, "/invite_therapist")
        assert await desk.rows("select chat_id from admins") == [(desk.ito.id,)]


# --- the enrolment --------------------------------------------------------------------------------------------


async def test_an_enrolment_asks_for_two_yeses_and_keeps_wording_and_instant(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    said = newest(ben)
    assert "Dr Ito from Riverside invites you to keep a symptom diary." in said
    assert "burning, tingling and pain, from 0 to 10" in said
    assert "Every evening" in said
    assert buttons(ben) == ["Yes, store my answers", "No, thank you"]
    desk.clock.move(timedelta(minutes=1))
    said = await desk.taps(ben, "Yes, store my answers")
    assert "May Dr Ito see your answers and notes?" in said
    assert buttons(ben) == ["Yes, show them to Dr Ito", "No, only for me"]
    assert ben.labels(ben.heard[0]["message_id"]) == [], "an answered step has no buttons"
    assert await desk.rows("select count(*) from shares where label = 'Ben'") == [(0,)]
    desk.clock.move(timedelta(minutes=1))
    await desk.taps(ben, "Yes, show them")
    consents = await desk.rows(
        "select c.therapist_id, given, wording, language, said_at from consents c"
        " join patients p on p.id = c.patient_id where p.chat_id = :ben order by c.id",
        ben=ben.id,
    )
    assert consents == [
        (None, 1, WORDING, "en", "2026-03-02 10:01:00.000000"),
        (1, 1, WORDING, "en", "2026-03-02 10:02:00.000000"),
    ]
    assert await desk.rows("select label, ended_at from shares where label = 'Ben'") == [("Ben", None)]


async def test_before_the_first_question_stand_the_number_and_the_red_flags(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them", "Yes, it is 10:00")
    assert buttons(ben) == ["18:00", "19:00", "20:00", "21:00", "22:00", "It is not that time here"]
    said = await desk.taps(ben, "21:00")
    assert "nobody watches this chat around the clock" in said
    assert "In an emergency call 112" in said
    assert "new trouble with your bladder or bowel" in said
    assert buttons(ben) == ["Start now", "Tonight at 21:00"]
    await desk.taps(ben, "Tonight at 21:00")
    assert "I will ask you next: tonight at 21:00." in newest(ben)
    assert "Ben is enrolled and shares the diary with you." in newest(desk.ito)
    assert {entry["command"] for entry in ben.commands} >= {"today", "week", "urgent", "language", "help"}


async def test_start_now_asks_at_once_and_tomorrow_at_the_hour(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    await desk.taps(ben, "Yes, store my answers", "No, only for me", "Yes, it is", "20:00", "Start now")
    assert "Burning · Monday 2 March · 1 of 3" in newest(ben)
    assert "tomorrow at 20:00" in text_of(ben.heard[-2])
    await desk.taps(ben, "1", "2", "3")
    heard = len(ben.heard)
    await desk.until(datetime(2026, 3, 3, 4, tzinfo=UTC))
    assert len(ben.heard) == heard, "today is not asked twice"
    assert await desk.rows(
        "select day, intended_at, sent_at, answered_at from diary_days d join patients p on p.id = d.patient_id"
        " where p.chat_id = :ben",
        ben=ben.id,
    ) == [("2026-03-02", *["2026-03-02 10:00:00.000000"] * 3)]
    await desk.until(datetime(2026, 3, 3, 20, tzinfo=UTC))
    assert "Burning · Tuesday 3 March" in newest(ben)


async def test_every_step_survives_a_second_start_and_an_old_button(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    first_message = ben.last["message_id"]
    first_yes = ben.last["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    questions = []
    for answer in ("Yes, store my answers", "Yes, show them", "Yes, it is", "20:00", "Tonight"):
        question, labels = newest(ben), buttons(ben)
        questions.append(question)
        assert await desk.says(ben, "/start") == question
        assert await desk.says(ben, "/help") == question, "help in the middle of it is the open question"
        await desk.opens(ben, desk.ito)
        assert newest(ben) == question, "so does opening the link again"
        if len(questions) > 1:
            before = await desk.everything()
            await desk.sends(ben, first_yes, first_message)
            assert newest(ben) == question
            assert "no longer in use" in ben.toasts[-1].text
            assert await desk.everything() == before
        assert buttons(ben) == labels
        await desk.taps(ben, answer)
    assert len(set(questions)) == 5
    said = await desk.says(ben, "/start")
    assert "Your diary is open. I will ask you next: tonight at 20:00." in said.replace("\n", " ")
    before = await desk.everything()
    await desk.sends(ben, "en:start:now")
    assert await desk.everything() == before, "an enrolment ends once"


async def test_a_text_in_the_middle_of_the_two_yeses_asks_once_more_in_one_sentence(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    labels = buttons(ben)
    for typed in ("7", "yes please"):
        assert await desk.says(ben, typed) == "Please tap one first: may I store your answers?"
        assert buttons(ben) == labels
    assert await desk.rows("select count(*) from consents") == [(2,)], "only the two of Ada: a text is no yes"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Chicago", "America/Chicago"),
        ("kathmandu", "Asia/Kathmandu"),
        ("Nuuk, Greenland", "America/Nuuk"),
        ("Australia/Lord_Howe", "Australia/Lord_Howe"),
        ("Lisboa", "Europe/Lisbon"),
    ],
)
async def test_a_typed_city_is_understood(clinic: Desk, typed: str, zone: str) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them")
    await desk.says(ben, typed)
    if "Which one do you mean?" in newest(ben):
        await desk.sends(ben, f"en:zone:{zone}")
    assert "At what time shall I ask you?" in newest(ben)
    assert await desk.rows("select zone, stage from patients where chat_id = :ben", ben=ben.id) == [(zone, "hour")]


async def test_a_city_of_several_places_asks_which_and_an_unknown_one_asks_again(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them")
    assert "I do not know this place." in await desk.says(ben, "qqqqzzzz")
    assert "Which one do you mean?" in await desk.says(ben, "Springfield")
    assert len(buttons(ben)) > 1
    await desk.sends(ben, "en:zone:Mars/Olympus")
    assert "I do not know this place." in newest(ben)
    await desk.says(ben, "Springfield")
    await desk.taps(ben, next(label for label in buttons(ben) if "Missouri" in label))
    assert await desk.rows("select zone, stage from patients where chat_id = :ben", ben=ben.id) == [
        ("America/Chicago", "hour")
    ]


async def test_a_sent_location_is_understood(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    ben.send_location(64.18, -51.72)
    await desk.settle()
    assert await desk.rows("select zone from patients where chat_id = :ben", ben=ben.id) == [("Europe/Lisbon",)]
    await desk.taps(ben, "Yes, store my answers", "Yes, show them")
    ben.send_location(64.18, -51.72)
    await desk.settle()
    assert "Good, it is 08:00 where you are." in newest(ben)
    assert await desk.rows("select zone, stage from patients where chat_id = :ben", ben=ben.id) == [
        ("America/Nuuk", "hour")
    ]


@pytest.mark.parametrize(
    ("typed", "hour"),
    [("21:30", "21:30"), ("9 pm", "21:00"), ("half past seven", None), ("8", None), ("tea time", ""), ("25:00", "")],
)
async def test_a_typed_hour_is_understood_or_asked_about(clinic: Desk, typed: str, hour: str | None) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them", "Yes, it is")
    await desk.says(ben, typed)
    if hour is None:
        assert "In the morning or in the evening?" in newest(ben)
        hour = buttons(ben)[0]
        await desk.taps(ben, hour)
    if hour:
        assert buttons(ben) == ["Start now", f"Tonight at {hour}"]
    else:
        assert "I did not understand this time." in newest(ben)
        assert await desk.rows("select stage from patients where chat_id = :ben", ben=ben.id) == [("hour",)]


async def test_a_diary_that_is_not_shared_is_nobody_elses(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.enrol(ben, desk.ito, "Ben B", share=False)
    assert "Ben B is enrolled, but does not share the diary with you." in newest(desk.ito)
    await desk.says(ben, "4 3 5")
    for command in ("/patients", "/digest", "/session"):
        said = await desk.says(desk.ito, command)
        assert "Ben B" not in said
        assert not any("Ben B" in label for label in buttons(desk.ito))
    (patient_id,) = (await desk.rows("select id from patients where chat_id = :ben", ben=ben.id))[0]
    heard = len(desk.ito.heard)
    for data in (f"pc:{patient_id}", f"pn:{patient_id}", f"se:{patient_id}::::"):
        await desk.sends(desk.ito, data)
        assert "no longer in use" in desk.ito.toasts[-1].text
    assert len(desk.ito.heard) == heard
    said = await desk.says(ben, "a note of my own")
    assert "Only you can read it." in said
    assert await desk.rows(
        "select c.given, c.therapist_id from consents c join patients p on p.id = c.patient_id"
        " where p.chat_id = :ben order by c.id",
        ben=ben.id,
    ) == [(1, None), (0, 1)]


async def test_who_declines_may_come_back(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await invited(desk, ben)
    link = link_in(desk.ito.last)
    old_yes = ben.last["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert "nothing is stored" in await desk.taps(ben, "No, thank you")
    assert buttons(ben) == ["Start"]
    before = await desk.everything()
    for data in (old_yes, "en:declined:now", "en:active:now", "en:start:now"):
        await desk.sends(ben, data)
    assert await desk.everything() == before, "an old button, or a made-up one, is no yes"
    assert "send /start" in await desk.says(ben, "hello?")
    assert "May I store your answers?" in await desk.says(ben, "/start")
    await desk.taps(ben, "No, thank you")
    ben.open_link(link)
    await desk.settle()
    assert "May I store your answers?" in newest(ben)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them", "Yes, it is", "20:00", "Tonight")
    assert "Your diary is open." in newest(ben)
    assert [
        given
        for (given,) in await desk.rows(
            "select given from consents c join patients p on p.id = c.patient_id where p.chat_id = :ben order by c.id",
            ben=ben.id,
        )
    ] == [0, 0, 1, 1]


async def test_a_second_therapists_link_in_the_middle_asks_the_yeses_anew(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.therapist(desk.roy)
    await invited(desk, ben)
    await desk.taps(ben, "Yes, store my answers")
    await desk.says(desk.roy, "/invite B")
    await desk.opens(ben, desk.roy)
    assert "Dr Roy from Riverside invites you" in newest(ben)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them to Dr Roy", "Yes, it is", "20:00", "Tonight")
    assert "B is enrolled and shares the diary with you." in newest(desk.roy)
    assert await desk.rows("select label from shares order by label") == [("Ada L",), ("B",)]


# --- groups, blocking, languages, the rest ---------------------------------------------------------------------


async def test_a_group_is_left_politely_and_leaves_no_trace(clinic: Desk) -> None:
    desk = clinic
    before = await desk.everything()
    desk.telegram.group_add(-500, desk.ada, "Family")
    await desk.settle()
    (goodbye,) = [m for m in desk.telegram.chat_messages(-500) if m["from"]["is_bot"]]
    assert "I only talk in private chats. I am leaving this group now." in text_of(goodbye)
    assert [sent.method for sent in desk.sent][-1] == "leaveChat"
    sent = len(desk.sent)
    for command in ("/today", "/start", "/week", "/language"):
        desk.telegram.group_send(-500, desk.ada, command)
    await desk.settle()
    assert len(desk.sent) == sent, "what is said there is not heard"
    for data in ("la:es", "wk:own", "go:20260302", "pc:1", "bt"):
        desk.ito.tap(goodbye["message_id"], data, chat_id=-500)
    await desk.settle()
    assert {sent.method for sent in desk.sent[sent:]} <= {"answerCallbackQuery"}
    assert await desk.everything() == before


async def test_who_blocked_the_bot_is_not_asked_and_who_returns_is(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    ada.block()
    await desk.settle()
    await desk.until(datetime(2026, 3, 4, 4, tzinfo=UTC))
    assert await desk.rows("select day, sent_at, not_asked from diary_days") == [
        ("2026-03-02", None, "blocked"),
        ("2026-03-03", None, "blocked"),
    ]
    assert not desk.sent, "nothing is even tried"
    ada.unblock()
    assert "Your diary is open." in await desk.says(ada, "/start")
    await desk.until(datetime(2026, 3, 4, 20, tzinfo=UTC))
    assert "Burning · Wednesday 4 March" in newest(ada)
    assert await desk.rows("select reach from accounts where chat_id = :ada", ada=ada.id) == [("ok",)]


async def test_a_block_that_only_the_prompt_finds_out_is_written_down(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    ada.delete_account()
    await desk.until(datetime(2026, 3, 4, 4, tzinfo=UTC))
    assert [sent.method for sent in desk.refused()] == ["sendMessage"], "one try, then no more"
    desk.sent.clear()
    assert await desk.rows("select day, sent_at, not_asked from diary_days") == [
        ("2026-03-02", None, "gone"),
        ("2026-03-03", None, "gone"),
    ]


async def test_the_language_is_telegrams_until_another_is_chosen(desk: Desk) -> None:
    await desk.therapist(desk.ito)
    ana = desk.person(301, "Ana", "es-MX")
    await invited(desk, ana)
    assert await desk.rows("select language from accounts where chat_id = 301") == [("es",)]
    await desk.says(ana, "/language")
    assert await desk.taps(ana, "English") == newest(ana)
    assert "May I store your answers?" in newest(ana), "the open step comes again in the new language"
    await desk.taps(ana, "Yes, store my answers", "Yes, show them", "Yes, it is", "20:00", "Tonight")
    assert menu(ana)[0] == "Answer or correct today"
    await desk.says(ana, "/language")
    await desk.taps(ana, "Español")
    spanish = words("es")
    assert newest(ana) == spanish("Good, I speak English now.")
    assert menu(ana)[0] == spanish("Answer or correct today")
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    assert "lunes 2 de marzo" in newest(ana)
    assert await desk.rows("select distinct language from consents") == [("en",)], "as it was read"


@pytest.mark.parametrize(("code", "language"), [("pt-br", "en"), (None, "en"), ("es", "es"), ("ES-ar", "es")])
async def test_a_stranger_is_greeted_in_the_nearest_language(desk: Desk, code: str | None, language: str) -> None:
    stranger = desk.person(302, "Quim", code)
    said = await desk.says(stranger, "/start")
    assert said == plain(chat.people.stranger("Riverside", words(language)).text)


async def test_urgent_brings_the_card_with_the_number_of_the_place(clinic: Desk) -> None:
    desk = clinic
    assert "Call 112 now if you have:" in await desk.says(desk.ada, "/urgent")
    assert "not watched around the clock" in newest(desk.ada)
    await desk.enrol(desk.ben, desk.ito, place="Chicago")
    assert "Call the local emergency number now" in await desk.says(desk.ben, "/urgent")
    assert "When to get help" in await desk.says(desk.max, "/urgent"), "help is for anyone"


async def test_the_clinics_own_card_is_shown(tmp_path: Path) -> None:
    (tmp_path / "urgent.en.txt").write_text("Ring {emergency_number} & <wait>.", encoding="utf-8")
    async with desk_at(tmp_path, MONDAY, cards_dir=tmp_path, emergency_number="911") as desk:
        assert await desk.says(desk.ada, "/urgent") == "Ring 911 & <wait>."
        assert not desk.refused()


async def test_an_edit_is_said_not_to_be_seen(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    mine = ada.send("/help")
    await desk.settle()
    ada.edit(mine["message_id"], "7")
    await desk.settle()
    assert newest(ada) == "7 for Monday 2 March: what is it for?", "a change of what was no text is read as new"


async def test_an_ordinary_word_is_no_city_and_a_wrong_place_can_be_taken_back(clinic: Desk) -> None:
    desk, lea = clinic, clinic.person(151, "Lea")
    await desk.says(desk.ito, "/invite Lea")
    await desk.opens(lea, desk.ito)
    await desk.taps(lea, "Yes, store my answers", "Yes, show them")
    zone = "select zone from patients where chat_id = 151"
    for said in ("no", "11", "corect"):
        await desk.says(lea, said)
        assert await desk.rows(zone) == [("Europe/Lisbon",)], f"{said!r} moves nobody to another country"
    assert "At what time shall I ask you?" in await desk.says(lea, "Chicago")
    assert await desk.rows(zone) == [("America/Chicago",)]
    assert "as in Chicago" in await desk.taps(lea, "It is not that time here")
    assert "At what time shall I ask you?" in await desk.says(lea, "Lisbon")
    assert await desk.rows(zone) == [("Europe/Lisbon",)]


async def test_a_typed_yes_is_a_yes_to_the_proposed_place(clinic: Desk) -> None:
    desk, lea = clinic, clinic.person(151, "Lea")
    await desk.says(desk.ito, "/invite Lea")
    await desk.opens(lea, desk.ito)
    await desk.taps(lea, "Yes, store my answers", "Yes, show them")
    assert "At what time shall I ask you?" in await desk.says(lea, "Yes.")
    assert await desk.rows("select zone from patients where chat_id = 151") == [("Europe/Lisbon",)]
