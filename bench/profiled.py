"""Runs the bot with a profile of every thread: `python -m bench.profiled OUT …` does what `python -m …` would.

Counts CPU time of each thread, not time that passes: a thread that waits for another costs nothing here.
"""

from __future__ import annotations

import contextlib
import cProfile
import pstats
import runpy
import sys
import threading
import time
from typing import Any


def main() -> None:
    out, module = sys.argv[1], sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    profiles = {"loop": cProfile.Profile(time.thread_time)}

    def follow(*_: Any) -> None:
        """The first event of a new thread: from now on it has a profile of its own."""
        sys.setprofile(None)
        profile = profiles[threading.current_thread().name] = cProfile.Profile(time.thread_time)
        profile.enable()

    threading.setprofile(follow)
    profiles["loop"].enable()
    with contextlib.suppress(SystemExit):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    profiles["loop"].disable()
    for name, profile in profiles.items():
        if name.startswith(("loop", "writer")):
            pstats.Stats(profile).dump_stats(f"{out}.{name}.pstats")


if __name__ == "__main__":
    main()
