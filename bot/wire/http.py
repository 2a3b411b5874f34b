"""HTTP to a Bot API server, on aiohttp: one request class for PTB and for the sender.

PTB's own httpx request costs three to seven times the CPU, and its logger writes the address, which holds the token.
A failure tells whether the server can have acted: `NotSent` surely not, `Unanswered` perhaps.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_plus

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_FOR: Final = 30.0
"""Seconds to wait for a connection; nothing was sent before it stands, so trying again is free."""
ANSWER_FOR: Final = 120.0
"""Seconds to wait for an answer. Long, because giving up leaves it open whether a message arrived."""


FORM: Final = "application/x-www-form-urlencoded"


_QUOTED: Final = [quote_plus(bytes([byte])) for byte in range(256)]


class NotSent(NetworkError):
    """The request surely did not reach the server."""


class Unanswered(TimedOut):
    """The request may have reached the server; nobody can know."""


class Request(BaseRequest):
    """PTB's door to the network. `connections` is how many calls may be under way at once."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return ANSWER_FOR

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_FOR, sock_read=ANSWER_FOR),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Without this the name and version of the library go along.
                headers={"User-Agent": "symptom-diary"},
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """One call. Returns the HTTP status and the body. Raises NotSent or Unanswered.

        PTB takes any 401 or 404 for Telegram's word about the token; a proxy's page or JSON of its own is not.
        """
        data: aiohttp.FormData | dict[str, str] | None = None
        if request_data is not None:
            if request_data.contains_files:
                data = aiohttp.FormData()
                for name, value in request_data.json_parameters.items():
                    data.add_field(name, value)
                for name, (filename, content, kind) in request_data.multipart_data.items():
                    data.add_field(name, content, filename=filename, content_type=kind)
            else:
                data = request_data.json_parameters
        # PTB marks "not given" with an object of its own.
        wait = float(read_timeout) if isinstance(read_timeout, int | float) else ANSWER_FOR
        status, payload = await self.post_form(url, data, wait, method)
        if not _is_telegrams(payload):
            raise Unanswered(f"HTTP {status} without an answer")
        return status, payload

    async def post_form(
        self, url: str, data: Any, answer_for: float | None = ANSWER_FOR, method: str = "POST"
    ) -> tuple[int, bytes]:
        """Send a form and wait `answer_for` seconds for the answer. Raises NotSent or Unanswered."""
        assert self._session is not None, "initialize the request first"
        if isinstance(data, dict):
            # aiohttp takes any form apart as if it could hold files, at twice the price of the whole call.
            data = aiohttp.BytesPayload(_form(data), content_type=FORM)
        try:
            response = await self._session.request(method, url, data=data, timeout=_waits(answer_for))
            # What is read to its end, or is cancelled meanwhile, lets go of its connection by itself.
            return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # `from None`: the cause's text holds the address, and the address holds the token.
            raise NotSent(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Parse an answer. PTB's own logs the whole of one that is no JSON; that may be health data."""
        try:
            return json.loads(payload)
        except ValueError:
            raise TelegramError("the server's answer is not JSON") from None


def _is_telegrams(payload: bytes) -> bool:
    """Whether this has the form of a Bot API server's answer."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and "ok" in answer


@lru_cache(maxsize=8)
def _waits(answer_for: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_FOR, sock_read=answer_for)


def _form(fields: dict[str, str]) -> bytes:
    """Fields as an URL-encoded form. The library's way takes twice as long, twice for each reply."""
    return "&".join(
        [f"{name}={''.join([_QUOTED[byte] for byte in value.encode()])}" for name, value in fields.items()]
    ).encode()
