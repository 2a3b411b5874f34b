"""A flare: three taps or a few words, a mark in the chart, and no part of any mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.handlers.desk import Desk
from tests.stage import newest, text_of

FLARES = (
    "select f.day, i.symptom, f.score, f.began_at, f.since from flares f join items i on i.id = f.item_id"
    " where undone_at is null"
)
"""Those that stand."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


async def test_a_flare_takes_three_taps_in_one_bubble_and_can_be_taken_back(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    desk.clock.move_to(at(3, 14))
    await desk.says(ada, "/flare")
    bubble, heard = ada.last["message_id"], len(ada.heard)
    assert ada.labels(bubble) == ["Burning", "Tingling", "Pain", "Never mind"]
    assert "How strong is it at its worst?" in await desk.taps(ada, "Burning")
    assert await desk.taps(ada, "8") == "Burning 8\nSince when? Tap one, or type a time such as 14:30."
    assert ada.labels(bubble) == [
        "Just now", "About an hour ago", "This morning", "Since yesterday or longer", "Never mind",
    ]  # fmt: skip
    said = await desk.taps(ada, "About an hour ago")
    assert said.splitlines() == [
        "Kept as a flare: Burning 8, Tuesday 3 March at about 13:00.",
        "It gets a mark in your chart. It is not part of any average.",
        "Dr Ito can see it, but nobody watches this chat around the clock.",
        "When to get help: /urgent",
    ]
    assert len(ada.heard) == heard, "one bubble"
    assert await desk.rows(FLARES) == [("2026-03-03", "burning", 8, "2026-03-03 13:00:00.000000", "hour")]
    assert await desk.rows("select count(*) from scores") == [(0,)]
    await desk.taps(ada, "Undo")
    assert newest(ada) == "The flare is gone. /flare notes another one."
    assert await desk.rows(FLARES) == []
    await desk.sends(ada, "fu:1", bubble)
    assert ada.toasts[-1].text == "This button is no longer in use."


@pytest.mark.parametrize(
    ("label", "began", "since"),
    [
        ("Just now", "2026-03-03 14:00:00.000000", "now"),
        ("This morning", "2026-03-03 08:00:00.000000", "morning"),
        ("Since yesterday or longer", "2026-03-02 20:00:00.000000", "yesterday"),
    ],
)
async def test_since_when_in_one_tap(clinic: Desk, label: str, began: str, since: str) -> None:
    desk, ada = clinic, clinic.ada
    desk.clock.move_to(at(3, 14))
    await desk.says(ada, "/flare")
    await desk.taps(ada, "Pain", "0", label)
    assert await desk.rows(FLARES) == [(began[:10], "pain", 0, began, since)]


async def test_a_double_tap_notes_one_flare(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/flare")
    await desk.taps(ada, "Burning", "8")
    bubble, now = ada.last["message_id"], ada.last["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    ada.tap(bubble, now)
    ada.tap(bubble, now)
    await desk.settle()
    assert len(await desk.rows(FLARES)) == 1
    assert ada.labels(bubble) == ["Undo"]


@pytest.mark.parametrize(
    ("typed", "began"),
    [
        (["/flare burning 8", "13:30"], "2026-03-03 13:30:00.000000"),
        (["/flare burning 8", "15:30"], "2026-03-02 15:30:00.000000"),
        (["/flare", "burning", "8", "2 hours ago"], "2026-03-03 12:00:00.000000"),
        (["/flare", "burning 8", "hace 20 minutos"], "2026-03-03 13:40:00.000000"),
        (["/flare", "ardor", "8", "desde ayer"], "2026-03-02 20:00:00.000000"),
        (["/flare", "burning", "12", "8", "ahora"], "2026-03-03 14:00:00.000000"),
    ],
)
async def test_a_flare_can_be_typed(clinic: Desk, typed: list[str], began: str) -> None:
    desk, ada = clinic, clinic.ada
    desk.clock.move_to(at(3, 14))
    for words in typed:
        said = await desk.says(ada, words)
    assert "Kept as a flare: Burning 8" in said
    assert await desk.rows(FLARES.replace("f.since", "'x'")) == [(began[:10], "burning", 8, began, "x")]
    assert await desk.rows("select count(*) from scores") == [(0,)]


async def test_a_time_that_could_be_two_is_asked_back(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    desk.clock.move_to(at(3, 14))
    await desk.says(ada, "/flare burning 8")
    assert await desk.says(ada, "7") == "Which one do you mean?"
    assert ada.labels(ada.last["message_id"]) == ["Tuesday at 07:00", "Monday at 19:00"]
    await desk.taps(ada, "Monday at 19:00")
    assert "Monday 2 March 19:00" in newest(ada)
    assert len(await desk.rows(FLARES)) == 1


async def test_what_is_no_answer_is_a_note_and_the_buttons_still_work(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/flare")
    await desk.taps(ada, "Pain")
    bubble = ada.last["message_id"]
    assert "Kept as a note" in await desk.says(ada, "the stairs did it")
    ada.tap_label("8", bubble)
    await desk.settle()
    ada.tap_label("Just now", bubble)
    await desk.settle()
    assert len(await desk.rows(FLARES)) == 1
    assert "Which" not in await desk.says(ada, "slept well")
    assert await desk.rows("select text from notes") == [("the stairs did it",), ("slept well",)]


async def test_after_a_flare_a_number_is_a_score_again(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.until(at(2, 20))
    await desk.says(ada, "/flare burning 8")
    await desk.says(ada, "just now")
    await desk.says(ada, "4")
    assert await desk.scores(ada) == [("2026-03-02", "burning", 4)]
    await desk.says(ada, "/flare")
    await desk.taps(ada, "Never mind")
    assert newest(ada) == "All right, no flare is noted."
    await desk.says(ada, "5")
    assert [value for _, _, value in await desk.scores(ada)] == [4, 5]


async def test_a_question_of_another_day_is_answered_kindly(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/flare")
    await desk.taps(ada, "Burning")
    desk.clock.move_to(at(4, 9))
    await desk.taps(ada, "8")
    assert newest(ada).startswith("This question was for Monday 2 March. Nothing was kept.")
    assert "Kept as a note" in await desk.says(ada, "hm")


@pytest.mark.parametrize(
    "payload",
    [
        "fl:20260302:99:8:now", "fl:20260302::8:now", "fl:20260302:1:11:now", "fl:20260302:1:-1:now",
        "fl:20260302:1:8:time", "fa:20260302:99:8:29540000", "fa:20260302:1:11:29540000", "fu:1",
    ],
)  # fmt: skip
async def test_a_forged_flare_is_none(clinic: Desk, payload: str) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/urgent")
    before = await desk.everything()
    await desk.sends(ada, payload)
    assert ada.toasts[-1].text == "This button is no longer in use."
    assert await desk.everything() == before


@pytest.mark.parametrize("minute", [0, 29540000 * 9, 10**14, -5])
async def test_an_instant_that_is_absurd_is_none_of_a_flare(clinic: Desk, minute: int) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/urgent")
    await desk.sends(ada, f"fa:20260302:1:8:{minute}")
    assert "Nothing was kept" in newest(ada)
    assert await desk.rows(FLARES) == []


async def test_nobody_takes_back_the_flare_of_another(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.enrol(desk.ben, desk.ito, now=True)
    await desk.says(ada, "/flare burning 8")
    await desk.says(ada, "just now")
    await desk.sends(desk.ben, "fu:1")
    assert len(await desk.rows(FLARES)) == 1


async def test_both_read_of_a_flare_and_no_average_knows_it(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    for day in range(2, 7):
        await desk.until(at(day, 20))
        await desk.taps(ada, "2", "2", "2")
    desk.clock.move_to(at(7, 1))
    await desk.says(ada, "/flare burning 10")
    await desk.says(ada, "just now")
    await desk.until(at(8, 20))
    said = await desk.says(ada, "/week")
    assert "Burning: average 2.0 from 5 days." in said
    assert "Flare: Burning 10, Friday at night 01:00." in said
    await desk.says(desk.ito, "/patients")
    assert "flare: Burning 10, Friday at night 01:00" in newest(desk.ito)
    said = await desk.taps(desk.ito, "Ada L")
    assert "Burning 2.0 from 5 days" in said
    assert "Flare: Burning 10, Friday at night 01:00." in said


async def test_others_note_no_flare(clinic: Desk) -> None:
    desk = clinic
    assert "for people who keep a diary" in await desk.says(desk.ito, "/flare burning 8")
    await desk.says(desk.ada, "/flare")
    bubble = desk.ada.last
    await desk.says(desk.ada, "/stop")
    await desk.sends(desk.ada, "fl:20260302:1:8:now", bubble["message_id"])
    assert desk.ada.toasts[-1].text == "This button is no longer in use."
    assert "is stopped" in text_of(desk.ada.last)


async def test_a_question_that_was_answered_by_typing_has_no_buttons_left(clinic: Desk) -> None:
    """Else a tap on it would note the flare once more."""
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/flare pain")
    scores = ada.last["message_id"]
    assert "The scale goes" in await desk.says(ada, "15")
    assert "9" in ada.labels(scores), "nothing was answered"
    await desk.says(ada, "9")
    assert ada.labels(scores) == []
    since = ada.last["message_id"]
    desk.clock.move(timedelta(hours=5))
    assert "Kept as a flare: Pain 9" in await desk.says(ada, "14:30")
    assert ada.labels(since) == []
    await desk.says(ada, "/flare")
    await desk.taps(ada, "Pain", "8")
    tapped = ada.last["message_id"]
    await desk.says(ada, "2 hours ago")
    assert ada.labels(tapped) == []
    assert await desk.rows("select score from flares where undone_at is null") == [(9,), (8,)]
