"""What Telegram refuses: keyboards, commands and pictures out of bounds.

The limits follow the Bot API's documentation. The wordings are from memory and were not compared with the
live server: a bot should act on the status, and on no wording that it has not seen there. Where Telegram is
lenient (a button with two actions, more than eight in a row), this is strict: a bot that depends on the
leniency should fail here first.
"""

from __future__ import annotations

import re
import struct
from typing import Any, Final
from urllib.parse import urlsplit

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
MAX_TOAST: Final = 200
MAX_BUTTONS: Final = 100
MAX_IN_ROW: Final = 8
MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024
MAX_DOCUMENT_BYTES: Final = 50 * 1024 * 1024
MAX_COMMANDS: Final = 100

_ACTIONS: Final = (
    "url", "callback_data", "copy_text", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game", "pay",
)  # fmt: skip


class Refused(Exception):
    """A Bot API error: its status, Telegram's description, where given the seconds to wait or a group's new id."""

    def __init__(
        self, status: int, description: str, retry_after: int | None = None, migrate_to_chat_id: int | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id


def bad(description: str) -> Refused:
    """A 400 with Telegram's prefix."""
    return Refused(400, f"Bad Request: {description}")


def check_inline_keyboard(markup: dict[str, Any]) -> dict[str, Any]:
    """The keyboard as Telegram stores it. Raises Refused for a button that it would not take."""
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("object expected as reply markup")
    kept = [[_checked(button) for button in row] for row in rows if row]
    if sum(map(len, kept)) > MAX_BUTTONS or any(len(row) > MAX_IN_ROW for row in kept):
        raise bad("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": kept}


def _checked(button: Any) -> dict[str, Any]:
    where = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(f"{where}InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad(f'{where}Can\'t find field "text"')
    if not text.strip():
        raise bad(f'{where}Field "text" must be non-empty')
    actions = [name for name in _ACTIONS if button.get(name) is not None]
    if not actions:
        raise bad(f"{where}Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(f"{where}exactly one action is allowed, found {' and '.join(actions)}")
    if actions[0] in _CHECKS:
        _CHECKS[actions[0]](button[actions[0]])
    return {name: value for name, value in button.items() if value is not None}


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")


def _check_url(url: Any) -> None:
    if isinstance(url, str) and re.match(r"(tg|mailto|tel):", url):
        return
    problem = _problem(url)
    if problem:
        raise bad(f"inline keyboard button URL '{url}' is invalid: {problem}")


def _check_web_app(app: Any) -> None:
    url = app.get("url") if isinstance(app, dict) else None
    problem = _problem(url) or (None if str(url).startswith("https://") else "Only HTTPS links are allowed")
    if problem:
        raise bad(f"inline keyboard button Web App URL '{url}' is invalid: {problem}")


def _problem(url: Any) -> str | None:
    """Why Telegram would not open `url`; it takes no bare host names such as localhost."""
    if not isinstance(url, str) or not url:
        return "URL host is empty"
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in {"http", "https", "ton"}:
        return "Unsupported URL protocol"
    if not parts.hostname:
        return "URL host is empty"
    return None if "." in parts.hostname or ":" in parts.hostname else "Wrong HTTP URL"


def _check_copy(copy: Any) -> None:
    text = copy.get("text") if isinstance(copy, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")


_CHECKS: Final = {
    "callback_data": _check_data,
    "url": _check_url,
    "copy_text": _check_copy,
    "web_app": _check_web_app,
}


def check_commands(commands: Any) -> list[dict[str, Any]]:
    """The command list as stored. Raises Refused for a name or description that Telegram would not show."""
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object")
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict):
            raise bad("can't parse commands: BotCommand must be an Object")
        name = str(command.get("command", "")).removeprefix("/")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return [{**command, "command": str(command["command"]).removeprefix("/")} for command in commands]


def check_photo(content: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises Refused for what Telegram would not show as a photo."""
    if not content:
        raise bad("file must be non-empty")
    if len(content) > MAX_PHOTO_BYTES:
        raise bad(f"too big for a photo of {MAX_PHOTO_BYTES} bytes")
    size = picture_size(content)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = size
    if min(size) == 0 or width + height > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG, read from its header; None for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:4] == b"GIF8" and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content[:2] != b"\xff\xd8":
        return None
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        # The frame headers SOF0 to SOF15 carry the size; C4, C8 and CC are other segments in that range.
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
    return None
