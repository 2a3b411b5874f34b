"""What we remember. The only place with SQLAlchemy: plain verbs that take the transaction first."""

from bot.storage import diaries, digests, entries, inbox, outbox, panels, people, prompts, sessions, sharing
from bot.storage.database import UNWRITABLE, AlreadyRunning, CannotOpen, Database
from bot.storage.prepared import Savepoint

__all__ = [
    "UNWRITABLE",
    "AlreadyRunning",
    "CannotOpen",
    "Database",
    "Savepoint",
    "diaries",
    "digests",
    "entries",
    "inbox",
    "outbox",
    "panels",
    "people",
    "prompts",
    "sessions",
    "sharing",
]
