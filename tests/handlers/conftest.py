"""Desks for the tests of handlers: an empty one, and one where Ada keeps her diary for Dr Ito."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.desk import MONDAY, Desk, clinic_at, desk_at


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Nobody has said a word yet; it is Monday morning."""
    async with desk_at(tmp_path, MONDAY) as desk:
        yield desk
        assert not desk.refused()


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Desk]:
    """Dr Ito is admin and therapist, and Ada is asked at 20:00 in Lisbon from this Monday on."""
    async with clinic_at(tmp_path) as desk:
        yield desk
        assert not desk.refused()
