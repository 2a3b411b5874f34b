"""Starts the real program with a hand on its clock, its names, and its life: `python -m tests.soak.child FOLDER`.

Nothing in the program knows of it. It wraps public functions from outside: the clock that Program takes by default, the
look-up of names, and those functions between which a step of an update's way begins or ends. Where it is told to die at
a step (`SOAK_DIE_AT="sent:3"`: at the third time), it leaves a note of what it had in its hands and kills itself with
SIGKILL, so that nothing is cleaned up.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.soak.control import HOST, Control

STEPS: Final = (
    "received",
    "inbox committed",
    "acknowledged",
    "handled",
    "outbox committed",
    "sent",
    "settled",
)
"""Each death comes after this step and before the next one."""
STARTED: Final = "digest started"
"""Marked as under way, and not sent yet."""
UNTIL_CONFIRMED_S: Final = 0.25
"""The next poll, which acknowledges, has long been made by then; the event loop is free meanwhile."""


class Reaper:
    """Counts how often each step is passed, and dies where it was told to."""

    def __init__(self, folder: Path, order: str) -> None:
        self._note = folder / "died.json"
        self._step, _, times = order.partition(":")
        self._left = int(times or 0)
        self.polled = False
        self.marks: dict[str, list[Any]] = {}
        """What the transaction in hand has done so far."""

    def passes(self, step: str, **in_hand: list[Any]) -> None:
        if step != self._step:
            return
        self._left -= 1
        if self._left > 0:
            return
        if step == "acknowledged":
            time.sleep(UNTIL_CONFIRMED_S)
        self._note.write_text(json.dumps({"step": step, **in_hand}))
        os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path) -> None:
    control = Control(folder / "control")
    _bend_names(control)
    _bend_time(control)
    _watch(Reaper(folder, os.environ.get("SOAK_DIE_AT", "")))
    sys.argv = ["symptom-diary", "run"]
    from bot.__main__ import main as run

    run()


def _bend_names(control: Control) -> None:
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host != HOST:
            return look_up(host, *args, **kwargs)
        if control.read()[1]:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return look_up("127.0.0.1", *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def _bend_time(control: Control) -> None:
    from bot import app, clock

    clock.WallClock.now = lambda self: datetime.now(UTC) + control.read()[0]  # type: ignore[method-assign]
    app.TICK_EVERY = int(os.environ.get("SOAK_TICK_EVERY", app.TICK_EVERY))  # type: ignore[misc]


def _watch(reaper: Reaper) -> None:
    from bot import handlers, storage

    put, handle, settle, start = storage.inbox.put, handlers.handle, storage.outbox.settle, storage.outbox.start
    write = storage.Database.write

    def watched_put(tx: Any, updates: Any, *args: Any, **kwargs: Any) -> Any:
        ids = [update_id for update_id, _ in updates]
        if ids:
            if storage.inbox.known(tx, ids) < len(ids):
                reaper.passes("received", updates=ids)
            reaper.marks["put"] = ids
        return put(tx, updates, *args, **kwargs)

    def watched_handle(application: Any, settings: Any, tx: Any, arrival: Any, now: Any) -> Any:
        # Only in its ordinary course: what a start finds in the inbox may not be acknowledged yet.
        if reaper.polled:
            reaper.passes("acknowledged", updates=[arrival.update_id])
        result = handle(application, settings, tx, arrival, now)
        reaper.passes("handled", updates=[arrival.update_id])
        reaper.marks.setdefault("handled", []).append(arrival.update_id)
        return result

    def watched_settle(tx: Any, settlements: Any) -> Any:
        rows = [settlement.id for settlement in settlements]
        if rows:
            reaper.passes("sent", rows=rows)
            reaper.marks["settled"] = rows
        return settle(tx, settlements)

    def watched_start(tx: Any, outbox_id: int, now: Any) -> Any:
        if now is not None:
            reaper.marks["started"] = [outbox_id]
        return start(tx, outbox_id, now)

    async def watched_write(self: Any, work: Callable[[Any], Any]) -> Any:
        marks: dict[str, list[Any]] = {}

        def noted(tx: Any) -> Any:
            reaper.marks = marks
            return work(tx)

        result = await write(self, noted)
        if "put" in marks:
            reaper.passes("inbox committed", updates=marks["put"])
            reaper.polled = True
        if "handled" in marks:
            reaper.passes("outbox committed", updates=marks["handled"])
        if "settled" in marks:
            reaper.passes("settled", rows=marks["settled"])
        if "started" in marks:
            reaper.passes(STARTED, rows=marks["started"])
        return result

    storage.inbox.put, handlers.handle = watched_put, watched_handle
    storage.outbox.settle, storage.outbox.start = watched_settle, watched_start
    storage.Database.write = watched_write  # type: ignore[method-assign]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
