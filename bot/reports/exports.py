"""A copy of everything about one patient as a ZIP file: tables, a data dictionary, JSON, charts.

Rules:
1. A cell that a person wrote is never a formula: one that could be taken for one begins with a straight quote.
2. Tables are UTF-8 with a byte order mark, or spreadsheets take the accents for something else; lines end as RFC 4180
   says; columns have English names, which the dictionary explains in the reader's language.
3. The same contents give the same file.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Final

from bot.chat import exports as said
from bot.chat.messages import plain
from bot.chat.words import Words
from bot.diary import days, exports
from bot.diary.entries import Item
from bot.diary.exports import Contents

MOST_BYTES: Final = 48_000_000
"""Telegram takes files of up to 50 MB from a bot; the rest is room for what goes around it."""
FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula, or might after it has stripped the cell."""

Cell = object
Row = Sequence[Cell]


def file_name(now: datetime) -> str:
    """Without a name of anybody's."""
    return f"symptom-diary-{now:%Y-%m-%d}.zip"


def files(contents: Contents, words: Words, now: datetime) -> dict[str, bytes]:
    """Every file but the charts, by name."""
    tables: dict[str, list[Row]] = {
        "diary.csv": _diary(contents, now),
        "values.csv": _values(contents),
        "notes.csv": [
            (row["day"], row["written_at"], row["undone_at"], row["text"]) for row in contents.tables["notes"]
        ],
        "flares.csv": _flares(contents),
        "pauses.csv": [
            (row["first_day"], row["until_day"], row["reason"], row["begun_at"], row["ended_at"])
            for row in contents.tables["pauses"]
        ],
        "sessions.csv": [
            (
                row["id"],
                row["day"],
                row["kind"],
                row["label"],
                _places(row["places"]),
                row["note"],
                row["reported"],
                row.get("therapist"),
                row["logged_at"],
                row["confirmed_at"],
                row["corrects"],
                row["undone_at"],
            )
            for row in contents.tables["sessions"]
        ],
        "checkins.csv": [
            (row["session_id"], row["after_hours"], row["asked_at"], row["answer"], row["answered_at"])
            for row in contents.tables["checkins"]
        ],
    }
    meanings = said.meanings(words)
    found = {"README.txt": as_text("\r\n\r\n".join(plain(line) for line in said.readme(words)) + "\r\n")}
    found |= {name: as_csv([*meanings[name]], rows) for name, rows in tables.items()}
    found["dictionary.csv"] = as_csv([plain(head) for head in said.heads(words)], _dictionary(words))
    found["everything.json"] = _json(contents, now)
    return found


def packed(found: Mapping[str, bytes], now: datetime) -> bytes:
    """The files as a ZIP, all dated `now`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in found.items():
            info = zipfile.ZipInfo(name, now.astimezone(UTC).timetuple()[:6])
            # Pictures are compressed already.
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            zipped.writestr(info, content)
    return made.getvalue()


def safe(text: str) -> str:
    """A person's own text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


# --- the tables -----------------------------------------------------------------------------------------------


def _diary(contents: Contents, now: datetime) -> list[Row]:
    rows: list[Row] = []
    for row in exports.day_rows(contents.planned, contents.items, contents.entered, now):
        score = row.counted
        rows.append(
            (
                row.day.day,
                row.day.zone,
                row.state,
                row.cause,
                *_item(row.item),
                row.answer,
                None if score is None else score.value,
                None if score is None else score.entered_at,
                row.late,
                score is not None and score.waited_since is not None,
                row.values_entered,
                row.day.imported_at is not None,
            )
        )
    return rows


def _values(contents: Contents) -> list[Row]:
    rows: list[Row] = []
    for row in exports.value_rows(contents.planned, contents.items, contents.entered):
        score = row.entered.score
        rows.append(
            (
                score.day,
                row.zone,
                *_item(row.item),
                score.value,
                score.entered_at,
                f"{days.local(score.entered_at, row.zone):%Y-%m-%d %H:%M:%S}",
                row.counts,
                row.late,
                score.waited_since,
                row.entered.withdrawn_at,
            )
        )
    return rows


def _flares(contents: Contents) -> list[Row]:
    items = {item.id: item for item in contents.items}
    return [
        (row["day"], *_item(items[row["item_id"]]), row["score"], row["began_at"], row["noted_at"], row["undone_at"])  # type: ignore[index]
        for row in contents.tables["flares"]
    ]


def _places(places: object) -> str:
    """ "foot left, back": each site with its side, as in the columns of an item."""
    assert isinstance(places, list)
    return ", ".join(" ".join(part for part in place if part) for place in places)


def _item(item: Item) -> tuple[Cell, ...]:
    return item.id, item.symptom, item.site, item.side


def _dictionary(words: Words) -> Iterable[Row]:
    values = said.values(words)
    for table, columns in said.meanings(words).items():
        for column, meaning in columns.items():
            codes = plain(said.codes(words)) if column == "score" else ""
            yield table, column, plain(meaning), plain(values[column]), codes


def as_csv(heads: Sequence[str], rows: Iterable[Row]) -> bytes:
    """A table with its columns named."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(heads)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return as_text(made.getvalue())


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case datetime():
            return as_instant(value)
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return safe(str(value))


def as_text(text: str) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    return text.encode("utf-8-sig")


# --- for programs ---------------------------------------------------------------------------------------------


def _json(contents: Contents, now: datetime) -> bytes:
    everything = {"made_at": as_instant(now), **contents.tables}
    return json.dumps(everything, ensure_ascii=False, indent=1, default=_plain).encode("utf-8")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return as_instant(value)
        case date() | time():
            return value.isoformat()
        case _:
            raise TypeError


def as_instant(at: datetime) -> str:
    """In UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
