"""Diaries of one or of many in long form: a row for each patient, day and symptom, its states, and a data dictionary.

Rules:
1. The first four columns are what `symptom-diary import` reads: what is written out here comes back as it was.
2. Every day of a diary is in it with all that was asked on it, whatever became of it. A gap is an empty cell.
3. Cells, times and letters are those of reports/exports.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.chat import exports as said
from bot.chat.messages import plain
from bot.chat.words import Words
from bot.diary import exports
from bot.diary.entries import Symptom
from bot.diary.exports import SYSTEMS, Contents, DayRow
from bot.reports.exports import as_csv, as_instant, as_text, packed

COLUMNS: Final = (
    "patient", "day", "symptom", "score", "site", "side", "answer", "state", "not_asked_because", "imported", "late",
    "received_late", "entered_at", "values_entered", "zone", "code_system", "code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One patient's diary under the name that its reader knows."""

    patient: str
    contents: Contents


def file_name(now: datetime) -> str:
    """Without a name of anybody's."""
    return f"symptom-diaries-{now:%Y-%m-%d}.zip"


def table(parts: Sequence[Part], now: datetime) -> bytes:
    """All of them as CSV."""
    return as_csv(COLUMNS, (list(row.values()) for part in parts for row in _rows(part, now)))


def dictionary(words: Words) -> bytes:
    """What each column means, and what its cells hold, in the reader's language."""
    _, *heads, _ = (plain(head) for head in said.heads(words))
    rows = ((name, plain(meaning), plain(held)) for name, (meaning, held) in said.long_form(words).items())
    return as_csv(heads, rows)


def data(parts: Sequence[Part], words: Words, now: datetime) -> bytes:
    """All of them as JSON: for each patient the rows, and the dictionary once."""
    made: dict[str, Any] = {
        "made_at": as_instant(now),
        "columns": {
            name: {"meaning": plain(meaning), "values": plain(held)}
            for name, (meaning, held) in said.long_form(words).items()
        },
        "patients": [
            {
                "patient": part.patient,
                "rows": [{name: _value(cell) for name, cell in row.items() if name != "patient"} for row in found],
            }
            for part in parts
            for found in [list(_rows(part, now))]
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8")


def archive(parts: Sequence[Part], words: Words, now: datetime) -> bytes:
    """Table, dictionary, JSON and a page that explains them, as a ZIP."""
    return packed(
        {
            "README.txt": as_text("\r\n\r\n".join(plain(line) for line in said.panel_readme(words)) + "\r\n"),
            "diaries.csv": table(parts, now),
            "dictionary.csv": dictionary(words),
            "diaries.json": data(parts, words, now),
        },
        now,
    )


def _rows(part: Part, now: datetime) -> Iterator[dict[str, object]]:
    contents = part.contents
    for row in exports.day_rows(contents.planned, contents.items, contents.entered, now):
        score = row.counted
        system, code = _code(row)
        yield dict(
            zip(
                COLUMNS,
                (
                    part.patient,
                    row.day.day,
                    row.item.symptom,
                    None if score is None else score.value,
                    row.item.site,
                    row.item.side,
                    row.answer,
                    row.state,
                    row.cause,
                    row.day.imported_at is not None,
                    row.late,
                    score is not None and score.waited_since is not None,
                    None if score is None else score.entered_at,
                    row.values_entered,
                    row.day.zone,
                    system,
                    code,
                ),
                strict=True,
            )
        )


def _code(row: DayRow) -> tuple[str | None, str | None]:
    symptom: Symptom = row.item.symptom
    return next(((system, codes[symptom]) for system, codes in SYSTEMS.items() if symptom in codes), (None, None))


def _value(cell: object) -> object:
    """A cell in JSON: instants and days as text, the rest as it is."""
    if isinstance(cell, datetime):
        return as_instant(cell)
    return cell if cell is None or isinstance(cell, (bool, int, str)) else str(cell)
