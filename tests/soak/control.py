"""What the harness holds in its hand while the program runs: the child's clock, and whether names resolve."""

from __future__ import annotations

import mmap
import struct
from datetime import timedelta
from pathlib import Path
from typing import Final

HOST: Final = "telegram.soak"
"""The name by which the child knows the stand-in; it is looked up in the child, so that it can be gone."""
_FORM: Final = struct.Struct("=d?")


class Control:
    """A few bytes of a file that two processes look at."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_FORM.pack(0.0, False))
        with path.open("r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), _FORM.size)

    def read(self) -> tuple[timedelta, bool]:
        """How far the clock is ahead, and whether names resolve no more."""
        ahead, nameless = _FORM.unpack(self._bytes[:])
        return timedelta(seconds=ahead), nameless

    def write(self, *, ahead: timedelta | None = None, nameless: bool | None = None) -> None:
        was_ahead, was_nameless = self.read()
        ahead = was_ahead if ahead is None else ahead
        nameless = was_nameless if nameless is None else nameless
        self._bytes[:] = _FORM.pack(ahead.total_seconds(), nameless)
