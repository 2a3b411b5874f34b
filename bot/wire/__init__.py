"""How updates come in and messages leave: polling, inbox, outbox, pacing. The only place that calls the Bot API."""

from bot.wire.http import Request
from bot.wire.receiver import Receiver, SomeoneElsePolls, TokenRevoked
from bot.wire.recipes import Recipes
from bot.wire.sender import Sender
from bot.wire.worker import Worker

__all__ = ["Receiver", "Recipes", "Request", "Sender", "SomeoneElsePolls", "TokenRevoked", "Worker"]
