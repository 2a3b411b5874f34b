"""An excerpt of a long diary, wherever it says that it is enough, tells the same as the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.words import words
from bot.diary import digests, excerpts, sessions
from bot.diary.digests import Diary
from bot.diary.entries import Cause, Day, Item, ItemId, Score, Symptom
from bot.diary.excerpts import EVER, FOR_A_CHART, FOR_NUMBERS, Span
from bot.diary.panels import LOOKS_BACK
from bot.diary.people import ChatId, Patient, PatientId, Stage
from bot.diary.sessions import Kind, Session, SessionId
from bot.reports import charts, letters

LISBON = "Europe/Lisbon"
ENROLLED = date(2025, 3, 5)
EVENING = time(20)


def evening(day: date) -> datetime:
    return datetime.combine(day, EVENING, UTC)


def planned(day: date) -> Day:
    return Day(PatientId(1), day, LISBON, evening(day) + timedelta(hours=16), intended_at=evening(day))


def a_year(luck: Random, length: int) -> Diary:
    """A diary of so many days, with holes, silences, pauses and sessions where luck puts them."""
    late = luck.choice([0, 0, length // 2])
    items = tuple(
        Item(ItemId(n + 1), symptom, None, None, n, ENROLLED + timedelta(days=late if n else 0))
        for n, symptom in enumerate((Symptom.BURNING, Symptom.PAIN))
    )
    answering, silent_from = luck.choice([0.05, 0.5, 0.9]), luck.choice([length, length, length - 30])
    days, scores = {}, {}
    for number in range(length):
        day = ENROLLED + timedelta(days=number)
        days[day] = planned(day)
        if luck.random() < 0.1:
            days[day] = replace(days[day], not_asked=luck.choice([Cause.BOT, Cause.BLOCKED]))
        elif luck.random() < 0.05:
            days[day] = replace(days[day], paused=True)
        for item in items:
            if item.asked_on(day) and number < silent_from and luck.random() < answering:
                value = luck.choice([None, *range(11)])
                scores[day, item.id] = Score(item.id, day, value, evening(day))
    treated = tuple(
        Session(
            SessionId(n),
            ENROLLED + timedelta(days=luck.randrange(length)),
            Kind.NEEDLING,
            evening(ENROLLED),
        )
        for n in range(luck.choice([0, 0, 2]))
    )
    return Diary(items, days, scores, treated, ENROLLED, LISBON)


def cut(diary: Diary, recent: date) -> Diary:
    """What storage reads of it."""
    spans: list[Span] = excerpts.spans(recent, diary.enrolled_day, diary.sessions)

    def within(day: date) -> bool:
        return any(begin <= day < end for begin, end in spans)

    return replace(
        diary,
        days={day: one for day, one in diary.days.items() if within(day)},
        scores={key: score for key, score in diary.scores.items() if within(key[0])},
    )


ADA = Patient(
    PatientId(1), ChatId(101), Stage.ACTIVE, LISBON, EVENING, None, None, None, evening(ENROLLED), ENROLLED, None
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), length=st.integers(1, 320), hours=st.integers(0, 40))
def test_an_excerpt_that_is_enough_tells_the_same(seed: int, length: int, hours: int) -> None:
    whole = a_year(Random(seed), length)
    now = evening(ENROLLED + timedelta(days=length - 1)) + timedelta(hours=hours)
    start = digests.last_week(now, LISBON, EVENING)
    for back in (LOOKS_BACK, FOR_A_CHART):
        part = cut(whole, start - back)
        if not excerpts.enough(part, start - back, now):
            continue
        assert digests.need(part, start, now) == digests.need(whole, start, now)
        for item in whole.items:
            assert sessions.baseline(part, item, now) == sessions.baseline(whole, item, now)
    if excerpts.enough(part, start - back, now):
        told = [
            (
                letters.patient_week(ADA, one, start, now, words("en"), ["Dr Ito"]),
                letters.card(ADA, "Ada", one, now, words("en")),
                charts.course(one, start - timedelta(weeks=7), start + timedelta(days=6), words("en"), "Ada"),
            )
            for one in (part, whole)
        ]
        assert told[0] == told[1]


def steady(length: int) -> Diary:
    """Every evening answered."""
    days = [ENROLLED + timedelta(days=number) for number in range(length)]
    item = Item(ItemId(1), Symptom.BURNING, None, None, 0, ENROLLED)
    scores = {(day, item.id): Score(item.id, day, 5, evening(day)) for day in days}
    return Diary((item,), dict(zip(days, map(planned, days), strict=True)), scores, (), ENROLLED, LISBON)


@pytest.mark.parametrize("treated", [[], [100]])
def test_of_a_steady_year_an_excerpt_is_enough_and_short(treated: list[int]) -> None:
    needled = [Session(SessionId(n), ENROLLED + timedelta(days=n), Kind.OTHER, evening(ENROLLED)) for n in treated]
    whole = replace(steady(365), sessions=tuple(needled))
    now = evening(ENROLLED + timedelta(days=364))
    recent = digests.last_week(now, LISBON, EVENING) - FOR_NUMBERS
    part = cut(whole, recent)
    assert excerpts.enough(part, recent, now)
    assert len(part.days) < 70


def test_after_a_month_of_silence_the_whole_diary_is_read() -> None:
    whole = steady(365)
    gone = ENROLLED + timedelta(days=330)
    whole = replace(whole, scores={key: score for key, score in whole.scores.items() if key[0] < gone})
    now = evening(ENROLLED + timedelta(days=364))
    recent = digests.last_week(now, LISBON, EVENING) - FOR_NUMBERS
    assert not excerpts.enough(cut(whole, recent), recent, now)


def test_of_a_young_diary_nothing_is_left_out() -> None:
    whole = steady(40)
    now = evening(ENROLLED + timedelta(days=39))
    recent = digests.last_week(now, LISBON, EVENING) - FOR_NUMBERS
    assert cut(whole, recent) == whole
    assert excerpts.enough(whole, recent, now)
    assert excerpts.spans(recent, ENROLLED, ()) == [EVER]
