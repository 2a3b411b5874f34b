"""Runs the server to measure against: `python -m bench.server` prints its port and ends with its standard input."""

from __future__ import annotations

import asyncio
import sys

from bench.people import Control
from bench.telegram import Bot, Connection


async def serve() -> None:
    bots: dict[str, Bot] = {}
    control = Control(bots)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(bots, control.asked), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    over = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), over.set)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
