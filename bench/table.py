"""The table that is printed at the end: one row for each claim, one ratio in each row."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured: our figure, what it is compared with, their ratio, what must be reached."""

    name: str
    ours: str
    other: str
    ratio: str
    must: str
    reached: bool | None

    @property
    def verdict(self) -> str:
        return {True: "yes", False: "NO", None: "-"}[self.reached]


HEAD = Row("row", "ours", "compared with", "ratio", "must be", None)


def show(rows: Iterable[Row]) -> str:
    """The table in Markdown, which can also be read as it is."""
    found = list(rows)
    cells = [[r.name, r.ours, r.other, r.ratio, r.must, r.verdict] for r in found]
    head = ["row", "ours", "compared with", "ratio", "must be", "reached"]
    widths = [max(len(line[n]) for line in [head, *cells]) for n in range(len(head))]
    lines = [head, ["-" * width for width in widths], *cells]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines)


def as_json(rows: Iterable[Row]) -> str:
    return json.dumps([asdict(row) for row in rows], indent=1)


def say(text: str) -> None:
    """What happens meanwhile, beside the table."""
    print(text, file=sys.stderr, flush=True)


def middle(figures: Iterable[float]) -> float:
    return median(figures)


def times(ratio: float) -> str:
    return f"{ratio:.2f}x"
