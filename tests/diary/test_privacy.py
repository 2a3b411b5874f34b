"""The wish to be forgotten: its word, its hour, its week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.diary import privacy

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "said", ["forget", "Forget", "FORGET", " forget\n", "forget.", "“forget”", "«forget»", "/forget"]
)
def test_the_word_counts_in_any_case_and_with_what_stands_around_it(said: str) -> None:
    assert privacy.is_word(said, "forget")


@pytest.mark.parametrize("said", ["", "forge", "forgets", "forget it", "don't forget", "for get", "olvidar"])
def test_anything_else_is_not_the_word(said: str) -> None:
    assert not privacy.is_word(said, "forget")


def test_it_can_be_taken_back_for_seven_days() -> None:
    assert privacy.due_at(NOW) == NOW + timedelta(days=7)


@pytest.mark.parametrize(("minutes", "counts"), [(-1, False), (0, True), (60, True), (61, False)])
def test_an_answer_comes_within_the_hour(minutes: int, counts: bool) -> None:
    assert privacy.is_answer(NOW, NOW + timedelta(minutes=minutes)) is counts
