"""Before and after treatment, by hand. Diaries as in test_digests.py: day 0 is Monday 2 February 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import courses, digests, summaries
from bot.diary.courses import Compared, Course
from bot.diary.digests import ChangeLabel, Diary
from bot.diary.entries import Side, Symptom
from bot.diary.sessions import BaselineKind, Kind
from tests.diary.test_digests import day, diary, noon_after, session

# A week before (days 7 to 13), the session on day 14, days 15 and 16 after it, and days 17 to 23.
WEEK = "......."
BEFORE, AFTER = "66.5676", "445.433"
"""36/6 and 23/6."""
ONE = WEEK + BEFORE + "999" + AFTER


def course(told: Diary, number: int = 400) -> Course:
    """Seen when day `number` has closed."""
    return courses.course(told, noon_after(number))


def only(found: tuple[Compared, ...]) -> Compared:
    assert len(found) == 1
    return found[0]


def test_seven_days_before_against_days_three_to_nine_after() -> None:
    (treatment,) = course(diary(ONE, needled=[session(14)])).treatments
    assert treatment.before == (day(7), day(13))
    assert treatment.after == (day(17), day(23))
    one = only(treatment.items)
    assert (one.before.n, one.after.n) == (6, 6)
    assert one.before.mean == pytest.approx(36 / 6)
    assert one.after.mean == pytest.approx(23 / 6)
    assert one.change is not None
    assert one.change.points == pytest.approx(-13 / 6)
    assert one.change.percent == pytest.approx(-13 / 36 * 100)
    assert one.change.label is ChangeLabel.CLEARLY_BETTER
    assert treatment.over
    assert treatment.others == ()


def test_below_four_scores_on_either_side_there_is_no_change() -> None:
    for before, after, told in (
        ("4444...", "2222...", True),
        ("444....", "2222222", False),
        ("4444444", "222ss..", False),
        (".......", ".......", False),
    ):
        (treatment,) = course(diary(WEEK + before + "..." + after, needled=[session(14)])).treatments
        assert (only(treatment.items).change is not None) is told, (before, after)
        assert [value for _, value in only(treatment.items).before.scores] == [4] * before.count("4")


def test_below_a_mean_of_four_there_is_no_percent() -> None:
    (treatment,) = course(diary(WEEK + "3333333" + "..." + "1111111", needled=[session(14)])).treatments
    change = only(treatment.items).change
    assert change is not None
    assert (change.points, change.percent, change.label) == (-2, None, ChangeLabel.CLEARLY_BETTER)


def test_a_window_that_is_not_over_says_so() -> None:
    told = diary(ONE, needled=[session(14)])
    for number, begun, over in ((15, False, False), (16, True, False), (22, True, False), (23, True, True)):
        (treatment,) = course(told, number).treatments
        assert (treatment.begun, treatment.over, only(treatment.items).after.over) == (begun, over, over), number
        assert only(treatment.items).before.over


def test_other_treatments_that_share_compared_days_are_named_and_those_further_away_are_not() -> None:
    # Of the one on day 20 days 13 to 19 and 23 to 29; of day 4 the last is 13, of day 36 the first is 29.
    needled = [session(n) for n in (3, 4, 20, 36, 37)]
    treatments = {it.day: it for it in course(diary("5" * 50, needled=needled)).treatments}
    assert treatments[day(20)].others == (day(4), day(36))
    assert treatments[day(3)].others == (day(4),)
    assert treatments[day(37)].others == (day(36),)


def test_two_sessions_of_one_day_are_one_treatment() -> None:
    needled = [session(14), session(14, Kind.OTHER)]
    (treatment,) = course(diary(ONE, needled=needled)).treatments
    assert [it.kind for it in treatment.sessions] == [Kind.NEEDLING, Kind.OTHER]
    assert course(diary(ONE, needled=needled)).series == ()


def test_other_kinds_of_treatment_count_and_those_to_come_do_not() -> None:
    needled = [session(14, Kind.OTHER), session(30)]
    found = course(diary(ONE, needled=needled), 24)
    assert [it.day for it in found.treatments] == [day(14)]
    assert [it.day for it in course(diary(ONE, needled=needled), 30).treatments] == [day(14), day(30)]


def test_the_series_goes_from_before_the_first_to_after_the_last() -> None:
    row = "8888888" + "5" * 14 + "5" + ".." + "4444442"
    found = course(diary(row, needled=[session(7), session(14), session(21)]))
    one = only(found.series)
    assert (one.before.first, one.before.last) == (day(0), day(6))
    assert (one.after.first, one.after.last) == (day(24), day(30))
    assert (one.before.mean, one.before.n, one.after.n) == (8, 7, 7)
    assert one.after.mean == pytest.approx(26 / 7)
    assert one.change is not None
    assert one.change.label is ChangeLabel.MUCH_BETTER


def test_from_the_baseline_to_the_last_seven_days_that_there_are() -> None:
    # Treated on day 7; the last answer is of day 36, and nothing since. Days 30 to 36: 3, 4, 3, -, 4, -, 3.
    row = "7766676" + "5" * 23 + "343.4.3"
    told = diary(row, needled=[session(7)], marks="a" * 60)
    (one,) = course(told, 59).since_baseline
    assert (one.last.first, one.last.last, one.last.n) == (day(30), day(36), 5)
    assert one.last.mean == pytest.approx(17 / 5)
    assert one.baseline is not None
    assert (one.baseline.kind, one.baseline.n) == (BaselineKind.BEFORE_TREATMENT, 7)
    assert one.change is not None
    assert one.change.points == pytest.approx(17 / 5 - 45 / 7)
    assert one.change.label is ChangeLabel.CLEARLY_BETTER


def test_a_baseline_is_not_compared_with_itself() -> None:
    (one,) = course(diary("7" * 10, needled=[session(7)]), 9).since_baseline
    assert one.baseline is not None
    assert one.last.first == day(3)
    assert one.change is None
    assert course(diary("." * 20, needled=[session(7)])).since_baseline == ()


def test_an_item_without_a_baseline_has_its_last_days_alone() -> None:
    found = course(diary("7" * 30, "." * 27 + "5.5", needled=[session(7)])).since_baseline
    assert [(it.baseline is None, it.last.n, it.change is None) for it in found] == [(False, 7, False), (True, 2, True)]
    # One that was never answered is left out.
    assert len(course(diary("7" * 30, "." * 30, needled=[session(7)])).since_baseline) == 1


def test_today_is_among_the_last_days_once_it_is_answered_in_full() -> None:
    told = diary("5" * 21, "5" * 20 + ".", needled=[session(7)])
    evening = noon_after(19) + timedelta(hours=9)
    assert courses.last_seven(told, evening) == (day(13), day(19))
    assert courses.last_seven(diary("5" * 21, "5" * 21), evening) == (day(14), day(20))
    assert courses.last_seven(diary("5"), noon_after(-1) + timedelta(hours=9)) == (day(-6), day(0))
    assert courses.last_seven(diary("."), noon_after(3)) is None


def test_left_and_right_stand_apart_and_an_item_of_another_time_is_left_out() -> None:
    told = diary(ONE, ONE.replace("6", "2"), "." * 24, needled=[session(14)])
    sides = (Side.LEFT, Side.RIGHT, Side.BOTH)
    items = tuple(
        replace(item, symptom=Symptom.PAIN, site="knee", side=side, ended_day=day(3) if side is Side.BOTH else None)
        for item, side in zip(told.items, sides, strict=True)
    )
    (treatment,) = course(replace(told, items=items)).treatments
    assert [it.item.side for it in treatment.items] == [Side.LEFT, Side.RIGHT]
    assert treatment.items[0].before.mean != treatment.items[1].before.mean


def test_a_diary_without_sessions_has_no_treatment() -> None:
    assert course(diary("5" * 20)).treatments == ()


# --- laws


@settings(max_examples=25)
@given(st.lists(st.sampled_from("0123456789T.s"), min_size=40, max_size=40).map("".join), st.sets(st.integers(0, 39)))
def test_a_change_is_that_of_the_two_means_and_needs_both(row: str, treated: set[int]) -> None:
    found = course(diary(row, needled=[session(n) for n in sorted(treated)]))
    assert [it.day for it in found.treatments] == [day(n) for n in sorted(treated)]
    for one in [*found.series, *(it for treatment in found.treatments for it in treatment.items)]:
        enough = one.before.n >= 4 and one.after.n >= 4
        assert (one.change is not None) is enough
        if one.change is not None:
            assert one.before.mean is not None
            assert one.after.mean is not None
            assert one.change == digests.change(one.after.mean, one.before.mean)
        for side in (one.before, one.after):
            assert all(side.first <= when <= side.last for when, _ in side.scores)
            assert (side.last - side.first).days == 6


def test_a_report_means_the_same_last_days_when_a_patient_fell_silent() -> None:
    told = diary("6" * 7 + "3" * 7 + "." * 7, needled=[session(7)])
    (one,) = course(told, 21).since_baseline
    (reported,) = summaries.summary(told, noon_after(21)).items
    assert (reported.last7, reported.last7_n, reported.change) == (3.0, 7, one.change)
    assert summaries.summary(told, noon_after(21)).last7 == (one.last.first, one.last.last) == (day(7), day(13))
