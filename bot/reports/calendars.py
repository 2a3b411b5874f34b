"""A month of the diary as a picture: a calendar, Monday first, with a mark for what became of each day.

Rules of the picture:
1. Nothing is told by colour alone: every mark has a shape of its own, and the legend names those that are in the month.
2. Days that were not planned and days to come are empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.chat.words import Sentence, Words
from bot.diary import days
from bot.diary.looking import Mark, Tally, month_of, next_month
from bot.reports import fonts, strokes
from bot.reports.strokes import HAIR, INK, MARGIN, PAPER, QUIET, SMALLEST, WIDTH

COLUMN: Final = (WIDTH - 2 * MARGIN) / 7
ROW: Final = 128
TITLE_SIZE: Final = 48
DAY_SIZE: Final = 34
HEAD_ROW: Final = 56
RADIUS: Final = 30
"""Of a mark, in pixels."""
LEGEND_ROW: Final = 56
LEGEND_RADIUS: Final = 19
GREEN: Final = "#006b4e"
BLUE: Final = "#005482"
RED: Final = "#9c2a00"


def month(tally: Tally, today: date, words: Words) -> str:
    """The calendar of the month that begins with `tally.first`, as SVG, WIDTH pixels wide. `today` has a frame."""
    return _Sheet(tally, today, words).svg()


def mark_name(mark: Mark, words: Words) -> Sentence:
    """What a mark stands for, as its keeper reads it: a day without an answer is no more than that."""
    match mark:
        case Mark.COMPLETE:
            return words("All answered")
        case Mark.PARTIAL:
            return words("Partly answered")
        case Mark.SKIPPED:
            return words("You chose to skip")
        case Mark.MISSED:
            return words("No answer")
        case Mark.PAUSED:
            return words("Paused, not counted")
        case Mark.NOT_ASKED:
            return words("We did not ask, our fault")
        case Mark.LOST:
            return words("An answer may be lost, our fault")
        case Mark.UNREACHED:
            return words("Our question could not reach you")
        case Mark.OPEN:
            return words("Still open")
        case Mark.IMPORTED:
            return words("From an earlier diary")


@dataclass(frozen=True, slots=True)
class _Sheet:
    tally: Tally
    today: date
    words: Words

    def svg(self) -> str:
        title = strokes.plain(self.words.month(self.tally.first))
        title = title[:1].upper() + title[1:]
        body = [strokes.text(MARGIN, MARGIN + 44, title, "title", size=TITLE_SIZE, bold=True, fill=INK)]
        y = self._head(body, MARGIN + 66.0)
        y = self._weeks(body, y)
        total = round(self._legend(body, y + 24) + MARGIN / 2)
        return strokes.svg(body, total, title)

    def _head(self, body: list[str], y: float) -> float:
        for column, name in enumerate(self.words.weekdays()):
            short = fonts.fitted(strokes.plain(name), COLUMN - 8, SMALLEST)
            body.append(strokes.text(_middle(column), y + 36, short, "weekday", anchor="middle"))
        return y + HEAD_ROW

    def _weeks(self, body: list[str], y: float) -> float:
        day, end = self.tally.first, next_month(month_of(self.tally.first))
        while day < end:
            body.append(self._day(day, _middle(day.weekday()), y))
            day += days.ONE_DAY
            if day.weekday() == 0 or day == end:
                y += ROW
        return y

    def _day(self, day: date, x: float, y: float) -> str:
        mark = self.tally.days.get(day)
        frame = f'stroke="{INK}" stroke-width="4"' if day == self.today else f'stroke="{HAIR}" stroke-width="2"'
        parts = [
            f'<rect x="{strokes.n(x - COLUMN / 2 + 4)}" y="{strokes.n(y + 4)}" width="{strokes.n(COLUMN - 8)}" '
            f'height="{ROW - 8}" rx="10" fill="none" {frame}/>',
            strokes.text(x - COLUMN / 2 + 14, y + 40, str(day.day), "number", size=DAY_SIZE, fill=INK),
        ]
        if mark is not None:
            parts.append(drawn(mark, x + 18, y + ROW - 46, RADIUS))
        kind = "" if mark is None else f" {mark}"
        return f'<g class="day{kind}" id="day-{day.day}">{"".join(parts)}</g>'

    def _legend(self, body: list[str], y: float) -> float:
        shown = [mark for mark in Mark if self.tally.of(mark)]
        x = float(MARGIN)
        for mark in shown:
            told = strokes.plain(mark_name(mark, self.words))
            taken = 2 * LEGEND_RADIUS + 16 + fonts.width(told, SMALLEST)
            if x > MARGIN and x + taken > WIDTH - MARGIN:
                x, y = float(MARGIN), y + LEGEND_ROW
            sample = drawn(mark, x + LEGEND_RADIUS, y + LEGEND_ROW / 2, LEGEND_RADIUS)
            text = strokes.text(x + 2 * LEGEND_RADIUS + 12, y + LEGEND_ROW / 2 + 10, told, "told", fill=INK)
            body.append(f'<g class="legend {mark}">{sample}{text}</g>')
            x += taken + 34
        return y + LEGEND_ROW if shown else y


def drawn(mark: Mark, x: float, y: float, r: float) -> str:
    """A mark around `x`, `y`, no further out than `r`: discs for answers, rings and bars for the rest."""
    n = strokes.n
    ring = f'<circle r="{n(r - 2.5)}" fill="none" stroke="{QUIET}" stroke-width="4"/>'
    half = f'<path d="M0 {n(-r)}A{n(r)} {n(r)} 0 0 0 0 {n(r)}Z" fill="{GREEN}"/>'
    arm = r * 0.45
    match mark:
        case Mark.COMPLETE:
            tick = f"M{n(-r * 0.45)} {n(r * 0.05)}L{n(-r * 0.1)} {n(r * 0.4)}L{n(r * 0.5)} {n(-r * 0.35)}"
            shape = f'<circle r="{n(r)}" fill="{GREEN}"/>{_stroke(tick, PAPER, r * 0.2)}'
        case Mark.PARTIAL:
            shape = f'<circle r="{n(r - 2.5)}" fill="none" stroke="{GREEN}" stroke-width="5"/>{half}'
        case Mark.SKIPPED:
            shape = ring + _stroke(f"M{n(-arm)} 0H{n(arm)}", QUIET, r * 0.2)
        case Mark.MISSED:
            shape = ring
        case Mark.PAUSED:
            bars = f"M{n(-r * 0.3)} {n(-r * 0.6)}V{n(r * 0.6)}M{n(r * 0.3)} {n(-r * 0.6)}V{n(r * 0.6)}"
            shape = _stroke(bars, BLUE, r * 0.28)
        case Mark.NOT_ASKED:
            shape = _stroke(
                f"M{n(-arm)} {n(-arm)}L{n(arm)} {n(arm)}M{n(arm)} {n(-arm)}L{n(-arm)} {n(arm)}", RED, r * 0.24
            )
        case Mark.LOST:
            shape = f'<text y="{n(r * 0.62)}" font-size="{n(r * 1.8)}" font-weight="bold" text-anchor="middle" '
            shape += f'fill="{RED}">?</text>'
        case Mark.UNREACHED:
            slash = _stroke(f"M{n(-r * 0.62)} {n(r * 0.62)}L{n(r * 0.62)} {n(-r * 0.62)}", QUIET, r * 0.14)
            shape = ring + slash
        case Mark.OPEN:
            shape = "".join(
                f'<circle cx="{n(step * r * 0.62)}" r="{n(r * 0.2)}" fill="{BLUE}"/>' for step in (-1, 0, 1)
            )
        case Mark.IMPORTED:
            # A page of paper.
            page = f"M{n(-r * 0.6)} {n(-r * 0.8)}H{n(r * 0.6)}V{n(r * 0.8)}H{n(-r * 0.6)}Z"
            rows = f"M{n(-r * 0.3)} {n(-r * 0.25)}H{n(r * 0.3)}M{n(-r * 0.3)} {n(r * 0.25)}H{n(r * 0.3)}"
            shape = _stroke(page, GREEN, r * 0.16) + _stroke(rows, GREEN, r * 0.14)
    return f'<g transform="translate({n(x)} {n(y)})">{shape}</g>'


def _stroke(way: str, colour: str, wide: float) -> str:
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{strokes.n(wide)}" stroke-linecap="round"/>'


def _middle(column: int) -> float:
    return MARGIN + (column + 0.5) * COLUMN
