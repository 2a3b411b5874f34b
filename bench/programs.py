"""The processes of a measurement: the server, our bot, the bots of others. Each is a child and ends with its block.

CPU and memory are read from /proc, so the figures need Linux.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

ROOT: Final = Path(__file__).parents[1]
PEERS: Final = ROOT / ".venv-peers" / "bin" / "python"
TICKS: Final = os.sysconf("SC_CLK_TCK")
UNPACED: Final = "100000"
STOPS_IN: Final = 15.0


class Ended(Exception):
    """A child ended although it was still needed; the text is the end of what it wrote."""


class Child:
    """One process with a folder of its own; what it writes goes into a file there."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._log = folder / f"{Path(command[-1]).stem}.log"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        with self._log.open("ab") as log:
            self.began_at = time.monotonic()
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=kept | {"PYTHONPATH": str(ROOT)} | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def cpu(self) -> float:
        """User and system seconds of the process so far, its threads included, its children not."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> dict[str, float]:
        """What the process holds now (VmRSS) and held at most (VmHWM), in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        return {name: int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}

    def alive(self) -> None:
        """Raises Ended where the process is gone."""
        if self.process.poll() is not None:
            raise Ended(self.said())

    def said(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    def found(self, within: float) -> dict[str, Any]:
        """What a child printed as JSON in its last line. Raises Ended where it ended otherwise."""
        if self.process.wait(within):
            raise Ended(self.said())
        found: dict[str, Any] = json.loads(self.said().strip().splitlines()[-1])
        return found

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOPS_IN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Server:
    """The Bot API server, asked over its own port."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        self.address = f"http://127.0.0.1:{self._port}"
        self._tokens = 0

    def token(self) -> str:
        """A new bot that the server knows."""
        self._tokens += 1
        token = f"{100_000_000 + self._tokens}:a-token-of-the-measurement"
        self.ask("bot", token=token)
        return token

    def ask(self, do: str, **values: Any) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=900)
        try:
            connection.request("POST", "/control", json.dumps({"do": do, **values}))
            found = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if isinstance(found, dict) and "error" in found:
            raise RuntimeError(f"the server could not do {do!r}: {found['error']}")
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(STOPS_IN)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="diary-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ours(
    server: Server,
    token: str,
    database: Path,
    *,
    command: tuple[str, ...] = ("-m", "bot", "run"),
    **settings: str,
) -> Child:
    """The real program on a prepared file, with the limits on new messages out of the way."""
    environment = {
        "BOT_TOKEN": token,
        "TELEGRAM_API_URL": server.address,
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "MESSAGES_PER_SECOND": UNPACED,
        "MESSAGES_PER_SECOND_PER_CHAT": UNPACED,
        **settings,
    }
    return Child([sys.executable, *command], database.parent, environment)


def peer(name: str, server: Server, token: str, folder: Path, **environment: str) -> Child:
    """One of bench/peers, with its own venv and its own file."""
    if not PEERS.exists():
        raise SystemExit("The bots to measure against are not set up: make bench sets them up.")
    where = {"BOT_TOKEN": token, "API_URL": server.address, "DATABASE": str(folder / f"{name}.db")}
    return Child([str(PEERS), str(ROOT / "bench" / "peers" / f"{name}.py")], folder, where | environment)


def ready(server: Server, token: str, child: Child, within: float = 60) -> float:
    """Wait for the first poll of a child; the seconds since it was started. Raises Ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        at = server.ask("polled", token=token, within=0.5)
        if at is not None:
            return float(at) - child.began_at
        child.alive()
    raise Ended(child.said())
