"""What one chat holds: its messages in the Bot API's own shape, and how the bot stands there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Message = dict[str, Any]
"""A Message object of the Bot API as JSON. Never changed in place: an edit stores a new one."""


class Standing(StrEnum):
    """Whether the bot may write to a chat."""

    OPEN = "open"
    NOT_MET = "not_met"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    NOT_MEMBER = "not_member"


@dataclass(slots=True)
class Chat:
    """One chat as Telegram's server keeps it.

    `revised` and `gone` map message ids to the revision of the last change and of the deletion, so that a
    reader who knows a revision can ask for what came later. `keyboard` is the reply keyboard under the typing
    field.
    """

    id: int
    info: dict[str, Any]
    standing: Standing = Standing.OPEN
    messages: dict[int, Message] = field(default_factory=dict)
    revised: dict[int, int] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    typing_at: datetime | None = None
    moved_to: int | None = None
    """The id of the supergroup that this group has become."""

    @property
    def private(self) -> bool:
        return bool(self.info["type"] == "private")

    def since(self, revision: int) -> list[Message]:
        """Messages that came or changed after `revision`, oldest first."""
        changed = [message_id for message_id, at in self.revised.items() if at > revision]
        return [self.messages[message_id] for message_id in sorted(changed) if message_id in self.messages]

    def gone_since(self, revision: int) -> list[int]:
        return [message_id for message_id, at in self.gone.items() if at > revision]


@dataclass(frozen=True, slots=True)
class File:
    """A file kept by Telegram."""

    id: str
    unique_id: str
    path: str
    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Toast:
    """The bot's answer to a tap, as the person sees it: a passing line, or with `alert` a dialog."""

    query_id: str
    text: str
    alert: bool
    at: datetime
    revision: int


@dataclass(slots=True)
class Query:
    """A tap that waits for its answer."""

    id: str
    person_id: int
    at: datetime
