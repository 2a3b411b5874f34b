"""Where lives at random begin: a database that is prepared once, and how long Hypothesis may look."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, settings

from bot import storage
from tests.handlers.desk import Desk, clinic_at

PATIENT: Final = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
AS_FOUND: Final = (Phase.explicit, Phase.generate)
"""A failure is told as it was found: making it small takes minutes, and is for `make soak`."""


def home(prepare: Callable[[Desk], Awaitable[None]]) -> Path:
    """A database file with Dr Ito and Ada, and with what `prepare` adds."""
    folder = Path(tempfile.mkdtemp(prefix="symptom-diary-laws-"))

    async def make() -> Path:
        async with clinic_at(folder) as desk:
            await prepare(desk)
            made = folder / "home.db"
            storage.database.copy(desk.settings.database_path, made)
        return made

    return asyncio.run(make())
