"""The Bot API methods that the stand-in knows: each takes the server and the decoded parameters.

A method gives its result or raises Refused with Telegram's wording; it never waits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.demo import markup
from bot.demo.calls import Params, Upload
from bot.demo.chats import Chat, File, Message, Standing
from bot.demo.limits import (
    MAX_CAPTION,
    MAX_DOCUMENT_BYTES,
    MAX_TEXT,
    MAX_TOAST,
    Refused,
    bad,
    check_commands,
    check_inline_keyboard,
    check_photo,
    picture_size,
)

if TYPE_CHECKING:
    from bot.demo.telegram import Telegram

Body = dict[str, Any]
"""What a method puts into a message, beside who wrote it where and when."""

DELETABLE_FOR: Final = timedelta(hours=48)
"""How long a bot may delete a message in a private chat (core.telegram.org/bots/api#deletemessage)."""
_NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_CONTENT: Final = (
    "text", "entities", "caption", "caption_entities", "photo", "document", "link_preview_options",
    "show_caption_above_media",
)  # fmt: skip
_LIMITS: Final = {"name": 64, "description": 512, "short_description": 120}
_FORBIDDEN: Final = {
    Standing.BLOCKED: "bot was blocked by the user",
    Standing.DEACTIVATED: "user is deactivated",
    Standing.NOT_MET: "bot can't initiate conversation with a user",
    Standing.NOT_MEMBER: "bot is not a member of the group chat",
}


def _get_me(telegram: Telegram, params: Params) -> Any:
    abilities = {
        "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
        "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip
    return {**telegram.me, **abilities}


def _set_webhook(telegram: Telegram, params: Params) -> Any:
    url = params.get("url", "")
    if url and not str(url).startswith("https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    telegram.set_webhook({**params, "url": url})
    return _dropped(telegram, params)


def _delete_webhook(telegram: Telegram, params: Params) -> Any:
    telegram.set_webhook({"url": ""})
    return _dropped(telegram, params)


def _dropped(telegram: Telegram, params: Params) -> bool:
    if params.get("drop_pending_updates"):
        telegram.forget_pending()
    return True


def _get_webhook_info(telegram: Telegram, params: Params) -> Any:
    url = telegram.webhook["url"]
    info = {"url": url, "has_custom_certificate": False, "pending_update_count": telegram.pending}
    return {**info, **telegram.courier.trouble}


def _send_message(telegram: Telegram, params: Params) -> Any:
    chat = _writable(telegram, params)
    body = _worded(params, "text")
    if isinstance(params.get("link_preview_options"), dict):
        body["link_preview_options"] = params["link_preview_options"]
    return _sent(telegram, chat, params, body)


def _send_photo(telegram: Telegram, params: Params) -> Any:
    chat = _writable(telegram, params)
    body = {"photo": _photo(telegram, params.get("photo")), **_worded(params, "caption")}
    return _sent(telegram, chat, params, body)


def _send_document(telegram: Telegram, params: Params) -> Any:
    chat = _writable(telegram, params)
    body = {"document": _document(telegram, params.get("document")), **_worded(params, "caption")}
    return _sent(telegram, chat, params, body)


def _send_media_group(telegram: Telegram, params: Params) -> Any:
    chat = _writable(telegram, params)
    media = params.get("media")
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad("wrong number of messages in the album specified")
    bodies = [_medium(telegram, params, one) for one in media]
    group = {"media_group_id": str(telegram.revision + 10**15)}
    return [_sent(telegram, chat, params, {**body, **group}) for body in bodies]


def _send_location(telegram: Telegram, params: Params) -> Any:
    chat = _writable(telegram, params)
    place = {"latitude": params.get("latitude"), "longitude": params.get("longitude")}
    if not all(isinstance(value, int | float) for value in place.values()):
        raise bad("latitude is empty")
    return _sent(telegram, chat, params, {"location": place})


def _edit_text(telegram: Telegram, params: Params) -> Any:
    chat, message = _editable(telegram, params)
    body = _worded(params, "text", too_long="MESSAGE_TOO_LONG")
    if isinstance(params.get("link_preview_options"), dict):
        body["link_preview_options"] = params["link_preview_options"]
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edited(telegram, chat, message, body, params)


def _edit_caption(telegram: Telegram, params: Params) -> Any:
    chat, message = _editable(telegram, params)
    medium: Body = {name: message[name] for name in ("photo", "document") if name in message}
    if not medium:
        raise bad("there is no caption in the message to edit")
    return _edited(telegram, chat, message, {**medium, **_worded(params, "caption")}, params)


def _edit_media(telegram: Telegram, params: Params) -> Any:
    chat, message = _editable(telegram, params)
    return _edited(telegram, chat, message, _medium(telegram, params, params.get("media")), params)


def _edit_markup(telegram: Telegram, params: Params) -> Any:
    chat, message = _editable(telegram, params)
    body: Body = {name: message[name] for name in _CONTENT if name in message}
    return _edited(telegram, chat, message, body, params)


def _delete_message(telegram: Telegram, params: Params) -> Any:
    chat = _found(telegram, params)
    message = chat.messages.get(params.get("message_id") or 0)
    if message is None:
        raise bad("message to delete not found")
    if telegram.epoch() - message["date"] > DELETABLE_FOR.total_seconds():
        raise bad("message can't be deleted for everyone")
    telegram.remove(chat, message["message_id"])
    return True


def _delete_messages(telegram: Telegram, params: Params) -> Any:
    chat = _found(telegram, params)
    for message_id in params.get("message_ids") or []:
        if message_id in chat.messages:
            telegram.remove(chat, message_id)
    return True


def _answer_query(telegram: Telegram, params: Params) -> Any:
    text = str(params.get("text") or "")
    if len(text) > MAX_TOAST:
        raise bad("MESSAGE_TOO_LONG")
    telegram.answer_query(str(params.get("callback_query_id")), text, bool(params.get("show_alert")))
    return True


def _send_chat_action(telegram: Telegram, params: Params) -> Any:
    _writable(telegram, params).typing_at = telegram.now()
    return True


def _get_chat(telegram: Telegram, params: Params) -> Any:
    chat = _found(telegram, params)
    kinds = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    gifts = dict.fromkeys(kinds, True)
    return {**chat.info, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def _leave_chat(telegram: Telegram, params: Params) -> Any:
    chat = _found(telegram, params)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    if chat.standing is Standing.NOT_MEMBER:
        raise Refused(403, "Forbidden: bot is not a member of the group chat")
    chat.standing = Standing.NOT_MEMBER
    telegram.receive("my_chat_member", telegram.membership(chat, telegram.me, "member", "left"))
    return True


def _get_file(telegram: Telegram, params: Params) -> Any:
    file = telegram.files.get(str(params.get("file_id")))
    if file is None:
        raise bad("invalid file_id")
    ids = {"file_id": file.id, "file_unique_id": file.unique_id}
    return {**ids, "file_size": len(file.content), "file_path": file.path}


def _set_commands(telegram: Telegram, params: Params) -> Any:
    key = _scope(telegram, params)
    telegram.command_lists[key] = check_commands(params.get("commands"))
    return True


def _get_commands(telegram: Telegram, params: Params) -> Any:
    return telegram.command_lists.get(_scope(telegram, params), [])


def _delete_commands(telegram: Telegram, params: Params) -> Any:
    telegram.command_lists.pop(_scope(telegram, params), None)
    return True


def _scope(telegram: Telegram, params: Params) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}:
        name = str(kind)
    elif kind in {"chat", "chat_administrators", "chat_member"}:
        chat = _found(telegram, scope)
        name = f"{kind}:{chat.id}" + (f":{scope.get('user_id')}" if kind == "chat_member" else "")
    else:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    return name, str(params.get("language_code") or "")


def _setter(field: str) -> Callable[[Telegram, Params], Any]:
    def set_field(telegram: Telegram, params: Params) -> Any:
        value = str(params.get(field) or "")
        if len(value) > _LIMITS[field]:
            raise bad(f"bot {field.replace('_', ' ')} is too long")
        telegram.profile[f"{field}:{params.get('language_code') or ''}"] = value
        return True

    return set_field


def _getter(field: str) -> Callable[[Telegram, Params], Any]:
    def get_field(telegram: Telegram, params: Params) -> Any:
        own = telegram.profile.get(f"{field}:{params.get('language_code') or ''}")
        return {field: own or telegram.profile.get(f"{field}:", "")}

    return get_field


def _set_menu_button(telegram: Telegram, params: Params) -> Any:
    button = params.get("menu_button") or {"type": "default"}
    telegram.profile[f"menu_button:{params.get('chat_id') or ''}"] = button
    return True


def _get_menu_button(telegram: Telegram, params: Params) -> Any:
    return telegram.profile.get(f"menu_button:{params.get('chat_id') or ''}", {"type": "commands"})


# What the methods share.


def _found(telegram: Telegram, params: Params) -> Chat:
    chat_id = params.get("chat_id")
    if chat_id in {None, ""}:
        raise bad("chat_id is empty")
    chat = telegram.chats.get(chat_id) if isinstance(chat_id, int) else None
    if chat is None:
        raise bad("chat not found")
    return chat


def _writable(telegram: Telegram, params: Params) -> Chat:
    chat = _found(telegram, params)
    if chat.moved_to is not None:
        why = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(400, why, migrate_to_chat_id=chat.moved_to)
    if chat.standing in _FORBIDDEN:
        raise Refused(403, f"Forbidden: {_FORBIDDEN[chat.standing]}")
    return chat


def _editable(telegram: Telegram, params: Params) -> tuple[Chat, Message]:
    if "inline_message_id" in params:
        raise bad("MESSAGE_ID_INVALID")
    chat = _found(telegram, params)
    message = chat.messages.get(params.get("message_id") or 0)
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != telegram.me["id"]:
        raise bad("message can't be edited")
    return chat, message


def _worded(params: Params, field: str, too_long: str | None = None) -> dict[str, Any]:
    """Text or caption with its entities as stored; `field` is "text" or "caption"."""
    raw = params.get(field)
    source = raw if isinstance(raw, str) else "" if raw is None else str(raw)
    mode = str(params.get("parse_mode") or "").lower()
    given = params.get("entities" if field == "text" else "caption_entities")
    if mode not in {"", "html"}:
        raise bad("unsupported parse_mode")
    text, entities = markup.from_html(source) if mode else (source, given if isinstance(given, list) else [])
    text, entities = markup.trimmed(text, entities)
    if field == "text" and not text:
        raise bad("message text is empty")
    if len(text) > (MAX_TEXT if field == "text" else MAX_CAPTION):
        raise bad(too_long or ("message is too long" if field == "text" else "message caption is too long"))
    if not text:
        return {}
    shown = markup.with_found(text, entities)
    name = "entities" if field == "text" else "caption_entities"
    return {field: text, **({name: shown} if shown else {})}


def _sent(telegram: Telegram, chat: Chat, params: Params, body: dict[str, Any]) -> Message:
    body |= _answering(chat, params)
    reply_markup = params.get("reply_markup")
    if isinstance(reply_markup, dict) and reply_markup:
        body |= _keyboard(chat, reply_markup)
    elif reply_markup:
        raise bad("object expected as reply markup")
    if params.get("protect_content"):
        body["has_protected_content"] = True
    return telegram.add(chat, telegram.me, body)


def _keyboard(chat: Chat, reply_markup: dict[str, Any]) -> dict[str, Any]:
    """What a reply markup adds to the message. Reply keyboards belong to the chat instead."""
    if "inline_keyboard" in reply_markup:
        checked = check_inline_keyboard(reply_markup)
        return {"reply_markup": checked} if checked["inline_keyboard"] else {}
    if "keyboard" in reply_markup:
        keys = [key for row in reply_markup["keyboard"] for key in row]
        if not all(key if isinstance(key, str) else key.get("text") for key in keys):
            raise bad('can\'t parse keyboard button: Field "text" must be non-empty')
        chat.keyboard = reply_markup
    elif reply_markup.get("remove_keyboard"):
        chat.keyboard = None
    elif not reply_markup.get("force_reply"):
        raise bad("can't parse reply keyboard markup JSON object")
    return {}


def _answering(chat: Chat, params: Params) -> dict[str, Any]:
    reply = params.get("reply_parameters")
    asked: Body = reply if isinstance(reply, dict) else {"message_id": params.get("reply_to_message_id")}
    if not asked.get("message_id"):
        return {}
    message = chat.messages.get(int(asked["message_id"]))
    if message is not None:
        return {"reply_to_message": {k: v for k, v in message.items() if k != "reply_to_message"}}
    if asked.get("allow_sending_without_reply") or params.get("allow_sending_without_reply"):
        return {}
    raise bad("message to be replied not found")


def _edited(telegram: Telegram, chat: Chat, message: Message, body: Body, params: Params) -> Message:
    reply_markup = params.get("reply_markup")
    if isinstance(reply_markup, dict) and reply_markup:
        checked = check_inline_keyboard(reply_markup)
        if checked["inline_keyboard"]:
            body["reply_markup"] = checked
    names = (*_CONTENT, "reply_markup")
    if all(_identity(message.get(name)) == _identity(body.get(name)) for name in names):
        raise bad(_NOT_MODIFIED)
    rest = {name: value for name, value in message.items() if name not in names}
    same_content = all(message.get(name) == body.get(name) for name in _CONTENT)
    edit = {} if same_content else {"edit_date": telegram.epoch()}
    return telegram.put(chat, {**rest, **body, **edit})


def _identity(value: Any) -> Any:
    """A value as the "not modified" check sees it: a file is its unique id."""
    if isinstance(value, list):
        return [_identity(one) for one in value]
    if isinstance(value, dict) and "file_unique_id" in value:
        return value["file_unique_id"]
    return value


def _medium(telegram: Telegram, params: Params, media: Any) -> dict[str, Any]:
    """The body that an InputMedia makes; "attach://name" points at a file of the request."""
    if not isinstance(media, dict) or media.get("type") not in {"photo", "document"}:
        raise bad("can't parse InputMedia: unsupported type specified")
    named = str(media.get("media", ""))
    source = params.get(named.removeprefix("attach://")) if named.startswith("attach://") else named
    make = _photo if media["type"] == "photo" else _document
    return {media["type"]: make(telegram, source), **_worded(media, "caption")}


def _photo(telegram: Telegram, source: Any) -> list[dict[str, Any]]:
    if source is None or source == "":
        raise bad("there is no photo in the request")
    if isinstance(source, Upload):
        width, height = check_photo(source.content)
        file = telegram.keep(source.name, source.kind, source.content, "photos")
    else:
        file = _known(telegram, source)
        size = picture_size(file.content)
        if size is None:
            raise bad("can't use file of type Document as Photo")
        width, height = size
    return [telegram.photo_size(file, width, height)]


def _document(telegram: Telegram, source: Any) -> dict[str, Any]:
    if source is None or source == "":
        raise bad("there is no document in the request")
    if isinstance(source, Upload):
        if not source.content:
            raise bad("file must be non-empty")
        if len(source.content) > MAX_DOCUMENT_BYTES:
            raise Refused(413, "Request Entity Too Large")
        file = telegram.keep(source.name, source.kind, source.content, "documents")
    else:
        file = _known(telegram, source)
    ids = {"file_id": file.id, "file_unique_id": file.unique_id}
    return {**ids, "file_name": file.name, "mime_type": file.kind, "file_size": len(file.content)}


def _known(telegram: Telegram, file_id: Any) -> File:
    file = telegram.files.get(str(file_id))
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return file


METHODS: Final[dict[str, Callable[[Telegram, Params], Any]]] = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
    "sendMessage": _send_message,
    "sendPhoto": _send_photo,
    "sendDocument": _send_document,
    "sendMediaGroup": _send_media_group,
    "sendLocation": _send_location,
    "sendChatAction": _send_chat_action,
    "editMessageText": _edit_text,
    "editMessageCaption": _edit_caption,
    "editMessageMedia": _edit_media,
    "editMessageReplyMarkup": _edit_markup,
    "deleteMessage": _delete_message,
    "deleteMessages": _delete_messages,
    "answerCallbackQuery": _answer_query,
    "getChat": _get_chat,
    "leaveChat": _leave_chat,
    "getFile": _get_file,
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": _set_menu_button,
    "getChatMenuButton": _get_menu_button,
}
BY_LOWER_NAME: Final = {name.lower(): name for name in (*METHODS, "getUpdates")}
"""Telegram takes method names in any case."""
