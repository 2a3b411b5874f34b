"""From an outbox row to a Bot API call, and from its answer to what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import orjson

from bot.diary.accesses import Seen
from bot.press import Document, Made
from bot.storage.columns import from_json
from bot.storage.outbox import Parcel
from bot.storage.tables import Action, OutboxState


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call; `photo`, a PNG, or `document` goes along."""

    method: str
    params: dict[str, Any]
    photo: bytes | None = None
    document: Document | None = None

    def form(self) -> dict[str, str]:
        """The parameters as a form: texts as they are, everything else as JSON."""
        return {name: value if isinstance(value, str) else _json(value) for name, value in self.params.items()}


def _json(value: Any) -> str:
    return str(value) if type(value) is int else orjson.dumps(value).decode()


def call_of(parcel: Parcel, made: Made, message_id: int | None) -> Call:
    """The call that a row asks for; `made`: the row's own body, or what was made of it; `message_id`: what to edit."""
    body = made.body
    match parcel.action:
        case Action.SEND:
            return _sending(parcel, made)
        case Action.EDIT if parcel.body.get("of_picture"):
            return _new_picture(parcel, made, message_id)
        case Action.EDIT:
            return Call("editMessageText", _text(parcel, body) | {"message_id": message_id} | _keyboard(body))
        case Action.RETIRE:
            return Call("editMessageReplyMarkup", {"chat_id": parcel.chat_id, "message_id": message_id})
        case Action.ANSWER:
            return Call("answerCallbackQuery", body)
        case Action.COMMANDS:
            return Call("setMyCommands", body)
        case Action.LEAVE:
            return Call("leaveChat", {"chat_id": parcel.chat_id})
        case Action.HALT | Action.RECALL | Action.WITHDRAW:
            raise AssertionError("the sender takes these for itself")


def _sending(parcel: Parcel, made: Made) -> Call:
    body = made.body
    silent = body.get("silent") or parcel.body.get("silent")
    rest = _keyboard(body) | ({"disable_notification": True} if silent else {})
    if made.photo is None and made.document is None:
        return Call("sendMessage", _text(parcel, body) | rest)
    method = "sendDocument" if made.photo is None else "sendPhoto"
    return Call(method, {"chat_id": parcel.chat_id} | _caption(body) | rest, made.photo, made.document)


def _new_picture(parcel: Parcel, made: Made, message_id: int | None) -> Call:
    """Another picture in the place of one; where it could not be drawn, at least the words that belong to it."""
    where = {"chat_id": parcel.chat_id, "message_id": message_id}
    if made.photo is None:
        return Call("editMessageCaption", where | _caption(made.body) | _keyboard(made.body))
    media = {"type": "photo", "media": "attach://photo"} | _caption(made.body)
    return Call("editMessageMedia", where | {"media": media} | _keyboard(made.body), made.photo)


def _caption(body: dict[str, Any]) -> dict[str, Any]:
    return {"caption": body["text"], "parse_mode": "HTML"} if body["text"] else {}


def _text(parcel: Parcel, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "chat_id": parcel.chat_id,
        "text": body["text"],
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


def _keyboard(body: dict[str, Any]) -> dict[str, Any]:
    rows = body.get("buttons")
    if not rows:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_button(button) for button in row] for row in rows]}}


def _button(button: dict[str, str]) -> dict[str, Any]:
    if "url" in button:
        return {"text": button["label"], "url": button["url"]}
    if "copy" in button:
        return {"text": button["label"], "copy_text": {"text": button["copy"]}}
    return {"text": button["label"], "callback_data": button["tap"]}


# --- answers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means. `state` WAITING: try again, after `hold` seconds; `unknown`: it may have arrived.

    `resend`: the message to edit is no longer there, so say it anew. `moved_to`: the group has this number from now
    on. `error` names the kind of failure, without anything that a person wrote. `seen`: of what was delivered to a
    therapist, whose diaries it shows.
    """

    state: OutboxState
    message_id: int | None = None
    hold: float | None = None
    unknown: bool = False
    resend: bool = False
    moved_to: int | None = None
    error: str | None = None
    seen: Seen | None = None


REFUSALS = {
    "message is not modified": Verdict(OutboxState.DELIVERED),
    "query is too old": Verdict(OutboxState.DELIVERED, error="tap too old to answer"),
    "message to edit not found": Verdict(OutboxState.WAITING, resend=True),
    "message can't be edited": Verdict(OutboxState.WAITING, resend=True),
    "message_id_invalid": Verdict(OutboxState.WAITING, resend=True),
    "no text in the message to edit": Verdict(OutboxState.WAITING, resend=True),
    "no caption in the message to edit": Verdict(OutboxState.WAITING, resend=True),
    "no media in the message to edit": Verdict(OutboxState.WAITING, resend=True),
    "message_edit_time_expired": Verdict(OutboxState.WAITING, resend=True),
    "message_author_required": Verdict(OutboxState.WAITING, resend=True),
    "chat not found": Verdict(OutboxState.GONE, error="chat not found"),
    "user not found": Verdict(OutboxState.GONE, error="chat not found"),
    "peer_id_invalid": Verdict(OutboxState.GONE, error="chat not found"),
    "user_id_invalid": Verdict(OutboxState.GONE, error="chat not found"),
    "chat_id_invalid": Verdict(OutboxState.GONE, error="chat not found"),
    "user is deactivated": Verdict(OutboxState.GONE, error="account deleted"),
    "user_deactivated": Verdict(OutboxState.GONE, error="account deleted"),
    "group chat was deleted": Verdict(OutboxState.GONE, error="group deleted"),
    "bot was kicked": Verdict(OutboxState.GONE, error="removed from the chat"),
    "bot is not a member": Verdict(OutboxState.GONE, error="not in the chat"),
    "channel_private": Verdict(OutboxState.GONE, error="not in the chat"),
    "no write access": Verdict(OutboxState.GONE, error="may not write there"),
    "chat_write_forbidden": Verdict(OutboxState.GONE, error="may not write there"),
    "no rights to send": Verdict(OutboxState.GONE, error="may not write there"),
    "enough rights to send": Verdict(OutboxState.GONE, error="may not write there"),
    "send messages to bots": Verdict(OutboxState.GONE, error="a bot's chat"),
    "send messages to the bot": Verdict(OutboxState.GONE, error="a bot's chat"),
    "bot was blocked": Verdict(OutboxState.BLOCKED, error="blocked"),
    "user_is_blocked": Verdict(OutboxState.BLOCKED, error="blocked"),
    "can't initiate conversation": Verdict(OutboxState.BLOCKED, error="never started"),
    "logged out": Verdict(OutboxState.WAITING, error="the server logged the bot out"),
    "frozen_method_invalid": Verdict(OutboxState.WAITING, error="Telegram froze the bot"),
}
"""What Telegram's descriptions of a 400 or 403 mean to us. From the source of its Bot API server (which passes some
errors on as bare codes, USER_IS_BLOCKED among them) and from what users of other libraries reported."""
PASSING: Final = (401, 404, 408, 409, 420, 425)
"""Refusals that are not the message's fault: the token, the server, the moment."""


LONGEST_FLOOD: Final = 3600.0
"""The longest wait, in seconds, that we take from a server at one time: it may have meant another unit."""


def is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def error_code(answer: dict[str, Any], status: int) -> int:
    """The code of a refusal: Telegram's own where it is one, else that of HTTP."""
    code = answer.get("error_code")
    return code if is_whole(code) else status


def retry_after(answer: dict[str, Any]) -> float | None:
    """How many seconds a refusal asks us to wait, if it says so in a way that makes sense."""
    given = answer.get("parameters")
    wait = given.get("retry_after") if isinstance(given, dict) else None
    return min(LONGEST_FLOOD, float(wait)) if isinstance(wait, int | float) and wait >= 0 else None


def migrated_to(answer: dict[str, Any]) -> int | None:
    """The chat that a group has become, where a refusal says so."""
    given = answer.get("parameters")
    moved_to = given.get("migrate_to_chat_id") if isinstance(given, dict) else None
    return moved_to if is_whole(moved_to) else None


def verdict_of(status: int, payload: bytes) -> Verdict:
    """What became of a call, from the HTTP status and the body of its answer."""
    try:
        answer = from_json(payload)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        if status == 413:
            # A proxy with a limit of its own: the next try is as large.
            return Verdict(OutboxState.REFUSED, error="too large")
        # A proxy's page or its own JSON, be it a 403: it says nothing of the chat, and Telegram may have acted.
        return Verdict(OutboxState.WAITING, unknown=True, error=f"HTTP {status} without an answer")
    if answer["ok"]:
        result = answer.get("result")
        number = result.get("message_id") if isinstance(result, dict) else None
        return Verdict(OutboxState.DELIVERED, message_id=number if is_whole(number) else None)
    code, wait = error_code(answer, status), retry_after(answer)
    if code == 429 or wait is not None:
        return Verdict(OutboxState.WAITING, hold=wait or 1.0, error="flood control")
    said, moved_to = str(answer.get("description", "")).lower(), migrated_to(answer)
    if moved_to is not None:
        return Verdict(OutboxState.WAITING, moved_to=moved_to, error="the group moved")
    if code in (400, 403):
        for phrase, verdict in REFUSALS.items():
            if phrase in said:
                return verdict
        return Verdict(OutboxState.BLOCKED if code == 403 else OutboxState.REFUSED, error=f"refused with {code}")
    if (400 < code < 500 and code not in PASSING) or "method not found" in said:
        return Verdict(OutboxState.REFUSED, error=f"refused with {code}")
    # 401 and 404: the token was revoked. It is not the message's fault: keep it.
    return Verdict(OutboxState.WAITING, unknown=code >= 500, error=f"HTTP {code}")
