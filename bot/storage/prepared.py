"""Statements of the reply's way, compiled once and run on the driver's own connection.

SQLAlchemy's `execute` costs forty to eighty microseconds a statement, SQLite three to ten. A tap on a number takes a
dozen statements, so for these few the statement is still written in Core, but its text, the order of its values and the
conversion of each are worked out once. Everything else goes through `tx.execute` as usual.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from sqlalchemy import Connection, Select, Text, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

Convert = Callable[[Any], Any]

_DIALECT: Final = sqlite.dialect()
_ABSENT: Final = object()


def driver(tx: Connection) -> sqlite3.Connection:
    """The driver's connection under an open transaction: what is executed there belongs to the transaction."""
    connection = tx.connection.dbapi_connection
    assert connection is not None
    return connection  # type: ignore[return-value]


def listed(name: str) -> Select[Any]:
    """The numbers of a list that is given under `name`, as JSON: for an `IN`, whose length a Prepared can't change."""
    return select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value)


class Savepoint:
    """A part of a transaction that can be undone alone: `begin`, then `keep` or `undo`."""

    def __init__(self, name: str) -> None:
        self._begin, self._undo, self._keep = f"SAVEPOINT {name}", f"ROLLBACK TO {name}", f"RELEASE {name}"

    def begin(self, tx: Connection) -> None:
        driver(tx).execute(self._begin)

    def keep(self, tx: Connection) -> None:
        driver(tx).execute(self._keep)

    def undo(self, tx: Connection) -> None:
        driver(tx).execute(self._undo)
        driver(tx).execute(self._keep)


class Prepared:
    """One Core statement, for SQLite. Values are given by name, as to `tx.execute`; an `IN` takes `listed`.

    `columns` names what an INSERT is given, where the statement does not say so itself.
    """

    def __init__(self, statement: Select[Any] | UpdateBase, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._sql = ""
        self._binds: list[tuple[str, Any, Convert | None]] = []
        self._results: list[tuple[int, Convert]] = []

    def all(self, tx: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Every row that a query finds."""
        return self._converted(driver(tx).execute(self.sql, self._bound(values)).fetchall())

    def first(self, tx: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that a query finds, or that an INSERT … RETURNING makes."""
        rows = driver(tx).execute(self.sql, self._bound(values)).fetchall()
        if not rows:
            return None
        found = list(rows[0])
        for place, convert in self._results:
            found[place] = convert(found[place])
        return tuple(found)

    def run(self, tx: Connection, values: Mapping[str, Any]) -> int:
        """Change something; returns how many rows were changed."""
        return driver(tx).execute(self.sql, self._bound(values)).rowcount

    def many(self, tx: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Change something once for each of the mappings; returns how many rows were changed."""
        given = list(rows)
        if not given:
            return 0
        sql = self.sql
        return driver(tx).executemany(sql, self._all_bound(given)).rowcount

    @property
    def sql(self) -> str:
        """The statement's text; compiled at its first use."""
        if not self._sql:
            self._compile()
        return self._sql

    def _compile(self) -> None:
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=self._columns)
        assert isinstance(compiled, SQLCompiler)
        given = compiled.params
        for name in compiled.positiontup or ():
            kind = compiled.binds[name].type
            convert = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)
            required = compiled.binds[name].required or name in (self._columns or ())
            default = _ABSENT if required else (given[name] if convert is None else convert(given[name]))
            self._binds.append((name, default, convert))
        for place, column in enumerate(self._statement.exported_columns):
            convert = column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
            if convert is not None:
                self._results.append((place, convert))
        self._sql = str(compiled)

    def _bound(self, values: Mapping[str, Any]) -> list[Any]:
        return [
            (values[name] if convert is None else convert(values[name]))
            if default is _ABSENT or name in values
            else default
            for name, default, convert in self._binds
        ]

    def _all_bound(self, rows: list[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """As `_bound`, of many that give the same names: a column at a time takes half as long."""
        columns: list[Iterable[Any]] = []
        for name, default, convert in self._binds:
            if default is not _ABSENT and name not in rows[0]:
                columns.append(repeat(default, len(rows)))
                continue
            column = [values[name] for values in rows]
            columns.append(column if convert is None else map(convert, column))
        return list(zip(*columns, strict=True))

    def _converted(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if not self._results or not rows:
            return rows
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, convert in self._results:
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))
