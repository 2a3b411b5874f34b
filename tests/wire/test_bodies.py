"""From a row to a call, and from Telegram's answer to what became of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.press import Document, Made
from bot.storage.outbox import Parcel, Urgency
from bot.storage.tables import Action, OutboxState
from bot.wire.bodies import Call, Verdict, call_of, verdict_of
from tests.wire.conftest import ADA

BUTTONS = [
    [{"label": "0", "tap": "s:1:0"}, {"label": "1", "tap": "s:1:1"}],
    [{"label": "Open", "url": "https://t.me/SymptomDiaryBot"}, {"label": "Copy", "copy": "words"}],
]
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "0", "callback_data": "s:1:0"}, {"text": "1", "callback_data": "s:1:1"}],
        [{"text": "Open", "url": "https://t.me/SymptomDiaryBot"}, {"text": "Copy", "copy_text": {"text": "words"}}],
    ]
}
TEXT = {"chat_id": 101, "text": "<b>Burning</b>?", "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def parcel(action: Action, body: dict[str, Any]) -> Parcel:
    return Parcel(1, ADA, None, action, Urgency.ANSWER, False, body, None, None, None, None, 0)


@pytest.mark.parametrize(
    ("action", "body", "photo", "expected"),
    [
        (Action.SEND, {"text": "<b>Burning</b>?"}, None, Call("sendMessage", TEXT)),
        (
            Action.SEND,
            {"text": "<b>Burning</b>?", "buttons": BUTTONS, "silent": True},
            None,
            Call("sendMessage", TEXT | {"reply_markup": KEYBOARD, "disable_notification": True}),
        ),
        (
            Action.SEND,
            {"text": "Your week", "buttons": BUTTONS},
            b"png",
            Call(
                "sendPhoto",
                {"chat_id": 101, "caption": "Your week", "parse_mode": "HTML", "reply_markup": KEYBOARD},
                b"png",
            ),
        ),
        (Action.SEND, {"text": ""}, b"png", Call("sendPhoto", {"chat_id": 101}, b"png")),
        (Action.EDIT, {"text": "<b>Burning</b>?"}, None, Call("editMessageText", TEXT | {"message_id": 9})),
        (
            Action.EDIT,
            {"text": "<b>Burning</b>?", "buttons": BUTTONS},
            None,
            Call("editMessageText", TEXT | {"message_id": 9, "reply_markup": KEYBOARD}),
        ),
        (Action.RETIRE, {}, None, Call("editMessageReplyMarkup", {"chat_id": 101, "message_id": 9})),
        (
            Action.ANSWER,
            {"callback_query_id": "5", "text": "Saved."},
            None,
            Call("answerCallbackQuery", {"callback_query_id": "5", "text": "Saved."}),
        ),
        (
            Action.COMMANDS,
            {"commands": [], "scope": {"type": "chat"}},
            None,
            Call("setMyCommands", {"commands": [], "scope": {"type": "chat"}}),
        ),
        (Action.LEAVE, {}, None, Call("leaveChat", {"chat_id": 101})),
    ],
)
def test_each_action_becomes_its_call(
    action: Action, body: dict[str, Any], photo: bytes | None, expected: Call
) -> None:
    assert call_of(parcel(action, body), Made(body, photo), 9) == expected


def test_a_file_goes_as_a_document_with_the_words_under_it() -> None:
    sheet = Document("diary.pdf", b"%PDF", "application/pdf")
    call = call_of(parcel(Action.SEND, {}), Made({"text": "Your sheet"}, document=sheet), None)
    said = {"chat_id": 101, "caption": "Your sheet", "parse_mode": "HTML"}
    assert call == Call("sendDocument", said, document=sheet)


def test_a_picture_is_changed_in_its_place_and_keeps_its_words_where_it_cannot_be_drawn() -> None:
    row = parcel(Action.EDIT, {"recipe": {}, "of_picture": True})
    words = {"caption": "Two weeks", "parse_mode": "HTML"}
    drawn = call_of(row, Made({"text": "Two weeks", "buttons": BUTTONS}, b"png"), 9)
    where = {"chat_id": 101, "message_id": 9, "reply_markup": KEYBOARD}
    media = {"type": "photo", "media": "attach://photo"} | words
    assert drawn == Call("editMessageMedia", where | {"media": media}, b"png")
    plain = call_of(row, Made({"text": "Two weeks", "buttons": BUTTONS}), 9)
    assert plain == Call("editMessageCaption", where | words)


def test_every_action_but_a_halt_has_a_call() -> None:
    body = {"text": "words", "callback_query_id": "5"}
    calls = set(Action) - {Action.HALT, Action.RECALL, Action.WITHDRAW}
    assert len({call_of(parcel(action, body), Made(body), 9).method for action in calls}) == len(calls)


def test_a_form_holds_texts_as_they_are_and_everything_else_as_json() -> None:
    form = Call("sendMessage", {"chat_id": 101, "text": "¿7 & 8?", "is": True, "rows": [{"ä": 1}]}).form()
    assert form == {"chat_id": "101", "text": "¿7 & 8?", "is": "true", "rows": '[{"ä":1}]'}


def refused(code: int, description: str = "", **more: Any) -> Verdict:
    answer = {"ok": False, "error_code": code, "description": description, **more}
    return verdict_of(code, json.dumps(answer).encode())


def test_a_message_that_was_made_has_a_number() -> None:
    answer = b'{"ok":true,"result":{"message_id":77,"chat":{"id":101}}}'
    assert verdict_of(200, answer) == Verdict(OutboxState.DELIVERED, message_id=77)
    assert verdict_of(200, b'{"ok":true,"result":true}') == Verdict(OutboxState.DELIVERED)


@pytest.mark.parametrize(
    ("code", "description", "state"),
    [
        (400, "Bad Request: message is not modified: specified new message content", OutboxState.DELIVERED),
        (400, "Bad Request: query is too old and response timeout expired", OutboxState.DELIVERED),
        (403, "Forbidden: bot was blocked by the user", OutboxState.BLOCKED),
        (403, "Forbidden: bot can't initiate conversation with a user", OutboxState.BLOCKED),
        (403, "Forbidden: something new", OutboxState.BLOCKED),
        (403, "Forbidden: user is deactivated", OutboxState.GONE),
        (403, "Forbidden: bot was kicked from the group chat", OutboxState.GONE),
        (403, "Forbidden: bot is not a member of the group chat", OutboxState.GONE),
        (400, "Bad Request: chat not found", OutboxState.GONE),
        (400, "Bad Request: PEER_ID_INVALID", OutboxState.GONE),
        (403, "Forbidden: the group chat was deleted", OutboxState.GONE),
        (403, "Forbidden: bot was kicked from the supergroup chat", OutboxState.GONE),
        (403, "Forbidden: the bot can't send messages to the bot", OutboxState.GONE),
        (403, "Forbidden: bots can't send messages to bots", OutboxState.GONE),
        (400, "Bad Request: private chat not found", OutboxState.GONE),
        (400, "Bad Request: USER_IS_BLOCKED", OutboxState.BLOCKED),
        (400, "Bad Request: INPUT_USER_DEACTIVATED", OutboxState.GONE),
        (400, "Bad Request: user not found", OutboxState.GONE),
        (400, "Bad Request: have no write access to the chat", OutboxState.GONE),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", OutboxState.GONE),
        (400, "Bad Request: have no rights to send a message", OutboxState.GONE),
        (400, "Bad Request: not enough rights to send text messages to the chat", OutboxState.GONE),
        (400, "Bad Request: CHANNEL_PRIVATE", OutboxState.GONE),
        (404, "Not Found: method not found", OutboxState.REFUSED),
        (413, "Request Entity Too Large", OutboxState.REFUSED),
        (400, "Bad Request: can't parse entities: unclosed tag", OutboxState.REFUSED),
        (400, "Bad Request: message is too long", OutboxState.REFUSED),
    ],
)
def test_a_refusal_is_settled_as_what_it_means(code: int, description: str, state: OutboxState) -> None:
    verdict = refused(code, description)
    assert verdict.state is state
    assert not verdict.unknown
    assert not verdict.resend


@pytest.mark.parametrize(
    "description",
    [
        "message to edit not found",
        "message can't be edited",
        "MESSAGE_ID_INVALID",
        "there is no caption in the message to edit",
    ],
)
def test_a_message_that_is_no_longer_there_is_said_anew(description: str) -> None:
    verdict = refused(400, f"Bad Request: {description}")
    assert (verdict.state, verdict.resend) == (OutboxState.WAITING, True)


def test_flood_control_holds_for_as_long_as_it_says() -> None:
    verdict = refused(429, "Too Many Requests: retry after 17", parameters={"retry_after": 17})
    assert (verdict.state, verdict.hold, verdict.unknown) == (OutboxState.WAITING, 17.0, False)
    assert refused(429, "Too Many Requests").hold == 1.0


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (401, "Unauthorized"),
        (404, "Not Found"),
        (400, "Logged out"),
        (400, "Bad Request: FROZEN_METHOD_INVALID"),
        (408, "Request Timeout"),
        (409, "Conflict"),
        (420, "FLOOD_WAIT_3"),
    ],
)
def test_what_passes_is_not_the_messages_fault(code: int, description: str) -> None:
    verdict = refused(code, description)
    assert (verdict.state, verdict.unknown, verdict.hold) == (OutboxState.WAITING, False, None)


def test_a_group_that_became_another_chat_says_which() -> None:
    verdict = refused(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -1001234567890},
    )
    assert (verdict.state, verdict.moved_to, verdict.unknown) == (OutboxState.WAITING, -1001234567890, False)


def test_a_proxy_that_finds_a_picture_too_large_is_not_asked_for_ever() -> None:
    assert verdict_of(413, b"<html>Request Entity Too Large</html>").state is OutboxState.REFUSED


@pytest.mark.parametrize("more", [[], "soon", {"retry_after": "soon"}, {"migrate_to_chat_id": "there"}, None])
def test_parameters_of_no_known_form_are_passed_over(more: object) -> None:
    assert refused(400, "Bad Request: chat not found", parameters=more).state is OutboxState.GONE
    assert refused(429, "Too Many Requests", parameters=more).hold == 1.0


def test_after_a_broken_answer_nobody_can_know() -> None:
    pages = [(502, b"<html>Bad Gateway</html>"), (200, b""), (200, b'{"ok":tr'), (500, b"[]"), (200, b"\xff\xfe")]
    pages += [(500, b'{"ok":false,"error_code":"what"}')]
    for status, page in pages:
        verdict = verdict_of(status, page)
        assert (verdict.state, verdict.unknown) == (OutboxState.WAITING, True), page
    assert refused(500, "Internal Server Error").unknown


@pytest.mark.parametrize(
    ("status", "page"),
    [
        (403, b'{"error":"Forbidden by the firewall"}'),
        (400, b'{"message":"chat not found"}'),
        (200, b"{}"),
        (200, b"[" * 100_000),
        (200, b'"ok"'),
    ],
    ids=["firewall", "other json", "empty", "deep", "text"],
)
def test_what_a_proxy_says_in_json_is_no_word_of_telegram(status: int, page: bytes) -> None:
    verdict = verdict_of(status, page)
    assert (verdict.state, verdict.unknown) == (OutboxState.WAITING, True)


@pytest.mark.parametrize("parameters", [[], "17", {"retry_after": "soon"}, {"retry_after": -5}, {"retry_after": []}])
def test_a_refusal_that_is_put_together_wrongly_is_still_one(parameters: object) -> None:
    assert refused(429, "Too Many Requests", parameters=parameters).hold == 1.0
    answer = {"ok": False, "error_code": None, "description": None, "parameters": parameters}
    assert verdict_of(403, json.dumps(answer).encode()).state is OutboxState.BLOCKED
    assert verdict_of(200, b'{"ok":true,"result":{"message_id":"7"}}') == Verdict(OutboxState.DELIVERED)


def test_a_flood_of_a_thousand_years_is_asked_about_again_after_an_hour() -> None:
    assert refused(429, parameters={"retry_after": 1e12}).hold == 3600


def test_what_a_person_wrote_never_gets_into_an_error() -> None:
    verdict = refused(400, "Bad Request: can't parse entities in 'burning 7 since Tuesday'")
    assert verdict.error == "refused with 400"
