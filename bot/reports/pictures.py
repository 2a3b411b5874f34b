"""Pictures as PNG: charts and QR codes.

Drawing holds Python's lock, so it is work for another process (bot/crew.py).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from bot.reports import fonts

if TYPE_CHECKING:
    from resvg import usvg

QR_SIDE: Final = 800
"""Least width of a QR picture, in pixels: large enough on a laptop and for a phone held over it."""
QUIET_ZONE: Final = 4
"""White modules around a QR code, the least that ISO/IEC 18004 asks for."""
AS_IT_IS: Final = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform that changes nothing."""


def png(svg: str) -> bytes:
    """The SVG as PNG in its own size, with the bundled letters alone. Raises ValueError for a broken SVG."""
    from resvg import render, usvg

    try:
        return bytes(render(usvg.Tree.from_str(svg, _letters()), AS_IT_IS))
    except BaseException as error:
        # The library panics instead of raising, and a panic is no Exception: nobody would catch it.
        if type(error).__name__ == "PanicException":
            raise ValueError("a drawing that is no SVG") from None
        raise


@cache
def _letters() -> usvg.Options:
    """The bundled fonts and no others, read once for each process."""
    from resvg import usvg

    options = usvg.Options.default()
    for path in (fonts.REGULAR, fonts.BOLD):
        options.load_font_file(str(path))
    options.font_family = fonts.FAMILY
    return options


def qr(link: str) -> bytes:
    """A link as a QR code in a PNG: black on white, error level M (15%), QR_SIDE pixels or a little more.

    Raises ValueError for an empty link or one of more than 2331 bytes.
    """
    from io import BytesIO

    import segno

    if not link:
        raise ValueError("an empty link")
    code = segno.make_qr(link, error="m", boost_error=False)
    modules, _ = code.symbol_size(border=QUIET_ZONE)
    file = BytesIO()
    code.save(file, kind="png", scale=-(-QR_SIDE // modules), border=QUIET_ZONE, dark="black", light="white")
    return file.getvalue()
