"""From an outbox row to a Bot API call, and from its answer to what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from bot.storage.outbox import Parcel
from bot.storage.tables import Action, OutboxState


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call; `photo` is a PNG that goes along."""

    method: str
    params: dict[str, Any]
    photo: bytes | None = None

    def form(self) -> dict[str, str]:
        """The parameters as a form: texts as they are, everything else as JSON."""
        return {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in self.params.items()
        }


def call_of(parcel: Parcel, message_id: int | None, photo: bytes | None) -> Call:
    """The call that a row asks for; `message_id` is the message to edit."""
    body = parcel.body
    match parcel.action:
        case Action.SEND:
            return _sending(parcel, body, photo)
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
        case Action.HALT:
            raise AssertionError("the sender takes a halt for itself")


def _sending(parcel: Parcel, body: dict[str, Any], photo: bytes | None) -> Call:
    silent = {"disable_notification": True} if body.get("silent") else {}
    if photo is None:
        return Call("sendMessage", _text(parcel, body) | _keyboard(body) | silent)
    caption = {"caption": body["text"], "parse_mode": "HTML"} if body["text"] else {}
    return Call("sendPhoto", {"chat_id": parcel.chat_id} | caption | _keyboard(body) | silent, photo)


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
    on. `error` names the kind of failure, without anything that a person wrote.
    """

    state: OutboxState
    message_id: int | None = None
    hold: float | None = None
    unknown: bool = False
    resend: bool = False
    moved_to: int | None = None
    error: str | None = None


REFUSALS = {
    "message is not modified": Verdict(OutboxState.DELIVERED),
    "query is too old": Verdict(OutboxState.DELIVERED, error="tap too old to answer"),
    "message to edit not found": Verdict(OutboxState.WAITING, resend=True),
    "message can't be edited": Verdict(OutboxState.WAITING, resend=True),
    "message_id_invalid": Verdict(OutboxState.WAITING, resend=True),
    "no text in the message to edit": Verdict(OutboxState.WAITING, resend=True),
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


def verdict_of(status: int, payload: bytes) -> Verdict:
    """What became of a call, from the HTTP status and the body of its answer."""
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        if status == 413:
            # A proxy with a limit of its own: the next try is as large.
            return Verdict(OutboxState.REFUSED, error="too large")
        return Verdict(OutboxState.WAITING, unknown=True, error=f"HTTP {status} without an answer")
    if answer.get("ok"):
        result = answer.get("result")
        number = result.get("message_id") if isinstance(result, dict) else None
        return Verdict(OutboxState.DELIVERED, message_id=number)
    code, more = answer.get("error_code"), answer.get("parameters")
    code = code if isinstance(code, int) else status
    more = more if isinstance(more, dict) else {}
    wait, moved_to = more.get("retry_after"), more.get("migrate_to_chat_id")
    if code == 429 or isinstance(wait, int | float):
        return Verdict(
            OutboxState.WAITING, hold=float(wait) if isinstance(wait, int | float) else 1.0, error="flood control"
        )
    said = str(answer.get("description", "")).lower()
    if isinstance(moved_to, int):
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
