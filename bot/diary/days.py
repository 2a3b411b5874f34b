"""The diary day: the patient's own local date, with a cut-off at 04:00.

Laws:
1. A wall time before the cut-off still belongs to the evening before it.
2. A wall time that the clocks jump over is asked that much later; one that comes twice is asked the first time.
3. A day takes scores until noon of the next date, by the zone that the day was planned in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

CUT_OFF: Final = time(4)
"""Until then the night belongs to the day before (ours)."""
CLOSES: Final = time(12)
"""On the next date: until then a day takes scores (ours)."""
ONE_DAY: Final = timedelta(days=1)


SATURDAY: Final = 5
SUNDAY: Final = 6


@dataclass(frozen=True, slots=True)
class Hours:
    """When a patient is asked, by the wall clock; `weekend`: on Saturdays and Sundays, None: at the same time."""

    weekday: time
    weekend: time | None = None

    def on(self, day: date) -> time:
        """The hour of the diary day `day`."""
        return self.weekend if self.weekend is not None and day.weekday() >= SATURDAY else self.weekday


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours from `start` up to `end` (excluded) by the wall clock; none where both are the same."""

    start: time
    end: time

    def covers(self, instant: datetime, zone: str) -> bool:
        """Whether it is quiet at `instant` where the patient is."""
        wall = local(instant, zone).time()
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def begins(self, instant: datetime, zone: str) -> datetime | None:
        """The first instant from `instant` on at which it is quiet; None: it never is."""
        return None if self.start == self.end else self._first(instant, self.start, zone, quiet=True)

    def ends(self, instant: datetime, zone: str) -> datetime:
        """The first instant from `instant` on at which it is not quiet."""
        return self._first(instant, self.end, zone, quiet=False)

    def _first(self, instant: datetime, wall: time, zone: str, *, quiet: bool) -> datetime:
        if self.covers(instant, zone) is quiet:
            return instant
        edges = _edges(local(instant, zone).date(), wall, zone)
        return next(at for at in edges if at > instant and self.covers(at, zone) is quiet)


@lru_cache(maxsize=1_024)
def _edges(on: date, wall: time, zone: str) -> tuple[datetime, ...]:
    """The instants about the date `on` at which it may become `wall`, in order.

    On the nights in which the clocks change, a time comes twice, is jumped over, or is reached by the jump itself.
    """
    place, about = ZoneInfo(zone), [on + n * ONE_DAY for n in (-1, 0, 1, 2)]
    shown = {datetime.combine(one, wall, place).replace(fold=fold).astimezone(UTC) for one in about for fold in (0, 1)}
    return tuple(sorted(shown | set(filter(None, (_set_anew(one, zone) for one in about)))))


def _set_anew(on: date, zone: str) -> datetime | None:
    """The instant of that UTC date at which the clocks of `zone` change; None: they don't."""
    place, before = ZoneInfo(zone), datetime.combine(on, time(0), UTC)
    after = before + ONE_DAY
    offset = before.astimezone(place).utcoffset()
    if offset == after.astimezone(place).utcoffset():
        return None
    while after - before > timedelta(seconds=1):
        between = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if between.astimezone(place).utcoffset() == offset:
            before = between
        else:
            after = between
    return after


def day_of(instant: datetime, zone: str) -> date:
    """The diary day that an instant falls in, for someone in `zone`."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.date() - ONE_DAY if local.time() < CUT_OFF else local.date()


def yesterday(now: datetime, zone: str) -> date:
    """The date that people call yesterday. After midnight it is the diary day that still goes on."""
    return now.astimezone(ZoneInfo(zone)).date() - ONE_DAY


def at(day: date, wall: time, zone: str) -> datetime:
    """The instant (UTC) at which the diary day `day` reaches the wall time `wall` in `zone`.

    Times before the cut-off lie in the night after `day`.
    """
    on = day + ONE_DAY if wall < CUT_OFF else day
    return on_date(on, wall, zone)


@lru_cache(maxsize=1_024)
def on_date(on: date, wall: time, zone: str) -> datetime:
    """The instant (UTC) of a wall time on a calendar date: the first of two, the shifted one of none."""
    return datetime.combine(on, wall, ZoneInfo(zone)).replace(fold=0).astimezone(UTC)


def closes_at(day: date, zone: str) -> datetime:
    """The instant from which the diary day takes no more scores."""
    return on_date(day + ONE_DAY, CLOSES, zone)


def local(instant: datetime, zone: str) -> datetime:
    """The instant by the wall clock of `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def next_weekly(now: datetime, zone: str, weekday: int, wall: time) -> datetime:
    """The first instant after `now` at which it is `wall` on that weekday (Monday is 0) in `zone`."""
    on = local(now, zone).date()
    while on.weekday() != weekday or on_date(on, wall, zone) <= now:
        on += ONE_DAY
    return on_date(on, wall, zone)


def week_start(day: date) -> date:
    """The Monday of the week that `day` is in."""
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every zone name a patient may live in: places, not offsets or machine settings."""
    return frozenset(
        name
        for name in available_timezones()
        if name == "UTC" or ("/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/")))
    )


def is_zone(name: str) -> bool:
    """Whether this is a place with rules of its own, not an offset or a machine's setting."""
    return name in zones()
