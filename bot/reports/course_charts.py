"""Before and after treatment as a picture: one panel per item, in it a column for each comparison.

Rules of the picture, besides those of charts.py:
1. Before is hollow and on the left, after is filled and on the right: nothing is told by colour alone.
2. A side with too few scores for a mean has its single scores as small dots, and no line leads to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.words import Words
from bot.diary.entries import HIGHEST, LOWEST, Item
from bot.diary.sessions import SEVEN_DAYS
from bot.reports import fonts, strokes
from bot.reports.charts import (
    BETWEEN_PANELS,
    LEGEND_ROW,
    NAME_ROW,
    PLOT_HEIGHTS,
    PLOT_LEFT,
    PLOT_RIGHT,
    SAMPLE,
    TITLE_SIZE,
    item_heading,
    score_y,
)
from bot.reports.courses import Block, Pair, Side
from bot.reports.strokes import BASE, HAIR, INK, MARGIN, PAPER, QUIET, SESSION, SMALLEST, WIDTH

RADIUS: Final = 13.0
DOT: Final = 5.0
ABOVE: Final = 50
"""Above a plot: room for the number over a mark at 10."""
ACROSS: Final = 0.25
"""From the middle of a column to each of its marks, in parts of its width."""
OVER_MARK: Final = 20
"""From a mark up to its number."""
COLUMN_LINE: Final = 36


def picture(blocks: Sequence[Block], title: str, words: Words) -> str:
    """The comparisons side by side, as SVG, WIDTH pixels wide. The same arguments give the same text."""
    return _Drawing(tuple(blocks), words).svg(strokes.plain(title))


@dataclass(frozen=True, slots=True)
class _Drawing:
    blocks: tuple[Block, ...]
    words: Words

    def svg(self, title: str) -> str:
        body: list[str] = []
        y = self._heading(body, title)
        items = self._items()
        height = PLOT_HEIGHTS.get(max(1, len(items)), PLOT_HEIGHTS[max(PLOT_HEIGHTS)])
        for number, item in enumerate(items):
            y = self._panel(body, item, number, y + (BETWEEN_PANELS if number else 0), height)
        y = self._columns(body, y)
        total = round(self._legend(body, y) + MARGIN)
        return strokes.svg(body, total, title)

    def _items(self) -> list[Item]:
        """All that any column has, in the order asked."""
        found = {pair.item.id: pair.item for block in self.blocks for pair in block.pairs}
        return sorted(found.values(), key=lambda item: (item.position, item.id))

    @property
    def _wide(self) -> float:
        return (PLOT_RIGHT - PLOT_LEFT) / len(self.blocks)

    def _middle(self, column: int) -> float:
        return PLOT_LEFT + (column + 0.5) * self._wide

    def _heading(self, body: list[str], title: str) -> float:
        y = float(MARGIN)
        for line in fonts.lines(title, WIDTH - 2 * MARGIN, TITLE_SIZE, most=2, bold=True):
            y += TITLE_SIZE + 8
            body.append(strokes.text(MARGIN, y - 14, line, "title", size=TITLE_SIZE, bold=True, fill=INK))
        told = self.words("Means of 7 days · 0 = none, 10 = worst possible")
        for line in fonts.lines(strokes.plain(told), WIDTH - 2 * MARGIN, SMALLEST, most=2):
            y += SMALLEST + 10
            body.append(strokes.text(MARGIN, y - 8, line, "range"))
        return y + 24

    def _panel(self, body: list[str], item: Item, number: int, top: float, height: float) -> float:
        body.append(f'<g class="panel" id="panel-{number + 1}">')
        caption = "↑ " + strokes.plain(self.words("higher = worse"))
        top = item_heading(body, item, top, PLOT_RIGHT - MARGIN - fonts.width(caption, SMALLEST) - 24, self.words)
        body.append(strokes.text(PLOT_RIGHT, top + 32, caption, "axis", anchor="end"))
        highest = top + NAME_ROW + ABOVE
        lowest = highest + height
        for value in (LOWEST, 5, HIGHEST):
            y = score_y(value, highest, lowest)
            body.append(strokes.line(PLOT_LEFT, y, PLOT_RIGHT, y, "level", BASE if value == LOWEST else HAIR, 2))
            body.append(strokes.text(PLOT_LEFT - 14, y + 10, str(value), "level", anchor="end"))
        for column, block in enumerate(self.blocks):
            x = self._middle(column)
            if column:
                edge = x - self._wide / 2
                body.append(strokes.line(edge, highest, edge, lowest, "column", HAIR, 2))
            body.append(strokes.session(x, highest - 8, lowest, 9))
            for pair in block.pairs:
                if pair.item.id == item.id:
                    self._pair(body, pair, x, highest, lowest)
        body.append("</g>")
        return lowest + RADIUS + 2

    def _pair(self, body: list[str], pair: Pair, x: float, highest: float, lowest: float) -> None:
        left, right = x - self._wide * ACROSS, x + self._wide * ACROSS
        look = strokes.LOOKS[pair.item.symptom]
        if pair.before.mean is not None and pair.after.mean is not None:
            begin, end = (score_y(mean, highest, lowest) for mean in (pair.before.mean, pair.after.mean))
            body.append(strokes.line(left, begin, right, end, "change", look.deep, 5))
        for side, at, filled in ((pair.before, left, False), (pair.after, right, True)):
            self._side(body, side, pair.item, at, (highest, lowest), filled=filled)

    def _side(
        self, body: list[str], side: Side, item: Item, x: float, plot: tuple[float, float], *, filled: bool
    ) -> None:
        look = strokes.LOOKS[item.symptom]
        if side.mean is not None:
            y = score_y(side.mean, *plot)
            fill = look.deep if filled else PAPER
            body.append(
                f'<path class="{"after" if filled else "before"}" d="{strokes.outline(item.symptom, RADIUS)}" '
                f'transform="translate({strokes.n(x)} {strokes.n(y)})" fill="{fill}" stroke="{look.deep}" '
                'stroke-width="4"/>'
            )
            body.append(self._value(side, look, x, y - OVER_MARK))
            return
        for value in side.values:
            y = score_y(value, *plot)
            body.append(
                f'<circle class="score" cx="{strokes.n(x)}" cy="{strokes.n(y)}" r="{DOT}" fill="{look.colour}"/>'
            )
        told = strokes.plain(self.words("{n} of {all}", n=side.n, all=SEVEN_DAYS.days))
        top = score_y(max(side.values, default=LOWEST), *plot)
        body.append(strokes.text(x, top - OVER_MARK + 4, told, "few", anchor="middle", halo=True))

    def _value(self, side: Side, look: strokes.Look, x: float, y: float) -> str:
        """A mean in figures with the number of days that it is from."""
        value = strokes.plain(self.words.number(side.mean or 0.0))
        more = f'<tspan dx="8" font-weight="normal" fill="{QUIET}">({side.n})</tspan>'
        return (
            f'<text class="value" x="{strokes.n(x)}" y="{strokes.n(y)}" text-anchor="middle" font-weight="bold" '
            f'fill="{look.deep}" stroke="{PAPER}" stroke-width="8" paint-order="stroke">'
            f"{strokes.escaped(value)}{more}</text>"
        )

    def _columns(self, body: list[str], y: float) -> float:
        """What each column compares, under the last panel."""
        named = [fonts.lines(strokes.plain(block.column), self._wide - 16, SMALLEST, most=2) for block in self.blocks]
        for column, lines in enumerate(named):
            for number, line in enumerate(lines):
                at = y + 36 + number * COLUMN_LINE
                body.append(strokes.text(self._middle(column), at, line, "named", anchor="middle", fill=INK))
        return y + 12 + COLUMN_LINE * max(map(len, named), default=1)

    def _legend(self, body: list[str], y: float) -> float:
        words, middle = self.words, strokes.n(SAMPLE / 2)
        hollow = f'fill="{PAPER}" stroke="{QUIET}" stroke-width="4"'
        entries = [
            (f'<circle cx="{middle}" cy="-10" r="11" {hollow}/>', words("before, with its days")),
            (f'<circle cx="{middle}" cy="-10" r="13" fill="{QUIET}"/>', words("after, with its days")),
            (strokes.triangle(SAMPLE / 2, 0, 9), words("treatment")),
        ]
        sides = [side for block in self.blocks for pair in block.pairs for side in (pair.before, pair.after)]
        if any(side.values and side.mean is None for side in sides):
            dot = f'<circle cx="{middle}" cy="-10" r="{DOT}" fill="{SESSION}"/>'
            entries.append((dot, words("one day, where there are fewer than 4")))
        x, y = float(MARGIN), y + LEGEND_ROW + 10
        body.append(strokes.line(MARGIN, y - LEGEND_ROW, PLOT_RIGHT, y - LEGEND_ROW, "rule", HAIR, 2))
        for drawn, name in entries:
            told = strokes.plain(name)
            taken = SAMPLE + 14 + fonts.width(told, SMALLEST)
            if x > MARGIN and x + taken > PLOT_RIGHT:
                x, y = float(MARGIN), y + LEGEND_ROW
            text = strokes.text(SAMPLE + 14, 0, told, "told")
            body.append(f'<g class="legend" transform="translate({strokes.n(x)} {strokes.n(y)})">{drawn}{text}</g>')
            x += taken + 36
        return y
