"""Check-ins: after which sessions, when, and with what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.diary import checkins, sessions
from bot.diary.checkins import Checkin, CheckinId, Evening, Feeling, Planned, Step, Taken
from bot.diary.days import Hours, Quiet
from bot.diary.entries import Side
from bot.diary.people import Reach, Stage
from bot.diary.prompts import Rhythm
from bot.diary.sessions import Dated, Kind, Place, Session, SessionId, Version

MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LISBON = Rhythm("Europe/Lisbon", Hours(time(20)), Quiet(time(22), time(8)), "Europe/Lisbon", None)
NEVER = Evening(None, None)
SESSION = Session(SessionId(1), MONDAY, Kind.NEEDLING, NOON, (Place("foot", Side.LEFT),))
CHECKIN = Checkin(CheckinId(1), SessionId(1), MONDAY, 24, NOON + DAY, NOON + DAY)


@pytest.mark.parametrize(
    ("kind", "places", "hours"),
    [
        (Kind.OTHER, ("back",), []),
        (Kind.NEEDLING, ("foot", "knee"), [24]),
        (Kind.NEEDLING_STIMULATION, ("hip",), [24]),
        *((Kind.NEEDLING, ("foot", site), [24, 48]) for site in ("back", "neck", "chest", "shoulder", "other")),
        (Kind.NEEDLING, (), [24, 48]),
    ],
)
def test_who_is_asked_after_how_many_hours(kind: Kind, places: tuple[str, ...], hours: list[int]) -> None:
    session = replace(SESSION, kind=kind, places=tuple(map(Place, places)))
    assert [moment.after_hours for moment in checkins.moments(session, NOON, NOON)] == hours
    later = [moment.after_hours for moment in checkins.moments(session, NOON, NOON + DAY, asked={48})]
    assert later == [], "what is past is not made up for, what was asked not asked again"


def plan(checkin: Checkin, now: datetime, evening: Evening = NEVER, **changes: object) -> Planned:
    given: dict[str, object] = {"stage": Stage.ACTIVE, "reach": Reach.OK} | changes
    return checkins.plan(checkin, evening, LISBON, now=now, **given)  # type: ignore[arg-type]


def test_a_check_in_is_asked_put_off_or_dropped() -> None:
    due = NOON + DAY
    assert plan(CHECKIN, due) == Planned(Step.ASK)
    assert plan(CHECKIN, due - HOUR) == Planned(Step.WAIT, due)
    for changes in ({"stage": Stage.LEFT}, {"stage": Stage.FORGETTING}, {"reach": Reach.BLOCKED}):
        assert plan(CHECKIN, due, **changes) == Planned(Step.DROP)
    assert plan(CHECKIN, due + timedelta(hours=8)) == Planned(Step.ASK), "late, but still of use"
    assert plan(CHECKIN, due + timedelta(hours=11)) == Planned(Step.WAIT, datetime(2026, 3, 4, 8, tzinfo=UTC))
    assert plan(CHECKIN, due + timedelta(hours=13)) == Planned(Step.DROP)
    night = replace(CHECKIN, for_at=datetime(2026, 3, 3, 23, tzinfo=UTC))
    assert plan(night, night.for_at) == Planned(Step.WAIT, datetime(2026, 3, 4, 8, tzinfo=UTC))
    assert plan(night, night.for_at + DAY) == Planned(Step.DROP), "the next one is due by then"


def test_it_waits_for_the_evening_question_and_never_comes_close_behind_it() -> None:
    due = NOON + DAY
    for minutes, waits in ((1, True), (60, True), (61, False)):
        evening = Evening(due + timedelta(minutes=minutes), None)
        assert plan(CHECKIN, due, evening).step is (Step.WAIT if waits else Step.ASK)
        assert bool(checkins.joining([CHECKIN], LISBON, due + timedelta(minutes=minutes))) is waits
        assert bool(checkins.joining([CHECKIN], LISBON, due - timedelta(minutes=minutes))) is waits
    assert plan(CHECKIN, due, Evening(None, due - HOUR / 2)) == Planned(Step.WAIT, due + HOUR / 2)
    assert plan(CHECKIN, due, Evening(due - HOUR / 2, due - HOUR)) == Planned(Step.ASK)
    night = replace(CHECKIN, for_at=datetime(2026, 3, 3, 23, tzinfo=UTC))
    assert checkins.joining([night], LISBON, datetime(2026, 3, 4, 8, 30, tzinfo=UTC)) == [night]
    assert checkins.joining([replace(CHECKIN, due_at=None)], LISBON, due) == []


def test_a_warning_sign_is_reported_once_and_stays() -> None:
    assert checkins.taken(CHECKIN, Feeling.SORE) is Taken.STORED
    assert checkins.taken(CHECKIN, Feeling.COUGH) is Taken.REPORT
    coughs = replace(CHECKIN, answer=Feeling.COUGH)
    assert checkins.taken(coughs, Feeling.COUGH) is Taken.REPEATED
    assert checkins.taken(coughs, Feeling.FEVER) is Taken.REPORT
    assert checkins.taken(coughs, Feeling.NOTHING) is Taken.STANDS
    assert checkins.taken(replace(CHECKIN, answer=Feeling.SORE), Feeling.NOTHING) is Taken.STORED


def test_the_evening_asks_about_all_that_are_open_at_once() -> None:
    first = replace(CHECKIN, joined_day=MONDAY)
    second = replace(first, id=CheckinId(2), for_at=NOON)
    assert checkins.open_on([first, second], MONDAY) == (second, first)
    assert checkins.open_on([first, replace(second, answer=Feeling.SORE)], MONDAY) == (first,)
    assert checkins.open_on([CHECKIN], MONDAY) == ()


def test_those_within_an_hour_of_each_other_are_one_question_but_for_the_evenings() -> None:
    def at(minutes: int, number: int = 2) -> Checkin:
        due = NOON + DAY + timedelta(minutes=minutes)
        return replace(CHECKIN, id=CheckinId(number), session_day=MONDAY + DAY, for_at=due, due_at=due)

    def along(*waiting: Checkin, evening: datetime | None = None, now: datetime = NOON + DAY) -> list[int]:
        def following(moment: datetime) -> datetime | None:
            return evening if evening is not None and checkins.joins(moment, evening) else None

        return [one.id for one in checkins.taken_along(CHECKIN, waiting, following, LISBON, now)]

    assert along(CHECKIN, at(61, 4), at(60, 3), at(0)) == [2, 3]
    assert along(at(-90)) == [2], "late, and still of use"
    assert along(at(-17 * 60)) == [], "too late for itself"
    assert along(at(15), at(30, 3), evening=NOON + DAY + timedelta(minutes=80)) == [2], "one waits for it"
    night = NOON + DAY + timedelta(hours=20)
    assert along(at(11 * 60), at(13 * 60, 3), now=night) == [2, 3], "both waited for the end of the night"
    assert checkins.days_of([at(5), CHECKIN, at(9)]) == (MONDAY, MONDAY + DAY)


def test_a_session_counts_from_now_or_from_noon_and_never_from_the_future() -> None:
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert sessions.held_at(MONDAY, "Europe/Lisbon", now) == now
    assert sessions.held_at(MONDAY - DAY, "Asia/Kathmandu", now) == datetime(2026, 3, 1, 6, 15, tzinfo=UTC)
    assert sessions.dated(MONDAY, "Europe/Lisbon", now) is Dated.FINE
    assert sessions.dated(MONDAY + DAY, "Europe/Lisbon", now) is Dated.TO_COME
    assert sessions.dated(MONDAY - 367 * DAY, "Europe/Lisbon", now) is Dated.TOO_LONG_AGO


def test_a_date_without_a_year_that_comes_soon_is_not_that_of_a_year_ago() -> None:
    for ago, ahead, meant in (
        (363, 2, True),
        (334, 31, True),
        (333, 32, False),
        (7, 7, False),
        (363, None, False),
        (363, 0, False),
    ):
        coming = None if ahead is None else MONDAY + ahead * DAY
        assert sessions.meant_ahead(MONDAY - ago * DAY, coming, MONDAY) is meant, (ago, ahead)


def test_whichever_form_a_button_names_the_one_that_stands_is_found() -> None:
    forms = [
        Version(replace(SESSION, id=SessionId(n)), SessionId(n - 1) if n > 1 else None, "Dr Ito", NOON, undone_at=NOON)
        for n in (1, 2)
    ]
    last = Version(replace(SESSION, id=SessionId(3)), SessionId(2), "Dr Roy", NOON)
    other = Version(replace(SESSION, id=SessionId(9)), None, None, NOON, undone_at=NOON)
    everything = [*forms, last, other]
    for number in (1, 2, 3):
        assert sessions.standing(everything, SessionId(number)) == last
        assert sessions.history(everything, SessionId(number)) == [*forms, last]
    assert sessions.standing(everything, SessionId(9)) is None
    assert sessions.standing(everything, SessionId(7)) is None
    assert sessions.history(everything, SessionId(7)) == []
