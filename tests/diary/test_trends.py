"""The trend verdict: by hand, its laws, and on some hundred diaries whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.trends import LOWER, RESTLESS, UPPER, Truth, called, diary_of, labelled
from bot.diary import trends
from bot.diary.digests import Diary
from bot.diary.entries import Side, Symptom
from bot.diary.trends import MIN_BEFORE, MIN_RECENT, Trend, Verdict
from tests.diary.test_digests import day, diary, noon_after

TEN_WEEKS = 70


def verdict(told: Diary, number: int = TEN_WEEKS, item: int = 0) -> Verdict | None:
    """The verdict on the evening of that day; number 70 is a Monday."""
    return trends.verdict(told, told.items[item], noon_after(number - 1) + timedelta(hours=8))


def test_a_clear_change_of_a_restless_diary_is_called() -> None:
    # Eight weeks of 4 and 6 in turn: mean 5, each day 1 away from it. Then two weeks of 3. Variance 56/68 = 0.8235.
    # Days that go up and down in turn are worth as much as independent ones: an error of sqrt(0.8235 x (1/14 + 1/56)),
    # which is 0.271. 2.26 times that is 0.61, and less than a point is never called.
    found = verdict(diary("46" * 28 + "3" * 14))
    assert found is not None
    assert found.trend is Trend.BETTER
    assert found.points == -2
    assert found.needed == 1
    assert (found.recent.n, found.recent.first_day, found.recent.last_day) == (14, day(56), day(69))
    assert (found.before.n, found.before.first_day, found.before.last_day) == (56, day(0), day(55))
    worse = verdict(diary("46" * 28 + "7" * 14))
    assert worse is not None
    assert (worse.trend, worse.points) == (Trend.WORSE, 2)


def test_a_diary_that_has_good_and_bad_weeks_has_no_trend_when_a_bad_one_comes() -> None:
    # Weeks of 2 and weeks of 6 in turn. 48 of 55 pairs of neighbours are alike, 7 are not: with the correction and the
    # usual days a likeness of 0.762, so that 70 days are worth 9.46. Variance 224/68 / 0.1352 = 24.37, error 1.475,
    # 2.736 times that is 4.04 points.
    found = verdict(diary(("2" * 7 + "6" * 7) * 4 + "7" * 14))
    assert found is not None
    assert found.points == 3
    assert found.needed == pytest.approx(4.036, abs=0.001)
    assert found.trend is Trend.STEADY


def test_a_wrong_tap_weighs_two_points_and_no_more() -> None:
    found = verdict(diary("5" * 56 + "5" * 13 + "T"))
    assert found is not None
    assert found.points == pytest.approx(2 / 14)
    assert found.trend is Trend.STEADY


def test_a_point_is_called_and_less_is_not() -> None:
    # Thirteen days one higher and one the same, then all fourteen.
    nearly, whole = verdict(diary("5" * 57 + "6" * 13)), verdict(diary("5" * 56 + "6" * 14))
    assert nearly is not None
    assert whole is not None
    assert (nearly.trend, nearly.points < 1) == (Trend.STEADY, True)
    assert (whole.trend, whole.points) == (Trend.WORSE, 1)


def test_it_goes_by_whole_weeks() -> None:
    told = diary("5" * 56 + "3" * 14 + "9" * 6)
    on_monday = verdict(told)
    assert on_monday is not None
    assert on_monday.trend is Trend.BETTER
    assert [verdict(told, TEN_WEEKS + later) for later in range(1, 7)] == [on_monday] * 6
    assert verdict(told, TEN_WEEKS + 7) != on_monday


def test_too_few_scores_have_no_verdict() -> None:
    for row, told in (
        ("." * 42 + "5" * MIN_BEFORE + "5" * MIN_RECENT + "." * 7, True),
        ("." * 43 + "5" * (MIN_BEFORE - 1) + "5" * 14, False),
        ("5" * 56 + "5" * (MIN_RECENT - 1) + "." * 8, False),
        ("5" * 56 + "s" * 14, False),
        ("." * 70, False),
    ):
        assert (verdict(diary(row)) is not None) is told, row


def test_what_there_is_of_the_weeks_before_is_named() -> None:
    found = verdict(diary("." * 35 + "5" * 35))
    assert found is not None
    assert (found.before.n, found.before.first_day) == (21, day(35))


def test_two_knees_have_a_verdict_each() -> None:
    told = diary("5" * 70, "5" * 56 + "8" * 14)
    left, right = (
        replace(item, symptom=Symptom.PAIN, site="knee", side=side)
        for item, side in zip(told.items, (Side.LEFT, Side.RIGHT), strict=True)
    )
    found = [verdict(replace(told, items=(left, right)), item=which) for which in (0, 1)]
    assert [it.trend for it in found if it is not None] == [Trend.STEADY, Trend.WORSE]


def test_days_without_neighbours_are_taken_for_usual_ones() -> None:
    found = verdict(diary("5." * 35))
    assert found is not None
    assert found.trend is Trend.STEADY


# --- laws

ROWS = st.lists(st.sampled_from("0123456789Ts..."), min_size=70, max_size=70).map("".join)


@settings(max_examples=25)
@given(st.sampled_from("05T"), st.sets(st.integers(0, 69)))
def test_a_diary_of_one_score_has_no_trend_whatever_is_missing(score: str, missing: set[int]) -> None:
    found = verdict(diary("".join("." if n in missing else score for n in range(70))))
    assert found is None or (found.trend, found.points) == (Trend.STEADY, 0)


@settings(max_examples=25)
@given(st.lists(st.sampled_from("012345.s"), min_size=70, max_size=70).map("".join), st.integers(1, 4))
def test_the_same_number_on_every_score_changes_nothing(row: str, more: int) -> None:
    higher = "".join(str(int(mark) + more) if mark.isdigit() else mark for mark in row)
    assert verdict(diary(row)) == verdict(diary(higher))


@settings(max_examples=25)
@given(ROWS, st.sampled_from("PbBG_"))
def test_why_a_day_has_no_score_makes_no_difference(row: str, mark: str) -> None:
    marks = "".join(mark if it == "." else "a" for it in row)
    assert verdict(diary(row)) == verdict(diary(row, marks=marks))


@settings(max_examples=25)
@given(ROWS)
def test_a_diary_upside_down_has_the_opposite_trend(row: str) -> None:
    turned = {str(n): "T" if n == 0 else str(10 - n) for n in range(10)} | {"T": "0"}
    one, other = verdict(diary(row)), verdict(diary("".join(turned.get(mark, mark) for mark in row)))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        opposite = {Trend.BETTER: Trend.WORSE, Trend.WORSE: Trend.BETTER, Trend.STEADY: Trend.STEADY}
        assert other.points == pytest.approx(-one.points)
        assert other.needed == pytest.approx(one.needed)
        assert other.trend is opposite[one.trend] or abs(abs(one.points) - one.needed) < 1e-6


# --- how often it errs: `make bench ROWS=trends` asks ten thousand


def test_it_calls_few_of_the_steady_and_most_of_the_changed() -> None:
    random, steady, labels, steps = Random(7), [], [], []
    for level in (2, 5, 8):
        for number in range(80):
            kept = diary_of(Truth(level, 0.3, RESTLESS), 10, random)
            steady.append(called(kept, 10) in (Trend.BETTER, Trend.WORSE))
            labels.append(labelled(kept, 10) in LOWER | UPPER)
            way = -2 if (number % 2 and level > 2) or level > 7 else 2
            changed = diary_of(Truth(level, 0.3, RESTLESS, way, begins=70), 13, random)
            looks = [called(changed, week) for week in (11, 12, 13)]
            steps.append((Trend.BETTER if way < 0 else Trend.WORSE) in looks)
    assert sum(steady) / len(steady) < 0.05
    assert sum(steps) / len(steps) > 0.9
    assert sum(labels) / len(labels) > 0.2, "these diaries are restless enough to mislead the plain labels"
