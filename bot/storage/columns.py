"""Column types: instants that are always aware and in UTC, days and wall times, closed sets by their value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, String, TypeDecorator


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
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class Of(TypeDecorator[StrEnum]):
    """One value of a closed set, kept as its text, so that a new value needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, closed_set: type[StrEnum]) -> None:
        super().__init__(20)
        self.closed_set = closed_set

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.closed_set(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.closed_set(value)
