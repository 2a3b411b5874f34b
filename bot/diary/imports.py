"""Diaries that were kept elsewhere: reading a table of them, cell by cell, and saying what is wrong with each row.

Laws:
1. Nothing is bent: a day is written as 2026-03-04, a score is a whole number from 0 to 10 in digits. What is not so is
   refused with its line and a reason, and never rounded, clamped or guessed.
2. An empty score is a gap. It is counted, it is no zero, and it refuses nothing.
3. A row is taken as a whole or refused as a whole. Where two rows say different scores for one day and symptom, nobody
   knows which is right, and both are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from bot.diary.days import ONE_DAY
from bot.diary.entries import HIGHEST, LOWEST, Item, Side, Symptom
from bot.diary.items import WITHOUT_PLACE, Wanted
from bot.diary.people import MAX_LABEL

LONG_FORM: Final = ("patient", "day", "symptom", "score")
EARLIEST: Final = date(1900, 1, 1)
"""A day before this is a mistake in typing (ours)."""
MAX_SITE: Final = 40
MOST_LINES: Final = 5
"""Lines that are named where many say different things."""
FROM_THE_START: Final = timedelta(days=7)
"""A symptom whose first score comes within so many days of the diary's first was followed from that first day on, and
left blank; one that comes later was added on its first day (ours)."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Before these an export puts a straight quote, so that no spreadsheet runs the cell; it is taken off again."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCORE: Final = re.compile(r"[0-9]|10")
_SIDES: Final = {"left": Side.LEFT, "right": Side.RIGHT, "both": Side.BOTH}
_SITES: Final = {
    "feet": "foot", "heels": "heel", "ankles": "ankle", "legs": "leg", "calves": "calf", "thighs": "thigh",
    "knees": "knee", "hips": "hip", "hands": "hand", "wrists": "wrist", "elbows": "elbow", "arms": "arm",
    "shoulders": "shoulder",
}  # fmt: skip
"""More than one of a kind, as "both feet" has it, under the name that a diary uses."""


class WrongTable(Exception):
    """The file is no table of the form that was named; the text says what is wrong with it."""


class WrongCell(Exception):
    """A cell that can't be taken as it is; the text says why, as the end of "line 7: "."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken: `line` of the file, counted from 1, its head included."""

    line: int
    reason: str


@dataclass(slots=True)
class Said:
    """One score, and the lines of the file that say it."""

    score: int
    lines: list[int]


Key = tuple[str, date, Wanted]
"""Whose code, which day, about what."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row to look. `patient` None: every row is about one and the same. `scores`: of the wide form, which
    cells are scores of what; empty: the long form, with `symptom` and `score`."""

    patient: int | None
    day: int
    symptom: int | None = None
    score: int | None = None
    site: int | None = None
    side: int | None = None
    scores: tuple[tuple[int, Wanted], ...] = ()


@dataclass(slots=True)
class Reading:
    """What a whole file says. `scores`: what can be taken, by whose, which day and what. `blanks`: lines with an empty
    score. `others`: rows about somebody else than asked for. `rows`: all that hold anything."""

    scores: dict[Key, Said] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    others: int = 0
    rows: int = 0

    @property
    def repeated(self) -> list[int]:
        """Lines that say once more what an earlier one says."""
        return sorted({line for said in self.scores.values() for line in said.lines[1:]})

    def refuse(self, keys: Mapping[Key, str]) -> None:
        """Refuse every line that says one of these, for the reason given: whole lines, with all else that they say."""
        reasons: dict[int, list[str]] = {}
        for key, reason in keys.items():
            for line in self.scores[key].lines:
                reasons.setdefault(line, []).append(reason)
        if not reasons:
            return
        self.refused += [Refusal(line, "; ".join(dict.fromkeys(said))) for line, said in reasons.items()]
        self.refused.sort(key=lambda refusal: refusal.line)
        for key, said in list(self.scores.items()):
            said.lines = [line for line in said.lines if line not in reasons]
            if not said.lines:
                del self.scores[key]


# --- one cell -------------------------------------------------------------------------------------------------


def day_in(cell: str, today: date) -> date:
    """The day in a cell. Raises WrongCell for whatever is not a day from 1900 up to `today`, written as 2026-03-04."""
    said = cell.strip()
    if not said:
        raise WrongCell("there is no day")
    if not _DAY.fullmatch(said):
        raise WrongCell(f"the day {_quoted(said)} is not written as year-month-day, such as 2026-03-04")
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise WrongCell(f"there is no day {_quoted(said)}") from None
    if day > today:
        raise WrongCell(f"the day {said} is still to come")
    if day < EARLIEST:
        raise WrongCell(f"the day {said} is too long ago")
    return day


def score_in(cell: str) -> int | None:
    """The score in a cell; None: it is empty. Raises WrongCell for whatever is no whole number from 0 to 10."""
    said = cell.strip()
    if not said:
        return None
    if _SCORE.fullmatch(said):
        return int(said)
    reason = f"is not a whole number from {LOWEST} to {HIGHEST}"
    if re.fullmatch(r"[0-9]+", said) and not said.startswith("0"):
        reason = f"is out of range, which is {LOWEST} to {HIGHEST}"
    raise WrongCell(f"the score {_quoted(said)} {reason}")


def patient_in(cell: str) -> str:
    """Whose row it is. Raises WrongCell for what can be nobody's code."""
    said = unformula(cell.strip())
    if not said:
        raise WrongCell("it does not say which patient")
    if len(said) > MAX_LABEL:
        raise WrongCell(f"the patient's code is longer than {MAX_LABEL} characters")
    if any(unicodedata.category(sign)[0] == "C" for sign in said):
        raise WrongCell("the patient's code has signs that can't be read")
    return said


def wanted_in(cell: str, site: str = "", side: str = "") -> Wanted:
    """What a symptom is about: "burning", "burning left foot", "left foot burning", "pain: knee, left", or "pain"
    with a `site` and a `side` of their own. Raises WrongCell for what a diary can't follow."""
    names = [part for part in re.split(r"[\s:,()_]+", unformula(cell.strip()).casefold()) if part]
    if names == ["sleep", "interference"]:
        del names[1]  # as the rules call it that are behind the question
    # The symptom stands first or last: a word between places would be part of a place.
    symptom = next((it for end in (0, -1) for it in Symptom if names and it.value == names[end]), None)
    if symptom is None:
        known = ", ".join(it.value for it in Symptom)
        raise WrongCell(f"there is no symptom {_quoted(cell.strip())}; there are {known}" if names else "no symptom")
    rest = names[1:] if names[0] == symptom.value else names[:-1]
    sides = [part for part in rest if part in _SIDES]
    place = " ".join(part for part in rest if part not in _SIDES)
    own, own_side = unformula(" ".join(site.casefold().split())), side.strip().casefold()
    if own_side and own_side not in _SIDES:
        raise WrongCell(f"the side {_quoted(side.strip())} is not left, right or both")
    if (place and own) or (sides and own_side) or len(sides) > 1:
        raise WrongCell("it names a place twice")
    found_side = sides[0] if sides else own_side
    where = place or own
    if symptom in WITHOUT_PLACE and (where or found_side):
        raise WrongCell(f"{symptom.value} has no place in the body")
    if len(where) > MAX_SITE:
        raise WrongCell(f"the place is longer than {MAX_SITE} characters")
    return Wanted(symptom, _SITES.get(where, where) or None, _SIDES.get(found_side))


def unformula(text: str) -> str:
    """A cell without the quote that keeps a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(FORMULA) else text


def name_of(it: Item | Wanted) -> str:
    """The name of an item in files, which `wanted_in` reads back: "burning", "pain: knee, left"."""
    place = ", ".join(part for part in (it.site, it.side.value if it.side is not None else None) if part)
    return f"{it.symptom.value}: {place}" if place else it.symptom.value


# --- the columns ----------------------------------------------------------------------------------------------


def long_columns(heads: Sequence[str], *, one_patient: bool) -> Columns:
    """The columns of the long form, in any order, others between them; `site` and `side` are read where they are
    there, as an export has them. Raises WrongTable.

    `one_patient`: it was said whose diary it is, so that no column needs to say so.
    """
    named = _named(heads, (*LONG_FORM, "site", "side"))
    needed = LONG_FORM[1:] if one_patient and "patient" not in named else LONG_FORM
    if absent := [name for name in needed if name not in named]:
        raise WrongTable(
            f"there is no column {_listed(absent)}. Without column options the first line must name the columns "
            f"{','.join(LONG_FORM)}; it has {_listed([head.strip() for head in heads])}. For a table with a column for "
            "each symptom say --date COL, --burning COL and so on."
        )
    return Columns(
        named.get("patient"),
        named["day"],
        named["symptom"],
        named["score"],
        named.get("site"),
        named.get("side"),
    )


def wide_columns(heads: Sequence[str], day: str | None, scores: Sequence[tuple[Wanted, str]]) -> Columns:
    """The columns of a table with a row for each day, by the names that were given. Raises WrongTable."""
    if day is None:
        raise WrongTable("say with --date which column has the days.")
    if not scores:
        raise WrongTable("say which columns have scores: --burning, --tingling, --pain, or --item NAME=COL.")
    wanted = (day, *(name for _, name in scores))
    named = _named(heads, wanted)
    if absent := [name for name in wanted if _key(name) not in named]:
        raise WrongTable(f"there is no column {_listed(absent)}; there are {_listed([it.strip() for it in heads])}.")
    for number, (it, _) in enumerate(scores):
        if it in [other for other, _ in scores[:number]]:
            raise WrongTable(f"{name_of(it)} is asked of two columns.")
    used = [named[_key(name)] for name in wanted]
    if len(set(used)) < len(used):
        raise WrongTable("one column is used twice.")
    return Columns(None, used[0], scores=tuple((at, it) for at, (it, _) in zip(used[1:], scores, strict=True)))


def _named(heads: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """The place of each column by its name. Raises WrongTable where two have the same name, one of those `wanted`:
    nobody knows which is meant."""
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        if (name := _key(head)) in found and name in map(_key, wanted):
            raise WrongTable(f"two columns are called {_quoted(head.strip())}.")
        found[name] = place
    return found


def _key(head: str) -> str:
    return " ".join(head.casefold().split())


# --- the rows -------------------------------------------------------------------------------------------------


def read(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Columns, width: int, patient: str | None, today: date
) -> Reading:
    """Read every row, each with its line and its cells; `width`: how many cells its head has.

    `patient`: whose rows are wanted, or of a table without such a column whose they are; None: everybody's.
    """
    reading = Reading()
    clashes: dict[Key, str] = {}
    wanted: dict[tuple[str, str, str], Wanted] = {}
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        reading.rows += 1
        try:
            found = _row(cells, columns, width, patient, today, wanted)
        except WrongCell as wrong:
            reading.refused.append(Refusal(line, str(wrong)))
            continue
        if found is None:
            reading.others += 1
            continue
        if any(score is None for _, score in found):
            reading.blanks.append(line)
        for key, score in found:
            if score is not None and (said := reading.scores.setdefault(key, Said(score, []))) is not None:
                said.lines.append(line)
                if said.score != score:
                    clashes[key] = ""
    reading.refuse({key: _clash(key, reading.scores[key].lines) for key in clashes})
    return reading


def _clash(key: Key, lines: Sequence[int]) -> str:
    _, day, it = key
    named = ", ".join(str(line) for line in lines[:MOST_LINES]) + (" and others" if len(lines) > MOST_LINES else "")
    return f"{name_of(it)} on {day} has different scores in lines {named}"


_Found = list[tuple[Key, int | None]]


def _row(
    cells: Sequence[str],
    columns: Columns,
    width: int,
    patient: str | None,
    today: date,
    known: dict[tuple[str, str, str], Wanted],
) -> _Found | None:
    """The scores of one row; None: it is about somebody else. Raises WrongCell, with all that is wrong."""
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) != width:
        raise WrongCell(f"it has {len(cells)} cells, and the first line has {width}")
    code = patient or ""
    if columns.patient is not None:
        code = patient_in(cells[columns.patient])
        if patient is not None and code != patient:
            return None
    wrong: list[str] = []
    day, scores = None, []
    try:
        day = day_in(cells[columns.day], today)
    except WrongCell as cell:
        wrong.append(str(cell))
    for it, score in _cells(cells, columns, known, wrong):
        try:
            scores.append((it, score_in(score)))
        except WrongCell as said:
            wrong.append(f"{name_of(it)}: {said}" if columns.scores else str(said))
    if wrong or day is None:
        raise WrongCell("; ".join(wrong))
    return [((code, day, it), score) for it, score in scores]


def _cells(
    cells: Sequence[str], columns: Columns, known: dict[tuple[str, str, str], Wanted], wrong: list[str]
) -> Iterator[tuple[Wanted, str]]:
    """What each score of a row is about, and its cell. A symptom that is none goes to `wrong`, its score then too."""
    if columns.scores:
        yield from ((it, cells[place]) for place, it in columns.scores)
        return
    assert columns.symptom is not None
    assert columns.score is not None
    said = (
        cells[columns.symptom],
        "" if columns.site is None else cells[columns.site],
        "" if columns.side is None else cells[columns.side],
    )
    try:
        if said not in known:
            known[said] = wanted_in(*said)
        yield known[said], cells[columns.score]
    except WrongCell as symptom:
        wrong.append(str(symptom))
        try:
            score_in(cells[columns.score])
        except WrongCell as score:
            wrong.append(str(score))


def followed_from(scored: Mapping[Wanted, date], begun: date | None) -> dict[Wanted, date]:
    """From which day on each item of imported days is followed, by the first day that each has a score on.

    `begun`: the first day of an imported diary that is there already.
    """
    first = min((*scored.values(), *(() if begun is None else (begun,))), default=date.min)
    return {it: first if day < first + FROM_THE_START else day for it, day in scored.items()}


def brought_forward(item: Item, first: date, last: date, begun: date | None) -> Item:
    """An item of a diary, now with imported days from `first` to `last`.

    `begun`: the first day of the diary that its patient keeps here, which all imported ones lie before. Of those from
    then on nothing may change, so what lies between is a rest. None: the whole diary was imported.
    """
    if begun is None:
        return replace(item, added_day=min(first, item.added_day))
    after = last + ONE_DAY
    rests = item.rests
    if item.ended_day is not None and item.ended_day <= begun:
        return replace(item, added_day=min(first, item.added_day), ended_day=max(after, item.ended_day))
    own = max(item.added_day, begun)
    if item.added_day < begun and rests and rests[0][0] <= begun:
        # Days that were imported before end where the rest begins.
        (ended, own), rests = rests[0], rests[1:]
        after = max(after, ended)
    elif item.added_day < begun:
        after = begun
    rest = ((after, own),) if after < own else ()
    return replace(item, added_day=min(first, item.added_day), rests=(*rest, *rests))


def _quoted(text: str) -> str:
    """A cell as somebody reads it again: short, and without signs that do something to a screen."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in text)
    return f'"{shown[:30]}…"' if len(shown) > 31 else f'"{shown}"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)
