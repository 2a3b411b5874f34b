"""Ids that are never given twice, of tables whose rows may be deleted while old buttons still name them."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from bot.storage import tables


def unused(tx: Connection, table: Table) -> int:
    """The next id of a table: above all that it has and all that it ever had (storage/erasure.py)."""
    had = select(tables.used_ids.c.highest).where(tables.used_ids.c.name == table.name).scalar_subquery()
    highest = func.max(func.coalesce(select(func.max(table.c.id)).scalar_subquery(), 0), func.coalesce(had, 0))
    return int(tx.execute(select(highest)).scalar_one()) + 1
