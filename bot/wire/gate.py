"""The gate: lets only so many connections through to a server at once; further ones wait outside, unread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, cast

HELD: Final = 100
"""Connections that may wait; one more is closed at once, so that nobody can use up our files."""


class CannotListen(Exception):
    """An address of ours can't be listened on; the text says which setting to change."""


class Gate:
    """Call it as a protocol factory. `server` makes the protocol of a connection that is let in.

    `count` is told how many are in whenever that changes.
    """

    def __init__(self, server: Callable[[], asyncio.Protocol], most: int, count: Callable[[int], None]) -> None:
        self._server = server
        self._most = most
        self._count = count
        self._inside: set[_Visitor] = set()
        self._outside: OrderedDict[_Visitor, None] = OrderedDict()

    def __call__(self) -> asyncio.Protocol:
        return _Visitor(self)

    @property
    def crowded(self) -> bool:
        """Whether somebody waits: then who was served should go, and not keep the connection."""
        return bool(self._outside)

    @property
    def inside(self) -> int:
        """How many connections are let in."""
        return len(self._inside)

    def close(self) -> None:
        """Send away who waits."""
        outside, self._outside = self._outside, OrderedDict()
        for visitor in outside:
            visitor.leave()

    def came(self, visitor: _Visitor) -> None:
        if len(self._inside) < self._most:
            self._let_in(visitor)
        elif len(self._outside) < HELD:
            self._outside[visitor] = None
            visitor.wait()
        else:
            visitor.leave()

    def left(self, visitor: _Visitor) -> None:
        self._outside.pop(visitor, None)
        self._inside.discard(visitor)
        while self._outside and len(self._inside) < self._most:
            next_one, _ = self._outside.popitem(last=False)
            if not next_one.gone:
                self._let_in(next_one)
        self._count(len(self._inside))

    def _let_in(self, visitor: _Visitor) -> None:
        self._inside.add(visitor)
        self._count(len(self._inside))
        visitor.enter(self._server())


class _Visitor(asyncio.Protocol):
    """One connection: passes everything on to the server's protocol, once it is let in."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._transport: asyncio.Transport | None = None
        self._inner: asyncio.Protocol | None = None
        self._paused = False

    @property
    def gone(self) -> bool:
        """Whether the connection is closed, or about to be."""
        return self._transport is None or self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._gate.came(self)

    def wait(self) -> None:
        # Not at once: Python up to 3.11.3 begins to read after `connection_made`, whatever that said.
        asyncio.get_running_loop().call_soon(self._pause)

    def _pause(self) -> None:
        if self._inner is None and not self.gone:
            assert self._transport is not None
            self._paused = True
            self._transport.pause_reading()

    def leave(self) -> None:
        assert self._transport is not None
        self._transport.abort()

    def enter(self, inner: asyncio.Protocol) -> None:
        assert self._transport is not None
        self._inner = inner
        inner.connection_made(self._transport)
        if self._paused:
            self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._inner is None else self._inner.eof_received()

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        if self._inner is not None:
            self._inner.connection_lost(error)
        self._gate.left(self)
