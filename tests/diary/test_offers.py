"""What a patient is asked about who sees the diary: when it counts, and when it may be asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.diary import offers
from bot.diary.offers import ASK_AGAIN_AFTER, LONGEST_HOLIDAY, Holiday, Kind, Offer, OfferId, StandIn, Still, Tally
from bot.diary.people import PatientId, TherapistId

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
TODAY = NOW.date()
ITO, ROY = TherapistId(1), TherapistId(2)
OPEN = Offer(OfferId(1), PatientId(1), Kind.COLLEAGUE, ITO, ROY, None, None, NOW, None, None)


def still(offer: Offer, *, sees: bool = True, works: bool = True, ended: bool = False) -> Still:
    return offers.still(offer, from_sees=sees, to_works=works, ended=ended)


def test_a_question_counts_once_and_only_while_it_is_still_so() -> None:
    assert still(OPEN) is Still.OPEN
    assert still(replace(OPEN, answered_at=NOW, given=True)) is Still.ANSWERED
    assert still(OPEN, sees=False) is Still.OVER, "who asks no longer sees the diary"
    assert still(OPEN, works=False) is Still.OVER, "the other one has left"
    assert still(OPEN, ended=True) is Still.OVER, "the holiday is over"
    left = replace(OPEN, kind=Kind.LEFT)
    assert still(left, sees=False) is Still.OPEN
    assert still(left, works=False) is Still.OVER


def test_the_same_is_not_asked_twice_within_a_week_whatever_was_answered() -> None:
    moment = timedelta(seconds=1)
    asked = replace(OPEN, asked_at=NOW - ASK_AGAIN_AFTER + moment)
    answered = replace(OPEN, asked_at=NOW - timedelta(days=30), answered_at=NOW - moment, given=False)
    for earlier in (asked, answered):
        assert offers.asked_lately([earlier], OPEN, NOW) == earlier
    assert offers.asked_lately([replace(OPEN, asked_at=NOW - ASK_AGAIN_AFTER)], OPEN, NOW) is None
    assert offers.asked_lately([], OPEN, NOW) is None
    for other in (
        replace(asked, kind=Kind.HAND_OVER),
        replace(asked, to_id=TherapistId(3)),
        replace(asked, until_day=TODAY),
    ):
        assert offers.asked_lately([other], OPEN, NOW) is None, "something else"
    assert offers.asked_lately([asked, answered], OPEN, NOW) == asked, "the newest"


def test_answers_are_counted() -> None:
    yes, no = replace(OPEN, answered_at=NOW, given=True), replace(OPEN, answered_at=NOW, given=False)
    assert offers.tally([yes, no, no, OPEN], {PatientId(1)}) == Tally(1, 2, 1)
    assert offers.tally([yes, no, no, OPEN], set()) == Tally(0, 3, 1), "whoever stopped it says no"
    assert offers.tally([], set()).asked == 0


def test_a_stand_in_that_the_therapist_ended_may_be_asked_anew() -> None:
    yes = replace(OPEN, kind=Kind.DEPUTY, answered_at=NOW, given=True)
    assert offers.called_off(yes, stands=False, last_word=True)
    assert not offers.called_off(yes, stands=True, last_word=True), "it goes on"
    assert not offers.called_off(yes, stands=False, last_word=False), "the patient has stopped it"
    assert not offers.called_off(replace(yes, given=False), stands=False, last_word=True)
    assert not offers.called_off(replace(yes, kind=Kind.COLLEAGUE), stands=False, last_word=True)


def test_one_deputy_for_two_stands_in_as_long_as_there_is_no_gap() -> None:
    def time(first: int, last: int) -> StandIn:
        ends_at = datetime(2026, 3, last, tzinfo=UTC) + timedelta(days=1)
        return StandIn(datetime(2026, 3, first, tzinfo=UTC), ends_at, date(2026, 3, last))

    week = time(2, 8)
    cases = [
        ([week], week),
        ([week, time(2, 15)], time(2, 15)),
        ([time(3, 5), week], week),
        ([time(9, 15), week], time(2, 15)),
        ([time(10, 15), week], week),
        ([time(9, 15), time(17, 20), week], time(2, 15)),
    ]
    for times, whole in cases:
        assert offers.together(times) == whole


def test_a_holiday_is_ahead_and_of_a_length_that_needs_no_hand_over() -> None:
    day, longest = timedelta(days=1), LONGEST_HOLIDAY
    cases = [
        (TODAY, TODAY, True),
        (TODAY - day, TODAY, False),
        (TODAY + day, TODAY, False),
        (TODAY, TODAY + longest, True),
        (TODAY, TODAY + longest + day, False),
        (TODAY + longest, TODAY + longest, True),
        (TODAY + longest + day, TODAY + longest + day, False),
    ]
    for first, until, possible in cases:
        assert offers.is_holiday(first, until, TODAY) is possible, (first, until)
    holiday = Holiday(ROY, TODAY, date(2026, 3, 15))
    assert not holiday.is_over(date(2026, 3, 15))
    assert holiday.is_over(date(2026, 3, 16))
