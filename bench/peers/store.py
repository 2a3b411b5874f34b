"""What the peers keep: each reply as a row, with SQLAlchemy and aiosqlite, journal WAL, synchronous FULL."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Reply(Base):
    __tablename__ = "replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(index=True)
    day: Mapped[str]
    item: Mapped[int]
    value: Mapped[int]
    entered_at: Mapped[datetime]


engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['DATABASE']}")
Session = async_sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine.sync_engine, "connect")
def prepare(connection, _record):
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()


async def set_up() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def keep(chat_id: int, data: str) -> None:
    """Store the reply in a button's data ("s:day:item:value") and commit."""
    _, day, item, value = data.split(":")
    async with Session() as session, session.begin():
        session.add(Reply(chat_id=chat_id, day=day, item=int(item), value=int(value), entered_at=datetime.now(UTC)))


def question(data: str) -> tuple[str, list[list[tuple[str, str]]]]:
    """The next question and its buttons as (label, data): eleven numbers and two more."""
    _, day, item, _ = data.split(":")
    numbers = [(str(n), f"s:{day}:{int(item) + 1}:{n}") for n in range(11)]
    rows = [numbers[start : start + 4] for start in (0, 4, 8)]
    rows.append([("Skip this one", f"s:{day}:{int(item) + 1}:"), ("Not today", f"no:{day}")])
    text = (
        "<b>Tingling</b> · Monday 2 March · 2 of 3\nHow strong was it in the past 24 hours?\n"
        "<i>pins and needles, pricking, crawling</i>\n0 = none, 10 = worst possible"
    )
    return text, rows
