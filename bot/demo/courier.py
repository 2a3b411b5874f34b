"""Delivery of updates to a webhook, as Telegram does it: oldest first, on a few connections, again until it is taken.

An address that begins with https leads through `proxy`, which plays the web server in front of the bot.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

import aiohttp

if TYPE_CHECKING:
    from bot.demo.telegram import Telegram

MOST: Final = 40
"""Connections, where the bot names no number (core.telegram.org/bots/api#setwebhook)."""
ANSWERS_WITHIN: Final = 60.0
"""Seconds; Telegram publishes no figure, this one is ours."""
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105


class Courier:
    """Brings what waits to the webhook, where one is set. `patience` is how many seconds it waits after a refusal."""

    def __init__(self, telegram: Telegram) -> None:
        self.patience = 0.05
        self.proxy = ""
        """What stands for https://<name> in the address of a webhook: "http://127.0.0.1:8443"."""
        self.answers: list[tuple[int, int]] = []
        """Every delivery that was answered: update id and HTTP status."""
        self.trouble: dict[str, Any] = {}
        """The last error, as getWebhookInfo tells it."""
        self.most_at_once = 0
        self._telegram = telegram
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._event = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Break off what is under way; it stays in the queue."""
        tasks = [task for task in (self._running, *self._under_way.values()) if task is not None]
        self._running = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something arrived, or another address counts."""
        self._event.set()

    async def _run(self) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            while True:
                hook = self._telegram.webhook
                # Those under way are the oldest, give or take one that was refused and waits for its next turn.
                most = min(max(int(hook.get("max_connections") or MOST), 1), 100)
                for update in self._telegram.waiting(most) if hook["url"] else []:
                    if len(self._under_way) < most and update["update_id"] not in self._under_way:
                        bring = asyncio.create_task(self._bring(session, update))
                        self._under_way[update["update_id"]] = bring
                self.most_at_once = max(self.most_at_once, len(self._under_way))
                await self._event.wait()
                self._event.clear()

    async def _bring(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        """Offer one update once; one that was not taken waits a moment before it is offered again."""
        hook = self._telegram.webhook
        address = re.sub(r"^https://[^/]+", self.proxy, hook["url"]) if self.proxy else hook["url"]
        headers = {SECRET_HEADER: hook["secret_token"]} if hook.get("secret_token") else {}
        try:
            refusal = await self._offer(session, address, headers, update)
            if refusal is None:
                self._telegram.delivered(update["update_id"])
            else:
                self.trouble = {"last_error_date": self._telegram.epoch(), "last_error_message": refusal}
                self._telegram.touch()
                await asyncio.sleep(self.patience)
        finally:
            self._under_way.pop(update["update_id"], None)
            self.wake()

    async def _offer(
        self, session: aiohttp.ClientSession, address: str, headers: dict[str, str], update: dict[str, Any]
    ) -> str | None:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN), session.post(address, json=update, headers=headers) as answer:
                with contextlib.suppress(aiohttp.ClientError):
                    await answer.read()
                self.answers.append((update["update_id"], answer.status))
                if answer.ok:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except (aiohttp.ClientError, OSError):
            return "Connection refused"
