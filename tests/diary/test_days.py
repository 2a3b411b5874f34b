"""The diary day: awkward nights first, then the laws for every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import days

LISBON, CHICAGO, KATHMANDU = "Europe/Lisbon", "America/Chicago", "Asia/Kathmandu"
NUUK, LORD_HOWE, TROLL = "America/Nuuk", "Australia/Lord_Howe", "Antarctica/Troll"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        # Spring: 01:00 becomes 02:00 in Lisbon on 29 March.
        (LISBON, "2026-03-28", "20:00", "2026-03-28 20:00"),
        (LISBON, "2026-03-28", "01:30", "2026-03-29 01:30"),  # jumped over: asked at 02:30
        (LISBON, "2026-03-28", "03:59", "2026-03-29 02:59"),
        (LISBON, "2026-03-29", "20:00", "2026-03-29 19:00"),
        # Autumn: 02:00 becomes 01:00 on 25 October; 01:30 comes twice.
        (LISBON, "2026-10-24", "01:30", "2026-10-25 00:30"),
        (LISBON, "2026-10-24", "23:30", "2026-10-24 22:30"),
        (LISBON, "2026-10-25", "20:00", "2026-10-25 20:00"),
        # Chicago: 8 March, 02:00 becomes 03:00; 1 November, back.
        (CHICAGO, "2026-03-07", "02:30", "2026-03-08 08:30"),  # jumped over: asked at 03:30
        (CHICAGO, "2026-03-08", "02:30", "2026-03-09 07:30"),
        (CHICAGO, "2026-03-08", "20:00", "2026-03-09 01:00"),
        (CHICAGO, "2026-10-31", "01:30", "2026-11-01 06:30"),
        (CHICAGO, "2026-10-31", "02:30", "2026-11-01 08:30"),
        # Kathmandu never changes, and lies a quarter of an hour off.
        (KATHMANDU, "2026-03-28", "20:00", "2026-03-28 14:15"),
        (KATHMANDU, "2026-03-28", "01:00", "2026-03-28 19:15"),
        (KATHMANDU, "2026-03-28", "04:00", "2026-03-27 22:15"),
        # Nuuk jumps on the evening of Saturday 28 March: 23:00 becomes 00:00; in October 00:00 becomes 23:00.
        (NUUK, "2026-03-28", "22:59", "2026-03-29 00:59"),
        (NUUK, "2026-03-28", "23:30", "2026-03-29 01:30"),  # jumped over: asked at 00:30
        (NUUK, "2026-03-28", "02:30", "2026-03-29 03:30"),
        (NUUK, "2026-10-24", "23:30", "2026-10-25 00:30"),
        (NUUK, "2026-10-24", "02:30", "2026-10-25 04:30"),
        # Lord Howe changes by half an hour: 5 April 02:00 becomes 01:30, 4 October 02:00 becomes 02:30.
        (LORD_HOWE, "2026-04-04", "01:45", "2026-04-04 14:45"),
        (LORD_HOWE, "2026-04-04", "02:30", "2026-04-04 16:00"),
        (LORD_HOWE, "2026-10-03", "02:15", "2026-10-03 15:45"),  # jumped over: asked at 02:45
        (LORD_HOWE, "2026-10-03", "20:00", "2026-10-03 09:30"),
        (LORD_HOWE, "2026-10-04", "20:00", "2026-10-04 09:00"),
        # Troll jumps by two hours.
        (TROLL, "2026-03-28", "02:30", "2026-03-29 02:30"),  # jumped over: asked at 04:30
    ],
)
def test_a_diary_day_reaches_a_wall_time(zone: str, day: str, wall: str, expected: str) -> None:
    assert days.at(date.fromisoformat(day), time.fromisoformat(wall), zone) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "instant", "expected"),
    [
        (LISBON, "2026-03-02 03:59:59.999999", "2026-03-01"),
        (LISBON, "2026-03-02 04:00", "2026-03-02"),
        (LISBON, "2026-03-02 23:59", "2026-03-02"),
        (LISBON, "2026-03-03 00:00", "2026-03-02"),
        (LISBON, "2026-03-29 02:59", "2026-03-28"),  # 03:59 summer time
        (LISBON, "2026-03-29 03:00", "2026-03-29"),
        (LISBON, "2026-10-25 03:59", "2026-10-24"),
        (CHICAGO, "2026-03-08 08:59", "2026-03-07"),
        (CHICAGO, "2026-03-08 09:00", "2026-03-08"),
        (KATHMANDU, "2026-03-01 19:15", "2026-03-01"),  # Cleo writes at 01:00 on the 2nd
        (KATHMANDU, "2026-03-01 22:15", "2026-03-02"),
        (NUUK, "2026-03-29 05:00", "2026-03-29"),
        (NUUK, "2026-03-29 04:59", "2026-03-28"),
        (LORD_HOWE, "2026-04-04 17:29", "2026-04-04"),
        (LORD_HOWE, "2026-04-04 17:30", "2026-04-05"),
    ],
)
def test_the_night_belongs_to_the_day_before(zone: str, instant: str, expected: str) -> None:
    assert days.day_of(utc(instant), zone) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        (LISBON, "2026-03-28", "2026-03-29 11:00"),
        (LISBON, "2026-10-24", "2026-10-25 12:00"),
        (CHICAGO, "2026-03-07", "2026-03-08 17:00"),
        (KATHMANDU, "2026-03-07", "2026-03-08 06:15"),
        (NUUK, "2026-03-28", "2026-03-29 13:00"),
        (LORD_HOWE, "2026-10-03", "2026-10-04 01:00"),
    ],
)
def test_a_day_closes_at_noon_of_the_next_date(zone: str, day: str, expected: str) -> None:
    assert days.closes_at(date.fromisoformat(day), zone) == utc(expected)


def test_of_two_equal_wall_times_the_first_is_meant() -> None:
    at = days.on_date(date(2026, 10, 25), time(1, 30), LISBON)
    assert at == utc("2026-10-25 00:30")
    assert days.on_date(date(2026, 10, 25), time(1, 30, fold=1), LISBON) == at


@pytest.mark.parametrize(
    ("zone", "start", "end", "instant", "quiet", "turns"),
    [
        # 01:10 for the second time: it is quiet until 01:30 for the second time.
        (LISBON, "22:00", "01:30", "2026-10-25 01:10", True, "2026-10-25 01:30"),
        # 01:40 for the first time: soon it is 01:00 again.
        (LISBON, "22:00", "01:30", "2026-10-25 00:40", False, "2026-10-25 01:00"),
        (LISBON, "01:30", "08:00", "2026-10-25 01:10", False, "2026-10-25 01:30"),
        # There is no 23:15, and no 02:30: the clock jumps over them.
        (NUUK, "23:15", "08:00", "2026-03-28 14:52", False, "2026-03-29 01:00"),
        (CHICAGO, "13:30", "02:30", "2026-03-08 03:44", True, "2026-03-08 08:00"),
        # The only half hour that is not quiet does not come.
        (LORD_HOWE, "02:30", "02:00", "2026-10-03 15:00", True, "2026-10-04 15:00"),
    ],
)
def test_quiet_hours_turn_with_the_clock_in_the_nights_in_which_it_is_set(
    zone: str, start: str, end: str, instant: str, quiet: bool, turns: str
) -> None:
    hours = days.Quiet(time.fromisoformat(start), time.fromisoformat(end))
    assert hours.covers(utc(instant), zone) is quiet
    assert (hours.ends if quiet else hours.begins)(utc(instant), zone) == utc(turns)


def test_local_shows_the_wall_clock() -> None:
    assert days.local(utc("2026-03-08 08:30"), CHICAGO).time() == time(3, 30)


@pytest.mark.parametrize("offset", range(7))
def test_a_week_starts_on_monday(offset: int) -> None:
    assert days.week_start(date(2026, 3, 2) + timedelta(days=offset)) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("now", "zone", "weekday", "wall", "expected"),
    [
        # Monday half past seven, before, at and after it.
        ("2026-03-02 07:29", LISBON, 0, "07:30", "2026-03-02 07:30"),
        ("2026-03-02 07:30", LISBON, 0, "07:30", "2026-03-09 07:30"),
        ("2026-03-02 07:31", LISBON, 0, "07:30", "2026-03-09 07:30"),
        ("2026-03-02 07:31", LISBON, 6, "07:30", "2026-03-08 07:30"),
        # The clocks change on the way: the same wall time, another instant.
        ("2026-03-23 07:30", LISBON, 0, "07:30", "2026-03-30 06:30"),
        ("2026-10-19 06:30", LISBON, 0, "07:30", "2026-10-26 07:30"),
        # Monday in Kathmandu begins on Sunday in UTC.
        ("2026-03-01 19:00", KATHMANDU, 0, "07:30", "2026-03-02 01:45"),
        ("2026-03-02 03:00", CHICAGO, 0, "07:30", "2026-03-02 13:30"),
        # A wall time that is jumped over comes that much later.
        ("2026-03-08 00:00", CHICAGO, 6, "02:30", "2026-03-08 08:30"),
        ("2026-10-24 12:00", LISBON, 6, "01:30", "2026-10-25 00:30"),
    ],
)
def test_the_same_hour_every_week(now: str, zone: str, weekday: int, wall: str, expected: str) -> None:
    assert days.next_weekly(utc(now), zone, weekday, time.fromisoformat(wall)) == utc(expected)


def test_zones_are_places() -> None:
    assert {LISBON, CHICAGO, KATHMANDU, NUUK, LORD_HOWE, "UTC"} <= days.zones()
    assert len(days.zones()) >= 500
    for name in (
        "Etc/GMT+3",
        "EST",
        "Portugal",
        "posix/Europe/Lisbon",
        "right/Europe/Lisbon",
        "localtime",
        "",
    ):
        assert not days.is_zone(name)
    assert days.is_zone(LISBON)


ZONES = st.sampled_from(sorted(days.zones()))
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since)
WALLS = st.times()


@settings(deadline=None)
@given(zone=ZONES, instant=INSTANTS)
def test_every_instant_is_in_one_diary_day_which_is_still_open(zone: str, instant: datetime) -> None:
    day = days.day_of(instant, zone)
    assert day in {days.local(instant, zone).date(), days.local(instant, zone).date() - timedelta(days=1)}
    assert instant < days.closes_at(day, zone)


@settings(deadline=None)
@given(zone=ZONES, instant=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(days=3)))
def test_diary_days_never_run_backwards(zone: str, instant: datetime, later: timedelta) -> None:
    # Where a clock goes back from after the cut-off to before it they would: no zone does so in 2026.
    assert days.day_of(instant, zone) <= days.day_of(instant + later, zone)


@settings(deadline=None)
@given(
    zone=ZONES,
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    wall=WALLS.map(lambda wall: wall.replace(microsecond=0)),
)
def test_a_wall_time_is_reached_when_the_clock_shows_it_or_as_much_later_as_it_jumped(
    zone: str, day: date, wall: time
) -> None:
    at = days.at(day, wall, zone)
    place = ZoneInfo(zone)
    shown = at.astimezone(place).replace(tzinfo=None)
    meant = datetime.combine(day + timedelta(days=wall < days.CUT_OFF), wall)
    around = [(at + timedelta(hours=hours)).astimezone(place).utcoffset() or timedelta(0) for hours in (-4, 4)]
    assert shown == meant or shown - meant == around[1] - around[0] > timedelta(0)


@settings(deadline=None)
@given(zone=ZONES, now=INSTANTS, weekday=st.integers(0, 6))
def test_once_a_week_is_once_a_week(zone: str, now: datetime, weekday: int) -> None:
    first = days.next_weekly(now, zone, weekday, time(7, 30))
    second = days.next_weekly(first, zone, weekday, time(7, 30))
    assert now < first <= now + timedelta(days=7, hours=2)
    assert days.local(first, zone).weekday() == weekday
    assert days.local(second, zone).date() - days.local(first, zone).date() == timedelta(days=7)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-03 09:00", "2026-03-02"),
        ("2026-03-03 23:59", "2026-03-02"),
        # The diary day of Monday still goes on, and is what people call yesterday.
        ("2026-03-03 01:00", "2026-03-02"),
    ],
)
def test_yesterday_is_what_people_call_so(instant: str, expected: str) -> None:
    assert days.yesterday(utc(instant), LISBON) == date.fromisoformat(expected)
