"""What people do in Telegram: write, tap, block. Each act becomes the official update at once.

The methods are plain, not async: the update is queued when they return, and `Telegram.until` waits for what
the bot makes of it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from bot.demo.chats import Chat, Message, Standing, Toast
from bot.demo.limits import check_photo
from bot.demo.markup import found

if TYPE_CHECKING:
    from bot.demo.telegram import Telegram

SMALL_PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


class NotThere(LookupError):
    """A person looked for something on screen that is not there; the message names what is."""


class Person:
    """One person with Telegram on a telephone, in a private chat with the bot. Made by `Telegram.person`."""

    def __init__(self, telegram: Telegram, chat: Chat, first_name: str, language_code: str | None) -> None:
        self._telegram = telegram
        self.chat = chat
        self.id = chat.id
        self.first_name = first_name
        self.language_code = language_code
        self.toasts: list[Toast] = []
        self.clipboard: str | None = None
        """What a copy button put there last."""

    @property
    def user(self) -> dict[str, Any]:
        """The person as a User object."""
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return user if self.language_code is None else {**user, "language_code": self.language_code}

    @property
    def messages(self) -> list[Message]:
        """The whole private chat, oldest first."""
        return list(self.chat.messages.values())

    @property
    def heard(self) -> list[Message]:
        """What the bot wrote, oldest first."""
        return [message for message in self.chat.messages.values() if message["from"]["is_bot"]]

    @property
    def last(self) -> Message:
        """The bot's newest message. Raises NotThere where it has not written yet."""
        for message in reversed(self.chat.messages.values()):
            if message["from"]["is_bot"]:
                return message
        raise NotThere(f"the bot has not written to {self.first_name} yet")

    @property
    def commands(self) -> list[dict[str, str]]:
        """The command menu as this telephone shows it."""
        return self._telegram.menu(self.id, self.language_code)

    @property
    def blocked(self) -> bool:
        return self.chat.standing is Standing.BLOCKED

    def send(self, text: str, reply_to: int | None = None) -> Message:
        """Write `text`, perhaps as a reply to a message of the chat."""
        body: dict[str, Any] = {"text": text}
        entities = found(text)
        return self._write({**body, "entities": entities} if entities else body, reply_to)

    def send_location(self, latitude: float, longitude: float) -> Message:
        return self._write({"location": {"latitude": latitude, "longitude": longitude}})

    def send_photo(self, content: bytes = SMALL_PICTURE, caption: str | None = None) -> Message:
        file = self._telegram.keep("photo.png", "image/png", content, "photos")
        width, height = check_photo(content)
        body: dict[str, Any] = {"photo": [self._telegram.photo_size(file, width, height)]}
        return self._write(body if caption is None else {**body, "caption": caption})

    def send_other(self, body: dict[str, Any]) -> Message:
        """Send anything else, as the Bot API describes it: a voice message, a sticker, a poll, what was forwarded."""
        return self._write(dict(body))

    def edit(self, message_id: int, text: str) -> Message:
        """Change an earlier text of one's own."""
        message = self._mine(message_id)
        entities = found(text)
        edited = {k: v for k, v in message.items() if k != "entities"} | {"text": text}
        edited |= {"edit_date": self._telegram.epoch()} | ({"entities": entities} if entities else {})
        self._telegram.put(self.chat, edited)
        self._telegram.receive("edited_message", edited)
        return edited

    def tap(self, message_id: int, callback_data: str, chat_id: int | None = None) -> str:
        """Tap a button by its data, even one that an edit took away: screens lag. Gives the query's id."""
        self._check_open()
        chat = self.chat if chat_id is None else self._telegram.chats[chat_id]
        if message_id not in chat.messages:
            raise NotThere(f"no message {message_id} in the chat of {self.first_name}")
        query_id = self._telegram.new_query(self)
        query = {
            "id": query_id,
            "from": self.user,
            "message": chat.messages[message_id],
            "chat_instance": self._telegram.chat_instance(chat.id),
            "data": callback_data,
        }
        self._telegram.receive("callback_query", query)
        return query_id

    def tap_label(self, label: str, message_id: int | None = None) -> str | None:
        """Tap the button labelled `label` in the newest message that has one (or in `message_id`).

        A button that sends gives its query's id; a deep link is opened, a copy button fills the clipboard.
        Where no label is exactly so, one that contains it counts if it is the only one of its message. Raises
        NotThere with the labels that are available.
        """
        message, button = self._find(label, message_id)
        if "callback_data" in button:
            return self.tap(message["message_id"], button["callback_data"])
        if "copy_text" in button:
            self.clipboard = button["copy_text"]["text"]
        elif "url" in button and self._telegram.payload_of(button["url"]) is not None:
            self.open_link(button["url"])
        else:
            raise NotThere(f"the button {label!r} leads out of Telegram: {button.get('url') or button}")
        return None

    def press(self, label: str, place: tuple[float, float] | None = None) -> Message:
        """Press a key of the reply keyboard; one that asks for a location sends `place` (lat, lon)."""
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        keys = [key if isinstance(key, dict) else {"text": key} for row in rows for key in row]
        key = next((key for key in keys if key["text"] == label), None)
        if key is None:
            raise NotThere(f"no key {label!r}; there are {[key['text'] for key in keys]}")
        once = (self.chat.keyboard or {}).get("one_time_keyboard", False)
        if key.get("request_location"):
            if place is None:
                raise NotThere(f"the key {label!r} asks for a location: give a place")
            message = self.send_location(*place)
        else:
            message = self.send(label)
        if once:
            self.chat.keyboard = None
        return message

    def open_link(self, url: str) -> Message:
        """Open t.me/<bot>?start=<payload>: sends "/start <payload>", after unblocking where needed."""
        payload = self._telegram.payload_of(url)
        if payload is None:
            raise NotThere(f"{url} is no link into a chat with @{self._telegram.username}")
        if self.blocked:
            self.unblock()
        return self.send(f"/start {payload}".strip())

    def block(self) -> None:
        """Block the bot: from now on its messages to this chat are refused."""
        if not self.blocked:
            self.chat.standing = Standing.BLOCKED
            self._membership("member", "kicked")

    def unblock(self) -> None:
        if self.blocked:
            self.chat.standing = Standing.OPEN
            self._membership("kicked", "member")

    def delete_account(self) -> None:
        """Leave Telegram for good: the bot is told only when it writes next."""
        self.chat.standing = Standing.DEACTIVATED

    def labels(self, message_id: int | None = None) -> list[str]:
        """The labels of every button on screen, newest message first."""
        return [button["text"] for _, button in self._buttons(message_id)]

    def _write(self, body: dict[str, Any], reply_to: int | None = None) -> Message:
        self._check_open()
        if reply_to is not None:
            if reply_to not in self.chat.messages:
                raise NotThere(f"no message {reply_to} in the chat of {self.first_name}")
            answered = self.chat.messages[reply_to]
            body["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
        if self.chat.standing is Standing.NOT_MET:
            self.chat.standing = Standing.OPEN
        message = self._telegram.add(self.chat, self.user, body)
        self._telegram.receive("message", message)
        return message

    def _check_open(self) -> None:
        if self.chat.standing in {Standing.BLOCKED, Standing.DEACTIVATED}:
            raise NotThere(f"{self.first_name} cannot write: the chat is {self.chat.standing}")

    def _mine(self, message_id: int) -> Message:
        message = self.chat.messages.get(message_id)
        if message is None or message["from"]["id"] != self.id or "text" not in message:
            raise NotThere(f"message {message_id} is no text of {self.first_name}")
        return message

    def _membership(self, old: str, new: str) -> None:
        self._telegram.touch()
        self._telegram.receive("my_chat_member", self._telegram.membership(self.chat, self.user, old, new))

    def _buttons(self, message_id: int | None) -> Iterator[tuple[Message, dict[str, Any]]]:
        for message in reversed(self.chat.messages.values()):
            if message_id is None or message["message_id"] == message_id:
                for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                    yield from ((message, button) for button in row)

    def _find(self, label: str, message_id: int | None) -> tuple[Message, dict[str, Any]]:
        exact = next(((m, b) for m, b in self._buttons(message_id) if b["text"] == label), None)
        if exact is not None:
            return exact
        pattern = re.compile(re.escape(label), re.IGNORECASE)
        for one in [message_id] if message_id is not None else reversed(list(self.chat.messages)):
            own = self._buttons(one)
            close = [(m, b) for m, b in own if pattern.search(b["text"])]
            if len(close) == 1:
                return close[0]
        available = list(dict.fromkeys(self.labels(message_id)))
        raise NotThere(f"{self.first_name} sees no button {label!r}; there are {available}")


def start_payload(url: str, username: str) -> str | None:
    """The payload of a deep link to `username` ("" where it has none); None for any other address."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    query = parse_qs(parts.query)
    if parts.scheme == "tg" and parts.netloc == "resolve":
        named = query.get("domain", [""])[0]
    elif parts.hostname in {"t.me", "telegram.me"}:
        named = parts.path.strip("/")
    else:
        return None
    return query.get("start", [""])[0] if named.lower() == username.lower() else None
