"""Column types: instants that are always aware and in UTC, days and wall times, closed sets by their value."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Date, DateTime, Dialect, String, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. A naive one raises ValueError: nobody can know what it meant.

    SQLite gets it as `YYYY-MM-DD HH:MM:SS.ffffff`, written and read here, since every statement of a reply's way
    holds some and SQLAlchemy's own way takes four times as long.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    return None if value is None else _utc_text(_in_utc(value))


@lru_cache(maxsize=256)
def _utc_text(value: datetime) -> str:
    """One transaction writes the same few instants many times. Only of UTC, where no time comes twice."""
    # Without the "+00:00" at its end.
    return value.isoformat(" ", "microseconds")[:26]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Data(TypeDecorator[Any]):
    """Values of ours as JSON."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _none_or(to_json) if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _none_or(from_json) if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def to_json(value: Any) -> str:
    """A value as JSON. orjson takes a tenth of the time; json writes what that refuses (half a surrogate pair)."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def from_json(text: str | bytes) -> Any:
    """What JSON of ours or of a server says; very large numbers roughly.

    Raises ValueError where it is none, and RecursionError for lists in lists without end.
    """
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def _none_or(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


class Day(TypeDecorator[date]):
    """A calendar date, in SQLite as `YYYY-MM-DD`."""

    impl = Date
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _day_to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _day_from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


@lru_cache(maxsize=256)
def _day_to_text(value: date | None) -> str | None:
    return None if value is None else date.isoformat(value)


@lru_cache(maxsize=256)
def _day_from_text(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


class Rests(TypeDecorator[tuple[tuple[date, date], ...]]):
    """Stretches of days, each `from/up to`, in the order of time; none is the same as an empty column."""

    impl = String
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _rests_to_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _rests_from_text


def _rests_to_text(rests: tuple[tuple[date, date], ...] | None) -> str | None:
    return " ".join(f"{begin.isoformat()}/{end.isoformat()}" for begin, end in rests or ()) or None


@lru_cache(maxsize=64)
def _rests_from_text(text: str | None) -> tuple[tuple[date, date], ...]:
    rests = [rest.split("/") for rest in (text or "").split()]
    return tuple((date.fromisoformat(begin), date.fromisoformat(end)) for begin, end in rests)


class Of(TypeDecorator[StrEnum]):
    """One value of a closed set, kept as its text, so that a new value needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, closed_set: type[StrEnum]) -> None:
        super().__init__(20)
        self.closed_set = closed_set
        self._members: dict[str, StrEnum] = {member.value: member for member in closed_set}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self._member(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._member(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        texts = {member.value: member.value for member in self.closed_set}
        return lambda value: None if value is None else texts.get(value) or self._member(value).value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        members = self._members
        return lambda value: None if value is None else members.get(value) or self._member(value)

    def _member(self, value: str) -> StrEnum:
        """The member of that value. Raises ValueError where there is none, as the set itself does."""
        return self._members.get(value) or self.closed_set(value)
