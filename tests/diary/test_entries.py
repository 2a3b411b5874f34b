"""Scores, items and diary days: a table of every state, then the laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import entries
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, OpenDay, PastDay, Score, Symptom
from bot.diary.people import ChatId, Patient, PatientId, Reach, Stage

MONDAY = date(2026, 3, 2)
ASKED_AT = datetime(2026, 3, 2, 20, tzinfo=UTC)
CLOSES_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
BEFORE, AFTER = CLOSES_AT - timedelta(microseconds=1), CLOSES_AT

BURNING, TINGLING, PAIN = (
    Item(ItemId(number), symptom, None, None, number, MONDAY)
    for number, symptom in enumerate(entries.DEFAULT_SYMPTOMS, start=1)
)
ITEMS = (BURNING, TINGLING, PAIN)

PLANNED = Day(PatientId(1), MONDAY, "Europe/Lisbon", CLOSES_AT, intended_at=ASKED_AT)
ASKED = replace(PLANNED, sent_at=ASKED_AT)
DECLINED = replace(ASKED, declined_at=ASKED_AT)
PAUSED = replace(PLANNED, paused=True)
UNASKED = replace(PLANNED, not_asked=Cause.BOT)
LOST = replace(ASKED, not_asked=Cause.BOT)
BLOCKED = replace(PLANNED, not_asked=Cause.BLOCKED)
GONE = replace(PLANNED, not_asked=Cause.GONE)

SKIP = None
Answers = Sequence[int | None]


def counted(answers: Answers) -> dict[tuple[date, ItemId], Score]:
    """The first items answered in order; None is a skipped item."""
    return {
        (MONDAY, item.id): Score(item.id, MONDAY, value, ASKED_AT) for item, value in zip(ITEMS, answers, strict=False)
    }


@pytest.mark.parametrize(
    ("day", "answers", "while_open", "once_closed"),
    [
        (ASKED, [4, 3, 5], DayState.COMPLETE, DayState.COMPLETE),
        (ASKED, [0, 0, 0], DayState.COMPLETE, DayState.COMPLETE),
        (ASKED, [], DayState.OPEN, DayState.MISSED),
        (PLANNED, [], DayState.OPEN, DayState.NOT_ASKED),
        (ASKED, [4], DayState.OPEN, DayState.PARTIAL),
        (ASKED, [0], DayState.OPEN, DayState.PARTIAL),
        (ASKED, [4, SKIP], DayState.OPEN, DayState.PARTIAL),
        (ASKED, [4, SKIP, 5], DayState.PARTIAL, DayState.PARTIAL),
        (ASKED, [SKIP, SKIP, 0], DayState.PARTIAL, DayState.PARTIAL),
        (ASKED, [SKIP], DayState.OPEN, DayState.SKIPPED),
        (ASKED, [SKIP, SKIP, SKIP], DayState.SKIPPED, DayState.SKIPPED),
        (DECLINED, [], DayState.SKIPPED, DayState.SKIPPED),
        (DECLINED, [SKIP], DayState.SKIPPED, DayState.SKIPPED),
        (DECLINED, [4], DayState.PARTIAL, DayState.PARTIAL),
        (DECLINED, [4, 3, 5], DayState.COMPLETE, DayState.COMPLETE),
        (PAUSED, [], DayState.PAUSED, DayState.PAUSED),
        (PAUSED, [4], DayState.OPEN, DayState.PARTIAL),
        (PAUSED, [4, 3, 5], DayState.COMPLETE, DayState.COMPLETE),
        (replace(ASKED, paused=True), [], DayState.OPEN, DayState.PAUSED),
        (UNASKED, [], DayState.NOT_ASKED, DayState.NOT_ASKED),
        (BLOCKED, [], DayState.NOT_ASKED, DayState.NOT_ASKED),
        (GONE, [], DayState.NOT_ASKED, DayState.NOT_ASKED),
        (LOST, [], DayState.OPEN, DayState.NOT_ASKED),
        (LOST, [4], DayState.OPEN, DayState.PARTIAL),
        (UNASKED, [4], DayState.OPEN, DayState.PARTIAL),
        (UNASKED, [SKIP], DayState.OPEN, DayState.SKIPPED),
        (UNASKED, [4, 3, 5], DayState.COMPLETE, DayState.COMPLETE),
        (replace(UNASKED, paused=True), [], DayState.PAUSED, DayState.PAUSED),
    ],
)
def test_what_became_of_a_day(day: Day, answers: Answers, while_open: DayState, once_closed: DayState) -> None:
    assert entries.state(day, ITEMS, counted(answers), BEFORE) is while_open
    assert entries.state(day, ITEMS, counted(answers), AFTER) is once_closed


def test_a_day_is_judged_by_the_items_of_that_day() -> None:
    ended = replace(TINGLING, ended_day=MONDAY)
    added = replace(PAIN, added_day=MONDAY + timedelta(days=1))
    assert entries.state(ASKED, (BURNING, ended, added), counted([4]), BEFORE) is DayState.COMPLETE


def test_scores_of_another_day_do_not_answer_this_one() -> None:
    other = {(MONDAY - timedelta(days=1), BURNING.id): Score(BURNING.id, MONDAY, 4, ASKED_AT)}
    assert entries.state(ASKED, ITEMS, other, AFTER) is DayState.MISSED


def test_a_day_without_items_is_never_complete() -> None:
    assert entries.state(ASKED, (), {}, BEFORE) is DayState.OPEN
    assert entries.state(ASKED, (), {}, AFTER) is DayState.MISSED


def test_an_item_is_asked_from_the_day_it_was_added_until_the_day_it_ended() -> None:
    item = replace(PAIN, ended_day=MONDAY + timedelta(days=2))
    asked = [item.asked_on(MONDAY + timedelta(days=offset)) for offset in range(-1, 4)]
    assert asked == [False, True, True, False, False]
    assert PAIN.asked_on(MONDAY + timedelta(days=1000))


def test_a_day_is_open_until_the_instant_it_closes() -> None:
    assert entries.is_open(ASKED, BEFORE)
    assert not entries.is_open(ASKED, CLOSES_AT)


def test_what_is_missing_keeps_the_order_asked_and_leaves_out_skipped_items() -> None:
    assert entries.missing(ITEMS, MONDAY, {}) == [BURNING, TINGLING, PAIN]
    assert entries.missing(ITEMS, MONDAY, counted([SKIP, 0])) == [PAIN]
    assert entries.missing(ITEMS, MONDAY - timedelta(days=1), {}) == []


def test_a_second_score_corrects_the_first() -> None:
    first = Score(PAIN.id, MONDAY, 7, ASKED_AT)
    second = Score(PAIN.id, MONDAY, 0, ASKED_AT + timedelta(seconds=1))
    for given_order in ([first, second], [second, first]):
        assert entries.newest(given_order) == {(MONDAY, PAIN.id): second}


def test_of_two_scores_of_one_instant_the_later_row_counts() -> None:
    first, second = Score(PAIN.id, MONDAY, 7, ASKED_AT), Score(PAIN.id, MONDAY, 3, ASKED_AT)
    assert entries.newest([first, second]) == {(MONDAY, PAIN.id): second}


@pytest.mark.parametrize(
    ("open_days", "replied", "expected"),
    [
        ([], None, 2),
        ([], 1, 1),
        ([OpenDay(MONDAY, asked=True, unfinished=True)], None, 0),
        ([OpenDay(MONDAY, asked=False, unfinished=True)], None, 2),
        ([OpenDay(MONDAY, asked=True, unfinished=False)], None, 2),
        (
            [
                OpenDay(MONDAY, asked=True, unfinished=True),
                OpenDay(MONDAY + timedelta(days=1), asked=True, unfinished=True),
                OpenDay(MONDAY + timedelta(days=2), asked=False, unfinished=True),
            ],
            None,
            1,
        ),
        ([OpenDay(MONDAY, asked=True, unfinished=True)], 1, 1),
    ],
)
def test_typed_scores_find_their_day(open_days: list[OpenDay], replied: int | None, expected: int) -> None:
    to = None if replied is None else MONDAY + timedelta(days=replied)
    found = entries.target(open_days, MONDAY + timedelta(days=2), to)
    assert found == MONDAY + timedelta(days=expected)


@pytest.mark.parametrize(("away_for", "lost_for"), [(23, None), (24, None), (25, 1), (30, 6), (48, 24)])
def test_what_was_said_more_than_a_day_before_we_came_back_is_lost(away_for: int, lost_for: int | None) -> None:
    now = ASKED_AT + timedelta(hours=away_for)
    expected = None if lost_for is None else (ASKED_AT, ASKED_AT + timedelta(hours=lost_for))
    assert entries.lost_between(ASKED_AT, now) == expected


def test_an_answer_can_be_lost_only_of_a_prompt_that_arrived() -> None:
    assert [entries.may_be_lost(day) for day in (ASKED, UNASKED, BLOCKED, LOST)] == [False, False, False, True]


def test_a_chat_that_is_lost_is_the_cause() -> None:
    assert [entries.cause_of(reach) for reach in Reach] == [None, Cause.BLOCKED, Cause.GONE]


def test_the_scale_and_the_symptoms() -> None:
    assert (entries.LOWEST, entries.HIGHEST) == (0, 10)
    assert entries.DEFAULT_SYMPTOMS == (Symptom.BURNING, Symptom.TINGLING, Symptom.PAIN)


DAYS = st.builds(
    Day,
    patient_id=st.just(PatientId(1)),
    day=st.just(MONDAY),
    zone=st.just("Europe/Lisbon"),
    closes_at=st.just(CLOSES_AT),
    sent_at=st.sampled_from([None, ASKED_AT]),
    declined_at=st.sampled_from([None, ASKED_AT]),
    not_asked=st.sampled_from([None, *Cause]),
    paused=st.booleans(),
)
ROWS = st.dictionaries(
    st.sampled_from([item.id for item in ITEMS]), st.one_of(st.none(), st.integers(0, 10)), max_size=3
).map(lambda rows: {(MONDAY, item_id): Score(item_id, MONDAY, value, ASKED_AT) for item_id, value in rows.items()})


@settings(deadline=None)
@given(day=DAYS, rows=ROWS)
def test_a_closed_day_is_in_exactly_one_state_and_stays_in_it(
    day: Day, rows: Mapping[tuple[date, ItemId], Score]
) -> None:
    state = entries.state(day, ITEMS, rows, AFTER)
    values = [score.value for score in rows.values()]
    scored = sum(value is not None for value in values)
    heard = bool(values) or day.declined_at is not None
    assert [
        scored == len(ITEMS),
        0 < scored < len(ITEMS),
        scored == 0 and heard,
        not heard and day.paused,
        not heard and not day.paused and (day.not_asked is not None or day.sent_at is None),
        not heard and not day.paused and day.not_asked is None and day.sent_at is not None,
    ] == [
        state is DayState.COMPLETE,
        state is DayState.PARTIAL,
        state is DayState.SKIPPED,
        state is DayState.PAUSED,
        state is DayState.NOT_ASKED,
        state is DayState.MISSED,
    ]
    assert entries.state(day, ITEMS, rows, AFTER + timedelta(days=400)) is state


@settings(deadline=None)
@given(day=DAYS, rows=ROWS)
def test_an_open_day_is_never_missed_and_what_is_finished_stays_as_it_is(
    day: Day, rows: Mapping[tuple[date, ItemId], Score]
) -> None:
    state = entries.state(day, ITEMS, rows, BEFORE)
    assert state is not DayState.MISSED
    assert state in {DayState.OPEN, entries.state(day, ITEMS, rows, AFTER)}


@given(st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 3), st.integers(0, 10), st.integers(0, 5))))
def test_of_every_day_and_item_exactly_the_newest_counts(rows: list[tuple[Item, int, int, int]]) -> None:
    scores = [
        Score(item.id, MONDAY + timedelta(days=day), value, ASKED_AT + timedelta(seconds=entered))
        for item, day, value, entered in rows
    ]
    found = entries.newest(scores)
    assert set(found) == {(score.day, score.item_id) for score in scores}
    for score in scores:
        assert found[score.day, score.item_id].entered_at >= score.entered_at
    assert all(score in scores for score in found.values())


# --- yesterday, and what comes late


def entered(at: datetime, waited_since: datetime | None = None) -> Score:
    return Score(ItemId(1), MONDAY, 4, at, waited_since)


@pytest.mark.parametrize(
    ("score", "zone", "late"),
    [
        (entered(datetime(2026, 3, 2, 23, tzinfo=UTC)), "Europe/Lisbon", False),
        (entered(datetime(2026, 3, 3, 3, 59, tzinfo=UTC)), "Europe/Lisbon", False),
        (entered(datetime(2026, 3, 3, 4, tzinfo=UTC)), "Europe/Lisbon", True),
        # Still Monday in Chicago.
        (entered(datetime(2026, 3, 3, 4, tzinfo=UTC)), "America/Chicago", False),
        # Tapped at some time since Monday evening: our being away makes nobody late.
        (
            entered(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 2, 21, tzinfo=UTC)),
            "Europe/Lisbon",
            False,
        ),
    ],
)
def test_late_is_what_was_entered_on_a_later_diary_day(score: Score, zone: str, late: bool) -> None:
    assert entries.entered_late(score, zone) is late


def enrolled(at: datetime, first_question: date | None) -> Patient:
    unknown: dict[str, Any] = dict.fromkeys(("next_prompt_at", "next_prompt_day", "next_digest_at", "invite_id"))
    return Patient(
        id=PatientId(1),
        chat_id=ChatId(1),
        stage=Stage.ACTIVE,
        zone="Europe/Lisbon",
        prompt_time=time(20),
        enrolled_at=at,
        enrolled_day=first_question,
        **unknown,
    )


EVENING = datetime(2026, 3, 2, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (enrolled(EVENING, MONDAY + timedelta(days=1)), MONDAY),
        (enrolled(EVENING, MONDAY), MONDAY),
        (enrolled(EVENING + timedelta(days=9), MONDAY), MONDAY),
        (enrolled(EVENING, None), MONDAY),
    ],
)
def test_the_diary_begins_with_the_enrolment_or_the_first_question(patient: Patient, expected: date) -> None:
    assert entries.first_day(patient) == expected


def test_the_diary_of_someone_who_has_not_finished_the_enrolment_has_not_begun() -> None:
    assert entries.first_day(replace(enrolled(EVENING, None), enrolled_at=None)) == date.max


@pytest.mark.parametrize(
    ("on", "now", "expected"),
    [
        (MONDAY - timedelta(days=1), BEFORE, PastDay.BEFORE),
        (MONDAY, datetime(2026, 3, 3, 11, 59, tzinfo=UTC), PastDay.OPEN),
        (MONDAY, datetime(2026, 3, 3, 12, tzinfo=UTC), PastDay.CLOSED),
    ],
)
def test_what_can_be_done_about_a_day_that_was_never_planned(on: date, now: datetime, expected: PastDay) -> None:
    assert entries.past_day(None, on, enrolled(EVENING, MONDAY), now) is expected


def test_a_planned_day_goes_by_its_own_row() -> None:
    patient = enrolled(EVENING + timedelta(days=30), MONDAY + timedelta(days=30))
    assert entries.past_day(ASKED, MONDAY, patient, BEFORE) is PastDay.OPEN, "an imported one, before the enrolment"
    assert entries.past_day(ASKED, MONDAY, patient, CLOSES_AT) is PastDay.CLOSED


@pytest.mark.parametrize(
    ("days_ahead", "expected"), [(-1, False), (0, True), (1, True), (2, False), (2_900_000, False)]
)
def test_a_note_is_about_a_day_of_the_diary_and_none_to_come(days_ahead: int, expected: bool) -> None:
    now = datetime(2026, 3, 3, 23, tzinfo=UTC)
    assert entries.takes_note(None, MONDAY + timedelta(days=days_ahead), enrolled(EVENING, MONDAY), now) is expected


def test_typed_scores_are_for_the_question_that_came_last() -> None:
    yesterday, today = MONDAY, MONDAY + timedelta(days=1)
    looked_up = OpenDay(yesterday, asked=False, unfinished=True, shown=7)
    assert entries.target([looked_up], today, None) == yesterday
    assert entries.target([OpenDay(today, asked=False, unfinished=True, shown=6), looked_up], today, None) == yesterday
    assert entries.target([OpenDay(today, asked=False, unfinished=True, shown=8), looked_up], today, None) == today
