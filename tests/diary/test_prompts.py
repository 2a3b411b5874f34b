"""When the evening question goes out: one prompt per diary day, in every zone, all through 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import days, prompts
from bot.diary.days import Hours, Quiet
from bot.diary.entries import Cause
from bot.diary.people import Reach
from bot.diary.prompts import Due, Followed, Followup, Later, Outcome, Plan, Rhythm, Step, Waiting

LISBON = "Europe/Lisbon"
EVENING = time(20)
DAY = date(2026, 3, 2)
DUE = Due(DAY, datetime(2026, 3, 2, 20, tzinfo=UTC))
FOLLOWING = Due(date(2026, 3, 3), datetime(2026, 3, 3, 20, tzinfo=UTC))


AN_INSTANT = timedelta.resolution
NEVER_QUIET = Quiet(time(0), time(0))
NIGHT = Quiet(time(22), time(8))
AT_EIGHT = Hours(EVENING)


def rhythm(
    zone: str = LISBON,
    hours: Hours = AT_EIGHT,
    quiet: Quiet = NEVER_QUIET,
    here: str | None = None,
    minutes: int = 90,
) -> Rhythm:
    return Rhythm(zone, hours, quiet, here or zone, prompts.reminder_for(minutes))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def plan(
    *,
    asked: bool = False,
    finished: bool = False,
    reach: Reach = Reach.OK,
    late: timedelta = timedelta(0),
    lost: timedelta | None = None,
    late_for: timedelta = prompts.LATE_WINDOW,
    paused: bool = False,
    quiet: Quiet = NEVER_QUIET,
) -> Plan:
    """`late`: how long after its hour the prompt is planned; `lost`: how long after it the chat was lost."""
    return prompts.plan(
        DUE,
        rhythm(quiet=quiet),
        asked=asked,
        finished=finished,
        paused=paused,
        reach=reach,
        now=DUE.at + late,
        reach_since=None if lost is None else DUE.at + lost,
        late_for=late_for,
    )


@pytest.mark.parametrize(
    ("planned", "outcome", "cause"),
    [
        (plan(), Outcome.SEND, None),
        (plan(late=prompts.LATE_WINDOW), Outcome.SEND, None),
        (plan(late=prompts.LATE_WINDOW + timedelta(microseconds=1)), Outcome.NOT_ASKED, Cause.BOT),
        (plan(late=timedelta(days=2)), Outcome.NOT_ASKED, Cause.BOT),
        (plan(asked=True), Outcome.ASKED, None),
        (plan(asked=True, finished=True, reach=Reach.GONE), Outcome.ASKED, None),
        (plan(finished=True), Outcome.FINISHED, None),
        (plan(finished=True, late=timedelta(days=2)), Outcome.FINISHED, None),
        (plan(reach=Reach.BLOCKED), Outcome.NOT_ASKED, Cause.BLOCKED),
        (plan(reach=Reach.GONE), Outcome.NOT_ASKED, Cause.GONE),
        (plan(reach=Reach.BLOCKED, late=timedelta(days=2)), Outcome.NOT_ASKED, Cause.BLOCKED),
        (plan(reach=Reach.BLOCKED, lost=timedelta(days=-1), late=timedelta(days=2)), Outcome.NOT_ASKED, Cause.BLOCKED),
        (plan(reach=Reach.GONE, lost=timedelta(hours=3), late=timedelta(days=2)), Outcome.NOT_ASKED, Cause.GONE),
        # Lost only when the bot had been too late already: that comes first.
        (plan(reach=Reach.BLOCKED, lost=timedelta(hours=4), late=timedelta(days=2)), Outcome.NOT_ASKED, Cause.BOT),
        # Another window.
        (plan(late=timedelta(minutes=30), late_for=timedelta(minutes=30)), Outcome.SEND, None),
        (plan(late=timedelta(minutes=31), late_for=timedelta(minutes=30)), Outcome.NOT_ASKED, Cause.BOT),
        (plan(late=timedelta(hours=12), late_for=timedelta(hours=12)), Outcome.SEND, None),
        (plan(paused=True), Outcome.PAUSED, None),
        (plan(paused=True, reach=Reach.BLOCKED, late=timedelta(days=2)), Outcome.PAUSED, None),
        (plan(paused=True, finished=True), Outcome.FINISHED, None),
        # Quiet hours hold up what is late, and nothing else.
        (plan(late=timedelta(hours=2) - AN_INSTANT, quiet=NIGHT), Outcome.SEND, None),
        (plan(late=timedelta(hours=2), quiet=NIGHT), Outcome.NOT_ASKED, Cause.BOT),
        (plan(late=timedelta(minutes=15), quiet=Quiet(time(19), time(8))), Outcome.SEND, None),
        (plan(late=timedelta(minutes=16), quiet=Quiet(time(19), time(8))), Outcome.NOT_ASKED, Cause.BOT),
    ],
)
def test_a_due_prompt_has_one_outcome(planned: Plan, outcome: Outcome, cause: Cause | None) -> None:
    assert planned == Plan(outcome, cause, FOLLOWING)


def test_a_late_prompt_never_outlives_its_day() -> None:
    """At 03:30 in the night after it a day has eight and a half hours left, whatever the window."""
    due = Due(DAY, days.at(DAY, time(3, 30), LISBON))
    assert prompts.worth_until(due, rhythm(), timedelta(hours=12)) == days.closes_at(DAY, LISBON) - AN_INSTANT
    assert prompts.worth_until(due, rhythm()) == due.at + timedelta(hours=3)


@pytest.mark.parametrize(
    ("now", "zone", "wall", "day", "at"),
    [
        ("2026-03-02 12:00", LISBON, "20:00", "2026-03-02", "2026-03-02 20:00"),
        ("2026-03-02 19:59:59", LISBON, "20:00", "2026-03-02", "2026-03-02 20:00"),
        ("2026-03-02 20:00", LISBON, "20:00", "2026-03-03", "2026-03-03 20:00"),
        # After midnight it is still the evening of the day before, and its hour may yet come.
        ("2026-03-03 01:00", LISBON, "20:00", "2026-03-03", "2026-03-03 20:00"),
        ("2026-03-03 01:00", LISBON, "02:30", "2026-03-02", "2026-03-03 02:30"),
        ("2026-03-02 12:00", LISBON, "02:30", "2026-03-02", "2026-03-03 02:30"),
        ("2026-03-01 19:15", "Asia/Kathmandu", "20:00", "2026-03-02", "2026-03-02 14:15"),
        ("2026-03-28 12:00", "America/Nuuk", "23:30", "2026-03-28", "2026-03-29 01:30"),
    ],
)
def test_the_first_prompt_is_the_next_evening_hour(now: str, zone: str, wall: str, day: str, at: str) -> None:
    assert prompts.first_due(utc(now), zone, Hours(time.fromisoformat(wall))) == Due(date.fromisoformat(day), utc(at))


@pytest.mark.parametrize(
    ("not_before", "day"),
    [("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-02"), ("2026-03-05", "2026-03-05")],
)
def test_no_day_before_the_one_named_is_asked(not_before: str, day: str) -> None:
    due = prompts.first_due(utc("2026-03-02 12:00"), LISBON, Hours(EVENING), date.fromisoformat(not_before))
    assert due == Due(date.fromisoformat(day), utc(f"{day} 20:00"))


NIGHTS = {
    # A night whose wall time is jumped over and one whose wall time comes twice: day, hour, prompt.
    "Europe/Lisbon": (
        ("2026-03-28", "01:30", "2026-03-29 01:30"),
        ("2026-10-24", "01:30", "2026-10-25 00:30"),
    ),
    "America/Chicago": (
        ("2026-03-07", "02:30", "2026-03-08 08:30"),
        ("2026-10-31", "01:30", "2026-11-01 06:30"),
    ),
    "America/Nuuk": (
        ("2026-03-28", "23:30", "2026-03-29 01:30"),
        ("2026-10-24", "23:30", "2026-10-25 00:30"),
    ),
    "Australia/Lord_Howe": (
        ("2026-10-03", "02:15", "2026-10-03 15:45"),
        ("2026-04-04", "01:45", "2026-04-04 14:45"),
    ),
    "Asia/Kathmandu": (
        ("2026-03-28", "02:30", "2026-03-28 20:45"),
        ("2026-10-24", "02:30", "2026-10-24 20:45"),
    ),
}


@pytest.mark.parametrize(
    ("zone", "day", "wall", "at"), [(zone, *night) for zone, nights in NIGHTS.items() for night in nights]
)
def test_a_night_of_changing_clocks_has_one_prompt_and_so_have_its_neighbours(
    zone: str, day: str, wall: str, at: str
) -> None:
    hour, night = time.fromisoformat(wall), date.fromisoformat(day)
    before = prompts.due_after(night - timedelta(days=2), zone, Hours(hour))
    due = prompts.due_after(before.day, zone, Hours(hour))
    after = prompts.due_after(due.day, zone, Hours(hour))
    assert [it.day for it in (before, due, after)] == [night + timedelta(days=n) for n in (-1, 0, 1)]
    assert due.at == utc(at)
    assert prompts.first_due(due.at, zone, Hours(hour)) == after
    for it in (before, after):
        assert days.local(it.at, zone).time() == hour


@cache
def zones_unlike_each_other() -> list[str]:
    """One of all zones whose clocks show the same at each hour of 2026: most names are another's second one."""
    first = datetime(2025, 12, 31, tzinfo=UTC)
    found: dict[tuple[timedelta | None, ...], str] = {}
    for zone in sorted(days.zones()):
        place = ZoneInfo(zone)
        shown = [(first + n * days.ONE_DAY).astimezone(place).utcoffset() for n in range(368)]
        changes = [n for n in range(367) if shown[n] != shown[n + 1]]
        hours = [first + n * days.ONE_DAY + hour * timedelta(minutes=30) for n in changes for hour in range(48)]
        found.setdefault((*shown, *(at.astimezone(place).utcoffset() for at in hours)), zone)
    return list(found.values())


@pytest.mark.parametrize("wall", [time(2, 30), time(3, 59), time(4), time(23, 30)], ids=str)
def test_one_prompt_per_diary_day_at_the_local_hour_in_every_zone(wall: time) -> None:
    """The whole of 2026, from prompt to prompt. Prompts of neighbouring days lie 22 to 26 hours apart."""
    apart = (timedelta(hours=22), timedelta(hours=26))
    for zone in zones_unlike_each_other():
        place = ZoneInfo(zone)
        due = prompts.first_due(datetime(2025, 12, 31, 12, tzinfo=UTC), zone, Hours(wall))
        while due.day.year < 2027:
            following = prompts.due_after(due.day, zone, Hours(wall))
            assert following.day - due.day == days.ONE_DAY
            assert apart[0] <= following.at - due.at <= apart[1], (zone, due)
            shown = following.at.astimezone(place)
            if shown.time() != wall:
                assert _jumped(following.at, place, shown, wall), (zone, following)
            due = following


def _jumped(at: datetime, place: ZoneInfo, shown: datetime, wall: time) -> bool:
    """Whether the clocks went forward just before `at`, by as much as it is late."""
    late = datetime.combine(shown.date(), shown.time()) - datetime.combine(shown.date(), wall)
    earlier = (at - timedelta(hours=4)).astimezone(place).utcoffset()
    now = shown.utcoffset()
    assert earlier is not None
    assert now is not None
    return late % days.ONE_DAY == now - earlier > timedelta(0)


@settings(deadline=None)
@given(
    zone=st.sampled_from(sorted(days.zones())),
    wall=st.times().map(lambda it: it.replace(second=0, microsecond=0)),
    now=st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since),
)
def test_the_first_prompt_lies_ahead_and_within_a_day_and_its_clock_change(
    zone: str, wall: time, now: datetime
) -> None:
    due = prompts.first_due(now, zone, Hours(wall))
    assert timedelta(0) < due.at - now <= timedelta(hours=26)
    assert due.at == days.at(due.day, wall, zone)


@settings(deadline=None)
@given(
    down_from=st.integers(0, 20),
    down_for=st.timedeltas(timedelta(0), timedelta(days=5)),
    zone=st.sampled_from([LISBON, "America/Chicago", "Asia/Kathmandu", "America/Nuuk", "Australia/Lord_Howe"]),
    wall=st.sampled_from([time(2, 30), time(20), time(23, 30)]),
)
def test_an_outage_leaves_each_day_asked_once_or_not_asked_by_the_bot(
    down_from: int, down_for: timedelta, zone: str, wall: time
) -> None:
    """A tick a minute would do the same as this walk from due time to due time."""
    due = prompts.first_due(utc("2026-03-20 12:00"), zone, Hours(wall))
    first, fails_at = due.day, due.at + down_from * days.ONE_DAY - timedelta(hours=1)
    outcomes: dict[date, Plan] = {}
    while due.day < first + 28 * days.ONE_DAY:
        now = max(due.at, fails_at + down_for) if due.at >= fails_at else due.at
        planned = prompts.plan(
            due, rhythm(zone, Hours(wall)), asked=due.day in outcomes, finished=False, reach=Reach.OK, now=now
        )
        assert due.day not in outcomes
        outcomes[due.day] = planned
        assert planned.outcome is (Outcome.NOT_ASKED if now - due.at > prompts.LATE_WINDOW else Outcome.SEND)
        assert planned.cause is (Cause.BOT if planned.outcome is Outcome.NOT_ASKED else None)
        due = planned.next
    assert list(outcomes) == [first + n * days.ONE_DAY for n in range(28)]


# --- weekends -------------------------------------------------------------------------------------------------


def test_saturday_and_sunday_have_an_hour_of_their_own() -> None:
    hours = Hours(EVENING, time(11))
    assert [hours.on(date(2026, 3, n)) for n in (6, 7, 8, 9)] == [EVENING, time(11), time(11), EVENING]
    assert prompts.due_after(date(2026, 3, 6), LISBON, hours) == Due(date(2026, 3, 7), utc("2026-03-07 11:00"))
    assert prompts.first_due(utc("2026-03-08 11:00"), LISBON, hours).at == utc("2026-03-09 20:00")


# --- follow-ups -----------------------------------------------------------------------------------------------

SENT = DUE.at
REMINDER = utc("2026-03-02 21:30")


@pytest.mark.parametrize(
    ("at", "minutes", "quiet", "expected"),
    [
        ("2026-03-02 20:00", 90, NIGHT, "2026-03-02 21:30"),
        ("2026-03-02 20:29", 90, NIGHT, "2026-03-02 21:59"),
        ("2026-03-02 20:30", 90, NIGHT, None),
        ("2026-03-02 20:00", 120, NIGHT, None),
        ("2026-03-02 20:00", 0, NIGHT, None),
        ("2026-03-03 02:00", 90, NEVER_QUIET, "2026-03-03 03:30"),
        # At 04:00 the evening is over.
        ("2026-03-03 02:30", 90, NEVER_QUIET, None),
    ],
)
def test_the_reminder_comes_the_same_evening_or_not_at_all(
    at: str, minutes: int, quiet: Quiet, expected: str | None
) -> None:
    found = prompts.reminder_at(DAY, utc(at), rhythm(quiet=quiet, minutes=minutes))
    assert found == (None if expected is None else utc(expected))


@pytest.mark.parametrize(
    ("choice", "now", "quiet", "expected"),
    [
        (Later.HALF_HOUR, "2026-03-02 20:05", NIGHT, "2026-03-02 20:35"),
        (Later.TWO_HOURS, "2026-03-02 19:05", NIGHT, "2026-03-02 21:05"),
        (Later.TWO_HOURS, "2026-03-02 20:00", NIGHT, "2026-03-03 08:00"),
        (Later.MORNING, "2026-03-02 20:05", NIGHT, "2026-03-03 08:00"),
        (Later.MORNING, "2026-03-03 01:05", NIGHT, "2026-03-03 08:00"),
        (Later.MORNING, "2026-03-02 20:05", Quiet(time(22), time(9, 30)), "2026-03-03 09:30"),
        (Later.MORNING, "2026-03-02 20:05", NEVER_QUIET, "2026-03-03 08:00"),
        # It has passed, or the day is over by then.
        (Later.MORNING, "2026-03-03 08:00", NIGHT, None),
        (Later.MORNING, "2026-03-02 20:05", Quiet(time(22), time(12)), None),
        (Later.TWO_HOURS, "2026-03-03 10:00", NIGHT, None),
        (Later.HALF_HOUR, "2026-03-03 11:00", NIGHT, "2026-03-03 11:30"),
    ],
)
def test_a_question_put_off_comes_again_outside_quiet_hours_while_its_day_is_open(
    choice: Later, now: str, quiet: Quiet, expected: str | None
) -> None:
    closes_at = days.closes_at(DAY, LISBON)
    found = prompts.snooze_until(choice, DAY, utc(now), rhythm(quiet=quiet), closes_at)
    assert found == (None if expected is None else utc(expected))
    moved = found is not None and prompts.was_moved(choice, utc(now), found)
    assert moved is (expected == "2026-03-03 08:00" and choice is Later.TWO_HOURS)


def waiting(
    *,
    sent_at: datetime | None = SENT,
    finished: bool = False,
    followed_up: bool = False,
    paused: bool = False,
) -> Waiting:
    return Waiting(DAY, days.closes_at(DAY, LISBON), sent_at, finished, followed_up, paused)


def followed(
    kind: Followup,
    now: str,
    day: Waiting | None = None,
    *,
    reach: Reach = Reach.OK,
    quiet: Quiet = NIGHT,
    minutes: int = 90,
) -> Followed:
    found = rhythm(quiet=quiet, minutes=minutes)
    return prompts.follow_up(kind, REMINDER, day or waiting(), found, reach=reach, now=utc(now))


DROP = Followed(Step.DROP)


@pytest.mark.parametrize("kind", Followup)
@pytest.mark.parametrize(
    "day", [waiting(finished=True), waiting(followed_up=True), waiting(paused=True)], ids=["done", "again", "paused"]
)
def test_nothing_comes_once_more_where_nothing_is_left_to_ask(kind: Followup, day: Waiting) -> None:
    assert followed(kind, "2026-03-02 21:30", day) == DROP


@pytest.mark.parametrize("kind", Followup)
def test_a_chat_that_cannot_be_reached_and_a_day_that_is_closed_get_nothing(kind: Followup) -> None:
    assert followed(kind, "2026-03-02 21:30", reach=Reach.BLOCKED) == DROP
    assert followed(kind, "2026-03-03 12:00") == DROP


def test_a_reminder_goes_once_its_time_has_come_and_before_quiet_hours_begin() -> None:
    assert followed(Followup.REMINDER, "2026-03-02 21:30") == Followed(Step.SEND, utc("2026-03-02 22:00") - AN_INSTANT)
    assert followed(Followup.REMINDER, "2026-03-02 21:59:59") == Followed(
        Step.SEND, utc("2026-03-02 22:00") - AN_INSTANT
    )
    assert followed(Followup.REMINDER, "2026-03-02 22:00") == DROP
    never = followed(Followup.REMINDER, "2026-03-02 23:00", quiet=NEVER_QUIET)
    assert never == Followed(Step.SEND, utc("2026-03-03 00:30"))
    assert followed(Followup.REMINDER, "2026-03-03 00:31", quiet=NEVER_QUIET) == DROP
    assert followed(Followup.REMINDER, "2026-03-02 21:30", minutes=0) == DROP


def test_a_reminder_waits_for_a_prompt_that_is_still_on_its_way() -> None:
    on_its_way = waiting(sent_at=None)
    assert followed(Followup.REMINDER, "2026-03-02 20:20", on_its_way) == Followed(Step.WAIT, utc("2026-03-02 21:50"))
    assert followed(Followup.REMINDER, "2026-03-02 21:30", on_its_way) == DROP
    short = followed(Followup.REMINDER, "2026-03-02 21:30", on_its_way, minutes=10)
    assert short == Followed(Step.WAIT, utc("2026-03-02 21:40")), "however short its time is"
    arrived_late = waiting(sent_at=utc("2026-03-02 20:20"))
    assert followed(Followup.REMINDER, "2026-03-02 21:30", arrived_late) == Followed(Step.WAIT, utc("2026-03-02 21:50"))
    arrived = waiting(sent_at=utc("2026-03-02 20:05"))
    assert followed(Followup.REMINDER, "2026-03-02 21:30", arrived).step is Step.SEND


def test_a_put_off_question_waits_for_the_end_of_quiet_hours() -> None:
    assert followed(Followup.SNOOZE, "2026-03-02 21:30") == Followed(Step.SEND, utc("2026-03-02 22:00") - AN_INSTANT)
    assert followed(Followup.SNOOZE, "2026-03-02 23:00") == Followed(Step.WAIT, utc("2026-03-03 08:00"))
    assert followed(Followup.SNOOZE, "2026-03-03 08:00") == Followed(Step.SEND, utc("2026-03-03 12:00") - AN_INSTANT)
    long = Quiet(time(22), time(12))
    assert followed(Followup.SNOOZE, "2026-03-02 23:00", quiet=long) == DROP


@settings(deadline=None, max_examples=60)
@given(
    now=st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since),
    start=st.times().map(lambda it: it.replace(second=0, microsecond=0)),
    end=st.times().map(lambda it: it.replace(second=0, microsecond=0)),
    zone=st.sampled_from([LISBON, "America/Chicago", "Asia/Kathmandu", "America/Nuuk", "Australia/Lord_Howe"]),
)
def test_quiet_hours_begin_and_end(now: datetime, start: time, end: time, zone: str) -> None:
    quiet = Quiet(start, end)
    begins, ends = quiet.begins(now, zone), quiet.ends(now, zone)
    assert (begins is None) == (start == end)
    assert now <= ends <= now + timedelta(hours=26)
    if begins is not None:
        assert now <= begins <= now + timedelta(hours=26)
        assert (begins == now) == quiet.covers(now, zone)
    assert (ends == now) != quiet.covers(now, zone)
