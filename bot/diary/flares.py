"""Flares: episodes between two evening questions. They mark the chart and never enter a mean.

Law: nothing here touches a score. A flare belongs to the diary day in which it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.diary import days
from bot.diary.entries import ItemId

AN_HOUR: Final = timedelta(hours=1)
MORNING: Final = time(8)
"""Stands for "this morning" (ours)."""
MORNING_OVER: Final = time(10)
"""From then on "this morning" is another time than "about an hour ago" (ours)."""
LONGER: Final = time(20)
"""On the day before: stands for "since yesterday or longer" (ours)."""
ONE_TAP: Final = timedelta(minutes=2)
"""The same flare noted twice within this is a double tap (ours)."""


class Since(StrEnum):
    """When a flare began, as the patient said it. Only NOW and TIME are exact."""

    NOW = "now"
    HOUR = "hour"
    MORNING = "morning"
    YESTERDAY = "yesterday"
    """Yesterday, or longer ago."""
    TIME = "time"
    """At a time of day, typed."""


@dataclass(frozen=True, slots=True)
class Flare:
    """One episode of one item, of `score` 0 to 10. `day`: the diary day of `began_at`; `since`: how exact that is."""

    id: int
    day: date
    item_id: ItemId
    score: int
    began_at: datetime
    since: Since
    noted_at: datetime


def choices(now: datetime, zone: str) -> tuple[Since, ...]:
    """The answers to "since when?" that differ from one another at `now`."""
    clock = days.local(now, zone).time()
    morning = (Since.MORNING,) if clock >= MORNING_OVER else ()
    return (Since.NOW, Since.HOUR, *morning, Since.YESTERDAY)


def began_at(since: Since, now: datetime, zone: str) -> datetime:
    """The instant that stands for an answer given at `now`, never later than that."""
    today = days.day_of(now, zone)
    match since:
        case Since.HOUR:
            return now - AN_HOUR
        case Since.MORNING:
            return min(now, days.on_date(today, MORNING, zone))
        case Since.YESTERDAY:
            return days.on_date(today - days.ONE_DAY, LONGER, zone)
        case _:
            return now


def last_at(wall: time, now: datetime, zone: str) -> datetime:
    """The newest instant up to `now` at which the clock showed `wall`."""
    on = days.local(now, zone).date()
    at = days.on_date(on, wall, zone)
    return at if at <= now else days.on_date(on - days.ONE_DAY, wall, zone)


def same(flare: Flare, item_id: ItemId, score: int, since: Since, now: datetime) -> bool:
    """Whether this flare is what a second tap on the same button would note again."""
    described = (flare.item_id, flare.score, flare.since) == (item_id, score, since)
    return described and now - flare.noted_at < ONE_TAP
