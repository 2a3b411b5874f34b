"""What we remember. The only place with SQLAlchemy: plain verbs that take the transaction first."""

from bot.storage import (
    backups,
    checks,
    diaries,
    digests,
    entries,
    inbox,
    notices,
    outbox,
    overview,
    panels,
    pauses,
    people,
    prompts,
    sessions,
    sharing,
    zones,
)
from bot.storage.backups import BackupFailed
from bot.storage.database import AlreadyRunning, Database
from bot.storage.prepared import Savepoint
from bot.storage.troubles import CannotOpen, CannotWrite, Damaged, Replaced, Unusable, is_trouble

__all__ = [
    "AlreadyRunning",
    "BackupFailed",
    "CannotOpen",
    "CannotWrite",
    "Damaged",
    "Database",
    "Replaced",
    "Savepoint",
    "Unusable",
    "backups",
    "checks",
    "diaries",
    "digests",
    "entries",
    "inbox",
    "is_trouble",
    "notices",
    "outbox",
    "overview",
    "panels",
    "pauses",
    "people",
    "prompts",
    "sessions",
    "sharing",
    "zones",
]
