"""The lives of the program: a child process that is started, killed, looked at when it is dead, and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.demo.calls import Fault, Params
from tests.soak.control import HOST, Control
from tests.soak.ledger import Ledger
from tests.stage import ITO, TOKEN

TICK_EVERY: Final = 2
PATIENCE_S: Final = 60.0
RECOVERED_AT_ONCE: Final = 100
"""So many updates a start works off before anything goes out; what is behind them waits its turn as usual."""
GREETING: Final = frozenset({"getMe", "deleteWebhook", "setMyCommands", "getUpdates", "setWebhook", "getWebhookInfo"})


@dataclass
class Lives:
    """One program after the other, on one file."""

    ledger: Ledger
    folder: Path
    control: Control
    conflict_for: float = 0.0
    """How long after a kill the dead program's poll still stands in the way of the next one's, in seconds."""
    child: asyncio.subprocess.Process | None = None
    started: int = 0
    killed: int = 0
    at_steps: Counter[str] = field(default_factory=Counter)
    stopped: int = 0
    conflicts: int = 0
    recovered: int = 0
    """How many lives began with updates in the inbox and worked them off before they sent anything."""
    _conflict_until: float = 0.0
    _left_behind: list[int] = field(default_factory=list)

    async def start(self, die_at: str = "") -> None:
        """Begin a life; with `die_at` ("sent:3") it will end by its own hand at that step."""
        self.started += 1
        (self.folder / "died.json").unlink(missing_ok=True)
        port = self.ledger.telegram.address.rpartition(":")[2]
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": f"http://{HOST}:{port}",
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.ledger.path}",
            "ADMIN_IDS": str(ITO),
            "DEFAULT_TIMEZONE": "Europe/Lisbon",
            "MESSAGES_PER_SECOND": "10000",
            "MESSAGES_PER_SECOND_PER_CHAT": "10000",
            "LOG_LEVEL": "WARNING",
            "SOAK_DIE_AT": die_at,
            "SOAK_TICK_EVERY": str(TICK_EVERY),
        }
        with (self.folder / "log").open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.soak.child", str(self.folder),
                env={**os.environ, **settings}, stderr=log, cwd=Path(__file__).parents[2],
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.returncode is None

    async def kill(self) -> None:
        """SIGKILL at this instant, and a look at what is left."""
        assert self.child is not None
        with contextlib.suppress(ProcessLookupError):
            self.child.kill()
        await self._ended(-signal.SIGKILL)
        self.killed += 1
        self._autopsy()

    async def dies_at(self, step: str, times: int) -> None:
        """A life that ends at a step. It is checked that the file and Telegram were as that step leaves them."""
        await self.start(f"{step}:{times}")
        await self._ended(-signal.SIGKILL)
        self._autopsy()
        self.at_steps[step] += 1
        note = self.folder / "died.json"
        if not note.exists():
            self.ledger.wrong.append(f"a life that was to end at the step {step!r} ended otherwise")
            return
        if not self._was_there(step, json.loads(note.read_text())):
            self.ledger.wrong.append(f"a life that was to end at the step {step!r} left something else behind")

    async def stop(self) -> None:
        """SIGTERM, as a supervisor does it."""
        assert self.child is not None
        self.child.terminate()
        await self._ended(0)
        self.stopped += 1
        self._autopsy(died=False)

    async def end(self) -> None:
        """Leave nothing running, whatever happened."""
        if self.alive:
            assert self.child is not None
            self.child.kill()
            await self.child.wait()

    async def _ended(self, expected: int) -> None:
        assert self.child is not None
        async with asyncio.timeout(PATIENCE_S):
            code = await self.child.wait()
        if code != expected:
            self.ledger.wrong.append(f"the program ended with {code} where {expected} was due")
            raise RuntimeError(f"the program ended with {code}; its log is {self.folder / 'log'}")

    # --- what is left of a life -------------------------------------------------------------------------------

    def _autopsy(self, *, died: bool = True) -> None:
        if died:
            self.ledger.under_way()
            self._conflict_until = time.monotonic() + self.conflict_for
        if lost := self.ledger.lost():
            self.ledger.wrong.append(f"after the end of a life {lost} confirmed updates were not in the file")
        waiting = self.ledger.rows(
            "select seq from inbox where state = 'waiting' order by seq limit ?", RECOVERED_AT_ONCE
        )
        self._left_behind = [seq for (seq,) in waiting]

    def _was_there(self, step: str, note: dict[str, Any]) -> bool:
        ids, rows, confirmed = note.get("updates", []), note.get("rows", []), self.ledger.confirmed
        updates = self._states("inbox", "update_id", ids)
        messages = self._states("outbox", "id", rows)
        match step:
            case "received":
                return len(updates) < len(ids)
            case "inbox committed":
                return len(updates) == len(ids) and max(ids) >= confirmed
            case "acknowledged" | "handled":
                return updates == ["waiting"] * len(ids) and max(ids) < (confirmed if step == "acknowledged" else 2**63)
            case "outbox committed":
                return updates == ["done"] * len(ids) and self.ledger.depth() > 0
            case "sent" | "digest started":
                return messages == ["waiting"] * len(rows)
            case "settled":
                return len(messages) == len(rows) and "waiting" not in messages
        return False

    def _states(self, table: str, key: str, which: list[int]) -> list[str]:
        marks = ",".join("?" * len(which))
        return [state for (state,) in self.ledger.rows(f"select state from {table} where {key} in ({marks})", *which)]

    # --- what the stand-in does to a life ---------------------------------------------------------------------

    def hook(self, method: str, params: Params) -> Fault | None:
        """409 until the poll of the one who was killed has ended; and a look at the first message of each life."""
        if method == "getUpdates" and time.monotonic() < self._conflict_until:
            self.conflicts += 1
            return Fault(status=409, description="Conflict: terminated by other getUpdates request")
        if self._left_behind and method not in GREETING:
            marks = ",".join("?" * len(self._left_behind))
            sql = f"select count(*) from inbox where state = 'waiting' and seq in ({marks})"
            [(unhandled,)] = self.ledger.rows(sql, *self._left_behind)
            if unhandled:
                self.ledger.wrong.append(f"a life began to send with {unhandled} updates of the one before unhandled")
            else:
                self.recovered += 1
            self._left_behind = []
        return None
