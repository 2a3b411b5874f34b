"""The files of a copy: no formula, whole accents, the same twice."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest

from bot.chat import exports as said
from bot.chat.words import words
from bot.diary import exports as rules
from bot.diary.exports import Contents
from bot.reports import exports

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
EMPTY = {"notes": [], "flares": [], "pauses": [], "sessions": [], "checkins": []}


def contents(*notes: str) -> Contents:
    rows = [{"day": date(2026, 3, 2), "written_at": NOW, "undone_at": None, "text": text} for text in notes]
    return Contents({}, (), (), EMPTY | {"notes": rows})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n-2"])
def test_no_text_of_a_person_is_run_by_a_spreadsheet(text: str) -> None:
    made = exports.files(contents(text), words("en"), NOW)
    ((_, _, _, cell),) = list(csv.reader(io.StringIO(made["notes.csv"].decode("utf-8-sig"), newline="")))[1:]
    assert cell == f"'{text}"
    assert json.loads(made["everything.json"])["notes"][0]["text"] == text


@pytest.mark.parametrize("text", ["it burns = a lot", "7", "'quoted'", 'lines\nof, "text"', ""])
def test_any_other_text_stays_as_it_was_written(text: str) -> None:
    made = exports.files(contents(text), words("en"), NOW)
    ((_, _, _, cell),) = list(csv.reader(io.StringIO(made["notes.csv"].decode("utf-8-sig"), newline="")))[1:]
    assert cell == text


def test_tables_are_utf8_with_a_mark_and_lines_that_spreadsheets_know() -> None:
    made = exports.files(contents("niño 🦶"), words("es"), NOW)
    for name, content in made.items():
        if name.endswith((".csv", ".txt")):
            assert content.startswith(b"\xef\xbb\xbf"), name
            assert content.endswith(b"\r\n"), name
    assert "niño 🦶" in made["notes.csv"].decode("utf-8-sig")
    assert "Guárdelos bien." in made["README.txt"].decode("utf-8-sig")
    assert not made["everything.json"].startswith(b"\xef\xbb\xbf"), "a program that reads JSON wants none"


def test_the_same_contents_give_the_same_file() -> None:
    once, again = (exports.packed(exports.files(contents("x"), words("en"), NOW), NOW) for _ in range(2))
    assert once == again
    with zipfile.ZipFile(io.BytesIO(once)) as packed:
        assert packed.testzip() is None
        assert {info.date_time for info in packed.infolist()} == {(2026, 3, 2, 20, 0, 0)}


def test_what_json_cannot_hold_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        exports.files(Contents({}, (), (), EMPTY | {"new": [{"set": {1}}]}), words("en"), NOW)


def test_the_codes_are_those_of_the_rules() -> None:
    told = said.codes(words("en"))
    assert all(code in told for code in (*rules.LOINC.values(), *rules.SNOMED.values()))
