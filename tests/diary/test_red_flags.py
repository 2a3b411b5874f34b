"""Red flags: when a find shows the card, how, and what the answer means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.diary import red_flags
from bot.diary.people import PatientId
from bot.diary.red_flags import Delivery, Meaning, RedFlag, RedFlagAnswer, Showing
from bot.diary.sessions import Kind, Session, SessionId
from bot.diary.warning_words import Found

SHOWN_AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
NOW, NO = RedFlagAnswer.NOW, RedFlagAnswer.NO


def flag(answer: RedFlagAnswer | None = None, *, told: bool = False) -> RedFlag:
    answered_at = None if answer is None else SHOWN_AT
    return RedFlag(1, PatientId(1), SHOWN_AT, None, answer, answered_at, SHOWN_AT if told else None)


def treated(kind: Kind, days_ago: int) -> Session:
    return Session(SessionId(1), MONDAY - timedelta(days=days_ago), kind, SHOWN_AT)


@pytest.mark.parametrize(
    ("found", "sessions", "expected"),
    [
        (None, [treated(Kind.NEEDLING, 0)], False),
        (Found.WARNING, [], True),
        (Found.AFTER_NEEDLING, [], False),
        (Found.AFTER_NEEDLING, [treated(Kind.NEEDLING, 0)], True),
        (Found.AFTER_NEEDLING, [treated(Kind.NEEDLING_STIMULATION, 3)], True),
        (Found.AFTER_NEEDLING, [treated(Kind.NEEDLING, 4)], False),
        (Found.AFTER_NEEDLING, [treated(Kind.NEEDLING, -1)], False),
        (Found.AFTER_NEEDLING, [treated(Kind.OTHER, 0)], False),
    ],
)
def test_what_brings_the_card(found: Found | None, sessions: list[Session], expected: bool) -> None:
    assert red_flags.brings_card(found, sessions, MONDAY) is expected


@pytest.mark.parametrize(
    ("newest", "minutes", "expected"),
    [
        (None, 0, Showing.CARD),
        (flag(), 14, Showing.STILL_OPEN),
        (flag(), 15, Showing.CARD),
        (flag(told=True), 14, Showing.AGAIN),
        (flag(NO), 14, Showing.AGAIN),
        (flag(NOW, told=True), 1, Showing.AGAIN),
        (flag(NO), 15, Showing.CARD),
    ],
)
def test_cards_are_not_heaped_up_and_none_is_swallowed(newest: RedFlag | None, minutes: int, expected: Showing) -> None:
    assert red_flags.showing(newest, SHOWN_AT + timedelta(minutes=minutes)) is expected


@pytest.mark.parametrize(
    ("shown", "said", "minutes", "expected"),
    [
        (flag(), NOW, 1, Meaning.REPORT),
        (flag(), NOW, 100_000, Meaning.REPORT),
        (None, NOW, 1, Meaning.REPORT),
        (flag(NO), NOW, 1, Meaning.REPORT),
        (flag(NOW), NOW, 14, Meaning.REPEATED),
        (flag(NOW), NOW, 15, Meaning.REPORT),
        (flag(), NO, 1, Meaning.NO),
        (flag(NO, told=True), NO, 1, Meaning.NO),
        (None, NO, 1, Meaning.NO),
        (flag(told=True), NO, 20, Meaning.NO_AFTER_SILENCE),
        (flag(NOW), NO, 1, Meaning.STANDS),
    ],
)
def test_now_always_counts(shown: RedFlag | None, said: RedFlagAnswer, minutes: int, expected: Meaning) -> None:
    assert red_flags.meaning(shown, said, SHOWN_AT + timedelta(minutes=minutes)) is expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), Delivery.NONE_SENT),
        ((1, 0, 1), Delivery.UNDER_WAY),
        ((1, 1, 1), Delivery.ARRIVED),
        ((0, 0, 2), Delivery.LOST),
    ],
)
def test_one_therapist_who_hears_is_enough(counts: tuple[int, int, int], expected: Delivery) -> None:
    assert red_flags.delivery(*counts) is expected
