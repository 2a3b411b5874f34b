"""The books of a soak: what people did, what the stand-in was asked, what is in the file; and what is wrong with it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.demo.calls import Call, Params
from bot.demo.person import Person
from bot.demo.telegram import Telegram

MAY_BE_MISSING: Final = "may not have reached you"
TOO_OLD: Final = "query is too old"
"""Telegram forgets taps; an answer that comes later was given all the same."""
ASKED: Final = re.compile(r"^s:(\d{8}):(\d+):")
NEW_MESSAGES: Final = ("sendMessage", "sendPhoto")


@dataclass(frozen=True, slots=True)
class Tap:
    """One reply by a button: who, for which item, which value; `number` counts all replies."""

    chat: int
    item: int
    value: int
    number: int


@dataclass
class Ledger:
    """Everything that is counted. `read` takes in the calls that came since."""

    telegram: Telegram
    path: Path
    taps: dict[str, Tap] = field(default_factory=dict)
    """By the query's id."""
    bubble_of: dict[int, int] = field(default_factory=dict)
    """The message on which each patient taps, by chat."""
    notes: dict[str, int] = field(default_factory=dict)
    """Who wrote which note."""
    answered: set[str] = field(default_factory=set)
    receipts: Counter[int] = field(default_factory=Counter)
    prompts: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """How often each chat was asked, by diary day."""
    week: str = ""
    """In which week's digests we are."""
    digests: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    named: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """To whom a digest said that an earlier one may be missing."""
    methods: Counter[str] = field(default_factory=Counter)
    first: int = 0
    may_repeat: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """Prompts whose fate the program could not know: how often each may come once more, by day and chat."""
    doubtful: Counter[int] = field(default_factory=Counter)
    """Digests of this week whose fate the program could not know, by chat."""
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """What must not be, in words."""

    def enter_tap(self, query: str, chat: int, item: int, value: int, number: int) -> None:
        self.taps[query] = Tap(chat, item, value, number)

    def read(self) -> None:
        """Take in what the stand-in recorded, and let it forget it."""
        calls = self.telegram.calls
        for call in calls:
            self._enter(call)
        calls.clear()

    def _enter(self, call: Call) -> None:
        self.methods[call.method] += 1
        if call.method == "answerCallbackQuery" and (call.ok or TOO_OLD in str(call.response)):
            self.answered.add(str(call.params["callback_query_id"]))
        if not call.ok:
            return
        if call.method in NEW_MESSAGES and call.chat_id is not None:
            self._enter_message(call.chat_id, call.method, call.params)

    def _enter_message(self, chat: int, method: str, params: Params) -> None:
        words = str(params.get("text") or params.get("caption") or "")
        day = asked_day(params)
        if day is not None:
            self.prompts[day][chat] += 1
        elif method == "sendPhoto" or words.startswith("Your patients"):
            self.digests[self.week][chat] += 1
        elif "Kept as a note" in words:
            self.receipts[chat] += 1
        if MAY_BE_MISSING in words:
            self.named[self.week].add(chat)

    @property
    def confirmed(self) -> int:
        """Every update below this number is confirmed."""
        return self.telegram.next_unconfirmed

    # --- looking into the file --------------------------------------------------------------------------------

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the file, while the program runs or after it died."""
        with sqlite3.connect(self.path, timeout=20) as file:
            return file.execute(sql, values).fetchall()

    def depth(self) -> int:
        """How much still waits: updates to be handled and messages to be sent."""
        [(inbox, outbox)] = self.rows(
            "select (select count(*) from inbox where state = 'waiting'),"
            " (select count(*) from outbox where state = 'waiting')"
        )
        return int(inbox + outbox)

    def lost(self) -> int:
        """How many confirmed updates are not in the file."""
        [(kept,)] = self.rows(
            "select count(*) from inbox where update_id >= ? and update_id < ?", self.first, self.confirmed
        )
        return max(0, self.confirmed - self.first) - int(kept)

    def under_way(self) -> None:
        """After a death: note the prompts and digests given to Telegram of which the file does not know."""
        self.read()
        for chat, day in self.rows("select chat_id, day from outbox where state = 'waiting' and day is not null"):
            packed = str(day).replace("-", "")
            if self.prompts[packed][chat] > 0:
                self.may_repeat[packed][chat] += 1
        for (chat,) in self.rows("select chat_id from outbox where state = 'waiting' and started_at is not null"):
            self.doubtful[chat] += 1

    # --- the sum ----------------------------------------------------------------------------------------------

    def replies(self) -> dict[str, int]:
        """How the replies fared. Whatever is named after "confirmed" has to be 0."""
        self.read()
        stored = Counter(
            self.rows("select p.chat_id, s.item_id, s.value from scores s join patients p on p.id = s.patient_id")
        )
        meant = Counter((tap.chat, tap.item, tap.value) for tap in self.taps.values())
        notes = Counter(text for (text,) in self.rows("select text from notes"))
        wrote = Counter(self.notes.values())
        return {
            "replies": len(self.taps) + len(self.notes),
            "confirmed by Telegram": len(self.taps) + len(self.notes) - self.telegram.pending,
            "confirmed and not stored": (meant - stored).total() + (Counter(self.notes.keys()) - notes).total(),
            "stored twice": (stored - meant).total() + (notes - Counter(self.notes.keys())).total(),
            "taps never answered": len(self.taps.keys() - self.answered),
            "notes without a receipt": sum(1 for chat in wrote if self.receipts[chat] < wrote[chat]),
            "bubbles that show something else": sum(not self._shows_right(chat) for chat in self.bubble_of),
            "updates parked": self.rows("select count(*) from inbox where state = 'parked'")[0][0],
        }

    def _shows_right(self, chat: int) -> bool:
        newest = {tap.item: tap.value for tap in sorted(self._taps_of[chat], key=lambda tap: tap.number)}
        message = self.telegram.chats[chat].messages[self.bubble_of[chat]]
        items = self._items[chat]
        unanswered = [item for item in items if item not in newest]
        buttons = [button for row in keyboard(message) for button in row]
        if unanswered:
            asked = ASKED.match(buttons[0].get("callback_data", "")) if buttons else None
            return asked is not None and int(asked[2]) == unanswered[0]
        shown = re.findall(r": (\d+)", message["text"])
        return shown == [str(newest[item]) for item in items]

    @property
    def _taps_of(self) -> dict[int, list[Tap]]:
        if len(self._grouped_at) != len(self.taps):
            self._grouped_at = list(self.taps)
            self._grouped = defaultdict(list)
            for tap in self.taps.values():
                self._grouped[tap.chat].append(tap)
        return self._grouped

    _grouped: dict[int, list[Tap]] = field(default_factory=lambda: defaultdict(list), repr=False)
    _grouped_at: list[str] = field(default_factory=list, repr=False)

    def learn_items(self) -> None:
        """Which items each patient is asked for, in order."""
        found = self.rows(
            "select p.chat_id, i.id from items i join patients p on p.id = i.patient_id order by p.id, i.position"
        )
        self._items = defaultdict(list)
        for chat, item in found:
            self._items[chat].append(item)

    _items: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list), repr=False)

    def items_of(self, chat: int) -> list[int]:
        return self._items[chat]

    def prompts_of(self, day: str, due: set[int]) -> dict[str, int]:
        """How the prompts of one evening fared."""
        self.read()
        came, may = self.prompts[day], self.may_repeat[day]
        again = {chat: came[chat] - 1 for chat in came if came[chat] > 1}
        return {
            "prompts due": len(due),
            "never came": len(due - set(came)),
            "came uninvited": len(set(came) - due),
            "in doubt": may.total(),
            "came once more": sum(again.values()),
            "came again without doubt": sum(max(0, more - may[chat]) for chat, more in again.items()),
        }

    def digests_of(self, week: str, due: set[int], since: datetime) -> dict[str, int]:
        """How the digests of one week fared; `doubtful` is what kills and dropped answers explain."""
        self.read()
        came = self.digests[week]
        doubt = Counter(
            chat
            for (chat,) in self.rows(
                "select chat_id from outbox where state = 'in_doubt' and urgency = 5 and created_at >= ?",
                f"{since:%Y-%m-%d %H:%M}",
            )
            if chat in due
        )
        return {
            "digests due": len(due),
            "came twice": sum(came[chat] > 1 for chat in came),
            "in doubt": len(doubt),
            "never came": len(due - set(came)),
            "never came without doubt": len(due - set(came) - set(doubt)),
            "in doubt without a reason": (doubt - self.doubtful).total(),
        }

    def unnamed(self, week: str, doubt: set[int]) -> int:
        """How many of those whose last digest is in doubt were not told so in the digests of this week."""
        self.read()
        return len(doubt - self.named[week])


def asked_day(params: Params) -> str | None:
    """The diary day that a new message asks about, as its buttons have it."""
    for row in keyboard(params):
        for button in row:
            if (found := ASKED.match(str(button.get("callback_data", "")))) is not None:
                return found[1]
    return None


def keyboard(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    markup = message.get("reply_markup")
    markup = json.loads(markup) if isinstance(markup, str) else markup
    return markup.get("inline_keyboard", []) if isinstance(markup, dict) else []


def newest_question(person: Person, day: str) -> int | None:
    """The newest message that asks about a day."""
    for message in reversed(person.chat.messages.values()):
        if asked_day(message) == day:
            return int(message["message_id"])
    return None
