"""A temporary folder that an unprivileged process can reach: root may write anywhere, so what it may not do is tried by
somebody else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ELSEWHERE: Final = ("/tmp", "/var/tmp", "/dev/shm")


@contextmanager
def folder() -> Iterator[Path]:
    """Empty, and gone afterwards. pytest's own lets nobody else in; where the usual place does not either, another."""
    places = [Path(place) for place in (tempfile.gettempdir(), *ELSEWHERE)]
    usable = [place for place in places if place.is_dir() and _open_to_all(place)]
    assert usable, f"none of {', '.join(map(str, places))} can be reached by everybody: set TMPDIR to a folder that can"
    with tempfile.TemporaryDirectory(dir=usable[0]) as made:
        os.chmod(made, 0o755)
        yield Path(made)


def _open_to_all(place: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (place, *place.parents))
