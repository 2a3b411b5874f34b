"""What the bot asked of Telegram: recorded calls, the files that came along, and faults to put in the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiohttp import BodyPartReader, web

Params = dict[str, Any]

_JSON_FIELDS: Final = {
    "reply_markup", "entities", "caption_entities", "media", "commands", "scope", "allowed_updates",
    "link_preview_options", "reply_parameters", "menu_button", "message_ids",
}  # fmt: skip
_WHOLE: Final = {
    "chat_id", "message_id", "offset", "limit", "timeout", "cache_time", "message_thread_id",
    "reply_to_message_id", "max_connections", "user_id", "from_chat_id",
}  # fmt: skip
_FRACTIONS: Final = {"latitude", "longitude"}
_NUMBER: Final = re.compile(r"-?\d{1,18}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that arrived inside a request."""

    name: str
    content: bytes = field(repr=False)
    kind: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot, in the order of arrival.

    `params` has its JSON decoded and its files as Upload. `ok` tells whether the call took effect, even where
    a fault kept the answer from the bot. `response` is the result, or the error as Telegram words it.
    """

    method: str
    params: Params
    chat_id: int | None
    at: datetime
    ok: bool
    response: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call. With `after`, the call takes effect first and only its answer is lost.

    At most one of: `status` with its `description` (JSON, as Telegram answers), `drop` (the connection
    breaks), `gateway` (a 502 page of HTML from a proxy), `body` (this text with HTTP 200, whatever it is),
    `stall` (the connection stays open, and no answer comes), `trickle` (a byte now and then, without end).
    `cut` breaks the connection in the middle of the real answer, so it takes effect. `changed` makes another
    result of the one that the call has. With none of them only `delay_for` seconds pass.
    """

    status: int | None = None
    description: str = "Internal Server Error"
    retry_after: int | None = None
    drop: bool = False
    gateway: bool = False
    body: str | None = None
    stall: bool = False
    trickle: bool = False
    cut: bool = False
    changed: Callable[[Any], Any] | None = None
    after: bool = False
    delay_for: float = 0.0

    @property
    def answers(self) -> bool:
        """Whether the fault stands in for the answer of the call."""
        return self.status is not None or self.body is not None or self.drop or self.gateway or self.hangs

    @property
    def hangs(self) -> bool:
        """Whether the end of the answer never comes."""
        return self.stall or self.trickle

    @classmethod
    def flood(cls, seconds: int) -> Fault:
        """429: wait `seconds`."""
        return cls(status=429, description=f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    @classmethod
    def lost_before(cls) -> Fault:
        """The connection breaks before anything happened."""
        return cls(drop=True)

    @classmethod
    def lost_after(cls) -> Fault:
        """The call takes effect, then the connection breaks."""
        return cls(drop=True, after=True)

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """The call takes effect after `seconds` of the machine's own time."""
        return cls(delay_for=seconds)

    @classmethod
    def garbled(cls, body: str = '{"ok":tr', *, after: bool = True) -> Fault:
        """The answer is `body`, which is no answer of Telegram."""
        return cls(body=body, after=after)


FaultHook = Callable[[str, Params], Fault | None]


async def read_params(request: web.Request) -> Params:
    """The parameters of a request, from its query and its body in any of Telegram's encodings, decoded."""
    params: Params = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json() if request.can_read_body else {}
        params.update(body if isinstance(body, dict) else {})
    elif request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name:
                content = bytes(await part.read(decode=True))
                if part.filename is None:
                    params[part.name] = content.decode()
                else:
                    kind = part.headers.get("Content-Type", "application/octet-stream")
                    params[part.name] = Upload(part.filename, content, kind)
    elif request.can_read_body:
        form = await request.post()
        params.update({name: value for name, value in form.items() if isinstance(value, str)})
    return {name: _decoded(name, value) for name, value in params.items()}


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in _JSON_FIELDS:
        try:
            return json.loads(value)
        except ValueError:
            return value
    if name in _WHOLE and _NUMBER.fullmatch(value):
        return int(value)
    if name in _FRACTIONS:
        return float(value)
    if value.lower() in {"true", "false"} and name not in {"text", "caption"}:
        return value.lower() == "true"
    return value
