"""The baseline: which seven days, from when on, and what never counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import days, sessions
from bot.diary.digests import Diary
from bot.diary.entries import Day, Item, ItemId, Score, Side, Symptom
from bot.diary.people import PatientId
from bot.diary.sessions import Baseline, BaselineKind, Kind, Session, SessionId

LISBON = "Europe/Lisbon"
START = date(2026, 2, 2)
PAIN = Item(ItemId(1), Symptom.PAIN, None, None, 0, START)
BURNING = Item(ItemId(2), Symptom.BURNING, "foot", Side.LEFT, 1, START)


def day(number: int) -> date:
    """The first day of the diary, a Monday, is number 0."""
    return START + timedelta(days=number)


def noon_after(number: int) -> datetime:
    """The instant at which that diary day closes."""
    return days.closes_at(day(number), LISBON)


def session(number: int, kind: Kind = Kind.NEEDLING) -> Session:
    return Session(SessionId(number), day(number), kind, noon_after(number))


def diary(pain: str, sessions: Iterable[Session] = (), item: Item = PAIN) -> Diary:
    """A diary from one character a day: a score, "T" for 10, "s" for skipped, "." for none."""
    planned = {day(number): Day(PatientId(1), day(number), LISBON, noon_after(number)) for number in range(len(pain))}
    scores = {
        (day(number), item.id): Score(item.id, day(number), _value(mark), noon_after(number))
        for number, mark in enumerate(pain)
        if mark != "."
    }
    return Diary((item,), planned, scores, tuple(sessions), START, LISBON)


def _value(mark: str) -> int | None:
    return {"T": 10, "s": None}[mark] if mark in "Ts" else int(mark)


def baseline(mean: float, n: int, first: int, kind: BaselineKind) -> Baseline:
    return Baseline(mean, n, day(first), day(first + 6), kind)


BEFORE, IN_TREATMENT, FIRST = (
    BaselineKind.BEFORE_TREATMENT,
    BaselineKind.FIRST_WEEK_IN_TREATMENT,
    BaselineKind.FIRST_WEEK,
)


@pytest.mark.parametrize(
    ("pain", "needled", "expected"),
    [
        # Seven scores before the first session: (5+5+5+6+6+6+2)/7 = 5.
        ("5556662 111", [7], baseline(5, 7, 0, BEFORE)),
        # The seven days before it, not the first seven; and not the day of the session.
        ("999 4444444 0000", [10], baseline(4, 7, 3, BEFORE)),
        # Of two sessions the first counts, in whatever order they were logged.
        ("4444444 9999999 99", [14, 7], baseline(4, 7, 0, BEFORE)),
        # Four scores are enough, three are not. Zero is a score, a skip is none.
        ("0.0.2.6 555", [7], baseline(2, 4, 0, BEFORE)),
        ("0.0.2.s 5550", [7], baseline(3, 4, 2, IN_TREATMENT)),
        # Enrolled five days before: five scores will do.
        ("66666 1111111", [5], Baseline(6, 5, day(-2), day(4), BEFORE)),
        # Needled on the day of the enrolment: the first week, already in treatment.
        ("7654321 0", [0], baseline(4, 7, 0, IN_TREATMENT)),
        ("7654321 0", [3], baseline(4, 7, 0, IN_TREATMENT)),
        # The session on the last day of that week: its evening answer is one from treatment.
        ("...4444 4", [6], baseline(4, 4, 0, IN_TREATMENT)),
        # A first week that was over before the first session is no treatment.
        ("4444444 .......... 1111111", [17], baseline(4, 7, 0, FIRST)),
        # Before any session.
        ("3333333 9", [], baseline(3, 7, 0, FIRST)),
        ("3..3..3 3", [], None),
        ("3.3.3.3 3", [], baseline(3, 4, 0, FIRST)),
        # A slow start: the first seven days in a row that hold four scores.
        ("4...... ..4.6.6.4", [], baseline(5, 4, 9, FIRST)),
        ("4...... ..4.6.6.4", [7], baseline(5, 4, 9, IN_TREATMENT)),
        ("....... .......", [], None),
        ("s.s.s.s s", [], None),
    ],
)
def test_which_seven_days(pain: str, needled: list[int], expected: Baseline | None) -> None:
    written = pain.replace(" ", "")
    told = diary(written, [session(number) for number in needled])
    assert sessions.baseline(told, PAIN, noon_after(len(written) - 1)) == expected


@pytest.mark.parametrize(("needled", "kind"), [([], FIRST), ([7], BEFORE), ([0], IN_TREATMENT)])
def test_there_is_none_until_the_last_of_the_seven_closes_and_then_it_stays(
    needled: list[int], kind: BaselineKind
) -> None:
    told = diary("4444444" + "9" * 30, [session(number) for number in needled])
    assert sessions.baseline(told, PAIN, noon_after(6) - timedelta(microseconds=1)) is None
    for later in range(6, 37):
        if not needled or later > needled[0]:
            assert sessions.baseline(told, PAIN, noon_after(later)) == baseline(4, 7, 0, kind)


def test_on_the_day_of_the_first_session_there_is_none_until_yesterday_closes() -> None:
    told = diary("33333334444444", [session(14)])
    morning = datetime.combine(day(14), time(9), UTC)
    assert sessions.baseline(told, PAIN, morning) is None
    assert sessions.baseline(replace(told, sessions=()), PAIN, morning) == baseline(3, 7, 0, FIRST)
    assert sessions.baseline(told, PAIN, noon_after(13)) == baseline(4, 7, 7, BEFORE)


def test_a_session_in_the_future_sets_nothing_yet() -> None:
    told = diary("3333333444", [session(20)])
    assert sessions.baseline(told, PAIN, noon_after(9)) == baseline(3, 7, 0, FIRST)
    assert sessions.first_session_day(told, noon_after(9)) is None
    assert sessions.first_session_day(told, noon_after(20)) == day(20)


def test_the_patients_own_date_decides_whether_a_session_has_been() -> None:
    told = replace(diary("3333333", [session(9)]), zone="Asia/Kathmandu")
    midnight = datetime.combine(day(8), time(18, 15), UTC)
    assert sessions.first_session_day(told, midnight - timedelta(microseconds=1)) is None
    assert sessions.first_session_day(told, midnight) == day(9)


@pytest.mark.parametrize("kind", Kind)
def test_a_session_of_any_kind_counts(kind: Kind) -> None:
    told = diary("333333344444445", [session(14, kind)])
    assert sessions.baseline(told, PAIN, noon_after(14)) == baseline(4, 7, 7, BEFORE)


def test_correcting_or_deleting_the_first_session_computes_it_anew() -> None:
    told = diary("22222223333333 4444444 5".replace(" ", ""), [session(21), session(14)])
    now = noon_after(21)
    assert sessions.baseline(told, PAIN, now) == baseline(3, 7, 7, BEFORE)
    assert sessions.baseline(replace(told, sessions=(session(21),)), PAIN, now) == baseline(4, 7, 14, BEFORE)
    assert sessions.baseline(replace(told, sessions=()), PAIN, now) == baseline(2, 7, 0, FIRST)


def test_an_item_added_later_has_its_own_first_week() -> None:
    added = replace(BURNING, added_day=day(10))
    pain = diary("4" * 20, [session(7)])
    scores = {(day(number), added.id): Score(added.id, day(number), 6, noon_after(number)) for number in range(11, 20)}
    told = replace(pain, items=(PAIN, added), scores={**pain.scores, **scores})
    assert sessions.baseline(told, PAIN, noon_after(19)) == baseline(4, 7, 0, BEFORE)
    assert sessions.baseline(told, added, noon_after(19)) == baseline(6, 6, 10, IN_TREATMENT)
    assert sessions.baseline(replace(told, sessions=()), added, noon_after(19)) == baseline(6, 6, 10, FIRST)


def test_imported_days_from_before_the_item_was_added_count() -> None:
    told = diary("8888888" + "2" * 7, item=replace(PAIN, added_day=day(7)))
    assert sessions.baseline(told, told.items[0], noon_after(13)) == baseline(8, 7, 0, FIRST)


def test_a_day_closes_by_the_zone_that_it_was_planned_in() -> None:
    told = diary("4444444")
    moved = replace(told, zone="Pacific/Kiritimati")
    assert sessions.baseline(moved, PAIN, noon_after(6) - timedelta(hours=1)) is None
    assert sessions.baseline(moved, PAIN, noon_after(6)) == baseline(4, 7, 0, FIRST)
    # A day without a row closes by the zone of today.
    unplanned = replace(moved, days={it: row for it, row in told.days.items() if it != day(6)})
    assert sessions.baseline(unplanned, PAIN, noon_after(6) - timedelta(hours=1)) == baseline(4, 7, 0, FIRST)


def test_a_diary_that_has_not_begun_has_no_baseline() -> None:
    assert sessions.baseline(diary(""), PAIN, noon_after(400)) is None
    assert sessions.baseline(diary("", [session(3)]), PAIN, noon_after(400)) is None


@pytest.mark.parametrize(
    ("values", "expected"), [([], None), ([10, 10, 10], None), ([0, 0, 0, 0], 0), ([1, 2, 3, 5], 2.75)]
)
def test_a_mean_needs_four_scores(values: list[int], expected: float | None) -> None:
    assert sessions.mean(values) == expected


MARKS = st.text(alphabet="0123456789T.s", max_size=40)
NEEDLED = st.lists(st.integers(0, 40), max_size=3)


@settings(deadline=None)
@given(pain=MARKS, needled=NEEDLED, now=st.integers(0, 60))
def test_a_baseline_is_the_mean_of_at_least_four_scores_of_seven_closed_days(
    pain: str, needled: list[int], now: int
) -> None:
    told = diary(pain, [session(number) for number in needled])
    found = sessions.baseline(told, PAIN, noon_after(now))
    if found is None:
        return
    inside = [
        value
        for number, mark in enumerate(pain)
        if found.first_day <= day(number) <= found.last_day and (value := _value_or_none(mark)) is not None
    ]
    assert found.last_day - found.first_day == timedelta(days=6)
    assert found.last_day <= day(now)
    assert found.n == len(inside) >= sessions.MIN_SCORES
    assert found.mean == pytest.approx(sum(inside) / len(inside))
    assert min(inside) <= found.mean <= max(inside)


@settings(deadline=None)
@given(pain=MARKS, needled=NEEDLED, now=st.integers(0, 60), later=st.integers(0, 60))
def test_a_frozen_baseline_changes_only_with_the_sessions(pain: str, needled: list[int], now: int, later: int) -> None:
    told = diary(pain, [session(number) for number in needled])
    found = sessions.baseline(told, PAIN, noon_after(now))
    same_first = sessions.first_session_day(told, noon_after(now)) == sessions.first_session_day(
        told, noon_after(now + later)
    )
    if found is not None and same_first:
        assert sessions.baseline(told, PAIN, noon_after(now + later)) == found


def _value_or_none(mark: str) -> int | None:
    return None if mark in ".s" else _value(mark)
