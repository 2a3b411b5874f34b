"""HTTP: forms and files arrive as they were given, and a failure tells what can be known, but never the token."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest

from bot.demo.calls import Fault, Upload
from bot.demo.person import SMALL_PICTURE
from bot.demo.telegram import Telegram
from bot.wire import Request
from bot.wire.http import NotSent, Unanswered
from tests.wire.conftest import ADA, TOKEN, first_of

WORDS = "¿Qué tal? 7 & 8 = 15 % + ☀ शून्य"


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    """PTB on our request."""
    telegram.person(ADA, "Ada")
    made = Bot(TOKEN, base_url=f"{telegram.address}/bot", request=Request(4), get_updates_request=Request(2))
    async with made:
        yield made


def all_that_it_says(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)


async def test_a_form_arrives_as_it_was_given(telegram: Telegram, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("शून्य & 0", callback_data="s:0")]])
    message = await bot.send_message(ADA, WORDS, reply_markup=keyboard, disable_notification=True)
    assert message.text == WORDS
    [call] = telegram.calls_of("sendMessage")
    assert call.params["text"] == WORDS
    assert call.params["disable_notification"] is True
    assert call.params["reply_markup"]["inline_keyboard"][0][0]["text"] == "शून्य & 0"


async def test_a_file_arrives_byte_for_byte_with_its_words(telegram: Telegram, bot: Bot) -> None:
    await bot.send_photo(ADA, SMALL_PICTURE, caption=WORDS, filename="diary.png")
    [call] = telegram.calls_of("sendPhoto")
    assert call.params["caption"] == WORDS
    picture = call.params["photo"]
    assert isinstance(picture, Upload)
    assert (picture.name, picture.content, picture.kind) == ("diary.png", SMALL_PICTURE, "image/png")


async def test_a_refusal_is_ptbs_own_error(telegram: Telegram, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "Hello?")


async def test_a_wrong_token_is_ptbs_own_error(telegram: Telegram) -> None:
    stranger = Bot("1:wrong", base_url=f"{telegram.address}/bot", request=Request(1), get_updates_request=Request(1))
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_without_a_server_the_call_was_surely_not_sent(
    telegram: Telegram, request_: Request, base_url: str
) -> None:
    await telegram.stop()
    with pytest.raises(NotSent) as caught:
        await request_.post_form(f"{base_url}/sendMessage", {"chat_id": "101", "text": WORDS})
    assert isinstance(caught.value, NetworkError)
    assert TOKEN not in all_that_it_says(caught.value)


async def test_an_unknown_host_was_surely_not_asked(request_: Request) -> None:
    with pytest.raises(NotSent) as caught:
        await request_.post_form(f"http://nowhere.invalid/bot{TOKEN}/getMe", {})
    assert TOKEN not in all_that_it_says(caught.value)


@pytest.mark.parametrize("fault", [Fault.lost_before(), Fault.lost_after()])
async def test_a_broken_connection_leaves_it_open(
    telegram: Telegram, request_: Request, base_url: str, fault: Fault
) -> None:
    telegram.person(ADA, "Ada")
    telegram.fault = first_of("sendMessage", fault)
    with pytest.raises(Unanswered) as caught:
        await request_.post_form(f"{base_url}/sendMessage", {"chat_id": "101", "text": WORDS})
    assert isinstance(caught.value, TimedOut)
    said = all_that_it_says(caught.value)
    assert TOKEN not in said
    assert WORDS not in said
    assert len(telegram.calls_of("sendMessage")) == 1, "it is never repeated behind our back"


async def test_a_server_that_hangs_leaves_it_open(telegram: Telegram, request_: Request, base_url: str) -> None:
    telegram.fault = first_of("getMe", Fault.slow(3600))
    with pytest.raises(Unanswered) as caught:
        await request_.post_form(f"{base_url}/getMe", {}, answer_for=0.01)
    assert TOKEN not in all_that_it_says(caught.value)


async def test_an_error_page_comes_back_as_it_is(telegram: Telegram, request_: Request, base_url: str) -> None:
    telegram.fault = first_of("getMe", Fault(gateway=True))
    status, page = await request_.post_form(f"{base_url}/getMe", {})
    assert status == 502
    assert b"nginx" in page


async def test_of_an_error_page_ptb_logs_neither_token_nor_content(
    telegram: Telegram, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fault = first_of("sendMessage", Fault(gateway=True, after=True))
    with pytest.raises(TelegramError) as caught:
        await bot.send_message(ADA, WORDS)
    assert TOKEN not in all_that_it_says(caught.value)
    assert TOKEN not in caplog.text
    assert "nginx" not in caplog.text


@pytest.mark.parametrize("page", ["<html>Not found</html>", "[1]", '{"error": "no such host"}'])
async def test_a_proxys_answer_is_not_taken_for_telegrams(telegram: Telegram, bot: Bot, page: str) -> None:
    telegram.fault = first_of("getMe", Fault.garbled(page))
    with pytest.raises(Unanswered):
        await bot.get_me()


def test_it_is_a_request_as_ptb_wants_one() -> None:
    request: BaseRequest = Request(1)
    assert request.read_timeout is not None


async def test_it_can_be_closed_twice_and_opened_again(telegram: Telegram, base_url: str) -> None:
    request = Request(1)
    seen: list[Any] = []
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        seen.append((await request.post_form(f"{base_url}/getMe", {}))[0])
        await request.shutdown()
        await request.shutdown()
    assert seen == [200, 200]
