"""What holds for every handler: it never waits, its failure is told, and nothing is half there."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot import handlers
from bot.handlers import HandlerWaited
from bot.storage.inbox import Arrival
from tests.handlers.desk import Desk
from tests.stage import newest


async def test_a_handler_that_waits_or_fails_undoes_the_whole_update(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    before = await desk.everything()

    async def wait(update: Update, context: Any) -> None:
        context.turn.speaks("es")
        await asyncio.sleep(0)

    async def fail(update: Update, context: Any) -> None:
        context.turn.speaks("es")
        raise RuntimeError("on purpose")

    for broken, error in ((wait, HandlerWaited), (fail, RuntimeError)):
        handler: TypeHandler[Any, Any, Any] = TypeHandler(Update, broken)
        desk.application.add_handler(handler, group=-1)
        ada.send("7")
        with pytest.raises(error):
            await desk.settle()
        desk.application.remove_handler(handler, group=-1)
        assert desk.application.turn is None
        assert await desk.everything() == before
    await desk.says(ada, "burning 7")
    assert [value for *_, value in await desk.scores(ada)] == [7], "the next one is handled as ever"


async def test_half_a_character_is_kept_as_a_sign_of_its_own(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/today")
    await desk.says(ada, "burning 7, cut \ud83d off 🙂")
    assert await desk.rows("select text from notes") == [("burning 7, cut \N{REPLACEMENT CHARACTER} off 🙂",)]
    await desk.says(desk.max, "\ud83d")
    assert not desk.refused()


async def test_who_wrote_what_could_not_be_handled_is_told_that_nothing_was_saved(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/today")
    ada.tap_label("7")
    ada.send("a note")
    updates = await desk.telegram.get_updates({"offset": desk._offset})
    desk._offset = updates[-1]["update_id"] + 1
    for update in updates:
        await desk.database.write(
            lambda tx, it=update: handlers.apologise(
                desk.application, desk.settings, tx, Arrival(1, it["update_id"], desk.now, json.dumps(it), 3), desk.now
            )
        )
    heard = len(ada.heard)
    await desk.deliver()
    assert len(ada.heard) == heard + 2
    assert "was not saved. Please try again." in newest(ada)
    assert [sent.method for sent in desk.sent].count("answerCallbackQuery") == 1, "the tap's clock stops turning"
    # In a group nobody is told anything.
    group = {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": {"id": -5, "type": "group"}, "text": "x"}}
    await desk.database.write(
        lambda tx: handlers.apologise(
            desk.application, desk.settings, tx, Arrival(1, 1, desk.now, json.dumps(group), 3), desk.now
        )
    )
    sent = len(desk.sent)
    await desk.deliver()
    assert len(desk.sent) == sent


async def test_every_tap_is_answered_once(clinic: Desk) -> None:
    desk, ada = clinic, clinic.ada
    await desk.says(ada, "/today")
    await desk.taps(ada, "4", "Skip this one", "5", "Change", "Back", "Add a note", "No note")
    await desk.sends(ada, "nonsense")
    answered = [sent.params["callback_query_id"] for sent in desk.sent if sent.method == "answerCallbackQuery"]
    assert len(answered) == len(set(answered)) == 8
