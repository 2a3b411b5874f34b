"""The stand-in answers as Telegram does: with a plain python-telegram-bot client, and in its own words."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter

from bot.clock import StillClock
from bot.demo.calls import Fault
from bot.demo.person import NotThere, Person
from bot.demo.telegram import Telegram
from tests.demo.small import TOKEN, png

SCORES = InlineKeyboardMarkup([[InlineKeyboardButton(str(n), callback_data=f"s:{n}") for n in range(6)]])


async def raw(telegram: Telegram, method: str, token: str = TOKEN, **params: Any) -> tuple[int, dict[str, Any]]:
    """One call as JSON, with its status and its answer."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{telegram.address}/bot{token}/{method}", json=params) as answer,
    ):
        return answer.status, await answer.json()


async def refusal(telegram: Telegram, method: str, **params: Any) -> str:
    status, answer = await raw(telegram, method, **params)
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    return str(answer["description"])


async def test_get_me_names_the_bot(telegram: Telegram, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (700700700, "SymptomDiaryBot", True)


async def test_a_wrong_token_and_an_unknown_method_are_refused(telegram: Telegram) -> None:
    assert await raw(telegram, "getMe", token="1:no") == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    status, answer = await raw(telegram, "sendMoney")
    assert (status, answer["description"]) == (404, "Not Found: method not found")


async def test_get_query_form_multipart_and_json_mean_the_same(telegram: Telegram, ada: Person) -> None:
    url = f"{telegram.address}/bot{TOKEN}/sendMessage"
    keyboard = {"inline_keyboard": [[{"text": "0", "callback_data": "s:0"}]]}
    params = {"chat_id": "1001", "text": "Hi", "reply_markup": json.dumps(keyboard)}
    multipart = aiohttp.FormData(params, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        for ask in (
            session.get(url, params=params),
            session.post(url, data=params),
            session.post(url, data=multipart),
            session.post(url, json={"chat_id": 1001, "text": "Hi", "reply_markup": keyboard}),
        ):
            async with ask as answer:
                assert (await answer.json())["result"]["reply_markup"] == keyboard
    assert [(call.chat_id, call.params["text"], call.ok) for call in telegram.calls] == [(1001, "Hi", True)] * 4


async def test_updates_stay_until_the_offset_confirms_them(telegram: Telegram, bot: Bot, ada: Person) -> None:
    ada.send("one")
    ada.send("two")
    first = await bot.get_updates()
    assert [update.message.text for update in first if update.message] == ["one", "two"]
    assert await bot.get_updates(limit=1) == first[:1]
    assert telegram.pending == 2
    again = await bot.get_updates(offset=first[0].update_id + 1)
    assert [update.update_id for update in again] == [first[0].update_id + 1]
    assert telegram.pending == 1
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()
    assert telegram.pending == 0


async def test_a_negative_offset_keeps_only_the_newest(telegram: Telegram, bot: Bot, ada: Person) -> None:
    for text in ("one", "two", "three"):
        ada.send(text)
    (newest,) = await bot.get_updates(offset=-1)
    assert newest.message is not None
    assert newest.message.text == "three"
    assert telegram.pending == 1


async def test_a_poll_waits_for_the_next_update(telegram: Telegram, bot: Bot, ada: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await telegram.until(lambda: telegram.polling)
    ada.send("now")
    assert [update.message.text for update in await poll if update.message] == ["now"]


async def test_a_second_poll_ends_the_first(telegram: Telegram, bot: Bot, ada: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await telegram.until(lambda: telegram.polling)
    second = asyncio.create_task(bot.get_updates(timeout=10))
    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one"):
        await first
    ada.send("to the second")
    assert len(await second) == 1


async def test_a_poll_is_refused_while_a_webhook_is_set(telegram: Telegram, bot: Bot) -> None:
    await bot.set_webhook("https://example.org/hook", secret_token="s")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_kinds_that_were_not_asked_for_do_not_come(telegram: Telegram, bot: Bot, ada: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    ada.send("unheard")
    assert telegram.pending == 0
    await bot.get_updates(allowed_updates=[])
    ada.send("heard")
    assert telegram.pending == 1


async def test_an_update_is_lost_after_a_day(telegram: Telegram, ada: Person, clock: StillClock) -> None:
    ada.send("still there")
    clock.move(timedelta(hours=24))
    assert telegram.pending == 1
    clock.move(timedelta(seconds=1))
    assert telegram.pending == 0


async def test_update_ids_rise_one_by_one(telegram: Telegram, bot: Bot, ada: Person) -> None:
    for n in range(5):
        ada.send(str(n))
    ids = [update.update_id for update in await bot.get_updates()]
    assert ids == list(range(ids[0], ids[0] + 5))
    assert ids[0] >= 10**8


async def test_html_becomes_text_with_entities(telegram: Telegram, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(
        1001, "😀 <b>7 &lt; <i>8</i></b> <a href='https://a.org/?x=1&amp;y=2'>a</a>\n", "HTML"
    )
    assert sent.text == "😀 7 < 8 a"
    assert [(e.type, e.offset, e.length, e.url) for e in sent.entities] == [
        ("bold", 3, 5, None),
        ("italic", 7, 1, None),
        ("text_link", 9, 1, "https://a.org/?x=1&y=2"),
    ]
    assert sent.date == telegram.now()
    assert ada.last["text"] == "😀 7 < 8 a"


@pytest.mark.parametrize(
    "markup",
    [
        "<b>b</b><strong>s</strong><i>i</i><em>e</em><u>u</u><ins>n</ins><s>s</s><strike>k</strike><del>d</del>",
        "<span class='tg-spoiler'>a</span><tg-spoiler>b</tg-spoiler><code>c</code><pre>d</pre>",
        "<blockquote>q</blockquote><blockquote expandable>q</blockquote><tg-emoji emoji-id='5'>😀</tg-emoji>",
        "<pre><code class='language-python'>x</code></pre> 3 > 2 &amp; &#128512; &nbsp;",
        '<B>upper</B> <a href="tg://user?id=1">mention</a> </>'.replace(" </>", ""),
    ],
)
async def test_every_tag_of_telegram_is_known(telegram: Telegram, ada: Person, markup: str) -> None:
    status, _ = await raw(telegram, "sendMessage", chat_id=1001, text=markup, parse_mode="HTML")
    assert status == 200


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a <p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("ö <br/>", 'Unsupported start tag "br/" at byte offset 3'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
    ],
)
async def test_malformed_html_is_refused(telegram: Telegram, ada: Person, markup: str, why: str) -> None:
    said = await refusal(telegram, "sendMessage", chat_id=1001, text=markup, parse_mode="HTML")
    assert said == f"Bad Request: can't parse entities: {why}"
    assert not ada.messages


async def test_limits_count_characters_after_the_markup_is_gone(telegram: Telegram, bot: Bot, ada: Person) -> None:
    await bot.send_message(1001, "<b>" + "x" * 4096 + "</b>", "HTML")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(1001, "x" * 4097)
    await bot.send_photo(1001, png(), caption="<i>" + "x" * 1024 + "</i>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(1001, png(), caption="x" * 1025)
    for empty in ("", " \n ", "<b></b>"):
        assert await refusal(telegram, "sendMessage", chat_id=1001, text=empty, parse_mode="HTML") == (
            "Bad Request: message text is empty"
        )


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "x", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "x", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "url": "http://localhost/x"}, "URL 'http://localhost/x' is invalid: Wrong HTTP URL"),
        ({"text": "x", "url": "ftp://a.org"}, "Unsupported URL protocol"),
        ({"text": "x", "web_app": {"url": "http://a.org"}}, "Only HTTPS links are allowed"),
        ({"text": "", "callback_data": "x"}, 'Field "text" must be non-empty'),
        ({"text": "x", "callback_data": "x", "url": "https://a.org"}, "exactly one action is allowed"),
    ],
)
async def test_a_button_out_of_bounds_is_refused(
    telegram: Telegram, ada: Person, button: dict[str, Any], why: str
) -> None:
    keyboard = {"inline_keyboard": [[button]]}
    assert why in await refusal(telegram, "sendMessage", chat_id=1001, text="x", reply_markup=keyboard)


async def test_a_keyboard_has_at_most_eight_in_a_row_and_a_hundred_in_all(telegram: Telegram, ada: Person) -> None:
    button = {"text": "x", "callback_data": "x" * 64}
    for rows, ok in (([8] * 12 + [4], True), ([9], False), ([8] * 12 + [5], False)):
        keyboard = {"inline_keyboard": [[button] * count for count in rows]}
        status, _ = await raw(telegram, "sendMessage", chat_id=1001, text="x", reply_markup=keyboard)
        assert (status == 200) is ok


async def test_a_bot_writes_only_where_it_may(telegram: Telegram, bot: Bot, ada: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "who?")
    telegram.person(1005, "Max", met=False)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(1005, "hello")
    ada.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "hello")
    with pytest.raises(NotThere, match="blocked"):
        ada.send("hello")
    ada.unblock()
    await bot.send_message(1001, "again")
    ada.delete_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(1001, "gone")
    changes = [update.my_chat_member for update in await bot.get_updates()]
    assert [(c.old_chat_member.status, c.new_chat_member.status) for c in changes if c] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_an_edit_changes_the_bubble_in_place(telegram: Telegram, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(1001, "Burning?", reply_markup=SCORES)
    await bot.edit_message_text("Tingling?", 1001, sent.message_id, reply_markup=SCORES)
    (bubble,) = ada.messages
    assert (bubble["message_id"], bubble["text"], bubble["edit_date"]) == (
        sent.message_id,
        "Tingling?",
        telegram.epoch(),
    )
    await bot.edit_message_reply_markup(1001, sent.message_id)
    assert "reply_markup" not in ada.last


async def test_an_edit_that_changes_nothing_is_refused(telegram: Telegram, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(1001, "<b>Burning?</b>", "HTML", reply_markup=SCORES)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified: specified new message content and reply"):
        await bot.edit_message_text("<b>Burning?</b>", 1001, sent.message_id, parse_mode="HTML", reply_markup=SCORES)
    await bot.edit_message_text("Burning?", 1001, sent.message_id, reply_markup=SCORES)


async def test_edits_of_what_is_not_there_are_refused(telegram: Telegram, bot: Bot, ada: Person) -> None:
    own = ada.send("mine")
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", 1001, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", 1001, own["message_id"])
    sent = await bot.send_message(1001, "text")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(1001, sent.message_id, caption="x")
    picture = await bot.send_photo(1001, png())
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", 1001, picture.message_id)


async def test_a_message_is_deleted_within_two_days(
    telegram: Telegram, bot: Bot, ada: Person, clock: StillClock
) -> None:
    old = await bot.send_message(1001, "old")
    clock.move(timedelta(hours=48, seconds=1))
    new = await bot.send_message(1001, "new")
    assert await bot.delete_message(1001, new.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(1001, new.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(1001, old.message_id)


async def test_pictures_and_files_are_kept_and_can_be_fetched(telegram: Telegram, bot: Bot, ada: Person) -> None:
    sent = await bot.send_photo(1001, png(400, 300), caption="A <b>week</b>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (400, 300, "A week")
    assert telegram.photo(ada.last) == png(400, 300)
    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == png(400, 300)
    again = await bot.send_photo(1001, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    document = await bot.send_document(1001, b"a,b\n", filename="diary.csv")
    assert document.document is not None
    assert (document.document.file_name, document.document.file_size) == ("diary.csv", 4)
    changed = await bot.edit_message_media(InputMediaPhoto(png(80, 80), caption="new"), 1001, sent.message_id)
    assert not isinstance(changed, bool)
    assert (changed.photo[-1].width, changed.caption) == (80, "new")
    album = await bot.send_media_group(1001, [InputMediaPhoto(png(9, 9)), InputMediaPhoto(png(8, 8))])
    assert album[0].media_group_id == album[1].media_group_id


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"no picture", "IMAGE_PROCESS_FAILED"), (b"", "non-empty"), (png(21, 1), "PHOTO_INVALID_DIMENSIONS")],
)
async def test_what_is_no_photo_is_refused(telegram: Telegram, bot: Bot, ada: Person, content: bytes, why: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){why}"):
        await bot.send_photo(1001, content)


async def test_a_tap_is_an_official_callback_query_answered_once(telegram: Telegram, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(1001, "Burning?", reply_markup=SCORES)
    query_id = ada.tap_label("4")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (query_id, "s:4", 1001)
    assert query.message is not None
    assert query.message.to_dict()["reply_markup"] == SCORES.to_dict()
    assert query.message.message_id == sent.message_id
    await bot.answer_callback_query(query.id, "Saved", show_alert=True)
    assert [(toast.text, toast.alert) for toast in ada.toasts] == [("Saved", True)]
    for stale in (query.id, "123"):
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(stale)


async def test_a_tap_may_be_too_old_and_a_toast_too_long(
    telegram: Telegram, bot: Bot, ada: Person, clock: StillClock
) -> None:
    await bot.send_message(1001, "Burning?", reply_markup=SCORES)
    query_id = ada.tap_label("1")
    assert query_id is not None
    with pytest.raises(BadRequest, match=r"(?i)MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query_id, "x" * 201)
    clock.move(timedelta(hours=2))
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query_id)


async def test_a_label_that_is_not_there_names_those_that_are(telegram: Telegram, bot: Bot, ada: Person) -> None:
    await bot.send_message(1001, "Burning?", reply_markup=SCORES)
    with pytest.raises(NotThere, match=r"Ada sees no button '9'; there are \['0', '1', '2', '3', '4', '5'\]"):
        ada.tap_label("9")


async def test_commands_carry_their_entity_and_payload(telegram: Telegram, bot: Bot, ada: Person) -> None:
    ada.open_link("https://t.me/symptomdiarybot?start=abc_1")
    ada.send("Hello /help and a/b 😀 /week@SymptomDiaryBot")
    start, hello = [update.message for update in await bot.get_updates()]
    assert start is not None
    assert hello is not None
    assert start.text == "/start abc_1"
    assert [(e.type, e.offset, e.length) for e in start.entities] == [("bot_command", 0, 6)]
    assert list(hello.parse_entities(["bot_command"]).values()) == ["/help", "/week@SymptomDiaryBot"]
    with pytest.raises(NotThere, match="no link into a chat"):
        ada.open_link("https://example.org/?start=x")


async def test_people_reply_edit_send_places_and_pictures(telegram: Telegram, bot: Bot, ada: Person) -> None:
    asked = await bot.send_message(1001, "A note?")
    note = ada.send("tird", reply_to=asked.message_id)
    ada.edit(note["message_id"], "tired")
    ada.send_location(27.7172, 85.3240)
    ada.send_photo(png(), caption="my foot")
    reply, edited, place, picture = await bot.get_updates()
    assert reply.message is not None
    assert reply.message.reply_to_message is not None
    assert reply.message.reply_to_message.message_id == asked.message_id
    assert edited.edited_message is not None
    assert edited.edited_message.text == "tired"
    assert place.message is not None
    assert place.message.location is not None
    assert place.message.location.latitude == 27.7172
    assert picture.message is not None
    assert picture.message.caption == "my foot"


async def test_a_reply_of_the_bot_needs_its_message(telegram: Telegram, bot: Bot, ada: Person) -> None:
    note = ada.send("note")
    sent = await bot.send_message(1001, "Thanks", reply_to_message_id=note["message_id"])
    assert sent.reply_to_message is not None
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(1001, "Thanks", reply_to_message_id=999)
    await bot.send_message(1001, "Thanks", reply_to_message_id=999, allow_sending_without_reply=True)


async def test_a_reply_keyboard_can_ask_for_the_place(telegram: Telegram, bot: Bot, ada: Person) -> None:
    keys = [[KeyboardButton("Send my place", request_location=True), KeyboardButton("Skip")]]
    await bot.send_message(1001, "Where?", reply_markup=ReplyKeyboardMarkup(keys, one_time_keyboard=True))
    with pytest.raises(NotThere, match="Send my place"):
        ada.press("Elsewhere")
    assert ada.press("Send my place", (38.7, -9.1))["location"] == {"latitude": 38.7, "longitude": -9.1}
    assert ada.chat.keyboard is None


async def test_copy_and_link_buttons_do_what_they_say(telegram: Telegram, bot: Bot, ada: Person) -> None:
    link = "https://t.me/SymptomDiaryBot?start=x"
    row = [
        InlineKeyboardButton("Copy", copy_text=CopyTextButton("secret")),
        InlineKeyboardButton("Open", url=link),
        InlineKeyboardButton("Help", url="https://example.org"),
    ]
    await bot.send_message(1001, "Choose", reply_markup=InlineKeyboardMarkup([row]))
    assert ada.tap_label("Copy") is None
    assert ada.clipboard == "secret"
    ada.tap_label("Open")
    assert ada.messages[-1]["text"] == "/start x"
    with pytest.raises(NotThere, match="leads out of Telegram"):
        ada.tap_label("Help")


async def test_the_menu_is_the_nearest_list_in_the_persons_language(
    telegram: Telegram, bot: Bot, ada: Person, ito: Person
) -> None:
    eva = telegram.person(1003, "Eva", "es-MX")
    everywhere = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([("help", "Help")])
    await bot.set_my_commands([("week", "Week")], scope=everywhere)
    await bot.set_my_commands([("week", "Semana")], scope=everywhere, language_code="es")
    await bot.set_my_commands([("invite", "Invite")], scope=BotCommandScopeChat(2001))
    assert [person.commands[0]["description"] for person in (ada, eva, ito)] == ["Week", "Semana", "Invite"]
    await bot.delete_my_commands(scope=everywhere)
    assert ada.commands == [{"command": "help", "description": "Help"}]
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([("Help", "Upper case")])
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_DESCRIPTION_INVALID"):
        await bot.set_my_commands([("help", "x" * 257)])
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.set_my_commands([("help", "x")], scope=BotCommandScopeChat(99))


async def test_the_profile_of_the_bot_is_kept(telegram: Telegram, bot: Bot, ada: Person) -> None:
    await bot.set_my_name("Diary")
    await bot.set_my_description("A diary", language_code="es")
    await bot.set_my_short_description("Diary")
    await bot.set_chat_menu_button()
    assert (await bot.get_my_name()).name == "Diary"
    assert (await bot.get_my_description("es")).description == "A diary"
    assert (await bot.get_chat(1001)).first_name == "Ada"
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("x" * 121)


async def test_a_group_is_told_of_and_left(telegram: Telegram, bot: Bot, ada: Person) -> None:
    telegram.group_add(-500, ada, "Family")
    joined, service = await bot.get_updates()
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert service.message is not None
    assert service.message.new_chat_members[0].id == telegram.me["id"]
    telegram.group_send(-500, ada, "unheard")
    telegram.group_send(-500, ada, "/start@SymptomDiaryBot")
    assert telegram.pending == 3
    await bot.leave_chat(-500)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(-500, "hello")


async def test_a_fault_before_or_after_the_call_breaks_the_connection(
    telegram: Telegram, bot: Bot, ada: Person
) -> None:
    faults = [Fault.lost_before(), Fault.lost_after()]
    telegram.fault = lambda method, params: faults.pop(0) if method == "sendMessage" and faults else None
    for heard in (0, 1):
        with pytest.raises(NetworkError):
            await bot.send_message(1001, "maybe")
        assert len(ada.heard) == heard
    assert [call.ok for call in telegram.calls_of("sendMessage", 1001)] == [False, True]


async def test_faults_answer_as_telegram_and_its_proxies_do(
    telegram: Telegram, bot: Bot, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # Without it the library warns about the type of retry_after.
    faults = [
        Fault.flood(3),
        Fault(status=500),
        Fault(gateway=True),
        Fault(gateway=True, after=True),
        Fault.slow(0.001),
    ]
    telegram.fault = lambda method, params: faults.pop(0) if method == "sendMessage" and faults else None
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(1001, "x")
    assert flood.value.retry_after == timedelta(seconds=3)
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.send_message(1001, "x")
    assert len(ada.heard) == 1
    await bot.send_message(1001, "slow")
    assert len(ada.heard) == 2


async def test_what_was_not_confirmed_comes_again_after_an_outage(telegram: Telegram, bot: Bot, ada: Person) -> None:
    ada.send("before")
    await bot.get_updates()
    port = int(telegram.address.rpartition(":")[2])
    await telegram.stop()
    ada.send("meanwhile")
    await telegram.start(port=port)
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["before", "meanwhile"]


async def test_every_call_is_recorded_with_its_answer(telegram: Telegram, bot: Bot, ada: Person) -> None:
    sent = await bot.send_message(1001, "Burning?", reply_markup=SCORES)
    with pytest.raises(BadRequest):
        await bot.send_message(77, "x")
    good, wrong = telegram.calls_of("sendMessage")
    assert good.response["message_id"] == sent.message_id
    assert good.params["reply_markup"] == SCORES.to_dict()
    assert (good.at, good.ok) == (telegram.now(), True)
    assert (wrong.ok, wrong.response) == (False, "Bad Request: chat not found")
