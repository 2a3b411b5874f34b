"""The desk of the handlers' tests, for the clock's work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.desk import Desk, clinic_at


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Desk]:
    """Monday morning: Dr Ito is admin and therapist, and Ada is asked at 20:00 in Lisbon."""
    async with clinic_at(tmp_path) as desk:
        yield desk
        assert not desk.refused()
