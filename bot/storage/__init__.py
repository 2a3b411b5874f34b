"""What we remember. The only place with SQLAlchemy: plain verbs that take the transaction first."""

from bot.storage import digests, entries, inbox, notices, outbox, panels, people, prompts, sessions, sharing
from bot.storage.database import AlreadyRunning, CannotOpen, Database

__all__ = [
    "AlreadyRunning",
    "CannotOpen",
    "Database",
    "digests",
    "entries",
    "inbox",
    "notices",
    "outbox",
    "panels",
    "people",
    "prompts",
    "sessions",
    "sharing",
]
