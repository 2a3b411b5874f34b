"""Killed while a small clinic answers: nothing is lost, stored twice or left unanswered (`make soak`, in small)."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

from tests.soak.__main__ import play, violations
from tests.soak.story import Plan

SMALL = Plan("a small clinic", seed=7, replies=80, patients=16, kills=4, rate=None, digests=4)


async def test_a_clinic_whose_program_is_killed_again_and_again_loses_nothing() -> None:
    table, told = await play(SMALL)
    assert violations(table) + told.ledger.wrong == []
    assert table["replies"]["replies"] == SMALL.replies
    assert told.lives.killed >= SMALL.kills
    with closing(sqlite3.connect(told.ledger.path)) as file, file:
        file.execute("delete from scores where item_id = 4")
    assert told.ledger.replies()["confirmed and not stored"] > 0, "what is lost would have been counted"
    shutil.rmtree(told.folder)
