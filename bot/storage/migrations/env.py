"""Runs the migrations on the connection that the program hands over."""

from typing import Any, Literal

from alembic import context

from bot.storage.columns import Data, Day, Instant, Of
from bot.storage.tables import metadata


def plain(kind: str, thing: object, _: Any) -> str | Literal[False]:
    """Write our column types into a script as what they are in the file, so that it never changes with our code."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Of):
        return "sa.String(length=20)"
    if kind == "type" and isinstance(thing, Data):
        return "sa.JSON()"
    if kind == "type" and isinstance(thing, Day):
        return "sa.Date()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_item=plain,
)
with context.begin_transaction():
    context.run_migrations()
