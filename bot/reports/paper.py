"""One A4 page as PDF: texts, lines and marks, in millimetres from the top left corner.

Rules:
1. The same strokes give the same bytes: no clock, no machine and no chance has a part in them.
2. Every text stays text, in the bundled letters. Signs that those lack never reach the library, which would name them
   in the log (`printable`).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.reports import fonts

if TYPE_CHECKING:
    from fpdf import FPDF

WIDE: Final = 210.0
HIGH: Final = 297.0
POINT: Final = 25.4 / 72
"""Millimetres of a point, in which letters are measured."""
UNPRINTABLE: Final = "(?)"
"""Stands for signs that the letters lack."""
_REGULAR: Final = "regular"
_BOLD: Final = "bold"


def printable(text: str) -> str:
    """A person's text on one line, with UNPRINTABLE for each run of signs that can't be printed."""
    whole = unicodedata.normalize("NFC", " ".join(text.split()))
    # Joiners and selectors of signs have no shape of their own, and control characters none at all.
    seen = "".join(sign for sign in whole if unicodedata.category(sign) not in ("Cf", "Cc", "Mn", "Me", "Co", "Cs"))
    return re.sub("\x00+", UNPRINTABLE, "".join(sign if fonts.knows(sign) else "\x00" for sign in seen))


def wide(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in millimetres, when its letters are `size` points high."""
    return fonts.width(text, size, bold=bold) * POINT


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text if it is no wider than `room` millimetres, else as much of it as fits with an ellipsis."""
    return fonts.fitted(text, room / POINT, size, bold=bold)


def broken(text: str, room: float, size: float, *, most: int, bold: bool = False) -> tuple[str, ...]:
    """The text in `most` lines or fewer, each no wider than `room` millimetres; the last may be cut."""
    return fonts.lines(text, room / POINT, size, most=most, bold=bold)


class Paper:
    """A page in the making. Texts are given as `printable` ones; colours as "#rrggbb"."""

    def __init__(self, title: str, language: str, made_at: datetime) -> None:
        # Loads a quarter of a second of libraries, which only the process that draws needs.
        from fpdf import FPDF, ViewerPreferences

        self._pdf: FPDF = FPDF(format="A4", unit="mm")
        self._pdf.set_creation_date(made_at.astimezone(UTC))
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_creator("Symptom Diary")
        self._pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self._pdf.set_auto_page_break(False)
        self._pdf.add_font(_REGULAR, "", fonts.REGULAR)
        self._pdf.add_font(_BOLD, "", fonts.BOLD)
        self._pdf.add_page()

    def text(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: str, align: str = "left"
    ) -> None:
        """One line on the baseline `y`, its left end, its middle or its right end at `x`."""
        if not text:
            return
        left = x - wide(text, size, bold=bold) * {"left": 0.0, "middle": 0.5, "right": 1.0}[align]
        self._pdf.set_font(_BOLD if bold else _REGULAR, size=size)
        self._pdf.set_text_color(colour)
        self._pdf.text(left, y, text)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, thick: float, *, dashed: bool = False
    ) -> None:
        self._pdf.set_draw_color(colour)
        self._pdf.set_line_width(thick)
        self._pdf.set_dash_pattern(dash=0.9 if dashed else 0, gap=0.7 if dashed else 0)
        self._pdf.line(x1, y1, x2, y2)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._pdf.set_fill_color(colour)
        self._pdf.rect(x, y, width, height, style="F")

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self._pdf.set_fill_color(colour)
        self._pdf.circle(x, y, radius, style="F")

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        self._pdf.set_fill_color(colour)
        self._pdf.polygon(points, style="F")

    def written(self) -> bytes:
        """The page as a file."""
        return bytes(self._pdf.output())
