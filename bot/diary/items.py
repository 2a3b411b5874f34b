"""What is asked: adding, ending and ordering items, and from which day on each of these counts.

Laws:
1. Nothing here changes the past: no mean, no baseline, no state of a day that is over or finished. A day that was
   asked, or has an answer, gets no new item; one that has no answer for an item may lose it.
2. From today on every day has at least one item, and at most MOST_ITEMS.
3. No two items of one day are alike: the same symptom at the same site and side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.diary.days import ONE_DAY
from bot.diary.entries import Day, Item, ItemId, Side, Symptom, is_open
from bot.diary.pauses import Pause, covering

MOST_ITEMS: Final = 6
"""Questions on one day: a usual evening must stay short."""
WITHOUT_PLACE: Final = frozenset({Symptom.SLEEP})
"""Symptoms that have no body site."""

Answered = Collection[tuple[date, ItemId]]
"""Days and items with an answer, a skip included."""


class Refusal(StrEnum):
    FULL = "full"
    """There are MOST_ITEMS already."""
    LAST = "last"
    """It is the only one that is asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to be asked about."""

    symptom: Symptom
    site: str | None
    side: Side | None


@dataclass(frozen=True, slots=True)
class Addition:
    """An item to be asked from `first_day` on.

    `again`: the earlier item as it goes on, which keeps all that was entered for it; None: it is a new one, which gets
    `position`.
    """

    first_day: date
    position: int
    again: Item | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of the days from `today` on: those planned, and what was answered on them."""

    today: date
    planned: Sequence[Day]
    answered: Answered
    now: datetime


def ordered(items: Iterable[Item]) -> list[Item]:
    """The items in the order asked."""
    return sorted(items, key=lambda item: (item.position, item.id))


def standing(items: Iterable[Item]) -> list[Item]:
    """The items that nobody has ended, in the order asked."""
    return [item for item in ordered(items) if item.ended_day is None]


def shown(items: Iterable[Item], today: date) -> list[Item]:
    """The items that are asked today or later, in the order asked."""
    return [item for item in ordered(items) if next_asked(item, today) is not None]


def next_asked(item: Item, today: date) -> date | None:
    """The first day from `today` on that asks for the item; None: it is over."""
    day = max(today, item.added_day)
    for begin, end in item.rests:
        if begin <= day < end:
            day = end
    return day if item.asked_on(day) else None


def followed(item: Item, first: date, last: date, *, ever_scored: bool) -> bool:
    """Whether the item belongs to what is shown of the days from `first` to `last`, even without a score on them.

    One that was ended before it ever had a score is left out: nobody would know what it is.
    """
    starts = next_asked(item, first)
    return starts is not None and starts <= last and (ever_scored or item.ended_day is None)


def first_unpaused(pauses: Sequence[Pause], day: date) -> date | None:
    """The first day from `day` on that is not paused; None: that is open, until the patient comes back."""
    while (pause := covering(pauses, day)) is not None:
        if pause.until_day is None:
            return None
        day = pause.until_day
    return day


def find(items: Iterable[Item], wanted: Wanted) -> Item | None:
    """The item that is what is wanted; of several the one that stands, or else the newest."""
    alike = [item for item in items if _same(item) == _same(wanted)]
    return max(alike, key=lambda item: (item.ended_day is None, item.added_day, item.id), default=None)


def add(items: Sequence[Item], wanted: Wanted, ahead: Ahead) -> Addition | Item | Refusal:
    """What becomes of the wish to be asked about something; the item itself where it is asked already.

    One that was ended goes on as it was: its earlier numbers and its baseline stay with it, and the days between are
    a rest, on which nobody asked for it.
    """
    earlier = find(items, wanted)
    if earlier is not None and earlier.ended_day is None:
        return earlier
    if len(standing(items)) >= MOST_ITEMS:
        return Refusal.FULL
    day = _first_with_room([item for item in items if item is not earlier], _first_untouched(ahead))
    if earlier is None:
        return Addition(day, 1 + max((item.position for item in items), default=-1), None)
    again = _taken_up(earlier, day)
    return Addition(next_asked(again, ahead.today) or day, again.position, again)


def end(items: Sequence[Item], item: Item, ahead: Ahead) -> Item | Refusal:
    """The item as it ends: today, where today has no answer for it and is not finished, or else tomorrow.

    `item` stands. Another one is asked on each day from then on.
    """
    others = [next_asked(other, ahead.today) for other in standing(items) if other.id != item.id]
    starts = [day for day in others if day is not None]
    if not starts:
        return Refusal.LAST
    kept = {day for day, item_id in ahead.answered if item_id == item.id}
    kept |= {it.day for it in ahead.planned if it.declined_at is not None or not is_open(it, ahead.now)}
    return _ended(item, max(min(starts), _after(kept, ahead.today)))


def moved(items: Sequence[Item], item_id: ItemId, place: int) -> list[Item]:
    """The items whose position changes where `item_id` becomes number `place` (from 0) of those that stand."""
    stand = standing(items)
    item = next((item for item in stand if item.id == item_id), None)
    if item is None or not 0 <= place < len(stand):
        return []
    stand.remove(item)
    stand.insert(place, item)
    turns = iter(stand)
    order = [next(turns) if item.ended_day is None else item for item in ordered(items)]
    return [replace(item, position=n) for n, item in enumerate(order) if item.position != n]


def _same(it: Item | Wanted) -> tuple[Symptom, str, Side | None]:
    return it.symptom, " ".join((it.site or "").casefold().split()), it.side


def _after(kept: Iterable[date], today: date) -> date:
    """The first day from `today` on that lies behind all those that must stay as they are."""
    return max((today, *(day + ONE_DAY for day in kept)))


def _first_untouched(ahead: Ahead) -> date:
    """The first day from today on that neither was asked nor has any answer, and none of the later ones."""
    touched = {day for day, _ in ahead.answered}
    return _after(touched | {it.day for it in ahead.planned if _touched(it, ahead.now)}, ahead.today)


def _touched(day: Day, now: datetime) -> bool:
    marks = (day.intended_at, day.sent_at, day.answered_at, day.declined_at, day.not_asked)
    return any(mark is not None for mark in marks) or not is_open(day, now)


def _first_with_room(others: Sequence[Item], day: date) -> date:
    """The first day from `day` on from which one more is never more than MOST_ITEMS."""
    while any(
        sum(item.asked_on(on) for item in others) >= MOST_ITEMS
        for on in (day, *(item.added_day for item in others if item.added_day > day))
    ):
        day += ONE_DAY
    return day


def _taken_up(item: Item, day: date) -> Item:
    """An ended item that is asked from `day` on again."""
    assert item.ended_day is not None
    if item.ended_day <= item.added_day:  # It was taken back before it was ever asked.
        return replace(item, added_day=day, ended_day=None)
    rests = item.rests if day <= item.ended_day else (*item.rests, (item.ended_day, day))
    return replace(item, ended_day=None, rests=rests)


def _ended(item: Item, day: date) -> Item:
    """The item without anything from `day` on."""
    if item.rests and day <= item.rests[-1][1]:  # It was not taken up again yet.
        return replace(item, ended_day=item.rests[-1][0], rests=item.rests[:-1])
    return replace(item, ended_day=max(day, item.added_day))
