"""The evening question, worded once for all who are asked the same, is to the letter what each would get alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.chat.entries import DayView, bubble
from bot.chat.messages import as_data
from bot.chat.prompts import ANY_ITEM, Wordings
from bot.chat.words import words
from bot.diary.entries import Item, ItemId, Side, Symptom

MONDAY = date(2026, 3, 2)
UNTIL = datetime(2026, 3, 2, 23, tzinfo=UTC)


def view(first: int, day: date = MONDAY, site: str | None = None, answered: int = 0) -> DayView:
    """A day of someone whose items are numbered from `first` on, the first of them at a `site`."""
    items = [
        Item(ItemId(first), Symptom.BURNING, site, Side.LEFT if site else None, 0, MONDAY),
        Item(ItemId(first + 1), Symptom.TINGLING, None, None, 1, MONDAY),
        Item(ItemId(first + 2), Symptom.NUMBNESS, None, None, 2, MONDAY),
    ]
    return DayView(day, items, dict.fromkeys([item.id for item in items[:answered]]), {})


SEEN = (
    view(1),
    view(40_000_000),
    view(7, answered=1),
    view(9_000, site="foot"),
    view(17, site='"the {0} & 10% <bad> \\ knee"'),
    view(23, site=f"bed {ANY_ITEM}"),
    view(29, day=MONDAY + timedelta(days=1)),
    replace(view(31), items=view(31).items[1:]),
    replace(view(37), items=view(37).items[:2]),
    replace(view(41), declined=True),
    replace(view(43), items=[]),
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_shared_wording_is_to_the_letter_what_each_would_get_alone(language: str) -> None:
    wordings = Wordings()
    for seen in (*SEEN, *reversed(SEEN)):
        alone = {**as_data(bubble(seen, words(language))), "until": UNTIL.isoformat()}
        assert wordings.body(seen, language, UNTIL) == json.dumps(alone)


def test_languages_do_not_share_a_wording() -> None:
    wordings = Wordings()
    assert "Burning" in wordings.body(view(1), "en", UNTIL)
    assert "Burning" not in wordings.body(view(1), "es", UNTIL)


def test_each_has_an_end_of_their_own() -> None:
    wordings = Wordings()
    later = UNTIL + timedelta(hours=1)
    assert [json.loads(wordings.body(view(1), "en", until))["until"] for until in (UNTIL, later)] == [
        UNTIL.isoformat(),
        later.isoformat(),
    ]


def test_larger_buttons_have_a_wording_of_their_own() -> None:
    wordings = Wordings()
    usual, large = view(1), replace(view(1), large=True)
    rows = [
        [len(row) for row in json.loads(wordings.body(seen, "en", UNTIL))["buttons"]] for seen in (usual, large, usual)
    ]
    assert rows == [[4, 4, 3, 2], [3, 3, 3, 2, 2], [4, 4, 3, 2]]
