"""Whom an alert goes to and when, until somebody has answered it or it was passed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.diary.people import TherapistId
from bot.diary.red_flags import Delivery
from bot.diary.unseen import (
    HINT_AGAIN_AFTER,
    PASSED_ON_FOR,
    REMIND_AFTER,
    Deputy,
    Plan,
    Reader,
    hints,
    opens_later,
    plan,
)

NOW = datetime(2026, 3, 2, 21, tzinfo=UTC)
OPENS = datetime(2026, 3, 3, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ITO, ROY, LEE = TherapistId(1), TherapistId(2), TherapistId(3)
NOTHING = Plan((), (), (), (), False, None)
NEW = Reader(ITO, True, NOW, True)
TOLD = replace(NEW, told_at=NOW)
LATER = replace(NEW, opens_at=OPENS)


def at(now: datetime, *readers: Reader, delivery: Delivery = Delivery.ARRIVED, answered: bool = False) -> Plan:
    """The plan at an instant, for readers whose hours are open where they say no other."""
    readers = tuple(replace(one, opens_at=now) if one.opens_at == NOW else one for one in readers)
    return plan(readers, delivery, NOW, now, answered=answered)


def test_it_goes_at_once_or_when_the_hours_open() -> None:
    assert at(NOW, NEW, delivery=Delivery.NONE_SENT) == replace(NOTHING, tell=(ITO,), next_at=NOW + REMIND_AFTER)
    assert at(NOW, LATER, delivery=Delivery.NONE_SENT) == replace(NOTHING, next_at=OPENS), "and is not undelivered"
    assert at(OPENS, LATER).tell == (ITO,)
    assert at(NOW, NEW, answered=True) == replace(NOTHING, tell=(ITO,)), "a colleague has answered it"
    assert at(NOW, LATER, answered=True) == replace(NOTHING, next_at=OPENS)
    joined = replace(NEW, from_start=False)
    assert at(NOW, joined).tell == (ITO,), "whoever may see the diary since then"
    assert at(NOW, joined, answered=True) == NOTHING
    others = (NEW, replace(LATER, reachable=False), replace(TOLD, opens_at=OPENS))
    assert opens_later([LATER, *others], NOW) == [(ITO, OPENS)]


def test_what_reaches_nobody_is_undelivered_until_somebody_answers() -> None:
    gone = replace(NEW, reachable=False)
    tomorrow = NOW + REMIND_AFTER
    for readers, delivery in (((), Delivery.NONE_SENT), ((gone,), Delivery.NONE_SENT), ((TOLD,), Delivery.LOST)):
        assert at(NOW, *readers, delivery=delivery) == replace(NOTHING, undelivered=True, next_at=tomorrow)
        assert not at(NOW, *readers, delivery=delivery, answered=True).undelivered
    assert not at(NOW, gone, NEW, delivery=Delivery.LOST).undelivered
    assert at(tomorrow, delivery=Delivery.NONE_SENT).next_at is None
    assert at(NOW, TOLD, delivery=Delivery.UNDER_WAY) == replace(NOTHING, next_at=NOW + MINUTE)
    assert at(NOW, TOLD, delivery=Delivery.UNDER_WAY, answered=True) == NOTHING


def test_each_is_reminded_once_a_day_after_it_was_sent_within_their_hours() -> None:
    tomorrow = NOW + REMIND_AFTER
    assert at(tomorrow - MINUTE, TOLD) == replace(NOTHING, next_at=tomorrow)
    assert at(tomorrow, TOLD) == replace(NOTHING, remind=(ITO,))
    closed = replace(TOLD, opens_at=tomorrow + MINUTE)
    assert at(tomorrow, closed) == replace(NOTHING, next_at=tomorrow + MINUTE)
    for nothing_to_do in (replace(TOLD, reminded=True), replace(TOLD, reachable=False)):
        assert at(tomorrow, nothing_to_do) == NOTHING
    assert at(tomorrow, TOLD, answered=True) == NOTHING
    late = Reader(ROY, True, NOW, True, told_at=OPENS)
    assert at(tomorrow, TOLD, late) == replace(NOTHING, remind=(ITO,), next_at=OPENS + REMIND_AFTER)


def test_whoever_stands_in_gets_it_once() -> None:
    tomorrow, roy = NOW + REMIND_AFTER, Deputy(ROY, True, NOW, False)
    away = replace(TOLD, reminded=True, deputy=roy)
    assert at(tomorrow - MINUTE, away).pass_on == ()
    assert at(tomorrow, away, replace(away, id=LEE)) == replace(NOTHING, pass_on=((ITO, ROY),))
    gone = replace(away, told_at=None, reachable=False)
    assert at(tomorrow, gone).pass_on == ((ITO, ROY),), "also of one who is gone"
    closed = replace(roy, opens_at=tomorrow + MINUTE)
    assert at(tomorrow, replace(away, deputy=closed)) == replace(NOTHING, next_at=tomorrow + MINUTE)
    old = replace(roy, opens_at=NOW + PASSED_ON_FOR)
    for deputy in (replace(roy, knows=True), replace(roy, reachable=False), old):
        assert at(tomorrow, replace(away, deputy=deputy)) == NOTHING


def test_a_deputy_without_a_yes_is_written_to_once_a_day_and_of_a_red_flag_always() -> None:
    assert hints(None, NOW, red_flag=False)
    assert not hints(NOW, NOW + HINT_AGAIN_AFTER - MINUTE, red_flag=False)
    assert hints(NOW, NOW + HINT_AGAIN_AFTER, red_flag=False)
    assert hints(NOW, NOW, red_flag=True)


def test_that_it_is_urgent_waits_for_hours_as_well() -> None:
    owed = replace(TOLD, urgent_owed=True)
    assert at(NOW, owed, answered=True) == replace(NOTHING, call_urgent=(ITO,))
    later = replace(owed, opens_at=OPENS)
    assert at(NOW, later, answered=True) == replace(NOTHING, next_at=OPENS)
    assert opens_later([owed, later], NOW) == [(ITO, OPENS)]
    assert at(NOW, replace(owed, reachable=False), answered=True) == NOTHING
