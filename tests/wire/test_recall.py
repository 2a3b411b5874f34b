"""What was taken back in the database is not said any more, however far it had come."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection

from bot import storage
from bot.demo.calls import Fault
from bot.diary.people import PatientId
from bot.press import Failed, Made, Nothing, Order
from bot.storage.outbox import Urgency
from bot.storage.tables import OutboxState
from bot.wire.bodies import Verdict
from bot.wire.books import write_down
from tests.wire.conftest import ADA, BEN, NEVER, NOW, Post, digest, edit, first_of, holds, prompt, say
from tests.wire.test_recipes import Kitchen, kitchen, row  # noqa: F401  (a fixture)


async def withdraw(post: Post, patient: PatientId) -> None:
    await post.database.write(lambda tx: storage.outbox.withdraw(tx, patient, NOW))
    post.sender.wake()


async def test_what_was_read_and_waits_for_its_slot_is_not_sent(post: Post, ada: PatientId) -> None:
    post.start(NEVER)
    await post.put(say("the slot", BEN))
    await post.sent(1)
    rows = await post.put(prompt("Burning?", patient_id=ada), say("of Ben", BEN), say("burning 9", BEN, patient_id=ada))
    await holds(lambda: len(post.sender._held()) == 3)
    await withdraw(post, ada)
    assert await post.states(*rows) == ["dropped", "waiting", "dropped"]
    await holds(lambda: post.sender._held() == {rows[1]})
    assert post.sender._bulk == 0
    assert post.texts(ADA) == []


async def test_what_failed_and_was_recalled_meanwhile_is_not_tried_again(post: Post, ada: PatientId) -> None:
    post.telegram.fault = first_of("sendMessage", Fault(stall=True))
    post.start()
    (row_,) = await post.put(say("burning 9", patient_id=ada))
    await holds(lambda: post.sender._under_way)
    await withdraw(post, ada)
    await holds(lambda: post.sender._recalled == {row_})
    await post.telegram.stop()
    await holds(lambda: not post.sender._under_way)
    assert post.sender._recalled == set()
    assert not post.sender._held()


async def test_an_edit_that_waits_for_its_bubble_is_recalled_too(post: Post, ada: PatientId) -> None:
    post.start(NEVER)
    await post.put(say("the slot", BEN))
    await post.sent(1)
    bubble = await post.bubble()
    await post.put(say("first", bubble_id=bubble, patient_id=ada), edit("second", bubble_id=bubble, patient_id=ada))
    await holds(lambda: len(post.sender._held()) == 2)
    await withdraw(post, ada)
    await holds(lambda: not post.sender._held())


async def test_a_prompt_that_arrives_after_everything_was_deleted_is_nobodys(post: Post, ada: PatientId) -> None:
    old, bubble = await post.bubble(), await post.bubble()
    await post.put(prompt(patient_id=ada, bubble_id=bubble, replaces=old))

    def deleted(tx: Connection) -> None:
        (parcel,) = storage.outbox.waiting(tx, 0, (Urgency.PROMPT, Urgency.PROMPT), 9)
        patient = storage.people.patient_by_id(tx, ada)
        storage.privacy.forget(tx, patient, NOW, keeps_account=False)
        for verdict in (Verdict(OutboxState.DELIVERED, message_id=5), Verdict(OutboxState.REFUSED)):
            write_down(tx, [(parcel, verdict, NOW)])

    await post.database.write(deleted)
    assert await post.rows("select chat_id, message_id from bubbles") in ([], [(0, 5)])
    assert await post.rows("select action from outbox where state = 'waiting'") == [("recall",)]


# --- recipes --------------------------------------------------------------------------------------------------


async def test_what_was_made_or_begun_before_a_recall_is_made_anew(kitchen: Kitchen) -> None:  # noqa: F811
    await kitchen.news(row(1))
    kitchen.held.clear()
    kitchen.recipes.begin(row(2), kitchen.now())
    kitchen.recipes.begin(row(3), kitchen.now())
    await holds(lambda: len(kitchen.orders) == 3)
    kitchen.recipes.recall({3})
    assert [result.parcel.id for result in kitchen.recipes.news(kitchen.now())] == [1]
    assert kitchen.recipes.unmade(row(1))
    kitchen.held.set()
    found: list[int] = []
    await holds(lambda: found.extend(it.parcel.id for it in kitchen.recipes.news(kitchen.now())) or found)
    assert found == [2], "the third was taken back"
    assert len(kitchen.orders) == 4, "the second was made twice"
    assert kitchen.recipes.take(row(2)) == Made({"text": "made"})


async def test_a_panel_in_the_making_does_not_show_who_stopped_sharing_meanwhile(post: Post, ada: PatientId) -> None:
    seen = ["Ada and Ben"]
    begun, go = asyncio.Event(), asyncio.Event()

    async def make(order: Order) -> Made | Nothing | Failed:
        words = seen[0]
        begun.set()
        await go.wait()
        return Made({"text": words})

    post.make = make  # type: ignore[method-assign]
    post.start()
    body = {"text": "Sorry.", "recipe": {"kind": "panel", "values": {}}}
    await post.put(digest(chat=BEN) | {"body": body, "urgency": Urgency.ANSWER})
    await begun.wait()
    seen[0] = "Ben"
    await withdraw(post, ada)
    await holds(lambda: post.sender._recipes._recalls)
    go.set()
    await post.sent(1)
    assert [call.params["text"] for call in post.telegram.calls_of("sendMessage")] == ["Ben"]
