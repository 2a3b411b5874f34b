"""The strokes that the pictures are made of: colours, marks, lines and texts, as SVG."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from bot.chat.words import Sentence
from bot.diary.entries import Symptom
from bot.reports import fonts

WIDTH: Final = 1000
"""Of every picture, in pixels."""
SMALLEST: Final = 28
"""Height of the smallest letters, in pixels: 10 points on a phone that shows the picture 360 points wide."""

PAPER: Final = "#ffffff"
INK: Final = "#1f2630"
QUIET: Final = "#56606c"
"""Second voice of the texts: 6.4 to 1 against the paper."""
HAIR: Final = "#e3e7ec"
BASE: Final = "#98a2ae"
SESSION: Final = "#3b4250"

MARGIN: Final = 40


@dataclass(frozen=True, slots=True)
class Look:
    """How a symptom is drawn: Okabe and Ito's colours (safe for colour-blind eyes), darker for `deep`."""

    colour: str
    deep: str


LOOKS: Final = {
    Symptom.BURNING: Look("#d55e00", "#9c4500"),
    Symptom.TINGLING: Look("#0072b2", "#005482"),
    Symptom.PAIN: Look("#009e73", "#006b4e"),
    Symptom.NUMBNESS: Look("#c0629a", "#8f3f6f"),
    Symptom.SLEEP: Look("#c98200", "#7d5200"),
}


def svg(body: Sequence[str], height: int, title: str, told: str = "", marks: Sequence[str] = ()) -> str:
    """A whole picture, WIDTH wide. `title` and `told` are for whoever can't see it; `marks` are used in `body`."""
    desc = f'<desc id="desc">{escaped(told)}</desc>' if told else ""
    labels = " ".join(("title", "desc") if told else ("title",))
    defs = f"<defs>{''.join(marks)}</defs>" if marks else ""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="{fonts.FAMILY}" font-size="{SMALLEST}" '
            f'fill="{QUIET}" role="img" aria-labelledby="{labels}">',
            f'<title id="title">{escaped(title)}</title>',
            *(part for part in (desc, defs) if part),
            f'<rect class="paper" width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
            *body,
            "</svg>\n",
        )
    )


def outline(symptom: Symptom, r: float) -> str:
    """The mark of a symptom around 0, 0, no further out than `r`; shapes differ as colours do."""
    match symptom:
        case Symptom.BURNING:
            a = r * 0.86
            return f"M{n(-a)} 0A{n(a)} {n(a)} 0 1 0 {n(a)} 0A{n(a)} {n(a)} 0 1 0 {n(-a)} 0Z"
        case Symptom.TINGLING:
            a = r * 0.78
            return f"M{n(-a)} {n(-a)}H{n(a)}V{n(a)}H{n(-a)}Z"
        case Symptom.PAIN:
            return f"M0 {n(-r)}L{n(r)} 0L0 {n(r)}L{n(-r)} 0Z"
        case Symptom.NUMBNESS:
            return f"M0 {n(-r)}L{n(r)} {n(r * 0.75)}H{n(-r)}Z"
        case Symptom.SLEEP:
            a, b = r * 0.48, r * 0.83
            return f"M{n(-r * 0.96)} 0L{n(-a)} {n(-b)}H{n(a)}L{n(r * 0.96)} 0L{n(a)} {n(b)}H{n(-a)}Z"


def flare(x: float, y: float, r: float) -> str:
    """A flare: an open star of five points around `x`, `y`, no further out than `r`."""
    way = "L".join(f"{n(x + across)} {n(y + down)}" for across, down in star(r))
    return f'<path class="flare" d="M{way}Z" fill="{PAPER}" stroke="{INK}" stroke-width="2.5" stroke-linejoin="round"/>'


def star(r: float) -> list[tuple[float, float]]:
    """The ten corners of a star of five points around 0, 0, no further out than `r`."""
    far = [r if corner % 2 == 0 else r * 0.5 for corner in range(10)]
    return [(out * sin(corner * pi / 5), -out * cos(corner * pi / 5)) for corner, out in enumerate(far)]


def session(x: float, y: float, lowest: float, half: float) -> str:
    """A treatment session: a triangle with its tip at `y`, twice `half` wide, over a dashed line."""
    return (
        f'<g class="session">{line(x, y, x, lowest, "treated", SESSION, 2.5, dashed=True)}'
        f"{triangle(x, y, half, 17)}</g>"
    )


def triangle(x: float, y: float, half: float, high: float | None = None) -> str:
    """The mark of a treatment session with its tip at `x`, `y`."""
    top = n(y - (half * 1.6 if high is None else high))
    return (
        f'<path d="M{n(x - half)} {top}H{n(x + half)}L{n(x)} {n(y)}Z" fill="{SESSION}" '
        f'stroke="{PAPER}" stroke-width="1.5"/>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, kind: str, stroke: str, wide: float, *, dashed: bool = False
) -> str:
    dashes = ' stroke-dasharray="7 6"' if dashed else ""
    return (
        f'<line class="{kind}" x1="{n(x1)}" y1="{n(y1)}" x2="{n(x2)}" y2="{n(y2)}" stroke="{stroke}" '
        f'stroke-width="{n(wide)}"{dashes}/>'
    )


def text(
    x: float,
    y: float,
    text: str,
    kind: str,
    *,
    size: int = SMALLEST,
    bold: bool = False,
    anchor: str = "start",
    fill: str = QUIET,
    halo: bool = False,
) -> str:
    """One line of text on its baseline; `halo` keeps lines behind it from running through."""
    look = f' fill="{fill}"' if fill != QUIET else ""
    look += f' font-size="{size}"' if size != SMALLEST else ""
    look += ' font-weight="bold"' if bold else ""
    look += f' text-anchor="{anchor}"' if anchor != "start" else ""
    look += f' stroke="{PAPER}" stroke-width="8" paint-order="stroke"' if halo else ""
    return f'<text class="{kind}" x="{n(x)}" y="{n(y)}"{look}>{escaped(text)}</text>'


def escaped(text: str) -> str:
    """Text as XML holds it; html.escape does what xml.sax would, which brings a network library along."""
    return html.escape(text, quote=False)


def n(value: float) -> str:
    """A coordinate to a tenth of a pixel, as short as it goes."""
    short = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


# What XML 1.0 allows (section 2.2) without the control characters, which no font draws.
_NOT_XML: Final = re.compile("[^\t\n\r -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: Sentence | str) -> str:
    """The letters of a text on one line: a Sentence is Telegram HTML, anything else is taken as it is."""
    if isinstance(text, Sentence):
        text = html.unescape(re.sub(r"</?[a-z][^<>]*>", "", text))
    return unicodedata.normalize("NFC", " ".join(_NOT_XML.sub("", text).split()))
