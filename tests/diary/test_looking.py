"""Looking back: which days, what became of them, and how each item went. Diaries as in test_digests.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diary import digests, looking
from bot.diary.digests import ChangeLabel
from bot.diary.entries import Day
from bot.diary.looking import ANSWERED, DAY_BY_DAY_FOR, Mark, Span
from bot.diary.people import PatientId
from bot.diary.sessions import BaselineKind
from tests.diary.test_digests import LISBON, START, day, diary, noon_after, session

EVENING_AFTER = timedelta(hours=9)
"""From noon, when the day before closes, to an hour after the prompt."""


def tonight(number: int) -> datetime:
    """The evening of that day, after its prompt."""
    return noon_after(number - 1) + EVENING_AFTER


# --- which days


def test_two_weeks_and_three_months_end_today() -> None:
    told = diary("5" * 200)
    assert looking.window(told, Span.FORTNIGHT, tonight(199)) == (day(186), day(199))
    assert looking.window(told, Span.QUARTER, tonight(199)) == (day(109), day(199))
    assert looking.window(told, Span.ALL, tonight(199)) == (day(0), day(199))


def test_a_young_diary_is_shown_from_the_monday_of_its_first_week_and_a_whole_week_at_least() -> None:
    told = replace(diary("..55"), enrolled_day=day(2), days={})
    for span in Span:
        assert looking.window(told, span, tonight(3)) == (day(0), day(6))


def test_what_was_imported_and_what_was_answered_further_east_is_in_it() -> None:
    told = replace(diary("5" * 9), enrolled_day=day(4))
    assert looking.begun(told) == START
    assert looking.today(told, tonight(7)) == day(8), "answered already, before the flight"
    assert looking.today(told, tonight(20)) == day(20)


def test_a_diary_that_begins_tomorrow_has_the_week_of_today() -> None:
    told = replace(diary("."), enrolled_day=day(7), days={}, scores={})
    for span in Span:
        assert looking.window(told, span, tonight(6)) == (day(0), day(6))
    assert looking.visit(told, 8, tonight(6)).tally.first == day(0)


def test_half_a_year_is_shown_day_by_day_and_more_week_by_week() -> None:
    last = START + DAY_BY_DAY_FOR - timedelta(days=1)
    assert not looking.by_the_week(START, last)
    assert looking.by_the_week(START, last + timedelta(days=1))


def test_months_go_from_the_first_of_the_diary_to_the_present_one() -> None:
    told = diary("5" * 40)
    assert looking.months(told, tonight(39)) == (date(2026, 2, 1), date(2026, 3, 1))
    assert looking.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert looking.month_before(date(2026, 1, 1)) == date(2025, 12, 1)


# --- what became of them


def test_every_day_has_exactly_one_mark_and_unplanned_ones_have_none() -> None:
    told = diary("5.........", "5s........", marks="aaxaPblBG_")
    marks = looking.tally(told, day(0), day(9), noon_after(20)).days
    assert list(marks.values()) == [
        Mark.COMPLETE, Mark.SKIPPED, Mark.SKIPPED, Mark.MISSED, Mark.PAUSED, Mark.NOT_ASKED, Mark.LOST, Mark.UNREACHED,
        Mark.UNREACHED,
    ]  # fmt: skip
    assert list(marks) == [day(n) for n in range(9)]


def test_five_of_seven_days_and_only_what_was_asked_counts() -> None:
    tally = looking.tally(diary("55.5..5..5", marks="aaaaPbaBxa"), day(0), day(9), noon_after(20))
    assert (tally.answered, tally.asked) == (5, 7)
    assert tally.of(Mark.MISSED, Mark.SKIPPED) == (day(2), day(8))


def test_a_partial_day_counts_as_answered() -> None:
    tally = looking.tally(diary("5", "."), day(0), day(6), noon_after(3))
    assert tally.days == {day(0): Mark.PARTIAL}
    assert tally.answered == 1


def test_today_is_open_and_days_to_come_are_empty() -> None:
    told = diary("55..", marks="aaaP")
    tally = looking.tally(told, day(0), day(6), tonight(2))
    assert tally.days == {day(0): Mark.COMPLETE, day(1): Mark.COMPLETE, day(2): Mark.OPEN}
    ahead = looking.tally(diary("5555"), day(0), day(6), tonight(2))
    assert ahead.days[day(3)] is Mark.COMPLETE, "answered further east"


@given(st.text("5s.", max_size=30), st.text("axPblBG_", max_size=30), st.integers(0, 40))
def test_the_share_never_exceeds_one_and_the_marks_make_up_the_days(row: str, marks: str, now: int) -> None:
    told = diary(row, marks=marks)
    tally = looking.tally(told, day(0), day(40), noon_after(now))
    assert 0 <= tally.answered <= tally.asked <= len(tally.days)
    assert sum(len(tally.of(mark)) for mark in Mark) == len(tally.days)
    weeks = [digests.week(told, day(7 * n), noon_after(40)) for n in range(6)]
    whole = looking.tally(told, day(0), day(41), noon_after(40))
    assert whole.answered == sum(week.answered for week in weeks), "the same numbers as in the weeks"
    assert whole.asked == sum(week.asked for week in weeks)


# --- how each item went


def test_a_week_has_the_same_mean_wherever_the_picture_begins() -> None:
    told = diary("2468... 555")
    [course] = looking.courses(told, day(3), day(9))
    first, second = course.weeks
    assert (first.monday, first.n, first.mean) == (day(0), 4, 5.0)
    assert (second.n, second.mean) == (3, None), "three scores have no mean"
    assert course.n == 4, "only the days shown"
    assert course.worst == (8, (day(3),))
    assert course.strong_days == 1


def test_equal_worst_days_are_all_named_and_a_skipped_one_is_no_score() -> None:
    [course] = looking.courses(diary("7s7.3"), day(0), day(6))
    assert course.worst == (7, (day(0), day(2)))
    assert (course.n, course.strong_days) == (3, 2)
    [silent] = looking.courses(diary("s.."), day(0), day(6))
    assert (silent.n, silent.worst, silent.weeks) == (0, None, ())


def test_items_that_were_not_followed_in_these_days_are_left_out() -> None:
    told = diary("5" * 20, "5" * 20, "5" * 20)
    early, late, kept = told.items
    items = (replace(early, ended_day=day(5)), replace(late, added_day=day(30)), kept)
    own = {key: it for key, it in told.scores.items() if key[1] == kept.id or key == (day(0), early.id)}
    told = replace(told, items=items, scores=own)
    assert [course.item.id for course in looking.courses(told, day(7), day(13))] == [kept.id]
    assert [course.item.id for course in looking.courses(told, day(0), day(40))] == [early.id, late.id, kept.id]
    never = replace(told, scores={key: it for key, it in own.items() if key[1] == kept.id})
    assert [course.item.id for course in looking.courses(never, day(0), day(40))] == [late.id, kept.id]


# --- the visit sheet


def test_a_sheet_has_whole_weeks_and_the_one_under_way() -> None:
    told = diary("5" * 100)
    visit = looking.visit(told, 8, tonight(99))
    assert visit.tally.first == day(42)
    assert visit.tally.first.weekday() == 0
    assert visit.tally.last == day(99)
    assert looking.visit(told, 30, tonight(99)).tally.first == day(0), "no further back than the diary"


def test_a_sheet_of_a_diary_from_elsewhere_ends_with_its_last_day() -> None:
    told = diary("6666666 5555555 3333333")
    told = replace(told, days={on: replace(it, imported_at=tonight(90)) for on, it in told.days.items()})
    visit = looking.visit(told, 8, noon_after(20))
    assert (visit.tally.first, visit.tally.last) == (day(0), day(20))
    assert visit.lines[0].latest is not None
    assert visit.lines[0].latest.monday == day(14), "its last Sunday ends a week"


def test_the_newest_week_that_is_over_is_compared_with_the_baseline() -> None:
    told = diary("6666666 5555555 3333333 222222", needled=[session(7)])
    [line] = looking.visit(told, 8, tonight(26)).lines
    assert line.baseline is not None
    assert line.baseline.kind is BaselineKind.BEFORE_TREATMENT
    assert line.latest is not None
    assert (line.latest.monday, line.latest.mean) == (day(14), 3.0)
    assert line.change is not None
    assert line.change.label is ChangeLabel.MUCH_BETTER
    assert line.change == digests.week(told, day(14), tonight(26)).items[0].change, "as in /week"


def test_a_sunday_that_is_answered_ends_its_week_as_in_the_weeks_words() -> None:
    [line] = looking.visit(diary("6666666 5555555 3333333"), 8, tonight(20)).lines
    assert line.latest is not None
    assert line.latest.monday == day(14) == digests.last_week(tonight(20), LISBON, time(20))
    [line] = looking.visit(diary("6666666 5555555 333333."), 8, tonight(20)).lines
    assert line.latest is not None
    assert line.latest.monday == day(7), "one answer may still come"


def test_a_week_with_few_answers_gives_way_to_the_one_before_it() -> None:
    [line] = looking.visit(diary("6666666 5555555 333.... 2"), 8, tonight(21)).lines
    assert line.latest is not None
    assert line.latest.monday == day(7)


@pytest.mark.parametrize(("row", "now"), [("666", 2), ("6666666", 8)], ids=["no week yet", "only the first week"])
def test_there_is_no_change_before_there_is_a_later_week(row: str, now: int) -> None:
    [line] = looking.visit(diary(row), 8, tonight(now)).lines
    assert line.change is None
    assert (line.latest is None) is (now == 2)


def test_sessions_are_counted_before_and_named_within_the_sheet() -> None:
    told = diary("5" * 80, needled=[session(3), session(60), session(70), session(70), session(95)])
    visit = looking.visit(told, 4, tonight(79))
    assert [it.day for it in visit.sessions] == [day(70), day(70), day(60)]
    assert visit.earlier == 1
    assert visit.first_session == day(3)
    bare = looking.visit(diary("5"), 4, tonight(0))
    assert (bare.sessions, bare.earlier, bare.first_session) == ((), 0, None)


def test_a_day_not_asked_without_a_cause_is_ours() -> None:
    asked_never = Day(PatientId(1), day(0), LISBON, noon_after(0), intended_at=datetime(2026, 2, 2, 20, tzinfo=UTC))
    told = replace(diary("."), days={day(0): asked_never})
    assert looking.tally(told, day(0), day(0), noon_after(3)).days == {day(0): Mark.NOT_ASKED}


def test_answers_are_whole_or_in_part() -> None:
    assert ANSWERED == (Mark.COMPLETE, Mark.PARTIAL)
