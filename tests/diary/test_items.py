"""What is asked changes from some day on, and nothing that was before changes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary import days, digests, items, sessions
from bot.diary.digests import Diary, Week
from bot.diary.entries import Cause, Day, DayState, Item, ItemId, Score, Side, Symptom, state
from bot.diary.items import MOST_ITEMS, Addition, Ahead, Refusal, Wanted
from bot.diary.pauses import Pause
from bot.diary.people import PatientId
from bot.diary.sessions import Kind, Session, SessionId

LISBON = "Europe/Lisbon"
ZONES = (LISBON, "America/Chicago", "Asia/Kathmandu", "Pacific/Auckland")
MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KNEE = Wanted(Symptom.PAIN, "knee", Side.LEFT)


def an_item(number: int, symptom: Symptom = Symptom.PAIN, added: date = date(2026, 1, 1), **more: Any) -> Item:
    return Item(ItemId(number), symptom, None, None, number, added, **more)


THREE = tuple(an_item(n, symptom) for n, symptom in enumerate((Symptom.BURNING, Symptom.TINGLING, Symptom.PAIN)))


def a_day(on: date = MONDAY, **more: Any) -> Day:
    return Day(PatientId(1), on, LISBON, days.closes_at(on, LISBON), **more)


def ahead(*planned: Day, answered: Any = (), now: datetime = NOON) -> Ahead:
    return Ahead(MONDAY, planned, frozenset(answered), now)


def later(n: int) -> date:
    return MONDAY + timedelta(days=n)


# --- adding


def test_an_untouched_day_takes_one_more() -> None:
    assert items.add(THREE, KNEE, ahead()) == Addition(MONDAY, 3, None)
    assert items.add(THREE, KNEE, ahead(a_day())) == Addition(MONDAY, 3, None)
    assert items.add(THREE, KNEE, ahead(a_day(paused=True))) == Addition(MONDAY, 3, None)
    assert items.add((), KNEE, ahead()) == Addition(MONDAY, 0, None)


@pytest.mark.parametrize(
    "touched",
    [
        {"intended_at": NOON},
        {"sent_at": NOON},
        {"answered_at": NOON},
        {"declined_at": NOON},
        {"not_asked": Cause.BOT},
    ],
)
def test_a_day_that_was_asked_or_answered_takes_no_more(touched: dict[str, Any]) -> None:
    assert items.add(THREE, KNEE, ahead(a_day(**touched))) == Addition(later(1), 3, None)


def test_a_day_with_an_answer_takes_no_more() -> None:
    found = ahead(a_day(), answered={(MONDAY, ItemId(1))})
    assert items.add(THREE, KNEE, found) == Addition(later(1), 3, None)


def test_a_day_that_is_closed_takes_no_more() -> None:
    """Someone who flew west: the day of the wall calendar is one that closed by the clock where it began."""
    assert items.add(THREE, KNEE, ahead(a_day(), now=NOON + timedelta(days=1))) == Addition(later(1), 3, None)


def test_a_later_day_that_was_asked_already_takes_no_more_either() -> None:
    assert items.add(THREE, KNEE, ahead(a_day(), a_day(later(1), sent_at=NOON))) == Addition(later(2), 3, None)


def test_the_same_is_not_asked_twice() -> None:
    knee = replace(an_item(3), site=" KNEE ", side=Side.LEFT)
    assert items.add((*THREE, knee), KNEE, ahead()) is knee
    assert items.add(THREE, Wanted(Symptom.PAIN, None, None), ahead()) is THREE[2]
    for other in (replace(KNEE, side=Side.RIGHT), replace(KNEE, site="foot"), replace(KNEE, symptom=Symptom.NUMBNESS)):
        assert isinstance(items.add((*THREE, knee), other, ahead()), Addition)


def test_a_seventh_is_refused() -> None:
    six = tuple(an_item(n) for n in range(MOST_ITEMS))
    assert items.add(six, KNEE, ahead()) is Refusal.FULL
    ended = replace(six[0], ended_day=MONDAY)
    assert items.add((ended, *six[1:]), KNEE, ahead()) == Addition(MONDAY, 6, None)


def test_one_that_is_still_asked_today_makes_the_new_one_wait() -> None:
    five = tuple(an_item(n) for n in range(1, MOST_ITEMS))
    last_today = an_item(0, ended_day=later(1))
    assert items.add((last_today, *five), KNEE, ahead()) == Addition(later(1), 6, None)
    begins = replace(five[0], added_day=later(1))
    two_days = an_item(0, ended_day=later(2))
    assert items.add((two_days, begins, *five[1:]), KNEE, ahead()) == Addition(later(2), 6, None)


def test_one_that_was_ended_goes_on_after_a_rest() -> None:
    knee = replace(an_item(3), site="knee", side=Side.LEFT, ended_day=date(2026, 2, 1))
    again = replace(knee, ended_day=None, rests=((date(2026, 2, 1), MONDAY),))
    assert items.add((*THREE, knee), KNEE, ahead()) == Addition(MONDAY, 3, again)
    assert [again.asked_on(day) for day in (date(2026, 1, 31), date(2026, 2, 1), later(-1), MONDAY, later(1))] == [
        True,
        False,
        False,
        True,
        True,
    ]


def test_an_ending_that_has_not_come_yet_is_taken_back_without_a_rest() -> None:
    knee = replace(an_item(3), site="knee", side=Side.LEFT, ended_day=later(1))
    touched = ahead(a_day(answered_at=NOON), answered={(MONDAY, knee.id)})
    assert items.add((*THREE, knee), KNEE, touched) == Addition(MONDAY, 3, replace(knee, ended_day=None))


def test_one_that_was_taken_back_before_it_was_asked_begins_anew() -> None:
    knee = replace(an_item(3), site="knee", side=Side.LEFT, added_day=later(-20), ended_day=later(-20))
    again = replace(knee, added_day=MONDAY, ended_day=None)
    assert items.add((*THREE, knee), KNEE, ahead()) == Addition(MONDAY, 3, again)


def test_a_pause_puts_off_the_first_question() -> None:
    def pause(first: date, until: date | None) -> Pause:
        return Pause(1, first, until, None, NOON, None)

    assert items.first_unpaused([], MONDAY) == MONDAY
    assert items.first_unpaused([pause(later(1), None)], MONDAY) == MONDAY
    assert items.first_unpaused([pause(MONDAY, later(2)), pause(later(2), later(5))], MONDAY) == later(5)
    assert items.first_unpaused([pause(MONDAY, later(2)), pause(later(2), None)], MONDAY) is None


# --- ending


def test_an_unanswered_item_ends_today() -> None:
    asked = ahead(a_day(sent_at=NOON), answered={(MONDAY, THREE[1].id)})
    assert items.end(THREE, THREE[0], asked) == replace(THREE[0], ended_day=MONDAY)


def test_an_answered_item_ends_tomorrow() -> None:
    asked = ahead(a_day(sent_at=NOON), answered={(MONDAY, THREE[0].id)})
    assert items.end(THREE, THREE[0], asked) == replace(THREE[0], ended_day=later(1))


def test_a_day_that_was_declined_or_closed_keeps_its_items() -> None:
    tomorrow = replace(THREE[0], ended_day=later(1))
    assert items.end(THREE, THREE[0], ahead(a_day(declined_at=NOON))) == tomorrow
    assert items.end(THREE, THREE[0], ahead(a_day(), now=NOON + timedelta(days=1))) == tomorrow


def test_the_last_one_stays() -> None:
    assert items.end(THREE[:1], THREE[0], ahead()) is Refusal.LAST
    ended = replace(THREE[1], ended_day=later(1))
    assert items.end((THREE[0], ended), THREE[0], ahead()) is Refusal.LAST


def test_one_is_asked_until_the_other_begins() -> None:
    begins = replace(THREE[1], added_day=later(1))
    assert items.end((THREE[0], begins), THREE[0], ahead()) == replace(THREE[0], ended_day=later(1))


def test_one_that_never_began_was_never_asked() -> None:
    begins = replace(THREE[1], added_day=later(1))
    ended = items.end((THREE[0], begins), begins, ahead())
    assert ended == replace(begins, ended_day=later(1))
    assert not any(ended.asked_on(later(n)) for n in range(-1, 4))


def test_an_item_that_rests_still_ends_as_it_was() -> None:
    rests = ((date(2026, 1, 10), date(2026, 1, 20)), (date(2026, 2, 1), later(1)))
    knee = replace(an_item(3), rests=rests)
    assert items.end((*THREE, knee), knee, ahead()) == replace(knee, ended_day=date(2026, 2, 1), rests=rests[:1])


# --- the list


def test_the_list_has_what_is_asked_today_or_later() -> None:
    over = an_item(4, ended_day=MONDAY)
    last = an_item(5, ended_day=later(1))
    begins = an_item(3, added=later(1))
    rests = an_item(2, rests=((later(-3), later(2)),))
    never = an_item(1, added=later(1), ended_day=later(1))
    everything = (over, last, begins, rests, never)
    assert items.shown(everything, MONDAY) == [rests, begins, last]
    assert items.standing(everything) == [rests, begins]
    assert [items.next_asked(item, MONDAY) for item in everything] == [None, MONDAY, later(1), later(2), None]


def test_what_is_followed_is_shown_of_days_without_a_score() -> None:
    knee = an_item(1, added=later(1), ended_day=later(9), rests=((later(3), later(6)),))
    spans = [
        (later(-1), MONDAY),
        (later(2), later(2)),
        (later(3), later(5)),
        (later(4), later(6)),
        (later(9), later(12)),
    ]
    shown = [items.followed(knee, first, last, ever_scored=True) for first, last in spans]
    assert shown == [False, True, False, True, False]
    assert not any(items.followed(knee, first, last, ever_scored=False) for first, last in spans)
    assert items.followed(replace(knee, ended_day=None), later(9), later(12), ever_scored=False)


def test_moving_up_changes_the_order_of_those_that_stand() -> None:
    ended = replace(an_item(1), ended_day=MONDAY)
    first, second, third = an_item(0), an_item(2), an_item(3)
    everything = (first, ended, second, third)
    changed = items.moved(everything, third.id, 1)
    assert changed == [replace(third, position=2), replace(second, position=3)]
    for place in (-1, 3):
        assert items.moved(everything, third.id, place) == []
    assert items.moved(everything, ended.id, 0) == []
    assert items.moved(everything, third.id, 2) == []


def test_items_with_one_position_are_put_in_order_by_the_first_move() -> None:
    alike = [replace(an_item(n), position=0) for n in range(3)]
    changed = {item.id: item for item in items.moved(alike, alike[2].id, 1)}
    assert [it.id for it in items.ordered([changed.get(item.id, item) for item in alike])] == [0, 2, 1]


# --- the law: whatever somebody does, the past stays


def actions(luck: Random, count: int) -> Iterator[tuple[str, Any]]:
    """So many things that a life is made of; what is asked is changed in every third of them."""
    for _ in range(count):
        match luck.choice(("add", "end", "end", "move", "ask", "answer", "decline", "hours", "night", "fly", "rare")):
            case "add":
                symptom = luck.choice([Symptom.PAIN, Symptom.BURNING, Symptom.NUMBNESS])
                yield "add", Wanted(symptom, luck.choice([None, "knee", "foot"]), luck.choice([None, Side.LEFT]))
            case "end":
                yield "end", luck.randrange(9)
            case "move":
                yield "move", (luck.randrange(9), luck.randrange(6))
            case "ask":
                yield "ask", luck.random() < 0.8
            case "answer":
                yield "answer", [luck.choice([None, *range(11)]) for _ in range(luck.randint(1, 6))]
            case "hours":
                yield "hours", luck.randint(1, 14)
            case "night":
                yield "night", luck.randint(1, 4)
            case "fly":
                yield "fly", luck.choice(ZONES)
            case "rare":
                yield luck.choice(["pause", "session"]), None
            case rest:
                yield rest, None


@dataclass
class Life:
    """A diary that is lived, without a bot: what each action leaves in the rows."""

    now: datetime = datetime(2026, 3, 2, 20, tzinfo=UTC)
    zone: str = LISBON
    items: dict[ItemId, Item] = field(
        default_factory=lambda: {item.id: replace(item, added_day=MONDAY) for item in THREE}
    )
    days: dict[date, Day] = field(default_factory=dict)
    scores: dict[tuple[date, ItemId], Score] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)

    @property
    def today(self) -> date:
        return days.day_of(self.now, self.zone)

    @property
    def diary(self) -> Diary:
        everything = tuple(self.items.values())
        return Diary(everything, dict(self.days), dict(self.scores), tuple(self.sessions), MONDAY, self.zone)

    def ahead(self) -> Ahead:
        return Ahead(
            self.today,
            [day for day in self.days.values() if day.day >= self.today],
            {(day, item_id) for day, item_id in self.scores if day >= self.today},
            self.now,
        )

    def day(self) -> Day:
        closes_at = days.closes_at(self.today, self.zone)
        return self.days.setdefault(self.today, Day(PatientId(1), self.today, self.zone, closes_at))

    def change_day(self, **values: Any) -> None:
        self.days[self.today] = replace(self.day(), **values)

    def live(self, action: str, how: Any) -> None:
        match action:
            case "night":
                for _ in range(how):
                    self.live("ask", True)
                    self.live("answer", [how, None, 7, 2, 9, 4])
                    self.now += timedelta(days=1)
            case "hours":
                self.now += timedelta(hours=how)
            case "fly":
                self.zone = how
            case "ask":
                self.change_day(intended_at=self.now, **({"sent_at": self.now} if how else {"not_asked": Cause.BOT}))
            case "answer":
                self.answer(how)
            case "decline":
                self.change_day(declined_at=self.now)
            case "pause":
                self.change_day(paused=True)
            case "session":
                session = Session(SessionId(1), self.today, Kind.NEEDLING, self.now)
                self.sessions = self.sessions or [session]
            case _:
                self.choose(action, how)

    def answer(self, values: list[int | None]) -> None:
        asked = [item for item in items.ordered(self.items.values()) if item.asked_on(self.today)]
        if self.now < self.day().closes_at:
            for item, value in zip(asked, values, strict=False):
                self.scores[self.today, item.id] = Score(item.id, self.today, value, self.now)
            self.change_day(answered_at=self.now, declined_at=None)

    def choose(self, action: str, how: Any) -> None:
        everything = tuple(self.items.values())
        stand = items.standing(everything)
        changed: list[Item] = []
        if action == "add":
            found = items.add(everything, how, self.ahead())
            if isinstance(found, Addition):
                fresh = Item(ItemId(len(everything)), how.symptom, how.site, how.side, found.position, found.first_day)
                changed = [found.again or fresh]
                assert found.again is None or items.next_asked(found.again, self.today) == found.first_day
        elif action == "end":
            ended = items.end(everything, stand[how % len(stand)], self.ahead())
            changed = [ended] if isinstance(ended, Item) else []
        else:
            changed = items.moved(everything, stand[how[0] % len(stand)].id, how[1])
        self.items |= {item.id: item for item in changed}


def numbers(diary: Diary, item_ids: set[ItemId], now: datetime) -> dict[Any, Any]:
    """Every number about these items: their weeks and their baselines, whatever they are called or where they stand."""
    found: dict[Any, Any] = {}
    for item in diary.items:
        if item.id in item_ids:
            found[item.id] = sessions.baseline(diary, item, now)
    for start in sorted({days.week_start(day) for day, _ in diary.scores}):
        week = digests.week(diary, start, now)
        for one in week.items:
            if one.n:
                found[start, one.item.id] = one.scores, one.mean, one.worst, one.previous, one.change
    return found


def settled(diary: Diary, today: date, now: datetime) -> dict[date, DayState]:
    """What became of each day that is over or finished."""
    states = {day: state(planned, diary.items, diary.scores, now) for day, planned in diary.days.items()}
    return {day: found for day, found in states.items() if day < today or found is not DayState.OPEN}


def tallies(diary: Diary, today: date, now: datetime) -> dict[date, tuple[int, int]]:
    """Days answered of days asked, in weeks that are over."""
    starts = {days.week_start(day) for day in diary.days}
    weeks: list[Week] = [digests.week(diary, start, now) for start in sorted(starts)]
    return {week.start: (week.answered, week.asked) for week in weeks if week.end < today}


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True))
def test_the_past_stays_whatever_is_asked(luck: Random) -> None:
    life = Life()
    for action, how in actions(luck, 60):
        before, known = life.diary, set(life.items)
        life.live(action, how)
        if action in ("add", "end", "move"):
            assert numbers(life.diary, known, life.now) == numbers(before, known, life.now)
            assert settled(life.diary, life.today, life.now).items() >= settled(before, life.today, life.now).items()
            assert tallies(life.diary, life.today, life.now) == tallies(before, life.today, life.now)
        for n in range(8):
            asked = [item for item in life.items.values() if item.asked_on(life.today + timedelta(days=n))]
            assert 1 <= len(asked) <= MOST_ITEMS
            assert len({(item.symptom, item.site, item.side) for item in asked}) == len(asked)


def test_an_item_added_later_has_a_first_week_of_its_own() -> None:
    life = Life()
    life.live("night", 7)
    life.live("session", None)
    life.live("add", KNEE)
    (knee,) = (item for item in life.items.values() if item.site == "knee")
    life.live("night", 8)
    found = sessions.baseline(life.diary, knee, life.now)
    assert found is not None
    assert (found.first_day, found.kind) == (later(7), sessions.BaselineKind.FIRST_WEEK_IN_TREATMENT)
    burning = sessions.baseline(life.diary, life.items[ItemId(0)], life.now)
    assert burning is not None
    assert burning.kind is sessions.BaselineKind.BEFORE_TREATMENT


def test_a_baseline_outlives_a_rest() -> None:
    life = Life()
    life.live("add", KNEE)
    life.live("night", 14)
    (knee,) = (item for item in life.items.values() if item.site == "knee")
    first = sessions.baseline(life.diary, knee, life.now)
    assert first is not None
    life.live("end", items.standing(life.items.values()).index(knee))
    life.live("night", 14)
    life.live("add", KNEE)
    life.live("night", 7)
    assert [item.id for item in life.items.values() if item.site == "knee"] == [knee.id]
    assert sessions.baseline(life.diary, life.items[knee.id], life.now) == first
