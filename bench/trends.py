"""How often the trend verdict errs: diaries at random whose truth is known, judged by bot.diary.trends as it is.

What a diary is made of: a level, days that resemble the day before them (autocorrelation), a weekend that is a little
better or worse, whole numbers from 0 to 10, one tap in twenty on any button, one day in seven missing, half of these
alone and half in runs. It is drawn from a seed, so that two runs print the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil, inf
from random import Random
from typing import Final

from bench.table import Row, say
from bot.diary.digests import ChangeLabel, Diary, change
from bot.diary.entries import Item, ItemId, Score, Symptom
from bot.diary.sessions import mean, values_from
from bot.diary.trends import Trend, verdict

SEED: Final = 2026
DIARIES: Final = 10_000
"""In each of the lots: the steady, those with a step, those with a slope."""
LEVELS: Final = (1, 3, 5, 7, 9)
LIKENESSES: Final = (0.0, 0.2, 0.4, 0.6)
"""Correlation of a day with the day before it."""
USUAL: Final = 0.7
RESTLESS: Final = 1.0
"""Standard deviation of days in points, before rounding, weekends and wrong taps (ours). What real diaries do is known
from one figure: 14% of 933 real pairs of weeks differ by a point or more (own calculation on a public back-pain data
set). With USUAL a little more of the pairs do, with RESTLESS nearly twice as many; the run prints both."""
WEEKEND: Final = 0.75
"""At most so many points better or worse than working days (ours)."""
WRONG: Final = 0.05
MISSING_ALONE: Final = 0.075
MISSING_IN_RUNS: Final = 0.075
RUN_FOR: Final = 3.2
"""Days, on average."""
WEEKS_STEADY: Final = 20
WEEKS_BEFORE: Final = 10
WEEKS_YOUNG: Final = 5
WEEKS_AFTER: Final = 7
CHANGE: Final = 2.0
SLOPE_FOR: Final = 14
"""Days that a slope takes to its end."""
WITHIN: Final = timedelta(weeks=3)
MOST_FALSE: Final = 0.05
LEAST_FOUND: Final = 0.90

START: Final = date(2024, 1, 1)
"""A Monday."""
ITEM: Final = Item(ItemId(1), Symptom.PAIN, None, None, 0, START)
_ENTERED: Final = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a diary really does: `change` points from the day number `begins` on, over `over` days (1: at once)."""

    level: float
    likeness: float
    spread: float
    change: float = 0.0
    begins: int = 0
    over: int = 1

    def on(self, number: int) -> float:
        return self.level + self.change * min(max(number + 1 - self.begins, 0) / self.over, 1.0)


def diary_of(truth: Truth, weeks: int, random: Random) -> Diary:
    """A diary of so many weeks from START on."""
    weekend, noise, gap = random.uniform(-WEEKEND, WEEKEND), random.gauss(0, truth.spread), 0
    fresh = truth.spread * (1 - truth.likeness**2) ** 0.5
    scores = {}
    for number in range(weeks * 7):
        noise = noise if number == 0 else truth.likeness * noise + random.gauss(0, fresh)
        value = truth.on(number) + noise + (weekend if number % 7 >= 5 else 0.0)
        if gap == 0 and random.random() < MISSING_IN_RUNS / RUN_FOR:
            gap = 1
            while random.random() > 1 / RUN_FOR:
                gap += 1
        tapped = random.randint(0, 10) if random.random() < WRONG else round(min(max(value, 0), 10))
        if gap or random.random() < MISSING_ALONE:
            gap = max(0, gap - 1)
            continue
        day = START + timedelta(days=number)
        scores[day, ITEM.id] = Score(ITEM.id, day, tapped, _ENTERED)
    return Diary((ITEM,), {}, scores, (), START, "UTC")


def monday(week: int) -> date:
    """The Monday on which so many weeks are over."""
    return START + timedelta(weeks=week)


def called(diary: Diary, week: int) -> Trend | None:
    """The verdict on that Monday."""
    found = verdict(diary, ITEM, datetime.combine(monday(week), datetime.min.time(), UTC) + timedelta(hours=13))
    return None if found is None else found.trend


LOWER: Final = {ChangeLabel.SLIGHTLY_BETTER, ChangeLabel.CLEARLY_BETTER, ChangeLabel.MUCH_BETTER}
CLEARLY_LOWER: Final = {ChangeLabel.CLEARLY_BETTER, ChangeLabel.MUCH_BETTER}
UPPER: Final = {ChangeLabel.SLIGHTLY_HIGHER, ChangeLabel.HIGHER}
CLEARLY_UPPER: Final = {ChangeLabel.HIGHER}


def labelled(diary: Diary, week: int) -> ChangeLabel | None:
    """The plain label of the week that ends before that Monday, against the first week."""
    first, newest = (mean(values_from(diary, ITEM, monday(which))) for which in (0, week - 1))
    return None if first is None or newest is None else change(newest, first).label


@dataclass(slots=True)
class Count:
    """How many of how many."""

    yes: int = 0
    of: int = 0

    def add(self, yes: bool) -> None:
        self.yes += yes
        self.of += 1

    @property
    def share(self) -> float:
        return self.yes / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What one level and likeness showed: by the verdict, by any plain label, by the strong ones."""

    level: int
    likeness: float
    verdict: Count = field(default_factory=Count)
    any_label: Count = field(default_factory=Count)
    strong_label: Count = field(default_factory=Count)
    waits: list[float] = field(default_factory=list)
    """How many days after the change began it was called by the verdict; infinity: not in the weeks looked at."""

    def told(self, name: str) -> str:
        by = [f"{count.share:6.1%}" for count in (self.verdict, self.any_label, self.strong_label)]
        return f"{name:<42} level {self.level}, likeness {self.likeness}: " + " / ".join(by) + self.soon

    @property
    def soon(self) -> str:
        """By which day half of the changes were called, and nine in ten."""
        if not self.waits:
            return ""
        days = sorted(self.waits)
        half, most = (days[ceil(part * len(days)) - 1] for part in (0.5, LEAST_FOUND))
        return (
            f"; half by day {half:.0f}, 90% by day {most:.0f}" if most < inf else f"; half by day {half:.0f}, 90% later"
        )


def steady(diaries: int, random: Random, *, spread: float) -> Iterator[Found]:
    """How often a steady diary is called better or worse, of all weeks in which there is a verdict or a label."""
    for level, likeness in _settings():
        found = Found(level, likeness)
        for _ in range(diaries):
            diary = diary_of(Truth(level, likeness, spread), WEEKS_STEADY, random)
            for week in range(2, WEEKS_STEADY + 1):
                if (trend := called(diary, week)) is not None:
                    found.verdict.add(trend is not Trend.STEADY)
                if (label := labelled(diary, week)) is not None:
                    found.any_label.add(label in LOWER | UPPER)
                    found.strong_label.add(label in CLEARLY_LOWER | CLEARLY_UPPER)
        yield found


def changed(
    diaries: int, random: Random, *, spread: float, over: int, weeks: int, from_its_end: bool
) -> Iterator[Found]:
    """How often a real change of CHANGE points, up or down where there is room, is called within WITHIN, and how soon.

    It begins on any weekday of a diary that is `weeks` old. Counted from its first day, or from the first day on which
    all of it is there.
    """
    for level, likeness in _settings():
        found = Found(level, likeness)
        ways = [way for way in (-CHANGE, CHANGE) if 0 <= level + way <= 10]
        for number in range(diaries):
            way = ways[number % len(ways)]
            begins = weeks * 7 + random.randrange(7)
            diary = diary_of(Truth(level, likeness, spread, way, begins, over), weeks + WEEKS_AFTER, random)
            begun = START + timedelta(days=begins)
            since = START + timedelta(days=begins + (over - 1 if from_its_end else 0))
            right, lower = (Trend.BETTER, True) if way < 0 else (Trend.WORSE, False)
            mondays = [week for week in range(weeks, weeks + WEEKS_AFTER + 1) if begun < monday(week)]
            first = next((monday(week) for week in mondays if called(diary, week) is right), None)
            found.waits.append(inf if first is None else (first - since).days)
            found.verdict.add(first is not None and first <= since + WITHIN)
            labels = {labelled(diary, week) for week in mondays if monday(week) <= since + WITHIN}
            found.any_label.add(bool(labels & (LOWER if lower else UPPER)))
            found.strong_label.add(bool(labels & (CLEARLY_LOWER if lower else CLEARLY_UPPER)))
        yield found


def pairs(random: Random, *, spread: float) -> float:
    """Which part of the pairs of weeks of steady diaries differs by a point or more: real ones do in 14%."""
    differ = Count()
    for level, likeness in _settings():
        for _ in range(100):
            diary = diary_of(Truth(level, likeness, spread), 2, random)
            one, other = (mean(values_from(diary, ITEM, monday(week))) for week in (0, 1))
            if one is not None and other is not None:
                differ.add(abs(one - other) >= 1)
    return differ.share


def trends() -> list[Row]:
    """The rows: false alarms, steps and slopes, by likeness, each at the level where the verdict does worst."""
    began, each = time.monotonic(), DIARIES // len(list(_settings()))
    say("verdict / any plain label / a strong plain label (clearly better, higher)")
    rows = []
    lots = (
        ("a steady patient is called, a week", _steady(each), True, True),
        ("a step is called in 3 weeks", _change(each, 1), True, False),
        ("a slope is called, 3 weeks from its end", _change(each, SLOPE_FOR, from_its_end=True), True, False),
        ("a slope is called, 3 weeks from its start", _change(each, SLOPE_FOR), False, False),
        ("a step in a diary of five weeks", _change(each, 1, weeks=WEEKS_YOUNG), False, False),
        ("a restless steady patient is called, a week", _steady(each, RESTLESS), True, True),
        ("a step in a restless diary", _change(each, 1, RESTLESS), True, False),
        (
            "a slope in a restless diary, from its end",
            _change(each, SLOPE_FOR, RESTLESS, from_its_end=True),
            True,
            False,
        ),
    )
    for name, lot, bound, low in lots:
        found = list(lot)
        for one in found:
            say(one.told(name))
        rows += [_row(name, [one for one in found if one.likeness == it], bound=bound, low=low) for it in LIKENESSES]
    usual, restless = (pairs(Random(SEED), spread=spread) for spread in (USUAL, RESTLESS))
    say(f"pairs of weeks that differ by a point or more: {usual:.0%}, restless {restless:.0%}, real ones 14%")
    say(f"{time.monotonic() - began:.0f} s")
    return rows


def _steady(each: int, spread: float = USUAL) -> Iterator[Found]:
    return steady(each, Random(SEED), spread=spread)


def _change(
    each: int, over: int, spread: float = USUAL, *, weeks: int = WEEKS_BEFORE, from_its_end: bool = False
) -> Iterator[Found]:
    random = Random(SEED + over + weeks)
    return changed(each, random, spread=spread, over=over, weeks=weeks, from_its_end=from_its_end)


def _row(name: str, found: list[Found], *, bound: bool, low: bool) -> Row:
    worst = (max if low else min)(found, key=lambda one: one.verdict.share)
    labels = (max if low else min)(found, key=lambda one: one.any_label.share)
    share = worst.verdict.share
    return Row(
        f"{name}, likeness {worst.likeness}",
        f"{share:.1%} at worst (level {worst.level}){worst.soon}",
        f"any label {labels.any_label.share:.1%}, strong {labels.strong_label.share:.1%} (level {labels.level})",
        f"{share / labels.any_label.share:.2f}x" if labels.any_label.share else "",
        ("< 5%" if low else ">= 90%") if bound else "",
        (share < MOST_FALSE if low else share >= LEAST_FOUND) if bound else None,
    )


def _settings() -> Iterator[tuple[int, float]]:
    return ((level, likeness) for likeness in LIKENESSES for level in LEVELS)
