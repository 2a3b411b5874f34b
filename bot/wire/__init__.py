"""How updates come in and messages leave: polling, webhook, inbox, outbox, pacing; and whether all of it is well.

The only place that calls the Bot API.
"""

from bot.wire.figures import Figures
from bot.wire.gate import CannotListen
from bot.wire.health import Health
from bot.wire.http import Request
from bot.wire.receiver import Receiver, SomeoneElsePolls, TokenRevoked
from bot.wire.recipes import Recipes
from bot.wire.sender import Sender
from bot.wire.status import Status
from bot.wire.vigil import Vigil
from bot.wire.webhook import Webhook, WebhookRefused
from bot.wire.worker import Worker

__all__ = [
    "CannotListen",
    "Figures",
    "Health",
    "Receiver",
    "Recipes",
    "Request",
    "Sender",
    "SomeoneElsePolls",
    "Status",
    "TokenRevoked",
    "Vigil",
    "Webhook",
    "WebhookRefused",
    "Worker",
]
