"""The command line of the measurements: `python -m bench [row …]` prints the table, all of it where none is named."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable
from typing import Final

from bench import digests, memory, replies, sizes, trends, waves
from bench.table import Row, say, show

ROWS: Final[dict[str, Callable[[], list[Row]]]] = {
    "replies": replies.throughput,
    "latency": replies.latency,
    "waves": waves.waves,
    "hanging": waves.hanging,
    "backlog": replies.backlog,
    "sizes": sizes.sizes,
    "digests": digests.digests,
    "memory": memory.memory,
    "year": memory.year,
    "trends": trends.trends,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the bot against others.")
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="which rows; all where none is named")
    named = parser.parse_args().rows or list(ROWS)
    table: list[Row] = []
    failed: list[str] = []
    for name in named:
        say(f"== {name}")
        try:
            table += ROWS[name]()
        except Exception:
            # What the others found took minutes to find.
            say(traceback.format_exc())
            failed.append(name)
    print(show(table))
    if failed:
        sys.exit(f"Could not be measured: {', '.join(failed)}; see above.")


if __name__ == "__main__":
    main()
