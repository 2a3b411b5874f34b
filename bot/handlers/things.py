"""What kind of message someone sent: words of their own, words of someone else, or a thing that can't be read."""

from __future__ import annotations

from typing import Any, Final

from telegram import Message, MessageOriginUser

from bot.diary.moments import Thing

_KINDS: Final = {
    "photo": Thing.PICTURE,
    "live_photo": Thing.PICTURE,
    "video": Thing.VIDEO,
    "animation": Thing.VIDEO,
    "video_note": Thing.VIDEO,
    "voice": Thing.VOICE,
    "audio": Thing.VOICE,
    "sticker": Thing.STICKER,
    "contact": Thing.CONTACT,
    "poll": Thing.POLL,
    "dice": Thing.DICE,
    "game": Thing.GAME,
    "document": Thing.FILE,
    "story": Thing.OTHER,
    "checklist": Thing.OTHER,
    "paid_media": Thing.OTHER,
    "invoice": Thing.OTHER,
    "giveaway": Thing.OTHER,
}
"""By the name of the field that a message has. An animation is sent as a document too, so files come late."""


def kind_of(update: dict[str, Any]) -> Thing:
    """What the message of an update is, where it has no text; from the raw JSON."""
    message = update.get("message")
    if not isinstance(message, dict):
        return Thing.OTHER
    return next((kind for name, kind in _KINDS.items() if name in message), Thing.OTHER)


def without_things(update: dict[str, Any]) -> dict[str, Any]:
    """An update without what we do not look into anyway, so that no new or unusual form of it can trip the parser."""
    return {
        name: {field: value for field, value in inner.items() if field not in _KINDS}
        if name in ("message", "edited_message") and isinstance(inner, dict)
        else inner
        for name, inner in update.items()
    }


def someone_elses(message: Message) -> Thing | None:
    """Why the words of a message are not those of who sent it; None: they are. One's own, passed on, are one's own."""
    origin = message.forward_origin
    if message.via_bot is not None:
        return Thing.VIA_BOT
    if origin is None or (isinstance(origin, MessageOriginUser) and origin.sender_user == message.from_user):
        return None
    return Thing.FORWARDED


def command_in(text: str) -> str:
    """The name of the command that a text begins with, in small letters: "/Week@Bot now" is "week"."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return first.removeprefix("/").partition("@")[0].lower()
