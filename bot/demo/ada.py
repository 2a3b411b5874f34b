"""Ada by herself: enrols through the chat and answers her evening questions, some evenings not, for weeks.

She reads the screen as a person does. What she looks for there stands in the tables at the top; where nothing
matches, she stops and leaves the rest to whoever watches.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.demo.chats import Message
from bot.demo.hooks import Hooks, advance
from bot.demo.person import NotThere, Person
from bot.demo.telegram import Telegram

INVITE: Final = "/invite Ada"
HELLO: Final = "/start"
ROLE: Final = ("I treat patients too",)
"""Dr Ito works alone: the clinic admin who treats patients too becomes a therapist with one tap."""
AGREE: Final = ("Yes", "20:00", "Start now")
"""Enrolment: the affirmative label of each step; a label that contains one of them counts."""
SESSION: Final = "/session"
SESSION_STEPS: Final = ("Ada", "Same as last time", "Today", "Dry needling", "Done", "Left foot")
FIRST_SESSION_ON: Final = 7
"""Days of diary before the first treatment session: they make the baseline."""
NOT_TODAY: Final = "Not today"
SORE: Final = "Sore, as expected"
SYMPTOMS: Final = {"burning": 7.0, "tingling": 6.0, "pain": 5.0, "numbness": 5.0, "sleep": 4.0}
"""Words in the question by which she knows the symptom, and how bad it is in her first week, 0 to 10."""
NOTES: Final = (
    "Walked to the market and back.",
    "Slept badly, warm feet all night.",
    "New shoes. Better, I think.",
    "Long day standing at work.",
    "Did my exercises twice.",
    "Quiet evening.",
)

NUMBERS: Final = tuple(str(number) for number in range(11))
LIMIT_FOR: Final = timedelta(days=3)
"""How far the clock may move before "no question came" is the answer."""
_DAY_APART: Final = timedelta(hours=14)
"""Two questions closer together are one evening's prompt and its reminder."""

Progress = Callable[[int, int], None]


class NothingAsked(Exception):
    """No evening question reached Ada in three days."""


def is_question(message: Message) -> bool:
    """Whether a message has a button for each number from 0 to 10."""
    return set(NUMBERS) <= {button["text"].strip() for button in _buttons(message)}


def question(person: Person) -> Message | None:
    """The newest question on a telephone that can still be tapped."""
    return next((message for message in reversed(person.heard) if is_question(message)), None)


async def to_prompt(hooks: Hooks, person: Person) -> bool:
    """Move the clock to the next evening question of `person`; False where none came in three days."""
    newest = person.messages[-1]["message_id"] if person.messages else 0

    def asked() -> bool:
        found = question(person)
        return found is not None and found["message_id"] > newest

    return await advance(hooks, hooks.now() + LIMIT_FOR, asked)


async def answer_weeks(
    telegram: Telegram,
    hooks: Hooks,
    ada: Person,
    ito: Person,
    weeks: int,
    progress: Progress,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    sessions: bool = False,
    seed: int = 7,
) -> int:
    """Answer for `weeks`, enrolling first where needed; gives the days done: fewer where `cancelled` said so.

    The same `seed` gives the same answers. `progress(done_days, total_days)` is told after each day. With
    `sessions`, Dr Ito logs a treatment session each week. Raises NothingAsked when no more questions come.
    """
    # A made-up diary needs the same numbers each time, not secret ones.
    chance = random.Random(seed)  # noqa: S311
    total = 7 * weeks
    progress(0, total)
    if not is_enrolled(ada):
        await enrol(hooks, telegram, ada, ito)
    last: Message | None = None
    for day in range(total):
        prompt = await _next_prompt(hooks, ada, last, cancelled)
        if cancelled():
            return day
        if prompt is None:
            raise NothingAsked("no evening question came in three days")
        await _spend_evening(hooks, ada, day, chance)
        last = prompt
        if sessions and day >= FIRST_SESSION_ON and day % 7 == 0:
            await log_session(hooks, ito)
        progress(day + 1, total)
    return total


def is_enrolled(ada: Person) -> bool:
    """Whether she ever opened an invitation; a half-finished enrolment is finished by hand."""
    return any(message.get("text", "").startswith("/start ") for message in ada.messages) or bool(question(ada))


async def enrol(hooks: Hooks, telegram: Telegram, ada: Person, ito: Person) -> None:
    """Dr Ito invites, Ada opens the link and says yes at each step, up to a question or the last button.

    Raises NotThere where Dr Ito's newest messages hold no link.
    """
    if not ito.messages:
        ito.send(HELLO)
        await hooks.quiet()
        await _walk(hooks, ito, ROLE, steps=1)
    asked = ito.send(INVITE)
    await hooks.quiet()
    answers = [message for message in ito.heard if message["message_id"] > asked["message_id"]]
    link = next((link for message in reversed(answers) for link in links(telegram, message)), None)
    if link is None:
        raise NotThere(f"no invitation link came after {INVITE!r}")
    ada.open_link(link)
    await hooks.quiet()
    await _walk(hooks, ada, AGREE, steps=12)


async def log_session(hooks: Hooks, ito: Person) -> None:
    """Dr Ito logs today's treatment session of Ada."""
    ito.send(SESSION)
    await hooks.quiet()
    await _walk(hooks, ito, SESSION_STEPS, steps=6)


def links(telegram: Telegram, message: Message) -> list[str]:
    """The deep links to the bot that a message shows: in its text, behind words, on buttons, to copy."""
    text = (message.get("text") or message.get("caption") or "").encode("utf-16-le")
    shown = [
        entity.get("url") or text[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in message.get("entities") or message.get("caption_entities") or []
        if entity["type"] in {"url", "text_link", "code", "pre"}
    ]
    for button in _buttons(message):
        shown += [button.get("url", ""), button.get("copy_text", {}).get("text", "")]
    return [link for link in shown if telegram.payload_of(link)]


async def _walk(hooks: Hooks, person: Person, wanted: Sequence[str], steps: int) -> None:
    """Tap through a dialogue: the first wanted label of the newest message, until there is none."""
    for _ in range(steps):
        message = person.last
        taps = [button for button in _buttons(message) if "callback_data" in button]
        if not taps or is_question(message):
            return
        chosen = next((b for word in wanted for b in taps if word.lower() in b["text"].lower()), None)
        if chosen is None:
            return
        person.tap(message["message_id"], chosen["callback_data"])
        await hooks.quiet()
        if person.last is message:
            return  # Nothing on screen changed: this was the end of the dialogue.


async def _next_prompt(
    hooks: Hooks, ada: Person, last: Message | None, cancelled: Callable[[], bool]
) -> Message | None:
    """The question of the next evening, moving the clock as far as it takes; None after three days."""

    def fresh() -> Message | None:
        found = question(ada)
        if found is None:
            return None
        since = last["date"] if last is not None else hooks.now().timestamp() - 2 * _DAY_APART.total_seconds()
        return found if found["date"] - since > _DAY_APART.total_seconds() else None

    if fresh() is None:
        await advance(hooks, hooks.now() + LIMIT_FOR, lambda: cancelled() or fresh() is not None)
    return fresh()


async def _spend_evening(hooks: Hooks, ada: Person, day: int, chance: random.Random) -> None:
    """Answer all, or not: 1 evening in 9 is missed, 1 in 20 declined, 1 in 14 answered in part."""
    mood, wrote, partial = chance.random(), chance.random() < 0.15, chance.randint(1, 2)
    scores = {name: _score(name, day, chance) for name in SYMPTOMS}
    if day == 0:
        mood = 1.0  # The first evening is always answered, so that every chart has a beginning.
    if mood < 1 / 9:
        return
    if mood < 1 / 9 + 1 / 20:
        ada.tap_label(NOT_TODAY)
        await hooks.quiet()
        return
    limit = partial if mood < 1 / 9 + 1 / 20 + 1 / 14 else len(SYMPTOMS)
    message = question(ada)
    for asked in range(limit):
        # One bubble is the whole evening; an older one may still show a question that was left open.
        if message is None or not is_question(message):
            break
        score = scores[_symptom(message, asked)]
        ada.tap_label(str(score), message["message_id"])
        await hooks.quiet()
        shown = ada.chat.messages.get(message["message_id"])
        if shown == message:
            break  # The bot made nothing of the tap; another would not help.
        message = shown
    await _after_treatment(hooks, ada)
    if wrote and limit == len(SYMPTOMS):
        ada.send(chance.choice(NOTES))
        await hooks.quiet()


async def _after_treatment(hooks: Hooks, ada: Person) -> None:
    """Say how it is since the treatment, where that is asked below the evening's questions."""
    newest = ada.heard[-1]
    if any(button["text"] == SORE for button in _buttons(newest)):
        ada.tap_label(SORE, newest["message_id"])
        await hooks.quiet()


def _score(name: str, day: int, chance: random.Random) -> int:
    """One score: steady in the first week, then slowly better, with noise."""
    better = min(max(day - 6, 0) * 0.08, 2.6)
    return min(max(round(SYMPTOMS[name] - better + chance.gauss(0, 0.7)), 0), 10)


def _symptom(message: Message, asked: int) -> str:
    """Which symptom a question is about: the first one named, else by its place."""
    text = (message.get("text") or message.get("caption") or "").lower()
    named = sorted((text.find(name), name) for name in SYMPTOMS if name in text)
    return named[0][1] if named else list(SYMPTOMS)[min(asked, len(SYMPTOMS) - 1)]


def _buttons(message: Message) -> list[dict[str, Any]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
