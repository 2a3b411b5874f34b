"""The week in numbers: every row and boundary of the tables by hand, then the laws.

Diaries are written as text, one row per item and one character per day, from a Monday on: a score, "T" for
10, "s" for a skipped item, "." for no answer. `marks` says what became of the asking: "a" asked, "x" not
today, "P" paused, "b" not asked by the bot, "l" asked but the answer lost by the bot, "B" blocked, "G" gone, "_" not
planned at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import days, digests, sessions
from bot.diary.alerts import Limits
from bot.diary.digests import ChangeLabel, Diary, Finding, Member, Need, Reason, Severity, Step
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, Score, Side, Symptom
from bot.diary.people import PatientId
from bot.diary.sessions import Kind, Session, SessionId

LISBON = "Europe/Lisbon"
START = date(2026, 2, 2)
EVENING = time(20)
MARKS: dict[str, dict[str, Any]] = {
    "a": {},
    "x": {"declined_at": datetime(2026, 2, 2, tzinfo=UTC)},
    "P": {"paused": True},
    "b": {"not_asked": Cause.BOT},
    "l": {"not_asked": Cause.BOT},
    "B": {"not_asked": Cause.BLOCKED},
    "G": {"not_asked": Cause.GONE},
}
LABELS = ChangeLabel


def day(number: int) -> date:
    """The first day of the diary, a Monday, is number 0."""
    return START + timedelta(days=number)


def noon_after(number: int) -> datetime:
    """The instant at which that diary day closes."""
    return days.closes_at(day(number), LISBON)


def session(number: int, kind: Kind = Kind.NEEDLING) -> Session:
    return Session(SessionId(number), day(number), kind, noon_after(number))


def diary(*rows: str, marks: str = "", needled: Iterable[Session] = ()) -> Diary:
    rows = tuple(row.replace(" ", "") for row in rows)
    marks = marks.replace(" ", "").ljust(max(map(len, rows), default=0), "a")
    symptoms = list(Symptom)
    items = tuple(Item(ItemId(n + 1), symptoms[n], None, None, n, START) for n in range(len(rows)))
    return Diary(
        items=items,
        days={day(n): _planned(n, mark) for n, mark in enumerate(marks) if mark != "_"},
        scores={
            (day(n), item.id): Score(item.id, day(n), _value(mark), noon_after(n))
            for item, row in zip(items, rows, strict=True)
            for n, mark in enumerate(row)
            if mark != "."
        },
        sessions=tuple(needled),
        enrolled_day=START,
        zone=LISBON,
    )


def _planned(number: int, mark: str) -> Day:
    sent_at = days.at(day(number), EVENING, LISBON) if mark in "axl" else None
    return Day(PatientId(1), day(number), LISBON, noon_after(number), sent_at=sent_at, **MARKS[mark])


def _value(mark: str) -> int | None:
    return {"T": 10, "s": None}[mark] if mark in "Ts" else int(mark)


def item_week(told: Diary, week: int, now: int = 400) -> digests.ItemWeek:
    """The first item of that week (0 is the first), seen when day `now` has closed."""
    return digests.week(told, day(7 * week), noon_after(now)).items[0]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Which week


@pytest.mark.parametrize(
    ("now", "zone", "prompt", "expected"),
    [
        # Monday 9 March, half past seven: Sunday was asked yesterday evening.
        ("2026-03-09 07:30", LISBON, "20:00", "2026-03-02"),
        ("2026-03-09 07:30", LISBON, "02:30", "2026-03-02"),
        # Sunday evening: from the prompt on it is the week just ending.
        ("2026-03-08 19:59:59", LISBON, "20:00", "2026-02-23"),
        ("2026-03-08 20:00", LISBON, "20:00", "2026-03-02"),
        ("2026-03-07 21:00", LISBON, "20:00", "2026-02-23"),
        # A prompt at 02:30 asks for Sunday on Monday morning.
        ("2026-03-09 02:29", LISBON, "02:30", "2026-02-23"),
        ("2026-03-09 02:30", LISBON, "02:30", "2026-03-02"),
        # It is Monday for the therapist in Lisbon, still Sunday afternoon for the patient in Honolulu.
        ("2026-03-09 05:00", "Pacific/Honolulu", "20:00", "2026-02-23"),
        ("2026-03-09 06:00", "Pacific/Honolulu", "20:00", "2026-03-02"),
        ("2026-03-09 07:30", "America/Chicago", "20:00", "2026-03-02"),
        ("2026-03-09 01:45", "Asia/Kathmandu", "20:00", "2026-03-02"),
        # The night of Sunday 29 March jumps over 02:30 in Nuuk? No: over 23:30 of the Saturday.
        ("2026-03-30 01:29", "America/Nuuk", "23:30", "2026-03-23"),
        ("2026-03-30 00:29", "America/Nuuk", "23:30", "2026-03-16"),
    ],
)
def test_the_last_week_is_the_newest_whose_sunday_has_been_asked(
    now: str, zone: str, prompt: str, expected: str
) -> None:
    assert digests.last_week(utc(now), zone, time.fromisoformat(prompt)) == date.fromisoformat(expected)


def test_a_prompt_that_the_clocks_move_into_monday_still_belongs_to_sunday() -> None:
    # Istanbul jumped from 03:00 to 04:00 on Monday 31 March 2014: Sunday's 03:30 came at 04:30.
    zone, hour = "Europe/Istanbul", time(3, 30)
    assert digests.last_week(utc("2014-03-31 01:15"), zone, hour) == date(2014, 3, 17)
    assert digests.last_week(utc("2014-03-31 01:30"), zone, hour) == date(2014, 3, 24)


@pytest.mark.parametrize("offset", range(1, 7))
def test_a_week_that_does_not_start_on_monday_is_refused(offset: int) -> None:
    with pytest.raises(ValueError, match="Monday"):
        digests.week(diary("1"), day(offset), noon_after(0))
    with pytest.raises(ValueError, match="Monday"):
        digests.need(diary("1"), day(offset), noon_after(0))


# Which digest is due


@pytest.mark.parametrize(
    ("due", "now", "hour", "week", "skipped", "following"),
    [
        # On time, and a minute late.
        ("03-09 07:30", "03-09 07:30", "03-09 07:30", "03-02", [], "03-16 07:30"),
        ("03-09 07:30", "03-09 07:31", "03-09 07:30", "03-02", [], "03-16 07:30"),
        # Down all Monday; until Sunday night, when the week that is just ending has been asked.
        ("03-09 07:30", "03-10 11:00", "03-09 07:30", "03-02", [], "03-16 07:30"),
        ("03-09 07:30", "03-15 21:00", "03-09 07:30", "03-02", [], "03-16 07:30"),
        # Down over two Mondays, and over three.
        ("03-09 07:30", "03-16 07:30", "03-16 07:30", "03-09", ["03-02"], "03-23 07:30"),
        ("03-09 07:30", "03-18 12:00", "03-16 07:30", "03-09", ["03-02"], "03-23 07:30"),
        ("03-09 07:30", "03-24 12:00", "03-23 07:30", "03-16", ["03-02", "03-09"], "03-30 06:30"),
        # The clocks of Lisbon go forward on 29 March: the hour is 06:30 by UTC from then on.
        ("03-23 07:30", "03-30 06:29", "03-23 07:30", "03-16", [], "03-30 06:30"),
        ("03-23 07:30", "03-30 06:30", "03-30 06:30", "03-23", ["03-16"], "04-06 06:30"),
        # DIGEST_DAY was changed meanwhile: the next hour is on the new day, and no week comes twice.
        ("03-05 07:30", "03-09 08:00", "03-09 07:30", "03-02", ["02-23"], "03-16 07:30"),
        ("03-10 07:30", "03-16 07:00", "03-10 07:30", "03-02", [], "03-16 07:30"),
    ],
)
def test_a_late_digest_is_about_its_own_week_and_of_several_the_newest_goes(
    due: str, now: str, hour: str, week: str, skipped: list[str], following: str
) -> None:
    found = digests.slot(utc(f"2026-{due}"), utc(f"2026-{now}"), LISBON, 0, time(7, 30), EVENING)
    assert found == digests.Slot(
        utc(f"2026-{hour}"),
        date.fromisoformat(f"2026-{week}"),
        tuple(date.fromisoformat(f"2026-{one}") for one in skipped),
        utc(f"2026-{following}"),
    )


# One item


@pytest.mark.parametrize(
    ("row", "n", "mean", "worst", "at_7"),
    [
        ("4353444", 7, 27 / 7, (2, 5), 0),
        ("4s53.44", 5, 4.0, (2, 5), 0),
        ("7.8.7.T", 4, 8.0, (6, 10), 4),
        ("6.7.7.6", 4, 6.5, (2, 7), 2),
        ("0000000", 7, 0.0, (0, 0), 0),
        ("0.0.0.4", 4, 1.0, (6, 4), 0),
        ("9.9.9..", 3, None, (0, 9), 3),
        ("......5", 1, None, (6, 5), 0),
        ("sssssss", 0, None, None, 0),
        (".......", 0, None, None, 0),
    ],
)
def test_an_item_in_a_week(row: str, n: int, mean: float | None, worst: tuple[int, int] | None, at_7: int) -> None:
    found = item_week(diary(row), 0)
    assert found.n == len(found.scores) == n
    assert found.mean == mean
    assert found.worst == (None if worst is None else (day(worst[0]), worst[1]))
    assert found.days_at_7 == at_7
    assert found.start == START


@pytest.mark.parametrize(
    ("weeks", "step"),
    [
        ("4444444 5555555", Step.HIGHER),
        ("5555555 4444444", Step.LOWER),
        ("4444444 4444444", Step.SAME),
        # 27/7 to 20/7 is one point, to 21/7 it is less.
        ("4444443 3333332", Step.LOWER),
        ("4444443 3333333", Step.SAME),
        ("3333332 4444443", Step.HIGHER),
        ("3333333 4444443", Step.SAME),
        # 4.0 from four against 4.75 from four; then a whole point with different n.
        ("4.4.4.4 5.5.5.4", Step.SAME),
        ("4.4.4.4 5.5.555", Step.HIGHER),
        ("4.4.4.. 9999999", None),
        ("4444444 9.9.9..", None),
        ("....... 4444444", None),
    ],
)
def test_a_week_is_lower_or_higher_from_one_point_on(weeks: str, step: Step | None) -> None:
    assert item_week(diary(weeks), 1).step is step


@pytest.mark.parametrize(
    ("previous", "mean", "expected"),
    [
        (4.0, 5.0, Step.HIGHER),
        (4.0, 4.99, Step.SAME),
        (4.0, 3.0, Step.LOWER),
        (4.0, 3.01, Step.SAME),
        (None, 3.0, None),
        (3.0, None, None),
    ],
)
def test_a_step_is_compared_unrounded(previous: float | None, mean: float | None, expected: Step | None) -> None:
    assert digests.step(mean, previous) is expected


def test_what_came_in_late_is_in_next_weeks_comparison() -> None:
    told = diary("4444... 4444444")
    assert item_week(told, 1).previous == 4.0
    later = replace(told, scores={**told.scores, (day(4), ItemId(1)): Score(ItemId(1), day(4), 9, noon_after(4))})
    assert item_week(later, 1).previous == 5.0


# Change


@pytest.mark.parametrize(
    ("baseline", "mean", "percent", "label"),
    [
        # Baseline of 4 or more: percent decide.
        (10, 9.01, -9.9, LABELS.SAME),
        (10, 9, -10, LABELS.SLIGHTLY_BETTER),
        (10, 7.01, -29.9, LABELS.SLIGHTLY_BETTER),
        (10, 7, -30, LABELS.CLEARLY_BETTER),
        (10, 5.01, -49.9, LABELS.CLEARLY_BETTER),
        (10, 5, -50, LABELS.MUCH_BETTER),
        (10, 0, -100, LABELS.MUCH_BETTER),
        (6, 6, 0, LABELS.SAME),
        (6, 6.59, 9.8333, LABELS.SAME),
        (6, 6.6, 10, LABELS.SLIGHTLY_HIGHER),
        (6, 7.79, 29.8333, LABELS.SLIGHTLY_HIGHER),
        (6, 7.8, 30, LABELS.HIGHER),
        # Two points are reached before 30%.
        (8, 9.99, 24.875, LABELS.SLIGHTLY_HIGHER),
        (8, 10, 25, LABELS.HIGHER),
        # 10% that are less than a point are no longer "about the same".
        (4, 3.61, -9.75, LABELS.SAME),
        (4, 3.6, -10, LABELS.SLIGHTLY_BETTER),
        (4, 4.4, 10, LABELS.SLIGHTLY_HIGHER),
        (4, 2.8, -30, LABELS.CLEARLY_BETTER),
        (4, 2, -50, LABELS.MUCH_BETTER),
        (4, 5.2, 30, LABELS.HIGHER),
        # Below 4: points, and no percent.
        (3.99, 2.0, None, LABELS.SLIGHTLY_BETTER),
        (3, 3, None, LABELS.SAME),
        (3, 2.01, None, LABELS.SAME),
        (3, 2, None, LABELS.SLIGHTLY_BETTER),
        (3, 1.01, None, LABELS.SLIGHTLY_BETTER),
        (3, 1, None, LABELS.CLEARLY_BETTER),
        (3, 0, None, LABELS.CLEARLY_BETTER),
        (3, 3.99, None, LABELS.SAME),
        (3, 4, None, LABELS.SLIGHTLY_HIGHER),
        (3, 4.99, None, LABELS.SLIGHTLY_HIGHER),
        (3, 5, None, LABELS.HIGHER),
        (0, 0, None, LABELS.SAME),
        (0, 1, None, LABELS.SLIGHTLY_HIGHER),
        (0, 2, None, LABELS.HIGHER),
    ],
)
def test_the_table_of_changes(baseline: float, mean: float, percent: float | None, label: ChangeLabel) -> None:
    found = digests.change(mean, baseline)
    assert found.points == mean - baseline
    assert found.percent == (None if percent is None else pytest.approx(percent, abs=1e-3))
    assert found.label is label


@pytest.mark.parametrize(
    ("baseline", "mean", "label"),
    [
        ((30, 7), (27, 7), LABELS.SLIGHTLY_BETTER),
        ((30, 7), (21, 7), LABELS.CLEARLY_BETTER),
        ((30, 7), (15, 7), LABELS.MUCH_BETTER),
        ((30, 7), (33, 7), LABELS.SLIGHTLY_HIGHER),
        ((30, 7), (39, 7), LABELS.HIGHER),
        ((40, 7), (54, 7), LABELS.HIGHER),
        ((20, 7), (13, 7), LABELS.SLIGHTLY_BETTER),
        ((20, 7), (34, 7), LABELS.HIGHER),
        ((20, 6), (8, 6), LABELS.CLEARLY_BETTER),
        ((50, 6), (45, 6), LABELS.SLIGHTLY_BETTER),
    ],
)
def test_a_limit_that_is_met_exactly_in_sevenths_is_met(
    baseline: tuple[int, int], mean: tuple[int, int], label: ChangeLabel
) -> None:
    assert digests.change(mean[0] / mean[1], baseline[0] / baseline[1]).label is label


def test_a_week_is_compared_with_the_baseline_once_that_was_over() -> None:
    told = diary("6666666 3333333 3333333", needled=[session(7)])
    first, second = item_week(told, 0), item_week(told, 1)
    assert first.baseline == second.baseline
    assert first.baseline is not None
    assert first.baseline.mean == 6.0
    assert first.change is None
    assert second.change == digests.Change(-3.0, -50.0, LABELS.MUCH_BETTER)


def test_a_week_that_shares_days_with_its_baseline_is_not_compared() -> None:
    told = diary("6666666 6663333 3333333", needled=[session(10)])
    assert [item_week(told, week).change is not None for week in range(3)] == [False, False, True]


@pytest.mark.parametrize("row", ["4444... 333....", "444.... 3333333", "....... ......."])
def test_without_four_scores_on_either_side_there_is_no_change(row: str) -> None:
    assert item_week(diary(row), 1, now=13).change is None


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (0, Severity.MILD),
        (3.99, Severity.MILD),
        (4, Severity.MODERATE),
        (6.99, Severity.MODERATE),
        (7, Severity.SEVERE),
        (10, Severity.SEVERE),
    ],
)
def test_severity_words_are_for_pain_alone(mean: float, expected: Severity) -> None:
    for symptom in Symptom:
        item = Item(ItemId(1), symptom, "foot", Side.LEFT, 0, START)
        assert digests.severity(item, mean) is (expected if symptom is Symptom.PAIN else None)


# The days of a week


def test_every_day_of_a_week_has_its_state_and_adherence_is_entries_by_days_asked() -> None:
    told = diary("4.s4.44", "3.s.4.4", marks="aaaxPbB")
    found = digests.week(told, START, noon_after(6))
    assert [state for _, state in found.states] == [
        DayState.COMPLETE,
        DayState.MISSED,
        DayState.SKIPPED,
        DayState.PARTIAL,
        DayState.PARTIAL,  # an own entry on a paused day
        DayState.PARTIAL,  # and on one that the bot did not ask
        DayState.COMPLETE,
    ]
    assert (found.answered, found.asked) == (5, 7)
    assert (found.skipped, found.paused, found.open_days, found.not_asked) == ((day(2),), (), (), {})
    assert found.end == day(6)


def test_paused_and_not_asked_days_are_named_and_not_counted() -> None:
    found = digests.week(diary("4......", marks="aaPbBGb"), START, noon_after(6))
    assert (found.answered, found.asked) == (1, 2)
    assert found.paused == (day(2),)
    assert found.not_asked == {Cause.BOT: (day(3), day(6)), Cause.BLOCKED: (day(4),), Cause.GONE: (day(5),)}


@pytest.mark.parametrize("sunday", [".", "4"])
def test_an_open_day_is_open_and_its_scores_count_in_the_mean(sunday: str) -> None:
    told = diary("444444" + sunday, "444444.")
    before, after = (digests.week(told, START, noon_after(6) - timedelta(hours=hour)) for hour in (4, 0))
    assert (before.answered, before.asked, before.open_days) == (6, 6, (day(6),))
    assert before.items[0].n == (7 if sunday == "4" else 6)
    assert (after.answered, after.asked, after.open_days) == (7 if sunday == "4" else 6, 7, ())


def test_days_before_the_enrolment_and_days_to_come_are_not_planned() -> None:
    told = replace(diary("..444", marks="__aaa"), enrolled_day=day(2))
    found = digests.week(told, START, noon_after(4))
    assert [state for _, state in found.states] == [None, None, *[DayState.COMPLETE] * 3, None, None]
    assert (found.answered, found.asked) == (3, 3)


def test_a_week_with_nothing_in_it_is_empty_and_whole() -> None:
    found = digests.week(diary(), START, noon_after(6))
    assert (found.items, found.answered, found.asked) == ((), 0, 0)
    assert found.states == tuple((day(n), None) for n in range(7))


def test_items_stand_in_the_order_asked_and_only_while_they_are_followed() -> None:
    told = diary("4444444 4444444", "3333333 .......", "......3 3333333")
    burning, tingling, pain = told.items
    told = replace(
        told,
        items=(
            replace(pain, position=0, added_day=day(6)),
            replace(burning, position=2),
            replace(tingling, position=1, ended_day=day(7)),
        ),
    )
    shown = [[it.item.symptom for it in digests.week(told, day(first), noon_after(13)).items] for first in (0, 7)]
    assert shown == [[Symptom.PAIN, Symptom.TINGLING, Symptom.BURNING], [Symptom.PAIN, Symptom.BURNING]]


def test_a_score_shows_its_item_even_after_the_item_ended() -> None:
    told = diary("....... 5......")
    ended = replace(told, items=(replace(told.items[0], ended_day=day(7)),))
    assert item_week(ended, 1).scores == ((day(7), 5),)


# Silence


@pytest.mark.parametrize(
    ("row", "marks", "silent"),
    [
        ("4444", "", 0),
        ("4...", "", 3),
        ("....", "", 4),
        ("4..0", "", 0),
        ("4..s", "", 0),
        ("4....", "aaaax", 0),
        ("4....", "aaaxa", 1),
        ("4.....", "aaaPaa", 2),
        ("4.....", "aaaaaP", 0),
        # What the bot failed to ask is nobody's silence, and does not hide it either.
        ("4.....", "aaabbb", 2),
        ("4.....", "aabbaa", 3),
        ("4.....", "aaBBBB", 5),
        ("4.....", "aaGGaa", 5),
        ("4......", "aa__aaa", 4),
        ("", "", 0),
    ],
)
def test_days_without_an_entry(row: str, marks: str, silent: int) -> None:
    told = diary(row, marks=marks)
    assert digests.silent_days(told, noon_after(len(row))) == silent


@pytest.mark.parametrize(("today", "silent"), [(".", 3), ("4", 0), ("s", 0)])
def test_the_day_that_is_still_open_is_no_silence(today: str, silent: int) -> None:
    told = diary("4..." + today, "4....")
    assert digests.silent_days(told, noon_after(4) - timedelta(hours=1)) == silent


# One high day


@pytest.mark.parametrize(
    ("row", "value", "usual", "n"),
    [
        ("4444444 6", 6, 4.0, 7),
        ("4444444 5", None, None, 0),
        ("4.4.4.4 6", 6, 4.0, 4),
        ("4.4.4.. 9", None, None, 0),
        ("4444443 6", 6, 27 / 7, 7),
        ("4444445 6", None, None, 0),
        ("0000000 2", 2, 0.0, 7),
        ("4444444 s", None, None, 0),
        ("4444444 .", None, None, 0),
    ],
)
def test_a_day_two_above_the_own_mean_of_the_seven_before(
    row: str, value: int | None, usual: float | None, n: int
) -> None:
    told = diary(row)
    found = digests.jumps(told, day(7))
    if value is None:
        assert found == ()
    else:
        assert found == (digests.Jump(told.items[0], day(7), value, usual or 0.0, n, False),)


@pytest.mark.parametrize(
    ("kind", "needled", "sore"),
    [
        (Kind.NEEDLING, 10, True),
        (Kind.NEEDLING_STIMULATION, 7, True),
        (Kind.NEEDLING, 6, False),
        (Kind.NEEDLING, 11, False),
        (Kind.OTHER, 10, False),
    ],
)
def test_soreness_is_expected_on_the_day_of_needling_and_three_days_after(kind: Kind, needled: int, sore: bool) -> None:
    told = diary("4444444 4449", needled=[session(needled, kind)])
    assert [(jump.day, jump.after_session) for jump in digests.jumps(told, day(7))] == [(day(10), sore)]


def test_two_high_days_that_a_needling_keeps_from_alerting_are_told_as_after_a_session() -> None:
    """From 6 to 7 and 7 is no leap of two points, but it would alert at any other time."""
    told = diary("6666666 677", needled=[session(7)])
    (jump,) = digests.jumps(told, day(7))
    assert (jump.day, jump.value, jump.usual, jump.n, jump.after_session) == (day(9), 7, 6.0, 7, True)
    assert digests.jumps(diary("6666666 677"), day(7)) == (), "an alert of its own tells of it"
    assert digests.jumps(diary("7777777 777", needled=[session(7)]), day(7)) == ()
    assert digests.jumps(replace(told, limits=Limits(high=8)), day(7)) == (), "their own limits are higher"
    higher = replace(diary("6666666 677788", needled=[session(7)]), limits=Limits(rise=3, high=8))
    assert digests.jumps(higher, day(7)) == (), "8 and 8, but on the fourth day after"
    lower = replace(diary("5555555 566", needled=[session(7)]), limits=Limits(high=6))
    assert [(jump.day, jump.value) for jump in digests.jumps(lower, day(7))] == [(day(9), 6)]


def test_two_high_days_with_too_few_scores_before_them_alert_nobody_but_are_told() -> None:
    (jump,) = digests.jumps(diary("666.... 78.8s7"), day(7))
    assert (jump.day, jump.value, jump.usual, jump.n, jump.above) == (day(8), 8, None, 3, 0.0)
    assert digests.jumps(diary("6666... 78"), day(7)) == (), "that is an alert"
    assert digests.jumps(diary("666.... 76"), day(7)) == ()


# Who needs attention


def reasons(found: Need) -> list[tuple[Reason, float]]:
    return [(finding.reason, round(finding.size, 6)) for finding in found.findings]


def need(told: Diary, week: int, now: int | None = None) -> Need:
    return digests.need(told, day(7 * week), noon_after(7 * week + 6 if now is None else now))


@pytest.mark.parametrize(
    ("row", "week", "expected"),
    [
        ("5555555 5555555", 1, [(Reason.STEADY, 0)]),
        # 30% above 5, just not, and 2 points above 8.
        ("5555555 6666666 6.6.7.7", 2, [(Reason.ABOVE_BASELINE, 1.5)]),
        ("5555555 6666666 6.67667", 2, [(Reason.STEADY, 0)]),
        ("8888888 9999999 TTTTTTT", 2, [(Reason.ABOVE_BASELINE, 2), (Reason.DAYS_AT_7, 7)]),
        # Below a baseline of 4 by points.
        ("1111111 2222222 3333333", 2, [(Reason.ABOVE_BASELINE, 2)]),
        ("2222222 2222222 3333333", 2, [(Reason.STEADY, 0)]),
        # Rose by 2 this week, though it is no more than at first.
        ("5555555 3333333 5555555", 2, [(Reason.ROSE, 2)]),
        ("5555555 3333333 5555554", 2, [(Reason.STEADY, 0)]),
        ("5555555 333.... 5555555", 2, [(Reason.STEADY, 0)]),
        # Three days at 7 or more need no mean.
        ("7777777 7.8.9..", 1, [(Reason.DAYS_AT_7, 3)]),
        ("7777777 776666.", 1, [(Reason.STEADY, 0)]),
        # Silence.
        ("5555555 5555...", 1, [(Reason.QUIET, 3)]),
        ("5555555 55555..", 1, [(Reason.STEADY, 0)]),
        ("5555555 5......", 1, [(Reason.QUIET, 6)]),
        ("5555555 .......", 1, [(Reason.SILENT, 7)]),
        ("555.... ....... .......", 2, [(Reason.SILENT, 18)]),
        # A reason in what was answered goes before the silence.
        (
            "5555555 9999...",
            1,
            [(Reason.ABOVE_BASELINE, 4), (Reason.ROSE, 4), (Reason.DAYS_AT_7, 4), (Reason.QUIET, 3)],
        ),
    ],
)
def test_why_a_patient_needs_attention(row: str, week: int, expected: list[tuple[Reason, float]]) -> None:
    assert reasons(need(diary(row), week)) == expected


def test_the_most_pressing_symptom_stands_first() -> None:
    told = diary("5555555 7777777", "5555555 8888888", "5555555 5555555")
    burning, tingling, _ = told.items
    found = [(it.reason, it.about.item if it.about else None) for it in need(told, 1).findings]
    assert found == [
        (Reason.ABOVE_BASELINE, tingling),
        (Reason.ABOVE_BASELINE, burning),
        (Reason.ROSE, tingling),
        (Reason.ROSE, burning),
        (Reason.DAYS_AT_7, burning),
        (Reason.DAYS_AT_7, tingling),
    ]
    assert need(told, 1).reason is Reason.ABOVE_BASELINE
    assert need(told, 1).size == 3.0


def test_who_has_just_started_is_new_until_a_day_has_closed() -> None:
    assert reasons(digests.need(diary(), START, noon_after(0))) == [(Reason.NEW, 0)]
    first = diary(".")
    assert need(first, 0, now=-1).reason is Reason.NEW
    assert need(first, 0, now=0).reason is Reason.STEADY
    assert need(diary("4"), 0, now=-1).reason is Reason.STEADY


def test_the_last_answer_and_whether_the_patient_can_be_reached() -> None:
    found = need(diary("44s....", marks="aaaaBBB"), 0)
    assert (found.last_answer, found.silent_days, found.unreachable) == (day(1), 4, Cause.BLOCKED)
    found = need(diary("4......", marks="aGGGGGb"), 0)
    assert (found.silent_days, found.unreachable) == (5, None)
    found = digests.need(diary(), START, noon_after(0))
    assert (found.last_answer, found.unreachable) == (None, None)


def test_a_need_carries_its_week_and_its_high_days() -> None:
    found = need(diary("4444444 4448444"), 1)
    assert found.week.start == day(7)
    assert [jump.day for jump in found.jumps] == [day(10)]


def member(number: int, label: str, reason: Reason, size: float = 0.0) -> Member:
    needed = replace(need(diary("4"), 0), findings=(Finding(reason, size),))
    return Member(PatientId(number), label, needed)


def test_a_panel_is_ordered_by_reason_then_size_then_name() -> None:
    members = [
        member(1, "Zed", Reason.STEADY),
        member(2, "ada", Reason.STEADY),
        member(3, "Ben", Reason.NEW),
        member(4, "Cleo", Reason.QUIET, 3),
        member(5, "Noor", Reason.QUIET, 5),
        member(6, "Silent", Reason.SILENT, 30),
        member(7, "Strong", Reason.DAYS_AT_7, 7),
        member(8, "Rose", Reason.ROSE, 2.5),
        member(9, "Above b", Reason.ABOVE_BASELINE, 2),
        member(10, "above A", Reason.ABOVE_BASELINE, 2),
        member(11, "Above most", Reason.ABOVE_BASELINE, 3),
    ]
    found = digests.panel(members)
    assert [it.label for it in found.needs] == [
        "Above most",
        "above A",
        "Above b",
        "Rose",
        "Strong",
        "Silent",
    ]
    assert [it.label for it in found.steady] == ["ada", "Ben", "Zed"]
    assert [it.label for it in found.quiet] == ["Noor", "Cleo"]
    assert found.members == found.needs + found.quiet + found.steady
    assert digests.panel(reversed(members)) == found
    assert digests.panel([]) == digests.Panel((), (), ())


# Laws

WEEKS = st.text(alphabet="0123456789T.s", min_size=1, max_size=35)
HOW_ASKED = st.text(alphabet="aaaaxPbBG_", max_size=35)


@settings(deadline=None)
@given(row=st.text(alphabet="0123456789T.s", min_size=7, max_size=7))
def test_a_mean_is_the_mean_of_what_was_scored_whatever_the_gaps(row: str) -> None:
    found = item_week(diary(row), 0)
    values = [value for mark in row if mark != "." and (value := _value(mark)) is not None]
    assert [value for _, value in found.scores] == values
    assert found.mean == (None if len(values) < 4 else pytest.approx(fmean(values)))
    assert found.days_at_7 == sum(value >= 7 for value in values)
    if values:
        assert found.worst == (
            day(row.replace("T", ":").index(max(row.replace("T", ":").replace("s", "."), key=ord))),
            max(values),
        )


@settings(deadline=None)
@given(row=WEEKS, other=WEEKS)
def test_items_never_enter_each_others_means(row: str, other: str) -> None:
    length = max(len(row), len(other))
    alone = item_week(diary(row.ljust(length, ".")), 0)
    together = item_week(diary(row.ljust(length, "."), other.ljust(length, ".")), 0)
    assert (alone.mean, alone.n, alone.worst) == (together.mean, together.n, together.worst)


@settings(deadline=None)
@given(row=WEEKS, marks=HOW_ASKED, week=st.integers(0, 4), now=st.integers(-1, 40))
def test_every_planned_day_is_counted_once_and_none_twice(row: str, marks: str, week: int, now: int) -> None:
    told = diary(row, marks=marks[: len(row)])
    found = digests.week(told, day(7 * week), noon_after(now))
    planned = [it for it in told.days if found.start <= it <= found.end]
    assert [it for it, state in found.states if state is not None] == sorted(planned)
    missed = [it for it, state in found.states if state is DayState.MISSED]
    assert found.asked == found.answered + len(found.skipped) + len(missed)
    unasked = sum(map(len, found.not_asked.values()))
    assert found.asked + len(found.paused) + len(found.open_days) + unasked == len(planned)


@settings(deadline=None)
@given(row=WEEKS, marks=HOW_ASKED, week=st.integers(0, 4), now=st.integers(-1, 40))
def test_every_patient_has_a_place_in_the_panel_and_only_silent_days_make_silence(
    row: str, marks: str, week: int, now: int
) -> None:
    told = diary(row, marks=marks[: len(row)])
    found = digests.need(told, day(7 * week), noon_after(now))
    assert len(digests.panel([Member(PatientId(1), "Ada", found)]).members) == 1
    blamed = sum(
        it.closes_at <= noon_after(now) and not it.paused and it.not_asked is not Cause.BOT for it in told.days.values()
    )
    unreached = sum(_unreached(it) for it in told.days.values())
    assert found.silent_days <= blamed + unreached
    orders = [list(Reason).index(finding.reason) for finding in found.findings]
    assert orders == sorted(orders)


def _unreached(planned: Day) -> bool:
    return planned.not_asked in {Cause.BLOCKED, Cause.GONE}


MEANS = st.fractions(0, 10, max_denominator=7).map(float)


@given(baseline=MEANS, mean=MEANS)
def test_every_change_has_one_label_and_better_is_never_higher(baseline: float, mean: float) -> None:
    found = digests.change(mean, baseline)
    assert found.points == mean - baseline
    assert (found.percent is None) == (baseline < 4)
    if found.label in {LABELS.HIGHER, LABELS.SLIGHTLY_HIGHER}:
        assert mean > baseline
    elif found.label is not LABELS.SAME:
        assert mean < baseline
    else:
        assert abs(mean - baseline) < 1


@given(baseline=MEANS, one=MEANS, other=MEANS)
def test_a_higher_mean_never_has_a_better_label(baseline: float, one: float, other: float) -> None:
    order = list(ChangeLabel)
    lower, higher = sorted((one, other))
    found = [order.index(digests.change(mean, baseline).label) for mean in (lower, higher)]
    assert found[0] <= found[1]


@settings(deadline=None)
@given(
    zone=st.sampled_from(sorted(days.zones())),
    now=st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since),
    prompt=st.times().map(lambda it: it.replace(second=0, microsecond=0)),
)
def test_the_last_weeks_sunday_has_been_asked_and_the_next_ones_has_not(zone: str, now: datetime, prompt: time) -> None:
    start = digests.last_week(now, zone, prompt)
    assert start.weekday() == 0
    assert days.at(start + timedelta(days=6), prompt, zone) <= now
    assert days.at(start + timedelta(days=13), prompt, zone) > now


def test_the_number_of_scores_for_a_mean_is_the_one_of_the_rules() -> None:
    assert sessions.MIN_SCORES == 4
    assert (digests.QUIET_FROM, digests.SILENT_FROM, digests.STRONG) == (3, 7, 7)


def test_a_day_whose_answer_we_may_have_lost_is_never_held_against_the_patient() -> None:
    told = diary("4......", marks="albaaaa")
    found = digests.week(told, day(0), noon_after(6))
    assert (found.answered, found.asked) == (1, 5)
    assert found.not_asked == {Cause.BOT: (day(1), day(2))}
    assert (found.lost, found.not_asked_by_us) == ((day(1),), (day(2),))
    assert digests.silent_days(diary("4......", marks="aaalaaa"), noon_after(6)) == 5
    assert digests.week(diary("44.....", marks="alaaaaa"), day(0), noon_after(6)).lost == ()


def test_of_the_steady_those_who_cant_be_reached_stand_first() -> None:
    def member(number: int, label: str, cause: Cause | None) -> Member:
        steady = digests.need(diary("4444444"), day(0), noon_after(6))
        return Member(PatientId(number), label, replace(steady, unreachable=cause))

    found = digests.panel([member(1, "Ada", None), member(2, "Cleo", Cause.GONE), member(3, "Ben", Cause.BLOCKED)])
    assert [one.label for one in found.steady] == ["Ben", "Cleo", "Ada"]
