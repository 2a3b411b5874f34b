"""Whatever someone sends that is no answer and no note: a short answer that fits, with a way on, and nothing kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.demo.person import Person
from bot.handlers import COMMANDS
from tests.handlers.desk import Desk
from tests.stage import newest

FILE: Any = {"file_id": "f", "file_unique_id": "u"}
THINGS: dict[str, tuple[dict[str, Any], str]] = {
    "voice": ({"voice": {**FILE, "duration": 3}}, "I can't listen"),
    "audio": ({"audio": {**FILE, "duration": 3}}, "I can't listen"),
    "video": ({"video": {**FILE, "width": 1, "height": 1, "duration": 3}}, "I can't watch videos"),
    "video note": ({"video_note": {**FILE, "length": 1, "duration": 3}}, "I can't watch videos"),
    "animation": (
        {"animation": {**FILE, "width": 1, "height": 1, "duration": 3}, "document": FILE},
        "I can't watch videos",
    ),
    "document": ({"document": FILE}, "I can't open files"),
    "sticker": (
        {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
        "Stickers are not kept",
    ),
    "contact": ({"contact": {"phone_number": "1", "first_name": "Eve"}}, "I need no contacts"),
    "poll": (
        {"poll": {"id": "1", "question": "?", "options": [], "as of": "a version to come"}},
        "I can't vote",
    ),
    "place": ({"location": {"latitude": 41.9, "longitude": -87.6}}, "nothing of this place is kept"),
    "place that moves": (
        {"location": {"latitude": 41.9, "longitude": -87.6, "live_period": 900}},
        "nothing of this place is kept",
    ),
    "venue": (
        {
            "venue": {"location": {"latitude": 1.0, "longitude": 2.0}, "title": "Park", "address": "1 Road"},
            "location": {"latitude": 1.0, "longitude": 2.0},
        },
        "nothing of this place is kept",
    ),
    "dice": ({"dice": {"emoji": "🎲", "value": 4}}, "A throw of the dice is no answer"),
    "game": ({"game": {"title": "G", "description": "g", "photo": []}}, "I play no games"),
    "story": ({"story": {"chat": {"id": 5, "type": "private"}, "id": 1}}, "I can't read this kind of message"),
    "what is not known yet": ({"hologram": {"depth": 3}}, "I can't read this kind of message"),
    "forwarded": (
        {
            "text": "7",
            "forward_origin": {
                "type": "user",
                "date": 1,
                "sender_user": {"id": 99, "is_bot": False, "first_name": "Eve"},
            },
        },
        "This was written by someone else",
    ),
    "forwarded by someone hidden": (
        {"text": "7", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Eve"}},
        "This was written by someone else",
    ),
    "by way of another bot": (
        {"text": "7", "via_bot": {"id": 98, "is_bot": True, "first_name": "Gif"}},
        "This was made by another bot",
    ),
}
SERVICE: dict[str, dict[str, Any]] = {
    "pin": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 101, "type": "private"}}},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
    "background": {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🌷"}}},
    "permission": {"write_access_allowed": {}},
}


def buttons(person: Person) -> list[str]:
    return person.labels(person.last["message_id"])


async def sends(desk: Desk, person: Person, body: dict[str, Any]) -> str:
    person.send_other(body)
    await desk.settle()
    return newest(person)


# --- help ---------------------------------------------------------------------------------------------------------


async def test_the_help_of_a_patient_follows_the_evening(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    said = await desk.says(ada, "/help")
    assert said.startswith("I will ask you next: tonight at 20:00.")
    assert "/today: Answer or correct today." in said
    assert buttons(ada) == ["Show today", "More"]
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    assert (await desk.says(ada, "/help")).startswith("Today's question is open.")
    assert buttons(ada) == ["Answer today", "More"]
    await desk.says(ada, "burning 4")
    assert (await desk.says(ada, "/help")).startswith("Today is half done.")
    await desk.until(datetime(2026, 3, 3, 9, tzinfo=UTC))
    said = await desk.says(ada, "/help")
    assert said.startswith("I will ask you next: tonight at 20:00.\nYesterday is open until noon.")
    assert buttons(ada) == ["Fill in yesterday", "Show today", "More"]
    assert "Tingling · Monday 2 March" in await desk.taps(ada, "Fill in yesterday")
    await desk.taps(ada, "3", "5")
    assert await desk.scores(ada) == [
        ("2026-03-02", "burning", 4),
        ("2026-03-02", "tingling", 3),
        ("2026-03-02", "pain", 5),
    ]
    assert "Yesterday" not in await desk.says(ada, "/help")
    await desk.says(ada, "1 2 3")
    assert (await desk.says(ada, "/help")).startswith("Today is done. The next question: tomorrow at 20:00.")


async def test_what_was_declined_or_is_over_is_not_offered_again(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await desk.taps(ada, "Not today")
    assert (await desk.says(ada, "/help")).startswith("Today is done.")
    await desk.until(datetime(2026, 3, 3, 9, tzinfo=UTC))
    await desk.says(ada, "/help")
    assert "Fill in yesterday" not in buttons(ada)
    await desk.until(datetime(2026, 3, 4, 11, 59, tzinfo=UTC))
    await desk.says(ada, "/help")
    assert "Fill in yesterday" in buttons(ada)
    await desk.until(datetime(2026, 3, 4, 12, tzinfo=UTC))
    await desk.says(ada, "/help")
    assert "Fill in yesterday" not in buttons(ada)


async def test_the_seldom_things_are_one_tap_further_and_back(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    first = await desk.says(ada, "/help")
    said = await desk.taps(ada, "More")
    assert "/stop: Stop the diary." in said
    assert "/language: Another language." in said
    assert await desk.taps(ada, "Back") == first
    old = ada.last["message_id"]
    await desk.says(ada, "/stop")
    await desk.sends(ada, "hp:more", old)
    assert "no longer in use" in ada.toasts[-1].text


async def test_the_help_of_the_clinic_and_of_those_without_a_diary(clinic: Desk) -> None:
    desk = clinic
    said = await desk.says(desk.ito, "/help")
    assert "/invite NAME: Enrol a patient." in said
    assert "/invite_therapist NAME: Invite a therapist." in said
    assert "/today" not in said
    assert buttons(desk.ito) == ["My patients", "The week of all", "More"]
    await desk.therapist(desk.roy)
    await desk.says(desk.roy, "/help")
    assert buttons(desk.roy) == ["Invite a patient", "More"]
    assert "Whom would you like to invite?" in await desk.taps(desk.roy, "Invite a patient")
    assert "I work by invitation" in await desk.says(desk.max, "/help")
    await desk.says(desk.ada, "/stop")
    assert "Your diary is stopped." in await desk.says(desk.ada, "/help")
    assert buttons(desk.ada) == ["Start again"]


async def test_a_button_is_as_good_as_the_command_and_no_better(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ada, "/help")
    await desk.sends(desk.ada, "do:patients")
    assert newest(desk.ada) == "Only a therapist can do this. Ask your clinic for an invitation."
    heard = len(desk.ada.heard)
    for data in ("do:nothing", "do:", "do:start x", "do:TODAY"):
        await desk.sends(desk.ada, data)
        assert "no longer in use" in desk.ada.toasts[-1].text
    assert len(desk.ada.heard) == heard
    await desk.says(desk.max, "/start")
    before = await desk.everything()
    for name in COMMANDS:
        await desk.sends(desk.max, f"do:{name}")
        told = ("I work by invitation", "When to get help", "I keep nothing about you", "Nothing is stored about you")
        assert any(words in newest(desk.max) for words in told)
    assert await desk.everything() == before


async def test_whoever_pauses_is_offered_to_come_back(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until I come back")
    assert (await desk.says(ada, "/help")).startswith("You are on a break until you come back.")
    assert buttons(ada)[0] == "I'm back"
    assert await desk.says(ada, "/foo") == "I do not know this command."
    assert "Good to have you back." in await desk.taps(ada, "I'm back")
    await desk.says(ada, "/pause")
    await desk.taps(ada, "Until tomorrow")
    assert (await desk.says(ada, "/help")).startswith("You are on a break until Tuesday 3 March.")


async def test_who_moves_reads_the_clock_of_the_new_country_at_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    ada.send_location(41.9, -87.6)
    await desk.settle()
    await desk.taps(ada, "I live there")
    assert "8:00 pm" in newest(ada)
    assert "8:00 pm" in await desk.says(ada, "/help")


# --- menus --------------------------------------------------------------------------------------------------------


def menu(person: Person) -> list[str]:
    return [entry["command"] for entry in person.commands]


async def test_the_menu_follows_the_role_and_the_language(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/start")
    mine = menu(ada)
    assert mine[:2] == ["today", *[name for name in ("yesterday", "pause") if name in mine][:1]]
    assert {"week", "settings", "urgent", "language", "help"} <= set(mine)
    await desk.says(ada, "/language es")
    assert ada.commands[0]["description"] == "Responder o corregir hoy"
    await desk.says(ada, "/stop")
    assert menu(ada)[0] == "start"
    assert not {"today", "week", "settings"} & set(menu(ada))
    assert ada.commands[0]["description"] == "Empezar"
    await desk.sends(ada, "en:left:yes")
    assert menu(ada) == mine
    await desk.says(desk.ito, "/invite Ben")
    await desk.opens(desk.ben, desk.ito)
    assert {"start", "urgent", "stop", "language"} <= set(menu(desk.ben))
    await desk.taps(desk.ben, "No, thank you")
    assert "stop" not in menu(desk.ben)
    assert {"start", "urgent", "language"} <= set(menu(desk.ben))


async def test_a_stranger_gets_no_menu_of_their_own(desk: Desk) -> None:
    await desk.says(desk.max, "/start")
    await desk.says(desk.max, "/help")
    assert [sent.method for sent in desk.sent] == ["sendMessage", "sendMessage"]


# --- not understood -----------------------------------------------------------------------------------------------


async def test_an_unknown_command_gets_one_sentence_and_what_fits(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
    assert await desk.says(ada, "/foo") == "I do not know this command."
    assert buttons(ada) == ["Answer today", "My week", "Help"]
    assert "Burning · Monday 2 March" in await desk.taps(ada, "Answer today")
    assert await desk.says(ada, "/tody") == "I do not know this command."
    assert buttons(ada) == ["/today", "Answer today", "My week"]
    assert "Burning · Monday 2 March" in await desk.taps(ada, "/today")
    assert await desk.says(desk.ito, "/foo") == "I do not know this command."
    assert buttons(desk.ito) == ["My patients", "The week of all", "Help"]


async def test_a_text_that_nobody_waits_for_is_not_left_without_an_answer(clinic: Desk) -> None:
    desk = clinic
    before = await desk.everything()
    assert await desk.says(desk.ito, "hello") == "I did not understand that, and nobody else reads it."
    assert buttons(desk.ito) == ["My patients", "The week of all", "Help"]
    assert "/invite NAME: Enrol a patient." in await desk.taps(desk.ito, "Help")
    assert "by invitation" in await desk.says(desk.max, "hello")
    assert buttons(desk.max) == ["When to get help", "What is stored"]
    assert "When to get help" in await desk.taps(desk.max, "When to get help")
    assert await desk.everything() == before


async def test_scores_that_are_not_clear_can_be_tapped_or_kept_as_a_note(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert "The scale goes from 0 to 10." in await desk.says(ada, "burning 12")
    assert buttons(ada) == ["Use the buttons", "Write a note"]
    await desk.taps(ada, "Write a note")
    assert "Kept as a note for Monday 2 March." in await desk.says(ada, "burning 12")
    await desk.says(ada, "burning 12")
    assert "Burning · Monday 2 March" in await desk.taps(ada, "Use the buttons")


async def test_in_the_middle_of_the_enrolment_the_open_question_comes_in_one_sentence(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.says(desk.ito, "/invite Ben")
    await desk.opens(ben, desk.ito)
    for expected, labels, tap in (
        ("Please tap one first: may I store your answers?", ["Yes, store my answers", "No, thank you"], 0),
        ("Please tap one first: may Dr Ito see your answers and notes?", ["Yes, show them to Dr Ito", None], 0),
        ("Please tap one of these, or type your answer.", ["Yes, it is 10:00, as in Lisbon"], 0),
        ("Please tap one of these, or type your answer.", ["18:00", "19:00", "20:00"], 2),
        ("Please tap one first: shall we start now?", ["Start now", "Tonight at 20:00"], 1),
    ):
        for body in (
            {"text": "/foo", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]},
            THINGS["sticker"][0],
        ):
            assert await sends(desk, ben, body) == expected
            shown = buttons(ben)
            assert [label or shown[n] for n, label in enumerate(labels)] == shown[: len(labels)]
        await desk.taps(ben, buttons(ben)[tap])
    assert "Your diary is open." in newest(ben)


async def test_a_place_or_an_hour_that_is_not_known_leaves_the_buttons_at_hand(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.says(desk.ito, "/invite Ben")
    await desk.opens(ben, desk.ito)
    await desk.taps(ben, "Yes, store my answers", "Yes, show them")
    assert "I do not know this place." in await desk.says(ben, "Xyzzyville")
    assert buttons(ben) == ["Yes, it is 10:00, as in Lisbon"]
    await desk.says(ben, "Chicago")
    assert "I did not understand this time." in await desk.says(ben, "soon")
    assert buttons(ben)[2] == "8:00 pm", "as clocks are read in Chicago"
    await desk.taps(ben, "8:00 pm")
    assert buttons(ben) == ["Start now", "Tonight at 8:00 pm"]


# --- what can't be read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", THINGS)
async def test_each_thing_gets_a_fitting_answer_and_nothing_is_kept(clinic: Desk, name: str) -> None:
    desk = clinic
    body, expected = THINGS[name]
    before = await desk.everything()
    # Where a patient is may be a journey: tests/handlers/test_zones.py.
    for person in (desk.ito,) if "location" in body else (desk.ada, desk.ito):
        heard = len(person.heard)
        assert expected in await sends(desk, person, body)
        assert len(person.heard) == heard + 1
        assert 1 <= len(buttons(person)) <= 3
    assert "by invitation" in await sends(desk, desk.max, body)
    assert await desk.everything() == before


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize("name", SERVICE)
async def test_what_telegram_says_by_itself_gets_no_answer(clinic: Desk, name: str) -> None:
    desk = clinic
    for person in (desk.ada, desk.max):
        person.send_other(SERVICE[name])
    await desk.settle()
    assert desk.sent == []


async def test_a_picture_is_no_advice_and_leads_to_help(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    ada.send_photo()
    await desk.settle()
    assert newest(ada) == "I can't look at pictures, and this one is not kept. If a wound worries you, see /urgent."
    assert buttons(ada) == ["Write a note", "When to get help", "Show today"]
    assert "Call 112 now if you have:" in await desk.taps(ada, "When to get help")


async def test_the_words_under_a_picture_are_read_as_words(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    ada.send_photo(caption="4 3 5")
    await desk.settle()
    said = [message["text"] for message in ada.heard[-3:]]
    assert said[0].startswith("I read only the words that came with it. The rest is not kept.")
    assert "see /urgent" in said[0]
    assert said[1].startswith("Stored for Monday 2 March: Burning 4, Tingling 3 and Pain 5.")
    ada.send_photo(caption="my left foot after the walk")
    await desk.settle()
    assert "Kept as a note for Monday 2 March." in newest(ada)
    assert await desk.rows("select text from notes") == [("my left foot after the walk",)]
    ada.send_photo(caption="/week")
    await desk.settle()
    assert "picture" not in newest(ada)
    ada.send_photo(caption="/foo")
    await desk.settle()
    assert newest(ada) == "I do not know this command."
    assert await desk.rows("select count(*) from notes") == [(1,)], "a command is no note"
    for person in (desk.ito, desk.max):
        person.send_photo(caption="7")
        await desk.settle()
    assert newest(desk.ito).startswith("I can't look at pictures")
    assert await desk.rows("select count(*) from scores") == [(3,)]


async def test_awaited_words_may_come_with_a_picture(clinic: Desk) -> None:
    desk = clinic
    await desk.says(desk.ito, "/invite")
    desk.ito.send_photo(caption="Ben")
    await desk.settle()
    assert "Invitation for Ben." in newest(desk.ito)


async def test_an_album_gets_one_answer(clinic: Desk) -> None:
    desk = clinic
    photo = {"photo": [{**FILE, "width": 1, "height": 1}]}
    for person in (desk.ada, desk.ito, desk.max):
        heard = len(person.heard)
        for n in range(4):
            person.send_other({**photo, "media_group_id": "77"})
            if n == 1:
                await desk.settle()
        await desk.settle()
        assert len(person.heard) == heard + 1
        await sends(desk, person, {**photo, "media_group_id": "78"})
        assert len(person.heard) == heard + 2, "another album is another thing"
        await sends(desk, person, photo)
        await sends(desk, person, photo)
        assert len(person.heard) == heard + 4, "and so is each picture alone"


async def test_in_an_album_each_words_count_and_the_rest_is_named_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    photo = {"photo": [{**FILE, "width": 1, "height": 1}], "media_group_id": "77"}
    for body in ({**photo, "caption": "the left"}, photo, {**photo, "caption": "the right"}):
        await sends(desk, ada, body)
    assert await desk.rows("select text from notes order by id") == [("the left",), ("the right",)]
    assert len([m for m in ada.heard if "The rest is not kept." in m.get("text", "")]) == 1


async def test_ones_own_words_passed_on_are_ones_own(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    mine = {"type": "user", "date": 1, "sender_user": ada.user}
    assert "Kept as a note" in await sends(desk, ada, {"text": "from my own list", "forward_origin": mine})


async def test_a_place_that_moves_is_answered_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    sent = ada.send_other({"location": {"latitude": 41.9, "longitude": -87.6, "live_period": 900}})
    await desk.settle()
    heard = len(ada.heard)
    for n in range(3):
        moved = {**sent, "edit_date": n + 1, "location": {"latitude": 42.0 + n, "longitude": -87.6, "live_period": 900}}
        desk.telegram.receive("edited_message", moved)
    await desk.settle()
    assert len(ada.heard) == heard


async def test_a_strangers_edit_is_answered_like_any_word_of_theirs(clinic: Desk) -> None:
    desk = clinic
    mine = desk.max.send("helo")
    await desk.settle()
    heard = len(desk.max.heard)
    desk.max.edit(mine["message_id"], "hello")
    await desk.settle()
    assert len(desk.max.heard) == heard + 1
    assert "by invitation" in newest(desk.max)
