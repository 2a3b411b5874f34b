"""Who may see and change what: Max walks the whole surface, and so do others with ids that are not theirs."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_type_hints

import pytest

from bot import handlers
from bot.chat import buttons
from bot.demo.person import Person
from bot.diary.people import Stage
from tests.handlers.desk import Desk, clinic_at
from tests.stage import link_in, text_of

SECRET: Final = "it burns like the sun of Alentejo"
NAMES: Final = ("Ada", "Ben", "Cleo", "Ito", "Roy")
PAYLOADS: Final = [kind for kind in vars(buttons).values() if isinstance(kind, type) and is_dataclass(kind)]
TEXTS: Final = {
    "answer": ("yes", "no", "now", "later", "2100", "Europe/Lisbon", ""),
    "code": ("en", "es", "tlh"),
    "site": ("foot",),
    "side": ("left",),
    "command": ("help", "week", "start", "nothing", "", "../today"),
    "zone": ("Asia/Kathmandu", "Etc/GMT+5"),
}
"""What the fields of a payload that hold free text are tried with."""
NUMBERS: Final = {"places": (5,), "page": (0, 1)}
"""And those with a number that is nobody's id."""


ABOUT_ITEMS: Final = [
    buttons.Items,
    buttons.OneItem,
    buttons.AddItem,
    buttons.TypePlace,
    buttons.MoveItem,
    buttons.EndItem,
    buttons.ItemAgain,
]


ABOUT_SESSIONS: Final = [
    buttons.Session,
    buttons.SameSession,
    buttons.LogSession,
    buttons.SessionDate,
    buttons.Sessions,
    buttons.OneSession,
    buttons.CorrectSession,
    buttons.SessionOn,
    buttons.SessionWas,
    buttons.SessionAt,
    buttons.DeleteSession,
    buttons.ConfirmSession,
]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Desk]:
    """Ada and Ben with Dr Ito, Cleo with Dr Roy; Ada has scores, a note and a session, all with small ids."""
    async with clinic_at(tmp_path) as desk:
        await desk.enrol(desk.ben, desk.ito, "Ben", now=True)
        await desk.therapist(desk.roy)
        await desk.enrol(desk.cleo, desk.roy, "Cleo", place="Kathmandu")
        await desk.until(datetime(2026, 3, 2, 20, tzinfo=UTC))
        await desk.says(desk.ada, "9 8 7")
        await desk.says(desk.ada, SECRET)
        await desk.says(desk.ito, "/session")
        await desk.taps(desk.ito, "Ada L", "Today", "Dry needling", "Left foot", "Done")
        await desk.until(datetime(2026, 3, 3, 20, tzinfo=UTC))
        desk.sent.clear()
        yield desk
        assert not desk.refused()


def examples(kind: type[Any], ids: tuple[int, ...]) -> Iterator[str]:
    """Payloads of one kind, with every closed set walked through and every number out of `ids`."""
    hints = get_type_hints(kind)
    choices = [_values(field.name, hints[field.name], ids) for field in fields(kind)]
    for values in itertools.product(*choices):
        yield buttons.pack(kind(*values))


def _values(name: str, hint: Any, ids: tuple[int, ...]) -> list[Any]:
    options = getattr(hint, "__args__", ())
    hint = options[0] if options else hint
    if name in TEXTS:
        found = list(TEXTS[name])
    elif issubclass(hint, StrEnum):
        found = list(hint)
    elif name in NUMBERS:
        found = list(NUMBERS[name])
    else:
        found = {date: [date(2026, 3, 2)], time: [time(21)], bool: [False, True], int: list(ids)}[hint]
    return [None, *found] if options else found


def everything_of(kinds: list[type[Any]], ids: tuple[int, ...]) -> list[str]:
    return [data for kind in kinds for data in examples(kind, ids)]


def seen_by(person: Person) -> str:
    """All that a person has on the screen from the bot: texts, buttons, toasts, the menu."""
    return "\n".join(
        [
            *(text_of(message) for message in person.heard),
            *person.labels(),
            *(toast.text for toast in person.toasts),
            *(entry["description"] for entry in person.commands),
        ]
    )


def without(rows: dict[str, list[tuple[Any, ...]]], chat_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but the account of one chat."""
    return rows | {"accounts": [row for row in rows["accounts"] if row[0] != chat_id]}


def test_the_walk_knows_every_payload_and_command() -> None:
    assert set(handlers.TAPS) <= set(PAYLOADS)
    assert set(buttons._BY_CODE.values()) == set(handlers.TAPS), "every button does something"
    assert len(everything_of(PAYLOADS, (1,))) > 100
    assert {buttons.unpack(data).stage for data in examples(buttons.Enrol, ())} == set(Stage)


async def test_max_learns_what_the_bot_is_and_nothing_else(town: Desk) -> None:
    desk, stranger = town, town.max
    before = await desk.everything()
    used = link_in(next(m for m in reversed(desk.ito.heard) if "t.me" in text_of(m)))
    for name in handlers.COMMANDS:
        for argument in ("", " 1", " Ada L", " 2026-03-02"):
            stranger.send(f"/{name}{argument}")
    for words in ("7", "4 3 5", "burning 4", "hello", SECRET[::-1], "/nothing", "Lisbon", "21:30"):
        stranger.send(words)
    stranger.open_link(used)
    mine = stranger.send("one more")
    stranger.edit(mine["message_id"], "7")
    stranger.send_photo(caption="7")
    stranger.send_location(38.7, -9.1)
    await desk.settle()
    assert await desk.everything() == before, "not even an account"
    answers = {text_of(message) for message in stranger.heard}
    greeting = next(text for text in answers if "symptom diary of Riverside. I work by invitation" in text)
    assert len([text for text in answers if text != greeting]) <= 8
    seen = seen_by(stranger)
    assert not [name for name in (*NAMES, SECRET, "Alentejo") if name in seen]


@pytest.mark.parametrize("known", [False, True])
async def test_max_taps_every_button_there_is_and_nothing_happens(town: Desk, known: bool) -> None:
    desk, stranger = town, town.max
    stranger.send("/start")
    if known:
        await desk.settle()
        await desk.sends(stranger, "la:en")
    await desk.settle()
    before = await desk.everything()
    taps = everything_of([kind for kind in PAYLOADS if kind is not buttons.Language], (1, 2, 3))
    for data in taps:
        stranger.tap(stranger.heard[0]["message_id"], data)
    await desk.settle()
    assert await desk.everything() == before
    assert len([sent for sent in desk.sent if sent.method == "answerCallbackQuery"]) >= len(taps)
    for data in examples(buttons.Language, ()):
        stranger.tap(stranger.heard[0]["message_id"], data)
    stranger.tap(stranger.heard[0]["message_id"], "la:es")
    for words in ("7", "2 March", "Dr Max"):
        stranger.send(words)
    await desk.settle()
    assert without(await desk.everything(), stranger.id) == without(before, stranger.id)
    seen = seen_by(stranger)
    assert not [name for name in (*NAMES, SECRET, "Alentejo") if name in seen]


async def test_ben_can_touch_no_row_of_adas(town: Desk) -> None:
    desk, ben = town, town.ben

    async def of_ada() -> list[list[tuple[Any, ...]]]:
        tables = ("scores", "notes", "diary_days", "items", "shares", "consents", "sessions", "zones")
        return [await desk.rows(f"select * from {table} where patient_id = 1 order by 1, 2, 3") for table in tables]

    before = await of_ada()
    assert all(before), "Ada has rows of every kind"
    for data in everything_of([kind for kind in PAYLOADS if kind is not buttons.Language], (1, 2, 3)):
        ben.tap(ben.heard[0]["message_id"], data)
    await desk.settle()
    assert await of_ada() == before
    mine = {item for (item,) in await desk.rows("select id from items where patient_id = 2")}
    assert {item for (item,) in await desk.rows("select item_id from scores where patient_id = 2")} <= mine
    # One of the buttons shares Ben's own diary with Dr Roy, so his own week and log name who sees it.
    seen = seen_by(ben).replace("Dr Ito y Dr Roy ven los mismos números.", "")
    seen = seen.replace("Dr Roy supo del tratamiento que usted contó.", "")
    assert not [name for name in ("Ada", "Cleo", "Roy", SECRET, "Alentejo") if name in seen]
