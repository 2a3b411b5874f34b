"""What a supervisor is told while we run: systemd's notification protocol, a datagram for each word.

Nobody listening is no trouble: then nothing is said. The protocol is described in sd_notify(3).
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The one who started us. `watchdog_for`: seconds of silence after which it ends us; None: it waits for ever."""

    address: str | None = None
    watchdog_for: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Supervisor:
        """Who the environment names: nobody, outside of systemd."""
        address = environment.get("NOTIFY_SOCKET") or None
        if address is None or address[0] not in "/@":
            return cls()
        given, meant = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        ours = meant in ("", str(os.getpid()))
        return cls(address, int(given) / 1_000_000 if given.isdecimal() and int(given) and ours else None)

    def tell(self, **words: str | int) -> None:
        """Say words such as READY=1 or STATUS=…; never waits and never fails."""
        if self.address is None:
            return
        # An address with @ is one of the abstract namespace, which begins with a zero byte.
        address = "\0" + self.address[1:] if self.address[0] == "@" else self.address
        said = "\n".join(f"{name}={str(word).partition(chr(10))[0]}" for name, word in words.items())
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(said.encode(), address)
