"""What is asked: added, ended and ordered by the patient, or by the therapist while the share stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.person import Person
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

FULL = "There are 6 questions a day now"


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """An instant of 2026; Lisbon is on UTC until the 29th of March."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Desk]:
    """Monday, 20:00: Ada was just asked for the first time."""
    async with clinic_at(tmp_path) as desk:
        await desk.until(at(2, 20))
        yield desk
        assert not desk.refused()


def asked(person: Person) -> list[str]:
    """The numbered lines of the newest list."""
    return [line.partition(". ")[2] for line in newest(person).splitlines() if line[:1].isdigit()]


async def follow(desk: Desk, person: Person, *taps: str) -> str:
    """Add an item by taps: the symptom, its place, its side."""
    await desk.says(person, "/symptoms")
    return await desk.taps(person, "Add a symptom", *taps)


async def feet(desk: Desk, person: Person) -> None:
    """Burning is followed in both feet instead of as a whole."""
    await follow(desk, person, "Burning", "Foot", "Left")
    await follow(desk, person, "Burning", "Foot", "Right")
    await desk.says(person, "/symptoms")
    await desk.taps(person, "Burning", "Stop asking", "Yes, stop asking")


async def entered(desk: Desk, person: Person) -> list[tuple[str, str | None, str | None, int | None]]:
    """What counts for Monday, in the order asked."""
    rows = await desk.rows(
        "select i.id, i.position, i.symptom, i.site, i.side, s.value from scores s join items i on i.id = s.item_id"
        " join patients p on p.id = s.patient_id where p.chat_id = :chat and s.withdrawn_at is null"
        " and s.day = '2026-03-02' order by s.entered_at",
        chat=person.id,
    )
    newest_of = {row[0]: row[1:] for row in rows}
    return [row[1:] for row in sorted(newest_of.values())]  # type: ignore[misc]


# --- the whole way --------------------------------------------------------------------------------------------


async def test_a_knee_is_added_asked_shown_and_ended(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.says(ada, "/today")
    for day in range(2, 9):
        await desk.until(at(day, 20))
        await desk.says(ada, "6 5 4")
    assert "What is asked\n\n1. Burning\n2. Tingling\n3. Pain\n\n" in await desk.says(ada, "/symptoms")
    assert ada.labels(ada.last["message_id"]) == ["Burning", "Tingling", "Pain", "Add a symptom"]
    assert "Numbness: less feeling than usual" in await desk.taps(ada, "Add a symptom")
    assert "Pain: where is it?" in await desk.taps(ada, "Pain")
    assert "Pain (knee): which side?" in await desk.taps(ada, "Knee")
    assert await desk.taps(ada, "Left") == (
        "What is asked\n\nI will ask about Pain (left knee) from tomorrow on, Monday 9 March."
    )
    await desk.taps(ada, "What is asked")
    assert asked(ada) == ["Burning", "Tingling", "Pain", "Pain (left knee), from Monday 9 March on"]

    for day in range(9, 23):
        await desk.until(at(day, 20))
        assert "Burning · " in newest(ada)
        assert "1 of 4" in newest(ada)
        await desk.taps(ada, "3", "2", "1")
        assert "Pain (left knee) · " in newest(ada)
        assert "4 of 4" in newest(ada)
        await desk.taps(ada, "8" if day < 16 else "5")
    await desk.until(at(23, 13))
    await desk.says(ada, "/week")
    week = "\n".join(text_of(message) for message in ada.heard[-2:])
    assert "Pain (left knee): average 5.0 from 7 days. Lower than last week (8.0 from 7 days)." in week
    assert "Compared with the first week (8.0 from 7 days): clearly better, 3.0 points lower (38%)." in week
    assert "Compared with the first week (6.0 from 7 days): much better, 3.0 points lower (50%)." in week
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    card = text_of(ito.last)
    assert "Pain (left knee) 5.0 from 7 days" in card

    await desk.until(at(23, 20))
    await desk.says(ada, "6 6 6 6")
    await desk.says(ada, "/symptoms")
    assert "Stop asking about Pain (left knee)?" in await desk.taps(ada, "Pain (left knee)", "Stop asking")
    assert await desk.taps(ada, "Yes, stop asking") == (
        "What is asked\n\nI will not ask about Pain (left knee) any more from tomorrow on, Tuesday 24 March.\n"
        "All that was entered for it stays in the diary."
    )
    await desk.taps(ada, "What is asked")
    assert asked(ada) == ["Burning", "Tingling", "Pain", "Pain (left knee), for the last time on Monday 23 March"]
    await desk.until(at(24, 20))
    assert "1 of 3" in newest(ada)
    await desk.taps(ito, "Ada L")
    assert text_of(ito.last) == card.replace("Last answer: 22 Mar.", "Last answer: 23 Mar.")


# --- from when on ---------------------------------------------------------------------------------------------


async def test_before_the_evening_it_is_asked_the_same_day(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/today")
    bubble = ada.last["message_id"]
    assert "from today on, Monday 2 March." in await follow(desk, ada, "Disturbed sleep")
    assert "1 of 4" in text_of(ada.chat.messages[bubble]), "what is on the screen says so too"
    await desk.until(at(2, 20))
    await desk.taps(ada, "1", "2", "3")
    assert newest(ada).splitlines() == [
        "Disturbed sleep · Monday 2 March · 4 of 4",
        "How much did your symptoms disturb your sleep in the past 24 hours?",
        "trouble falling asleep, or waking up, because of your symptoms",
        "0 = not at all, 10 = worst possible",
    ]


async def test_an_evening_that_was_asked_stays_as_it_is(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    assert "from tomorrow on, Tuesday 3 March." in await follow(desk, ada, "Numbness", "No place")
    assert "1 of 3" in text_of(ada.chat.messages[bubble])
    await desk.says(ada, "4 3 5")
    assert "Thank you." in text_of(ada.chat.messages[bubble])
    await desk.until(at(3, 20))
    assert "1 of 4" in newest(ada)


async def test_the_open_question_goes_when_it_is_ended(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    await desk.taps(ada, "4")
    await desk.says(ada, "/symptoms")
    await desk.taps(ada, "Tingling", "Stop asking")
    assert "I will not ask about Tingling any more.\n" in await desk.taps(ada, "Yes, stop asking")
    assert "Pain · Monday 2 March · 2 of 2" in text_of(ada.chat.messages[bubble])
    ada.tap_label("5", bubble)
    await desk.settle()
    assert text_of(ada.chat.messages[bubble]).splitlines()[1:] == ["Burning: 4", "Pain: 5"]


async def test_what_was_ended_goes_on_as_it_was(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.until(at(3, 20))
    await desk.says(ada, "4 3 5")
    await desk.says(ada, "/symptoms")
    await desk.taps(ada, "Tingling", "Stop asking", "Yes, stop asking")
    assert "I go on asking about Tingling." in await desk.taps(ada, "Ask it again"), "it had not ended yet"
    await desk.taps(ada, "What is asked", "Tingling", "Stop asking", "Yes, stop asking")
    await desk.until(at(9, 10))
    before = await desk.rows("select count(*) from items")
    said = await follow(desk, ada, "Tingling", "No place")
    assert said == (
        "What is asked\n\nI will ask about Tingling from today on, Monday 9 March.\n"
        "What was entered for it before is still there and goes on."
    )
    assert await desk.rows("select count(*) from items") == before
    assert await desk.rows("select rests from items where rests is not null") == [("2026-03-04/2026-03-09",)]
    await desk.until(at(9, 20))
    assert "1 of 3" in newest(ada)


# --- limits ---------------------------------------------------------------------------------------------------


async def test_a_seventh_is_kindly_refused(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    for place in ("Hip", "Knee", "Ankle"):
        await follow(desk, ada, "Pain", place, "Both")
    await desk.says(ada, "/symptoms")
    assert FULL in await desk.taps(ada, "Add a symptom")
    await desk.taps(ada, "What is asked")
    assert len(asked(ada)) == 6
    await desk.sends(ada, "ia::sleep::")
    assert FULL in newest(ada), "from an older screen as well"
    assert await desk.rows("select count(*) from items") == [(6,)]


async def test_the_last_one_stays(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/symptoms")
    await desk.taps(ada, "Burning", "Stop asking", "Yes, stop asking", "What is asked")
    await desk.taps(ada, "Tingling", "Stop asking", "Yes, stop asking", "What is asked")
    assert "This is the only question left" in await desk.taps(ada, "Pain", "Stop asking")
    await desk.sends(ada, "ix::3:1")
    assert await desk.rows("select count(*) from items where ended_day is null") == [(1,)]


async def test_the_same_is_not_asked_twice(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    assert "I will ask about Pain (left knee) from today on" in await follow(desk, ada, "Pain", "Knee", "Left")
    await follow(desk, ada, "Pain", "Another place")
    assert "I will ask about Pain (left knee) from today on" in await desk.says(ada, "Left KNEE")
    await desk.until(at(4, 10))
    assert "I ask about Pain (left knee) already." in await follow(desk, ada, "Pain", "Knee", "Left")
    assert "I ask about Pain already." in await follow(desk, ada, "Pain", "No place")
    assert await desk.rows("select count(*) from items") == [(4,)]


# --- odd taps -------------------------------------------------------------------------------------------------


async def test_double_taps_show_the_same_receipt(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await follow(desk, ada, "Pain", "Knee")
    for _ in range(2):
        ada.tap_label("Left", ada.last["message_id"])
    await desk.settle()
    assert "I will ask about Pain (left knee) from today on" in newest(ada)
    await desk.taps(ada, "What is asked", "Pain (left knee)")
    first = ada.last["message_id"]
    for _ in range(2):
        ada.tap_label("Move up", first)
    await desk.settle()
    assert "Pain (left knee) is question 3 of 4." in newest(ada)
    await desk.taps(ada, "Stop asking")
    for _ in range(2):
        ada.tap_label("Yes, stop asking", first)
    await desk.settle()
    assert "I will not ask about Pain (left knee) any more." in newest(ada)
    for _ in range(2):
        ada.tap_label("Ask it again", first)
    await desk.settle()
    assert "I will ask about Pain (left knee) from today on" in newest(ada)
    assert await desk.rows("select count(*) from items") == [(4,)]


@pytest.mark.parametrize(
    "data",
    [
        "ia::pain:4:-",
        "ia::pain:x'); drop table items; --:left",
        "ia::pain:FOOT:left",
        "ia::pain:-:left",
        "ia::pain:knee:up",
        "ip::sleep",
        "io::99",
        "im::99:0",
        "ix::99:1",
        "ig::99",
        "it:1",
        "it:99",
        "ia:1:pain:knee:left",
    ],
)
async def test_a_forged_tap_changes_nothing(clinic: Desk, data: str) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/symptoms")
    before = await desk.everything()
    await desk.sends(ada, data)
    assert await desk.everything() == before
    assert ada.toasts[-1].text == "This button is no longer in use."


async def test_an_item_of_someone_else_is_none_of_mine(clinic: Desk) -> None:
    desk, ben = clinic, clinic.ben
    await desk.enrol(ben, desk.ito, "Ben")
    before = await desk.rows("select * from items where patient_id = 1 order by id")
    for data in ("ix::1:1", "im::2:0", "io::1", "ig::1"):
        await desk.sends(ben, data)
    assert await desk.rows("select * from items where patient_id = 1 order by id") == before


async def test_whoever_keeps_no_diary_has_no_list(clinic: Desk) -> None:
    assert "This is for people who keep a diary here." in await clinic.says(clinic.ito, "/symptoms")
    assert "I work by invitation" in await clinic.says(clinic.max, "/symptoms")


# --- places in one's own words --------------------------------------------------------------------------------


async def test_another_place_is_typed(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await follow(desk, ada, "Burning", "Another place")
    assert "That is too long for me." in await desk.says(ada, "somewhere between knee and backside")
    assert "I did not understand this place." in await desk.says(ada, "left")
    assert "Burning (big toe): which side?" in await desk.says(ada, "Big toe".lower())
    assert "I will ask about Burning (big toe, right side) from today on" in await desk.taps(ada, "Right")
    await follow(desk, ada, "Pain", "Another place")
    assert "I will ask about Pain (left heel) from today on" in await desk.says(ada, "mi talón izquierdo")
    await follow(desk, ada, "Pain", "Another place")
    assert "I will ask about Pain (back) from today on" in await desk.says(ada, "my back")
    await desk.until(at(2, 20))
    assert "Stored for Monday 2 March: Burning (big toe, right side) 4." in await desk.says(ada, "big toe 4")


async def test_a_number_in_the_place_of_a_place_is_a_score(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await follow(desk, ada, "Pain", "Another place")
    await desk.says(ada, "4 3 5")
    assert [value for _, _, value in await desk.scores(ada)] == [4, 3, 5]
    assert await desk.rows("select expecting from accounts where chat_id = :chat", chat=ada.id) == [(None,)]


async def test_a_note_in_the_place_of_a_place_is_a_note(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await follow(desk, ada, "Pain", "Another place")
    assert "Kept as a note" in await desk.says(ada, "I slept badly and my back was stiff all morning")
    await follow(desk, ada, "Pain", "Another place")
    desk.clock.move(timedelta(minutes=61))
    assert "Kept as a note" in await desk.says(ada, "bad night"), "an hour is over"
    desk.clock.move_to(at(2, 19, 59))
    await follow(desk, ada, "Pain", "Another place")
    await desk.until(at(2, 20, 1))
    assert "Kept as a note" in await desk.says(ada, "bad night"), "the evening's question came between"
    assert await desk.rows("select count(*) from items") == [(3,)]


async def test_in_a_pause_the_first_question_is_put_off(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.rows(
        "insert into pauses (patient_id, first_day, until_day, begun_at)"
        " values (1, '2026-03-02', '2026-03-10', '2026-03-02 10:00:00.000000') returning 1"
    )
    assert "I will ask about Pain (left hip) from Tuesday 10 March on." in await follow(
        desk, ada, "Pain", "Hip", "Left"
    )
    await desk.rows("update pauses set until_day = null returning 1")
    await desk.says(ito, "/patients")
    await desk.sends(ito, "ia:1:pain:hip:right")
    assert "I will ask about Pain (right hip) when the pause is over." in newest(ito)
    assert newest(ada) == ("Dr Ito added a question for you: after your pause I will also ask about Pain (right hip).")


async def test_the_settings_lead_here(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await follow(desk, ada, "Burning", "Foot", "Left")
    await desk.says(ada, "/settings")
    assert "I ask about: Burning, Tingling, Pain and Burning (left foot)." in newest(ada)
    await desk.taps(ada, "What is asked")
    assert asked(ada) == ["Burning", "Tingling", "Pain", "Burning (left foot)"]


# --- the order ------------------------------------------------------------------------------------------------


async def test_the_order_of_the_list_is_that_of_the_questions(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    await desk.says(ada, "/symptoms")
    assert "Pain is question 3 of 3." in await desk.taps(ada, "Pain")
    await desk.taps(ada, "Move up", "Move up")
    assert "Pain is question 1 of 3." in newest(ada)
    assert ada.labels(ada.last["message_id"]) == ["Stop asking", "Back to the list"]
    assert "Pain · Monday 2 March · 1 of 3" in text_of(ada.chat.messages[bubble])
    await desk.says(ada, "7 1 2")
    assert await entered(desk, ada) == [
        ("pain", None, None, 7), ("burning", None, None, 1), ("tingling", None, None, 2),
    ]  # fmt: skip


async def test_scores_are_moved_to_the_other_day_whatever_became_of_the_order(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await follow(desk, ada, "Pain", "Knee", "Left")
    await desk.until(at(2, 20))
    await desk.until(at(3, 9))
    await desk.says(ada, "/today")
    typed = ada.send("burning 4, left knee 9", reply_to=ada.last["message_id"])
    await desk.settle()
    receipt = next(m for m in reversed(ada.heard) if "Stored for Tuesday" in text_of(m))
    assert typed["message_id"] < receipt["message_id"]
    await desk.says(ada, "/symptoms")
    await desk.taps(ada, "Pain (left knee)", "Move up", "Move up", "Move up")
    ada.tap_label("It was for Monday 2 March", receipt["message_id"])
    await desk.settle()
    moved = text_of(ada.chat.messages[receipt["message_id"]])
    assert moved == "Moved to Monday 2 March: Pain (left knee) 9 and Burning 4."
    assert await entered(desk, ada) == [("pain", "knee", "left", 9), ("burning", None, None, 4)]


async def test_what_was_not_asked_on_the_other_day_can_not_go_there(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.until(at(3, 9))
    await follow(desk, ada, "Pain", "Knee", "Left")
    await desk.says(ada, "/today")
    await desk.says(ada, "left knee 9", reply_to=ada.last["message_id"])
    receipt = next(m for m in reversed(ada.heard) if "Stored for Tuesday" in text_of(m))
    assert ada.labels(receipt["message_id"]) == []


# --- two feet, typed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("left foot 4", {("burning", "left"): 4}),
        ("pie izquierdo 4", {("burning", "left"): 4}),
        ("burning left 4 right 6", {("burning", "left"): 4, ("burning", "right"): 6}),
        ("Burning (left foot) 4, Burning (right foot) 6", {("burning", "left"): 4, ("burning", "right"): 6}),
        ("ardor pie derecho 6, dolor 2", {("burning", "right"): 6, ("pain", None): 2}),
        ("3 5 4 6", {("tingling", None): 3, ("pain", None): 5, ("burning", "left"): 4, ("burning", "right"): 6}),
    ],
)
async def test_feet_are_told_apart_in_what_is_typed(
    clinic: Desk, said: str, expected: dict[tuple[str, str | None], int]
) -> None:
    desk, ada = clinic, clinic.ada
    await feet(desk, ada)
    await desk.until(at(2, 20))
    await desk.says(ada, said)
    assert {(symptom, side): value for symptom, _, side, value in await entered(desk, ada)} == expected


async def test_a_name_that_fits_both_feet_asks_which(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await feet(desk, ada)
    await desk.until(at(2, 20))
    await desk.says(ada, "tingling 1, burning 4")
    assert "4 for Monday 2 March: what is it for?" in newest(ada)
    assert ada.labels(ada.last["message_id"]) == ["Burning (left foot)", "Burning (right foot)"]
    await desk.taps(ada, "Burning (right foot)")
    assert await entered(desk, ada) == [("tingling", None, None, 1), ("burning", "foot", "right", 4)]


async def test_the_foot_on_screen_is_the_one_that_a_bare_name_answers(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await feet(desk, ada)
    await desk.until(at(2, 20))
    await desk.taps(ada, "1", "2")
    await desk.says(ada, "burning 4")
    assert (await entered(desk, ada))[-1] == ("burning", "foot", "left", 4)


async def test_six_numbers_answer_six_questions(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    for taps in (("Burning", "Foot", "Left"), ("Burning", "Foot", "Right"), ("Disturbed sleep",)):
        await follow(desk, ada, *taps)
    await desk.until(at(2, 20))
    assert "I am not sure which number is for what." in await desk.says(ada, "4 3 5")
    example = newest(ada).rpartition(": ")[2]
    assert example == (
        "Burning 4, Tingling 3, Pain 5, Burning (left foot) 4, Burning (right foot) 3, Disturbed sleep 5"
    )
    await desk.says(ada, "1 2 3 4 5 6")
    assert [value for *_, value in await entered(desk, ada)] == [1, 2, 3, 4, 5, 6]
    await desk.says(ada, example)
    assert [value for *_, value in await entered(desk, ada)] == [4, 3, 5, 4, 3, 5]


# --- the therapist --------------------------------------------------------------------------------------------


async def test_a_therapist_adds_and_ends_and_the_patient_is_told(clinic: Desk) -> None:
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.says(ada, "/language es")
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    assert "What is asked: Ada L\n\n1. Burning\n" in await desk.taps(ito, "What is asked")
    heard = len(ada.heard)
    await desk.taps(ito, "Add a symptom", "Numbness", "Toes")
    for _ in range(2):
        ito.tap_label("Both", ito.last["message_id"])
    await desk.settle()
    assert newest(ito) == (
        "What is asked: Ada L\n\nI will ask about Numbness (toes, both sides) from Monday 2 March on.\n"
        "The patient is told."
    )
    assert [text_of(message) for message in ada.heard[heard:]] == [
        "Dr Ito añadió una pregunta para usted: desde el lunes 2 de marzo también le preguntaré por "
        "Entumecimiento (dedos del pie, ambos)."
    ]
    (told,) = (sent for sent in desk.sent if "añadió una pregunta" in str(sent.params.get("text")))
    assert told.params["disable_notification"], "it can wait until they look"
    await desk.taps(ada, "Qué se pregunta")
    assert len(asked(ada)) == 4
    heard = len(ada.heard)
    await desk.taps(ito, "What is asked", "Burning", "Stop asking", "Yes, stop asking")
    assert "any more from Monday 2 March on." in newest(ito)
    assert [text_of(message) for message in ada.heard[heard:]] == [
        "Dr Ito quitó una pregunta para usted: desde el lunes 2 de marzo ya no le preguntaré por Ardor."
    ]
    heard = len(ada.heard)
    await desk.taps(ito, "What is asked", "Pain", "Move up")
    await desk.taps(ito, "Back to the list", "Add a symptom", "Pain", "Another place")
    assert "I did not understand this place." in await desk.says(ito, "7")
    assert "Pain (jaw): which side?" in await desk.says(ito, "jaw")
    assert "I will ask about Pain (jaw) from Monday 2 March on." in await desk.taps(ito, "No side")
    assert len(ada.heard) == heard + 1, "the order alone is no news"


async def test_a_therapists_change_shows_in_the_bubble_of_the_patient(evening: Desk) -> None:
    desk, ada, ito = evening, evening.ada, evening.ito
    bubble = ada.last["message_id"]
    await desk.says(ito, "/patients")
    await desk.sends(ito, "ix:1:1:1")
    assert "Tingling · Monday 2 March · 1 of 2" in text_of(ada.chat.messages[bubble])
    assert not [message for message in ito.heard if "1 of 2" in text_of(message)]


async def test_without_the_share_nothing_can_be_changed(clinic: Desk) -> None:
    desk, ito = clinic, clinic.ito
    await desk.says(ito, "/patients")
    await desk.sends(ito, "ip:1:pain")
    await desk.rows("update shares set ended_at = since returning 1")
    before = await desk.rows("select * from items order by id")
    assert "This patient does not share a diary with you now." in await desk.says(ito, "jaw")
    for data in ("it:1", "io:1:1", "ia:1:pain:knee:left", "im:1:3:0", "ix:1:1:1", "ig:1:1", "ip:1:pain"):
        await desk.sends(ito, data)
        assert ito.toasts[-1].text == "This button is no longer in use."
    assert await desk.rows("select * from items order by id") == before


# --- a diary without items ------------------------------------------------------------------------------------


async def test_a_diary_that_came_without_items_asks_for_some(clinic: Desk) -> None:
    """Rows that were brought along from elsewhere."""
    desk, ada, ito = clinic, clinic.ada, clinic.ito
    await desk.rows("delete from items returning 1")
    assert "There is nothing to ask about on Monday 2 March." in await desk.says(ada, "/today")
    for said in ("7", "4 3 5", "pain 4"):
        assert "There is nothing to ask about on Monday 2 March." in await desk.says(ada, said)
    assert "Kept as a note" in await desk.says(ada, "a day like any other")
    await desk.says(ada, "/week")
    await desk.says(ito, "/digest")
    await desk.says(ito, "/patients")
    await desk.taps(ito, "Ada L")
    await desk.until(at(2, 20))
    assert "There is nothing to ask about on Monday 2 March." in newest(ada)
    bubble = ada.last["message_id"]
    await desk.taps(ada, "What is asked")
    assert "Nothing is asked yet." in newest(ada)
    assert ada.last["message_id"] != bubble
    assert "from tomorrow on, Tuesday 3 March." in await desk.taps(ada, "Add a symptom", "Pain", "No place")
    desk.clock.move(timedelta(days=1))
    await desk.until(at(3, 20, 1))
    assert "Pain · Tuesday 3 March · 1 of 1" in newest(ada)


async def test_a_tap_that_says_which_foot_was_meant_is_confirmed(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await feet(desk, ada)
    await desk.says(ada, "burning 4")
    await desk.taps(ada, "Burning (left foot)")
    assert ada.toasts[-1].text == "Stored for Monday 2 March: Burning (left foot) 4."
    before = len([toast for toast in ada.toasts if toast.text])
    await desk.taps(ada, "5")
    assert len([toast for toast in ada.toasts if toast.text]) == before, "an evening's question shows it itself"
