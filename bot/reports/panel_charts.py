"""A whole panel as one picture: small charts of the same size, eight weeks of each patient's symptoms.

Rules of the picture:
1. Every small chart has the same two axes: 0 to 10, and the same eight weeks.
2. Only adjacent weeks are joined; a week without a mean is a gap and stays open.
3. Nothing is told by colour alone: symptoms have shapes, needling a triangle over a dashed line.
4. The symptoms of a week stand side by side, so that equal means hide none.
5. No letter is smaller than SMALLEST, so that it reads on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from bot.chat.items import item_name
from bot.chat.words import Words
from bot.diary.digests import Member, Panel
from bot.diary.entries import HIGHEST, LOWEST, Symptom
from bot.diary.panels import WEEKS, Strip
from bot.diary.sessions import LAST_OF_SEVEN, SEVEN_DAYS
from bot.reports import fonts, strokes
from bot.reports.digests import newest_start
from bot.reports.strokes import BASE, HAIR, INK, MARGIN, PAPER, SMALLEST, WIDTH

PER_PICTURE: Final = 12
"""Six rows of two: more would be too small for a phone (ours)."""
STRIPS: Final = 3
COLUMNS: Final = 2
AXIS: Final = 50
"""Beside each chart, for its numbers."""
BETWEEN: Final = 30
HIGH: Final = 130
NAME_ROW: Final = 62
CELL: Final = NAME_ROW + HIGH + 34
RADIUS: Final = 8.0
TITLE_SIZE: Final = 36


def drawn(panel: Panel) -> tuple[Member, ...]:
    """Whom the pictures show: everyone but diaries from elsewhere, which have no such weeks. Nobody while there is no
    weekly average of anyone: charts without a mark are no picture."""
    shown = panel.needs + panel.quiet + panel.steady
    return shown if any(strip.newest is not None for member in shown for strip in member.need.strips) else ()


def pages(panel: Panel) -> int:
    return (len(drawn(panel)) - 1) // PER_PICTURE + 1


def picture(panel: Panel, page: int, words: Words) -> str:
    """The small charts of one page, as SVG."""
    members = drawn(panel)[page * PER_PICTURE : (page + 1) * PER_PICTURE]
    newest = newest_start(panel)
    first = newest - (WEEKS - 1) * SEVEN_DAYS
    body: list[str] = []
    title = _title(first, newest + LAST_OF_SEVEN, words)
    y = _heading(body, title, words)
    for number, member in enumerate(members):
        row, column = divmod(number, COLUMNS)
        wide = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * BETWEEN) / COLUMNS
        _cell(body, member, MARGIN + column * (wide + BETWEEN), y + row * CELL, wide, first)
    y += -(-len(members) // COLUMNS) * CELL
    y = _legend(body, members, y, words)
    total = round(y + MARGIN)
    return strokes.svg(body, total, title)


def _title(first: date, last: date, words: Words) -> str:
    found = words("Your patients, {first} to {last}", first=words.short_day(first), last=words.short_dated(last))
    return strokes.plain(found)


def _heading(body: list[str], title: str, words: Words) -> float:
    y = float(MARGIN)
    for line in fonts.lines(title, WIDTH - 2 * MARGIN, TITLE_SIZE, most=2, bold=True):
        y += TITLE_SIZE + 6
        body.append(strokes.text(MARGIN, y - 10, line, "title", size=TITLE_SIZE, bold=True, fill=INK))
    told = "↑ " + strokes.plain(words("higher = worse")) + " · " + strokes.plain(words("weekly averages"))
    y += SMALLEST + 10
    body.append(strokes.text(MARGIN, y - 6, told, "axis"))
    return y + 16


def _cell(body: list[str], member: Member, left: float, top: float, wide: float, first: date) -> None:
    """One patient."""
    body.append('<g class="patient">')
    name = fonts.fitted(strokes.plain(" ".join(member.label.split())), wide, SMALLEST, bold=True)
    body.append(strokes.text(left, top + 30, name, "name", bold=True, fill=INK))
    highest, lowest, begin, end = top + NAME_ROW, top + NAME_ROW + HIGH, left + AXIS, left + wide
    for value in (LOWEST, 5, HIGHEST):
        y = _y(value, highest, lowest)
        body.append(strokes.line(begin, y, end, y, "level", BASE if value == LOWEST else HAIR, 2))
        if value != 5:
            body.append(strokes.text(begin - 10, y + 10, str(value), "level", anchor="end"))
    day_wide = (end - begin) / (WEEKS * SEVEN_DAYS.days)
    for day in member.need.needled:
        if (offset := (day - first).days) >= 0:
            body.append(strokes.session(begin + (offset + 0.5) * day_wide, highest - 4, lowest, 8))
    strips = member.need.strips[:STRIPS]
    for number, strip in enumerate(strips):
        aside = (number - (len(strips) - 1) / 2) * 2 * RADIUS
        _line(body, strip, first, begin + aside, day_wide, highest, lowest)
    body.append("</g>")


def _line(
    body: list[str], strip: Strip, first: date, begin: float, day_wide: float, highest: float, lowest: float
) -> None:
    look = strokes.LOOKS[strip.item.symptom]
    points = [
        (week.monday, begin + ((week.monday - first).days + 3.5) * day_wide, _y(week.mean, highest, lowest))
        for week in strip.weeks
        if week.mean is not None and week.monday >= first
    ]
    for (before, x1, y1), (after, x2, y2) in pairwise(points):
        if after - before == SEVEN_DAYS:
            body.append(strokes.line(x1, y1, x2, y2, "mean", look.colour, 4))
    body.extend(_mark(strip.item.symptom, x, y) for _, x, y in points)


def _mark(symptom: Symptom, x: float, y: float) -> str:
    look, where = strokes.LOOKS[symptom], f"translate({strokes.n(x)} {strokes.n(y)})"
    return (
        f'<path class="mark" transform="{where}" d="{strokes.outline(symptom, RADIUS)}" '
        f'fill="{look.deep}" stroke="{PAPER}" stroke-width="1.5"/>'
    )


def _legend(body: list[str], members: Sequence[Member], top: float, words: Words) -> float:
    """What the marks mean, in as many lines as it takes."""
    found: dict[Symptom, str] = {}
    for member in members:
        for strip in member.need.strips[:STRIPS]:
            item = strip.item
            bare = item_name(item, words) if item.site is None else None
            if bare is not None:
                found.setdefault(item.symptom, strokes.plain(bare))
            elif item.symptom not in found:
                found[item.symptom] = strokes.plain(item_name(item, words)).split(",")[0].split(" (")[0]
    x, y = float(MARGIN), top + SMALLEST
    entries: list[tuple[Symptom | None, str]] = [*found.items(), (None, strokes.plain(words("dry needling")))]
    for symptom, name in entries:
        taken = 34 + fonts.width(name, SMALLEST) + 30
        if x > MARGIN and x + taken > WIDTH - MARGIN:
            x, y = float(MARGIN), y + SMALLEST + 16
        body.append(_mark(symptom, x + 12, y - 10) if symptom is not None else strokes.triangle(x + 12, y - 2, 9))
        body.append(strokes.text(x + 34, y, name, "legend"))
        x += taken
    return y + 6


def _y(value: float, highest: float, lowest: float) -> float:
    return lowest - (lowest - highest) * value / HIGHEST
