"""The sender: order in each chat, pace for new messages alone, and for every row what became of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import storage
from bot.demo.calls import Fault, Params, Upload
from bot.demo.person import SMALL_PICTURE
from bot.diary.accesses import Seen, What
from bot.diary.entries import Cause
from bot.diary.people import ChatId, PatientId, Reach, TherapistId
from bot.press import Made, Nothing, Order
from bot.storage import Database
from bot.storage.outbox import Urgency
from bot.storage.tables import Action, OutboxState
from bot.wire import sender as module
from bot.wire.bodies import Verdict
from bot.wire.books import write_down
from bot.wire.pacing import SECOND
from bot.wire.recipes import AHEAD
from tests.wire.conftest import (
    ADA,
    BEN,
    CLEO,
    FAST,
    MONDAY,
    NEVER,
    NOOR,
    NOW,
    TOKEN,
    Leap,
    Post,
    digest,
    edit,
    first_of,
    holds,
    prompt,
    retire,
    say,
    withdraw,
)

FLOOD = 20
A_TURN = 20
"""Seconds; short enough for connections to stay open while the clock leaps."""
TIGHT = 1 / A_TURN
"""Messages a second: after a silence two go, a second apart (`two_are_gone`), then one each turn."""
LATER = Fault(status=500)
FORBIDDEN = Fault(status=400, description="Bad Request: can't parse entities")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again without a pause, and hanging calls are given up at the end."""
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(module, "STOP_WITHIN", 0.0)


def faults_in(chat: int, fault: Fault) -> Callable[[str, Params], Fault | None]:
    """Every call to one chat goes wrong."""
    return lambda method, params: fault if params.get("chat_id") == chat else None


async def two_are_gone(post: Post, leap: Leap) -> None:
    """Wait until two new messages went at this tight pace, and leap over the second between them."""
    await post.sent(1)
    leap(SECOND)
    await post.sent(2)


# --- order and pace -------------------------------------------------------------------------------------------


async def test_each_chat_reads_what_was_said_in_the_order_in_which_it_was_said(post: Post) -> None:
    post.start()
    chats = (ADA, BEN, CLEO)
    urgencies = (Urgency.DIGEST, Urgency.ANSWER, Urgency.PROMPT)
    rows = await post.put(*(say(f"{number}", chat, urgencies[number % 3]) for number in range(12) for chat in chats))
    assert set(await post.settled(*rows)) == {"delivered"}
    for chat in chats:
        assert post.texts(chat) == [str(number) for number in range(12)]


async def test_a_message_that_has_to_wait_is_not_overtaken_in_its_chat(at_once: None, post: Post) -> None:
    post.telegram.fault = first_of("sendMessage", LATER, times=2)
    post.start()
    rows = await post.put(*(say(str(number)) for number in range(5)))
    assert await post.settled(*rows) == ["delivered"] * 5
    assert post.texts(ADA) == list("01234")
    assert len(post.telegram.calls_of("sendMessage")) == 7


async def test_new_messages_keep_the_pace(post: Post, leap: Leap) -> None:
    post.start(TIGHT)
    rows = await post.put(*(say("Good evening.", chat) for chat in (ADA, BEN, CLEO, NOOR)))
    await two_are_gone(post, leap)
    await post.settled(*rows[:2])
    for number in (2, 3):
        assert await post.states(*rows[number:]) == ["waiting"] * (4 - number)
        leap(A_TURN)
        await post.settled(rows[number])


async def test_new_messages_of_one_chat_keep_its_own_pace(post: Post, leap: Leap) -> None:
    post.start(per_chat=TIGHT)
    first, second = await post.put(say("one"), say("two"))
    others = await post.put(*(say("hello", chat) for chat in (BEN, CLEO)))
    await post.settled(first, *others)
    assert await post.states(second) == ["waiting"]
    leap(A_TURN)
    await post.settled(second)
    assert post.texts(ADA) == ["one", "two"]


async def test_edits_and_answers_to_taps_never_wait_for_the_pace(post: Post) -> None:
    post.start(NEVER, NEVER)
    bubble, number = await post.shown()
    waiting = await post.put(say("a", BEN), say("b", CLEO), say("c", NOOR), say("d"))
    tap = post.person(ADA).tap(number, "s:1:0")
    urgent = await post.put(
        {"chat": ADA, "action": Action.ANSWER, "body": {"callback_query_id": tap}, "urgency": Urgency.TAP, "now": NOW},
        edit("Burning: 0", bubble_id=bubble),
        edit("Burning: 0, tingling?", message_id=number),
    )
    assert await post.settled(*urgent) == ["delivered"] * 3
    assert post.texts(ADA) == ["Burning: 0, tingling?"]
    assert await post.states(*waiting) == ["waiting"] * 4


async def test_when_the_pace_is_tight_what_matters_most_goes_first(post: Post, leap: Leap) -> None:
    post.start(TIGHT)
    first = await post.put(say("a", BEN), say("b", CLEO))
    await two_are_gone(post, leap)
    await post.settled(*first)
    order = [Urgency.DIGEST, Urgency.PROMPT, Urgency.ALERT, Urgency.ANSWER, Urgency.RED_FLAG]
    await post.put(*(say(urgency.name, 500 + number, urgency) for number, urgency in enumerate(order)))  # type: ignore[arg-type]
    for count in range(3, 8):
        leap(A_TURN)
        await post.sent(count)
    said = [call.params["text"] for call in post.telegram.calls_of("sendMessage")[2:]]
    assert said == ["RED_FLAG", "ANSWER", "ALERT", "PROMPT", "DIGEST"]


async def test_an_answer_is_not_hidden_by_a_thousand_prompts(post: Post, leap: Leap) -> None:
    crowd = [prompt(chat=1000 + number) for number in range(module.IN_MEMORY + 50)]  # type: ignore[arg-type]
    rows = await post.put(*crowd)
    post.start(TIGHT)
    await two_are_gone(post, leap)
    [answer] = await post.put(say("Saved."))
    leap(A_TURN)
    await post.settled(answer)
    assert (await post.states(*rows)).count("waiting") == len(rows) - 2


async def test_every_prompt_of_a_large_clinic_goes_out(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 20)
    rows = await post.put(*(prompt(chat=1000 + number) for number in range(90)))  # type: ignore[arg-type]
    post.start()
    assert set(await post.settled(*rows)) == {"delivered"}
    assert len(post.telegram.calls_of("sendMessage")) == 90


# --- flood control --------------------------------------------------------------------------------------------


async def test_a_flood_in_one_chat_holds_that_chat_alone(post: Post, leap: Leap) -> None:
    bubbles = [await post.bubble(chat) for chat in (ADA, BEN)]
    post.start()
    await post.settled(*await post.put(*(say("?", c, bubble_id=b) for c, b in zip((ADA, BEN), bubbles, strict=True))))
    post.telegram.fault = faults_in(ADA, Fault.flood(FLOOD))
    [held] = await post.put(say("one"))
    await post.waits()
    held_too = await post.put(say("two"), edit("!", bubble_id=bubbles[0]))
    free = await post.put(say("one", BEN), edit("!", BEN, bubble_id=bubbles[1]), say("two", BEN))
    assert await post.settled(*free) == ["delivered"] * 3
    assert await post.states(held, *held_too) == ["waiting"] * 3
    assert len([c for c in post.telegram.calls if c.chat_id == ADA and not c.ok]) == 1, "not even tried"

    post.telegram.fault = None
    leap(FLOOD)
    assert await post.settled(held, *held_too) == ["delivered"] * 3
    assert post.texts(ADA) == ["!", "one", "two"]


async def test_a_flood_in_many_chats_is_taken_as_the_whole_bots(post: Post, leap: Leap) -> None:
    post.start()
    bubble, _ = await post.shown(NOOR)
    post.telegram.fault = lambda method, params: Fault.flood(FLOOD) if params.get("chat_id") != NOOR else None
    flooded = await post.put(*(say("hello", chat) for chat in (ADA, BEN, CLEO)))
    await post.waits(3)
    [change] = await post.put(edit("!", NOOR, bubble_id=bubble))
    [new] = await post.put(say("hello", NOOR))
    await post.settled(change)
    assert await post.states(new) == ["waiting"], "new messages wait, an edit does not"

    post.telegram.fault = None
    leap(FLOOD)
    assert set(await post.settled(new, *flooded)) == {"delivered"}


async def test_a_flood_is_no_failed_try(post: Post, leap: Leap) -> None:
    post.telegram.fault = first_of("sendMessage", Fault.flood(FLOOD))
    post.start()
    [row] = await post.put(digest())
    await post.waits()
    assert await post.states(row) == ["waiting"]
    leap(FLOOD)
    assert await post.settled(row) == ["delivered"]
    assert await post.rows("select tries from outbox") == [(1,)]


# --- what became of a row -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leave", "reach", "cause", "state"),
    [("block", Reach.BLOCKED, Cause.BLOCKED, "blocked"), ("delete_account", Reach.GONE, Cause.GONE, "gone")],
)
async def test_who_left_is_noted_and_the_day_was_not_asked_for_that_cause(
    post: Post, ada: PatientId, leave: str, reach: Reach, cause: Cause, state: str
) -> None:
    getattr(post.person(ADA), leave)()
    post.start()
    [row] = await post.put(prompt(patient_id=ada, day=MONDAY))
    assert await post.settled(row) == [state]
    account = await post.database.write(lambda tx: storage.people.find_account(tx, ADA))
    assert account is not None
    assert account.reach is reach
    day = await post.database.write(lambda tx: storage.entries.find_day(tx, ada, MONDAY))
    assert day is not None
    assert (day.not_asked, day.sent_at) == (cause, None)


async def test_a_refused_prompt_is_our_own_fault(post: Post, ada: PatientId) -> None:
    post.telegram.fault = first_of("sendMessage", FORBIDDEN)
    post.start()
    [row] = await post.put(prompt(patient_id=ada, day=MONDAY))
    assert await post.settled(row) == ["refused"]
    day = await post.database.write(lambda tx: storage.entries.find_day(tx, ada, MONDAY))
    assert day is not None
    assert day.not_asked is Cause.BOT


async def test_a_delivered_prompt_notes_when_it_was_sent_and_how_it_shows(post: Post, ada: PatientId) -> None:
    post.start()
    bubble = await post.bubble()
    [row] = await post.put(prompt(patient_id=ada, day=MONDAY, bubble_id=bubble))
    assert await post.settled(row) == ["delivered"]
    day = await post.database.write(lambda tx: storage.entries.find_day(tx, ada, MONDAY))
    assert day is not None
    assert (day.not_asked, day.sent_at) == (None, NOW)
    shown = await post.database.write(lambda tx: storage.outbox.message_of(tx, bubble))
    assert shown == post.person(ADA).last["message_id"]


async def test_a_prompt_that_is_too_late_stays_unsent(post: Post, ada: PatientId) -> None:
    post.start()
    body = {"text": "Burning?", "until": (NOW - timedelta(seconds=1)).isoformat()}
    [row] = await post.put(prompt(patient_id=ada, day=MONDAY) | {"body": body})
    assert await post.settled(row) == ["dropped"]
    assert post.telegram.calls_of("sendMessage") == []
    assert await post.rows("select not_asked from diary_days") == [("bot",)]


async def test_a_tap_that_is_too_old_to_answer_is_nothing_to_worry_about(post: Post) -> None:
    post.start()
    body = {"callback_query_id": "5"}
    [row] = await post.put({"chat": ADA, "action": Action.ANSWER, "body": body, "urgency": Urgency.TAP, "now": NOW})
    assert await post.settled(row) == ["delivered"]


async def test_a_group_is_left(post: Post) -> None:
    post.telegram.group_add(-5, post.person(ADA))
    post.start()
    ids = await post.database.write(
        lambda tx: storage.outbox.add(tx, -5, Action.LEAVE, {}, urgency=Urgency.ANSWER, now=NOW)  # type: ignore[arg-type]
    )
    post.sender.wake()
    assert await post.settled(ids) == ["delivered"]
    assert post.telegram.calls_of("leaveChat")[0].ok


async def test_a_group_that_moved_is_told_goodbye_and_left_where_it_is_now(post: Post) -> None:
    """The farewell is refused with the new number; the leaving follows it."""
    post.telegram.group_add(-5, post.person(ADA))
    post.telegram.group_upgrade(-5, -1005)
    rows = await post.database.write(
        lambda tx: [
            storage.outbox.add(tx, -5, action, {"text": "Goodbye"}, urgency=Urgency.ANSWER, now=NOW)  # type: ignore[arg-type]
            for action in (Action.SEND, Action.LEAVE)
        ]
    )
    post.start()
    assert await post.settled(*rows) == ["delivered", "delivered"]
    assert [(call.chat_id, call.ok) for call in post.telegram.calls if call.method != "getUpdates"] == [
        (-5, False), (-1005, True), (-1005, True),
    ]  # fmt: skip


async def test_a_group_that_goes_on_moving_is_not_followed_for_ever(post: Post) -> None:
    post.telegram.group_add(-5, post.person(ADA))
    post.telegram.group_upgrade(-5, -1005)
    post.telegram.chats[-1005].moved_to = -5
    row = await post.database.write(
        lambda tx: storage.outbox.add(tx, **say("Goodbye", -5))  # type: ignore[arg-type]
    )
    post.start()
    assert await post.settled(row) == ["refused"]
    assert len(post.telegram.calls_of("sendMessage")) == 2


# --- who can't be reached -------------------------------------------------------------------------------------


async def test_what_waits_for_a_chat_that_shut_us_out_is_settled_by_one_refusal(post: Post, ada: PatientId) -> None:
    """Also an edit that waits for its message, and a prompt: its day was not asked for that cause."""
    post.person(ADA).block()
    bubble = await post.bubble()
    rows = await post.put(
        say("one", bubble_id=bubble), edit("one, changed", bubble_id=bubble), say("two"),
        prompt(patient_id=ada, day=MONDAY), digest(), say("for Ben", BEN),
    )  # fmt: skip
    post.start()
    assert await post.settled(*rows) == [*["blocked"] * 5, "delivered"]
    assert len(post.telegram.calls_of("sendMessage", ADA)) == 1
    assert post.telegram.calls_of("editMessageText", ADA) == []
    assert await post.rows("select not_asked, sent_at from diary_days") == [("blocked", None)]
    assert post.sender.idle()


async def test_those_who_shut_us_out_are_not_all_remembered_for_ever(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 2)
    people = (ADA, BEN, CLEO, NOOR)
    for chat in people:
        post.person(chat).block()
    post.start()
    for chat in people:
        rows = await post.put(say("one", chat), say("two", chat), prompt(chat=chat))
        assert await post.settled(*rows) == ["blocked"] * 3
    assert len(post.telegram.calls_of("sendMessage")) == len(people)
    assert len(post.sender._shut) <= 3


async def test_who_came_back_reads_what_is_new_and_nothing_that_waited(post: Post, ada: PatientId) -> None:
    """The block is heard of by an update: the handler puts a halt behind what waits."""
    post.person(ADA)
    post.telegram.fault = faults_in(ADA, Fault.flood(3600))
    post.start()
    old = await post.put(say("old"), prompt("Burning?", patient_id=ada, day=MONDAY), edit("older", message_id=7))
    await post.waits()
    await post.database.write(lambda tx: storage.outbox.halt(tx, ADA, NOW))
    post.sender.wake()
    assert await post.settled(*old) == ["blocked"] * 3
    assert await post.rows("select not_asked from diary_days") == [("blocked",)]


async def test_a_halt_that_an_earlier_process_left_holds_for_what_stands_before_it(post: Post) -> None:
    before = await post.put(prompt("old"), digest("old"))
    await post.database.write(lambda tx: storage.outbox.halt(tx, ADA, NOW))
    after = await post.put(say("new"), prompt("for Ben", BEN))
    post.start()
    assert await post.settled(*before, *after) == ["blocked", "blocked", "delivered", "delivered"]
    assert post.texts(ADA) == ["new"]


async def test_a_refusal_from_before_someone_came_back_does_not_count(post: Post, ada: PatientId) -> None:
    """The call was under way when the person let us in again: what was learned later stands."""
    post.person(ADA).block()
    release = asyncio.Event()
    refused = post.request.post_form

    async def held(*args: Any, **more: Any) -> tuple[int, bytes]:
        answer = await refused(*args, **more)
        await release.wait()
        return answer

    post.request.post_form = held  # type: ignore[method-assign]
    post.start()
    [row] = await post.put(say("one"))
    await post.sent(1)
    later = NOW + timedelta(seconds=1)
    await post.database.write(lambda tx: storage.people.put_reach(tx, ADA, Reach.BLOCKED, later))
    await post.database.write(lambda tx: storage.people.put_reach(tx, ADA, Reach.OK, later))
    post.person(ADA).unblock()
    [new] = await post.put(say("welcome back"))
    release.set()
    assert await post.settled(row, new) == ["blocked", "delivered"]
    account = await post.database.write(lambda tx: storage.people.find_account(tx, ADA))
    assert account is not None
    assert account.reach is Reach.OK


async def test_a_message_that_nobody_ever_takes_is_given_up_and_the_chat_goes_on(
    at_once: None, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_TRY", 3)
    post.telegram.fault = lambda method, params: Fault(status=500) if params.get("text") == "poison" else None
    post.start()
    rows = await post.put(say("poison"), say("and on"))
    assert await post.settled(*rows) == ["refused", "delivered"]
    assert len(post.telegram.calls_of("sendMessage")) == 5


async def test_a_prompt_that_never_showed_leaves_its_day_without_a_bubble(post: Post, ada: PatientId) -> None:
    bubble = await post.bubble()
    await post.database.write(lambda tx: storage.entries.change_day(tx, ada, MONDAY, bubble_id=bubble))
    post.person(ADA).block()
    post.start()
    await post.settled(*await post.put(prompt(patient_id=ada, day=MONDAY, bubble_id=bubble)))
    assert await post.rows("select bubble_id from diary_days") == [(None,)]


# --- edits ----------------------------------------------------------------------------------------------------


async def test_an_edit_that_changes_nothing_counts_as_delivered(post: Post) -> None:
    post.start()
    bubble, _ = await post.shown()
    [row] = await post.put(edit("How is the burning?", bubble_id=bubble))
    assert await post.settled(row) == ["delivered"]
    assert not post.telegram.calls_of("editMessageText")[0].ok, "Telegram itself called it an error"


async def test_an_edit_of_a_message_that_is_gone_is_said_anew_and_the_bubble_follows(post: Post) -> None:
    post.start()
    bubble, number = await post.shown()
    person = post.person(ADA)
    post.telegram.remove(person.chat, number)
    [row] = await post.put(edit("Burning: 3", bubble_id=bubble))
    assert await post.settled(row) == ["delivered"]
    assert post.texts(ADA) == ["Burning: 3"]
    [row] = await post.put(edit("Burning: 4", bubble_id=bubble))
    assert await post.settled(row) == ["delivered"]
    assert post.texts(ADA) == ["Burning: 4"]


async def test_buttons_of_a_message_that_is_gone_need_no_retiring(post: Post) -> None:
    post.start()
    bubble, number = await post.shown()
    post.telegram.remove(post.person(ADA).chat, number)
    [row] = await post.put(retire(bubble_id=bubble))
    assert await post.settled(row) == ["dropped"]
    assert post.texts(ADA) == []


async def test_an_edit_waits_for_its_bubbles_first_message(post: Post, leap: Leap) -> None:
    post.telegram.fault = first_of("sendMessage", Fault.flood(FLOOD))
    post.start()
    bubble = await post.bubble()
    [first] = await post.put(say("How is the burning?", bubble_id=bubble))
    await post.waits()
    [change] = await post.put(edit("Burning: 3", bubble_id=bubble))
    [other] = await post.put(say("hello", BEN))
    await post.settled(other)
    assert await post.states(first, change) == ["waiting", "waiting"]
    leap(FLOOD)
    assert await post.settled(first, change) == ["delivered", "delivered"]
    assert post.texts(ADA) == ["Burning: 3"]


async def test_an_edit_whose_message_was_refused_is_dropped_at_once(post: Post) -> None:
    post.telegram.fault = first_of("sendMessage", FORBIDDEN)
    post.start()
    bubble = await post.bubble()
    rows = await post.put(say("?", bubble_id=bubble), edit("!", bubble_id=bubble), retire(bubble_id=bubble))
    assert await post.settled(*rows) == ["refused", "dropped", "dropped"]
    assert len(post.telegram.calls) == 1


async def test_an_edit_of_a_bubble_that_was_never_said_is_dropped(post: Post) -> None:
    post.start()
    [row] = await post.put(edit("!", bubble_id=await post.bubble()))
    assert await post.settled(row) == ["dropped"]


async def test_an_edit_that_a_later_one_overtakes_is_skipped(post: Post, leap: Leap) -> None:
    post.start()
    bubble, _ = await post.shown()
    other, _ = await post.shown(words="Another bubble")
    post.telegram.fault = first_of("editMessageText", Fault.flood(FLOOD))
    rows = await post.put(edit("1", bubble_id=bubble))
    await post.waits()
    rows += await post.put(edit("2", bubble_id=bubble), edit("!", bubble_id=other), edit("3", bubble_id=bubble))
    assert await post.settled(*rows[:2]) == ["dropped", "dropped"]
    leap(FLOOD)
    assert await post.settled(*rows[2:]) == ["delivered", "delivered"]
    assert [c.params["text"] for c in post.telegram.calls_of("editMessageText") if c.ok] == ["!", "3"]
    assert post.texts(ADA) == ["3", "!"]


async def test_taking_the_buttons_off_does_not_overtake_the_words_before_it(post: Post, leap: Leap) -> None:
    post.start()
    bubble, _ = await post.shown()
    post.telegram.fault = first_of("editMessageText", Fault.flood(FLOOD))
    rows = await post.put(edit("Burning: 3", bubble_id=bubble, body={"text": "Burning: 3", "buttons": BUTTONS}))
    await post.waits()
    rows += await post.put(retire(bubble_id=bubble))
    [other] = await post.put(say("hello", BEN))
    await post.settled(other)
    leap(FLOOD)
    assert await post.settled(*rows) == ["delivered", "delivered"]
    assert post.texts(ADA) == ["Burning: 3"]
    assert post.person(ADA).labels() == []


BUTTONS = [[{"label": "Change", "tap": "c"}]]


# --- what nobody needs any more -------------------------------------------------------------------------------


async def test_what_is_withdrawn_while_it_waits_is_not_sent(post: Post, leap: Leap) -> None:
    post.telegram.fault = first_of("sendMessage", Fault.flood(FLOOD))
    post.start()
    bubble, never = await post.bubble(), await post.bubble()
    rows = await post.put(prompt("How is the burning?", bubble_id=bubble), edit("Burning: 3", bubble_id=bubble))
    await post.waits()
    rows += await post.put(withdraw(bubble_id=bubble), withdraw(bubble_id=never))
    [other] = await post.put(say("hello"))
    assert await post.settled(*rows) == ["dropped", "dropped", "delivered", "dropped"]
    leap(FLOOD)
    assert await post.settled(other) == ["delivered"]
    assert post.texts(ADA) == ["hello"]


async def test_what_was_not_read_yet_is_not_sent_either(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 20)
    bubble = await post.bubble()
    rows = await post.put(
        *(prompt(chat=1000 + number) for number in range(60)),  # type: ignore[arg-type]
        prompt(bubble_id=bubble),
        withdraw(bubble_id=bubble),
    )
    post.start()
    assert (await post.settled(*rows))[-2:] == ["dropped", "dropped"]
    assert post.texts(ADA) == []


async def test_what_is_on_screen_loses_its_buttons(post: Post) -> None:
    post.start()
    bubble = await post.bubble()
    await post.settled(*await post.put(say("?", bubble_id=bubble, body={"text": "?", "buttons": BUTTONS})))
    assert await post.settled(*await post.put(withdraw(bubble_id=bubble))) == ["delivered"]
    assert post.texts(ADA) == ["?"]
    assert post.person(ADA).labels() == []


@pytest.mark.parametrize("fails", [False, True])
async def test_what_is_under_way_loses_its_buttons_as_it_comes_and_goes_no_second_time(
    at_once: None, post: Post, fails: bool
) -> None:
    arrived, answer = asyncio.Event(), asyncio.Event()
    plain = post.request.post_form

    async def held(url: str, data: Any) -> tuple[int, bytes]:
        if not url.endswith("sendMessage"):
            return await plain(url, data)
        arrived.set()
        await answer.wait()
        return (500, b"") if fails else await plain(url, data)

    post.request.post_form = held  # type: ignore[method-assign]
    post.start()
    bubble = await post.bubble()
    question = say("?", bubble_id=bubble, body={"text": "?", "buttons": BUTTONS})
    rows = await post.put(question)
    await arrived.wait()
    [other] = await post.put(withdraw(bubble_id=bubble))
    [answered] = await post.put(withdraw(bubble_id=await post.bubble()))
    await post.settled(answered)
    answer.set()
    assert await post.settled(*rows, other) == (["dropped", "dropped"] if fails else ["delivered", "delivered"])
    assert post.texts(ADA) == ([] if fails else ["?"])
    assert post.person(ADA).labels() == []


async def test_a_bubble_that_was_shown_long_ago_is_still_found(
    post: Post, leap: Leap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of bubbles are shown while an edit waits: their numbers are not all kept in memory."""
    monkeypatch.setattr(module, "IN_MEMORY", 2)
    post.start()
    bubble, _ = await post.shown()
    post.telegram.fault = first_of("editMessageText", Fault.flood(FLOOD))
    [row] = await post.put(edit("Burning: 3", bubble_id=bubble))
    await post.waits()
    for _ in range(4 * 2 + 1):
        await post.shown(BEN)
    leap(FLOOD)
    assert await post.settled(row) == ["delivered"]
    assert post.texts(ADA) == ["Burning: 3"]


# --- when nobody can know -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [Fault.lost_after(), Fault.lost_before(), Fault(gateway=True, after=True), Fault(status=500)],
    ids=["acted, then broke", "broke", "gateway", "500"],
)
async def test_an_unanswered_prompt_goes_again_and_an_unanswered_digest_does_not(
    at_once: None, post: Post, fault: Fault
) -> None:
    left = {ADA: 1, BEN: 1}

    def once_in_each_chat(method: str, params: Params) -> Fault | None:
        if not left[params["chat_id"]]:
            return None
        left[params["chat_id"]] = 0
        return fault

    post.telegram.fault = once_in_each_chat
    post.start()
    rows = await post.put(prompt(), digest(chat=BEN))
    assert await post.settled(*rows) == ["delivered", "in_doubt"]
    assert [len(post.telegram.calls_of("sendMessage", chat)) for chat in (ADA, BEN)] == [2, 1]


async def test_an_unanswered_digest_is_in_doubt_and_says_why(post: Post) -> None:
    post.telegram.fault = first_of("sendMessage", Fault.lost_after())
    post.start()
    [row] = await post.put(digest())
    assert await post.settled(row) == ["in_doubt"]
    assert post.texts(ADA) == ["Your week"], "it arrived, but nobody told us"
    [(error,)] = await post.rows("select error from outbox")
    assert error
    assert TOKEN not in error


async def test_what_never_reached_the_server_goes_again_be_it_a_digest(post: Post, leap: Leap) -> None:
    port = int(post.telegram.address.rpartition(":")[2])
    rows = await post.put(prompt(), digest(chat=BEN))
    await post.telegram.stop()
    post.start()
    await post.waits(2)
    assert await post.rows("select state, started_at from outbox") == [("waiting", None)] * 2
    await post.telegram.start(port=port)
    leap(2)
    assert await post.settled(*rows) == ["delivered", "delivered"]
    assert len(post.telegram.calls_of("sendMessage")) == 2


async def test_a_revoked_token_costs_no_message(at_once: None, post: Post) -> None:
    post.telegram.fault = first_of("sendMessage", Fault(status=401, description="Unauthorized"), times=3)
    post.start()
    rows = await post.put(prompt(), digest(chat=BEN))
    assert await post.settled(*rows) == ["delivered", "delivered"]


async def test_a_digest_under_way_when_the_process_died_is_in_doubt_and_a_prompt_goes_again(post: Post) -> None:
    rows = await post.put(prompt(), digest(chat=BEN), digest(chat=CLEO))

    def died(tx: Connection) -> None:
        storage.outbox.start(tx, rows[1], NOW)

    await post.database.write(died)
    post.start()
    assert await post.settled(*rows) == ["delivered", "in_doubt", "delivered"]
    assert post.texts(BEN) == []


async def test_a_digest_is_marked_as_under_way_before_it_goes(post: Post) -> None:
    started: list[object] = []

    def look(method: str, params: Params) -> None:
        if method == "sendMessage":
            # The database file itself, read beside the program: what a crash at this moment would leave.
            import sqlite3

            beside = sqlite3.connect(post.database.path)
            started.extend(row[0] is not None for row in beside.execute("select started_at from outbox order by id"))
            beside.close()

    post.telegram.fault = look  # type: ignore[assignment]
    post.start()
    await post.settled(*await post.put(digest()))
    assert started == [True]


async def test_what_was_delivered_while_the_program_stops_is_written_down(post: Post) -> None:
    """The writer is busy, the message has arrived, and then the program is told to stop."""
    go_on = threading.Event()
    blocked: list[asyncio.Task[Any]] = []

    def occupy(method: str, params: Params) -> None:
        blocked.append(asyncio.ensure_future(post.database.write(lambda tx: go_on.wait(10))))

    post.telegram.fault = occupy  # type: ignore[assignment]
    post.start()
    await post.put(say("Saved."))
    await post.sent(1)
    await holds(post.sender.idle)
    stopping = asyncio.create_task(post.stop())
    for _ in range(5):
        await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(stopping, *blocked)
    assert await post.rows("select state from outbox") == [("delivered",)]


async def test_a_database_that_cannot_be_written_ends_the_sender(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    post.start()
    monkeypatch.setattr(storage.outbox, "settle", full)
    await post.put(say("Saved."))
    assert post.running is not None
    with pytest.raises(OperationalError):
        await asyncio.wait_for(post.running, 10)
    post.running = None


# --- hanging --------------------------------------------------------------------------------------------------


async def test_a_chat_that_hangs_delays_no_other_and_not_its_own_edits(at_once: None, post: Post) -> None:
    post.start()
    bubble, _ = await post.shown()
    post.telegram.fault = lambda method, params: (
        Fault.slow(3600) if params.get("chat_id") == ADA and method == "sendMessage" else None
    )
    stuck = await post.put(say("one"), say("two"))
    free = await post.put(*(say(str(n), chat) for n in range(3) for chat in (BEN, CLEO, NOOR)))
    change = await post.put(edit("Burning: 3", bubble_id=bubble))
    assert set(await post.settled(*free, *change)) == {"delivered"}
    assert await post.states(*stuck) == ["waiting", "waiting"]


# --- what is still to be made ---------------------------------------------------------------------------------


def to_make(words: str = "Sorry.", chat: ChatId = ADA) -> dict[str, Any]:
    return digest(words, chat) | {"body": {"text": words, "recipe": {"kind": "panel", "values": {}}}}


async def test_what_is_made_goes_in_its_place_in_the_chat(post: Post) -> None:
    async def make(order: Order) -> Made:
        assert order.body["recipe"]["kind"] == "panel"
        assert order.reader == ADA
        return Made({"text": "Your week"}, SMALL_PICTURE)

    post.make = make  # type: ignore[method-assign]
    post.start()
    rows = await post.put(say("Soon."), to_make(), say("Later."))
    assert await post.settled(*rows) == ["delivered"] * 3
    [call] = post.telegram.calls_of("sendPhoto")
    assert isinstance(call.params["photo"], Upload)
    assert call.params["photo"].content == SMALL_PICTURE
    assert call.params["caption"] == "Your week"
    assert [("photo" in message) for message in post.person(ADA).heard] == [False, True, False], "in order"


async def test_what_a_therapist_was_shown_is_in_the_log_once_it_is_delivered(post: Post, ada: PatientId) -> None:
    def enlist(tx: Connection) -> None:
        for chat in (BEN, CLEO):
            storage.people.account(tx, chat, "en", NOW)
            storage.people.add_therapist(tx, chat, "Dr Ito", "Europe/Lisbon", NOW, NOW)

    async def make(order: Order) -> Made:
        number = TherapistId(1 if order.reader == BEN else 2)
        gone = PatientId(999)
        seen = Seen(number, What.DIGEST, (ada, gone))
        return Made({"text": "The week of all"}, seen=seen)

    await post.database.write(enlist)
    post.make = make  # type: ignore[method-assign]
    post.person(CLEO).block()
    post.start()
    assert await post.settled(*await post.put(to_make(chat=BEN), to_make(chat=CLEO))) == ["delivered", "blocked"]
    found = await post.rows("select patient_id, therapist_id, what from accesses")
    assert found == [(ada, 1, "digest")], "nothing of what did not arrive, nor of who was forgotten meanwhile"


async def test_what_is_written_down_twice_is_in_the_log_once(database: Database, ada: PatientId) -> None:
    def work(tx: Connection) -> int:
        storage.people.account(tx, BEN, "en", NOW)
        storage.people.add_therapist(tx, BEN, "Dr Ito", "Europe/Lisbon", NOW, NOW)
        storage.outbox.add(tx, **to_make(chat=BEN))
        [parcel] = storage.outbox.waiting(tx, 0, (Urgency.TAP, Urgency.DIGEST), 9)
        verdict = Verdict(OutboxState.DELIVERED, seen=Seen(TherapistId(1), What.DIGEST, (ada,)))
        for _ in range(2):
            write_down(tx, [(parcel, verdict, NOW)])
        return len(storage.accesses.newest(tx, ada, 9))

    assert await database.write(work) == 1


async def test_what_may_no_longer_be_seen_is_dropped_and_takes_no_slot_of_the_pace(post: Post, leap: Leap) -> None:
    async def make(order: Order) -> Nothing:
        return Nothing("no longer shared")

    post.make = make  # type: ignore[method-assign]
    post.start(TIGHT)  # two go, and no other soon
    rows = await post.put(to_make(), to_make(chat=BEN), to_make(chat=CLEO), say("one"), say("two", BEN))
    await two_are_gone(post, leap)
    assert await post.settled(*rows) == ["dropped"] * 3 + ["delivered"] * 2
    assert len(post.telegram.calls) == 2


async def test_a_chat_whose_message_is_in_the_making_holds_up_no_other(post: Post, leap: Leap) -> None:
    going_on = asyncio.Event()

    async def make(order: Order) -> Made:
        await going_on.wait()
        return Made({"text": "Your week"})

    post.make = make  # type: ignore[method-assign]
    post.start(TIGHT)
    first, behind, *others = await post.put(to_make(), say("behind it"), say("a", BEN), say("b", CLEO))
    await two_are_gone(post, leap)
    assert await post.settled(*others) == ["delivered"] * 2, "it has taken no slot of the pace"
    assert await post.states(first, behind) == ["waiting"] * 2
    assert not post.sender.idle()
    going_on.set()


async def test_what_waits_for_its_slot_for_too_long_is_made_anew(post: Post, leap: Leap) -> None:
    seen: list[str] = []

    async def make(order: Order) -> Made | Nothing:
        seen.append("made")
        return Made({"text": f"Your week, version {len(seen)}"}) if len(seen) == 1 else Nothing("no longer shared")

    post.make = make  # type: ignore[method-assign]
    post.start(TIGHT)
    first = await post.put(say("a", BEN), say("b", CLEO))
    await two_are_gone(post, leap)
    await post.settled(*first)
    [row] = await post.put(to_make())
    await holds(lambda: seen)
    leap(A_TURN)
    assert await post.settled(row) == ["dropped"]
    assert post.telegram.calls_of("sendMessage", ADA) == []


async def test_a_failed_call_makes_its_message_anew(post: Post, leap: Leap) -> None:
    orders: list[Order] = []

    async def make(order: Order) -> Made:
        orders.append(order)
        return Made({"text": f"version {len(orders)}"})

    post.make = make  # type: ignore[method-assign]
    post.telegram.fault = first_of("sendMessage", Fault(status=429, retry_after=FLOOD))
    post.start()
    [row] = await post.put(to_make())
    await post.waits()
    leap(FLOOD)
    assert await post.settled(row) == ["delivered"]
    assert post.texts(ADA) == ["version 2"]


async def test_a_thousand_digests_are_made_a_few_ahead(post: Post) -> None:
    made: list[Order] = []

    async def make(order: Order) -> Made:
        made.append(order)
        return Made({"text": "Your week"})

    post.make = make  # type: ignore[method-assign]
    post.start(NEVER)
    rows = await post.put(*(to_make(chat=1000 + number) for number in range(60)))  # type: ignore[arg-type]
    await post.settled(rows[0])
    await holds(lambda: len(made) == AHEAD + 1)
    assert await post.states(*rows[1:]) == ["waiting"] * 59
    assert len(made) == AHEAD + 1


async def test_nothing_waits_when_all_is_settled(post: Post) -> None:
    post.start(FAST, FAST)
    await post.settled(*await post.put(say("one"), say("two", BEN)))
    await holds(post.sender.idle)


async def test_rows_that_an_earlier_process_left_are_sent(post: Post, database: Database) -> None:
    rows = await post.put(say("left behind"), prompt(chat=BEN))
    post.start()
    assert await post.settled(*rows) == ["delivered", "delivered"]
