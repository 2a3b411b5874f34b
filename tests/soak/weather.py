"""A network that breaks in every way: faults by chance on every call, and spells in which one thing goes wrong."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any, Final

from bot.demo.calls import Fault, Params
from tests.soak.ledger import NEW_MESSAGES, Ledger, asked_day

LATENCY_S: Final = 3.0
FLOOD_S: Final = 2
GRACE_S: Final = 1.0
"""How long calls may still arrive that were on their way when a 429 was said."""
UNAUTHORIZED: Final = Fault(status=401, description="Unauthorized")
CONFLICT: Final = Fault(status=409, description="Conflict: terminated by other getUpdates request")

SENDS: Final[dict[str, tuple[float, Fault]]] = {
    "500": (0.010, Fault(status=500)),
    "500, acted": (0.005, Fault(status=500, after=True)),
    "page": (0.010, Fault(gateway=True)),
    "page, acted": (0.005, Fault(gateway=True, after=True)),
    "dropped": (0.010, Fault.lost_before()),
    "dropped, acted": (0.010, Fault.lost_after()),
    "malformed, acted": (0.005, Fault.garbled()),
    "no answer of Telegram, acted": (0.005, Fault.garbled("{}")),
    "cut short": (0.010, Fault(cut=True)),
    "slow": (0.010, Fault.slow(LATENCY_S)),
    "429": (0.010, Fault.flood(FLOOD_S)),
    "401": (0.005, UNAUTHORIZED),
}
"""What happens to a message, an edit or an answer, and how often."""
POLLS: Final[dict[str, tuple[float, Fault]]] = {
    "poll: 500": (0.03, Fault(status=500)),
    "poll: page": (0.03, Fault(gateway=True)),
    "poll: page, acted": (0.03, Fault(gateway=True, after=True)),
    "poll: dropped": (0.03, Fault.lost_before()),
    "poll: dropped, acted": (0.03, Fault.lost_after()),
    "poll: malformed": (0.03, Fault.garbled()),
    "poll: no list": (0.03, Fault(changed=lambda updates: {"updates": updates})),
    "poll: noise in the list": (0.03, Fault(changed=lambda updates: ["noise", *updates])),
    "poll: cut short": (0.03, Fault(cut=True)),
    "poll: slow": (0.01, Fault.slow(LATENCY_S)),
    "poll: 429": (0.02, Fault.flood(1)),
    "poll: 401": (0.01, UNAUTHORIZED),
    "poll: 409": (0.01, CONFLICT),
}


@dataclass
class Weather:
    """A fault hook. `spell` names what goes wrong just now with every call, besides what goes wrong by chance."""

    ledger: Ledger
    chance: random.Random
    spell: str = ""
    stalls: list[Fault] = field(default_factory=list)
    """Polls to come that hang."""
    _before: list[dict[str, Any]] = field(default_factory=list)
    _quiet_until: dict[int, tuple[float, float]] = field(default_factory=dict)

    def hook(self, method: str, params: Params) -> Fault | None:
        name, fault = self._fault(method, params)
        if method in ("getMe", "deleteWebhook", "setMyCommands"):
            return None if name != "unreachable" else fault
        self._listens(method, params, fault)
        if fault is not None:
            self.ledger.faults[name] += 1
            self._may_repeat(method, params, fault)
        return fault

    def begin_anew(self) -> None:
        """A new process knows nothing of what was said to the one before."""
        self._quiet_until.clear()

    # --- what goes wrong --------------------------------------------------------------------------------------

    def _fault(self, method: str, params: Params) -> tuple[str, Fault | None]:
        polls = method == "getUpdates"
        match self.spell:
            case "unreachable":
                return "unreachable", Fault.lost_before()
            case "401":
                return "401 for a while", UNAUTHORIZED
            case "409" if polls:
                return "409 for a while", CONFLICT
            case "429" if not polls:
                return "429 for the whole bot", Fault.flood(FLOOD_S)
        if polls and self.stalls:
            return "poll: stalled", self.stalls.pop()
        if polls and self.chance.random() < 0.2:
            return self._disorder()
        kinds = POLLS if polls else SENDS
        dice = self.chance.random()
        for name, (often, fault) in kinds.items():
            dice -= often
            if dice < 0:
                return name, fault
        return "", None

    def _disorder(self) -> tuple[str, Fault]:
        """An answer with its updates out of order, or with some that were confirmed before."""
        if self.chance.random() < 0.5:
            seed = self.chance.random()

            def shuffled(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
                return random.Random(seed).sample(updates, len(updates))

            return "poll: out of order", Fault(changed=shuffled)

        def again(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
            before, self._before = self._before, updates[-3:] or self._before
            return before + updates

        return "poll: confirmed ones again", Fault(changed=again)

    # --- what follows from it ---------------------------------------------------------------------------------

    def _may_repeat(self, method: str, params: Params, fault: Fault) -> None:
        """A message whose answer the program can't read may come once more, or, a digest, may be missing."""
        if method not in NEW_MESSAGES or not (fault.answers or fault.cut) or fault.status in (401, 429):
            return
        chat, day = int(params["chat_id"]), asked_day(params)
        if day is None:
            self.ledger.doubtful[chat] += 1
        elif fault.after or fault.cut:
            self.ledger.may_repeat[day][chat] += 1

    def _listens(self, method: str, params: Params, fault: Fault | None) -> None:
        """Whether who was told to wait does wait."""
        chat = 0 if method == "getUpdates" else params.get("chat_id")
        if not isinstance(chat, int):
            return
        now = time.monotonic()
        told_at, until = self._quiet_until.get(chat, (now, now))
        if told_at + GRACE_S < now < until - 0.05:
            self.ledger.wrong.append(f"{method} was called again while a 429 said to wait")
        if fault is not None and fault.status == 429:
            self._quiet_until[chat] = (now, now + (fault.retry_after or 0))
