"""The page over its own HTTP interface: what each button does, and whom it refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio

from bot.clock import StillClock
from bot.demo import page as page_module
from bot.demo.page import Page, next_monday
from bot.demo.person import Person
from bot.demo.telegram import Telegram
from tests.demo.small import MONDAY, SmallDiary, png


class Client:
    """Asks the page, and gives the status and the JSON of each answer."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session = session
        self.address = address

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        ask = self.session.request(method, self.address + path, json=body, headers=headers)
        async with ask as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        status, answer = await self("POST", path, body)
        assert status in {200, 202}, answer
        return answer


@pytest_asyncio.fixture(loop_scope="session")
async def client(page: Page) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, page.address)


async def enrolled(client: Client) -> None:
    await client.post("/api/phones/ito/send", text="/invite Ada")
    await client.post("/api/phones/ada/open", link="https://t.me/SymptomDiaryBot?start=ada-7Qx")
    await client.post("/api/phones/ada/tap", button="Yes")


async def test_the_state_shows_both_phones_and_the_clock(client: Client) -> None:
    status, state = await client("GET", "/api/state")
    assert (status, state["whole"]) == (200, True)
    assert state["clock"]["says"] == "Mon 2 March, 09:00 in Lisbon"
    assert {name: phone["title"] for name, phone in state["phones"].items()} == {
        "ada": "Ada",
        "ito": "Dr Ito",
    }
    assert [command["command"] for command in state["phones"]["ada"]["commands"]] == ["help", "week"]


async def test_a_post_answers_with_what_the_bot_made_of_it(client: Client) -> None:
    answer = await client.post("/api/phones/ada/send", text="Good evening")
    assert [message["text"] for message in answer["messages"]] == ["Good evening", "You wrote: Good evening"]
    answer = await client.post(
        "/api/phones/ada/edit", message_id=answer["messages"][0]["message_id"], text="Good night"
    )
    assert answer["messages"][0]["text"] == "Good night"


async def test_an_evening_can_be_driven_over_http(client: Client, diary: SmallDiary) -> None:
    await enrolled(client)
    moved = await client.post("/api/clock", to="prompt")
    assert moved["clock"]["says"] == "Mon 2 March, 20:00 in Lisbon"
    (question,) = moved["phones"]["ada"]["messages"]
    answer = await client.post("/api/phones/ada/tap", message_id=question["message_id"], button="7")
    assert answer["toasts"][0]["text"] == "Burning 7 saved"
    (bubble,) = answer["messages"]
    assert (bubble["message_id"], bubble["text"]) == (
        question["message_id"],
        "burning: 7\nHow was the tingling today?",
    )
    data = bubble["reply_markup"]["inline_keyboard"][0][3]["callback_data"]
    await client.post("/api/phones/ada/tap", button=data)
    assert sorted(diary.scores.values()) == [3, 7]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"hours": 1}, "Mon 2 March, 10:00 in Lisbon"),
        ({"hours": 0.5}, "Mon 2 March, 09:30 in Lisbon"),
        ({"to": "day"}, "Tue 3 March, 09:00 in Lisbon"),
        ({"to": "monday"}, "Mon 9 March, 07:31 in Lisbon"),
    ],
)
async def test_the_clock_moves(client: Client, body: dict[str, Any], says: str) -> None:
    assert (await client.post("/api/clock", **body))["clock"]["says"] == says


@pytest.mark.parametrize(
    ("now", "zone", "monday"),
    [
        (datetime(2026, 3, 2, 7, 30, tzinfo=UTC), "Europe/Lisbon", datetime(2026, 3, 2, 7, 31, tzinfo=UTC)),
        (datetime(2026, 3, 2, 7, 31, tzinfo=UTC), "Europe/Lisbon", datetime(2026, 3, 9, 7, 31, tzinfo=UTC)),
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), "Europe/Lisbon", datetime(2026, 3, 30, 6, 31, tzinfo=UTC)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), "Asia/Kathmandu", datetime(2026, 3, 2, 1, 46, tzinfo=UTC)),
    ],
)
def test_monday_is_the_next_one_in_the_zone(now: datetime, zone: str, monday: datetime) -> None:
    assert next_monday(now, ZoneInfo(zone)) == monday


async def test_no_question_in_three_days_is_said(client: Client, clock: StillClock) -> None:
    status, answer = await client("POST", "/api/clock", {"to": "prompt"})
    assert (status, answer["error"]) == (409, "No evening question reached Ada in three days.")
    assert clock.now() == MONDAY + timedelta(days=3)


async def test_places_blocks_and_pictures(client: Client, telegram: Telegram, ada: Person) -> None:
    answer = await client.post("/api/phones/ada/location", city="Nuuk")
    assert answer["messages"][0]["location"] == {"latitude": 64.1835, "longitude": -51.7216}
    assert (await client.post("/api/phones/ada/block"))["blocked"] is True
    status, refused = await client("POST", "/api/phones/ada/send", {"text": "hello"})
    assert (status, "blocked" in refused["error"]) == (409, True)
    assert (await client.post("/api/phones/ada/unblock"))["blocked"] is False
    ada.send_photo(png(60, 50))
    file_id = ada.messages[-1]["photo"][0]["file_id"]
    async with client.session.get(f"{client.address}/api/phones/ada/photos/{file_id}") as picture:
        assert (picture.content_type, await picture.read()) == ("image/png", png(60, 50))


async def test_a_document_is_a_download_never_a_page(client: Client, telegram: Telegram) -> None:
    file = telegram.keep("evil.html", "text/html", b"<script>alert(1)</script>", "documents")
    async with client.session.get(f"{client.address}/api/phones/ada/files/{file.id}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="evil.html"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/phones/bob/send", {"text": "x"}, 404),
        ("/api/phones/ada/dance", {}, 404),
        ("/api/phones/ada/send", {}, 400),
        ("/api/phones/ada/send", {"text": "  "}, 400),
        ("/api/phones/ada/send", {"text": "x", "reply_to": 99}, 409),
        ("/api/phones/ada/tap", {"button": "7"}, 409),
        ("/api/phones/ada/location", {"city": "Atlantis"}, 400),
        ("/api/phones/ada/open", {"link": "https://example.org"}, 409),
        ("/api/clock", {"hours": -1}, 400),
        ("/api/clock", {"to": "yesterday"}, 400),
        ("/api/clock", [], 400),
        ("/api/weeks", {"weeks": 0}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_reason(client: Client, path: str, body: Any, status: int) -> None:
    got, answer = await client("POST", path, body)
    assert got == status
    assert answer["error"]


async def test_only_this_machine_and_only_json_may_drive(client: Client) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example:80", "192.168.0.9"):
        assert (await client("GET", "/api/state", Host=host))[0] == 403
    assert (await client("GET", "/api/state", Host="localhost:1"))[0] == 200
    for headers, status in (
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json", "Origin": "https://evil.example"}, 403),
    ):
        ask = client.session.post(client.address + "/api/clock", data=b'{"hours": 1}', headers=headers)
        async with ask as answer:
            assert answer.status == status


async def test_a_bot_that_is_not_quiet_is_said(
    client: Client, telegram: Telegram, diary: SmallDiary, monkeypatch: pytest.MonkeyPatch, page: Page
) -> None:
    async def restless() -> None:
        raise TimeoutError

    monkeypatch.setattr(page, "hooks", replace(page.hooks, quiet=restless))
    status, answer = await client("POST", "/api/phones/ada/send", {"text": "x"})
    assert (status, answer["error"]) == (504, "The bot has not become quiet. Is it still running?")


async def test_events_begin_whole_and_go_on_with_changes(client: Client, ada: Person) -> None:
    async with client.session.get(client.address + "/api/events") as stream:

        async def event() -> Any:
            async for line in stream.content:
                if line.startswith(b"data: "):
                    return json.loads(line.removeprefix(b"data: "))
            raise AssertionError("the stream ended")

        assert (await event())["whole"] is True
        ada.send("hello")
        heard: list[str] = []
        while "You wrote: hello" not in heard:
            change = await event()
            assert change["whole"] is False
            heard += [message["text"] for message in change["phones"]["ada"]["messages"]]


@pytest.mark.parametrize("steps", range(5))
async def test_a_page_that_is_looked_at_stops_even_while_something_changes(
    client: Client, page: Page, telegram: Telegram, steps: int
) -> None:
    """However far the change has come when the page is told to stop."""
    async with client.session.get(client.address + "/api/events") as stream:
        assert await stream.content.readline()
        await asyncio.sleep(0.01)
        telegram.touch()
        for _ in range(steps):
            await asyncio.sleep(0)
        stopping = asyncio.create_task(page.stop())
        done, _ = await asyncio.wait({stopping}, timeout=5)
        assert done


async def test_ada_answers_weeks_by_herself_and_stops(client: Client, page: Page, telegram: Telegram) -> None:
    assert (await client.post("/api/weeks", weeks=2))["running"] is True
    assert (await client("POST", "/api/clock", {"hours": 1}))[0] == 409
    assert (await client("POST", "/api/weeks", {"weeks": 1}))[0] == 409
    await telegram.until(lambda: page.weeks.done_days >= 2)
    assert (await client("DELETE", "/api/weeks"))[1]["stopping"] is True
    await telegram.until(lambda: not page.weeks.running)
    _, progress = await client("GET", "/api/weeks")
    assert 2 <= progress["done_days"] < 14
    assert progress["error"] is None


async def test_why_ada_stopped_by_herself_is_told(
    client: Client, page: Page, telegram: Telegram, diary: SmallDiary
) -> None:
    await enrolled(client)
    diary.due.clear()
    await client.post("/api/weeks", weeks=1)
    await telegram.until(lambda: not page.weeks.running)
    assert page.weeks.error == "no evening question came in three days"


async def test_a_taken_port_is_no_hindrance(page: Page, telegram: Telegram, diary: SmallDiary) -> None:
    other = Page(telegram, diary.hooks())
    await other.start(port=int(page.address.rpartition(":")[2]))
    assert other.address != page.address
    await other.stop()


async def test_the_page_takes_nothing_from_elsewhere(client: Client) -> None:
    async with client.session.get(client.address + "/") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<title>Symptom diary" in await answer.text()
    for file in (Path(page_module.__file__).parent / "static").iterdir():
        text = file.read_text()
        assert "innerHTML" not in text
        assert "//cdn" not in text
        assert "@import" not in text


async def test_the_document_describes_every_address(page: Page) -> None:
    described = (Path(__file__).parents[2] / "docs" / "demo-api.md").read_text()
    for act in page_module._ACTS:
        assert f"/{act}`" in described
    for path in ("/api/state", "/api/events", "/api/clock", "/api/weeks"):
        assert f"`{path}`" in described or f"{path}`" in described
