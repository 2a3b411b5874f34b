"""Changes of a message that was sent: the score follows while its day is open, a note gets its new words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.person import Person
from tests.handlers.desk import Desk, clinic_at
from tests.stage import newest, text_of

MONDAY = "2026-03-02"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Desk]:
    """Monday, 20:00: Ada was just asked for the first time."""
    async with clinic_at(tmp_path) as desk:
        await desk.until(at(2, 20))
        yield desk
        assert not desk.refused()


async def sends(desk: Desk, person: Person, words: str) -> int:
    """The person writes; returns the number of the message."""
    message = person.send(words)
    await desk.settle()
    return int(message["message_id"])


async def changes(desk: Desk, person: Person, message_id: int, words: str) -> str:
    """The person changes a message; returns the newest text of the bot."""
    desk.clock.move(timedelta(minutes=1))
    person.edit(message_id, words)
    await desk.settle()
    return newest(person)


async def notes(desk: Desk) -> list[tuple[str, str]]:
    return await desk.rows("select day, text from notes where undone_at is null order by id")  # type: ignore[return-value]


async def test_a_score_that_becomes_words_says_what_counts_now(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await sends(desk, ada, "burning 3")
    desk.clock.move(timedelta(minutes=1))
    second = await sends(desk, ada, "burning 6, pain 5")
    seen = len(ada.heard)
    await changes(desk, ada, second, "my pain is awful")
    told = [text_of(message) for message in ada.heard[seen:]]
    assert told[0] == "Corrected for Monday 2 March:\nBurning: 3\nPain: taken back"
    assert told[1].startswith("Kept as a note for Monday 2 March.")


# --- scores ---------------------------------------------------------------------------------------------------


async def test_a_changed_score_corrects_it_and_the_first_is_kept(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    sent = await sends(desk, ada, "7")
    assert await changes(desk, ada, sent, "4") == "Corrected for Monday 2 March:\nBurning: 4"
    assert "Tingling" in text_of(ada.chat.messages[bubble]), "the open question stays"
    assert await desk.rows("select value from scores order by entered_at") == [(7,), (4,)]
    assert await desk.rows("select count(*) from scores where withdrawn_at is not null") == [(0,)]
    await desk.says(ada, "5")
    assert await changes(desk, ada, sent, "burning 3") == "Corrected for Monday 2 March:\nBurning: 3"
    await desk.says(ada, "6")
    assert [value for _, _, value in await desk.scores(ada)] == [7, 4, 5, 3, 6]
    await changes(desk, ada, sent, "2")
    assert "Burning: 2" in text_of(ada.chat.messages[bubble])


async def test_what_a_changed_message_no_longer_names_is_taken_back(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "burning 4, pain 5")
    await changes(desk, ada, sent, "burning 4, pain 6")
    said = await changes(desk, ada, sent, "burning 4")
    assert said.splitlines() == ["Corrected for Monday 2 March:", "Burning: 4", "Pain: taken back"]
    assert await desk.scores(ada) == [(MONDAY, "burning", 4)], "neither of its values for pain stands"
    await changes(desk, ada, sent, "4 5 6")
    assert [value for _, _, value in await desk.scores(ada)] == [4, 5, 6]


async def test_what_a_tap_entered_since_is_not_taken_back(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "burning 4, pain 5")
    desk.clock.move(timedelta(minutes=1))
    await desk.sends(ada, "s:20260302:3:9")
    await changes(desk, ada, sent, "burning 4")
    assert await desk.scores(ada) == [(MONDAY, "burning", 4), (MONDAY, "pain", 9)]


async def test_a_score_changed_into_words_is_a_note(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    bubble = ada.last["message_id"]
    await desk.taps(ada, "1")
    desk.clock.move(timedelta(minutes=1))
    sent = await sends(desk, ada, "7")
    said = await changes(desk, ada, sent, "bad, I can't say how much")
    assert "Kept as a note for Monday 2 March." in said
    assert await desk.scores(ada) == [(MONDAY, "burning", 1)]
    assert await notes(desk) == [(MONDAY, "bad, I can't say how much")]
    assert "Tingling" in text_of(ada.chat.messages[bubble]), "it is open again"
    await changes(desk, ada, sent, "tingling 6")
    assert await desk.scores(ada) == [(MONDAY, "burning", 1), (MONDAY, "tingling", 6)]
    assert await notes(desk) == []


async def test_the_only_answer_of_a_day_changed_into_words_leaves_it_unanswered(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "7")
    await changes(desk, ada, sent, "no idea")
    assert await desk.rows("select answered_at from diary_days") == [(None,)]


@pytest.mark.parametrize("words", ["12", "burning 4, burning 5", "3.5"])
async def test_what_can_not_be_read_changes_nothing(evening: Desk, words: str) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "7")
    assert "Nothing was stored." in await changes(desk, ada, sent, words)
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]


async def test_a_message_that_was_not_understood_is_read_anew(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "12")
    assert "Stored for Monday 2 March: Burning 2." in await changes(desk, ada, sent, "2")
    assert await changes(desk, ada, sent, "3") == "Corrected for Monday 2 March:\nBurning: 3"


async def test_scores_that_were_moved_are_corrected_where_they_are(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    desk.clock.move_to(at(3, 9))
    sent = await sends(desk, ada, "7")
    await desk.taps(ada, "It was for Tuesday 3 March")
    assert await changes(desk, ada, sent, "5") == "Corrected for Tuesday 3 March:\nBurning: 5"
    assert [value for _, _, value in await desk.scores(ada)] == [7, 5]
    await changes(desk, ada, sent, "good today")
    assert await desk.scores(ada) == []


async def test_a_score_of_a_closed_day_stays_and_the_way_to_a_note_is_shown(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "7")
    desk.clock.move_to(at(3, 12))
    for words in ("4", "not good"):
        assert "Monday 2 March is closed" in await changes(desk, ada, sent, words)
        assert ada.labels(ada.last["message_id"]) == ["Write a note about it"]
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]
    assert await notes(desk) == []


# --- notes ----------------------------------------------------------------------------------------------------


async def test_a_changed_note_keeps_its_instant_and_gets_its_words(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "slept badly")
    assert await changes(desk, ada, sent, "slept very badly") == "Your note for Monday 2 March is changed."
    assert await desk.rows("select text, written_at from notes") == [("slept very badly", "2026-03-02 20:00:00.000000")]
    heard = len(ada.heard)
    await changes(desk, ada, sent, "slept very badly")
    assert len(ada.heard) == heard, "so a link gets its preview"
    desk.clock.move_to(at(3, 13))
    await changes(desk, ada, sent, "slept well after all")
    assert await notes(desk) == [(MONDAY, "slept well after all")], "a note can change when its day is closed"
    await desk.taps(ada, "Undo")
    assert await notes(desk) == []
    assert "Kept as a note for Monday 2 March." in await changes(desk, ada, sent, "keep it")


async def test_a_note_that_was_a_slip_of_the_finger_becomes_the_score(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "burnin 4")
    assert "Stored for Monday 2 March: Burning 4." in await changes(desk, ada, sent, "burning 4")
    assert await desk.scores(ada) == [(MONDAY, "burning", 4)]
    assert await notes(desk) == []


async def test_a_slip_of_a_closed_day_stays_a_note(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "burnin 4")
    desk.clock.move_to(at(3, 12))
    assert await changes(desk, ada, sent, "burning 4") == "Your note for Monday 2 March is changed."
    assert await notes(desk) == [(MONDAY, "burning 4")]
    assert await desk.scores(ada) == []


async def test_a_note_that_was_asked_for_is_one_whatever_it_looks_like(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.sends(ada, "nt:20260302")
    sent = await sends(desk, ada, "7")
    assert await changes(desk, ada, sent, "8") == "Your note for Monday 2 March is changed."
    assert await desk.scores(ada) == []


# --- anything else --------------------------------------------------------------------------------------------


async def test_words_of_a_red_flag_are_found_in_a_change(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "a good day")
    await changes(desk, ada, sent, "a good day but chest pain")
    assert "trouble breathing or swallowing" in newest(ada)
    assert await notes(desk) == [(MONDAY, "a good day but chest pain")]


async def test_a_message_that_was_never_handled_is_read_as_if_new(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "7")
    await desk.rows("delete from written returning id")
    await desk.rows("delete from scores returning 1")
    assert "Stored for Monday 2 March: Burning 5." in await changes(desk, ada, sent, "5")


async def test_of_a_message_of_days_ago_nobody_knows_what_it_was(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    sent = await sends(desk, ada, "7")
    await desk.jump(at(6, 9))
    assert await desk.rows("select count(*) from written") == [(0,)], "tidied up"
    said = await changes(desk, ada, sent, "4")
    assert said == "This message is too old for me to change what I kept of it. A note about Monday 2 March is welcome."
    assert ada.labels(ada.last["message_id"]) == ["Add a note"]
    assert await desk.scores(ada) == [(MONDAY, "burning", 7)]


async def test_a_message_that_was_something_else_is_to_be_sent_again(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    await desk.says(ada, "/flare")
    sent = await sends(desk, ada, "burning 8")
    only = "I only follow changes of scores and notes. Please send it again as a new message."
    assert await changes(desk, ada, sent, "burning 7") == only
    command = await sends(desk, ada, "/today")
    assert await changes(desk, ada, command, "/week") == only
    assert await desk.scores(ada) == []


async def test_others_changes_change_nothing(evening: Desk) -> None:
    desk, ito, max_ = evening, evening.ito, evening.max
    sent = await sends(desk, ito, "hello")
    assert "Please send it again as a new message." in await changes(desk, ito, sent, "hello there")
    theirs = await sends(desk, max_, "hello")
    heard = len(max_.heard)
    await changes(desk, max_, theirs, "hello there")
    assert len(max_.heard) == heard + 1
    assert "I work by invitation" in text_of(max_.last)


async def test_a_live_location_and_a_caption_that_change(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    place = ada.send_location(38.7, -9.1)
    await desk.settle()
    heard = len(ada.heard)
    desk.telegram.receive("edited_message", {**place, "edit_date": desk.telegram.epoch()})
    await desk.settle()
    assert len(ada.heard) == heard, "it changes every few seconds"
    photo = ada.send_photo(caption="my foot")
    desk.telegram.receive("edited_message", {**photo, "caption": "chest pain", "edit_date": desk.telegram.epoch()})
    await desk.settle()
    assert sum("trouble breathing or swallowing" in text_of(message) for message in ada.heard) == 1


async def test_words_under_a_picture_that_change_are_a_changed_note(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    photo = ada.send_photo(caption="my foot")
    await desk.settle()
    changed = {**photo, "caption": "my left foot", "edit_date": desk.telegram.epoch()}
    desk.telegram.receive("edited_message", changed)
    await desk.settle()
    assert newest(ada) == "Your note for Monday 2 March is changed."
    assert await notes(desk) == [("2026-03-02", "my left foot")]


async def test_warning_words_under_a_picture_are_kept_once(evening: Desk) -> None:
    desk, ada = evening, evening.ada
    ada.send_photo(caption="my foot wound is infected")
    await desk.settle()
    assert await notes(desk) == [("2026-03-02", "my foot wound is infected")]
